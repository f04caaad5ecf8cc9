"""The claim file at the desk: documents, cover, and the acts that take it on its way."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.forms import TextForm
from claims.actions import claims, cover
from claims.checklist import checklist, covered_by_invoice, in_total, what_it_means
from claims.claim_forms import AskForm, FindForm
from claims.cover_words import OUTCOMES, QUESTIONS, evidence_of
from claims.coverage import Check, Finding, Outcome
from claims.desk import page
from claims.desk.acts import Act, act_page, back
from claims.dossier import ClaimDossier
from claims.models import Invoice
from claims.views.reading import dossier_of
from parties.visitors import SignedInRequest
from unlockfocus.errors import BusinessRule
from unlockfocus.templatetags.face import money


@require_GET
def claim(request: SignedInRequest, number: str) -> HttpResponse:
    """The file: who has the ball, deadlines, documents, the review of cover, and what happened."""
    shown = dossier_of(request, number)
    covered = covered_by_invoice(shown)
    context = {
        "title": _head(shown),
        "tab": "file",
        "questions": checklist(shown),
        "covered": covered,
        "total": in_total(covered),
    }
    return page(request, "file", shown, context)


def _head(shown: ClaimDossier) -> str:
    return _("%(buyer)s: %(amount)s unpaid") % {
        "buyer": shown.claim.guarantee.buyer.name,
        "amount": money(shown.owed),
    }


# --- Acts without words -----------------------------------------------------------------------------------------------


@require_POST
def take(request: SignedInRequest, number: str) -> HttpResponse:
    """Take the claim into one's hands."""
    shown = dossier_of(request, number, "take")
    claims.take(shown.claim.pk, by=request.user, at=shown.at)
    return back(request, shown, "file", _("The claim is in your hands."))


@require_POST
def collect(request: SignedInRequest, number: str) -> HttpResponse:
    """Start collection of a complete file."""
    shown = dossier_of(request, number, "collect")
    claims.start_collection(shown.claim.pk, by=request.user, at=shown.at)
    return back(request, shown, "file", _("Collection has begun."))


@require_POST
def resume(request: SignedInRequest, number: str) -> HttpResponse:
    """Go on with a suspended claim."""
    shown = dossier_of(request, number, "resume")
    claims.resume(shown.claim.pk, by=request.user, at=shown.at)
    return back(request, shown, "file", _("The claim goes on; the insured was told."))


# --- Acts with words --------------------------------------------------------------------------------------------------


def ask(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask the insured for a further document."""
    shown = dossier_of(request, number, "ask")
    form = AskForm(request.POST or None, invoices=shown.invoices)

    def do(form: AskForm) -> object:
        kind, invoice = form.cleaned_data["what"]
        return claims.ask_documents(
            shown.claim.pk, kind=kind, invoice=invoice, reason=form.cleaned_data["reason"], by=request.user, at=shown.at
        )

    act = Act(
        room="file",
        title=_("Ask for a further document"),
        effect=_("The file is incomplete until it comes. Our time to decide starts anew on that day."),
        button=_("Ask the insured"),
        done=_("The document was asked for; the insured was told."),
        do=do,
    )
    return act_page(request, shown, form, act)


def suspend(request: SignedInRequest, number: str) -> HttpResponse:
    """Let the claim rest while the debt is disputed."""
    shown = dossier_of(request, number, "suspend")
    form = TextForm(request.POST or None, label=_("What is disputed?"), help_text=_("The insured reads exactly this."))
    act = Act(
        room="file",
        title=_("Suspend the claim"),
        effect=_("Nothing is decided or paid while it rests, and no time to decide runs. A claims handler resumes it."),
        button=_("Suspend the claim"),
        done=_("The claim is suspended; the insured was told."),
        do=lambda form: claims.suspend(shown.claim.pk, reason=form.cleaned_data["text"], by=request.user, at=shown.at),
        tone="danger",
    )
    return act_page(request, shown, form, act)


# --- A finding --------------------------------------------------------------------------------------------------------


def find(request: SignedInRequest, number: str) -> HttpResponse:
    """Answer one question on cover: `?check=` and `?invoice=`, without an invoice for all of them.

    What the answer means in money is shown first; the same answer sent again is kept.
    """
    shown = dossier_of(request, number, "find")
    check, invoice = _asked(request, shown)
    most = shown.account.balance(invoice).open if invoice else None
    form = FindForm(request.POST or None, check=check, invoice=invoice, most=most)
    means = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            means = what_it_means(shown, form.finding)
            if request.POST.get("seen") == _fingerprint(form.finding):
                kept = _keep(request, shown, form)
                if kept:
                    return kept
            else:
                status = 200
    context = {
        "title": QUESTIONS[check],
        "tab": "file",
        "form": form,
        "invoice": invoice,
        "lines": [
            (each, OUTCOMES[each.outcome], evidence_of(each))
            for each in shown.review.lines
            if each.check is check and (invoice is None or each.invoice == invoice.number)
        ],
        "means": means,
        "fingerprint": _fingerprint(form.finding) if means else "",
        "choices": [what_it_means(shown, Finding(check, _number(invoice), each, None, "")) for each in Outcome],
    }
    return page(request, "file_find", shown, context, status=status)


def _asked(request: HttpRequest, shown: ClaimDossier) -> tuple[Check, Invoice | None]:
    """The question and the invoice the address names; raises Http404."""
    name, number = request.GET.get("check", ""), request.GET.get("invoice", "")
    if name not in list(Check):
        raise Http404
    if not number:
        return Check(name), None
    invoice = next((each for each in shown.invoices if each.number == number), None)
    if invoice is None:
        raise Http404
    return Check(name), invoice


def _number(invoice: Invoice | None) -> str:
    return invoice.number if invoice else ""


def _fingerprint(finding: Finding) -> str:
    """What of a finding changes its consequence."""
    return f"{finding.outcome}:{finding.uncovered if finding.uncovered is not None else ''}"


def _keep(request: SignedInRequest, shown: ClaimDossier, form: FindForm) -> HttpResponse | None:
    """Keep the finding; None with the refusal at the form."""
    finding = form.finding
    found = cover.Found(finding.check, finding.outcome, finding.reason, form.invoice, finding.uncovered)
    try:
        cover.find(shown.claim.pk, found, by=request.user, at=shown.at)
    except BusinessRule as refusal:
        form.add_error(None, str(refusal))
        return None
    return back(request, shown, "file", _("Your finding is kept."))
