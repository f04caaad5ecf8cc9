"""`docs/lifecycles.md`, written from the workflow tables, so that the page cannot say anything else than the code."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import override

from applications.models import Status
from applications.workflow import COVER_REQUEST
from claims.models import Claim, Indemnity, Invoice
from claims.workflow import CLAIM, INDEMNITY, INVOICE
from underwriting.models import Guarantee, Offer, ScreeningHit
from underwriting.workflow import GUARANTEE, OFFER, POSSIBLE_MATCH
from unlockfocus.workflow import Transition, Workflow

HEAD = """\
# Lifecycles

Written by `./run manage lifecycles` from the workflow tables; change those, then the page. A test compares the two.

A file moves only by a named transition. The verb that takes it locks the row, asks the table, saves the state and
records what happened, in one transaction. Where the table says no, the act is refused with a sentence and nothing
changes."""


@dataclass(frozen=True)
class Life:
    """One workflow with the names its states have on screen; `births` are the states a file may begin in."""

    workflow: Workflow
    states: type[TextChoices]
    births: tuple[str, ...]
    module: str
    note: str


LIVES = (
    Life(
        COVER_REQUEST,
        Status,
        ("draft",),
        "applications/workflow.py",
        "The insured submits, answers and withdraws; the insurer does the rest. A draft untouched for 30 days expires. "
        "`offer` is taken again when a further offer replaces the one before.",
    ),
    Life(
        OFFER,
        Offer.Status,
        ("prepared",),
        "underwriting/workflow.py",
        "Within its author's authority an offer is prepared and signed in one act. Beyond it, it waits as `prepared` "
        "for a second, more senior signature ([decision](decisions/offers-awaiting-signature.md)). Of one request's "
        "offers, one at most is prepared, open or accepted; the database sees to that.",
    ),
    Life(
        GUARANTEE,
        Guarantee.Status,
        ("pending_conditions", "in_force"),
        "underwriting/workflow.py",
        "Accepting an offer creates the guarantee, once: in force at once when the offer had no conditions, else when "
        "the last of them is found met. `run_off` is taken when the period of cover is over: nothing new is covered, "
        "what was delivered stays covered.",
    ),
    Life(
        POSSIBLE_MATCH,
        ScreeningHit.State,
        ("open",),
        "underwriting/workflow.py",
        "Screening opens a match, and ends one that waits when nothing is found any more. Only a compliance officer "
        "clears or confirms, with a reason. What was cleared opens again when the party or the entry has changed.",
    ),
    Life(
        INVOICE,
        Invoice.Status,
        ("declared",),
        "claims/workflow.py",
        "An invoice is declared when its goods are delivered. A dispute stands beside these states: the disputed part "
        "waits, the rest goes its way. A payment that comes back makes a paid invoice unpaid again.",
    ),
    Life(
        CLAIM,
        Claim.Status,
        ("notified",),
        "claims/workflow.py",
        "The insured's claim opens the file; its documents complete it by themselves as they arrive. Assessing and "
        "signing are two people's acts. Only a claims approver reopens, with a reason.",
    ),
    Life(
        INDEMNITY,
        Indemnity.Status,
        ("prepared",),
        "claims/workflow.py",
        "From its signature on an indemnity counts against the maximum liability; the database sees to that.",
    ),
)


def page() -> str:
    """The whole page, in English, ending in one line break."""
    with override("en"):
        return "\n\n".join([HEAD, *(_section(life) for life in LIVES)]) + "\n"


def _section(life: Life) -> str:
    title = f"## {life.workflow.title}"
    return "\n\n".join([title, f"`{life.module}`. {life.note}", _diagram(life), _states(life), _transitions(life)])


def _diagram(life: Life) -> str:
    ends = [state for state in life.workflow.states if not list(_onward(life.workflow, state))]
    arrows = [
        *(f"    [*] --> {state}" for state in life.births),
        *(
            f"    {source} --> {each.target}: {each.name}"
            for each in life.workflow.transitions.values()
            for source in _in_order(life.workflow, each)
        ),
        *(f"    {state} --> [*]" for state in ends),
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])


def _states(life: Life) -> str:
    rows = [
        f"| `{state}` | {life.states(state).label} | {_words(_onward(life.workflow, state)) or 'ends'} |"
        for state in life.workflow.states
    ]
    return "\n".join(["| state | on screen | may |", "|---|---|---|", *rows])


def _transitions(life: Life) -> str:
    rows = [
        f"| `{each.name}` | {_words(_in_order(life.workflow, each))} | `{each.target}` |"
        for each in life.workflow.transitions.values()
    ]
    return "\n".join(["| transition | from | to |", "|---|---|---|", *rows])


def _onward(workflow: Workflow, state: str) -> Iterator[str]:
    """The transitions that may be taken from a state."""
    return (name for name in workflow.transitions if workflow.allows(name, state))


def _in_order(workflow: Workflow, transition: Transition) -> Iterator[str]:
    """The sources of a transition, in the order in which the table names states."""
    return (state for state in workflow.states if state in transition.sources)


def _words(codes: Iterator[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)
