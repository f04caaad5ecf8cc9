"""The receipt on paper: what it says in both languages, made once, its bytes following from its facts."""

import hashlib
import json
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from claims.models import Paper, PaperCopy
from claims.papers.issuing import issue_copy, sheet_of
from claims.papers.rendering import digest, render_paper
from tests.factories import at_once, claim_on_pei, deliver_to_pei, guarantee_in_force, instant

PRINTED_AT = datetime(2027, 11, 3, 14, 5, 6, tzinfo=UTC)


@pytest.fixture
def receipts(index, alice, bruno, now):
    """Those of the overdue notice on 28 October 2027 and of the claim on 26 November 2027."""
    guarantee = guarantee_in_force(index, alice, bruno, now)
    claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice)
    return list(Paper.objects.filter(kind="receipt").order_by("pk"))


def words_of(pdf: bytes) -> str:
    """The text of all pages, every space an ordinary one."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def printed(paper, language):
    return words_of(bytes(issue_copy(paper, language, at=PRINTED_AT).pdf))


def test_the_receipt_of_the_overdue_notice_in_english(receipts):
    words = printed(receipts[0], "en")
    for said in (
        "Receipt: Overdue notice",
        "RC-2027-000001, for notice NO-2027-000001, received on 28 October 2027, 11:00:00 in Paris (09:00:00 UTC)",
        "Unlock Focus confirms that Alice Bernard sent this notice for INDEX SAS.",
        "PEI SRL",
        "GA-2026-000001",
        "F-2027-118 1 July 2027 29 September 2027 1,110,000.00 1,110,000.00",
        "Overdue notice on F-2027-118: met in time, it was due by 29 October 2027.",
        "Deliveries to the buyer from 30 October 2027 on are not covered until F-2027-118 is paid.",
        "Claim on F-2027-118: still due by 29 November 2027.",
        "It takes nothing out of cover.",
        "This copy was made on 3 November 2027, 15:05:06 in Paris (14:05:06 UTC).",
    ):
        assert said in words


def test_the_receipt_of_the_claim_names_what_collection_starts_on(receipts):
    words = printed(receipts[1], "en")
    assert "Claim CL-2027-000001" in words
    assert "Cause of loss Protracted default" in words
    assert "Collection of €1,110,000.00 on F-2027-118 starts on 26 November 2027." in words
    assert "F-2027-131 16 August 2027 14 November 2027 370,000.00 370,000.00" in words


def test_the_foot_gives_the_sha_256_of_the_attached_facts(receipts):
    pdf = bytes(issue_copy(receipts[0], "en", at=PRINTED_AT).pdf)
    attached = PdfReader(BytesIO(pdf)).attachments["RC-2027-000001.json"][0]
    assert json.loads(attached) == receipts[0].facts
    assert hashlib.sha256(attached).hexdigest() in words_of(pdf)
    assert digest(receipts[0].facts) == hashlib.sha256(attached).hexdigest()


def test_the_same_facts_language_and_instant_give_the_same_bytes(receipts):
    sheet = sheet_of(receipts[0], "fr")
    assert render_paper(sheet, "fr", issued_at=PRINTED_AT) == render_paper(sheet, "fr", issued_at=PRINTED_AT)
    assert render_paper(sheet, "fr", issued_at=instant(date(2027, 12, 1))) != render_paper(
        sheet, "fr", issued_at=PRINTED_AT
    )


def test_a_copy_is_made_once_and_kept(receipts):
    first = issue_copy(receipts[0], "fr", at=PRINTED_AT)
    again = issue_copy(receipts[0], "fr", at=instant(date(2028, 1, 1)))
    assert again.pk == first.pk
    assert again.sha256 == hashlib.sha256(bytes(again.pdf)).hexdigest()
    assert first.filename == "RC-2027-000001-fr.pdf"


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_get_the_same_copy(receipts):
    copies = at_once([lambda: issue_copy(receipts[0], "en", at=PRINTED_AT)] * 2)
    assert [type(each) for each in copies] == [PaperCopy, PaperCopy]
    assert copies[0].pk == copies[1].pk
    assert PaperCopy.objects.count() == 1


def test_a_long_receipt_keeps_its_words_on_the_page(receipts):
    """Twelve instalments, a long note and many invoices: nothing is cut."""
    facts = json.loads(json.dumps(receipts[0].facts))
    facts["note"] = "Le client annonce un virement. " * 40
    facts["answers"] = {"instalments": [[f"2028-{month:02d}-01", "92500.00"] for month in range(1, 13)]}
    facts["invoices"] = [facts["invoices"][0] | {"number": f"F-{number:05d}"} for number in range(60)]
    sheet = sheet_of(receipts[0], "en")
    sheet = type(sheet)(number=sheet.number, kind="receipt", title=sheet.title, facts=facts, made_at=sheet.made_at)
    pdf = render_paper(sheet, "en", issued_at=PRINTED_AT)
    assert len(PdfReader(BytesIO(pdf)).pages) == 4
    assert "F-00059" in words_of(pdf)
    assert "Instalment 12 €92,500.00, 1 December 2028" in words_of(pdf)
