"""Topics of an edition: the organisers keep the list, authors say what a work is about, reviewers what they know.

Here, since both sides need them: whoever proposes who reads what compares the two.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String, UniqueConstraint, and_, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workshop_manager.core.audit import record
from workshop_manager.core.database import Base
from workshop_manager.core.errors import Conflict
from workshop_manager.core.shown import PRIVATE
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, Standing
from workshop_manager.workshops.service import require

MOST_TOPICS = 60
LONGEST = 120


class Topic(Base):
    """Something works are about and reviewers know."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("edition_id", "name"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(LONGEST))
    position: Mapped[int]


class SubmissionTopic(Base):
    """What a work is about, as its authors see it."""

    __tablename__ = "submission_topics"
    __table_args__ = {"info": PRIVATE}

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True)


class ReviewerTopic(Base):
    """What somebody who reviews in the topic's edition knows enough of to judge it."""

    __tablename__ = "reviewer_topics"
    __table_args__ = {"info": PRIVATE}

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True)


# -- queries ------------------------------------------------------------------------------------------------------


def topics(session: Session, edition_id: int) -> Sequence[Topic]:
    """The topics of an edition, in the organisers' order."""
    return session.scalars(select(Topic).where(Topic.edition_id == edition_id).order_by(Topic.position, Topic.id)).all()


def topics_for(session: Session, edition_id: int, submission_id: int | None) -> list[tuple[Topic, bool]]:
    """The topics of an edition in the organisers' order, each with whether that work is about it (one query)."""
    is_about = and_(SubmissionTopic.topic_id == Topic.id, SubmissionTopic.submission_id == submission_id)
    rows = session.execute(
        select(Topic, SubmissionTopic.submission_id)
        .outerjoin(SubmissionTopic, is_about)
        .where(Topic.edition_id == edition_id)
        .order_by(Topic.position, Topic.id)
    )
    return [(topic, work is not None) for topic, work in rows]


def topics_of_submissions(session: Session, submission_ids: Collection[int]) -> dict[int, list[Topic]]:
    """What these works are about, in the organisers' order (one query)."""
    found: dict[int, list[Topic]] = {one: [] for one in submission_ids}
    if found:
        rows = session.execute(
            select(SubmissionTopic.submission_id, Topic)
            .join(Topic, Topic.id == SubmissionTopic.topic_id)
            .where(SubmissionTopic.submission_id.in_(found))
            .order_by(Topic.position, Topic.id)
        )
        for submission_id, topic in rows:
            found[submission_id].append(topic)
    return found


def topics_of_reviewers(session: Session, edition_id: int, person_id: int | None = None) -> dict[int, frozenset[int]]:
    """Ids of the topics that reviewers of an edition know, by person; of one person if asked (one query)."""
    query = (
        select(ReviewerTopic.person_id, ReviewerTopic.topic_id)
        .join(Topic, Topic.id == ReviewerTopic.topic_id)
        .where(Topic.edition_id == edition_id)
    )
    if person_id is not None:
        query = query.where(ReviewerTopic.person_id == person_id)
    found: dict[int, set[int]] = {}
    for person, topic in session.execute(query):
        found.setdefault(person, set()).add(topic)
    return {person: frozenset(known) for person, known in found.items()}


@dataclass(frozen=True, slots=True)
class TopicUse:
    """A topic with how many works are about it and how many reviewers know it."""

    topic: Topic
    works: int
    reviewers: int


def topic_uses(session: Session, edition_id: int, standing: Standing) -> list[TopicUse]:
    """Counts beside every topic: of works this person may see at the desk, and of reviewers (one query)."""
    works = (
        select(SubmissionTopic.topic_id, func.count().label("number"))
        .join(Submission, Submission.id == SubmissionTopic.submission_id)
        .where(Submission.state != State.WITHDRAWN, visible_to(standing))
        .group_by(SubmissionTopic.topic_id)
        .subquery()
    )
    known = select(ReviewerTopic.topic_id, func.count().label("number")).group_by(ReviewerTopic.topic_id).subquery()
    rows = session.execute(
        select(Topic, func.coalesce(works.c.number, 0), func.coalesce(known.c.number, 0))
        .outerjoin(works, works.c.topic_id == Topic.id)
        .outerjoin(known, known.c.topic_id == Topic.id)
        .where(Topic.edition_id == edition_id)
        .order_by(Topic.position, Topic.id)
    )
    return [TopicUse(*row) for row in rows]


