"""Tables of the current demo edition: roundtables whose places go at once, and mentors whom people rank."""

from datetime import timedelta

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.signups import service, settling
from workshop_manager.signups.settling import BlockContent, PartContent
from workshop_manager.signups.states import Audience, Way
from workshop_manager.workshops.models import Edition

TABLES = (
    ("Table 1: Mental health and a supportive academic culture", 2),
    ("Table 2: Growing as an early stage researcher", 6),
    ("Table 3: Building communities in Muslim countries", 6),
)
MENTORS = ("A mentor for speech and language", "A mentor for health", "A mentor from industry")


def load(uow: UnitOfWork, edition: Edition, people: People, here: tuple[str, ...]) -> None:
    """Some of those in the room sit at tables; the first one is full, and somebody waits. Mentors are ranked."""
    first, hour = edition.starts_at + timedelta(hours=4), timedelta(hours=1)
    closes = Deadline(edition.starts_at - timedelta(days=2), edition.time_zone)
    with acting(uow, people["organiser"], uow.now - timedelta(days=12)):
        text = "One table a person. Each begins with ten minutes of questions that you bring."
        content = BlockContent("Roundtables", Way.FIRST_COME, Audience.IN_PERSON, closes, text=text)
        tables = settling.add_block(uow, edition, content)
        seats = [
            settling.add_part(
                uow, edition, tables.id, PartContent(title, number, starts=first, ends=first + hour, where="Foyer")
            )
            for title, number in TABLES
        ]
        decides = Deadline(closes.at + timedelta(days=1), edition.time_zone)
        ranked = BlockContent("Mentors", Way.RANKED, Audience.EVERYBODY, closes, decides=decides, choices=3)
        mentors = settling.add_block(uow, edition, ranked)
        wanted = [
            settling.add_part(
                uow, edition, mentors.id, PartContent(title, 2, starts=first + hour, ends=first + 2 * hour)
            ).id
            for title in MENTORS
        ]
    for place, key in enumerate(here):
        with acting(uow, people[key], uow.now - timedelta(days=6, hours=-place)):
            if place < 4:
                service.take(uow, edition, seats[min(place // 2, 1)].id)
            elif place == 4:
                service.stand_in_line(uow, edition, seats[0].id)
            service.choose(uow, edition, mentors.id, wanted[place % 2 :] + wanted[: place % 2])
