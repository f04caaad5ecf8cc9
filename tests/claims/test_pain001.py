"""The file the insurer's bank is given: what it says, what is refused, and that a bank can read it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.payment_files.charset import SEPA_CHARACTERS, sepa_text
from claims.payment_files.iban import InvalidAccount, clean_bic, clean_iban, clean_sepa_iban, group_iban
from claims.payment_files.pain001 import Debtor, PaymentOrder, RefusedOrder, Transfer, UnreadableOrder, read, write

CREATED_AT = datetime(2026, 11, 25, 9, 30, 15, tzinfo=timezone(timedelta(hours=1)))
EXECUTION_ON = date(2026, 11, 26)
DEBTOR = Debtor("Unlock Focus SE", "DE56 3709 0000 1418 2070 00", "NVBKDE33XXX")
TRANSFER = Transfer(
    end_to_end_id="IND-2026-0007",
    amount=Decimal("1332000.00"),
    creditor_name="INDEX Équipements & Cie",
    creditor_iban="FR82 3000 9000 4100 0041 8207 B12",
    creditor_bic="",
    remittance="Indemnité n° 7 – garantie UF-2026-0007",
    creditor_country="FR",
    creditor_town="Saint-Étienne",
)
SWISS = replace(
    TRANSFER,
    end_to_end_id="IND-2026-0008",
    amount=Decimal("0.01"),
    creditor_name="Müller Söhne AG",
    creditor_iban="CH6009000000418207000",
    creditor_bic="NVBKCHZZ",
    remittance="",
    creditor_country="CH",
    creditor_town="",
)

# Every element by hand, from the message definition and the examples in docs/rules/payments.md.
EXPECTED = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
  <CstmrCdtTrfInitn>
    <GrpHdr>
      <MsgId>UF-20261125-1</MsgId>
      <CreDtTm>2026-11-25T08:30:15Z</CreDtTm>
      <NbOfTxs>2</NbOfTxs>
      <CtrlSum>1332000.01</CtrlSum>
      <InitgPty>
        <Nm>Unlock Focus SE</Nm>
      </InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>UF-20261125-1</PmtInfId>
      <PmtMtd>TRF</PmtMtd>
      <BtchBookg>false</BtchBookg>
      <NbOfTxs>2</NbOfTxs>
      <CtrlSum>1332000.01</CtrlSum>
      <PmtTpInf>
        <SvcLvl>
          <Cd>SEPA</Cd>
        </SvcLvl>
      </PmtTpInf>
      <ReqdExctnDt>
        <Dt>2026-11-26</Dt>
      </ReqdExctnDt>
      <Dbtr>
        <Nm>Unlock Focus SE</Nm>
      </Dbtr>
      <DbtrAcct>
        <Id>
          <IBAN>DE56370900001418207000</IBAN>
        </Id>
      </DbtrAcct>
      <DbtrAgt>
        <FinInstnId>
          <BICFI>NVBKDE33XXX</BICFI>
        </FinInstnId>
      </DbtrAgt>
      <ChrgBr>SLEV</ChrgBr>
      <CdtTrfTxInf>
        <PmtId>
          <EndToEndId>IND-2026-0007</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="EUR">1332000.00</InstdAmt>
        </Amt>
        <Cdtr>
          <Nm>INDEX Equipements + Cie</Nm>
          <PstlAdr>
            <TwnNm>Saint-Etienne</TwnNm>
            <Ctry>FR</Ctry>
          </PstlAdr>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <IBAN>FR8230009000410000418207B12</IBAN>
          </Id>
        </CdtrAcct>
        <RmtInf>
          <Ustrd>Indemnite no 7 - garantie UF-2026-0007</Ustrd>
        </RmtInf>
      </CdtTrfTxInf>
      <CdtTrfTxInf>
        <PmtId>
          <EndToEndId>IND-2026-0008</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="EUR">0.01</InstdAmt>
        </Amt>
        <CdtrAgt>
          <FinInstnId>
            <BICFI>NVBKCHZZ</BICFI>
          </FinInstnId>
        </CdtrAgt>
        <Cdtr>
          <Nm>Muller Sohne AG</Nm>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <IBAN>CH6009000000418207000</IBAN>
          </Id>
        </CdtrAcct>
      </CdtTrfTxInf>
    </PmtInf>
  </CstmrCdtTrfInitn>
</Document>
"""


