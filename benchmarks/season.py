"""A large edition, written in bulk: 2,000 submissions of three authors each, 800 reviewers, 6,000 reviews.

With what makes pages dear: conflicts of every kind, discussions, bids, topics, decisions in two rounds, histories and
mails. Everything is drawn from one seed, so both databases hold the same.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from tests.factories import join_team, make_date, make_person, make_track
from tests.submissions.factories import open_edition
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.assignments.models import Assignment, Bid
from workshop_manager.assignments.states import BidLevel
from workshop_manager.calls.models import Round
from workshop_manager.committee.models import Recruit, ReviewerProfile
from workshop_manager.committee.states import Source
from workshop_manager.conflicts.keys import keys_of, keys_of_statement
from workshop_manager.conflicts.models import AuthorKey, DeclaredConflict, PersonKey, Statement, StatementKey
from workshop_manager.conflicts.states import About, ConflictKind
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.models import Decision, Recommendation
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.reviews.models import AuthorResponse, DeclinedReview, Message, MetaReview, Review, ReviewerHandle
from workshop_manager.reviews.queries import assigned_to, readable
from workshop_manager.reviews.states import Advice, DeclineReason, ReviewState
from workshop_manager.submissions.models import Author, Declaration, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import CareerStage, Outcome, State
from workshop_manager.submissions.topics import ReviewerTopic, SubmissionTopic, Topic
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.states import DateKey, Role

SUBMISSIONS, REVIEWERS, EACH = 2_000, 800, 3
OPEN = 300
"""Assignments beside those whose review is in."""
EARLY = 300
"""Works of the first round, which was decided and released; the decisions on the others are pending."""
INSTITUTES = 150
TOPICS = 30
GIVEN = (
    "Wahyuni",
    "Farzana",
    "Amina",
    "Tariq",
    "Rania",
    "Kenza",
    "Noor",
    "أمينة",
    "智子",
    "Oluwaseun",
    "Zeynep",
    "Ahmad",
)
FAMILY = (
    "Hidayat",
    "Rahmani",
    "Okafor",
    "El-Sayed",
    "Khan",
    "Yılmaz",
    "السيد",
    "山田",
    "Bensalah",
    "Mensah",
    "Siddiqui",
)
WORDS = (
    "subword tokenisers are trained on text in which the standard outweighs every spoken variety we measure what "
    "this costs speakers of four dialects by word error rate and by how often they give up and show that a corpus of "
    "forty hours collected with the communities closes half the gap without any change to the model"
)
COUNTRIES = ("ID", "NG", "EG", "PK", "TR", "US", "GB", "MA", "IN", "JP", "DE", "BR")
FIRST_ID = 10_000
"""Numbers below are the database's own to give."""
STEP = 2_000


@dataclass(frozen=True, slots=True)
class Large:
    """The edition, whom it is looked at as, and a submission that the chair sees and the reviewer has."""

    edition: Edition
    chair: Person
    reviewer: Person
    author: Person
    number: int


def build(uow: UnitOfWork) -> Large:
    """The edition and all that is in it."""
    edition = open_edition(uow, slug="large", community="bench")
    for days, key in ((-2, DateKey.REVIEWS_DUE), (20, DateKey.NOTIFICATION), (60, DateKey.CAMERA_READY)):
        make_date(uow, edition, key, uow.now + timedelta(days=days))
    for number in (3, 4):
        make_track(uow, edition, str(number), f"Track {number}")
    regular = Round(edition_id=edition.id, name="Regular round", position=1)
    uow.session.add(regular)
    uow.session.flush()
    chair = make_person(uow, "Chair of All", affiliation="Institute 7", email="chair@institute7.example.org")
    join_team(uow, edition, chair, Role.OWNER)
    maker = _Maker(uow, edition, regular.id, chair)
    maker.people()
    maker.submissions()
    maker.reviews()
    maker.around()
    maker.write()
    reviewer = uow.session.get_one(Person, maker.reviewers[0])
    standing = workshops.standing_of(uow.session, edition.id, chair.id)
    number = uow.session.scalars(
        select(Submission.number)
        .where(Submission.number > EARLY, Submission.edition_id == edition.id)
        .where(readable(reviewer.id), assigned_to(reviewer.id), visible_to(standing))
        .order_by(Submission.number)
        .limit(1)
    ).one()
    return Large(edition, chair, reviewer, uow.session.get_one(Person, maker.submitters[number - 1]["id"]), number)


