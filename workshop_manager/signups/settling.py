"""What organisers do: blocks and parts, the allocation of ranked choices, places by hand."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.schedule.programme import Kind
from workshop_manager.signups import emails, moving, queries, rules, service
from workshop_manager.signups.days import Days
from workshop_manager.signups.models import SignupBlock, SignupPart, SignupProposal
from workshop_manager.signups.rules import MAY_SIGNUPS
from workshop_manager.signups.service import Desk
from workshop_manager.signups.solving import Problem, Wish, distribution, draw_order, solve
from workshop_manager.signups.states import Audience, Way
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Stale, Taken, require

log = structlog.get_logger("workshop_manager.signups")

SEATED = frozenset({Kind.ROUNDTABLE, Kind.MEAL, Kind.SOCIAL, Kind.SESSION, Kind.TALK, Kind.OTHER})
"""Kinds of sessions one may sign up for."""


# -- blocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlockContent:
    """What organisers say about a block."""

    name: str
    way: Way
    audience: Audience
    closes: Deadline
    opens: Deadline | None = None
    decides: Deadline | None = None
    choices: int = 3
    decides_itself: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class PartContent:
    """What organisers say about a part. `starts`, `ends` and `where` only for one that is not on the schedule."""

    title: str
    capacity: int
    text: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    where: str = ""
    moderator: str = ""
    """The ticket code or the address of somebody who is registered."""


def _check(content: BlockContent) -> None:
    if content.opens is not None and content.closes.at <= content.opens.at:
        raise Taken("closes", str(_("It would close before it opens. Choose a later end, or an earlier opening.")))
    if content.way is Way.RANKED and content.decides is not None and content.decides.at < content.closes.at:
        raise Taken("decides", str(_("People would hear before everybody has chosen. Choose a later date.")))


def _write(block: SignupBlock, content: BlockContent) -> None:
    block.name, block.text, block.way, block.audience = content.name, content.text, content.way, content.audience
    block.choices, block.decides_itself = content.choices, content.decides_itself
    block.opens_at, block.opens_zone = _columns(content.opens)
    block.closes_at, block.closes_zone = content.closes.at, content.closes.zone
    block.decides_at, block.decides_zone = _columns(content.decides if content.way is Way.RANKED else None)


def _columns(deadline: Deadline | None) -> tuple[datetime | None, str | None]:
    return (deadline.at, deadline.zone) if deadline is not None else (None, None)


def _save(uow: UnitOfWork, name: str) -> None:
    """Flush; a name that another block has is refused in words."""
    try:
        with uow.session.begin_nested():
            uow.session.flush()
    except IntegrityError:
        sentence = _("There is a block called “%(name)s” already. Give this one another name.", name=isolated(name))
        raise Taken("name", str(sentence)) from None


def add_block(uow: UnitOfWork, edition: Edition, content: BlockContent) -> SignupBlock:
    """A new block without parts. Raises Taken for a name that another has, or dates that cannot be."""
    require(uow, edition, MAY_SIGNUPS)
    _check(content)
    block = SignupBlock(edition_id=edition.id, seed=secrets.token_hex(16), last_number=0, version=1)
    _write(block, content)
    try:
        with uow.session.begin_nested():
            uow.session.add(block)
    except IntegrityError:
        sentence = _("There is a block called “%(name)s” already. Give this one another name.", name=content.name)
        raise Taken("name", str(sentence)) from None
    record(uow, "added", "signup_block", block.id, edition_id=edition.id)
    return block


def _block(uow: UnitOfWork, edition: Edition, block_id: int) -> tuple[Desk, SignupBlock]:
    require(uow, edition, MAY_SIGNUPS)
    desk = service.enter(uow, edition)
    block = desk.blocks.get(block_id)
    if block is None:
        raise NotFound
    return desk, block


def edit_block(uow: UnitOfWork, edition: Edition, block_id: int, content: BlockContent, *, version: int) -> SignupBlock:
    """Change a block. How places are given stays, once anybody has done anything in it. Raises Taken and Stale.

    Open once more for choices, it has no proposal any more: that was made from the choices before.
    """
    _desk, block = _block(uow, edition, block_id)
    if version != block.version:
        raise Stale(str(_("Somebody else saved this while you had it open. Nothing of yours is saved yet.")))
    _check(content)
    if content.way is not block.way and queries.count_seated(uow.session, edition.id, block.id):
        raise Taken("way", str(_("People signed up already, so how places are given cannot change.")))
    _write(block, content)
    if block.allocated_at is None and not rules.may_allocate(block.way, rules.phase(block.window, uow.now)):
        forget(uow, block)
    block.version += 1
    _save(uow, content.name)
    record(uow, "edited", "signup_block", block.id, edition_id=edition.id)
    return block


def remove_block(uow: UnitOfWork, edition: Edition, block_id: int) -> str:
    """Take a block away in which nobody did anything. Gives its name."""
    _desk, block = _block(uow, edition, block_id)
    if queries.count_seated(uow.session, edition.id, block.id):
        raise Conflict(str(_("People signed up already, so it stays. To take nobody else, close it.")))
    name = block.name
    uow.session.delete(block)
    uow.session.flush()
    record(uow, "removed", "signup_block", block_id, edition_id=edition.id)
    return name


# -- parts ------------------------------------------------------------------------------------------------------------


def add_part(uow: UnitOfWork, edition: Edition, block_id: int, content: PartContent) -> SignupPart:
    """A part that is not on the schedule."""
    _desk, block = _block(uow, edition, block_id)
    _not_settled(block)
    part = SignupPart(block_id=block.id, taken=0, version=1, position=_next_position(block))
    _write_part(uow, edition, part, content)
    uow.session.add(part)
    uow.session.flush()
    record(uow, "added", "signup_part", part.id, edition_id=edition.id, capacity=part.capacity)
    return part


def add_items(uow: UnitOfWork, edition: Edition, block_id: int, uids: Sequence[str], capacity: int) -> list[SignupPart]:
    """Sessions of the released schedule as parts, with so many places each."""
    desk, block = _block(uow, edition, block_id)
    _not_settled(block)
    known = {part.item_uid for part in block.parts}
    made: list[SignupPart] = []
    for uid in uids:
        item = desk.days.items.get(uid)
        if item is None or item.cancelled or uid in known:
            continue
        known.add(uid)
        part = SignupPart(
            block_id=block.id,
            title=item.heading,
            item_uid=uid,
            capacity=capacity,
            taken=0,
            version=1,
            position=_next_position(block) + len(made),
        )
        uow.session.add(part)
        made.append(part)
    uow.session.flush()
    for part in made:
        record(uow, "added", "signup_part", part.id, edition_id=edition.id, capacity=part.capacity)
    return made


def _next_position(block: SignupBlock) -> int:
    return max((part.position for part in block.parts), default=0) + 1


def _not_settled(block: SignupBlock) -> None:
    if block.proposed_at is not None and block.allocated_at is None:
        raise Conflict(str(_("Places are proposed already. Apply the proposal or forget it first.")))


def _write_part(uow: UnitOfWork, edition: Edition, part: SignupPart, content: PartContent) -> None:
    moderator = None
    if content.moderator:
        moderator = queries.registered_person(uow.session, edition.id, content.moderator)
        if moderator is None:
            raise Taken("moderator", str(_("Nobody who is registered has this ticket code or address.")))
    if content.ends is not None and content.starts is not None and content.ends <= content.starts:
        raise Taken("ends", str(_("It would end before it begins.")))
    part.title, part.text, part.capacity, part.moderator_id = content.title, content.text, content.capacity, moderator
    part.where = content.where
    if part.item_uid is None:
        part.starts_at, part.ends_at = content.starts, content.ends


def edit_part(uow: UnitOfWork, edition: Edition, part_id: int, content: PartContent, *, version: int) -> SignupPart:
    """Change a part: fewer places than are taken are refused, more go on at once, another time is told."""
    require(uow, edition, MAY_SIGNUPS)
    desk = service.enter(uow, edition)
    part = desk.parts.get(part_id)
    if part is None:
        raise NotFound
    if version != part.version:
        raise Stale(str(_("Somebody else saved this while you had it open. Nothing of yours is saved yet.")))
    if content.capacity < part.taken:
        sentence = ngettext(
            "%(num)s place is taken. Write %(num)s or more, or give somebody another place first.",
            "%(num)s places are taken. Write %(num)s or more, or give some people other places first.",
            part.taken,
        )
        raise Taken("capacity", str(sentence))
    before = moving.spans(desk)
    _write_part(uow, edition, part, content)
    part.version += 1
    uow.session.flush()
    moving.tell_moved(uow, desk, before)
    record(uow, "edited", "signup_part", part.id, edition_id=edition.id, capacity=part.capacity)
    service.serve(uow, desk)
    return part


def remove_part(uow: UnitOfWork, edition: Edition, part_id: int) -> tuple[int, str]:
    """A part does not take place: whoever had a place, waited for one or ranked it is told. Gives block and title."""
    require(uow, edition, MAY_SIGNUPS)
    desk = service.enter(uow, edition)
    part = desk.parts.get(part_id)
    if part is None:
        raise NotFound
    block = desk.block_of(part)
    _not_settled(block)
    held = [one.person_id for one in queries.seated(uow.session, edition.id, block.id, part_id=part.id)]
    wanted = queries.wanting(uow.session, part.id) - set(held)
    people = queries.people(uow.session, [*held, *wanted])
    for person_id in held:
        emails.ended(uow, edition, desk.days, block, part, people[person_id])
    for person_id in sorted(wanted):
        emails.off(uow, edition, block, part, people[person_id])
    gone = (block.id, part.title)
    uow.session.delete(part)
    uow.session.flush()
    record(uow, "removed", "signup_part", part_id, edition_id=edition.id, people=len(held), waited=len(wanted))
    return gone


# -- places by hand ---------------------------------------------------------------------------------------------------


def put(uow: UnitOfWork, edition: Edition, block_id: int, person_id: int, part_id: int | None) -> None:
    """Give somebody of the block a place of that part, or (None) none; they are told."""
    desk, block = _block(uow, edition, block_id)
    known = {one.person_id: one for one in queries.seated(uow.session, edition.id, block.id)}
    if person_id not in known or (part_id is not None and part_id not in {part.id for part in block.parts}):
        raise NotFound
    if rules.phase(block.window, uow.now).value in ("ahead", "open", "deciding") and block.way is Way.RANKED:
        raise Conflict(str(_("Places are not given yet. Change the proposal instead.")))
    person = queries.people(uow.session, [person_id])[person_id]
    held = queries.place(uow.session, block.id, person_id)
    if part_id is None:
        if held is None:
            return
        part = desk.parts[held.part_id]
        service.take_away(uow, desk, held)
        emails.ended(uow, edition, desk.days, block, part, person)
    elif held is None or held.part_id != part_id:
        part = desk.parts[part_id]
        _room_for(uow, desk, part, person_id)
        service.give(uow, desk, part, person_id)
        emails.placed(uow, edition, desk.days, block, part, person, "by_hand")
    record(uow, "put", "signup_block", block.id, edition_id=edition.id, person=person_id, part=part_id)
    uow.session.flush()
    service.serve(uow, desk)


def _room_for(uow: UnitOfWork, desk: Desk, part: SignupPart, person_id: int) -> None:
    if part.left <= 0:
        raise Conflict(str(_("“%(part)s” is full. Nothing was changed.", part=isolated(part.title))))
    if why := service.refusal(uow, desk, part, person_id):
        raise Conflict(f"{why} {_('Nothing was changed.')}")


# -- allocation -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be given to whom, and how good it is."""

    places: Mapping[int, int | None]
    """By person the part; None: nothing."""
    by_hand: frozenset[int]
    ranks: Counter[int]
    """How many get which rank; 0: none of what they named."""
    filled: Counter[int]
    """By part."""
    choices: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    """By person the rank of each part they named."""