@pytest.fixture(scope="module")
def is_schema_valid() -> Callable[[bytes], None]:
    """Check against the published schema; raises where the document does not follow it."""
    xmlschema = pytest.importorskip("xmlschema", reason="xmlschema is not installed: no check against the schema")
    package = find_spec("sepaxml")
    if package is None or package.origin is None:
        pytest.skip("sepaxml is not installed: no schema of pain.001.001.09 to check against")
    schema = xmlschema.XMLSchema(str(Path(package.origin).parent / "schemas" / "pain.001.001.09.xsd"))
    return lambda data: schema.validate(data.decode())


def write_one(**changes: Any) -> bytes:
    return write("UF-20261125-1", CREATED_AT, EXECUTION_ON, DEBTOR, [replace(TRANSFER, **changes)])


def refusal(**changes: Any) -> tuple[str, str, str]:
    with pytest.raises(RefusedOrder) as caught:
        write_one(**changes)
    return caught.value.field, caught.value.reason, caught.value.transfer


def test_an_order_of_two_transfers_is_written_to_the_letter() -> None:
    data = write("UF-20261125-1", CREATED_AT, EXECUTION_ON, DEBTOR, [TRANSFER, SWISS])
    assert data.decode("utf-8") == EXPECTED


def test_the_same_order_gives_the_same_bytes() -> None:
    assert write_one() == write_one()


def test_the_written_order_follows_the_published_schema(is_schema_valid: Callable[[bytes], None]) -> None:
    is_schema_valid(write("UF-20261125-1", CREATED_AT, EXECUTION_ON, DEBTOR, [TRANSFER, SWISS]))
    is_schema_valid(write("UF-1", CREATED_AT, EXECUTION_ON, replace(DEBTOR, bic=""), [SWISS]))


def test_a_bank_without_identifier_is_said_to_be_not_provided() -> None:
    data = write("UF-1", CREATED_AT, EXECUTION_ON, replace(DEBTOR, bic=""), [TRANSFER])
    assert b"<Id>NOTPROVIDED</Id>" in data
    assert read(data).debtor.bic == ""


