"""Unpaid invoices, step by step: questions, the act they call for, its effect, the button, and the receipt."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe

from claims import words
from claims.abilities import guarantee_abilities
from claims.account import Account
from claims.actions import extensions, notices
from claims.actions.evidence import add_evidence
from claims.advice import Act, Consequence
from claims.foresight import AGREED, agreed_until, effects_from_facts
from claims.guided_path import GuidedPath, mark_of
from claims.models import EvidenceKind, Invoice, Notice, Paper
from claims.notice_forms import SendForm
from claims.papers.issuing import issue_copy
from parties.visitors import SignedInRequest
from underwriting.models import Guarantee

# What a document sent with an act proves.
PROOFS = {
    Act.REMINDER: EvidenceKind.REMINDER,
    Act.EXTENSION: EvidenceKind.REMINDER,
    Act.INSTALMENT_PLAN: EvidenceKind.ACKNOWLEDGEMENT,
    Act.DISPUTE: EvidenceKind.DISPUTE,
    Act.OVERDUE_NOTICE: EvidenceKind.REMINDER,
    Act.INSOLVENCY_NOTICE: EvidenceKind.INSOLVENCY,
    Act.CLAIM: EvidenceKind.STATEMENT,
}


def _account(request: SignedInRequest, number: str) -> Account:
    """The guarantee, when the reader may see it (else 404) and may send notices on it now (else 403)."""
    rows = Guarantee.objects.visible_to(request.user).select_related("offer__request__company", "buyer")
    guarantee = get_object_or_404(rows, number=number)
    if "notify" not in guarantee_abilities(guarantee, request.user):
        raise PermissionDenied
    return Account(guarantee, localdate(timezone.now()))


@require_GET
def unpaid(request: SignedInRequest, number: str) -> HttpResponse:
    """One screen of the guided path: a question, the advice, or the effect of the act that was chosen."""
    account = _account(request, number)
    path = GuidedPath.read(account, request.GET)
    if not path.unpaid:
        return _page(request, "nothing_unpaid", path, {})
    if path.asked:
        return _page(request, "question", path, {"form": path.asked})
    if path.act is None:
        return _page(request, "advice", path, _advice(path))
    named = path.foresight.named(path.act)
    if not named:
        return _page(request, "advice", path, _advice(path))
    return _effect(request, path, path.act, named, SendForm(document=words.DOCUMENTS[path.act]))


def _advice(path: GuidedPath) -> dict[str, Any]:
    """The act to do first, what is called for beside it, and every other act that could be sent."""
    found = path.foresight.advice()
    named = path.foresight.named(found.act)
    ways = [act for act in path.ways() if act not in {found.act, *found.also}]
    return {
        "advice": found,
        "act": found.act,
        "why": words.REASONS[found.why],
        "doing": words.doing(found.act, [each.number for each in named]) if named else "",
        "address": path.address_of(found.act),
        "also": [_way(path, act) for act in found.also if act in set(path.ways())],
        "ways": [_way(path, act) for act in ways],
    }


def _way(path: GuidedPath, act: Act) -> tuple[str, str, str]:
    """What the link says, what it means, where it leads."""
    numbers = [each.number for each in path.foresight.named(act)]
    return words.doing(act, numbers), str(words.MEANINGS[act]), path.address_of(act)


def _effect(
    request: HttpRequest,
    path: GuidedPath,
    act: Act,
    named: list[Invoice],
    form: SendForm,
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """What the act does to dates, duties and cover, then the button that says what it does."""
    foresight = path.foresight_of(act, named)
    effects = foresight.effects(act)
    form.initial["seen"] = mark_of(act, foresight)
    left_out = [each.number for each in path.invoices if each not in named]
    context = {
        "act": act,
        "form": form,
        "seen": mark_of(act, foresight),
        "named": named,
        "left_out": left_out,
        "doing": words.doing(act, [each.number for each in named]),
        "effect": words.effect_words(effects),
        "needs_consent": any(each.key is Consequence.EXTENSION_NEEDS_CONSENT for each in effects),
        "changed": changed,
    }
    return _page(request, "effect", path, context, status=status)


def _page(
    request: HttpRequest, name: str, path: GuidedPath, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    guarantee = path.account.guarantee
    shared = {
        "guarantee": guarantee,
        "buyer": guarantee.buyer,
        "account": path.account,
        "today": path.account.today,
        "path": path,
    }
    return render(request, f"claims/notices/{name}.html", shared | context, status=status)


@require_POST
def unpaid_send(request: SignedInRequest, number: str) -> HttpResponse:
    """Send what was shown, or ask for consent to it. An effect that has changed since is shown again first."""
    account = _account(request, number)
    path = GuidedPath.read(account, request.POST)
    act = path.act
    named = _named(path, request.POST)
    if path.asked or act is None or not named:
        return redirect(f"{reverse('unpaid', args=[number])}?{_query(request.POST)}")
    form = SendForm(request.POST, request.FILES, document=words.DOCUMENTS[act])
    if not form.is_valid():
        return _effect(request, path, act, named, form, status=422)
    now = timezone.now()
    until = agreed_until(path.answers)
    if "ask" in request.POST and act in AGREED and until:
        reason = form.cleaned_data["note"]
        extensions.ask_for_consent(account.guarantee.pk, named, until=until, reason=reason, by=request.user, at=now)
        messages.success(request, _("We were asked for our consent, and answer by letter. Until then, grant nothing."))
        return redirect("unpaid", number)
    sending = path.sending(act, named, note=form.cleaned_data["note"])
    pressed = notices.just_sent(account.guarantee, sending, by=request.user, at=now)
    if pressed:
        return redirect("notice", pressed.number)
    if form.cleaned_data["seen"] != mark_of(act, path.foresight_of(act, named)):
        return _effect(request, path, act, named, form, changed=True, status=409)
    notice = _send(request, account.guarantee, sending, form.cleaned_data["document"], now)
    return redirect("notice", notice.number)


def _named(path: GuidedPath, data: QueryDict) -> list[Invoice]:
    """The invoices the page named; those of this guarantee that are unpaid, whatever else was typed."""
    wanted = set(data.getlist("on"))
    return [each for each in path.invoices if str(each.pk) in wanted]


def _query(data: QueryDict) -> str:
    query = data.copy()
    for name in ("csrfmiddlewaretoken", "note", "seen", "ask", "on"):
        query.pop(name, None)
    return query.urlencode()


@transaction.atomic
def _send(request: SignedInRequest, guarantee: Guarantee, sending: notices.Sending, document: Any, now: Any) -> Notice:
    """The document and the notice, both or neither."""
    if document:
        only = sending.invoices[0] if len(sending.invoices) == 1 else None
        kind = PROOFS[Act(sending.act)]
        kept = add_evidence(guarantee.pk, kind=kind, file=document, invoice=only, by=request.user, at=now)
        sending = sending.with_documents([kept])
    return notices.send(guarantee.pk, sending, by=request.user, at=now)


@require_GET
def notice(request: SignedInRequest, number: str) -> HttpResponse:
    """A notice that was sent: its receipt, what moved and why, and what comes next by when."""
    rows = Paper.objects.visible_to(request.user).select_related(
        "notice__guarantee__offer__request__company", "notice__guarantee__buyer", "notice__sent_by", "claim"
    )
    receipt = get_object_or_404(rows, notice__number=number)
    sent = cast(Notice, receipt.notice)
    account = Account(sent.guarantee, localdate(timezone.now()))
    invoices = list(sent.invoices.all())
    told = {each.number for each in invoices} | {"", receipt.claim.number if receipt.claim else ""}
    context = {
        "notice": sent,
        "receipt": receipt,
        "guarantee": sent.guarantee,
        "invoices": invoices,
        "effect": words.effect_words(effects_from_facts(sent.effects)),
        "account": account,
        "next": [each for each in account.deadlines if each.subject in told and words.is_open(each)],
        "documents": receipt.facts.get("documents", []),
        "may_notify": "notify" in guarantee_abilities(sent.guarantee, request.user),
    }
    return render(request, "claims/notices/notice.html", context)


@require_safe
@cache_control(private=True, no_cache=True)
def paper(request: SignedInRequest, number: str, language: str) -> HttpResponse:
    """A paper as a PDF; its copy in this language is made when it is first asked for."""
    found = get_object_or_404(Paper.objects.visible_to(request.user), number=number)
    kept = issue_copy(found, language, at=timezone.now())
    headers = {
        "Content-Disposition": f'attachment; filename="{kept.filename}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(kept.pdf), content_type="application/pdf", headers=headers)
