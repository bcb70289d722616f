"""Conflicts found in SQL: the same as the rule says, on random worlds, in few queries, and never stale."""

import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conflicts.factories import add_author, oppose, state, work_of
from tests.factories import join_team, make_edition, make_person
from tests.queries import count_queries
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.models import Person
from workshop_manager.conflicts import keys, queries
from workshop_manager.conflicts.models import (
    AuthorKey,
    DeclaredConflict,
    OpposedKey,
    PersonKey,
    Statement,
    StatementKey,
    Waiver,
)
from workshop_manager.conflicts.rules import Judge, Work, conflict_of, found, still_counts
from workshop_manager.conflicts.states import About, ConflictKind, KeyKind, Why
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

HOSTS = ("cs.uni.edu", "uni.edu", "gmail.com", "other.ac.uk", "third.ac.uk")
ADDRESSES = [f"{name}@{host}" for name in ("amal", "bilal", "chen", "dina") for host in HOSTS]
PLACES = ["University of Nairobi", "Univ. of Nairobi, Kenya", "Google", "Acme Inc.", "Independent", "", None]
NAMES = ["Amal Bello", "Bello Amal", "Chen Wei", "Dina Haque", "Wahyuni"]


class Random:
    """A small world in which everything happens by chance."""

    def __init__(self, uow: UnitOfWork, seed: int) -> None:
        self.uow, self.dice = uow, random.Random(seed)
        self.editions = [make_edition(uow, c, s) for c, s in (("one", "2025"), ("one", "2026"), ("two", "2026"))]
        self.people = [self._person(address) for address in self.dice.sample(ADDRESSES, 8)]
        self.works = [self._work() for _ in range(12)]
        for person in self.people:
            self._say(person)
        uow.session.flush()
        uow.session.expire_all()

    def _person(self, address: str) -> Person:
        person = make_person(self.uow, self.dice.choice(NAMES), address, affiliation=self.dice.choice(PLACES))
        for edition in self.editions:
            join_team(self.uow, edition, person, self.dice.choice([Role.REVIEWER, Role.PROGRAMME_CHAIR]))
        return person

    def _work(self) -> Submission:
        dice = self.dice
        submitter = dice.choice([*self.people, None])
        work = make_submission(
            self.uow,
            dice.choice(self.editions),
            submitter,
            dice.choice([State.DRAFT, State.SUBMITTED, State.WITHDRAWN]),
        )
        if dice.random() < 0.3:
            work.authors.clear()
        for _ in range(dice.randint(0, 2)):
            person = dice.choice([*self.people, None, None])
            add_author(self.uow, work, dice.choice(NAMES), dice.choice([*ADDRESSES, None]), dice.choice(PLACES), person)
        return work

    def _say(self, person: Person) -> None:
        dice, session = self.dice, self.uow.session
        work = dice.choice(self.works)
        if dice.random() < 0.3:
            session.add(
                DeclaredConflict(
                    submission_id=work.id, person_id=person.id, kind=ConflictKind.OTHER, declared_at=self.uow.now
                )
            )
        if dice.random() < 0.5:
            state(
                self.uow,
                person,
                dice.choice(list(About)),
                dice.choice([*NAMES, "Google"]),
                dice.choice([*ADDRESSES, ""]),
                dice.choice([None, 2020, 2022, 2024]),
            )
        if dice.random() < 0.5:
            oppose(
                self.uow, work, dice.choice(list(About)), dice.choice([*NAMES, "Google"]), dice.choice([*ADDRESSES, ""])
            )
        for waived in dice.sample(self.works, 3):
            session.add(
                Waiver(submission_id=waived.id, person_id=person.id, reason="Very large.", waived_at=self.uow.now)
            )


def judges(uow: UnitOfWork, edition: Edition) -> dict[int, Judge]:
    """Everybody as the rule sees them in that edition, told by plain loops over all rows."""
    session = uow.session
    of_person, of_author, in_work = defaultdict(set), defaultdict(set), defaultdict(list)
    for row in session.scalars(select(PersonKey)):
        of_person[row.person_id].add((row.kind, row.key))
    for row in session.scalars(select(AuthorKey)):
        of_author[row.author_id].add((row.kind, row.key))
    for author in session.scalars(select(Author).join(Submission).where(Submission.submitted_at.is_not(None))):
        in_work[author.submission_id].append(author)
    stated = defaultdict(set)
    for statement, row in session.execute(select(Statement, StatementKey).join(StatementKey)):
        if still_counts(statement.counts_until, edition.starts_at):
            stated[statement.person_id].add((row.kind, row.key))
    made = {}
    for person_id in session.scalars(select(Person.id)):
        own = {key for kind, key in of_person[person_id] if kind is KeyKind.ADDRESS}
        ids, addresses = set(), set()
        for authors in in_work.values():
            typed = [(a.person_id, {key for kind, key in of_author[a.id] if kind is KeyKind.ADDRESS}) for a in authors]
            if any(who == person_id or there & own for who, there in typed):
                ids |= {who for who, _there in typed if who not in (None, person_id)}
                addresses |= set().union(*(there for _who, there in typed)) - own
        made[person_id] = Judge(
            person_id,
            frozenset(of_person[person_id]),
            frozenset(ids),
            frozenset(addresses),
            frozenset(stated[person_id]),
        )
    return made


