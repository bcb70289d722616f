"""Periodic work and nudges. A job is a plain function that finds its work in the database: the queue is only a nudge,
since it does not acknowledge and a task running when the worker is killed is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE

if TYPE_CHECKING:
    from workshop_manager.core.clock import Clock
    from workshop_manager.core.database import Database


class WorkerBeat(Base):
    """When each worker was last seen; `doctor` reads it."""

    __tablename__ = "worker_beats"
    __table_args__ = {"info": PRIVATE}

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Job:
    """`run(database, clock)` is called every `every` seconds, and soon after somebody nudges `name`."""

    name: str
    every: int
    run: Callable[["Database", "Clock"], None]


_jobs: dict[str, Job] = {}


def register(name: str, *, every: int, run: Callable[["Database", "Clock"], None]) -> None:
    """Declare a job; declaring it again replaces it."""
    _jobs[name] = Job(name, every, run)


def registered() -> tuple[Job, ...]:
    """All declared jobs."""
    return tuple(_jobs.values())
