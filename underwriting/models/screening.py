"""Who was compared with the sanctions lists, when, against which versions, what was found, and who decided what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from underwriting.screening.subjects import Subject


class BuyerPerson(models.Model):
    """Somebody known to own or to run a buyer, a person or a company; screened with it while it lasts."""

    class Position(models.TextChoices):
        OWNER = "owner", pgettext_lazy("buyer's", "owner")
        DIRECTOR = "director", _("director")

    buyer = models.ForeignKey("parties.Buyer", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    position = models.CharField(_("position"), max_length=10, choices=Position.choices)
    is_organisation = models.BooleanField(_("a company"), default=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(_("added"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("owner or director of a buyer")
        verbose_name_plural = _("owners and directors of buyers")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "name", "position"],
                condition=models.Q(ended_at=None),
                name="underwriting_buyer_person_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ScreenedParty(models.Model):
    """One party in the eyes of compliance: a row of the product, or for the holder of an account a name alone."""

    class Kind(models.TextChoices):
        BUYER = "buyer", _("buyer")
        PERSON = "person", _("owner or director of the buyer")
        INSURED = "insured", _("insured")
        BANK = "bank", _("bank")
        HOLDER = "holder", _("holder of the account paid to")

    kind = models.CharField(_("part"), max_length=10, choices=Kind.choices)
    buyer = models.OneToOneField("parties.Buyer", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.OneToOneField(BuyerPerson, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    company = models.OneToOneField("parties.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bank = models.OneToOneField("parties.Bank", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holder = models.CharField(_("holder"), max_length=200, blank=True)
    screened_at = models.DateTimeField(_("last screened"), null=True, blank=True)
    # The releases it was last compared with (`underwriting.list_standing.mark_of`).
    compared_with = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("screened party")
        verbose_name_plural = _("screened parties")
        indexes = [models.Index(fields=["screened_at"], name="underwriting_party_screened")]
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=~models.Q(holder=""), name="underwriting_party_holder_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="buyer", buyer__isnull=False)
                | models.Q(kind="person", person__isnull=False)
                | models.Q(kind="insured", company__isnull=False)
                | models.Q(kind="bank", bank__isnull=False)
                | (models.Q(kind="holder") & ~models.Q(holder="")),
                name="underwriting_party_is_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.subject.name

    @property
    def journal_key(self) -> str:
        """The journal file of what compliance decided about this party."""
        return f"screening-{self.pk}"

    @property
    def subject(self) -> Subject:
        """What is known of the party now, as far as it is compared with lists."""
        if self.buyer:
            return _legal_entity(self.buyer)
        if self.company:
            return _legal_entity(self.company)
        if self.bank:
            country = frozenset({self.bank.bic[4:6]})
            return Subject(self.bank.name, is_organisation=True, countries=country, identifiers=_numbers(self.bank.bic))
        if self.person:
            years = frozenset({self.person.birth_year} if self.person.birth_year else set())
            countries = frozenset({self.person.country} if self.person.country else set())
            return Subject(self.person.name, self.person.is_organisation, countries, years)
        return Subject(self.holder)


def _legal_entity(row: models.Model) -> Subject:
    name = f"{row.name} {row.legal_form}".strip()  # type: ignore[attr-defined]
    numbers = _numbers(row.registration_number, row.vat_number)  # type: ignore[attr-defined]
    country = frozenset({row.country})  # type: ignore[attr-defined]
    return Subject(name, is_organisation=True, countries=country, identifiers=numbers)


def _numbers(*given: str) -> frozenset[str]:
    return frozenset(number for number in given if number)


class Screening(models.Model):
    """One comparison of one party with the lists of a moment. It stays: lists change, this is what was known then."""

    class Moment(models.TextChoices):
        SUBMISSION = "submission", _("the request was submitted")
        OFFER = "offer", _("an offer was made")
        ACCEPTANCE = "acceptance", _("the offer was accepted")
        PAYMENT = "payment", _("a payment was ordered")
        LISTS = "lists", _("a list changed")
        BY_HAND = "by_hand", _("somebody asked")

    party = models.ForeignKey(ScreenedParty, on_delete=models.PROTECT, related_name="screenings")
    moment = models.CharField(_("because"), max_length=12, choices=Moment.choices)
    at = models.DateTimeField(_("screened"))
    # Who was searched for, as known then; and each wanted list with its version, or that it was missing or stale.
    subject = models.JSONField()
    lists = models.JSONField()
    # The entries at or above the threshold: list, key, name and score.
    found = models.JSONField()

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["party", "-id"], name="underwriting_screening_newest")]

    def __str__(self) -> str:
        return f"screening {self.pk} of party {self.party_id}"


class ScreeningHitQuerySet(models.QuerySet["ScreeningHit"]):
    def blocking(self) -> ScreeningHitQuerySet:
        """Those that stand against offer, acceptance and payment."""
        return self.filter(state__in=ScreeningHit.BLOCKING)


class ScreeningHit(models.Model):
    """A party and an entry of a list that may be the same. A person of compliance says whether they are."""

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        CLEARED = "cleared", _("cleared: somebody else")
        CONFIRMED = "confirmed", _("confirmed: the listed one")
        ENDED = "ended", _("no longer found")

    BLOCKING = (State.OPEN, State.CONFIRMED)

    party = models.ForeignKey(ScreenedParty, on_delete=models.PROTECT, related_name="hits")
    list_code = models.CharField(_("list"), max_length=20)
    list_version = models.CharField(_("version of the list"), max_length=60)
    entry_key = models.CharField(_("entry"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    score = models.FloatField(_("score"))
    # The listed one as it stood then, the name that matched, and why: what a decision is made on.
    entry = models.JSONField()
    reasons = models.JSONField()
    # Of the party and of the entry, as they were compared: when either changes, what was cleared is open again.
    compared = models.CharField(max_length=64)
    found_at = models.DateTimeField(_("first found"))
    opened_at = models.DateTimeField(_("waits since"))
    seen_at = models.DateTimeField(_("last found"))

    objects = ScreeningHitQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible match")
        verbose_name_plural = _("possible matches")
        ordering = ["opened_at", "pk"]
        indexes = [models.Index(fields=["state", "opened_at"], name="underwriting_hit_queue")]
        constraints = [
            models.UniqueConstraint(fields=["party", "list_code", "entry_key"], name="underwriting_hit_once"),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="underwriting_hit_score_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} / {self.list_code} {self.entry_key}"

    @property
    def is_blocking(self) -> bool:
        return self.state in self.BLOCKING


class HitDecision(models.Model):
    """What a person of compliance said of a possible match, and on which facts; without a person, that it went."""

    hit = models.ForeignKey(ScreeningHit, on_delete=models.PROTECT, related_name="decisions")
    state = models.CharField(_("decision"), max_length=10, choices=ScreeningHit.State.choices)
    reason = models.TextField(_("reason"))
    list_version = models.CharField(_("version of the list"), max_length=60)
    score = models.FloatField(_("score"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision on a possible match")
        verbose_name_plural = _("decisions on possible matches")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.state} {self.hit_id}"
