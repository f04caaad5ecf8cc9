"""French legal notices: the BODACC, as DILA's open data service gives it (version 2.1, and 1.0 as recorded). Pure.

A record is flat (`results`) or in an envelope (`records[].fields`). What matters in it, the judgment and the people, is
JSON written inside a JSON text. docs/rules/legal-notices.md says what is kept of it and why.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from underwriting.sources.filing import distrust, load_json, plain
from underwriting.sources.notices import Kind, LegalNotice, Notices, newest_first, shortened
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_object, as_text, each, get, shown

SOURCE = Source(
    name="BODACC",
    address="https://bodacc-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/annonces-commerciales",
    licence="Licence Ouverte 2.0, DILA",
    requests=5,
    per_seconds=1.0,
    fresh_seconds=6 * 3600,
)
MOST_RECORDS = 100
# A family this list does not have gives no rows and no error. Filings of accounts (dpc), sales and creations say
# nothing of insolvency; the two kinds of registration tell a company that moved from one that is gone.
_FAMILIES = (
    "collective", "conciliation", "retablissement_professionnel", "radiation", "modification", "immatriculation",
)  # fmt: skip
_PREVIOUS = ("nomPublication", "numeroParution", "numeroAnnonce")
_SIREN = re.compile("[0-9]{9}")
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip

_REGISTRATIONS = frozenset({"immatriculation", "modification", "creation", "dpc"})
_IGNORED_FAMILIES = frozenset({"avis de depot", "extrait de jugement", "loi de 1967"})
_RETRACTED = "retractation sur tierce opposition"
_MOVED = "transfert du siege hors ressort"
# What opens proceedings, or turns them into others; what follows says into which.
_OPENING = re.compile(
    r"(?:autre )?(?:jugement|arret de la cour d'appel) "
    r"(?:d'ouverture|d'extension|de conversion en|prononcant|mettant fin .* ouvrant)\b(?P<what>.*)"
)
# "... la résolution du plan de sauvegarde et la liquidation judiciaire" is a liquidation; alone it opens nothing.
_RESOLUTION = re.compile(r" la resolution du plan (?:.*? et (?P<what>.*))?")
_TOLD_IN_COMPLEMENT = frozenset({"autre jugement prononcant", "autre jugement d'ouverture"})
_KINDS = (
    ("liquidation judiciaire", Kind.LIQUIDATION),
    ("redressement judiciaire", Kind.REORGANISATION),
    ("sauvegarde", Kind.SAFEGUARD),
)


@dataclass(frozen=True, slots=True)
class _Record:
    """One announcement, with its inner JSON opened and its text repaired."""

    notice_id: str
    family: str
    form: str
    published_on: date
    court: str
    link: str
    numbers: frozenset[str]
    judgment: Mapping[str, str]
    remark: str
    previous: str

    @property
    def judgment_family(self) -> str:
        return plain(self.judgment.get("famille", ""))

    @property
    def takes_back(self) -> bool:
        """Whether it only undoes the announcement before it."""
        is_office_report = self.form == "rectificatif" and "radiation d'office" in plain(self.remark)
        return self.form == "annulation" or _RETRACTED in self.judgment_family or is_office_report


def question(siren: str) -> Question:
    """Every announcement about the company that may tell of its end or its insolvency, newest first."""
    if not _SIREN.fullmatch(siren):
        raise ValueError(f"a SIREN is nine digits, not {siren!r}")
    families = " OR ".join(f'familleavis="{family}"' for family in _FAMILIES)
    return Question(
        path="/records",
        parameters={
            "where": f'registre="{siren}" AND ({families})',
            "order_by": "dateparution desc",
            "limit": str(MOST_RECORDS),
        },
    )


def read(reply: Reply, *, siren: str) -> Notices | None:
    """The notices about that company; None when there is none. Raises BadPayload for what is not such an answer."""
    answer = load_json(reply.content)
    with distrust():
        records, total = _records_of(answer)
    found = Notices(_notices(records, siren), _withdrawn(records), is_complete=total <= len(records))
    return found if found.notices or found.withdrawn else None


def _records_of(answer: Any) -> tuple[list[_Record], int]:
    """The records of an answer of either version, and how many there are in all."""
    is_flat = "results" in as_object(answer)
    if is_flat:
        records = list(each(answer, "results", _record))
    else:
        records = list(each(answer, "records", lambda item: get(item, "fields", _record)))
    total = get(answer, "total_count" if is_flat else "nhits", _count)
    if total and not records:
        raise InvalidCase("results" if is_flat else "records", f"{total} announcements are announced, none is there")
    return records, total


def _record(fields: Any) -> _Record:
    judgment = _inner(fields, "jugement")
    return _Record(
        notice_id=get(fields, "id", _identity),
        family=_text(fields, "familleavis"),
        form=plain(_text(fields, "typeavis")) or "annonce",
        published_on=get(fields, "dateparution", _published),
        court=_text(fields, "tribunal"),
        link=_link(_text(fields, "url_complete")),
        numbers=_numbers(fields),
        judgment={key: mended(str(value)) for key, value in judgment.items() if isinstance(value, str)},
        remark=shortened(*_texts(_inner(fields, "radiationaurcs")), *_texts(_inner(fields, "modificationsgenerales"))),
        previous=_previous(_inner(fields, "parutionavisprecedent")),
    )


def _notices(records: list[_Record], siren: str) -> tuple[LegalNotice, ...]:
    withdrawn = _withdrawn(records)
    mine = [record for record in records if siren in record.numbers and not record.takes_back]
    notices = (
        replace(notice, is_cancelled=notice.notice_id in withdrawn)
        for record in mine
        if (notice := _notice(record, mine)) is not None
    )
    return newest_first(notices)


def _withdrawn(records: list[_Record]) -> frozenset[str]:
    """The announcements that were annulled or retracted, and those a correction has taken the place of."""
    undo = (record for record in records if record.takes_back or record.form == "rectificatif")
    return frozenset(record.previous for record in undo if record.previous)


def _notice(record: _Record, others: list[_Record]) -> LegalNotice | None:
    """What the announcement is to us; None for one that says nothing of an end or an insolvency."""
    kind = _kind(record, others)
    if kind is None:
        return None
    return LegalNotice(
        source=SOURCE.name,
        notice_id=record.notice_id,
        kind=kind,
        published_on=record.published_on,
        judged_on=_day(record.judgment.get("date", "")),
        court=record.court,
        text=shortened(record.judgment.get("nature", ""), record.judgment.get("complementJugement", ""), record.remark),
        link=record.link,
        is_correction=record.form == "rectificatif",
    )


def _kind(record: _Record, others: list[_Record]) -> Kind | None:
    if record.family == "radiation":
        return None if _moved_away(record, others) else Kind.STRIKE_OFF
    if record.family == "modification":
        remark = plain(record.remark)
        return Kind.VOLUNTARY_LIQUIDATION if "dissolution" in remark or "liquidation amiable" in remark else None
    if record.family in {"collective", "conciliation", "retablissement_professionnel"}:
        return None if record.judgment_family in _IGNORED_FAMILIES else _kind_of_judgment(record.judgment)
    return None


def _kind_of_judgment(judgment: Mapping[str, str]) -> Kind:
    family, nature = plain(judgment.get("famille", "")), plain(judgment.get("nature", ""))
    if "jugement de cloture" in family or re.match(r"(autre )?jugement (de|prononcant la) cloture\b", nature):
        return Kind.CLOSED_PROCEEDINGS
    opening = _OPENING.match(nature)
    if opening is None:
        return Kind.OTHER
    what = plain(judgment.get("complementJugement", "")) if nature in _TOLD_IN_COMPLEMENT else opening["what"]
    if resolution := _RESOLUTION.match(what):
        what = resolution["what"] or ""
    # "... de conversion en liquidation judiciaire de la procédure de sauvegarde": what it became, not what it was.
    became = what.split(" de la procedure")[0]
    return next((kind for words, kind in _KINDS if words in became), Kind.OTHER)


def _moved_away(radiation: _Record, others: list[_Record]) -> bool:
    """Whether the company was struck off here because it moved there.

    The announcement says so, or another court's registry wrote of the company later: one that is gone is written of by
    its own registry only.
    """
    if _MOVED in plain(radiation.remark):
        return True
    here = _place(radiation.court)
    return any(
        record.family in _REGISTRATIONS
        and record.published_on >= radiation.published_on
        and _place(record.court) != here
        for record in others
    )


def _place(court: str) -> str:
    """The town of a court: its name goes by registry, by court of commerce or of economic activities."""
    town = re.split(r"\b(?:de|du|des)\b|\bd'", plain(court))[-1].strip()
    return re.sub(r"^(?:le|la|les) ", "", town)


def _numbers(fields: Any) -> frozenset[str]:
    """The SIREN of those the announcement is about; where it names none, those of its register field.

    That field names every party of a sale, and each number twice, so it does not tell whom an announcement is about.
    """
    people = _inner(fields, "listepersonnes").get("personne")
    found = {
        re.sub(r"\s", "", number)
        for person in (people if isinstance(people, list) else [people])
        if isinstance(person, dict)
        for number in _given_numbers(person)
    }
    register = fields.get("registre") or ""
    listed = register if isinstance(register, list) else str(register).split(",")
    return frozenset(found or {re.sub(r"\s", "", str(number)) for number in listed})


def _given_numbers(person: Mapping[str, Any]) -> Iterator[str]:
    for key, inner in (("numeroImmatriculation", "numeroIdentification"), ("inscriptionRM", "numeroIdentificationRM")):
        given = person.get(key)
        if isinstance(given, dict) and isinstance(given.get(inner), str):
            yield given[inner]


def _previous(notice: Mapping[str, Any]) -> str:
    """The id of the announcement before: the bulletin's letter, its issue, and the number in it."""
    bulletin, issue, number = (str(notice.get(key) or "").strip() for key in _PREVIOUS)
    return f"{bulletin.split()[-1]}{issue}{number}" if bulletin and issue and number else ""


