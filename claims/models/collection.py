"""Collecting the debt: steps taken with their costs, who to speak to, promises, plans, and the outside collector."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import amount_field
from claims.models.claims import Claim, Evidence
from claims.models.deliveries import Invoice
from parties.dated import DatedRow
from underwriting.models import Guarantee, fraction_field


class RecoveryExperience(DatedRow):
    """What share of a debt is usually still collected once it is so many days overdue."""

    from_days = models.PositiveSmallIntegerField(_("days overdue, from"))
    rate = fraction_field(_("share still collected"))

    class Meta:
        verbose_name = _("recovery by age")
        verbose_name_plural = _("recoveries by age")
        ordering = ["from_days"]

    def __str__(self) -> str:
        return f"{self.from_days} days: {self.rate}"


class CollectionStep(models.Model):
    """One step of the collection, with what it cost. Its cost is borne together once it is approved."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="steps")
    code = models.CharField(_("step"), max_length=40)
    taken_on = models.DateField(_("taken on"))
    answer_by = models.DateField(_("answer expected by"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    cost = amount_field(_("cost, EUR"), default=Decimal("0.00"))
    receipt = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    cost_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cost_approved_at = models.DateTimeField(null=True, blank=True)
    recovery = models.ForeignKey(
        "claims.Recovery", on_delete=models.PROTECT, null=True, blank=True, related_name="cost_steps"
    )

    class Meta:
        verbose_name = _("collection step")
        verbose_name_plural = _("collection steps")
        ordering = ["taken_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(cost__gte=0), name="claims_step_cost_not_negative"),
            models.CheckConstraint(
                condition=models.Q(cost_approved_by=None) | ~models.Q(cost_approved_by=models.F("taken_by")),
                name="claims_step_cost_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.taken_on}"


class Contact(models.Model):
    """Somebody at the buyer's, its lawyer, its liquidator, or a collector."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    position = models.CharField(_("position"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PaymentPromise(models.Model):
    """What the buyer said it would pay, and by when. Whether it did is read from the payments."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="promises")
    amount = amount_field(_("amount, EUR"))
    promised_on = models.DateField(_("promised on"))
    pay_by = models.DateField(_("to be paid by"))
    said_by = models.CharField(_("said by"), max_length=120, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("promise of payment")
        verbose_name_plural = _("promises of payment")
        ordering = ["pay_by", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="claims_promise_positive")]

    def __str__(self) -> str:
        return f"{self.amount} by {self.pay_by}"


class InstalmentPlan(models.Model):
    """An agreed plan. The newest counts; which instalments are missed is read from the payments."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="plans")
    agreed_on = models.DateField(_("agreed on"))
    insurer_consents = models.BooleanField(_("agreed by the insurer"), default=False)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_reason = models.CharField(_("why ended"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("instalment plan")
        verbose_name_plural = _("instalment plans")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"plan of {self.agreed_on}"


class Instalment(models.Model):
    plan = models.ForeignKey(InstalmentPlan, on_delete=models.CASCADE, related_name="instalments")
    due_on = models.DateField(_("due on"))
    amount = amount_field(_("amount, EUR"))

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="claims_instalment_positive")]

    def __str__(self) -> str:
        return f"{self.amount} on {self.due_on}"


class CollectorStatement(models.Model):
    """A statement of an outside collector, imported whole or not at all."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="collector_statements")
    collector = models.CharField(_("collector"), max_length=120)
    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        verbose_name = _("collector's statement")
        verbose_name_plural = _("collectors' statements")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["claim", "sha256"], name="claims_collector_statement_once")]

    def __str__(self) -> str:
        return self.name


class CollectorLine(models.Model):
    """One line of it."""

    statement = models.ForeignKey(CollectorStatement, on_delete=models.CASCADE, related_name="lines")
    reference = models.CharField(_("reference"), max_length=80)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField(_("day"))
    step = models.CharField(_("step"), max_length=200, blank=True)
    collected = amount_field(_("collected, EUR"), default=Decimal("0.00"))
    cost = amount_field(_("cost, EUR"), default=Decimal("0.00"))
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return self.reference
