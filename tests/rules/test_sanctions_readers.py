"""Sanctions lists as their publishers write them: what is read out of each, how half or corrupt ones are refused."""

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.shared_cases import SHARED
from underwriting.screening.countries import country_code
from underwriting.screening.identifiers import identifier_forms, numbers_in
from underwriting.screening.lists.brackets import names_in
from underwriting.screening.lists.eu import read_eu
from underwriting.screening.lists.france import read_france
from underwriting.screening.lists.ofac import read_ofac
from underwriting.screening.lists.publications import PUBLICATIONS
from underwriting.screening.lists.reading import MalformedList, years_in
from underwriting.screening.lists.uk import read_uk
from underwriting.screening.lists.un import read_un

PAYLOADS = Path(__file__).parent / "payloads"
OFAC = ("sdn.csv", "alt.csv", "add.csv")
LISTS = SHARED / "data" / "sanctions"


def payload(name):
    return io.BytesIO((PAYLOADS / name).read_bytes())


def changed(name, old, new):
    content = (PAYLOADS / name).read_bytes()
    assert old.encode() in content
    return io.BytesIO(content.replace(old.encode(), new.encode(), 1))


def entries(found):
    return {listed.key: listed for listed in found.entries}


def texts(listed, *, weak=False):
    return [name.text for name in listed.names if name.is_weak is weak]


# --- United Nations ---------------------------------------------------------------------------------------------------


def test_the_un_list_has_names_in_their_own_script_weak_ones_and_no_empty_ones():
    found = read_un(payload("un.xml"))
    listed = entries(found)
    assert found.as_of == date(2026, 2, 27)
    assert list(listed) == ["CDi.001", "QDi.006", "QDi.420", "KPe.001", "QDe.004"]
    assert texts(listed["CDi.001"]) == ["ERIC BADEGE"]
    assert texts(listed["QDi.006"])[:3] == [
        "AIMAN MUHAMMED RABI AL-ZAWAHIRI",
        "أيمن محمد ربيع الظواهري",
        "Ayman Al-Zawahari",
    ]
    assert texts(listed["QDi.006"], weak=True) == ["Abu Fatma", "Abu Mohammed"]


def test_what_the_un_list_knows_of_a_person_and_of_an_organisation():
    listed = entries(read_un(payload("un.xml")))
    zawahiri, korea = listed["QDi.006"], listed["KPe.001"]
    assert (zawahiri.kind, zawahiri.programme, zawahiri.listed_on) == ("person", "Al-Qaida", "2001-01-25")
    assert (zawahiri.countries, zawahiri.birth_years) == ({"EG"}, {1951})
    assert zawahiri.identifiers == {"1084010", "19820215"}
    assert listed["CDi.001"].countries == {"CD", "RW"}
    assert listed["QDi.420"].birth_years == {1965, 1966, 1967, 1968, 1969}
    assert (korea.kind, korea.countries) == ("organisation", {"KP"})
    assert texts(korea)[-1] == '"KOMID"'


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (io.BytesIO((PAYLOADS / "un.xml").read_bytes()[:9000]), "not XML that can be read"),
        (io.BytesIO(b""), "not XML that can be read"),
        (io.BytesIO(b"<html></html>"), "line 1: <html> in place of <CONSOLIDATED_LIST>"),
        (changed("un.xml", 'dateGenerated="2026-02-27T', 'dateGenerated="soon'), "no day in dateGenerated"),
        (changed("un.xml", "<REFERENCE_NUMBER>CDi.001<", "<REFERENCE_NUMBER><"), "DATAID 6907993: no REFERENCE_NUMBER"),
        (changed("un.xml", "<FIRST_NAME>AL-QAIDA<", "<FIRST_NAME><"), "DATAID 113458: no name"),
        (io.BytesIO(b'<!DOCTYPE x [<!ENTITY a "b">]><CONSOLIDATED_LIST/>'), "forbidden in a list"),
    ],
)
def test_half_or_corrupt_un_lists_are_refused(source, message):
    with pytest.raises(MalformedList, match=message):
        list(read_un(source).entries)


