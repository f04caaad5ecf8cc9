"""The collection room: what next and what it cost, what may still come in, the buyer's promises, the reserve."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from claims.actions import collection, reserves
from claims.cockpit import Cockpit
from claims.collection import SuggestedStep
from claims.collection_forms import (
    ContactForm,
    FilingForm,
    PlanEndForm,
    PlanForm,
    PromiseForm,
    ReserveForm,
    StatementForm,
    StepForm,
)
from claims.desk import page
from claims.desk.acts import Act, act_page, back
from claims.models import CollectionStep
from claims.views.reading import dossier_of
from parties.visitors import SignedInRequest
from unlockfocus.errors import BusinessRule
from unlockfocus.templatetags.face import money


@require_GET
def cockpit(request: SignedInRequest, number: str) -> HttpResponse:
    """Everything about the collection on one page."""
    shown = dossier_of(request, number)
    room = Cockpit(shown)
    context = {"title": _head(room), "tab": "collection", "room": room, "cost_to_approve": _cost_to_approve(room)}
    return page(request, "collection", shown, context)


def _head(room: Cockpit) -> str:
    if not room.owed:
        return _("%(buyer)s owes nothing any more") % {"buyer": room.guarantee.buyer.name}
    days = (room.today - room.first_due_on).days
    facts = {"buyer": room.guarantee.buyer.name, "amount": money(room.owed), "days": days}
    if days <= 0:
        return _("%(buyer)s owes %(amount)s") % facts
    text = ngettext(
        "%(buyer)s owes %(amount)s, %(days)s day overdue", "%(buyer)s owes %(amount)s, %(days)s days overdue", days
    )
    return text % facts


def _cost_to_approve(room: Cockpit) -> CollectionStep | None:
    """The oldest cost the reader may approve: entered by somebody else."""
    if "approve_cost" not in room.dossier.abilities:
        return None
    return next((each for each in room.to_approve if each.taken_by_id != room.dossier.reader.pk), None)


# --- Acts that fill in a form -----------------------------------------------------------------------------------------


def step(request: SignedInRequest, number: str) -> HttpResponse:
    """Enter a step that was taken; `?code=` chooses it, `?cost=` and `?note=` are taken over from a statement."""
    shown = dossier_of(request, number, "step")
    room = Cockpit(shown)
    chosen = room.next_step.step.key if room.next_step else ""
    initial = {"code": chosen} | {name: request.GET[name] for name in ("code", "cost", "note") if name in request.GET}
    form = StepForm(
        request.POST or None, request.FILES or None, steps=room.suggested, today=shown.today, initial=initial
    )

    def do(form: StepForm) -> object:
        return collection.take_step(
            shown.claim.pk,
            form.facts,
            receipt=form.cleaned_data["receipt"],
            is_internal=form.cleaned_data["is_internal"],
            by=request.user,
            at=shown.at,
        )

    act = Act(
        room="collection",
        title=_("Enter a step taken"),
        effect=_("It joins the ledger of the collection; the insured reads that it was taken."),
        button=_("Enter the step"),
        done=_("The step is entered."),
        do=do,
    )
    return act_page(request, shown, form, act, "collection_guided", guide=_guide(room, form), room=room)


def _guide(room: Cockpit, form: StepForm) -> SuggestedStep | None:
    """The step chosen in the form; the first of its choices while none is."""
    offered = [each for each in room.suggested if each.step.key in form.codes]
    return next((each for each in offered if each.step.key == form["code"].value()), next(iter(offered), None))


def approve(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """A cost with its receipt, then the second person's approval."""
    shown = dossier_of(request, number, "approve_cost")
    room = Cockpit(shown)
    row = next((each for each in room.taken if each.pk == pk and each.cost), None)
    if row is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            collection.approve_cost(row.pk, by=request.user, at=shown.at)
        except BusinessRule as error:
            refusal = str(error)
        else:
            return back(request, shown, "collection", _("The cost is approved."))
    context = {
        "title": _("Approve %(cost)s") % {"cost": money(row.cost)},
        "tab": "collection",
        "row": row,
        "room": room,
        "after": room.costs.approved + row.cost,
        "usual": next((each.step.cost for each in room.suggested if each.step.key == row.code), None),
        "is_own": row.taken_by_id == request.user.pk,
        "refusal": refusal,
    }
    return page(request, "collection_cost", shown, context, status=422 if refusal else 200)


def contact(request: SignedInRequest, number: str) -> HttpResponse:
    """Keep somebody to speak to."""
    shown = dossier_of(request, number, "step")
    act = Act(
        room="collection",
        title=_("Add a contact"),
        effect=_("Somebody at the buyer's, its lawyer, its liquidator, or a collector. The insured does not see it."),
        button=_("Add the contact"),
        done=_("The contact is added."),
        do=lambda form: collection.add_contact(shown.claim.pk, **form.cleaned_data, by=request.user, at=shown.at),
    )
    return act_page(request, shown, ContactForm(request.POST or None), act)