def _inner(fields: Any, key: str) -> Mapping[str, Any]:
    """The object written as a text under a key; empty when there is none. Raises InvalidCase for another text."""
    value = as_object(fields).get(key)
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise InvalidCase(key, f"JSON in a text is expected, not {shown(value)}") from error
    if not isinstance(value, dict):
        raise InvalidCase(key, f"an object is expected, not {shown(value)}")
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every text inside, whatever the shape around it."""
    if isinstance(value, str):
        yield mended(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _text(fields: Any, key: str) -> str:
    value = as_object(fields).get(key)
    return mended(value) if isinstance(value, str) else ""


def mended(text: str) -> str:
    """The text with UTF-8 that was once read as Latin-1 or Windows-1252 put right: "clÃ´ture" is "clôture"."""
    return re.sub(r"[^\x00-\x7f]+", lambda found: _reread(found[0]), text)


def _reread(letters: str) -> str:
    for charset in ("latin-1", "cp1252"):
        try:
            return letters.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
    return letters


def _day(text: str) -> date | None:
    """A day such as 2022-11-23, 23/11/2022, 23 novembre 2022 or 1er mars 2020; None for anything else."""
    words = plain(text)
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", words):
        year, month, day = found.groups()
    elif found := re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", words):
        day, month, year = found.groups()
    elif (found := re.fullmatch(r"([0-9]{1,2})(?:er)? ([a-z]+) ([0-9]{4})", words)) and found[2] in _MONTHS:
        day, month, year = found[1], str(_MONTHS.index(found[2]) + 1), found[3]
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _published(value: Any) -> date:
    day = _day(as_text(value))
    if day is None:
        raise InvalidCase("", f"a day is expected, not {shown(value)}")
    return day


def _identity(value: Any) -> str:
    text = as_text(value)
    if not re.fullmatch("[A-Z][0-9]{5,30}", text):
        raise InvalidCase("", f"an announcement's number such as B20220227446 is expected, not {shown(value)}")
    return text


def _link(address: str) -> str:
    return address if address.startswith("https://www.bodacc.fr/") and len(address) <= 500 else ""


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidCase("", f"a number of announcements is expected, not {shown(value)}")
    return value