@pytest.mark.parametrize(
    ("text", "names", "acronyms"),
    [
        ("Fazel Rahim; Fazil Rahim", ["Fazel Rahim", "Fazil Rahim"], []),
        ("Sabet; Mohammad Sabet b) M. Javad Sabet", ["Sabet", "Mohammad Sabet", "M. Javad Sabet"], []),
        ("حسن غول (Hassan Ghul; Hassan Gul)", ["حسن غول", "Hassan Ghul", "Hassan Gul"], []),
        ("Abubakar (original script: Абубакар)", ["Abubakar", "Абубакар"], []),
        ("Ezatullah Haqqani (previously listed as)", ["Ezatullah Haqqani"], []),
        ("FOREIGN TRADE BANK (FTB)", ["FOREIGN TRADE BANK"], ["FTB"]),
        ("GRANDS LACS (GL); GREAT LAKES COMPANY (GLC)", ["GRANDS LACS (GL)", "GREAT LAKES COMPANY"], ["GLC"]),
        ("Leader (Hong Kong) Limited", ["Leader (Hong Kong) Limited"], []),
        ("ONE VISION INVESTMENTS 5 (PTY) LTD.", ["ONE VISION INVESTMENTS 5 (PTY) LTD."], []),
        ("never (closed", ["never (closed"], []),
    ],
)
def test_several_names_in_one_cell(text, names, acronyms):
    assert names_in(text) == (names, acronyms)


# --- OFAC -------------------------------------------------------------------------------------------------------------


def ofac(**instead):
    return read_ofac(*(instead.get(name[:3], payload(name)) for name in OFAC))


def test_the_ofac_list_joins_its_three_files_and_reads_the_remarks():
    listed = entries(ofac())
    assert list(listed) == ["36", "306", "6365", "7829", "12057", "15037", "31995", "32391"]
    assert texts(listed["306"]) == ["BANCO NACIONAL DE CUBA", "NATIONAL BANK OF CUBA"]
    assert texts(listed["306"], weak=True) == ["BNC"]
    assert listed["306"].countries == {"CH", "ES", "JP", "PA"}
    bin_ladin = listed["6365"]
    assert (bin_ladin.kind, bin_ladin.programme, bin_ladin.birth_years) == ("person", "SDGT", {1957, 1958})
    assert bin_ladin.countries == {"SA", "YE"}
    assert listed["7829"].identifiers == {"L246084"}
    assert listed["12057"].birth_years == {1951, 1952, 1953, 1960, 1961, 1962}
    assert listed["12057"].programme == "SDGT, NPWMD, IRGC, IFSR, IRAN-HR, IRAN-EO13876"
    assert (listed["15037"].kind, listed["15037"].identifiers) == ("vessel", {"9187655", "256842000"})
    assert listed["15037"].countries == {"MT", "PA", "TZ"}
    assert listed["31995"].identifiers == {"BG121024920", "121024920"}
    assert len(texts(listed["32391"], weak=True)) == 6


def test_latin_letters_of_ofac_and_a_list_without_its_end_character():
    sdn = b'1,"CAF\xc9 COMPANY",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    found = read_ofac(io.BytesIO(sdn), io.BytesIO(b"\x1a"), io.BytesIO(b""))
    assert texts(entries(found)["1"]) == ["CAFÉ COMPANY"]


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        ("sdn", b'36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA"\r\n', "entries, line 1: 4 cells in place of 12"),
        ("sdn", b"<html>", "entries, line 1: 1 cells in place of 12"),
        ("sdn", (PAYLOADS / "sdn.csv").read_bytes()[:700], "entries, line 5: unexpected end of data"),
        ("sdn", (PAYLOADS / "sdn.csv").read_bytes().split(b"7829")[0], "alternate names: 4 entries"),
        ("alt", b'99999,1,"aka","NOBODY",-0- \r\n', "alternate names: 1 entries that are not in the list"),
        ("add", b'99999,1,"Street","Paris","France",-0- \r\n', "addresses: 1 entries that are not in the list"),
        ("add", b'36,1,"Street","Paris"\r\n', "addresses, line 1: 4 cells in place of 6"),
    ],
)
def test_half_or_corrupt_ofac_lists_are_refused(part, content, message):
    with pytest.raises(MalformedList, match=message):
        list(ofac(**{part: io.BytesIO(content)}).entries)


# --- European Union, United Kingdom, France: written in the published shape -------------------------------------------


