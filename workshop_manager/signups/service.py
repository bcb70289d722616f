"""What people do: take a place, stand in line, rank, give back. Every place goes under the lock of the blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import delete, update

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.events import SeatChanged
from workshop_manager.registrations.states import Mode
from workshop_manager.signups import days, emails, queries, rules
from workshop_manager.signups.days import Days
from workshop_manager.signups.models import (
    SignupBlock,
    SignupChoice,
    SignupPart,
    SignupPlace,
    SignupProposal,
    SignupWait,
)
from workshop_manager.signups.states import Phase
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person


@dataclass
class Desk:
    """An edition's blocks, locked, with what decides about them."""

    edition: Edition
    blocks: dict[int, SignupBlock]
    days: Days
    modes: dict[int, Mode]
    """How each person with a seat takes part."""
    parts: dict[int, SignupPart] = field(init=False)

    def __post_init__(self) -> None:
        self.parts = {part.id: part for block in self.blocks.values() for part in block.parts}

    def block_of(self, part: SignupPart) -> SignupBlock:
        return self.blocks[part.block_id]


def enter(uow: UnitOfWork, edition: Edition) -> Desk:
    """Lock the edition's blocks, in one order: whoever gives or takes a place waits here for the one before."""
    found = queries.locked_blocks(uow.session, edition.id)
    return Desk(edition, found, days.days(uow.session, edition.id), queries.modes(uow.session, edition.id))


# -- reasons ----------------------------------------------------------------------------------------------------------


def refusal(uow: UnitOfWork, desk: Desk, part: SignupPart, person_id: int) -> str:
    """Why somebody cannot have a place of that part, whether one is free or not; empty if they can."""
    block = desk.block_of(part)
    if not rules.fits(block.audience, desk.modes.get(person_id)):
        return str(_("This is for people with a seat of another kind. Your registration says how you take part."))
    if rules.has_begun(desk.days.span(part), uow.now):
        return str(_("“%(part)s” has begun already.", part=isolated(part.title)))
    if desk.days.leads(part, person_id):
        return str(_("You lead “%(part)s” yourself, so you are there anyway.", part=isolated(part.title)))
    held = queries.held_by(uow.session, desk.edition.id, person_id)
    others = [one.part for one in held if one.block.id != block.id]
    found = rules.clash(desk.days.span(part), desk.days.busy(person_id, others))
    if found is not None:
        return str(_("It is at the same time as “%(other)s”, where you are expected.", other=isolated(found.title)))
    return ""


def _part(desk: Desk, part_id: int) -> SignupPart:
    part = desk.parts.get(part_id)
    if part is None:
        raise NotFound
    return part


def _may_take(uow: UnitOfWork, desk: Desk, part: SignupPart, person_id: int) -> None:
    block = desk.block_of(part)
    phase = rules.phase(block.window, uow.now)
    if not rules.may_take(block.way, phase):
        if phase is Phase.AHEAD:
            raise Conflict(str(_("Signing up is not open yet.")))
        raise Conflict(str(_("One cannot sign up here just now. Nothing was changed.")))
    if why := refusal(uow, desk, part, person_id):
        raise Conflict(why)


# -- taking and giving back -------------------------------------------------------------------------------------------


def take(uow: UnitOfWork, edition: Edition, part_id: int) -> SignupPart:
    """A free place of that part; the one held in the same block goes back at once."""
    person = acting_person(uow)
    desk = enter(uow, edition)
    require_on(edition)
    part = _part(desk, part_id)
    _may_take(uow, desk, part, person.id)
    held = queries.place(uow.session, part.block_id, person.id)
    if held is not None and held.part_id == part.id:
        return part
    if part.left <= 0 or queries.line(uow.session, part.id):
        raise Conflict(str(_("The last place went a moment ago. You can stand in line for one.")))
    give(uow, desk, part, person.id)
    record(uow, "signed_up", "signup_part", part.id, edition_id=edition.id)
    emails.placed(uow, edition, desk.days, desk.block_of(part), part, person, "taken")
    serve(uow, desk)
    return part


