"""A file of accounts between being read and being kept: it waits with the draft, and is shown line by line."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.formats import date_format

from applications import steps
from applications.account_checks import account_checks
from applications.accounts import CURRENCY, ITEMS, UNIT, AccountsFile, Cell, Line, Problem, read_accounts, template_rows
from applications.accounts_form import YEARS, AboutAccountsForm, AccountsForm, item_label, problem_sentence
from applications.actions import locked_draft
from applications.mapped_lines import (
    MappedCell,
    MappedLine,
    MappedLines,
    MappedYear,
    amount_as_read,
    check_notice,
)
from applications.models import CoverRequest
from unlockfocus.sheets import MAX_BYTES

STEP = "accounts"
_LABELS = {item.code: item for item in template_rows()}


@transaction.atomic
def take_file(request_id: int, data: QueryDict, file: UploadedFile[Any], *, at: datetime) -> tuple[CoverRequest, Any]:
    """Read a file of accounts for a draft and let it wait to be looked at; what was typed is kept as typed.

    Returns the step's form, with an error on the file where no year could be read of it. Raises IllegalTransition.
    """
    request = locked_draft(request_id)
    content = file.read(MAX_BYTES + 1)
    read = read_accounts(content)
    if _is_anything_typed(data):
        steps.keep_typed(request.pk, steps.BY_NAME[STEP], data, at=at)
        request.refresh_from_db()
    form = AccountsForm(data, request=request, at=at)
    if not read.years:
        form.errors.clear()
        for problem in read.problems:
            form.add_error("file", problem_sentence(problem))
        return request, form
    digest = hashlib.sha256(content).hexdigest()
    about = {name: data[name] for name in AboutAccountsForm.base_fields if data.get(name)}
    request.accounts_file = {**as_json(read, name=(file.name or "")[:120], sha256=digest), "about": about}
    request.save(update_fields=["accounts_file"])
    return request, form


@transaction.atomic
def keep_file(request_id: int, data: QueryDict, *, at: datetime) -> tuple[CoverRequest, Any]:
    """Keep the figures of the file that waits, with what `data` says of all of them; the form says what is missing."""
    request = locked_draft(request_id)
    form = AccountsForm(_filled(request, data), request=request, at=at)
    if request.accounts_file and form.is_valid():
        form.write()
        steps.note_progress(request.pk, STEP, None, at)
    return request, form


@transaction.atomic
def put_in_table(request_id: int, data: QueryDict, *, at: datetime) -> CoverRequest:
    """Fill the table of the step with the figures of the file, to be completed there: typed, and not yet kept."""
    request = locked_draft(request_id)
    steps.keep_typed(request.pk, steps.BY_NAME[STEP], _filled(request, data), at=at)
    return request


@transaction.atomic
def drop_file(request_id: int) -> CoverRequest:
    """Forget the file that waits; what was typed before it stands."""
    request = locked_draft(request_id)
    request.accounts_file = None
    request.save(update_fields=["accounts_file"])
    return request


def _is_anything_typed(data: QueryDict) -> bool:
    """Whether the step was sent with more than what its fields start from."""
    return any(
        str(value).strip()
        for name, value in data.items()
        if name.startswith(YEARS) or name in {"audited", "consolidated"}
    )


def _filled(request: CoverRequest, data: QueryDict) -> QueryDict:
    """What the step's form would be sent had somebody typed the figures of the file."""
    filled = QueryDict(mutable=True)
    for name in AboutAccountsForm.base_fields:
        filled[name] = data.get(name, "")
    reading = request.accounts_file or {"years": []}
    for year, given in zip(YEARS, reading["years"], strict=False):
        filled[f"{year}_period_end"] = given["period_end"]
        filled[f"{year}_published_on"] = given["published_on"] or ""
        for item in ITEMS:
            filled[f"{year}_{item.code}"] = given["items"].get(item.code, "")
    return filled


