"""What the registers say of buyers: every answer we had, every legal notice, every check a person made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models import CoverRequest, StoredDocument
from parties.models import User
from underwriting.sources.notices import is_within_lifetime


class Frozen(TypeError):
    """Rows of this table are added, never changed or removed."""


class SourceAnswer(models.Model):
    """How one question about a buyer to a source outside ended, with its provenance; added, never changed."""

    class Topic(models.TextChoices):
        ACCOUNTS = "accounts", pgettext_lazy("register", "accounts")
        NOTICES = "notices", pgettext_lazy("register", "legal notices")

    class Outcome(models.TextChoices):
        OK = "ok", pgettext_lazy("register", "answered")
        NOT_FOUND = "not_found", pgettext_lazy("register", "nothing found")
        UNAVAILABLE = "unavailable", pgettext_lazy("register", "did not answer")
        RATE_LIMITED = "rate_limited", pgettext_lazy("register", "asked too often")
        BAD_PAYLOAD = "bad_payload", pgettext_lazy("register", "answer not to be trusted")

    buyer = models.ForeignKey("parties.Buyer", on_delete=models.PROTECT, related_name="source_answers")
    request = models.ForeignKey(CoverRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(_("source"), max_length=60)
    topic = models.CharField(_("topic"), max_length=10, choices=Topic.choices)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    url = models.CharField(_("address asked"), max_length=2000)
    licence = models.CharField(_("licence"), max_length=200)
    # When the source said it, which for a kept answer is before it was asked for.
    fetched_at = models.DateTimeField(_("answered"))
    noted_at = models.DateTimeField(_("noted"))
    # The day the source says its facts are of, where it says so.
    as_of = models.DateField(_("as of"), null=True, blank=True)
    reason = models.CharField(_("why there is no answer"), max_length=200, blank=True)
    # The record read from the answer, as JSON: what a decision stood on. The digest is its SHA-256.
    facts = models.JSONField(_("facts"), default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("answer of a register")
        verbose_name_plural = _("answers of registers")
        ordering = ["-fetched_at", "-pk"]
        indexes = [models.Index(fields=["buyer", "source", "topic", "-fetched_at"], name="underwriting_answer_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "source", "topic", "fetched_at", "outcome", "digest"], name="underwriting_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} ({self.topic}): {self.outcome}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise Frozen("an answer is never changed")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        raise Frozen("an answer is never removed")

    @property
    def is_about_the_company(self) -> bool:
        """Whether the source answered the question, be it that there is nothing."""
        return self.outcome in {self.Outcome.OK, self.Outcome.NOT_FOUND}


class NoticeKind(models.TextChoices):
    """`underwriting.sources.notices.Kind`, in words."""

    LIQUIDATION = "liquidation", pgettext_lazy("legal notice", "Liquidation")
    REORGANISATION = "reorganisation", pgettext_lazy("legal notice", "Reorganisation")
    SAFEGUARD = "safeguard", pgettext_lazy("legal notice", "Safeguard proceedings")
    ADMINISTRATION = "administration", pgettext_lazy("legal notice", "Administration")
    INSOLVENCY = "insolvency", pgettext_lazy("legal notice", "Insolvency proceedings")
    WINDING_UP_PETITION = "winding_up_petition", pgettext_lazy("legal notice", "Petition for insolvency")
    VOLUNTARY_LIQUIDATION = "voluntary_liquidation", pgettext_lazy("legal notice", "Voluntary liquidation")
    STRIKE_OFF = "strike_off", pgettext_lazy("legal notice", "Struck off the register")
    CLOSED_PROCEEDINGS = "closed_proceedings", pgettext_lazy("legal notice", "Proceedings closed")
    OTHER = "other", pgettext_lazy("legal notice", "Other notice")


class RegisterNotice(models.Model):
    """One legal notice that is or may be about a buyer. One that was cancelled stays, marked."""

    class Certainty(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("legal notice", "about this buyer")
        POSSIBLE = "possible", pgettext_lazy("legal notice", "possible")
        DISMISSED = "dismissed", pgettext_lazy("legal notice", "set aside")

    class MatchedBy(models.TextChoices):
        NUMBER = "number", pgettext_lazy("legal notice", "found by the company's number")
        NAME = "name", pgettext_lazy("legal notice", "found by the name only")
        SEARCH = "search", pgettext_lazy("legal notice", "found by the register's search, which does not show why")

    buyer = models.ForeignKey("parties.Buyer", on_delete=models.PROTECT, related_name="notices")
    source = models.CharField(_("source"), max_length=60)
    notice_id = models.CharField(_("notice"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30, choices=NoticeKind.choices)
    # What was read of the notice: a person who confirms it may know better, until the register says something else.
    read_kind = models.CharField(max_length=30, choices=NoticeKind.choices)
    published_on = models.DateField(_("published"))
    judged_on = models.DateField(_("judgment"), null=True, blank=True)
    court = models.CharField(_("court"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    link = models.CharField(_("address"), max_length=500, blank=True)
    matched_by = models.CharField(_("found by"), max_length=10, choices=MatchedBy.choices)
    certainty = models.CharField(_("certainty"), max_length=10, choices=Certainty.choices)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    is_correction = models.BooleanField(_("correction"), default=False)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("legal notice")
        verbose_name_plural = _("legal notices")
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["buyer", "source", "notice_id"], name="underwriting_notice_once"),
            models.CheckConstraint(
                condition=~models.Q(certainty="dismissed") | models.Q(decided_by__isnull=False),
                name="underwriting_notice_dismissed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.notice_id}"

    @property
    def effective_on(self) -> date:
        """The day it counts from: of the judgment, or of the publication where that is not given."""
        return self.judged_on or self.published_on

    @property
    def counts(self) -> bool:
        """Whether it is of this buyer and stands."""
        return self.certainty == self.Certainty.CONFIRMED and not self.is_cancelled

    def is_old(self, today: date) -> bool:
        """Whether it was published too long ago to say anything of the buyer."""
        return not is_within_lifetime(self.effective_on, today)


class RegisterCheckQuerySet(models.QuerySet["RegisterCheck"]):
    def visible_to(self, user: User) -> Self:
        """To the insurer's staff only."""
        return self if user.duties else self.none()


