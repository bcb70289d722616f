"""Parts of those who registered, to write to or to act on: by kind, state and group, and by what higher packages know.

    segments.register("arrived", lambda: str(_("checked in")), queries.has_arrived)

with `has_arrived(edition_id)` a condition on `Registration`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from workshop_manager.core.errors import Conflict
from workshop_manager.registrations import groups, queries
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.queries import Filter, Show
from workshop_manager.registrations.states import Group, State

MOST = 20_000
KNOWN = ("arrived", "not_arrived", "owes_host")
"""The keys there are: a command's options are read before any package has registered."""
Condition = Callable[[int], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is so of some registrations: how it is called, and the condition."""

    label: Callable[[], str]
    condition: Condition


def _owes_host(_edition_id: int) -> ColumnElement[bool]:
    kinds = select(RegistrationKind.id).where(RegistrationKind.needs_host)
    return and_(
        Registration.state == State.REGISTERED,
        Registration.kind_id.in_(kinds),
        Registration.host_checked_at.is_(None),
    )


_marks: dict[str, Mark] = {
    "owes_host": Mark(lambda: str(_("whose registration with the host conference is not checked")), _owes_host)
}


def register(key: str, label: Callable[[], str], condition: Condition) -> None:
    """Add something to narrow by; the last one registered under a key counts."""
    _marks[key] = Mark(label, condition)


def marks() -> dict[str, str]:
    """Everything to narrow by, with how it is called."""
    return {key: mark.label() for key, mark in _marks.items()}


@dataclass(frozen=True, slots=True)
class Segment:
    """Whom somebody means. Without a state: whoever holds, waits for or asked for a seat."""

    kind_id: int | None = None
    show: Show | None = None
    group: Group | None = None
    mark: str = ""


def is_so(session: Session, row: Registration, mark: str) -> bool:
    """Whether that is so of this registration; False for a mark that nobody registered."""
    found = _marks.get(mark)
    if found is None:
        return False
    where = (Registration.id == row.id, found.condition(row.edition_id))
    return session.execute(select(Registration.id).where(*where)).first() is not None


def people(session: Session, edition_id: int, wanted: Segment) -> Sequence[Registration]:
    """Whom it names, with kinds and person, by name; guests go with their hosts and are not named.

    Conflict for more than `MOST`: nobody is left out silently.
    """
    where: list[ColumnElement[bool]] = [Registration.person_id.is_not(None)]
    if wanted.show is None:
        where.append(Registration.state != State.CANCELLED)
    if wanted.group is not None:
        where.append(Registration.person_id.in_(groups.members(session, edition_id, wanted.group)))
    if wanted.mark in _marks:
        where.append(_marks[wanted.mark].condition(edition_id))
    found = queries.those(session, edition_id, Filter(wanted.kind_id, wanted.show), where, MOST + 1)
    if len(found) > MOST:
        raise Conflict(str(_("More than %(most)s people. Narrow it down, and act on them in parts.", most=MOST)))
    return found
