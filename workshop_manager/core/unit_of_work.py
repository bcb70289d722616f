"""One transaction with its actor and one reading of the clock. Verbs flush; only the unit of work commits."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from workshop_manager.core import events
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database

One = TypeVar("One")


class Actor(Protocol):
    """Whoever acts. `accounts.Person` is one; None stands for a visitor or the machine itself."""

    @property
    def id(self) -> int: ...


@dataclass
class UnitOfWork:
    """What a verb needs: `session`, `now` (aware UTC, read once), `actor` or None, and what to do after the commit."""

    database: Database
    session: Session
    now: datetime
    actor: Actor | None = None
    is_machine: bool = False
    """A command on the machine itself: nobody in particular acts, and no role is asked for. Never so for a request."""
    _after: dict[str, Callable[[], None]] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        return self.database.is_sqlite

    def tell(self, event: object) -> None:
        """Tell higher packages that something happened, in this transaction."""
        events.tell(self, event)

    def after_commit(self, key: str, act: Callable[[], None]) -> None:
        """Do this once the commit stands; the same key is done once. Nothing that must not be lost belongs here."""
        self._after[key] = act

    def commit(self) -> None:
        """Make it true, then run what waits for that."""
        self.session.commit()
        waiting, self._after = self._after, {}
        for act in waiting.values():
            act()

    def rollback(self) -> None:
        """As if nothing had been asked."""
        self._after = {}
        self.session.rollback()


@contextmanager
def unit_of_work(
    database: Database, clock: Clock, *, actor: Actor | None = None, writing: bool = True
) -> Iterator[UnitOfWork]:
    """A unit of work for commands, jobs and tests: commits at the end of the block, rolls back on any error."""
    session = database.session(writing=writing)
    uow = UnitOfWork(database, session, clock.now(), actor)
    try:
        yield uow
        uow.commit()
    except BaseException:
        uow.rollback()
        raise
    finally:
        session.close()


def one_by_one(
    database: Database,
    clock: Clock,
    find: Callable[[UnitOfWork], Iterable[One]],
    act: Callable[[UnitOfWork, One], object],
    failed: Callable[[One, Exception], object],
) -> None:
    """For jobs: what `find` gives is done piece by piece, each in a transaction of its own.

    One that cannot be done is told to `failed` and holds up no other; the job finds it again the next time.
    """
    with unit_of_work(database, clock, writing=False) as uow:
        waiting = list(find(uow))
    for one in waiting:
        try:
            with unit_of_work(database, clock) as uow:
                act(uow, one)
        except Exception as error:
            failed(one, error)
