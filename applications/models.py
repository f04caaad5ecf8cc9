"""The cover request: what the credit manager asks for, and the dated terms it is measured against."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.ecb import is_stale
from applications.exposure import Exposure, ScheduleLine, SellerFigures, Stake, last_due_on, peak_exposure
from applications.exposure import what_is_at_stake as stake_of
from parties.dated import DatedRow
from parties.models import Bank, Buyer, Company

if TYPE_CHECKING:
    from parties.models import User

DRAFT_LIFETIME = timedelta(days=30)
DRAFT_WARNING = timedelta(days=28)


def amount_field(label: Any, **options: Any) -> models.DecimalField:
    """An amount to the cent; the currency stands in a field beside it, or is EUR."""
    return models.DecimalField(label, max_digits=17, decimal_places=2, **options)


class ProductTerms(DatedRow):
    """The product's own rules of eligibility (domain: eligibility)."""

    minimum_need_eur = amount_field(_("smallest cover, EUR"))
    maximum_months = models.PositiveSmallIntegerField(_("longest order, months"))
    activities = ArrayField(models.CharField(max_length=8), verbose_name=_("activities insured (NACE Rev. 2)"))

    class Meta:
        verbose_name = _("product terms")
        verbose_name_plural = _("product terms")

    def __str__(self) -> str:
        return f"terms from {self.valid_from}"


class CountryTerms(DatedRow):
    """Whether buyers of a country are insured, and the country's OECD class (empty: not classified)."""

    country = models.CharField(_("country"), max_length=2, db_index=True)
    is_open = models.BooleanField(_("open"))
    oecd_class = models.PositiveSmallIntegerField(_("OECD class"), null=True, blank=True)

    class Meta:
        verbose_name = _("country terms")
        verbose_name_plural = _("country terms")

    def __str__(self) -> str:
        return f"{self.country} from {self.valid_from}"


class ExchangeRate(models.Model):
    """An ECB euro foreign exchange reference rate: units of `currency` for one euro on a day."""

    currency = models.CharField(_("currency"), max_length=3)
    on = models.DateField(_("day"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=6)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-on", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="applications_rate_once_per_day"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="applications_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} on {self.on}"


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_ANALYSIS = "in_analysis", _("In analysis")
    INFORMATION_REQUESTED = "information_requested", _("Information requested")
    OFFERED = "offered", _("Offer made")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


TONES = {
    Status.DRAFT: "neutral",
    Status.SUBMITTED: "info",
    Status.IN_ANALYSIS: "info",
    Status.INFORMATION_REQUESTED: "caution",
    Status.OFFERED: "good",
    Status.DECLINED: "danger",
    Status.WITHDRAWN: "neutral",
    Status.EXPIRED: "neutral",
}


class CoverRequestQuerySet(models.QuerySet["CoverRequest"]):
    def visible_to(self, user: User) -> Self:
        """The requests this person may see: the insurer all that were submitted, a company its own."""
        if user.duties:
            return self.exclude(submitted_at=None)
        if user.membership:
            return self.filter(company=user.membership.company)
        return self.none()


