"""What happened: append-only entries, hash-chained per file, and the reactions they still owe."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(Exception):
    """Something tried to change or remove a journal entry. The database refuses it as well."""


class File(models.Model):
    """One chain of entries: a request with all that follows from it, or a company's own acts."""

    key = models.CharField(max_length=40, unique=True)
    last_number = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="", blank=True)

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One act: who did what, on which file, when and from where, with the facts before and after."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="journal_entry_number_once_per_file")]
        indexes = [models.Index(fields=["event", "at"])]

    def __str__(self) -> str:
        return f"{self.file} {self.number} {self.event}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(str(self))


class Delivery(models.Model):
    """One reaction owed to one entry; delivered at most once, swept until it is."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery of a reaction")
        verbose_name_plural = _("deliveries of reactions")
        constraints = [models.UniqueConstraint(fields=["entry", "handler"], name="journal_delivery_once_per_handler")]
        indexes = [
            models.Index(fields=["entry"], condition=models.Q(delivered_at=None), name="journal_delivery_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} for {self.entry}"


class Letter(models.Model):
    """An e-mail owed to somebody about an entry. Its words are made from the template when it is sent."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="letters")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=80)
    context = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "recipient", "template"], name="journal_letter_once_per_entry_and_recipient"
            )
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(sent_at=None), name="journal_letter_owed")]

    def __str__(self) -> str:
        return f"{self.template} to {self.recipient}"


class Series(models.Model):
    """A gapless run of numbers, for references a person reads: one row per kind and year."""

    prefix = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="journal_series_once_per_year")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"