def test_an_order_is_read_back_as_it_was_sent() -> None:
    assert read(EXPECTED.encode()) == PaymentOrder(
        message_id="UF-20261125-1",
        created_at=datetime(2026, 11, 25, 8, 30, 15, tzinfo=UTC),
        execution_on=date(2026, 11, 26),
        debtor=Debtor("Unlock Focus SE", "DE56370900001418207000", "NVBKDE33XXX"),
        transfers=(
            Transfer(
                "IND-2026-0007", Decimal("1332000.00"), "INDEX Equipements + Cie", "FR8230009000410000418207B12", "",
                "Indemnite no 7 - garantie UF-2026-0007", "FR", "Saint-Etienne",
            ),
            Transfer("IND-2026-0008", Decimal("0.01"), "Muller Sohne AG", "CH6009000000418207000", "NVBKCHZZ", ""),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"currency": "RON"}, "currency", "currency"),
        ({"amount": Decimal("0.00")}, "amount", "not_positive"),
        ({"amount": Decimal("-5.00")}, "amount", "not_positive"),
        ({"amount": Decimal("NaN")}, "amount", "not_positive"),
        ({"amount": Decimal("1000000000.00")}, "amount", "too_large"),
        ({"amount": Decimal("1E+40")}, "amount", "too_large"),
        ({"amount": Decimal("10.005")}, "amount", "cents"),
        ({"creditor_iban": ""}, "creditor_iban", "empty"),
        ({"creditor_iban": "FR8330009000410000418207B12"}, "creditor_iban", "checksum"),
        ({"creditor_iban": "FR82 3000"}, "creditor_iban", "format"),
        ({"creditor_iban": "TR330006100519786457841326"}, "creditor_iban", "outside_sepa"),
        ({"creditor_bic": "NVBK"}, "creditor_bic", "format"),
        ({"creditor_iban": "CH6009000000418207000"}, "creditor_bic", "bank_needed"),
        ({"creditor_name": "  "}, "creditor_name", "empty"),
        ({"creditor_name": "株式会社"}, "creditor_name", "empty"),
        ({"creditor_country": "France"}, "creditor_country", "country"),
    ],
)
def test_a_transfer_no_bank_would_make_is_refused_with_its_field(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    assert refusal(**changes) == (field, reason, "IND-2026-0007")


@pytest.mark.parametrize(
    ("identifier", "reason"),
    [
        ("", "empty"),
        ("A" * 36, "characters"),
        ("IND-É", "characters"),
        ("IND\n7", "characters"),
        (" IND-7", "characters"),
        ("/IND-7", "slashes"),
        ("IND-7/", "slashes"),
        ("IND//7", "slashes"),
        ("NOTPROVIDED", "reserved"),
    ],
)
def test_an_identifier_the_scheme_forbids_is_refused(identifier: str, reason: str) -> None:
    assert refusal(end_to_end_id=identifier) == ("end_to_end_id", reason, identifier)
    with pytest.raises(RefusedOrder, match="message_id") as caught:
        write(identifier, CREATED_AT, EXECUTION_ON, DEBTOR, [TRANSFER])
    assert caught.value.reason == reason


def test_an_identifier_of_thirty_five_characters_with_a_slash_inside_is_kept() -> None:
    identifier = "IND/2026-0007 (part 1), +?:.'12345678"[:35]
    assert len(identifier) == 35
    assert read(write_one(end_to_end_id=identifier)).transfers[0].end_to_end_id == identifier


def test_an_order_without_transfers_or_with_one_twice_is_refused() -> None:
    with pytest.raises(RefusedOrder, match="transfers: empty"):
        write("UF-1", CREATED_AT, EXECUTION_ON, DEBTOR, [])
    with pytest.raises(RefusedOrder, match="IND-2026-0007: end_to_end_id: duplicate"):
        write("UF-1", CREATED_AT, EXECUTION_ON, DEBTOR, [TRANSFER, SWISS, TRANSFER])


def test_a_moment_without_zone_and_an_execution_in_the_past_are_refused() -> None:
    with pytest.raises(RefusedOrder, match="created_at: naive"):
        write("UF-1", CREATED_AT.replace(tzinfo=None), EXECUTION_ON, DEBTOR, [TRANSFER])
    with pytest.raises(RefusedOrder, match="execution_on: past"):
        write("UF-1", CREATED_AT, date(2026, 11, 24), DEBTOR, [TRANSFER])


def test_an_account_of_ours_outside_sepa_is_refused() -> None:
    with pytest.raises(RefusedOrder, match=r"debtor\.iban: outside_sepa"):
        write("UF-1", CREATED_AT, EXECUTION_ON, Debtor("X", "TR330006100519786457841326", ""), [TRANSFER])


@pytest.mark.parametrize(
    ("old", "new", "reason", "where"),
    [
        ("<NbOfTxs>2<", "<NbOfTxs>3<", "sum", "Document/CstmrCdtTrfInitn/GrpHdr/NbOfTxs"),
        ("<CtrlSum>1332000.01<", "<CtrlSum>1.00<", "sum", "Document/CstmrCdtTrfInitn/GrpHdr/CtrlSum"),
        ("pain.001.001.09", "pain.001.001.03", "unknown_message", ""),
        ("<PmtInfId>UF", "<PmtInfId>XX", "value", "Document/CstmrCdtTrfInitn/PmtInf/PmtInfId"),
        ("IND-2026-0008", "IND-2026-0007", "value", "end_to_end_id"),
        ("</Document>", "", "not_xml", ""),
    ],
)
def test_an_order_that_was_changed_is_not_read(old: str, new: str, reason: str, where: str) -> None:
    with pytest.raises(UnreadableOrder) as caught:
        read(EXPECTED.replace(old, new).encode())
    assert (caught.value.reason, caught.value.where) == (reason, where)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Société Générale d'Équipement", "Societe Generale d'Equipement"),
        ("Țiriac & Știrbei Mașini S.R.L.", "Tiriac + Stirbei Masini S.R.L."),
        ("Groß Straßenbau GmbH", "Gross Strassenbau GmbH"),
        ("Łódź Ørsted Æbelø Þór", "Lodz Orsted Aebelo Thor"),
        ("Αθηναϊκή Ψύξη", "Athinaiki Psyxi"),
        ("Шипка ЕООД", "Shipka EOOD"),
        ("ЩИТ ЖУПАН", "SHTIT ZHUPAN"),
        ("Mašinoprojekt Ниш Љубић", "Masinoprojekt Nish Ljubic"),
        ("1\u202f480\u00a0000,00 €", "1 480 000,00 EUR"),
        ("a\tb\n c\u200bd", "a b cd"),
        ("90 % «net» [x] a_b; #1", "90 . 'net' (x) a-b, .1"),
        ("株式会社 Robot", ".... Robot"),
    ],
)
def test_words_become_letters_every_bank_accepts(text: str, expected: str) -> None:
    assert sepa_text(text, 140) == expected


