"""The journal at the insurer's desk: to read, never to change."""

from django.contrib import admin

from journal.models import Delivery, Entry, Letter
from unlockfocus.desk import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "file", "number", "event", "actor_name", "origin"]
    list_filter = ["event"]
    search_fields = ["file__key", "actor_name"]
    date_hierarchy = "at"
    ordering = ["-id"]
    list_select_related = ["file"]
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Reactions owed and delivered: what failed, how often, and with which words."""

    list_display = ["entry", "handler", "attempts", "delivered_at", "last_error"]
    list_filter = [("delivered_at", admin.EmptyFieldListFilter), "handler"]
    search_fields = ["entry__file__key"]
    ordering = ["-id"]
    list_select_related = ["entry__file"]
    show_full_result_count = False


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Letters owed and sent."""

    list_display = ["entry", "template", "recipient", "attempts", "sent_at", "last_error"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter), "template"]
    search_fields = ["entry__file__key", "recipient__email"]
    ordering = ["-id"]
    list_select_related = ["entry__file", "recipient"]
    show_full_result_count = False
