"""Companies as their registers answer: payloads read into one shape, and anything odd refused with its place."""

import copy
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underwriting.sources import anaf_companies, ares, companies_house, french_companies, gleif, krs, vies
from underwriting.sources.answers import NoAnswer
from underwriting.sources.companies import Activity, CompanyRecord, Status
from underwriting.sources.filing import BadPayload
from underwriting.sources.questions import Reply

PAYLOADS = Path(__file__).with_name("payloads")
DAY = date(2026, 11, 24)


def recorded(name):
    return json.loads((PAYLOADS / name).read_text(encoding="utf-8"))


def reply(value, status=200):
    return Reply(status, value if isinstance(value, bytes) else json.dumps(value).encode())


ANAF = recorded("platitor_tva_v9_3365133.json")
GANYMEDE = recorded("recherche_entreprises_880878145.json")
DYSON = recorded("companies_house_02627406.json")
CD_PROJEKT = recorded("krs_odpis_0000006865.trimmed.json")
MEDICALC = recorded("ares_26350513.trimmed.json")
LEI = recorded("lei_record.trimmed.json")
ORLEN = recorded("get_ms_PL_vat_7740001454.json")
SIRENE = {
    "header": {"statut": 200, "message": "ok"},
    "uniteLegale": {
        "siren": "552081317",
        "dateCreationUniteLegale": "1933-01-01",
        "periodesUniteLegale": [
            {
                "dateFin": None,
                "dateDebut": "2020-01-01",
                "denominationUniteLegale": "EXEMPLE",
                "etatAdministratifUniteLegale": "A",
                "categorieJuridiqueUniteLegale": "5599",
                "activitePrincipaleUniteLegale": "51.10Z",
                "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
            },
            {"dateFin": "2019-12-31", "dateDebut": "1933-01-01", "denominationUniteLegale": "ANCIEN EXEMPLE"},
        ],
    },
}


def changed(payload, **changes):
    """A copy with other values, by path: `found__0__date_generale__cui=1`; the value `...` removes the key."""
    payload = copy.deepcopy(payload)
    for path, value in changes.items():
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        place = payload
        for step in steps:
            place = place[step] if isinstance(step, int) else place.setdefault(step, {})
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return payload


# --- Romania ---


def anaf(payload, number="3365133", status=200):
    return anaf_companies.read_company(reply(payload, status), number)


def test_a_romanian_company():
    assert anaf(ANAF) == CompanyRecord(
        country="RO",
        number="3365133",
        name="EXPRES TRANSPORT SRL",
        status=Status.ACTIVE,
        status_words="INREGISTRAT din data 25.02.1993",
        status_on=date(1993, 2, 25),
        legal_form="SRL",
        vat_number="RO3365133",
        address="JUD. ARAD, SAT PECICA ORŞ. PECICA, STR. 203, NR.19",
        activity=Activity("49.41", "CAEN"),
        registered_on=date(1993, 2, 25),
        other_numbers=(("ONRC", "J1993000151025"),),
    )


def test_the_question_to_anaf_names_the_company_and_the_day():
    asked = anaf_companies.question(["3365133"], DAY)
    assert (asked.method, asked.path) == ("POST", "/api/PlatitorTvaRest/v9/tva")
    assert json.loads(asked.body) == [{"cui": 3365133, "data": "2026-11-24"}]
    with pytest.raises(ValueError, match="1 to 100"):
        anaf_companies.question(["1"] * 101, DAY)


