"""Whether somebody is a listed party: the worked examples of docs/rules/screening.md, and what must hold for all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underwriting.screening.judging import Reason, judge
from underwriting.screening.subjects import Listed, ListedName, Subject


def listed(*names, kind="organisation", weak=(), countries=(), born=(), numbers=()):
    return Listed(
        key="1",
        names=(*map(ListedName, names), *(ListedName(name, is_weak=True) for name in weak)),
        kind=kind,
        countries=frozenset(countries),
        birth_years=frozenset(born),
        identifiers=frozenset(numbers),
    )


def subject(name, *, is_organisation=True, countries=(), born=(), numbers=()):
    return Subject(name, is_organisation, frozenset(countries), frozenset(born), frozenset(numbers))


ZARYA = listed("ZARYA HEAVY MACHINERY JSC", "АО «Заря Тяжмаш»", countries={"BY"}, numbers={"1027700000000"})
IVAN = listed(
    "Ivan Obrazets", kind="person", weak={"The Miller"}, countries={"RU"}, born={1961, 1962}, numbers={"75123"}
)


@pytest.mark.parametrize(
    ("ours", "theirs", "score", "reasons"),
    [
        (subject("Zarya Heavy Machinery", countries={"BY"}), ZARYA, 1.0, ["same_country"]),
        (subject("Заря Тяжмаш", countries={"BY", "PL"}), ZARYA, 1.0, ["same_country"]),
        (subject("Zarya Heavy Machinery"), ZARYA, 1.0, []),
        (subject("Zarya Heavy Machinery", countries={"PL"}), ZARYA, 0.9, ["country_differs"]),
        (
            subject("Nowa Nazwa Sp. z o.o.", countries={"PL"}, numbers={"1027700000000"}),
            ZARYA,
            0.97,
            ["same_identifier", "country_differs"],
        ),
        (subject("Ivan Obrazets", is_organisation=False, born={1962}), IVAN, 1.0, ["same_birth_year"]),
        (subject("Ivan Obrazets", is_organisation=False, born={1963}), IVAN, 1.0, ["same_birth_year"]),
        (subject("Ivan Obrazets", is_organisation=False, born={1980}), IVAN, 0.85, ["birth_year_differs"]),
        (subject("Ivan Obrazets SRL", countries={"RO"}), IVAN, 0.8, ["kind_differs", "country_differs"]),
        (subject("Obrazets Grup SRL"), IVAN, 0.1915, ["kind_differs"]),
        (subject("The Miller", is_organisation=False), IVAN, 0.9, ["weak_name"]),
        (subject("Miller Maschinen GmbH", countries={"DE"}, numbers={"75123"}), IVAN, 0.7, None),
        (subject("Orion Fund 2"), listed("Orion Fund 3"), 0.4402, ["number_differs"]),
        (subject("Star"), listed("Red Star Trading Office"), 0.6552, ["partial_name"]),
        (subject("Weissbach Maschinen GmbH"), ZARYA, 0.1997, ["partial_name"]),
    ],
)  # fmt: skip
def test_worked_examples(ours, theirs, score, reasons):
    found = judge(ours, theirs)
    assert found.score == score
    if reasons is not None:
        assert [reason.code for reason in found.reasons] == reasons


def test_the_best_of_all_names_counts_and_is_told():
    found = judge(subject("Zarya Tyazhmash"), ZARYA)
    assert found.name.text == "АО «Заря Тяжмаш»"
    assert [pair.one for pair in found.comparison.pairs] == ["tyazhmash", "zarya"]


def test_reasons_bear_what_they_were_weighed_by():
    found = judge(subject("Ivan Obrazets", is_organisation=False, countries={"RO", "FR"}, born={1980}), IVAN)
    assert found.reasons == (
        Reason("country_differs", ("FR, RO", "RU")),
        Reason("birth_year_differs", ("1980", "1961, 1962")),
    )


def test_where_nobody_said_what_the_subject_is_both_are_tried_and_nothing_is_held_against_it():
    unsaid = Subject("Zarya Heavy Machinery LLC")
    assert judge(unsaid, ZARYA).score == 1.0
    assert judge(Subject("Obrazets, Ivan"), IVAN).reasons == ()


names = st.sampled_from(["Zarya", "Ivan Obrazets", "Orion Fund 2", "Heavy Machinery", "Bank of Moscow", "…"])
countries = st.frozensets(st.sampled_from(["BY", "PL", "RU"]))
years = st.frozensets(st.sampled_from([1961, 1980]))


@given(names, st.sampled_from([True, False, None]), countries, years)
def test_a_judgement_is_between_0_and_1_and_knowing_less_never_clears(name, is_organisation, known, born):
    for theirs in (ZARYA, IVAN):
        found = judge(Subject(name, is_organisation, known, born), theirs)
        assert 0 <= found.score <= 1
        assert found.score <= judge(Subject(name, is_organisation), theirs).score


@given(names, st.sampled_from([True, False, None]), countries)
def test_the_same_long_number_is_near_certain_whatever_the_name(name, is_organisation, known):
    ours = Subject(name, is_organisation, known, identifiers=frozenset({"10 277 000-00000"}))
    assert judge(ours, ZARYA).score >= 0.97
