"""The dated tables and settings the product starts with: loaded once, afterwards kept by staff at the desk."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from applications.ecb import read_rates
from applications.models import CountryTerms, ProductTerms
from applications.rates import load_rates
from claims.models import InterimTerms, RecoveryExperience
from parties.models import InsurerRole
from underwriting.models import Authority, BaseRate, ClockTerms, CumulLine, PremiumTax, ScoringTerms, Tariff

HERE = Path(__file__).parent
STARTS = date(2026, 1, 1)
RATES_UNTIL = date(2026, 10, 30)
CLASSES_OF = date(2026, 1, 30)
# Classes 6 and 7, and countries nobody has reviewed, stay closed until staff open them.
WORST_OPEN_CLASS = 5
OPEN_WITHOUT_CLASS = {"high_income_oecd", "high_income_euro", "euro_microstate"}
MANUFACTURING = [f"{division:02d}" for division in range(10, 34)]


def load_reference() -> dict[str, int]:
    """Load what is missing and return how many rows each table gained. Twice is the same as once."""
    return {
        "product terms": _product_terms(),
        "country terms": _country_terms(),
        "exchange rates": _rates(),
        "tariffs": _tariff(),
        "premium taxes": _taxes(),
        "clock terms": _clocks(),
        "authorities": _authorities(),
        "cumul lines": _lines(),
        "scoring terms": _scoring_terms(),
        "base rates": _base_rates(),
        "recoveries by age": _recoveries(),
        "interim payments": _interim_terms(),
    }


def _product_terms() -> int:
    if ProductTerms.objects.exists():
        return 0
    ProductTerms.objects.create(
        valid_from=STARTS,
        minimum_need_eur=Decimal("1000000.00"),
        maximum_months=12,
        activities=MANUFACTURING,
        source="Product of 2026: manufacturing, NACE Rev. 2 divisions 10 to 33",
    )
    return 1


def _country_terms() -> int:
    if CountryTerms.objects.exists():
        return 0
    rows = [
        CountryTerms(
            valid_from=STARTS,
            country=row["country"],
            oecd_class=int(row["class"]) if row["class"] else None,
            is_open=row["status"] in OPEN_WITHOUT_CLASS
            or (row["class"] != "" and int(row["class"]) <= WORST_OPEN_CLASS),
            source=f"OECD country risk classification, {CLASSES_OF}",
        )
        for row in _rows("country_classes.csv")
    ]
    return len(CountryTerms.objects.bulk_create(rows))


def _rates() -> int:
    return load_rates(read_rates((HERE / "ecb_rates.csv").read_bytes(), RATES_UNTIL)).added


def _tariff() -> int:
    if Tariff.objects.exists():
        return 0
    Tariff.objects.create(
        version="2026-1",
        valid_from=STARTS,
        source="First tariff of the product",
        lgd=Decimal("0.60"),
        country_factors={"RO": "1.10"},
        default_country_factor=Decimal("1.10"),
        selection_load=Decimal("0.75"),
        coc=Decimal("0.10"),
        fixed_expenses=Decimal("6000.00"),
        monthly_monitoring=Decimal("150.00"),
        commission=Decimal("0.10"),
        margin=Decimal("0.10"),
        minimum_premium=Decimal("10000.00"),
        option_factors={
            "pre_shipment": "1.35",
            "political": "1.15",
            "short_waiting_period": "1.08",
            "retention_of_title": "0.90",
        },
    )
    return 1


def _clocks() -> int:
    if ClockTerms.objects.exists():
        return 0
    ClockTerms.objects.create(
        version="2026-1",
        valid_from=STARTS,
        source="First clocks of the product",
        reminder_days=[1, 10],
        overdue_notice_days=30,
        overdue_warning_days=[20, 25, 28],
        stop_deliveries_days=30,
        extension_without_consent_days=60,
        claim_days=60,
        claim_warning_days=[45, 53, 58],
        claims_barred_months=12,
        insolvency_notice_days=10,
        decision_days_from_complete_file=30,
        payment_working_days_from_approval=10,
    )
    return 1


def _taxes() -> int:
    if PremiumTax.objects.exists():
        return 0
    rows = [
        PremiumTax(
            valid_from=STARTS,
            insured_country="FR",
            is_export=False,
            rate=Decimal("0.09"),
            source="Tax on insurance contracts, CGI art. 1001",
        ),
        PremiumTax(
            valid_from=STARTS,
            insured_country="FR",
            is_export=True,
            rate=Decimal(0),
            source="Export credit insurance is exempt, CGI art. 995",
        ),
    ]
    return len(PremiumTax.objects.bulk_create(rows))


def _authorities() -> int:
    """Months are started months of cover: an order of twelve months starts a thirteenth."""
    if Authority.objects.exists():
        return 0
    rows = [
        (InsurerRole.UNDERWRITER, "2000000.00", 6, 13),
        (InsurerRole.SENIOR_UNDERWRITER, "10000000.00", 8, 13),
    ]
    return len(
        Authority.objects.bulk_create(
            Authority(
                valid_from=STARTS, role=role, largest_limit=Decimal(limit), worst_grade=grade, longest_months=most
            )
            for role, limit, grade, most in rows
        )
    )


def _lines() -> int:
    if CumulLine.objects.exists():
        return 0
    millions = {1: 20, 2: 20, 3: 15, 4: 12, 5: 10, 6: 6, 7: 3, 8: 1}
    return len(
        CumulLine.objects.bulk_create(
            CumulLine(valid_from=STARTS, grade=grade, amount=Decimal(line) * 1_000_000)
            for grade, line in millions.items()
        )
    )


def _scoring_terms() -> int:
    if ScoringTerms.objects.exists():
        return 0
    ScoringTerms.objects.create(
        version="2026-1",
        valid_from=STARTS,
        source="First scoring terms of the product",
        recent_months=12,
        old_months=18,
        stale_months=24,
        ageing_factor=Decimal("1.3"),
        old_factor=Decimal("1.7"),
        stale_best_grade=6,
        unaudited_factor=Decimal("1.1"),
        abridged_factor=Decimal("1.1"),
        no_comparatives_factor=Decimal("1.2"),
        late_average_days=15,
        late_average_factor=Decimal("1.3"),
        late_worst_days=60,
        late_worst_grades=2,
        overdue_days=60,
        overdue_grades=2,
        country_class_from=5,
        country_grades=1,
        negative_equity_best_grade=7,
        highest_pd=Decimal("0.30"),
    )
    return 1


def _base_rates() -> int:
    if BaseRate.objects.exists():
        return 0
    BaseRate.objects.create(
        valid_from=STARTS, rate=Decimal("0.02"), source="Prudent start for all countries and sectors: 2 in 100 a year"
    )
    return 1


def _recoveries() -> int:
    if RecoveryExperience.objects.exists():
        return 0
    rows = [
        RecoveryExperience(
            valid_from=STARTS, from_days=int(row["from_days"]), rate=Decimal(row["rate"]), source=row["source"]
        )
        for row in _rows("recovery_by_age.csv")
    ]
    return len(RecoveryExperience.objects.bulk_create(rows))


def _interim_terms() -> int:
    if InterimTerms.objects.exists():
        return 0
    InterimTerms.objects.create(valid_from=STARTS, percentage=Decimal("0.50"), source="First terms of the product")
    return 1


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))