@pytest.mark.parametrize(
    ("changes", "status", "on"),
    [
        ({"date_generale__stare_inregistrare": "RADIERE din data 12.03.2024"}, "struck_off", date(2024, 3, 12)),
        ({"stare_inactiv__dataRadiere": "2024-03-14"}, "struck_off", date(2024, 3, 14)),
        ({"stare_inactiv": {"statusInactivi": True, "dataInactivare": "2025-06-01"}}, "inactive", date(2025, 6, 1)),
        ({"stare_inactiv": {"statusInactivi": True, "dataInactivare": " "}}, "inactive", None),
        (
            {
                "stare_inactiv": {"statusInactivi": True, "dataInactivare": "2025-06-01"},
                "date_generale__stare_inregistrare": "DIZOLVARE CU LICHIDARE(RO) din data 01.02.2025",
            },
            "in_proceedings",
            date(2025, 2, 1),
        ),
        ({"date_generale__stare_inregistrare": "Suspendare activitate din data 31.02.2025"}, "inactive", None),
        ({"date_generale__stare_inregistrare": "TRANSFER(SOSIRE) din data 05.05.2020"}, "active", date(2020, 5, 5)),
        ({"date_generale__stare_inregistrare": "ALTCEVA"}, "unknown", None),
        ({"date_generale__stare_inregistrare": None}, "unknown", None),
    ],
)
def test_the_state_of_a_romanian_company(changes, status, on):
    found = anaf(changed(ANAF, **{f"found__0__{path}": value for path, value in changes.items()}))
    assert (found.status, found.status_on) == (status, on)


@pytest.mark.parametrize(
    ("vat", "number"),
    [
        ({"scpTVA": False, "perioade_TVA": []}, ""),
        ({"scpTVA": True, "perioade_TVA": [{"data_inceput_ScpTVA": "1993-07-01"}]}, "RO3365133"),
        (None, ""),
    ],
)
def test_a_romanian_vat_number_is_there_while_registered(vat, number):
    assert anaf(changed(ANAF, found__0__inregistrare_scop_Tva=vat)).vat_number == number


def test_a_romanian_company_that_is_not_there_is_a_404_with_a_body():
    assert anaf({"found": [], "notFound": [3365133]}, status=404) is None
    assert anaf({"cod": 200, "message": "SUCCESS", "found": [], "notFound": []}) is None
    with pytest.raises(BadPayload, match="found: missing"):
        anaf({"status": 404, "error": "Not Found"}, status=404)


def test_several_romanian_companies_are_each_accounted_for():
    other = changed(ANAF["found"][0], date_generale__cui=49007311)
    both = {"found": [ANAF["found"][0], other], "notFound": [14399840]}
    found = anaf_companies.read_companies(reply(both), ["3365133", "49007311", "14399840"])
    assert set(found) == {"3365133", "49007311"}
    with pytest.raises(BadPayload, match="neither found nor not found"):
        anaf_companies.read_companies(reply({**both, "notFound": []}), ["3365133", "49007311", "14399840"])


# --- France ---


def french(name, siren):
    return french_companies.read_search(reply(recorded(f"recherche_entreprises_{name}.json")), siren)


def test_a_french_company():
    found = french("552032534", "552032534")
    assert found == CompanyRecord(
        country="FR",
        number="552032534",
        name="DANONE",
        status=Status.ACTIVE,
        status_words="active",
        legal_form="SA",
        address="59-61 RUE LA FAYETTE 75009 PARIS",
        activity=Activity("70.10Z", "NAF rev. 2"),
        registered_on=date(1955, 1, 1),
        directors=("CAMILLE EXEMPLE",),
        as_of=date(2026, 5, 17),
        page="https://annuaire-entreprises.data.gouv.fr/entreprise/552032534",
    )


def test_a_french_company_that_ceased():
    struck_off, ceased = french("880878145", "880878145"), french("842019051", "842019051")
    assert (struck_off.status, struck_off.status_on) == (Status.STRUCK_OFF, date(2022, 11, 14))
    assert (ceased.status, ceased.status_on) == (Status.INACTIVE, date(2025, 5, 22))


def test_a_result_whose_fields_are_all_empty_is_no_company():
    assert french("123456789", "123456789") is None
    assert french_companies.read_search(reply({"results": [], "total_results": 0}), "123456789") is None


def test_a_liquidator_among_the_directors_tells_proceedings():
    running = changed(GANYMEDE, results__0__etat_administratif="A")
    found = french_companies.read_search(reply(running), "880878145")
    assert (found.status, found.status_words) == (Status.IN_PROCEEDINGS, "Liquidateur")


