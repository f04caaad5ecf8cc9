"""Who: users, the companies they act for, the buyers, the banks, and the insurer's own people."""

import secrets
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a normalised address; without a password the account cannot be signed in to."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address. What they may do comes from memberships and duties."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language of letters"), max_length=2, choices=[("fr", "Français"), ("en", "English")])
    is_staff = models.BooleanField(_("insurer's staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="parties_user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def membership(self) -> "Membership | None":
        """The company this person acts for, if any. One person acts for one company."""
        return Membership.objects.select_related("company").filter(user=self).first()

    @cached_property
    def duties(self) -> frozenset[str]:
        """The roles this person holds at the insurer."""
        return frozenset(Duty.objects.filter(user=self).values_list("role", flat=True))

    @cached_property
    def bank_ids(self) -> frozenset[int]:
        """The banks whose guarantees this person may read."""
        return frozenset(BankSeat.objects.filter(user=self).values_list("bank_id", flat=True))

    def has_duty(self, *roles: str) -> bool:
        """Whether this person holds one of these roles at the insurer."""
        return bool(self.duties & set(roles))


class Company(models.Model):
    """The insured: the seller's company."""

    name = models.CharField(_("name"), max_length=200)
    legal_form = models.CharField(_("legal form"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2)
    registration_number = models.CharField(_("registration number"), max_length=30)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    activity = models.CharField(_("activity (NACE Rev. 2)"), max_length=8)
    address = models.CharField(_("address"), max_length=300, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("insured company")
        verbose_name_plural = _("insured companies")
        constraints = [
            models.UniqueConstraint(fields=["country", "registration_number"], name="parties_company_identity_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.legal_form}".strip()

    @property
    def journal_key(self) -> str:
        """The journal file of the company's own acts: people joining, leaving, changing roles."""
        return f"company-{self.pk}"


class Role(models.TextChoices):
    """What a person may do for the insured company."""

    OWNER = "owner", _("owner")
    CREDIT_MANAGER = "credit_manager", _("credit manager")
    VIEWER = "viewer", _("viewer")


class Membership(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("seat in a company")
        verbose_name_plural = _("seats in companies")
        ordering = ["since"]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.company})"

    @property
    def may_manage_team(self) -> bool:
        return self.role == Role.OWNER

    @property
    def may_act(self) -> bool:
        """Whether the person may ask, accept and declare for the company, rather than only read."""
        return self.role in {Role.OWNER, Role.CREDIT_MANAGER}


class Invitation(models.Model):
    """A seat offered to a colleague by e-mail. Only the token's hash is kept."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at"]

    def __str__(self) -> str:
        return f"{self.email} ({self.company})"

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def hash_of(token: str) -> str:
        return sha256(token.encode()).hexdigest()

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at


class InsurerRole(models.TextChoices):
    """What a person may do for the insurer."""

    UNDERWRITER = "underwriter", _("underwriter")
    SENIOR_UNDERWRITER = "senior_underwriter", _("senior underwriter")
    CLAIMS_HANDLER = "claims_handler", _("claims handler")
    CLAIMS_APPROVER = "claims_approver", _("claims approver")
    COMPLIANCE_OFFICER = "compliance_officer", _("compliance officer")
    AUDITOR = "auditor", _("auditor")


UNDERWRITERS = (InsurerRole.UNDERWRITER, InsurerRole.SENIOR_UNDERWRITER)


class Duty(models.Model):
    """A role held by a person at the insurer."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=InsurerRole.choices)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="parties_duty_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Bank(models.Model):
    """A bank that may be named in a guarantee as loss payee."""

    name = models.CharField(_("name"), max_length=200)
    bic = models.CharField("BIC", max_length=11, unique=True)

    class Meta:
        verbose_name = _("bank")
        verbose_name_plural = _("banks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BankSeat(models.Model):
    """A person who reads, for a bank, the guarantees that name it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="seats")

    class Meta:
        verbose_name = _("seat in a bank")
        verbose_name_plural = _("seats in banks")

    def __str__(self) -> str:
        return f"{self.user} ({self.bank})"


class BuyerGroup(models.Model):
    """Companies under one ultimate parent, by that parent's Legal Entity Identifier."""

    lei = models.CharField("LEI", max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("group of buyers")
        verbose_name_plural = _("groups of buyers")

    def __str__(self) -> str:
        return f"{self.name} ({self.lei})"


class Buyer(models.Model):
    """One legal entity, identified by country and registration number, never by a trade name."""

    country = models.CharField(_("country"), max_length=2)
    registration_number = models.CharField(_("registration number"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    legal_form = models.CharField(_("legal form"), max_length=40, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    activity = models.CharField(_("activity"), max_length=200, blank=True)
    sector = models.CharField(_("sector (NACE division)"), max_length=2, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    # As the newest answer that named one has it (see GroupAnswer): guarantees on a group are counted together.
    group = models.ForeignKey(
        BuyerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="buyers", verbose_name=_("group")
    )

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            models.UniqueConstraint(fields=["country", "registration_number"], name="parties_buyer_identity_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.legal_form} ({self.country} {self.registration_number})".replace("  ", " ")


class GroupAnswer(models.Model):
    """What GLEIF said of a buyer's group, and when; never changed. Where `is_known` is false it said nothing."""

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="group_answers")
    asked_at = models.DateTimeField(_("asked"))
    is_known = models.BooleanField(_("answered"))
    outcome = models.CharField(_("outcome"), max_length=20)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    lei = models.CharField(_("the buyer's LEI"), max_length=20, blank=True)
    group_lei = models.CharField(_("LEI of the group"), max_length=20, blank=True)
    group_name = models.CharField(_("group"), max_length=200, blank=True)
    exception = models.CharField(_("why no parent is reported"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=60)
    url = models.CharField(_("address asked"), max_length=500)
    licence = models.CharField(_("licence"), max_length=100)
    fetched_at = models.DateTimeField(_("fetched"))
    as_of = models.DateField(_("as of"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer about a group")
        verbose_name_plural = _("answers about groups")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.buyer}: {self.group_name or self.outcome}"
