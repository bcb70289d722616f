"""Verbs: pass a seat on, take it back; say yes or no to one. The seat is never free in between."""

from flask_babel import gettext as _

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.accounts.rules import NotAnAddress, normalise_email
from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.handover import emails, queries, rules
from workshop_manager.handover.models import SeatClaim
from workshop_manager.handover.rules import Refusal
from workshop_manager.handover.states import Answer, Purpose
from workshop_manager.registrations import handing, segments, waitlist
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.events import SeatChanged, SeatWithoutPersonGone
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import Concerned, require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import is_open
from workshop_manager.workshops.service import Taken, acting_person


def refusal(uow: UnitOfWork, edition: Edition, row: Registration | None, *, at_door: bool = True) -> Refusal | None:
    """What stands in the way of passing that seat on (two queries at most).

    `at_door` False leaves out whether they were checked in, which is a query of its own.
    """
    settings = registrations.settings_of(uow.session, edition.id)
    return rules.refusal(
        has_seat=row is not None and row.state is State.REGISTERED,
        until=settings.transfer_until if settings is not None else None,
        starts_at=edition.starts_at,
        now=uow.now,
        needs_approval=row is not None and row.kind.needs_approval,
        allowed=settings is not None and settings.transfer_approved,
        has_arrived=at_door and row is not None and segments.is_so(uow.session, row, "arrived"),
    )


def transfer_until(uow: UnitOfWork, edition: Edition) -> Deadline:
    """Until when seats are passed on here."""
    settings = registrations.settings_of(uow.session, edition.id)
    found = settings.transfer_until if settings is not None else None
    return found or Deadline(edition.starts_at, edition.time_zone)


def refusal_text(why: Refusal) -> str:
    """The reason in a sentence."""
    return str(
        {
            Refusal.NO_SEAT: _("You hold no seat that could be passed on; a place on a waitlist stays with you."),
            Refusal.OVER: _("The time to pass seats on is over. Write to the organisers."),
            Refusal.ARRIVED: _("You were checked in with this ticket, so the seat is not passed on."),
            Refusal.APPROVAL: _("The organisers say yes to each person of this kind, so this seat is not passed on."),
        }[why]
    )


def asked_text() -> str:
    """Why nobody else can be asked now, in a sentence."""
    return str(_("Somebody is asked already. Take that back first."))


def ask(uow: UnitOfWork, edition: Edition, email: str) -> SeatClaim:
    """Ask a colleague by mail whether they take one's seat. Until they say yes it stays one's own.

    Raises Taken for an address that cannot be asked.
    """
    person = acting_person(uow)
    waitlist.enter(uow, edition)
    require_on(edition)
    row = registrations.registration_of(uow.session, edition.id, person.id, lock=True)
    if row is None:
        raise NotFound
    if (why := refusal(uow, edition, row)) is not None:
        raise Conflict(refusal_text(why))
    address = _address(email)
    if address == person.email:
        raise Taken("email", str(_("That is your own address. Write your colleague’s.")))
    if (before := queries.open_of(uow.session, row.id)) is not None:
        if is_open(uow.now, before.expires_at, before.answered_at):
            raise Conflict(asked_text())
        _end(uow, before, Answer.ENDED)  # nobody answered in time, and the link opens nothing any more
    if queries.count_asked(uow.session, row.id) >= rules.MOST_ASKED:
        raise Conflict(
            str(_("%(most)s people were asked to take this seat. Write to the organisers.", most=rules.MOST_ASKED))
        )
    settings = registrations.settings_of(uow.session, edition.id)
    until = rules.answer_by(uow.now, settings.transfer_until if settings else None, edition.starts_at)
    claim, token = make_claim(uow, row, Purpose.TRANSFER, address, until)
    record(uow, "transfer_asked", "registration", row.id, edition_id=edition.id)
    emails.asked(uow, edition, row, claim, token)
    return claim


def _address(typed: str) -> str:
    try:
        return normalise_email(typed)
    except NotAnAddress as error:
        raise Taken("email", str(error)) from None


def make_claim(
    uow: UnitOfWork, row: Registration, purpose: Purpose, email: str, until: object, list_id: int | None = None
) -> tuple[SeatClaim, str]:
    """A question about that seat, and its token, which is told only now."""
    token = new_token()
    claim = SeatClaim(
        edition_id=row.edition_id, registration_id=row.id, list_id=list_id, purpose=purpose, email=email,
        token_hash=token_hash(token), answer=Answer.OPEN, created_at=uow.now, expires_at=until,
    )  # fmt: skip
    uow.session.add(claim)
    uow.session.flush()
    return claim, token


def take_back(uow: UnitOfWork, edition: Edition) -> None:
    """The colleague is no longer asked; the link in their mail opens nothing."""
    person = acting_person(uow)
    waitlist.enter(uow, edition)
    row = registrations.registration_of(uow.session, edition.id, person.id, lock=True)
    claim = queries.open_of(uow.session, row.id) if row is not None else None
    if row is None or claim is None:
        raise NotFound
    _end(uow, claim, Answer.ENDED)
    record(uow, "transfer_taken_back", "registration", row.id, edition_id=edition.id)


def _end(uow: UnitOfWork, claim: SeatClaim, answer: Answer) -> None:
    claim.answer, claim.answered_at = answer, uow.now
    if claim.purpose is Purpose.TRANSFER:
        claim.email = None  # nobody needs to know any more whom somebody asked
    uow.session.flush()