def give(uow: UnitOfWork, desk: Desk, part: SignupPart, person_id: int) -> None:
    """Write that they have it. They wait for nothing else in the block, and what they held there is free."""
    block = desk.block_of(part)
    held = queries.place(uow.session, block.id, person_id)
    for wait in queries.waits_in(uow.session, block.id, person_id):
        uow.session.delete(wait)
    part.taken += 1
    if held is None:
        held = SignupPlace(block_id=block.id, person_id=person_id, part_id=part.id, given_at=uow.now)
        uow.session.add(held)
    else:
        desk.parts[held.part_id].taken -= 1
        held.part_id, held.given_at = part.id, uow.now
    uow.session.flush()


def stand_in_line(uow: UnitOfWork, edition: Edition, part_id: int) -> SignupPart:
    """Wait for a place of a part that is full; what one holds in the block stays until then.

    It is theirs at once where one is free that whoever waits before them cannot take.
    """
    person = acting_person(uow)
    desk = enter(uow, edition)
    part = _part(desk, part_id)
    _may_take(uow, desk, part, person.id)
    waiting = queries.line(uow.session, part.id)
    if part.left > 0 and not waiting:
        raise Conflict(str(_("A place is free: take it at once.")))
    held = queries.place(uow.session, part.block_id, person.id)
    if any(one.person_id == person.id for one in waiting) or (held is not None and held.part_id == part.id):
        return part
    wait(uow, desk, part, person.id, next_number(desk.block_of(part)))
    record(uow, "waits", "signup_part", part.id, edition_id=edition.id)
    serve(uow, desk)
    return part


def next_number(block: SignupBlock) -> int:
    """Behind everybody who waits in the block."""
    block.last_number += 1
    return block.last_number


def wait(uow: UnitOfWork, desk: Desk, part: SignupPart, person_id: int, number: int) -> None:
    """Write that they wait, at that number."""
    uow.session.add(SignupWait(block_id=part.block_id, part_id=part.id, person_id=person_id, line_number=number))
    uow.session.flush()


def leave_line(uow: UnitOfWork, edition: Edition, part_id: int) -> SignupPart:
    """Wait no longer."""
    person = acting_person(uow)
    desk = enter(uow, edition)
    part = _part(desk, part_id)
    for one in queries.line(uow.session, part.id):
        if one.person_id == person.id:
            uow.session.delete(one)
            record(uow, "waits_no_longer", "signup_part", part.id, edition_id=edition.id)
    uow.session.flush()
    serve(uow, desk)
    return part


def give_back(uow: UnitOfWork, edition: Edition, block_id: int) -> SignupPart:
    """Give one's place back; it goes to whoever is next at once."""
    person = acting_person(uow)
    desk = enter(uow, edition)
    held = queries.place(uow.session, block_id, person.id) if block_id in desk.blocks else None
    if held is None:
        raise NotFound
    part = desk.parts[held.part_id]
    if rules.has_begun(desk.days.span(part), uow.now):
        raise Conflict(str(_("“%(part)s” has begun already. Nothing was changed.", part=isolated(part.title))))
    take_away(uow, desk, held)
    record(uow, "gave_back", "signup_part", part.id, edition_id=edition.id)
    serve(uow, desk)
    return part


def take_away(uow: UnitOfWork, desk: Desk, held: SignupPlace) -> None:
    """Write that they do not have it any more."""
    desk.parts[held.part_id].taken -= 1
    uow.session.delete(held)
    uow.session.flush()


# -- the line ---------------------------------------------------------------------------------------------------------


def serve(uow: UnitOfWork, desk: Desk) -> None:
    """Give free places to those who wait, in order, until nothing is free that anybody waits for and can take.

    Whoever moves up frees what they held meanwhile. Somebody for whom it does not fit just now keeps their place in
    line.
    """
    while any(_serve_one(uow, desk, part) for part in desk.parts.values()):
        pass


def _serve_one(uow: UnitOfWork, desk: Desk, part: SignupPart) -> bool:
    if part.left <= 0 or rules.has_begun(desk.days.span(part), uow.now):
        return False
    for one in queries.line(uow.session, part.id):
        if refusal(uow, desk, part, one.person_id):
            continue
        give(uow, desk, part, one.person_id)
        block = desk.block_of(part)
        record(uow, "moved_up", "signup_part", part.id, edition_id=desk.edition.id)
        person = queries.people(uow.session, [one.person_id]).get(one.person_id)
        if person is not None:
            emails.placed(uow, desk.edition, desk.days, block, part, person, "moved_up")
            uow.session.flush()
        return True
    return False


