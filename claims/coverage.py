"""What of each unpaid invoice the guarantee covers: one question at a time, with its evidence and consequence. Pure.

The questions, what each takes out of cover and worked examples are in docs/rules/coverage.md. Amounts are EUR
excluding VAT, to the cent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from claims.ledger import Credit, CreditKind, Ledger, credited_by_kind

NOTHING = Decimal("0.00")

Evidence = dict[str, str | date | Decimal | int]


class Check(StrEnum):
    """The questions asked of every invoice."""

    IN_FORCE = "in_force"
    CONDITIONS_MET = "conditions_met"
    RIGHT_ENTITY = "right_entity"
    WITHIN_CREDIT_TERM = "within_credit_term"
    STOP_DATE_KEPT = "stop_date_kept"
    EXTENSION_ALLOWED = "extension_allowed"
    NOTICE_IN_TIME = "notice_in_time"
    CLAIM_IN_TIME = "claim_in_time"
    DELIVERY_PROVED = "delivery_proved"
    WITHIN_ORDER = "within_order"
    UNDISPUTED = "undisputed"
    WITHIN_LIMIT = "within_limit"


class Outcome(StrEnum):
    """`OPEN` waits for a person or a document; `NOT_APPLICABLE` has nothing to ask of this invoice."""

    MET = "met"
    UNMET = "unmet"
    OPEN = "open"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person found; `invoice` is a reference, "" for every invoice.

    `uncovered` is what an unmet check takes out of cover: None is the default of the check. The last of the findings
    on one check of one invoice counts.
    """

    check: Check
    invoice: str
    outcome: Outcome
    uncovered: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One invoice as the file knows it.

    `due_on` is the original due day. `notice_by` and `claim_by` are the last days in time, None where none runs.
    `stop_since` is the first day without cover for new deliveries, of the stop in force when this one was made.
    `agreed_amount` is what the order lines had left for it. A None of `debtor_is_buyer` is not known yet.
    """

    reference: str
    amount: Decimal
    open_amount: Decimal
    delivered_on: date
    due_on: date
    extended_to: date | None
    extension_agreed: bool
    debtor_is_buyer: bool | None
    has_delivery_proof: bool
    disputed_open: Decimal
    noticed_on: date | None
    notice_by: date | None
    claimed_on: date | None
    claim_by: date | None
    stop_since: date | None
    exposure_after_delivery: Decimal
    agreed_amount: Decimal


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """What the guarantee says; `first_day_covered` is None where cover never began, `conditions_met` where unknown."""

    first_day_covered: date | None
    last_day_covered: date
    longest_term_days: int
    extension_without_consent_days: int
    limit: Decimal
    conditions_met: bool | None


@dataclass(frozen=True, slots=True)
class Line:
    """A check of one invoice. `at_stake` is what it takes out of cover when unmet, if nothing else did;
    `uncovered` what it does take, never what a line before it took already.
    """

    check: Check
    invoice: str
    outcome: Outcome
    evidence: Evidence
    at_stake: Decimal
    uncovered: Decimal
    found_by_person: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """Every check of every invoice, and the part of each open principal that stays covered.

    `open_checks` are those a person must still settle because something hangs on them: until there is none, `covered`
    counts them as met and is not final.
    """

    lines: tuple[Line, ...]
    covered: dict[str, Decimal]
    open_checks: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CoveredLoss:
    """The terms of the gross loss: covered principal by invoice, and what credits of each kind took off those invoices.

    The first less the second is what stays covered of the open principal.
    """

    covered: dict[str, Decimal]
    deductions: dict[CreditKind, Decimal]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check: the question, what an unmet answer puts at stake, and whether that leaves the covered principal."""

    check: Check
    ask: Callable[[InvoiceFacts, CoverFacts], tuple[Outcome, Evidence]]
    at_stake: Callable[[InvoiceFacts, CoverFacts], Decimal]
    reduces_cover: bool = True


