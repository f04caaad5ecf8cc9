"""The periods a guarantee promises and demands, and the days they give for one unpaid invoice. Pure.

They are dated settings (`ClockTerms`), copied into the guarantee when it is bound: what was promised does not move.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, Self

from applications.exposure import add_months


@dataclass(frozen=True, slots=True)
class Clocks:
    """Periods counted from the original due date of an unpaid invoice, unless their name says otherwise."""

    version: str
    reminder_days: tuple[int, ...]
    overdue_notice_days: int
    overdue_warning_days: tuple[int, ...]
    stop_deliveries_days: int
    extension_without_consent_days: int
    claim_days: int
    claim_warning_days: tuple[int, ...]
    claims_barred_months: int
    insolvency_notice_days: int
    decision_days_from_complete_file: int
    payment_working_days_from_approval: int

    def as_dict(self) -> dict[str, Any]:
        """The clocks as a guarantee keeps them: JSON-able, by name."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """The clocks a guarantee keeps; raises KeyError when one is missing."""
        values: dict[str, Any] = {field.name: kept[field.name] for field in fields(cls)}
        values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The calendar days that follow from one due date, before any is moved to the next working day."""

    overdue_notice_by: date
    claim_by: date
    waiting_period_ends_on: date
    claims_barred_on: date


def deadlines(due_on: date, clocks: Clocks, waiting_period_days: int) -> Deadlines:
    """The days to keep should the invoice due on `due_on` stay unpaid; an extension moves none of them."""
    return Deadlines(
        overdue_notice_by=due_on + timedelta(days=clocks.overdue_notice_days),
        claim_by=due_on + timedelta(days=clocks.claim_days),
        waiting_period_ends_on=due_on + timedelta(days=waiting_period_days),
        claims_barred_on=add_months(due_on, clocks.claims_barred_months),
    )
