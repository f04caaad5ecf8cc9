"""The lists people choose from: activities and countries."""

import csv
import re
from pathlib import Path

import pytest

from parties.activities import (
    activity_choices,
    activity_label,
    division_choices,
    division_label,
    grouped_activity_choices,
)
from parties.countries import country_choices, country_name

OFFICIAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "naf_rev2_to_nace_rev2.csv"


def test_an_activity_has_its_words_in_both_languages():
    assert activity_label("28.41", "en") == "28.41 Manufacture of metal forming machinery"
    assert activity_label("28.41", "fr") == "28.41 Fabrication de machines de formage des métaux"
    assert activity_label("29.32", "fr") == "29.32 Fabrication d’autres équipements automobiles"
    assert activity_label("46", "en") == "46 Wholesale trade, except of motor vehicles and motorcycles"


def test_a_code_without_words_is_shown_as_it_is():
    assert activity_label("99.99", "en") == "99.99"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_is_offered_once(language):
    codes = [code for code, _ in activity_choices(language)]
    assert len(codes) == len(set(codes)) == 291
    assert sum("." in code for code in codes) == 230
    assert {code.split(".")[0] for code in codes if "." in code} == {str(division) for division in range(10, 34)}
    assert all(
        label.startswith(f"{code} ") and len(label) > len(code) + 3 for code, label in activity_choices(language)
    )


def test_manufacturing_comes_first_under_its_divisions():
    groups = grouped_activity_choices("en")
    assert [heading for heading, _ in groups[:2]] == ["10 Manufacture of food products", "11 Manufacture of beverages"]
    assert groups[-1][0] == "Other than manufacturing"
    assert len(groups) == 25


def test_the_classes_are_those_of_the_official_nomenclature():
    if not OFFICIAL.exists():
        pytest.skip("the official correspondence of NAF and NACE is not beside this checkout")
    with OFFICIAL.open(encoding="utf-8") as table:
        official = {row["nace_class"] for row in csv.DictReader(table) if 10 <= int(row["nace_division"]) <= 33}
    assert {code for code, _ in activity_choices("en") if "." in code} == official


def test_countries_are_named_and_sorted_for_their_reader():
    assert country_name("RO", "fr") == "Roumanie"
    assert country_name("RO", "en") == "Romania"
    french = [name for _, name in country_choices("fr")]
    assert french[:3] == ["Afghanistan", "Afrique du Sud", "Albanie"]
    assert french.index("États-Unis") == french.index("Éthiopie") - 1
    assert french.index("Égypte") < french.index("Espagne")


def test_only_countries_are_countries():
    codes = {code for code, _ in country_choices("en")}
    assert {"FR", "RO", "GB", "XK"} <= codes
    assert not {"EU", "EZ", "UN", "ZZ", "IC"} & codes
    assert all(len(code) == 2 for code in codes)
    assert country_name("ZZ", "en") == "ZZ"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_division_is_offered_once_and_no_class(language):
    """Households and embassies, 97 to 99, are no companies."""
    codes = [code for code, _ in division_choices(language)]
    assert len(codes) == len(set(codes)) == 85
    assert codes == sorted(codes)
    assert all(re.fullmatch("[0-9]{2}", code) for code in codes)


def test_a_division_is_named_in_both_languages():
    assert division_label("29", "en") == "29 Manufacture of motor vehicles, trailers and semi-trailers"
    assert division_label("29", "fr") == "29 Industrie automobile"
    assert division_label("04", "en") == "04"
