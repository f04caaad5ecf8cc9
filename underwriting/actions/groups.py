"""The group of a buyer, as GLEIF reports it: guarantees on buyers of one group are counted together."""

from datetime import datetime

from django.db import transaction

from applications import actions as requests
from applications.models import CoverRequest, IdentityCheck
from journal.recording import record
from parties.models import Buyer, BuyerGroup, GroupAnswer
from underwriting import events
from underwriting.outside.groups import GroupFinding


def numbers_of(request: CoverRequest) -> list[str]:
    """The numbers GLEIF may know a request's buyer by: the one that identifies it, then others its register has."""
    check = IdentityCheck.objects.filter(
        country=request.buyer_country,
        registration_number=request.buyer_registration_number,
        outcome=IdentityCheck.Outcome.OK,
    ).first()
    others = [number for _kind, number in check.facts.get("other_numbers", [])] if check else []
    return list(dict.fromkeys([request.buyer_registration_number, *others]))


def is_answered(buyer: Buyer, since: datetime) -> bool:
    """Whether GLEIF answered about the buyer since then."""
    return buyer.group_answers.filter(is_known=True, asked_at__gte=since).exists()


@transaction.atomic
def note_group(request: CoverRequest, finding: GroupFinding, *, at: datetime) -> GroupAnswer:
    """Keep what GLEIF said of a request's buyer, and link the buyer to its group when it said so.

    No answer is kept as one that is missing; it changes no link, for it says nothing. The rows of the request, the
    buyer and the group are locked in this order, as offers lock them.
    """
    requests.locked(request.pk)
    assert request.buyer_id is not None  # noqa: S101 - set at submission
    buyer = Buyer.objects.select_for_update().get(pk=request.buyer_id)
    answer = GroupAnswer.objects.create(
        buyer=buyer,
        asked_at=at,
        is_known=finding.is_known,
        outcome=finding.answer.outcome,
        reason=finding.answer.reason[:200],
        lei=finding.lei,
        group_lei=finding.group_lei,
        group_name=finding.group_name,
        exception=finding.exception[:60],
        source=finding.answer.source,
        url=finding.answer.url[:500],
        licence=finding.answer.licence,
        fetched_at=finding.answer.fetched_at,
        as_of=finding.parent.as_of if finding.parent else None,
    )
    if finding.is_known:
        _link(buyer, answer)
    data = {"group": answer.group_name, "group_lei": answer.group_lei, "outcome": answer.outcome}
    record(request.journal_key, _event_of(answer), actor=None, at=at, data=data)
    return answer


def _event_of(answer: GroupAnswer) -> str:
    if not answer.is_known:
        return events.GROUP_NOT_ANSWERED
    return events.GROUP_NOTED if answer.group_lei else events.GROUP_WITHOUT_LEI


def _link(buyer: Buyer, answer: GroupAnswer) -> None:
    """The buyer's group of today. One that has no LEI any more leaves none behind: its last link is kept."""
    if not answer.group_lei:
        return
    group, _created = BuyerGroup.objects.get_or_create(lei=answer.group_lei, defaults={"name": answer.group_name})
    if buyer.group_id != group.pk:
        buyer.group = group
        buyer.save(update_fields=["group"])
