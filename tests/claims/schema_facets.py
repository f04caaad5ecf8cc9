"""The parts of ISO 20022 messages our payloads use: which elements, in which order, how often, how long.

Written from the message definitions camt.053.001.02/.08, camt.054.001.02/.08 and pain.002.001.10 (ISO 20022 catalogue
of messages); our payloads were once checked against the published schemas as well. `?` may be absent, `*` any number,
`+` at least one, `|` a choice.
"""

import re
from xml.etree.ElementTree import Element

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"

# By the end of the path; the longest that fits counts.
CONTENT = {
    "Document": "BkToCstmrStmt|BkToCstmrDbtCdtNtfctn|CstmrPmtStsRpt",
    "BkToCstmrStmt": "GrpHdr Stmt+",
    "BkToCstmrDbtCdtNtfctn": "GrpHdr Ntfctn+",
    "GrpHdr": "MsgId CreDtTm MsgRcpt? MsgPgntn? AddtlInf?",
    "MsgPgntn": "PgNb LastPgInd",
    "Stmt": "Id ElctrncSeqNb? LglSeqNb? CreDtTm? FrToDt? CpyDplctInd? Acct Bal+ TxsSummry? Ntry* AddtlStmtInf?",
    "Ntfctn": "Id ElctrncSeqNb? LglSeqNb? CreDtTm? FrToDt? CpyDplctInd? Acct TxsSummry? Ntry* AddtlNtfctnInf?",
    "Acct": "Id Tp? Ccy? Nm? Ownr? Svcr?",
    "Acct/Id": "IBAN|Othr",
    "Othr": "Id",
    "Bal": "Tp Amt CdtDbtInd Dt",
    "Tp": "CdOrPrtry",
    "CdOrPrtry": "Cd|Prtry",
    "Bal/Dt": "Dt|DtTm",
    "Svcr": "FinInstnId",
    "FinInstnId": "BICFI? Nm?",
    "Ntry": "NtryRef? Amt CdtDbtInd RvslInd? Sts BookgDt? ValDt? AcctSvcrRef? BkTxCd Chrgs* NtryDtls* AddtlNtryInf?",
    "Ntry/Sts": "Cd|Prtry",
    "BookgDt": "Dt|DtTm",
    "ValDt": "Dt|DtTm",
    "BkTxCd": "Domn? Prtry?",
    "BkTxCd/Prtry": "Cd Issr?",
    "Domn": "Cd Fmly",
    "Fmly": "Cd SubFmlyCd",
    "Chrgs": "TtlChrgsAndTaxAmt? Rcrd*",
    "NtryDtls": "Btch? TxDtls*",
    "Btch": "MsgId? PmtInfId? NbOfTxs? TtlAmt? CdtDbtInd?",
    "TxDtls": "Refs? Amt? CdtDbtInd? AmtDtls? BkTxCd? Chrgs* RltdPties? RltdAgts? Purp? RmtInf? RtrInf? AddtlTxInf?",
    "Refs": "MsgId? AcctSvcrRef? PmtInfId? InstrId? EndToEndId? UETR? TxId? MndtId?",
    "AmtDtls": "InstdAmt? TxAmt?",
    "AmtDtls/InstdAmt": "Amt",
    "TxAmt": "Amt",
    "RltdPties": "Dbtr? DbtrAcct? Cdtr? CdtrAcct?",
    "CdtrAcct": "Id",
    "CdtrAcct/Id": "IBAN|Othr",
    "Cdtr": "Pty|Agt",
    "Pty": "Nm?",
    "MsgRcpt": "Nm?",
    "Ownr": "Nm?",
    "InitgPty": "Nm?",
    "RmtInf": "Ustrd* Strd*",
    "RtrInf": "OrgnlBkTxCd? Orgtr? Rsn? AddtlInf*",
    "Rsn": "Cd|Prtry",
    "CstmrPmtStsRpt": "GrpHdr OrgnlGrpInfAndSts OrgnlPmtInfAndSts*",
    "CstmrPmtStsRpt/GrpHdr": "MsgId CreDtTm InitgPty?",
    "OrgnlGrpInfAndSts": "OrgnlMsgId OrgnlMsgNmId OrgnlCreDtTm? OrgnlNbOfTxs? OrgnlCtrlSum? GrpSts? StsRsnInf*",
    "OrgnlPmtInfAndSts": "OrgnlPmtInfId OrgnlNbOfTxs? OrgnlCtrlSum? PmtInfSts? StsRsnInf* NbOfTxsPerSts* TxInfAndSts*",
    "TxInfAndSts": "StsId? OrgnlInstrId? OrgnlEndToEndId? TxSts? StsRsnInf* AcctSvcrRef? OrgnlTxRef?",
    "StsRsnInf": "Orgtr? Rsn? AddtlInf*",
    "OrgnlTxRef": "Amt? DbtrAcct?",
    "OrgnlTxRef/Amt": "InstdAmt",
    "DbtrAcct": "Id",
    "DbtrAcct/Id": "IBAN|Othr",
}
# Version 2 (2009): a status and a party are plain, a transfer has no amount of its own, a report has its moment.
CONTENT_2009 = {
    "Ntry/Sts": "",
    "Cdtr": "Nm?",
    "TxDtls": "Refs? AmtDtls? BkTxCd? Chrgs* RltdPties? RltdAgts? Purp? RmtInf? RtrInf? AddtlTxInf?",
    "Stmt": CONTENT["Stmt"].replace("CreDtTm?", "CreDtTm"),
    "Ntfctn": CONTENT["Ntfctn"].replace("CreDtTm?", "CreDtTm"),
    "FinInstnId": "BIC? Nm?",
}
_TEXT_35 = r".{1,35}"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
_AMOUNT = r"(?=(?:\D*\d){1,18}\D*$)\d+(\.\d{1,5})?"
LEAVES = {
    "AddtlInf": r".{1,105}", "AddtlNtryInf": r".{1,500}", "Amt": _AMOUNT,
    "BICFI": r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?",
    "Ccy": r"[A-Z]{3}", "CdtDbtInd": "CRDT|DBIT", "CreDtTm": _MOMENT, "Dt": r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?",
    "DtTm": _MOMENT, "IBAN": r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}", "InstdAmt": _AMOUNT, "LastPgInd": "true|false",
    "NbOfTxs": r"\d{1,15}", "Nm": r".{1,140}", "OrgnlNbOfTxs": r"\d{1,15}", "OrgnlCtrlSum": r"\d{1,16}(\.\d{1,17})?",
    "PgNb": r"\d{1,5}", "RvslInd": "true|false|1|0", "TtlAmt": _AMOUNT, "TtlChrgsAndTaxAmt": _AMOUNT,
    "Ustrd": r".{1,140}", "Sts": "BOOK|PDNG|INFO", "ElctrncSeqNb": r"\d{1,18}",
}  # fmt: skip
CODES = {"GrpSts", "PmtInfSts", "TxSts", "SubFmlyCd"}
_WITH_CURRENCY = {"Amt", "InstdAmt", "TtlAmt", "TtlChrgsAndTaxAmt"}


