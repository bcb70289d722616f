"""Every select of this package; each says what it loads."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.conflicts import people
from workshop_manager.core.audit import AuditEntry
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.models import Fund
from workshop_manager.grants import partial
from workshop_manager.grants.costs import Limit
from workshop_manager.grants.models import (
    Application,
    Award,
    GrantCap,
    GrantConflict,
    GrantReader,
    GrantRound,
    GrantSettings,
    GrantWaiver,
    Line,
    Score,
)
from workshop_manager.grants.rules import LIVE, OPEN_TO_DECISION, OVER, STILL_HOPING, TO_SCORE
from workshop_manager.grants.states import AwardState, CostKind, State
from workshop_manager.mail.models import OutboxMail
from workshop_manager.questions.models import Answer
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import Mode as PlaceMode
from workshop_manager.registrations.states import State as PlaceState
from workshop_manager.submissions import queries as works
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops.models import Edition, ImportantDate, TeamMember
from workshop_manager.workshops.rules import MACHINE, MAY_FUNDS, MAY_GRANTS, Standing

SUBJECT = "grant_application"
"""How the history names an application."""

# -- settings, and what funds have to know --------------------------------------------------------------------------


def settings_of(session: Session, edition_id: int) -> GrantSettings:
    """What the edition says about its grants; a blank one, not in the session, if nobody has written it yet."""
    return session.get(GrantSettings, edition_id) or GrantSettings(
        edition_id=edition_id, about="", deciding="", version=1
    )


def is_fund_in_use(session: Session, fund_id: int) -> bool:
    """True once anything was proposed or given from it."""
    return session.execute(select(Award.id).where(Award.fund_id == fund_id).limit(1)).first() is not None


def is_fund_promised(session: Session, fund_id: int) -> bool:
    """True while anything is proposed, offered or accepted from it."""
    found = select(Award.id).where(Award.fund_id == fund_id, Award.state.in_(LIVE)).limit(1)
    return session.execute(found).first() is not None


def is_currency_asked(session: Session, edition_id: int, currency: str) -> bool:
    """True if applications are written in that currency."""
    written = select(Application.id).where(Application.edition_id == edition_id, Application.currency == currency)
    return session.execute(written.limit(1)).first() is not None


def proposed_by_fund(session: Session, edition_id: int, standing: Standing) -> Mapping[int, int]:
    """By fund, what is proposed from it; proposals that the viewer must not see are not in it."""
    rows = session.execute(
        select(Award.fund_id, func.sum(Award.amount))
        .join(Application, Application.id == Award.application_id)
        .where(Award.state == AwardState.PROPOSED, visible_to(edition_id, standing))
        .group_by(Award.fund_id)
    )
    return {fund_id: int(minor) for fund_id, minor in rows}


def names_of(
    session: Session, edition_id: int, standing: Standing, application_ids: Collection[int]
) -> Mapping[int, str]:
    """Whose these applications are, as far as the viewer may see them; empty for somebody who left."""
    # A command on the machine is nobody, and shows nobody a page.
    seen = Application.edition_id == edition_id if standing == MACHINE else visible_to(edition_id, standing)
    rows = session.execute(
        select(Application.id, Person.name)
        .outerjoin(Person, Person.id == Application.person_id)
        .where(Application.id.in_(application_ids), seen)
    )
    return {application_id: name or "" for application_id, name in rows}


def caps(session: Session, edition_id: int) -> Sequence[GrantCap]:
    """The most that the edition gives for each kind of cost, in every currency it says so."""
    return session.scalars(
        select(GrantCap).where(GrantCap.edition_id == edition_id).order_by(GrantCap.currency, GrantCap.kind)
    ).all()


def limits(session: Session, edition_id: int, currency: str) -> dict[CostKind, Limit]:
    """The caps in one currency, by kind of cost."""
    return {one.kind: one.limit for one in caps(session, edition_id) if one.currency == currency}


# -- the applicant's own --------------------------------------------------------------------------------------------


def _one_with_money() -> Select[Application]:
    """For one application: everything in one query; read the answer with `unique()`."""
    return select(Application).options(joinedload(Application.lines).joinedload(Line.awards))


def _with_money() -> Select[Application]:
    """For many: a query for the lines and one for their awards."""
    return select(Application).options(selectinload(Application.lines).selectinload(Line.awards))


def _counting_first() -> tuple[ColumnElement[Any], ...]:
    """Of one person's applications the one that is open between them and the committee, else that of the last round."""
    return case((Application.state.in_([State.DRAFT, *OVER]), 1), else_=0), Application.round.desc()