def test_what_may_not_be_published_is_left_out():
    hidden = changed(GANYMEDE, results__0__siege__adresse="[NON-DIFFUSIBLE] 75008 PARIS 8")
    hidden["results"][0]["dirigeants"] = [{"nom": "[NON-DIFFUSIBLE]", "prenoms": "[NON-DIFFUSIBLE]"}]
    found = french_companies.read_search(reply(hidden), "880878145")
    assert (found.address, found.directors) == ("", ())


def test_a_company_of_sirene():
    found = french_companies.read_sirene(reply(SIRENE), "552081317")
    assert (found.name, found.status, found.legal_form) == ("EXEMPLE", Status.ACTIVE, "SA")
    assert found.activity == Activity("51.10Z", "NAF rev. 2")
    assert found.former_names == ("ANCIEN EXEMPLE",)
    ceased = changed(SIRENE, uniteLegale__periodesUniteLegale__0__etatAdministratifUniteLegale="C")
    found = french_companies.read_sirene(reply(ceased), "552081317")
    assert (found.status, found.status_on) == (Status.INACTIVE, date(2020, 1, 1))


def test_sirene_says_itself_that_there_is_none():
    assert french_companies.read_sirene(reply({"header": {"statut": 404}}, 404), "552081317") is None
    with pytest.raises(BadPayload, match="404 is expected"):
        french_companies.read_sirene(reply({"message": "no Route matched"}, 404), "552081317")


# --- Great Britain, Poland, Czechia ---


def test_a_british_company():
    found = companies_house.read_company(reply(DYSON), "02627406")
    assert found == CompanyRecord(
        country="GB",
        number="02627406",
        name="DYSON LIMITED",
        status=Status.ACTIVE,
        status_words="active",
        legal_form="Ltd",
        address="Tetbury Hill, Malmesbury, Wiltshire, SN16 0RP",
        activity=Activity("27.510", "SIC 2007"),
        registered_on=date(1991, 7, 8),
        former_names=("DYSON APPLIANCES LIMITED", "BARLETA LIMITED"),
        page="https://find-and-update.company-information.service.gov.uk/company/02627406",
    )
    assert companies_house.question("02627406", "key").credentials == ("key", "")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("dissolved", "struck_off"),
        ("converted-closed", "struck_off"),
        ("liquidation", "in_proceedings"),
        ("administration", "in_proceedings"),
        ("voluntary-arrangement", "in_proceedings"),
        ("insolvency-proceedings", "in_proceedings"),
        ("open", "active"),
        ("something-new", "unknown"),
    ],
)
def test_the_words_of_companies_house(word, status):
    assert companies_house.read_company(reply(changed(DYSON, company_status=word)), "02627406").status == status


def test_a_british_company_about_to_be_struck_off_is_active_and_it_is_said():
    found = companies_house.read_company(
        reply(changed(DYSON, company_status_detail="active-proposal-to-strike-off")), "02627406"
    )
    assert (found.status, found.status_words) == (Status.ACTIVE, "active (active-proposal-to-strike-off)")


def test_a_british_404_must_be_companies_house_itself():
    assert companies_house.read_company(reply(recorded("companies_house_404.json"), 404), "02627406") is None
    with pytest.raises(BadPayload, match="company-profile-not-found"):
        companies_house.read_company(reply({"errors": [{"error": "resource-not-found"}]}, 404), "02627406")


def test_a_polish_company():
    found = krs.read_company(reply(CD_PROJEKT), "0000006865")
    assert found == CompanyRecord(
        country="PL",
        number="0000006865",
        name="CD PROJEKT SPOLKA AKCYJNA",
        status=Status.ACTIVE,
        status_words="wpisana",
        legal_form="S.A.",
        vat_number="PL7342867148",
        address="JAGIELLONSKA 74, 03-301 WARSZAWA",
        other_numbers=(("NIP", "7342867148"), ("REGON", "49270733300000")),
        page="https://wyszukiwarka-krs.ms.gov.pl/",
    )