def _problem(uow: UnitOfWork, desk: Desk, block: SignupBlock) -> Problem:
    """Only what somebody can take counts as a wish; what they named keeps its rank."""
    elsewhere = queries.held_elsewhere(uow.session, desk.edition.id, block.id)
    wishes = []
    for person_id, ranked in queries.all_choices(uow.session, block.id).items():
        fits = rules.fits(block.audience, desk.modes.get(person_id))
        busy = desk.days.busy(person_id, elsewhere.get(person_id, ()))
        able = {
            part_id: rank
            for part_id, rank in ranked.items()
            if fits and _is_able(uow, desk, desk.parts[part_id], person_id, busy)
        }
        wishes.append(Wish(person_id, able))
    return Problem(wishes, {part.id: part.left for part in block.parts}, block.seed)


def _is_able(uow: UnitOfWork, desk: Desk, part: SignupPart, person_id: int, busy: Iterable[rules.Span]) -> bool:
    span = desk.days.span(part)
    free = rules.clash(span, busy) is None and not rules.has_begun(span, uow.now)
    return free and not desk.days.leads(part, person_id)


def propose(uow: UnitOfWork, edition: Edition, block_id: int) -> SignupBlock:
    """Work out who gets what, for organisers to look at. What they set by hand before is forgotten."""
    desk, block = _block(uow, edition, block_id)
    if not rules.may_allocate(block.way, rules.phase(block.window, uow.now)):
        raise Conflict(str(_("Places are given once, after everybody has chosen. It is not the time.")))
    problem = _problem(uow, desk, block)
    placed = solve(problem)
    forget(uow, block)
    uow.session.add_all(
        SignupProposal(block_id=block.id, person_id=one.person_id, part_id=placed.get(one.person_id))
        for one in problem.wishes
    )
    block.proposed_at, block.digest = uow.now, problem.digest
    # With seed and digest whoever has the choices can repeat the draw, and see that it is the same.
    record(uow, "proposed", "signup_block", block.id, edition_id=edition.id, seed=block.seed, digest=problem.digest)
    uow.session.flush()
    return block