class CoverRequest(models.Model):
    """A request to insure one order to one buyer. Everything but its identity may be empty while it is a draft."""

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("insured"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=24, choices=Status.choices, default=Status.DRAFT, db_index=True)
    created_at = models.DateTimeField(_("created"))
    touched_at = models.DateTimeField(_("last change"))
    warned_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    # What was typed and could not be saved yet, by step: shown again, with its errors, until it is put right.
    unsaved_input = models.JSONField(default=dict, blank=True)
    completed_steps = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    other_credit_insurance = models.BooleanField(_("other credit insurance on this buyer"), null=True)
    affiliate = models.BooleanField(_("buyer belongs to the seller's group"), null=True)
    private_person = models.BooleanField(_("buyer is a private person"), null=True)

    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    buyer_country = models.CharField(_("country"), max_length=2, blank=True)
    buyer_registration_number = models.CharField(_("registration number"), max_length=30, blank=True)
    buyer_vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    buyer_name = models.CharField(_("registered name"), max_length=200, blank=True)
    buyer_legal_form = models.CharField(_("legal form"), max_length=40, blank=True)
    buyer_activity = models.CharField(_("activity"), max_length=200, blank=True)
    buyer_address = models.CharField(_("registered address"), max_length=300, blank=True)

    order_reference = models.CharField(_("order number"), max_length=60, blank=True)
    goods = models.CharField(_("goods"), max_length=300, blank=True)
    incoterm = models.CharField(_("Incoterm and place"), max_length=60, blank=True)
    order_on = models.DateField(_("order date"), null=True, blank=True)
    order_amount = amount_field(_("order amount, excluding VAT"), null=True, blank=True)
    order_currency = models.CharField(_("currency"), max_length=3, blank=True)

    insured_percentage = models.DecimalField(
        _("insured percentage"), max_digits=4, decimal_places=4, null=True, blank=True
    )
    options = ArrayField(models.CharField(max_length=30), verbose_name=_("options"), default=list, blank=True)
    loss_payee = models.ForeignKey(
        Bank, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("loss payee")
    )

    # Fixed at submission.
    rates_on = models.DateField(_("exchange rates of"), null=True, blank=True)
    need_eur = amount_field(_("need, EUR"), null=True, blank=True)
    peak_on = models.DateField(_("day of the peak"), null=True, blank=True)
    declarations_version = models.CharField(_("wording of the declarations"), max_length=20, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # The insurer's last word before an offer.
    question = models.TextField(_("information asked for"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    decline_reasons = models.TextField(_("reasons"), blank=True)

    objects = CoverRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("cover request")
        verbose_name_plural = _("cover requests")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["company", "-touched_at"]),
            models.Index(fields=["status", "submitted_at"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def journal_key(self) -> str:
        return self.reference

    @property
    def title(self) -> str:
        """What people call the file: the order and the buyer as far as they are known."""
        return " · ".join(part for part in (self.buyer_name, self.order_reference) if part)

    @property
    def tone(self) -> str:
        """The tone of the state's badge."""
        return TONES[Status(self.status)]

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def schedule(self) -> tuple[ScheduleLine, ...]:
        """The order's lines in EUR, those whose rate is known."""
        return tuple(line.in_eur for line in self.lines.all() if line.amount_eur is not None)

    @property
    def peak(self) -> Exposure:
        return peak_exposure(self.schedule)

    @property
    def last_due_on(self) -> date | None:
        return last_due_on(self.schedule)

    @property
    def what_is_at_stake(self) -> Stake | None:
        """The peak measured against the seller's own figures; None when there is no peak or no figures."""
        figures = SellersFigures.objects.filter(request=self).first()
        if figures is None or not self.peak.amount:
            return None
        return stake_of(self.peak.amount, figures.as_figures)


class IdentityCheck(models.Model):
    """What a register said of the buyer when the insured looked it up; never changed, the newest one counts.

    `facts` are the register's, by field name of the request; they are of `country` and `registration_number`, which the
    request may no longer be about. Only `OK` and `NOT_FOUND` say something of the company.
    """

    class Outcome(models.TextChoices):
        OK = "ok", _("found")
        NOT_FOUND = "not_found", _("not found")
        UNAVAILABLE = "unavailable", _("no answer")
        RATE_LIMITED = "rate_limited", _("no answer: too many requests")
        BAD_PAYLOAD = "bad_payload", _("no answer that could be read")

    class Standing(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("company", "active")
        INACTIVE = "inactive", pgettext_lazy("company", "inactive")
        STRUCK_OFF = "struck_off", pgettext_lazy("company", "struck off")
        IN_PROCEEDINGS = "in_proceedings", pgettext_lazy("company", "in insolvency or liquidation")
        UNKNOWN = "unknown", pgettext_lazy("company", "not stated")

    BAD = (Standing.INACTIVE, Standing.STRUCK_OFF, Standing.IN_PROCEEDINGS)

    request = models.ForeignKey(CoverRequest, on_delete=models.CASCADE, related_name="identity_checks")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    country = models.CharField(_("country"), max_length=2)
    registration_number = models.CharField(_("registration number"), max_length=30)
    source = models.CharField(_("source"), max_length=60)
    url = models.CharField(_("address asked"), max_length=500)
    licence = models.CharField(_("licence"), max_length=100)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    fetched_at = models.DateTimeField(_("fetched"))
    as_of = models.DateField(_("as of"), null=True, blank=True)
    is_kept = models.BooleanField(_("answer kept from an earlier question"), default=False)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing.choices, blank=True)
    standing_words = models.CharField(_("standing, in the register's words"), max_length=200, blank=True)
    standing_on = models.DateField(_("standing since"), null=True, blank=True)
    facts = models.JSONField(_("what the register has"), default=dict, blank=True)
    vat = models.JSONField(_("what the tax administration said of the VAT number"), default=dict, blank=True)

    class Meta:
        verbose_name = _("look-up of the buyer")
        verbose_name_plural = _("look-ups of the buyer")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.country} {self.registration_number}: {self.source}, {self.outcome}"

    @property
    def is_about_the_company(self) -> bool:
        return self.outcome in {self.Outcome.OK, self.Outcome.NOT_FOUND}

    @property
    def is_bad(self) -> bool:
        """Whether the register says that the company is gone, asleep or failing."""
        return self.standing in self.BAD


class OrderLine(models.Model):
    """One line of the schedule. A down payment is due before its delivery."""

    request = models.ForeignKey(CoverRequest, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(_("label"), max_length=120)
    amount = amount_field(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    delivery_on = models.DateField(_("delivery"))
    due_on = models.DateField(_("due"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=6, null=True, blank=True)
    rate_on = models.DateField(_("rate of"), null=True, blank=True)
    amount_eur = amount_field(_("amount, EUR"), null=True, blank=True)

    class Meta:
        ordering = ["request", "position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="applications_line_position_once"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="applications_line_amount_positive",
                violation_error_message=_("The amount of a line must be above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.amount} {self.currency}"

    @property
    def stale_days(self) -> int | None:
        """How old the rate was on the day it was used, in days, when rates seem to have been missing between."""
        used_on = self.request.rates_on
        if self.rate_on is None or used_on is None or not is_stale(self.rate_on, used_on):
            return None
        return (used_on - self.rate_on).days

    @property
    def in_eur(self) -> ScheduleLine:
        """The line as the exposure rules take it. The rate must be known."""
        if self.amount_eur is None:
            raise ValueError(f"line {self.pk} has no amount in EUR yet")
        return ScheduleLine(amount=self.amount_eur, delivery_on=self.delivery_on, due_on=self.due_on)


class TradingHistory(models.Model):
    """How the buyer has paid this seller so far. Amounts in EUR."""

    request = models.OneToOneField(CoverRequest, on_delete=models.CASCADE, related_name="trading")
    customer_since = models.DateField(_("customer since"), null=True, blank=True)
    internal_credit_limit = amount_field(_("your own credit limit on this buyer"), null=True, blank=True)
    largest_past_order = amount_field(_("largest order so far"), null=True, blank=True)
    orders_last_24_months = models.PositiveIntegerField(_("orders in the last 24 months"), null=True, blank=True)
    average_days_late = models.PositiveSmallIntegerField(_("average delay, days"), null=True, blank=True)
    worst_days_late = models.PositiveSmallIntegerField(_("worst delay, days"), null=True, blank=True)
    unpaid_now = amount_field(_("unpaid and overdue today"), null=True, blank=True)

    class Meta:
        verbose_name_plural = "trading histories"

    def __str__(self) -> str:
        return f"trading history of {self.request_id}"


class SellersFigures(models.Model):
    """The seller's own figures, in EUR: only used to say what is at stake. All optional."""

    request = models.OneToOneField(CoverRequest, on_delete=models.CASCADE, related_name="figures")
    equity = amount_field(_("equity"), null=True, blank=True)
    net_profit = amount_field(_("net profit of a year"), null=True, blank=True)
    monthly_payroll = amount_field(_("payroll of a month"), null=True, blank=True)
    monthly_supplier_payments = amount_field(_("payments to suppliers in a month"), null=True, blank=True)

    class Meta:
        verbose_name_plural = "sellers' figures"

    def __str__(self) -> str:
        return f"figures of {self.request_id}"

    @property
    def as_figures(self) -> SellerFigures:
        return SellerFigures(
            equity=self.equity,
            net_profit=self.net_profit,
            monthly_payroll=self.monthly_payroll,
            monthly_supplier_payments=self.monthly_supplier_payments,
        )


class BuyerAccounts(models.Model):
    """One year of the buyer's accounts, as given with the request, in `currency` times `unit`."""

    request = models.ForeignKey(CoverRequest, on_delete=models.CASCADE, related_name="accounts")
    currency = models.CharField(_("currency"), max_length=3)
    unit = models.PositiveIntegerField(_("unit"), default=1)
    audited = models.BooleanField(_("audited"))
    consolidated = models.BooleanField(_("consolidated"))
    period_end = models.DateField(_("year ending"))
    published_on = models.DateField(_("published"), null=True, blank=True)
    # Item name to amount as a decimal string; an item that was not given is absent.
    items = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "buyer's accounts"
        ordering = ["request", "-period_end"]
        constraints = [
            models.UniqueConstraint(fields=["request", "period_end"], name="applications_accounts_once_per_year")
        ]

    def __str__(self) -> str:
        return f"accounts to {self.period_end} of {self.request_id}"

    def item(self, name: str) -> Decimal | None:
        """The amount of an item in whole currency units, or None when it was not given."""
        text = self.items.get(name)
        if text is None:
            return None
        return Decimal(text) * (1 if name == "employees" else self.unit)


class DocumentKind(models.TextChoices):
    ORDER = "order", _("Order or contract")
    ACCOUNTS = "accounts", _("Buyer's accounts")
    TERMS = "terms", _("General terms of sale")
    HISTORY = "history", _("Payment history")
    OTHER = "other", _("Other")


def document_path(document: StoredDocument, filename: str) -> str:
    """Files lie under a name of our own: the one people gave is kept beside it and never touches the disk."""
    return f"documents/{document.uploaded_at:%Y/%m}/{uuid.uuid4().hex}"


class StoredDocument(models.Model):
    """A file somebody gave. Its type was read from its content."""

    name = models.CharField(_("name"), max_length=200)
    file = models.FileField(upload_to=document_path, max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["uploaded_at"]

    def __str__(self) -> str:
        return self.name


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(request__in=CoverRequest.objects.visible_to(user))


class Document(StoredDocument):
    """A file given with the request."""

    request = models.ForeignKey(CoverRequest, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)

    objects = DocumentQuerySet.as_manager()

    class Meta(StoredDocument.Meta):
        abstract = False
