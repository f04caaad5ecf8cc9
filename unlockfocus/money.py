"""Amounts of money: rounding, conversion, and how people type and read them. Pure.

Every currency is kept to two decimals, also those that have no minor unit in practice (JPY, KRW, IDR): the product
converts to EUR at once and computes there.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")

# The euro and the currencies with an ECB reference rate in 2026.
CURRENCIES: tuple[str, ...] = (
    "EUR", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY",
    "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "ZAR",
)  # fmt: skip

# Signs people type beside an amount, and the currencies each may stand for.
SIGNS: dict[str, frozenset[str]] = {
    "€": frozenset({"EUR"}),
    "$": frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "zł": frozenset({"PLN"}),
    "Kč": frozenset({"CZK"}),
    "Ft": frozenset({"HUF"}),
    "lei": frozenset({"RON"}),
    "kr": frozenset({"DKK", "ISK", "NOK", "SEK"}),
}

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"
MINUS = "\u2212"

_MAX_CHARACTERS = 60
_MAX_INTEGER_DIGITS = 15
_SPACES = re.compile("[ \\t\u00a0\u2007\u2009\u200a\u202f]+")
_UNIT = "|".join(re.escape(unit) for unit in sorted([*SIGNS, *CURRENCIES], key=len, reverse=True))
_SHAPE = re.compile(
    rf"(?P<sign>[-+{MINUS}]?) ?(?P<before>{_UNIT})? ?(?P<inner>[-+{MINUS}]?) ?"
    rf"(?P<number>[0-9][0-9 .,']*?) ?(?P<after>{_UNIT})?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[ .,'])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<decimals>[0-9]+))?"
)


class InvalidAmount(ValueError):
    """A text that is not an amount. `reason` is one of `REASONS`."""

    REASONS = (
        "empty", "too_long", "not_a_number", "currency", "negative", "separators", "too_many_decimals", "too_large",
    )  # fmt: skip

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def to_cents(amount: Decimal) -> Decimal:
    """The amount to the cent, half up (away from zero on a tie); never a negative zero. The only rounding of money."""
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    return rounded if rounded else rounded.copy_abs()


def convert_to_eur(amount: Decimal, rate: Decimal) -> Decimal:
    """EUR to the cent for `amount` in a currency of which one euro buys `rate` (the ECB's way of quoting)."""
    if rate <= 0:
        raise ValueError("an exchange rate is positive")
    return to_cents(amount / rate)


def parse_amount(text: str, *, currency: str | None = None, allow_negative: bool = False) -> Decimal:
    """The amount a person typed, with two decimals: `1 850 000,00`, `1.850.000,00`, `1,850,000.00`, `EUR 1850000`...

    A lone point or comma followed by exactly three digits groups thousands: `1.850` is 1850 (docs/decisions). With
    `currency`, a sign or code of another currency is refused. With `allow_negative`, a minus or accounting
    parentheses are read. Raises InvalidAmount.
    """
    text = _SPACES.sub(" ", text.replace("\u2019", "'")).strip()
    if not text:
        raise InvalidAmount("empty")
    if len(text) > _MAX_CHARACTERS:
        raise InvalidAmount("too_long")
    in_parentheses = text.startswith("(") and text.endswith(")")
    shape = _SHAPE.fullmatch(text[1:-1].strip() if in_parentheses else text)
    if shape is None or (shape["before"] and shape["after"]) or (shape["sign"] and shape["inner"]):
        raise InvalidAmount("not_a_number")
    _check_currency(shape["before"] or shape["after"], currency)
    amount = _read_number(shape["number"])
    sign = shape["sign"] or shape["inner"]
    if not (in_parentheses or sign in {"-", MINUS}):
        return amount
    if in_parentheses and sign:
        raise InvalidAmount("not_a_number")
    if amount and not allow_negative:
        raise InvalidAmount("negative")
    return to_cents(-amount)


def _check_currency(unit: str | None, currency: str | None) -> None:
    """Refuse a sign or code that cannot stand for the currency of the field."""
    if unit is None or currency is None:
        return
    meanings = {sign.casefold(): currencies for sign, currencies in SIGNS.items()}
    if currency not in meanings.get(unit.casefold(), {unit.upper()}):
        raise InvalidAmount("currency")


def _read_number(number: str) -> Decimal:
    match = _GROUPED.fullmatch(number) or _PLAIN.fullmatch(number)
    if match is None:
        raise InvalidAmount("separators")
    whole = re.sub("[^0-9]", "", match["whole"])
    decimals = match["decimals"] or "0"
    if len(decimals) > 2:
        raise InvalidAmount("too_many_decimals")
    if len(whole) > _MAX_INTEGER_DIGITS:
        raise InvalidAmount("too_large")
    return to_cents(Decimal(f"{whole}.{decimals}"))


def format_amount(amount: Decimal, language: str, *, decimals: bool = True) -> str:
    """`1 480 000,00` in French (narrow no-break spaces), `1,480,000.00` in any other language; no currency.

    Without `decimals` the amount is shown to the nearest unit, half up.
    """
    shown = to_cents(amount) if decimals else amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    text = f"{abs(shown):,f}"
    if language.startswith("fr"):
        text = text.translate({ord(","): NARROW_NO_BREAK_SPACE, ord("."): ","})
    return f"{MINUS}{text}" if shown < 0 else text


def format_money(amount: Decimal, currency: str, language: str, *, decimals: bool = True) -> str:
    """The amount with its currency: `1 480 000,00 €` or `€1,480,000.00`; other currencies by their code."""
    text = format_amount(abs(amount), language, decimals=decimals)
    minus = MINUS if format_amount(amount, language, decimals=decimals).startswith(MINUS) else ""
    if language.startswith("fr"):
        return f"{minus}{text}{NO_BREAK_SPACE}{'€' if currency == 'EUR' else currency}"
    return f"{minus}€{text}" if currency == "EUR" else f"{minus}{currency}{NO_BREAK_SPACE}{text}"
