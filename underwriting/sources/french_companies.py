"""French companies: the open search of the State (Recherche d'entreprises), and INSEE's own Sirene with a key. Pure.

A number nobody has may come back as a result whose every field is empty: that is "there is none" too. `C` means that
the company has ceased, which is not insolvency; proceedings are in the BODACC, not here, but a liquidator among those
who direct it tells them all the same.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from underwriting.sources.companies import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    Activity,
    CompanyRecord,
    Status,
    check_number,
    day,
    distinct,
    inner,
    json_of,
    listed,
    name,
    text,
)
from underwriting.sources.filing import BadPayload, distrust, plain
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_list, as_object, get

SEARCH = Source(
    name="Recherche d’entreprises",
    address="https://recherche-entreprises.api.gouv.fr",
    licence="Licence Ouverte 2.0",
    requests=6,
    per_seconds=1.0,
)
SIRENE = Source(
    name="INSEE Sirene",
    address="https://api.insee.fr/api-sirene/3.11",
    licence="Licence Ouverte 2.0",
    requests=28,
    per_seconds=60.0,
)
_NOT_PUBLISHED = "[NON-DIFFUSIBLE]"
_TROUBLE = ("liquidateur", "administrateur judiciaire", "mandataire judiciaire")

# The legal categories of INSEE a buyer is likely to be of.
_FORMS: Mapping[str, str] = {
    "1000": "Entrepreneur individuel",
    "5202": "SNC",
    "5306": "SCS",
    "5308": "SCA",
    "5485": "SELARL",
    "5498": "EURL",
    "5499": "SARL",
    "5510": "SA",
    "5599": "SA",
    "5699": "SA",
    "5710": "SAS",
    "5720": "SASU",
    "5785": "SELAS",
    "5800": "SE",
    "6220": "GIE",
    "6540": "SCI",
    "9220": "Association",
}
_NOMENCLATURES = {"NAFRev2": "NAF rev. 2", "NAF2025": "NAF 2025", "NAFRev1": "NAF rev. 1", "NAP": "NAP"}


def search_question(siren: str) -> Question:
    """Nine digits are looked up directly."""
    return Question("/search", parameters={"q": siren, "page": "1", "per_page": "5"})


def read_search(reply: Reply, siren: str) -> CompanyRecord | None:
    """The company of that SIREN; None when there is none. Raises BadPayload."""
    with distrust():
        results = get(json_of(reply), "results", as_list)
        found = [each for each in results if text(each, "siren") == siren]
        if results and not found:
            check_number(text(results[0], "siren"), siren, "results[0].siren")
        if not found or not (text(found[0], "nom_complet") or text(found[0], "etat_administratif")):
            return None
        return _found(found[0], siren)


def _found(result: Any, siren: str) -> CompanyRecord:
    status, words, since = _status(result)
    directors = listed(result, "dirigeants")
    published = text(result, "nom_raison_sociale", LONGEST_NAME)
    return CompanyRecord(
        country="FR",
        number=siren,
        name=published or name(result, "nom_complet"),
        status=status,
        status_words=words,
        status_on=since,
        legal_form=_form(text(result, "nature_juridique")),
        address=_published(text(inner(result, "siege"), "adresse", LONGEST_ADDRESS)),
        activity=_activity(text(result, "activite_principale"), "NAF rev. 2"),
        registered_on=day(result, "date_creation"),
        directors=distinct(_person(each) for each in directors),
        as_of=day(result, "date_mise_a_jour"),
        page=f"https://annuaire-entreprises.data.gouv.fr/entreprise/{siren}",
    )


def _status(result: Any) -> tuple[Status, str, date | None]:
    state = text(result, "etat_administratif")
    if state == "C":
        struck_off = day(inner(result, "immatriculation"), "date_radiation")
        ceased = day(result, "date_fermeture")
        return (Status.STRUCK_OFF, "radiée", struck_off) if struck_off else (Status.INACTIVE, "cessée", ceased)
    if state != "A":
        return Status.UNKNOWN, state, None
    for each in listed(result, "dirigeants"):
        quality = text(each, "qualite")
        if any(plain(quality).startswith(word) for word in _TROUBLE):
            return Status.IN_PROCEEDINGS, quality, None
    return Status.ACTIVE, "active", None


def _person(director: Any) -> str:
    found = text(director, "denomination") or f"{text(director, 'prenoms')} {text(director, 'nom')}".strip()
    return _published(found)


def sirene_question(siren: str, key: str) -> Question:
    headers = {"X-INSEE-Api-Key-Integration": key}
    return Question(f"/siren/{siren}", headers=headers, reads_missing=True)


def read_sirene(reply: Reply, siren: str) -> CompanyRecord | None:
    """The company of that SIREN; None when Sirene says there is none. Raises BadPayload."""
    with distrust():
        answer = json_of(reply)
        if reply.status_code == 404:
            _check_none(answer)
            return None
        unit = get(answer, "uniteLegale", as_object)
        check_number(text(unit, "siren"), siren, "uniteLegale.siren")
        periods = listed(unit, "periodesUniteLegale")
        current = [each for each in periods if day(each, "dateFin") is None]
        if len(current) != 1:
            raise InvalidCase("uniteLegale.periodesUniteLegale", "one period without an end is expected")
        return _unit(unit, current[0], periods, siren)


def _check_none(answer: Any) -> None:
    if text(inner(answer, "header"), "statut") != "404":
        raise BadPayload("header.statut", "404 is expected")


def _unit(unit: Any, period: Any, periods: list[Any], siren: str) -> CompanyRecord:
    named = _unit_name(unit, period)
    state = text(period, "etatAdministratifUniteLegale")
    nomenclature = text(period, "nomenclatureActivitePrincipaleUniteLegale")
    return CompanyRecord(
        country="FR",
        number=siren,
        name=named,
        status={"A": Status.ACTIVE, "C": Status.INACTIVE}.get(state, Status.UNKNOWN),
        status_words={"A": "active", "C": "cessée"}.get(state, state),
        status_on=day(period, "dateDebut") if state == "C" else None,
        legal_form=_form(text(period, "categorieJuridiqueUniteLegale")),
        activity=_activity(
            text(period, "activitePrincipaleUniteLegale"), _NOMENCLATURES.get(nomenclature, nomenclature)
        ),
        registered_on=day(unit, "dateCreationUniteLegale"),
        former_names=distinct((text(each, "denominationUniteLegale", LONGEST_NAME) for each in periods), but=named),
        page=f"https://annuaire-entreprises.data.gouv.fr/entreprise/{siren}",
    )


def _unit_name(unit: Any, period: Any) -> str:
    company = text(period, "denominationUniteLegale", LONGEST_NAME)
    person = f"{text(unit, 'prenom1UniteLegale')} {text(period, 'nomUniteLegale')}".strip()
    found = company or person
    if not found:
        raise InvalidCase("uniteLegale", "a company without a name")
    return found


def _form(category: str) -> str:
    return _FORMS.get(category, f"catégorie juridique {category}" if category else "")


def _activity(code: str, nomenclature: str) -> Activity | None:
    return Activity(code, nomenclature) if re.fullmatch("[0-9]{2}[.][0-9]{1,2}[A-Z]?", code) else None


def _published(words: str) -> str:
    return "" if _NOT_PUBLISHED in words else words
