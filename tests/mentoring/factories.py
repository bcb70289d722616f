"""A mentored round for tests: an edition with chairs, a round that is on, and works whose authors join."""

import itertools
from datetime import timedelta
from typing import Any

from tests.factories import join_team, make_person
from tests.submissions.factories import make_submission, open_edition
from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import matching, queries, service
from workshop_manager.mentoring.models import Reading
from workshop_manager.mentoring.service import FeedbackContent, RoundContent
from workshop_manager.mentoring.states import MatchState
from workshop_manager.questions import queries as questions
from workshop_manager.submissions import topics
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.rules import MACHINE, Standing
from workshop_manager.workshops.states import Role

_numbers = itertools.count(1)


class Round:
    """An owner, a programme chair and a reviewer; the round is on until in a week, feedback is due in two."""

    def __init__(self, uow: UnitOfWork, **content: Any) -> None:
        self.uow, self.edition = uow, open_edition(uow)
        self.owner = make_person(uow, "Olufemi Ownsson")
        self.chair = make_person(uow, "Chadia Chairsson")
        self.reviewer = make_person(uow, "Rania Reviewsson")
        join_team(uow, self.edition, self.owner, Role.OWNER)
        join_team(uow, self.edition, self.chair, Role.PROGRAMME_CHAIR)
        join_team(uow, self.edition, self.reviewer, Role.REVIEWER)
        self.act(self.owner)
        wanted = {
            "is_on": True,
            "shows_names": True,
            "intro": "Be *kind*.",
            "join_until": Deadline(uow.now + timedelta(days=4), AOE),
            "feedback_due": Deadline(uow.now + timedelta(days=8), AOE),
        } | content
        service.set_up(uow, self.edition, RoundContent(**wanted), version=0)
        self.act(self.chair)
        topics.change_topics(uow, self.edition, {}, ["Looms", "Dyes", "Maps"])
        self.topics = [topic.id for topic in topics.topics(uow.session, self.edition.id)]
        self.people: dict[int, Person] = {}

    def act(self, person: Person | None) -> None:
        self.uow.actor = person

    def work(self, name: str, *about: int, state: State = State.DRAFT, **values: Any) -> Submission:
        """A draft of somebody new, who joins with it."""
        person = make_person(self.uow, name)
        made = make_submission(
            self.uow, self.edition, person, state=state, title=f"Half-woven {next(_numbers)}", **values
        )
        self.people[made.id] = person
        self.act(person)
        topics.choose_for_submission(self.uow, made, [self.topics[place] for place in about])
        service.join(self.uow, self.edition, made.number)
        self.act(self.chair)
        return made

    def match(self) -> list[set[int]]:
        """Match as the chair; the numbers of the works in each match."""
        self.act(self.chair)
        matching.match(self.uow, self.edition)
        return self.proposed()

    def proposed(self) -> list[set[int]]:
        return [{one.submission.number for one in each} for each in self.readings(MatchState.PROPOSED).values()]

    def readings(self, state: MatchState) -> dict[int, list[Reading]]:
        found = queries.matches(self.uow.session, self.edition.id, MACHINE, state)
        return queries.readings_of(self.uow.session, [one.id for one in found])

    def announce(self) -> int:
        self.act(self.chair)
        standing = Standing(self.chair.id, frozenset({Role.PROGRAMME_CHAIR}))
        seen = matching.proposal(self.uow, self.edition, standing).digest
        return matching.announce(self.uow, self.edition, seen=seen)

    def pair(self) -> tuple[Submission, Submission]:
        """Two works whose authors were told of each other."""
        one, other = self.work("Amal Onesdottir", 0), self.work("Bilal Othersson", 0)
        self.match()
        self.announce()
        return one, other

    def reading_of(self, work: Submission) -> Reading:
        """How that work is read, the latest."""
        return queries.received(self.uow.session, work.id)[-1]

    def answers(self, text: str = "Clear and kind.") -> dict[int, Any]:
        sheet = questions.sheet(self.uow.session, self.edition.id, service.KEY)
        return {asked.id: text for asked in sheet.questions}

    def say(self, work: Submission, text: str = "Clear and kind.", **more: Any) -> Reading:
        """The partner sends feedback about that work."""
        reading = self.reading_of(work)
        assert reading.reader is not None
        self.act(reading.reader)
        values = {"version": reading.version, "send": True} | more
        remark = values.pop("remark", "")
        done = service.save_feedback(
            self.uow, self.edition, reading.id, FeedbackContent(self.answers(text), remark), **values
        )
        self.act(self.chair)
        return done
