"""Signing up, for those who take part: blocks with their parts, ranking, one's place; lists for moderators."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.signups import days, queries, rules, service
from workshop_manager.signups.days import Days
from workshop_manager.signups.models import SignupBlock, SignupPart
from workshop_manager.signups.queries import Counts
from workshop_manager.signups.states import Phase, Way
from workshop_manager.signups.words import AUDIENCES, phase_of, rank_text, sign
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import DeadlineText, IntervalText, day_text, deadline_text, interval_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.models import Edition

blueprint = Blueprint("signups", __name__)
BASE = "/<community>/<edition>/sign-up"


@dataclass(frozen=True, slots=True)
class When:
    """The time of a part for reading."""

    day: str
    hours: IntervalText


def when_of(found: Days, part: SignupPart, edition: Edition) -> When | None:
    """None while nobody has said."""
    span = found.span(part)
    if span is None:
        return None
    local = interval_text(span.start, span.end, edition.time_zone)
    return When(day_text(_local(span.start, edition).date()), local)


def _local(at: datetime, edition: Edition) -> datetime:

    return at.astimezone(ZoneInfo(edition.time_zone))


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as whoever signs up sees it."""

    id: int
    title: str
    text: str
    when: When | None
    where: str
    left: int
    capacity: int
    is_mine: bool
    number: int | None
    """In line; 1 is next."""
    waiting: int
    may_take: bool
    may_wait: bool
    why_not: str
    leads: bool


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block as whoever signs up sees it."""

    id: int
    name: str
    text: str
    audience: str
    is_ranked: bool
    sign: tuple[str, str, str]
    phase: Phase
    opens: DeadlineText | None
    closes: DeadlineText
    decides: DeadlineText | None
    parts: list[PartLine]
    mine: PartLine | None
    may_give_back: bool
    fits: bool
    ranks: list[tuple[str, str, int | None]]
    """(name of the box, its label, what is chosen)"""
    may_choose: bool
    choices: list[str]
    seed: str


class _Reader:
    """Everything that is known about one person and an edition's blocks, read once."""

    def __init__(self, uow: UnitOfWork, edition: Edition, person_id: int) -> None:
        session = uow.session
        self.uow, self.edition, self.person_id = uow, edition, person_id
        self.blocks = queries.blocks(session, edition.id)
        self.days = days.days(session, edition.id)
        self.mode = queries.modes(session, edition.id, [person_id]).get(person_id)
        self.counts: Mapping[int, Counts] = queries.counts(session, edition.id)
        self.held = queries.held_by(session, edition.id, person_id)
        self.numbers = queries.waits_of(session, edition.id, person_id)
        self.choices = queries.choices_of(session, edition.id, person_id)

    def why_not(self, block: SignupBlock, part: SignupPart) -> str:
        """Why this person cannot have that part, free or not."""
        span = self.days.span(part)
        if rules.has_begun(span, self.uow.now):
            return str(_("It has begun."))
        if self.days.leads(part, self.person_id):
            return str(_("You lead it, so you are there anyway."))
        others = [one.part for one in self.held if one.block.id != block.id]
        found = rules.clash(span, self.days.busy(self.person_id, others))
        return str(_("At the same time as “%(other)s”.", other=isolated(found.title))) if found is not None else ""

    def line(self, block: SignupBlock, part: SignupPart, phase: Phase, *, fits: bool) -> PartLine:
        is_mine = any(one.part.id == part.id for one in self.held)
        waiting = self.counts.get(part.id, Counts()).waiting
        why_not = "" if is_mine else self.why_not(block, part)
        can = fits and not why_not and not is_mine and rules.may_take(block.way, phase)
        is_free = part.left > 0 and not waiting
        return PartLine(
            part.id,
            part.title,
            part.text,
            when_of(self.days, part, self.edition),
            self.days.where(part),
            max(0, part.left),
            part.capacity,
            is_mine,
            self.numbers.get(part.id),
            waiting,
            can and is_free,
            can and not is_free and part.id not in self.numbers,
            why_not,
            self.days.leads(part, self.person_id),
        )

    def block(self, block: SignupBlock) -> BlockView:
        phase = phase_of(self.uow, block)
        fits = rules.fits(block.audience, self.mode)
        lines = [self.line(block, part, phase, fits=fits) for part in block.parts]
        mine = next((line for line in lines if line.is_mine), None)
        held = next((part for part in block.parts if mine is not None and part.id == mine.id), None)
        titles = {part.id: part.title for part in block.parts}
        chosen = self.choices.get(block.id, [])
        wanted: list[int | None] = [*chosen, *([None] * block.choices)]
        return BlockView(
            block.id,
            block.name,
            block.text,
            str(AUDIENCES[block.audience]),
            block.way is Way.RANKED,
            sign(phase),
            phase,
            deadline_text(block.opens) if block.opens and phase is Phase.AHEAD else None,
            deadline_text(block.closes),
            deadline_text(block.decides) if block.decides else None,
            lines,
            mine,
            held is not None and not rules.has_begun(self.days.span(held), self.uow.now),
            fits,
            [(f"choice-{n}", rank_text(n), wanted[n - 1]) for n in range(1, min(block.choices, len(lines)) + 1)],
            fits and rules.may_choose(block.way, phase),
            [titles[part_id] for part_id in chosen if part_id in titles],
            block.seed if phase is Phase.SETTLED and block.way is Way.RANKED else "",
        )


