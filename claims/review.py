"""The coverage review of one claim: from the rows of its guarantee to the questions of `coverage`, and back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.timezone import localdate

from applications.exposure import NOTHING
from claims import coverage
from claims.account import Account
from claims.clocks import Deadline, Kind, deliveries_stopped_from
from claims.models import EvidenceKind, Finding, Invoice
from underwriting.models import ConditionKind

RETENTION_OF_TITLE = ConditionKind.RETENTION_OF_TITLE.value


def review_of(account: Account, invoices: Sequence[Invoice], findings: Sequence[Finding]) -> coverage.Review:
    """Every question asked of the claimed invoices; the newest finding on a question counts."""
    references = {each.number for each in invoices}
    facts = [invoice_facts(account, each) for each in invoices]
    found = [finding_facts(each) for each in findings]
    return coverage.review(
        facts, cover_facts(account), [each for each in found if not each.invoice or each.invoice in references]
    )


def loss_of(account: Account, review: coverage.Review) -> coverage.CoveredLoss:
    """What stays covered, in the terms of the gross loss."""
    return coverage.covered_loss(review, account.ledger, account.credit_entries)


def cover_facts(account: Account) -> coverage.CoverFacts:
    """What the guarantee says: the longest term is that of the order's own lines, run-off ends cover of deliveries."""
    guarantee = account.guarantee
    lines = [each for each in account.order_lines if each.due_on >= each.delivery_on]
    ends = [guarantee.offer.cover_end]
    if guarantee.run_off_at:
        ends.append(localdate(guarantee.run_off_at))
    return coverage.CoverFacts(
        first_day_covered=guarantee.first_day_covered,
        last_day_covered=min(ends),
        longest_term_days=max(((each.due_on - each.delivery_on).days for each in lines), default=0),
        extension_without_consent_days=guarantee.clocks.extension_without_consent_days,
        limit=guarantee.offer.limit,
        conditions_met=_conditions_met(account),
    )


def _conditions_met(account: Account) -> bool | None:
    """None where title was to be kept and neither a condition found met nor a document shows that it is."""
    conditions = {each.kind: each.met_at is not None for each in account.conditions}
    if not all(conditions.values()):
        return False
    if RETENTION_OF_TITLE in account.guarantee.offer.options and RETENTION_OF_TITLE not in conditions:
        shown = any(each.kind == EvidenceKind.RETENTION_OF_TITLE for each in account.evidence)
        return True if shown else None
    return True


def invoice_facts(account: Account, invoice: Invoice) -> coverage.InvoiceFacts:
    """One invoice as the file knows it on the account's day."""
    balance = account.balance(invoice)
    notice = _notice(account, invoice)
    claim = _deadline(account, Kind.CLAIM, invoice.number)
    return coverage.InvoiceFacts(
        reference=invoice.number,
        amount=invoice.amount_eur,
        open_amount=balance.open,
        delivered_on=invoice.delivered_on,
        due_on=invoice.due_on,
        extended_to=invoice.extended_to,
        extension_agreed=invoice.extension_consented,
        debtor_is_buyer=invoice.is_to_buyer,
        has_delivery_proof=any(each.kind == EvidenceKind.DELIVERY for each in invoice.evidence.all()),
        disputed_open=balance.disputed_open,
        noticed_on=notice.done_on if notice else None,
        notice_by=notice.on if notice else None,
        claimed_on=invoice.claimed_on,
        claim_by=claim.on if claim else None,
        stop_since=stop_for(account, invoice),
        exposure_after_delivery=exposure_after(account, invoice),
        agreed_amount=left_on_order(account, invoice),
    )


def _notice(account: Account, invoice: Invoice) -> Deadline | None:
    """The duty to tell: of the overdue invoice and, in insolvency, of the proceedings; one missed before one kept."""
    duties = [_deadline(account, Kind.OVERDUE_NOTICE, invoice.number)]
    if account.insolvency and account.insolvency.opened_on <= (invoice.claimed_on or account.today):
        duties.append(_deadline(account, Kind.INSOLVENCY_NOTICE, ""))
    owed = [each for each in duties if each]
    return min(owed, key=lambda each: (each.done_on is not None and each.done_on <= each.on, each.on), default=None)


def _deadline(account: Account, kind: Kind, subject: str) -> Deadline | None:
    return next((each for each in account.deadlines_for(subject) if each.kind is kind), None)


def stop_for(account: Account, invoice: Invoice) -> date | None:
    """The first day without cover for new deliveries because of another unpaid invoice.

    Of the stop in force when this one was delivered; else of the one in force now, which it precedes.
    """
    others = replace(account.facts, invoices=tuple(i for i in account.facts.invoices if i.reference != invoice.number))
    clocks = account.guarantee.clocks
    then = deliveries_stopped_from(others, clocks, invoice.delivered_on)
    return then or deliveries_stopped_from(others, clocks, account.today)


def exposure_after(account: Account, invoice: Invoice) -> Decimal:
    """What was delivered and unpaid at the end of the day of this delivery, EUR."""
    until = [step.amount for step in account.steps if step.on <= invoice.delivered_on]
    return until[-1] if until else NOTHING


def left_on_order(account: Account, invoice: Invoice) -> Decimal:
    """What the order line had left when this was delivered; without a line, what all lines on credit had left. EUR."""
    order = (invoice.delivered_on, invoice.pk)
    before = [each for each in account.invoices if each.is_to_buyer and (each.delivered_on, each.pk) < order]
    if invoice.line:
        agreed = invoice.line.amount_eur or NOTHING
        before = [each for each in before if each.line_id == invoice.line_id]
    else:
        on_credit = [each for each in account.order_lines if each.due_on >= each.delivery_on]
        agreed = sum((each.amount_eur or NOTHING for each in on_credit), NOTHING)
    return max(agreed - sum((each.amount_eur for each in before), NOTHING), NOTHING)


def finding_facts(row: Finding) -> coverage.Finding:
    """A finding as it was kept."""
    return coverage.Finding(
        check=coverage.Check(row.check_name),
        invoice=row.invoice.number if row.invoice else "",
        outcome=coverage.Outcome(row.outcome),
        uncovered=row.uncovered,
        reason=row.reason,
    )
