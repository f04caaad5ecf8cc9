from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.exposure import ScheduleLine, Step, exposure_steps
from claims.indemnity import gross_loss
from claims.ledger import (
    Allocation,
    Balance,
    Credit,
    CreditKind,
    Invoice,
    OverLimit,
    actual_steps,
    allocate,
    credited_by_kind,
    over_limit,
    pro_rata,
)

DELIVERY = Invoice("F-1", Decimal("1110000.00"), date(2027, 7, 1), date(2027, 9, 29))
ACCEPTANCE = Invoice("F-2", Decimal("370000.00"), date(2027, 8, 16), date(2027, 11, 14))
PEI = [DELIVERY, ACCEPTANCE]
LOSS_ON = date(2028, 3, 27)


def payment(reference, amount, on, invoice=""):
    return Credit(reference, CreditKind.PAYMENT, Decimal(amount), on, invoice)


def opened(ledger):
    return {reference: str(balance.open) for reference, balance in ledger.balances.items()}


def taken(ledger):
    return [(each.credit, each.invoice, str(each.amount)) for each in ledger.allocations]


# Invoices


def test_without_credits_everything_is_open():
    ledger = allocate(PEI, [], None)
    assert ledger.balances["F-2"] == Balance(
        invoice="F-2",
        amount=Decimal("370000.00"),
        credited=Decimal("0.00"),
        open=Decimal("370000.00"),
        disputed_open=Decimal("0.00"),
        undisputed_open=Decimal("370000.00"),
        settled_on=None,
    )
    assert (ledger.allocations, ledger.unallocated) == ((), Decimal("0.00"))


def test_before_the_loss_the_oldest_due_is_paid_first():
    ledger = allocate(PEI, [payment("P-1", "1200000.00", date(2027, 10, 5))], None)
    assert ledger.allocations == (
        Allocation("P-1", "F-1", Decimal("1110000.00"), date(2027, 10, 5)),
        Allocation("P-1", "F-2", Decimal("90000.00"), date(2027, 10, 5)),
    )
    assert opened(ledger) == {"F-1": "0.00", "F-2": "280000.00"}
    assert ledger.balances["F-1"].settled_on == date(2027, 10, 5)


def test_due_on_one_day_the_first_delivered_is_paid_first_then_the_lower_reference():
    same_due = [
        Invoice("C", Decimal("100.00"), date(2027, 7, 1), date(2027, 9, 29)),
        Invoice("A", Decimal("100.00"), date(2027, 7, 2), date(2027, 9, 29)),
        Invoice("B", Decimal("100.00"), date(2027, 7, 2), date(2027, 9, 29)),
    ]
    ledger = allocate(same_due, [payment("P", "250.00", date(2027, 10, 1))], None)
    assert taken(ledger) == [("P", "C", "100.00"), ("P", "A", "100.00"), ("P", "B", "50.00")]


def test_a_designated_payment_goes_where_it_says_and_its_excess_to_the_oldest_due():
    ledger = allocate(PEI, [payment("P-1", "400000.00", date(2027, 10, 5), "F-2")], None)
    assert taken(ledger) == [("P-1", "F-2", "370000.00"), ("P-1", "F-1", "30000.00")]


def test_designations_of_a_day_are_served_before_what_names_no_invoice():
    credits = [
        payment("P-1", "1200000.00", date(2027, 10, 5)),
        payment("P-2", "300000.00", date(2027, 10, 5), "F-2"),
    ]
    ledger = allocate(PEI, credits, None)
    assert taken(ledger) == [("P-2", "F-2", "300000.00"), ("P-1", "F-1", "1110000.00"), ("P-1", "F-2", "70000.00")]
    assert ledger.unallocated == Decimal("20000.00")


def test_from_the_loss_on_what_names_no_invoice_is_spread_over_all_that_is_open():
    """400,000 over 1,110,000 and 370,000: three quarters and one quarter."""
    ledger = allocate(PEI, [payment("R-1", "400000.00", LOSS_ON)], LOSS_ON)
    assert taken(ledger) == [("R-1", "F-1", "300000.00"), ("R-1", "F-2", "100000.00")]


