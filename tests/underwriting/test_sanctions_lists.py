"""Sanctions lists taken over, kept and searched: twice is once, half a list is none, what was listed is kept."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.models import Entry
from journal.timeline import timeline
from tests.conftest import NOW
from tests.factories import at_once
from underwriting import sanctions_search
from underwriting.actions.sanctions import OlderList, ShrunkList, UnreadableList, load_list
from underwriting.list_standing import standing
from underwriting.models import FrequentKey, ListedName, ListedParty, ListRelease, SanctionsList
from underwriting.sanctions_search import search, search_all
from underwriting.sanctions_words import reason_sentence, standing_words
from underwriting.screening.judging import Reason
from underwriting.screening.subjects import Subject

pytestmark = pytest.mark.django_db

PAYLOADS = Path(__file__).parents[1] / "rules" / "payloads"
OFAC = ("sdn.csv", "alt.csv", "add.csv")
LATER = NOW + timedelta(days=1)


def content(name):
    return (PAYLOADS / name).read_bytes()


def load(code, *names, at=NOW, replace=(), **options):
    """Load a list from its payloads, with texts in them replaced."""
    files = {name: content(name) for name in names}
    for old, new in replace:
        assert any(old.encode() in each for each in files.values())
        files = {name: each.replace(old.encode(), new.encode()) for name, each in files.items()}
    return load_list(code, {name: io.BytesIO(each) for name, each in files.items()}, at=at, **options)


def person(name, **known):
    return Subject(name, is_organisation=False, **known)


def company(name, **known):
    return Subject(name, is_organisation=True, **known)


def found(subject, **options):
    return [(hit.party.list.code, hit.listed.key) for hit in search(subject, **options)]


# --- Taking over ------------------------------------------------------------------------------------------------------


def test_a_list_is_taken_over_with_what_it_says_and_where_it_is_from(django_user_model):
    result = load("un", "un.xml")
    release = SanctionsList.objects.get(code="un").in_force
    assert result.release == release
    assert (release.as_of, release.loaded_at) == (date(2026, 2, 27), NOW)
    assert (release.entries, release.added, release.changed, release.removed) == (5, 5, 0, 0)
    assert release.names == ListedName.objects.count() == 42
    assert release.url == "https://scsanctions.un.org/resources/xml/en/consolidated.xml"
    assert result.added[0] == "ERIC BADEGE"
    party = ListedParty.objects.get(key="QDi.006")
    assert (party.kind, party.countries, party.birth_years) == ("person", ["EG"], [1951])
    assert party.listed.identifiers == {"1084010", "19820215"}


def test_the_journal_says_what_changed():
    load("un", "un.xml")
    entry = Entry.objects.get(file__key="sanctions-un")
    assert entry.event == "sanctions.list_loaded"
    assert entry.data["as_of"] == "2026-02-27"
    assert [line.sentence for line in timeline("sanctions-un", insurer=False)] == []


def test_the_same_files_again_change_nothing_but_when_the_list_was_checked():
    first = load("ofac_sdn", *OFAC)
    rows = list(ListedName.objects.values_list("pk", "text"))
    again = load("ofac_sdn", *OFAC, at=LATER)
    assert (again.is_new, again.release, again.added) == (False, first.release, ())
    assert (ListRelease.objects.count(), Entry.objects.filter(event="sanctions.list_loaded").count()) == (1, 1)
    assert list(ListedName.objects.values_list("pk", "text")) == rows
    assert SanctionsList.objects.get().checked_at == LATER
    assert first.release.loaded_at == NOW


def test_what_is_added_changed_and_removed_is_told_and_kept():
    load("eu", "eu.xml")
    marek = ListedParty.objects.get(key="EU.99991.2")
    changes = [("The Miller", "The Baker"), ("EU.99990.1", "EU.99999.1"), ("ZARYA HEAVY", "VEGA HEAVY")]
    result = load("eu", "eu.xml", at=LATER, replace=changes)
    assert (result.added, result.changed, result.removed) == (
        ("VEGA HEAVY MACHINERY JSC",),
        ("Marek Probny",),
        ("ZARYA HEAVY MACHINERY JSC",),
    )
    release = result.release
    assert (release.entries, release.added, release.changed, release.removed) == (2, 1, 1, 1)
    marek.refresh_from_db()
    assert (marek.removed_in, [name.text for name in marek.listed.names]) == (release, ["Marek Probny", "The Miller"])
    now = ListedParty.objects.in_force().get(key="EU.99991.2")
    assert (now.since_release, [name.text for name in now.listed.names]) == (release, ["Marek Probny", "The Baker"])
    assert not ListedParty.objects.in_force().filter(key="EU.99990.1").exists()
    assert found(company("Zarya Heavy Machinery")) == []
    assert found(company("Vega Heavy Machinery")) == [("eu", "EU.99999.1")]


def test_an_entry_that_comes_back_is_another_row():
    load("eu", "eu.xml")
    load("eu", "eu.xml", at=LATER, replace=[("EU.99990.1", "EU.99999.1")])
    load("eu", "eu.xml", at=LATER + timedelta(days=1))
    assert ListedParty.objects.filter(key="EU.99990.1").count() == 2
    assert found(company("Zarya Heavy Machinery")) == [("eu", "EU.99990.1")]


HALF = content("un.xml")[:9000]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"un.xml": HALF}, "not XML that can be read"),
        ({"un.xml": b"<html>Please wait</html>"}, "in place of <CONSOLIDATED_LIST>"),
        ({"un.xml": content("un.xml").replace(b"QDe.004<", b"KPe.001<")}, "entry KPe.001: stands twice"),
        ({"un.xml": b'<CONSOLIDATED_LIST dateGenerated="2026-11-23"/>'}, "the list has no entries"),
        ({"a.xml": content("un.xml"), "b.xml": content("un.xml")}, "the list consists of one file"),
        ({}, "the list consists of one file"),
    ],
)
def test_half_or_corrupt_lists_are_refused_whole_and_the_old_one_stays(files, reason):
    release = load("un", "un.xml").release
    with pytest.raises(UnreadableList) as refusal:
        load_list("un", {name: io.BytesIO(each) for name, each in files.items()}, at=LATER)
    assert reason in str(refusal.value)
    kept = SanctionsList.objects.get()
    assert (kept.in_force, kept.checked_at) == (release, NOW)
    assert (ListRelease.objects.count(), ListedParty.objects.in_force().count()) == (1, 5)
    assert found(person("Ayman al-Zawahiri"))


def test_a_list_that_shrinks_by_more_than_a_tenth_is_refused_unless_that_is_accepted():
    load("ofac_sdn", *OFAC)
    less = [
        (content("sdn.csv").split(b"\r\n")[0].decode() + "\r\n", ""),
        ('36,12,"aka","AERO-CARIBBEAN",-0- \r\n', ""),
        ('36,25,-0- ,"Havana","Cuba",-0- \r\n', ""),
    ]
    with pytest.raises(ShrunkList, match="7"):
        load("ofac_sdn", *OFAC, at=LATER, replace=less)
    assert SanctionsList.objects.get().in_force.entries == 8
    result = load("ofac_sdn", *OFAC, at=LATER, replace=less, accept_shrinkage=True)
    assert (result.removed, result.release.entries) == (("AEROCARIBBEAN AIRLINES",), 7)


def test_a_list_whose_alternate_names_were_cut_off_is_refused():
    load("ofac_sdn", *OFAC)
    half = content("alt.csv").split(b"\r\n12057")[0] + b"\r\n"
    files = {name: io.BytesIO(half if name == "alt.csv" else content(name)) for name in OFAC}
    with pytest.raises(ShrunkList, match="8 entries and"):
        load_list("ofac_sdn", files, at=LATER)


@pytest.mark.django_db(transaction=True)
def test_the_same_list_loaded_by_two_at_once_is_one_release():
    results = at_once([lambda: load("un", "un.xml")] * 2)
    assert sorted(result.is_new for result in results) == [False, True]
    assert (ListRelease.objects.count(), ListedParty.objects.count()) == (1, 5)


@pytest.mark.django_db(transaction=True)
def test_two_lists_loaded_at_once_both_stand():
    at_once([lambda: load("un", "un.xml"), lambda: load("ofac_sdn", *OFAC)])
    assert ListedParty.objects.in_force().count() == 13


def test_an_older_list_and_one_of_a_day_to_come_are_refused():
    load("un", "un.xml")
    with pytest.raises(OlderList, match="26 February 2026"):
        load("un", "un.xml", at=LATER, replace=[("2026-02-27T", "2026-02-26T")])
    with pytest.raises(OlderList, match="28 February 2027"):
        load("un", "un.xml", at=LATER, replace=[("2026-02-27T", "2027-02-28T")])
    load("ofac_sdn", *OFAC, as_of=date(2021, 7, 7))
    assert SanctionsList.objects.get(code="ofac_sdn").in_force.as_of == date(2021, 7, 7)


def test_a_list_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("underwriting.actions.sanctions.MOST_BYTES", 1000)
    with pytest.raises(UnreadableList):
        load("un", "un.xml")


# --- Searching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "hit"),
    [
        (person("Aymen Az-Zawahiry"), ("un", "QDi.006")),
        (person("أيمن الظواهري"), ("un", "QDi.006")),
        (person("Zawahiri, Ayman"), ("un", "QDi.006")),
        (company("Korea Mining and Development Trading Corp."), ("un", "KPe.001")),
        (company("Korea Minning Developement Trading"), ("un", "KPe.001")),
        (company("Komid Ltd"), ("un", "KPe.001")),
        (company("Al-Kaida"), ("un", "QDe.004")),
        (person("Усама бин Ладен"), ("ofac_sdn", "6365")),
        (company("Aero Caribbean"), ("ofac_sdn", "36")),
        (company("Nobody of the kind", identifiers=frozenset({"BG 121 024 920"})), ("ofac_sdn", "31995")),
        (company("Заря Тяжмаш ООО"), ("eu", "EU.99990.1")),
        (company("Severnyi Stanok"), ("uk", "RUS9001")),
        (company("Societe d essai du Levant SARL"), ("fr", "9001")),
        (Subject("Moon River"), ("uk", "DPR9003")),
    ],
)
def test_names_are_found_under_their_transliterations_typing_errors_and_numbers(subject, hit):
    for code, *names in (("un", "un.xml"), ("ofac_sdn", *OFAC), ("eu", "eu.xml"), ("uk", "uk.csv"), ("fr", "fr.json")):
        load(code, *names)
    assert hit in found(subject)


@pytest.mark.parametrize("name", ["Weissbach Maschinen GmbH", "Hartmann SA", "…", "", "GmbH"])
def test_others_are_not_found(name):
    load("un", "un.xml")
    load("ofac_sdn", *OFAC)
    assert found(company(name)) == []


def test_the_likeliest_stand_first_and_no_more_than_asked_for():
    load("un", "un.xml")
    load("ofac_sdn", *OFAC)
    hits = search(Subject("Usama Bin Laden Organization"), least=0.3)
    assert [hit.listed.key for hit in hits] == ["QDe.004", "6365"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert search(Subject("Usama Bin Laden Organization"), least=0.3, limit=1) == hits[:1]


def test_a_hit_says_which_name_of_which_release():
    load("un", "un.xml")
    (hit,) = search(person("Abu Fatma", countries=frozenset({"FR"})))
    assert (hit.judgement.name.text, hit.score) == ("Abu Fatma", 0.8)
    assert [reason.code for reason in hit.judgement.reasons] == ["weak_name", "country_differs"]
    assert hit.party.list.in_force.as_of == date(2026, 2, 27)


def test_a_name_of_nothing_but_frequent_words_is_still_found(monkeypatch):
    monkeypatch.setattr("underwriting.sanctions_index.FREQUENT", 1)
    monkeypatch.setattr("underwriting.sanctions_index.FREQUENT_SHARE", 0.0)
    load("ofac_sdn", *OFAC)
    assert FrequentKey.objects.exists()
    assert ("ofac_sdn", "6365") in found(person("Usama bin Ladin"))


def test_many_are_searched_with_as_few_questions_as_one_and_answered_in_their_order(monkeypatch):
    load("un", "un.xml")
    load("ofac_sdn", *OFAC)
    subjects = [person("Ayman al-Zawahiri"), company("Hartmann SA"), company("Banco Nacional de Cuba")] * 20
    with CaptureQueriesContext(
        connection,
    ) as one:
        search(subjects[0])
    with CaptureQueriesContext(connection) as many:
        answers = list(search_all(subjects))
    assert len(many) == len(one)
    assert answers == [search(subject) for subject in subjects]
    monkeypatch.setattr(sanctions_search, "CHUNK", 7)
    assert list(search_all(subjects)) == answers
    assert list(search_all([])) == []


# --- How the lists stand, in words ------------------------------------------------------------------------------------


def test_lists_are_missing_until_loaded_and_stale_when_not_checked(settings):
    settings.SANCTIONS_LISTS = ["un", "fr"]
    assert [(each.code, each.is_missing, each.is_sound) for each in standing(NOW)] == [
        ("un", True, False),
        ("fr", True, False),
    ]
    load("un", "un.xml")
    load("eu", "eu.xml")
    settings.SANCTIONS_STALE_DAYS = 3
    un, fr, eu = standing(NOW + timedelta(days=3))
    assert (un.is_sound, un.as_of, un.loaded_at, fr.is_missing, eu.code) == (True, date(2026, 2, 27), NOW, True, "eu")
    assert standing(NOW + timedelta(days=3, seconds=1))[0].is_stale
    load("un", "un.xml", at=LATER)
    assert not standing(NOW + timedelta(days=4))[0].is_stale


def test_what_is_missing_and_stale_is_said(settings):
    settings.SANCTIONS_LISTS = ["un", "fr", "eu"]
    load("un", "un.xml")
    at = NOW + timedelta(days=9)
    load("ofac_sdn", *OFAC, at=at)
    words = standing_words(standing(at), at)
    assert words[0].startswith("Searched: United Nations (27 February 2026)")
    assert words[0].endswith("OFAC SDN (United States) (without a day of its own, loaded 3 December 2026).")
    assert words[1:] == [
        "Not checked for too long: United Nations (9 days).",
        "NOT loaded, so not searched: France (asset freezes), European Union.",
    ]
    assert standing_words([], at) == []


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Reason("same_identifier", ("BG121024920",)), "The same number: BG121024920"),
        (Reason("weak_name", ("BNC",)), "The list itself does not rely on the name “BNC”"),
        (Reason("partial_name", ("office, red",)), "Most of the longer name has nothing to match it: office, red"),
        (Reason("kind_differs", ("person", "vessel")), "Of another kind: person here, ship on the list"),
        (Reason("country_differs", ("FR, RO", "RU")), "Another country: France, Romania here, Russia on the list"),
        (Reason("birth_year_differs", ("1980", "1961")), "Another year of birth: 1980 here, 1961 on the list"),
        (Reason("number_differs", ("2", "3")), "Another number in the name: 2 here, 3 on the list"),
        (Reason("same_country", ("EG",)), "The same country: Egypt"),
        (Reason("same_birth_year", ("1951",)), "The same year of birth: 1951"),
    ],
)
def test_every_reason_has_a_sentence(reason, sentence):
    assert reason_sentence(reason) == sentence


# --- The commands -----------------------------------------------------------------------------------------------------


def test_the_command_loads_a_list_and_prints_what_changed(capsys):
    call_command("load_sanctions", "eu", PAYLOADS / "eu.xml")
    assert capsys.readouterr().out.splitlines() == [
        "eu: 2 entries, 4 names, of 2026-11-20",
        "added 2: ZARYA HEAVY MACHINERY JSC; Marek Probny",
        "changed 0",
        "removed 0",
    ]
    call_command("load_sanctions", "eu", PAYLOADS / "eu.xml")
    assert capsys.readouterr().out == "eu: 2 entries, 4 names, of 2026-11-20; the same as before\n"


def test_the_command_refuses_with_the_place_of_the_fault(tmp_path):
    half = tmp_path / "half.xml"
    half.write_bytes(HALF)
    with pytest.raises(CommandError, match=r"line \d+, column \d+"):
        call_command("load_sanctions", "un", half)
    with pytest.raises(CommandError, match="absent"):
        call_command("load_sanctions", "un", tmp_path / "absent.xml")
    with pytest.raises(CommandError, match="same name"):
        call_command("load_sanctions", "un", half, half)


def test_a_name_is_searched_and_the_lists_that_are_not_there_are_named(capsys, settings):
    settings.SANCTIONS_LISTS = ["un", "eu"]
    load("un", "un.xml")
    call_command("screen_name", "Ayman al Zawahiri", "--country", "eg", "--born", "1951", "--person")
    printed = capsys.readouterr().out
    assert "QDi.006: AIMAN MUHAMMED RABI AL-ZAWAHIRI" in printed
    assert "EG" in printed
    call_command("screen_name", "Weissbach Maschinen", "--organisation")
    printed = capsys.readouterr().out
    assert printed.splitlines() == [
        "No possible match on the lists searched.",
        "Searched: United Nations (27 February 2026).",
        "NOT loaded, so not searched: European Union.",
    ]


def test_without_a_list_nothing_is_said_about_a_name(capsys, settings):
    settings.SANCTIONS_LISTS = ["un"]
    call_command("screen_name", "Weissbach Maschinen")
    assert capsys.readouterr().out == "NOT loaded, so not searched: United Nations.\n"
