"""The order to pay: a SEPA credit transfer initiation, pain.001.001.09. Pure.

Rules, examples and sources are in docs/rules/payments.md. Amounts are EUR to the cent. The same order always gives the
same bytes.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from claims.payment_files.charset import sepa_text
from claims.payment_files.iban import InvalidAccount, clean_bic, clean_sepa_iban, needs_bic
from claims.payment_files.message import MAX_BYTES, NAMESPACE, Node, UnreadableMessage, open_message
from unlockfocus.money import CENT

MESSAGE = "pain.001.001.09"
ROOT = "CstmrCdtTrfInitn"
CURRENCY = "EUR"
LARGEST = Decimal("999999999.99")
LONGEST_ID, LONGEST_NAME, LONGEST_REMITTANCE, LONGEST_TOWN = 35, 70, 140, 35
NOT_PROVIDED = "NOTPROVIDED"

_ID = re.compile(r"[A-Za-z0-9/?:().,'+ -]{1,35}")
_COUNTRY = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. `creditor_bic` may be "" inside the European Economic Area.

    The creditor's address is sent when both town and country are known: since November 2026 banks refuse less.
    """

    end_to_end_id: str
    amount: Decimal
    creditor_name: str
    creditor_iban: str
    creditor_bic: str
    remittance: str
    creditor_country: str = ""
    creditor_town: str = ""
    currency: str = CURRENCY


@dataclass(frozen=True, slots=True)
class Debtor:
    """Whose account pays. `bic` may be "": the bank knows its own customer."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What a file orders; texts are in SEPA characters."""

    message_id: str
    created_at: datetime
    execution_on: date
    debtor: Debtor
    transfers: tuple[Transfer, ...]

    @property
    def total(self) -> Decimal:
        return sum((transfer.amount for transfer in self.transfers), Decimal("0.00"))


class RefusedOrder(ValueError):
    """An order no bank would carry out. `field` names the field; `transfer` its end-to-end id, "" for the whole order.

    `reason` is one of `REASONS`, or one of `InvalidAccount.REASONS` for an account or a bank.
    """

    REASONS = (
        "empty", "characters", "slashes", "reserved", "duplicate", "currency", "not_positive", "too_large", "cents",
        "naive", "past", "bank_needed", "country",
    )  # fmt: skip

    def __init__(self, field: str, reason: str, transfer: str = "") -> None:
        super().__init__(": ".join(part for part in (transfer, field, reason) if part))
        self.field = field
        self.reason = reason
        self.transfer = transfer


class UnreadableOrder(UnreadableMessage):
    """A file that is not an order this product wrote."""


