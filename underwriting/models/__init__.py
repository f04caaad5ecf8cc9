"""The insurer's judgement of buyers, its price and its promise, with the dated terms behind them."""

from underwriting.models.analysis import Analysis, GradeOverride
from underwriting.models.fields import fraction_field
from underwriting.models.offers import (
    Certificate,
    ConditionKind,
    DeductibleOrder,
    Guarantee,
    GuaranteeCondition,
    Offer,
    OfferCondition,
    new_verification_code,
)
from underwriting.models.portfolio import (
    BuyerIncident,
    BuyerStatement,
    DriftReport,
    ModelActivation,
    Rescoring,
    StatementScore,
)
from underwriting.models.registers import NoticeKind, RegisterCheck, RegisterNotice, SourceAnswer
from underwriting.models.sanctions import FrequentKey, ListedName, ListedParty, ListRelease, SanctionsList
from underwriting.models.screening import BuyerPerson, HitDecision, ScreenedParty, Screening, ScreeningHit
from underwriting.models.terms import (
    Authority,
    BaseRate,
    ClockTerms,
    CumulLine,
    PremiumTax,
    ScoringTerms,
    SectorRatio,
    Tariff,
)

__all__ = [
    "Analysis",
    "Authority",
    "BaseRate",
    "BuyerIncident",
    "BuyerPerson",
    "BuyerStatement",
    "Certificate",
    "ClockTerms",
    "ConditionKind",
    "CumulLine",
    "DeductibleOrder",
    "DriftReport",
    "FrequentKey",
    "GradeOverride",
    "Guarantee",
    "GuaranteeCondition",
    "HitDecision",
    "ListRelease",
    "ListedName",
    "ListedParty",
    "ModelActivation",
    "NoticeKind",
    "Offer",
    "OfferCondition",
    "PremiumTax",
    "RegisterCheck",
    "RegisterNotice",
    "Rescoring",
    "SanctionsList",
    "ScoringTerms",
    "ScreenedParty",
    "Screening",
    "ScreeningHit",
    "SectorRatio",
    "SourceAnswer",
    "StatementScore",
    "Tariff",
    "fraction_field",
    "new_verification_code",
]
