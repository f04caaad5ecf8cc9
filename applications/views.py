"""The insured's pages: eligibility, the list of requests, and the form step by step."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications import actions, identity, steps
from applications.abilities import may_open_request, request_abilities
from applications.accounts_form import template_workbook
from applications.declarations import current_wording
from applications.eligibility import Answers, assess, is_eligible
from applications.eligibility_form import EligibilityForm
from applications.exposure import exposure_steps, last_due_on, peak_exposure
from applications.findings import sentences
from applications.forms import DeclarationsForm, DocumentForm, TextForm
from applications.models import CoverRequest, Document, Status
from applications.schedule_form import ScheduleFormSet
from applications.terms import rules_on
from applications.uploads import XLSX
from parties.activities import activity_choices
from parties.visitors import SignedInRequest
from unlockfocus.errors import BusinessRule

PAGE = 20


@login_not_required
def eligibility(request: HttpRequest) -> HttpResponse:
    """The public questions and their answer, on one screen. The answers wait in the session for a request."""
    now = timezone.now()
    today = localdate(now)
    asked = bool(request.GET)
    form = EligibilityForm(
        request.GET if asked else None, activities=activity_choices(request.LANGUAGE_CODE), today=today
    )
    context: dict[str, Any] = {"form": form}
    if asked and form.is_valid():
        answers = _answers(form.cleaned_data)
        findings = assess(answers, rules_on(today))
        context |= {"findings": sentences(findings), "eligible": is_eligible(findings), "answers": answers}
        request.session["eligibility"] = _carried_over(form.cleaned_data)
    return render(request, "applications/eligibility.html", context)


def _answers(cleaned: dict[str, Any]) -> Answers:
    return Answers(
        other_credit_insurance=cleaned["other_credit_insurance"],
        order_on=cleaned["order_on"],
        last_due_on=cleaned["last_due_on"],
        need_eur=cleaned["need_eur"],
        activity=cleaned["activity"],
        buyer_country=cleaned["buyer_country"],
        affiliate=cleaned["affiliate"],
        private_person=cleaned["private_person"],
    )


def _carried_over(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What a later request starts from, by field name of the request."""
    return {
        "other_credit_insurance": cleaned["other_credit_insurance"],
        "affiliate": cleaned["affiliate"],
        "private_person": cleaned["private_person"],
        "buyer_country": cleaned["buyer_country"],
        "order_on": cleaned["order_on"].isoformat(),
        "order_currency": cleaned["currency"],
    }


@require_GET
def requests(request: SignedInRequest) -> HttpResponse:
    """The company's requests, newest first, searched and filtered through the address bar."""
    rows = CoverRequest.objects.visible_to(request.user).order_by("-touched_at")
    search, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    if search:
        rows = rows.filter(
            Q(reference__icontains=search) | Q(buyer_name__icontains=search) | Q(order_reference__icontains=search)
        )
    if status in Status.values:
        rows = rows.filter(status=status)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "search": search,
        "status": status,
        "statuses": Status.choices,
        "may_open": may_open_request(request.user),
    }
    return render(request, "applications/requests.html", context)


def request_new(request: SignedInRequest) -> HttpResponse:
    """What one needs at hand; then a draft is opened, with the answers about eligibility if this visitor gave them."""
    if not may_open_request(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "applications/request_new.html", {"steps": steps.STEPS})
    membership = request.user.membership
    assert membership is not None  # noqa: S101 - said by may_open_request
    answers = dict(request.session.pop("eligibility", {}))
    if "order_on" in answers:
        answers["order_on"] = date.fromisoformat(answers["order_on"])
    draft = actions.open_request(company=membership.company, author=request.user, at=timezone.now(), answers=answers)
    return redirect("request-step", draft.reference, steps.STEPS[0].name)


def _visible(request: SignedInRequest, reference: str) -> CoverRequest:
    rows = CoverRequest.objects.visible_to(request.user).select_related("company", "buyer", "loss_payee")
    return get_object_or_404(rows, reference=reference)


def _able(request: SignedInRequest, reference: str, ability: str) -> CoverRequest:
    """The request, when it is visible (else 404) and the user may do this with it now (else 403)."""
    cover_request = _visible(request, reference)
    if ability not in request_abilities(cover_request, request.user):
        raise PermissionDenied
    return cover_request