class _Maker:
    """Collects rows and writes them in bulk. A submission's id is its number and FIRST_ID."""

    def __init__(self, uow: UnitOfWork, edition: Edition, regular: int, chair: Person) -> None:
        self.uow, self.edition, self.regular, self.chair = uow, edition, regular, chair
        self.chance = random.Random(2026)
        self.rows: dict[type[Any], list[dict[str, Any]]] = {}
        self.tracks = [track.id for track in workshops.tracks(uow.session, edition.id)]
        self.topics: list[int] = []
        self.reviewers: list[int] = []
        self.submitters: list[dict[str, Any]] = []

    def add(self, model: type[Any], **values: Any) -> None:
        self.rows.setdefault(model, []).append(values)

    def write(self) -> None:
        """Everything collected so far, in the order it was asked for."""
        for model, rows in self.rows.items():
            for start in range(0, len(rows), STEP):
                self.uow.session.execute(insert(model), rows[start : start + STEP])
        self.rows.clear()

    def text(self, words: int) -> str:
        return " ".join(self.chance.choices(WORDS.split(), k=words)).capitalize() + "."

    def somebody(self, number: int) -> dict[str, Any]:
        """Name, address and affiliation of one of several thousand people."""
        institute = self.chance.randrange(INSTITUTES)
        free = self.chance.random() < 0.3
        return {
            "name": f"{self.chance.choice(GIVEN)} {self.chance.choice(FAMILY)} {number}",
            "email": f"p{number}@gmail.com" if free else f"p{number}@institute{institute}.example.org",
            "affiliation": f"Institute {institute}",
        }

    def people(self) -> None:
        """Reviewers with what they know, and those who submit."""
        now, chance = self.uow.now, self.chance
        for place in range(TOPICS):
            topic = Topic(edition_id=self.edition.id, name=f"Topic {place}", position=place)
            self.uow.session.add(topic)
            self.uow.session.flush()
            self.topics.append(topic.id)
        for number in range(REVIEWERS + SUBMISSIONS):
            person = {"id": FIRST_ID + number} | self.somebody(number)
            self.add(
                Person, **person, fs_uniquifier=f"large-{number}", confirmed_at=now, created_at=now,
                country=chance.choice(COUNTRIES),
            )  # fmt: skip
            for kind, key in keys_of(person["name"], person["email"], person["affiliation"]):
                self.add(PersonKey, person_id=person["id"], kind=kind, key=key)
            if number >= REVIEWERS:
                self.submitters.append(person)
                continue
            self.reviewers.append(person["id"])
            self._reviewer(person)
        self.write()

    def _reviewer(self, person: dict[str, Any]) -> None:
        now, chance, edition_id = self.uow.now, self.chance, self.edition.id
        self.add(TeamMember, edition_id=edition_id, person_id=person["id"], role=Role.REVIEWER, created_at=now)
        self.add(
            ReviewerProfile, edition_id=edition_id, person_id=person["id"], max_load=chance.choice((None, 8, 10, 12)),
            is_senior=chance.random() < 0.2, languages=["en"], saved_at=now,
        )  # fmt: skip
        self.add(
            Recruit, edition_id=edition_id, address=person["email"], name=person["name"], source=Source.LIST,
            added_at=now,
        )  # fmt: skip
        for topic in chance.sample(self.topics, 4):
            self.add(ReviewerTopic, person_id=person["id"], topic_id=topic)
        if chance.random() < 0.25:
            institute = f"Institute {chance.randrange(INSTITUTES)}"
            said = person["id"]
            self.add(
                Statement, id=said, person_id=person["id"], about=About.INSTITUTION, name=institute,
                relation=ConflictKind.COLLEAGUE, added_at=now,
            )  # fmt: skip
            for kind, key in keys_of_statement(About.INSTITUTION, institute, ""):
                self.add(StatementKey, statement_id=said, person_id=person["id"], kind=kind, key=key)

    def submissions(self) -> None:
        """Each with three authors: its submitter, somebody else who submits, and somebody without an account."""
        for number in range(1, SUBMISSIONS + 1):
            own = FIRST_ID + number
            self._submission(number, own)
            fellow = self.submitters[(number * 7) % SUBMISSIONS]
            for position, who in enumerate((self.submitters[number - 1], fellow, self.somebody(20_000 + number))):
                self._author(own, position, who)
        self.write()

    def _submission(self, number: int, own: int) -> None:
        now, chance = self.uow.now, self.chance
        first = number <= EARLY
        state, outcome = State.SUBMITTED, None
        if first:
            state = (State.CONFIRMED, State.REJECTED, State.ACCEPTED, State.REJECTED)[number % 4]
            outcome = Outcome.REJECT if state is State.REJECTED else Outcome.POSTER
        elif number % 50 == 0:
            state = State.WITHDRAWN
        at = now - timedelta(hours=24 * 40 * (1 - number / SUBMISSIONS) + 240)
        submitter = self.submitters[number - 1]["id"]
        self.add(
            Submission, id=own, edition_id=self.edition.id, number=number, track_id=chance.choice(self.tracks),
            round_id=None if first else self.regular, submitter_id=submitter, title=self.text(9), version=2,
            abstract=self.text(200), state=state, outcome=outcome, listing=Listing.FULL, created_at=at, changed_at=at,
            submitted_at=at, decided_at=now if first else None,
            withdrawn_at=now if state is State.WITHDRAWN else None,
        )  # fmt: skip
        self.add(
            Declaration, submission_id=own, is_eligible=True, wording="", not_published=True, declared_at=at,
            wants_grant=chance.random() < 0.3, willing_to_review=chance.random() < 0.4,
            country=chance.choice(COUNTRIES), career_stage=chance.choice(list(CareerStage)).value,
        )  # fmt: skip
        self.add(
            SubmissionFile, id=own, submission_id=own, version=1, sha256="0" * 64, size=180_000, pages=2,
            original_name="paper.pdf", uploaded_at=at, uploaded_by=submitter,
        )  # fmt: skip
        self.add(SubmissionBytes, file_id=own, original=b"%PDF", blind=b"%PDF")
        for topic in chance.sample(self.topics, 2):
            self.add(SubmissionTopic, submission_id=own, topic_id=topic)
        for action in ("created", "saved", "submitted"):
            self.add(
                AuditEntry, at=at, actor_id=submitter, edition_id=self.edition.id, action=action, subject="submission",
                subject_id=own, details={},
            )  # fmt: skip
        for kind in ("arrived", "changed"):
            self.add(
                OutboxMail, key=f"large-{kind}-{own}", template=f"submissions/{kind}", edition_id=self.edition.id,
                about=f"submission:{own}", person_id=submitter, to_name=self.submitters[number - 1]["name"],
                to_address=self.submitters[number - 1]["email"], from_name="Bench", subject=f"#{number} is in",
                text_body=self.text(120), html_body=self.text(180), message_id=f"<{kind}-{own}@example.org>",
                state=MailState.SENT, created_at=at, next_attempt_at=at, sent_at=at,
            )  # fmt: skip

    def _author(self, own: int, position: int, who: dict[str, Any]) -> None:
        row = 4 * own + position
        self.add(
            Author, id=row, submission_id=own, position=position, name=who["name"], email=who["email"],
            affiliation=who["affiliation"], is_presenter=position == 0, person_id=who.get("id"),
        )  # fmt: skip
        for kind, key in keys_of(who["name"], who["email"], who["affiliation"]):
            self.add(AuthorKey, author_id=row, submission_id=own, kind=kind, key=key)

    def reviews(self) -> None:
        """Three reviews of each, and some assignments more."""
        now, chance = self.uow.now, self.chance
        for number in range(1, SUBMISSIONS + 1):
            own = FIRST_ID + number
            readers = [self.reviewers[(number * 3 + place) * 7 % REVIEWERS] for place in range(EACH)]
            more = [self.reviewers[(number * 11 + 5) % REVIEWERS]] if number <= OPEN else []
            for place, reader in enumerate(dict.fromkeys([*readers, *more])):
                at = now - timedelta(hours=chance.randrange(24 * 30))
                self.add(Assignment, submission_id=own, reviewer_id=reader, assigned_at=at)
                self.add(ReviewerHandle, submission_id=own, person_id=reader, number=place + 1)
                if place < EACH:
                    self._review(own, reader, at)
        self.write()

    def _review(self, own: int, reader: int, at: Any) -> None:
        chance = self.chance
        score = min(6, max(1, round(chance.gauss(3.6 + own % 5 * 0.2, 1.1))))
        self.add(
            Review, submission_id=own, reviewer_id=reader, state=ReviewState.SUBMITTED, score=score,
            advice=Advice.POSTER if score > 3 else Advice.DECLINE, confidence=chance.randint(1, 4),
            text=self.text(150), remark=self.text(20) if chance.random() < 0.1 else "", created_at=at, changed_at=at,
            submitted_at=at,
        )  # fmt: skip

    def around(self) -> None:
        """Decisions, recommendations, discussions, responses, bids, conflicts that were declared, what was declined."""
        now, chance = self.uow.now, self.chance
        for number in range(1, SUBMISSIONS + 1):
            own, early = FIRST_ID + number, number <= EARLY
            if early or number % 3:
                outcome = chance.choice((Outcome.ORAL, Outcome.POSTER, Outcome.POSTER, Outcome.REJECT))
                self.add(
                    Decision, submission_id=own, outcome=outcome, decided_by=self.chair.id, decided_at=now,
                    released_at=now if early else None,
                )  # fmt: skip
            if number % 5 == 0:
                self.add(
                    Recommendation, submission_id=own, person_id=self.chair.id, outcome=Outcome.POSTER, made_at=now,
                    reason=self.text(10),
                )  # fmt: skip
                self.add(
                    MetaReview, submission_id=own, lead_id=self.reviewers[number * 3 * 7 % REVIEWERS], assigned_at=now,
                    advice=Advice.POSTER, text=self.text(80), written_at=now,
                )  # fmt: skip
            if number % 3 == 0:
                self.add(
                    AuthorResponse, submission_id=own, text=self.text(150), is_sent=True, sent_at=now, changed_at=now
                )
                for _ in range(2):
                    self.add(
                        Message, submission_id=own, person_id=self.reviewers[number * 3 * 7 % REVIEWERS],
                        speaks_as="reviewer", text=self.text(40), created_at=now,
                    )  # fmt: skip
            if number % 10 == 0:
                self.add(
                    DeclinedReview, submission_id=own, person_id=chance.choice(self.reviewers),
                    reason=DeclineReason.TIME, declined_at=now,
                )  # fmt: skip
            if number % 4 == 0:
                self.add(
                    DeclaredConflict, submission_id=own, person_id=chance.choice(self.reviewers),
                    kind=ConflictKind.COLLEAGUE, declared_at=now,
                )  # fmt: skip
        for reader in self.reviewers:
            for number in chance.sample(range(EARLY + 1, SUBMISSIONS + 1), 20):
                self.add(
                    Bid, submission_id=FIRST_ID + number, person_id=reader, level=chance.choice(list(BidLevel)),
                    changed_at=now,
                )  # fmt: skip
