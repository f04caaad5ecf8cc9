"""The steps of the form, in their order: what each is called, which form it shows, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.accounts_form import AccountsForm
from applications.actions import REQUIRED_STEPS, locked, locked_draft
from applications.forms import BuyerForm, CoverForm, FiguresForm, OrderForm, TradingForm
from applications.models import CoverRequest
from applications.schedule_form import ScheduleFormSet


@dataclass(frozen=True)
class Step:
    """One page of the form. `form` takes (data, files, request=, at=) and has `is_valid()` and `write()`."""

    name: str
    title: Promise
    why: Promise
    form: Any


STEPS = (
    Step("buyer", _("The buyer"), _("One legal entity: its registration number decides whom we insure."), BuyerForm),
    Step("order", _("The order"), _("The guarantee covers this order and no other."), OrderForm),
    Step(
        "schedule",
        _("Deliveries and due dates"),
        _("From these lines we compute what the buyer owes you day by day, and the most it will owe at once."),
        ScheduleFormSet,
    ),
    Step(
        "trading",
        _("Your history with the buyer"),
        _("How a buyer has paid so far says much about how it will pay."),
        TradingForm,
    ),
    Step(
        "figures",
        _("Your own figures"),
        _("Optional. With them we show what an unpaid order would do to your company. Nobody else sees them."),
        FiguresForm,
    ),
    Step(
        "accounts",
        _("The buyer's accounts"),
        _("Two years, as published: the analysis starts from them."),
        AccountsForm,
    ),
    Step("cover", _("The cover you want"), _("What we offer may differ; you decide when you see it."), CoverForm),
    Step("documents", _("Documents"), _("The order itself, and whatever helps us say yes."), None),
    Step("review", _("Check and submit"), _("Read once more; everything can still be changed."), None),
)
# Stands with what was typed while nothing is to be said about it yet.
UNJUDGED = "unjudged"
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}


def step_after(name: str) -> Step:
    """The step that follows; the last one follows itself."""
    position = STEPS.index(BY_NAME[name])
    return STEPS[min(position + 1, len(STEPS) - 1)]


def first_open_step(request: CoverRequest) -> Step:
    """Where to go on: the first required step that is not complete, else the last."""
    for step in STEPS:
        if step.name in REQUIRED_STEPS and not is_complete(request, step.name):
            return step
    return STEPS[-1]


def is_complete(request: CoverRequest, name: str) -> bool:
    """Whether the step was saved and nothing typed there waits to be put right."""
    return name in request.completed_steps and name not in request.unsaved_input


def form_of(step: Step, request: CoverRequest, at: datetime) -> Any:
    """The step's form: what was typed and refused last time with its errors, else what is saved.

    What was typed and not judged yet, because the buyer was only looked up, comes back without errors.
    """
    kept = request.unsaved_input.get(step.name)
    if kept is None:
        return step.form(request=request, at=at)
    if UNJUDGED in kept:
        return step.form(initial={field: values[-1] for field, values in kept.items()}, request=request, at=at)
    data = QueryDict(mutable=True)
    for field, values in kept.items():
        data.setlist(field, values)
    return step.form(data, request=request, at=at)


@transaction.atomic
def save_step(request_id: int, step: Step, data: QueryDict, files: Any, *, at: datetime) -> tuple[CoverRequest, Any]:
    """Save a step of a draft, or keep as typed what is not valid. Raises IllegalTransition when it is no draft."""
    request = locked_draft(request_id)
    form = step.form(data, files, request=request, at=at)
    valid = form.is_valid()
    if valid:
        form.write()
    note_progress(request.pk, step.name, None if valid else _as_typed(data), at)
    return request, form


@transaction.atomic
def keep_typed(request_id: int, step: Step, data: QueryDict, *, at: datetime) -> None:
    """Keep what was typed in a step of a draft without judging it."""
    if locked(request_id).is_draft:
        note_progress(request_id, step.name, _as_typed(data), at)


def note_progress(request_id: int, name: str, typed: dict[str, list[str]] | None, at: datetime) -> None:
    """Note that a step was saved, or what was typed there; written apart from a form’s own instance."""
    request = CoverRequest.objects.get(pk=request_id)
    request.unsaved_input.pop(name, None)
    if typed is not None:
        request.unsaved_input[name] = typed
    elif name not in request.completed_steps:
        request.completed_steps.append(name)
    request.touched_at, request.warned_at = at, None
    request.save(update_fields=["unsaved_input", "completed_steps", "touched_at", "warned_at"])


def _as_typed(data: QueryDict) -> dict[str, list[str]]:
    return {name: values for name, values in data.lists() if name not in {"csrfmiddlewaretoken", "act", "take"}}