# -- verbs --------------------------------------------------------------------------------------------------------


def change_topics(uow: UnitOfWork, edition: Edition, names: Mapping[int, str], added: Sequence[str]) -> None:
    """Rename topics by id, drop those whose name is empty, add new ones at the end.

    A topic keeps its works and reviewers when it is renamed; a dropped one takes their choices with it.
    """
    require(uow, edition, MAY_DECIDE)
    known = {topic.id: topic for topic in topics(uow.session, edition.id)}
    after = [(known[one], name) for one, name in names.items() if one in known]
    kept = [name for _topic, name in after if name] + [t.name for t in known.values() if t.id not in names]
    wanted = [*kept, *(name for name in added if name)]
    if len(wanted) > MOST_TOPICS:
        raise Conflict(str(_("At most %(most)s topics, so that people can choose among them.", most=MOST_TOPICS)))
    folded = [name.casefold() for name in wanted]
    if len(set(folded)) < len(folded):
        twice = next(name for name in wanted if folded.count(name.casefold()) > 1)
        raise Conflict(str(_("“%(name)s” stands there twice.", name=twice)))
    for topic, _name in after:
        topic.name = f"{topic.id}\n"  # two may swap their names
    uow.session.flush()
    for topic, name in after:
        if name:
            topic.name = name[:LONGEST]
        else:
            uow.session.delete(topic)
    last = max((topic.position for topic in known.values()), default=0)
    for place, name in enumerate((name for name in added if name), last + 1):
        uow.session.add(Topic(edition_id=edition.id, name=name[:LONGEST], position=place))
    record(uow, "topics changed", "edition", edition.id, edition_id=edition.id, number=len(wanted))
    uow.session.flush()


def choose_for_submission(uow: UnitOfWork, submission: Submission, chosen: Collection[int]) -> None:
    """Say what a work is about, beside its form; the caller has asked whether the acting person may change it.

    It is another version of the work then: whoever has the form open learns of it. Ids of other editions are left.
    """
    before, ids = set_for_submission(uow, submission, chosen)
    if before != set(ids):
        submission.version += 1
    record(uow, "topics chosen", "submission", submission.id, edition_id=submission.edition_id, topics=ids)
    uow.session.flush()


def set_for_submission(uow: UnitOfWork, submission: Submission, chosen: Collection[int]) -> tuple[set[int], list[int]]:
    """Store what a work is about, as its form says; the ids before and after. Ids of other editions are left."""
    known = topics_for(uow.session, submission.edition_id, submission.id)
    before, ids = {topic.id for topic, is_chosen in known if is_chosen}, [t.id for t, _is in known if t.id in chosen]
    if before != set(ids):
        uow.session.execute(delete(SubmissionTopic).where(SubmissionTopic.submission_id == submission.id))
        if ids:
            values = [{"submission_id": submission.id, "topic_id": topic_id} for topic_id in ids]
            uow.session.execute(insert(SubmissionTopic), values)
    return before, ids


def choose_for_reviewer(uow: UnitOfWork, edition_id: int, person_id: int, chosen: Collection[int]) -> None:
    """Say what a reviewer knows, in one edition; the caller has asked whose act this may be."""
    here = select(Topic.id).where(Topic.edition_id == edition_id)
    uow.session.execute(
        delete(ReviewerTopic).where(ReviewerTopic.person_id == person_id, ReviewerTopic.topic_id.in_(here))
    )
    ids = [topic.id for topic in topics(uow.session, edition_id) if topic.id in chosen]
    if ids:
        uow.session.execute(insert(ReviewerTopic), [{"person_id": person_id, "topic_id": topic_id} for topic_id in ids])
    uow.session.flush()


def forget_reviewer(uow: UnitOfWork, person_id: int) -> None:
    """Somebody deleted their account."""
    uow.session.execute(delete(ReviewerTopic).where(ReviewerTopic.person_id == person_id))