def review(invoices: Sequence[InvoiceFacts], cover: CoverFacts, findings: Sequence[Finding]) -> Review:
    """Ask every question of every invoice, a person's finding before the file's own answer.

    Raises ValueError for two invoices of a reference, and for a finding without a reason, on an invoice that is not
    there, or with an amount that is negative, not of one invoice, or not the outcome's to take.
    """
    references = [invoice.reference for invoice in invoices]
    if len(set(references)) < len(references):
        raise ValueError("every invoice has a reference of its own")
    found = _last_findings(findings, references)
    lines: list[Line] = []
    covered: dict[str, Decimal] = {}
    for invoice in invoices:
        left = invoice.open_amount
        for rule in RULES:
            line = _line(rule, invoice, cover, found.get((rule.check, invoice.reference)), left)
            left -= line.uncovered
            lines.append(line)
        covered[invoice.reference] = left
    return Review(
        lines=tuple(lines),
        covered=covered,
        open_checks=tuple(
            line for line in lines if line.outcome is Outcome.OPEN and line.at_stake and covered[line.invoice]
        ),
    )


def covered_loss(review: Review, ledger: Ledger, credits: Sequence[Credit]) -> CoveredLoss:
    """The review in the terms of the gross loss, without the invoices nothing of which is covered and their credits."""
    kept = {invoice: amount for invoice, amount in review.covered.items() if amount}
    return CoveredLoss(
        covered={invoice: amount + ledger.balances[invoice].credited for invoice, amount in kept.items()},
        deductions=credited_by_kind(ledger, credits, kept),
    )


