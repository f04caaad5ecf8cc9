"""The desk's file page and the acts on it. Each act is a page of its own that says what it does before it is done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.forms import TextForm
from journal.queueing import queue
from parties.visitors import SignedInRequest
from underwriting import opinion_words, outlook_words, words
from underwriting.actions import analysis as analyses
from underwriting.actions import decisions, guarantees, offers, sectors
from underwriting.ball import ball_of
from underwriting.card_table import card_table
from underwriting.desk_forms import OfferForm, OverrideForm, PriceForm, ProofForm, SectorForm, initial_of
from underwriting.desk_pages import back as _back
from underwriting.desk_pages import file_of as _file
from underwriting.desk_pages import page as _page
from underwriting.dossier import Dossier
from underwriting.models import Guarantee, GuaranteeCondition, Offer
from underwriting.previews import Preview, preview, suggested_terms
from underwriting.quotes import Terms, quote
from underwriting.scoring.grades import pd_for_grade
from underwriting.scoring.result import Score
from underwriting.scoring.versions import scorecard_of, versions
from underwriting.tasks import analyse as analyse_task
from underwriting.terms import cumul
from unlockfocus.errors import BusinessRule

# --- The file ---------------------------------------------------------------------------------------------------------


@require_GET
def file(request: SignedInRequest, reference: str) -> HttpResponse:
    """Everything on one page; the terms tried out stand in the address."""
    shown = _file(request, reference)
    form = PriceForm(request.GET if "limit" in request.GET else None, initial=initial_of(shown.suggested_terms))
    context = {
        "title": shown.request.reference,
        "ball": ball_of(shown),
        "form": form,
        "trial": _try(shown, _terms_of(form, shown.suggested_terms)),
        **_words_on(shown),
        **_ratios_of(shown),
    }
    return _page(request, "file", shown, context)


def _words_on(shown: Dossier) -> dict[str, Any]:
    """The score in sentences; why there is none, when there is none."""
    if shown.score is None:
        return {"why_no_score": words.why_no_score(shown.refusal) if shown.refusal else ""}
    return {
        **_told(shown.score),
        "overlays": words.overlays(shown.score),
        "referrals": words.referrals(shown.score),
        "outlook": outlook_words.lines(shown.outlook) if shown.outlook else [],
    }


def _told(score: Score) -> dict[str, Any]:
    """One score: its name, what it is made of, and why."""
    return {
        "model": words.model_name(score.model),
        "card": words.card_name(score),
        "points": words.points_told(score),
        "waterfall": words.waterfall(score),
        "total": words.points_name(score),
        "places": 0 if score.card else 2,
        "reasons": words.reasons(score),
    }


def _ratios_of(shown: Dossier) -> dict[str, Any]:
    """The ratios of the scorecard that scored, or of the newest, year by year; what it and the formulas would say."""
    if shown.case is None:
        return {}
    second = shown.second_reading
    model = shown.case.model or scorecard_of(versions()[-1])
    return {
        "card_table": card_table(shown.case, model) if model else None,
        "opinions": opinion_words.views(shown.case.statement),
        "second": {"score": second, **_told(second), "overlays": words.overlays(second)} if second else None,
    }


@dataclass(frozen=True)
class Trial:
    """Terms tried out: their price, or the sentence that refuses one, or neither while the form has errors."""

    preview: Preview | None = None
    refusal: str = ""


def _terms_of(form: PriceForm, otherwise: Terms | None) -> Terms | None:
    """What the form holds; `otherwise` before anything was typed, and nothing while it has errors."""
    if not form.is_bound:
        return otherwise
    return form.terms if form.is_valid() else None


def _try(shown: Dossier, terms: Terms | None) -> Trial:
    """Price the terms as an offer made now would be priced."""
    if terms is None or shown.analysis is None:
        return Trial()
    try:
        return Trial(preview(shown.request, shown.analysis, terms, by=shown.reader, today=shown.today))
    except BusinessRule as refusal:
        return Trial(refusal=str(refusal))


# --- The offer --------------------------------------------------------------------------------------------------------


def offer(request: SignedInRequest, reference: str) -> HttpResponse:
    """Terms with their price as one types; then the offer, at the price that was looked at.

    The form opens with the suggestion, and with the terms tried out on the file page in its place.
    """
    shown = _file(request, reference, "offer")
    tried = PriceForm(request.GET)
    first = tried.terms if tried.is_valid() else shown.suggested_terms
    initial = initial_of(shown.suggested_terms) | (tried.cleaned_data if tried.is_valid() else {})
    form = OfferForm(request.POST or None, initial=initial, today=shown.today)
    trial = _try(shown, _terms_of(form, first))
    status = 200
    if request.POST.get("act") == "offer":
        made = _make_offer(request, shown, form, trial)
        if made:
            return _back(request, shown, _offer_message(made))
        status = 422
    context = {"title": _("Make an offer"), "form": form, "trial": trial}
    return _page(request, "offer", shown, context, status=status)


def _make_offer(request: SignedInRequest, shown: Dossier, form: OfferForm, trial: Trial) -> Offer | None:
    """The offer, or None with what stands against it said at the form."""
    if trial.preview:
        form.require_reasons()
        form.require_seen_price(trial.preview.quote.price.to_pay)
    elif trial.refusal:
        form.add_error(None, trial.refusal)
    if not form.is_valid():
        return None
    try:
        return offers.make_offer(shown.request.pk, terms=form.terms, by=request.user, at=shown.now)
    except BusinessRule as refusal:
        form.add_error(None, str(refusal))
        return None


def _offer_message(made: Offer) -> str:
    if made.status == Offer.Status.PREPARED:
        return _("Offer %(number)s is prepared; it waits for a second signature.") % {"number": made.number}
    return _("Offer %(number)s is made; the insured was told.") % {"number": made.number}


def sign(request: SignedInRequest, reference: str, number: str) -> HttpResponse:
    """The terms another underwriter prepared, then the second signature."""
    shown = _file(request, reference, "sign")
    prepared = _unsigned(shown, number)
    refusal = ""
    if request.method == "POST":
        try:
            signed = offers.sign(prepared.pk, by=request.user, at=shown.now)
        except BusinessRule as error:
            refusal = str(error)
        else:
            return _back(request, shown, _offer_message(signed))
    held = cumul(shown.request.buyer, prepared.grade, shown.today) if shown.request.buyer else None
    context = {"title": _("Second signature"), "offer": prepared, "held": held, "refusal": refusal}
    return _page(request, "sign", shown, context, status=422 if refusal else 200)


def _unsigned(shown: Dossier, number: str) -> Offer:
    if shown.unsigned_offer is None or shown.unsigned_offer.number != number:
        raise Http404
    return shown.unsigned_offer


# --- Scoring again, and judging the score -----------------------------------------------------------------------------


@require_POST
def analyse(request: SignedInRequest, reference: str) -> HttpResponse:
    """Owe the buyer another score; a worker does it within seconds."""
    shown = _file(request, reference, "analyse")
    owed = analyses.request_analysis(shown.request, at=shown.now)
    queue(analyse_task, owed.pk)
    return _back(request, shown, _("The buyer is being scored again."))


def sector(request: SignedInRequest, reference: str) -> HttpResponse:
    """Choose what the buyer does: its next score takes the base rate and the peers of that sector."""
    shown = _file(request, reference, "sector")
    assert shown.request.buyer is not None  # noqa: S101 - else the ability is missing
    form = SectorForm(request.POST or None, initial={"sector": shown.request.buyer.sector})
    if request.method == "POST" and form.is_valid():
        try:
            sectors.choose_sector(shown.request.pk, sector=form.cleaned_data["sector"], by=request.user, at=shown.now)
        except BusinessRule as refusal:
            form.add_error("sector", str(refusal))
        else:
            return _back(request, shown, _("The sector is kept; the next score takes it."))
    context = {"title": _("Choose the buyer's sector"), "form": form, "buyer": shown.request.buyer}
    return _page(request, "sector", shown, context, status=422 if request.method == "POST" else 200)


def grade(request: SignedInRequest, reference: str) -> HttpResponse:
    """Propose another grade, with what each grade would mean beside it."""
    shown = _file(request, reference, "override")
    form = OverrideForm(request.POST or None, in_use=shown.grade)
    if request.method == "POST" and form.is_valid() and shown.analysis:
        try:
            analyses.propose_override(shown.analysis.pk, **form.cleaned_data, by=request.user, at=shown.now)
        except BusinessRule as refusal:
            form.add_error(None, str(refusal))
        else:
            return _back(request, shown, _("The grade is proposed; it waits for a second person."))
    context = {"title": _("Propose another grade"), "form": form, "rungs": _rungs(shown, range(1, 9))}
    return _page(request, "grade", shown, context, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True)
class Rung:
    """What a grade means for this file: PD, line on the buyer, and the suggested limit with its price. EUR."""

    grade: int
    pd: Decimal
    line: Decimal
    terms: Terms | None
    to_pay: Decimal | None


def _rungs(shown: Dossier, grades: Iterable[int]) -> list[Rung]:
    return [_rung(shown, each) for each in grades]


def _rung(shown: Dossier, grade: int) -> Rung:
    assert shown.request.buyer is not None  # noqa: S101 - set at submission
    pd, terms = pd_for_grade(grade), suggested_terms(shown.request, grade, shown.today)
    to_pay = quote(shown.request, terms, pd=pd, on=shown.today).price.to_pay if terms else None
    return Rung(grade, pd, cumul(shown.request.buyer, grade, shown.today).line, terms, to_pay)


def grade_answer(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """A proposed grade beside the one in use: confirmed or rejected by a second person, or taken back by its author."""
    shown = _file(request, reference, "reject_override")
    proposed = shown.proposed_override
    if proposed is None or proposed.pk != pk:
        raise Http404
    refusal = ""
    if request.method == "POST":
        act = request.POST.get("act")
        if act == "confirm" and "confirm_override" not in shown.abilities:
            raise PermissionDenied
        try:
            answer = analyses.confirm_override if act == "confirm" else analyses.reject_override
            answer(proposed.pk, by=request.user, at=shown.now)
        except BusinessRule as error:
            refusal = str(error)
        else:
            done = _("The grade is confirmed.") if act == "confirm" else _("The proposed grade is put aside.")
            return _back(request, shown, done)
    grades = sorted({each for each in (shown.grade, proposed.grade) if each})
    context = {"title": _("A proposed grade"), "proposed": proposed, "rungs": _rungs(shown, grades), "refusal": refusal}
    return _page(request, "grade_answer", shown, context, status=422 if refusal else 200)


# --- Acts that take a text --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """An act that takes a text: the words of its page, and what it does with the text."""

    title: str
    effect: str
    button: str
    done: str
    do: Callable[[str], object]
    tone: str = ""


def _text_act(request: SignedInRequest, shown: Dossier, form: forms.Form, act: Act) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act.do(form.cleaned_data["text"])
        except BusinessRule as refusal:
            form.add_error(None, str(refusal))
        else:
            return _back(request, shown, act.done)
    context = {"title": act.title, "act": act, "form": form}
    return _page(request, "act", shown, context, status=422 if request.method == "POST" else 200)


def ask(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask the insured for what is missing."""
    shown = _file(request, reference, "ask")
    form = TextForm(
        request.POST or None,
        label=_("What do you need to know?"),
        help_text=_("The insured reads exactly this, and answers with a text and documents."),
    )
    act = Act(
        title=_("Ask for information"),
        effect=_("The analysis waits for the insured's answer; the buyer is scored again when it comes."),
        button=_("Ask the insured"),
        done=_("The question was sent."),
        do=lambda text: decisions.ask(shown.request.pk, question=text, by=request.user, at=shown.now),
    )
    return _text_act(request, shown, form, act)


