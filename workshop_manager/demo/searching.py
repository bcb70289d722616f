"""The chairs' tags and kept searches, and a form's answers that wait to be brought in."""

from collections.abc import Iterable

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.exchange import service as importing
from workshop_manager.search import service as searching
from workshop_manager.search.states import Act
from workshop_manager.workshops.models import Edition

LATE_ENTRIES = """Timestamp,Email Address,Title of your abstract,Abstract,Authors,Affiliation,Track
31/05/2026 21:40:12,huda@loom.example,Counting What Communities Count,Surveys that people ask for themselves.,Huda Rahmani,Loom Collective,2
31/05/2026 23:58:47,yusuf@delta.example,Rain Gauges That Speak Hausa,A model of rain from voice messages.,Yusuf Bello and Zainab Bello,Delta Field School,2
"""


def load(uow: UnitOfWork, edition: Edition, people: People, numbers: Iterable[int]) -> None:
    """Two works to talk about, searches the team shares, and two answers of a Google form."""
    chosen = sorted(numbers)[:2]
    with acting(uow, people["organiser"], uow.now):
        searching.apply(uow, edition, Act.ADD_TAG, "needs-talk", chosen)
        searching.save_search(uow, edition, "To talk about", "tag:needs-talk", is_shared=True)
        searching.save_search(uow, edition, "Strong, and not decided", "score>=4.5 pending:none", is_shared=True)
        importing.keep(uow, edition, "late-entries.csv", LATE_ENTRIES.encode(), None)
