"""The insurer's desk: Django's admin for its staff. Facts are read here; acts are buttons on file pages."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

Page = tuple[str, Callable[..., HttpResponse], str]


class Desk(AdminConfig):
    """Replaces `django.contrib.admin` in INSTALLED_APPS."""

    default_site = "unlockfocus.desk.DeskSite"


class DeskSite(admin.AdminSite):
    """Everybody in the insurer's staff may enter; what they may do there is said by the acts themselves."""

    site_header = "Unlock Focus"
    site_title = _("Desk")
    index_title = _("Desk")
    site_url = "/"
    enable_nav_sidebar = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pages: list[Page] = []

    def add_pages(self, pages: Iterable[Page]) -> None:
        """Add pages of a stage beside the lists, for staff only; a page is (route, view, name)."""
        self._pages.extend(pages)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The lists of the admin first: `claims/claim/` is one of them and no claim."""
        own = [path(route, self.admin_view(view), name=name) for route, view, name in self._pages]
        *lists, anything_else = super().get_urls()
        return [*lists, *own, anything_else]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """One sign-in for everybody: hand over to the product's own page, which counts failures."""
        from django.contrib.auth.views import redirect_to_login
        from django.core.exceptions import PermissionDenied

        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path())


class ReadOnlyAdmin(admin.ModelAdmin):
    """Staff see the rows; nobody adds, changes or removes them here."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
