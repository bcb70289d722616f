"""Every select of this package; each says what it loads.

A conflict is found by comparing keys (`keys.py`) that follow what is typed, so nothing here is ever a stale copy. Each
reason is one or a few selects of `Hit`s over whichever people are asked about; `rules.found` says the same in plain
values, and tests compare the two on random worlds.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased, contains_eager

from workshop_manager.accounts.models import Person
from workshop_manager.conflicts.models import (
    AuthorKey,
    DeclaredConflict,
    Opposed,
    OpposedKey,
    PersonKey,
    Statement,
    StatementKey,
    Waiver,
)
from workshop_manager.conflicts.rules import CAN_BE_WAIVED, ORDER, Key
from workshop_manager.conflicts.states import KeyKind, Why
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.rules import MAY_DECIDE, Standing
from workshop_manager.workshops.states import Role

Who = Callable[[Any], ColumnElement[bool]]
"""Which people are asked about, as a condition on a column with their ids."""
Works = Callable[[Any], ColumnElement[bool]]
"""Which submissions, likewise."""
Hits = Select[*tuple[Any, ...]]
"""Rows of (submission, person, author, key): the last two say by what, as far as there is something to say."""

REVIEWS = frozenset({Role.REVIEWER, Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR, Role.OWNER, Role.ORGANISER})
"""Whoever may come to judge: conflicts of others in a team concern nobody."""
_PERSON, _KIND, _KEY = "person", "kind", "key"
# Made once: an alias costs more than the rest of a statement, and these stand in many.
_me, _fellow, _theirs = aliased(Author), aliased(Author), aliased(Author)
_own_key, _my_key, _account_key = aliased(PersonKey), aliased(PersonKey), aliased(PersonKey)
_typed, _address_there, _again = aliased(AuthorKey), aliased(AuthorKey), aliased(AuthorKey)
_work = aliased(Submission)


# -- the reasons --------------------------------------------------------------------------------------------------


def _own(who: Who) -> list[Hits]:
    return [select(Submission.id, Submission.submitter_id, null(), null()).where(who(Submission.submitter_id))]


def _author(who: Who) -> list[Hits]:
    return [select(Author.submission_id, Author.person_id, Author.id, null()).where(who(Author.person_id))]


def _declared(who: Who) -> list[Hits]:
    declared = select(DeclaredConflict.submission_id, DeclaredConflict.person_id, null(), null())
    return [declared.where(who(DeclaredConflict.person_id))]


def _shared(held: FromClause, *conditions: ColumnElement[bool]) -> list[Hits]:
    """Works of whose authors one has a key that somebody holds: as it was typed, or as their account has it."""
    typed = select(AuthorKey.submission_id, held.c[_PERSON], AuthorKey.author_id, AuthorKey.key).where(
        AuthorKey.kind == held.c[_KIND], AuthorKey.key == held.c[_KEY], *conditions
    )
    by_account = (
        select(Author.submission_id, held.c[_PERSON], Author.id, _account_key.key)
        .join(_account_key, _account_key.person_id == Author.person_id)
        .where(_account_key.kind == held.c[_KIND], _account_key.key == held.c[_KEY], *conditions)
    )
    return [typed, by_account]


def _with_own(kind: KeyKind) -> Callable[[Who], list[Hits]]:
    def hits(who: Who) -> list[Hits]:
        held = (
            select(PersonKey.person_id.label(_PERSON), PersonKey.kind.label(_KIND), PersonKey.key.label(_KEY))
            .where(who(PersonKey.person_id), PersonKey.kind == kind)
            .subquery()
        )
        return _shared(held)

    return hits


def _stated(who: Who) -> list[Hits]:
    held = (
        select(
            StatementKey.person_id.label(_PERSON),
            StatementKey.kind.label(_KIND),
            StatementKey.key.label(_KEY),
            Statement.counts_until.label("until"),
        )
        .join(Statement, Statement.id == StatementKey.statement_id)
        .where(who(StatementKey.person_id))
        .subquery()
    )
    found = []
    for hits in _shared(held):
        column = hits.selected_columns[0]
        later = or_(held.c.until.is_(None), Edition.starts_at < held.c.until)
        found.append(hits.join(_work, _work.id == column).join(Edition, Edition.id == _work.edition_id).where(later))
    return found


def _named(who: Who) -> list[Hits]:
    same = and_(PersonKey.kind == OpposedKey.kind, PersonKey.key == OpposedKey.key)
    return [
        select(OpposedKey.submission_id, PersonKey.person_id, null(), OpposedKey.key)
        .join(PersonKey, same)
        .where(who(PersonKey.person_id))
    ]


def _coauthor(who: Who) -> list[Hits]:
    """Works of somebody with whom they wrote anything that was handed in here, in whichever edition.

    Plain joins, so that a database can begin at the person as well as at the work.
    """
    by_account = select(_me.submission_id, _me.person_id).where(who(_me.person_id))
    by_address = (
        select(_typed.submission_id, _own_key.person_id)
        .join(_own_key, and_(_own_key.key == _typed.key, _own_key.kind == _typed.kind))
        .where(who(_own_key.person_id), _own_key.kind == KeyKind.ADDRESS)
    )
    return [
        *_of_fellows(by_account, _me.submission_id, _me.person_id),
        *_of_fellows(by_address, _typed.submission_id, _own_key.person_id),
    ]


def _of_fellows(mine: Hits, together: Any, person: Any) -> list[Hits]:
    """Works of those who wrote `together` with a person, known by their account or by an address that is not theirs."""
    handed_in = mine.join(Submission, Submission.id == together).where(Submission.submitted_at.is_not(None))
    accounts = (
        handed_in.join(_fellow, _fellow.submission_id == together)
        .join(_theirs, _theirs.person_id == _fellow.person_id)
        .where(_fellow.person_id != person)
        .with_only_columns(_theirs.submission_id, person, _theirs.id, null())
    )
    there, again, held = _address_there, _again, _account_key
    is_mine = exists().where(_my_key.person_id == person, _my_key.kind == KeyKind.ADDRESS, _my_key.key == there.key)
    with_address = handed_in.join(there, there.submission_id == together).where(there.kind == KeyKind.ADDRESS, ~is_mine)
    typed = with_address.join(again, and_(again.key == there.key, again.kind == there.kind)).with_only_columns(
        again.submission_id, person, again.author_id, again.key
    )
    by_account = (
        with_address.join(held, and_(held.key == there.key, held.kind == there.kind))
        .join(_theirs, _theirs.person_id == held.person_id)
        .with_only_columns(_theirs.submission_id, person, _theirs.id, held.key)
    )
    return [accounts, typed, by_account]


_REASONS: dict[Why, Callable[[Who], list[Hits]]] = {
    Why.OWN: _own,
    Why.AUTHOR: _author,
    Why.ADDRESS: _with_own(KeyKind.ADDRESS),
    Why.DECLARED: _declared,
    Why.STATED: _stated,
    Why.NAMED: _named,
    Why.COAUTHOR: _coauthor,
    Why.DOMAIN: _with_own(KeyKind.DOMAIN),
    Why.AFFILIATION: _with_own(KeyKind.AFFILIATION),
}


def _is(person_id: int) -> Who:
    return lambda column: column == person_id


def _judges_in(edition_id: int) -> Who:
    members = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWS))
    return lambda column: column.in_(members)


@lru_cache(maxsize=128)
def conflicted(person_id: int) -> Select[tuple[int]]:
    """Ids of submissions this person must not judge, nor see at a desk. Agrees with `rules.conflict_of`.

    The statement is kept, not what it finds: writing it down takes longer than running it, and a page uses it often.
    """
    waived = select(Waiver.submission_id).where(Waiver.person_id == person_id)
    ids = []
    for why, reason in _REASONS.items():
        for hits in reason(_is(person_id)):
            column = hits.selected_columns[0]
            only = hits.with_only_columns(column.label("id"))
            ids.append(only.where(column.not_in(waived)) if why in CAN_BE_WAIVED else only)
    # Named once in a statement, however often it is asked there: most of its cost is in being read and planned.
    return select(union(*ids).cte().c[0])


def _every(who: Who, works: Works) -> Any:
    """Hits of every reason about these people and works: columns `work`, `person`, `author`, `key`, `rank`."""
    each = []
    for why, reason in _REASONS.items():
        for hits in reason(who):
            work, person, author, key = hits.selected_columns
            each.append(
                hits.with_only_columns(
                    work.label("work"),
                    person.label(_PERSON),
                    author.label("author"),
                    key.label(_KEY),
                    literal(ORDER.index(why)).label("rank"),
                ).where(works(work))
            )
    return union_all(*each).subquery()


def _counts(hits: Any) -> ColumnElement[bool]:
    """What no other chair waived."""
    is_soft = hits.c.rank.in_([ORDER.index(why) for why in CAN_BE_WAIVED])
    waived = exists().where(Waiver.submission_id == hits.c.work, Waiver.person_id == hits.c[_PERSON])
    return or_(~is_soft, ~waived)


def _strongest(session: Session, who: Who, works: Works) -> list[tuple[int, int, Why]]:
    """(submission, person, why) of every pair that is kept apart, with the strongest reason (one query)."""
    hits = _every(who, works)
    rows = session.execute(
        select(hits.c.work, hits.c[_PERSON], func.min(hits.c.rank))
        .where(_counts(hits))
        .group_by(hits.c.work, hits.c[_PERSON])
    )
    return [(work, person, ORDER[rank]) for work, person, rank in rows]


def _in_edition(edition_id: int) -> Works:
    here = select(Submission.id).where(Submission.edition_id == edition_id)
    return lambda work: work.in_(here)


# -- what other packages ask --------------------------------------------------------------------------------------


def has_waiver(session: Session, person_id: int) -> bool:
    """True if anything that was found about this person was waived."""
    rows = session.execute(select(Waiver.submission_id).where(Waiver.person_id == person_id).limit(1))
    return rows.first() is not None


def conflict_pairs(session: Session, edition_id: int) -> list[tuple[int, int, Why]]:
    """Every (submission, person, why) of an edition's submissions and of everybody who may review there (one query)."""
    return _strongest(session, _judges_in(edition_id), _in_edition(edition_id))


