"""Offer, guarantee and certificate: the insurer's price and its promise."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.models import CoverRequest, amount_field
from underwriting import pricing
from underwriting.clocks import Clocks
from underwriting.models.analysis import Analysis
from underwriting.models.fields import fraction_field
from underwriting.models.terms import Tariff
from underwriting.stored_prices import price_from_dict
from unlockfocus.money import to_cents

if TYPE_CHECKING:
    from parties.models import User


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User) -> Self:
        """The insurer sees all offers, a company those made to it; none before it was signed."""
        if user.duties:
            return self.all()
        if user.membership:
            hidden = [Offer.Status.PREPARED, Offer.Status.RETURNED]
            return self.filter(request__company=user.membership.company).exclude(status__in=hidden)
        return self.none()

    def for_request(self, request: CoverRequest) -> Self:
        return self.filter(request=request)


class DeductibleOrder(models.TextChoices):
    """Whether the deductible is taken from the loss or from the insured share of it."""

    AFTER_PERCENTAGE = "after_percentage", _("from the insured share of the loss")
    BEFORE_PERCENTAGE = "before_percentage", _("from the loss, before the insured percentage")


class Offer(models.Model):
    """A firm, priced, dated proposal. Replaced, never edited."""

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Awaiting second signature")
        RETURNED = "returned", _("Returned")
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        EXPIRED = "expired", _("Expired")
        SUPERSEDED = "superseded", _("Superseded")

    number = models.CharField(_("number"), max_length=20, unique=True)
    request = models.ForeignKey(CoverRequest, on_delete=models.PROTECT, related_name="+")
    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, db_index=True)

    limit = amount_field(_("credit limit, EUR"))
    insured_percentage = models.DecimalField(_("insured percentage"), max_digits=4, decimal_places=4)
    deductible = amount_field(_("deductible, EUR"), default=Decimal("0.00"))
    deductible_order = models.CharField(
        _("deductible taken"),
        max_length=20,
        choices=DeductibleOrder.choices,
        default=DeductibleOrder.AFTER_PERCENTAGE,
    )
    cover_start = models.DateField(_("cover starts"))
    cover_end = models.DateField(_("cover ends"))
    waiting_period_days = models.PositiveSmallIntegerField(_("waiting period, days"), default=180)
    options = ArrayField(models.CharField(max_length=30), verbose_name=_("options"), default=list, blank=True)
    valid_until = models.DateField(_("valid until"))
    note = models.TextField(_("reasons, in plain words"), blank=True)

    grade = models.PositiveSmallIntegerField(_("grade"))
    pd = fraction_field(_("probability of default"))
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="+")
    price_inputs = models.JSONField()
    breakdown = models.JSONField()
    to_pay = amount_field(_("to pay, EUR"))

    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.TextField(_("why refused"), blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(status__in=["prepared", "open", "accepted"]),
                name="underwriting_one_live_offer_per_request",
                violation_error_message=_("This request already has a live offer."),
            ),
            models.CheckConstraint(condition=models.Q(limit__gt=0), name="underwriting_offer_limit_positive"),
            models.CheckConstraint(
                condition=models.Q(cover_end__gte=models.F("cover_start")), name="underwriting_offer_period_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def price(self) -> pricing.Price:
        """The breakdown that was promised, as stored."""
        return price_from_dict(self.breakdown)

    @property
    def maximum_liability(self) -> Decimal:
        """The cap on all indemnities: limit times insured percentage."""
        return to_cents(self.limit * self.insured_percentage)


class ConditionKind(models.TextChoices):
    """What must be true before cover takes effect."""

    PREMIUM_PAID = "premium_paid", _("Premium paid")
    DEPOSIT_RECEIVED = "deposit_received", _("Down payment received")
    RETENTION_OF_TITLE = "retention_of_title", _("Retention of title agreed and registered")
    PARENT_GUARANTEE = "parent_guarantee", _("Guarantee of the parent company")
    SIGNED_ORDER = "signed_order", _("Order signed by the buyer")


class OfferCondition(models.Model):
    """A condition before cover, as offered."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="conditions")
    kind = models.CharField(_("condition"), max_length=24, choices=ConditionKind.choices)
    detail = models.CharField(_("detail"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["offer", "kind"], name="underwriting_offer_condition_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


def new_verification_code() -> str:
    """Ten characters without look-alikes: what a reader types to check a certificate, 50 bits of chance."""
    return "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _position in range(10))


class GuaranteeQuerySet(models.QuerySet["Guarantee"]):
    def visible_to(self, user: User) -> Self:
        """The insurer sees all, a company its own, a bank those that name it."""
        if user.duties:
            return self.all()
        if user.membership:
            return self.filter(offer__request__company=user.membership.company)
        return self.filter(offer__request__loss_payee__in=user.bank_ids)

    def for_request(self, request: CoverRequest) -> Self:
        return self.filter(offer__request=request)


class Guarantee(models.Model):
    """The bound contract for one order. Firm: it is not cancelled because the buyer weakens."""

    class Status(models.TextChoices):
        PENDING_CONDITIONS = "pending_conditions", _("Awaiting conditions")
        IN_FORCE = "in_force", _("In force")
        RUN_OFF = "run_off", _("Run-off")
        CLOSED = "closed", _("Closed")
        NOT_TAKEN_UP = "not_taken_up", _("Not taken up")

    number = models.CharField(_("number"), max_length=20, unique=True)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="guarantee")
    buyer = models.ForeignKey("parties.Buyer", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=20, choices=Status.choices, db_index=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    verification_code = models.CharField(max_length=10, default=new_verification_code)
    clock_terms = models.JSONField(_("clocks"))
    bound_at = models.DateTimeField(_("bound"))
    in_force_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    run_off_at = models.DateTimeField(_("in run-off since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = GuaranteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("guarantee")
        verbose_name_plural = _("guarantees")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def request(self) -> CoverRequest:
        return self.offer.request

    @property
    def tone(self) -> str:
        """The tone of the state's badge."""
        return {"pending_conditions": "caution", "in_force": "good", "run_off": "info"}.get(self.status, "neutral")

    @property
    def clocks(self) -> Clocks:
        """The periods copied when it was bound."""
        return Clocks.from_dict(self.clock_terms)

    @property
    def first_day_covered(self) -> date | None:
        """The first day whose deliveries are covered: of the period, or of its last condition met; None until then."""
        return max(self.offer.cover_start, localdate(self.in_force_at)) if self.in_force_at else None

    def is_in_force(self, on: date) -> bool:
        """Whether deliveries made on that day are covered."""
        period = self.offer.cover_start <= on <= self.offer.cover_end
        return self.status == self.Status.IN_FORCE and period


class GuaranteeCondition(models.Model):
    """A condition before cover, followed until somebody at the insurer found it met."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.CASCADE, related_name="conditions")
    kind = models.CharField(_("condition"), max_length=24, choices=ConditionKind.choices)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    met_at = models.DateTimeField(_("met"), null=True, blank=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proof = models.CharField(_("proof"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Certificate(models.Model):
    """The PDF of one version of a guarantee in one language, kept as issued."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="certificates")
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guarantee", "version", "language"], name="underwriting_certificate_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.guarantee} v{self.version} {self.language}"

    @property
    def filename(self) -> str:
        return f"{self.guarantee.number}-v{self.version}-{self.language}.pdf"