def decline(request: SignedInRequest, reference: str) -> HttpResponse:
    """Refuse cover, with reasons."""
    shown = _file(request, reference, "decline")
    form = TextForm(
        request.POST or None,
        label=_("Reasons, in plain words"),
        help_text=_("The insured reads exactly this: why, and what would change it."),
    )
    act = Act(
        title=_("Decline this request"),
        effect=_("The order stays uninsured, and the decision is final for this request."),
        button=_("Decline the request"),
        done=_("The request was declined; the insured was told why."),
        do=lambda text: decisions.decline(shown.request.pk, reasons=text, by=request.user, at=shown.now),
        tone="danger",
    )
    return _text_act(request, shown, form, act)


def return_offer(request: SignedInRequest, reference: str, number: str) -> HttpResponse:
    """Send a prepared offer back to its author."""
    shown = _file(request, reference, "return")
    prepared = _unsigned(shown, number)
    form = TextForm(request.POST or None, label=_("What must change?"), help_text=_("The author reads it in the file."))
    act = Act(
        title=_("Return offer %(number)s") % {"number": number},
        effect=_("The offer is put aside unsigned; the insured never sees it. Another can be prepared."),
        button=_("Return the offer"),
        done=_("The offer was returned."),
        do=lambda text: offers.return_offer(prepared.pk, reason=text, by=request.user, at=shown.now),
    )
    return _text_act(request, shown, form, act)