def delivered_in_force(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    evidence: Evidence = {"delivered_on": invoice.delivered_on, "last_day_covered": cover.last_day_covered}
    if cover.first_day_covered is None:
        return Outcome.UNMET, evidence
    evidence["first_day_covered"] = cover.first_day_covered
    return _met(cover.first_day_covered <= invoice.delivered_on <= cover.last_day_covered), evidence


def conditions_met(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    return _known(cover.conditions_met), {}


def right_entity(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    return _known(invoice.debtor_is_buyer), {}


def within_credit_term(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    """From delivery to the original due day; due before delivery is a down payment, on which no credit was agreed."""
    days = (invoice.due_on - invoice.delivered_on).days
    evidence: Evidence = {
        "delivered_on": invoice.delivered_on,
        "due_on": invoice.due_on,
        "days": days,
        "longest_term_days": cover.longest_term_days,
    }
    return _met(0 <= days <= cover.longest_term_days), evidence


def stop_date_kept(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    if invoice.stop_since is None:
        return Outcome.NOT_APPLICABLE, {}
    evidence: Evidence = {"delivered_on": invoice.delivered_on, "stop_since": invoice.stop_since}
    return _met(invoice.delivered_on < invoice.stop_since), evidence


def extension_allowed(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    """Free up to so many days after the original due day, with the insurer's consent beyond."""
    if invoice.extended_to is None:
        return Outcome.NOT_APPLICABLE, {}
    last_free_day = invoice.due_on + timedelta(days=cover.extension_without_consent_days)
    evidence: Evidence = {"extended_to": invoice.extended_to, "last_free_day": last_free_day}
    return _met(invoice.extension_agreed or invoice.extended_to <= last_free_day), evidence


def notice_in_time(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    """A claim tells as much as a notice: the earlier of the two counts."""
    told_on = min((day for day in (invoice.noticed_on, invoice.claimed_on) if day), default=None)
    return _in_time(told_on, invoice.notice_by)


def claim_in_time(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    return _in_time(invoice.claimed_on, invoice.claim_by)


def delivery_proved(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    """A document can still come, so its lack is never unmet until a person finds so."""
    return Outcome.MET if invoice.has_delivery_proof else Outcome.OPEN, {"delivered_on": invoice.delivered_on}


def within_order(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    return _met(invoice.amount <= invoice.agreed_amount), {
        "amount": invoice.amount,
        "agreed_amount": invoice.agreed_amount,
    }


def undisputed(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    return _met(not invoice.disputed_open), {"disputed_open": invoice.disputed_open}


def within_limit(invoice: InvoiceFacts, cover: CoverFacts) -> tuple[Outcome, Evidence]:
    return _met(invoice.exposure_after_delivery <= cover.limit), {
        "exposure_after_delivery": invoice.exposure_after_delivery,
        "limit": cover.limit,
    }


def whole_invoice(invoice: InvoiceFacts, cover: CoverFacts) -> Decimal:
    """All that is open."""
    return invoice.open_amount


def beyond_order(invoice: InvoiceFacts, cover: CoverFacts) -> Decimal:
    return _part_of_open(invoice.amount - invoice.agreed_amount, invoice)


def disputed_part(invoice: InvoiceFacts, cover: CoverFacts) -> Decimal:
    return _part_of_open(invoice.disputed_open, invoice)


def beyond_limit(invoice: InvoiceFacts, cover: CoverFacts) -> Decimal:
    """What this delivery brought above the limit, at most itself."""
    return _part_of_open(invoice.exposure_after_delivery - cover.limit, invoice)


# In the order in which they are asked: what takes the whole invoice first. The limit caps the loss in the formula of
# the indemnity, so it takes nothing out of cover here; its line shows what the insured bears of the excess.
RULES = (
    Rule(Check.IN_FORCE, delivered_in_force, whole_invoice),
    Rule(Check.CONDITIONS_MET, conditions_met, whole_invoice),
    Rule(Check.RIGHT_ENTITY, right_entity, whole_invoice),
    Rule(Check.WITHIN_CREDIT_TERM, within_credit_term, whole_invoice),
    Rule(Check.STOP_DATE_KEPT, stop_date_kept, whole_invoice),
    Rule(Check.EXTENSION_ALLOWED, extension_allowed, whole_invoice),
    Rule(Check.NOTICE_IN_TIME, notice_in_time, whole_invoice),
    Rule(Check.CLAIM_IN_TIME, claim_in_time, whole_invoice),
    Rule(Check.DELIVERY_PROVED, delivery_proved, whole_invoice),
    Rule(Check.WITHIN_ORDER, within_order, beyond_order),
    Rule(Check.UNDISPUTED, undisputed, disputed_part),
    Rule(Check.WITHIN_LIMIT, within_limit, beyond_limit, reduces_cover=False),
)


def _line(rule: Rule, invoice: InvoiceFacts, cover: CoverFacts, finding: Finding | None, left: Decimal) -> Line:
    outcome, evidence = rule.ask(invoice, cover)
    at_stake = rule.at_stake(invoice, cover) if outcome is not Outcome.NOT_APPLICABLE else NOTHING
    if finding:
        outcome = finding.outcome
        at_stake = _found_at_stake(rule, invoice, cover, finding)
    takes = at_stake if outcome is Outcome.UNMET and rule.reduces_cover else NOTHING
    return Line(
        check=rule.check,
        invoice=invoice.reference,
        outcome=outcome,
        evidence=evidence,
        at_stake=at_stake,
        uncovered=min(takes, left),
        found_by_person=finding is not None,
        reason=finding.reason if finding else "",
    )


def _found_at_stake(rule: Rule, invoice: InvoiceFacts, cover: CoverFacts, finding: Finding) -> Decimal:
    """What a person found to hang on the check; its default where the finding names no amount."""
    if finding.uncovered is not None:
        return _part_of_open(finding.uncovered, invoice)
    return rule.at_stake(invoice, cover) if finding.outcome is not Outcome.NOT_APPLICABLE else NOTHING


def _last_findings(findings: Sequence[Finding], references: Sequence[str]) -> dict[tuple[Check, str], Finding]:
    found: dict[tuple[Check, str], Finding] = {}
    for finding in findings:
        _refuse_malformed(finding, references)
        for reference in [finding.invoice] if finding.invoice else references:
            found[finding.check, reference] = finding
    return found


def _refuse_malformed(finding: Finding, references: Sequence[str]) -> None:
    if not finding.reason.strip():
        raise ValueError("a finding gives its reason")
    if finding.invoice and finding.invoice not in references:
        raise ValueError(f"no invoice {finding.invoice} is under review")
    if finding.uncovered is None:
        return
    if finding.uncovered < 0:
        raise ValueError("what a finding takes out of cover is not negative")
    if finding.outcome is not Outcome.UNMET or not finding.invoice or finding.check is Check.WITHIN_LIMIT:
        raise ValueError("only an unmet check of one invoice takes an amount out of cover, and the limit never does")


def _in_time(done_on: date | None, by: date | None) -> tuple[Outcome, Evidence]:
    if by is None:
        return Outcome.NOT_APPLICABLE, {}
    if done_on is None:
        return Outcome.OPEN, {"by": by}
    return _met(done_on <= by), {"by": by, "done_on": done_on}


def _met(is_met: bool) -> Outcome:
    return Outcome.MET if is_met else Outcome.UNMET


def _known(is_met: bool | None) -> Outcome:
    return Outcome.OPEN if is_met is None else _met(is_met)


def _part_of_open(amount: Decimal, invoice: InvoiceFacts) -> Decimal:
    return min(max(amount, NOTHING), invoice.open_amount)