def work_as_seen(uow: UnitOfWork, work: Submission) -> Work:
    session = uow.session
    authors = session.scalars(select(Author).where(Author.submission_id == work.id)).all()
    ids = frozenset(a.person_id for a in authors if a.person_id is not None)
    typed = session.execute(select(AuthorKey.kind, AuthorKey.key).where(AuthorKey.submission_id == work.id))
    linked = session.execute(select(PersonKey.kind, PersonKey.key).where(PersonKey.person_id.in_(ids)))
    declared = session.scalars(select(DeclaredConflict.person_id).where(DeclaredConflict.submission_id == work.id))
    named = session.execute(select(OpposedKey.kind, OpposedKey.key).where(OpposedKey.submission_id == work.id))
    waived = session.scalars(select(Waiver.person_id).where(Waiver.submission_id == work.id))
    return Work(
        work.submitter_id, ids, frozenset({*typed, *linked}), frozenset(declared), frozenset(named), frozenset(waived)
    )


@pytest.mark.parametrize("seed", range(8))
@keeps("A12")
def test_sql_says_what_the_rule_says(uow: UnitOfWork, seed: int) -> None:
    world, session, met = Random(uow, seed), uow.session, set()
    for edition in world.editions:
        works = session.scalars(select(Submission).where(Submission.edition_id == edition.id)).all()
        everybody = judges(uow, edition)
        looks = {work.id: work_as_seen(uow, work) for work in works}
        opposed = {work.id: queries.against(session, work) for work in works}
        pairs = {(w, p): why for w, p, why in queries.conflict_pairs(session, edition.id)}
        expected: dict[tuple[int, int], Why] = {}
        for person in world.people:
            judge = everybody[person.id]
            hidden = set(session.scalars(queries.conflicted(person.id)))
            one_by_one = queries.conflicts_with(session, edition.id, person.id)
            told = queries.reasons_of(session, edition.id, person.id)
            for work in works:
                seen = looks[work.id]
                why = conflict_of(judge, seen)
                assert (work.id in hidden) == (why is not None), (seed, person.id, work.id, why)
                assert one_by_one.get(work.id) == why
                assert opposed[work.id].get(person.id) == why
                reasons = told[work.id].reasons if work.id in told else ()
                assert tuple(dict.fromkeys(reason.why for reason in reasons)) == found(judge, seen)
                assert (work.id in told and told[work.id].counts) == (why is not None)
                met.add(why)
                if why is not None:
                    expected[work.id, person.id] = why
        assert pairs == expected
    assert len(met) > 5  # else the worlds are too dull to show anything


EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any], Why | None]] = {
    "an address at the same institution": (
        {"email": "judge@cs.uni.edu"},
        {"email": "ghost@mail.uni.edu"},
        Why.DOMAIN,
    ),
    "an address of a free provider": ({"email": "judge@gmail.com"}, {"email": "ghost@gmail.com"}, None),
    "another institution under the same ending": (
        {"email": "judge@uni.ac.uk"},
        {"email": "ghost@other.ac.uk"},
        None,
    ),
    "the same affiliation in other words": (
        {"affiliation": "Univ. of Nairobi"},
        {"affiliation": "Dept. of Physics, University of Nairobi, Kenya"},
        Why.AFFILIATION,
    ),
    "an address nobody confirmed": ({"email": "Ghost@Free.net"}, {"email": "ghost@free.net"}, Why.ADDRESS),
    "no affiliation": ({"affiliation": "Independent"}, {"affiliation": "independent researcher"}, None),
}


@pytest.mark.parametrize("case", EXAMPLES)
@shows(
    "Review and decisions",
    "Conflicts are found by addresses (not free-mail), affiliations and earlier work, without an account too",
)
def test_conflicts_are_found_by_what_is_typed(uow: UnitOfWork, case: str) -> None:
    of_judge, of_author, why = EXAMPLES[case]
    judge = make_person(uow, "Judge Judgesson", **of_judge)
    work = work_of(uow, make_edition(uow), **of_author)
    assert queries.conflicts_with(uow.session, work.edition_id, judge.id).get(work.id) is why