def step(request: SignedInRequest, reference: str, name: str) -> HttpResponse:
    """One step of the form. Saving a valid step leads to the next; an invalid one comes back with everything typed."""
    cover_request = _visible(request, reference)
    if "edit" not in request_abilities(cover_request, request.user):
        return redirect("file", reference)
    if name not in steps.BY_NAME:
        raise Http404
    this = steps.BY_NAME[name]
    if name == "documents":
        return _documents(request, cover_request)
    if name == "review":
        return _review(request, cover_request)
    if request.method == "POST":
        return _save(request, cover_request, this)
    return show_step(request, cover_request, this, steps.form_of(this, cover_request, timezone.now()))


def _save(request: SignedInRequest, cover_request: CoverRequest, this: steps.Step) -> HttpResponse:
    act, now = request.POST.get("act", "save"), timezone.now()
    if this.name == "schedule" and (act == "add" or act.startswith("remove-")):
        data = with_line_added(request.POST) if act == "add" else with_line_removed(request.POST, act)
        steps.keep_typed(cover_request.pk, this, data, at=now)
        return redirect("request-step", cover_request.reference, this.name)
    cover_request, form = steps.save_step(cover_request.pk, this, request.POST, request.FILES, at=now)
    if act == "later":
        messages.success(request, _("Saved. You can go on at any time."))
        return redirect("requests")
    if not form.is_valid():
        return show_step(request, cover_request, this, form, status=422)
    if getattr(form, "was_read_from_file", False):
        messages.success(request, _("The accounts were read from the file. Check them below."))
        return redirect("request-step", cover_request.reference, this.name)
    return redirect("request-step", cover_request.reference, steps.step_after(this.name).name)


def with_line_added(data: Any) -> Any:
    """The posted schedule with room for one more line."""
    data = data.copy()
    data["lines-TOTAL_FORMS"] = str(_count(data) + 1)
    return data


def with_line_removed(data: Any, act: str) -> Any:
    """The posted schedule without the line that `remove-<index>` names; the lines after it move up."""
    removed, count = act.removeprefix("remove-"), _count(data)
    if not removed.isdigit() or int(removed) >= count:
        return data
    data = data.copy()
    fields = ("label", "amount", "currency", "delivery_on", "due_on")
    for index in range(int(removed), count):
        for field in fields:
            data[f"lines-{index}-{field}"] = data.get(f"lines-{index + 1}-{field}", "")
    data["lines-TOTAL_FORMS"] = str(count - 1)
    data["lines-INITIAL_FORMS"] = str(min(int(data.get("lines-INITIAL_FORMS") or 0), count - 1))
    return data


def _count(data: Any) -> int:
    text = data.get("lines-TOTAL_FORMS", "0")
    return min(int(text), 200) if text.isdigit() else 0


