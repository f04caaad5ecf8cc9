"""What was delivered and what was paid: the page of a guarantee, and that of one invoice."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from applications.exposure import exposure_steps
from claims import words
from claims.abilities import guarantee_abilities
from claims.account import Account
from claims.clocks import Deadline
from claims.ledger import Allocation, Balance, over_limit
from claims.models import Credit, Evidence, EvidenceKind, Invoice
from claims.views.reading import account_of
from claims.words import DeadlineLine
from parties.visitors import SignedInRequest
from unlockfocus.templatetags.face import day, money

PAGE = 50
LATEST = 20
# What a claim will ask of every invoice.
EXPECTED = (EvidenceKind.INVOICE, EvidenceKind.DELIVERY)


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice in the ledger, with the next thing to do about it."""

    invoice: Invoice
    balance: Balance
    next: DeadlineLine | None
    missing: list[str]


@dataclass(frozen=True)
class CreditRow:
    """A payment or credit with the invoices it paid; a cancelled one paid none."""

    credit: Credit
    paid: list[Allocation]
    on_account: Decimal


@dataclass(frozen=True)
class KeptDocument:
    """A document as `components/documents.html` shows it."""

    pk: int
    name: str
    kind: str
    size: int
    at: Any
    who: str


@require_GET
def deliveries(request: SignedInRequest, number: str) -> HttpResponse:
    """The exposure, every invoice, every payment and every document of a guarantee."""
    account = account_of(request, number)
    show_all = request.GET.get("show") == "all"
    listed = account.invoices if show_all else [each for each in account.invoices if account.balance(each).open]
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {
        **frame_of(request, account, "deliveries"),
        **exposure_of(account),
        "page": page,
        "rows": list(_invoice_rows(account, list(page.object_list))),
        "show_all": show_all,
        "open_count": sum(1 for each in account.invoices if account.balance(each).open),
        "credits": list(_credit_rows(account, _credits(account, request))),
        "credit_count": account.guarantee.credits.count(),
        "documents": _documents(account, request),
        "document_count": len([each for each in account.evidence if _may_see(each, request)]),
        "latest": LATEST,
    }
    return render(request, "claims/deliveries/deliveries.html", context)


def frame_of(request: SignedInRequest, account: Account, tab: str) -> dict[str, Any]:
    """What every page on the deliveries of a guarantee has."""
    return {
        "account": account,
        "guarantee": account.guarantee,
        "today": account.today,
        "abilities": guarantee_abilities(account.guarantee, request.user),
        "tab": tab,
    }


def exposure_of(account: Account) -> dict[str, Any]:
    """The forecast, the limit, and what really is delivered and unpaid."""
    offer = account.guarantee.offer
    actual = account.steps
    stretches = over_limit(actual, offer.limit)
    last = max([account.today, *(step.on for step in actual)], default=account.today)
    now = [step.amount for step in actual if step.on <= account.today]
    return {
        "forecast": exposure_steps([each.in_eur for each in account.order_lines if each.amount_eur is not None]),
        "actual": actual,
        "offer": offer,
        "chart_end": max(offer.cover_end, last) if actual else offer.cover_end,
        "exposure": now[-1] if now else Decimal("0.00"),
        "over": stretches[-1] if stretches else None,
        "sentence": standing_sentence(account),
    }


def standing_sentence(account: Account) -> str:
    """Who owes what next, and when."""
    if not account.invoices:
        return _("Nothing is delivered yet.")
    if account.overdue_total:
        return _("%(amount)s is overdue.") % {"amount": money(account.overdue_total)}
    coming = [each for each in account.invoices if account.balance(each).open]
    if not coming:
        return _("Everything declared is paid.")
    due_on = min(each.due_on for each in coming)
    amount = sum((account.balance(each).open for each in coming if each.due_on == due_on), Decimal("0.00"))
    return _("Nothing is overdue. %(amount)s is due on %(day)s.") % {"amount": money(amount), "day": day(due_on)}


def _invoice_rows(account: Account, invoices: Sequence[Invoice]) -> Iterator[InvoiceRow]:
    deadlines = by_subject(account.deadlines)
    for invoice in invoices:
        coming = [each for each in deadlines.get(invoice.number, []) if words.is_open(each) and each.who == "insured"]
        yield InvoiceRow(
            invoice=invoice,
            balance=account.balance(invoice),
            next=words.deadline_line(coming[0], account) if coming else None,
            missing=missing_kinds(invoice) if account.balance(invoice).open else [],
        )


