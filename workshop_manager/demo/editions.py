"""What every edition of the demo needs, said briefly."""

from datetime import date, datetime, time

from workshop_manager.core.deadlines import AOE, Deadline, instant
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.workshops import service, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey, Role

CONDUCT = """
Everybody is welcome who is kind. We listen, we credit, we ask before we photograph, and we do not harass anybody, here or
online. Tell the organisers if something goes wrong; they will believe you and act the same day.
""".strip()

ROLES = (
    ("chair", Role.PROGRAMME_CHAIR),
    ("reviewer", Role.REVIEWER),
    ("second-reviewer", Role.REVIEWER),
    ("third-reviewer", Role.REVIEWER),
    ("grants", Role.GRANTS_COMMITTEE),
)


def aoe(day: date) -> Deadline:
    """The end of that day, anywhere on Earth."""
    return Deadline(instant(day, time(23, 59), AOE), AOE)


def local(day: date, at: time, zone: str) -> Deadline:
    """A moment in a zone."""
    return Deadline(instant(day, at, zone), zone)


def set_dates(
    uow: UnitOfWork, edition: Edition, people: People, rows: list[tuple[DateKey, str, Deadline, datetime]]
) -> None:
    """Set each date at the moment it was announced; a second row of the same key moves it and keeps the first."""
    for key, label, deadline, announced in rows:
        with acting(uow, people["organiser"], announced):
            service.set_date(uow, edition, key, label, deadline)


def add_team(uow: UnitOfWork, edition: Edition, people: People, at: datetime) -> None:
    """The usual team of the demo."""
    with acting(uow, people["organiser"], at):
        for key, role in ROLES:
            team.add_member(uow, edition, people[key].id, team.Place(role))
