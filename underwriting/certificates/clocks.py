"""The periods a guarantee promises and demands, and the days they give for one unpaid invoice. Pure.

A version of the clocks is never edited: the next one is added, and a guarantee keeps the version it was bound with.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from applications.exposure import add_months


@dataclass(frozen=True, slots=True)
class Clocks:
    """Periods counted from the original due date of an unpaid invoice, unless their name says otherwise."""

    version: str
    overdue_notice_days: int
    stop_deliveries_days: int
    extension_without_consent_days: int
    claim_days: int
    claims_barred_months: int
    insolvency_notice_days: int
    decision_days_from_complete_file: int
    payment_working_days_from_approval: int


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The calendar days that follow from one due date, before any is moved to the next working day."""

    overdue_notice_by: date
    claim_by: date
    waiting_period_ends_on: date
    claims_barred_on: date


CLOCKS = Clocks(
    version="2026-11",
    overdue_notice_days=30,
    stop_deliveries_days=30,
    extension_without_consent_days=60,
    claim_days=60,
    claims_barred_months=12,
    insolvency_notice_days=10,
    decision_days_from_complete_file=30,
    payment_working_days_from_approval=10,
)


def deadlines(due_on: date, clocks: Clocks, waiting_period_days: int) -> Deadlines:
    """The days to keep should the invoice due on `due_on` stay unpaid; an extension moves none of them."""
    return Deadlines(
        overdue_notice_by=due_on + timedelta(days=clocks.overdue_notice_days),
        claim_by=due_on + timedelta(days=clocks.claim_days),
        waiting_period_ends_on=due_on + timedelta(days=waiting_period_days),
        claims_barred_on=add_months(due_on, clocks.claims_barred_months),
    )
