"""Every address x every role, from one table. An address without a row fails.

The columns are what a GET answers to: a visitor; INDEX's owner, credit manager and viewer; another company's credit
manager; an underwriter; an auditor; a bank's viewer. 302 sends a visitor to sign in, 404 hides what is not theirs,
403 names what the role may not do (and keeps visitors out of the API), 405 is an act that is only posted.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications import actions as requests
from applications.models import CoverRequest
from claims.actions import deliveries, evidence
from claims.models import Notice
from parties import actions as people
from parties.models import Company, Role, User
from tests.factories import (
    analysed_request,
    another_company,
    claim_on_pei,
    deliver_to_pei,
    guarantee_in_force,
    instant,
    offer_for,
    person_named,
)
from unlockfocus import demo

ROLES = ("visitor", "owner", "credit manager", "viewer", "stranger", "underwriter", "auditor", "banker")

# name: (what its address takes, what each role is answered)
TABLE: dict[str, tuple[tuple[str, ...], str]] = {
    "home": ((), "200 302 302 302 302 302 302 302"),
    "healthz": ((), "200 200 200 200 200 200 200 200"),
    "set_language": ((), "302 302 302 302 302 302 302 302"),
    "sign-in": ((), "200 302 302 302 302 302 302 302"),
    "sign-out": ((), "405 405 405 405 405 405 405 405"),
    "sign-up": ((), "200 302 302 302 302 302 302 302"),
    "password-reset": ((), "200 200 200 200 200 200 200 200"),
    "password-reset-sent": ((), "200 200 200 200 200 200 200 200"),
    "password-reset-confirm": (("uidb64", "reset"), "410 410 410 410 410 410 410 410"),
    "password-reset-done": ((), "200 200 200 200 200 200 200 200"),
    "password-change": ((), "302 200 200 200 200 200 200 200"),
    "account": ((), "302 200 200 200 200 200 200 200"),
    "team": ((), "302 200 200 200 200 403 403 403"),
    "team-invite": ((), "302 405 405 405 405 405 405 405"),
    "team-withdraw": (("invitation",), "302 405 405 405 405 405 405 405"),
    "team-remove": (("membership",), "302 200 403 403 403 403 403 403"),
    "invitation": (("token",), "200 200 200 200 200 200 200 200"),
    "eligibility": ((), "200 200 200 200 200 200 200 200"),
    "accounts-template": ((), "200 200 200 200 200 200 200 200"),
    "requests": ((), "302 200 200 200 200 200 200 200"),
    "request-new": ((), "302 200 200 403 200 403 403 403"),
    "request-step": (("draft", "step"), "302 200 200 302 404 404 404 404"),
    "schedule-preview": (("draft",), "302 405 405 405 405 405 405 405"),
    "buyer-look-up": (("draft",), "302 405 405 405 405 405 405 405"),
    "request-withdraw": (("draft",), "302 200 200 403 404 404 404 404"),
    "request-answer": (("asked",), "302 200 200 403 404 403 403 404"),
    "document-add": (("asked",), "302 200 200 403 404 403 403 404"),
    "document": (("document",), "302 200 200 200 404 200 200 404"),
    "document-remove": (("document",), "302 405 405 405 405 405 405 405"),
    "file": (("asked",), "302 200 200 200 404 200 200 404"),
    "offer-accept": (("offer",), "302 200 200 403 404 403 403 404"),
    "offer-refuse": (("offer",), "302 200 200 403 404 403 403 404"),
    "guarantees": ((), "302 200 200 200 200 200 200 200"),
    "guarantee": (("guarantee",), "302 200 200 200 404 200 200 404"),
    "certificate": (("guarantee", "language"), "302 200 200 200 404 200 200 404"),
    "deliveries": (("guarantee",), "302 200 200 200 404 200 200 404"),
    "invoice-declare": (("guarantee",), "302 200 200 403 404 403 403 404"),
    "invoice-preview": (("guarantee",), "302 405 405 405 405 405 405 405"),
    "invoices-import": (("guarantee",), "302 200 200 403 404 403 403 404"),
    "invoice": (("guarantee", "invoice"), "302 200 200 200 404 200 200 404"),
    "credit-declare": (("guarantee",), "302 200 200 403 404 403 403 404"),
    "credit-preview": (("guarantee",), "302 405 405 405 405 405 405 405"),
    "credits-import": (("guarantee",), "302 200 200 403 404 403 403 404"),
    "credit-cancel": (("guarantee", "credit"), "302 200 200 403 404 403 403 404"),
    "evidence-add": (("guarantee",), "302 200 200 403 404 403 403 404"),
    "evidence": (("evidence",), "302 200 200 200 404 200 200 404"),
    "dispute-settle": (("dispute",), "302 200 200 403 404 403 403 404"),
    "import-template": (("of",), "302 200 200 200 200 200 200 200"),
    "unpaid": (("guarantee",), "302 200 200 403 404 403 403 404"),
    "unpaid-send": (("guarantee",), "302 405 405 405 405 405 405 405"),
    "notice": (("notice",), "302 200 200 200 404 200 200 404"),
    "bank-accounts": ((), "302 200 200 200 200 403 403 403"),
    "bank-account-give": ((), "302 200 200 403 200 403 403 403"),
    "service-levels": ((), "200 200 200 200 200 200 200 200"),
    "paper": (("paper", "language"), "302 200 200 200 404 200 200 404"),
    "claims": ((), "302 200 200 200 200 200 200 200"),
    "claim": (("claim",), "302 200 200 200 404 200 200 404"),
    "claim-document": (("claim",), "302 200 200 403 404 403 403 404"),
    "verify": ((), "200 200 200 200 200 200 200 200"),
    "verify-certificate": (("guarantee", "code"), "200 200 200 200 200 200 200 200"),
    "api-requests-list": ((), "403 200 200 200 200 200 200 200"),
    "api-requests-detail": (("asked",), "403 200 200 200 404 200 200 404"),
    "api-guarantees-list": ((), "403 200 200 200 200 200 200 200"),
    "api-guarantees-detail": (("guarantee",), "403 200 200 200 404 200 200 404"),
    "api-schema": ((), "200 200 200 200 200 200 200 200"),
    "design": ((), "200 200 200 200 200 200 200 200"),
    "design-mail": ((), "200 200 200 200 200 200 200 200"),
}


@pytest.fixture
def people_by_role(index: Company) -> dict[str, User | None]:
    _company, stranger = another_company()
    return {
        "visitor": None,
        "owner": person_named("Hélène Roux"),
        "credit manager": person_named("Alice Bernard"),
        "viewer": person_named("Marc Petit"),
        "stranger": stranger,
        "underwriter": person_named("Bruno Keller"),
        "auditor": person_named("Peter Adler"),
        "banker": person_named("Camille Dubois"),
    }


@pytest.fixture
def addresses(index: Company, alice: User, bruno: User, now: datetime, settings: Any) -> dict[str, str]:
    """One object of each kind, all INDEX's, and what stands for it in an address."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    draft = demo.draft_request(index, alice, now)
    pdf = SimpleUploadedFile("order.pdf", b"%PDF-1.4\n%%EOF\n")
    document = requests.add_document(draft.pk, kind="order", file=pdf, actor=alice, at=now)
    requests.submit(draft.pk, actor=alice, at=now)
    asked = requests.start_analysis(draft.pk, at=now)
    requests.ask_information(asked.pk, question="Who are the owners?", actor=bruno, at=now)
    offer = offer_for(analysed_request(index, alice, now), bruno, now)
    guarantee = guarantee_in_force(index, alice, bruno, now)
    invoices = deliver_to_pei(guarantee, alice)
    claim = claim_on_pei(guarantee, invoices, alice)
    notice = guarantee.notices.get(act=Notice.Act.OVERDUE_NOTICE)
    later = instant(date(2027, 12, 1))
    credit = deliveries.declare_credit(
        guarantee.pk, kind="payment", on=date(2027, 11, 30), amount=Decimal("1000.00"), by=alice, at=later
    )
    dispute = deliveries.open_dispute(
        invoices[1].pk, amount=Decimal("500.00"), reason="Tooling", on=date(2027, 11, 30), by=alice, at=later
    )
    pdf.seek(0)
    proof = evidence.add_evidence(guarantee.pk, kind="delivery", file=pdf, invoice=invoices[0], by=alice, at=later)
    owner = person_named("Hélène Roux")
    invitation, token = people.invite(company=index, email="new@index.example", role=Role.VIEWER, by=owner, at=now)
    return {
        "draft": demo.draft_request(index, alice, now).reference,
        "asked": asked.reference,
        "document": str(document.pk),
        "offer": offer.number,
        "guarantee": guarantee.number,
        "invoice": str(invoices[0].pk),
        "notice": notice.number,
        "claim": claim.number,
        "credit": str(credit.pk),
        "dispute": str(dispute.pk),
        "evidence": str(proof.pk),
        "of": "invoices",
        "paper": notice.paper.number,
        "code": guarantee.verification_code,
        "language": "fr",
        "step": "buyer",
        "invitation": str(invitation.pk),
        "membership": str(index.memberships.get(role=Role.VIEWER).pk),
        "token": token,
        "uidb64": "MQ",
        "reset": "not-a-token",
    }


