"""Reviewing for tests: people, assignments, reviews and decisions, in the state they need."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import client_for, join_team, make_person
from tests.submissions.factories import make_submission, open_edition
from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.conflicts.models import DeclaredConflict
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.models import Decision
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.service import give_handle
from workshop_manager.reviews.states import Advice, ReviewState
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise"
REVIEWS = "/musiml/2026/reviews/"


def make_assignment(uow: UnitOfWork, submission: Submission, reviewer: Person) -> Assignment:
    """That reviewer has that submission, without a mail."""
    row = Assignment(submission_id=submission.id, reviewer_id=reviewer.id, assigned_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    return row


def make_review(
    uow: UnitOfWork,
    submission: Submission,
    reviewer: Person,
    score: int | None = 4,
    state: ReviewState = ReviewState.SUBMITTED,
    *,
    assigned: bool = True,
    **values: Any,
) -> Review:
    """A review that is in, of a submission that was assigned; `state` makes it a draft."""
    if assigned:
        make_assignment(uow, submission, reviewer)
    values = {"advice": Advice.POSTER, "confidence": 3, "text": f"What {reviewer.id} thinks of it."} | values
    row = Review(
        submission_id=submission.id,
        reviewer_id=reviewer.id,
        state=state,
        score=score,
        created_at=uow.now,
        changed_at=uow.now,
        submitted_at=uow.now if state is ReviewState.SUBMITTED else None,
        **values,
    )
    uow.session.add(row)
    uow.session.flush()
    give_handle(uow, submission.id, reviewer.id)
    return row


def make_decision(uow: UnitOfWork, submission: Submission, outcome: Outcome | None, **values: Any) -> Decision:
    """A decision, pending unless `released_at` is given."""
    row = Decision(submission_id=submission.id, outcome=outcome, decided_at=uow.now, **values)
    uow.session.add(row)
    uow.session.flush()
    return row


def declare(uow: UnitOfWork, submission: Submission, person: Person, note: str = "") -> DeclaredConflict:
    """That person declared a conflict."""
    row = DeclaredConflict(
        submission_id=submission.id, person_id=person.id, kind=ConflictKind.COLLEAGUE, note=note, declared_at=uow.now
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def add_author(uow: UnitOfWork, submission: Submission, email: str | None = None, person: Person | None = None) -> None:
    """One more author: of an address nobody confirmed, or a person."""
    uow.session.add(
        Author(
            submission_id=submission.id,
            position=9,
            name=person.name if person else "Somebody",
            email=email,
            person_id=person.id if person else None,
        )
    )
    uow.session.flush()


class Season:
    """An edition with two tracks, an owner, a chair, a track chair of the second track, two reviewers and an author."""

    def __init__(self, uow: UnitOfWork, **values: Any) -> None:
        self.uow = uow
        self.edition: Edition = open_edition(uow, **values)
        self.first, self.second = workshops.tracks(uow.session, self.edition.id)
        self.author = make_person(uow, "Wahyuni")
        self.owner = self.member("Amina", Role.OWNER)
        self.chair = self.member("Farzana", Role.PROGRAMME_CHAIR)
        self.track_chair = self.member("Tariq", Role.TRACK_CHAIR, self.second)
        self.rania = self.member("Rania", Role.REVIEWER)
        self.kenza = self.member("Kenza", Role.REVIEWER)

    def member(self, name: str, role: Role, track: Any = None) -> Person:
        """Somebody on the team."""
        person = make_person(self.uow, name)
        join_team(self.uow, self.edition, person, role, track)
        return person

    def work(self, submitter: Person | None = None, **values: Any) -> Submission:
        """A submission under review, in the first track unless told otherwise."""
        track = values.pop("track", self.first)
        return make_submission(self.uow, self.edition, submitter or self.author, track=track, **values)

    def standing(self, person: Person) -> Any:
        """What somebody is here."""
        return workshops.standing_of(self.uow.session, self.edition.id, person.id)


class House:
    """A season that is committed, and its people's browsers."""

    def __init__(self, app: Flask, work: Any) -> None:
        self.app, self.work = app, work
        with work() as uow:
            self.season = Season(uow)
            self.edition = self.season.edition
            for name in ("author", "owner", "chair", "track_chair", "rania", "kenza"):
                setattr(self, f"{name}_client", client_for(app, uow, getattr(self.season, name)))

    def client(self, person: Person) -> FlaskClient:
        """A browser of somebody."""
        known = {p.id: n for n, p in vars(self.season).items() if isinstance(p, Person)}
        if person.id in known:
            return getattr(self, f"{known[person.id]}_client")  # type: ignore[no-any-return]
        with self.work() as uow:
            return client_for(self.app, uow, person)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.season, name)
