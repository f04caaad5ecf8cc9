"""The claims figures of the whole portfolio, and the service levels: rows read here, figured by `claims.reserving`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import ExtractYear
from django.utils.timezone import localdate

from applications.exposure import NOTHING
from claims import clocks
from claims.actions.indemnities import pay_by
from claims.ball import facts_in_list, for_lists
from claims.models import Claim, Indemnity, Recovery, Reserve
from claims.reserving import (
    Handled,
    Movement,
    Owed,
    PaymentLevels,
    ServiceLevels,
    Triangle,
    earned_premium,
    loss_ratio,
    payment_levels,
    service_levels,
    triangle,
)
from underwriting.models import Guarantee


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of the guarantees bound in one year, or of all (`year` is None); EUR. Reserves include costs."""

    year: int | None
    earned: Decimal
    paid: Decimal
    recovered: Decimal
    reserved: Decimal

    @property
    def loss_ratio(self) -> Decimal | None:
        return loss_ratio(self.paid, self.recovered, self.reserved, self.earned)


@dataclass(frozen=True, slots=True)
class OpenReserve:
    """What is set aside for one claim now, EUR."""

    claim: Claim
    reserve: Reserve

    @property
    def total(self) -> Decimal:
        return self.reserve.indemnity + self.reserve.costs


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The figures by year of origin and in all, the triangle net of recoveries, open reserves largest first."""

    years: tuple[Year, ...]
    total: Year
    triangle: Triangle
    open_reserves: list[OpenReserve]


def portfolio_on(today: date) -> Portfolio:
    """As the rows stand, seen on that day: five queries, however many guarantees and claims."""
    earned = _earned(today)
    paid, recovered = _paid(), _recovered()
    reserves = list(Reserve.objects.select_related("claim__guarantee").order_by("claim_id", "pk"))
    set_aside = _set_aside(reserves)
    held = _held(reserves)
    of_year: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    for each in held:
        of_year[_origin(each.claim.guarantee)] += each.indemnity + each.costs
    origins = sorted({*earned, *(origin for origin, _year in (*paid, *recovered, *set_aside))})
    years = tuple(
        Year(origin, earned.get(origin, NOTHING), _of(paid, origin), _of(recovered, origin), of_year[origin])
        for origin in origins
    )
    return Portfolio(years, _in_all(years), triangle(_movements(paid, recovered, set_aside), today.year), _open(held))


# Amounts by year of origin and year of the event.
ByYears = Mapping[tuple[int, int], Decimal]


def _origin(guarantee: Guarantee) -> int:
    """The year a guarantee was bound."""
    return localdate(guarantee.bound_at).year


def _earned(today: date) -> dict[int, Decimal]:
    """Net premiums, without tax, earned by that day, by year of origin."""
    rows = Guarantee.objects.exclude(in_force_at=None).values_list(
        "bound_at", "in_force_at", "offer__cover_start", "offer__cover_end", "offer__breakdown__net_premium"
    )
    earned: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    for bound_at, in_force_at, start, end, premium in rows:
        first_day = min(max(start, localdate(in_force_at)), end)
        earned[localdate(bound_at).year] += earned_premium(Decimal(premium), first_day, end, today)
    return dict(earned)


def _paid() -> ByYears:
    paid = Indemnity.objects.filter(status=Indemnity.Status.PAID, paid_on__isnull=False)
    by_year = paid.values(origin=ExtractYear("guarantee__bound_at"), event=ExtractYear("paid_on"))
    return {(row["origin"], row["event"]): row["sum"] for row in by_year.order_by().annotate(sum=Sum("amount"))}


def _recovered() -> ByYears:
    """The insurer's share of what was received."""
    by_year = Recovery.objects.values(
        origin=ExtractYear("claim__guarantee__bound_at"), event=ExtractYear("received_on")
    )
    return {(row["origin"], row["event"]): row["sum"] for row in by_year.order_by().annotate(sum=Sum("to_insurer"))}


def _set_aside(reserves: Iterable[Reserve]) -> ByYears:
    """By how much the reserves rose or fell: each row less the one before it on the same claim."""
    changes: dict[tuple[int, int], Decimal] = defaultdict(lambda: NOTHING)
    held: dict[int, Decimal] = {}
    for each in reserves:
        total = each.indemnity + each.costs
        changes[_origin(each.claim.guarantee), localdate(each.set_at).year] += total - held.get(each.claim_id, NOTHING)
        held[each.claim_id] = total
    return dict(changes)


def _held(reserves: Iterable[Reserve]) -> list[Reserve]:
    """The newest of each claim, where it holds anything."""
    newest = {each.claim_id: each for each in reserves}
    return [each for each in newest.values() if each.indemnity or each.costs]


def _open(held: Iterable[Reserve]) -> list[OpenReserve]:
    by_claim = {each.claim_id: each for each in held}
    claims = Claim.objects.filter(pk__in=by_claim).select_related(
        "guarantee__offer__request__company", "guarantee__buyer"
    )
    found = [OpenReserve(each, by_claim[each.pk]) for each in claims]
    return sorted(found, key=lambda each: (-each.total, each.claim.pk))