def test_whoever_wrote_together_once_is_kept_apart_in_other_communities_too(uow: UnitOfWork) -> None:
    before, now = make_edition(uow, "elsewhere", "2024"), make_edition(uow, "here", "2026")
    judge, fellow = make_person(uow, "Judge Judgesson"), make_person(uow, "Fellow Fellowsson")
    old = make_submission(uow, before, judge, State.REJECTED, authors=(fellow,))
    add_author(uow, old, "No Account", "ghost@free.net")
    by_account, by_address = make_submission(uow, now, fellow), work_of(uow, now, "GHOST@free.net")
    others = make_submission(uow, now, make_person(uow, "Somebody Else"))
    assert queries.conflicts_with(uow.session, now.id, judge.id) == {
        by_account.id: Why.COAUTHOR,
        by_address.id: Why.COAUTHOR,
    }
    assert others.id not in queries.conflicts_with(uow.session, now.id, judge.id)
    reason = queries.reasons_of(uow.session, now.id, judge.id)[by_account.id].reasons[0]
    assert reason.author == "Fellow Fellowsson"


def test_a_draft_makes_nobody_a_coauthor(uow: UnitOfWork) -> None:
    """Else anybody could keep a chair away by writing their name into a draft."""
    edition = make_edition(uow)
    judge, other = make_person(uow, "Judge Judgesson"), make_person(uow, "Sly Slysson")
    make_submission(uow, edition, other, State.DRAFT, authors=(judge,))
    work = make_submission(uow, edition, other)
    assert work.id not in queries.conflicts_with(uow.session, edition.id, judge.id)


@pytest.mark.parametrize(("last_year", "keeps_apart"), [(None, True), (2023, True), (2022, False)])
@shows(
    "Review and decisions",
    "Reviewers and chairs say once, for all editions, which people and institutions they should not judge, with years",
)
def test_a_statement_counts_while_it_is_recent(uow: UnitOfWork, last_year: int | None, keeps_apart: bool) -> None:
    judge = make_person(uow, "Judge Judgesson")
    work = work_of(uow, make_edition(uow), affiliation="University of Nairobi")
    state(uow, judge, About.INSTITUTION, "Univ. of Nairobi", last_year=last_year)
    assert (work.id in queries.conflicts_with(uow.session, work.edition_id, judge.id)) is keeps_apart


def test_keys_follow_what_is_typed(uow: UnitOfWork) -> None:
    judge = make_person(uow, "Judge Judgesson", "judge@free.net", affiliation="Acme Inc.")
    work = work_of(uow, make_edition(uow), "ghost@uni.edu", "University of Nairobi")

    def why() -> Why | None:
        return queries.conflicts_with(uow.session, work.edition_id, judge.id).get(work.id)

    assert why() is None
    judge.affiliation = "University of Nairobi"
    uow.session.flush()
    assert why() is Why.AFFILIATION
    author = uow.session.scalars(select(Author).where(Author.name == "Zubaydah Quartz")).one()
    author.affiliation = None
    uow.session.flush()
    assert why() is None
    judge.email = "judge@uni.edu"
    uow.session.flush()
    assert why() is Why.DOMAIN
    uow.session.delete(author)
    uow.session.flush()
    assert why() is None
    assert keys.refresh(uow.session) == 0


def test_keys_that_went_missing_are_made_anew(uow: UnitOfWork) -> None:
    """What an older version left without keys has them afterwards."""
    from sqlalchemy import delete

    make_person(uow, "Judge Judgesson", "judge@uni.edu")
    work_of(uow, make_edition(uow), "ghost@uni.edu", "Acme")
    before = [set(uow.session.execute(select(t.kind, t.key))) for t in (PersonKey, AuthorKey)]
    uow.session.execute(delete(PersonKey))
    uow.session.execute(delete(AuthorKey).where(AuthorKey.kind == KeyKind.DOMAIN))
    uow.session.add(PersonKey(person_id=1, kind=KeyKind.NAME, key="in the way"))
    uow.session.flush()
    assert keys.refresh(uow.session) > 2
    assert [set(uow.session.execute(select(t.kind, t.key))) for t in (PersonKey, AuthorKey)] == before


def test_nothing_writes_people_and_authors_past_their_keys() -> None:
    """Keys follow objects: a statement in SQL that changes names or addresses would leave them behind."""
    sources = Path(__file__).parents[2].glob("workshop_manager/**/*.py")
    past = re.compile(r"(?<![\w`])(update|insert)\((Author|Person)\)|bulk_(save|insert|update)_")
    assert [path.name for path in sources if any(past.search(one) for one in code_of(path))] == []


def code_of(path: Path) -> list[str]:
    """The lines of a module without what only speaks of code."""
    return [one for one in path.read_text(encoding="utf-8").splitlines() if "`" not in one]


def test_all_pairs_of_an_edition_come_in_one_query(uow: UnitOfWork, database: Any) -> None:
    Random(uow, 1)
    with count_queries(database) as seen:
        queries.conflict_pairs(uow.session, 1)
    assert len(seen) == 1
