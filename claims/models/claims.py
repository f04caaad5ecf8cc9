"""The claim file: its cause, its documents, what was found about its cover, and what is reserved for it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import StoredDocument, amount_field
from claims.models.deliveries import Invoice
from underwriting.models import Guarantee

if TYPE_CHECKING:
    from parties.models import User


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: User) -> Self:
        """The insurer all, a company its own; a bank reads the guarantee, not the claim."""
        if user.duties or user.membership:
            return self.filter(guarantee__in=Guarantee.objects.visible_to(user))
        return self.none()


class Claim(models.Model):
    """A request for indemnity on unpaid invoices of one guarantee, with one cause of loss."""

    class Status(models.TextChoices):
        NOTIFIED = "notified", _("Notified")
        DOCUMENTS_INCOMPLETE = "documents_incomplete", _("Documents missing")
        DOCUMENTS_COMPLETE = "documents_complete", _("Documents complete")
        IN_COLLECTION = "in_collection", _("In collection")
        ASSESSED = "assessed", _("Awaiting second signature")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        PAID = "paid", _("Indemnity paid")
        IN_RECOVERY = "in_recovery", _("In recovery")
        SUSPENDED = "suspended", _("Suspended")
        REOPENED = "reopened", _("Reopened")
        CLOSED = "closed", _("Closed")

    class Cause(models.TextChoices):
        PROTRACTED_DEFAULT = "protracted_default", _("Protracted default")
        INSOLVENCY = "insolvency", _("Insolvency")

    number = models.CharField(_("number"), max_length=20, unique=True)
    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="claims")
    cause = models.CharField(_("cause of loss"), max_length=20, choices=Cause.choices)
    status = models.CharField(_("state"), max_length=20, choices=Status.choices, db_index=True)
    insolvency_opened_on = models.DateField(_("insolvency opened on"), null=True, blank=True)
    insolvency_known_on = models.DateField(_("known on"), null=True, blank=True)
    filing_deadline = models.DateField(_("claims to be filed with the court by"), null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    completed_at = models.DateTimeField(_("documents complete"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=12, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    paid_at = models.DateTimeField(_("indemnity paid"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("claims handler"),
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def journal_key(self) -> str:
        """The journal file of the whole order: a claim has no history apart from it."""
        return self.guarantee.request.journal_key

    @property
    def tone(self) -> str:
        tones = {
            "documents_incomplete": "caution",
            "approved": "good",
            "paid": "good",
            "rejected": "danger",
            "suspended": "caution",
            "closed": "neutral",
        }
        return tones.get(self.status, "info")


class EvidenceKind(models.TextChoices):
    """What a document proves."""

    ORDER = "order", _("Signed order or contract")
    TERMS = "terms", _("Terms of sale")
    INVOICE = "invoice", _("Invoice")
    DELIVERY = "delivery", _("Proof of delivery")
    REMINDER = "reminder", _("Reminder or correspondence with the buyer")
    STATEMENT = "statement", _("Statement of account")
    RETENTION_OF_TITLE = "retention_of_title", _("Retention of title, registered")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement of debt or instalment plan")
    DISPUTE = "dispute", _("Dispute: what the buyer wrote")
    INSOLVENCY = "insolvency", _("Opening of insolvency proceedings")
    FILED_CLAIM = "filed_claim", _("Claim filed in the proceedings")
    COST = "cost", _("Receipt for a cost")
    OTHER = "other", _("Other")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> Self:
        """The insurer and the insured; what the insurer keeps to itself is hidden from the insured."""
        if user.duties:
            return self.all()
        if user.membership:
            return self.filter(guarantee__in=Guarantee.objects.visible_to(user), is_internal=False)
        return self.none()


class Evidence(StoredDocument):
    """A document collected since delivery: of the whole guarantee, or of one invoice."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="evidence")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=20, choices=EvidenceKind.choices)
    is_internal = models.BooleanField(_("seen by the insurer only"), default=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta(StoredDocument.Meta):
        abstract = False


class DocumentRequest(models.Model):
    """A further document the insurer asked for. It is answered by a document of the kind that comes after it."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="document_requests")
    kind = models.CharField(_("kind"), max_length=20, choices=EvidenceKind.choices)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("why it is needed"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("document asked for")
        verbose_name_plural = _("documents asked for")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} for {self.claim}"


class Finding(models.Model):
    """What a person found where the product cannot judge, or against it. The newest counts; all are kept."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="findings")
    check_name = models.CharField(_("question"), max_length=24)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("finding"), max_length=16)
    uncovered = amount_field(_("not covered, EUR"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.check_name} {self.outcome}"


class Reserve(models.Model):
    """What the insurer sets aside for a claim, in EUR, as it was set. The newest counts; all are kept."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="reserves")
    indemnity = amount_field(_("for indemnity, EUR"))
    costs = amount_field(_("for costs, EUR"), default=Decimal("0.00"))
    expected_recovery = amount_field(_("expected recovery, EUR"), default=Decimal("0.00"))
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reserve")
        verbose_name_plural = _("reserves")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(indemnity__gte=0, costs__gte=0, expected_recovery__gte=0),
                name="claims_reserve_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"reserve of {self.claim}: {self.indemnity}"
