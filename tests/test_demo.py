"""The demo is the reference case, loaded once, through the same verbs as everything else."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.timezone import localdate

from applications.models import CoverRequest, Status
from claims.account import Account
from claims.clocks import Kind, State
from claims.models import Claim
from parties.models import User
from tests.factories import deliver_everything
from unlockfocus import demo

SHARED_CASE = Path(__file__).resolve().parents[2] / "shared" / "cases" / "index-pei.json"


def test_the_demo_holds_the_facts_of_the_reference_case() -> None:
    if not SHARED_CASE.exists():
        pytest.skip("the reference case lies beside the project only on some machines: ../shared/cases/index-pei.json")
    case = json.loads(SHARED_CASE.read_text(encoding="utf-8"))
    facts = {name: value for name, value in demo.CASE.items() if name != "note"}
    assert facts == {name: value for name, value in case.items() if name not in {"note", "expected"}}


@pytest.mark.django_db
def test_the_demo_is_loaded_once_and_submitted(now: object) -> None:
    call_command("load_demo")
    call_command("load_demo")
    request = CoverRequest.objects.get(order_reference="PEI-2026-1187")
    assert (request.status, request.title) == (Status.SUBMITTED, "PEI · PEI-2026-1187")
    assert User.objects.count() == len(demo.sign_ins()) == 11


@pytest.mark.django_db
def test_the_second_order_is_unpaid_claimed_and_in_collection(now: datetime) -> None:
    call_command("load_demo")
    deliver_everything()
    claim = Claim.objects.get()
    assert (claim.status, claim.cause, str(claim.handler)) == ("in_collection", "protracted_default", "David Moreau")
    account = Account(claim.guarantee, localdate(now))
    assert account.overdue_total == Decimal("1300000.00")
    told = {each.state for each in account.deadlines if each.kind in {Kind.OVERDUE_NOTICE, Kind.CLAIM}}
    assert told == {State.MET}


@pytest.mark.django_db
def test_the_demo_stays_out_of_production(settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("load_demo")
