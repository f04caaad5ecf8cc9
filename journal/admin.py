"""The journal at the insurer's desk: to read, never to change."""

from django.contrib import admin

from journal.models import Entry
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
