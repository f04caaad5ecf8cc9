"""The certificate: its facts, the PDF people file, and that it is issued once."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from applications.forms import OPTIONS
from journal.models import Entry
from parties.models import Bank
from tests.factories import another_company, at_once, bound_guarantee, person_named
from underwriting.actions.guarantees import meet_condition
from underwriting.certificates import certificate_facts, issue_certificate, render_certificate, wording
from underwriting.certificates.typesetting import STATIC, ForbiddenResource, OwnStaticFiles, typeset
from underwriting.clocks import deadlines
from underwriting.models import Certificate, Guarantee

PAID_AT = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 1 December in Paris
ISSUED_AT = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
FACTS = json.loads((Path(__file__).parent / "certificate_facts.json").read_text(encoding="utf-8"))


@pytest.fixture
def guarantee(now, index, alice, bruno, settings):
    """INDEX's order to PEI, bound; the premium is awaited."""
    settings.PUBLIC_URL = "https://unlockfocus.example"
    guarantee = bound_guarantee(index, alice, bruno, now)
    guarantee.verification_code = "7KMPQ2XW4T"
    guarantee.save()
    return guarantee


@pytest.fixture
def in_force(guarantee, bruno):
    """The same with the premium paid."""
    return meet_condition(guarantee.conditions.get().pk, proof="Transfer seen", by=bruno, at=PAID_AT)


@pytest.fixture(scope="module")
def english():
    """The certificate of the reference case in English."""
    return render_certificate(FACTS, "en", issued_at=ISSUED_AT)


@pytest.fixture(scope="module")
def french():
    return render_certificate(FACTS, "fr", issued_at=ISSUED_AT)


