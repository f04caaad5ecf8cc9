"""Sanctions lists as they were loaded: every release with its entries, those no longer listed marked and kept."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from underwriting.screening.subjects import Listed
from underwriting.screening.subjects import ListedName as NameOnList


class SanctionsList(models.Model):
    """A list somebody publishes; what counts of it is the release in force."""

    class Code(models.TextChoices):
        UN = "un", _("United Nations")
        OFAC_SDN = "ofac_sdn", _("OFAC SDN (United States)")
        OFAC_CONS = "ofac_cons", _("OFAC non-SDN (United States)")
        EU = "eu", _("European Union")
        UK = "uk", _("United Kingdom")
        FR = "fr", _("France (asset freezes)")

    code = models.CharField(_("list"), max_length=10, choices=Code.choices, unique=True)
    in_force = models.ForeignKey("ListRelease", on_delete=models.PROTECT, null=True, related_name="+")
    # When it was last loaded, or seen to be the same as before.
    checked_at = models.DateTimeField(_("checked"), null=True)
    # Why the last attempt to fetch it brought nothing; empty since one did.
    refused_at = models.DateTimeField(_("not taken over"), null=True, blank=True)
    refused_because = models.TextField(_("because"), blank=True)

    class Meta:
        verbose_name = _("sanctions list")
        verbose_name_plural = _("sanctions lists")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_code_display()


class ListRelease(models.Model):
    """One accepted load of a list, and what it changed."""

    list = models.ForeignKey(SanctionsList, on_delete=models.PROTECT, related_name="releases")
    # The day the list bears or was published; some lists bear none.
    as_of = models.DateField(_("date of the list"), null=True)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(_("loaded"))
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    url = models.CharField(_("source"), max_length=300, blank=True)
    licence = models.CharField(_("licence"), max_length=100, blank=True)
    entries = models.PositiveIntegerField(_("entries"), default=0)
    names = models.PositiveIntegerField(_("names"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    removed = models.PositiveIntegerField(_("removed"), default=0)

    class Meta:
        verbose_name = _("release of a list")
        verbose_name_plural = _("releases of lists")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.list.code} {self.as_of or self.loaded_at.date()}"


class ListedPartyQuerySet(models.QuerySet["ListedParty"]):
    def in_force(self) -> ListedPartyQuerySet:
        """What the lists say now."""
        return self.filter(removed_in=None)


class ListedParty(models.Model):
    """An entry of a list as it stood from one release to another: one that changes is another row, none is updated.

    What was seen at a screening stays to be seen. One that was removed has no row in force any more.
    """

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", pgettext_lazy("listed", "organisation")
        PERSON = "person", pgettext_lazy("listed", "person")
        VESSEL = "vessel", pgettext_lazy("listed", "ship")
        AIRCRAFT = "aircraft", pgettext_lazy("listed", "aircraft")
        UNKNOWN = "unknown", pgettext_lazy("listed", "unknown")

    list = models.ForeignKey(SanctionsList, on_delete=models.PROTECT, related_name="parties")
    key = models.CharField(_("key"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    programme = models.TextField(_("programme"), blank=True)
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"))
    birth_years = ArrayField(models.SmallIntegerField(), verbose_name=_("years of birth"))
    identifiers = ArrayField(models.CharField(max_length=100), verbose_name=_("numbers"))
    listed_on = models.CharField(_("listed on"), max_length=40, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    digest = models.CharField(max_length=64)
    since_release = models.ForeignKey(ListRelease, on_delete=models.PROTECT, related_name="+")
    removed_in = models.ForeignKey(ListRelease, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ListedPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("listed party")
        verbose_name_plural = _("listed parties")
        ordering = ["pk"]
        indexes = [GinIndex(fields=["identifiers"], name="underwriting_listed_identifier", fastupdate=False)]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "key"], condition=models.Q(removed_in=None), name="underwriting_listed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.list.code} {self.key}"

    @property
    def listed(self) -> Listed:
        """The entry as it was read, its names in their order."""
        return Listed(
            key=self.key,
            names=tuple(NameOnList(name.text, name.is_weak) for name in self.names.all()),
            kind=self.kind,
            programme=self.programme,
            countries=frozenset(self.countries),
            birth_years=frozenset(self.birth_years),
            identifiers=frozenset(self.identifiers),
            listed_on=self.listed_on,
            remark=self.remark,
        )


class ListedName(models.Model):
    """A name of a listed party. `keys` are those of the index; of a party no longer listed they are empty."""

    party = models.ForeignKey(ListedParty, on_delete=models.CASCADE, related_name="names")
    text = models.TextField(_("name"))
    is_weak = models.BooleanField(_("weak"))
    keys = ArrayField(models.IntegerField())

    class Meta:
        verbose_name = _("listed name")
        verbose_name_plural = _("listed names")
        ordering = ["pk"]
        indexes = [GinIndex(fields=["keys"], name="underwriting_listed_keys", fastupdate=False)]

    def __str__(self) -> str:
        return self.text


class FrequentKey(models.Model):
    """A key that so many names have in common that it finds nobody. Counted anew with each load."""

    key = models.IntegerField(primary_key=True)
    names = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.names}"
