"""The claims figures of the portfolio, for everybody with a duty: claims people, underwriters, auditors."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from claims.desk.money import check_may, page
from claims.portfolio import Portfolio, portfolio_on, published_on
from claims.reserving import Origin
from parties.visitors import SignedInRequest
from unlockfocus.templatetags.face import money, percent

ROOM = "figures"
PAGE = 50


@require_GET
def portfolio(request: SignedInRequest) -> HttpResponse:
    """Triangle, loss ratio, open reserves, service levels."""
    check_may(request, "figures")
    today = localdate(timezone.now())
    shown = portfolio_on(today)
    context = {
        "title": _head(shown),
        "shown": shown,
        "triangles": _triangles(shown.triangle.origins),
        "development_years": range(len(shown.triangle.origins[0].paid) if shown.triangle.origins else 0),
        "reserves": Paginator(shown.open_reserves, PAGE).get_page(request.GET.get("page")),
        "levels": published_on(today),
        "today": today,
    }
    return page(request, "portfolio", ROOM, context)


def _head(shown: Portfolio) -> str:
    if shown.total.loss_ratio is None:
        return _("No premium is earned yet")
    facts = {"ratio": percent(shown.total.loss_ratio, 1), "earned": money(shown.total.earned)}
    return _("Loss ratio %(ratio)s on %(earned)s earned") % facts


def _triangles(origins: Sequence[Origin]) -> list[tuple[str, list[tuple[int, Sequence[Decimal], range]]]]:
    """Both triangles as tables: the caption, and rows of a year, its amounts, and the years it has still to come."""
    longest = len(origins[0].paid) if origins else 0
    tables = (
        (_("Paid net of recoveries, cumulative, EUR"), [(each.year, each.paid) for each in origins]),
        (_("Incurred: paid net of recoveries and reserves, EUR"), [(each.year, each.incurred) for each in origins]),
    )
    return [
        (caption, [(year, amounts, range(len(amounts), longest)) for year, amounts in rows]) for caption, rows in tables
    ]