def has_later(session: Session, application: Application) -> bool:
    """True if the same person began another one in a later round."""
    later = aliased(Application)
    found = select(later.id).where(
        later.edition_id == application.edition_id,
        later.person_id == application.person_id,
        later.round > application.round,
    )
    return session.execute(found.limit(1)).first() is not None


def application_of(session: Session, edition_id: int, person_id: int, *, lock: bool = False) -> Application | None:
    """A person's application in an edition, of several rounds the one that counts, with lines and awards."""
    query = (
        _one_with_money()
        .where(Application.edition_id == edition_id, Application.person_id == person_id)
        .order_by(*_counting_first())
    )
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return session.execute(query).unique().scalars().first()


def state_of(session: Session, edition_id: int, person_id: int) -> State | None:
    """Where that person's application stands, or None without one."""
    return session.execute(
        select(Application.state)
        .where(Application.edition_id == edition_id, Application.person_id == person_id)
        .order_by(*_counting_first())
        .limit(1)
    ).scalar_one_or_none()


def earlier_of(session: Session, application: Application) -> Sequence[Application]:
    """The same person's applications of earlier rounds, the latest first; nothing else loaded."""
    return session.scalars(
        select(Application)
        .where(Application.edition_id == application.edition_id, Application.person_id == application.person_id)
        .where(Application.round < application.round)
        .order_by(Application.round.desc())
    ).all()


def rounds(session: Session, edition_id: int) -> Sequence[GrantRound]:
    """The rounds after the first, in order, with their dates and what these were before."""
    dates = [getattr(GrantRound, name) for name in ("opens", "due", "heard")]
    found = session.scalars(
        select(GrantRound)
        .options(*(joinedload(date).joinedload(ImportantDate.earlier) for date in dates))
        .where(GrantRound.edition_id == edition_id)
        .order_by(GrantRound.number)
    )
    return found.unique().all()


def round_names(session: Session, edition_id: int) -> Mapping[int, str]:
    """What the rounds are called, by number, in one query; empty where there is but one."""
    rows = session.execute(
        select(GrantRound.number, GrantRound.name, func.coalesce(GrantSettings.round_name, ""))
        .outerjoin(GrantSettings, GrantSettings.edition_id == GrantRound.edition_id)
        .where(GrantRound.edition_id == edition_id)
        .order_by(GrantRound.number)
    ).all()
    return {1: rows[0][2]} | {number: name for number, name, _first in rows} if rows else {}


def round_counts(session: Session, edition_id: int, standing: Standing) -> Mapping[int, int]:
    """How many applications somebody may see in each round, by its number."""
    rows = session.execute(
        select(Application.round, func.count(Application.id))
        .where(visible_to(edition_id, standing))
        .group_by(Application.round)
    )
    return {row[0]: int(row[1]) for row in rows}


def is_round_used(session: Session, edition_id: int, number: int) -> bool:
    """True once anything was begun in it."""
    begun = select(Application.id).where(Application.edition_id == edition_id, Application.round == number)
    return session.execute(begun.limit(1)).first() is not None


def find_locked(session: Session, application_id: int) -> Application | None:
    """An application whoever asks, locked, with person, lines and awards: for jobs and events."""
    return (
        session.execute(
            _one_with_money()
            .options(joinedload(Application.person))
            .where(Application.id == application_id)
            .with_for_update(of=Application)
            .execution_options(populate_existing=True)
        )
        .unique()
        .scalar_one_or_none()
    )


def of_person(session: Session, person_id: int) -> Sequence[tuple[Application, Edition]]:
    """A person's applications anywhere with lines and awards, each with edition and community; the latest first."""
    rows = session.execute(
        _one_with_money()
        .add_columns(Edition)
        .join(Edition, Edition.id == Application.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Application.person_id == person_id)
        .order_by(Application.changed_at.desc(), Application.id.desc())
        .limit(200)
    )
    return [(row[0], row[1]) for row in rows.unique()]


