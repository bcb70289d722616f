"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, delete, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.assignments.basis import ENGLISH, Basis, Pairs, Reviewer, Work, digests
from workshop_manager.assignments.models import Assignment, Bid, Bidding, Proposal, ProposedPair
from workshop_manager.assignments.rules import OPEN_FOR_REVIEW, REVIEWERS, presence
from workshop_manager.assignments.states import BidLevel, PairKind, ProposalState
from workshop_manager.committee.models import ReviewerProfile, ReviewerTrack
from workshop_manager.conflicts.queries import conflict_pairs, conflicted
from workshop_manager.core.deadlines import Deadline
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import State
from workshop_manager.submissions.topics import SubmissionTopic, topics, topics_of_reviewers
from workshop_manager.workshops.models import Edition, ImportantDate, TeamMember
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import DateKey, Role


def _members(edition_id: int) -> Select[int]:
    return select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))


def _pool(edition_id: int) -> Select[int]:
    """Whom the automatic assignment gives work: reviewers, and organisers who said what they can take on."""
    told = select(ReviewerProfile.person_id).where(ReviewerProfile.edition_id == edition_id)
    return select(TeamMember.person_id).where(
        TeamMember.edition_id == edition_id,
        or_(TeamMember.role == Role.REVIEWER, and_(TeamMember.role.in_(REVIEWERS), TeamMember.person_id.in_(told))),
    )


def find_reviewer(session: Session, edition_id: int, person_id: int) -> Person | None:
    """Somebody who may review in that edition."""
    found = select(Person).where(Person.id == person_id, Person.id.in_(_members(edition_id)))
    return session.execute(found).scalar_one_or_none()


def reviewers(session: Session, edition_id: int) -> Sequence[Person]:
    """Everybody who may review in that edition, by name (one query)."""
    return session.scalars(
        select(Person).where(Person.id.in_(_members(edition_id))).order_by(Person.name, Person.id)
    ).all()


def count_pool(session: Session, edition_id: int) -> int:
    """How many people the automatic assignment can give work."""
    pool = _pool(edition_id).subquery()
    return session.execute(select(func.count(func.distinct(pool.c.person_id)))).scalar_one()


# -- bids ---------------------------------------------------------------------------------------------------------


def asks_language(edition_id: int) -> ColumnElement[bool | None]:
    """Whether authors say which language their work is in, as a column of a statement."""
    return select(Bidding.asks_language).where(Bidding.edition_id == edition_id).scalar_subquery()


def find_bidding(session: Session, edition_id: int) -> Bidding | None:
    """What the edition asks its reviewers and authors."""
    return session.get(Bidding, edition_id)


@dataclass(frozen=True, slots=True)
class BidFilter:
    """What the list of works is narrowed to: `show` is "" or `open` (no bid so far)."""

    show: str = ""
    track_id: int | None = None
    topic_id: int | None = None
    words: str = ""


def _biddable(edition_id: int, person_id: int) -> ColumnElement[bool]:
    return and_(
        Submission.edition_id == edition_id,
        Submission.state.in_(OPEN_FOR_REVIEW),
        Submission.id.not_in(conflicted(person_id)),
    )


def find_biddable(session: Session, edition_id: int, number: int, person_id: int) -> Submission | None:
    """A work this reviewer may bid on; nothing of its authors."""
    return session.execute(
        select(Submission).where(_biddable(edition_id, person_id), Submission.number == number)
    ).scalar_one_or_none()