# -- ranking ----------------------------------------------------------------------------------------------------------


def choose(uow: UnitOfWork, edition: Edition, block_id: int, part_ids: Sequence[int]) -> SignupBlock:
    """Rank parts, the first choice first; the choices before are forgotten. None at all takes one's name off."""
    person = acting_person(uow)
    desk = enter(uow, edition)
    block = desk.blocks.get(block_id)
    if block is None:
        raise NotFound
    require_on(edition)
    if not rules.may_choose(block.way, rules.phase(block.window, uow.now)):
        raise Conflict(str(_("Choices cannot be changed just now. Nothing was saved.")))
    if not rules.fits(block.audience, desk.modes.get(person.id)):
        raise Forbidden(str(_("This is for people with a seat of another kind.")))
    if not rules.are_ranks(part_ids, [part.id for part in block.parts], block.choices):
        raise Conflict(str(_("Choose each only once, and nothing that is not in the list.")))
    for part_id in part_ids:
        if why := refusal(uow, desk, desk.parts[part_id], person.id):
            raise Conflict(why)
    forget_choices(uow, block.id, person.id)
    for rank, part_id in enumerate(part_ids, start=1):
        uow.session.add(SignupChoice(block_id=block.id, person_id=person.id, rank=rank, part_id=part_id))
    record(uow, "ranked", "signup_block", block.id, edition_id=edition.id, number=len(part_ids))
    uow.session.flush()
    return block


def forget_choices(uow: UnitOfWork, block_id: int, person_id: int) -> None:
    """What somebody ranked in a block is gone."""
    mine = (SignupChoice.block_id == block_id, SignupChoice.person_id == person_id)
    uow.session.execute(delete(SignupChoice).where(*mine))


def forget_proposal(uow: UnitOfWork, block_id: int, person_id: int) -> None:
    """What would be given to somebody is gone."""
    theirs = (SignupProposal.block_id == block_id, SignupProposal.person_id == person_id)
    uow.session.execute(delete(SignupProposal).where(*theirs))


# -- what others tell -------------------------------------------------------------------------------------------------


def on_seat_changed(uow: UnitOfWork, event: SeatChanged) -> None:
    """Somebody takes part in another way, or not at all: what does not fit any more goes on, and they are told."""
    edition = workshops.get_edition(uow.session, event.edition_id)
    if not queries.has_blocks(uow.session, edition.id):
        return
    desk = enter(uow, edition)
    _let_go(uow, desk, event.person_id, tells=desk.modes.get(event.person_id) is not None)
    serve(uow, desk)


def _let_go(uow: UnitOfWork, desk: Desk, person_id: int, *, tells: bool) -> None:
    mode = desk.modes.get(person_id)
    for block in desk.blocks.values():
        if rules.fits(block.audience, mode):
            continue
        for one in queries.waits_in(uow.session, block.id, person_id):
            uow.session.delete(one)
        forget_choices(uow, block.id, person_id)
        forget_proposal(uow, block.id, person_id)
        held = queries.place(uow.session, block.id, person_id)
        if held is None:
            continue
        part = desk.parts[held.part_id]
        take_away(uow, desk, held)
        record(uow, "place_ended", "signup_part", part.id, edition_id=desk.edition.id)
        person: Person | None = queries.people(uow.session, [person_id]).get(person_id) if tells else None
        if person is not None:
            emails.ended(uow, desk.edition, desk.days, block, part, person)
    uow.session.flush()


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: their places go on, and nothing of them stays. Their seats are gone already."""
    for edition_id in queries.editions_with(uow.session, event.person_id):
        desk = enter(uow, workshops.get_edition(uow.session, edition_id))
        desk.modes.pop(event.person_id, None)
        _let_go(uow, desk, event.person_id, tells=False)
        serve(uow, desk)
    led = SignupPart.moderator_id == event.person_id
    uow.session.execute(update(SignupPart).where(led).values(moderator_id=None))
