"""Deadlines, ledgers and indemnities per second, for two invoices and for forty: `./run bench claims`.

Floors of the same run: for the deadlines, the bare additions of days, without calendars or states;
for the ledger, one pass over invoices and payments in floats; for the indemnity, the formula in floats.
"""

import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from claims import ledger
from claims.clocks import Facts, Unpaid, deadlines
from claims.indemnity import Terms, gross_loss, indemnify
from underwriting.clocks import Clocks

SECONDS = 1.0
TODAY = date(2027, 11, 26)
WAITING = 180
CLOCKS = Clocks(
    version="bench",
    reminder_days=(1, 10),
    overdue_notice_days=30,
    overdue_warning_days=(20, 25, 28),
    stop_deliveries_days=30,
    extension_without_consent_days=60,
    claim_days=60,
    claim_warning_days=(45, 53, 58),
    claims_barred_months=12,
    insolvency_notice_days=10,
    decision_days_from_complete_file=30,
    payment_working_days_from_approval=10,
)
COUNTED = (1, 10, 30, 30, 60, 60, WAITING, 365)


def dues(count: int) -> list[date]:
    """A due date every week."""
    return [date(2027, 1, 4) + timedelta(days=7 * week) for week in range(count)]


def facts(count: int) -> Facts:
    """So many unpaid invoices of a French insured, the first half notified."""
    return Facts(
        invoices=tuple(
            Unpaid(
                reference=f"F-{number}",
                due_on=due,
                amount=Decimal("37000.00"),
                open_amount=Decimal("37000.00"),
                noticed_on=due + timedelta(days=29) if number % 2 else None,
            )
            for number, due in enumerate(dues(count))
        ),
        insolvency=None,
        claims=(),
        insured_country="FR",
        insurer_country="FR",
    )


def bare_days(count: int) -> list[date]:
    return sorted(due + timedelta(days=days) for due in dues(count) for days in COUNTED)


def invoices(count: int) -> list[ledger.Invoice]:
    return [
        ledger.Invoice(f"F-{number}", Decimal("37000.00"), due - timedelta(days=90), due)
        for number, due in enumerate(dues(count))
    ]


def payments(count: int) -> list[ledger.Credit]:
    """A payment of two thirds of an invoice each week."""
    return [
        ledger.Credit(str(number), ledger.CreditKind.PAYMENT, Decimal("24666.67"), due + timedelta(days=3))
        for number, due in enumerate(dues(count))
    ]


def pay_in_floats(owed: list[float], paid: list[float]) -> list[float]:
    """Oldest due first, in one pass."""
    left, position = list(owed), 0
    for amount in paid:
        while amount > 0 and position < len(left):
            part = min(amount, left[position])
            left[position] -= part
            amount -= part
            position += left[position] <= 0
    return left


def indemnify_in_floats(covered: list[float], limit: float, percentage: float, deductible: float) -> float:
    return min(max(0.0, percentage * min(sum(covered), limit) - deductible), limit * percentage)


def per_second(work: Callable[[], object]) -> float:
    """How often `work` is done in a second."""
    done, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < SECONDS:
        work()
        done += 1
    return done / passed


TERMS = Terms(
    limit=Decimal("1480000.00"),
    insured_percentage=Decimal("0.90"),
    deductible=Decimal("10000.00"),
    deductible_order="after_percentage",
    maximum_liability_left=Decimal("1332000.00"),
)


def main() -> None:
    print(f"{'':<28} {'per second':>12} {'floor':>12} {'floor / it':>11}")
    for count in (2, 40):
        found, owed, paid = facts(count), invoices(count), payments(count)
        amounts = [each.amount for each in owed]
        in_floats = [float(amount) for amount in amounts]
        rows = (
            (
                f"deadlines, {count} invoices",
                partial(deadlines, found, CLOCKS, WAITING, TODAY),
                partial(bare_days, count),
            ),
            (
                f"ledger, {count} invoices",
                partial(ledger.allocate, owed, paid, None),
                partial(pay_in_floats, in_floats, [float(each.amount) for each in paid]),
            ),
            (
                f"indemnity, {count} invoices",
                lambda amounts=amounts: indemnify(gross_loss(amounts, ()), TERMS),
                partial(indemnify_in_floats, in_floats, 1480000.0, 0.9, 10000.0),
            ),
        )
        for name, work, floor in rows:
            rate, at_most = per_second(work), per_second(floor)
            print(f"{name:<28} {rate:>12,.0f} {at_most:>12,.0f} {at_most / rate:>11.1f}")


if __name__ == "__main__":
    main()
