"""Words and parts for the pages, letters and papers of the last stages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext

from claims import words
from claims.account import Account
from claims.clocks import DUTIES, Deadline, Kind, State
from claims.foresight import effects_from_facts
from unlockfocus.templatetags.face import day

register = template.Library()


@register.filter
def stamp(value: datetime | None) -> str:
    """An instant to the second: `28 October 2027, 11:00:00 in Paris (09:00:00 UTC)`."""
    if value is None:
        return ""
    local = timezone.localtime(value, timezone.get_default_timezone())
    universal = value.astimezone(UTC)
    # Midnight in Paris is still the day before in universal time.
    utc_day = "" if universal.date() == local.date() else f"{day(universal.date())}, "
    return gettext("%(day)s, %(local)s in Paris (%(utc_day)s%(utc)s UTC)") % {
        "day": day(local.date()),
        "local": f"{local:%H:%M:%S}",
        "utc_day": utc_day,
        "utc": f"{universal:%H:%M:%S}",
    }


@register.inclusion_tag("claims/deadlines.html", takes_context=True)
def deadline_list(
    context: template.Context,
    account: Account,
    deadlines: Sequence[Deadline] | None = None,
    *,
    only_open: bool = False,
    duties: bool = False,
    css: str = "",
) -> dict[str, Any]:
    """See `templates/claims/deadlines.html`; all of the account unless told. Staff read "the insured", not "You"."""
    shown = account.deadlines if deadlines is None else deadlines
    if duties:
        shown = [each for each in shown if each.kind in DUTIES]
    if only_open:
        shown = [each for each in shown if words.is_open(each)]
    at_desk = context["user"].is_staff
    return {"rows": [words.deadline_line(each, account, at_desk=at_desk) for each in shown], "css": css}


@register.inclusion_tag("claims/due_banner.html")
def due_banner(account: Account, *, may_notify: bool) -> dict[str, Any]:
    """See `templates/claims/due_banner.html`."""
    pressing = [each for each in account.deadlines if each.who == "insured" and words.is_pressing(each)]
    return {
        "guarantee": account.guarantee,
        "rows": [words.deadline_line(each, account) for each in pressing],
        "late": any(each.state is State.MISSED for each in pressing),
        "overdue": account.overdue_total,
        "stopped_from": account.stopped_from,
        "may_notify": may_notify,
    }


@register.filter
def effect_words(kept: Sequence[Mapping[str, Any]]) -> words.EffectWords:
    """The effects a notice or its receipt keeps, said."""
    return words.effect_words(effects_from_facts(kept))


@register.filter
def act_word(act: str) -> str:
    """`Overdue notice`."""
    return str(words.ACTS[words.Act(act)])


@register.filter
def kind_word(kind: str) -> str:
    """`Overdue notice`, `Waiting period ends`: what a deadline is for."""
    return str(words.KINDS[Kind(kind)])


@register.filter
def consequence(kind: str) -> str:
    """What follows when the deadline passes."""
    return str(words.CONSEQUENCES[Kind(kind)])


# --- Letters; their facts come from the journal, as text --------------------------------------------------------------


@register.simple_tag
def alarm_title(kind: str, subject: str, missed: bool) -> str:
    """See `claims.words.alarm_title`."""
    return words.alarm_title(kind, subject, is_missed=missed)


@register.simple_tag
def alarm_day(kind: str, due_by: str, missed: bool) -> str:
    """See `claims.words.alarm_day`."""
    return words.alarm_day(kind, date.fromisoformat(due_by), is_missed=missed)


@register.filter
def alarm_meaning(kind: str) -> str:
    """See `claims.words.alarm_meaning`."""
    return words.alarm_meaning(kind)


@register.filter
def alarm_action(kind: str) -> str:
    """See `claims.words.alarm_action`."""
    return words.alarm_action(kind)


@register.filter
def instant(text: str) -> str:
    """`2027-10-28T09:00:00+00:00` as an instant to the second."""
    return stamp(datetime.fromisoformat(text))