def find_open(uow: UnitOfWork, token: str, *, lock: bool = False) -> SeatClaim:
    """The question of this token; NotFound alike for a wrong, answered or ended one, and for a seat that is gone."""
    found = queries.by_token(uow.session, token_hash(token), lock=lock)
    if found is None or not is_open(uow.now, found.expires_at, found.answered_at):
        raise NotFound
    if found.registration.state is not State.REGISTERED:
        raise NotFound
    if found.purpose is Purpose.TRANSFER:  # a date or a need of approval that was set since counts
        edition = workshops.get_edition(uow.session, found.edition_id)
        if refusal(uow, edition, found.registration) is not None:
            raise NotFound
    return found


def _held(uow: UnitOfWork, token: str) -> tuple[Edition, Hall, SeatClaim, Registration]:
    """What an open link is about, locked in the order of seats: kinds, then the claim, then whose seat it is."""
    edition_id = find_open(uow, token).edition_id
    edition = workshops.get_edition(uow.session, edition_id)
    made = waitlist.enter(uow, edition)
    claim = find_open(uow, token, lock=True)
    giver = registrations.find(uow.session, edition.id, claim.registration_id, lock=True)
    if giver is None:
        raise NotFound
    if claim.purpose is Purpose.TRANSFER and refusal(uow, edition, giver) is not None:
        raise NotFound  # the door let them in while this waited for their row
    return edition, made, claim, giver


def take(uow: UnitOfWork, token: str, badge_name: str, conduct_version: int) -> Registration:
    """Say yes, with any account: whoever holds the link got the mail. Conflict, with the reason, if it cannot be.

    `conduct_version` is that of the code of conduct they agreed to; Stale if it reads differently by now.
    """
    person = acting_person(uow)
    edition, made, claim, giver = _held(uow, token)
    require_on(edition)
    from_person: Person | None = giver.person
    row = handing.hand_over(uow, edition, made, giver, person, badge_name, conduct_version)
    _end(uow, claim, Answer.TAKEN)
    claim.registration_id = row.id
    uow.session.flush()
    if from_person is not None:
        emails.passed_on(uow, edition, giver, from_person, claim)
    return row


def refuse(uow: UnitOfWork, token: str) -> Edition:
    """Say no, without an account. A seat of a list goes on at once; a colleague keeps theirs and hears of it."""
    edition, made, claim, giver = _held(uow, token)
    _end(uow, claim, Answer.REFUSED)
    record(uow, "claim_refused", "registration", giver.id, edition_id=edition.id)
    if claim.purpose is Purpose.LIST:
        handing.give_up(uow, edition, made, giver)
        waitlist.serve(uow, edition, made)
    elif giver.person is not None:
        emails.refused(uow, edition, giver, giver.person, claim)
    return edition


def asked_people(uow: UnitOfWork, edition: Edition) -> list[Concerned]:
    """Those whose link still opens a seat: most of them have no account."""
    return [
        Concerned(one.email, one.registration.badge_name if one.purpose is Purpose.LIST else "")
        for one in queries.unanswered(uow.session, edition.id)
        if one.email
    ]


def return_unclaimed(database: Database, clock: Clock) -> None:
    """A job: seats of lists whose date has come and that nobody claimed go to everybody, one list at a time.

    What visitors typed and did not confirm in time is deleted.
    """
    with unit_of_work(database, clock) as uow:
        due = list(queries.due_lists(uow.session, uow.now))
        queries.forget_old(uow.session, uow.now - rules.CLAIMS_KEPT)
        queries.forget_unproven(uow.session, uow.now)
    for edition_id, list_id in due:
        with unit_of_work(database, clock) as uow:
            edition = workshops.get_edition(uow.session, edition_id)
            end_list(uow, edition, list_id)


def end_list(uow: UnitOfWork, edition: Edition, list_id: int) -> int:
    """What nobody of that list has claimed goes to everybody; says how many seats."""
    made = waitlist.enter(uow, edition)
    row = queries.of_list(uow.session, edition.id, list_id)
    if row is None or row.returned_at is not None:
        return 0
    row.returned_at = uow.now
    ended = 0
    for claim in queries.unclaimed(uow.session, list_id):
        _end(uow, claim, Answer.ENDED)
        if claim.registration.state is State.REGISTERED and claim.registration.person_id is None:
            handing.give_up(uow, edition, made, claim.registration)
            ended += 1
    record(uow, "returned", "seat_list", list_id, edition_id=edition.id, seats=ended)
    uow.session.flush()
    waitlist.serve(uow, edition, made)
    return ended


def on_seat_changed(uow: UnitOfWork, event: SeatChanged) -> None:
    """The seat somebody was asked to take is another by now, or gone: the link opens none that comes after it."""
    row = registrations.registration_of(uow.session, event.edition_id, event.person_id)
    claim = queries.open_of(uow.session, row.id) if row is not None else None
    if claim is not None and claim.purpose is Purpose.TRANSFER:
        _end(uow, claim, Answer.ENDED)


def on_seat_without_person_gone(uow: UnitOfWork, event: SeatWithoutPersonGone) -> None:
    """An organiser cancelled a seat that was set aside: its link opens nothing, and its list says so."""
    claim = queries.open_of(uow.session, event.registration_id)
    if claim is not None:
        _end(uow, claim, Answer.ENDED)


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Their address stands in no question any more."""
    person = uow.session.get(Person, event.person_id)
    if person is not None:
        queries.forget_address(uow.session, person.email)
        queries.forget_visitor(uow.session, person.email)
