"""Files an underwriter saved from a register: which registers fit a buyer, what a file says, and how it is shown.

Between the page that shows a file and the one that keeps it nothing is stored: the filings travel signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from applications.account_checks import account_checks
from applications.mapped_lines import MappedCell, MappedLine, MappedLines, MappedYear, amount_as_read, check_notice
from parties.models import Buyer
from underwriting import words
from underwriting.actions.statements import Origin
from underwriting.models import BuyerStatement
from underwriting.scoring.statement import ITEMS, Statement
from underwriting.scoring.stored import as_dict, statement_from_dict
from underwriting.sources import anaf, inpi, ixbrl, liasse
from underwriting.sources.filing import BadPayload, Filing, linked
from underwriting.sources.inline import LARGEST_BYTES

_Source = BuyerStatement.Source
_SALT = "underwriting.register_files"
# An underwriter compares and keeps; a page left open over lunch is read again.
_KEPT_FOR_SECONDS = 3600


@dataclass(frozen=True)
class Reading:
    """What a file holds: filings newest first, the years that are confidential, and what to look at before keeping."""

    filings: tuple[Filing, ...]
    confidential: tuple[date, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """One kind of file: how it is called on the page, and what reads it."""

    label: str
    licence: str
    read: Callable[[bytes, str, date], Reading]


def _anaf(content: bytes, company: str, on: date) -> Reading:
    return Reading(anaf.read_bilant(content, company=company, on=on))


def _companies_house(content: bytes, company: str, on: date) -> Reading:
    return Reading(ixbrl.read_ixbrl(content, company=company, on=on))


def _inpi(content: bytes, company: str, on: date) -> Reading:
    published = inpi.read_bilans_saisis(content, company=company, on=on)
    doubtful = [filing for filing in published.filings if inpi.check_unit(filing, {})]
    doubts = tuple(
        _("The year to %(day)s has less than EUR 10,000 of sales for each employee: its amounts may be in thousands.")
        % {"day": filing.statement.period_end.isoformat()}
        for filing in doubtful
    )
    return Reading(published.filings, tuple(one.period_end for one in published.confidential), doubts)


def _unnamed(filings: tuple[Filing, ...]) -> Reading:
    return Reading(filings, doubts=(_("This file does not name its company. Check that it is the buyer’s."),))


def _banque_de_france(content: bytes, _company: str, on: date) -> Reading:
    return _unnamed(liasse.read_banque_de_france(content, on=on))


def _dgfip(content: bytes, _company: str, on: date) -> Reading:
    return _unnamed(liasse.read_dgfip(content, on=on))


_REGISTERS: Mapping[str, Mapping[str, Register]] = {
    "GB": {
        _Source.COMPANIES_HOUSE: Register(
            "Companies House, iXBRL (.xhtml, .html)", ixbrl.DOCUMENTS.licence, _companies_house
        )
    },
    "RO": {_Source.ANAF: Register("ANAF, bilant (.json)", anaf.BILANT.licence, _anaf)},
    "FR": {
        _Source.INPI: Register("INPI, bilans saisis (.json)", inpi.RNE.licence, _inpi),
        _Source.BANQUE_DE_FRANCE: Register("Banque de France, bilans (.json)", "", _banque_de_france),
        _Source.DGFIP: Register("DGFiP, liasses fiscales (.json)", "", _dgfip),
    },
}


def registers_of(buyer: Buyer | None) -> Mapping[str, Register]:
    """The registers whose files can be read for a buyer, by source; none for most countries."""
    return _REGISTERS.get(buyer.country, {}) if buyer else {}


def read_file(buyer: Buyer, source: str, content: bytes, on: date) -> Reading:
    """What a file says of the buyer; raises BadPayload, KeyError for a register of another country."""
    if len(content) > LARGEST_BYTES:
        raise BadPayload("", f"larger than {LARGEST_BYTES // 1024 // 1024} MB")
    return registers_of(buyer)[source].read(content, buyer.registration_number, on)


# --- Signed, between two pages ----------------------------------------------------------------------------------------


def signed(reading: Reading, buyer: Buyer, source: str, content: bytes, *, name: str, at: datetime) -> str:
    """The filings as a text nobody can change, for this buyer and for an hour."""
    return signing.dumps(
        {
            "buyer": buyer.pk,
            "at": at.isoformat(),
            "file": name[:120],
            "sha256": hashlib.sha256(content).hexdigest(),
            "source": source,
            "filings": [
                [
                    filing.register,
                    filing.company,
                    as_dict(replace(filing.statement, prior=None)),
                    dict(filing.provenance),
                ]
                for filing in reading.filings
            ],
        },
        salt=_SALT,
        compress=True,
    )


def unsigned(text: str, buyer: Buyer, *, at: datetime) -> tuple[tuple[Filing, ...], Origin] | None:
    """The filings and where they came from; None when the text was changed, is another buyer's, or too old."""
    try:
        kept = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    read_at = parse_datetime(kept["at"])
    if kept["buyer"] != buyer.pk or read_at is None or (at - read_at).total_seconds() > _KEPT_FOR_SECONDS:
        return None
    filings = [
        Filing(register, company, statement_from_dict(statement), provenance)
        for register, company, statement, provenance in kept["filings"]
    ]
    own = [filing for filing in filings if not filing.statement.consolidated]
    group = [filing for filing in filings if filing.statement.consolidated]
    licence = registers_of(buyer)[kept["source"]].licence
    origin = Origin(fetched_at=read_at, licence=licence, file=kept["file"], sha256=kept["sha256"])
    return (*linked(own), *linked(group)), origin


# --- As it is shown ---------------------------------------------------------------------------------------------------


def tables(reading: Reading) -> list[tuple[str, MappedLines]]:
    """A heading and the lines of each kind of accounts: the company's own, and the group's."""
    kinds = ((False, _("The company’s own accounts")), (True, _("Accounts of the group")))
    found = [
        (title, [each for each in reading.filings if each.statement.consolidated == group]) for group, title in kinds
    ]
    return [(title, _lines(filings)) for title, filings in found if filings]


def _lines(filings: list[Filing]) -> MappedLines:
    newest = filings[0].statement
    codes = [code for code in ITEMS if any(code in filing.provenance for filing in filings)]
    return MappedLines(
        lines=tuple(_line(code, filings) for code in codes),
        years=tuple(_year(filing.statement) for filing in filings),
        currency=newest.currency,
        unit=newest.unit,
    )


def _line(code: str, filings: list[Filing]) -> MappedLine:
    places = [filing.provenance.get(code, "") for filing in filings]
    label = next(filter(None, places))
    cells = tuple(
        _cell(code, getattr(filing.statement, code), "" if place == label else place)
        for filing, place in zip(filings, places, strict=True)
    )
    return MappedLine(place="", label=label, item=words.item_name(code), cells=cells)


def _cell(code: str, amount: Decimal | None, place: str) -> MappedCell | None:
    return None if amount is None else MappedCell(amount_as_read(code, amount), place)


def _year(statement: Statement) -> MappedYear:
    items: dict[str, Any] = {code: getattr(statement, code) for code in ITEMS}
    given = {code: amount for code, amount in items.items() if amount is not None}
    notices = tuple(check_notice(check) for check in account_checks(given) if not check.holds)
    return MappedYear(statement.period_end, is_kept=True, notices=notices)
