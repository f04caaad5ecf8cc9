"""Every page of the desk about a claim, its money and the figures x every role of the insurer, from one table.

The columns are what a GET answers to a claims handler, a claims approver, an underwriter, the compliance officer and an
auditor. Nobody outside the insurer's staff enters at all: that is tried on every page here too. `tests/test_access.py`
has the table of everything outside the desk.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from claims import desk_urls, events
from claims.actions import accounts, closing, collection, extensions, indemnities
from claims.models import BankFile, Claim, CollectionStep, InstalmentPlan
from journal.models import Entry
from parties.models import Bank, Company, User
from tests.claims.money import LOST_ON, OTHER_IBAN, claim_in_collection, paid
from tests.factories import instant, person_named

ROLES = {
    "handler": "David Moreau",
    "approver": "Inês Costa",
    "underwriter": "Bruno Keller",
    "compliance officer": "Jana Nováková",
    "auditor": "Peter Adler",
}
OUTSIDE = ("Hélène Roux", "Alice Bernard", "Marc Petit", "Camille Dubois")

# name: (what its address takes, what each role is answered)
TABLE: dict[str, tuple[tuple[str, ...], str]] = {
    "extension-consent": (("question",), "200 200 200 200 200"),
    "claim": (("claim",), "200 200 200 200 200"),
    "claim-take": (("claim",), "405 405 405 405 405"),
    "claim-find": (("claim",), "404 404 403 403 403"),  # which question is named in the query
    "claim-ask": (("claim",), "200 200 403 403 403"),
    "claim-collect": (("claim",), "405 405 405 405 405"),
    "claim-suspend": (("claim",), "200 200 403 403 403"),
    "claim-resume": (("claim",), "405 405 405 405 405"),
    "claim-collection": (("claim",), "200 200 200 200 200"),
    "claim-step": (("claim",), "200 200 403 403 403"),
    "claim-cost": (("claim", "step"), "403 200 403 403 403"),
    "claim-contact": (("claim",), "200 200 403 403 403"),
    "claim-promise": (("claim",), "200 200 403 403 403"),
    "claim-plan": (("claim",), "200 200 403 403 403"),
    "claim-plan-end": (("claim", "plan"), "200 200 403 403 403"),
    "claim-filing": (("claim",), "200 200 403 403 403"),
    "claim-collector": (("claim",), "200 200 403 403 403"),
    "claim-declare-collected": (("claim", "step"), "405 405 405 405 405"),
    "claim-reserve": (("claim",), "200 200 403 403 403"),
    "claim-indemnity": (("claim",), "200 200 200 200 200"),
    "claim-prepare": (("claim",), "200 200 403 403 403"),
    "claim-interim": (("claim",), "200 200 403 403 403"),
    "claim-sign": (("prepared",), "403 200 403 403 403"),
    "claim-return": (("prepared",), "403 200 403 403 403"),
    "claim-refuse": (("prepared",), "403 200 403 403 403"),
    "claim-recoveries": (("claim",), "200 200 200 200 200"),
    "claim-recover": (("paid claim",), "200 200 403 403 403"),
    "claim-close": (("paid claim",), "200 200 403 403 403"),
    "claim-reopen": (("closed claim",), "403 200 403 403 403"),
    "claims-portfolio": ((), "200 200 200 200 200"),
    "payments": ((), "200 200 403 200 200"),
    "payment-order": ((), "422 422 403 403 403"),  # nothing is chosen
    "payment-file": (("payment file",), "200 200 403 403 403"),
    "bank-file-add": ((), "405 405 405 405 405"),
    "bank-file": (("bank file",), "200 200 403 200 200"),
    "accounts": ((), "200 200 403 200 200"),
    "account-confirm": (("account",), "200 200 403 403 403"),
    "account-refuse": (("account",), "200 200 403 403 403"),
    "account-give": (("bank",), "200 200 403 403 403"),
}


@pytest.fixture
def addresses(index: Company, alice: User, bruno: User, now: Any) -> dict[str, str]:
    """Claims of INDEX in collection, awaiting a signature, paid and closed, with one object of each kind."""
    david, ines = person_named("David Moreau"), person_named("Inês Costa")
    settled = claim_in_collection(index, alice, bruno, david, now)
    indemnity = paid(settled, david, ines)
    ended = claim_in_collection(index, alice, bruno, david, now)
    closing.close(ended.pk, reason="Withdrawn", by=david, at=instant(LOST_ON))
    waiting = claim_in_collection(index, alice, bruno, david, now)
    prepared = indemnities.prepare(waiting.pk, by=david, at=instant(LOST_ON))
    claim = claim_in_collection(index, alice, bruno, david, now)
    step, plan = collected(claim, david)
    extensions.ask_for_consent(
        claim.guarantee_id,
        list(claim.invoices.all()),
        until=date(2028, 9, 1),
        reason="",
        by=alice,
        at=instant(date(2027, 12, 3)),
    )
    given = accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=instant(LOST_ON))
    return {
        "claim": claim.number,
        "step": str(step.pk),
        "plan": str(plan.pk),
        "question": str(Entry.objects.filter(event=events.EXTENSION_ASKED).latest("pk").pk),
        "prepared": prepared.number,
        "paid claim": settled.number,
        "closed claim": ended.number,
        "payment file": str(indemnity.payment_file_id),
        "bank file": str(BankFile.objects.get().pk),
        "account": str(given.pk),
        "bank": str(Bank.objects.get().pk),
    }


def collected(claim: Claim, david: User) -> tuple[CollectionStep, InstalmentPlan]:
    """A step with a cost nobody approved, and a plan that runs."""
    at = instant(date(2027, 12, 2))
    pdf = SimpleUploadedFile("receipt.pdf", b"%PDF-1.4\n%%EOF\n")
    facts = collection.StepFacts("negotiation", date(2027, 12, 1), cost=Decimal("100.00"))
    step = collection.take_step(claim.pk, facts, receipt=pdf, by=david, at=at)
    instalments = [(date(2028, 7, 1), Decimal("1000.00"))]
    plan = collection.agree_plan(claim.pk, instalments=instalments, agreed_on=date(2027, 12, 1), by=david, at=at)
    return step, plan


def test_every_page_of_the_claims_people_has_a_row() -> None:
    assert {name for _route, _view, name in desk_urls.PAGES} == set(TABLE)


def test_each_role_is_answered_as_the_table_says(
    addresses: dict[str, str], signed_in: Callable[[User], Client], client: Client, settings: Any
) -> None:
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    people = {role: person_named(name) for role, name in ROLES.items()}
    answered, entered = {}, []
    with time_machine.travel(instant(LOST_ON), tick=False):
        inside = {role: signed_in(user) for role, user in people.items()}
        outside = {name: signed_in(person_named(name)) for name in OUTSIDE} | {"a visitor": client}
        for name, (taken, _expected) in TABLE.items():
            url = reverse(f"admin:{name}", args=[addresses[each] for each in taken])
            answered[name] = (taken, " ".join(str(browser.get(url).status_code) for browser in inside.values()))
            for who, browser in outside.items():
                answers = (browser.get(url), browser.post(url))
                if not all(is_kept_out(each) for each in answers):
                    entered.append((who, name, [each.status_code for each in answers]))
    assert answered == TABLE
    assert entered == []


def is_kept_out(response: Any) -> bool:
    """Forbidden, or sent to sign in."""
    to = response.get("Location", "")
    return response.status_code == 403 or (response.status_code == 302 and ("sign-in" in to or "/desk/login/" in to))
