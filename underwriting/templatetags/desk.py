"""The desk's own words and lists, for the templates of the admin."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext

from applications.fields import language
from parties import nace
from parties.activities import division_label
from parties.nace import NATIONAL
from underwriting import register_words, screening_words, words
from underwriting.models import ModelActivation, Screening
from underwriting.work_queue import WorkQueue, work_queue
from unlockfocus.money import format_amount
from unlockfocus.templatetags.face import percent

register = template.Library()


@register.simple_tag
def desk_queue() -> WorkQueue:
    """What waits for the insurer's people now."""
    return work_queue(timezone.now())


@register.filter
def waiting(since: datetime | None, now: datetime) -> str:
    """`today`, `1 day` or `12 days`: how long something has waited, in calendar days here."""
    if since is None:
        return ""
    days = (localdate(now) - localdate(since)).days
    if days == 0:
        return gettext("today")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.filter
def age(since: datetime, now: datetime) -> str:
    """`3 hours` or `12 days`: how old an answer is."""
    return register_words.age(since, now)


@register.filter
def version_name(activation: ModelActivation) -> str:
    """`Scorecard 2026.1`: the version a proposal is about."""
    return words.version_name(activation.model, activation.version)


@register.filter
def change(rate: Decimal) -> str:
    """A change as `+7.5%`, `−3.1%` or `0%`."""
    return f"+{percent(rate, 1)}" if rate > 0 else percent(rate, 1)


@register.filter
def counted(value: int) -> str:
    """A whole number with its thousands apart: `1,480` or `1 480`."""
    return format_amount(Decimal(value), language(), decimals=False)


@register.filter
def registered_activity(facts: Mapping[str, Any]) -> str:
    """What a register says a company does, in words; in both revisions where it does not say which, and they differ."""
    code, stated = facts.get("activity_code", ""), NATIONAL.get(facts.get("activity_nomenclature", ""))
    found = [nace.activity(code, revision) for revision in ([stated] if stated else nace.Revision)] if code else []
    labels = dict.fromkeys(each.label(language()) for each in found if each)
    return f"{code} {' / '.join(labels)}".strip()


@register.filter
def searched(screening: Screening) -> str:
    """The lists a screening searched and their dates, and those that were not loaded."""
    return screening_words.searched(screening)


@register.filter
def list_title(code: str) -> str:
    """A sanctions list by its code: `United Nations`."""
    return screening_words.list_title(code)


@register.filter
def as_score(score: float) -> str:
    """A score from 0 to 1 as a percentage without decimals."""
    return percent(Decimal(str(score)), 0)


@register.filter
def division(sector: str) -> str:
    """`28 Manufacture of machinery and equipment n.e.c.`: a NACE division with its words."""
    return division_label(sector, language())


@register.filter
def unlocalized(value: Decimal) -> str:
    """A figure as a hidden field carries it, whatever the reader's language: `31571.11`."""
    return f"{value:f}"
