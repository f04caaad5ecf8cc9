"""What companies and their accountants call the items of accounts, in five languages. Pure.

Compared without accents, case, punctuation and spacing. A label stands here only where it can mean one item: the "total
du passif" that includes equity, or provisions without accruals, are left to the person who knows the accounts.
"""

from collections.abc import Mapping
from datetime import date

# When the table was last gone through.
AS_OF = date(2026, 11, 25)

# English, French, Romanian, German, Polish; beside the code and the labels of the template itself.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "total_assets": (
        "Balance sheet total", "Assets, total",
        "Total actif", "Total général actif", "Total du bilan", "Total bilan",
        "Total active", "Active totale", "Active - total",
        "Bilanzsumme", "Summe Aktiva", "Gesamtvermögen",
        "Aktywa razem", "Aktywa ogółem", "Suma aktywów", "Suma bilansowa",
    ),
    "fixed_assets": (
        "Non-current assets", "Total fixed assets", "Total non-current assets",
        "Actif immobilisé net", "Total actif immobilisé",
        "Active imobilizate", "Active imobilizate - total",
        "Anlagevermögen", "Langfristige Vermögenswerte",
        "Aktywa trwałe",
    ),
    "current_assets": (
        "Total current assets",
        "Total actif circulant",
        "Active circulante", "Active circulante - total",
        "Umlaufvermögen", "Kurzfristige Vermögenswerte",
        "Aktywa obrotowe",
    ),
    "inventories": (
        "Inventory", "Stock", "Stocks",
        "Stocks et en-cours",
        "Stocuri",
        "Vorräte",
        "Zapasy",
    ),
    "receivables": (
        "Receivables", "Accounts receivable", "Trade debtors",
        "Créances clients et comptes rattachés", "Clients et comptes rattachés",
        "Creanțe", "Creanțe comerciale",
        "Forderungen", "Forderungen aus Lieferungen und Leistungen",
        "Należności", "Należności z tytułu dostaw i usług",
    ),
    "cash": (
        "Cash and cash equivalents", "Cash at bank and in hand",
        "Disponibilités",
        "Casa și conturi la bănci", "Disponibilități", "Numerar",
        "Liquide Mittel", "Flüssige Mittel", "Kassenbestand und Bankguthaben",
        "Środki pieniężne", "Środki pieniężne i inne aktywa pieniężne",
    ),
    "equity": (
        "Total equity", "Shareholders' equity", "Shareholders' funds", "Net assets",
        "Total capitaux propres", "Fonds propres",
        "Capitaluri proprii", "Capitaluri", "Capitaluri - total",
        "Eigenkapital", "Summe Eigenkapital",
        "Kapitał własny", "Kapitał (fundusz) własny",
    ),
    "share_capital": (
        "Called up share capital", "Subscribed capital",
        "Capital souscrit",
        "Capital subscris vărsat", "Capital subscris",
        "Gezeichnetes Kapital", "Stammkapital", "Grundkapital",
        "Kapitał podstawowy", "Kapitał zakładowy",
    ),
    "retained_earnings": (
        "Retained profits", "Profit and loss account reserve", "Accumulated profits",
        "Réserves et reports à nouveau",
        "Rezultat reportat", "Rezerve și rezultat reportat",
        "Gewinnrücklagen und Gewinnvortrag", "Einbehaltene Gewinne",
        "Zyski zatrzymane",
    ),
    "total_liabilities": (
        "Total debts", "Total creditors", "Liabilities",
        "Total dettes", "Dettes", "Total des dettes (IV)",
        "Datorii", "Datorii totale", "Total datorii", "Datorii - total",
        "Verbindlichkeiten", "Summe Verbindlichkeiten",
        "Zobowiązania", "Zobowiązania ogółem", "Zobowiązania razem",
    ),
    "long_term_liabilities": (
        "Non-current liabilities", "Creditors: amounts falling due after more than one year",
        "Dettes à plus d'un an", "Dettes à long et moyen terme",
        "Datorii pe termen lung", "Datorii ce trebuie plătite într-o perioadă mai mare de un an",
        "Langfristige Verbindlichkeiten",
        "Zobowiązania długoterminowe",
    ),
    "short_term_liabilities": (
        "Current liabilities", "Creditors: amounts falling due within one year",
        "Dettes à moins d'un an", "Dettes à un an au plus",
        "Datorii pe termen scurt", "Datorii curente", "Datorii ce trebuie plătite într-o perioadă de până la un an",
        "Kurzfristige Verbindlichkeiten",
        "Zobowiązania krótkoterminowe",
    ),
    "provisions_and_accruals": (
        "Provisions, accruals and deferred income", "Provisions and deferred income",
        "Provisions et comptes de régularisation",
        "Provizioane și venituri în avans",
        "Rückstellungen und Rechnungsabgrenzungsposten",
        "Rezerwy i rozliczenia międzyokresowe",
    ),
    "sales": (
        "Turnover", "Net turnover", "Revenue", "Net sales",
        "Chiffre d'affaires net", "CA", "CA HT", "Chiffre d'affaires HT",
        "Cifra de afaceri", "Cifra de afaceri netă",
        "Umsatz", "Umsatzerlöse",
        "Przychody ze sprzedaży", "Przychody netto ze sprzedaży",
    ),
    "operating_profit": (
        "Operating result", "EBIT",
        "Résultat opérationnel",
        "Rezultat din exploatare", "Profit din exploatare", "Rezultatul din exploatare",
        "Betriebsergebnis",
        "Zysk operacyjny", "Zysk (strata) z działalności operacyjnej",
    ),
    "profit_before_tax": (
        "Profit before taxation", "Pre-tax profit", "Result before tax",
        "Résultat avant impôts",
        "Profit brut", "Rezultat brut", "Rezultatul brut",
        "Ergebnis vor Steuern",
        "Zysk brutto", "Zysk (strata) brutto",
    ),
    "net_profit": (
        "Net result", "Net income", "Profit for the year", "Profit after tax",
        "Bénéfice ou perte", "Résultat de l'exercice", "Bénéfice net",
        "Profit net", "Rezultat net", "Rezultatul net",
        "Jahresüberschuss", "Jahresüberschuss/Jahresfehlbetrag", "Jahresergebnis",
        "Zysk netto", "Zysk (strata) netto",
    ),
    "depreciation": (
        "Depreciation and amortisation", "Depreciation and amortization",
        "Dotations aux amortissements",
        "Amortizare", "Cheltuieli cu amortizarea",
        "Abschreibungen",
        "Amortyzacja",
    ),
    "financial_expenses": (
        "Finance costs", "Interest payable", "Interest expense",
        "Total des charges financières",
        "Cheltuieli financiare",
        "Zinsaufwand", "Zinsen und ähnliche Aufwendungen",
        "Koszty finansowe",
    ),
    "employees": (
        "Average number of employees", "Number of employees", "Headcount",
        "Effectif moyen", "Nombre de salariés",
        "Număr mediu de salariați", "Număr de angajați",
        "Mitarbeiter", "Beschäftigte", "Durchschnittliche Zahl der Arbeitnehmer",
        "Zatrudnienie", "Przeciętne zatrudnienie",
    ),
    "published_on": (
        "Publication date", "Date de publication", "Data publicării", "Veröffentlicht am", "Data publikacji",
    ),
    "currency": ("Currency", "Devise", "Monnaie", "Moneda", "Währung", "Waluta"),
    "unit": (
        "Unit", "Amounts are in", "Amounts in", "Unité", "Montants exprimés en", "Unitate", "Unitatea", "Einheit",
        "Beträge in", "Jednostka", "Kwoty w",
    ),
}  # fmt: skip

# How a unit is said, and how many of the currency it is.
UNITS: Mapping[int, tuple[str, ...]] = {
    1: (
        "1", "units", "whole units", "unités", "unité", "à l'unité", "unitati", "Einheiten", "jednostki", "euros",
        "euro", "lei", "złote", "zł", "pounds",
    ),
    1000: (
        "1000", "thousand", "thousands", "k", "millier", "milliers", "mii", "Tausend", "Tsd", "tysiąc", "tysiące",
        "tys", "k€", "TEUR", "kEUR", "mii lei", "tys. zł", "£000", "€000", "milliers d'euros",
    ),
    1_000_000: (
        "1000000", "million", "millions", "milioane", "Million", "Millionen", "Mio", "milion", "miliony", "mln", "MEUR",
        "millions d'euros",
    ),
}  # fmt: skip
