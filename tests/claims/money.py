"""The reference case on its way to the money: where tests of indemnities, payments and recoveries start."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from claims.actions import accounts, claims, evidence, indemnities, payments
from claims.models import BankAccount, BankFile, Claim, Indemnity, PayingAccount, PaymentFile
from parties.models import Duty, InsurerRole, User
from tests.factories import claim_on_pei, deliver_to_pei, guarantee_in_force, instant

# Account numbers of the banks' own examples; no account has them.
INDEX_IBAN, OTHER_IBAN, BANK_IBAN = (
    "FR7630006000011234567890189",
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
)
INSURER_IBAN = "FR7630004000031234567890143"

# The waiting period of the second invoice, due 14 November 2027, ends on 12 May 2028.
LOST_ON = date(2028, 5, 15)


def another_approver() -> User:
    user = User.objects.create_user("noor@unlockfocus.example", name="Noor Haddad", language="en", is_staff=True)
    Duty.objects.create(user=user, role=InsurerRole.CLAIMS_APPROVER)
    return user


def collect(claim: Claim, by: User, on: date) -> Claim:
    """Every document given, the deliveries proved, collection begun."""
    for kind in ("order", "terms", "statement", "reminder", "insolvency", "filed_claim"):
        _give(claim, by, kind, on)
    for invoice in claim.invoices.all():
        _give(claim, by, "invoice", on, invoice)
        _give(claim, by, "delivery", on, invoice)
    if not BankAccount.objects.exists():
        owner = claim.guarantee.request.company
        membership = owner.memberships.get(user__name="Alice Bernard")
        accounts.give(owner, holder="INDEX SAS", iban=INDEX_IBAN, by=membership.user, at=instant(on))
    claims.review_documents(claim.pk, at=instant(on))
    return claims.start_collection(claim.pk, by=by, at=instant(on))


def _give(claim, by, kind, on, invoice=None):
    file = SimpleUploadedFile(f"{kind}.pdf", b"%PDF-1.4\n%%EOF\n")
    evidence.add_evidence(claim.guarantee_id, kind=kind, file=file, invoice=invoice, by=by, at=instant(on))


def claim_in_collection(index, alice, bruno, david, now, **terms) -> Claim:
    """INDEX's claim on both invoices, EUR 1,480,000.00, everything covered, in collection since 29 November 2027."""
    guarantee = guarantee_in_force(index, alice, bruno, now, **terms)
    claim = claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice)
    return collect(claim, david, date(2027, 11, 29))


def signed(claim, david, ines, on=LOST_ON) -> Indemnity:
    """The whole indemnity, prepared by the handler and signed by the approver."""
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(on))
    return indemnities.sign(prepared.pk, by=ines, at=instant(on, 10))


def confirmed_account(david, on=LOST_ON) -> BankAccount:
    pending = BankAccount.objects.get(confirmed_at=None, ended_at=None)
    return accounts.confirm(
        pending.pk, confirmation="Called the treasurer on the number of 2026", by=david, at=instant(on)
    )


def paying_account() -> PayingAccount:
    return PayingAccount.objects.create(
        valid_from=date(2026, 1, 1), name="Unlock Focus", iban=INSURER_IBAN, bic="BNPAFRPP"
    )


def ordered(claim, david, ines, on=LOST_ON, indemnity=None) -> PaymentFile:
    """The payment of a signed indemnity, or of the whole one signed now, to the account confirmed now."""
    indemnity = indemnity or signed(claim, david, ines, on)
    confirmed_account(david, on)
    paying_account()
    return payments.make([indemnity.pk], by=david, at=instant(on, 11))


def paid(claim, david, ines, on=LOST_ON, indemnity=None) -> Indemnity:
    """Ordered on that day, booked by the bank on the day after."""
    order = ordered(claim, david, ines, on, indemnity)
    indemnity = order.indemnities.get()
    line = booked(indemnity.number, str(indemnity.amount), date(on.year, on.month, on.day + 1))
    file = answer(line, david, on)
    payments.confirm(file.pk, by=david, at=instant(date(on.year, on.month, on.day + 1)))
    indemnity.refresh_from_db()
    claim.refresh_from_db()
    return indemnity


def answer(data: bytes, by: User, on: date = LOST_ON) -> BankFile:
    return payments.keep_answer("camt.054.xml", data, by=by, at=instant(on, 12))


def booked(
    number: str, amount: str, on: date, *, returned: str = "", reference: str = "", iban: str = INSURER_IBAN
) -> bytes:
    """A camt.054: one transfer that left the account or, with a reason, came back."""
    side, family = ("CRDT", "RRTN") if returned else ("DBIT", "ESCT")
    domain = "RCDT" if returned else "ICDT"
    back = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>B1</MsgId><CreDtTm>{on}T08:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>N1</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{reference}R</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{domain}</Cd><SubFmlyCd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>{number}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{side}</CdtDbtInd>{back}</TxDtls></NtryDtls></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>""".encode()


def refused_by_bank(number: str, order: str, reason: str) -> bytes:
    """A pain.002: one transfer of an order the bank will not carry out."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S1</MsgId><CreDtTm>2028-05-15T12:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{order}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{order}</OrgnlPmtInfId><TxInfAndSts>
<OrgnlEndToEndId>{number}</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>Account closed</AddtlInf></StsRsnInf>
</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>""".encode()
