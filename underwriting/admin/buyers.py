"""What is known of buyers over all files: their accounts and their incidents, read only."""

from decimal import Decimal

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from underwriting.admin.marks import noted
from underwriting.models import (
    BuyerIncident,
    BuyerStatement,
)
from unlockfocus.desk import ReadOnlyAdmin
from unlockfocus.templatetags.face import amount, day, moment


@admin.register(BuyerStatement)
class BuyerStatementAdmin(ReadOnlyAdmin):
    """The accounts we hold of buyers, as they were given; the newest received first."""

    list_display = ["buyer_words", "year_end", "source", "currency", "published", "assets", "year_sales",
                    "received"]  # fmt: skip
    list_filter = ["source", "currency"]
    search_fields = ["buyer__name", "buyer__registration_number"]
    list_select_related = ["buyer"]
    ordering = ["-pk"]
    exclude = ["fingerprint", "request", "provenance"]
    readonly_fields = ["came_with"]
    show_full_result_count = False
    list_per_page = 50

    class Media:
        css = {"all": ["css/desk_lists.css"]}

    @admin.display(description=gettext_lazy("buyer"), ordering="buyer__name")
    def buyer_words(self, row: BuyerStatement) -> str:
        return noted(row.buyer.name, f"{row.buyer.country} {row.buyer.registration_number}")

    @admin.display(description=gettext_lazy("year ending"), ordering="period_end")
    def year_end(self, row: BuyerStatement) -> str:
        return day(row.period_end)

    @admin.display(description=gettext_lazy("published"), ordering="published_on")
    def published(self, row: BuyerStatement) -> str:
        return day(row.published_on) or "–"

    @admin.display(description=gettext_lazy("total assets"), ordering="total_assets")
    def assets(self, row: BuyerStatement) -> str:
        return _whole(row.total_assets, row.unit)

    @admin.display(description=gettext_lazy("sales"), ordering="sales")
    def year_sales(self, row: BuyerStatement) -> str:
        return _whole(row.sales, row.unit)

    @admin.display(description=gettext_lazy("request"))
    def came_with(self, row: BuyerStatement) -> str:
        """The file they were given in."""
        if row.request is None:
            return "–"
        reference = row.request.reference
        return format_html('<a href="{}">{}</a>', reverse("admin:file", args=[reference]), reference)

    @admin.display(description=gettext_lazy("received"), ordering="received_at")
    def received(self, row: BuyerStatement) -> str:
        return moment(row.received_at)


def _whole(figure: Decimal | None, unit: int) -> str:
    """An item of accounts in the statement's currency, whatever it was counted in."""
    return "–" if figure is None else amount(figure * unit)


@admin.register(BuyerIncident)
class BuyerIncidentAdmin(ReadOnlyAdmin):
    """What insureds suffered from buyers: the next score of each knows it."""

    list_display = ["reference", "buyer_words", "kind", "since", "settled_on", "noted"]
    list_filter = ["kind", ("settled_on", admin.EmptyFieldListFilter)]
    search_fields = ["buyer__name", "buyer__registration_number", "reference"]
    list_select_related = ["buyer"]
    show_full_result_count = False
    list_per_page = 50

    class Media:
        css = {"all": ["css/desk_lists.css"]}

    @admin.display(description=gettext_lazy("buyer"), ordering="buyer__name")
    def buyer_words(self, row: BuyerIncident) -> str:
        return noted(row.buyer.name, f"{row.buyer.country} {row.buyer.registration_number}")

    @admin.display(description=gettext_lazy("noted"), ordering="noted_at")
    def noted(self, row: BuyerIncident) -> str:
        return moment(row.noted_at)
