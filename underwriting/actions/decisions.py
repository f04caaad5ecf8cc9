"""What an underwriter answers a request with when it is no offer: a question, or a refusal with its reasons."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from applications import actions as requests
from applications.models import CoverRequest
from parties.models import UNDERWRITERS, User
from underwriting.actions.analysis import NotAllowed
from underwriting.actions.offers import drop_unsigned


@transaction.atomic
def ask(request_id: int, *, question: str, by: User, at: datetime) -> CoverRequest:
    """Ask the insured for what is missing; an offer nobody signed yet is put aside.

    Raises NotAllowed, and IllegalTransition outside the analysis.
    """
    _check_may_decide(by)
    request = requests.ask_information(request_id, question=question, actor=by, at=at)
    drop_unsigned(request)
    return request


@transaction.atomic
def decline(request_id: int, *, reasons: str, by: User, at: datetime) -> CoverRequest:
    """Refuse cover, with reasons in plain words; an offer nobody signed yet is put aside.

    Raises NotAllowed, and IllegalTransition outside the analysis.
    """
    _check_may_decide(by)
    request = requests.decline(request_id, reasons=reasons, actor=by, at=at)
    drop_unsigned(request)
    return request


def _check_may_decide(user: User) -> None:
    if not user.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters decide on requests."))
