"""The invented people of the demo."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from workshop_manager.accounts import service as accounts
from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork

PASSWORD = "workshop-demo"  # noqa: S105 - printed on the terminal; production refuses a database that holds these people


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Who they are; `shown` ones are printed for the newcomer."""

    key: str
    name: str
    what: str = ""
    shown: bool = False
    affiliation: str = ""
    country: str = ""
    pronouns: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example"


PEOPLE = (
    DemoPerson("organiser", "Amina Yusuf-Okafor", "owns the editions: settings, team, everything", True, "Lakeside University", "NG", "she/her"),
    DemoPerson("chair", "Idris Bello-Olatunji", "programme chair: assignments, decisions, schedule", True, "Northern Institute", "GB"),
    DemoPerson("reviewer", "Farzana Haque", "reviews three abstracts", True, "Delta Polytechnic", "BD"),
    DemoPerson("author", "Wahyuni", "has a draft, a submission and an accepted poster", True, "Universitas Contoh", "ID", "she/her"),
    DemoPerson("attendee", "Nur Aisyah", "is registered and has a ticket", True, "Institut Teladan", "ID", "she/her"),
    DemoPerson("grants", "Leilani Kahananui", "sits on the grants committee", True, "Island College", "US"),
    DemoPerson("second-reviewer", "Tariq al-Masri", affiliation="Harbour University", country="JO"),
    DemoPerson("third-reviewer", "Siti Rahayu Kusumawardhani", affiliation="Kampus Merdu", country="MY"),
    DemoPerson("aicha", "عائشة بنت محمد الحضرمي", affiliation="Coastal University", country="OM"),
    DemoPerson("chukwuemeka", "Chukwuemeka Abdulrahman Oluwadamilola-Fashola", affiliation="University of the Plateau", country="NG"),
    DemoPerson("prajna", "प्रज्ञा देशपांडे", affiliation="Riverside Institute", country="IN"),
    DemoPerson("yiran", "王 怡然", affiliation="Mountain Lab", country="CN"),
    DemoPerson("tigist", "Tigist Hailemariam", affiliation="Highland University", country="ET"),
)  # fmt: skip


def add_people(uow: UnitOfWork) -> dict[str, Person]:
    """All of them, confirmed, by key."""
    made = {}
    for one in PEOPLE:
        person = accounts.create_person(
            uow, email=one.email, name=one.name, password=PASSWORD, confirmed=True, is_demo=True
        )
        person.affiliation = one.affiliation or None
        person.country = one.country or None
        person.pronouns = one.pronouns or None
        made[one.key] = person
    uow.session.flush()
    return made


@contextmanager
def acting(uow: UnitOfWork, person: Person, at: datetime) -> Iterator[UnitOfWork]:
    """Act as that person at that moment: the demo's history goes through the same verbs and rules as a real one."""
    before = uow.actor, uow.now
    uow.actor, uow.now = person, at
    try:
        yield uow
    finally:
        uow.actor, uow.now = before


People = Mapping[str, Person]