def about_form(request: CoverRequest, at: datetime) -> AboutAccountsForm:
    """What the file says of all its figures, and where it says nothing, what was typed or is saved."""
    reading = request.accounts_file or {}
    kept = steps.form_of(steps.BY_NAME[STEP], request, at)
    initial = {name: kept[name].value() for name in AboutAccountsForm.base_fields}
    said = {name: reading[name] for name in ("currency", "unit") if reading.get(name)}
    return AboutAccountsForm(initial={**initial, **reading.get("about", {}), **said})


def refused_figures(form: AccountsForm) -> list[str]:
    """What is wrong with the figures themselves: the label, and why."""
    about = AboutAccountsForm.base_fields
    return [
        f"{form.fields[name].label}: {error}"
        for name, errors in form.errors.items()
        if name not in about
        for error in errors
    ]


# --- As it waits ------------------------------------------------------------------------------------------------------


def as_json(read: AccountsFile, *, name: str, sha256: str) -> dict[str, Any]:
    """What a file says, as the draft keeps it."""
    return {
        "name": name,
        "sha256": sha256,
        "currency": read.currency,
        "unit": read.unit,
        "years": [
            {
                "period_end": year.period_end.isoformat(),
                "published_on": year.published_on.isoformat() if year.published_on else None,
                "items": {code: str(amount) for code, amount in year.items.items()},
                "cells": dict(year.cells),
            }
            for year in read.years
        ],
        "lines": [_line_as_json(line) for line in read.lines],
        "problems": [[problem.cell, problem.code, problem.value] for problem in read.problems],
    }


def _line_as_json(line: Line) -> dict[str, Any]:
    return {
        "place": line.address,
        "label": line.label,
        "item": line.item,
        "cells": [_cell_as_json(cell) for cell in line.cells],
    }


def _cell_as_json(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    value = None if cell.value is None else str(cell.value)
    kind = "amount" if isinstance(cell.value, Decimal) else "day" if isinstance(cell.value, date) else "word"
    return {"place": cell.address, "written": cell.written, "value": value, "kind": kind}


# --- As it is shown ---------------------------------------------------------------------------------------------------


def mapped_lines(reading: dict[str, Any]) -> MappedLines:
    """The file that waits, line by line, in the active language."""
    problems = {cell: problem_sentence(Problem(cell, code, value)) for cell, code, value in reading["problems"] if cell}
    return MappedLines(
        lines=tuple(_mapped_line(line, problems) for line in reading["lines"]),
        years=tuple(_mapped_year(year, position) for position, year in enumerate(reading["years"])),
        currency=reading["currency"] or "",
        unit=reading["unit"] or 0,
    )


def other_problems(reading: dict[str, Any]) -> list[str]:
    """What is wrong with no line: with a year's head, or with the file as a whole."""
    of_lines = {line["place"] for line in reading["lines"]}
    of_lines |= {cell["place"] for line in reading["lines"] for cell in line["cells"] if cell}
    return [problem_sentence(Problem(*problem)) for problem in reading["problems"] if problem[0] not in of_lines]


def _mapped_line(line: dict[str, Any], problems: dict[str, str]) -> MappedLine:
    return MappedLine(
        place=line["place"],
        label=line["label"],
        item=item_label(_LABELS[line["item"]]) if line["item"] else "",
        cells=tuple(_mapped_cell(cell, line["item"], problems) for cell in line["cells"]),
        problem=problems.get(line["place"], ""),
        is_said_once=line["item"] in {CURRENCY.code, UNIT.code},
    )


def _mapped_cell(cell: dict[str, Any] | None, item: str, problems: dict[str, str]) -> MappedCell | None:
    if cell is None:
        return None
    value = cell["value"] or ""
    if cell["kind"] == "amount":
        value = amount_as_read(item, Decimal(value))
    elif cell["kind"] == "day":
        value = date_format(date.fromisoformat(value), "j F Y")
    return MappedCell(value, cell["place"], cell["written"], problems.get(cell["place"], ""))


def _mapped_year(year: dict[str, Any], position: int) -> MappedYear:
    items = {code: Decimal(text) for code, text in year["items"].items()}
    notices = tuple(check_notice(check) for check in account_checks(items) if not check.holds)
    return MappedYear(date.fromisoformat(year["period_end"]), position < len(YEARS), notices)
