"""The words and parts pages are made of: filters for money, rates, days and instants; tags for components.

Every component opens with its parameters in `templates/components/`, and all are shown together on `/design/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.dates import format_date
from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from unlockfocus import charts
from unlockfocus.money import MINUS, NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE, format_amount, format_money

register = template.Library()

GRADE_WORDS = {
    1: gettext_lazy("excellent"),
    2: gettext_lazy("very strong"),
    3: gettext_lazy("strong"),
    4: gettext_lazy("good"),
    5: gettext_lazy("average"),
    6: gettext_lazy("fair"),
    7: gettext_lazy("weak"),
    8: gettext_lazy("very weak"),
    9: gettext_lazy("distressed"),
    10: gettext_lazy("default"),
}

STAGES = (
    ("request", gettext_lazy("Request")),
    ("analysis", gettext_lazy("Analysis")),
    ("acceptance", gettext_lazy("Acceptance")),
    ("monitoring", gettext_lazy("Monitoring")),
    ("incidents", gettext_lazy("Incidents")),
)

COMPACT_UNITS = ((Decimal(10**9), "Md", "bn"), (Decimal(10**6), "M", "M"), (Decimal(10**3), "k", "k"))

# A deadline this close is shown in the caution tone.
SOON_DAYS = 7

# A field with more errors than this, such as a file, is named once in the summary: they all stand at the field.
MOST_OF_ONE_FIELD = 3

# A limit used beyond this share is shown in the caution tone.
NEARLY_FULL = Decimal("0.9")


def _language() -> str:
    return get_language() or "en"


def _french() -> bool:
    return _language().startswith("fr")


# --- Amounts and rates ------------------------------------------------------------------------------------------------


@register.filter
def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """`1 480 000,00 €` or `€1,480,000.00`; nothing for None."""
    return "" if amount is None else format_money(amount, currency, _language())


@register.filter
def round_money(amount: Decimal | int | None, currency: str = "EUR") -> str:
    """Money without cents when it has none: for charts, bands and sentences, never for a sum."""
    if amount is None:
        return ""
    exact = Decimal(amount)
    return format_money(exact, currency, _language(), decimals=exact != exact.to_integral_value())


@register.filter
def amount(value: Decimal | None) -> str:
    """`1 480 000,00` or `1,480,000.00`: the currency stands in the head of the column."""
    return "" if value is None else format_amount(value, _language())


@register.filter
def compact(value: Decimal) -> str:
    """EUR for an axis: `1,5 M€` or `€1.5M`; thousands, millions, billions."""
    size, french, english = next((unit for unit in COMPACT_UNITS if abs(value) >= unit[0]), (Decimal(1), "", ""))
    figure = _decimal_text(value / size, None)
    return f"{figure}{NARROW_NO_BREAK_SPACE}{french}€" if _french() else f"€{figure}{english}"


def _decimal_text(value: Decimal, places: int | None) -> str:
    """The value with `places` decimals, or with as many as needed up to two; decimal mark and minus of the language."""
    shown = abs(value).quantize(Decimal(1).scaleb(-2 if places is None else -places), rounding=ROUND_HALF_UP)
    text = f"{shown:f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if _french():
        text = text.replace(".", ",")
    return f"{MINUS}{text}" if value < 0 and shown else text


@register.filter
def percent(rate: Decimal | None, places: int | None = None) -> str:
    """A fraction as `90 %` or `90%`: as many decimals as needed up to two, or exactly `places`."""
    if rate is None:
        return ""
    return f"{_decimal_text(rate * 100, places)}{NARROW_NO_BREAK_SPACE if _french() else ''}%"


@register.filter
def number(value: Decimal | None, places: int | None = None) -> str:
    """A plain decimal figure, such as a ratio or a score."""
    return "" if value is None else _decimal_text(value, places)


@register.filter
def count(value: int) -> str:
    """How many: `12 400` or `12,400`."""
    return format_amount(Decimal(value), _language(), decimals=False)


@register.filter
def signed(value: Decimal, places: int | None = 2) -> str:
    """A figure with its sign, `+0.94` or `−1.20`."""
    text = _decimal_text(value, places)
    return text if text.startswith(MINUS) else f"+{text}"


# --- Days and instants ------------------------------------------------------------------------------------------------


@register.filter
def day(value: date | None) -> str:
    """`14 novembre 2027`, `1er décembre 2026` or `14 November 2027`."""
    if value is None:
        return ""
    text = date_format(value, "j F Y")
    return f"1er{text[1:]}" if _french() and value.day == 1 else text


@register.filter
def moment(value: datetime | None) -> str:
    """An instant on the product's clock (Europe/Paris): `14 novembre 2027 à 15:04` or `14 November 2027, 15:04`."""
    if value is None:
        return ""
    local = timezone.localtime(value, timezone.get_default_timezone())
    return f"{day(local.date())}{' à ' if _french() else ', '}{local:%H:%M}"


