"""Money that leaves and comes back: accounts, indemnities under the maximum liability, payment files, recoveries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import amount_field
from claims.models.claims import Claim
from parties.dated import DatedRow
from parties.models import Bank, Company
from underwriting.models import Guarantee, fraction_field


def person(**options: Any) -> models.ForeignKey:
    """Who did something."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class PayingAccount(DatedRow):
    """The insurer's own account, from which indemnities are paid."""

    name = models.CharField(_("account holder"), max_length=70)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11)

    class Meta:
        verbose_name = _("paying account")
        verbose_name_plural = _("paying accounts")

    def __str__(self) -> str:
        return self.iban


class BankAccount(models.Model):
    """Where an insured company or a loss payee is paid. It pays nothing until a second person confirmed it."""

    # What stands in `confirmation` of an account that gave way to another one before anybody confirmed it.
    REPLACED = "Replaced before it was confirmed"

    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holder = models.CharField(_("account holder"), max_length=70)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True)
    proposed_by = person(verbose_name=_("given by"))
    proposed_at = models.DateTimeField(_("given"))
    confirmed_by = person(null=True, blank=True, verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmation = models.CharField(_("how it was confirmed"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(company=None, bank__isnull=False) | models.Q(company__isnull=False, bank=None),
                name="claims_account_has_one_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="claims_account_two_people",
            ),
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(confirmed_at__isnull=False, ended_at=None, company__isnull=False),
                name="claims_one_account_per_company",
            ),
            models.UniqueConstraint(
                fields=["bank"],
                condition=models.Q(confirmed_at__isnull=False, ended_at=None, bank__isnull=False),
                name="claims_one_account_per_bank",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.iban}"

    @property
    def owner(self) -> Company | Bank:
        owner = self.company or self.bank
        assert owner is not None  # noqa: S101 - a constraint of the table
        return owner

    @property
    def state(self) -> str:
        """One of: pending, in_use, former, replaced, refused."""
        if self.ended_at is None:
            return "in_use" if self.confirmed_at else "pending"
        if self.confirmed_at:
            return "former"
        return "replaced" if self.confirmation == self.REPLACED else "refused"


class Liability(models.Model):
    """What a guarantee may pay in all, and what its signed indemnities take of it.

    A trigger of the database keeps `committed` as the sum of the guarantee's indemnities from signature on, so that
    the constraint stops every way past the maximum.
    """

    guarantee = models.OneToOneField(Guarantee, on_delete=models.PROTECT, primary_key=True, related_name="liability")
    maximum = amount_field(_("maximum liability, EUR"))
    committed = amount_field(_("committed, EUR"), default=Decimal("0.00"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(committed__gte=0, committed__lte=models.F("maximum")),
                name="claims_maximum_liability_kept",
                violation_error_message=_("The maximum liability of this guarantee would be passed."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.guarantee}: {self.committed} of {self.maximum}"

    @property
    def left(self) -> Decimal:
        return self.maximum - self.committed


class PaymentFile(models.Model):
    """A payment order handed to the insurer's bank, kept as it was written."""

    message_id = models.CharField(_("message"), max_length=35, unique=True)
    xml = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    total = amount_field(_("total, EUR"))
    execution_on = models.DateField(_("to be executed on"))
    made_by = person(verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.message_id


class Indemnity(models.Model):
    """An indemnity, prepared by one person and signed by another; an advance on it, or a supplement after reopening."""

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Awaiting second signature")
        RETURNED = "returned", _("Returned")
        REFUSED = "refused", _("Refused")
        APPROVED = "approved", _("Approved")
        ORDERED = "ordered", _("Payment ordered")
        FAILED = "failed", _("Payment returned by the bank")
        PAID = "paid", _("Paid")

    class Kind(models.TextChoices):
        INTERIM = "interim", _("Interim payment")
        FINAL = "final", _("Indemnity")

    COMMITTED = (Status.APPROVED, Status.ORDERED, Status.FAILED, Status.PAID)

    number = models.CharField(_("number"), max_length=20, unique=True)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="indemnities")
    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, db_index=True)
    amount = amount_field(_("amount to pay, EUR"))
    # The frozen inputs, steps and result of the calculation: Decimals as strings.
    calculation = models.JSONField()
    reasons = models.TextField(_("reasons"), blank=True)
    insurer_share = models.DecimalField(_("insurer's share"), max_digits=24, decimal_places=20)
    prepared_by = person(verbose_name=_("prepared by"))
    prepared_at = models.DateTimeField(_("prepared"))
    signed_by = person(null=True, blank=True, verbose_name=_("signed by"))
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    payee = models.CharField(_("paid to"), max_length=70, blank=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    payment_file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, null=True, blank=True, related_name="indemnities"
    )
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    bank_message = models.CharField(_("the bank's message"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("indemnity")
        verbose_name_plural = _("indemnities")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="claims_indemnity_not_negative"),
            models.CheckConstraint(
                condition=models.Q(signed_by=None) | ~models.Q(signed_by=models.F("prepared_by")),
                name="claims_indemnity_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=False) | models.Q(status__in=["prepared", "returned"]),
                name="claims_indemnity_signed_before_paid",
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(status="prepared"), name="claims_one_prepared_indemnity_per_claim"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BankFile(models.Model):
    """A confirmation of the insurer's bank as it was uploaded; nothing changes until somebody confirms its preview."""

    name = models.CharField(_("file"), max_length=200)
    xml = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    uploaded_by = person(verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded"))
    confirmed_by = person(null=True, blank=True, verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of the bank")
        verbose_name_plural = _("files of the bank")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class BankAnswer(models.Model):
    """A line of a bank's file that moved an indemnity. The same line in another file moves nothing again."""

    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="answers")
    indemnity = models.ForeignKey(Indemnity, on_delete=models.PROTECT, related_name="answers")
    line = models.CharField(max_length=64)
    status = models.CharField(max_length=10)
    booked_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("answer of the bank")
        verbose_name_plural = _("answers of the bank")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["indemnity", "line"], name="claims_bank_line_counts_once")]

    def __str__(self) -> str:
        return f"{self.indemnity} {self.status}"


class Recovery(models.Model):
    """Money received after the date of loss, divided as the loss was borne."""

    class ReceivedBy(models.TextChoices):
        INSURER = "insurer", _("the insurer")
        INSURED = "insured", _("the insured")

    number = models.CharField(_("number"), max_length=20, unique=True)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="recoveries")
    received_on = models.DateField(_("received on"))
    received_by = models.CharField(_("received by"), max_length=8, choices=ReceivedBy.choices)
    source = models.CharField(_("from"), max_length=200)
    received = amount_field(_("received, EUR"))
    # Of what was received: the part on insured debts (pro rata after the loss), and interest on them.
    amount = amount_field(_("on insured invoices, EUR"))
    interest = amount_field(_("interest, EUR"), default=Decimal("0.00"))
    costs = amount_field(_("approved costs, EUR"), default=Decimal("0.00"))
    insurer_share = models.DecimalField(_("insurer's share"), max_digits=24, decimal_places=20)
    to_insurer = amount_field(_("to the insurer, EUR"))
    to_insured = amount_field(_("to the insured, EUR"))
    recorded_by = person(verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    to_insurer=models.F("amount") + models.F("interest") - models.F("costs") - models.F("to_insured")
                ),
                name="claims_recovery_shares_add_up",
            ),
            models.CheckConstraint(
                condition=models.Q(received__gt=0, amount__gte=0, interest__gte=0, costs__gte=0),
                name="claims_recovery_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InterimTerms(DatedRow):
    """How much of the expected indemnity may be advanced once cover is confirmed."""

    percentage = fraction_field(_("share advanced at most"))

    class Meta:
        verbose_name = _("terms of interim payments")
        verbose_name_plural = _("terms of interim payments")

    def __str__(self) -> str:
        return f"{self.percentage} from {self.valid_from}"