def _narrowed(asked: BidFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.track_id is not None:
        found.append(Submission.track_id == asked.track_id)
    if asked.topic_id is not None:
        about = select(SubmissionTopic.submission_id).where(SubmissionTopic.topic_id == asked.topic_id)
        found.append(Submission.id.in_(about))
    if asked.words:
        title = func.lower(Submission.title).contains(asked.words.lower(), autoescape=True)
        found.append(or_(title, func.lower(Submission.abstract).contains(asked.words.lower(), autoescape=True)))
    return found


def bid_counts(session: Session, edition_id: int, person_id: int, asked: BidFilter) -> tuple[int, int]:
    """How many works there are within the filter, and on how many of them this reviewer has not bid (one query)."""
    own = and_(Bid.submission_id == Submission.id, Bid.person_id == person_id)
    row = session.execute(
        select(func.count(Submission.id), func.count(Submission.id).filter(Bid.level.is_(None)))
        .outerjoin(Bid, own)
        .where(_biddable(edition_id, person_id), *_narrowed(asked))
    ).one()
    return row[0], row[1]


def biddable(
    session: Session, edition_id: int, person_id: int, asked: BidFilter, offset: int, most: int
) -> list[tuple[Submission, BidLevel | None]]:
    """A stretch of what this reviewer may bid on, with tracks and the bid (one query); nothing of any author.

    Each reviewer has another order, the same every day: otherwise everybody bids on the first twenty.
    """
    own = and_(Bid.submission_id == Submission.id, Bid.person_id == person_id)
    turned = (Submission.id * 7919 + person_id * 104729) % 10007
    rows = session.execute(
        select(Submission, Bid.level)
        .outerjoin(Bid, own)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(
            _biddable(edition_id, person_id),
            *_narrowed(asked),
            *([Bid.level.is_(None)] if asked.show == "open" else []),
        )
        .order_by(turned, Submission.id)
        .offset(offset)
        .limit(most)
    )
    return [(submission, level) for submission, level in rows]


def bids_of(session: Session, person_id: int, submission_ids: Collection[int]) -> dict[int, Bid]:
    """A reviewer's bids on these works."""
    rows = session.scalars(select(Bid).where(Bid.person_id == person_id, Bid.submission_id.in_(submission_ids)))
    return {row.submission_id: row for row in rows}


def forget_bids(session: Session, person_id: int) -> None:
    """Everything that person bid, and what was proposed to or for them, in any edition."""
    for table, column in (
        (Bid, Bid.person_id),
        (ProposedPair, ProposedPair.reviewer_id),
        (Proposal, Proposal.chair_id),
    ):
        session.execute(delete(table).where(column == person_id))


@dataclass(frozen=True, slots=True)
class BidTotals:
    """How bidding goes."""

    reviewers: int
    bidders: int
    bids: int


def bid_totals(session: Session, edition_id: int, standing: Standing) -> BidTotals:
    """Counts over works this chair may see (one query)."""
    seen = select(Submission.id).where(Submission.edition_id == edition_id, visible_to(standing))
    members = _members(edition_id)
    everybody = select(func.count(func.distinct(TeamMember.person_id))).where(
        TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS)
    )
    row = session.execute(
        select(everybody.scalar_subquery(), func.count(func.distinct(Bid.person_id)), func.count(Bid.level)).where(
            Bid.submission_id.in_(seen), Bid.person_id.in_(members)
        )
    ).one()
    return BidTotals(row[0], row[1], row[2])


# -- what an automatic assignment is worked out from ----------------------------------------------------------------