def test_the_day_before_the_loss_still_pays_the_oldest():
    ledger = allocate(PEI, [payment("P-1", "400000.00", LOSS_ON - timedelta(1))], LOSS_ON)
    assert taken(ledger) == [("P-1", "F-1", "400000.00")]


def test_after_the_loss_a_designation_still_counts_first():
    """100,000 to F-2; then 160,000 over 1,110,000 and 270,000, i.e. 111/138 and 27/138 of it."""
    credits = [payment("R-1", "100000.00", LOSS_ON, "F-2"), payment("R-2", "160000.00", LOSS_ON)]
    ledger = allocate(PEI, credits, LOSS_ON)
    assert taken(ledger) == [("R-1", "F-2", "100000.00"), ("R-2", "F-1", "128695.65"), ("R-2", "F-2", "31304.35")]


def test_uninsured_invoices_of_the_buyer_take_their_part_of_a_payment():
    """Otherwise a guarantee on one order would be repaid with the money of all others."""
    older = Invoice("OLD", Decimal("50000.00"), date(2027, 5, 1), date(2027, 6, 30), insured=False)
    ledger = allocate([DELIVERY, older], [payment("P-1", "80000.00", date(2027, 10, 5))], None)
    assert opened(ledger) == {"F-1": "1080000.00", "OLD": "0.00"}


def test_a_buyer_pays_first_what_it_does_not_dispute():
    disputed = replace(ACCEPTANCE, disputed=Decimal("120000.00"))
    balance = allocate([disputed], [payment("P-1", "300000.00", date(2027, 11, 14))], None).balances["F-2"]
    assert (str(balance.open), str(balance.disputed_open), str(balance.undisputed_open)) == (
        "70000.00",
        "70000.00",
        "0.00",
    )


def test_money_beyond_all_debts_stays_on_account():
    ledger = allocate([ACCEPTANCE], [payment("P-1", "370000.01", date(2027, 11, 14))], None)
    assert str(ledger.unallocated) == "0.01"
    assert ledger.balances["F-2"].settled_on == date(2027, 11, 14)


def test_a_free_delivery_is_settled_when_delivered():
    free = replace(ACCEPTANCE, amount=Decimal("0.00"))
    assert allocate([free], [], None).balances["F-2"].settled_on == date(2027, 8, 16)


def test_what_each_kind_of_credit_took_off_some_invoices():
    credits = [
        Credit("D-1", CreditKind.DEPOSIT, Decimal("10000.00"), date(2027, 6, 1)),
        Credit("N-1", CreditKind.CREDIT_NOTE, Decimal("25000.00"), date(2027, 9, 1), "F-2"),
        payment("P-1", "100000.00", date(2027, 10, 5)),
        payment("P-2", "50000.00", date(2027, 10, 6)),
    ]
    ledger = allocate(PEI, credits, None)
    assert credited_by_kind(ledger, credits, {"F-1"}) == {
        CreditKind.DEPOSIT: Decimal("10000.00"),
        CreditKind.PAYMENT: Decimal("150000.00"),
    }
    assert credited_by_kind(ledger, credits, {"F-2"}) == {CreditKind.CREDIT_NOTE: Decimal("25000.00")}


@pytest.mark.parametrize(
    ("invoices", "credits", "message"),
    [
        ([DELIVERY, DELIVERY], [], "every invoice has a reference of its own"),
        ([replace(DELIVERY, reference="")], [], "every invoice has a reference of its own"),
        (
            PEI,
            [payment("P", "1.00", LOSS_ON), payment("P", "1.00", LOSS_ON)],
            "every credit has a reference of its own",
        ),
        (PEI, [payment("P", "-1.00", LOSS_ON)], "-1.00 is not an amount to the cent"),
        (PEI, [payment("P", "1.005", LOSS_ON)], "1.005 is not an amount to the cent"),
        ([replace(DELIVERY, amount=Decimal("-1.00"))], [], "-1.00 is not an amount to the cent"),
        (PEI, [payment("P", "1.00", LOSS_ON, "F-3")], "credit P is designated to F-3, which is not among the invoices"),
    ],
)
def test_what_cannot_be_booked_is_a_mistake(invoices, credits, message):
    with pytest.raises(ValueError, match=message):
        allocate(invoices, credits, None)


