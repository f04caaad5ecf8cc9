"""Analysis, offer, guarantee: the insurer's judgement, its price and its promise, with the dated terms behind them."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.models import CoverRequest, amount_field
from parties.dated import DatedRow
from parties.models import InsurerRole
from underwriting import pricing
from underwriting.clocks import Clocks
from underwriting.scoring.grades import pd_for_grade
from underwriting.scoring.result import Score
from underwriting.scoring.stored import score_from_dict
from underwriting.stored_prices import price_from_dict
from unlockfocus.money import to_cents

if TYPE_CHECKING:
    from parties.models import User


def fraction_field(label: Any, **options: Any) -> models.DecimalField:
    """A rate as a fraction, to six places."""
    return models.DecimalField(label, max_digits=9, decimal_places=6, **options)


class Tariff(DatedRow):
    """One version of the prices. Never changed: ended and followed by the next."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    lgd = fraction_field(_("loss given default"))
    country_factors = models.JSONField(_("country factors"), default=dict)
    default_country_factor = fraction_field(_("country factor elsewhere"))
    selection_load = fraction_field(_("selection load"))
    coc = fraction_field(_("cost of capital"))
    fixed_expenses = amount_field(_("fixed expenses, EUR"))
    monthly_monitoring = amount_field(_("monitoring per started month, EUR"))
    commission = fraction_field(_("commission"))
    margin = fraction_field(_("margin"))
    minimum_premium = amount_field(_("minimum premium, EUR"))
    option_factors = models.JSONField(_("option factors"), default=dict)

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")

    def __str__(self) -> str:
        return self.version

    def for_country(self, country: str) -> pricing.Tariff:
        """The tariff as the price rules take it, for a buyer of that country."""
        return pricing.Tariff(
            lgd=self.lgd,
            country_factor=Decimal(self.country_factors.get(country, self.default_country_factor)),
            selection_load=self.selection_load,
            coc=self.coc,
            fixed_expenses=self.fixed_expenses,
            monthly_monitoring=self.monthly_monitoring,
            commission=self.commission,
            margin=self.margin,
            minimum_premium=self.minimum_premium,
            option_factors={name: Decimal(factor) for name, factor in self.option_factors.items()},
        )


class PremiumTax(DatedRow):
    """The tax on the premium, by the insured's country and whether the buyer is abroad."""

    insured_country = models.CharField(_("insured's country"), max_length=2)
    is_export = models.BooleanField(_("buyer in another country"))
    rate = fraction_field(_("rate"))

    class Meta:
        verbose_name = _("premium tax")
        verbose_name_plural = _("premium taxes")

    def __str__(self) -> str:
        return f"{self.insured_country} {'export' if self.is_export else 'domestic'} {self.rate}"


class Authority(DatedRow):
    """What one person of a role may bind alone."""

    role = models.CharField(_("role"), max_length=20, choices=InsurerRole.choices)
    largest_limit = amount_field(_("largest limit, EUR"))
    worst_grade = models.PositiveSmallIntegerField(_("worst grade"))
    longest_months = models.PositiveSmallIntegerField(_("longest cover, months"))

    class Meta:
        verbose_name = _("underwriting authority")
        verbose_name_plural = _("underwriting authorities")

    def __str__(self) -> str:
        return f"{self.role} up to EUR {self.largest_limit}, grade {self.worst_grade}"


class CumulLine(DatedRow):
    """The most that all guarantees together may insure on one buyer, by its grade."""

    grade = models.PositiveSmallIntegerField(_("grade"))
    amount = amount_field(_("line, EUR"))

    class Meta:
        verbose_name = _("cumul line")
        verbose_name_plural = _("cumul lines")

    def __str__(self) -> str:
        return f"grade {self.grade}: EUR {self.amount}"


def days_field(label: Any) -> ArrayField:
    """Days after the due date, in order."""
    return ArrayField(models.PositiveSmallIntegerField(), verbose_name=label)


class ClockTerms(DatedRow):
    """One version of the periods of a guarantee. A guarantee copies those in force when it is bound, and keeps them."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    reminder_days = days_field(_("reminders to the insured, days after the due date"))
    overdue_notice_days = models.PositiveSmallIntegerField(_("overdue notice, days after the due date"))
    overdue_warning_days = days_field(_("warnings before the overdue notice, days after the due date"))
    stop_deliveries_days = models.PositiveSmallIntegerField(_("stop of deliveries, days after the due date"))
    extension_without_consent_days = models.PositiveSmallIntegerField(
        _("longest extension without consent, days after the due date")
    )
    claim_days = models.PositiveSmallIntegerField(_("claim, days after the due date"))
    claim_warning_days = days_field(_("warnings before the claim, days after the due date"))
    claims_barred_months = models.PositiveSmallIntegerField(_("claims barred, months after the due date"))
    insolvency_notice_days = models.PositiveSmallIntegerField(_("insolvency notice, days after it is known"))
    decision_days_from_complete_file = models.PositiveSmallIntegerField(_("decision, days after the file is complete"))
    payment_working_days_from_approval = models.PositiveSmallIntegerField(_("payment, working days after approval"))

    class Meta:
        verbose_name = _("clock terms")
        verbose_name_plural = _("clock terms")

    def __str__(self) -> str:
        return self.version

    @property
    def clocks(self) -> Clocks:
        return Clocks.from_dict(vars(self))


class Analysis(models.Model):
    """One scoring of a request's buyer: its frozen inputs, the model's version, the result and why."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting for a worker")
        DONE = "done", _("done")
        REFERRED = "referred", _("no score: to be judged by a person")

    request = models.ForeignKey(CoverRequest, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PENDING)
    requested_at = models.DateTimeField(_("requested"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    model = models.CharField(_("model"), max_length=40, blank=True)
    model_version = models.CharField(_("version"), max_length=20, blank=True)
    inputs = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    grade = models.PositiveSmallIntegerField(_("grade"), null=True, blank=True)
    pd = fraction_field(_("probability of default, 12 months"), null=True, blank=True)
    suggestion = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(status="pending"), name="underwriting_one_pending_analysis"
            )
        ]

    def __str__(self) -> str:
        return f"analysis {self.pk} of {self.request_id}"

    @property
    def score(self) -> Score | None:
        return score_from_dict(self.result) if self.result else None

    @property
    def override(self) -> GradeOverride | None:
        """The confirmed judgement that replaces the model's grade, if there is one."""
        return self.overrides.filter(confirmed_at__isnull=False).order_by("-pk").first()

    @property
    def grade_in_use(self) -> int | None:
        override = self.override
        return override.grade if override else self.grade

    @property
    def pd_in_use(self) -> Decimal | None:
        """The PD that prices: the model's own, or the one of the grade a person set."""
        override = self.override
        return pd_for_grade(override.grade) if override else self.pd


class GradeOverride(models.Model):
    """A person's judgement in place of the model's grade: a reason, and a second person."""

    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="overrides")
    grade = models.PositiveSmallIntegerField(_("grade"))
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["analysis"],
                condition=models.Q(confirmed_at=None, rejected_at=None),
                name="underwriting_one_open_override",
            ),
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("proposed_by")), name="underwriting_override_two_people"
            ),
            models.CheckConstraint(
                condition=models.Q(grade__gte=1, grade__lte=10), name="underwriting_override_grade_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"grade {self.grade} for {self.analysis}"


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
