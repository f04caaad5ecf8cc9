"""Rows with dates: terms, tariffs and limits are never updated, only ended and followed."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet):
    def in_force(self, on: date) -> Self:
        """Rows that hold on that day, newest first."""
        open_ended = models.Q(ended_on=None) | models.Q(ended_on__gt=on)
        return self.filter(open_ended, valid_from__lte=on).order_by("-valid_from", "-pk")


class DatedRow(models.Model):
    """Holds from `valid_from` until the day before `ended_on`."""

    valid_from = models.DateField(_("valid from"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