# Pro rata


def test_the_cents_that_remain_go_to_the_largest_remainders():
    """100 over 3, 3 and 1: 42.857..., 42.857... and 14.285...; the two missing cents go to the first two."""
    parts = pro_rata(Decimal("100.00"), [Decimal("3.00"), Decimal("3.00"), Decimal("1.00")])
    assert [str(part) for part in parts] == ["42.86", "42.86", "14.28"]


def test_of_equal_remainders_the_first_wins():
    parts = pro_rata(Decimal("0.10"), [Decimal("1.00")] * 3)
    assert [str(part) for part in parts] == ["0.04", "0.03", "0.03"]


def test_there_must_be_something_to_divide_among():
    assert pro_rata(Decimal("0.00"), [Decimal("0.00")]) == (Decimal("0.00"),)
    with pytest.raises(ValueError, match="nothing to divide"):
        pro_rata(Decimal("0.01"), [])


# The exposure really open


def test_paid_when_due_the_actual_curve_is_the_forecast():
    credits = [payment("P-1", "1110000.00", date(2027, 9, 29)), payment("P-2", "370000.00", date(2027, 11, 14))]
    steps = actual_steps(PEI, allocate(PEI, credits, None).allocations)
    assert steps == exposure_steps([ScheduleLine(each.amount, each.delivered_on, each.due_on) for each in PEI])
    assert steps == (
        Step(date(2027, 7, 1), Decimal("1110000.00")),
        Step(date(2027, 8, 16), Decimal("1480000.00")),
        Step(date(2027, 9, 30), Decimal("370000.00")),
        Step(date(2027, 11, 15), Decimal("0.00")),
    )


def test_what_was_received_by_the_day_of_delivery_never_counts():
    credits = [
        Credit("D-1", CreditKind.DEPOSIT, Decimal("110000.00"), date(2026, 12, 15), "F-1"),
        payment("P-1", "370000.00", date(2027, 8, 16), "F-2"),
    ]
    assert actual_steps(PEI, allocate(PEI, credits, None).allocations) == (
        Step(date(2027, 7, 1), Decimal("1000000.00")),
    )


def test_uninsured_invoices_are_no_exposure_of_the_guarantee():
    spare_parts = Invoice("S-1", Decimal("9000.00"), date(2027, 7, 10), date(2027, 8, 9), insured=False)
    invoices = [*PEI, spare_parts]
    ledger = allocate(invoices, [payment("P-1", "9000.00", date(2027, 8, 9), "S-1")], None)
    assert [step.on for step in actual_steps(invoices, ledger.allocations)] == [date(2027, 7, 1), date(2027, 8, 16)]


def test_each_stretch_above_the_limit_has_its_days_and_its_greatest_excess():
    steps = [
        Step(date(2027, 7, 1), Decimal("900.00")),
        Step(date(2027, 7, 5), Decimal("1000.01")),
        Step(date(2027, 7, 9), Decimal("1250.00")),
        Step(date(2027, 7, 12), Decimal("1100.00")),
        Step(date(2027, 7, 20), Decimal("1000.00")),
        Step(date(2027, 8, 1), Decimal("1300.00")),
    ]
    assert over_limit(steps, Decimal("1000.00")) == (
        OverLimit(date(2027, 7, 5), date(2027, 7, 19), Decimal("250.00")),
        OverLimit(date(2027, 8, 1), None, Decimal("300.00")),
    )
    assert over_limit(steps, Decimal("1300.00")) == ()


# Laws


def euros(smallest, largest):
    return st.integers(int(smallest * 100), int(largest * 100)).map(lambda cents: Decimal(cents) / 100)


days = st.dates(date(2027, 1, 1), date(2027, 1, 12))


@st.composite
def books(draw):
    """Some invoices, some credits over a few days, and perhaps a day of loss."""
    amounts = draw(st.lists(st.tuples(euros(0, 5_000), euros(0, 5_000), days, days), min_size=1, max_size=5))
    invoices = [
        Invoice(f"F-{index}", amount, delivered_on, due_on, disputed=disputed)
        for index, (amount, disputed, delivered_on, due_on) in enumerate(amounts)
    ]
    names = st.sampled_from(["", *(invoice.reference for invoice in invoices)])
    kinds = st.sampled_from(list(CreditKind))
    received = draw(st.lists(st.tuples(kinds, euros(0, 4_000), days, names), max_size=6))
    credits = [Credit(f"P-{index}", *each) for index, each in enumerate(received)]
    return invoices, credits, draw(st.none() | days)