def _open_works(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    return and_(Submission.edition_id == edition_id, Submission.state.in_(OPEN_FOR_REVIEW), visible_to(standing))


def _known_to(standing: Standing) -> ColumnElement[bool]:
    """What is not kept from that chair by a conflict of interest."""
    return true() if standing.person_id is None else Submission.id.not_in(standing.ids(conflicted))


def given_pairs(session: Session, edition_id: int, standing: Standing) -> Pairs:
    """What is assigned of the works that wait for reviews and that this chair may see (one query)."""
    rows = session.execute(
        select(Assignment.submission_id, Assignment.reviewer_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(_open_works(edition_id, standing))
    )
    return frozenset((work, reviewer) for work, reviewer in rows)


def lock_assigning(session: Session, edition_id: int) -> None:
    """From here to the end of the transaction nobody else gives out works of this edition in bulk."""
    session.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update())


def open_numbers(session: Session, edition_id: int, standing: Standing) -> dict[int, int]:
    """Ids by number of what waits for reviews and may be seen by this chair (one query)."""
    rows = session.execute(select(Submission.number, Submission.id).where(_open_works(edition_id, standing)))
    return {row[0]: row[1] for row in rows}


def lock_open_works(
    session: Session, edition_id: int, standing: Standing, ids: Collection[int]
) -> dict[int, Submission]:
    """These works, locked, of those that wait for reviews and that this chair may see."""
    rows = session.scalars(
        select(Submission)
        .where(_open_works(edition_id, standing), Submission.id.in_(ids))
        .order_by(Submission.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _works(session: Session, edition_id: int, standing: Standing) -> list[Work]:
    about: dict[int, set[int]] = {}
    for work, topic in session.execute(
        select(SubmissionTopic.submission_id, SubmissionTopic.topic_id)
        .join(Submission, Submission.id == SubmissionTopic.submission_id)
        .where(_open_works(edition_id, standing))
    ):
        about.setdefault(work, set()).add(topic)
    rows = session.execute(
        select(Submission.id, Submission.track_id, Submission.language, Submission.title, Submission.abstract)
        .where(_open_works(edition_id, standing))
        .order_by(Submission.number)
    )
    return [
        Work(one, track, language or ENGLISH, frozenset(about.get(one, ())), f"{title}\n{title}\n{abstract}")
        for one, track, language, title, abstract in rows
    ]


def _due(edition_id: int) -> tuple[ScalarSelect[datetime], ScalarSelect[str]]:
    """When reviews are due, and the zone in which that was announced, as columns of a statement."""
    row = (
        select(ImportantDate.id)
        .where(ImportantDate.edition_id == edition_id, ImportantDate.key == DateKey.REVIEWS_DUE)
        .order_by(ImportantDate.id)
        .limit(1)
        .scalar_subquery()
    )
    at, zone = (select(one).where(ImportantDate.id == row) for one in (ImportantDate.at, ImportantDate.zone))
    return at.scalar_subquery(), zone.scalar_subquery()


def _day(at: datetime | None, zone: str | None) -> date | None:
    """The day as it was announced: 23:59 AoE on the 6th is the 6th."""
    return Deadline(at, zone).local.date() if at is not None and zone else None


def _texts(session: Session, edition_id: int, known: Mapping[int, frozenset[int]]) -> dict[int, str]:
    """What reviewers wrote for the programmes of other editions, and the names of the topics they know (two queries).

    Nothing of this edition, and nothing that its programme did not show with their name: a proposal must not tell one
    chair what another person's work says.
    """
    names = {topic.id: topic.name for topic in topics(session, edition_id)}
    found = {person: [names[topic] for topic in sorted(topics) if topic in names] for person, topics in known.items()}
    rows = session.execute(
        select(Author.person_id, Submission.title, Submission.abstract)
        .join(Submission, Submission.id == Author.submission_id)
        .where(Author.person_id.in_(_pool(edition_id)), Submission.edition_id != edition_id)
        .where(Submission.state.in_(ON_PROGRAMME), Submission.listing == Listing.FULL)
        .order_by(Submission.id)
    )
    for person, title, abstract in rows:
        if person is not None:
            found.setdefault(person, []).append(f"{title}\n{abstract}")
    return {person: "\n".join(parts) for person, parts in found.items()}


def _elsewhere(session: Session, edition_id: int, standing: Standing) -> dict[int, int]:
    """How many other works of the edition each reviewer has, of those this chair may know of.

    What is kept from a chair is kept from the count too: whom the solver spares would tell who reads their own work.
    """
    rows = session.execute(
        select(Assignment.reviewer_id, func.count())
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Submission.edition_id == edition_id,
            Submission.state.not_in((State.DRAFT, State.WITHDRAWN)),
            _known_to(standing),
            ~_open_works(edition_id, standing),
        )
        .group_by(Assignment.reviewer_id)
    )
    return {row[0]: row[1] for row in rows}


def _reviewers(session: Session, edition_id: int, standing: Standing, today: date) -> list[Reviewer]:
    known = topics_of_reviewers(session, edition_id)
    at, zone = session.execute(select(*_due(edition_id))).one()
    texts, due = _texts(session, edition_id, known), _day(at, zone)
    busy = _elsewhere(session, edition_id, standing)
    takes: dict[int, set[int]] = {}
    for person, track in session.execute(
        select(ReviewerTrack.person_id, ReviewerTrack.track_id).where(ReviewerTrack.edition_id == edition_id)
    ):
        takes.setdefault(person, set()).add(track)
    profile = and_(ReviewerProfile.person_id == Person.id, ReviewerProfile.edition_id == edition_id)
    rows = session.execute(
        select(
            Person.id,
            ReviewerProfile.max_load,
            ReviewerProfile.is_senior,
            ReviewerProfile.languages,
            ReviewerProfile.away_until,
        )
        .outerjoin(ReviewerProfile, profile)
        .where(Person.id.in_(_pool(edition_id)))
        .order_by(Person.id)
    )
    return [
        Reviewer(
            one,
            load,
            bool(senior),
            frozenset(languages or ()),
            frozenset(takes.get(one, ())),
            known.get(one, frozenset()),
            busy.get(one, 0),
            away,
            presence(away, today, due),
            texts.get(one, ""),
        )
        for one, load, senior, languages, away in rows
    ]


def basis(
    session: Session, edition_id: int, standing: Standing, today: date, proposal_id: int | None = None
) -> tuple[Basis, Pairs]:
    """Everything an automatic assignment needs to know, and what is assigned (twelve queries, whatever the size)."""
    given = given_pairs(session, edition_id, standing)
    by_hand: set[tuple[int, int]] = set()
    barred: set[tuple[int, int]] = set()
    if proposal_id is not None:
        rows = session.execute(
            select(ProposedPair.submission_id, ProposedPair.reviewer_id, ProposedPair.kind).where(
                ProposedPair.proposal_id == proposal_id, ProposedPair.kind != PairKind.FOUND
            )
        )
        for work, person, kind in rows:
            (by_hand if kind is PairKind.BY_HAND else barred).add((work, person))
    bids = session.execute(
        select(Bid.submission_id, Bid.person_id, Bid.level)
        .join(Submission, Submission.id == Bid.submission_id)
        .where(_open_works(edition_id, standing))
    )
    works = _works(session, edition_id, standing)
    found = Basis(
        works=works,
        reviewers=_reviewers(session, edition_id, standing, today),
        conflicts=_conflicts(session, edition_id, {work.id for work in works}),
        kept=given | by_hand,
        barred=frozenset(barred),
        bids={(work, person): level for work, person, level in bids},
    )
    return found, given


def _conflicts(session: Session, edition_id: int, works: Collection[int]) -> Pairs:
    every = conflict_pairs(session, edition_id)
    return frozenset((work, person) for work, person, _why in every if work in works)


@dataclass(frozen=True, slots=True)
class NamedWork:
    """A work as lists name it."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Now:
    """How things stand: what waits for reviews, what is assigned of it, and `basis.digests` of all that."""

    works: dict[int, NamedWork]
    given: Pairs
    digests: dict[str, str]


def now(
    session: Session, edition_id: int, standing: Standing, people: Iterable[tuple[int, int | None, date | None]]
) -> Now:
    """How things stand for this chair (two queries). `people`: who is given work, as `loads_of_reviewers` says."""
    rows = session.execute(
        select(Submission.id, Submission.number, Submission.title, Assignment.reviewer_id)
        .outerjoin(Assignment, Assignment.submission_id == Submission.id)
        .where(_open_works(edition_id, standing))
    ).all()
    works = {row[0]: NamedWork(row[1], row[2]) for row in rows}
    readers: list[tuple[int, int | None]] = [(row[0], row[3]) for row in rows]
    given = frozenset((work, person) for work, person in readers if person is not None)
    return Now(works, given, digests(works, people, _conflicts(session, edition_id, works.keys()), given))


def loads_of_reviewers(session: Session, edition_id: int) -> list[tuple[int, int | None, date | None]]:
    """Whom the automatic assignment gives work, with the maximum load they named and until when they are away (one
    query).
    """
    profile = and_(ReviewerProfile.person_id == Person.id, ReviewerProfile.edition_id == edition_id)
    rows = session.execute(
        select(Person.id, ReviewerProfile.max_load, ReviewerProfile.away_until)
        .outerjoin(ReviewerProfile, profile)
        .where(Person.id.in_(_pool(edition_id)))
    )
    return [(row[0], row[1], row[2]) for row in rows]


# -- proposals ----------------------------------------------------------------------------------------------------


def find_proposal(session: Session, edition_id: int, chair_id: int, *, lock: bool = False) -> Proposal | None:
    """The proposal of that chair in that edition."""
    query = select(Proposal).where(Proposal.edition_id == edition_id, Proposal.chair_id == chair_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Proposed:
    """One pair for reading."""

    submission_id: int
    reviewer: Person
    pair: ProposedPair | None
    """None: given already."""


def shown_pairs(
    session: Session, proposal: Proposal, standing: Standing, submission_ids: Collection[int]
) -> dict[int, list[Proposed]]:
    """Who reads these works: first who has them already, then who is proposed (two queries).

    Works the looking chair must not see are left out, whatever was asked for.
    """
    found: dict[int, list[Proposed]] = {one: [] for one in submission_ids}
    seen = and_(Submission.id.in_(found), visible_to(standing))
    given = session.execute(
        select(Assignment.submission_id, Person)
        .join(Submission, Submission.id == Assignment.submission_id)
        .join(Person, Person.id == Assignment.reviewer_id)
        .where(seen)
        .order_by(Assignment.id)
    )
    for work, person in given:
        found[work].append(Proposed(work, person, None))
    rows = session.execute(
        select(ProposedPair, Person)
        .join(Submission, Submission.id == ProposedPair.submission_id)
        .join(Person, Person.id == ProposedPair.reviewer_id)
        .where(ProposedPair.proposal_id == proposal.id, seen)
        .order_by(ProposedPair.kind == PairKind.BARRED, ProposedPair.fit.desc(), Person.name, Person.id)
    )
    for pair, person in rows:
        found[pair.submission_id].append(Proposed(pair.submission_id, person, pair))
    return found


def count_works(session: Session, edition_id: int, standing: Standing) -> int:
    """How many works wait for reviews, of those this chair may see."""
    return session.execute(select(func.count(Submission.id)).where(_open_works(edition_id, standing))).scalar_one()


def proposed_works(
    session: Session, proposal: Proposal, standing: Standing, asked: str, offset: int, most: int
) -> list[Submission]:
    """A stretch of the works of a proposal with tracks (one query), by number; `asked` = "lacking": only those that
    would have fewer readers than was asked for."""
    query = (
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(_open_works(proposal.edition_id, standing), *_lacking(proposal, asked))
        .order_by(Submission.number)
        .offset(offset)
        .limit(most)
    )
    return list(session.scalars(query))


def count_proposed_works(session: Session, proposal: Proposal, standing: Standing) -> tuple[int, int]:
    """How many works there are, and how many of them would lack readers (one query)."""
    lacking = and_(*_lacking(proposal, "lacking"))
    row = session.execute(
        select(func.count(Submission.id), func.count(Submission.id).filter(lacking)).where(
            _open_works(proposal.edition_id, standing)
        )
    ).one()
    return row[0], row[1]


def _lacking(proposal: Proposal, asked: str) -> list[ColumnElement[bool]]:
    if asked != "lacking":
        return []
    given = (
        select(func.count(Assignment.id)).where(Assignment.submission_id == Submission.id).correlate(Submission)
    ).scalar_subquery()
    new = (
        select(func.count())
        .select_from(ProposedPair)
        .where(
            ProposedPair.submission_id == Submission.id,
            ProposedPair.proposal_id == proposal.id,
            ProposedPair.kind != PairKind.BARRED,
        )
        .correlate(Submission)
    ).scalar_subquery()
    return [given + new < int(proposal.settings.get("reviews", 0))]


@dataclass(frozen=True, slots=True)
class LoadChange:
    """A reviewer, what they have, and what a proposal would add."""

    person: Person
    before: int
    added: int
    max_load: int | None
    is_senior: bool
    away_until: date | None
    is_given_work: bool
    """The automatic assignment gives them any: they review, or said what they can take on."""
    due: date | None
    """When reviews of the edition are due: who is back by then reviews less, who is not, nothing."""

    @property
    def after(self) -> int:
        return self.before + self.added


def load_changes(session: Session, proposal: Proposal, standing: Standing) -> list[LoadChange]:
    """Everybody who may review, the busiest afterwards first; counts of what this chair may know of (one query)."""
    has = (
        select(Assignment.reviewer_id.label("id"), func.count().label("number"))
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Submission.edition_id == proposal.edition_id, Submission.state != State.WITHDRAWN, _known_to(standing))
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    gains = (
        select(ProposedPair.reviewer_id.label("id"), func.count().label("number"))
        .join(Submission, Submission.id == ProposedPair.submission_id)
        .where(
            ProposedPair.proposal_id == proposal.id,
            ProposedPair.kind != PairKind.BARRED,
            _open_works(proposal.edition_id, standing),
        )
        .group_by(ProposedPair.reviewer_id)
        .subquery()
    )
    profile = and_(ReviewerProfile.person_id == Person.id, ReviewerProfile.edition_id == proposal.edition_id)
    before, added = func.coalesce(has.c.number, 0), func.coalesce(gains.c.number, 0)
    rows = session.execute(
        select(
            Person,
            before,
            added,
            ReviewerProfile.max_load,
            ReviewerProfile.is_senior,
            ReviewerProfile.away_until,
            Person.id.in_(_pool(proposal.edition_id)),
            *_due(proposal.edition_id),
        )
        .outerjoin(has, has.c.id == Person.id)
        .outerjoin(gains, gains.c.id == Person.id)
        .outerjoin(ReviewerProfile, profile)
        .where(Person.id.in_(_members(proposal.edition_id)))
        .order_by((before + added).desc(), Person.name, Person.id)
    )
    return [
        LoadChange(row[0], row[1], row[2], row[3], bool(row[4]), row[5], bool(row[6]), _day(row[7], row[8]))
        for row in rows
    ]


def pairs_to_apply(session: Session, proposal: Proposal) -> list[tuple[int, int]]:
    """What would be assigned: (submission, reviewer), in order."""
    rows = session.execute(
        select(ProposedPair.submission_id, ProposedPair.reviewer_id)
        .where(ProposedPair.proposal_id == proposal.id, ProposedPair.kind != PairKind.BARRED)
        .order_by(ProposedPair.reviewer_id, ProposedPair.submission_id)
    )
    return [(work, person) for work, person in rows]


# -- files --------------------------------------------------------------------------------------------------------


def assigned_rows(session: Session, edition_id: int, standing: Standing) -> list[tuple[Submission, Person]]:
    """Who reads what, of what this chair may see, for a file (one query)."""
    rows = session.execute(
        select(Submission, Person)
        .join(Assignment, Assignment.submission_id == Submission.id)
        .join(Person, Person.id == Assignment.reviewer_id)
        .where(Submission.edition_id == edition_id, Submission.state != State.WITHDRAWN, visible_to(standing))
        .order_by(Submission.number, Assignment.id)
    )
    return [(submission, person) for submission, person in rows]


def waiting_proposals(session: Session, stale: ColumnElement[bool]) -> Sequence[int]:
    """Ids of proposals somebody waits for, the oldest first; `stale` says which begun ones were left behind."""
    return session.scalars(
        select(Proposal.id)
        .where(or_(Proposal.state == ProposalState.WAITING, and_(Proposal.state == ProposalState.RUNNING, stale)))
        .order_by(Proposal.asked_at, Proposal.id)
    ).all()
