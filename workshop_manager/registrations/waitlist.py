"""The waitlist: who gets a seat that came free, offers and their answers, offers that nobody answers.

Whoever gives or takes a seat begins with `enter`: it locks the hall and lets time pass, so that nobody acts on an offer
or a reserve that has run out.
"""

import enum

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.registrations import asking, emails, guests, hall, queries, rules
from workshop_manager.registrations.consequences import Step
from workshop_manager.registrations.events import (
    LeftTheRoom,
    RegistrationCancelled,
    SeatChanged,
    SeatGiven,
    SeatWithoutPersonGone,
)
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.rules import Place
from workshop_manager.registrations.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import sentence
from workshop_manager.workshops.events import EditionCancelled, EditionReinstated
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person


class Answer(enum.Enum):
    """What became of an answer to an offered seat."""

    TAKEN = "taken"
    DECLINED = "declined"
    TOO_LATE = "too_late"


def enter(uow: UnitOfWork, edition: Edition) -> Hall:
    """The edition's hall, locked, after everything happened that time brought."""
    made = hall.enter(uow.session, edition.id, uow.now)
    for row in made.due:
        row.released_at = uow.now
        record(uow, "released", "seat_reserve", row.id, edition_id=edition.id)
    late = _let_run_out(uow, edition, made)
    if late or made.due or made.live:
        uow.session.flush()
        serve(uow, edition, made)
    for one in late:
        if not one.place.is_offered and one.person is not None:
            number = queries.number_in_line(uow.session, one) if one.waits_for_id is not None else None
            emails.offer_ended(uow, edition, one, one.person, number=number)
    return made


def _let_run_out(uow: UnitOfWork, edition: Edition, made: Hall) -> list[Registration]:
    """Take back the offers that nobody answered in time, in their order."""
    late = list(queries.run_out(uow.session, edition.id, uow.now))
    for row in late:
        before = row.place
        row.missed_offers += 1
        after = rules.after_expiry(before, row.missed_offers)
        move(uow, made, row, before, after)
        if after.line is not None:
            stand_in_line(uow, made, row, made.kinds[after.line])
        row.version += 1
        uow.session.flush()
        record(uow, "offer_ended", "registration", row.id, edition_id=edition.id, seat=before.line)
        gone_if_nothing_is_left(uow, edition, row)
    return late


def gone_if_nothing_is_left(uow: UnitOfWork, edition: Edition, row: Registration) -> None:
    """Whoever no longer waits nor asks and holds no seat takes no part any more."""
    if row.state is State.CANCELLED:
        asking.forget(uow, row)
        if row.person_id is not None:
            uow.tell(RegistrationCancelled(edition.id, row.person_id, had_seat=False))


def move(uow: UnitOfWork, made: Hall, row: Registration, before: Place, after: Place) -> None:
    """Write what somebody holds now. Raises Conflict, with the reason, if they would gain in a cancelled edition."""
    if made.called_off is not None and (rules.entered(before, after) or after.occupied - before.occupied):
        raise Conflict(sentence(made.called_off))
    made.move(row.person_id, before, after)
    if not after.is_offered:
        row.offer_until = None
    if after.line != before.line:
        stand_in_line(uow, made, row, made.kinds[after.line] if after.line is not None else None)
    if after.asks != before.asks:
        row.asks_for_id, row.asks_for = after.asks, made.kinds[after.asks] if after.asks is not None else None
        row.asked_at = uow.now if after.asks is not None else None
    held = after.seat if after.seat is not None else after.wish
    if held is not None:
        row.kind_id, row.kind = held, made.kinds[held]
    row.state = after.state
    row.cancelled_at = uow.now if row.state is State.CANCELLED else None
    row.changed_at = uow.now
    uow.session.flush()
    if before.seat is not None and before.seat != after.seat:
        guests.follow(uow, made, row, after.seat)
    if row.person_id is not None and before.seat is not None and after.seat != before.seat:
        uow.tell(SeatChanged(row.edition_id, row.person_id))
    if row.person_id is None and before.seat is not None and after.seat != before.seat:
        uow.tell(SeatWithoutPersonGone(row.id))
    if row.person_id is not None and Step(before, after, made.kinds).left_room:
        uow.tell(LeftTheRoom(row.edition_id, row.person_id))


class LineFull(Conflict):
    """All seats are taken, and all places on the waitlist; nobody was put on it."""


def has_place(session: Session, kind: RegistrationKind) -> bool:
    """Whether one more can wait for that kind; sure only for whoever holds the hall."""
    return kind.line_places is None or rules.line_has_room(kind.line_places, queries.waiting_for(session, kind.id))


def require_place(session: Session, made: Hall, before: Place, after: Place) -> None:
    """Raises LineFull if that step would put one more on a waitlist than it has places. The caller holds the hall."""
    if after.line is not None and rules.joins_line(before, after) and not has_place(session, made.kinds[after.line]):
        raise LineFull(shut_text(made.kinds[after.line]))


def shut_text(kind: RegistrationKind) -> str:
    """That a kind is full together with its waitlist, in a sentence or two."""
    name = isolated(kind.name)
    if kind.line_places == 0:
        return str(_("All places are taken (%(kind)s), and there is no waitlist. Nobody was added.", kind=name))
    return str(_("All places are taken, and the waitlist is full (%(kind)s). Nobody was added.", kind=name))


def stand_in_line(uow: UnitOfWork, made: Hall, row: Registration, kind: RegistrationKind | None) -> None:
    """Behind everybody who waits for a seat of the edition; None: no longer in any line."""
    if kind is None:
        row.waits_for_id, row.waits_for, row.line_number, row.waiting_since = None, None, None, None
        return
    kind.last_number = made.next_number()
    row.waits_for_id, row.waits_for, row.line_number, row.waiting_since = kind.id, kind, kind.last_number, uow.now