def show_step(
    request: SignedInRequest,
    cover_request: CoverRequest,
    this: steps.Step,
    form: Any,
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    """The page of a step with its form, as saved, as typed or as refused."""
    context = {**_step_context(cover_request, this), "form": form, "problem": problem}
    if this.name == "buyer":
        context |= identity.shown_in_form(cover_request, form, timezone.now())
    if this.name == "schedule":
        context |= _exposure_context(cover_request, form.readable_lines if form.is_bound else cover_request.schedule)
    return render(request, f"applications/steps/{this.name}.html", context, status=status)


def _step_context(cover_request: CoverRequest, this: steps.Step) -> dict[str, Any]:
    return {
        "cover_request": cover_request,
        "step": this,
        "progress": [
            {
                "label": each.title,
                "url": reverse("request-step", args=[cover_request.reference, each.name]),
                "state": _state_of(cover_request, each, this),
            }
            for each in steps.STEPS
        ],
    }


def _state_of(cover_request: CoverRequest, each: steps.Step, this: steps.Step) -> str:
    if each is this:
        return "current"
    return "done" if steps.is_complete(cover_request, each.name) else "ahead"


@login_not_required
@require_GET
def accounts_template(request: HttpRequest) -> HttpResponse:
    """An empty workbook in the layout the accounts step reads."""
    response = HttpResponse(template_workbook(request.LANGUAGE_CODE), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="accounts.xlsx"'
    return response


def _exposure_context(cover_request: CoverRequest, lines: Any) -> dict[str, Any]:
    return {
        "steps": exposure_steps(lines),
        "peak": peak_exposure(lines),
        "last_due_on": last_due_on(lines),
        "total_eur": sum((line.amount for line in lines), Decimal(0)),
        "minimum": rules_on(localdate(timezone.now())).minimum_need_eur,
        "order_on": cover_request.order_on,
    }


@require_POST
def schedule_preview(request: SignedInRequest, reference: str) -> HttpResponse:
    """The exposure of the lines as they are being typed. Nothing is saved: the person's own buttons do that."""
    cover_request = _able(request, reference, "edit")
    formset = ScheduleFormSet(request.POST, request=cover_request, at=timezone.now())
    return render(request, "applications/exposure_live.html", _exposure_context(cover_request, formset.readable_lines))


def _documents(request: SignedInRequest, cover_request: CoverRequest) -> HttpResponse:
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _take_document(request, cover_request, form):
        return redirect("request-step", cover_request.reference, "documents")
    status = 422 if request.method == "POST" else 200
    context = {**_step_context(cover_request, steps.BY_NAME["documents"]), "form": form}
    return render(request, "applications/steps/documents.html", context, status=status)


def _take_document(request: SignedInRequest, cover_request: CoverRequest, form: DocumentForm) -> Document | None:
    """Keep the file, or say at the field why not."""
    kind, file = form.cleaned_data["kind"], form.cleaned_data["file"]
    try:
        return actions.add_document(cover_request.pk, kind=kind, file=file, actor=request.user, at=timezone.now())
    except BusinessRule as error:
        form.add_error("file", str(error))
        return None


def document_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a document to a request under analysis."""
    cover_request = _able(request, reference, "document")
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _take_document(request, cover_request, form):
        messages.success(request, _("The document was added."))
        return redirect("file", reference)
    status = 422 if request.method == "POST" else 200
    context = {"cover_request": cover_request, "form": form}
    return render(request, "applications/document_add.html", context, status=status)


def document(request: SignedInRequest, pk: int) -> FileResponse:
    """A document, always as a download: what people sent us is never shown inside our own pages."""
    kept = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.name)
    response["Content-Type"] = kept.content_type
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def document_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a document out of a draft."""
    kept = get_object_or_404(Document.objects.visible_to(request.user).select_related("request"), pk=pk)
    if "edit" not in request_abilities(kept.request, request.user):
        raise PermissionDenied
    actions.remove_document(kept, actor=request.user, at=timezone.now())
    return redirect("request-step", kept.request.reference, "documents")


def _review(request: SignedInRequest, cover_request: CoverRequest) -> HttpResponse:
    """Everything that was answered, what is missing or not insurable, the declarations, and submission."""
    now = timezone.now()
    form = DeclarationsForm(request.POST or None)
    context = {**_step_context(cover_request, steps.BY_NAME["review"]), "form": form, "wording": current_wording()}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.submit(cover_request.pk, actor=request.user, at=now)
            except BusinessRule as error:
                context["refusal"] = error
            else:
                messages.success(request, _("Your request was submitted. The analysis starts now."))
                return redirect("file", cover_request.reference)
    context |= _review_context(cover_request, localdate(now))
    if isinstance(context.get("refusal"), actions.NotInsurable):
        context["unmet"] = sentences(context["refusal"].findings)
    return render(request, "applications/steps/review.html", context, status=status)


def _review_context(cover_request: CoverRequest, today: date) -> dict[str, Any]:
    missing = [steps.BY_NAME[name] for name in actions.REQUIRED_STEPS if not steps.is_complete(cover_request, name)]
    unmet = [] if missing else [each for each in sentences(actions.assess(cover_request, today)) if not each.met]
    return {
        **_exposure_context(cover_request, cover_request.schedule),
        "missing": missing,
        "unmet": unmet,
        "stake": cover_request.what_is_at_stake,
        "trading": getattr(cover_request, "trading", None),
        "figures": getattr(cover_request, "figures", None),
        "accounts": list(cover_request.accounts.all()),
    }


def withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """A page of its own before the request is taken back."""
    cover_request = _able(request, reference, "withdraw")
    if request.method == "POST":
        actions.withdraw(cover_request.pk, actor=request.user, at=timezone.now())
        messages.success(request, _("The request %(reference)s was withdrawn.") % {"reference": reference})
        return redirect("requests")
    return render(request, "applications/withdraw.html", {"cover_request": cover_request})


def answer(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give the information the insurer asked for."""
    cover_request = _able(request, reference, "answer")
    form = TextForm(request.POST or None, label=_("Your answer"), help_text=_("Documents are added from the file."))
    if request.method == "POST" and form.is_valid():
        actions.answer(cover_request.pk, text=form.cleaned_data["text"], actor=request.user, at=timezone.now())
        messages.success(request, _("Your answer was sent. The analysis goes on."))
        return redirect("file", reference)
    status = 422 if request.method == "POST" else 200
    context = {"cover_request": cover_request, "form": form}
    return render(request, "applications/answer.html", context, status=status)