def ids_of_person(session: Session, person_id: int) -> Sequence[tuple[int, int]]:
    """(application, edition) ids of everything that person applied for."""
    rows = session.execute(
        select(Application.id, Application.edition_id)
        .where(Application.person_id == person_id)
        .order_by(Application.edition_id)
    )
    return [(row[0], row[1]) for row in rows]


def scores_by(session: Session, person_id: int) -> Sequence[Score]:
    """What that person wrote about applications, anywhere."""
    return session.scalars(select(Score).where(Score.person_id == person_id)).all()


def scores_of(session: Session, application_id: int) -> Sequence[Score]:
    """All scores of an application, with the people who gave them."""
    return session.scalars(
        select(Score)
        .outerjoin(Score.person)
        .options(contains_eager(Score.person))
        .where(Score.application_id == application_id)
        .order_by(Score.id)
    ).all()


def overdue(session: Session, now: datetime, most: int = 100) -> Sequence[tuple[int, int]]:
    """(application, edition) ids of offers that nobody answered in time, the oldest first."""
    rows = session.execute(
        select(Application.id, Application.edition_id)
        .where(Application.state == State.OFFERED, Application.accept_by < now)
        .order_by(Application.accept_by)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def applicants_among(session: Session, edition_id: int, submission_id: int) -> Sequence[int]:
    """Ids of applications that were handed in by people of that submission."""
    people = union(
        select(Submission.submitter_id).where(Submission.id == submission_id),
        select(Author.person_id).where(Author.submission_id == submission_id),
    ).subquery()
    return session.scalars(
        select(Application.id)
        .where(Application.edition_id == edition_id, Application.state != State.DRAFT)
        .where(Application.person_id.in_(select(people.c[0])))
        .order_by(Application.id)
    ).all()


# -- the committee --------------------------------------------------------------------------------------------------


def visible_to(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """Which applications of the edition somebody may read at the desk.

    No drafts; nothing of one's own, nor anything in conflict of interest (see `partial`): to them it does not exist,
    in counts neither.
    """
    if not standing.may(MAY_GRANTS) or standing.person_id is None:
        return false()
    return and_(
        Application.edition_id == edition_id,
        Application.state != State.DRAFT,
        not_(partial.not_for(standing.person_id, edition_id)),
    )


def ids_seen(edition_id: int, standing: Standing) -> Select[int]:
    """The ids of those."""
    return select(Application.id).where(visible_to(edition_id, standing))


def known_to(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """As `visible_to`, where it would tell who asks: readers who must not learn that see nothing before the answer."""
    seen = visible_to(edition_id, standing)
    if standing.may(MAY_FUNDS):
        return seen
    blind = exists().where(GrantSettings.edition_id == edition_id, GrantSettings.is_blind.is_(True))
    return and_(seen, or_(Application.released_at.is_not(None), not_(blind)))


def hidden_mails(person_id: int) -> ColumnElement[bool]:
    """Mails about grants that this person must not read at the desk, for the reasons of `visible_to`."""
    mine, theirs = partial.stands_for(), partial.involved()
    each = [
        select(Application.edition_id, Application.person_id).where(Application.person_id == person_id),
        select(Application.edition_id, Application.person_id)
        .join(GrantConflict, GrantConflict.application_id == Application.id)
        .where(GrantConflict.person_id == person_id),
        select(theirs.c.edition_id, theirs.c.person_id)
        .join(mine, mine.c.submission_id == theirs.c.submission_id)
        .where(mine.c.person_id == person_id),
    ]
    for why, pairs in people.pairs(lambda column: column == person_id):
        found = select(Application.edition_id, Application.person_id).where(
            Application.person_id.in_(pairs.with_only_columns(pairs.selected_columns[1]))
        )
        waived = select(GrantWaiver.application_id).where(GrantWaiver.person_id == person_id)
        each.append(found if why in people.HARD else found.where(Application.id.not_in(waived)))
    too_close = union(*each)
    whose = tuple_(OutboxMail.edition_id, func.coalesce(OutboxMail.person_id, 0))
    return and_(
        or_(*(OutboxMail.template.startswith(one) for one in ("grants/", "grantreview/"))), whose.in_(too_close)
    )


def find_at_desk(
    session: Session, edition_id: int, standing: Standing, application_id: int, *, lock: bool = False
) -> Application | None:
    """An application for the committee, with person, lines, awards, and answers with their questions."""
    query = (
        _one_with_money()
        .options(joinedload(Application.person), joinedload(Application.answers).joinedload(Answer.question))
        .where(Application.id == application_id, visible_to(edition_id, standing))
    )
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return session.execute(query).unique().scalar_one_or_none()


class Show:
    """What the committee's list is narrowed to; the values stand in addresses."""

    ALL = "all"
    MINE = "mine"
    OPEN = "open"
    PENDING = "pending"
    OFFERED = "offered"
    PAPERLESS = "paperless"
    EVERY = (ALL, MINE, OPEN, PENDING, OFFERED, PAPERLESS)


PAPER_GONE = (WorkState.WITHDRAWN, WorkState.DECLINED, WorkState.REJECTED)


def paperless(edition_id: int, viewer_id: int) -> ColumnElement[bool]:
    """Applications by people of submissions that all left or were turned down; of those the viewer may know of."""

    def by_state(condition: ColumnElement[bool]) -> Select[int]:
        involved = partial.involved(edition_id)
        return (
            select(involved.c.person_id)
            .join(Submission, Submission.id == involved.c.submission_id)
            .where(condition, works.not_kept_from(viewer_id))
        )

    gone = Submission.state.in_(PAPER_GONE)
    still = Submission.state.not_in([*PAPER_GONE, WorkState.DRAFT])
    return and_(Application.person_id.in_(by_state(gone)), Application.person_id.not_in(by_state(still)))


def _narrowed(show: str, me: int, edition_id: int = 0) -> ColumnElement[bool]:
    if show == Show.PAPERLESS:
        return and_(Application.state.not_in([State.DRAFT, *OVER]), paperless(edition_id, me))
    mine = and_(
        Application.state.in_(TO_SCORE),
        not_(exists().where(Score.application_id == Application.id, Score.person_id == me)),
        _asked_of(me),
    )
    conditions: dict[str, ColumnElement[bool]] = {
        Show.ALL: Application.state != State.DRAFT,
        Show.MINE: mine,
        Show.OPEN: and_(Application.state.in_(OPEN_TO_DECISION), Application.verdict.is_(None)),
        Show.PENDING: Application.verdict.is_not(None),
        Show.OFFERED: Application.state.in_([State.OFFERED, State.ACCEPTED]),
    }
    return conditions[show]


def of_round(number: int) -> ColumnElement[bool]:
    """Applications of that round; 0: of all."""
    return Application.round == number if number else true()


def list_counts(session: Session, edition_id: int, standing: Standing, number: int = 0) -> dict[str, int]:
    """How many applications of a round (0: of all) each narrowing of the list holds, in one query."""
    me = standing.person_id or 0
    row = session.execute(
        select(
            *(func.coalesce(func.sum(case((_narrowed(show, me, edition_id), 1), else_=0)), 0) for show in Show.EVERY)
        ).where(visible_to(edition_id, standing), of_round(number))
    ).one()
    return {show: int(found) for show, found in zip(Show.EVERY, row, strict=True)}


@dataclass(frozen=True, slots=True)
class Ranked:
    """An application in the ranked list: `average` of `scores` scores, None without one."""

    application: Application
    rank: int
    average: float | None
    scores: int
    own_score: float | None


def ranked(
    session: Session,
    edition_id: int,
    standing: Standing,
    show: str = Show.ALL,
    *,
    number: int = 0,
    offset: int = 0,
    most: int | None = None,
    ids: Collection[int] | Select[int] | None = None,
) -> list[Ranked]:
    """The committee's list by average score, the best first, with the applicants; ranks count all that one may see
    of a round (0: of all rounds).

    What was withdrawn comes last. Lines and awards are not loaded: `lines_of` gives those of a page.
    """
    me = standing.person_id or 0
    means = (
        select(
            Score.application_id.label("id"),
            func.avg(cast(Score.score, Float)).label("average"),
            func.count(Score.id).label("scores"),
            func.max(case((Score.person_id == me, Score.score))).label("own"),
        )
        .group_by(Score.application_id)
        .subquery()
    )
    out = case((Application.state == State.WITHDRAWN, 1), else_=0)
    order = (out, func.coalesce(means.c.average, 0).desc(), Application.submitted_at, Application.id)
    places = (
        select(
            Application.id.label("id"),
            func.row_number().over(order_by=order).label("rank"),
            means.c.average,
            func.coalesce(means.c.scores, 0).label("scores"),
            means.c.own,
        )
        .outerjoin(means, means.c.id == Application.id)
        .where(visible_to(edition_id, standing), of_round(number))
        .subquery()
    )
    query = (
        select(Application, places.c.rank, places.c.average, places.c.scores, places.c.own)
        .join(places, places.c.id == Application.id)
        .outerjoin(Application.person)
        .options(contains_eager(Application.person))
        .where(_narrowed(show, me, edition_id))
        .order_by(places.c.rank)
        .offset(offset)
        .limit(most)
    )
    if ids is not None:
        query = query.where(Application.id.in_(ids))
    return [Ranked(*row) for row in session.execute(query)]


def rank_of(session: Session, edition_id: int, standing: Standing, application_id: int) -> Ranked | None:
    """The place of one application among all that the viewer may see."""
    found = ranked(session, edition_id, standing, ids=[application_id])
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class LineFigures:
    """A line in a list: what was asked, and the award that is proposed, offered or accepted, with its fund's name."""

    kind: CostKind
    asked: int
    award: int | None
    fund: str | None
    state: AwardState | None


def lines_of(session: Session, application_ids: Collection[int]) -> Mapping[int, list[LineFigures]]:
    """The lines of these applications in their order, by application, in one query."""
    found: dict[int, list[LineFigures]] = defaultdict(list)
    if not application_ids:
        return found
    rows = session.execute(
        select(Line.application_id, Line.kind, Line.asked, Award.amount, Fund.name, Award.state)
        .outerjoin(Award, and_(Award.line_id == Line.id, Award.state.in_(LIVE)))
        .outerjoin(Fund, Fund.id == Award.fund_id)
        .where(Line.application_id.in_(application_ids))
        .order_by(Line.application_id, Line.position)
    )
    for application_id, kind, asked, award, fund, state in rows:
        found[application_id].append(LineFigures(kind, asked, award, fund, state))
    return found


def pending(
    session: Session, edition_id: int, standing: Standing, ids: Collection[int] | None = None, *, lock: bool = False
) -> Sequence[Application]:
    """Everything decided and not released that the viewer may see, with people, lines and awards."""
    query = (
        _with_money()
        .options(selectinload(Application.person))
        .where(visible_to(edition_id, standing), Application.verdict.is_not(None))
        .order_by(Application.id)
    )
    if ids is not None:
        query = query.where(Application.id.in_(ids))
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return session.scalars(query).all()


def by_score(session: Session, application_ids: Collection[int]) -> list[int]:
    """These applications, the best average first; of equal ones who handed in first."""
    means = (
        select(Score.application_id.label("id"), func.avg(cast(Score.score, Float)).label("average"))
        .group_by(Score.application_id)
        .subquery()
    )
    return list(
        session.scalars(
            select(Application.id)
            .outerjoin(means, means.c.id == Application.id)
            .where(Application.id.in_(application_ids))
            .order_by(func.coalesce(means.c.average, 0).desc(), Application.submitted_at, Application.id)
        )
    )


def last_waitlist_number(session: Session, edition_id: int) -> int:
    """The last place that somebody was told; 0 if nobody was."""
    query = select(func.max(Application.waitlist_number)).where(Application.edition_id == edition_id)
    return int(session.scalar(query) or 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an application's history."""

    at: datetime
    action: str
    actor: str | None
    details: Mapping[str, object]


def history_of(session: Session, application_id: int, viewer_id: int | None = None) -> list[Entry]:
    """What happened to an application, the latest first, with the names of those who did it.

    For somebody at a desk (`viewer_id`) without what befell submissions in which they have a conflict of interest.
    """
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.action, Person.name, AuditEntry.details)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.subject == SUBJECT, AuditEntry.subject_id == application_id)
        .order_by(AuditEntry.id.desc())
        .limit(100)
    )
    found = [Entry(*row) for row in rows]
    named = {number for one in found if isinstance(number := one.details.get("submission"), int)}
    if viewer_id is None or not named:
        return found
    known = set(session.scalars(select(Submission.id).where(Submission.id.in_(named), works.not_kept_from(viewer_id))))
    return [one for one in found if "submission" not in one.details or one.details["submission"] in known]


# -- what is computed and never asked -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What an applicant is in a submission. It does not say in which: the committee need not know."""

    state: WorkState
    is_presenter: bool


def parts_of(
    session: Session, edition_id: int, person_ids: Collection[int], viewer_id: int | None = None
) -> Mapping[int, list[Part]]:
    """Parts in submissions of the edition by person, drafts left out, in one query; presenting is computed.

    For somebody at a desk (`viewer_id`) without those in which they have a conflict of interest.
    """
    found: dict[int, list[Part]] = defaultdict(list)
    if not person_ids:
        return found
    involved = partial.involved(edition_id)
    presents = exists().where(
        Author.submission_id == Submission.id,
        Author.person_id == involved.c.person_id,
        Author.is_presenter.is_(True),
    )
    rows = session.execute(
        select(involved.c.person_id, Submission.state, presents)
        .join(Submission, Submission.id == involved.c.submission_id)
        .where(involved.c.person_id.in_(person_ids), Submission.state != WorkState.DRAFT)
        .where(works.not_kept_from(viewer_id) if viewer_id is not None else true())
        .order_by(Submission.number)
    )
    for person_id, state, is_presenter in rows:
        found[person_id].append(Part(state, is_presenter))
    return found


@dataclass(frozen=True, slots=True)
class Seat:
    """An applicant's registration."""

    state: PlaceState
    kind: str
    mode: PlaceMode
    letter: str = ""
    """How far the letter of invitation is: requested, issued or declined; empty without one."""

    @property
    def is_coming(self) -> bool:
        """To the room: only then a visa is of interest."""
        return self.mode is not PlaceMode.VIRTUAL and self.state is not PlaceState.CANCELLED


Letters = Callable[[], ColumnElement[Any]]
_letters: list[Letters] = []


def register_letters(stage: Letters) -> None:
    """Say how far a letter of invitation is, as a column for a registration of the query: letters live elsewhere."""
    if stage not in _letters:
        _letters.append(stage)


def seats_of(session: Session, edition_id: int, person_ids: Collection[int]) -> Mapping[int, Seat]:
    """Registrations in the edition by person, with their letters of invitation, in one query."""
    if not person_ids:
        return {}
    letter = _letters[0]() if _letters else literal("")
    rows = session.execute(
        select(Registration.person_id, Registration.state, RegistrationKind.name, RegistrationKind.mode, letter)
        .join(RegistrationKind, RegistrationKind.id == Registration.kind_id)
        .where(Registration.edition_id == edition_id, Registration.person_id.in_(person_ids))
    )
    return {
        person: Seat(state, kind, mode, stage or "") for person, state, kind, mode, stage in rows if person is not None
    }


# -- for the dashboard ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in one currency (minor units): what was asked for, what the funds hold, what is offered and accepted."""

    currency: str
    asked: int = 0
    amount: int = 0
    offered: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """An edition's grants in numbers. `unread` counts by person what they have yet to score."""

    applications: int
    people_offered: int
    people_accepted: int
    pending: int
    totals: tuple[Totals, ...]
    unread: Mapping[int, int] = field(default_factory=dict)


def summary(session: Session, edition_id: int, standing: Standing | None = None) -> Summary:
    """Numbers for the desk, in four queries; with a standing only of what that person may see there.

    Whoever keeps the books reads the ledger's sums of what is offered and accepted; others, as in the bars, their own.
    """
    seen = (
        and_(Application.edition_id == edition_id, Application.state.not_in([State.DRAFT, State.WITHDRAWN]))
        if standing is None
        else and_(visible_to(edition_id, standing), Application.state != State.WITHDRAWN)
    )
    counts = session.execute(
        select(
            func.count(Application.id),
            func.coalesce(func.sum(case((Application.state == State.OFFERED, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Application.state == State.ACCEPTED, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Application.verdict.is_not(None), 1), else_=0)), 0),
        ).where(seen)
    ).one()
    asked = session.execute(
        select(Application.currency, func.sum(Line.asked))
        .join(Line, Line.application_id == Application.id)
        .where(seen)
        .group_by(Application.currency)
    )
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for currency, minor in asked:
        sums[currency]["asked"] = int(minor)
    for currency, amount, offered, accepted in _money_by_currency(session, edition_id, standing):
        sums[currency] |= {"amount": amount, "offered": offered, "accepted": accepted}
    totals = tuple(Totals(currency, **values) for currency, values in sorted(sums.items()))
    return Summary(
        applications=int(counts[0]),
        people_offered=int(counts[1]),
        people_accepted=int(counts[2]),
        pending=int(counts[3]),
        totals=totals,
        unread=unread_by_member(session, edition_id),
    )


def _money_by_currency(session: Session, edition_id: int, standing: Standing | None) -> list[tuple[str, int, int, int]]:
    of = None if standing is None or standing.may(MAY_FUNDS) else [ids_seen(edition_id, standing)]
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for fund, balance in fund_rows.with_balances(session, edition_id, of=of):
        given = (balance.held, balance.offered, balance.accepted + balance.claimed + balance.paid)
        sums[fund.currency] = [have + more for have, more in zip(sums[fund.currency], given, strict=True)]
    return [(currency, held, offered, accepted) for currency, (held, offered, accepted) in sums.items()]


def committee(session: Session, edition_id: int) -> Sequence[Person]:
    """Everybody who may judge applications of the edition, by name."""
    here = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(MAY_GRANTS))
    return session.scalars(select(Person).where(Person.id.in_(here)).order_by(func.lower(Person.name), Person.id)).all()


