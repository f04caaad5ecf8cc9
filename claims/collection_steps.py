"""The steps each country offers to collect an unpaid debt. Pure.

docs/rules/collection.md says where the legal bases come from. Costs (EUR) and usual days are the insurer's own
estimates and a setting: another catalogue may be passed wherever this one is the default. Legal bases are proper
names and are shown as they are, in whatever language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# Members of the European Union; Denmark takes no part in the European order for payment.
EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
EUROPEAN_ORDER = EUROPEAN_UNION - {"DK"}
ANY_EU_COUNTRY = "EU"
ANY_COUNTRY = "*"
EUROPEAN_ORDER_KEY = "european_order"


class Stage(StrEnum):
    AMICABLE = "amicable"
    RETENTION_OF_TITLE = "retention_of_title"
    NEGOTIATION = "negotiation"
    PRE_LEGAL = "pre_legal"
    PAYMENT_ORDER = "payment_order"
    LEGAL = "legal"
    INSOLVENCY_FILING = "insolvency_filing"


@dataclass(frozen=True, slots=True)
class Step:
    """A step a country offers. `key` names its description.

    It usually starts `start_days` after the due date (after the opening, for an insolvency filing) and takes
    `duration_days`; a duration of None means that only a court sets the last day. Steps with the same
    `alternative` are ways to the same end.
    """

    key: str
    stage: Stage
    start_days: int
    duration_days: int | None
    cost: Decimal
    legal_basis: str
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class CountrySteps:
    """The steps of one country, by its ISO code; `EU` is any other country of the Union, `*` any other at all."""

    country: str
    steps: tuple[Step, ...]


def _amicable(legal_basis: str) -> Step:
    return Step("demand", Stage.AMICABLE, 1, 29, Decimal("150.00"), legal_basis)


def _retention(key: str, cost: str, legal_basis: str) -> Step:
    return Step(key, Stage.RETENTION_OF_TITLE, 1, 30, Decimal(cost), legal_basis)


def _negotiation() -> Step:
    return Step("negotiation", Stage.NEGOTIATION, 15, 45, Decimal("500.00"), "")


def _european_order(start_days: int) -> Step:
    return Step(
        EUROPEAN_ORDER_KEY, Stage.PAYMENT_ORDER, start_days, 120, Decimal("1200.00"),
        "Reg. (EC/CE) 1896/2006, art. 7, 12, 16", "payment_order",
    )  # fmt: skip


def _payment_order(key: str, duration_days: int, cost: str, legal_basis: str) -> Step:
    return Step(key, Stage.PAYMENT_ORDER, 60, duration_days, Decimal(cost), legal_basis, "payment_order")


def _court(key: str, duration_days: int, cost: str, legal_basis: str) -> Step:
    return Step(key, Stage.LEGAL, 120, duration_days, Decimal(cost), legal_basis)


def _filing(key: str, duration_days: int | None, cost: str, legal_basis: str) -> Step:
    return Step(key, Stage.INSOLVENCY_FILING, 0, duration_days, Decimal(cost), legal_basis)


ROMANIA = CountrySteps(
    "RO",
    (
        Step(
            "notification_ro", Stage.AMICABLE, 1, 29, Decimal("150.00"),
            "Codul civil, art. 1522-1523; Legea nr. 72/2013",
        ),
        _retention("retention_ro", "150.00", "Codul civil, art. 1684; Legea nr. 297/2018 (RNPM)"),
        _negotiation(),
        Step(
            "summons_ro", Stage.PRE_LEGAL, 40, 20, Decimal("400.00"),
            "Codul de procedură civilă, art. 1015 (somația)",
        ),
        _european_order(60),
        _payment_order(
            "payment_order_ro", 90, "1500.00", "Codul de procedură civilă, art. 1014-1025 (ordonanța de plată)"
        ),
        Step(
            "insolvency_petition_ro", Stage.LEGAL, 75, 60, Decimal("3000.00"),
            "Legea nr. 85/2014, art. 5 (1) pct. 20, 29, 72, art. 70",
        ),
        _court("court_ro", 540, "15000.00", "Codul de procedură civilă, art. 192-194 (cererea de chemare în judecată)"),
        _filing("filing_ro", 45, "1000.00", "Legea nr. 85/2014, art. 100, 102 (BPI)"),
    ),
)  # fmt: skip

FRANCE = CountrySteps(
    "FR",
    (
        _amicable("Code civil, art. 1344; Code de commerce, art. L. 441-10"),
        _retention("retention_fr", "100.00", "Code civil, art. 2367; Code de commerce, art. L. 624-9, L. 624-16"),
        _negotiation(),
        Step("bailiff_or_lawyer", Stage.PRE_LEGAL, 40, 20, Decimal("300.00"), "Code civil, art. 1344"),
        _european_order(60),
        _payment_order("payment_order", 60, "600.00", "Code de procédure civile, art. 1405-1425 (injonction de payer)"),
        _court("court", 180, "6000.00", "Code de procédure civile, art. 873 (référé-provision)"),
        _filing("filing_fr", 60, "500.00", "Code de commerce, art. L. 622-24, R. 622-24 (BODACC)"),
    ),
)

GERMANY = CountrySteps(
    "DE",
    (
        _amicable("BGB, § 286, § 288"),
        _retention("retention", "100.00", "BGB, § 449; InsO, § 47"),
        _negotiation(),
        Step("bailiff_or_lawyer", Stage.PRE_LEGAL, 40, 20, Decimal("500.00"), "RVG"),
        _european_order(60),
        _payment_order("payment_order", 60, "900.00", "ZPO, §§ 688-703d (Mahnverfahren)"),
        _court("court", 360, "12000.00", "ZPO, § 253 (Klage)"),
        _filing("filing_court_sets", 14, "700.00", "InsO, § 28, §§ 174-177"),
    ),
)

ITALY = CountrySteps(
    "IT",
    (
        _amicable("Codice civile, art. 1219; D.Lgs. 231/2002"),
        _retention("retention", "300.00", "Codice civile, art. 1523-1524"),
        _negotiation(),
        Step("bailiff_or_lawyer", Stage.PRE_LEGAL, 40, 20, Decimal("500.00"), "Codice civile, art. 1219"),
        _european_order(60),
        _payment_order("payment_order", 90, "2500.00", "Codice di procedura civile, art. 633-656 (decreto ingiuntivo)"),
        _court("court", 900, "15000.00", "Codice di procedura civile, art. 163 (citazione)"),
        _filing("filing_before_hearing", None, "900.00", "D.Lgs. 14/2019 (CCII), art. 201"),
    ),
)

SPAIN = CountrySteps(
    "ES",
    (
        _amicable("Código civil, art. 1100; Ley 3/2004"),
        _retention("retention", "300.00", "Ley 28/1998, art. 7, 15 (Registro de Bienes Muebles)"),
        _negotiation(),
        Step("bailiff_or_lawyer", Stage.PRE_LEGAL, 40, 20, Decimal("400.00"), "Código civil, art. 1973 (burofax)"),
        _european_order(60),
        _payment_order("payment_order", 90, "1500.00", "Ley 1/2000 (LEC), art. 812-818 (proceso monitorio)"),
        _court("court", 540, "12000.00", "Ley 1/2000 (LEC), art. 399 (juicio ordinario)"),
        _filing("filing_month", 30, "800.00", "RDLeg. 1/2020 (TRLC), art. 28, 255 (BOE)"),
    ),
)

POLAND = CountrySteps(
    "PL",
    (
        _amicable("Kodeks cywilny, art. 455; Ustawa z 8.03.2013"),
        _retention("retention_dated", "150.00", "Kodeks cywilny, art. 589-590"),
        _negotiation(),
        Step(
            "bailiff_or_lawyer", Stage.PRE_LEGAL, 40, 20, Decimal("300.00"), "Kodeks postępowania cywilnego, art. 187"
        ),
        _european_order(60),
        _payment_order(
            "payment_order", 90, "3000.00", "Kodeks postępowania cywilnego, art. 484(1)-505 (nakaz zapłaty)"
        ),
        _court("court", 540, "12000.00", "Kodeks postępowania cywilnego, art. 187 (pozew)"),
        _filing("filing_month", 30, "700.00", "Prawo upadłościowe, art. 51, 236 (KRZ)"),
    ),
)

OTHER_EU = CountrySteps(
    ANY_EU_COUNTRY,
    (
        _amicable("Dir. 2011/7/EU/UE"),
        _retention("retention", "300.00", "Dir. 2011/7/EU/UE, art. 9"),
        _negotiation(),
        Step("bailiff_or_lawyer", Stage.PRE_LEGAL, 40, 20, Decimal("500.00"), ""),
        _european_order(60),
        _payment_order("payment_order", 90, "2000.00", ""),
        _court("court", 540, "15000.00", "Reg. (EU/UE) 1215/2012"),
        _filing("filing_eu", 30, "1000.00", "Reg. (EU/UE) 2015/848, art. 53-55"),
    ),
)

WORLD = CountrySteps(
    ANY_COUNTRY,
    (
        _amicable(""),
        _retention("retention", "500.00", ""),
        _negotiation(),
        Step("bailiff_or_lawyer", Stage.PRE_LEGAL, 40, 20, Decimal("1000.00"), ""),
        Step("court_or_arbitration", Stage.LEGAL, 90, 720, Decimal("30000.00"), ""),
        _filing("filing_court_sets", None, "2000.00", ""),
    ),
)

CATALOGUE: tuple[CountrySteps, ...] = (ROMANIA, FRANCE, GERMANY, ITALY, SPAIN, POLAND, OTHER_EU, WORLD)


def steps_for(country: str, creditor_country: str, catalogue: Sequence[CountrySteps] = CATALOGUE) -> tuple[Step, ...]:
    """The steps against a debtor of `country`; the European order only across a border between two states of it."""
    by_country = {entry.country: entry.steps for entry in catalogue}
    fallback = ANY_EU_COUNTRY if country in EUROPEAN_UNION else ANY_COUNTRY
    steps = by_country.get(country) or by_country[fallback]
    crosses = country != creditor_country and {country, creditor_country} <= EUROPEAN_ORDER
    return tuple(step for step in steps if crosses or step.key != EUROPEAN_ORDER_KEY)
