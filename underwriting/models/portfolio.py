"""What is known of buyers over all files: their accounts, the scores of these, their incidents, the models in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models import CoverRequest
from underwriting.models.fields import fraction_field
from underwriting.scoring.statement import ITEMS, Statement

ONE_YEAR = timedelta(days=365)


def item_field() -> models.DecimalField:
    """One item of the accounts, in the statement's currency times its unit; null when it was not given."""
    return models.DecimalField(max_digits=18, decimal_places=2, null=True)


class BuyerStatementQuerySet(models.QuerySet["BuyerStatement"]):
    def of_registers(self) -> BuyerStatementQuerySet:
        return self.exclude(source="insured")

    def newest_of_each_buyer(self) -> BuyerStatementQuerySet:
        """One row a buyer, of its newest year: the register's before the insured's, the company's before the group's.

        `comparing` says the same in SQL.
        """
        insured = models.Case(models.When(source="insured", then=1), default=0)
        return self.order_by("buyer_id", "-period_end", insured, "consolidated", "-pk").distinct("buyer_id")


class BuyerStatement(models.Model):
    """One year of a buyer's accounts as somebody gave them, frozen: a correction is another row, the newest counts."""

    class Source(models.TextChoices):
        INSURED = "insured", _("given by an insured")
        ANAF = "anaf", "ANAF"
        BANQUE_DE_FRANCE = "banque_de_france", "Banque de France"
        DGFIP = "dgfip", "DGFiP"
        INPI = "inpi", "INPI"
        COMPANIES_HOUSE = "companies_house", "Companies House"

    buyer = models.ForeignKey("parties.Buyer", on_delete=models.PROTECT, related_name="statements")
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    request = models.ForeignKey(CoverRequest, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("received"))
    # {"file", "sha256", "items": {item name: where it stands}}, as far as it is known.
    provenance = models.JSONField(default=dict)
    # Of a register: where and when it said so, and under which licence.
    url = models.CharField(_("address"), max_length=500, blank=True)
    fetched_at = models.DateTimeField(_("fetched"), null=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    # Of all that the accounts say, the year before included: the same accounts given twice are one row.
    fingerprint = models.CharField(max_length=64)

    period_end = models.DateField(_("year ending"))
    published_on = models.DateField(_("published"), null=True)
    currency = models.CharField(_("currency"), max_length=3)
    unit = models.PositiveIntegerField(_("unit"), default=1)
    audited = models.BooleanField(_("audited"))
    consolidated = models.BooleanField(_("consolidated"))
    euro_rate = models.DecimalField(_("units of currency for one euro"), max_digits=18, decimal_places=6, null=True)
    euro_rate_on = models.DateField(_("day of the rate"), null=True)

    total_assets = item_field()
    fixed_assets = item_field()
    current_assets = item_field()
    inventories = item_field()
    receivables = item_field()
    cash = item_field()
    equity = item_field()
    share_capital = item_field()
    retained_earnings = item_field()
    total_liabilities = item_field()
    long_term_liabilities = item_field()
    short_term_liabilities = item_field()
    provisions_and_accruals = item_field()
    sales = item_field()
    operating_profit = item_field()
    profit_before_tax = item_field()
    net_profit = item_field()
    depreciation = item_field()
    financial_expenses = item_field()
    employees = item_field()
    # Of the year before, in the currency and unit of this one.
    prior_sales = item_field()

    objects = BuyerStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("buyer's statement")
        verbose_name_plural = _("buyers' statements")
        ordering = ["buyer", "-period_end", "-pk"]
        indexes = [models.Index(fields=["buyer", "-period_end", "-id"], name="underwriting_statement_newest")]
        constraints = [
            models.UniqueConstraint(fields=["buyer", "fingerprint"], name="underwriting_statement_once"),
            models.CheckConstraint(condition=models.Q(unit__gt=0), name="underwriting_statement_unit_positive"),
        ]

    def __str__(self) -> str:
        return f"accounts of {self.buyer_id} to {self.period_end}"

    @property
    def statement(self) -> Statement:
        """The year, and of the year before, which is another row, its sales as they stand beside it."""
        about = ("period_end", "published_on", "currency", "unit", "audited", "consolidated", "source", "euro_rate",
                 "euro_rate_on")  # fmt: skip
        year = Statement(**{name: getattr(self, name) for name in (*about, *ITEMS)})
        if self.prior_sales is None:
            return year
        ended = self.period_end - ONE_YEAR
        before = Statement(period_end=ended, currency=self.currency, unit=self.unit, sales=self.prior_sales)
        return replace(year, prior=before)


class StatementScore(models.Model):
    """What one version of a model makes of one statement, before overlays; without points when it cannot score it."""

    # No reference is checked and no index of its own kept: a statement is never removed, the run that writes scores
    # read it in the same transaction, and the check would lock, and so rewrite, every statement of the portfolio.
    statement = models.ForeignKey(
        BuyerStatement, on_delete=models.CASCADE, related_name="scores", db_constraint=False, db_index=False
    )
    model = models.CharField(_("model"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    card = models.CharField(_("scorecard"), max_length=10, blank=True)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=2, null=True)
    pd = fraction_field(_("probability of default, 12 months"), null=True)
    grade = models.PositiveSmallIntegerField(_("grade"), null=True)
    base_rate = fraction_field(_("base rate"))
    scored_at = models.DateTimeField(_("scored"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "model", "version"], name="underwriting_statement_score_once")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version} of statement {self.statement_id}"


class Rescoring(models.Model):
    """One run of a version of a model over every statement we hold, in chunks, in the order of their keys."""

    class Status(models.TextChoices):
        RUNNING = "running", pgettext_lazy("run", "running")
        DONE = "done", pgettext_lazy("run", "done")
        CANCELLED = "cancelled", pgettext_lazy("run", "cancelled")

    model = models.CharField(_("model"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.RUNNING)
    # Statements up to this key are there when it starts; those up to `reached` are done.
    last_key = models.BigIntegerField()
    reached = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(_("statements"))
    done = models.PositiveIntegerField(_("done"), default=0)
    scored = models.PositiveIntegerField(_("scored"), default=0)
    refused = models.PositiveIntegerField(_("not enough accounts"), default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"))
    # When the last chunk ended, or the run was taken up again: a run that stands still is queued again.
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("ended"), null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resumed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resumed_at = models.DateTimeField(_("resumed"), null=True)
    # How many were done when it was resumed: the pace is that of the statements since.
    resumed_done = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("portfolio re-scoring")
        verbose_name_plural = _("portfolio re-scorings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "version"],
                condition=models.Q(status="running"),
                name="underwriting_one_running_rescoring",
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version} over {self.total} statements"

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING

    @property
    def share(self) -> Decimal:
        """How much of it is done, a fraction."""
        return Decimal(self.done) / self.total if self.total else Decimal(1)

    @property
    def whole_pace(self) -> int:
        """The pace as people read it."""
        return round(self.pace)

    @property
    def pace(self) -> float:
        """Statements a second since it was started or resumed; 0 before the first chunk is done."""
        seconds = (self.moved_at - (self.resumed_at or self.started_at)).total_seconds()
        return (self.done - self.resumed_done) / seconds if seconds > 0 else 0.0

    @property
    def expected_end(self) -> datetime | None:
        """When it ends at this pace; None while there is none."""
        return self.moved_at + timedelta(seconds=(self.total - self.done) / self.pace) if self.pace else None


class ModelActivation(models.Model):
    """A version of a model put in force: proposed by one senior underwriter, confirmed by another."""

    model = models.CharField(_("model"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    reason = models.TextField(_("reason"))
    # What the proposer saw: the matrix of grades and the effect on limits in force.
    effect = models.JSONField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    # By the proposer: taken back.
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rejected_at = models.DateTimeField(_("rejected"), null=True, blank=True)

    class Meta:
        verbose_name = _("activation of a model")
        verbose_name_plural = _("activations of models")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(confirmed_at=None, rejected_at=None),
                name="underwriting_one_open_activation",
            ),
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("proposed_by")), name="underwriting_activation_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for its second person."""
        return self.confirmed_at is None and self.rejected_at is None


class BuyerIncidentQuerySet(models.QuerySet["BuyerIncident"]):
    def open(self) -> BuyerIncidentQuerySet:
        """Those that were not settled."""
        return self.filter(settled_on=None)


class BuyerIncident(models.Model):
    """Something any insured suffered from a buyer that its next score must know: a debt overdue, an insolvency."""

    class Kind(models.TextChoices):
        OVERDUE = "overdue", _("debt overdue")
        INSOLVENCY = "insolvency", _("insolvency opened")

    buyer = models.ForeignKey("parties.Buyer", on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # What it is about: a guarantee's number, with the invoice's for a debt.
    reference = models.CharField(_("reference"), max_length=120)
    since = models.DateField(_("since"))
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    noted_at = models.DateTimeField(_("noted"))

    objects = BuyerIncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="underwriting_incident_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"

    def days(self, on: date) -> int:
        """How long it has lasted."""
        return (on - self.since).days


class DriftReport(models.Model):
    """How the buyers of one day differ from the companies a scorecard was made from, and how its grades held."""

    model = models.CharField(_("model"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    computed_at = models.DateTimeField(_("computed"))
    facts = models.JSONField()

    class Meta:
        verbose_name = _("drift report")
        verbose_name_plural = _("drift reports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.model} {self.version} on {self.computed_at:%Y-%m-%d}"
