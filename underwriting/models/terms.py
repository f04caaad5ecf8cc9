"""The dated terms behind judgements and prices: never changed, only ended and followed."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import amount_field
from parties.dated import DatedRow
from parties.models import InsurerRole
from underwriting import pricing
from underwriting.clocks import Clocks
from underwriting.models.fields import fraction_field
from underwriting.scoring.overlays import ScoringSettings

GRADES = [MinValueValidator(1), MaxValueValidator(9)]
STEPS = [MaxValueValidator(8)]


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


def factor_field(label: Any) -> models.DecimalField:
    """What a PD is multiplied by, at least 1."""
    return models.DecimalField(label, max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal(1))])


class ScoringTerms(DatedRow):
    """One version of the steps taken after the model. An analysis keeps a copy of those it was made with."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    recent_months = models.PositiveSmallIntegerField(_("accounts count as recent for, months"))
    old_months = models.PositiveSmallIntegerField(_("accounts count as old after, months"))
    stale_months = models.PositiveSmallIntegerField(_("accounts are too old after, months"))
    ageing_factor = factor_field(_("PD factor of accounts no longer recent"))
    old_factor = factor_field(_("PD factor of old accounts"))
    stale_best_grade = models.PositiveSmallIntegerField(_("best grade on accounts too old"), validators=GRADES)
    unaudited_factor = factor_field(_("PD factor of unaudited accounts"))
    abridged_factor = factor_field(_("PD factor of abridged accounts"))
    no_comparatives_factor = factor_field(_("PD factor without the year before"))
    late_average_days = models.PositiveSmallIntegerField(_("average delay tolerated, days"))
    late_average_factor = factor_field(_("PD factor beyond it"))
    late_worst_days = models.PositiveSmallIntegerField(_("worst delay tolerated, days"))
    late_worst_grades = models.PositiveSmallIntegerField(_("grades worse beyond it"), validators=STEPS)
    overdue_days = models.PositiveSmallIntegerField(_("debt overdue now with any insured, days tolerated"))
    overdue_grades = models.PositiveSmallIntegerField(_("grades worse for a longer one"), validators=STEPS)
    country_class_from = models.PositiveSmallIntegerField(_("OECD country class that costs, from"))
    country_grades = models.PositiveSmallIntegerField(_("grades worse in such a country"), validators=STEPS)
    negative_equity_best_grade = models.PositiveSmallIntegerField(
        _("best grade with negative equity"), validators=GRADES
    )
    highest_pd = fraction_field(_("highest PD short of insolvency"), validators=[MinValueValidator(Decimal("0.01"))])

    class Meta:
        verbose_name = _("scoring terms")
        verbose_name_plural = _("scoring terms")

    def __str__(self) -> str:
        return self.version

    @property
    def settings(self) -> ScoringSettings:
        """The terms as the rules take them."""
        return ScoringSettings(**{each.name: getattr(self, each.name) for each in fields(ScoringSettings)})


def division_field() -> models.CharField:
    """A NACE Rev. 2 division, two digits; empty for all."""
    return models.CharField(
        _("sector (NACE division), empty for all"), max_length=2, blank=True, validators=[RegexValidator("^[0-9]{2}$")]
    )


class BaseRate(DatedRow):
    """How many companies of a country and a sector fail in a year: what a scorecard's PDs are moved to."""

    country = models.CharField(
        _("country, empty for all"), max_length=2, blank=True, validators=[RegexValidator("^[A-Z]{2}$")]
    )
    sector = division_field()
    rate = fraction_field(
        _("failures a year, a fraction"),
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal("0.5"))],
    )

    class Meta:
        verbose_name = _("base rate")
        verbose_name_plural = _("base rates")

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.sector or '*'}: {self.rate}"


class SectorRatio(DatedRow):
    """The quartiles of one ratio among the companies of a sector, as somebody measured them."""

    sector = models.CharField(_("sector (NACE division)"), max_length=2, validators=[RegexValidator("^[0-9]{2}$")])
    ratio = models.CharField(_("ratio"), max_length=50)
    lower = models.FloatField(_("lower quartile"))
    median = models.FloatField(_("median"))
    upper = models.FloatField(_("upper quartile"))

    class Meta:
        verbose_name = _("ratio of a sector")
        verbose_name_plural = _("ratios of sectors")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lower__lte=models.F("median"), median__lte=models.F("upper")),
                name="underwriting_sector_ratio_in_order",
                violation_error_message=_("Lower quartile, median and upper quartile are not in order."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sector} {self.ratio}"
