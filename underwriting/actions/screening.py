"""Comparing parties with the sanctions lists, and what compliance says of a possible match.

A screening is written in a transaction of its own, before the act that asks for it: what was found stays found, though
the act is then refused.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import CoverRequest
from journal.recording import record
from parties.models import InsurerRole, User
from underwriting import events
from underwriting.actions.analysis import NotAllowed
from underwriting.list_standing import ListStanding, mark_of, standing
from underwriting.models import HitDecision, ScreenedParty, Screening, ScreeningHit
from underwriting.sanctions_search import Hit, search
from underwriting.screened_entries import entry_of, reasons_of
from underwriting.screened_parties import files_of, parties_of, with_facts
from underwriting.screening.subjects import Subject
from underwriting.workflow import POSSIBLE_MATCH
from unlockfocus.errors import BusinessRule, IllegalTransition

Moment = Screening.Moment
State = ScreeningHit.State

# More entries than this for one name, and the name says nothing; the best of them are kept.
MOST_HITS = 50


class MatchMoved(BusinessRule):
    """What was decided on is not what stands there now."""


# --- Screening --------------------------------------------------------------------------------------------------------


def screen_request(request: CoverRequest, moment: str, *, at: datetime) -> list[Screening]:
    """Screen every party of a file."""
    return screen_all(parties_of(request), moment, at=at)


def screen_all(parties: Iterable[ScreenedParty], moment: str, *, at: datetime) -> list[Screening]:
    """Screen these parties, each in a transaction of its own."""
    return [screen(party.pk, moment, at=at) for party in parties]


@transaction.atomic
def screen(party_id: int, moment: str, *, at: datetime) -> Screening:
    """Compare a party as known now with the lists as loaded now, and keep what was found; safe to run twice.

    The lists are named before they are searched: one that changes meanwhile leaves the party owed another screening.
    An entry found for the first time waits for compliance. One that was cleared waits again when the party or the entry
    has changed since; one that waits and is found no longer has ended.
    """
    party = with_facts(ScreenedParty.objects.select_for_update(of=("self",))).get(pk=party_id)
    subject, lists = party.subject, standing(at)
    facts, found = _facts(subject), search(subject, limit=MOST_HITS)
    _keep(party, facts, found, {each.code: each.version for each in lists}, at)
    party.screened_at, party.compared_with = at, mark_of(lists)
    party.save(update_fields=["screened_at", "compared_with"])
    return Screening.objects.create(
        party=party,
        moment=moment,
        at=at,
        subject=facts,
        lists=[_about(each) for each in lists],
        found=[_found(each) for each in found],
    )


def _keep(
    party: ScreenedParty, facts: dict[str, Any], found: Sequence[Hit], versions: dict[str, str], at: datetime
) -> None:
    known = {(hit.list_code, hit.entry_key): hit for hit in party.hits.select_for_update()}
    waiting = []
    for each in found:
        place = (each.party.list.code, each.party.key)
        hit = known.pop(place, None) or ScreeningHit(party=party, list_code=place[0], entry_key=place[1], found_at=at)
        compared = _mark(facts, each)
        waits = _waits_again(hit, compared)
        hit.list_version, hit.score, hit.seen_at = versions[place[0]], each.judgement.score, at
        hit.entry, hit.reasons, hit.compared = entry_of(each), reasons_of(each), compared
        if waits:
            hit.state, hit.opened_at = State.OPEN, at
            waiting.append(hit)
        hit.save()
    for hit in known.values():
        if hit.state == State.OPEN:
            _end(hit, at)
    if waiting:
        _tell(party, waiting, at)


def _waits_again(hit: ScreeningHit, compared: str) -> bool:
    """Whether compliance has to look from now on: it is new, it had gone, or what was cleared has changed."""
    if hit.pk is None or hit.state == State.ENDED:
        return True
    return hit.state == State.CLEARED and hit.compared != compared


def _mark(facts: dict[str, Any], found: Hit) -> str:
    """SHA-256 over the party and the entry as they were compared."""
    return hashlib.sha256(json.dumps([facts, found.party.digest], sort_keys=True).encode()).hexdigest()


def _tell(party: ScreenedParty, waiting: Sequence[ScreeningHit], at: datetime) -> None:
    """Once for compliance, however many entries; and on the files for each."""
    entries = "; ".join(f"{hit.entry['name']} ({hit.list_code})" for hit in waiting)
    facts = {"party": str(party), "entries": entries, "count": len(waiting)}
    record(party.journal_key, events.MATCHES_AWAIT, actor=None, at=at, data=facts)
    for hit in waiting:
        _tell_files(hit, events.MATCH_FOUND, by=None, at=at)


def _end(hit: ScreeningHit, at: datetime) -> None:
    """Nothing on the list looks like the party any more: nobody need decide."""
    hit.state = POSSIBLE_MATCH.target("end")
    hit.save(update_fields=["state"])
    _write_decision(hit, reason="", by=None, at=at)
    record(hit.party.journal_key, events.MATCH_ENDED, actor=None, at=at, data=_named(hit))
    _tell_files(hit, events.MATCH_ENDED, by=None, at=at)


def _found(hit: Hit) -> dict[str, Any]:
    return {
        "list": hit.party.list.code,
        "key": hit.party.key,
        "name": hit.judgement.name.text,
        "score": hit.judgement.score,
    }


def _facts(subject: Subject) -> dict[str, Any]:
    return {
        "name": subject.name,
        "is_organisation": subject.is_organisation,
        "countries": sorted(subject.countries),
        "birth_years": sorted(subject.birth_years),
        "identifiers": sorted(subject.identifiers),
    }


def _about(each: ListStanding) -> dict[str, Any]:
    as_of = each.as_of.isoformat() if each.as_of else ""
    return {
        "list": each.code,
        "version": each.version,
        "as_of": as_of,
        "missing": each.is_missing,
        "stale": each.is_stale,
    }


def _named(hit: ScreeningHit) -> dict[str, Any]:
    return {"party": str(hit.party), "list": hit.list_code, "entry": hit.entry["name"], "match": hit.pk}


def _tell_files(hit: ScreeningHit, event: str, *, by: User | None, at: datetime, **facts: str) -> None:
    """Note on every file concerned what happened to a match; the insured does not read it there."""
    for request in files_of(hit.party):
        record(request.journal_key, event, actor=by, at=at, data=_named(hit) | facts)


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(hit_id: int, *, act: str, reason: str, seen: str, by: User, at: datetime) -> ScreeningHit:
    """Clear or confirm a possible match: `act` is `clear` or `confirm`, `seen` the mark of what was looked at.

    Raises NotAllowed for anybody but compliance officers, MatchMoved, IllegalTransition.
    """
    if not by.has_duty(InsurerRole.COMPLIANCE_OFFICER):
        raise NotAllowed(_("Only compliance officers decide on possible matches."))
    hit = ScreeningHit.objects.select_for_update(of=("self",)).get(pk=hit_id)
    if not POSSIBLE_MATCH.allows(act, hit.state):
        raise IllegalTransition(
            _("This is not possible: the match is “%(state)s”.") % {"state": hit.get_state_display()}
        )
    if seen != hit.compared:
        raise MatchMoved(_("The party or the entry changed since you opened this page. Look at them once more."))
    hit.state = POSSIBLE_MATCH.target(act)
    hit.save(update_fields=["state"])
    _write_decision(hit, reason=reason, by=by, at=at)
    event = events.MATCH_CLEARED if act == "clear" else events.MATCH_CONFIRMED
    record(hit.party.journal_key, event, actor=by, at=at, data=_named(hit) | {"reason": reason})
    _tell_files(hit, event, by=by, at=at, reason=reason)
    return hit


def _write_decision(hit: ScreeningHit, *, reason: str, by: User | None, at: datetime) -> None:
    HitDecision.objects.create(
        hit=hit,
        state=hit.state,
        reason=reason,
        list_version=hit.list_version,
        score=hit.score,
        decided_by=by,
        decided_at=at,
    )
