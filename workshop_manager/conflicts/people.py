"""Who must not judge which person, as with works: stated by either, wrote together, same address, domain, affiliation.

For what is not a work: an application for a grant, say. Keys are compared as `queries.py` compares them; what a package
asks besides, such as a conflict declared about one application, it adds itself.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from workshop_manager.conflicts.models import AuthorKey, PersonKey, Statement, StatementKey
from workshop_manager.conflicts.states import KeyKind, Why
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition

Who = Callable[[Any], ColumnElement[bool]]
"""Which judges are asked about, as a condition on a column with their ids."""
Pairs = Select[*tuple[Any, ...]]
"""Rows of (judge, person)."""

HARD = frozenset({Why.ADDRESS, Why.STATED})
"""Somebody's own word, or the person themselves: nobody else lifts it."""
SOFT = frozenset({Why.COAUTHOR, Why.DOMAIN, Why.AFFILIATION})
"""Found by comparing: another may look at it and know better."""

_CLAIMED = (State.DRAFT, State.WITHDRAWN)
"""Anybody can write anybody's address into a draft, unseen, or hand it in and withdraw it: that alone says nothing."""
_SAME = ((Why.ADDRESS, KeyKind.ADDRESS), (Why.DOMAIN, KeyKind.DOMAIN), (Why.AFFILIATION, KeyKind.AFFILIATION))
_mine, _theirs = aliased(PersonKey), aliased(PersonKey)
_own, _other = aliased(Author), aliased(Author)
_own_key, _typed = aliased(PersonKey), aliased(AuthorKey)


def _same(kind: KeyKind, who: Who) -> Pairs:
    match = and_(_theirs.kind == _mine.kind, _theirs.key == _mine.key, _theirs.person_id != _mine.person_id)
    return (
        select(_mine.person_id, _theirs.person_id).join(_theirs, match).where(who(_mine.person_id), _mine.kind == kind)
    )


def _stated(who: Who, edition_id: int | None) -> list[Pairs]:
    """What the judge said of the person, and the person of the judge, as long as it counts in that edition."""
    match = and_(_theirs.kind == StatementKey.kind, _theirs.key == StatementKey.key)
    match = and_(match, _theirs.person_id != StatementKey.person_id)
    rows = select(StatementKey.person_id, _theirs.person_id).join(_theirs, match)
    if edition_id is not None:
        starts = select(Edition.starts_at).where(Edition.id == edition_id).scalar_subquery()
        rows = rows.join(Statement, Statement.id == StatementKey.statement_id)
        rows = rows.where(or_(Statement.counts_until.is_(None), starts < Statement.counts_until))
    by_judge = rows.where(who(StatementKey.person_id))
    by_person = rows.where(who(_theirs.person_id)).with_only_columns(_theirs.person_id, StatementKey.person_id)
    return [by_judge, by_person]


def _together(who: Who) -> Iterator[Pairs]:
    """Whoever wrote something with the judge that is in here, in whichever edition, by account or address."""
    mine = (
        select(_own.submission_id.label("work"), _own.person_id.label("judge")).where(who(_own.person_id)),
        select(_typed.submission_id, _own_key.person_id)
        .join(_own_key, and_(_own_key.key == _typed.key, _own_key.kind == _typed.kind))
        .where(who(_own_key.person_id), _own_key.kind == KeyKind.ADDRESS),
    )
    held = union_all(*mine).subquery()
    in_it = exists().where(Submission.id == held.c.work, Submission.state.not_in(_CLAIMED))
    yield (
        select(held.c.judge, _other.person_id)
        .join(_other, _other.submission_id == held.c.work)
        .where(in_it, _other.person_id.is_not(None), _other.person_id != held.c.judge)
    )
    there = aliased(AuthorKey)
    yield (
        select(held.c.judge, _theirs.person_id)
        .join(there, there.submission_id == held.c.work)
        .join(_theirs, and_(_theirs.key == there.key, _theirs.kind == there.kind))
        .where(in_it, there.kind == KeyKind.ADDRESS, _theirs.person_id != held.c.judge)
    )


def pairs(who: Who, edition_id: int | None = None) -> Iterator[tuple[Why, Pairs]]:
    """For each reason the (judge, person) pairs it keeps apart; without an edition what was stated counts for ever."""
    for why, kind in _SAME:
        yield why, _same(kind, who)
    for stated in _stated(who, edition_id):
        yield Why.STATED, stated
    for together in _together(who):
        yield Why.COAUTHOR, together
