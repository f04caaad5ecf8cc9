"""The dated terms of scores, base rates and sectors: what holds on which day, who sets it, what a replay says."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions as requests
from applications.models import CoverRequest
from journal.models import Entry
from journal.timeline import timeline
from parties.models import Buyer, InsurerRole
from tests.factories import (
    analyse,
    analysed_request,
    another_senior,
    bound_guarantee,
    instant,
    offer_for,
    person_named,
    submitted_request,
)
from tests.underwriting.test_drift_report import buyer_number, keep, with_duty
from underwriting.abilities import desk_abilities
from underwriting.actions.analysis import NotAllowed, request_analysis
from underwriting.actions.decisions import ask, decline
from underwriting.actions.sectors import NoSuchSector, choose_sector
from underwriting.models import BaseRate, BuyerIncident, BuyerStatement, ModelActivation, ScoringTerms, SectorRatio
from underwriting.scoring.stored import as_dict
from underwriting.scoring.versions import versions
from underwriting.scoring_inputs import base_rate_of, score_from_inputs, sector_ratios
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)
CARD = versions()[-1]


def text_of(response: Any) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def card_in_force(sofia, now) -> None:
    """The newest scorecard scores new files."""
    ModelActivation.objects.create(
        model=CARD.model,
        version=CARD.version,
        reason="Better.",
        effect={},
        proposed_by=sofia,
        proposed_at=now,
        confirmed_by=another_senior(),
        confirmed_at=now,
    )


def terms_from(day: date, **changes: Any) -> ScoringTerms:
    """The terms in force ended on a day and followed by others."""
    terms = ScoringTerms.objects.get()
    ScoringTerms.objects.update(ended_on=day)
    terms.pk, terms.version, terms.valid_from = None, "2026-2", day
    for name, value in changes.items():
        setattr(terms, name, value)
    terms.save()
    return terms


# --- What holds on which day ------------------------------------------------------------------------------------------


def test_terms_of_tomorrow_change_no_analysis_of_today(index, alice, now):
    request = submitted_request(index, alice, now)
    request.accounts.update(audited=False)
    before = analyse(request, now)
    terms_from(TOMORROW, unaudited_factor=Decimal("2.00"))
    again = analyse(request, now)
    assert (before.pd, again.pd) == (Decimal("0.0165"), Decimal("0.0165"))
    with time_machine.travel(instant(TOMORROW), tick=False):
        after = analyse(request, instant(TOMORROW))
    assert after.pd == Decimal("0.03")
    for kept in (before, again, after):
        assert as_dict(score_from_inputs(kept.inputs)) == kept.result


def test_a_base_rate_of_tomorrow_changes_no_score_of_today(index, alice, now, card_in_force):
    request = submitted_request(index, alice, now)
    before = analyse(request, now)
    BaseRate.objects.create(valid_from=TOMORROW, country="RO", rate=Decimal("0.04"))
    assert analyse(request, now).pd == before.pd == Decimal("0.006283")
    with time_machine.travel(instant(TOMORROW), tick=False):
        after = analyse(request, instant(TOMORROW))
    assert after.pd == Decimal("0.012745")
    assert as_dict(score_from_inputs(before.inputs)) == before.result


RATES = {("", ""): "0.02", ("", "28"): "0.03", ("RO", ""): "0.04", ("RO", "28"): "0.05"}


@pytest.mark.parametrize(
    ("country", "sector", "rate"),
    [
        ("RO", "28", "0.05"),
        ("RO", "10", "0.04"),
        ("RO", "", "0.04"),
        ("DE", "28", "0.03"),
        ("DE", "10", "0.02"),
        ("DE", "", "0.02"),
    ],
)
def test_the_base_rate_that_fits_best_counts(country, sector, rate):
    BaseRate.objects.all().delete()
    for (of_country, of_sector), failures in RATES.items():
        BaseRate.objects.create(
            valid_from=date(2026, 1, 1), country=of_country, sector=of_sector, rate=Decimal(failures)
        )
    assert base_rate_of(country, sector, TODAY) == Decimal(rate)


def test_the_score_takes_the_rate_and_the_peers_of_the_buyers_sector(index, alice, bruno, now, card_in_force):
    request = analysed_request(index, alice, now)
    BaseRate.objects.create(valid_from=TODAY, sector="29", rate=Decimal("0.03"))
    SectorRatio.objects.create(
        valid_from=TODAY, sector="29", ratio="operating_margin", lower=0.01, median=0.06, upper=0.1, source="Test 2025"
    )
    before = request_analysis(request, at=now)
    choose_sector(request.pk, sector="29", by=bruno, at=now)
    after = analyse(request, now)
    assert before.pk == after.pk
    assert (after.inputs["base_rate"], after.inputs["sector"]["name"]) == ("0.030000", "29")
    assert {reason.facts["peers"] for reason in after.score.reasons if reason.facts["ratio"] == "operating_margin"} == {
        "29"
    }


# --- Who sets them, and what is refused -------------------------------------------------------------------------------

DATED = ("scoringterms", "baserate", "sectorratio")


@pytest.mark.parametrize("name", DATED)
def test_all_staff_read_the_terms_and_only_seniors_add(name, peter, sofia, now, signed_in):
    auditor = signed_in(peter)
    assert auditor.get(reverse(f"admin:underwriting_{name}_changelist")).status_code == 200
    assert auditor.get(reverse(f"admin:underwriting_{name}_add")).status_code == 403
    assert signed_in(sofia).get(reverse(f"admin:underwriting_{name}_add")).status_code == 200
    assert reverse(f"admin:underwriting_{name}_changelist") in auditor.get("/desk/").content.decode()


def scoring_terms(**changes: str) -> dict[str, str]:
    """The form as the first terms fill it, from today."""
    names = [
        field.name for field in ScoringTerms._meta.fields if field.name not in {"id", "ended_on", "version", "source"}
    ]
    first = {name: str(getattr(ScoringTerms.objects.get(version="2026-1"), name)) for name in names}
    return first | {"version": "2026-2", "valid_from": TODAY.isoformat(), "source": "Test"} | changes


def test_new_terms_open_with_what_the_newest_say(sofia, now, signed_in):
    page = signed_in(sofia).get(reverse("admin:underwriting_scoringterms_add"))
    initial = page.context["adminform"].form.initial
    assert (initial["stale_months"], initial["old_factor"]) == (24, Decimal("1.70"))
    assert "version" not in initial


def test_new_terms_hold_from_their_first_day(sofia, now, signed_in):
    signed_in(sofia).post(reverse("admin:underwriting_scoringterms_add"), scoring_terms(late_worst_grades="3"))
    assert ScoringTerms.objects.in_force(TODAY).first().late_worst_grades == 3
    assert ScoringTerms.objects.in_force(TODAY - timedelta(days=1)).first().late_worst_grades == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"old_months": "11"}, "This may not be less than “Accounts count as recent for, months”."),
        ({"stale_months": "17"}, "This may not be less than “Accounts count as old after, months”."),
        ({"old_factor": "1.2"}, "This may not be less than “PD factor of accounts no longer recent”."),
        ({"unaudited_factor": "0.9"}, "Ensure this value is greater than or equal to 1."),
        ({"stale_best_grade": "10"}, "Ensure this value is less than or equal to 9."),
        ({"version": "2026-1"}, "already exists"),
        ({"valid_from": "2026-11-23"}, "This day has passed"),
    ],
)
def test_terms_that_make_no_sense_are_refused(changes, sentence, sofia, now, signed_in):
    answer = signed_in(sofia).post(reverse("admin:underwriting_scoringterms_add"), scoring_terms(**changes))
    assert sentence in text_of(answer)
    assert ScoringTerms.objects.count() == 1


RATIO = {"valid_from": "2026-11-24", "sector": "28", "ratio": "current_ratio", "lower": "1.1", "median": "1.5",
         "upper": "2.2", "source": "Test"}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ratio": "quick_ratio"}, "quick_ratio is not one of the available choices"),
        ({"sector": "04"}, "04 is not one of the available choices"),
        ({"sector": ""}, "This field is required."),
        ({"median": "3"}, "Lower quartile, median and upper quartile are not in order."),
    ],
)
def test_a_ratio_of_a_sector_is_one_of_the_cards_and_in_order(changes, sentence, sofia, now, signed_in):
    answer = signed_in(sofia).post(reverse("admin:underwriting_sectorratio_add"), RATIO | changes)
    assert sentence in text_of(answer)
    assert not SectorRatio.objects.exists()


def test_lists_read_sectors_and_ratios_in_words(sofia, now, signed_in):
    browser = signed_in(sofia)
    browser.post(reverse("admin:underwriting_sectorratio_add"), RATIO)
    page = text_of(browser.get(reverse("admin:underwriting_sectorratio_changelist")))
    assert "28 Manufacture of machinery and equipment n.e.c." in page
    assert "Current assets over short-term debt" in page
    rate = {"valid_from": "2026-11-24", "country": "RO", "sector": "28", "rate": "0.035", "source": "Test"}
    browser.post(reverse("admin:underwriting_baserate_add"), rate)
    page = text_of(browser.get(reverse("admin:underwriting_baserate_changelist")))
    assert "Romania" in page
    assert "3.5%" in page
    assert base_rate_of("RO", "28", TODAY) == Decimal("0.035")


def test_a_row_of_a_sector_is_ended_and_nothing_else_of_it_changes(sofia, peter, now, signed_in):
    browser = signed_in(sofia)
    browser.post(reverse("admin:underwriting_sectorratio_add"), RATIO)
    row = SectorRatio.objects.get()
    page = reverse("admin:underwriting_sectorratio_change", args=[row.pk])
    for reader in (sofia, peter):
        read = text_of(signed_in(reader).get(page))
        assert "Current assets over short-term debt" in read
        assert "28 Manufacture of machinery" in read
    browser.post(page, {"ended_on": "2026-12-01", "ratio": "size", "median": "9"})
    row.refresh_from_db()
    assert (row.ended_on, row.ratio, row.median) == (date(2026, 12, 1), "current_ratio", 1.5)


# --- What we hold of buyers -------------------------------------------------------------------------------------------


def test_a_statement_leads_to_the_file_it_came_with(index, alice, peter, now, signed_in):
    file = analysed_request(index, alice, now)
    page = reverse("admin:underwriting_buyerstatement_change", args=[BuyerStatement.objects.last().pk])
    assert reverse("admin:file", args=[file.reference]) in signed_in(peter).get(page).content.decode()


def test_statements_and_incidents_are_read_and_found_by_buyer(peter, sofia, now, signed_in):
    keep(buyer_number(1))
    keep(buyer_number(2))
    BuyerIncident.objects.create(
        buyer=Buyer.objects.first(), kind="insolvency", reference="G-1", since=TODAY, noted_at=now
    )
    for name in ("buyerstatement", "buyerincident"):
        listed = reverse(f"admin:underwriting_{name}_changelist")
        for reader in (peter, sofia):
            browser = signed_in(reader)
            assert "Buyer 1" in text_of(browser.get(listed))
            assert browser.get(reverse(f"admin:underwriting_{name}_add")).status_code == 403
        assert listed in browser.get("/desk/").content.decode()
    page = text_of(browser.get(reverse("admin:underwriting_buyerstatement_changelist"), {"q": "R00000002"}))
    assert "Buyer 2" in page
    assert "Buyer 1" not in page
    assert "96,400,000.00" in page
    for kept in (BuyerStatement.objects.first(), BuyerIncident.objects.first()):
        one = reverse(f"admin:underwriting_{kept._meta.model_name}_change", args=[kept.pk])
        assert browser.get(one).status_code == 200
        assert browser.post(one, {"currency": "EUR"}).status_code == 403
    assert "168,300,000.00" in page


@pytest.mark.parametrize("name", ["buyerstatement", "buyerincident", "baserate", "sectorratio", "scoringterms"])
def test_lists_cost_the_same_queries_with_one_row_and_with_twenty(name, peter, now, signed_in):
    browser, listed = signed_in(peter), reverse(f"admin:underwriting_{name}_changelist")
    counts = []
    for first, last in ((0, 1), (1, 20)):
        for number in range(first, last):
            a_row_of_each(number, now)
        with CaptureQueriesContext(connection) as queries:
            browser.get(listed)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def a_row_of_each(number: int, now: Any) -> None:
    buyer = buyer_number(number)
    keep(buyer)
    BuyerIncident.objects.create(buyer=buyer, kind="overdue", reference=f"G {number}", since=TODAY, noted_at=now)
    BaseRate.objects.create(valid_from=TODAY, sector=f"{number + 10}", rate=Decimal("0.02"))
    SectorRatio.objects.create(
        valid_from=TODAY, sector=f"{number + 10}", ratio="size", lower=1, median=2, upper=3, source=""
    )
    terms_version = ScoringTerms.objects.order_by("pk").first()
    terms_version.pk, terms_version.version = None, f"T{number}"
    terms_version.save()


# --- Sectors from a file ----------------------------------------------------------------------------------------------

GOOD = """sector,ratio,lower,median,upper
28,current_ratio,1.1,1.5,2.2
28,operating_margin,-0.01,0.04,0.09
29,current_ratio,1.0,1.3,1.9
"""


@pytest.fixture
def load(tmp_path: Path, now: Any) -> Callable[..., str]:
    """Run the command on a file of this text."""

    def run(text: str | bytes, *, source: str = "Statistics 2025", on: date = TODAY) -> str:
        file = tmp_path / "sectors.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        out = StringIO()
        call_command("load_sector_ratios", str(file), "--source", source, "--from", on.isoformat(), stdout=out)
        return out.getvalue().strip()

    return run


def quartiles(sector: str, on: date) -> Any:
    found = sector_ratios(sector, on)
    return found and found["quartiles"]


def test_a_file_is_loaded_from_its_day(load):
    assert load(GOOD, on=TOMORROW) == "3 rows added, 0 there already"
    assert quartiles("28", TODAY) is None
    assert quartiles("28", TOMORROW) == {"current_ratio": [1.1, 1.5, 2.2], "operating_margin": [-0.01, 0.04, 0.09]}
    assert sector_ratios("29", TOMORROW)["source"] == "Statistics 2025"


def test_twice_is_the_same_as_once_even_on_a_later_day(load):
    load(GOOD)
    before = list(SectorRatio.objects.order_by("pk").values())
    assert load(GOOD) == "0 rows added, 3 there already"
    with time_machine.travel(instant(date(2027, 3, 1)), tick=False):
        assert load(GOOD) == "0 rows added, 3 there already"
    assert list(SectorRatio.objects.order_by("pk").values()) == before


def test_newer_figures_end_the_older_ones_and_leave_the_rest(load):
    load(GOOD)
    newer = "sector,ratio,lower,median,upper\n28,current_ratio,1.2,1.6,2.3\n"
    assert load(newer, source="Statistics 2026", on=date(2027, 1, 1)) == "1 rows added, 0 there already"
    assert quartiles("28", date(2026, 12, 31))["current_ratio"] == [1.1, 1.5, 2.2]
    assert quartiles("28", date(2027, 1, 1)) == {
        "current_ratio": [1.2, 1.6, 2.3],
        "operating_margin": [-0.01, 0.04, 0.09],
    }
    ended = SectorRatio.objects.get(median=1.5)
    assert (ended.ended_on, ended.valid_from, ended.source) == (date(2027, 1, 1), TODAY, "Statistics 2025")


def test_the_same_day_corrected_keeps_the_wrong_row_and_uses_the_right_one(load):
    load(GOOD)
    load(GOOD.replace("1.1,1.5,2.2", "1.1,1.4,2.2"))
    assert quartiles("28", TODAY)["current_ratio"] == [1.1, 1.4, 2.2]
    assert SectorRatio.objects.filter(sector="28", ratio="current_ratio").count() == 2
    assert SectorRatio.objects.get(median=1.5).ended_on == TODAY


def test_a_past_day_and_a_day_before_later_rows_are_refused_whole(load):
    with pytest.raises(CommandError, match="This day has passed"):
        load(GOOD, on=TODAY - timedelta(days=1))
    load("sector,ratio,lower,median,upper\n29,current_ratio,1.0,1.2,1.9\n", on=TOMORROW)
    with pytest.raises(CommandError, match="29 current_ratio: another row begins on 2026-11-25 already"):
        load(GOOD)
    assert SectorRatio.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "line 1, column sector: missing"),
        ("sector,ratio,lower,median\n", "line 1, column upper: missing"),
        (GOOD.replace("upper", "upper,year", 1), r"line 1, column 6 \('year'\): twice, or none of ours"),
        ("sector,ratio,lower,median,upper\n", "line 2: no rows"),
        (
            GOOD.replace("28,operating_margin", "28,margin"),
            "line 3, column ratio: a ratio of the scorecards .* 'margin'",
        ),
        (GOOD.replace("29,", "04,"), "line 4, column sector: a NACE division of two digits is expected, not '04'"),
        (GOOD.replace("29,", "28.41,"), "line 4, column sector: a NACE division"),
        (GOOD.replace("0.04", "four"), "line 3, column median: a number is expected, not 'four'"),
        (GOOD.replace("0.04", "nan"), "line 3, column median: a number is expected"),
        (GOOD.replace("0.04", "1_0"), "line 3, column median: a number is expected"),
        (GOOD.replace("0.04", ""), "line 3, column median: a number is expected"),
        (GOOD.replace("0.04", "0.1"), "line 3, column median: not between the lower and the upper quartile"),
        (GOOD.replace("29,current", "28,current"), "line 4, column ratio: 28 current_ratio stands above already"),
        (GOOD.replace("1.3,1.9", "1.3"), "line 4: 4 cells under 5 columns"),
        (GOOD.replace("1.9", '"1.9'), "line 4: unexpected end of data"),
        (GOOD.encode().replace(b"29,", b"\xff9,"), "line 4, column sector: a NACE division"),
    ],
)
def test_a_malformed_line_is_refused_with_its_place_and_nothing_is_loaded(load, text, refusal):
    with pytest.raises(CommandError, match=refusal):
        load(text)
    assert not SectorRatio.objects.exists()


def test_columns_stand_in_any_order_after_a_byte_order_mark(load):
    text = b"\xef\xbb\xbfratio,upper,median,lower,sector\r\ncurrent_ratio,2.2,1.5,1.1,28\r\n"
    assert load(text) == "1 rows added, 0 there already"
    assert quartiles("28", TODAY) == {"current_ratio": [1.1, 1.5, 2.2]}


def test_a_file_that_is_not_there_and_a_source_nobody_gave_are_refused(load, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_sector_ratios", str(tmp_path / "none.csv"), "--source", "S", "--from", "2026-11-24")
    with pytest.raises(CommandError, match="a source of 1 to 300 characters"):
        load(GOOD, source=" ")


# --- The buyer's sector -----------------------------------------------------------------------------------------------


@pytest.fixture
def file(index, alice, now) -> CoverRequest:
    return analysed_request(index, alice, now)


def address(file: CoverRequest) -> str:
    return reverse("admin:file-sector", args=[file.reference])


def test_an_underwriter_chooses_the_sector_and_the_file_tells_it(file, bruno, alice, now, signed_in):
    browser = signed_in(bruno)
    assert "Choose the sector" in text_of(browser.get(reverse("admin:file", args=[file.reference])))
    page = text_of(browser.get(address(file)))
    assert "The next score of this buyer takes its base rate and its peers from the sector" in page
    answer = browser.post(address(file), {"sector": "29"}, follow=True)
    assert "The sector is kept; the next score takes it." in text_of(answer)
    assert "29 Manufacture of motor vehicles, trailers and semi-trailers" in text_of(answer)
    assert "Change the sector" in text_of(answer)
    assert Buyer.objects.get(pk=file.buyer_id).sector == "29"
    assert Entry.objects.get(event="sector.chosen").data == {"sector": "29", "before": ""}
    told = [line.sentence for line in timeline(file.journal_key, insurer=True)]
    assert "The buyer's sector was set to NACE division 29" in told
    assert not any("NACE" in line.sentence for line in timeline(file.journal_key, insurer=False))


@pytest.mark.parametrize(("sector", "sentence"), [("", "This field is required."), ("04", "not one of the available")])
def test_what_is_no_division_is_refused_at_the_field(file, bruno, signed_in, sector, sentence):
    answer = signed_in(bruno).post(address(file), {"sector": sector})
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)


def test_the_same_sector_again_is_said_and_not_recorded(file, bruno, now, signed_in):
    choose_sector(file.pk, sector="29", by=bruno, at=now)
    answer = signed_in(bruno).post(address(file), {"sector": "29"})
    assert (answer.status_code, "This is the buyer's sector already." in text_of(answer)) == (422, True)
    assert Entry.objects.filter(event="sector.chosen").count() == 1


def test_the_act_checks_for_itself(file, bruno, peter, now):
    with pytest.raises(NotAllowed):
        choose_sector(file.pk, sector="29", by=peter, at=now)
    with pytest.raises(NoSuchSector):
        choose_sector(file.pk, sector="04", by=bruno, at=now)
    decline(file.pk, reasons="Too weak.", by=bruno, at=now)
    with pytest.raises(IllegalTransition):
        choose_sector(file.pk, sector="29", by=bruno, at=now)
    assert Buyer.objects.get(pk=file.buyer_id).sector == ""


def test_the_sector_is_chosen_while_the_buyer_may_still_be_scored(index, alice, bruno, now):
    submitted = submitted_request(index, alice, now)
    asked = analysed_request(index, alice, now)
    ask(asked.pk, question="Who owns it?", by=bruno, at=now)
    offered = offer_for(analysed_request(index, alice, now), bruno, now).request
    bound = bound_guarantee(index, alice, bruno, now).request
    withdrawn = submitted_request(index, alice, now)
    requests.withdraw(withdrawn.pk, actor=alice, at=now)
    may = [
        "sector" in desk_abilities(CoverRequest.objects.get(pk=each.pk), bruno, TODAY)
        for each in (submitted, asked, offered, bound, withdrawn)
    ]
    assert may == [True, True, True, False, False]


ROLES = dict.fromkeys(InsurerRole.values, "403 403") | {
    InsurerRole.UNDERWRITER: "200 302",
    InsurerRole.SENIOR_UNDERWRITER: "200 302",
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_of_the_insurer_is_answered_as_the_table_says(role, file, signed_in):
    browser = signed_in(with_duty(role))
    answers = [browser.get(address(file)), browser.post(address(file), {"sector": "29"})]
    assert " ".join(str(each.status_code) for each in answers) == ROLES[role]
    assert Entry.objects.filter(event="sector.chosen").exists() is ("302" in ROLES[role])


@pytest.mark.parametrize("name", ["Hélène Roux", "Alice Bernard", "Marc Petit", "Camille Dubois"])
def test_nobody_else_enters(name, file, signed_in, client):
    assert signed_in(person_named(name)).get(address(file)).status_code in {302, 403}
    assert signed_in(person_named(name)).post(address(file), {"sector": "29"}).status_code in {302, 403}
    assert client.get(address(file)).status_code == 302
    assert Buyer.objects.get(pk=file.buyer_id).sector == ""


def test_an_auditor_reads_the_sector_and_finds_no_way_to_change_it(file, bruno, peter, now, signed_in):
    choose_sector(file.pk, sector="29", by=bruno, at=now)
    page = signed_in(peter).get(reverse("admin:file", args=[file.reference]))
    assert "29 Manufacture of motor vehicles" in text_of(page)
    assert address(file) not in page.content.decode()
