"""What registers of legal notices say of a company, read with distrust; when proceedings stand."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.rules.announcements import SIREN, announcement, bodacc, court_file, court_files, judgment, previous
from underwriting.sources import bodacc as french
from underwriting.sources import gazette, just_ro
from underwriting.sources.filing import BadPayload
from underwriting.sources.notices import Certainty, Kind, MatchedBy, Proceedings, Step, proceedings_of
from underwriting.sources.questions import Reply

PAYLOADS = Path(__file__).parent / "payloads"


def recorded(name):
    return Reply(200, (PAYLOADS / name).read_bytes())


def read_french(*records, **options):
    return french.read(Reply(200, bodacc(*records, **options)), siren=SIREN)


def kinds(found):
    return [notice.kind for notice in found.notices] if found else []


# --- BODACC -----------------------------------------------------------------------------------------------------------


def test_a_recorded_answer_of_the_older_version_gives_the_striking_off_and_no_filings_of_accounts():
    found = french.read(recorded("bodacc_880878145.json"), siren="880878145")
    (notice,) = found.notices
    assert (notice.notice_id, notice.kind, notice.published_on) == ("B20220227446", "strike_off", date(2022, 11, 23))
    assert notice.certainty == Certainty.CONFIRMED
    assert notice.link == "https://www.bodacc.fr/pages/annonces-commerciales-detail/?q.id=id:B20220227446"
    assert found.is_complete


def test_an_announcement_about_another_number_is_none_of_ours():
    assert french.read(recorded("bodacc_880878145.json"), siren="880878146") is None
    named_in_the_register_only = judgment("Jugement d'ouverture de liquidation judiciaire", siren="552032534")
    named_in_the_register_only["registre"] = ["552032534", "552 032 534", SIREN, "900 004 128"]
    assert read_french(named_in_the_register_only) is None


@pytest.mark.parametrize(
    ("nature", "more", "kind"),
    [
        ("Jugement d'ouverture de liquidation judiciaire", "", "liquidation"),
        ("Jugement d'ouverture d'une procédure de redressement judiciaire", "", "reorganisation"),
        ("Jugement d'extension d'une procédure de redressement judiciaire", "", "reorganisation"),
        ("Jugement d'ouverture d'une procédure de sauvegarde accélérée", "", "safeguard"),
        ("Jugement de conversion en liquidation judiciaire de la procédure de sauvegarde", "", "liquidation"),
        ("Jugement de conversion en redressement judiciaire de la procédure de sauvegarde", "", "reorganisation"),
        ("Jugement prononçant la résolution du plan de sauvegarde et la liquidation judiciaire", "", "liquidation"),
        ("Jugement prononçant la résolution du plan de sauvegarde", "", "other"),
        (
            "Jugement mettant fin à la procédure de traitement de sortie de crise et ouvrant une procédure de"
            " redressement judiciaire",
            "",
            "reorganisation",
        ),
        ("Autre jugement prononçant", "Prononce la liquidation judiciaire simplifiée.", "liquidation"),
        ("Autre jugement prononçant", "Fixe la date de cessation des paiements.", "other"),
        ("Jugement de plan de redressement", "continuation de l’activité", "other"),
        ("Arrêt de la cour d'appel infirmant une décision soumise à publicité", "liquidation judiciaire", "other"),
        ("Jugement prononÃ§ant la rÃ©solution du plan de cession et la liquidation judiciaire", "", "liquidation"),
    ],
)
def test_what_a_judgment_opens(nature, more, kind):
    assert kinds(read_french(judgment(nature, more=more))) == [kind]


@pytest.mark.parametrize(
    ("family", "nature"),
    [
        ("Jugement de clôture", "Jugement de clôture pour insuffisance d'actif"),
        ("Jugement de clÃ´ture", "Jugement de clôture pour extinction du passif"),
        ("Jugement prononçant", "Autre jugement de clôture"),
    ],
)
def test_a_judgment_that_closes(family, nature):
    assert kinds(read_french(judgment(nature, family=family))) == ["closed_proceedings"]


@pytest.mark.parametrize("family", ["Avis de dépôt", "Extrait de jugement", "Loi de 1967"])
def test_families_that_say_nothing_of_proceedings_are_left_out(family):
    assert read_french(judgment("Jugement d'ouverture de liquidation judiciaire", family=family)) is None


@pytest.mark.parametrize("day", ["2026-03-02", "02/03/2026", "2 mars 2026", "02 mars\u00a02026"])
def test_a_judgment_is_dated_in_three_ways(day):
    (notice,) = read_french(judgment("Jugement d'ouverture de liquidation judiciaire", day=day)).notices
    assert notice.judged_on == date(2026, 3, 2)


@pytest.mark.parametrize(("day", "judged_on"), [("1er mars 2020", date(2020, 3, 1)), ("le 30 février", None)])
def test_the_first_of_a_month_and_a_day_that_is_none(day, judged_on):
    (notice,) = read_french(judgment("Jugement d'ouverture de liquidation judiciaire", day=day)).notices
    assert notice.judged_on == judged_on


def test_an_annulled_announcement_stays_marked_and_the_annulment_is_no_notice():
    opened = judgment("Jugement d'ouverture de liquidation judiciaire", number=10)
    annulled = announcement("collective", number=11, typeavis="annulation", parutionavisprecedent=previous(10))
    found = read_french(opened, annulled)
    (notice,) = found.notices
    assert (notice.notice_id, notice.is_cancelled, found.withdrawn) == ("B2026004210", True, {"B2026004210"})


def test_an_annulment_of_an_announcement_that_is_not_in_the_answer_is_told_all_the_same():
    found = read_french(
        announcement("collective", number=11, typeavis="annulation", parutionavisprecedent=previous(10))
    )
    assert (found.notices, found.withdrawn) == ((), {"B2026004210"})


def test_a_correction_takes_the_place_of_what_it_corrects():
    wrong = judgment("Jugement d'ouverture de liquidation judiciaire", number=10)
    right = judgment(
        "Jugement d'ouverture d'une procédure de redressement judiciaire",
        number=11,
        typeavis="rectificatif",
        parutionavisprecedent=previous(10),
    )
    corrected, replaced = read_french(wrong, right).notices
    assert (corrected.kind, corrected.is_correction, corrected.is_cancelled) == ("reorganisation", True, False)
    assert (replaced.kind, replaced.is_correction, replaced.is_cancelled) == ("liquidation", False, True)


def test_a_judgment_retracted_on_a_third_partys_opposition_is_cancelled():
    opened = judgment("Jugement d'ouverture de liquidation judiciaire", number=10)
    retracted = judgment(
        "Jugement de rétractation",
        number=11,
        family="RÃ©tractation sur tierce opposition",
        parutionavisprecedent=previous(10),
    )
    (notice,) = read_french(opened, retracted).notices
    assert (notice.notice_id, notice.is_cancelled) == ("B2026004210", True)


@pytest.mark.parametrize(
    "other",
    [
        announcement(
            "immatriculation", number=2, published="2026-04-01", court="GREFFE DU TRIBUNAL DE COMMERCE DE METZ"
        ),
        announcement("modification", number=2, published="2026-04-01", court="Tribunal de commerce d'Évry"),
    ],
)
def test_a_company_that_moved_is_not_gone(other):
    assert kinds(read_french(announcement("radiation"))) == ["strike_off"]
    assert read_french(announcement("radiation"), other) is None


@pytest.mark.parametrize(
    "court", ["GREFFE DU TRIBUNAL DE COMMERCE DE LYON", "Greffe du tribunal des activités économiques de Lyon"]
)
def test_what_the_same_registry_writes_later_is_no_move(court):
    late = announcement("modification", number=2, published="2026-04-01", court=court)
    assert kinds(read_french(announcement("radiation"), late)) == ["strike_off"]


def test_a_striking_off_that_says_it_is_a_move_is_none():
    moved = json.dumps({"radiationPM": "O", "commentaire": "Transfert du siège hors ressort"})
    assert read_french(announcement("radiation", radiationaurcs=moved)) is None


def test_a_dissolution_is_a_voluntary_liquidation_and_another_modification_nothing():
    dissolved = json.dumps({"descriptif": "Dissolution de la société. Nomination d'un liquidateur."})
    raised = json.dumps({"descriptif": "Augmentation du capital."})
    assert kinds(read_french(announcement("modification", modificationsgenerales=dissolved))) == [
        "voluntary_liquidation"
    ]
    assert read_french(announcement("modification", modificationsgenerales=raised)) is None


def test_an_answer_that_leaves_announcements_out_says_so():
    found = read_french(judgment("Jugement d'ouverture de liquidation judiciaire"), total=240)
    assert not found.is_complete


def test_no_announcement_is_no_notice():
    assert read_french() is None
    assert french.read(Reply(200, b'{"nhits": 0, "records": []}'), siren=SIREN) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>Maintenance</body></html>", "Expecting value"),
        (b'{"error_code": "ODSQLError"}', "records: missing"),
        (b'{"total_count": 3, "results": []}', "3 announcements are announced, none is there"),
        (bodacc(announcement("collective", jugement='{"famille": "Jug')), "JSON in a text is expected"),
        (bodacc(announcement("collective", published="hier")), "a day is expected"),
        (bodacc(announcement("collective"))[:-40], "Unterminated string"),
        ("{“results”: []}".encode("cp1252"), "not UTF-8"),
    ],
)
def test_an_answer_that_is_not_to_be_trusted_is_refused(body, reason):
    with pytest.raises(BadPayload, match=reason):
        french.read(Reply(200, body), siren=SIREN)


def test_the_french_question_holds_the_number_and_nothing_else():
    asked = french.question(SIREN)
    assert asked.parameters["where"].startswith('registre="900004128" AND (familleavis="collective" OR ')
    assert asked.parameters["order_by"] == "dateparution desc"
    with pytest.raises(ValueError, match="nine digits"):
        french.question('900004128" OR 1=1 OR "')


# --- The Gazette ------------------------------------------------------------------------------------------------------


def test_a_recorded_feed_confirms_the_number_it_shows_and_no_other():
    found = gazette.read(recorded("gazette_feed.json"), number="09857485", name="KM Telecom")
    order, resolution = found.notices
    assert (order.notice_id, order.kind, order.matched_by) == ("5185493", "liquidation", "number")
    assert order.link == "https://www.thegazette.co.uk/notice/5185493"
    assert order.text.startswith("Winding-Up Orders. KM TELECOM LTD (Company Number 09857485) Registered office")
    assert (resolution.kind, resolution.matched_by) == ("voluntary_liquidation", "search")
    assert resolution.certainty == Certainty.POSSIBLE


@pytest.mark.parametrize(
    ("text", "number", "holds"),
    [
        ("KM TELECOM LTD (Company Number 09857485) Registered office", "09857485", True),
        ("(Company Number 9857485 )", "09857485", True),
        ("Registered No: SC 123456", "SC123456", True),
        ("company number sc123456.", "SC123456", True),
        ("(Company Number 109857485)", "09857485", False),
        ("(Company Number 098574851)", "09857485", False),
        ("telephone 9857485", "09857485", False),
        ("NI123456", "SC123456", False),
        ("(Company Number 86)", "00000086", True),
        ("86 High Street", "00000086", False),
    ],
)
def test_a_number_is_found_whole_or_where_the_words_say_it_is_one(text, number, holds):
    assert gazette.holds_number(text, number) is holds


def entry(code, title="EXAMPLE LTD", content="EXAMPLE LTD (Company Number 01418207)", notice="5185493"):
    return {
        "id": f"https://www.thegazette.co.uk/id/notice/{notice}",
        "f:notice-code": code,
        "title": title,
        "published": "2026-07-04T07:43:53",
        "content": f"<div><p>{content}</p></div>",
    }


def read_feed(given, total="1"):
    feed = {"f:total": total} | ({} if given is None else {"entry": given})
    return gazette.read(Reply(200, json.dumps(feed).encode()), number="01418207", name="Example")


@pytest.mark.parametrize(
    ("code", "title", "kind"),
    [
        ("2410", "Appointment of Administrators", "administration"),
        ("2432", "Appointment of Liquidators", "voluntary_liquidation"),
        ("2441", "Resolutions for Winding-up", "liquidation"),
        ("2450", "Petitions to Wind Up (Companies)", "winding_up_petition"),
        ("2450", "Dismissal of Winding-up Petition", "other"),
        ("2452", "Winding-Up Orders", "liquidation"),
        ("2460", "Notices of Dividends", "other"),
    ],
)
def test_the_code_says_what_a_notice_is(code, title, kind):
    assert kinds(read_feed([entry(code, title)])) == [kind]


def test_one_entry_comes_as_an_object_and_none_as_nothing():
    assert kinds(read_feed(entry("2452"))) == ["liquidation"]
    assert read_feed(None, "0") is None


def test_a_name_alone_makes_a_notice_possible():
    (notice,) = read_feed(entry("2452", content="EXAMPLE LTD of High Street")).notices
    assert (notice.matched_by, notice.certainty) == (MatchedBy.NAME, Certainty.POSSIBLE)


def test_what_concerns_a_person_is_left_out():
    assert read_feed([entry("2503")]) is None


def test_a_feed_of_more_pages_is_not_complete():
    assert not read_feed([entry("2452")], "143").is_complete


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Forbidden</html>",
        b"{}",
        json.dumps({"f:total": "1", "entry": [entry("2452") | {"id": "https://evil.example/notice/1"}]}).encode(),
        json.dumps({"f:total": "1", "entry": [entry("2452") | {"published": "soon"}]}).encode(),
    ],
)
def test_what_is_no_feed_is_refused(body):
    with pytest.raises(BadPayload):
        gazette.read(Reply(200, body), number="01418207", name="Example")


# --- portal.just.ro ---------------------------------------------------------------------------------------------------


def read_courts(*files, name="Exemplu"):
    return just_ro.read(Reply(200, court_files(*files)), name=name)


def test_a_name_is_sent_as_the_courts_keep_it_and_cannot_leave_its_element():
    asked = just_ro.question(
        "Ștefan & Țiriac </numeParte><x> S.R.L.", since=date(2016, 11, 25), until=date(2026, 11, 25)
    )
    body = asked.body.decode()
    assert "<numeParte>Ştefan &amp; Ţiriac &lt;/numeParte&gt;&lt;x&gt; SRL</numeParte>" in body
    assert "<dataStart>2016-11-25T00:00:00.000Z</dataStart><dataStop>2026-11-25T23:59:59.000Z</dataStop>" in body
    assert '<institutie xsi:nil="true" />' in body
    assert asked.headers["SOAPAction"] == '"portalquery.just.ro/CautareDosare"'


def test_a_name_without_a_letter_is_not_searched():
    with pytest.raises(ValueError, match="a name is needed"):
        just_ro.question(" ..\x00 ", since=date(2016, 1, 1), until=date(2026, 1, 1))


def test_a_file_is_possible_and_a_petition_until_the_court_opens_proceedings():
    (notice,) = read_courts(court_file(hearings=[("2025-11-28", "Amânat")])).notices
    assert (notice.kind, notice.certainty, notice.notice_id) == ("winding_up_petition", "possible", "1234/3/2024")
    assert (notice.court, notice.published_on) == ("Tribunalul BUCURESTI", date(2024, 2, 10))
    assert notice.text == "procedura insolvenţei. Fond. 2025-11-28: Amânat."


@pytest.mark.parametrize(
    ("hearings", "kind", "judged_on"),
    [
        ([("2024-05-06", "Deschide procedura generală a insolvenţei")], "insolvency", date(2024, 5, 6)),
        (
            [("2024-05-06", "Deschide procedura"), ("2025-01-13", "Dispune intrarea în faliment")],
            "liquidation",
            date(2025, 1, 13),
        ),
        (
            [("2026-02-02", "Închide procedura"), ("2024-05-06", "Deschide procedura")],
            "closed_proceedings",
            date(2026, 2, 2),
        ),
        ([("2024-05-06", "Respinge cererea ca neîntemeiată")], "other", date(2024, 5, 6)),
        ([("2024-05-06", "Deschide procedura"), ("2025-05-06", "Respinge cererea")], "insolvency", date(2024, 5, 6)),
    ],
)
def test_what_the_court_said_last_of_the_proceedings_counts(hearings, kind, judged_on):
    (notice,) = read_courts(court_file(hearings=hearings)).notices
    assert (notice.kind, notice.judged_on) == (kind, judged_on)


def test_a_creditor_in_another_companys_insolvency_is_not_insolvent():
    assert read_courts(court_file(quality="Creditor")) is None


@pytest.mark.parametrize(
    ("party", "name", "same"),
    [
        ("S.C. EXEMPLU S.R.L.", "Exemplu", True),
        ("EXEMPLU SRL - în insolvenţă", "Exemplu SRL", True),
        ("EXEMPLU prin administrator judiciar ALFA SPRL", "Exemplu", True),
        ("ŞTEFAN ŢIRIAC SRL", "Ștefan Țiriac", True),
        ("EXEMPLU TRANS SRL", "Exemplu", False),
        ("NOUA EXEMPLU SRL", "Exemplu", False),
    ],
)
def test_a_longer_name_is_another_company(party, name, same):
    assert just_ro.is_same_name(party, name) is same


def test_no_file_is_an_answer_and_no_response_is_none():
    assert just_ro.read(recorded("just_ro_nothing.xml"), name="Exemplu") is None
    fault = court_files().replace(b"CautareDosareResponse", b"Altceva")
    with pytest.raises(BadPayload, match="CautareDosareResponse is missing"):
        just_ro.read(Reply(200, fault), name="Exemplu")


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Eroare<br></body></html>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        court_files(court_file())[:-80],
        court_files(court_file(number="../../etc")),
        court_files(court_file()).replace(b"utf-8", b"ascii").replace(b"BUCURESTI", b"BUCURE\xc5\x9eTI"),
    ],
)
def test_what_is_no_answer_of_the_courts_is_refused(body):
    with pytest.raises(BadPayload):
        just_ro.read(Reply(200, body), name="Exemplu")


# --- Proceedings ------------------------------------------------------------------------------------------------------


def step(kind, on, notice_id, source="BODACC"):
    return Step(source, notice_id, Kind(kind), date.fromisoformat(on))


TODAY = date(2026, 11, 25)


def test_proceedings_run_from_their_first_notice_to_the_closing():
    steps = [
        step("closed_proceedings", "2021-06-01", "c"),
        step("reorganisation", "2019-01-10", "a"),
        step("liquidation", "2020-02-20", "b"),
    ]
    assert proceedings_of(steps, TODAY) == [Proceedings("BODACC", "a", date(2019, 1, 10), date(2021, 6, 1))]


def test_proceedings_opened_after_a_closing_stand():
    steps = [
        step("safeguard", "2019-01-10", "a"),
        step("closed_proceedings", "2019-12-01", "b"),
        step("liquidation", "2026-05-05", "c"),
    ]
    assert proceedings_of(steps, TODAY)[-1] == Proceedings("BODACC", "c", date(2026, 5, 5), None)


def test_a_closing_ends_what_its_own_source_opened():
    steps = [
        step("liquidation", "2024-05-05", "a"),
        step("closed_proceedings", "2025-05-05", "1", source="BPI"),
    ]
    assert proceedings_of(steps, TODAY) == [Proceedings("BODACC", "a", date(2024, 5, 5), None)]


@pytest.mark.parametrize("kind", ["winding_up_petition", "voluntary_liquidation", "strike_off", "other"])
def test_what_is_no_collective_proceeding_opens_none(kind):
    assert proceedings_of([step(kind, "2026-05-05", "a")], TODAY) == []


@pytest.mark.parametrize(("on", "stands"), [("2016-11-25", True), ("2016-11-24", False)])
def test_after_ten_years_a_notice_says_nothing_any_more(on, stands):
    (found,) = proceedings_of([step("liquidation", on, "a")], TODAY)
    assert (found.closed_on is None) is stands
