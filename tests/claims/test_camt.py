"""What the bank answers: paid, come back, refused; and files that are not believed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.payment_files import pain001
from claims.payment_files.camt import Confirmation, UnreadableStatement, read_confirmation
from claims.payment_files.message import UnreadableMessage
from tests.claims.schema_facets import faults

PAYLOADS = Path(__file__).parent / "payloads"
FRENCH_ACCOUNT = "FR8230009000410000418207B12"
GERMAN_ACCOUNT = "DE56370900001418207000"
ROMANIAN_ACCOUNT = "RO15BNVE0041820700000001"
ON_26 = date(2026, 11, 26)


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.xml").read_bytes()


def paid(end_to_end_id: str, amount: str, account: str, reference: str, order_id: str = "") -> Confirmation:
    return Confirmation(end_to_end_id, Decimal(amount), "EUR", ON_26, "paid", "", account, reference, order_id)


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(UnreadableStatement) as caught:
        read_confirmation(data)
    return caught.value.reason, caught.value.where


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.glob("*.xml")))
def test_the_payloads_are_built_as_the_messages_are_defined(name: str) -> None:
    assert faults(ElementTree.fromstring(payload(name))) == []  # noqa: S314 (ours)


def test_the_structure_table_sees_a_missing_a_misplaced_and_a_misshapen_element() -> None:
    text = payload("french_camt054_08").decode()
    for broken in (
        text.replace("<CdtDbtInd>DBIT</CdtDbtInd>\n        <Sts>", "<Sts>"),
        text.replace("<NtryRef>2</NtryRef>", "").replace("<BkTxCd>", "<NtryRef>2</NtryRef><BkTxCd>"),
        text.replace("1332000.00", "1332000,00"),
        text.replace('<Amt Ccy="EUR">250000.40', "<Amt>250000.40"),
        text.replace("UF-20261125-1", "U" * 36),
    ):
        assert broken != text
        assert faults(ElementTree.fromstring(broken))  # noqa: S314 (ours)


def test_a_french_notification_gives_its_debits_without_the_charges() -> None:
    assert read_confirmation(payload("french_camt054_08")) == (
        paid("IND-2026-0007", "1332000.00", FRENCH_ACCOUNT, "2633000417A", "UF-20261125-1"),
        paid("IND-2026-0008", "250000.00", FRENCH_ACCOUNT, "2633000418B"),
    )


def test_a_german_statement_opens_the_batch_and_tells_the_return_from_money_received() -> None:
    batch, order = "2026112600417000", "UF-20261126-1"
    assert read_confirmation(payload("german_camt053_08")) == (
        paid("IND-2026-0011", "50000.00", GERMAN_ACCOUNT, batch, order),
        paid("IND-2026-0012", "39999.50", GERMAN_ACCOUNT, batch, order),
        paid("", "0.50", GERMAN_ACCOUNT, batch, order),
        paid("", "18.25", GERMAN_ACCOUNT, "2026112600417001"),
        Confirmation(
            "IND-2026-0011", Decimal("50000.00"), "EUR", ON_26, "rejected", "AC04 Konto aufgelöst", GERMAN_ACCOUNT,
            "2026112600417002",
        ),
        paid("", "119.00", GERMAN_ACCOUNT, ""),
    )  # fmt: skip


def test_entries_without_an_id_of_ours_are_unmatched() -> None:
    unmatched = [each.amount for each in read_confirmation(payload("german_camt053_08")) if each.unmatched]
    assert unmatched == [Decimal("0.50"), Decimal("18.25"), Decimal("119.00")]


def test_a_romanian_notification_of_2009_with_prefixes_is_read() -> None:
    sent, back = read_confirmation(payload("romanian_camt054_02"))
    assert sent == paid("IND-2026-0021", "61500.00", ROMANIAN_ACCOUNT, "FT26330RO004")
    assert back == replace(sent, status="rejected", reason="Cont închis", bank_reference="")


def test_a_batch_without_details_is_one_unmatched_booking_that_names_its_order() -> None:
    assert read_confirmation(payload("romanian_camt053_02")) == (paid("", "800.00", "", "LOT-12", "UF-20261126-2"),)


def test_a_status_report_tells_each_transfer_and_is_silent_on_the_undecided() -> None:
    assert read_confirmation(payload("romanian_pain002_10")) == (
        Confirmation(
            "IND-2026-0031", Decimal("1000.00"), "EUR", None, "accepted", "", ROMANIAN_ACCOUNT, "", "UF-20261125-2"
        ),
        Confirmation(
            "IND-2026-0032", None, "", None, "rejected", "AC01 IBAN beneficiar inexistent", "", "", "UF-20261125-2"
        ),
    )


def test_a_whole_order_refused_is_one_rejection_that_names_the_order() -> None:
    assert read_confirmation(payload("french_pain002_10")) == (
        Confirmation("", None, "", None, "rejected", "AM05 Remise en double", "", "", "UF-20261125-1"),
    )


def test_settled_at_the_bank_is_accepted_not_paid() -> None:
    data = payload("french_pain002_10").replace(b"RJCT", b"ACSC")
    assert [(each.status, each.reason) for each in read_confirmation(data)] == [("accepted", "")]


def test_a_report_on_a_direct_debit_or_with_an_unknown_status_is_not_believed() -> None:
    report = payload("french_pain002_10")
    group = "Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts"
    assert refusal(report.replace(b"pain.001.001.09", b"pain.008.001.08")) == ("value", f"{group}/OrgnlMsgNmId")
    assert refusal(report.replace(b"RJCT", b"OKAY")) == ("value", f"{group} status")


ENTRY_1 = "Document/BkToCstmrDbtCdtNtfctn/Ntfctn[1]/Ntry[1]"


@pytest.mark.parametrize(
    ("old", "new", "reason", "where"),
    [
        ('<Amt Ccy="EUR">1332000.00</Amt>\n        <CdtDbtInd>', "<CdtDbtInd>", "missing", f"{ENTRY_1}/Amt"),
        ('<Amt Ccy="EUR">1332000.00', "<Amt>1332000.00", "value", f"{ENTRY_1}/Amt/@Ccy"),
        ('Ccy="EUR">1332000.00', 'Ccy="EUR">1332000,00', "value", f"{ENTRY_1}/Amt"),
        ('Ccy="EUR">1332000.00', 'Ccy="EUR">-1332000.00', "value", f"{ENTRY_1}/Amt"),
        ('Ccy="EUR">1332000.00', 'Ccy="EUR">1332000.001', "value", f"{ENTRY_1}/Amt"),
        ("1332000.00</Amt>\n            <", "1332000.01</Amt>\n            <", "sum", ENTRY_1),
        (">DBIT</CdtDbtInd>\n        <Sts>", ">D</CdtDbtInd>\n        <Sts>", "value", f"{ENTRY_1}/CdtDbtInd"),
        ("<Sts><Cd>BOOK</Cd></Sts>", "", "missing", f"{ENTRY_1}/Sts"),
        ("<Cd>BOOK</Cd>", "", "value", f"{ENTRY_1}/Sts"),
        ("<Dt>2026-11-26</Dt>", "<Dt>2026-11-31</Dt>", "value", f"{ENTRY_1}/BookgDt/Dt"),
        ("<Dt>2026-11-26</Dt>", "<Dt>26.11.2026</Dt>", "value", f"{ENTRY_1}/BookgDt/Dt"),
        ("FR8230009", "FR8330009", "value", "Document/BkToCstmrDbtCdtNtfctn/Ntfctn[1]/Acct/Id/IBAN"),
        (
            "<EndToEndId>IND-2026-0007</EndToEndId>",
            "<EndToEndId>IND-2026-0007</EndToEndId><EndToEndId>IND-2026-0009</EndToEndId>",
            "repeated",
            f"{ENTRY_1}/NtryDtls[1]/TxDtls[1]/Refs/EndToEndId[2]",
        ),
        (
            "IND-2026-0007</EndToEndId>",
            "IND-2026-0007-AND-MUCH-MORE-THAN-THIRTY-FIVE</EndToEndId>",
            "value",
            f"{ENTRY_1}/NtryDtls[1]/TxDtls[1]/Refs/EndToEndId",
        ),
        ("camt.054.001.08", "camt.052.001.08", "unknown_message", ""),
        ("BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt", "missing", "Document/BkToCstmrDbtCdtNtfctn"),
        ("</Document>", "", "not_xml", ""),
        ('encoding="UTF-8"', 'encoding="klingon"', "not_xml", ""),
        ("<Document", '<!DOCTYPE Document SYSTEM "http://bank.example/x.dtd"><Document', "doctype", ""),
        ("<Document", '<!DOCTYPE D [<!ENTITY a "aaaa">]><Document', "doctype", ""),
    ],
)  # fmt: skip
def test_a_file_with_one_thing_wrong_is_refused_as_a_whole(old: str, new: str, reason: str, where: str) -> None:
    text = payload("french_camt054_08").decode()
    assert old in text
    assert refusal(text.replace(old, new).encode()) == (reason, where)


def test_details_that_do_not_add_up_to_their_batch_are_refused() -> None:
    statement = payload("german_camt053_08").replace(b">39999.5<", b">39999.4<")
    assert refusal(statement) == ("sum", "Document/BkToCstmrStmt/Stmt[1]/Ntry[1]")


def test_a_batch_with_one_amount_missing_is_refused() -> None:
    statement = payload("german_camt053_08").replace(b'<Amt Ccy="EUR">39999.5</Amt>', b"")
    assert refusal(statement) == ("missing", "Document/BkToCstmrStmt/Stmt[1]/Ntry[1]/NtryDtls[1]/TxDtls[2]/Amt")


def test_a_pending_debit_is_not_paid() -> None:
    data = payload("french_camt054_08").replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>")
    assert read_confirmation(data) == ()


def test_money_received_under_one_of_our_ids_is_no_rejection() -> None:
    data = payload("french_camt054_08").replace(b"DBIT", b"CRDT")
    assert read_confirmation(data) == ()


def test_a_return_announced_only_by_its_transaction_code_is_a_rejection() -> None:
    data = payload("french_camt054_08").replace(b"DBIT", b"CRDT").replace(b"ESCT", b"RRTN")
    assert [(each.end_to_end_id, each.status, each.reason) for each in read_confirmation(data)] == [
        ("IND-2026-0007", "rejected", ""),
        ("IND-2026-0008", "rejected", ""),
    ]


def test_a_transfer_in_another_currency_keeps_its_currency() -> None:
    data = payload("french_camt054_08").replace(b'Ccy="EUR"', b'Ccy="RON"')
    assert [(each.amount, each.currency) for each in read_confirmation(data)] == [
        (Decimal("1332000.00"), "RON"),
        (Decimal("250000.00"), "RON"),
    ]


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty"), (b" \n", "empty"), (b"PK\x03\x04", "not_xml")])
def test_a_file_that_is_no_message_is_refused(data: bytes, reason: str) -> None:
    assert refusal(data) == (reason, "")


def test_a_file_above_the_limit_is_refused_before_it_is_read() -> None:
    data = payload("french_camt054_08")
    assert len(read_confirmation(data, max_bytes=len(data))) == 2
    with pytest.raises(UnreadableStatement) as caught:
        read_confirmation(data, max_bytes=len(data) - 1)
    assert caught.value.reason == "too_large"


def test_the_error_says_where_and_what() -> None:
    data = payload("french_camt054_08").replace(b"2026-11-26</Dt>", b"tomorrow</Dt>")
    with pytest.raises(UnreadableStatement, match=r"Ntry\[1\]/BookgDt/Dt: value: tomorrow"):
        read_confirmation(data)


@given(
    name=st.sampled_from(["french_camt054_08", "german_camt053_08", "romanian_camt054_02", "romanian_pain002_10"]),
    at=st.integers(min_value=0, max_value=6000),
    cut=st.integers(min_value=0, max_value=40),
    put=st.one_of(st.binary(max_size=8), st.sampled_from([b"<", b"</", b"&a;", b"\x00", b"<!--", b"<Amt>"])),
)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str, at: int, cut: int, put: bytes) -> None:
    data = payload(name)
    damaged = data[:at] + put + data[at + cut :]
    try:
        answers = {each.status for each in read_confirmation(damaged)}
    except UnreadableMessage as error:
        answers = {error.reason}
    assert answers <= {"paid", "rejected", "accepted", *UnreadableMessage.REASONS}


def debit_notification(order: pain001.PaymentOrder) -> bytes:
    """A bank that carries out what it is asked: one batch booking, its transfers beneath."""
    details = "".join(
        f"<TxDtls><Refs><PmtInfId>{order.message_id}</PmtInfId><EndToEndId>{each.end_to_end_id}</EndToEndId></Refs>"
        f'<Amt Ccy="EUR">{each.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
        for each in order.transfers
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
        "<GrpHdr><MsgId>N1</MsgId><CreDtTm>2026-11-26T18:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N1</Id>"
        f"<Acct><Id><IBAN>{order.debtor.iban}</IBAN></Id></Acct>"
        f'<Ntry><Amt Ccy="EUR">{order.total}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{order.execution_on}</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>SCT</Cd></Prtry></BkTxCd><NtryDtls>{details}</NtryDtls></Ntry>"
        "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def transfer(end_to_end_id: str, amount: Decimal) -> pain001.Transfer:
    return pain001.Transfer(end_to_end_id, amount, "INDEX Équipements", FRENCH_ACCOUNT, "", "Indemnité")


def ordered_then_confirmed(transfers: list[pain001.Transfer]) -> tuple[Confirmation, ...]:
    debtor = pain001.Debtor("Unlock Focus SE", GERMAN_ACCOUNT, "")
    file = pain001.write("UF-1", datetime(2026, 11, 25, tzinfo=UTC), ON_26, debtor, transfers)
    answer = debit_notification(pain001.read(file))
    assert faults(ElementTree.fromstring(answer)) == []  # noqa: S314 (ours)
    return read_confirmation(answer)


def test_what_was_ordered_is_what_the_bank_confirms() -> None:
    transfers = [transfer("IND-1", Decimal("1332000.00")), transfer("IND-2", Decimal("0.01"))]
    assert ordered_then_confirmed(transfers) == (
        paid("IND-1", "1332000.00", GERMAN_ACCOUNT, "B1", "UF-1"),
        paid("IND-2", "0.01", GERMAN_ACCOUNT, "B1", "UF-1"),
    )


@given(st.lists(st.decimals("0.01", "999999999.99", places=2), min_size=1, max_size=8))
def test_any_amounts_ordered_come_back_to_the_cent_under_their_ids(amounts: list[Decimal]) -> None:
    transfers = [transfer(f"IND-{number}", amount) for number, amount in enumerate(amounts)]
    confirmed = ordered_then_confirmed(transfers)
    assert [(each.end_to_end_id, each.amount) for each in confirmed] == [
        (f"IND-{number}", amount) for number, amount in enumerate(amounts)
    ]
