"""The mentored round of the current demo edition: a pair that reads each other, a pair that is proposed."""

from datetime import date, timedelta

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.editions import aoe
from workshop_manager.demo.people import People, acting
from workshop_manager.mentoring import matching, queries, service
from workshop_manager.mentoring.service import FeedbackContent, RoundContent
from workshop_manager.questions import queries as questions
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import standing_of

INTRO = (
    "Many of us write a first paper without anybody down the hall to ask. Here you ask somebody who is writing one too.\n\n"
    "- Read the draft once for what it says, and once for how it says it.\n"
    "- Begin with what works. Then name **one** thing that would help most.\n"
    "- Half an hour is enough."
)
FROM_TIGIST = (
    "The question is one that everybody in the room will understand at once, and the title says it in six words.",
    "I could not tell how long the sermons are, and who would read the subtitles.",
    "Write the paragraph about the data now, even if half of it is a plan: it will show you what is missing.",
)


def load(
    uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission], draft: Submission, today: date
) -> None:
    """The author's draft and a work on health were matched; one side has written. Two more are proposed."""
    now, chair = uow.now, people["chair"]
    with acting(uow, people["organiser"], now - timedelta(days=8)):
        dates = (aoe(today + timedelta(days=3)), aoe(today + timedelta(days=7)))
        service.set_up(uow, edition, RoundContent(True, True, INTRO, *dates), version=0)
    with acting(uow, people["third-reviewer"], now - timedelta(days=5)):
        service.volunteer(uow, edition, 1)
    for who, work in (("author", draft), ("tigist", sent["glucose"])):
        with acting(uow, people[who], now - timedelta(hours=23)):
            service.join(uow, edition, work.number)
    with acting(uow, chair, now - timedelta(hours=20)):
        matching.pair(uow, edition, draft.number, sent["glucose"].number)
        proposed = matching.proposal(uow, edition, standing_of(uow.session, edition.id, chair.id))
        matching.announce(uow, edition, seen=proposed.digest)
    asked = questions.sheet(uow.session, edition.id, service.KEY).questions
    reading = queries.received(uow.session, draft.id)[0]
    with acting(uow, people["tigist"], now - timedelta(hours=4)):
        said = {one.id: text for one, text in zip(asked, FROM_TIGIST, strict=True)}
        service.save_feedback(uow, edition, reading.id, FeedbackContent(said), version=0, send=True)
    for who, key in (("prajna", "greetings"), ("chukwuemeka", "markets"), ("yiran", "labels")):
        with acting(uow, people[who], now - timedelta(hours=3)):
            service.join(uow, edition, sent[key].number)
    with acting(uow, chair, now - timedelta(hours=1)):
        matching.pair(uow, edition, sent["greetings"].number, sent["markets"].number)