def names_of(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from names_of(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name
        else:
            yield str(pattern.pattern)


def own_names() -> set[str]:
    """Every name but the desk's: its pages are Django's own and are tried below."""
    names = names_of(get_resolver().url_patterns)
    return {name for name in names if not name.startswith("admin:") and name[0] not in "<("}


def test_every_address_has_a_row() -> None:
    assert own_names() == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_role_is_answered_as_the_table_says(
    name: str,
    people_by_role: dict[str, User | None],
    addresses: dict[str, str],
    signed_in: Callable[[User], Client],
    client: Client,
) -> None:
    taken, expected = TABLE[name]
    url = reverse(name, args=[addresses[each] for each in taken])
    answers = {}
    for role in ROLES:
        user = people_by_role[role]
        browser = signed_in(user) if user else client
        response = browser.get(url)
        if response.streaming:
            response.getvalue()  # type: ignore[attr-defined]  # read to its end, the file is closed
        answers[role] = str(response.status_code)
    assert answers == dict(zip(ROLES, expected.split(), strict=True))


def test_the_desk_is_closed_to_everybody_but_staff(
    people_by_role: dict[str, User | None],
    addresses: dict[str, str],
    signed_in: Callable[[User], Client],
    client: Client,
) -> None:
    """Every page of the desk that takes nothing, and the desk's file page."""
    pages = [reverse("admin:file", args=[addresses["asked"]])]
    for name in {name for name in names_of(get_resolver().url_patterns) if name.startswith("admin:")}:
        try:
            pages.append(reverse(name))
        except Exception:  # noqa: BLE001, S112 - addresses that take an object are reached through its own file page
            continue
    assert len(pages) > 15
    for url in pages:
        assert client.get(url).status_code == 302
        for role in ("owner", "credit manager", "viewer", "stranger", "banker"):
            user = people_by_role[role]
            assert user is not None
            status = signed_in(user).get(url).status_code
            assert status in {302, 403, 404}, (url, role, status)
            if status == 302:
                location = signed_in(user).get(url)["Location"]
                assert "sign-in" in location or "/desk/login/" in location or url.endswith("/logout/"), (url, role)


def test_a_draft_is_hidden_from_the_insurer(
    index: Company, alice: User, bruno: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    draft = demo.draft_request(index, alice, now)
    assert signed_in(bruno).get(reverse("file", args=[draft.reference])).status_code == 404
    assert not CoverRequest.objects.visible_to(bruno).exists()
