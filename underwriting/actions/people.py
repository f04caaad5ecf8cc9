"""Who is known to own or to run a buyer; they are screened with it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from applications import actions as requests
from applications.identity import identity_of
from applications.models import CoverRequest
from journal.recording import record
from parties.models import UNDERWRITERS, Buyer, InsurerRole, User
from underwriting import events
from underwriting.actions.analysis import NotAllowed
from underwriting.models import BuyerPerson
from unlockfocus.errors import BusinessRule

Position = BuyerPerson.Position


class KnownAlready(BusinessRule):
    """The same name is noted in the same position."""


@transaction.atomic
def add_person(
    request_id: int,
    *,
    name: str,
    position: str,
    is_organisation: bool,
    country: str,
    birth_year: int | None,
    source: str,
    by: User,
    at: datetime,
) -> BuyerPerson:
    """Note an owner or director of a request's buyer, in all its files. Raises NotAllowed, KnownAlready."""
    _check_may(by)
    request = requests.locked(request_id)
    assert request.buyer_id is not None  # noqa: S101 - set at submission
    buyer = Buyer.objects.select_for_update().get(pk=request.buyer_id)
    try:
        with transaction.atomic():
            person = BuyerPerson.objects.create(
                buyer=buyer,
                name=name,
                position=position,
                is_organisation=is_organisation,
                country=country,
                birth_year=birth_year,
                source=source,
                added_by=by,
                added_at=at,
            )
    except IntegrityError as error:
        raise KnownAlready(_("%(name)s is noted already.") % {"name": name}) from error
    _record(events.PERSON_ADDED, person, request, by, at)
    return person


@transaction.atomic
def note_registered(request_id: int, *, at: datetime) -> list[BuyerPerson]:
    """Note the directors the register named when the buyer was looked up, but for masked names. Twice is once."""
    request = requests.locked(request_id)
    check = identity_of(request).check
    if request.buyer_id is None or check is None or not check.is_about_the_company:
        return []
    Buyer.objects.select_for_update().get(pk=request.buyer_id)
    named = {name[:200] for name in check.facts.get("directors", []) if "*" not in name}
    known = BuyerPerson.objects.filter(buyer=request.buyer_id, position=Position.DIRECTOR, name__in=named)
    added = []
    for name in sorted(named - set(known.values_list("name", flat=True))):
        source = f"{check.source}, {check.fetched_at:%Y-%m-%d}"
        person = BuyerPerson.objects.create(
            buyer_id=request.buyer_id, name=name, position=Position.DIRECTOR, source=source, added_at=at
        )
        _record(events.PERSON_ADDED, person, request, None, at)
        added.append(person)
    return added


@transaction.atomic
def end_person(request_id: int, person_id: int, *, by: User, at: datetime) -> None:
    """Somebody does not own or run the buyer any more: they are not screened with it from now on. Raises NotAllowed."""
    _check_may(by)
    request = requests.locked(request_id)
    person = BuyerPerson.objects.select_for_update().get(pk=person_id, buyer=request.buyer_id)
    if person.ended_at is None:
        person.ended_at = at
        person.save(update_fields=["ended_at"])
        _record(events.PERSON_ENDED, person, request, by, at)


def _check_may(by: User) -> None:
    if not by.has_duty(*UNDERWRITERS, InsurerRole.COMPLIANCE_OFFICER):
        raise NotAllowed(_("Only underwriters and compliance officers say who owns and runs a buyer."))


def _record(event: str, person: BuyerPerson, request: CoverRequest, by: User | None, at: datetime) -> None:
    data = {"name": person.name, "position": person.get_position_display(), "source": person.source}
    record(request.journal_key, event, actor=by, at=at, data=data)
