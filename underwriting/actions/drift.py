"""How the buyers we hold differ from the companies behind a scorecard, and how its grades held, on one day."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import FloatField, QuerySet
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from numpy.typing import NDArray

from underwriting.models import BuyerIncident, BuyerStatement, DriftReport, Guarantee, StatementScore
from underwriting.scoring import drift
from underwriting.scoring.items import AMOUNTS, NAMES, Items, euros_of
from underwriting.scoring.portfolio import Columns, bin_counts, columns_of
from underwriting.scoring.scorecard import Scorecard
from underwriting.scoring.stored import as_dict
from underwriting.scoring.versions import FORMULA, Version, scorecard_of, versions

CHUNK = 20_000
# Any number no other lock of the database uses.
_LOCK = 20_261_125

# Guarantees that took effect; those that still wait, or were never taken up, insured nothing.
_TOOK_EFFECT = (Guarantee.Status.IN_FORCE, Guarantee.Status.RUN_OFF, Guarantee.Status.CLOSED)


@transaction.atomic
def compute(version: Version, *, at: datetime) -> DriftReport:
    """Report on the version in force at that instant; on the newest scorecard while the formula is.

    A day has one report of a scorecard: computed again, it takes the place of the earlier one. Raises UnknownVersion.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    measured = versions()[-1] if version == FORMULA else version
    report = _report(version, measured, at)
    of_version = {"model": measured.model, "version": measured.version}
    DriftReport.objects.filter(**of_version, computed_at__date=localdate(at)).delete()
    return DriftReport.objects.create(**of_version, computed_at=at, facts=as_dict(report))


def _report(in_force: Version, measured: Version, at: datetime) -> drift.Report:
    cards, unusable = _ratios(measured, at)
    files, ended_early = _files(at)
    incidents = [
        drift.Incident(buyer, kind == BuyerIncident.Kind.INSOLVENCY, since, settled_on)
        for buyer, kind, since, settled_on in BuyerIncident.objects.filter(
            buyer__in={file.buyer for file in files}, noted_at__lte=at
        ).values_list("buyer", "kind", "since", "settled_on")
    ]
    grades, total = drift.defaults_by_grade(files, incidents, localdate(at))
    return drift.Report(
        in_force=(in_force.model, in_force.version),
        cards=cards,
        unusable=unusable,
        moves=drift.migration(_graded_years(measured, at)),
        grades=grades,
        total=total,
        file_buyers=len({file.buyer for file in files}),
        ended_early=ended_early,
    )


# --- Ratios: the newest statement of every buyer ----------------------------------------------------------------------


class _Tally:
    """The companies in each bin of a card, added up chunk by chunk."""

    def __init__(self, card: Scorecard) -> None:
        self.card, self.buyers = card, 0
        self.counts = [np.zeros(len(each.points) + 1, dtype=np.int64) for each in card.characteristics]

    def add(self, columns: Columns) -> None:
        self.buyers += len(columns.total_assets)
        for total, more in zip(self.counts, bin_counts(self.card, columns), strict=True):
            total += more

    @property
    def drift(self) -> drift.CardDrift:
        ratios = tuple(
            drift.RatioDrift(
                code=characteristic.code,
                edges=characteristic.edges,
                expected=characteristic.shares,
                counts=tuple(int(each) for each in counts[:-1]),
                missing=int(counts[-1]),
            )
            for characteristic, counts in zip(self.card.characteristics, self.counts, strict=True)
        )
        return drift.CardDrift(self.card.name, self.buyers, ratios)


def _ratios(version: Version, at: datetime) -> tuple[tuple[drift.CardDrift, ...], int]:
    """Both cards of a version over all buyers, and how many buyers fall on none."""
    model = scorecard_of(version)
    assert model is not None  # noqa: S101 - only scorecards are measured
    full, short = _Tally(model.full), _Tally(model.short)
    unusable = 0
    for items in _newest_items(at):
        columns, usable = columns_of(items)
        is_split = ~np.isnan(columns.short_term_liabilities)
        full.add(_only(columns, usable & is_split))
        short.add(_only(columns, usable & ~is_split))
        unusable += int((~usable).sum())
    return (full.drift, short.drift), unusable


def _newest_items(at: datetime) -> Iterator[Items]:
    """The figures of every buyer's newest statement as columns, a chunk at a time."""
    floats: dict[str, Any] = {f"{name}_": Cast(name, FloatField()) for name in AMOUNTS}
    rows = _newest(at).annotate(**floats).values_list("currency", "unit", *floats).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        euros = np.array([euros_of(currency, unit) for currency, unit, *_amounts in chunk])
        amounts = np.array([row[2:] for row in chunk], dtype=np.float64).T
        yield Items(**dict(zip(AMOUNTS, amounts, strict=True)), euros=euros)


def _newest(at: datetime) -> QuerySet[BuyerStatement]:
    known = BuyerStatement.objects.filter(received_at__lte=at)
    return known.newest_of_each_buyer()


def _only(columns: Columns, rows: NDArray[np.bool_]) -> Columns:
    return Items(**{name: getattr(columns, name)[rows] for name in NAMES})


# --- Grades and defaults ----------------------------------------------------------------------------------------------


def _graded_years(version: Version, at: datetime) -> Iterator[drift.GradedYear]:
    scored = StatementScore.objects.filter(model=version.model, version=version.version, scored_at__lte=at)
    rows = scored.order_by("statement__buyer_id", "statement_id")
    for row in rows.values_list("statement__buyer_id", "statement__period_end", "grade").iterator(chunk_size=CHUNK):
        yield drift.GradedYear(*row)


def _files(at: datetime) -> tuple[list[drift.File], int]:
    """The files whose twelve months are over, and how many of them were closed before that."""
    bound = Guarantee.objects.filter(status__in=_TOOK_EFFECT, bound_at__lte=at)
    files, ended_early = [], 0
    for buyer, bound_at, grade, pd, ended_at in bound.values_list(
        "buyer", "bound_at", "offer__grade", "offer__pd", "ended_at"
    ):
        file = drift.File(buyer, localdate(bound_at), grade, pd)
        if file.ends_on <= localdate(at):
            files.append(file)
            ended_early += bool(ended_at and localdate(ended_at) < file.ends_on)
    return files, ended_early
