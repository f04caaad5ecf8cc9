"""Answers of registers of legal notices as they come, with invented companies."""

import json

SIREN = "900004128"
LYON = "Greffe du Tribunal de Commerce de Lyon"


def bodacc(*records, total=None):
    """An answer of the French service, version 2.1."""
    return json.dumps({"total_count": len(records) if total is None else total, "results": records}).encode()


def judgment(nature, *, number=446, family="Jugement d'ouverture", day="2026-03-02", more="", **fields):
    """One announcement of a judgment on the company, B2026 0042 and its number."""
    inner = {"type": "initial", "famille": family, "nature": nature, "date": day, "complementJugement": more}
    return announcement("collective", number=number, jugement=json.dumps(inner), **fields)


def announcement(family, *, number=446, siren=SIREN, published="2026-03-12", court=LYON, **fields):
    person = {"denomination": "Exemple", "numeroImmatriculation": {"numeroIdentification": _spaced(siren)}}
    return {
        "id": f"B20260042{number}",
        "publicationavis": "B",
        "parution": "20260042",
        "dateparution": published,
        "numeroannonce": number,
        "typeavis": "annonce",
        "familleavis": family,
        "tribunal": court,
        "registre": [siren, _spaced(siren)],
        "listepersonnes": json.dumps({"personne": person}),
        "url_complete": f"https://www.bodacc.fr/pages/annonces-commerciales-detail/?q.id=id:B20260042{number}",
        **fields,
    }


def previous(number):
    """The field that names the announcement before."""
    named = {"nomPublication": "BODACC B", "numeroParution": "20260042", "numeroAnnonce": number}
    return json.dumps(named | {"dateParution": "12 mars 2026"})


def court_file(*, number="1234/3/2024", party="EXEMPLU SRL", quality="Debitor", hearings=()):
    """One file of the Romanian courts; hearings are (day, what was decided)."""
    heard = "".join(
        f"<DosarSedinta><data>{day}T00:00:00</data><solutie>{said}</solutie><solutieSumar/>"
        '<dataPronuntare xsi:nil="true"/></DosarSedinta>'
        for day, said in hearings
    )
    return (
        f"<Dosar><parti><DosarParte><nume>{party}</nume><calitateParte>{quality}</calitateParte></DosarParte></parti>"
        f"<sedinte>{heard}</sedinte><numar>{number}</numar><data>2024-02-10T00:00:00</data>"
        f"<institutie>TribunalulBUCURESTI</institutie><obiect>procedura insolvenţei</obiect>"
        "<categorieCazNume>Faliment</categorieCazNume><stadiuProcesualNume>Fond</stadiuProcesualNume></Dosar>"
    )


def court_files(*files):
    """An answer of the Romanian service."""
    inside = f"<CautareDosareResult>{''.join(files)}</CautareDosareResult>" if files else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope'
        ' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<soap:Body><CautareDosareResponse xmlns="portalquery.just.ro">{inside}</CautareDosareResponse></soap:Body>'
        "</soap:Envelope>"
    ).encode()


def _spaced(siren):
    return f"{siren[:3]} {siren[3:6]} {siren[6:]}"
