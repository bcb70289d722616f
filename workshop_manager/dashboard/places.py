"""Roundtables, mentoring and lunch on a person's home: places, lines, and what they may still rank."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from flask import url_for
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.dashboard.parts import Row, Waiting
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Mode, State
from workshop_manager.signups import queries, rules
from workshop_manager.signups.queries import Mine
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.models import Edition

Registered = Sequence[tuple[Registration, Edition]]


@dataclass(frozen=True, slots=True)
class Places:
    """What somebody signed up for, in editions that are still to come: three queries at most, none without a seat."""

    rows: tuple[Row, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    @classmethod
    def of(cls, uow: UnitOfWork, person: Person, registered: Registered) -> Self:
        """Read it."""
        seats = {e.id: (row.kind.mode, e) for row, e in registered if _counts(uow, row, e)}
        blocks = queries.mine_in(uow.session, seats, person.id) if seats else []
        if not blocks:
            return cls()
        open_ = (_to_rank(uow, one, *seats[one.block.edition_id]) for one in blocks)
        return cls(tuple(_rows(uow, person, blocks, seats)), tuple(one for one in open_ if one is not None))


def _counts(uow: UnitOfWork, row: Registration, edition: Edition) -> bool:
    return row.state is State.REGISTERED and not edition.is_cancelled and edition.ends_at > uow.now


def _to_rank(uow: UnitOfWork, one: Mine, mode: Mode, edition: Edition) -> Waiting | None:
    block = one.block
    is_open = rules.may_choose(block.way, rules.phase(block.window, uow.now)) and rules.fits(block.audience, mode)
    if not is_open or one.ranked:
        return None
    name, when = isolated(edition.name), deadline_text(block.closes).text
    return Waiting(
        str(_("Say what you would like: %(block)s", block=isolated(block.name))),
        str(_("%(edition)s takes choices until %(when)s.", edition=name, when=when)),
        url_for("signups.mine", **edition.slugs),
        str(_("Choose")),
        "list-checks",
        "rest",
    )


def _rows(
    uow: UnitOfWork, person: Person, blocks: Sequence[Mine], seats: Mapping[int, tuple[Mode, Edition]]
) -> Iterator[Row]:
    lines = queries.lines_in(uow.session, seats, person.id) if any(one.waits for one in blocks) else []
    for one in blocks:
        edition = seats[one.block.edition_id][1]
        url, text = url_for("signups.mine", **edition.slugs), f"{isolated(one.block.name)}, {isolated(edition.name)}"
        if one.part is not None:
            yield Row(one.part.title, url, text, "ok", str(_("Yours")), "check-circle")
        elif one.ranked and one.block.allocated_at is None:
            yield Row(one.block.name, url, edition.name, "wait", str(_("Your choices are in")), "shuffle")
        for part, number in lines:
            if part.block_id == one.block.id:
                words = str(_("In line, number %(number)s", number=number))
                yield Row(part.title, url, text, "wait", words, "clock")
