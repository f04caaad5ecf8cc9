"""The coverage review as its pages show it: a question, its answers invoice by invoice, what they rest on and cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import Promise

from applications.exposure import NOTHING
from claims import coverage
from claims.cover_words import OUTCOMES, QUESTIONS, TONES, Fact, consequence, evidence_of
from claims.coverage import Check, Line, Outcome
from claims.dossier import ClaimDossier
from claims.models import Evidence, EvidenceKind, Finding, Notice
from claims.review import cover_facts, finding_facts, invoice_facts

# Up to so many invoices each answer has a row; above, the answers that ask for nothing fold into one.
INVOICES_IN_FULL = 3

NOTICES_FOR = {
    Check.NOTICE_IN_TIME: {Notice.Act.OVERDUE_NOTICE, Notice.Act.INSOLVENCY_NOTICE, Notice.Act.CLAIM},
    Check.CLAIM_IN_TIME: {Notice.Act.CLAIM},
    Check.EXTENSION_ALLOWED: {Notice.Act.EXTENSION},
    Check.UNDISPUTED: {Notice.Act.DISPUTE},
}


@dataclass(frozen=True)
class Answer:
    """One answer on one invoice."""

    line: Line
    word: str | Promise
    tone: str
    facts: list[Fact]
    consequence: str
    documents: list[Evidence]
    notices: list[Notice]
    finding: Finding | None

    @property
    def asks_for_nothing(self) -> bool:
        return self.line.outcome in {Outcome.MET, Outcome.NOT_APPLICABLE} and not self.line.found_by_person


@dataclass(frozen=True)
class Question:
    """A question with the answers that stand out, and those folded together because nothing hangs on them."""

    check: Check
    text: str | Promise
    answers: list[Answer]
    folded: list[Answer]

    @property
    def folded_words(self) -> list[tuple[str | Promise, str, int]]:
        """Each word among the folded with its tone and how often it stands there."""
        counts: dict[Outcome, int] = {}
        for each in self.folded:
            counts[each.line.outcome] = counts.get(each.line.outcome, 0) + 1
        return [(OUTCOMES[outcome], TONES[outcome], count) for outcome, count in counts.items()]


def checklist(dossier: ClaimDossier) -> list[Question]:
    """Every question in the order in which it is asked."""
    by_check: dict[Check, list[Answer]] = {}
    newest = _newest_findings(dossier)
    notices = list(dossier.claim.guarantee.notices.prefetch_related("invoices"))
    for line in dossier.review.lines:
        by_check.setdefault(line.check, []).append(_answer(dossier, line, newest, notices))
    return [_question(check, answers) for check, answers in by_check.items()]


def _question(check: Check, answers: Sequence[Answer]) -> Question:
    in_full = len(answers) <= INVOICES_IN_FULL and any(
        each.line.outcome is not Outcome.NOT_APPLICABLE for each in answers
    )
    shown = [each for each in answers if in_full or not each.asks_for_nothing]
    return Question(check, QUESTIONS[check], shown, [each for each in answers if each not in shown])


def _answer(
    dossier: ClaimDossier, line: Line, newest: dict[tuple[str, str], Finding], notices: Sequence[Notice]
) -> Answer:
    invoice = next(each for each in dossier.invoices if each.number == line.invoice)
    proofs = [each for each in invoice.evidence.all() if each.kind == EvidenceKind.DELIVERY]
    acts = NOTICES_FOR.get(line.check, set())
    return Answer(
        line=line,
        word=OUTCOMES[line.outcome],
        tone=TONES[line.outcome],
        facts=evidence_of(line),
        consequence=consequence(line),
        documents=proofs if line.check is Check.DELIVERY_PROVED else [],
        notices=[each for each in notices if each.act in acts and invoice in each.invoices.all()],
        finding=newest.get((line.check, line.invoice)) if line.found_by_person else None,
    )


def _newest_findings(dossier: ClaimDossier) -> dict[tuple[str, str], Finding]:
    """By question and invoice; a finding on no invoice in particular stands for each."""
    found: dict[tuple[str, str], Finding] = {}
    for each in dossier.findings:
        for number in [each.invoice.number] if each.invoice else [one.number for one in dossier.invoices]:
            found[each.check_name, number] = each
    return found


def standing_out(questions: Sequence[Question]) -> list[tuple[Question, Answer]]:
    """The answers that take something out of cover, or that somebody must still give."""
    return [
        (question, answer)
        for question in questions
        for answer in question.answers
        if answer.line.outcome is Outcome.UNMET or (answer.line.outcome is Outcome.OPEN and answer.line.at_stake)
    ]


@dataclass(frozen=True)
class Covered:
    """What stays covered of what is open on an invoice, EUR; `invoice` is "" for all of them."""

    invoice: str
    open: Decimal
    covered: Decimal

    @property
    def uncovered(self) -> Decimal:
        return self.open - self.covered


def covered_by_invoice(dossier: ClaimDossier) -> list[Covered]:
    """Each claimed invoice, oldest due first."""
    balances, covered = dossier.account.ledger.balances, dossier.review.covered
    return [Covered(each.number, balances[each.number].open, covered[each.number]) for each in dossier.invoices]


def in_total(rows: Sequence[Covered]) -> Covered:
    """The rows added up."""
    return Covered("", sum((each.open for each in rows), NOTHING), sum((each.covered for each in rows), NOTHING))


@dataclass(frozen=True)
class Means:
    """What an answer would mean: covered before and after, EUR, over the invoices it is about."""

    outcome: Outcome
    before: Decimal
    after: Decimal

    @property
    def word(self) -> str | Promise:
        return OUTCOMES[self.outcome]

    @property
    def tone(self) -> str:
        return TONES[self.outcome]

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def what_it_means(dossier: ClaimDossier, found: coverage.Finding) -> Means:
    """Covered before and after this finding, which is not kept."""
    facts = [invoice_facts(dossier.account, each) for each in dossier.invoices]
    kept = [finding_facts(each) for each in dossier.findings]
    given = replace(found, reason=found.reason or "tried out")
    after = coverage.review(facts, cover_facts(dossier.account), [*kept, given])
    about = [found.invoice] if found.invoice else [each.number for each in dossier.invoices]
    return Means(
        outcome=found.outcome,
        before=sum((dossier.review.covered[each] for each in about), NOTHING),
        after=sum((after.covered[each] for each in about), NOTHING),
    )
