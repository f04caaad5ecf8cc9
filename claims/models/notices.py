"""What was sent and when: notices of the insured with their receipts, alarms of the clocks, and papers in PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.models.deliveries import Invoice
from underwriting.models import Guarantee

if TYPE_CHECKING:
    from parties.models import User


class Notice(models.Model):
    """An act of the insured on unpaid invoices, with the effect it was shown before it was sent. Never changed."""

    class Act(models.TextChoices):
        REMINDER = "reminder", _("Reminder sent to the buyer")
        EXTENSION = "extension", _("Extension granted")
        INSTALMENT_PLAN = "instalment_plan", _("Instalment plan agreed")
        DISPUTE = "dispute", _("Dispute declared")
        OVERDUE_NOTICE = "overdue_notice", _("Overdue notice")
        INSOLVENCY_NOTICE = "insolvency_notice", _("Insolvency notice")
        CLAIM = "claim", _("Claim")

    number = models.CharField(_("number"), max_length=20, unique=True)
    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="notices")
    act = models.CharField(_("act"), max_length=20, choices=Act.choices)
    invoices = models.ManyToManyField(Invoice, related_name="notices")
    answers = models.JSONField(default=dict)
    effects = models.JSONField(default=list)
    note = models.TextField(_("note"), blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number


class SentAlarm(models.Model):
    """A reminder, a warning or an escalation that was sent: each once."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=12)
    on = models.DateField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guarantee", "kind", "subject", "level", "on"], name="claims_alarm_sent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.kind} {self.subject} {self.on}"


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: User) -> Self:
        """The insurer all, a company its own; a bank those drawn up for it as loss payee."""
        if user.duties or user.membership:
            return self.filter(guarantee__in=Guarantee.objects.visible_to(user))
        return self.filter(guarantee__in=Guarantee.objects.visible_to(user), kind=Paper.Kind.SETTLEMENT)


class Paper(models.Model):
    """A document the product draws up: its facts are frozen at the act, its PDF made when first asked for."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt")
        SETTLEMENT = "settlement", _("Settlement and subrogation receipt")
        RECOVERY = "recovery", _("Recovery statement")
        FINAL = "final", _("Final statement")

    number = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="papers")
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, null=True, blank=True, related_name="papers")
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="paper")
    facts = models.JSONField()
    made_at = models.DateTimeField(_("drawn up"))

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number


class PaperCopy(models.Model):
    """The PDF of a paper in one language, kept as it was made."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="copies")
    language = models.CharField(max_length=2)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "language"], name="claims_paper_once_per_language")]

    def __str__(self) -> str:
        return f"{self.paper} {self.language}"

    @property
    def filename(self) -> str:
        return f"{self.paper.number}-{self.language}.pdf"