# --- The guarantee ----------------------------------------------------------------------------------------------------


def _guarantee(shown: Dossier) -> Guarantee:
    if shown.guarantee is None:
        raise Http404
    return shown.guarantee


def meet(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Find one condition met, with its proof."""
    shown = _file(request, reference, "meet")
    condition = get_object_or_404(GuaranteeCondition, pk=pk, guarantee=_guarantee(shown), met_at=None)
    is_last = sum(each.met_at is None for each in shown.conditions) == 1
    act = Act(
        title=_("Condition met: %(condition)s") % {"condition": condition.get_kind_display()},
        effect=_("This is the last condition: the guarantee enters into force at once.")
        if is_last
        else _("The guarantee still waits for its other conditions."),
        button=_("Find this condition met"),
        done=_("The condition is met."),
        do=lambda text: guarantees.meet_condition(condition.pk, proof=text, by=request.user, at=shown.now),
    )
    return _text_act(request, shown, ProofForm(request.POST or None), act)


def not_take_up(request: SignedInRequest, reference: str) -> HttpResponse:
    """End a guarantee whose premium or conditions never came."""
    shown = _file(request, reference, "not_take_up")
    bound = _guarantee(shown)
    form = TextForm(request.POST or None, label=_("What never came?"), help_text=_("The insured reads it."))
    act = Act(
        title=_("Guarantee %(number)s not taken up") % {"number": bound.number},
        effect=_("The guarantee ends without having been in force, and its room on the buyer is free again."),
        button=_("End the guarantee as not taken up"),
        done=_("The guarantee is ended as not taken up."),
        do=lambda text: guarantees.not_take_up(bound.pk, reason=text, by=request.user, at=shown.now),
        tone="danger",
    )
    return _text_act(request, shown, form, act)


def close(request: SignedInRequest, reference: str) -> HttpResponse:
    """Close a guarantee under which everything is settled."""
    shown = _file(request, reference, "close")
    bound = _guarantee(shown)
    form = TextForm(request.POST or None, label=_("How was it settled?"), help_text=_("The insured reads it."))
    act = Act(
        title=_("Close guarantee %(number)s") % {"number": bound.number},
        effect=_("Cover ends for good: close only when all that was delivered is paid or settled."),
        button=_("Close the guarantee"),
        done=_("The guarantee is closed."),
        do=lambda text: guarantees.close(bound.pk, reason=text, by=request.user, at=shown.now),
        tone="danger",
    )
    return _text_act(request, shown, form, act)
