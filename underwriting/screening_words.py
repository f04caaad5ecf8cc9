"""What screening says, in sentences: the outcome for a party, and what was weighed between it and a listed entry."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from applications.fields import language
from parties.countries import country_name
from underwriting.models import SanctionsList, Screening
from underwriting.sanctions_words import reason_sentence
from underwriting.screening.judging import Reason
from unlockfocus.templatetags.face import day

_COUNTRIES = {"country_differs", "same_country"}


def weighed(reasons: Mapping[str, Any]) -> list[str]:
    """What was weighed beside the name, a sentence each."""
    return [_weighed(each["code"], each["values"]) for each in reasons["weighed"]]


def _weighed(code: str, values: Sequence[str]) -> str:
    told = [_countries(value) for value in values] if code in _COUNTRIES else values
    return f"{reason_sentence(Reason(code, tuple(told)))}."


def _countries(codes: str) -> str:
    return ", ".join(country_name(code, language()) for code in codes.split(", "))


def list_title(code: str) -> str:
    """The list's name: `United Nations`."""
    return str(SanctionsList.Code(code).label)


def searched(screening: Screening) -> str:
    """The lists a screening searched, with their dates; and those it could not. Never that somebody is not listed."""
    lists = [each | {"title": list_title(each["list"])} for each in screening.lists]
    told = [_dated(each) for each in lists if not each["missing"]]
    without = [each["title"] for each in lists if each["missing"]]
    said = _("Searched: %(lists)s.") % {"lists": ", ".join(told)} if told else _("No list was searched.")
    if without:
        said += " " + _("Not loaded: %(lists)s.") % {"lists": ", ".join(without)}
    return said


def _dated(each: Mapping[str, Any]) -> str:
    told = f"{each['title']} ({day(date.fromisoformat(each['as_of']))})" if each["as_of"] else each["title"]
    return _("%(list)s, too old") % {"list": told} if each["stale"] else told