def forget(uow: UnitOfWork, block: SignupBlock) -> None:
    """Nothing is proposed any more."""
    uow.session.execute(delete(SignupProposal).where(SignupProposal.block_id == block.id))
    block.proposed_at, block.digest = None, None


def forget_proposal(uow: UnitOfWork, edition: Edition, block_id: int) -> None:
    """Take the proposal back, to change places or parts before the next one."""
    _desk, block = _block(uow, edition, block_id)
    forget(uow, block)
    record(uow, "proposal_forgotten", "signup_block", block.id, edition_id=edition.id)


def preview(uow: UnitOfWork, block: SignupBlock) -> Preview:
    """The proposal as it stands, with changes by hand."""
    found = queries.proposals(uow.session, block.id)
    choices = queries.all_choices(uow.session, block.id)
    places = {person_id: one.part_id for person_id, one in found.items()}
    given = {person_id: part for person_id, part in places.items() if part is not None}
    wishes = [Wish(person_id, choices.get(person_id, {})) for person_id in places]
    return Preview(
        places,
        frozenset(person_id for person_id, one in found.items() if one.by_hand),
        distribution(Problem(wishes, {}, ""), given),
        Counter(given.values()),
        choices,
    )


def change_proposal(uow: UnitOfWork, edition: Edition, block_id: int, person_id: int, part_id: int | None) -> None:
    """Propose something else for somebody; refused where it is full or does not fit them."""
    desk, block = _block(uow, edition, block_id)
    found = queries.proposals(uow.session, block.id)
    if person_id not in found or block.allocated_at is not None:
        raise NotFound
    if part_id is not None:
        part = next((one for one in block.parts if one.id == part_id), None)
        if part is None:
            raise NotFound
        filled = sum(one.part_id == part_id for key, one in found.items() if key != person_id)
        if filled >= part.left:
            raise Conflict(str(_("“%(part)s” is full. Nothing was changed.", part=isolated(part.title))))
        if why := service.refusal(uow, desk, part, person_id):
            raise Conflict(f"{why} {_('Nothing was changed.')}")
    found[person_id].part_id, found[person_id].by_hand = part_id, True
    record(uow, "proposal_changed", "signup_block", block.id, edition_id=edition.id, person=person_id, part=part_id)
    uow.session.flush()


