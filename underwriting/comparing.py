"""A version of a model beside the one in force: over the newest accounts of every buyer, and the limits in force."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Prefetch

from underwriting.model_effect import Effect, FileEffect, Matrix, matrix_of
from underwriting.model_versions import version_in_force
from underwriting.models import Analysis, BuyerStatement, CumulLine, GradeOverride, Guarantee, StatementScore
from underwriting.scoring.grades import pd_for_grade
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.versions import Version
from underwriting.scoring_inputs import score_from_inputs
from underwriting.terms import LIVE, tariff_on

_MATRIX = f"""
    SELECT old.grade, new.grade, count(*)
    FROM (SELECT DISTINCT ON (buyer_id) id FROM {BuyerStatement._meta.db_table}
          ORDER BY buyer_id, period_end DESC, (source = 'insured'), consolidated, id DESC) newest
    LEFT JOIN {StatementScore._meta.db_table} old
           ON old.statement_id = newest.id AND old.model = %s AND old.version = %s
    LEFT JOIN {StatementScore._meta.db_table} new
           ON new.statement_id = newest.id AND new.model = %s AND new.version = %s
    GROUP BY old.grade, new.grade
"""  # noqa: S608 - names of tables


def effect_of(version: Version, on: date) -> Effect:
    """What putting a version in force today would change; raises NoTariff. As many queries for any portfolio."""
    in_force = version_in_force()
    return Effect(in_force, matrix(in_force, version), tariff_on(on).lgd, tuple(_files(version, on)))


def matrix(old: Version, new: Version) -> Matrix:
    """Buyers by the grades both versions give to their newest accounts; before overlays, as scores are kept."""
    with connection.cursor() as cursor:
        cursor.execute(_MATRIX, [old.model, old.version, new.model, new.version])
        return matrix_of(cursor.fetchall())


def _files(version: Version, on: date) -> list[FileEffect]:
    live = Guarantee.objects.filter(status__in=LIVE).select_related("offer__request", "buyer").order_by("number")
    guarantees = list(live)
    analyses = _newest_analyses([each.offer.request_id for each in guarantees])
    lines = {each.grade: each.amount for each in reversed(CumulLine.objects.in_force(on))}
    insured: dict[int, Decimal] = defaultdict(Decimal)
    for each in guarantees:
        insured[each.buyer_id] += each.offer.limit
    return [_file(each, analyses[each.offer.request_id], version, insured[each.buyer_id], lines) for each in guarantees]


def _newest_analyses(request_ids: list[int]) -> dict[int, Analysis]:
    """The newest finished analysis of each request, its confirmed judgements at hand."""
    confirmed = GradeOverride.objects.filter(confirmed_at__isnull=False).order_by("-pk")
    rows = Analysis.objects.filter(request__in=request_ids).exclude(status=Analysis.Status.PENDING)
    newest = rows.order_by("request_id", "-pk").distinct("request_id")
    return {each.request_id: each for each in newest.prefetch_related(Prefetch("overrides", confirmed, "confirmed"))}


def _file(
    guarantee: Guarantee, analysis: Analysis, version: Version, insured: Decimal, lines: dict[int, Decimal]
) -> FileEffect:
    offer = guarantee.offer
    by_hand = analysis.confirmed[0].grade if analysis.confirmed else None  # type: ignore[attr-defined]
    old_grade, old_pd = analysis.grade or offer.grade, analysis.pd or offer.pd
    if by_hand:
        old_grade, old_pd = by_hand, pd_for_grade(by_hand)
    new_grade, new_pd = (old_grade, old_pd) if by_hand else _scored_again(analysis, version)
    return FileEffect(
        guarantee=guarantee.number,
        reference=offer.request.reference,
        buyer=guarantee.buyer.name,
        limit=offer.limit,
        insured_percentage=offer.insured_percentage,
        old_grade=old_grade,
        old_pd=old_pd,
        new_grade=new_grade,
        new_pd=new_pd,
        is_by_hand=by_hand is not None,
        insured=insured,
        line=None if new_grade is None else lines.get(new_grade, Decimal("0.00")),
    )


def _scored_again(analysis: Analysis, version: Version) -> tuple[int | None, Decimal | None]:
    """Grade and PD of the stored inputs by a version, overlays and all."""
    try:
        score = score_from_inputs(analysis.inputs, version)
    except InsufficientAccounts:
        return None, None
    return score.grade, score.pd