def unread_by_member(session: Session, edition_id: int) -> dict[int, int]:
    """How many applications each member of the committee may read and has not scored; without those at zero."""
    members = (
        select(TeamMember.person_id.label("id"))
        .where(TeamMember.edition_id == edition_id, TeamMember.role.in_(MAY_GRANTS))
        .distinct()
        .subquery()
    )
    apart = partial.apart(lambda column: column.in_(select(members.c.id)), edition_id)
    rows = session.execute(
        select(members.c.id, func.count(Application.id))
        .join(Application, and_(Application.edition_id == edition_id, Application.state.in_(TO_SCORE)))
        .outerjoin(Score, and_(Score.application_id == Application.id, Score.person_id == members.c.id))
        .outerjoin(apart, and_(apart.c.application == Application.id, apart.c.judge == members.c.id))
        .where(Score.id.is_(None), apart.c.judge.is_(None), _asked_of(members.c.id))
        .group_by(members.c.id)
    )
    return {member: int(number) for member, number in rows}


def _asked_of(person: Any) -> ColumnElement[bool]:
    """They are to read it: somebody asked them, or nobody is asked to read anything in that edition yet."""
    asked = exists().where(GrantReader.application_id == Application.id, GrantReader.person_id == person)
    other = aliased(Application)
    given_out = (
        exists()
        .where(GrantReader.application_id == other.id, other.edition_id == Application.edition_id)
        .correlate(Application)
    )
    return or_(asked, not_(given_out))


