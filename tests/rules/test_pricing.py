from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Context, Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from applications.exposure import ScheduleLine, daily_exposure
from tests.rules.shared_cases import load_case
from underwriting.price_cases import price_case
from underwriting.pricing import Cover, NotPriceable, Price, Tariff, capital_requirement, price, started_months
from unlockfocus.money import to_cents

FIRST_DAY = date(2026, 12, 1)

TARIFF = Tariff(
    lgd=Decimal("0.60"),
    country_factor=Decimal("1.10"),
    selection_load=Decimal("0.75"),
    coc=Decimal("0.10"),
    fixed_expenses=Decimal("6000.00"),
    monthly_monitoring=Decimal("150.00"),
    commission=Decimal("0.10"),
    margin=Decimal("0.10"),
    minimum_premium=Decimal("10000.00"),
    option_factors={
        "pre_shipment": Decimal("1.35"),
        "political": Decimal("1.15"),
        "short_waiting_period": Decimal("1.08"),
        "retention_of_title": Decimal("0.90"),
    },
)


def line(amount, delivery, due):
    return ScheduleLine(Decimal(amount), date.fromisoformat(delivery), date.fromisoformat(due))


PEI = Cover(
    lines=(
        line("370000.00", "2027-07-01", "2026-12-15"),
        line("1110000.00", "2027-07-01", "2027-09-29"),
        line("370000.00", "2027-08-16", "2027-11-14"),
    ),
    pd=Decimal("0.015"),
    insured_percentage=Decimal("0.90"),
    limit=Decimal("1480000.00"),
    cover_start=FIRST_DAY,
    cover_end=date(2027, 11, 14),
    options=(),
    tax_rate=Decimal("0"),
)


def parts(answer):
    return [str(getattr(answer, name)) for name in Price.__slots__]


def test_the_reference_order():
    assert price(PEI, TARIFF) == Price(
        days=349,
        expected=Decimal("3272.24"),
        selection=Decimal("2454.18"),
        capital=Decimal("11730.47"),
        expenses=Decimal("7800.00"),
        technical=Decimal("31571.11"),
        options=Decimal("0.00"),
        net_premium=Decimal("31571.11"),
        tax=Decimal("0.00"),
        to_pay=Decimal("31571.11"),
    )


def test_a_minimum_premium():
    cover = Cover(
        lines=(line("718471.56", "2027-08-24", "2027-11-22"),),
        pd=Decimal("0.0003"),
        insured_percentage=Decimal("0.95"),
        limit=Decimal("718471.56"),
        cover_start=date(2027, 5, 15),
        cover_end=date(2027, 11, 22),
        options=(),
        tax_rate=Decimal("0"),
    )
    tariff = replace(TARIFF, lgd=Decimal("0.55"), country_factor=Decimal("1"), minimum_premium=Decimal("25000.00"))
    assert parts(price(cover, tariff)) == [
        "192", "28.08", "21.06", "266.08", "7050.00", "9206.53", "0.00", "25000.00", "0.00", "25000.00",
    ]  # fmt: skip


def test_a_limit_below_the_peak_with_an_option_and_tax():
    cover = Cover(
        lines=(
            line("839962.69", "2027-07-20", "2027-06-30"),
            line("5530210.01", "2027-06-26", "2027-07-11"),
            line("4791237.43", "2027-07-12", "2027-09-10"),
            line("5199361.96", "2027-08-05", "2027-09-04"),
            line("4082461.02", "2027-06-17", "2027-08-01"),
        ),
        pd=Decimal("0.0008"),
        insured_percentage=Decimal("0.95"),
        limit=Decimal("7992479.51"),
        cover_start=date(2027, 1, 19),
        cover_end=date(2027, 9, 10),
        options=("short_waiting_period",),
        tax_rate=Decimal("0.09"),
    )
    tariff = replace(TARIFF, lgd=Decimal("0.40"), country_factor=Decimal("1"))
    assert parts(price(cover, tariff)) == [
        "235", "519.16", "389.37", "5526.38", "7200.00", "17043.64", "1363.49", "18407.13", "1656.64", "20063.77",
    ]  # fmt: skip


