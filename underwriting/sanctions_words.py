"""Why somebody may be a listed party, in words, and how the lists stand that were searched."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from parties.countries import country_name
from underwriting.list_standing import ListStanding
from underwriting.models import ListedParty
from underwriting.screening.judging import Reason
from unlockfocus.templatetags.face import day

# `ours` and `theirs` are the values of the reason: what is known here, and what the list says.
_SENTENCES: Mapping[str, str | Promise] = {
    "same_identifier": gettext_lazy("The same number: %(ours)s"),
    "weak_name": gettext_lazy("The list itself does not rely on the name “%(ours)s”"),
    "partial_name": gettext_lazy("Most of the longer name has nothing to match it: %(ours)s"),
    "kind_differs": gettext_lazy("Of another kind: %(ours)s here, %(theirs)s on the list"),
    "country_differs": gettext_lazy("Another country: %(ours)s here, %(theirs)s on the list"),
    "birth_year_differs": gettext_lazy("Another year of birth: %(ours)s here, %(theirs)s on the list"),
    "number_differs": gettext_lazy("Another number in the name: %(ours)s here, %(theirs)s on the list"),
    "same_country": gettext_lazy("The same country: %(ours)s"),
    "same_birth_year": gettext_lazy("The same year of birth: %(ours)s"),
}


def reason_sentence(reason: Reason) -> str:
    """One reason of a judgement, in the active language."""
    values = [_readable(reason.code, value) for value in reason.values]
    return str(_SENTENCES[reason.code]) % {"ours": values[0], "theirs": values[-1]}


def _readable(code: str, value: str) -> str:
    if code == "kind_differs":
        return str(ListedParty.Kind(value).label)
    if code in {"country_differs", "same_country"}:
        language = get_language() or "fr"
        return ", ".join(sorted(country_name(each, language) for each in value.split(", ")))
    return value


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
        return pgettext("list and its day", "%(title)s (%(day)s)") % {"title": each.title, "day": day(each.as_of)}
    words = _("%(title)s (without a day of its own, loaded %(day)s)")
    return words % {"title": each.title, "day": day(localdate(each.loaded_at))}


def _with_age(each: ListStanding, at: datetime) -> str:
    days = (at - each.checked_at).days if each.checked_at else 0
    words = ngettext("%(title)s (%(days)d day)", "%(title)s (%(days)d days)", days)
    return words % {"title": each.title, "days": days}