def apply(uow: UnitOfWork, edition: Edition, block_id: int) -> Preview:
    """Give the places as proposed and tell everybody; whoever got none waits for what they named, in the draw's order.

    Somebody who cannot take their place any more (they left, or it clashes by now) gets none.
    """
    desk, block = _block(uow, edition, block_id)
    if block.proposed_at is None or block.allocated_at is not None:
        raise Conflict(str(_("Nothing is proposed. Work out a proposal first.")))
    shown = preview(uow, block)
    people = queries.people(uow.session, list(shown.places))
    block.allocated_at = uow.now
    left = []
    for person_id in draw_order(block.seed, list(shown.places)):
        part = desk.parts.get(shown.places[person_id] or 0)
        if part is None or part.left <= 0 or service.refusal(uow, desk, part, person_id):
            left.append(person_id)
            continue
        service.give(uow, desk, part, person_id)
        emails.placed(uow, edition, desk.days, block, part, people[person_id], "allocated")
    for person_id in left:
        _to_the_lines(uow, desk, block, person_id, shown)
    uow.session.execute(delete(SignupProposal).where(SignupProposal.block_id == block.id))
    record(uow, "allocated", "signup_block", block.id, edition_id=edition.id, seed=block.seed, digest=block.digest)
    uow.session.flush()
    service.serve(uow, desk)
    placed = {one.person_id for one in queries.seated(uow.session, edition.id, block.id) if one.part_id is not None}
    for person_id in left:
        if person_id not in placed and rules.fits(block.audience, desk.modes.get(person_id)):
            emails.unplaced(uow, edition, block, people[person_id])
    uow.session.flush()
    return shown