def test_section_six_tells_proceedings_but_not_mergers():
    liquidated = krs.read_company(reply(recorded("krs_odpis_liquidation.trimmed.json")), "0000500000")
    assert (liquidated.status, liquidated.status_words) == (
        Status.IN_PROCEEDINGS,
        "likwidacja, rozwiazanie uniewaznienie",
    )
    merged = changed(CD_PROJEKT, odpis__dane__dzial6={"polaczeniePodzialPrzeksztalcenie": [{"opis": "x"}]})
    assert krs.read_company(reply(merged), "0000006865").status == Status.ACTIVE
    bankrupt = changed(CD_PROJEKT, odpis__dane__dzial6={"postepowanieUpadlosciowe": [{"x": 1}], "likwidacja": []})
    assert krs.read_company(reply(bankrupt), "0000006865").status_words == "postepowanie upadlosciowe"


def test_a_polish_form_activity_and_days():
    full = changed(
        CD_PROJEKT,
        odpis__naglowekA__stanZDnia="20.11.2026",
        odpis__naglowekA__dataRejestracjiWKRS="08.03.2012",
        odpis__dane__dzial1__danePodmiotu__formaPrawna="SPÓŁKA Z OGRANICZONĄ ODPOWIEDZIALNOŚCIĄ",
        odpis__dane__dzial3__przedmiotDzialalnosci={
            "przedmiotPrzewazajacejDzialalnosci": [{"kodDzial": "28", "kodKlasa": "41", "kodPodklasa": "Z"}]
        },
    )
    found = krs.read_company(reply(full), "0000006865")
    assert (found.legal_form, found.as_of, found.registered_on) == ("Sp. z o.o.", date(2026, 11, 20), date(2012, 3, 8))
    assert found.activity == Activity("28.41", "PKD")


def test_a_czech_company():
    found = ares.read_company(reply(MEDICALC), "26350513")
    assert found == CompanyRecord(
        country="CZ",
        number="26350513",
        name="Medicalc software s.r.o.",
        status=Status.ACTIVE,
        status_words="AKTIVNI",
        legal_form="s.r.o.",
        vat_number="CZ26350513",
        address="Pod Švabinami 434/13, Lobzy, 31200 Plzeň",
        registered_on=date(2002, 11, 7),
        as_of=date(2025, 5, 11),
        page="https://ares.gov.cz/ekonomicke-subjekty?ico=26350513",
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"seznamRegistraci__stavZdrojeIr": "AKTIVNI"}, "in_proceedings"),
        ({"seznamRegistraci__stavZdrojeCeu": "AKTIVNI"}, "in_proceedings"),
        ({"seznamRegistraci__stavZdrojeIr": "NEEXISTUJICI"}, "active"),
        ({"seznamRegistraci__stavZdrojeVr": "ZANIKLY"}, "struck_off"),
        ({"datumZaniku": "2025-12-31"}, "struck_off"),
        ({"seznamRegistraci": {}}, "unknown"),
    ],
)
def test_the_state_of_a_czech_company(changes, status):
    assert ares.read_company(reply(changed(MEDICALC, **changes)), "26350513").status == status


def test_a_czech_404_must_be_ares_itself():
    assert ares.read_company(reply({"kod": "NENALEZENO", "popis": "x"}, 404), "26350513") is None
    with pytest.raises(BadPayload, match="NENALEZENO"):
        ares.read_company(reply({"kod": "OBECNA_CHYBA"}, 404), "26350513")


# --- GLEIF ---

ENTITY = "data__0__attributes__entity"
SEARCH = {"data": [LEI["data"]], "meta": {"pagination": {"total": 1}}}


