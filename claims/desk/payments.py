"""The room of payments: what is owed, an order to the bank, the bank's answers.

Only claims people order, download, upload and confirm; the auditor and the compliance officer read. Everybody else is
refused, underwriters too (see `money_abilities`).
"""

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from claims.actions import payments as acts
from claims.desk.money import check_may, page
from claims.models import BankFile, PaymentFile
from claims.money_forms import BankAnswerForm
from claims.paying import Payments, answer_lines, effect_had, effect_of, owed_by, payments_at
from parties.visitors import SignedInRequest
from unlockfocus.errors import BusinessRule
from unlockfocus.templatetags.face import day, moment, money

ROOM = "payments"


@require_GET
def payments(request: SignedInRequest) -> HttpResponse:
    """What is owed and by when, what was ordered and is not confirmed, the files of both sides."""
    check_may(request, "view")
    return _room(request, BankAnswerForm())


def _room(
    request: SignedInRequest,
    form: BankAnswerForm,
    *,
    refusal: str = "",
    chosen: Collection[int] | None = None,
) -> HttpResponse:
    """The room; after a refusal with what was chosen before. Without a choice everything payable is chosen."""
    pages = {name: request.GET.get(name, "") for name in ("orders", "answers")}
    shown = payments_at(timezone.now(), **pages)
    context = {
        "title": _head(shown),
        "shown": shown,
        "form": form,
        "refusal": refusal,
        "chosen": {each.indemnity.pk for each in shown.payable} if chosen is None else chosen,
    }
    return page(request, "payments", ROOM, context, 422 if refusal or form.errors else 200)


def _head(shown: Payments) -> str:
    if shown.owed:
        return _("%(amount)s awaits payment") % {"amount": money(shown.owed_total)}
    if shown.underway:
        return _("%(amount)s is ordered and not confirmed") % {"amount": money(shown.underway_total)}
    return _("Nothing awaits payment")


# --- An order ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def order(request: SignedInRequest) -> HttpResponse:
    """The chosen payments as the bank would read them, then the order: `?indemnity=`, once for each.

    What is ordered is what was shown; should it have changed meanwhile, it is shown again.
    """
    check_may(request, "act")
    chosen = _chosen(request)
    now = timezone.now()
    try:
        if request.method == "POST":
            file = acts.make(chosen, by=request.user, at=now, seen=request.POST.get("seen", "") or "nothing")
            return _ordered(request, file)
        return _order_page(request, acts.preview(chosen, by=request.user, at=now))
    except acts.OrderMoved as moved:
        draft = acts.preview(chosen, by=request.user, at=now)
        return _order_page(request, draft, refusal=str(moved), status=409)
    except BusinessRule as refusal:
        return _room(request, BankAnswerForm(), refusal=str(refusal), chosen=chosen)


def _chosen(request: SignedInRequest) -> list[int]:
    sent = request.POST if request.method == "POST" else request.GET
    return [int(each) for each in sent.getlist("indemnity") if each.isdecimal() and each.isascii()]


def _ordered(request: SignedInRequest, file: PaymentFile) -> HttpResponse:
    text = _("%(file)s orders %(total)s for %(day)s. Download it and hand it to the bank.")
    facts = {"file": file.message_id, "total": money(file.total), "day": day(file.execution_on)}
    messages.success(request, text % facts)
    return redirect("admin:payments")


def _order_page(request: SignedInRequest, draft: acts.Draft, *, refusal: str = "", status: int = 200) -> HttpResponse:
    order = draft.order
    context = {
        "title": _("Order %(total)s for %(day)s") % {"total": money(order.total), "day": day(order.execution_on)},
        "draft": draft,
        "order": order,
        "lines": [
            (indemnity, payee, transfer, owed_by(indemnity))
            for (indemnity, payee), transfer in zip(draft.paid, order.transfers, strict=True)
        ],
        "refusal": refusal,
        "today": localdate(timezone.now()),
    }
    return page(request, "payment_order", ROOM, context, status)


@require_safe
@cache_control(private=True, no_store=True)
def order_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The order as it was written, for the bank."""
    check_may(request, "act")
    file = get_object_or_404(PaymentFile, pk=pk)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.message_id}.xml"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(file.xml), content_type="application/xml", headers=headers)


# --- The bank's answer ------------------------------------------------------------------------------------------------


@require_POST
def answer_add(request: SignedInRequest) -> HttpResponse:
    """Keep a file of the bank and show what it would do; nothing counts yet."""
    check_may(request, "act")
    form = BankAnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _room(request, form)
    given, now = form.cleaned_data["file"], timezone.now()
    try:
        file = acts.keep_answer(given.name, given.read(), by=request.user, at=now)
    except BusinessRule as refusal:
        form.add_error("file", str(refusal))
        return _room(request, form)
    if file.uploaded_at != now:
        text = _("The same file was uploaded on %(moment)s by %(who)s. It counts once.")
        messages.info(request, text % {"moment": moment(file.uploaded_at), "who": file.uploaded_by})
    return redirect("admin:bank-file", file.pk)


@require_http_methods(["GET", "POST"])
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every line of the bank's file: what it is about and what confirming does; then, by POST, it counts."""
    check_may(request, "act" if request.method == "POST" else "view")
    file = get_object_or_404(BankFile.objects.select_related("uploaded_by", "confirmed_by"), pk=pk)
    if request.method != "POST":
        return _answer_page(request, file, acts.matches(file))
    try:
        seen = request.POST.get("seen", "") or "nothing"
        acts.confirm(file.pk, by=request.user, at=timezone.now(), seen=seen)
    except acts.AnswerMoved as moved:
        return _answer_page(request, file, acts.matches(file), refusal=str(moved), status=409)
    messages.success(request, _("The file is confirmed. %(effect)s.") % {"effect": effect_had(file)})
    return redirect("admin:payments")


def _answer_page(
    request: SignedInRequest, file: BankFile, found: Sequence[acts.Match], *, refusal: str = "", status: int = 200
) -> HttpResponse:
    lines = answer_lines(file, found)
    moves = any(each.does != "nothing" for each in found)
    context = {
        "title": effect_had(file) if file.confirmed_at and not moves else effect_of(found),
        "file": file,
        "lines": lines,
        "unclear": sum(each.tone == "caution" for each in lines),
        "moves": moves,
        "seen": acts.mark_of_answer(found),
        "refusal": refusal,
    }
    return page(request, "bank_file", ROOM, context, status)