def test_the_eu_list():
    found = read_eu(payload("eu.xml"))
    zarya, marek = found.entries
    assert found.as_of == date(2026, 11, 20)
    assert (zarya.key, zarya.kind, zarya.programme) == ("EU.99990.1", "organisation", "BLR, UKR")
    assert texts(zarya) == ["ZARYA HEAVY MACHINERY JSC", "АО «Заря Тяжмаш»"]
    assert (zarya.countries, zarya.identifiers, zarya.listed_on) == ({"BY"}, {"1027700000000"}, "2022-02-23")
    assert (texts(marek), texts(marek, weak=True)) == (["Marek Probny"], ["The Miller"])
    assert (marek.kind, marek.listed_on) == ("person", "2019-03-01")
    assert (marek.countries, marek.birth_years) == ({"PL", "LT"}, {1960, 1961, 1962, 1965})


def test_the_uk_list_gathers_the_rows_of_an_entry():
    found = read_uk(payload("uk.csv"))
    listed = entries(found)
    assert found.as_of == date(2026, 11, 18)
    assert list(listed) == ["RUS9001", "RUS9002", "DPR9003"]
    stanok, ivan, ship = listed.values()
    assert texts(stanok) == ["SEVERNY STANOK LLC", "ООО «Северный станок»", "NORTHERN MACHINE TOOL"]
    assert (stanok.kind, stanok.countries, stanok.listed_on) == ("organisation", {"RU"}, "2023-02-24")
    assert {"1037700000001", "7700000001"} <= stanok.identifiers
    assert (texts(ivan), texts(ivan, weak=True)) == (["Ivan OBRAZETS"], ["Ivan Petrovich OBRAZTSOV"])
    assert (ivan.birth_years, ivan.countries) == ({1961, 1962, 1963}, {"RU", "UA"})
    assert ivan.identifiers == {"751234567"}
    assert ivan.remark == "Several lines, with a comma"
    assert (ship.kind, ship.identifiers, ship.countries) == ("vessel", {"9999993"}, {"PA"})


def test_the_french_register():
    found = read_france(payload("fr.json"))
    company, person = found.entries
    assert found.as_of == date(2026, 11, 23)
    assert (company.key, company.kind) == ("9001", "organisation")
    assert texts(company) == ["SOCIÉTÉ D’ESSAI DU LEVANT", "Levant Test Company", "شركة المشرق"]
    assert (company.programme, company.countries) == ("(UE) 2012/36 du 18/01/2012", {"SY"})
    assert company.identifiers == {"RC4455667", "4455667"}
    assert texts(person) == ["Jean Modèle EXEMPLAIRE"]
    assert (person.birth_years, person.countries, person.identifiers) == (
        {1971, 1972},
        {"CD"},
        {"OB0243318", "0243318"},
    )


@pytest.mark.parametrize(
    ("read", "source", "message"),
    [
        (read_eu, io.BytesIO((PAYLOADS / "eu.xml").read_bytes()[:1500]), "not XML that can be read"),
        (read_eu, io.BytesIO(b"<export/>"), "<export> in place of"),
        (read_eu, changed("eu.xml", 'code="person"', 'code="robot"'), "EU.99991.2: 'robot' is no subjectType"),
        (read_uk, changed("uk.csv", "Unique ID", "Identity"), "line 2: no column 'unique id'"),
        (read_uk, changed("uk.csv", ",Ship,", ",Submarine,"), "entry DPR9003: 'submarine' is no kind of entry"),
        (read_uk, io.BytesIO((PAYLOADS / "uk.csv").read_bytes()[:-30]), "32 columns, or no Unique ID"),
        (read_uk, io.BytesIO((PAYLOADS / "uk.csv").read_bytes() + b'x,"'), "unexpected end of data"),
        (read_uk, io.BytesIO(b""), "line 1: no column"),
        (read_uk, io.BytesIO(b"\xff\xfe"), "can't decode"),
        (read_france, io.BytesIO((PAYLOADS / "fr.json").read_bytes()[:900]), "not JSON"),
        (read_france, io.BytesIO(b"[]"), "no PublicationDetail"),
        (read_france, changed("fr.json", "2026-11-23T09", "soon"), "no day in DatePublication"),
        (
            read_france,
            changed("fr.json", '"Nature": "Personne morale"', '"Nature": "Licorne"'),
            "'Licorne' is no Nature",
        ),
        (read_france, changed("fr.json", '"Nom": "EXEMPLAIRE",', ""), "PublicationDetail 2: not an entry"),
    ],
)
def test_other_half_or_corrupt_lists_are_refused(read, source, message):
    with pytest.raises(MalformedList, match=message):
        list(read(source).entries)


