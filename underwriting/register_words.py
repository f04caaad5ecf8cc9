"""What registers answered, in sentences. No answer is never a word about the company, and says so."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underwriting.models import SourceAnswer
from underwriting.sources.answers import NO_KEY, SWITCHED_OFF
from unlockfocus.templatetags.face import moment

Outcome = SourceAnswer.Outcome
# Where a register is searched by a person.
BPI_ADDRESS = "https://www.bpi.ro/"
IRI_ADDRESS = "https://e-justice.europa.eu/topics/registers-business-insolvency-land/insolvency-registers_en"


def sentence(answer: SourceAnswer) -> str:
    """How the question ended, and whether that says anything of the company."""
    facts = {"source": answer.source, "at": moment(answer.fetched_at), "reason": reason(answer.reason)}
    if answer.outcome == Outcome.OK:
        return _answered(answer, facts)
    if answer.outcome == Outcome.NOT_FOUND:
        return _("%(source)s answered on %(at)s: it has nothing about this company.") % facts
    if answer.outcome == Outcome.RATE_LIMITED:
        told = _("%(source)s could not be asked on %(at)s: it takes no more questions for now.") % facts
    elif answer.outcome == Outcome.BAD_PAYLOAD:
        told = _("%(source)s answered on %(at)s what cannot be trusted (%(reason)s).") % facts
    elif answer.reason == SWITCHED_OFF:
        told = _("%(source)s was not asked on %(at)s: asking registers is switched off here.") % facts
    else:
        told = _("%(source)s did not answer on %(at)s (%(reason)s).") % facts
    says_nothing = _("This says nothing about the company.")
    return f"{told} {says_nothing}"


def _answered(answer: SourceAnswer, facts: dict[str, str]) -> str:
    if answer.topic == SourceAnswer.Topic.ACCOUNTS:
        return _accounts_told(answer, facts)
    notices = answer.facts.get("notices")
    if notices is None:
        return _("%(source)s answered on %(at)s.") % facts
    told = ngettext(
        "%(source)s answered on %(at)s with %(count)s notice.",
        "%(source)s answered on %(at)s with %(count)s notices.",
        len(notices),
    ) % {**facts, "count": len(notices)}
    if answer.facts.get("is_complete", True):
        return told
    left_out = _("It has older ones that it did not give: read them there.")
    return f"{told} {left_out}"


def _accounts_told(answer: SourceAnswer, facts: dict[str, str]) -> str:
    years, confidential = answer.facts.get("years", []), answer.facts.get("confidential", [])
    told = [_("%(source)s answered on %(at)s.") % facts]
    if years:
        told.append(_("Years ending: %(years)s.") % {"years": ", ".join(years)})
    if confidential:
        told.append(_("Filed as confidential: %(years)s.") % {"years": ", ".join(confidential)})
    if left_out := answer.facts.get("left_out"):
        told.append(_("Left out: %(reasons)s.") % {"reasons": "; ".join(left_out)})
    return " ".join(told)


def reason(code: str) -> str:
    """Why there is no answer; the log's words where there are none of ours."""
    if code.startswith("time-out"):
        return _("time-out")
    if found := re.fullmatch("status ([0-9]{3})", code):
        return _("it refused, with status %(status)s") % {"status": found[1]}
    if code.startswith("no connection"):
        return _("no connection")
    if code.startswith("the connection was closed"):
        return _("the connection was closed before the end")
    if code == "a fault of ours":
        return _("a fault of ours, which is in the log")
    if code == NO_KEY:
        return _("no key or account is set for it here")
    if code == "no question can be put":
        return _("no question can be put about this number or name")
    return code or _("no reason given")


def tone(answer: SourceAnswer) -> str:
    """Good is only what is known: no answer is to be looked at, and accounts nobody filed are no good news."""
    nothing = "good" if answer.topic == SourceAnswer.Topic.NOTICES else "info"
    return {Outcome.OK: "info", Outcome.NOT_FOUND: nothing}.get(Outcome(answer.outcome), "caution")


def age(since: datetime, now: datetime) -> str:
    """`3 hours` or `12 days`: how old an answer is, in whole hours of the last day, then in days."""
    passed = max(now - since, timedelta(0))
    if passed < timedelta(hours=1):
        return _("less than an hour")
    if passed < timedelta(days=1):
        hours = int(passed.total_seconds() // 3600)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", passed.days) % {"count": passed.days}