def write(
    message_id: str, created_at: datetime, execution_on: date, debtor: Debtor, transfers: Sequence[Transfer]
) -> bytes:
    """The file for the bank: UTF-8 XML, each transfer debited on its own. Raises RefusedOrder."""
    order = check(PaymentOrder(message_id, created_at, execution_on, debtor, tuple(transfers)))
    document = Element("Document", {"xmlns": NAMESPACE + MESSAGE})
    root = SubElement(document, ROOT)
    _write_header(SubElement(root, "GrpHdr"), order)
    _write_payment(SubElement(root, "PmtInf"), order)
    indent(document)
    body: bytes = tostring(document, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def check(order: PaymentOrder) -> PaymentOrder:
    """The order as it will be sent: accounts cleaned, texts in SEPA characters. Raises RefusedOrder."""
    _check_id("message_id", order.message_id)
    if order.created_at.utcoffset() is None:
        raise RefusedOrder("created_at", "naive")
    created_at = order.created_at.astimezone(UTC).replace(microsecond=0)
    if order.execution_on < created_at.date():
        raise RefusedOrder("execution_on", "past")
    if not order.transfers:
        raise RefusedOrder("transfers", "empty")
    [(most, times)] = Counter(transfer.end_to_end_id for transfer in order.transfers).most_common(1)
    if times > 1:
        raise RefusedOrder("end_to_end_id", "duplicate", most)
    return PaymentOrder(
        order.message_id,
        created_at,
        order.execution_on,
        _checked_debtor(order.debtor),
        tuple(_checked_transfer(transfer) for transfer in order.transfers),
    )


def read(data: bytes, max_bytes: int = MAX_BYTES) -> PaymentOrder:
    """The order in a file `write` made. Raises UnreadableOrder, also where counts and sums do not agree."""
    try:
        _, root = open_message(data, {MESSAGE: ROOT}, max_bytes)
        order = _read_order(root)
        return check(order)
    except RefusedOrder as error:
        raise UnreadableOrder("value", error.field, str(error)) from error
    except UnreadableMessage as error:
        raise UnreadableOrder(error.reason, error.where, error.found) from error


def _check_id(field: str, value: str, transfer: str = "") -> None:
    """EPC: up to 35 SEPA characters; a slash neither begins nor ends an identifier, nor follows another."""
    if not value.strip():
        raise RefusedOrder(field, "empty", transfer)
    if not _ID.fullmatch(value) or value != " ".join(value.split()):
        raise RefusedOrder(field, "characters", transfer)
    if value.startswith("/") or value.endswith("/") or "//" in value:
        raise RefusedOrder(field, "slashes", transfer)
    if value.upper() == NOT_PROVIDED:
        raise RefusedOrder(field, "reserved", transfer)


def _checked_debtor(debtor: Debtor) -> Debtor:
    return Debtor(
        _checked_text("debtor.name", debtor.name, LONGEST_NAME),
        _checked_account("debtor.iban", debtor.iban, clean_sepa_iban),
        _checked_account("debtor.bic", debtor.bic, clean_bic) if debtor.bic else "",
    )


def _checked_transfer(transfer: Transfer) -> Transfer:
    key = transfer.end_to_end_id
    _check_id("end_to_end_id", key, key)
    _check_amount(transfer)
    iban = _checked_account("creditor_iban", transfer.creditor_iban, clean_sepa_iban, key)
    if needs_bic(iban) and not transfer.creditor_bic:
        raise RefusedOrder("creditor_bic", "bank_needed", key)
    if transfer.creditor_country and not _COUNTRY.fullmatch(transfer.creditor_country):
        raise RefusedOrder("creditor_country", "country", key)
    town = sepa_text(transfer.creditor_town, LONGEST_TOWN)
    with_address = town if transfer.creditor_country else ""
    return Transfer(
        end_to_end_id=key,
        amount=transfer.amount.quantize(CENT),
        creditor_name=_checked_text("creditor_name", transfer.creditor_name, LONGEST_NAME, key),
        creditor_iban=iban,
        creditor_bic=_checked_account("creditor_bic", transfer.creditor_bic, clean_bic, key)
        if transfer.creditor_bic
        else "",
        remittance=sepa_text(transfer.remittance, LONGEST_REMITTANCE),
        creditor_country=transfer.creditor_country if with_address else "",
        creditor_town=with_address,
    )


def _check_amount(transfer: Transfer) -> None:
    """One cent to 999,999,999.99 EUR: the bounds of the scheme."""
    amount, key = transfer.amount, transfer.end_to_end_id
    if transfer.currency != CURRENCY:
        raise RefusedOrder("currency", "currency", key)
    if not amount.is_finite() or amount <= 0:
        raise RefusedOrder("amount", "not_positive", key)
    if amount > LARGEST:
        raise RefusedOrder("amount", "too_large", key)
    if amount != amount.quantize(CENT):
        raise RefusedOrder("amount", "cents", key)


def _checked_text(field: str, text: str, longest: int, transfer: str = "") -> str:
    """A name the bank can show; RefusedOrder("empty") where no letter or digit of it is left."""
    shown = sepa_text(text, longest)
    if not any(character.isalnum() for character in shown):
        raise RefusedOrder(field, "empty", transfer)
    return shown


def _checked_account(field: str, text: str, clean: Callable[[str], str], transfer: str = "") -> str:
    try:
        return clean(text)
    except InvalidAccount as error:
        raise RefusedOrder(field, error.reason, transfer) from error


def _write_header(header: Element, order: PaymentOrder) -> None:
    _add(header, order.message_id, "MsgId")
    _add(header, order.created_at.isoformat().replace("+00:00", "Z"), "CreDtTm")
    _write_totals(header, order)
    _add(header, order.debtor.name, "InitgPty", "Nm")


def _write_totals(parent: Element, order: PaymentOrder) -> None:
    _add(parent, str(len(order.transfers)), "NbOfTxs")
    _add(parent, f"{order.total:f}", "CtrlSum")


def _write_payment(payment: Element, order: PaymentOrder) -> None:
    _add(payment, order.message_id, "PmtInfId")
    _add(payment, "TRF", "PmtMtd")
    _add(payment, "false", "BtchBookg")
    _write_totals(payment, order)
    _add(payment, "SEPA", "PmtTpInf", "SvcLvl", "Cd")
    _add(payment, order.execution_on.isoformat(), "ReqdExctnDt", "Dt")
    _add(payment, order.debtor.name, "Dbtr", "Nm")
    _add(payment, order.debtor.iban, "DbtrAcct", "Id", "IBAN")
    if order.debtor.bic:
        _add(payment, order.debtor.bic, "DbtrAgt", "FinInstnId", "BICFI")
    else:
        _add(payment, NOT_PROVIDED, "DbtrAgt", "FinInstnId", "Othr", "Id")
    _add(payment, "SLEV", "ChrgBr")
    for transfer in order.transfers:
        _write_transfer(SubElement(payment, "CdtTrfTxInf"), transfer)


def _write_transfer(parent: Element, transfer: Transfer) -> None:
    _add(parent, transfer.end_to_end_id, "PmtId", "EndToEndId")
    _add(parent, f"{transfer.amount:f}", "Amt", "InstdAmt").set("Ccy", CURRENCY)
    if transfer.creditor_bic:
        _add(parent, transfer.creditor_bic, "CdtrAgt", "FinInstnId", "BICFI")
    creditor = SubElement(parent, "Cdtr")
    _add(creditor, transfer.creditor_name, "Nm")
    if transfer.creditor_town:
        address = SubElement(creditor, "PstlAdr")
        _add(address, transfer.creditor_town, "TwnNm")
        _add(address, transfer.creditor_country, "Ctry")
    _add(parent, transfer.creditor_iban, "CdtrAcct", "Id", "IBAN")
    if transfer.remittance:
        _add(parent, transfer.remittance, "RmtInf", "Ustrd")


def _add(parent: Element, text: str, *names: str) -> Element:
    """Nest new elements of these names under the parent; the innermost holds the text."""
    for name in names:
        parent = SubElement(parent, name)
    parent.text = text
    return parent


def _read_order(root: Node) -> PaymentOrder:
    header, payment = root.need("GrpHdr"), root.need("PmtInf")
    if payment.need_text("PmtInfId") != header.need_text("MsgId"):
        raise payment.need("PmtInfId").wrong()
    order = PaymentOrder(
        message_id=header.need_text("MsgId"),
        created_at=_read_moment(header.need("CreDtTm")),
        execution_on=payment.need("ReqdExctnDt", "Dt").day(),
        debtor=Debtor(
            payment.need_text("Dbtr", "Nm"),
            payment.need_text("DbtrAcct", "Id", "IBAN"),
            payment.text("DbtrAgt", "FinInstnId", "BICFI"),
        ),
        transfers=tuple(_read_transfer(node) for node in payment.all("CdtTrfTxInf")),
    )
    for counted in (header, payment):
        _check_totals(counted, order)
    return order


def _check_totals(counted: Node, order: PaymentOrder) -> None:
    if counted.need_text("NbOfTxs") != str(len(order.transfers)):
        raise UnreadableMessage("sum", f"{counted.path}/NbOfTxs", f"{len(order.transfers)} transfers")
    if counted.need("CtrlSum").decimal() != order.total:
        raise UnreadableMessage("sum", f"{counted.path}/CtrlSum", str(order.total))


def _read_transfer(node: Node) -> Transfer:
    amount, currency = node.need("Amt", "InstdAmt").money()
    return Transfer(
        end_to_end_id=node.need_text("PmtId", "EndToEndId"),
        amount=amount,
        creditor_name=node.need_text("Cdtr", "Nm"),
        creditor_iban=node.need_text("CdtrAcct", "Id", "IBAN"),
        creditor_bic=node.text("CdtrAgt", "FinInstnId", "BICFI"),
        remittance=node.text("RmtInf", "Ustrd"),
        creditor_country=node.text("Cdtr", "PstlAdr", "Ctry"),
        creditor_town=node.text("Cdtr", "PstlAdr", "TwnNm"),
        currency=currency,
    )


def _read_moment(node: Node) -> datetime:
    try:
        moment = datetime.fromisoformat(node.value)
        return moment if moment.utcoffset() is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise node.wrong() from None
