"""Names compared over scripts, word order and legal forms: laws, cases by hand, and the figures on labelled pairs."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.shared_cases import SHARED
from underwriting.screening.matching import REVIEW_THRESHOLD, compare
from underwriting.screening.names import prepare, texts_of

PAIRS = SHARED / "data" / "name_matching" / "pairs.csv"
ORGANISATIONS = {"Company", "Organization", "LegalEntity"}


def alike(one, other, *, is_organisation=True):
    return compare(*(prepare(name, is_organisation=is_organisation) for name in (one, other)))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Société Générale S.A.", ("generale", "societe")),
        ("PJSC «Роснефть»", ("rosneft",)),
        ("Al-Qa'ida", ("al", "qaida")),
        ("Joint Stock Company Almaz", ("almaz",)),
        ("S.C. Johnson & Son, Inc.", ("johnson", "sc", "son")),
        ("KKR Asian Fund III L.P.", ("3", "asian", "fund", "kkr")),
        ("1st Forty-Four Ltd", ("1", "44")),
        ("GmbH", ("gmbh",)),
        ("…", ()),
    ],
)
def test_a_name_is_taken_apart(name, words):
    assert texts_of(prepare(name, is_organisation=True).words) == words


@pytest.mark.parametrize(
    ("one", "other", "is_organisation", "is_match"),
    [
        ("OOO Альянс", "Alyans LLC", True, True),
        ("Oboronnye Initsiativy o.O.O.", "OOO Oboronnye Initsiativy", True, True),
        ("Rosoboronexport", "Рособоронэкспорт", True, True),
        ("vanderbilt corp", "van der bilt corp", True, True),
        ("North Atlantic Treaty Organisation", "North Atlantic Treaty Organization", True, True),
        ("PLA", "People’s Liberation Army", True, True),
        ("Brigade Forty-Four", "Brigade 44", True, True),
        ("Bank of Armenia", "Bank of America", True, False),
        ("PEI SRL", "PIJ", True, False),
        ("Snow Storm 1", "Snow Storm 2", True, False),
        ("The Puffin Trust", "The Puccini Trust", True, False),
        ("Weissbach Maschinen GmbH", "Hartmann Maschinen GmbH", True, False),
        ("V. Putin", "Vladimir Putin", False, True),
        ("Sergejs Lavrovs", "Sergey Viktorovich LAVROV", False, True),
        ("bin Salman Mohammed", "Mohammed bin Salman", False, True),
        ("Олександр Лукашенко", "Alexander Lukashenko", False, True),
        ("Daniel Tusk", "Donald Tusk", False, False),
        ("Pedro Almeida", "Pedro Sánchez", False, False),
        ("…", "Vladimir Putin", False, False),
    ],
)
def test_cases_by_hand(one, other, is_organisation, is_match):
    assert alike(one, other, is_organisation=is_organisation).is_match is is_match


def test_what_is_alike_and_what_is_not_is_told():
    found = alike("Bowne Global Solutions (Spain), S.L.", "Bowne Global Solutions (Netherlands), B.V.")
    assert [pair.one for pair in found.pairs] == ["bowne", "global", "solutions"]
    assert sorted([*found.only_one, *found.only_other]) == ["netherlands", "spain"]


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(names, names, st.booleans())
def test_it_is_the_same_either_way_round_and_between_0_and_1(one, other, is_organisation):
    found = alike(one, other, is_organisation=is_organisation)
    turned = alike(other, one, is_organisation=is_organisation)
    assert found.score == turned.score
    assert (found.only_one, found.only_other) == (turned.only_other, turned.only_one)
    assert 0 <= found.score <= 1


words = st.lists(
    st.sampled_from(["almaz", "delta", "kamaz", "orion", "pei", "sever", "vostok", "zenit"]), min_size=1, max_size=4
)


@given(words, st.sampled_from(["", "OOO", "SRL", "GmbH", "S.A.", "Ltd."]), st.randoms(use_true_random=False))
def test_order_case_and_legal_form_do_not_matter_to_an_organisation(name, form, chance):
    turned = list(name)
    chance.shuffle(turned)
    assert alike(" ".join(name), f"{' '.join(turned).upper()} {form}").score == 1


@given(words, words)
def test_a_word_more_costs_less_than_another_word(name, more):
    whole = alike(" ".join(name), " ".join([*name, "murmansk"]))
    other = alike(" ".join([*name, "arkhangelsk"]), " ".join([*name, "murmansk"]))
    assert other.score < whole.score


def measured(rows):
    hits = sum(match and labelled for match, labelled in rows)
    found, wanted = sum(match for match, _ in rows), sum(labelled for _, labelled in rows)
    return 2 * hits / (found + wanted), hits / wanted


def test_the_figures_on_labelled_pairs():
    """docs/rules/screening.md: F1 .90 with recall .94 on organisations, F1 .83 on all; asked were .84, .90 and .77."""
    if not PAIRS.is_file():
        pytest.skip(f"the labelled pairs are not at {PAIRS}: they are not part of the project")
    with PAIRS.open(encoding="utf-8", newline="") as file:
        answers = [
            (
                row["schema"] in ORGANISATIONS,
                alike(row["name1"], row["name2"], is_organisation=row["schema"] != "Person").is_match,
                row["is_match"] == "true",
            )
            for row in csv.DictReader(file)
        ]
    f1, recall = measured([answer[1:] for answer in answers if answer[0]])
    assert (round(f1, 2), round(recall, 2)) == (0.90, 0.94)
    f1_of_all, _recall = measured([answer[1:] for answer in answers])
    assert round(f1_of_all, 2) == 0.83


# --- The command ------------------------------------------------------------------------------------------------------


def screened(tmp_path, capsys, content):
    file = tmp_path / "pairs.csv"
    file.write_bytes(content)
    call_command("screen", file)
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_the_same_rows_come_back_with_score_and_match(tmp_path, capsys):
    rows = screened(
        tmp_path,
        capsys,
        "name1,name2,schema,note\nOOO Альянс,Alyans LLC,Company,a\nDaniel Tusk,Donald Tusk,Person,\n".encode(),
    )
    assert [(row["note"], row["score"], row["match"]) for row in rows] == [
        ("a", "1.000", "true"),
        ("", "0.309", "false"),
    ]
    assert [(float(row["score"]) >= REVIEW_THRESHOLD) for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1, column name1: missing, or twice"),
        (b"name1,name2\n", "line 1, column schema: missing, or twice"),
        (b"name1,name2,schema,score\n", "line 1, column score: already one of ours"),
        (b"name1,name2,schema\na,b\n", "line 2: 2 cells under 3 columns"),
        (b"name1,name2,schema\na,\xff,Person\n", "line 2, column 2 (name2): not UTF-8 text"),
        (b'name1,name2,schema\na,"b,Person\n', "line 2: unexpected end of data"),
    ],
)
def test_a_malformed_file_is_refused_and_nothing_is_printed(tmp_path, capsys, content, message):
    with pytest.raises(CommandError) as refusal:
        screened(tmp_path, capsys, content)
    assert message in str(refusal.value)
    assert capsys.readouterr().out == ""
