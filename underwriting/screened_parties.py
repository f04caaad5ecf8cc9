"""Who is screened for a file: the buyer, those known to own or run it, the insured, and the bank paid in its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from applications.models import CoverRequest, Status
from underwriting.models import BuyerPerson, Guarantee, Offer, ScreenedParty, Screening, ScreeningHit
from underwriting.terms import LIVE

Kind = ScreenedParty.Kind
_NONE = Q(pk__in=[])
_UNDECIDED = (Status.SUBMITTED, Status.IN_ANALYSIS, Status.INFORMATION_REQUESTED)


def parties_of(request: CoverRequest) -> list[ScreenedParty]:
    """The parties of a file, the buyer first; those never met before get their row."""
    parties = [_party(Kind.INSURED, company=request.company)]
    if request.buyer:
        people = BuyerPerson.objects.filter(buyer=request.buyer, ended_at=None)
        parties = [
            _party(Kind.BUYER, buyer=request.buyer),
            *(_party(Kind.PERSON, person=each) for each in people),
            *parties,
        ]
    if request.loss_payee:
        parties.append(_party(Kind.BANK, bank=request.loss_payee))
    return parties


def holder_of_account(name: str) -> ScreenedParty:
    """Somebody known by name alone: the holder of an account money goes to."""
    return _party(Kind.HOLDER, holder=name)


def _party(kind: str, **who: object) -> ScreenedParty:
    party, _created = ScreenedParty.objects.get_or_create(**who, defaults={"kind": kind})
    return party


def with_facts(parties: QuerySet[ScreenedParty]) -> QuerySet[ScreenedParty]:
    """Parties with the rows their subjects are made from, in one query."""
    return parties.select_related("buyer", "person", "company", "bank")


def files_of(party: ScreenedParty) -> QuerySet[CoverRequest]:
    """The files a party takes part in on which something may still be promised or paid, oldest first.

    The holder of an account takes part in none by itself: its payments ask for it.
    """
    offered = Offer.objects.filter(status__in=[Offer.Status.PREPARED, Offer.Status.OPEN]).values("request")
    bound = Guarantee.objects.filter(status__in=LIVE).values("offer__request")
    underway = Q(status__in=_UNDECIDED) | Q(pk__in=offered) | Q(pk__in=bound)
    return CoverRequest.objects.filter(underway, _takes_part(party)).select_related("company").order_by("pk")


def _takes_part(party: ScreenedParty) -> Q:
    """The files of a party; `takes_part` says the same of one file."""
    if party.buyer_id:
        return Q(buyer=party.buyer_id)
    if party.person:
        return Q(buyer=party.person.buyer_id) if party.person.ended_at is None else _NONE
    if party.company_id:
        return Q(company=party.company_id)
    return Q(loss_payee=party.bank_id) if party.bank_id else _NONE


def takes_part(party: ScreenedParty, request: CoverRequest, holder: str) -> bool:
    """Whether a party takes part in a file whose money goes to an account of `holder`; asks nothing of the database."""
    if party.buyer_id:
        return party.buyer_id == request.buyer_id
    if party.person:
        return party.person.buyer_id == request.buyer_id and party.person.ended_at is None
    if party.company_id:
        return party.company_id == request.company_id
    return party.bank_id == request.loss_payee_id if party.bank_id else party.holder == holder


@dataclass(frozen=True)
class PartyStanding:
    """A party of a file, its newest screening if there is one, and the matches found with it so far."""

    party: ScreenedParty
    newest: Screening | None
    hits: Sequence[ScreeningHit]


def parties_screened(request: CoverRequest) -> list[PartyStanding]:
    """The parties of a file that were met before, the buyer first; writes nothing, in three queries."""
    people = BuyerPerson.objects.filter(buyer=request.buyer_id, ended_at=None)
    mine = Q(company=request.company_id) | Q(person__in=people)
    mine |= Q(buyer=request.buyer_id) if request.buyer_id else Q()
    mine |= Q(bank=request.loss_payee_id) if request.loss_payee_id else Q()
    rows = with_facts(ScreenedParty.objects.filter(mine)).prefetch_related("hits")
    newest = Screening.objects.filter(party__in=rows).order_by("party", "-pk").distinct("party")
    by_party = {each.party_id: each for each in newest}
    order = list(Kind.values)
    return [
        PartyStanding(party, by_party.get(party.pk), list(party.hits.all()))
        for party in sorted(rows, key=lambda each: (order.index(each.kind), each.pk))
    ]
