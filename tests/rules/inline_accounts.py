"""Inline XBRL accounts with invented figures: what the tests of their reader take apart."""

HEAD = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"'
    ' xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2015-02-26" xmlns:c="http://xbrl.frc.org.uk/fr/2023-01-01/core"'
    ' xmlns:b="http://xbrl.frc.org.uk/cd/2023-01-01/business" xmlns:xbrli="http://www.xbrl.org/2003/instance"'
    ' xmlns:xbrldi="http://xbrl.org/2006/xbrldi" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
WITHIN = "c:MaturitiesOrExpirationPeriodsDimension=c:WithinOneYear"
AFTER = "c:MaturitiesOrExpirationPeriodsDimension=c:AfterOneYear"
GROUP = "b:GroupCompanyDataDimension=b:Consolidated"
CAPITAL = "c:EquityClassesDimension=c:ShareCapital"
RESERVE = "c:EquityClassesDimension=c:RetainedEarningsAccumulatedLosses"
NOW, BEFORE = "2025-03-31", "2024-03-31"
YEAR, YEAR_BEFORE = "2024-04-01/2025-03-31", "2023-04-01/2024-03-31"

# 800 + 900 - 500 = 1,200; 1,200 - 250 - 50 = 900, in pounds. Concept, period and dimensions, text as printed.
BALANCE = (
    ("c:FixedAssets", NOW, (), "800"),
    ("c:TotalInventories", NOW, (), "300"),
    ("c:Debtors", NOW, (), "420"),
    ("c:CashBankOnHand", NOW, (), "180"),
    ("c:CurrentAssets", NOW, (), "900"),
    ("c:Creditors", NOW, (WITHIN,), "500"),
    ("c:NetCurrentAssetsLiabilities", NOW, (), "400"),
    ("c:TotalAssetsLessCurrentLiabilities", NOW, (), "1,200"),
    ("c:Creditors", NOW, (AFTER,), "250"),
    ("c:ProvisionsForLiabilitiesBalanceSheetSubtotal", NOW, (), "50"),
    ("c:NetAssetsLiabilities", NOW, (), "900"),
    ("c:Equity", NOW, (CAPITAL,), "100"),
    ("c:Equity", NOW, (RESERVE,), "800"),
    ("c:Equity", NOW, (), "900"),
)
RESULTS = (
    ("c:TurnoverRevenue", YEAR, (), "5,000"),
    ("c:OperatingProfitLoss", YEAR, (), "240"),
    ("c:InterestPayableSimilarChargesFinanceCosts", YEAR, (), "40"),
    ("c:ProfitLossOnOrdinaryActivitiesBeforeTax", YEAR, (), "200"),
    ("c:ProfitLoss", YEAR, (), "150"),
)


def accounts(
    facts=(*BALANCE, *RESULTS), *, company="01234567", day=NOW, told=None, head=HEAD, extra="", unit="iso4217:GBP"
):
    """A document with these facts; `told` are attributes by concept, in place of a plain printed number of pounds."""
    contexts, body = {}, []
    for concept, period, dimensions, text in facts:
        context = contexts.setdefault((period, dimensions), f"k{len(contexts)}")
        attributes = {"unitRef": "u", "decimals": "0", "format": "ixt:num-dot-decimal"} | (told or {}).get(concept, {})
        words = " ".join(f'{key}="{value}"' for key, value in attributes.items() if value is not None)
        body.append(f'<p><ix:nonFraction name="{concept}" contextRef="{context}" {words}>{text}</ix:nonFraction></p>')
    about = contexts.setdefault((NOW, ()), "about")
    return (
        f"{head}<body><ix:header><ix:resources>"
        + "".join(_context(name, company, *key) for key, name in contexts.items())
        + f'<xbrli:unit id="u"><xbrli:measure>{unit}</xbrli:measure></xbrli:unit>'
        '<xbrli:unit id="n"><xbrli:measure>xbrli:pure</xbrli:measure></xbrli:unit></ix:resources></ix:header>'
        f'<ix:nonNumeric name="b:UKCompaniesHouseRegisteredNumber" contextRef="{about}">{company}</ix:nonNumeric>'
        f'<ix:nonNumeric name="b:BalanceSheetDate" contextRef="{about}">{day}</ix:nonNumeric>'
        + "".join(body)
        + extra
        + "</body></html>"
    ).encode()


def _context(name, company, period, dimensions):
    start, _, end = period.rpartition("/")
    told = (
        f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
        if start
        else f"<xbrli:instant>{end}</xbrli:instant>"
    )
    members = "".join(
        f'<xbrldi:explicitMember dimension="{each.split("=")[0]}">{each.split("=")[1]}</xbrldi:explicitMember>'
        for each in dimensions
    )
    segment = f"<xbrli:segment>{members}</xbrli:segment>" if members else ""
    return (
        f'<xbrli:context id="{name}"><xbrli:entity><xbrli:identifier scheme="http://www.companieshouse.gov.uk/">{company}'
        f"</xbrli:identifier>{segment}</xbrli:entity><xbrli:period>{told}</xbrli:period></xbrli:context>"
    )