def test_two_options_that_offset_each_other_in_part():
    cover = Cover(
        lines=(line("5290592.10", "2027-09-03", "2027-10-03"),),
        pd=Decimal("0.065"),
        insured_percentage=Decimal("0.85"),
        limit=Decimal("5290592.10"),
        cover_start=date(2027, 1, 5),
        cover_end=date(2027, 10, 3),
        options=("retention_of_title", "political"),
        tax_rate=Decimal("0.09"),
    )
    tariff = replace(TARIFF, lgd=Decimal("0.40"), country_factor=Decimal("1.6"), minimum_premium=Decimal("25000.00"))
    assert parts(price(cover, tariff)) == [
        "272", "15232.82", "11424.62", "34928.85", "7350.00", "86170.36", "3015.96", "89186.32", "8026.77", "97213.09",
    ]  # fmt: skip


def test_options_below_one_in_a_minimum_premium():
    cover = Cover(
        lines=(line("1588780.03", "2027-07-15", "2027-08-14"),),
        pd=Decimal("0.0008"),
        insured_percentage=Decimal("0.80"),
        limit=Decimal("1588780.03"),
        cover_start=date(2026, 12, 31),
        cover_end=date(2027, 8, 14),
        options=("short_waiting_period", "retention_of_title"),
        tax_rate=Decimal("0.09"),
    )
    assert parts(price(cover, replace(TARIFF, minimum_premium=Decimal("25000.00")))) == [
        "227", "56.99", "42.74", "1340.41", "7200.00", "10800.18", "-302.41", "25000.00", "2250.00", "27250.00",
    ]  # fmt: skip


def test_exposure_outside_the_cover_costs_nothing():
    early = line("500000.00", "2026-10-01", "2026-11-30")
    late = line("500000.00", "2027-11-15", "2028-01-31")
    assert price(replace(PEI, lines=(*PEI.lines, early, late)), TARIFF) == price(PEI, TARIFF)


def test_exposure_that_straddles_the_cover_counts_for_the_days_inside():
    inside = replace(PEI, lines=(line("500000.00", "2026-12-01", "2027-11-14"),))
    around = replace(PEI, lines=(line("500000.00", "2026-09-01", "2028-01-31"),))
    assert price(around, TARIFF) == price(inside, TARIFF)


def test_a_cover_without_exposure_still_costs_capital_and_expenses():
    answer = price(replace(PEI, lines=()), TARIFF)
    assert (str(answer.expected), str(answer.capital), str(answer.expenses)) == ("0.00", "11730.47", "7800.00")


def test_the_caller_s_decimal_context_changes_nothing():
    with localcontext(Context(prec=9, rounding=ROUND_DOWN)):
        assert str(price(PEI, TARIFF).expected) == "3272.24"


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-12-01", "2027-11-14", 12),
        ("2026-12-01", "2027-12-01", 12),
        ("2026-12-01", "2027-12-02", 13),
        ("2026-12-01", "2026-12-01", 1),
        ("2026-12-01", "2027-01-01", 1),
        ("2026-12-01", "2027-01-02", 2),
        ("2027-01-14", "2027-05-01", 4),
        ("2027-05-15", "2027-11-22", 7),
        ("2026-12-31", "2027-08-14", 8),
        ("2027-01-31", "2027-02-28", 1),
        ("2027-01-31", "2027-03-01", 2),
        ("2028-01-31", "2028-02-29", 1),
        ("2028-02-29", "2028-03-30", 2),
    ],
)
def test_months_are_counted_as_soon_as_they_start(start, end, months):
    assert started_months(date.fromisoformat(start), date.fromisoformat(end)) == months


@pytest.mark.parametrize(("pd", "risk_weight"), [(0.0003, 14.44), (0.01, 92.32), (0.20, 238.23)])
def test_capital_matches_the_basel_committee_s_illustrative_table(pd, risk_weight):
    """Risk weights in percent for corporates, LGD 45 %, maturity 2.5 years: 12.5 K, without the factor of 1.06."""
    assert capital_requirement(pd, lgd=0.45, maturity=2.5) * 12.5 * 100 == pytest.approx(risk_weight, abs=0.02)