@register.filter
def days_left(value: date, today: date) -> str:
    """`12 days left`, `due today` or `3 days late`."""
    left = (value - today).days
    if left == 0:
        return gettext("due today")
    if left < 0:
        return ngettext("%(count)d day late", "%(count)d days late", -left) % {"count": -left}
    return ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left}


# --- Frame ------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: template.Context, name: str, label: str) -> dict[str, Any]:
    """A link of the header that knows whether the reader is on its page, or below it."""
    url = reverse(name)
    path = getattr(context.get("request"), "path", "")
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return {"url": url, "label": label, "current": current}


@register.simple_block_tag
def page_head(content: SafeString, *, title: str, **facts: Any) -> SafeString:
    """See `components/page_head.html`; the block holds the one primary action."""
    return render_to_string(
        "components/page_head.html", {"title": title, "actions": SafeString(content.strip()), **facts}
    )


@register.simple_block_tag
def notice(content: SafeString, tone: str = "info", title: str = "") -> SafeString:
    """See `components/notice.html`; the block is the text, in paragraphs."""
    return render_to_string("components/notice.html", {"tone": tone, "title": title, "content": content})


@register.filter
def message_tone(message: Message) -> str:
    """The tone of a Django message."""
    return {"success": "good", "warning": "caution", "error": "danger"}.get(message.level_tag, "info")


@register.simple_tag
def term(word: str, meaning: str, name: str) -> SafeString:
    """A word of the contract that opens its definition; see `components/term.html`."""
    context = {"word": word, "meaning": meaning, "name": name}
    return SafeString(render_to_string("components/term.html", context).strip())


# --- Components that compute ------------------------------------------------------------------------------------------


@register.inclusion_tag("components/grade.html")
def grade(value: int, size: str = "") -> dict[str, Any]:
    """The grade 1 to 10 with its word."""
    return {"grade": value, "word": GRADE_WORDS[value], "size": size}


@register.filter
def grade_word(value: int) -> str:
    """`fair` for 6."""
    return str(GRADE_WORDS[value])


@dataclass(frozen=True)
class Stage:
    """One of the five steps of a file, as the tracker shows it."""

    name: str
    state: str


@register.inclusion_tag("components/stage_tracker.html")
def stage_tracker(current: str, note: str = "", *, stopped: bool = False, closed: bool = False) -> dict[str, Any]:
    """The five stages of a file; `current` is one of the keys of STAGES, `closed` means that stage is done too."""
    position = [key for key, _ in STAGES].index(current)
    here = "stopped" if stopped else "done" if closed else "current"
    stages = [
        Stage(str(name), here if index == position else "done" if index < position else "ahead")
        for index, (_, name) in enumerate(STAGES)
    ]
    return {"stages": stages, "position": position + 1, "note": note}


@register.inclusion_tag("components/deadline.html")
def deadline(label: str, day: date, today: date, *, rule: str = "", met: bool = False) -> dict[str, Any]:
    """A date with the days left; `rule` says in a sentence how the date was found."""
    left = (day - today).days
    tone = "good" if met else "danger" if left < 0 else "caution" if left <= SOON_DAYS else ""
    return {"label": label, "day": day, "today": today, "rule": rule, "met": met, "tone": tone}


@register.inclusion_tag("components/money_bar.html")
def money_bar(used: Decimal, limit: Decimal, label: str = "") -> dict[str, Any]:
    """How much of a limit is used, EUR; caution from 90 %, danger beyond the limit."""
    gauge = charts.gauge(used, limit)
    tone = "danger" if used > limit else "caution" if gauge.share > NEARLY_FULL else ""
    return {"gauge": gauge, "used": used, "limit": limit, "label": label, "tone": tone}


# --- Charts -----------------------------------------------------------------------------------------------------------

PRICE_WORDS = {
    "expected": gettext_lazy("Expected loss"),
    "selection": gettext_lazy("Selection"),
    "capital": gettext_lazy("Cost of capital"),
    "expenses": gettext_lazy("Analysis and monitoring"),
    "commission_and_margin": gettext_lazy("Commission and margin"),
    "options": gettext_lazy("Options"),
    "up_to_minimum": gettext_lazy("Up to the minimum"),
    "tax": gettext_lazy("Insurance tax"),
}
SHOWN_AT_ZERO = frozenset({"expected", "selection", "capital", "expenses", "commission_and_margin", "tax"})


