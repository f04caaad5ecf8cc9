"""From the first delivery to the last recovery: what is declared, told, claimed, collected, paid and divided."""

from claims.models.claims import Claim, DocumentRequest, Evidence, EvidenceKind, Finding, Reserve
from claims.models.collection import (
    CollectionStep,
    CollectorLine,
    CollectorStatement,
    Contact,
    Instalment,
    InstalmentPlan,
    PaymentPromise,
    RecoveryExperience,
)
from claims.models.deliveries import Credit, Dispute, Invoice
from claims.models.money import (
    BankAccount,
    BankAnswer,
    BankFile,
    Indemnity,
    InterimTerms,
    Liability,
    PayingAccount,
    PaymentFile,
    Recovery,
)
from claims.models.notices import Notice, Paper, PaperCopy, SentAlarm

__all__ = [
    "BankAccount",
    "BankAnswer",
    "BankFile",
    "Claim",
    "CollectionStep",
    "CollectorLine",
    "CollectorStatement",
    "Contact",
    "Credit",
    "Dispute",
    "DocumentRequest",
    "Evidence",
    "EvidenceKind",
    "Finding",
    "Indemnity",
    "Instalment",
    "InstalmentPlan",
    "InterimTerms",
    "Invoice",
    "Liability",
    "Notice",
    "Paper",
    "PaperCopy",
    "PayingAccount",
    "PaymentFile",
    "PaymentPromise",
    "Recovery",
    "RecoveryExperience",
    "Reserve",
    "SentAlarm",
]
