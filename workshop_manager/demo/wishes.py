"""What the current edition's abstracts are about, what its reviewers know, and what they would like to read."""

from datetime import timedelta

from workshop_manager.assignments import bidding
from workshop_manager.assignments.states import BidLevel
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.submissions import topics
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import Edition

TOPICS = (
    "Speech and audio",
    "Language and translation",
    "Health",
    "Vision and remote sensing",
    "Small models and little data",
    "Data by and for communities",
    "Fairness and harm",
)
_ABOUT = {
    "recitation": (0, 5), "dialects": (1, 6), "markets": (0, 4, 5), "greetings": (1,), "glucose": (2, 4),
    "clinics": (2, 4), "mosques": (3, 6), "labels": (5, 6), "cluster": (4, 5),
}  # fmt: skip
_KNOWN = {"reviewer": (1, 2, 6), "second-reviewer": (0, 3, 4), "third-reviewer": (1, 5, 6), "chair": (4, 5)}
_BIDS = {
    "reviewer": {"recitation": "can", "mosques": "want", "labels": "want"},
    "second-reviewer": {"glucose": "want", "clinics": "can", "greetings": "rather_not"},
    "third-reviewer": {"markets": "want", "glucose": "can"},
}


def load(uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission]) -> None:
    """Topics, bids, and bidding still open: an automatic assignment can be tried at once."""
    ago = uow.now - timedelta(days=3)
    with acting(uow, people["organiser"], ago):
        topics.change_topics(uow, edition, {}, TOPICS)
        bidding.set_bidding(uow, edition, is_open=True, asks_language=False)
        ids = [topic.id for topic in topics.topics(uow.session, edition.id)]
        for key, about in _ABOUT.items():
            if key in sent:
                topics.choose_for_submission(uow, sent[key], [ids[one] for one in about])
    for key, known in _KNOWN.items():
        with acting(uow, people[key], ago):
            bidding.choose_known(uow, edition, [ids[one] for one in known])
    for key, wishes in _BIDS.items():
        with acting(uow, people[key], ago):
            levels: dict[int, BidLevel | None] = {sent[one].number: BidLevel(level) for one, level in wishes.items()}
            bidding.bid(uow, edition, levels)
