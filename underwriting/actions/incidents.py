"""What insureds suffer from a buyer, noted so that its next score knows: debts overdue, insolvencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from parties.models import Buyer
from underwriting.models import BuyerIncident, Guarantee
from underwriting.sources.notices import Proceedings

Kind = BuyerIncident.Kind


@dataclass(frozen=True)
class Change:
    """An insolvency that was noted, changed or ended."""

    incident: BuyerIncident
    is_open: bool


@transaction.atomic
def note_debts(guarantee: Guarantee, overdue: Mapping[str, date], *, at: datetime) -> None:
    """Bring what is noted under a guarantee in line with what is overdue there now: invoice number to its due date.

    A debt that is no longer overdue was settled today; one that is overdue again goes on from its due date.
    """
    wanted = {f"{guarantee.number} {invoice}": due_on for invoice, due_on in overdue.items()}
    rows = BuyerIncident.objects.filter(
        buyer=guarantee.buyer_id, kind=Kind.OVERDUE, reference__startswith=f"{guarantee.number} "
    )
    known = {each.reference: each for each in rows.select_for_update()}
    for reference, incident in known.items():
        settled_on = None if reference in wanted else incident.settled_on or localdate(at)
        since = wanted.get(reference, incident.since)
        if (settled_on, since) != (incident.settled_on, incident.since):
            incident.settled_on, incident.since = settled_on, since
            incident.save(update_fields=["settled_on", "since"])
    BuyerIncident.objects.bulk_create(
        BuyerIncident(buyer_id=guarantee.buyer_id, kind=Kind.OVERDUE, reference=reference, since=due_on, noted_at=at)
        for reference, due_on in wanted.items()
        if reference not in known
    )


def note_insolvency(guarantee: Guarantee, opened_on: date, *, at: datetime) -> BuyerIncident:
    """Note that insolvency proceedings were opened on the buyer of a guarantee; twice is the same as once."""
    incident, _created = BuyerIncident.objects.get_or_create(
        kind=Kind.INSOLVENCY,
        reference=guarantee.number,
        defaults={"buyer_id": guarantee.buyer_id, "since": opened_on, "noted_at": at},
    )
    return incident


def note_proceedings(buyer: Buyer, found: Iterable[Proceedings], *, at: datetime) -> list[Change]:
    """Bring the insolvencies noted of a buyer in line with the proceedings its legal notices tell of.

    Twice is the same as once. Insolvencies an insured told of, under a guarantee, are left as they are.
    """
    ending = f" ({buyer.country} {buyer.registration_number})"
    wanted = {f"{each.source} {each.notice_id}{ending}": each for each in found}
    rows = BuyerIncident.objects.filter(buyer=buyer, kind=Kind.INSOLVENCY, reference__endswith=ending)
    known = {each.reference: each for each in rows.select_for_update()}
    changes = [_follow(incident, wanted.get(reference), at) for reference, incident in known.items()]
    for reference, proceedings in wanted.items():
        if reference not in known and proceedings.closed_on is None:
            incident = BuyerIncident.objects.create(
                buyer=buyer, kind=Kind.INSOLVENCY, reference=reference, since=proceedings.since, noted_at=at
            )
            changes.append(Change(incident, is_open=True))
    return [change for change in changes if change is not None]


def _follow(incident: BuyerIncident, proceedings: Proceedings | None, at: datetime) -> Change | None:
    """Move a noted insolvency to what the notices say of it now; None where nothing changes.

    One that no notice tells of any more ended today: its notice was cancelled or set aside.
    """
    since = proceedings.since if proceedings else incident.since
    settled_on = proceedings.closed_on if proceedings else incident.settled_on or localdate(at)
    if incident.settled_on and settled_on:
        settled_on = incident.settled_on
    if (since, settled_on) == (incident.since, incident.settled_on):
        return None
    incident.since, incident.settled_on = since, settled_on
    incident.save(update_fields=["since", "settled_on"])
    return Change(incident, is_open=settled_on is None)