def serve(uow: UnitOfWork, edition: Edition, made: Hall) -> None:
    """Give free seats to those who wait, in order, until nothing is free that somebody waits for and may take.

    Whoever held another seat meanwhile frees that one in turn.
    """
    if uow.now > edition.ends_at or made.called_off is not None:
        return
    while (head := _next(uow, edition, made)) is not None:
        row = queries.in_line(uow.session, head.kind_id, head.number)
        _call_up(uow, edition, made, row)


def _next(uow: UnitOfWork, edition: Edition, made: Hall) -> queries.Head | None:
    """Who waits longest of those for whom there is room: for everybody, or among members of a group."""
    session = uow.session
    found = [head for head in queries.heads(session, edition.id) if made.has_room(head.kind_id, Place(head.seat))]
    if made.keeps():
        for mine, people in made.circles():
            heads = queries.heads(session, edition.id, people)
            found += [head for head in heads if made.has_room(head.kind_id, Place(head.seat), mine)]
    return min(found, key=lambda head: (head.number, head.kind_id), default=None)


def _call_up(uow: UnitOfWork, edition: Edition, made: Hall, row: Registration) -> None:
    settings = queries.settings_of(uow.session, edition.id)
    hours = (settings.offer_hours, settings.last_week_hours) if settings is not None else (None, None)
    until = rules.offer_until(uow.now, edition.starts_at, *hours)
    before = row.place
    if until is None:
        _give(uow, edition, made, row, before)
        return
    row.offer_until = until
    move(uow, made, row, before, rules.after_offer(before))
    row.version += 1
    uow.session.flush()
    record(uow, "offered", "registration", row.id, edition_id=edition.id, seat=before.line)
    if row.person is not None:
        emails.offered(uow, edition, row, row.person)


def _give(uow: UnitOfWork, edition: Edition, made: Hall, row: Registration, before: Place) -> None:
    move(uow, made, row, before, rules.after_call_up(before))
    row.missed_offers = 0
    row.version += 1
    uow.session.flush()
    record(uow, "called_up", "registration", row.id, edition_id=edition.id, seat=before.line)
    if row.person is not None:
        emails.called_up(uow, edition, row, row.person, left=made.kinds.get(before.seat or 0))
        uow.tell(SeatGiven(edition.id, row.person.id))


def answer(uow: UnitOfWork, edition: Edition, *, takes: bool) -> tuple[Answer, Registration]:
    """Say yes or no to the seat that is set aside for oneself. Too late, nothing is changed beyond what time did.

    Saying no ends the waiting; a seat held meanwhile stays. Raises NotFound for whoever was never offered one.
    """
    person = acting_person(uow)
    made = enter(uow, edition)
    if made.called_off is not None:
        raise Conflict(sentence(made.called_off))
    row = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    if row is None or not (row.place.is_offered or row.missed_offers):
        raise NotFound
    before = row.place
    if not before.is_offered:
        return Answer.TOO_LATE, row
    move(uow, made, row, before, rules.after_call_up(before) if takes else rules.after_refusal(before))
    row.missed_offers = 0
    row.version += 1
    uow.session.flush()
    done = "accepted_offer" if takes else "declined_offer"
    record(uow, done, "registration", row.id, edition_id=edition.id, seat=before.line)
    if takes:
        emails.taken(uow, edition, row, person, left=made.kinds.get(before.seat or 0))
        uow.tell(SeatGiven(edition.id, person.id))
    else:
        gone_if_nothing_is_left(uow, edition, row)
        emails.declined(uow, edition, row, person, kind=made.kinds[before.line or 0])
    serve(uow, edition, made)
    return (Answer.TAKEN if takes else Answer.DECLINED), row


def on_cancelled(uow: UnitOfWork, event: EditionCancelled) -> None:
    """Offers end, and nobody is worse off for it: they wait where they waited."""
    edition = workshops.get_edition(uow.session, event.edition_id)
    made = hall.enter(uow.session, edition.id, uow.now)
    for row in queries.offered(uow.session, edition.id):
        before = row.place
        move(uow, made, row, before, Place(before.seat, before.line))
        row.version += 1
        record(uow, "offer_ended", "registration", row.id, edition_id=edition.id, seat=before.line)
    uow.session.flush()


def on_reinstated(uow: UnitOfWork, event: EditionReinstated) -> None:
    """Seats that are free go to those who wait, in order."""
    edition = workshops.get_edition(uow.session, event.edition_id)
    serve(uow, edition, enter(uow, edition))


def pass_on(database: Database, clock: Clock) -> None:
    """A job: offers that ran out go on to the next, and seats kept until a date to everybody. One edition at a time."""
    with unit_of_work(database, clock) as uow:
        waiting = list(queries.editions_to_serve(uow.session, uow.now))
    for edition_id in waiting:
        with unit_of_work(database, clock) as uow:
            enter(uow, workshops.get_edition(uow.session, edition_id))


def too_late_text(row: Registration, number: int | None) -> str:
    """What became of somebody who answered after their offer had run out, in a sentence or two."""
    gone = _("Your offer ran out before you answered, and the seat went to the next person.")
    if number is not None:
        now = _("You wait again, as number %(number)s: we write when a seat is yours.", number=number)
    elif row.state is State.REGISTERED:
        now = _("You keep the seat you held meanwhile. If you still want the other one, join its waitlist again.")
    else:
        now = _("You no longer wait. If you still want to come, join the waitlist again.")
    return f"{gone} {now}"
