"""The words of the collection and the reserve for their pages, and the desk's lists of what went wrong."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils import timezone
from django.utils.timezone import localdate

from claims import collection_words as words
from claims.cockpit import PlanLine, Trouble
from claims.models import CollectionStep
from claims.work_queue import broken_agreements, costs_to_approve
from parties.models import User

register = template.Library()


@register.filter
def step_title(code: str) -> str:
    """`Summons to pay (somație)`."""
    return str(words.title(code))


@register.filter
def step_guide(key: str) -> str:
    """What is to be done in this step."""
    return str(words.STEPS[key])


@register.filter
def stage_word(stage: str) -> str:
    return str(words.STAGES[stage])


@register.filter
def step_state(state: str) -> str:
    """`To be done now`."""
    return str(words.STEP_STATES[state])


@register.filter
def step_tone(state: str) -> str:
    return words.STEP_TONES.get(state, "neutral")


@register.filter
def promise_state(state: str) -> str:
    return str(words.PROMISE_STATES[state])


@register.filter
def promise_tone(state: str) -> str:
    return words.PROMISE_TONES[state]


@register.filter
def part_state(state: str) -> str:
    """Of an instalment: `Missed`."""
    return str(words.PART_STATES[state])


@register.filter
def part_tone(state: str) -> str:
    return words.PART_TONES.get(state, "neutral")


@register.filter
def reserve_reason(reason: str) -> str:
    """As it is read; what the product itself wrote in the reader's language."""
    return words.reserve_reason(reason)


@register.filter
def ended_on(line: PlanLine) -> date | None:
    """The day a plan ended, here."""
    return localdate(line.plan.ended_at) if line.plan.ended_at else None


@register.simple_tag
def agreements_broken() -> Sequence[Trouble]:
    """Open claims whose buyer missed an instalment or broke a promise."""
    return broken_agreements(localdate(timezone.now()))


@register.simple_tag
def costs_awaiting(reader: User) -> Sequence[CollectionStep]:
    """Costs this person may approve, oldest first; none for who may not."""
    return costs_to_approve(reader)
