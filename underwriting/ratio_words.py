"""Ratios in words: their names, their values in their own units, and where they stand among peers."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from underwriting.scoring import ratios
from underwriting.scoring.peers import SAMPLE
from unlockfocus.templatetags.face import number, percent

Text = str | Promise

RATIOS: dict[str, Text] = {
    "working_capital_to_assets": gettext_lazy("Working capital over assets"),
    "retained_earnings_to_assets": gettext_lazy("Retained earnings over assets"),
    "operating_return_on_assets": gettext_lazy("Operating profit over assets"),
    "equity_to_liabilities": gettext_lazy("Equity over liabilities"),
    "permanent_capital_to_assets": gettext_lazy("Equity and long-term debt over assets"),
    "current_ratio": gettext_lazy("Current assets over short-term debt"),
    "quick_ratio": gettext_lazy("The same without inventories"),
    "cash_ratio": gettext_lazy("Cash over short-term debt"),
    "cash_flow_to_short_liabilities": gettext_lazy("Cash flow over short-term debt"),
    "operating_margin": gettext_lazy("Operating margin"),
    "interest_cover": gettext_lazy("Interest cover"),
    "operating_cost_to_short_liabilities": gettext_lazy("Operating cost over short-term debt"),
    "defensive_days": gettext_lazy("Days of cost that cash and receivables pay"),
    "receivable_days": gettext_lazy("Receivables in days of sales"),
    "inventory_days": gettext_lazy("Inventories in days of sales"),
    "sales_growth": gettext_lazy("Growth of sales"),
    "net_profit_to_liabilities": gettext_lazy("Net profit over liabilities"),
    "quick_assets_to_liabilities": gettext_lazy("Current assets without inventories over liabilities"),
    "size": gettext_lazy("Total assets"),
}

_UNITS = {ratio.__name__: unit for ratio, unit in ratios.RATIOS}

QUARTERS: dict[str, Text] = {
    "lowest": gettext_lazy("in the weakest quarter"),
    "low": gettext_lazy("below the median"),
    "high": gettext_lazy("above the median"),
    "highest": gettext_lazy("in the strongest quarter"),
}
QUARTER_TONES = {"lowest": "danger", "low": "caution", "high": "neutral", "highest": "good"}


def ratio_name(code: str) -> str:
    """`Operating margin` for `operating_margin`."""
    return str(RATIOS[code])


def is_fraction(code: str) -> bool:
    """Whether the ratio is told in per cent."""
    return _UNITS.get(code) == "fraction"


def told(code: str, value: Decimal | float | None) -> str:
    """A value of a ratio, or an edge of its bins, in its unit: `14.3%`, `1.31`, `60 days`; a dash for none."""
    if value is None:
        return "–"
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if is_fraction(code):
        return percent(exact, 1)
    if _UNITS.get(code) == "days":
        return _("%(days)s days") % {"days": number(exact, 0)}
    if code == "size":
        return _("%(millions)s million euros of 2010") % {"millions": number(exact, 1)}
    return number(exact, 2)


def peers_name(peers: str) -> str:
    """Whom a ratio is set against: a sector by its NACE division, or the companies the scorecard was made from."""
    if peers == SAMPLE:
        return _("companies the scorecard was made from")
    return _("companies of NACE division %(division)s") % {"division": peers}