def promise(request: SignedInRequest, number: str) -> HttpResponse:
    """Note what the buyer promised."""
    shown = dossier_of(request, number, "step")
    act = Act(
        room="collection",
        title=_("Note a promise of payment"),
        effect=_("Whether it is kept is read from the payments that are declared. The insured reads it."),
        button=_("Note the promise"),
        done=_("The promise is noted."),
        do=lambda form: collection.note_promise(shown.claim.pk, **form.cleaned_data, by=request.user, at=shown.at),
    )
    return act_page(request, shown, PromiseForm(request.POST or None, today=shown.today), act)


def plan(request: SignedInRequest, number: str) -> HttpResponse:
    """Note an instalment plan; it ends the one before."""
    shown = dossier_of(request, number, "step")
    room = Cockpit(shown)
    form = PlanForm(request.POST or None, today=shown.today, owed=room.owed)

    def do(form: PlanForm) -> object:
        return collection.agree_plan(
            shown.claim.pk,
            instalments=form.instalments,
            agreed_on=form.cleaned_data["agreed_on"],
            insurer_consents=form.cleaned_data["insurer_consents"],
            by=request.user,
            at=shown.at,
        )

    effect = _(
        "A missed instalment is found from the payments, on the day after it was due. The insured reads the plan."
    )
    if room.plan:
        effect = _("The plan agreed before ends. %(effect)s") % {"effect": effect}
    act = Act(
        room="collection",
        title=_("Note an instalment plan"),
        effect=effect,
        button=_("Note the plan"),
        done=_("The plan is noted; its acknowledgement by the buyer belongs to the documents."),
        do=do,
    )
    return act_page(request, shown, form, act, "collection_plan", room=room)


def plan_end(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """End the plan, with the reason."""
    shown = dossier_of(request, number, "step")
    if not shown.claim.guarantee.plans.filter(pk=pk, ended_at=None).exists():
        raise Http404
    act = Act(
        room="collection",
        title=_("End the instalment plan"),
        effect=_("The whole debt is due again at once. What was paid stays paid."),
        button=_("End the plan"),
        done=_("The plan has ended."),
        do=lambda form: collection.end_plan(
            shown.claim.pk, pk, reason=form.cleaned_data["reason"], by=request.user, at=shown.at
        ),
        tone="danger",
    )
    return act_page(request, shown, PlanEndForm(request.POST or None), act)


def filing(request: SignedInRequest, number: str) -> HttpResponse:
    """Enter the day by which the judgment wants claims filed."""
    shown = dossier_of(request, number, "step")
    room = Cockpit(shown)
    form = FilingForm(request.POST or None, initial={"on": shown.claim.filing_deadline})
    act = Act(
        room="collection",
        title=_("Enter the day by which claims are filed"),
        effect=_("After it the right is usually lost. The day in the judgment always wins over the usual days."),
        button=_("Enter this day"),
        done=_("The day is entered."),
        do=lambda form: collection.set_filing_deadline(
            shown.claim.pk, on=form.cleaned_data["on"], by=request.user, at=shown.at
        ),
    )
    return act_page(request, shown, form, act, "collection_guided", guide=room.filing, room=room)


def collector(request: SignedInRequest, number: str) -> HttpResponse:
    """Import a statement of the outside collector, whole or not at all."""
    shown = dossier_of(request, number, "step")
    last = shown.claim.collector_statements.order_by("-pk").values_list("collector", flat=True).first()
    form = StatementForm(request.POST or None, request.FILES or None, initial={"collector": last or ""})

    def do(form: StatementForm) -> object:
        file = form.cleaned_data["file"]
        return collection.import_statement(
            shown.claim.pk,
            collector=form.cleaned_data["collector"],
            name=file.name,
            content=file.read(),
            by=request.user,
            at=shown.at,
        )

    act = Act(
        room="collection",
        title=_("Import a statement of the collector"),
        effect=_("Lines imported before are left out. No payment is declared by it: you do that line by line."),
        button=_("Import the statement"),
        done=_("The statement is imported."),
        do=do,
    )
    return act_page(request, shown, form, act)


@require_POST
def declare_collected(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Declare what one line of a statement brought as a payment of the buyer."""
    shown = dossier_of(request, number, "step")
    if not shown.claim.collector_statements.filter(lines=pk).exists():
        raise Http404
    credit = collection.declare_collected(shown.claim.pk, pk, by=request.user, at=shown.at)
    return back(
        request, shown, "collection", _("A payment of %(amount)s is declared.") % {"amount": money(credit.amount_eur)}
    )


def reserve(request: SignedInRequest, number: str) -> HttpResponse:
    """Set the reserve, beside what the figures of today would make of it."""
    shown = dossier_of(request, number, "reserve")
    held = reserves.newest(shown.claim)
    initial = {"indemnity": held.indemnity, "costs": held.costs, "expected_recovery": held.expected_recovery}
    act = Act(
        room="collection",
        title=_("Set the reserve"),
        effect=_("The reserve before stays in the history. The insured does not see it."),
        button=_("Set the reserve"),
        done=_("The reserve is set."),
        do=lambda form: reserves.set_reserve(
            shown.claim.pk, form.figures, reason=form.cleaned_data["reason"], by=request.user, at=shown.at
        ),
    )
    form = ReserveForm(request.POST or None, initial=initial)
    more: dict[str, Any] = {"held": held, "suggested": reserves.suggested(shown), "room": Cockpit(shown)}
    return act_page(request, shown, form, act, "collection_reserve", **more)
