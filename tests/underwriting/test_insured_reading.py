"""What the insured may read of its buyer's score: a band, reasons in words, what would help; never a figure of it."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.factories import analyse, analysed_request, another_senior, offer_for, submitted_request
from underwriting.actions.analysis import confirm_override, propose_override
from underwriting.actions.decisions import decline
from underwriting.insured_words import RATIOS, STEPS, assessment, band_of
from underwriting.models import Analysis, ModelActivation
from underwriting.scoring.characteristics import CHARACTERISTICS
from underwriting.scoring.overlays import RULES
from underwriting.scoring.versions import versions


def text(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def page(signed_in, who, request):
    return text(signed_in(who).get(reverse("file", args=[request.reference])))


def section(shown):
    """The part of the page about the buyer."""
    start = shown.index("How we see your buyer")
    return shown[start : shown.index("stay with those who gave them", start)]


@pytest.fixture
def card_in_force(index, bruno, sofia, now):
    newest = versions()[-1]
    ModelActivation.objects.create(
        model=newest.model, version=newest.version, reason="Better.", effect={}, proposed_by=bruno, proposed_at=now,
        confirmed_by=sofia, confirmed_at=now,
    )  # fmt: skip


def test_nothing_is_told_while_the_insurer_is_still_judging(index, alice, now, signed_in):
    request = analysed_request(index, alice, now)
    assert "How we see your buyer" not in page(signed_in, alice, request)


def test_with_the_offer_come_the_band_and_the_reasons(index, alice, bruno, now, signed_in):
    request = analysed_request(index, alice, now)
    offer_for(request, bruno, now)
    told = section(page(signed_in, alice, request))
    assert told.startswith("How we see your buyer: sound, grades 4 to 6 of 10")
    assert "What speaks for it Profits kept in the company Strong profitability" in told
    assert "What weighs on it Little equity for its debt Little working capital" in told


def test_it_says_what_would_help_and_where_it_would_lead(card_in_force, index, alice, bruno, now, signed_in):
    """0.6283 % x 1.3 (accounts of 2025 in 2027) would be grade 5; unaudited and alone of their year, too."""
    request = submitted_request(index, alice, now)
    request.accounts.exclude(period_end="2025-12-31").delete()
    request.accounts.update(audited=False)
    analyse(request, now)
    offer_for(request, bruno, now)
    told = section(page(signed_in, alice, request))
    assert "Accounts that are abridged or not audited Accounts of a single year" in told
    assert "What would help Full and audited accounts, saying the same The year before beside them" in told


def test_no_figure_of_the_accounts_nor_of_the_score_is_told(card_in_force, index, alice, bruno, now, signed_in):
    request = analysed_request(index, alice, now)
    offer_for(request, bruno, now)
    told = section(page(signed_in, alice, request))
    assert re.findall(r"\d+", told) == ["4", "6", "10"]


def test_a_refusal_comes_with_its_reasons_too(index, alice, bruno, now, signed_in):
    request = analysed_request(index, alice, now)
    decline(request.pk, reasons="Too much for one buyer.", by=bruno, at=now)
    assert "How we see your buyer: sound" in page(signed_in, alice, request)


def test_a_grade_set_by_hand_is_told_as_such(index, alice, bruno, sofia, now, signed_in):
    request = analysed_request(index, alice, now)
    analysis = Analysis.objects.get()
    override = propose_override(analysis.pk, grade=7, reason="A supplier told us.", by=bruno, at=now)
    confirm_override(override.pk, by=sofia, at=now)
    offer = offer_for(request, another_senior(), now)
    assert offer.status == "open"
    told = section(page(signed_in, alice, request))
    assert told.startswith("How we see your buyer: weak, grades 7 to 8 of 10")
    assert "two of them signed the grade" in told
    assert "supplier" not in told


def test_without_a_grade_there_is_nothing_to_tell(index, alice, now):
    request = submitted_request(index, alice, now)
    request.accounts.all().delete()
    assert assessment(analyse(request, now)) is None
    assert assessment(None) is None


@pytest.mark.parametrize(
    ("grade", "band"),
    [
        (1, ("strong", 1, 3)),
        (3, ("strong", 1, 3)),
        (4, ("sound", 4, 6)),
        (8, ("weak", 7, 8)),
        (10, ("in distress", 9, 10)),
    ],
)
def test_ten_grades_make_four_bands(grade, band):
    found = band_of(grade)
    assert (found.word, found.best, found.worst) == band


def test_every_ratio_and_every_step_has_words():
    assert set(CHARACTERISTICS) == set(RATIOS)
    assert set(RULES) == set(STEPS)