def test_capital_does_not_fall_below_the_floor_of_the_pd():
    assert capital_requirement(0.00001, 0.45) == capital_requirement(0.0003, 0.45)


@pytest.mark.parametrize(
    ("reason", "cover", "tariff"),
    [
        ("pd", {"pd": Decimal("0")}, {}),
        ("pd", {"pd": Decimal("1")}, {}),
        ("pd", {"pd": Decimal("0.99999999999999999999")}, {}),
        ("pd", {"pd": Decimal("-0.01")}, {}),
        ("insured_percentage", {"insured_percentage": Decimal("0")}, {}),
        ("insured_percentage", {"insured_percentage": Decimal("1.01")}, {}),
        ("limit", {"limit": Decimal("0")}, {}),
        ("limit", {"limit": Decimal("Infinity")}, {}),
        ("cover_end", {"cover_end": date(2026, 11, 30)}, {}),
        ("tax_rate", {"tax_rate": Decimal("-0.01")}, {}),
        ("lines", {"lines": (line("-1.00", "2027-07-01", "2027-09-29"),)}, {}),
        ("options", {"options": ("unheard_of",)}, {}),
        ("options", {"options": ("political", "political")}, {}),
        ("lgd", {}, {"lgd": Decimal("0")}),
        ("lgd", {}, {"lgd": Decimal("1.1")}),
        ("loadings", {}, {"commission": Decimal("0.6"), "margin": Decimal("0.4")}),
        ("loadings", {}, {"margin": Decimal("-0.1")}),
        ("tariff_amounts", {}, {"fixed_expenses": Decimal("-1")}),
        ("tariff_factors", {}, {"option_factors": {"political": Decimal("-1")}}),
        ("tariff_factors", {}, {"coc": Decimal("Infinity")}),
        ("out_of_range", {"limit": Decimal("1E+40")}, {}),
        ("out_of_range", {"tax_rate": Decimal("1E+999999")}, {}),
        ("out_of_range", {"pd": Decimal("NaN")}, {}),
    ],
)
def test_impossible_inputs_have_no_price(reason, cover, tariff):
    with pytest.raises(NotPriceable) as refusal:
        price(replace(PEI, **cover), replace(TARIFF, **tariff))
    assert refusal.value.reason == reason


@st.composite
def covers(draw):
    """Covers of up to 400 days, PD up to 25 %; lines before, inside and after, some due before they are delivered."""
    lines = []
    for _ in range(draw(st.integers(0, 5))):
        delivery = FIRST_DAY + timedelta(days=draw(st.integers(-30, 400)))
        due = delivery + timedelta(days=draw(st.integers(-20, 120)))
        lines.append(ScheduleLine(draw(st.decimals("0.01", "5000000", places=2)), delivery, due))
    return Cover(
        lines=tuple(lines),
        pd=draw(st.decimals("0.0001", "0.25", places=4)),
        insured_percentage=draw(st.decimals("0.60", "0.95", places=2)),
        limit=draw(st.decimals("1000", "9000000", places=2)),
        cover_start=FIRST_DAY,
        cover_end=FIRST_DAY + timedelta(days=draw(st.integers(0, 399))),
        options=tuple(draw(st.sets(st.sampled_from(sorted(TARIFF.option_factors))))),
        tax_rate=draw(st.sampled_from([Decimal("0"), Decimal("0.09")])),
    )


@st.composite
def tariffs(draw):
    return replace(
        TARIFF,
        lgd=draw(st.decimals("0.10", "1", places=2)),
        country_factor=draw(st.decimals("0.5", "2", places=2)),
        minimum_premium=draw(st.sampled_from([Decimal("0"), Decimal("10000.00")])),
    )


