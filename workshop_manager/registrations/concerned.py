"""Whom of those who take part, wait or asked a cancelled edition concerns."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import beside, queries
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.workshops.cancelling import Concerned, of_person, register_circle
from workshop_manager.workshops.models import Edition


def register() -> None:
    """Seats, places in line, and requests without an answer."""
    register_circle(10, lambda: str(_("With a seat")), seated)
    register_circle(11, lambda: str(_("On a waitlist, or offered a seat")), waiting)
    register_circle(12, lambda: str(_("With a request nobody has answered")), asking)


def seated(uow: UnitOfWork, edition: Edition) -> Iterator[Concerned]:
    """Their calendar's entry goes along: it is struck out, or comes back."""
    for row in queries.in_state(uow.session, edition.id, State.REGISTERED):
        yield from _one(row, beside.note(uow, edition, row))


def waiting(uow: UnitOfWork, edition: Edition) -> Iterator[Concerned]:
    """Also those to whom a seat is offered."""
    return _all(queries.in_state(uow.session, edition.id, State.WAITLISTED))


def asking(uow: UnitOfWork, edition: Edition) -> Iterator[Concerned]:
    """Those whom an organiser has yet to answer."""
    return _all(queries.in_state(uow.session, edition.id, State.REQUESTED))


def _all(rows: Iterable[Registration]) -> Iterator[Concerned]:
    for row in rows:
        yield from _one(row)


def _one(row: Registration, calendar: bytes | None = None) -> Iterator[Concerned]:
    if row.person is not None:
        yield of_person(row.person, calendar)
