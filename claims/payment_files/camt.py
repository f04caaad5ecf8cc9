"""What the bank answers: debit notifications and statements (camt.054, camt.053) and status reports (pain.002). Pure.

Rules, examples and sources are in docs/rules/payments.md. A file is read as a whole or refused as a whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from claims.payment_files.iban import InvalidAccount, clean_iban
from claims.payment_files.message import MAX_BYTES, Node, UnreadableMessage, open_message

Status = Literal["paid", "rejected", "accepted"]

# The message, and the element that holds it.
_ROOTS = {
    "camt.053.001.02": "BkToCstmrStmt",
    "camt.053.001.08": "BkToCstmrStmt",
    "camt.054.001.02": "BkToCstmrDbtCdtNtfctn",
    "camt.054.001.08": "BkToCstmrDbtCdtNtfctn",
    "pain.002.001.10": "CstmrPmtStsRpt",
}
_REPORT = {"BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
_LONGEST_ID = 35
_NOT_PROVIDED = "NOTPROVIDED"

# External code sets of ISO 20022: payment transaction and group status; bank transaction code.
_ACCEPTED = frozenset({"ACTC", "ACCP", "ACSP", "ACSC", "ACWC", "ACWP", "ACCC", "ACFC"})
_REJECTED = frozenset({"RJCT", "CANC"})
_UNDECIDED = frozenset({"", "RCVD", "PDNG", "PART", "PATC", "PRES", "ACIS"})
_DIRECT_DEBIT = "RDDT"
_RETURNED_TRANSFER = "RRTN"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the bank says of one transfer, or of a whole order where it names no transfer.

    `end_to_end_id` is "" where the bank gives none (`unmatched`); `order_id` is the id of the message or of its
    payment information, the same in our files, "" where it is not repeated. `amount` is None only in a status report
    that does not repeat it. `booked_on` is the booking day of the bank, None in a status report or where it gives none.
    `reason` of a rejection: the ISO code, then the bank's words. Only "paid" means that money left the account.
    """

    end_to_end_id: str
    amount: Decimal | None
    currency: str
    booked_on: date | None
    status: Status
    reason: str
    account_iban: str
    bank_reference: str
    order_id: str = ""

    @property
    def unmatched(self) -> bool:
        """No end-to-end id: a person finds what it belongs to."""
        return not self.end_to_end_id


class UnreadableStatement(UnreadableMessage):
    """A file that is not a confirmation, or one that contradicts itself; nothing of it was read."""


def read_confirmation(data: bytes, max_bytes: int = MAX_BYTES) -> tuple[Confirmation, ...]:
    """Everything the file says of money that left the account, came back, or will not leave; in the file's order.

    Entries that are not booked and money received are left out. Raises UnreadableStatement.
    """
    try:
        name, root = open_message(data, _ROOTS, max_bytes)
        if name.startswith("pain.002"):
            return tuple(_status_report(root))
        return tuple(_account_report(root, _REPORT[_ROOTS[name]]))
    except UnreadableMessage as error:
        raise UnreadableStatement(error.reason, error.where, error.found) from error


def _account_report(root: Node, name: str) -> Iterator[Confirmation]:
    root.need("GrpHdr", "MsgId")
    reports = root.all(name)
    if not reports:
        raise UnreadableMessage("missing", f"{root.path}/{name}")
    for report in reports:
        account = _account(report.need("Acct"))
        for entry in report.all("Ntry"):
            yield from _entry(entry, account)


def _account(account: Node) -> str:
    """The IBAN; "" where the bank gives its own kind of number."""
    number = account.need("Id")
    if number.find("IBAN") is None:
        number.need("Othr", "Id")
        return ""
    return _iban(number.need("IBAN"))


def _iban(node: Node) -> str:
    try:
        return clean_iban(node.value)
    except InvalidAccount:
        raise node.wrong() from None


def _entry(entry: Node, account: str) -> Iterator[Confirmation]:
    """One booking, with one or several transfers under it."""
    amount, currency = entry.need("Amt").money()
    day = entry.find("BookgDt")
    booked_on = _day(day) if day is not None else None
    parts = [(part, order_id, _part_status(entry, part)) for part, order_id in _parts(entry)]
    if _entry_status(entry) != "BOOK" or not any(status for _, _, status in parts):
        return
    _check_sum(entry, amount, currency, [part for part, _, _ in parts])
    for part, order_id, status in parts:
        if status is None:
            continue
        part_amount, part_currency = _part_amount(part) or (amount, currency)
        yield Confirmation(
            end_to_end_id=_end_to_end_id(entry, part),
            amount=part_amount,
            currency=part_currency,
            booked_on=booked_on,
            status=status,
            reason=_reasons(part.all("RtrInf")) if status == "rejected" else "",
            account_iban=account,
            bank_reference=part.text("Refs", "AcctSvcrRef") or entry.text("AcctSvcrRef"),
            order_id=order_id,
        )


def _entry_status(entry: Node) -> str:
    """BOOK, PDNG, INFO...: the text itself in version 2, a code under it in version 8."""
    status = entry.need("Sts")
    found = status.value or status.text("Cd") or status.text("Prtry")
    if not found:
        raise status.wrong()
    return found


def _is_debit(node: Node) -> bool:
    indicator = node.need("CdtDbtInd")
    if indicator.value not in {"DBIT", "CRDT"}:
        raise indicator.wrong()
    return indicator.value == "DBIT"


def _day(node: Node) -> date:
    return (node.find("Dt") or node.need("DtTm")).day()


