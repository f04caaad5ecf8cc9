"""What was delivered and invoiced under a guarantee, what reduced the debt, and which part of it is disputed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import OrderLine, amount_field
from underwriting.models import Guarantee

if TYPE_CHECKING:
    from parties.models import User


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, user: User) -> Self:
        """The insurer and the insured: a bank reads the guarantee, not the seller's invoices."""
        if user.duties or user.membership:
            return self.filter(guarantee__in=Guarantee.objects.visible_to(user))
        return self.none()

    def unpaid(self) -> Self:
        return self.exclude(status__in=[Invoice.Status.PAID, Invoice.Status.CLOSED])


class Invoice(models.Model):
    """An insured invoice: its principal without VAT, at the rate the order's terms fixed."""

    class Status(models.TextChoices):
        DECLARED = "declared", _("Not due or just due")
        OVERDUE = "overdue", _("Overdue")
        EXTENDED = "extended", _("Extended")
        NOTIFIED = "notified", _("Overdue notice given")
        CLAIMED = "claimed", _("Claimed")
        PAID = "paid", _("Paid")
        INDEMNIFIED = "indemnified", _("Indemnified")
        CLOSED = "closed", _("Closed")

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(_("invoice number"), max_length=40)
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.DECLARED, db_index=True)
    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("line of the order"),
    )
    delivered_on = models.DateField(_("delivered on"))
    invoiced_on = models.DateField(_("invoice date"))
    due_on = models.DateField(_("due on"))
    extended_to = models.DateField(_("extended to"), null=True, blank=True)
    extension_consented = models.BooleanField(_("extension agreed by the insurer"), default=False)
    amount = amount_field(_("amount without VAT"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=6, default=Decimal(1))
    rate_on = models.DateField(_("rate of"), null=True, blank=True)
    amount_eur = amount_field(_("amount, EUR"))
    is_to_buyer = models.BooleanField(_("made out to the insured buyer"), default=True)
    claim = models.ForeignKey(
        "claims.Claim",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invoices",
        verbose_name=_("claim"),
    )
    notified_on = models.DateField(_("overdue notice given on"), null=True, blank=True)
    claimed_on = models.DateField(_("claimed on"), null=True, blank=True)
    settled_on = models.DateField(_("fully paid on"), null=True, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("insured invoice")
        verbose_name_plural = _("insured invoices")
        ordering = ["due_on", "delivered_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["guarantee", "number"],
                name="claims_invoice_once_per_guarantee",
                violation_error_message=_("This invoice is declared already."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, amount_eur__gt=0, rate__gt=0), name="claims_invoice_amounts_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def tone(self) -> str:
        tones = {"paid": "good", "overdue": "danger", "extended": "caution", "notified": "caution", "claimed": "info"}
        return tones.get(self.status, "neutral")


class Credit(models.Model):
    """What reduces the debt before the loss: a payment, a deposit, a credit note, a set-off, resale proceeds."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        DEPOSIT = "deposit", _("Deposit")
        CREDIT_NOTE = "credit_note", _("Credit note")
        SET_OFF = "set_off", _("Set-off")
        RESALE = "resale", _("Resale of the goods")

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="credits")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    on = models.DateField(_("received on"))
    amount = amount_field(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    amount_eur = amount_field(_("amount, EUR"))
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for invoice")
    )
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_reason = models.CharField(_("why cancelled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("payment or credit")
        verbose_name_plural = _("payments and credits")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0, amount_eur__gt=0), name="claims_credit_positive")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on} {self.amount_eur}"


class Dispute(models.Model):
    """A part of an invoice the buyer contests: until it is settled no loss, and its wait stands still."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="disputes")
    amount_eur = amount_field(_("disputed, EUR"))
    reason = models.CharField(_("what the buyer says"), max_length=500)
    opened_on = models.DateField(_("disputed since"))
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["opened_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_eur__gt=0), name="claims_dispute_positive"),
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(settled_on=None), name="claims_one_open_dispute_per_invoice"
            ),
        ]

    def __str__(self) -> str:
        return f"dispute on {self.invoice}"