def _mine_page(at: Here, status: int = 200, wrong: str = "", block_id: int | None = None) -> Response:
    uow = unit()
    reader = _Reader(uow, at.edition, viewer_person().id)
    blocks = [reader.block(block) for block in reader.blocks]
    if block_id is not None and not any(block.id == block_id and block.may_choose for block in blocks):
        raise Conflict(wrong)
    navigation.frame().private = True
    return page(
        "signups/mine.html",
        status,
        at=at,
        has_seat=reader.mode is not None,
        blocks=blocks,
        wrong=wrong,
        wrong_at=block_id,
        typed=request.form if status != 200 else {},
        led=[line for block in blocks for line in block.parts if line.leads],
    )


@blueprint.get(BASE)
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Response:
    """What one can sign up for, and what one has."""
    return _mine_page(here())


def _done(at: Here, act: Callable[[], str]) -> AnyResponse:
    """Do it and say so; a refusal stands on the same page, which shows how things are now."""
    try:
        said = act()
    except Conflict as refusal:
        return _mine_page(at, 409, refusal.sentence)
    tell(said)
    return redirect(at.url("signups.mine"), 303)


def _yours(part: SignupPart) -> str:
    return str(_("A place at “%(part)s” is yours. It stands in your calendar, too.", part=isolated(part.title)))


@blueprint.post(f"{BASE}/parts/<int:part_id>/place")
@access(SIGNED_IN_EDITION)
def take(community: str, edition: str, part_id: int) -> AnyResponse:
    """Take a place."""
    at = here()

    def act() -> str:
        return _yours(service.take(unit(), at.edition, part_id))

    return _done(at, act)


@blueprint.post(f"{BASE}/parts/<int:part_id>/line")
@access(SIGNED_IN_EDITION)
def stand_in_line(community: str, edition: str, part_id: int) -> AnyResponse:
    """Wait for a place."""
    at = here()

    def act() -> str:
        part = service.stand_in_line(unit(), at.edition, part_id)
        held = queries.place(unit().session, part.block_id, viewer_person().id)
        if held is not None and held.part_id == part.id:
            return _yours(part)
        return str(_("You are in line for “%(part)s”. We write to you when it is yours.", part=isolated(part.title)))

    return _done(at, act)


@blueprint.post(f"{BASE}/parts/<int:part_id>/line/end")
@access(SIGNED_IN_EDITION)
def leave_line(community: str, edition: str, part_id: int) -> AnyResponse:
    """Wait no longer."""
    at = here()

    def act() -> str:
        part = service.leave_line(unit(), at.edition, part_id)
        return str(_("You no longer wait for “%(part)s”.", part=isolated(part.title)))

    return _done(at, act)


@blueprint.post(f"{BASE}/<int:block_id>/return")
@access(SIGNED_IN_EDITION)
def give_back(community: str, edition: str, block_id: int) -> AnyResponse:
    """Give one's place back."""
    at = here()

    def act() -> str:
        part = service.give_back(unit(), at.edition, block_id)
        return str(_("Your place at “%(part)s” goes to somebody else. Thank you.", part=isolated(part.title)))

    return _done(at, act)


@blueprint.post(f"{BASE}/<int:block_id>/choices")
@access(SIGNED_IN_EDITION)
def choose(community: str, edition: str, block_id: int) -> AnyResponse:
    """Rank what one would like."""
    at = here()
    typed = [request.form.get(f"choice-{n}", "") for n in range(1, rules.MOST_CHOICES + 1)]
    wanted = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 10]
    try:
        service.choose(unit(), at.edition, block_id, wanted)
    except Conflict as refusal:
        return _mine_page(at, 422, refusal.sentence, block_id)
    tell(
        str(_("Your choices are saved. You can change them until the end."))
        if wanted
        else str(_("Your name is off the list."))
    )
    return redirect(at.url("signups.mine"), 303)


@blueprint.get(f"{BASE}/parts/<int:part_id>/people")
@access(SIGNED_IN_EDITION)
def people(community: str, edition: str, part_id: int) -> Response:
    """Who comes, for whoever leads it: names of those who want to be named, and how many more."""
    at, session = here(), unit().session
    part = queries.find_part(session, at.edition.id, part_id)
    found = days.days(session, at.edition.id)
    me = viewer_person().id
    # Somebody who left the edition leads nothing of it any more.
    if part is None or not found.leads(part, me) or me not in queries.modes(session, at.edition.id, [me]):
        raise NotFound
    seated = queries.seated(session, at.edition.id, part.block_id, part_id=part.id)
    navigation.frame().private = True
    return page(
        "signups/people.html",
        at=at,
        part=part,
        when=when_of(found, part, at.edition),
        where=found.where(part),
        names=[one.name for one in seated if one.is_named],
        unnamed=sum(not one.is_named for one in seated),
    )