def _parts(entry: Node) -> list[tuple[Node, str]]:
    """The transfers of an entry, each with the id of its order; a booking without details is one part, itself."""
    parts = []
    for details in entry.all("NtryDtls"):
        batch = details.text("Btch", "PmtInfId") or details.text("Btch", "MsgId")
        parts += [
            (part, part.text("Refs", "PmtInfId") or part.text("Refs", "MsgId") or batch)
            for part in details.all("TxDtls") or [details]
        ]
    return parts or [(entry, "")]


def _part_amount(part: Node) -> tuple[Decimal, str] | None:
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt"), ("Btch", "TtlAmt")):
        node = part.find(*path)
        if node is not None:
            return node.money()
    return None


def _check_sum(entry: Node, amount: Decimal, currency: str, parts: list[Node]) -> None:
    """Details without amount are possible only when alone; in the entry's currency and without charges they add up."""
    amounts = [_part_amount(part) for part in parts]
    if len(parts) > 1 and None in amounts:
        raise UnreadableMessage("missing", f"{parts[amounts.index(None)].path}/Amt")
    found = [each for each in amounts if each is not None]
    with_charges = entry.all("Chrgs") or any(part.all("Chrgs") for part in parts)
    if not found or with_charges or any(each_currency != currency for _, each_currency in found):
        return
    total = Decimal("0.00")
    for part, (each, _) in zip(parts, found, strict=True):
        total += each if _part_is_debit(entry, part) == _is_debit(entry) else -each
    if total != amount:
        raise UnreadableMessage("sum", entry.path, f"{total} != {amount} {currency}")


def _part_is_debit(entry: Node, part: Node) -> bool:
    return _is_debit(part if part.find("CdtDbtInd") is not None else entry)


def _part_status(entry: Node, part: Node) -> Status | None:
    """Paid, back again, or None: money received, or taken back from what we had received."""
    reversal = entry.find("RvslInd")
    reverses = reversal is not None and reversal.yes()
    returned = bool(part.all("RtrInf")) or reverses or _family(entry, part, "SubFmlyCd") == _RETURNED_TRANSFER
    if _part_is_debit(entry, part):
        return None if returned else "paid"
    return "rejected" if returned else None


def _family(entry: Node, part: Node, *names: str) -> str:
    """A code of the bank transaction code, the transfer's own before the entry's."""
    path = ("BkTxCd", "Domn", "Fmly", *names)
    return part.text(*path) or entry.text(*path)


def _end_to_end_id(entry: Node, part: Node) -> str:
    """The id of our transfer; "" for a direct debit, whose id is the collecting party's."""
    if _family(entry, part, "Cd") == _DIRECT_DEBIT:
        return ""
    return _identifier(part.find("Refs", "EndToEndId"))


def _identifier(node: Node | None) -> str:
    """An id of ours as the bank repeats it; "" where it says it has none."""
    if node is None or node.value.upper() == _NOT_PROVIDED:
        return ""
    if len(node.value) > _LONGEST_ID:
        raise node.wrong()
    return node.value


def _reasons(nodes: list[Node]) -> str:
    """`AC04 Account closed`: the code of each reason, then the bank's words."""
    said = []
    for node in nodes:
        words = [node.text("Rsn", "Cd") or node.text("Rsn", "Prtry"), *(more.value for more in node.all("AddtlInf"))]
        said.append(" ".join(word for word in words if word))
    return "; ".join(reason for reason in said if reason)


def _status_report(root: Node) -> Iterator[Confirmation]:
    """The status nearest to a transfer counts: its own, else that of its payment information, else of the message."""
    root.need("GrpHdr", "MsgId")
    group = root.need("OrgnlGrpInfAndSts")
    message_id = group.need_text("OrgnlMsgId")
    if not group.need_text("OrgnlMsgNmId").startswith("pain.001"):
        raise group.need("OrgnlMsgNmId").wrong()
    payments = root.all("OrgnlPmtInfAndSts")
    if not payments:
        yield from _reported(group, (group.text("GrpSts"),), message_id, _reasons(group.all("StsRsnInf")))
    for payment in payments:
        order_id = payment.need_text("OrgnlPmtInfId")
        statuses = (payment.text("PmtInfSts"), group.text("GrpSts"))
        reason = _reasons(payment.all("StsRsnInf")) or _reasons(group.all("StsRsnInf"))
        transfers = payment.all("TxInfAndSts")
        if not transfers:
            yield from _reported(payment, statuses, order_id, reason)
        for transfer in transfers:
            own = _reasons(transfer.all("StsRsnInf")) or reason
            yield from _reported(transfer, (transfer.text("TxSts"), *statuses), order_id, own)


def _reported(node: Node, statuses: tuple[str, ...], order_id: str, reason: str) -> Iterator[Confirmation]:
    """The confirmation of a transfer or of a whole order; nothing while the bank has not decided."""
    code = next((status for status in statuses if status), "")
    if code in _UNDECIDED:
        return
    if code not in _ACCEPTED | _REJECTED:
        raise UnreadableMessage("value", f"{node.path} status", code[:80])
    original = node.find("OrgnlTxRef", "Amt", "InstdAmt")
    amount, currency = original.money() if original is not None else (None, "")
    account = node.find("OrgnlTxRef", "DbtrAcct", "Id", "IBAN")
    yield Confirmation(
        end_to_end_id=_identifier(node.find("OrgnlEndToEndId")),
        amount=amount,
        currency=currency,
        booked_on=None,
        status="rejected" if code in _REJECTED else "accepted",
        reason=reason if code in _REJECTED else "",
        account_iban=_iban(account) if account is not None else "",
        bank_reference=node.text("AcctSvcrRef"),
        order_id=order_id,
    )