@register.inclusion_tag("components/chart_exposure.html")
def chart_exposure(
    steps: Sequence[charts.Step],
    limit: Decimal | None = None,
    start: date | None = None,
    end: date | None = None,
    actual: Sequence[charts.Step] = (),
    today: date | None = None,
    name: str = "exposure",
) -> dict[str, Any]:
    """Exposure over the life of an order against its limit, EUR; `name` is unique on the page."""
    sheets = [
        (size, charts.exposure_chart(steps, frame, limit=limit, start=start, end=end, actual=actual, today=today))
        for size, frame in (("wide", charts.WIDE), ("narrow", charts.NARROW))
    ]
    peak = sheets[0][1].peak if sheets[0][1] else None
    above = peak.amount - limit if peak and limit and peak.amount > limit else None
    return {"sheets": sheets, "steps": steps, "actual": actual, "limit": limit, "name": name, "peak": peak,
            "above": above}  # fmt: skip


@register.filter
def tick_label(tick: charts.DayTick) -> str:
    """`16 Aug` or `août`; the year has its own line."""
    return format_date(tick.on, "d MMM" if tick.unit == "day" else "MMM", locale=_language().partition("-")[0])


@register.inclusion_tag("components/chart_price.html")
def chart_price(price: charts.PriceLines, currency: str = "EUR") -> dict[str, Any]:
    """The lines of a price, each tied to its part of one bar, and their sum."""
    parts = [(key, part) for key, part in charts.price_parts(price).items() if part or key in SHOWN_AT_ZERO]
    bar = charts.stacked_bar([part for _, part in parts])
    rows = [
        {"label": PRICE_WORDS[key], "amount": part, "segment": segment}
        for (key, part), segment in zip(parts, bar.segments, strict=True)
    ]
    return {"rows": rows, "bar": bar, "bar_height": f"{bar.height / 16:g}rem", "total": price.to_pay,
            "currency": currency}  # fmt: skip


@register.inclusion_tag("components/chart_waterfall.html")
def chart_waterfall(factors: Sequence[Any], total_label: str, caption: str = "", places: int = 2) -> dict[str, Any]:
    """What each factor adds to a score or takes from it; factors have `label`, `contribution` and perhaps `note`."""
    fall = charts.waterfall([factor.contribution for factor in factors])
    rows = list(zip(factors, fall.falls, strict=True))
    return {"rows": rows, "fall": fall, "total_label": total_label, "caption": caption, "places": places}


# --- Forms ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """One line of the error summary: `target` is the id of the control to go to, or empty, and `where` its name."""

    message: str
    target: str
    where: str


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> dict[str, Any]:
    """Every error of the forms and formsets given, in their order on the page; nothing when there is none."""
    problems = [problem for form in forms if form is not None for problem in _problems(form)]
    return {"problems": problems, "count": len({problem.target or problem.message for problem in problems})}


def _problems(form: BaseForm | BaseFormSet[Any]) -> Iterator[Problem]:
    if isinstance(form, BaseFormSet):
        yield from (Problem(str(message), "", "") for message in form.non_form_errors())
        for number, row in enumerate(form.forms, start=1):
            yield from _form_problems(row, gettext("Line %(number)d") % {"number": number})
    else:
        yield from _form_problems(form)


def _form_problems(form: BaseForm, line: str = "") -> Iterator[Problem]:
    yield from (Problem(str(message), "", line) for message in form.non_field_errors())
    for field in form:
        label = str(field.label or "").rstrip(f"{NARROW_NO_BREAK_SPACE}{NO_BREAK_SPACE} .?:")
        where = ", ".join(filter(None, [line, label]))
        errors = field.errors if len(field.errors) <= MOST_OF_ONE_FIELD else field.errors[:1]
        yield from (Problem(str(message), _target(field), where) for message in errors)


def _target(field: BoundField) -> str:
    """The id of the control; of the first choice when there are several."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.auto_id


@register.filter
def hint(field: BoundField, name: str) -> str:
    """What the form says about the control in `data-<name>` of its widget: unit, example, optional."""
    return str(field.field.widget.attrs.get(f"data-{name}", ""))


# --- Lists ------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Pages of a list; filters and order in the address stay as they are."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": list(numbers), "request": context["request"]}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: template.Context, key: str, label: str, css_class: str = "") -> dict[str, Any]:
    """A column head that orders the list by `key`, ascending then descending, in the address bar (`?order=-key`)."""
    order = context["request"].GET.get("order", "")
    sorted_as = "ascending" if order == key else "descending" if order == f"-{key}" else ""
    target = f"-{key}" if sorted_as == "ascending" else key
    return {
        "label": label, "css_class": css_class, "sorted_as": sorted_as, "target": target, "request": context["request"],
    }  # fmt: skip
