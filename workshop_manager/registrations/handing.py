"""A seat goes from one to another within one act, so that it is never free in between."""

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import asking, emails, queries, service, waitlist
from workshop_manager.registrations.events import RegistrationCancelled, RegistrationConfirmed
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.rules import NOTHING, Place
from workshop_manager.registrations.words import group_name
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Stale


def obstacle(made: Hall, giver: Registration, person_id: int, held: Place) -> str | None:
    """Why that person, who holds that, cannot take the giver's seat, in a sentence; None if they can."""
    seat = giver.place.seat
    if seat is None:
        return str(_("This seat is gone."))
    if giver.person_id == person_id or held.seat == seat:
        return str(_("You have a seat of this kind already, so there is nothing to take."))
    leavers, groups = made.groups_of(giver.person_id), made.groups_of(person_id)
    if made.has_room_after(seat, giver.place, leavers, held, groups):
        return None
    keys = made.pools_of([seat])
    kept = sorted(group_name(group) for key, group in made.live if key in keys and group in leavers - groups)
    if kept:
        return str(_("This seat is one of those kept for %(group)s, so it can only go to one of them.", group=kept[0]))
    return str(_("This seat is kept for others by now. Write to the organisers."))


def hand_over(
    uow: UnitOfWork,
    edition: Edition,
    made: Hall,
    giver: Registration,
    person: Person,
    badge_name: str,
    conduct_version: int,
) -> Registration:
    """The giver's seat is that person's; what they held themselves goes on. Conflict, with the reason, if not.

    The caller holds the hall and the giver's row, and has told nobody yet.
    """
    if conduct_version != service.conduct_to_accept(edition):
        raise Stale(str(_("The code of conduct changed a moment ago. Read it again, then agree to it.")))
    mine = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    held = mine.place if mine is not None else NOTHING
    if (why := obstacle(made, giver, person.id, held)) is not None:
        raise Conflict(why)
    kind = made.kinds[giver.kind_id]
    if giver.person_id is None and mine is None:
        row = _take_on(uow, made, giver, person)
    else:
        give_up(uow, edition, made, giver)
        row = mine or _new(uow, edition, person, kind)
        waitlist.move(uow, made, row, held, Place(kind.id))
    row.badge_name = badge_name
    service.agree(row, edition, uow.now)
    row.missed_offers = 0
    row.version += 1
    row.changed_at = uow.now
    uow.session.flush()
    record(uow, "handed_over", "registration", row.id, edition_id=edition.id, seat=kind.id)
    if held.seat is None:
        uow.tell(RegistrationConfirmed(edition.id, person.id))
    emails.registered(uow, edition, row, person)
    waitlist.serve(uow, edition, made)
    return row


def _new(uow: UnitOfWork, edition: Edition, person: Person, kind: RegistrationKind) -> Registration:
    return service.new_row(
        uow, edition, person, kind, badge_name=person.name, pronouns=person.pronouns,
        affiliation=person.affiliation, changed_at=uow.now,
    )  # fmt: skip


def _take_on(uow: UnitOfWork, made: Hall, row: Registration, person: Person) -> Registration:
    """A seat that was only set aside becomes theirs as it is."""
    made.move(None, row.place, NOTHING)
    made.move(person.id, NOTHING, row.place)
    row.person_id, row.person = person.id, person
    row.pronouns, row.affiliation = person.pronouns, person.affiliation or row.affiliation
    uow.session.flush()
    return row


def give_up(uow: UnitOfWork, edition: Edition, made: Hall, row: Registration) -> None:
    """They hold nothing any more, and the ticket they had opens nothing; whoever calls hands the seat on."""
    before = row.place
    waitlist.move(uow, made, row, before, NOTHING)
    row.ticket_code = service.new_ticket_code()
    asking.forget(uow, row)
    row.missed_offers = 0
    row.version += 1
    if row.person_id is None:
        row.badge_name, row.affiliation = "", None
    uow.session.flush()
    record(uow, "gave_up", "registration", row.id, edition_id=edition.id, seat=before.seat)
    if row.person_id is not None:
        uow.tell(RegistrationCancelled(edition.id, row.person_id, had_seat=before.seat is not None))


def set_aside(
    uow: UnitOfWork, edition: Edition, made: Hall, kind_id: int, name: str, affiliation: str = ""
) -> Registration:
    """A seat with a name and without a person, until somebody claims it. Conflict if there is no room."""
    kind = made.kinds.get(kind_id)
    if kind is None:
        raise NotFound
    if not made.has_room(kind_id):
        raise Conflict(str(_("There is no free place any more (%(kind)s).", kind=isolated(kind.name))))
    row = service.new_row(
        uow, edition, None, kind, badge_name=name, affiliation=affiliation or None, changed_at=uow.now
    )
    uow.session.flush()
    waitlist.move(uow, made, row, NOTHING, Place(kind_id))
    row.version += 1
    uow.session.flush()
    return row