def test_a_company_with_an_lei():
    found = gleif.read_company(reply(SEARCH), "US", "L21249")
    assert (found.name, found.lei, found.status) == (
        "American Foreign Policy Council",
        "549300W96W2VKSMVDF81",
        Status.ACTIVE,
    )
    assert found.address == "509 C Street NE, 20002 Washington, US"
    assert found.as_of == date(2026, 4, 8)
    assert gleif.question("US", "L21249").parameters == {
        "filter[entity.registeredAs]": "L21249",
        "filter[entity.legalAddress.country]": "US",
        "page[size]": "10",
    }


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "INACTIVE", "expiration": {"date": "2025-01-02T00:00:00Z", "reason": "DISSOLVED"}}, "struck_off"),
        ({"status": "INACTIVE", "expiration": {"date": None, "reason": "CORPORATE_ACTION"}}, "inactive"),
        ({"status": "NULL"}, "unknown"),
        ({"eventGroups": [{"events": [{"type": "INSOLVENCY", "status": "IN_PROGRESS"}]}]}, "in_proceedings"),
        ({"eventGroups": [{"events": [{"type": "CHANGE_LEGAL_NAME", "status": "COMPLETED"}]}]}, "active"),
    ],
)
def test_the_state_of_a_company_with_an_lei(changes, status):
    payload = changed(SEARCH, **{f"{ENTITY}__{key}": value for key, value in changes.items()})
    assert gleif.read_company(reply(payload), "US", "L21249").status == status


def test_no_lei_several_and_another_company():
    assert gleif.read_company(reply({"data": []}), "US", "L21249") is None
    with pytest.raises(BadPayload, match="several companies"):
        gleif.read_company(reply({"data": [LEI["data"]] * 2}), "US", "L21249")
    with pytest.raises(BadPayload, match="other numbers"):
        gleif.read_company(reply(SEARCH), "US", "L21250")


def test_a_german_number_identifies_with_the_seat_of_its_court_alone():
    german = changed(
        SEARCH,
        **{
            f"{ENTITY}__registeredAs": "HRB 18207",
            f"{ENTITY}__legalAddress": {"country": "DE", "city": "Aachen", "addressLines": ["Markt 1"]},
        },
    )
    assert gleif.question("DE", "Aachen HRB 18207").parameters["filter[entity.registeredAs]"] == "HRB 18207"
    assert gleif.read_company(reply(german), "DE", "Aachen HRB 18207").number == "Aachen HRB 18207"
    with pytest.raises(BadPayload, match="other numbers"):
        gleif.read_company(reply(german), "DE", "Bonn HRB 18207")


def test_parents_and_children():
    parent = gleif.read_relative(reply(LEI))
    assert parent == gleif.Relative(
        "549300W96W2VKSMVDF81", "American Foreign Policy Council", "US", "L21249", date(2026, 4, 8)
    )
    assert gleif.read_relative(reply({"errors": [{"status": "404", "title": "Not Found"}]}, 404)) is None
    with pytest.raises(BadPayload):
        gleif.read_relative(reply({"message": "gateway"}, 404))
    children = gleif.read_children(reply(changed(SEARCH, meta__pagination__total=130)))
    assert (children.total, len(children.companies)) == (130, 1)
    assert gleif.read_children(reply({"data": []})) is None
    exception = {"data": {"attributes": {"reason": "NO_KNOWN_PERSON"}}}
    assert gleif.read_exception(reply(exception)) == "NO_KNOWN_PERSON"


@pytest.mark.parametrize("lei", ["", "549300W96W2VKSMVDF8", "../lei-records", "549300w96w2vksmvdf81"])
def test_an_lei_is_checked_before_it_becomes_an_address(lei):
    with pytest.raises(ValueError, match="LEI"):
        gleif.relation_question(lei, "direct-parent")


# --- VIES ---


def test_a_valid_vat_number():
    assert vies.read_check(reply(ORLEN), "PL7740001454") == vies.VatCheck(
        "PL7740001454",
        is_valid=True,
        name="ORLEN SPÓŁKA AKCYJNA",
        address="CHEMIKÓW 7 09-411 PŁOCK",
        as_of=date(2026, 10, 8),
    )
    assert vies.question("PL7740001454").path == "/ms/PL/vat/7740001454"