def conflicts_with(session: Session, edition_id: int, person_id: int) -> dict[int, Why]:
    """The submissions of an edition that this person must not judge, each with the strongest reason (one query)."""
    return {work: why for work, _person, why in _strongest(session, _is(person_id), _in_edition(edition_id))}


def against(session: Session, submission: Submission, person_ids: Iterable[int] | None = None) -> dict[int, Why]:
    """Who of those who may review in its edition must not judge this submission, and why (one query).

    With `person_ids` who of those, whether they review or not.
    """
    who = _judges_in(submission.edition_id)
    if person_ids is not None:
        wanted = list(person_ids)
        who = lambda column: column.in_(wanted)  # noqa: E731
    return {person: why for _work, person, why in _strongest(session, who, lambda work: work == submission.id)}


def conflicts_between(
    session: Session, person_ids: Collection[int], submission_ids: Collection[int]
) -> list[tuple[int, int, Why]]:
    """Every (submission, person, why) among these, whether they review or not (one query)."""
    people, works = list(person_ids), list(submission_ids)
    return _strongest(session, lambda column: column.in_(people), lambda work: work.in_(works))


def count_against(submission: Submission) -> ColumnElement[int]:
    """How many of those who may review in its edition must not judge this submission, as a column of a statement."""
    hits = _every(_judges_in(submission.edition_id), lambda work: work == submission.id)
    return select(func.count(hits.c[_PERSON].distinct())).where(_counts(hits)).scalar_subquery()