def _of(amounts: ByYears, origin: int) -> Decimal:
    return sum((amount for (of, _year), amount in amounts.items() if of == origin), NOTHING)


def _movements(paid: ByYears, recovered: ByYears, set_aside: ByYears) -> list[Movement]:
    """One for each year of origin and event, paid net of recoveries."""
    return [
        Movement(
            origin_year=origin,
            event_year=year,
            paid=paid.get((origin, year), NOTHING) - recovered.get((origin, year), NOTHING),
            reserve_change=set_aside.get((origin, year), NOTHING),
        )
        for origin, year in sorted({*paid, *recovered, *set_aside})
    ]


def _in_all(years: Iterable[Year]) -> Year:
    total = Year(None, NOTHING, NOTHING, NOTHING, NOTHING)
    for each in years:
        total = replace(
            total,
            earned=total.earned + each.earned,
            paid=total.paid + each.paid,
            recovered=total.recovered + each.recovered,
            reserved=total.reserved + each.reserved,
        )
    return total


# --- Service levels ---------------------------------------------------------------------------------------------------


# With fewer claims somebody who knows of one could read its days from the figures.
PUBLISHED_FROM = 5


@dataclass(frozen=True, slots=True)
class Published:
    """How fast claims are decided and indemnities paid; nothing in it tells one claim from another.

    `ripe` times the same decisions from the day our time to decide ran: where the waiting period ends after the file
    was complete, from its end. `since` is the first day that counts, None while nothing does.
    """

    decisions: ServiceLevels
    ripe: ServiceLevels
    payments: PaymentLevels
    since: date | None

    @property
    def measured(self) -> int:
        """How many claims the days of decisions are read from."""
        return self.decisions.decided + self.decisions.undecided_past_day

    @property
    def is_published(self) -> bool:
        """Whether there are enough claims to tell the public their days."""
        return self.measured >= PUBLISHED_FROM

    @property
    def is_empty(self) -> bool:
        return self.decisions.median_days is None and self.payments.median_days is None


def published_on(today: date) -> Published:
    """Seen on that day: four queries, however many claims."""
    counted = Claim.objects.filter(Q(completed_at__isnull=False) | Q(decided_at__isnull=False))
    files = [_handled(each, today) for each in for_lists(counted)]
    owed = _owed()
    starts = [file.complete_on for file, _ripe in files] + [each.approved_on for each in owed]
    return Published(
        decisions=service_levels([file for file, _ripe in files], today),
        ripe=service_levels([replace(file, complete_on=ripe_on) for file, ripe_on in files], today),
        payments=payment_levels(owed, today),
        since=min((each for each in starts if each <= today), default=None),
    )


def _handled(claim: Claim, today: date) -> tuple[Handled, date]:
    """A claim as the figures take it, and the day from which our time to decide ran."""
    decided_on = _day(claim.decided_at)
    ended_on = _day(claim.closed_at) if decided_on is None else None
    ripe_on, decide_by = _time_to_decide(claim, decided_on or ended_on, today)
    handled = Handled(
        reference=claim.number,
        complete_on=_complete_on(claim),
        decide_by=decide_by,
        decided_on=decided_on,
        is_refused=claim.decision == "rejected",
        ended_on=ended_on,
    )
    return handled, ripe_on


def _complete_on(claim: Claim) -> date:
    """A file decided while a document was still awaited counts from its claim: the reading that flatters least."""
    return localdate(claim.completed_at or claim.opened_at)


def _time_to_decide(claim: Claim, done_on: date | None, today: date) -> tuple[date, date]:
    """From when to when, as the clocks count it; what the buyer paid after the decision changes nothing in it."""
    facts = facts_in_list(claim)
    if claim.completed_at is None:
        assert done_on is not None  # noqa: S101 - only decided files are read without a complete one
        return _complete_on(claim), done_on
    unpaid = tuple(
        replace(each, settled_on=None) if done_on and each.settled_on and each.settled_on > done_on else each
        for each in facts.invoices
    )
    guarantee = claim.guarantee
    found = clocks.deadlines(
        replace(facts, invoices=unpaid), guarantee.clocks, guarantee.offer.waiting_period_days, today
    )
    decision = next(each for each in found if each.kind is clocks.Kind.DECISION and each.subject == claim.number)
    return decision.counted_on - timedelta(days=guarantee.clocks.decision_days_from_complete_file), decision.on


def _owed() -> list[Owed]:
    """Every indemnity signed, advances too; where nothing was left to transfer nothing was paid."""
    signed = Indemnity.objects.filter(status__in=Indemnity.COMMITTED, amount__gt=0, signed_at__isnull=False)
    return [
        Owed(
            reference=each.number,
            approved_on=localdate(each.signed_at),
            pay_by=pay_by(each.guarantee, each.signed_at),
            paid_on=each.paid_on,
        )
        for each in signed.select_related("guarantee")
        if each.signed_at
    ]


def _day(at: datetime | None) -> date | None:
    return localdate(at) if at else None