def test_words_are_cut_at_the_length_of_the_field() -> None:
    order = read(write_one(creditor_name="ß" * 40, remittance="é" * 141))
    assert order.transfers[0].creditor_name == "s" * 70
    assert order.transfers[0].remittance == "e" * 140


def test_an_address_is_sent_only_with_town_and_country() -> None:
    assert b"PstlAdr" not in write_one(creditor_town="")
    assert b"PstlAdr" not in write_one(creditor_country="")
    assert b"<TwnNm>Saint-Etienne</TwnNm>" in write_one()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" fr82 3000 9000 4100 0041 8207 b12 ", "FR8230009000410000418207B12"),
        ("RO15\u00a0BNVE\u00a00041\u00a08207\u00a00000\u00a00001", "RO15BNVE0041820700000001"),
        ("RS56-900000418207000141", "RS56900000418207000141"),
    ],
)
def test_an_account_is_cleaned_of_spaces_and_case(text: str, cleaned: str) -> None:
    assert clean_sepa_iban(text) == cleaned


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("FR82", "format"),
        ("FR8230009000410000418207B1٢", "format"),
        ("XX8230009000410000418207B12", "checksum"),
        ("DE56370900001418207001", "checksum"),
        ("A" * 5000, "format"),
    ],
)
def test_a_text_that_is_no_account_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidAccount) as caught:
        clean_iban(text)
    assert caught.value.reason == reason


def test_an_account_outside_sepa_is_an_account_but_not_payable() -> None:
    assert clean_iban("TR33 0006 1005 1978 6457 8413 26") == "TR330006100519786457841326"
    with pytest.raises(InvalidAccount, match="outside_sepa"):
        clean_sepa_iban("TR33 0006 1005 1978 6457 8413 26")


def test_a_bank_is_read_in_capitals_and_an_account_shown_in_fours() -> None:
    assert clean_bic(" nvbkde33 xxx") == "NVBKDE33XXX"
    assert group_iban("DE56370900001418207000") == "DE56 3709 0000 1418 2070 00"


transfers = st.lists(
    st.builds(
        Transfer,
        end_to_end_id=st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9?:().,'+-]|/[A-Z]){0,16}[0-9]", fullmatch=True),
        amount=st.decimals("0.01", "999999999.99", places=2),
        creditor_name=st.text(max_size=90).map(lambda text: f"{text}A"[-90:] if len(text) < 60 else f"A{text}"),
        creditor_iban=st.sampled_from(["FR8230009000410000418207B12", "ro15 bnve 0041 8207 0000 0001"]),
        creditor_bic=st.sampled_from(["", "NVBKFRPP"]),
        remittance=st.text(max_size=200),
        creditor_country=st.sampled_from(["", "FR"]),
        creditor_town=st.text(max_size=60),
    ).filter(lambda transfer: transfer.end_to_end_id.upper() != "NOTPROVIDED"),
    min_size=1,
    max_size=5,
    unique_by=lambda transfer: transfer.end_to_end_id,
)


@given(transfers)
def test_whatever_is_typed_the_file_is_valid_and_reads_back(
    is_schema_valid: Callable[[bytes], None], ordered: list[Transfer]
) -> None:
    is_schema_valid(write("UF-1", CREATED_AT, EXECUTION_ON, DEBTOR, ordered))


@given(transfers)
def test_whatever_is_typed_ids_and_amounts_return_exactly_in_sepa_characters(ordered: list[Transfer]) -> None:
    order = read(write("UF-1", CREATED_AT, EXECUTION_ON, DEBTOR, ordered))
    assert [(each.end_to_end_id, each.amount) for each in order.transfers] == [
        (each.end_to_end_id, each.amount) for each in ordered
    ]
    for each in order.transfers:
        assert set(each.creditor_name + each.remittance + each.creditor_town) <= SEPA_CHARACTERS
        assert 1 <= len(each.creditor_name) <= 70
        assert len(each.remittance) <= 140
        assert len(each.creditor_town) <= 35
