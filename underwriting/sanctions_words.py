"""Why somebody may be a listed party, in words, and how the lists stand that were searched."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from underwriting.list_standing import ListStanding
from underwriting.models import ListedParty
from underwriting.screening.judging import Reason

# With the values of the reason in their order: ours first, theirs second.
_SENTENCES: Mapping[str, str | Promise] = {
    "same_identifier": gettext_lazy("The same number: {0}"),
    "weak_name": gettext_lazy("The list itself does not rely on the name “{0}”"),
    "partial_name": gettext_lazy("Most of the longer name has nothing to match it: {0}"),
    "country_differs": gettext_lazy("Another country: {0} here, {1} on the list"),
    "birth_year_differs": gettext_lazy("Another year of birth: {0} here, {1} on the list"),
    "number_differs": gettext_lazy("Another number in the name: {0} here, {1} on the list"),
    "same_country": gettext_lazy("The same country: {0}"),
    "same_birth_year": gettext_lazy("The same year of birth: {0}"),
}


def reason_sentence(reason: Reason) -> str:
    """One reason of a judgement, in the active language."""
    if reason.code == "kind_differs":
        ours, theirs = (ListedParty.Kind(value).label for value in reason.values)
        return _("{0} here, {1} on the list").format(ours, theirs)
    return str(_SENTENCES[reason.code]).format(*reason.values)


def standing_words(lists: Iterable[ListStanding], at: datetime) -> list[str]:
    """What was searched, what is stale and what is missing: one sentence each, and no sentence about nothing."""
    lists = list(lists)
    searched = [_with_day(each) for each in lists if not each.is_missing]
    stale = [_with_age(each, at) for each in lists if each.is_stale]
    missing = [each.title for each in lists if each.is_missing]
    sentences = [
        (searched, _("Searched: %(lists)s.")),
        (stale, _("Not checked for too long: %(lists)s.")),
        (missing, _("NOT loaded, so not searched: %(lists)s.")),
    ]
    return [sentence % {"lists": ", ".join(found)} for found, sentence in sentences if found]


def _with_day(each: ListStanding) -> str:
    if each.as_of:
        return pgettext("list and its day", "%(title)s (%(day)s)") % {"title": each.title, "day": _day(each.as_of)}
    day = _day(localdate(each.loaded_at))
    return _("%(title)s (without a day of its own, loaded %(day)s)") % {"title": each.title, "day": day}


def _with_age(each: ListStanding, at: datetime) -> str:
    days = (at - each.checked_at).days if each.checked_at else 0
    words = ngettext("%(title)s (%(days)d day)", "%(title)s (%(days)d days)", days)
    return words % {"title": each.title, "days": days}


def _day(day: object) -> str:
    return date_format(day, "j F Y")  # type: ignore[arg-type]
