"""Lines of a source beside what each was read as: shown before accounts are kept, of a file or of a register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.account_checks import Check
from applications.fields import language
from unlockfocus.money import format_amount


@dataclass(frozen=True)
class MappedCell:
    """One figure: what it was read as, where it stands, how it is written there, or what is wrong with it."""

    value: str
    place: str
    written: str = ""
    problem: str = ""


@dataclass(frozen=True)
class MappedLine:
    """One line: what the source calls it, what it was taken for ("" when for nothing), a cell a year or None.

    What is said once, such as the currency, is said beside any year.
    """

    place: str
    label: str
    item: str
    cells: tuple[MappedCell | None, ...]
    problem: str = ""
    is_said_once: bool = False


@dataclass(frozen=True)
class MappedYear:
    """One year: whether it is kept, and the comparisons that do not hold, in words."""

    period_end: date
    is_kept: bool
    notices: tuple[str, ...]


@dataclass(frozen=True)
class MappedLines:
    """All of it: lines, years newest first, and what is said of the amounts: currency ("" if nothing), unit (0)."""

    lines: tuple[MappedLine, ...]
    years: tuple[MappedYear, ...]
    currency: str
    unit: int

    @property
    def rows(self) -> Iterator[tuple[MappedLine, tuple[tuple[MappedYear, MappedCell | None], ...]]]:
        """Every line with its cells, each beside its year."""
        for line in self.lines:
            yield line, tuple(zip(self.years, line.cells, strict=True))

    @property
    def missed(self) -> int:
        """How many lines or cells are not read."""
        return sum(bool(line.problem) + sum(bool(cell and cell.problem) for cell in line.cells) for line in self.lines)


def amount_as_read(code: str, amount: Decimal) -> str:
    """People are counted in whole numbers, amounts are shown to the cent where they have cents."""
    return format_amount(amount, language(), decimals=code != "employees" and amount != amount.to_integral_value())


def check_notice(check: Check) -> str:
    """A comparison that does not hold, with both figures."""
    figures = {
        "whole": format_amount(check.whole, language(), decimals=False),
        "parts": format_amount(check.parts, language(), decimals=False),
    }
    return _sentences()[check.code] % figures


def _sentences() -> Mapping[str, str]:
    return {
        "assets": _("Total assets are %(whole)s; fixed and current assets make %(parts)s."),
        "balance": _("Total assets are %(whole)s; equity, debts and provisions make %(parts)s."),
        "debts": _("Total liabilities are %(whole)s; long-term and short-term debts make %(parts)s."),
        "current_within_total": _("Current assets, %(parts)s, are more than total assets, %(whole)s."),
        "parts_within_current": _(
            "Inventories, receivables and cash, %(parts)s, are more than current assets, %(whole)s."
        ),
        "short_within_debts": _("Short-term debts, %(parts)s, are more than all debts, %(whole)s."),
        "profit_within_sales": _("The net profit, %(parts)s, is more than sales, %(whole)s."),
    }
