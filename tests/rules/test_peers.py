"""Where a ratio stands among its peers."""

from dataclasses import replace

import pytest

from tests.rules.test_scoring import ANALYSED_ON, PEI
from underwriting.scoring.artefact import committed
from underwriting.scoring.peers import SAMPLE, Peers, place_of, position
from underwriting.scoring.score import Case, score

CARD = committed().full
CARS = Peers("29", "A survey of 2025", {"operating_margin": (0.04, 0.06, 0.09), "size": (40.0, 90.0, 200.0)})


@pytest.mark.parametrize(
    ("value", "place"),
    [(0.9, "lowest"), (1.0, "low"), (1.9, "low"), (2.0, "high"), (2.9, "high"), (3.0, "highest"), (9.0, "highest")],
)
def test_on_a_quartile_it_belongs_to_the_better_side(value, place):
    assert position(value, (1.0, 2.0, 3.0)) == place


def test_a_ratio_its_sector_does_not_tell_is_set_against_the_sample():
    assert place_of("operating_margin", 0.05, CARD, CARS).peers == "29"
    sample = place_of("current_ratio", 1.3, CARD, CARS)
    assert (sample.peers, sample.quartiles, sample.position) == (SAMPLE, (1.152, 1.727, 3.039), "low")
    assert place_of("interest_cover", 3.0, CARD, CARS) is None


def test_the_quartiles_of_the_sample_stand_in_order_in_bins_that_hold_all_companies():
    for card in (committed().full, committed().short):
        for each in card.characteristics:
            assert list(each.quartiles) == sorted(each.quartiles)
            assert len(each.shares) == len(each.points)
            assert abs(sum(each.shares) - 1) < 0.001


def reasons(sector):
    case = Case(statement=PEI, on=ANALYSED_ON, model=committed(), sector=sector)
    return {each.facts["ratio"]: each.facts for each in score(case).reasons}


def test_a_ratio_far_behind_its_peers_is_told_though_others_lost_more():
    """PEI's size is in the best bin: nothing lost, so nothing behind, however large its peers are."""
    told = reasons(CARS)
    assert told["operating_margin"] == {
        "ratio": "operating_margin", "value": "0.052882", "lost": "21", "edge": "0.055", "gain": "16",
        "median": "0.06", "peers": "29", "behind": "16",
    }  # fmt: skip
    assert "size" not in told


def test_behind_the_sector_only():
    """Defensive days lost 9 points, less than four others; half of this sector has 120 days and nothing else on PEI."""
    behind_pei = {
        "operating_margin": 0.04,
        "permanent_capital_to_assets": 0.4,
        "operating_cost_to_short_liabilities": 3.0,
        "sales_growth": 0.0,
    }
    far = replace(
        CARS, quartiles={"defensive_days": (90.0, 120.0, 150.0)} | {k: (v, v, v) for k, v in behind_pei.items()}
    )
    assert reasons(far)["defensive_days"]["behind"] == "9"
    assert "defensive_days" not in reasons(Peers())
