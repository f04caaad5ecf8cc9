from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unlockfocus.money import (
    CURRENCIES,
    InvalidAmount,
    convert_to_eur,
    format_amount,
    format_money,
    parse_amount,
    to_cents,
)

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("999999999999999.99"), places=2)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.0049999", "0.00"),
        ("2.675", "2.68"),
        ("2.665", "2.67"),
        ("-0.005", "-0.01"),
        ("-302.40504", "-302.41"),
        ("-0.004", "0.00"),
        ("7", "7.00"),
    ],
)
def test_cents_are_rounded_half_up(exact, rounded):
    assert str(to_cents(Decimal(exact))) == rounded


@pytest.mark.parametrize(
    ("amount", "rate", "euros"),
    [
        ("96400000", "5.3447", "18036559.58"),
        ("100", "7.4326", "13.45"),
        ("0.01", "175.68", "0.00"),
        ("1480000", "1", "1480000.00"),
    ],
)
def test_the_ecb_quotes_foreign_currency_per_euro(amount, rate, euros):
    assert str(convert_to_eur(Decimal(amount), Decimal(rate))) == euros


@pytest.mark.parametrize("rate", ["0", "-1"])
def test_a_rate_is_positive(rate):
    with pytest.raises(ValueError, match="positive"):
        convert_to_eur(Decimal(1), Decimal(rate))


@pytest.mark.parametrize(
    "text",
    [
        "1 850 000,00",
        "1\u00a0850\u00a0000,00",
        "1\u202f850\u202f000,00",
        "1\u2009850\u2009000,00",
        "1 850 000.00",
        "1 850 000",
        "1.850.000,00",
        "1.850.000",
        "1,850,000.00",
        "1,850,000",
        "1'850'000.00",
        "1’850’000,00",
        "1850000",
        "1850000,0",
        "1850000.00",
        "  1850000  ",
        "+1850000",
        "€1,850,000.00",
        "€ 1850000",
        "1 850 000,00 €",
        "EUR 1.850.000,00",
        "1850000eur",
    ],
)
def test_amounts_are_read_as_people_type_them(text):
    assert str(parse_amount(text, currency="EUR")) == "1850000.00"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1850000,5", "1850000.50"),
        ("0,5", "0.50"),
        ("0.05", "0.05"),
        ("12,3", "12.30"),
        ("999", "999.00"),
        ("1.850", "1850.00"),
        ("1,850", "1850.00"),
        ("12 500", "12500.00"),
        ("123.456", "123456.00"),
        ("999999999999999,99", "999999999999999.99"),
    ],
)
def test_three_digits_after_one_separator_are_thousands(text, amount):
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \u202f ", "empty"),
        ("0" * 61, "too_long"),
        ("--", "not_a_number"),
        ("1e5", "not_a_number"),
        ("abc", "not_a_number"),
        ("EUR", "not_a_number"),
        ("€ 5 EUR", "not_a_number"),
        ("+€-5", "not_a_number"),
        (",5", "not_a_number"),
        ("5%", "not_a_number"),
        ("٣", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1,2,3", "separators"),
        ("12.34.56", "separators"),
        ("1.850.00", "separators"),
        ("12,34,567.00", "separators"),
        ("1 85", "separators"),
        ("1.850 000", "separators"),
        ("5.", "separators"),
        ("0.850", "too_many_decimals"),
        ("1850.000", "too_many_decimals"),
        ("1,850.005", "too_many_decimals"),
        ("1234567890123456", "too_large"),
        ("-5", "negative"),
        ("(5)", "negative"),
        ("−5", "negative"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidAmount) as refusal:
        parse_amount(text)
    assert refusal.value.reason == reason
    assert reason in InvalidAmount.REASONS


@pytest.mark.parametrize("text", ["-1 200,50", "−1,200.50", "-€1,200.50", "€-1200.5", "(1 200,50)", "(1,200.50 €)"])
def test_negative_amounts_are_read_where_they_are_allowed(text):
    assert str(parse_amount(text, allow_negative=True)) == "-1200.50"


def test_a_minus_inside_parentheses_means_nothing():
    with pytest.raises(InvalidAmount, match="not_a_number"):
        parse_amount("(-5)", allow_negative=True)


@pytest.mark.parametrize(("text", "currency"), [("$ 100", "EUR"), ("100 RON", "EUR"), ("5 lei", "PLN"), ("€5", "RON")])
def test_another_currency_than_the_field_s_is_refused(text, currency):
    with pytest.raises(InvalidAmount, match="currency"):
        parse_amount(text, currency=currency)


@pytest.mark.parametrize(
    ("text", "currency"), [("$ 100", "CAD"), ("100 Lei", "RON"), ("100 kr", "SEK"), ("ron 100", "RON")]
)
def test_a_sign_may_stand_for_several_currencies(text, currency):
    assert parse_amount(text, currency=currency) == 100


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        ("1480000", "EUR", "fr", "1\u202f480\u202f000,00\u00a0€"),
        ("1480000", "EUR", "en", "€1,480,000.00"),
        ("96400000", "RON", "fr", "96\u202f400\u202f000,00\u00a0RON"),
        ("96400000", "RON", "en", "RON\u00a096,400,000.00"),
        ("999.5", "EUR", "fr-fr", "999,50\u00a0€"),
        ("-302.41", "EUR", "fr", "\u2212302,41\u00a0€"),
        ("-302.41", "EUR", "en-gb", "\u2212€302.41"),
        ("-302.41", "GBP", "en", "\u2212GBP\u00a0302.41"),
        ("-0.001", "EUR", "en", "€0.00"),
    ],
)
def test_money_is_written_as_each_language_does(amount, currency, language, text):
    assert format_money(Decimal(amount), currency, language) == text


def test_decimals_can_be_left_out():
    assert format_money(Decimal("1480000.50"), "EUR", "en", decimals=False) == "€1,480,001"
    assert format_money(Decimal("-0.4"), "EUR", "fr", decimals=False) == "0\u00a0€"
    assert format_amount(Decimal("1480000.49"), "fr", decimals=False) == "1\u202f480\u202f000"


@given(amount=AMOUNTS, language=st.sampled_from(["fr", "en"]), currency=st.sampled_from(CURRENCIES))
def test_what_is_written_reads_back(amount, language, currency):
    assert parse_amount(format_money(amount, currency, language), currency=currency) == amount
    assert parse_amount(format_money(-amount, currency, language), currency=currency, allow_negative=True) == -amount
    assert parse_amount(format_amount(amount, language)) == amount


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_is_refused(text):
    try:
        outcome = "accepted" if 0 <= parse_amount(text) < 10**15 else "out of bounds"
    except InvalidAmount as refusal:
        outcome = refusal.reason
    assert outcome in {"accepted", *InvalidAmount.REASONS}


def test_the_currencies_are_the_ecb_s_and_the_euro():
    assert len(CURRENCIES) == len(set(CURRENCIES)) == 30
    assert {"EUR", "RON", "USD", "ZAR"} <= set(CURRENCIES)
    assert not {"BGN", "HRK", "RUB"} & set(CURRENCIES)