def unread_of(session: Session, person_id: int, sits_on: Collection[int]) -> dict[int, int]:
    """How many applications wait for the score of somebody, in each edition on whose committee they are."""
    rows = session.execute(
        select(Application.edition_id, func.count(Application.id))
        .where(Application.edition_id.in_(sits_on), not_(partial.hidden_from(person_id, sits_on)))
        .where(_narrowed(Show.MINE, person_id))
        .group_by(Application.edition_id)
    )
    return {edition: int(number) for edition, number in rows}


def grantees(edition_id: int) -> Select[int | None]:
    """The ids of those with a travel grant, offered or accepted: registration may keep seats for them."""
    return select(Application.person_id).where(
        Application.edition_id == edition_id, Application.state.in_([State.OFFERED, State.ACCEPTED])
    )


def offered_ids(session: Session, edition_id: int) -> Sequence[int]:
    """Applications with an offer that nobody has answered."""
    return session.scalars(
        select(Application.id)
        .where(Application.edition_id == edition_id, Application.state == State.OFFERED)
        .order_by(Application.id)
    ).all()


def hoping(session: Session, edition_id: int) -> Sequence[Person]:
    """Everybody with a grant, an offer (also one that ended), or an application that is not answered no."""
    return session.scalars(
        select(Person)
        .join(Application, Application.person_id == Person.id)
        .where(Application.edition_id == edition_id, Application.state.in_(STILL_HOPING))
        .order_by(Application.id)
    ).all()