@given(cover=covers(), tariff=tariffs(), pd=st.decimals("0.0001", "0.25", places=4))
def test_the_price_never_falls_when_the_pd_grows(cover, tariff, pd):
    """All else equal; up to a PD of 25 %, a country factor of 2 and 400 days (docs/rules/pricing.md says why)."""
    low, high = sorted([cover.pd, pd])
    assert price(replace(cover, pd=low), tariff).to_pay <= price(replace(cover, pd=high), tariff).to_pay


@given(cover=covers(), tariff=tariffs(), limit=st.decimals("1000", "9000000", places=2))
def test_the_price_never_falls_when_the_limit_grows(cover, tariff, limit):
    low, high = sorted([cover.limit, limit])
    assert price(replace(cover, limit=low), tariff).to_pay <= price(replace(cover, limit=high), tariff).to_pay


@given(cover=covers(), tariff=tariffs(), percentage=st.decimals("0.60", "0.95", places=2))
def test_the_price_never_falls_when_the_insured_percentage_grows(cover, tariff, percentage):
    low, high = sorted([cover.insured_percentage, percentage])
    cheap = price(replace(cover, insured_percentage=low), tariff)
    assert cheap.to_pay <= price(replace(cover, insured_percentage=high), tariff).to_pay


@given(cover=covers(), tariff=tariffs(), days=st.integers(1, 60))
def test_the_price_never_falls_when_the_cover_ends_later(cover, tariff, days):
    """The start of the cover and the schedule stay as they are."""
    longer = replace(cover, cover_end=cover.cover_end + timedelta(days=days))
    assert price(cover, tariff).to_pay <= price(longer, tariff).to_pay


@given(cover=covers(), tariff=tariffs(), days=st.integers(1, 60))
def test_the_price_never_falls_when_a_line_is_due_later(cover, tariff, days):
    """The cover and the other lines stay as they are."""
    assume(cover.lines)
    first = cover.lines[0]
    later = replace(first, due_on=first.due_on + timedelta(days=days))
    assert price(cover, tariff).to_pay <= price(replace(cover, lines=(later, *cover.lines[1:])), tariff).to_pay


@given(cover=covers(), tariff=tariffs())
def test_the_parts_add_up_to_the_cent(cover, tariff):
    answer = price(cover, tariff)
    assert answer.net_premium == max(tariff.minimum_premium, answer.technical + answer.options)
    assert answer.to_pay == answer.net_premium + answer.tax
    amounts = [getattr(answer, name) for name in Price.__slots__ if name != "days"]
    assert all(amount == to_cents(amount) and amount.as_tuple().exponent == -2 for amount in amounts)


@settings(max_examples=30)
@given(cover=covers(), tariff=tariffs())
def test_the_expected_loss_is_the_sum_over_the_days(cover, tariff):
    """The formula as written, day by day, against the sum over steps that the product computes."""
    with localcontext(Context(prec=50)):
        hazard = -(1 - cover.pd).ln() / 365 * tariff.country_factor
        daily = Decimal(0)
        for k, exposure in enumerate(daily_exposure(cover.lines, cover.cover_start, cover.cover_end)):
            daily += (-hazard * k).exp() * (1 - (-hazard).exp()) * min(exposure, cover.limit)
        expected = to_cents(cover.insured_percentage * tariff.lgd * daily)
    assert price(cover, tariff).expected == expected


def test_every_shared_case_to_the_cent():
    for case in load_case("price.json"):
        assert price_case({key: value for key, value in case.items() if key != "expected"}) == case["expected"]


def test_the_shared_reference_case():
    case = load_case("index-pei.json")
    at, order = case["expected"]["price_at"], case["order"]
    result = price_case(
        {
            "lines": [{**line, "amount_eur": line["amount"]} for line in order["lines"]],
            **at,
            "cover_start": case["cover"]["cover_start"],
            "cover_end": case["cover"]["cover_end"],
            "options": case["cover"]["options"],
            "tariff": case["tariff"],
        }
    )
    expected = case["expected"]
    assert result == {key: str(value) for key, value in expected["price"].items()} | {
        "peak": expected["peak"],
        "peak_day": expected["peak_day"],
    }
