"""The score on the desk's file: the model in force, the scorecard beside it, every ratio, what would change it."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.factories import analyse, analysed_request, submitted_request
from underwriting import opinion_words, outlook_words, ratio_words
from underwriting.models import Analysis, ModelActivation, SectorRatio
from underwriting.scoring.characteristics import CHARACTERISTICS
from underwriting.scoring.outlook import REMEDIES
from underwriting.scoring.overlays import RULES
from underwriting.scoring.second_opinions import OPINIONS
from underwriting.scoring.versions import versions
from underwriting.words import _OVERLAY_SPEAKERS


@pytest.fixture
def request_of_index(index, alice, now):
    """PEI scored by the formula: grade 6, PD 1.5 %."""
    return analysed_request(index, alice, now)


@pytest.fixture
def card_in_force(index, bruno, sofia, now):
    newest = versions()[-1]
    return ModelActivation.objects.create(
        model=newest.model,
        version=newest.version,
        reason="Better on companies it has not seen.",
        effect={},
        proposed_by=bruno,
        proposed_at=now,
        confirmed_by=sofia,
        confirmed_at=now,
    )


def text(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def desk(signed_in, who, request):
    return text(signed_in(who).get(reverse("admin:file", args=[request.reference])))


# --- The newest scorecard beside the formula --------------------------------------------------------------------------


def test_the_underwriter_reads_it_beside_the_score_in_force(request_of_index, signed_in, bruno):
    """The worked example of docs/rules/scorecard.md: 24 points, PD 0.6283 %, grade 4."""
    shown = desk(signed_in, bruno, request_of_index)
    assert "Altman's Z'' (emerging markets): 6.05 points" in shown
    assert "The scorecard would say grade 4, PD 0.63%" in shown
    assert "A second reading of the same accounts: it sets no price and no limit." in shown
    assert (
        "Equity and long-term debt over assets is 52.9%: 29 points below the best; from 55.0% on it would gain 17. "
        "Half of the companies the scorecard was made from have 63.4% or more, worth 17 points more." in shown
    )
    assert "Altman's Z'' (emerging markets) 6.05 safe" in shown


def test_it_moves_neither_the_grade_in_use_nor_the_price(request_of_index):
    analysis = Analysis.objects.get()
    assert (analysis.grade_in_use, str(analysis.pd_in_use.normalize())) == (6, "0.015")


def test_without_accounts_there_is_no_second_reading(request_of_index, signed_in, bruno):
    Analysis.objects.update(inputs={"accounts": {"years": []}})
    assert "scorecard" not in desk(signed_in, bruno, request_of_index).lower()


# --- The scorecard in force -------------------------------------------------------------------------------------------


def test_once_in_force_the_card_scores_new_files(card_in_force, index, alice, now, signed_in, bruno):
    request = analysed_request(index, alice, now)
    analysis = Analysis.objects.get()
    assert (analysis.model, analysis.model_version, analysis.grade, str(analysis.pd)) == (
        "points",
        "2026.1",
        4,
        "0.006283",
    )
    shown = desk(signed_in, bruno, request)
    assert "Scorecard: 24 points" in shown
    assert "at a base rate of 2.0% a year" in shown
    assert "Scorecard 2026.1, full card" in shown
    assert "The scorecard would say" not in shown


def test_its_steps_after_the_model_are_told_one_by_one(card_in_force, index, alice, now, signed_in, bruno):
    request = submitted_request(index, alice, now)
    request.accounts.update(audited=False)
    analyse(request, now)
    shown = desk(signed_in, bruno, request)
    assert "The accounts are not audited. The PD goes from 0.63% to 0.69%." in shown
    assert "0.63% on the accounts alone" in shown
    assert "Full and audited accounts, saying the same Grade 4 good 0.63%" in shown


def test_abridged_accounts_use_the_short_card_and_cost_a_step(card_in_force, index, alice, now, signed_in, bruno):
    request = submitted_request(index, alice, now)
    for year in request.accounts.all():
        for item in ("short_term_liabilities", "long_term_liabilities", "depreciation", "financial_expenses"):
            year.items.pop(item)
        year.save()
    analyse(request, now)
    shown = desk(signed_in, bruno, request)
    assert "Scorecard: 33 points" in shown
    assert "short card, for abridged accounts" in shown
    assert "The accounts are abridged. The PD goes from 0.52% to 0.58%." in shown


# --- Ratios year by year ----------------------------------------------------------------------------------------------


def test_every_ratio_stands_in_its_bin_year_by_year_and_among_its_peers(request_of_index, signed_in, bruno):
    shown = desk(signed_in, bruno, request_of_index)
    assert "Operating margin 5.3% +5 points 5.1% +5 points 3.3% to 5.5% above the median" in shown
    assert (
        "Equity and long-term debt over assets 52.9% −13 points 54.4% −13 points 31.0% to 55.0% below the median"
        in shown
    )
    assert "Growth of sales 6.6% −3 points – −0.8% to 6.7% below the median" in shown
    assert "Points 24 27" in shown


def test_a_sector_that_is_known_takes_the_place_of_the_sample(request_of_index, signed_in, bruno, now):
    request_of_index.buyer.sector = "29"
    request_of_index.buyer.save()
    SectorRatio.objects.create(
        valid_from=now, sector="29", ratio="operating_margin", lower=0.04, median=0.06, upper=0.09, source="A survey"
    )
    analyse(request_of_index, now)
    shown = desk(signed_in, bruno, request_of_index)
    assert "among the companies of NACE division 29. A survey" in shown
    assert "3.3% to 5.5% below the median" in shown
    assert "Half of the companies of NACE division 29 have 6.0% or more, worth 16 points more." in shown


# --- What would change the grade --------------------------------------------------------------------------------------


def test_what_would_change_the_grade_of_the_formula(request_of_index, signed_in, bruno):
    """Z'' is 6.05; an AA rating from 7.00 on would be grade 5, below 4.75 a B rating grade 7."""
    shown = desk(signed_in, bruno, request_of_index)
    assert "Working capital over assets from 14.3% to 28.8% (+0.95 points) Grade 5 average 0.90%" in shown
    assert "Operating profit over assets, now 9.2%, below −10.1% (−1.30 points) Grade 7 weak 3.00%" in shown


def test_what_would_change_the_grade_of_the_card(card_in_force, request_of_index, signed_in, bruno):
    shown = desk(signed_in, bruno, request_of_index)
    assert "Operating margin, now 5.3%, below 3.3% (−5 points) Grade 5 average 0.69%" in shown
    assert (
        "Growth of sales from 6.6% to 6.7%; Operating margin from 5.3% to 5.5%; Equity and long-term debt over assets "
        "from 52.9% to 55.0%, together (+47 points) Grade 3 strong 0.27%" in shown
    )
    assert "Each line is the buyer scored again with this one thing changed." in shown


# --- Words ------------------------------------------------------------------------------------------------------------


def test_every_formula_ratio_remedy_and_step_has_words():
    assert {formula.__name__ for formula, _zone in OPINIONS} == set(opinion_words.OPINIONS)
    assert set(CHARACTERISTICS) <= set(ratio_words.RATIOS)
    assert set(REMEDIES.values()) == set(outlook_words.REMEDIES)
    assert set(RULES) == set(_OVERLAY_SPEAKERS)
