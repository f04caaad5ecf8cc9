"""One claim with all that its pages show, for one reader at one instant."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.urls import reverse
from django.utils.timezone import localdate

from applications.exposure import NOTHING
from claims.abilities import claim_abilities
from claims.account import Account
from claims.ball import Ball, ball_of, running_deadline
from claims.clocks import Deadline
from claims.coverage import CoveredLoss, Review
from claims.documents import documents_of
from claims.models import Claim, DocumentRequest, Finding, Indemnity, Invoice, Recovery
from claims.required_documents import Completeness
from claims.review import loss_of, review_of
from journal.timeline import Line, timeline
from parties.models import User


@dataclass(frozen=True, slots=True)
class Kept:
    """A document of the file, as its pages list it; `page` names the address that gives it."""

    kind: str
    name: str
    page: str
    pk: int
    size: int
    at: datetime
    invoice: str = ""
    is_internal: bool = False

    @property
    def url(self) -> str:
        return reverse(self.page, args=[self.pk])


@dataclass
class ClaimDossier:
    """Read once, computed from the facts; nothing is stored."""

    claim: Claim
    reader: User
    at: datetime

    @property
    def today(self) -> date:
        return localdate(self.at)

    @cached_property
    def abilities(self) -> frozenset[str]:
        return claim_abilities(self.claim, self.reader)

    @cached_property
    def account(self) -> Account:
        return Account(self.claim.guarantee, self.today)

    @cached_property
    def invoices(self) -> list[Invoice]:
        """Those claimed, oldest due first."""
        return [each for each in self.account.invoices if each.claim_id == self.claim.pk]

    @cached_property
    def documents_asked(self) -> list[DocumentRequest]:
        """What the insurer asked for besides, oldest first."""
        return list(self.claim.document_requests.select_related("invoice", "asked_by"))

    @cached_property
    def documents(self) -> Completeness:
        """How complete the file is, and what is missing."""
        return documents_of(self.claim, self.account, self.invoices, self.documents_asked)

    @cached_property
    def papers(self) -> list[Kept]:
        """The documents there are: given with the request, then kept since delivery; the insurer's own only for it."""
        given = [
            Kept(each.get_kind_display(), each.name, "document", each.pk, each.size, each.uploaded_at)
            for each in self.claim.guarantee.request.documents.all()
        ]
        numbers = {each.pk: each.number for each in self.account.invoices}
        kept = [
            Kept(
                each.get_kind_display(),
                each.name,
                "evidence",
                each.pk,
                each.size,
                each.uploaded_at,
                invoice=numbers.get(each.invoice_id or 0, ""),
                is_internal=each.is_internal,
            )
            for each in self.account.evidence
            if self.reader.duties or not each.is_internal
        ]
        return given + kept

    @cached_property
    def findings(self) -> list[Finding]:
        """What people found about cover, in the order they found it."""
        return list(self.claim.findings.select_related("invoice", "found_by"))

    @cached_property
    def review(self) -> Review:
        """Every question about cover, answered by the file or by a person."""
        return review_of(self.account, self.invoices, self.findings)

    @cached_property
    def covered_loss(self) -> CoveredLoss:
        """Covered principal by invoice and what was credited on it: the terms of the gross loss."""
        return loss_of(self.account, self.review)

    @property
    def open_total(self) -> Decimal:
        """What is open on the claimed invoices, EUR."""
        return sum((self.account.balance(each).open for each in self.invoices), NOTHING)

    @property
    def owed(self) -> Decimal:
        """What the buyer owes on the claimed invoices, less what was recovered since. EUR."""
        recovered = sum((each.received for each in self.recoveries), NOTHING)
        return max(self.open_total - recovered, NOTHING)

    @property
    def deadlines(self) -> list[Deadline]:
        """Those of the claim and of its invoices, earliest first."""
        subjects = {self.claim.number, "", *(each.number for each in self.invoices)}
        return [each for each in self.account.deadlines if each.subject in subjects]

    @cached_property
    def ball(self) -> Ball:
        """Who acts next, on what, and by when, told to this reader."""
        running = running_deadline(self.account.deadlines, self.claim)
        missing = len(self.documents.missing)
        return ball_of(self.claim, running, insurer=bool(self.reader.duties), missing=missing)

    @cached_property
    def timeline(self) -> list[Line]:
        """What happened on the order since the claim was opened, newest first."""
        lines = timeline(self.claim.journal_key, insurer=bool(self.reader.duties))
        return [each for each in lines if each.at >= self.claim.opened_at]

    @cached_property
    def indemnities(self) -> list[Indemnity]:
        return list(self.claim.indemnities.select_related("prepared_by", "signed_by", "account", "payment_file"))

    @cached_property
    def recoveries(self) -> list[Recovery]:
        return list(self.claim.recoveries.all())
