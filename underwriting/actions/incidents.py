"""What insureds suffer from a buyer, noted so that its next score knows: debts overdue, insolvencies."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from underwriting.models import BuyerIncident, Guarantee

Kind = BuyerIncident.Kind


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
