"""The desk's pages about the models: their versions, runs over the portfolio, and which version is in force."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from applications.forms import TextForm
from journal.queueing import queue
from parties.visitors import SignedInRequest
from underwriting import words
from underwriting.abilities import activation_abilities, model_abilities
from underwriting.actions import activations, rescoring
from underwriting.comparing import effect_of
from underwriting.model_effect import Effect, effect_as_dict, effect_from_dict
from underwriting.model_versions import activation_in_force, version_in_force
from underwriting.models import BuyerStatement, ModelActivation, Rescoring
from underwriting.scoring.versions import UnknownVersion, Version, model_card_of, scorecard_of, versions
from underwriting.tasks import rescore as rescore_task
from unlockfocus.errors import BusinessRule
from unlockfocus.refusals import say_at_field

PROPOSALS_SHOWN = 20


def _version(model: str, version: str) -> Version:
    """The version of an address; 404 when this program does not have it."""
    found = Version(model, version)
    try:
        scorecard_of(found)
    except UnknownVersion as error:
        raise Http404 from error
    return found


def _require(request: SignedInRequest, ability: str) -> None:
    if ability not in model_abilities(request.user):
        raise PermissionDenied


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = admin.site.each_context(request)
    return render(request, f"admin/underwriting/{name}.html", frame | context, status=status)


def _name(version: Version) -> str:
    return words.version_name(version.model, version.version)


# --- Every version ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A version as the list shows it: the activation that put it in force, its newest run, where its card lies."""

    version: Version
    name: str
    is_in_force: bool
    activation: ModelActivation | None
    run: Rescoring | None
    model_card: str


@require_GET
def models(request: SignedInRequest) -> HttpResponse:
    """Which versions there are, which is in force by whose word, and who proposed what before."""
    activation = activation_in_force()
    in_force = version_in_force()
    runs = {Version(each.model, each.version): each for each in _newest_runs()}
    listed = [
        Listed(
            version=each,
            name=_name(each),
            is_in_force=each == in_force,
            activation=activation if each == in_force else None,
            run=runs.get(each),
            model_card=model_card_of(each),
        )
        for each in versions()
    ]
    answered = ModelActivation.objects.select_related("proposed_by", "confirmed_by", "rejected_by")
    context = {
        "title": _("Scoring models"),
        "listed": listed,
        "in_force": next((each for each in listed if each.is_in_force), None),
        "statements": BuyerStatement.objects.count(),
        "proposals": [(each, _name(Version(each.model, each.version))) for each in answered[:PROPOSALS_SHOWN]],
    }
    return _page(request, "models", context)


def _newest_runs() -> Any:
    return Rescoring.objects.order_by("model", "version", "-pk").distinct("model", "version")


# --- One version ------------------------------------------------------------------------------------------------------


@require_GET
def model(request: SignedInRequest, model: str, version: str) -> HttpResponse:
    """Its run over the portfolio; when none is under way, what putting it in force would change."""
    shown, in_force = _version(model, version), version_in_force()
    runs = _runs(shown, in_force)
    is_running = any(run.is_running for run, _name in runs)
    compares = shown != in_force and not is_running
    context = {
        "title": _name(shown),
        "version": shown,
        "model_card": model_card_of(shown),
        "in_force": in_force,
        "in_force_name": _name(in_force),
        "activation": activation_in_force() if shown == in_force else None,
        "is_in_force": shown == in_force,
        "runs": runs,
        "is_running": is_running,
        "effect": effect_of(shown, localdate()) if compares else None,
        "obstacle": _obstacle(shown) if compares else "",
        "open_proposal": ModelActivation.objects.filter(confirmed_at=None, rejected_at=None).first(),
        "abilities": model_abilities(request.user),
    }
    return _page(request, "model", context)


def _runs(shown: Version, in_force: Version) -> list[tuple[Rescoring, str]]:
    """The newest run of the version, and that of the version it is compared with while it is under way."""
    newest = {
        Version(each.model, each.version): each
        for each in _newest_runs().select_related("started_by", "cancelled_by", "resumed_by")
    }
    found = [(newest[shown], _name(shown))] if shown in newest else []
    other = newest.get(in_force) if in_force != shown else None
    return [*found, (other, _name(in_force))] if other and other.is_running else found


def _obstacle(version: Version) -> str:
    """Why it cannot be proposed now, or nothing."""
    try:
        activations.check_may_be_proposed(version)
    except BusinessRule as refusal:
        return str(refusal)
    return ""


