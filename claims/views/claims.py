"""The insured's claims: the list, one claim, and a document for it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from claims.actions.evidence import add_evidence
from claims.ball import ball_of, deadline_in_list, for_lists
from claims.checklist import checklist, covered_by_invoice, in_total, standing_out
from claims.claim_forms import ClaimDocumentForm
from claims.dossier import ClaimDossier
from claims.models import Claim
from claims.required_documents import Kind
from claims.views.reading import dossier_of
from parties.visitors import SignedInRequest
from unlockfocus.errors import BusinessRule

PAGE = 20


@require_GET
def claims(request: SignedInRequest) -> HttpResponse:
    """The claims one may read, newest first, in one state if the address names one."""
    visible = Claim.objects.visible_to(request.user)
    status = request.GET.get("status", "")
    rows = visible.filter(status=status) if status in Claim.Status else visible
    listed = for_lists(rows).annotate(invoiced=Sum("invoices__amount_eur")).order_by("-pk")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    today = localdate(timezone.now())
    insurer = bool(request.user.duties)
    shown = [(each, ball_of(each, deadline_in_list(each, today), insurer=insurer)) for each in page.object_list]
    context = {"page": page, "rows": shown, "status": status, "statuses": Claim.Status.choices, "today": today}
    return render(request, "claims/claims.html", context)


@require_GET
def claim(request: SignedInRequest, number: str) -> HttpResponse:
    """One claim: where it stands, what it lacks, what was found about its cover, and what is paid."""
    shown = dossier_of(request, number)
    form = _document_form(None, shown) if "document" in shown.abilities else None
    return render(request, "claims/claim.html", _context(shown) | {"form": form})


def _context(shown: ClaimDossier) -> dict[str, object]:
    questions = checklist(shown)
    covered = covered_by_invoice(shown)
    return {
        "claim": shown.claim,
        "dossier": shown,
        "today": shown.today,
        "questions": len(questions),
        "standing_out": standing_out(questions),
        "covered": covered,
        "total": in_total(covered),
    }


def _document_form(request: HttpRequest | None, shown: ClaimDossier) -> ClaimDocumentForm:
    missing = [each for each in shown.documents.missing if each.kind is not Kind.BANK_DETAILS]
    if request is None:
        return ClaimDocumentForm(invoices=shown.invoices, missing=missing)
    return ClaimDocumentForm(
        request.POST or None,
        request.FILES or None,
        initial={"what": request.GET.get("what", "")},
        invoices=shown.invoices,
        missing=missing,
    )


@require_http_methods(["GET", "POST"])
def claim_document(request: SignedInRequest, number: str) -> HttpResponse:
    """Add a document: the insured's, or the claims handler's in its place."""
    shown = dossier_of(request, number, "document")
    form = _document_form(request, shown)
    if request.method == "POST" and form.is_valid() and _take_document(request, shown, form):
        messages.success(request, _after_document(shown.claim))
        if request.user.is_staff:
            return redirect("admin:claim", number)
        return redirect("claim", number)
    context = {"claim": shown.claim, "dossier": shown, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "claims/claim_document.html", context, status=status)


def _take_document(request: SignedInRequest, shown: ClaimDossier, form: ClaimDocumentForm) -> bool:
    """Keep the file, or say at the field why not."""
    kind, invoice = form.cleaned_data["what"]
    try:
        add_evidence(
            shown.claim.guarantee_id,
            kind=kind,
            invoice=invoice,
            file=form.cleaned_data["file"],
            by=request.user,
            at=shown.at,
        )
    except BusinessRule as error:
        form.add_error("file", str(error))
        return False
    return True


def _after_document(claim: Claim) -> str:
    claim.refresh_from_db(fields=["status"])
    if claim.status == Claim.Status.DOCUMENTS_COMPLETE:
        return _("The document was added. The file is complete.")
    return _("The document was added.")
