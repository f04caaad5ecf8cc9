"""The European nomenclature in both revisions: what a code means, and what is capital goods."""

import csv
from pathlib import Path

import pytest

from parties.activities import activity_kind
from parties.nace import Revision, activities, activity

OFFICIAL = Path(__file__).parents[3] / "shared" / "data"
REV_2, REV_2_1 = Revision


@pytest.mark.parametrize(
    ("code", "revision", "label", "kind"),
    [
        ("28.41", REV_2, "Manufacture of metal forming machinery", "machine tools"),
        ("28.41Z", REV_2, "Manufacture of metal forming machinery", "machine tools"),
        ("2849", REV_2, "Manufacture of other machine tools", "machine tools"),
        ("28.49", REV_2_1, "Manufacture of machinery and equipment n.e.c.", "capital goods"),
        ("28.42", REV_2_1, "Manufacture of other machine tools", "machine tools"),
        ("28.97", REV_2_1, "Manufacture of additive manufacturing machinery", "capital goods"),
        ("25.40", REV_2, "Manufacture of weapons and ammunition", "capital goods"),
        ("25.40", REV_2_1, "Forging and shaping metal and powder metallurgy", "industry"),
        ("10.11", REV_2, "Processing and preserving of meat", "industry"),
        ("35.11", REV_2, "Electricity, gas, steam and air conditioning supply", "industry"),
        ("46.62", REV_2, "Wholesale trade, except of motor vehicles and motorcycles", ""),
    ],
)
def test_a_code_means_what_its_revision_says(code, revision, label, kind):
    found = activity(code, revision)
    assert (found.label_en, activity_kind(code, revision)) == (label, kind)


@pytest.mark.parametrize("code", ["", "Z", "99.99", "04"])
def test_what_is_no_code_has_no_activity(code):
    assert activity(code) is None
    assert activity_kind(code) == ""


@pytest.mark.parametrize(
    ("revision", "machine_tools", "rows"), [(REV_2, ["28.41", "28.49"], 315), (REV_2_1, ["28.41", "28.42"], 319)]
)
def test_both_tables_are_whole(revision, machine_tools, rows):
    found = activities(revision)
    assert len(found) == rows
    assert [code for code, each in found.items() if each.is_machine_tools] == machine_tools
    assert all(each.label_en and each.label_fr for each in found.values())
    assert all(each.is_industry for each in found.values() if each.is_capital_goods)


def test_the_flags_are_those_of_the_official_tables():
    """But for forging, which is 25.4 in Rev. 2.1 and no capital good, whatever the number was before."""
    tables = [(REV_2, "naf_rev2_to_nace_rev2.csv", "nace_class"), (REV_2_1, "nace_rev21.csv", "code")]
    if not all((OFFICIAL / name).exists() for _revision, name, _column in tables):
        pytest.skip("the official nomenclatures do not lie beside this checkout: ../shared/data")
    differing = []
    for revision, name, column in tables:
        with (OFFICIAL / name).open(encoding="utf-8") as table:
            rows = {row[column]: row for row in csv.DictReader(table)}
        for code, each in activities(revision).items():
            row = rows.get(code)
            flags = row and (row["is_industry"], row["is_capital_goods_mig"], row["is_machine_tools"])
            ours = tuple(str(int(flag)) for flag in each[3:])
            differing += [(revision, code)] if flags and flags != ours else []
    assert differing == [(REV_2_1, "25.40")]
