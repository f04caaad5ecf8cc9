"""Answers of registers as they come, with invented figures: what the tests of their readers take apart."""

import json

ROMANIAN_LABELS = {
    "I1": "ACTIVE IMOBILIZATE - TOTAL ",
    "I2": "ACTIVE CIRCULANTE - TOTAL, din care:",
    "I3": "Stocuri",
    "I4": "Creante",
    "I5": "Casa şi conturi la bănci",
    "I6": "CHELTUIELI IN AVANS",
    "I7": "DATORII",
    "I8": "VENITURI IN AVANS",
    "I9": "PROVIZIOANE",
    "I10": "CAPITALURI - TOTAL, din care:",
    "I11": "Capital subscris varsat",
    "I12": "Patrimoniul regiei ",
    "I13": "Cifra de afaceri neta",
    "I14": "VENITURI TOTALE",
    "I15": "CHELTUIELI TOTALE",
    "I16": "Profit brut",
    "I17": "Pierdere bruta",
    "I18": "Profit net",
    "I19": "Pierdere  neta",
    "I20": "Numar mediu de salariati",
}
# 6,300 + 7,050 + 150 = 8,200 + 90 + 110 + 5,100; a loss of 400.
ROMANIAN = dict(
    zip(
        ROMANIAN_LABELS,
        (6300, 7050, 2000, 4100, 700, 150, 8200, 90, 110, 5100, 200, 0, 21000, 21300, 21700, 0, 400, 0, 400, 12),
        strict=True,
    )
)


def bilant(amounts=ROMANIAN, *, year=2025, company=49007311, labels=ROMANIAN_LABELS):
    """An answer of the Romanian service, as an object."""
    return {
        "an": year,
        "cui": company,
        "deni": "EXEMPLU SRL",
        "caen": 2932,
        "den_caen": "Fabricarea altor piese şi accesorii pentru autovehicule",
        "i": [
            {"indicator": code, "val_indicator": amount, "val_den_indicator": labels[code]}
            for code, amount in amounts.items()
        ],
    }


# Of each form, its cells: label and amount in multiples of 1,001 euros, so that nothing is round.
FRENCH = {
    "2050": {
        "BJ": ("Total (ii), actif immobilisé, brut", 1000),
        "BK": ("Total (ii), actif immobilisé, amortissements, provisions", 400),
        "BL": ("Matières premières, approvisionnements, brut", 200),
        "BM": ("Matières premières, approvisionnements, amortissements, provisions", 20),
        "BX": ("Clients et comptes rattachés, brut", 300),
        "BY": ("Clients et comptes rattachés, amortissements, provisions", 10),
        "BZ": ("Autres créances, brut", 50),
        "CF": ("Disponibilités, brut", 80),
        "CH": ("Charges constatées d’avance, brut", 20),
        "CJ": ("Total (iii), actif circulant, brut", 650),
        "CK": ("Total (iii), actif circulant, amortissements, provisions", 30),
        "CO": ("Total général, brut", 1650),
        "1A": ("Total général, amortissements, provisions", 430),
    },
    "2051": {
        "DA": ("Capital social ou individuel n", 100),
        "DD": ("Réserve légale n", 10),
        "DG": ("Autres réserves n", 290),
        "DH": ("Report à nouveau n", 40),
        "DI": ("Résultat de l'exercice (bénéfice ou perte) n", 60),
        "DL": ("Total (i) exercice n , total des capitaux propres n", 500),
        "DR": ("Total (iii) exercice n , total des provisions pour risques et charges n", 20),
        "DU": ("Emprunts et dettes auprès des établissements de crédit n", 300),
        "DX": ("Dettes fournisseurs et comptes rattachés n", 250),
        "DY": ("Dettes fiscales et sociales n", 120),
        "EA": ("Autres dettes n", 30),
        "EC": ("Total (iv) exercice n , total des dettes n", 700),
        "EE": ("Total général bilan passif n", 1220),
        "EG": ("Dettes et produits constatés d'avance à moins d'un an", 450),
    },
    "2052": {
        "FL": ("Produits d'exploitation chiffre d'affaires net total", 2400),
        "GA": ("Dotations aux amortissements sur immobilisations", 70),
        "GG": ("Résultat d'exploitation", 95),
        "GU": ("Total des charges financières", 15),
        "GW": ("Résultat courant avant impôts", 82),
    },
    "2053": {
        "HI": ("Résultat exceptionnel", 3),
        "HK": ("Impôts sur les bénéfices", 25),
        "HN": ("5 - bénéfice ou perte (total des produits - total des charges)", 60),
    },
    "2057": {"VI": ("Dettes groupe, communauté d'exploitation et associés, montant brut", 45)},
}


def declarations(forms=FRENCH, *, times=1001, **about):
    """The forms of one year, as objects; `about` goes into each."""
    return [
        {"numero_imprime": form, **about, "donnees": [cell(code, *given, times) for code, given in cells.items()]}
        for form, cells in forms.items()
    ]


def cell(code, label, amount, times=1001):
    return {
        "code": code,
        "code_EDI": f"{code}:C516:5004:1",
        "code_absolu": "2000000",
        "code_nref": "300000",
        "code_type_donnee": "MOA",
        "intitule": label,
        "valeurs": [str(amount * times)],
    }


def banque_de_france(*years):
    """An answer of the Banque de France: (month of the year's end, declarations) for each year."""
    entries = [
        {"data": {"annee": month[:4], "date_arrete_exercice": month, "declarations": forms, "valeurs_calculees": []}}
        for month, forms in years
    ]
    return {"data": entries, "meta": {"count": len(entries)}, "links": {}}


def dgfip(*forms):
    return {"data": {"obligations_fiscales": [], "declarations": list(forms)}, "links": {}, "meta": {}}


def as_bytes(answer):
    return json.dumps(answer, ensure_ascii=False).encode()