def words_of(pdf: bytes) -> str:
    """The text of all pages, every space an ordinary one."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def with_facts(**changes):
    return json.loads(json.dumps(FACTS)) | changes


# --- Facts ------------------------------------------------------------------------------------------------------------


def test_the_facts_of_the_reference_case(in_force):
    assert certificate_facts(in_force) == FACTS


def test_the_facts_before_the_premium_is_paid(guarantee):
    facts = certificate_facts(guarantee)
    assert (facts["version"], facts["state"], facts["in_force_on"]) == (1, "pending_conditions", None)
    assert facts["conditions"] == [{"kind": "premium_paid", "detail": "", "met_on": None}]


def test_the_facts_name_the_bank_that_is_paid_first(guarantee):
    request = guarantee.request
    request.loss_payee = Bank.objects.get(bic="BQATFRPP")
    request.save()
    assert certificate_facts(guarantee)["loss_payee"] == {"name": "Banque des Ateliers", "bic": "BQATFRPP"}


def test_a_delivery_after_the_period_is_not_insured(guarantee):
    guarantee.offer.cover_end = date(2027, 8, 15)
    facts = certificate_facts(guarantee)
    assert [line["insured"] for line in facts["schedule"]] == [False, True, False]
    assert facts["insured_total_eur"] == "1110000.00"


def test_conditions_met_early_do_not_start_the_cover(guarantee, bruno, now):
    early = meet_condition(guarantee.conditions.get().pk, proof="Transfer seen", by=bruno, at=now)
    assert certificate_facts(early)["in_force_on"] == "2026-12-01"


def test_what_was_delivered_before_the_conditions_were_met_is_not_insured(guarantee, bruno):
    met_at = datetime(2027, 7, 2, 9, tzinfo=UTC)
    late = meet_condition(guarantee.conditions.get().pk, proof="Transfer seen", by=bruno, at=met_at)
    facts = certificate_facts(late)
    assert facts["in_force_on"] == "2027-07-02"
    assert facts["insured_total_eur"] == "370000.00"


def test_the_days_after_a_due_date(guarantee):
    days = deadlines(date(2028, 2, 29), guarantee.clocks, waiting_period_days=90)
    assert days.overdue_notice_by == date(2028, 3, 30)
    assert days.claim_by == date(2028, 4, 29)
    assert days.waiting_period_ends_on == date(2028, 5, 29)
    assert days.claims_barred_on == date(2029, 2, 28)


def test_every_option_on_offer_has_its_words():
    assert {code for code, _ in OPTIONS} == set(wording.OPTIONS)


# --- The PDF ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["english", "french"])
def test_it_is_two_pages_of_a4(language, request):
    pages = PdfReader(BytesIO(request.getfixturevalue(language))).pages
    sizes = [(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages]
    assert sizes == [(595, 842), (595, 842)]


@pytest.mark.parametrize(
    "fact",
    [
        "GA-2026-000001, version 2, issued on 4 December 2026",
        "In force from 1 December 2026",
        "Unlock Focus insures INDEX SAS against non-payment by PEI SRL of one order, PEI-2026-1187.",
        "SIREN 900004128",
        "CUI 49007311",
        "Credit limit €1,480,000.00",
        "Insured percentage 90%",
        "Maximum liability €1,332,000.00",
        "Deliveries from 1 December 2026 to 14 November 2027, both days included",
        "180 days from the due date; none if the buyer is insolvent",
        "Deductible No deductible",
        "Options No option",
        "€31,571.11, no tax is due",
        "Premium paid met on 1 December 2026",
        "On delivery 60 % 1,110,000.00 1 Jul 2027 29 Sep 2027 29 Oct 2027 28 Nov 2027 27 Mar 2028 29 Sep 2028",
        "Insured deliveries 1,480,000.00",
        "Down payment 20 % 370,000.00 1 Jul 2027 15 Dec 2026 not insured: due before delivery",
        "Overdue notice D + 30 days",
        "Claim D + 60 days",
        "Claims barred D + 12 months",
        "Insolvency of the buyer 10 days",
        "Payment 10 working days The indemnity is paid to INDEX SAS",
        "The guarantee is firm: it is neither cancelled nor reduced.",
        "The period ends, on 14 November 2027: nothing delivered later is covered.",
        "https://unlockfocus.example/verify/GA-2026-000001/7KMPQ2XW4T/",
        "7KMPQ 2XW4T",
        "Page 2 of 2",
    ],
)
def test_it_states(english, fact):
    assert fact in words_of(english)


@pytest.mark.parametrize(
    "fact",
    [
        "Attestation de garantie GA-2026-000001",
        "Assuré INDEX SAS",
        "Acheteur PEI SRL",
        "Montant garanti 1 480 000,00 €",
        "Quotité garantie 90 %",
        "Limite de décaissement 1 332 000,00 €",
        "Délai de carence 180 jours",
        "Déclaration d’impayé J + 30 jours",
        "Demande d’indemnisation J + 60 jours",
        "1er décembre 2026",
        "14 novembre 2027",
        "29 sept. 2027",
        "1 110 000,00",
        "Roumanie",
        "31 571,11 €",
    ],
)
def test_it_states_in_french(french, fact):
    assert fact in words_of(french)


def test_every_page_carries_its_number_and_the_address_to_check(english):
    for page in PdfReader(BytesIO(english)).pages:
        text = " ".join(page.extract_text().split())
        assert "GA-2026-000001, version 2" in text
        assert "https://unlockfocus.example/verify/GA-2026-000001/7KMPQ2XW4T/" in text


def test_the_square_code_is_also_a_link(english):
    links = {note.get_object()["/A"]["/URI"] for note in PdfReader(BytesIO(english)).pages[0]["/Annots"]}
    assert links == {"https://unlockfocus.example/verify/GA-2026-000001/7KMPQ2XW4T/"}


@pytest.mark.parametrize("language", ["english", "french"])
def test_the_same_facts_are_attached_as_data(language, request):
    attachments = PdfReader(BytesIO(request.getfixturevalue(language))).attachments
    assert list(attachments) == ["certificate.json"]
    assert json.loads(attachments["certificate.json"][0]) == FACTS


def test_it_is_made_for_the_archive(english):
    root = PdfReader(BytesIO(english)).trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfaid:conformance="B"' in metadata
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/AF"][0]["/AFRelationship"] == "/Alternative"
    fonts = PdfReader(BytesIO(english)).pages[0]["/Resources"]["/Font"].values()
    descriptors = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts]
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in descriptors)


def test_letters_beyond_western_europe_have_a_font_of_their_own(english):
    """Two files embedded as one font would print Pitești with another letter, and only the eye would see it."""
    elsewhere = with_facts(buyer=FACTS["buyer"] | {"address": "Str. Fabricii 12, Pitești"})
    assert sorted(font_names(english)) == ["Text", "Text-Semi-Bold"]
    assert sorted(font_names(render_certificate(elsewhere, "en", issued_at=ISSUED_AT))) == [
        "Text",
        "Text-Extended",
        "Text-Semi-Bold",
    ]


def font_names(pdf: bytes) -> list[str]:
    fonts = PdfReader(BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
    return [font["/BaseFont"].split("+")[1] for font in fonts]


def test_the_same_facts_give_the_same_bytes(english):
    reordered = dict(reversed(FACTS.items()))
    assert render_certificate(reordered, "en", issued_at=ISSUED_AT) == english


def test_names_are_text_whatever_they_contain():
    hostile = with_facts(buyer=FACTS["buyer"] | {"name": '<img src="https://e.example/x"> & <b>PEI</b>'})
    text = words_of(render_certificate(hostile, "en", issued_at=ISSUED_AT))
    assert 'non-payment by <img src="https://e.example/x"> & <b>PEI</b> SRL of one order' in text


def test_amounts_in_another_currency_stand_beside_the_euros():
    order = FACTS["order"] | {"currency": "CHF", "amount": "1730000.00"}
    schedule = [line | {"currency": "CHF", "amount": "1038000.00"} for line in FACTS["schedule"]]
    text = words_of(render_certificate(with_facts(order=order, schedule=schedule), "en", issued_at=ISSUED_AT))
    assert "On delivery 60 % CHF 1,038,000.00 1,110,000.00 1 Jul 2027" in text
    assert "Amounts were converted at the ECB reference rates of 24 November 2026." in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"state": "pending_conditions"}, "Not yet in force: conditions are awaited"),
        ({"state": "run_off"}, "Run-off: no further delivery is covered, past ones stay covered"),
        ({"state": "closed", "ended_on": "2028-02-03"}, "Ended on 3 February 2028"),
        ({"state": "not_taken_up"}, "Never in force: the conditions were not met"),
    ],
)
def test_it_says_where_the_guarantee_stood(changes, sentence):
    assert sentence in words_of(render_certificate(with_facts(**changes), "en", issued_at=ISSUED_AT))


def test_an_overfull_certificate_grows_and_loses_nothing():
    line = FACTS["schedule"][1]
    schedule = [line | {"label": f"Livraison partielle {number}, tranche mécanique"} for number in range(1, 41)]
    name = " ".join(f"Établissements{number}" for number in range(1, 15))
    full = with_facts(
        insured=FACTS["insured"] | {"name": name},
        buyer=FACTS["buyer"] | {"name": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau" * 3},
        loss_payee={"name": "Caisse régionale de crédit agricole mutuel Centre-Est", "bic": "AGRIFRPP878"},
        cover=FACTS["cover"] | {"options": ["pre_shipment", "political", "short_waiting_period", "retention_of_title"]},
        schedule=schedule,
    )
    pdf = render_certificate(full, "fr", issued_at=ISSUED_AT)
    text = words_of(pdf)
    assert len(PdfReader(BytesIO(pdf)).pages) == 5
    assert all(f"Livraison partielle {number}, tranche" in text for number in range(1, 41))
    assert name in text
    assert text.replace(" ", "").count("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau" * 3) == 2
    assert "AGRIFRPP878" in text
    assert all(51 <= x <= 544 and 20 <= y <= 800 for x, y in text_starts(pdf))


def text_starts(pdf: bytes) -> list[tuple[float, float]]:
    """Where each piece of text starts, in points from the lower left corner of its page."""
    starts: list[tuple[float, float]] = []

    def note(text, page_matrix, text_matrix, _font, _size):
        if text.strip():
            a, _, _, d, e, f = page_matrix
            starts.append((text_matrix[4] * a + e, text_matrix[5] * d + f))

    for page in PdfReader(BytesIO(pdf)).pages:
        page.extract_text(visitor_text=note)
    return starts


# --- What it may read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/x.png",
        "http://127.0.0.1:5432/",
        "file:///etc/passwd",
        "file://elsewhere.example/static/x.png",
        f"{STATIC.as_uri()}/../manage.py",
        f"{STATIC.as_uri()}/%2e%2e/manage.py",
        "data:image/png;base64,AAAA",
        "ftp://elsewhere.example/x.png",
    ],
)
def test_typesetting_reads_nothing_but_our_static_files(address):
    with pytest.raises(ForbiddenResource):
        OwnStaticFiles().fetch(address)
    with pytest.raises(ForbiddenResource):
        typeset(f'<img src="{address}">')


def test_a_missing_file_stops_the_printing():
    with pytest.raises(ForbiddenResource):
        typeset('<img src="no/such/picture.png">')


def test_our_own_files_are_read():
    licence = "fonts/OFL.txt"
    assert OwnStaticFiles().fetch(f"{STATIC.as_uri()}/{licence}").read() == (STATIC / licence).read_bytes()


def test_fonts_are_handed_over_unpacked():
    font = OwnStaticFiles().fetch(f"{STATIC.as_uri()}/fonts/ibm-plex-sans-latin-400-normal.woff2").read()
    assert font.startswith(b"\x00\x01\x00\x00")


# --- Issuing ----------------------------------------------------------------------------------------------------------


def issued_entries(guarantee):
    return list(Entry.objects.filter(file__key=guarantee.request.journal_key, event="certificate.issued"))


def test_it_is_issued_once_and_kept(in_force):
    first = issue_certificate(in_force, "en", at=ISSUED_AT)
    again = issue_certificate(in_force, "en", at=datetime(2027, 3, 1, tzinfo=UTC))
    assert again == first
    assert bytes(again.pdf) == render_certificate(FACTS, "en", issued_at=ISSUED_AT)
    assert [entry.data for entry in issued_entries(in_force)] == [
        {"number": "GA-2026-000001", "version": 2, "language": "en", "sha256": first.sha256}
    ]


def test_each_version_and_each_language_has_its_own(guarantee, bruno):
    issue_certificate(guarantee, "en", at=ISSUED_AT)
    in_force = meet_condition(guarantee.conditions.get().pk, proof="Transfer seen", by=bruno, at=PAID_AT)
    issue_certificate(in_force, "en", at=ISSUED_AT)
    issue_certificate(in_force, "fr", at=ISSUED_AT)
    kept = Certificate.objects.order_by("pk").values_list("version", "language")
    assert list(kept) == [(1, "en"), (2, "en"), (2, "fr")]


@pytest.mark.django_db(transaction=True)
def test_asked_for_by_several_at_once_it_is_issued_once(in_force):
    acts = [lambda: issue_certificate(Guarantee.objects.get(pk=in_force.pk), "en", at=ISSUED_AT)] * 4
    issued = at_once(acts)
    assert [each.pk for each in issued] == [Certificate.objects.get().pk] * 4
    assert len(issued_entries(in_force)) == 1


# --- Taking it away ---------------------------------------------------------------------------------------------------


def test_the_insured_takes_it_away(in_force, alice, signed_in):
    response = signed_in(alice).get("/guarantees/GA-2026-000001/certificate-en.pdf")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="GA-2026-000001-v2-en.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    assert response.content == bytes(Certificate.objects.get().pdf)


def test_the_named_bank_takes_it_away_and_no_other(in_force, signed_in):
    camille = person_named("Camille Dubois")
    assert signed_in(camille).get("/guarantees/GA-2026-000001/certificate-fr.pdf").status_code == 404
    request = in_force.request
    request.loss_payee = Bank.objects.get(bic="BQATFRPP")
    request.save()
    assert signed_in(camille).get("/guarantees/GA-2026-000001/certificate-fr.pdf").status_code == 200


def test_another_company_is_told_it_does_not_exist(in_force, signed_in):
    _, stranger = another_company()
    assert signed_in(stranger).get("/guarantees/GA-2026-000001/certificate-en.pdf").status_code == 404
    assert Certificate.objects.count() == 0


def test_a_visitor_signs_in_first(in_force, client):
    response = client.get("/guarantees/GA-2026-000001/certificate-en.pdf")
    assert response.status_code == 302
    assert "certificate-en.pdf" in response["Location"]


def test_there_is_no_third_language(in_force, alice, signed_in):
    assert signed_in(alice).get("/guarantees/GA-2026-000001/certificate-de.pdf").status_code == 404