def allocate_due(database: Database, clock: Clock) -> None:
    """A job: on the day announced places are given, as organisers left the proposal or else worked out now."""

    def act(uow: UnitOfWork, found: tuple[int, int]) -> None:
        uow.is_machine = True
        _allocate(uow, *found)

    one_by_one(
        database,
        clock,
        lambda uow: queries.due(uow.session, uow.now),
        act,
        lambda found, error: log.error("places not given", block=found[1], exc_info=error),
    )


def _allocate(uow: UnitOfWork, edition_id: int, block_id: int) -> None:
    edition = workshops.get_edition(uow.session, edition_id)
    block = service.enter(uow, edition).blocks.get(block_id)
    # Somebody may have settled it, or put it off, while this waited for the lock.
    if block is None or (block_id not in {found for _edition, found in queries.due(uow.session, uow.now)}):
        return
    if block.proposed_at is None:
        propose(uow, edition, block_id)
    apply(uow, edition, block_id)


def _to_the_lines(uow: UnitOfWork, desk: Desk, block: SignupBlock, person_id: int, shown: Preview) -> None:
    if not rules.fits(block.audience, desk.modes.get(person_id)):
        return
    number = service.next_number(block)
    for part_id in shown.choices.get(person_id, {}):
        service.wait(uow, desk, desk.parts[part_id], person_id, number)


def sessions_to_add(found: Days, block: SignupBlock) -> list[tuple[str, str]]:
    """Sessions of the released schedule that could be parts of a block: (uid, title), in their order."""
    known = {part.item_uid for part in block.parts}
    fitting = (item for item in found.items.values() if item.kind in SEATED and not item.cancelled)
    return [(item.uid, item.heading) for item in fitting if item.uid not in known]