@require_POST
def rescore(request: SignedInRequest, model: str, version: str) -> HttpResponse:
    """Start a run over the portfolio, and one of the version in force where it is behind."""
    shown = _version(model, version)
    _require(request, "run")
    for run in rescoring.start(shown, by=request.user, at=timezone.now()):
        queue(rescore_task, run.pk)
    messages.success(request, _("The run over the portfolio is started."))
    return redirect("admin:model", model, version)


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop a run; what it scored is kept."""
    run = get_object_or_404(Rescoring, pk=pk)
    _require(request, "run")
    rescoring.cancel(run.pk, by=request.user, at=timezone.now())
    messages.success(request, _("The run is cancelled; what it scored is kept."))
    return redirect("admin:model", run.model, run.version)


@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go on with a cancelled run."""
    run = get_object_or_404(Rescoring, pk=pk)
    _require(request, "run")
    rescoring.resume(run.pk, by=request.user, at=timezone.now())
    queue(rescore_task, run.pk)
    messages.success(request, _("The run goes on where it stopped."))
    return redirect("admin:model", run.model, run.version)


# --- Putting a version in force ---------------------------------------------------------------------------------------


def digest(effect: Effect) -> str:
    """What was seen, to be compared with what still holds when the button is pressed."""
    return hashlib.sha256(json.dumps(effect_as_dict(effect), sort_keys=True).encode()).hexdigest()


def _status(request: HttpRequest, *, has_moved: bool) -> int:
    return 200 if request.method == "GET" else 409 if has_moved else 422


def propose(request: SignedInRequest, model: str, version: str) -> HttpResponse:
    """The effect in figures, and the reason; done when the effect is still the one that was seen."""
    shown = _version(model, version)
    _require(request, "propose")
    activations.check_may_be_proposed(shown)
    now, effect = timezone.now(), effect_of(shown, localdate())
    form = TextForm(
        request.POST or None,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Why this version, and why now: the second person and auditors read it."),
    )
    has_moved = request.method == "POST" and request.POST.get("seen") != digest(effect)
    if request.method == "POST" and form.is_valid() and not has_moved:
        kept = effect_as_dict(effect)
        try:
            made = activations.propose(shown, reason=form.cleaned_data["text"], effect=kept, by=request.user, at=now)
        except BusinessRule as refusal:
            say_at_field(form, refusal)
        else:
            messages.success(request, _("The version is proposed; it waits for a second person."))
            return redirect("admin:activation", made.pk)
    context = {
        "title": _("Propose %(version)s") % {"version": _name(shown)},
        "version": shown,
        "name": _name(shown),
        "in_force_name": _name(version_in_force()),
        "form": form,
        "effect": effect,
        "seen": digest(effect),
        "has_moved": has_moved,
    }
    return _page(request, "model_propose", context, status=_status(request, has_moved=has_moved))


def activation(request: SignedInRequest, pk: int) -> HttpResponse:
    """A proposed version: the effect its author saw and the effect now; confirmed, rejected or taken back here."""
    rows = ModelActivation.objects.select_related("proposed_by", "confirmed_by", "rejected_by")
    shown = get_object_or_404(rows, pk=pk)
    version = Version(shown.model, shown.version)
    abilities = activation_abilities(shown, request.user)
    effect = effect_of(version, localdate()) if shown.is_open else None
    seen_effect, refusal, act = effect_from_dict(shown.effect), "", request.POST.get("act", "")
    has_moved = act == "confirm" and effect is not None and request.POST.get("seen") != digest(effect)
    if request.method == "POST":
        if act not in {"confirm", "reject"} or act not in abilities:
            raise PermissionDenied
        if not has_moved:
            refusal = _answer(shown, act, request, timezone.now())
            if not refusal:
                return redirect("admin:models")
    context = {
        "title": _title(shown, _name(version)),
        "activation": shown,
        "version": version,
        "name": _name(version),
        "seen_effect": seen_effect,
        "seen_in_force": _name(seen_effect.in_force),
        "in_force_name": _name(effect.in_force) if effect else "",
        "effect": effect,
        "is_as_seen": effect is not None and effect_as_dict(effect) == shown.effect,
        "seen": digest(effect) if effect else "",
        "abilities": abilities,
        "refusal": refusal,
        "has_moved": has_moved,
    }
    return _page(request, "activation", context, status=_status(request, has_moved=has_moved))


def _title(shown: ModelActivation, name: str) -> str:
    words_of_it = _("Put %(version)s in force?") if shown.is_open else _("Proposal of %(version)s")
    return words_of_it % {"version": name}


def _answer(shown: ModelActivation, act: str, request: SignedInRequest, at: datetime) -> str:
    """Confirm or reject; the sentence that refuses it, or nothing."""
    try:
        if act == "confirm":
            activations.confirm(shown.pk, by=request.user, at=at)
        else:
            activations.reject(shown.pk, by=request.user, at=at)
    except BusinessRule as refusal:
        return str(refusal)
    done = _("The version is in force.") if act == "confirm" else _("The proposal is put aside.")
    messages.success(request, done)
    return ""