# -- with what they were found by ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody must not judge a work, by which of its authors, by which key; None where there is none to say."""

    why: Why
    author: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Everything found about one person and one work, the strongest first, and whether it was waived."""

    reasons: tuple[Reason, ...]
    waiver: Waiver | None = None

    @property
    def counts(self) -> bool:
        """False if all of it was waived."""
        return any(self.waiver is None or reason.why not in CAN_BE_WAIVED for reason in self.reasons)


def reasons(session: Session, submission: Submission) -> dict[int, Found]:
    """Everything found about this submission and those who may review in its edition (two queries)."""
    return _explained(session, _judges_in(submission.edition_id), lambda work: work == submission.id, by_person=True)


def reasons_of(session: Session, edition_id: int, person_id: int) -> dict[int, Found]:
    """Everything found about this person and the submissions of an edition, by submission (two queries)."""
    return _explained(session, _is(person_id), _in_edition(edition_id), by_person=False)


def _explained(session: Session, who: Who, works: Works, *, by_person: bool) -> dict[int, Found]:
    hits = _every(who, works)
    rows = session.execute(
        select(hits.c.work, hits.c[_PERSON], hits.c.rank, Author.name, hits.c[_KEY])
        .outerjoin(Author, Author.id == hits.c.author)
        .distinct()
        .order_by(hits.c.rank, Author.name, hits.c[_KEY])
    )
    found: dict[tuple[int, int], list[Reason]] = {}
    for work, person, rank, author, key in rows:
        found.setdefault((work, person), []).append(Reason(ORDER[rank], author, key))
    kept = select(Waiver).where(works(Waiver.submission_id), who(Waiver.person_id))
    waivers = {(one.submission_id, one.person_id): one for one in session.scalars(kept)}
    return {
        (person if by_person else work): Found(tuple(given), waivers.get((work, person)))
        for (work, person), given in found.items()
    }


# -- before somebody is asked -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beforehand:
    """A work that somebody could not judge, if they came to review: what a chair may know of it."""

    number: int
    title: str
    why: Why
    author: str | None
    key: str | None


def beforehand(
    session: Session, edition_id: int, standing: Standing, candidates: Mapping[str, tuple[int | None, frozenset[Key]]]
) -> dict[str, list[Beforehand]]:
    """With what people, who may have no account, would have a conflict (five queries, however many they are).

    `candidates`: by any name for them, their account's id and their keys. Only works that this chair may see count.
    """
    seen = select(Submission.id).where(
        Submission.edition_id == edition_id,
        Submission.state.not_in((State.DRAFT, State.WITHDRAWN)),
        visible_to(standing),
    )
    by_person = {person_id: who for who, (person_id, _keys) in candidates.items() if person_id is not None}
    found: dict[tuple[str, int], tuple[Why, int | None, str | None]] = {}

    def meet(who: str, work: int, why: Why, author: int | None, key: str | None) -> None:
        known = found.get((who, work))
        if known is None or ORDER.index(why) < ORDER.index(known[0]):
            found[who, work] = (why, author, key)

    hits = _every(lambda column: column.in_(by_person), lambda work: work.in_(seen))
    columns = (hits.c.work, hits.c[_PERSON], hits.c.rank, hits.c.author, hits.c[_KEY])
    for work, person, rank, author, key in session.execute(select(*columns).distinct()):
        meet(by_person[person], work, ORDER[rank], author, key)
    typed = {who: held for who, (person_id, held) in candidates.items() if person_id is None}
    for who, work, why, author, key in _without_account(session, typed, seen):
        meet(who, work, why, author, key)
    return _told(session, found)


_BY_KEY = {KeyKind.ADDRESS: Why.ADDRESS, KeyKind.DOMAIN: Why.DOMAIN, KeyKind.AFFILIATION: Why.AFFILIATION}


def _without_account(
    session: Session, typed: Mapping[str, frozenset[Key]], seen: Select[int]
) -> Iterator[tuple[str, int, Why, int | None, str | None]]:
    """The same for people known by their keys alone."""
    holders: dict[Key, list[str]] = {}
    for who, held in typed.items():
        for one in held:
            holders.setdefault(one, []).append(who)
    if not holders:
        return
    wanted = {key for _kind, key in holders}
    theirs = (
        select(AuthorKey.submission_id, AuthorKey.author_id, AuthorKey.kind, AuthorKey.key)
        .where(AuthorKey.key.in_(wanted), AuthorKey.kind != KeyKind.NAME, AuthorKey.submission_id.in_(seen))
    )  # fmt: skip
    for work, author, kind, key in session.execute(theirs):
        for who in holders.get((kind, key), ()):
            yield who, work, _BY_KEY[kind], author, key
    named = select(OpposedKey.submission_id, OpposedKey.kind, OpposedKey.key)
    for work, kind, key in session.execute(named.where(OpposedKey.key.in_(wanted), OpposedKey.submission_id.in_(seen))):
        for who in holders.get((kind, key), ()):
            yield who, work, Why.NAMED, None, key
    yield from _wrote_with(session, holders, seen)


def _wrote_with(
    session: Session, holders: Mapping[Key, list[str]], seen: Select[int]
) -> Iterator[tuple[str, int, Why, int | None, str | None]]:
    mine, fellow, again = aliased(AuthorKey), aliased(AuthorKey), aliased(AuthorKey)
    addresses = {key for kind, key in holders if kind is KeyKind.ADDRESS}
    is_address = [each.kind == KeyKind.ADDRESS for each in (mine, fellow, again)]
    rows = session.execute(
        select(mine.key, again.submission_id, again.author_id)
        .join(fellow, fellow.submission_id == mine.submission_id)
        .join(again, again.key == fellow.key)
        .join(Submission, Submission.id == mine.submission_id)
        .where(*is_address, mine.key.in_(addresses), fellow.key != mine.key, Submission.submitted_at.is_not(None))
        .where(again.submission_id.in_(seen))
        .distinct()
    )
    for key, work, author in rows:
        for who in holders[KeyKind.ADDRESS, key]:
            yield who, work, Why.COAUTHOR, author, None


def _told(
    session: Session, found: Mapping[tuple[str, int], tuple[Why, int | None, str | None]]
) -> dict[str, list[Beforehand]]:
    works = {row.id: row for row in session.execute(select(Submission.id, Submission.number, Submission.title).where(
        Submission.id.in_({work for _who, work in found})
    ))} if found else {}  # fmt: skip
    authors = {author for _why, author, _key in found.values() if author is not None}
    names = {row.id: row.name for row in session.execute(select(Author.id, Author.name).where(Author.id.in_(authors)))}
    told: dict[str, list[Beforehand]] = {}
    for (who, work), (why, author, key) in found.items():
        row = works[work]
        told.setdefault(who, []).append(Beforehand(row.number, row.title, why, names.get(author or 0), key))
    for listed in told.values():
        listed.sort(key=lambda one: one.number)
    return told


# -- nobody left to decide ----------------------------------------------------------------------------------------


def count_unattended(edition_id: int) -> ScalarSelect[int]:
    """How many works that wait for a decision nobody sees who could decide, since all have a conflict.

    A number and nothing else: those who read it must not know of these works.
    """
    deciders = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(MAY_DECIDE))
    waits = select(Submission.id).where(
        Submission.edition_id == edition_id, Submission.state.in_((State.SUBMITTED, State.WAITLISTED))
    )
    hits = _every(lambda column: column.in_(deciders), lambda work: work.in_(waits))
    everybody = select(func.count(deciders.subquery().c.person_id.distinct())).scalar_subquery()
    kept = (
        select(hits.c.work)
        .where(_counts(hits))
        .group_by(hits.c.work)
        .having(func.count(hits.c[_PERSON].distinct()) == everybody)
    )
    return select(func.count()).select_from(kept.subquery()).scalar_subquery()


def unattended(session: Session, edition_id: int) -> int:
    """`count_unattended`, asked by itself (one query)."""
    return session.scalar(select(count_unattended(edition_id))) or 0


def owners(session: Session, edition_id: int) -> Sequence[Person]:
    """Who owns the edition."""
    own = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role == Role.OWNER)
    return session.scalars(select(Person).where(Person.id.in_(own)).order_by(Person.id)).all()


def posted(session: Session, mail_keys: Collection[str]) -> frozenset[str]:
    """Which of these keys of mails were used before."""
    return frozenset(session.scalars(select(OutboxMail.key).where(OutboxMail.key.in_(mail_keys))))


# -- what was declared --------------------------------------------------------------------------------------------


def conflicts_of(session: Session, submission_id: int) -> Sequence[DeclaredConflict]:
    """The conflicts declared about a submission, with their people."""
    return session.scalars(
        select(DeclaredConflict)
        .join(DeclaredConflict.person)
        .options(contains_eager(DeclaredConflict.person))
        .where(DeclaredConflict.submission_id == submission_id)
        .order_by(DeclaredConflict.id)
    ).all()


def is_declared(session: Session, submission_id: int, person_id: int) -> bool:
    """True if a conflict of that person with that submission is declared already."""
    found = select(DeclaredConflict.id).where(
        DeclaredConflict.submission_id == submission_id, DeclaredConflict.person_id == person_id
    )
    return session.execute(found).first() is not None


def find_conflict(session: Session, submission_id: int, conflict_id: int) -> DeclaredConflict | None:
    """One declared conflict about that submission."""
    return session.execute(
        select(DeclaredConflict).where(
            DeclaredConflict.id == conflict_id, DeclaredConflict.submission_id == submission_id
        )
    ).scalar_one_or_none()


def touched_by(session: Session, statement: Statement) -> Sequence[Submission]:
    """Works under review of people or institutions that a statement is about."""
    held = (
        select(StatementKey.person_id.label(_PERSON), StatementKey.kind.label(_KIND), StatementKey.key.label(_KEY))
        .where(StatementKey.statement_id == statement.id)
        .subquery()
    )
    ids = union(*(hits.with_only_columns(hits.selected_columns[0]) for hits in _shared(held)))
    return session.scalars(
        select(Submission).where(Submission.id.in_(ids), Submission.state == State.SUBMITTED).order_by(Submission.id)
    ).all()


def find_judge(session: Session, edition_id: int, person_id: int) -> Person | None:
    """Somebody who may come to judge in that edition."""
    return session.execute(
        select(Person).where(Person.id == person_id, _judges_in(edition_id)(Person.id))
    ).scalar_one_or_none()


def judges(session: Session, edition_id: int) -> Sequence[Person]:
    """Everybody who may come to judge in that edition, by name."""
    return session.scalars(
        select(Person).where(_judges_in(edition_id)(Person.id)).order_by(func.lower(Person.name), Person.id)
    ).all()


def keys_of_person(session: Session, person_id: int) -> list[Key]:
    """What somebody is compared by."""
    rows = session.execute(
        select(PersonKey.kind, PersonKey.key)
        .where(PersonKey.person_id == person_id)
        .order_by(PersonKey.kind, PersonKey.key)
    )
    return [(kind, key) for kind, key in rows]


def statements_of(session: Session, person_id: int) -> Sequence[Statement]:
    """Whom a person said they should not judge, in the order in which they said it."""
    return session.scalars(select(Statement).where(Statement.person_id == person_id).order_by(Statement.id)).all()


def opposed_by(session: Session, submission_id: int) -> Sequence[Opposed]:
    """Whom the authors of a submission named."""
    return session.scalars(select(Opposed).where(Opposed.submission_id == submission_id).order_by(Opposed.id)).all()


def count_opposed(submission_id: int) -> ColumnElement[int]:
    """How many the authors of a submission named, as a column of a statement."""
    return select(func.count(Opposed.id)).where(Opposed.submission_id == submission_id).scalar_subquery()


# -- mails --------------------------------------------------------------------------------------------------------

_ABOUT_WORKS = ("submissions/", "conflicts/", "assignments/", "mentoring/", "reviews/", "decisions/", "proceedings/")
"""Packages whose mails tell of works."""


def hidden_mails(person_id: int) -> ColumnElement[bool]:
    """Mails of the outbox that would tell this person of work they must not judge: who reviews it, what became of it.

    Those of `Letter.about` a work in conflict. Those about several works (`submissions`), and those of packages about
    works that do not say about which, are all hidden from whoever has a conflict in that edition.
    """
    ids = conflicted(person_id).subquery()
    works = select(literal("submission:") + cast(ids.c[0], String))
    here = select(Submission.edition_id).where(Submission.id.in_(conflicted(person_id)))
    about = func.coalesce(OutboxMail.about, "")  # NOT of a comparison with NULL would hide every other mail
    unsaid = and_(about == "", or_(*(OutboxMail.template.startswith(package) for package in _ABOUT_WORKS)))
    several = and_(OutboxMail.edition_id.is_not(None), OutboxMail.edition_id.in_(here))
    return or_(about.in_(works), and_(or_(about == "submissions", unsaid), several))