def faults(document: Element) -> list[str]:
    """What is wrong with the structure of a document, by path; empty when it agrees with the tables."""
    namespace = document.tag[1:].partition("}")[0]
    content = CONTENT | (CONTENT_2009 if namespace.endswith(".02") else {})
    return [f"{namespace} is not of ISO 20022"] * (not namespace.startswith(NAMESPACE)) + _faults(
        document, namespace, "", content
    )


def _faults(element: Element, namespace: str, parent: str, content: dict[str, str]) -> list[str]:
    name = element.tag.removeprefix(f"{{{namespace}}}")
    path = f"{parent}/{name}"
    fitting = [end for end in content if path.endswith(f"/{end}")]
    pattern = content[max(fitting, key=len)] if fitting else ""
    if not pattern or not len(element):
        return _leaf_faults(element, name, path)
    children = "".join(child.tag.removeprefix(f"{{{namespace}}}") + " " for child in element)
    grammar = "".join(re.sub("[A-Za-z]+", lambda match: f"(?:{match[0]}\\s)", part) for part in pattern.split())
    found = [] if re.fullmatch(grammar, children) else [f"{path}: {children}against {pattern}"]
    return found + [fault for child in element for fault in _faults(child, namespace, path, content)]


def _leaf_faults(element: Element, name: str, path: str) -> list[str]:
    if len(element):
        return [f"{path}: has elements"]
    text = (element.text or "").strip()
    shape = LEAVES.get(name, r"[A-Z0-9]{1,4}" if name in CODES else _TEXT_35)
    found = [] if re.fullmatch(shape, text) else [f"{path}: {text!r}"]
    if (name in _WITH_CURRENCY) != ("Ccy" in element.attrib):
        found.append(f"{path}: Ccy")
    return found
