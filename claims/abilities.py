"""May this user do this to this guarantee or claim? One answer, shared by the pages, the desk and the tests."""

from claims.models import Claim, Indemnity
from claims.workflow import CLAIM, INDEMNITY
from parties.models import InsurerRole, User
from underwriting.models import Guarantee

DECLARABLE = frozenset({Guarantee.Status.IN_FORCE, Guarantee.Status.RUN_OFF})

# What a claims handler does, by the transition it takes.
ACTS = {
    "collect": "collect",
    "assess": "assess",
    "suspend": "suspend",
    "resume": "resume",
    "close": "close",
}
UNDECIDED = frozenset({"notified", "documents_incomplete", "documents_complete", "in_collection", "reopened"})


def acts_for_insured(guarantee: Guarantee, user: User) -> bool:
    """Whether the user is the insured's owner or credit manager."""
    membership = user.membership
    return bool(membership and membership.company_id == guarantee.request.company_id and membership.may_act)


def guarantee_abilities(guarantee: Guarantee, user: User) -> frozenset[str]:
    """What one may do about deliveries and unpaid invoices: view, declare (also payments, documents), notify."""
    if not user.duties and user.membership is None:
        return frozenset()
    handles = user.has_duty(InsurerRole.CLAIMS_HANDLER, InsurerRole.CLAIMS_APPROVER)
    if guarantee.status not in DECLARABLE or not (handles or acts_for_insured(guarantee, user)):
        return frozenset({"view"})
    return frozenset({"view", "declare"} | (set() if handles else {"notify"}))


def claim_abilities(claim: Claim, user: User) -> frozenset[str]:
    """What one may do on a claim.

    The insured: view, document. Claims people also: take, find, ask, reserve, step, collect, assess, interim, suspend,
    resume, recover, close; an approver: sign (what another prepared), approve_cost, reopen.
    """
    if acts_for_insured(claim.guarantee, user):
        return frozenset({"view"} | ({"document"} if claim.status != Claim.Status.CLOSED else set()))
    if not user.has_duty(InsurerRole.CLAIMS_HANDLER, InsurerRole.CLAIMS_APPROVER):
        return frozenset({"view"})
    abilities = {"view"} | {act for act, transition in ACTS.items() if CLAIM.allows(transition, claim.status)}
    if claim.status != Claim.Status.CLOSED:
        abilities |= {"document", "take", "reserve", "step"}
    if claim.status in UNDECIDED:
        abilities |= {"find", "ask"}
    if claim.status == Claim.Status.IN_COLLECTION:
        abilities.add("interim")
    if CLAIM.allows("recover", claim.status) and claim.paid_at:
        abilities.add("recover")
    if user.has_duty(InsurerRole.CLAIMS_APPROVER):
        abilities |= _of_approver(claim, user)
    return frozenset(abilities)


def _of_approver(claim: Claim, user: User) -> set[str]:
    abilities = {"approve_cost"} if claim.status != Claim.Status.CLOSED else set()
    if CLAIM.allows("reopen", claim.status):
        abilities.add("reopen")
    prepared = claim.indemnities.filter(status=Indemnity.Status.PREPARED).first()
    if prepared and INDEMNITY.allows("sign", prepared.status) and prepared.prepared_by_id != user.pk:
        abilities.add("sign")
    return abilities


def money_abilities(user: User) -> frozenset[str]:
    """What one may do in the desk's rooms of payments and bank accounts, and with the figures: view, act, figures.

    Claims people act, and they alone see account numbers in full. The auditor reads, and so does the compliance
    officer, who must know whom we pay. Underwriters neither pay nor need an account: like everybody with a duty they
    read the figures, which they price by.
    """
    if user.has_duty(InsurerRole.CLAIMS_HANDLER, InsurerRole.CLAIMS_APPROVER):
        return frozenset({"view", "act", "figures"})
    if user.has_duty(InsurerRole.AUDITOR, InsurerRole.COMPLIANCE_OFFICER):
        return frozenset({"view", "figures"})
    return frozenset({"figures"} if user.duties else set())
