"""The desk's pages about sanctions: what waits, one possible match, a name looked for, the parties of a file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from parties.visitors import SignedInRequest
from underwriting import screening_words
from underwriting.abilities import may_decide_matches
from underwriting.actions import people
from underwriting.actions import screening as acts
from underwriting.desk_file import file_of, page
from underwriting.list_standing import standing
from underwriting.models import BuyerPerson, Screening, ScreeningHit
from underwriting.sanctions_search import search as search_lists
from underwriting.screened_entries import entry_of, reasons_of
from underwriting.screened_parties import files_of
from underwriting.screening.matching import REVIEW_THRESHOLD
from underwriting.screening_forms import DecisionForm, PersonForm, SearchForm
from underwriting.workflow import POSSIBLE_MATCH
from unlockfocus.errors import BusinessRule
from unlockfocus.refusals import say_at_field

SHOWN = 25
State = ScreeningHit.State
_PARTY = ("party__buyer", "party__person__buyer", "party__company", "party__bank")


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = admin.site.each_context(request)
    return render(request, f"admin/underwriting/{name}.html", frame | context, status=status)


# --- What waits -------------------------------------------------------------------------------------------------------


@require_GET
def matches(request: SignedInRequest) -> HttpResponse:
    """What waits for compliance, longest first; what was confirmed; what was decided last; the lists themselves."""
    now = timezone.now()
    rows = ScreeningHit.objects.select_related(*_PARTY)
    waiting = Paginator(rows.filter(state=State.OPEN), SHOWN).get_page(request.GET.get("page"))
    count = waiting.paginator.count
    title = ngettext("%(count)d possible match waits", "%(count)d possible matches wait", count) % {"count": count}
    context = {
        "title": title if count else _("No possible match waits"),
        "waiting": waiting,
        "confirmed": rows.filter(state=State.CONFIRMED).order_by("-opened_at", "-pk")[:SHOWN],
        "settled": rows.filter(state__in=[State.CLEARED, State.ENDED]).order_by("-seen_at", "-pk")[:SHOWN],
        "lists": standing(now),
        "search": SearchForm(),
        "now": now,
    }
    return _page(request, "matches", context)


# --- One match --------------------------------------------------------------------------------------------------------


def match(request: SignedInRequest, pk: int) -> HttpResponse:
    """A party beside the entry it may be, why, and what was decided; then clearing or confirming, with a reason."""
    hit = get_object_or_404(ScreeningHit.objects.select_related(*_PARTY), pk=pk)
    may_decide = may_decide_matches(request.user)
    if request.method == "POST" and not may_decide:
        raise PermissionDenied
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and _decide(request, hit, form, timezone.now()):
        return redirect("admin:matches")
    hit.refresh_from_db(fields=["state", "compared", "entry", "reasons", "score"])
    return _page(request, "match", _match_context(hit, form, may_decide), 422 if request.method == "POST" else 200)


def _decide(request: SignedInRequest, hit: ScreeningHit, form: DecisionForm, now: datetime) -> bool:
    """Whether it is done; else what stands against it is said at the form."""
    act = request.POST.get("act", "")
    if not form.is_valid():
        return False
    if act not in {"clear", "confirm"}:
        form.add_error(None, _("Choose one of the two answers."))
        return False
    seen = request.POST.get("seen", "")
    try:
        acts.decide(hit.pk, act=act, reason=form.cleaned_data["reason"], seen=seen, by=request.user, at=now)
    except BusinessRule as refusal:
        form.add_error(None, str(refusal))
        return False
    done = _("Cleared: %(party)s is somebody else.") if act == "clear" else _("Confirmed: %(party)s is listed.")
    messages.success(request, done % {"party": hit.party})
    return True


def _match_context(hit: ScreeningHit, form: DecisionForm, may_decide: bool) -> dict[str, Any]:
    answers = {act for act in ("clear", "confirm") if POSSIBLE_MATCH.allows(act, hit.state)}
    newest = hit.party.screenings.first()
    return {
        "title": _("%(party)s / %(entry)s") % {"party": hit.party, "entry": hit.entry["name"]},
        "hit": hit,
        "subject": hit.party.subject,
        "other_names": [each for each in hit.entry["names"] if each["text"] != hit.entry["name"]],
        "weighed": screening_words.weighed(hit.reasons),
        "list_title": screening_words.list_title(hit.list_code),
        "searched": screening_words.searched(newest) if newest else "",
        "decisions": hit.decisions.select_related("decided_by"),
        "files": list(files_of(hit.party)[:SHOWN]),
        "form": form,
        "acts": answers if may_decide else set(),
        "threshold": REVIEW_THRESHOLD,
    }


# --- A name -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """An entry found for a name that was looked for."""

    entry: dict[str, Any]
    list_title: str
    score: float
    weighed: list[str]


@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """A name looked for on the lists. Nothing is kept: it is a question, and clears nobody."""
    form = SearchForm(request.GET if "name" in request.GET else None)
    found = None
    if form.is_bound and form.is_valid():
        found = [
            Found(
                entry_of(each),
                screening_words.list_title(each.party.list.code),
                each.judgement.score,
                screening_words.weighed(reasons_of(each)),
            )
            for each in search_lists(form.subject, limit=SHOWN)
        ]
    context = {
        "title": _("Look for a name"),
        "form": form,
        "found": found,
        "lists": standing(timezone.now()),
        "threshold": REVIEW_THRESHOLD,
    }
    return _page(request, "match_search", context, 422 if form.errors else 200)


# --- The parties of a file --------------------------------------------------------------------------------------------


@require_POST
def screen(request: SignedInRequest, reference: str) -> HttpResponse:
    """Screen the parties of a file now."""
    shown = file_of(request, reference, "screen")
    acts.screen_request(shown.request, Screening.Moment.BY_HAND, at=shown.now)
    messages.success(request, _("The parties were compared with the lists."))
    return redirect("admin:file", reference)


def person_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Note somebody who owns or runs the buyer; they are screened at once."""
    shown = file_of(request, reference, "screen")
    form = PersonForm(request.POST or None, latest_year=localdate(shown.now).year)
    if request.method == "POST" and form.is_valid():
        try:
            people.add_person(shown.request.pk, **form.cleaned_data, by=request.user, at=shown.now)
        except BusinessRule as refusal:
            say_at_field(form, refusal)
        else:
            acts.screen_request(shown.request, Screening.Moment.BY_HAND, at=shown.now)
            messages.success(request, _("Noted, and compared with the lists."))
            return redirect("admin:file", reference)
    context = {"title": _("Who owns or runs the buyer"), "form": form}
    return page(request, "person_add", shown, context, 422 if request.method == "POST" else 200)


@require_POST
def person_end(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Somebody does not own or run the buyer any more."""
    shown = file_of(request, reference, "screen")
    person = get_object_or_404(BuyerPerson, pk=pk, buyer=shown.request.buyer_id)
    people.end_person(shown.request.pk, person.pk, by=request.user, at=shown.now)
    messages.success(request, _("%(name)s is not screened with this buyer any more.") % {"name": person.name})
    return redirect("admin:file", reference)