def test_a_number_that_is_not_valid():
    refused = changed(ORLEN, isValid=False, userError="INVALID", name="---", address="---")
    assert vies.read_check(reply(refused), "PL7740001454") == vies.VatCheck(
        "PL7740001454", is_valid=False, as_of=date(2026, 10, 8)
    )


@pytest.mark.parametrize(
    ("payload", "is_busy"),
    [
        (recorded("ms_unavailable.shape.json"), False),
        (recorded("post_error.shape.json"), True),
        (changed(ORLEN, isValid=False, userError="TIMEOUT"), False),
        (changed(ORLEN, isValid=False, userError="GLOBAL_MAX_CONCURRENT_REQ"), True),
        (changed(ORLEN, isValid=False, userError=...), False),
    ],
)
def test_no_answer_is_a_third_outcome(payload, is_busy):
    with pytest.raises(NoAnswer) as refused:
        vies.read_check(reply(payload), "PL123456789")
    assert refused.value.is_busy is is_busy


def test_vies_must_not_contradict_itself():
    for changes in ({"isValid": False}, {"userError": "INVALID"}, {"isValid": "true"}, {"vatNumber": "5221293279"}):
        with pytest.raises(BadPayload):
            vies.read_check(reply(changed(ORLEN, **changes)), "PL7740001454")


# --- What all of them refuse ---

READERS = {
    "anaf": (lambda found: anaf_companies.read_company(found, "3365133"), ANAF),
    "search": (lambda found: french_companies.read_search(found, "880878145"), GANYMEDE),
    "sirene": (lambda found: french_companies.read_sirene(found, "552081317"), SIRENE),
    "companies house": (lambda found: companies_house.read_company(found, "02627406"), DYSON),
    "krs": (lambda found: krs.read_company(found, "0000006865"), CD_PROJEKT),
    "ares": (lambda found: ares.read_company(found, "26350513"), MEDICALC),
    "gleif": (lambda found: gleif.read_company(found, "US", "L21249"), SEARCH),
    "vies": (lambda found: vies.read_check(found, "PL7740001454"), ORLEN),
}


@pytest.mark.parametrize("name", READERS)
def test_another_company_truncated_or_no_json_is_refused(name):
    read, payload = READERS[name]
    content = json.dumps(payload).encode()
    for odd in (content[:-2], b"<html>Request Rejected</html>", b"[]", b"null", b"", content.decode().encode("utf-16")):
        with pytest.raises(BadPayload):
            read(reply(odd))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("anaf", {"found__0__date_generale__cui": 3365134}),
        ("search", {"results__0__siren": "880878146"}),
        ("sirene", {"uniteLegale__siren": "552081318"}),
        ("companies house", {"company_number": "02627407"}),
        ("krs", {"odpis__naglowekA__numerKRS": "0000006866"}),
        ("ares", {"ico": "26350514"}),
        ("gleif", {"data__0__attributes__entity__registeredAs": "L2124"}),
    ],
)
def test_an_answer_about_another_company_is_refused(name, changes):
    read, payload = READERS[name]
    with pytest.raises(BadPayload):
        read(reply(changed(payload, **changes)))


def _places(value, path=()):
    """Every place in a payload."""
    yield path
    for key, inside in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from _places(inside, (*path, key))


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_any_value_put_anywhere_is_read_or_refused_and_stumbled_over_by_none(name, data):
    read, payload = READERS[name]
    payload = copy.deepcopy(payload)
    path = data.draw(st.sampled_from([each for each in _places(payload) if each]))
    odd = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({}) | st.just([[{}]])
    place = payload
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(odd)
    try:
        found = read(reply(payload))
    except (BadPayload, NoAnswer):
        return
    assert found is None or isinstance(found, CompanyRecord | vies.VatCheck)


def test_texts_are_cut_and_freed_of_what_a_form_does_not_take():
    found = ares.read_company(
        reply(changed(MEDICALC, obchodniJmeno="A\x00B\u202e\n  C" + "x" * 300, sidlo__textovaAdresa="---")), "26350513"
    )
    assert found.name.startswith("A B C")
    assert len(found.name) == 200
    assert found.address == ""
