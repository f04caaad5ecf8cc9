"""What stands between a file and its next promise or payment: possible matches, and lists nobody could search.

Read only. The insured is told that something is not finished, never what: warning somebody who is listed is an offence.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from django.conf import settings
from django.utils.translation import gettext as _

from applications.models import CoverRequest
from underwriting.list_standing import ListStanding, standing
from underwriting.models import ScreeningHit
from underwriting.screened_parties import takes_part
from unlockfocus.errors import BusinessRule

_NO_HOLDERS: Mapping[int, str] = MappingProxyType({})
_PARTY = ("party__buyer", "party__person", "party__company", "party__bank")


class AwaitsCompliance(BusinessRule):
    """A party may be, or is, on a sanctions list; or a list that has to be searched is missing or too old."""


def held(requests: Iterable[CoverRequest], holders: Mapping[int, str] = _NO_HOLDERS) -> dict[int, list[ScreeningHit]]:
    """The matches that stand against each file, by its key, in one query.

    `holders` has, by the same key, the name on the account its money goes to.
    """
    hits = list(ScreeningHit.objects.blocking().select_related(*_PARTY))
    return {
        each.pk: [hit for hit in hits if takes_part(hit.party, each, holders.get(each.pk, ""))] for each in requests
    }


def unsearched(lists: Iterable[ListStanding]) -> tuple[ListStanding, ...]:
    """Of these lists, those without which nothing is promised or paid here, and that are missing or stale."""
    wanted = settings.SANCTIONS_REQUIRED
    return tuple(each for each in lists if each.code in wanted and not each.is_sound)


def why_held(request: CoverRequest, at: datetime) -> str:
    """What stands against a file, as a sentence for the insurer's people; "" when nothing does."""
    return sentence(held([request])[request.pk], unsearched(standing(at)))


def sentence(hits: Collection[ScreeningHit], lists: Collection[ListStanding]) -> str:
    """Matches and missing lists in one sentence each, for the insurer's people."""
    said = []
    confirmed = {str(hit.party) for hit in hits if hit.state == ScreeningHit.State.CONFIRMED}
    possible = {str(hit.party) for hit in hits} - confirmed
    if confirmed:
        said.append(_("On a sanctions list: %(parties)s.") % {"parties": ", ".join(sorted(confirmed))})
    if possible:
        text = _("A possible match with a sanctions list awaits compliance: %(parties)s.")
        said.append(text % {"parties": ", ".join(sorted(possible))})
    if lists:
        text = _("Not searched, because missing or too old: %(lists)s.")
        said.append(text % {"lists": ", ".join(each.title for each in lists)})
    return " ".join(said)


def check(request: CoverRequest, at: datetime) -> None:
    """For an act of the insurer; raises AwaitsCompliance, saying who and what."""
    if reason := why_held(request, at):
        raise AwaitsCompliance(reason)


def check_for_insured(request: CoverRequest, at: datetime) -> None:
    """For an act of the insured; raises AwaitsCompliance, without saying what for."""
    if why_held(request, at):
        raise AwaitsCompliance(
            _("A check we owe by law is not finished: this cannot be concluded yet. Your underwriter knows; try later.")
        )