def by_subject(deadlines: Sequence[Deadline]) -> Mapping[str, list[Deadline]]:
    """The deadlines of each invoice or claim, earliest first."""
    found: dict[str, list[Deadline]] = defaultdict(list)
    for each in deadlines:
        found[each.subject].append(each)
    return found


def missing_kinds(invoice: Invoice) -> list[str]:
    """The documents a claim would ask of this invoice and that are not here yet, by name."""
    there = {each.kind for each in invoice.evidence.all()}
    return [str(kind.label) for kind in EXPECTED if kind not in there]


def _credits(account: Account, request: HttpRequest) -> Sequence[Credit]:
    """Newest first, the cancelled ones among them; the latest unless all are asked for."""
    rows = account.guarantee.credits.select_related("invoice").order_by("-on", "-pk")
    return list(rows if request.GET.get("payments") == "all" else rows[:LATEST])


def _credit_rows(account: Account, credits: Sequence[Credit]) -> Iterator[CreditRow]:
    paid: dict[str, list[Allocation]] = defaultdict(list)
    for each in account.ledger.allocations:
        paid[each.credit].append(each)
    for credit in credits:
        parts = paid[str(credit.pk)]
        rest = credit.amount_eur - sum((part.amount for part in parts), Decimal("0.00"))
        yield CreditRow(credit, parts, Decimal("0.00") if credit.cancelled_at else rest)


def _may_see(evidence: Evidence, request: SignedInRequest) -> bool:
    return bool(request.user.duties) or not evidence.is_internal


def _documents(account: Account, request: SignedInRequest) -> list[KeptDocument]:
    rows = account.guarantee.evidence.select_related("uploaded_by", "invoice").order_by("-uploaded_at", "-pk")
    seen = [each for each in rows if _may_see(each, request)]
    return shown(seen if request.GET.get("documents") == "all" else seen[:LATEST])


def shown(evidence: Sequence[Evidence]) -> list[KeptDocument]:
    """Documents with what they prove and of which invoice."""
    return [
        KeptDocument(
            pk=each.pk,
            name=each.name,
            kind=" ".join(filter(None, [each.get_kind_display(), each.invoice.number if each.invoice else ""])),
            size=each.size,
            at=each.uploaded_at,
            who=str(each.uploaded_by),
        )
        for each in evidence
    ]


@require_GET
def invoice(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """One invoice: what is open on it and why, its dates, its documents, its disputes and what was told about it."""
    account = account_of(request, number)
    found = next((each for each in account.invoices if each.pk == pk), None)
    if found is None:
        raise Http404
    balance = account.balance(found)
    evidence = found.evidence.select_related("uploaded_by", "invoice")
    coming = [each for each in account.deadlines_for(found.number) if words.is_open(each) and each.who == "insured"]
    context = {
        **frame_of(request, account, "deliveries"),
        "invoice": found,
        "balance": balance,
        "sum_lines": list(_sum_lines(account, found)),
        "deadlines": account.deadlines_for(found.number),
        "next": words.deadline_line(coming[0], account) if coming else None,
        "is_overdue": bool(balance.open and found.due_on < account.today),
        "is_insured": account.is_insured(found),
        "missing": missing_kinds(found),
        "documents": shown([each for each in evidence if _may_see(each, request)]),
        "disputes": list(found.disputes.select_related("declared_by")),
        "notices": list(found.notices.select_related("sent_by", "paper")),
    }
    return render(request, "claims/deliveries/invoice.html", context)


def _sum_lines(account: Account, invoice: Invoice) -> Iterator[tuple[str, Decimal, str]]:
    """The invoice less each part set against it, as a sum."""
    yield _("Invoice %(number)s") % {"number": invoice.number}, invoice.amount_eur, _rate_note(invoice)
    credits = {str(each.pk): each for each in account.credits}
    for part in account.ledger.allocations:
        if part.invoice == invoice.number:
            credit = credits[part.credit]
            label = _("%(kind)s of %(day)s") % {"kind": credit.get_kind_display(), "day": day(credit.on)}
            yield label, -part.amount, _part_note(credit, part)


def _rate_note(invoice: Invoice) -> str:
    if invoice.currency == "EUR":
        return ""
    return _("%(amount)s at the rate of %(rate)s the terms fixed, of %(day)s") % {
        "amount": money(invoice.amount, invoice.currency),
        "rate": f"{invoice.rate.normalize():f}",
        "day": day(invoice.rate_on),
    }


def _part_note(credit: Credit, part: Allocation) -> str:
    notes = [credit.reference] if credit.reference else []
    if part.amount != credit.amount_eur:
        notes.append(_("part of %(amount)s") % {"amount": money(credit.amount_eur)})
    return ", ".join(notes)
