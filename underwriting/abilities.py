"""May this user do this to this offer or file? One answer, shared by the pages, the desk and the tests."""

from datetime import date

from applications.models import CoverRequest, Status
from applications.workflow import COVER_REQUEST
from parties.models import UNDERWRITERS, InsurerRole, User
from underwriting.actions.analysis import UNANSWERED
from underwriting.actions.sectors import may_be_scored
from underwriting.models import Analysis, GradeOverride, Guarantee, ModelActivation, Offer
from underwriting.register_files import registers_of
from underwriting.terms import may_sign
from underwriting.workflow import GUARANTEE


def offer_abilities(offer: Offer, user: User, today: date) -> frozenset[str]:
    """What a person of the insured company may answer to an offer visible to them: view, accept, refuse."""
    membership = user.membership
    if membership is None or membership.company_id != offer.request.company_id or not membership.may_act:
        return frozenset({"view"})
    if offer.status != Offer.Status.OPEN:
        return frozenset({"view"})
    return frozenset({"view", "refuse"} | ({"accept"} if today <= offer.valid_until else set()))


def desk_abilities(request: CoverRequest, user: User, today: date) -> frozenset[str]:
    """What a person of the insurer may do on a file today.

    Any of view, screen, registers, analyse, sector, register_accounts, override, confirm_override, reject_override,
    offer, ask, decline, sign, return, meet, not_take_up, close.
    """
    if not user.duties:
        return frozenset()
    screens = {"screen"} if may_screen(user) and request.buyer_id else set()
    if not user.has_duty(*UNDERWRITERS):
        return frozenset({"view"} | screens)
    return frozenset(
        {"view"}
        | screens
        | _on_request(request)
        | _on_analysis(request, user)
        | _on_unsigned_offer(request, user, today)
        | _on_guarantee(request)
    )


def _on_request(request: CoverRequest) -> set[str]:
    acts = {"ask": "ask_information", "decline": "decline"}
    allowed = {act for act, transition in acts.items() if COVER_REQUEST.allows(transition, request.status)}
    allowed |= {"registers"} if request.buyer_id and request.status != Status.DRAFT else set()
    if not may_be_scored(request):
        return allowed
    return allowed | {"sector"} | ({"register_accounts"} if registers_of(request.buyer) else set())


def _on_analysis(request: CoverRequest, user: User) -> set[str]:
    """Scoring, judging the score and offering, until an offer is accepted."""
    if not COVER_REQUEST.allows("offer", request.status) or _is_bound(request):
        return set()
    latest = Analysis.objects.filter(request=request).first()
    if latest is None or latest.status == Analysis.Status.PENDING:
        return set()
    abilities = {"analyse"} | ({"offer"} if latest.grade_in_use else set())
    proposed = latest.overrides.filter(**UNANSWERED).first()
    return abilities | (_on_override(proposed, user) if proposed else {"override"})


def _is_bound(request: CoverRequest) -> bool:
    return Offer.objects.for_request(request).filter(status=Offer.Status.ACCEPTED).exists()


def _on_override(proposed: GradeOverride, user: User) -> set[str]:
    if proposed.proposed_by_id == user.pk:
        return {"reject_override"}
    is_senior = user.has_duty(InsurerRole.SENIOR_UNDERWRITER)
    return {"confirm_override", "reject_override"} if is_senior else set()


def _on_unsigned_offer(request: CoverRequest, user: User, today: date) -> set[str]:
    unsigned = Offer.objects.for_request(request).filter(status=Offer.Status.PREPARED).first()
    if unsigned is None or not COVER_REQUEST.allows("offer", request.status):
        return set()
    is_second = unsigned.prepared_by_id != user.pk and user.has_duty(InsurerRole.SENIOR_UNDERWRITER)
    return {"return"} | ({"sign"} if is_second and may_sign(user, unsigned, today) else set())


def _on_guarantee(request: CoverRequest) -> set[str]:
    guarantee = Guarantee.objects.for_request(request).first()
    if guarantee is None:
        return set()
    acts = {"not_take_up": "not_take_up", "close": "close", "meet": "enter_into_force"}
    return {act for act, transition in acts.items() if GUARANTEE.allows(transition, guarantee.status)}


def may_screen(user: User) -> bool:
    """Whether somebody may screen parties again and say who owns and runs a buyer."""
    return user.has_duty(*UNDERWRITERS, InsurerRole.COMPLIANCE_OFFICER)


def may_decide_matches(user: User) -> bool:
    """Whether somebody may clear and confirm possible matches."""
    return user.has_duty(InsurerRole.COMPLIANCE_OFFICER)


def model_abilities(user: User) -> frozenset[str]:
    """What a person of the insurer may do with the versions of models: view, run, propose."""
    is_senior = user.has_duty(InsurerRole.SENIOR_UNDERWRITER)
    return frozenset({"view", "run", "propose"}) if is_senior else frozenset({"view"})


def activation_abilities(activation: ModelActivation, user: User) -> frozenset[str]:
    """What a person of the insurer may do with a proposed version: view, confirm, reject."""
    if not activation.is_open:
        return frozenset({"view"})
    if activation.proposed_by_id == user.pk:
        return frozenset({"view", "reject"})
    is_senior = user.has_duty(InsurerRole.SENIOR_UNDERWRITER)
    return frozenset({"view", "confirm", "reject"}) if is_senior else frozenset({"view"})
