"""What the pages of one stage show of the stages after it: where a file stands, what a loss would pay."""

from decimal import Decimal
from typing import Any

from django import template

from applications.models import CoverRequest
from claims.indemnity import Terms, indemnify
from underwriting.models import Guarantee
from unlockfocus.money import to_cents
from unlockfocus.stages import Standing, standing

register = template.Library()


@register.simple_tag
def standing_of(cover_request: CoverRequest, guarantee: Guarantee | None) -> Standing:
    """The stage a file has reached, for `{% stage_tracker %}`."""
    return standing(cover_request, guarantee)


@register.simple_tag
def worked_loss(gross: Decimal, terms: Any) -> dict[str, Any]:
    """What terms would pay if nothing of `gross` EUR were paid: gross, less what lies above the limit, less the share.

    `terms` is anything with limit, insured_percentage and deductible: an offer, or terms tried out.
    """
    insured = Terms(
        limit=terms.limit,
        insured_percentage=terms.insured_percentage,
        deductible=terms.deductible,
        deductible_order=terms.deductible_order,
        maximum_liability_left=to_cents(terms.limit * terms.insured_percentage),
    )
    result = indemnify(gross, insured)
    within = min(gross, terms.limit)
    return {
        "gross": gross,
        "within": within,
        "above_limit": within - gross,
        "share": result.indemnity - within,
        "result": result,
    }
