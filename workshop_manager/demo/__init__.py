"""The demo: MusIML 2023 as it was, a current edition where everything is open, and a monthly meetup.

Facts of the 2023 edition (dates, titles, names of speakers) are as published by its organisers. All other people,
submissions, figures and funds are invented.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.demo import accra, musiml_2023, musiml_now, papers
from workshop_manager.demo.people import PASSWORD, PEOPLE, add_people
from workshop_manager.workshops.models import Community


def demo_people(session: Session) -> int:
    """How many invented people, whose password everybody knows, this database holds."""
    return session.execute(select(func.count()).select_from(Person).where(Person.is_demo.is_(True))).scalar_one()


def has_demo_people(database: Database) -> bool:
    """The same as a question, for whoever has no session; False where there are no tables yet."""
    try:
        with unit_of_work(database, SystemClock()) as uow:
            return demo_people(uow.session) > 0
    except Exception:
        return False


def load(uow: UnitOfWork) -> bool:
    """Make the demo editions in one transaction, unless they are there. True if they were made now."""
    if uow.session.execute(select(Community.id).limit(1)).first() is not None:
        return False
    people = add_people(uow)
    musiml = musiml_2023.load(uow, people)
    papers.last_year(uow, people, musiml)
    musiml_now.load(uow, people, musiml)
    accra.load(uow, people)
    return True


def greeting(base_url: str) -> str:
    """What the newcomer reads in the terminal."""
    rows = "\n".join(f"  {person.email:<24} {person.what}" for person in PEOPLE if person.shown)
    return (
        f"\nworkshop_manager is at {base_url}\n\n"
        f"Demo people (password: {PASSWORD}):\n{rows}\n\n"
        f"Mails are kept, not sent: {base_url}/demo/mails/\n"
        "Ctrl-C stops everything.\n"
    )