@given(books())
def test_every_cent_received_is_on_an_invoice_or_on_account(book):
    invoices, credits, loss_on = book
    ledger = allocate(invoices, credits, loss_on)
    received = sum((credit.amount for credit in credits), Decimal(0))
    assert sum((each.amount for each in ledger.allocations), Decimal(0)) + ledger.unallocated == received
    for credit in credits:
        assert sum(each.amount for each in ledger.allocations if each.credit == credit.reference) <= credit.amount
    assert all(each.amount > 0 for each in ledger.allocations)


@given(books())
def test_no_balance_is_negative_and_its_parts_add_up(book):
    ledger = allocate(*book)
    for invoice in book[0]:
        balance = ledger.balances[invoice.reference]
        assert min(balance.open, balance.credited, balance.disputed_open, balance.undisputed_open) >= 0
        assert balance.credited + balance.open == balance.amount == invoice.amount
        assert balance.disputed_open + balance.undisputed_open == balance.open
        assert (balance.settled_on is not None) == (balance.open == 0)


@given(books())
def test_money_is_on_account_only_when_nothing_is_open(book):
    ledger = allocate(*book)
    assert not ledger.unallocated or not any(balance.open for balance in ledger.balances.values())


@given(books(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_listed_changes_nothing(book, random):
    invoices, credits, loss_on = book
    ledger = allocate(invoices, credits, loss_on)
    shuffled_invoices, shuffled = list(invoices), list(credits)
    random.shuffle(shuffled_invoices)
    random.shuffle(shuffled)
    again = allocate(shuffled_invoices, shuffled, loss_on)
    assert again.balances == ledger.balances
    assert again.allocations == ledger.allocations


@given(books(), st.randoms(use_true_random=False))
def test_which_payment_of_a_day_came_first_changes_no_balance(book, random):
    invoices, credits, loss_on = book
    names = [credit.reference for credit in credits]
    random.shuffle(names)
    renamed = [replace(credit, reference=name) for credit, name in zip(credits, names, strict=True)]
    assert allocate(invoices, renamed, loss_on).balances == allocate(invoices, credits, loss_on).balances


@given(books(), st.data())
def test_paying_in_two_parts_changes_neither_balances_nor_the_gross_loss(book, data):
    invoices, credits, loss_on = book
    if not credits:
        return
    whole = data.draw(st.sampled_from(credits))
    first = data.draw(euros(0, whole.amount))
    parts = [replace(whole, amount=first), replace(whole, reference="REST", amount=whole.amount - first)]
    split = [credit for credit in credits if credit != whole] + parts
    one, two = allocate(invoices, credits, loss_on), allocate(invoices, split, loss_on)
    assert two.balances == one.balances
    amounts = [invoice.amount for invoice in invoices]
    assert gross_loss(amounts, [each.amount for each in two.allocations]) == gross_loss(
        amounts, [each.amount for each in one.allocations]
    )


@given(st.lists(euros(0, 10_000), min_size=1, max_size=8), st.fractions(0, 1))
def test_pro_rata_is_within_a_cent_of_the_exact_share_and_exact_in_sum(weights, part):
    whole = sum(weights)
    amount = Decimal(int(whole * 100 * part.numerator / part.denominator)) / 100
    parts = pro_rata(amount, weights)
    assert sum(parts) == amount
    for given_, weight in zip(parts, weights, strict=True):
        assert 0 <= given_ <= weight
        assert not whole or abs(given_ - amount * weight / whole) < Decimal("0.01")


@given(books())
def test_the_last_step_of_the_actual_curve_is_what_is_open(book):
    ledger = allocate(*book)
    steps = actual_steps(book[0], ledger.allocations)
    assert all(step.amount >= 0 for step in steps)
    still_open = sum(balance.open for balance in ledger.balances.values())
    assert (steps[-1].amount if steps else Decimal(0)) == still_open