@pytest.mark.parametrize(("read", "name"), [(read_un, "un.xml"), (read_eu, "eu.xml"), (read_france, "fr.json")])
@given(share=st.floats(0, 1, exclude_max=True))
def test_cut_off_anywhere_a_list_is_refused(read, name, share):
    content = (PAYLOADS / name).read_bytes().rstrip()
    with pytest.raises(MalformedList):
        list(read(io.BytesIO(content[: int(len(content) * share)])).entries)


# --- What they share --------------------------------------------------------------------------------------------------


def test_the_files_of_a_list_are_told_apart_by_their_names():
    files = {"ADD.CSV": payload("add.csv"), "SDN.CSV": payload("sdn.csv"), "ALT.CSV": payload("alt.csv")}
    assert len(entries(PUBLICATIONS["ofac_sdn"].read_files(files))) == 8
    with pytest.raises(MalformedList, match="the list consists of cons_prim and cons_alt and cons_add"):
        PUBLICATIONS["ofac_cons"].read_files(files)
    with pytest.raises(MalformedList, match="the list consists of one file"):
        PUBLICATIONS["un"].read_files(files)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Iran (Islamic Republic of)", "IR"),
        ("Korea, North", "KP"),
        ("The Gambia", "GM"),
        ("Cote d Ivoire", "CI"),
        ("République démocratique du Congo", "CD"),
        ("Türkiye", "TR"),
        ("Saint Kitts and Nevis", "KN"),
        ("Syrie", "SY"),
        ("undetermined", None),
        ("", None),
    ],
)
def test_countries_as_lists_write_them(name, code):
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("19 Jun 1951", {1951}),
        ("1955 to 1957", {1955, 1956, 1957}),
        ("between 1955 and 1957", {1955, 1956, 1957}),
        ("1910 to 1957", {1910, 1957}),
        ("dd/mm/1961", {1961}),
        ("circa 61, passport 119611", set()),
    ],
)
def test_years_in_words(text, years):
    assert years_in(text) == years


@pytest.mark.parametrize(
    ("texts", "forms"),
    [
        (["RO 1234567"], {"RO1234567", "1234567"}),
        (["IMO 9187655"], {"IMO9187655", "9187655"}),
        (["AB850901"], {"AB850901"}),
        (["1234", "ABCDE", "12 AB"], set()),
        (["549300-mlud"], {"549300MLUD"}),
    ],
)
def test_numbers_have_one_form_and_short_ones_none(texts, forms):
    assert identifier_forms(texts) == forms


def test_numbers_in_a_sentence():
    assert numbers_in("CAR diplomatic passport no. D00000898 of 2013") == {"D00000898"}
    assert numbers_in("OB 0243318") == {"OB0243318", "0243318"}


# --- The whole lists, where they are at hand --------------------------------------------------------------------------


def test_the_whole_un_list():
    file = LISTS / "un" / "UN_consolidated_2026-02-27.xml"
    if not file.is_file():
        pytest.skip(f"the list of the United Nations is not at {file}: it is not part of the project")
    with file.open("rb") as source:
        listed = entries(read_un(source))
    assert len(listed) == 1003
    assert sum(len(each.names) for each in listed.values()) == 4295
    assert not [name.text for each in listed.values() for name in each.names if ";" in name.text]


def test_the_whole_ofac_list():
    folder = LISTS / "ofac_sdn_2021-07"
    if not folder.is_dir():
        pytest.skip(f"the list of OFAC is not at {folder}: it is not part of the project")
    listed = entries(read_ofac(*(io.BytesIO((folder / name).read_bytes()) for name in OFAC)))
    assert len(listed) == 8976
    assert sum(bool(each.countries) for each in listed.values()) > 8000
    assert sum(bool(each.birth_years) for each in listed.values()) > 4400
