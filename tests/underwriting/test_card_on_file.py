"""The scorecard on the desk's file: a second reading of the same accounts, for the insurer; it decides nothing."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.factories import analysed_request
from underwriting import card_words
from underwriting.models import Analysis
from underwriting.scoring.second_opinions import OPINIONS


@pytest.fixture
def request_of_index(index, alice, now):
    """PEI scored by the model in force: grade 6, PD 1.5 %."""
    return analysed_request(index, alice, now)


def text(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def desk(signed_in, who, request):
    return text(signed_in(who).get(reverse("admin:file", args=[request.reference])))


def test_the_underwriter_reads_it_beside_the_score_in_force(request_of_index, signed_in, bruno):
    """The worked example of docs/rules/scorecard.md: 24 points, PD 0.6283 %, grade 4."""
    shown = desk(signed_in, bruno, request_of_index)
    assert "The scorecard would say grade 4, PD 0.63%" in shown
    assert "A second reading of the same accounts: it sets no price and no limit." in shown
    assert (
        "Equity and long-term debt over assets is 52.9%: 29 points below the best; from 55.0% on it would gain 17."
        in shown
    )
    assert "Altman's Z'' (emerging markets) 6.05 safe" in shown


def test_it_moves_neither_the_grade_in_use_nor_the_price(request_of_index):
    analysis = Analysis.objects.get()
    assert (analysis.grade_in_use, str(analysis.pd_in_use.normalize())) == (6, "0.015")


def test_the_insured_does_not_see_it(request_of_index, signed_in, alice):
    shown = text(signed_in(alice).get(reverse("file", args=[request_of_index.reference])))
    assert "scorecard" not in shown.lower()


def test_without_accounts_there_is_no_second_reading(request_of_index, signed_in, bruno):
    Analysis.objects.update(inputs={"accounts": {"years": []}})
    assert "scorecard" not in desk(signed_in, bruno, request_of_index).lower()


def test_every_formula_and_ratio_has_a_name():
    from underwriting.scoring.characteristics import CHARACTERISTICS

    assert {formula.__name__ for formula, _zone in OPINIONS} == set(card_words.OPINIONS)
    assert set(CHARACTERISTICS) <= set(card_words.NAMES)
