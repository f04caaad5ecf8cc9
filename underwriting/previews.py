"""Terms tried out at the desk before they are offered: price, authority and room on the buyer, in one answer."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.fields import language
from applications.models import CoverRequest
from parties.models import User
from underwriting.models import Analysis, ConditionKind
from underwriting.pricing import started_months
from underwriting.quotes import Quote, Terms, graded, quote
from underwriting.suggestion import Suggestion, suggest
from underwriting.terms import Cumul, cumul, is_within_authority
from unlockfocus.money import format_money

OFFER_LIFETIME = timedelta(days=14)


@dataclass(frozen=True)
class Preview:
    """What an offer on these terms would be; `months` are started months of cover. Amounts in EUR."""

    terms: Terms
    quote: Quote
    grade: int
    months: int
    within_authority: bool
    held: Cumul
    last_due_on: date | None

    @property
    def has_room(self) -> bool:
        """Whether the line on the buyer holds this limit as well."""
        return self.terms.limit <= self.held.room

    @property
    def insured_after(self) -> Decimal:
        return self.held.insured + self.terms.limit

    @property
    def room_after(self) -> Decimal:
        return self.held.room - self.terms.limit

    @property
    def rate(self) -> Decimal:
        """What is to be paid, as a fraction of the limit."""
        return self.quote.price.to_pay / self.terms.limit

    @property
    def ends_early(self) -> bool:
        """Whether invoices fall due after the last day of cover."""
        return self.last_due_on is not None and self.terms.cover_end < self.last_due_on


def preview(request: CoverRequest, analysis: Analysis, terms: Terms, *, by: User, today: date) -> Preview:
    """Price the terms as `make_offer` would; raises NoGrade, NoPrice, NoTariff."""
    assert request.buyer is not None  # noqa: S101 - set at submission
    grade, pd = graded(analysis)
    months = started_months(terms.cover_start, terms.cover_end)
    return Preview(
        terms=terms,
        quote=quote(request, terms, pd=pd, on=today),
        grade=grade,
        months=months,
        within_authority=is_within_authority(by, limit=terms.limit, grade=grade, months=months, day=today),
        held=cumul(request.buyer, grade, today),
        last_due_on=request.last_due_on,
    )


def suggestion_for(request: CoverRequest, grade: int | None) -> Suggestion | None:
    """The starting point at a grade; None where there is no grade or the grade is not insured."""
    if grade is None or request.need_eur is None:
        return None
    suggestion = suggest(request.need_eur, grade)
    return suggestion if suggestion.limit else None


def suggested_terms(request: CoverRequest, grade: int | None, today: date) -> Terms | None:
    """The suggested limit on the terms asked for; never a higher share than was asked for."""
    suggestion = suggestion_for(request, grade)
    if suggestion is None:
        return None
    wanted = request.insured_percentage or suggestion.insured_percentage
    return Terms(
        limit=suggestion.limit,
        insured_percentage=min(wanted, suggestion.insured_percentage),
        deductible=Decimal("0.00"),
        cover_start=request.order_on or today,
        cover_end=request.last_due_on or today,
        options=tuple(request.options),
        conditions={ConditionKind.PREMIUM_PAID.value: ""},
        valid_until=today + OFFER_LIFETIME,
        note=_note(request, suggestion),
    )


def _note(request: CoverRequest, suggestion: Suggestion) -> str:
    """The first sentence of the reasons, for the underwriter to go on from."""
    facts = {"need": _money(request.need_eur), "limit": _money(suggestion.limit)}
    if suggestion.limit == request.need_eur:
        return _("The limit covers your whole peak exposure of %(need)s.") % facts
    return _("The limit of %(limit)s covers a part of your peak exposure of %(need)s.") % facts


def _money(amount: Decimal | None) -> str:
    return format_money(amount or Decimal(0), "EUR", language())
