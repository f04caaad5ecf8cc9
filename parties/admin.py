"""People, companies, buyers and banks at the insurer's desk: to read; superusers give and end duties and seats."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from parties.models import Bank, BankSeat, Buyer, Company, Duty, Invitation, Membership, User
from unlockfocus.desk import ReadOnlyAdmin


class KeptBySuperusers(ReadOnlyAdmin):
    """Staff read; superusers add and change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["name", "email", "is_staff", "is_active", "joined_at", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["name", "email"]
    ordering = ["email"]
    fields = ["name", "email", "language", "is_staff", "is_superuser", "is_active", "joined_at", "last_login"]


@admin.register(Company)
class CompanyAdmin(ReadOnlyAdmin):
    list_display = ["name", "legal_form", "country", "registration_number", "activity", "created_at"]
    list_filter = ["country"]
    search_fields = ["name", "registration_number", "vat_number"]
    ordering = ["name"]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "company", "role", "since"]
    list_filter = ["role"]
    list_select_related = ["user", "company"]
    search_fields = ["user__name", "user__email", "company__name"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "company", "role", "invited_by", "invited_at", "expires_at", "accepted_at", "withdrawn_at"]
    list_select_related = ["company", "invited_by"]
    search_fields = ["email", "company__name"]
    exclude = ["token_hash"]


@admin.register(Buyer)
class BuyerAdmin(ReadOnlyAdmin):
    list_display = ["name", "legal_form", "country", "registration_number", "activity"]
    list_filter = ["country"]
    search_fields = ["name", "registration_number", "vat_number"]
    ordering = ["name"]


@admin.register(Duty)
class DutyAdmin(KeptBySuperusers):
    list_display = ["user", "role"]
    list_filter = ["role"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email"]
    autocomplete_fields = ["user"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)


@admin.register(Bank)
class BankAdmin(KeptBySuperusers):
    list_display = ["name", "bic"]
    search_fields = ["name", "bic"]


@admin.register(BankSeat)
class BankSeatAdmin(KeptBySuperusers):
    list_display = ["user", "bank"]
    list_select_related = ["user", "bank"]
    search_fields = ["user__name", "user__email", "bank__name"]
    autocomplete_fields = ["user", "bank"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)