class RegisterCheck(StoredDocument):
    """A search a person made in a register that has no service to ask, with what it showed as evidence.

    The file's own fields say who checked and when it was recorded.
    """

    class Register(models.TextChoices):
        BPI = "bpi", _("BPI, Romanian insolvency bulletin")
        IRI = "iri", _("e-Justice, insolvency registers of the EU")
        OTHER = "other", pgettext_lazy("register", "Another register")

    class Outcome(models.TextChoices):
        NOTHING = "nothing", pgettext_lazy("register", "Nothing found")
        FOUND = "found", pgettext_lazy("register", "Something found")
        NOT_SEARCHED = "not_searched", pgettext_lazy("register", "Could not be searched")

    buyer = models.ForeignKey("parties.Buyer", on_delete=models.PROTECT, related_name="register_checks")
    request = models.ForeignKey(CoverRequest, on_delete=models.PROTECT, related_name="+")
    register = models.CharField(_("register"), max_length=10, choices=Register.choices)
    register_name = models.CharField(_("its name"), max_length=100, blank=True)
    searched = models.CharField(_("what was searched"), max_length=200)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    says = models.TextField(_("what it says"), blank=True)
    checked_on = models.DateField(_("checked"))
    # What a find amounts to, where it is more than a remark: the notice made of it.
    notice = models.OneToOneField(
        RegisterNotice, on_delete=models.PROTECT, null=True, blank=True, related_name="found_in"
    )

    objects = RegisterCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a register")
        verbose_name_plural = _("checks of registers")
        ordering = ["-checked_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.source} {self.checked_on}"

    @property
    def register_words(self) -> str:
        return self.register_name or str(self.get_register_display())

    @property
    def source(self) -> str:
        """The register's name, the same in every language: that of the notices made of what was found in it."""
        return self.register_name or {"bpi": "BPI", "iri": "e-Justice"}[self.register]
