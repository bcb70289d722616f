"""Who must not judge which application: the rules of reviewing, asked of people instead of works.

What is found by comparing (wrote together, same domain or affiliation) another organiser can lift for one application;
one's own application, a shared submission of the edition and anybody's own word stay.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, func, literal, not_, or_, select, union, union_all
from sqlalchemy.orm import Session, aliased

from workshop_manager.conflicts import people
from workshop_manager.conflicts.people import HARD, SOFT, Who
from workshop_manager.conflicts.states import Why
from workshop_manager.grants.models import Application, GrantConflict, GrantWaiver
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import State as WorkState

_CLAIMED = (WorkState.DRAFT, WorkState.WITHDRAWN)
"""Anybody can write anybody's address into a draft, unseen: that alone takes no application away from the committee."""
ORDER = (Why.OWN, Why.DECLARED, Why.AUTHOR, Why.ADDRESS, Why.STATED, Why.COAUTHOR, Why.DOMAIN, Why.AFFILIATION)
"""The strongest first."""


def involved(edition_id: int | None = None) -> Subquery:
    """(edition, submission, person) for everybody with a part in a submission of the edition, drafts included."""
    where = [] if edition_id is None else [Submission.edition_id == edition_id]
    return union(
        select(
            Submission.edition_id, Submission.id.label("submission_id"), Submission.submitter_id.label("person_id")
        ).where(Submission.submitter_id.is_not(None), *where),
        select(Submission.edition_id, Author.submission_id, Author.person_id)
        .join(Submission, Submission.id == Author.submission_id)
        .where(Author.person_id.is_not(None), *where),
    ).subquery()


def stands_for(edition_id: int | None = None) -> Subquery:
    """(edition, submission, person) for what makes somebody partial: what they began, and what names them and is in.

    Whoever is named against their will hears of it by mail when it is handed in, and can take it back.
    """
    where = [] if edition_id is None else [Submission.edition_id == edition_id]
    return union(
        select(
            Submission.edition_id, Submission.id.label("submission_id"), Submission.submitter_id.label("person_id")
        ).where(Submission.submitter_id.is_not(None), *where),
        select(Submission.edition_id, Author.submission_id, Author.person_id)
        .join(Submission, Submission.id == Author.submission_id)
        .where(Author.person_id.is_not(None), Submission.state.not_in(_CLAIMED), *where),
    ).subquery()


def _partners(who: Who, edition_id: int) -> Select[tuple[int | None, int | None]]:
    """(judge, person) who have a part in one submission of the edition."""
    mine, theirs = stands_for(edition_id), involved(edition_id)
    return (
        select(mine.c.person_id, theirs.c.person_id)
        .join(theirs, theirs.c.submission_id == mine.c.submission_id)
        .where(who(mine.c.person_id), theirs.c.person_id != mine.c.person_id)
    )


def not_for(me: int, edition_id: int) -> ColumnElement[bool]:
    """Applications of the edition that this person must not judge, nor know of."""
    found: dict[bool, list[Select[int]]] = {True: [], False: []}
    who: Who = lambda column: column == me  # noqa: E731
    for why, pairs in people.pairs(who, edition_id):
        found[why in SOFT].append(pairs.with_only_columns(pairs.selected_columns[1]))
    partners = _partners(who, edition_id)
    hard = union(partners.with_only_columns(partners.selected_columns[1]), *found[False])
    waived = select(GrantWaiver.application_id).where(GrantWaiver.person_id == me)
    declared = select(GrantConflict.application_id).where(GrantConflict.person_id == me)
    # An application whose person is gone belongs to nobody; NULL IN (…) would hide it.
    whose = func.coalesce(Application.person_id, 0)
    return or_(
        whose == me,
        Application.id.in_(declared),
        whose.in_(select(hard.subquery().c[0])),
        and_(whose.in_(select(union(*found[True]).subquery().c[0])), Application.id.not_in(waived)),
    )


def _every(who: Who, edition_id: int) -> Subquery:
    """(application, judge, rank of the reason) of every pair found, lifted or not."""
    at = aliased(Application)
    each = [
        select(at.id.label("application"), GrantConflict.person_id.label("judge"), _rank(Why.DECLARED))
        .join(GrantConflict, GrantConflict.application_id == at.id)
        .where(at.edition_id == edition_id, who(GrantConflict.person_id)),
        select(at.id, at.person_id, _rank(Why.OWN)).where(at.edition_id == edition_id, who(at.person_id)),
    ]
    for why, pairs in ((Why.AUTHOR, _partners(who, edition_id)), *people.pairs(who, edition_id)):
        held = pairs.with_only_columns(
            pairs.selected_columns[0].label("judge"), pairs.selected_columns[1].label("person")
        ).subquery()
        each.append(
            select(at.id, held.c.judge, _rank(why))
            .join(held, held.c.person == at.person_id)
            .where(at.edition_id == edition_id)
        )
    return union_all(*each).subquery()


def _rank(why: Why) -> ColumnElement[int]:
    return literal(ORDER.index(why)).label("rank")


def apart(who: Who, edition_id: int) -> Subquery:
    """(application, judge, rank) of every pair that is kept apart, with its strongest reason."""
    hits = _every(who, edition_id)
    is_soft = hits.c.rank.in_([ORDER.index(why) for why in SOFT])
    lifted = select(GrantWaiver.person_id).where(
        GrantWaiver.application_id == hits.c.application, GrantWaiver.person_id == hits.c.judge
    )
    return (
        select(hits.c.application, hits.c.judge, func.min(hits.c.rank).label("rank"))
        .where(or_(not_(is_soft), not_(lifted.exists())))
        .group_by(hits.c.application, hits.c.judge)
        .subquery()
    )


def against(
    session: Session, edition_id: int, judge_ids: Iterable[int], application_ids: Iterable[int] | None = None
) -> dict[tuple[int, int], Why]:
    """(application, judge) → the strongest reason that keeps them apart, among these (one query)."""
    judges = list(judge_ids)
    kept = apart(lambda column: column.in_(judges), edition_id)
    query = select(kept)
    if application_ids is not None:
        query = query.where(kept.c.application.in_(list(application_ids)))
    return {(application, judge): ORDER[rank] for application, judge, rank in session.execute(query)}


def lifted(session: Session, application_id: int) -> dict[int, GrantWaiver]:
    """By judge, what an organiser looked at and lifted."""
    rows = session.scalars(select(GrantWaiver).where(GrantWaiver.application_id == application_id))
    return {row.person_id: row for row in rows}


def hidden_from(me: int, edition_ids: Iterable[int]) -> ColumnElement[bool]:
    """Applications that this person must not know of, in any of these editions."""
    each = [and_(Application.edition_id == one, not_for(me, one)) for one in edition_ids]
    return or_(*each) if each else false()


def may_lift(why: Why) -> bool:
    """What was only found by comparing."""
    return why in SOFT and why not in HARD
