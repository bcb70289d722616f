"""Asking who comes: kept without a link, changed, deleted, counted, purged, under another key."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from tests.factories import make_edition, make_person
from tests.selfid.factories import CONTENT, PURGE, House
from tests.shows import keeps, shows
from workshop_manager import tables
from workshop_manager.accounts.erasure import erase
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import service as registrations
from workshop_manager.selfid import queries, renewing, service
from workshop_manager.selfid.models import SelfIdAnswer, SelfIdForm
from workshop_manager.selfid.rules import Reply
from workshop_manager.selfid.states import Stage
from workshop_manager.workshops.service import Stale

WOMAN, MAN, NO = Reply((0,)), Reply((1,)), Reply(declined=True)
KEY, OTHER = b"of answers about oneself, tests!", b"another key of answers, 32 bytes"


def rows(uow: UnitOfWork) -> list[SelfIdAnswer]:
    return list(uow.session.scalars(select(SelfIdAnswer).execution_options(populate_existing=True)))


@shows(
    "Registration",
    "Optional self-identification in the organisers' words: read, changed and deleted by the person, by nobody else",
)
def test_somebody_answers_changes_and_deletes_it(uow: UnitOfWork) -> None:
    house = House(uow, 2)
    one, other = house.people
    house.say(uow, one, Reply((), "a woman of my own kind"), Reply((0, 1)))
    assert service.own(uow, house.edition.id, one.id) == {
        house.questions[0]: Reply((), "a woman of my own kind"), house.questions[1]: Reply((0, 1))
    }  # fmt: skip
    assert service.own(uow, house.edition.id, other.id) is None
    house.say(uow, one, NO)
    assert service.own(uow, house.edition.id, one.id) == {house.questions[0]: NO}
    assert len(rows(uow)) == 1
    assert service.forget(uow, house.edition.id, one.id)
    assert not rows(uow)
    assert not service.forget(uow, house.edition.id, one.id)
    house.say(uow, one)
    assert not rows(uow), "who skips everything leaves nothing"


@keeps("P1")
@shows(
    "Registration",
    "Self-identification is stored without a person, a moment or an order that a database reader could follow",
)
def test_no_row_tells_whose_it_is(uow: UnitOfWork, database: Database) -> None:
    house = House(uow, 6)
    for person in house.people[:5]:
        house.say(uow, person, Reply((), "words of my own"))
    before = {row.name: row.content for row in rows(uow)}
    columns = {column.name for column in SelfIdAnswer.__table__.columns}
    assert columns == {"name", "edition_id", "content"}
    assert len({len(content) for content in before.values()}) == 1, "no length tells of what was said"
    assert all(len(set(content[:11])) < 12 and content.startswith("gAAAAAAAAAA") for content in before.values()), (
        "what is sealed begins with a time, which is nought"
    )
    house.say(uow, house.people[5], WOMAN)
    after = {row.name: row.content for row in rows(uow)}
    assert before.keys() < after.keys()
    assert not {*before.values()} & {*after.values()}, "all are written anew, so a copy of before tells of nobody"
    if database.is_sqlite:
        stored = uow.session.execute(text("SELECT name FROM selfid_answers")).scalars().all()
        assert list(stored) == sorted(stored)
        with pytest.raises(Exception, match="rowid"):
            uow.session.execute(text("SELECT rowid FROM selfid_answers"))
    else:
        marks = uow.session.execute(text("SELECT xmin::text, name FROM selfid_answers ORDER BY ctid")).all()
        assert len({mark for mark, _name in marks}) == 1, "one transaction wrote them all"
        assert [name for _mark, name in marks] == sorted(after)


@keeps("P1")
def test_nothing_of_an_answer_stands_in_clear_or_in_the_history(uow: UnitOfWork) -> None:
    house = House(uow)
    before = uow.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()
    house.say(uow, house.people[0], Reply((), "quartzmarker"), WOMAN)
    assert uow.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all() == before
    connection = uow.session.connection()
    for table in tables.metadata.sorted_tables:
        for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
            assert "quartzmarker" not in str(tuple(row))


def test_who_takes_no_part_cannot_answer(uow: UnitOfWork) -> None:
    house = House(uow)
    with pytest.raises(Conflict):
        house.say(uow, make_person(uow), WOMAN)
    uow.actor = house.organiser
    service.end(uow, house.edition)
    with pytest.raises(Conflict):
        house.say(uow, house.people[0], WOMAN)


@pytest.mark.parametrize("reply", [Reply((3,)), Reply((0, 1)), Reply((0,), declined=True)])
def test_what_is_no_answer_is_refused(uow: UnitOfWork, reply: Reply) -> None:
    house = House(uow)
    with pytest.raises(Conflict):
        house.say(uow, house.people[0], reply)
    uow.actor = house.people[0]
    with pytest.raises(Conflict):
        service.answer(uow, house.edition, {999_999: WOMAN})


def test_only_organisers_of_this_edition_word_and_ask(uow: UnitOfWork) -> None:
    house = House(uow)
    other = make_edition(uow, slug="2027")
    for actor in (house.people[0], house.organiser):
        uow.actor = actor
        edition = house.edition if actor is house.people[0] else other
        for act in (service.begin, service.end, service.discard):
            with pytest.raises(NotFound):
                act(uow, edition)
        with pytest.raises(NotFound):
            service.save(uow, edition, CONTENT, 0)


def test_what_people_were_asked_stays_as_it_was(uow: UnitOfWork) -> None:
    house = House(uow)
    house.say(uow, house.people[0], WOMAN)
    uow.actor = house.organiser
    form = queries.form(uow.session, house.edition.id)
    assert form is not None
    with pytest.raises(Stale):
        service.save(uow, house.edition, CONTENT, form.version - 1)
    with pytest.raises(Conflict):
        service.save(uow, house.edition, CONTENT, form.version)
    with pytest.raises(Conflict):
        service.begin(uow, house.edition)
    service.discard(uow, house.edition)
    assert not rows(uow)
    service.save(uow, house.edition, CONTENT, form.version)
    assert form.stage is Stage.DRAFT


def count_on(database: Database, clock: FixedClock, day: timedelta, since: datetime) -> None:
    clock.at = since + day
    service.count_and_purge(database, clock)


def totals_of(work: Any, house: House) -> Any:
    with work() as uow:
        form = queries.form(uow.session, house.edition.id)
        assert form is not None
        return form.totals.get(str(house.questions[0]))


@keeps("P3")
@shows(
    "Registration",
    "Self-identification is shown as totals only: groups of fewer than five hidden, by difference and over time too",
)
def test_totals_move_once_a_day_and_after_five_people(work: Any, database: Database, clock: FixedClock) -> None:
    start = clock.at
    with work() as uow:
        house = House(uow, 16)
        for person in house.people[:4]:
            house.say(uow, person, WOMAN)
    count_on(database, clock, timedelta(), start)
    assert totals_of(work, house) is None, "four are too few"
    with work() as uow:
        for person in house.people[4:10]:
            house.say(uow, person, MAN if person in house.people[5:] else WOMAN)
    count_on(database, clock, timedelta(hours=1), start)
    assert totals_of(work, house) == [["0", 5], ["1", 5]]
    with work() as uow:
        for person in house.people[10:14]:
            house.say(uow, person, WOMAN)
        house.say(uow, house.people[0], MAN)
        house.say(uow, house.people[0], WOMAN)
    count_on(database, clock, timedelta(hours=2), start)
    assert totals_of(work, house) == [["0", 5], ["1", 5]], "not twice a day"
    count_on(database, clock, timedelta(days=2), start)
    with work() as uow:
        form = queries.form(uow.session, house.edition.id)
        assert form is not None
        assert form.totals[str(house.questions[0])] == [["0", 5], ["1", 5]], "ten women would be counted"
    with work() as uow:
        for person in house.people[14:16]:
            house.say(uow, person, WOMAN)
    count_on(database, clock, timedelta(days=3), start)
    assert totals_of(work, house) == [["0", 10], ["1", 5]]


@shows("Registration", "Self-identification is deleted by the worker on the day that was shown; the totals stay")
def test_answers_are_purged_on_their_day(work: Any, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        house = House(uow, 6)
        for person in house.people:
            house.say(uow, person, WOMAN)
    clock.at = datetime(PURGE.year, PURGE.month, PURGE.day, 5, tzinfo=clock.at.tzinfo)
    service.count_and_purge(database, clock)
    with work() as uow:
        assert len(rows(uow)) == 6, "it is not that day yet in Chicago"
    clock.at += timedelta(hours=2)
    service.count_and_purge(database, clock)
    with work() as uow:
        assert not rows(uow)
        form = queries.form(uow.session, house.edition.id)
        assert form is not None
        assert form.stage is Stage.PURGED
        assert form.totals
        with pytest.raises(Conflict):
            house.say(uow, house.people[0], WOMAN)


def test_it_goes_with_the_account_and_with_the_registration(uow: UnitOfWork) -> None:
    house = House(uow, 3)
    for person in house.people:
        house.say(uow, person, WOMAN)
    erase(uow, house.people[0])
    assert len(rows(uow)) == 2
    uow.actor = house.people[1]
    registrations.cancel(uow, house.edition)
    assert service.own(uow, house.edition.id, house.people[1].id) is None
    assert len(rows(uow)) == 1


def test_two_accounts_of_one_person_keep_one_answer(uow: UnitOfWork) -> None:
    house = House(uow, 4)
    one, other, third, fourth = (person.id for person in house.people)
    for person in house.people[:3]:
        house.say(uow, person, WOMAN if person.id == one else MAN)
    service.hand_over(uow, one, other)
    service.hand_over(uow, fourth, third)
    first = house.questions[0]
    found = [service.own(uow, house.edition.id, person) for person in (one, other, third, fourth)]
    assert found == [{first: WOMAN}, None, None, {first: MAN}]


@shows("Operations", "The key of self-identification can be changed: answers are found under it, and named by it anew")
def test_another_key(work: Any, database: Database) -> None:
    with work() as uow:
        house = House(uow, 3)
        for person in house.people[:2]:
            house.say(uow, person, WOMAN)
        old = {row.name for row in rows(uow)}
    try:
        database.unlock_apart(OTHER, KEY)
        with work() as uow:
            house.say(uow, house.people[0], MAN)
            assert len(rows(uow)) == 2, "found by the earlier key, written under the newest"
        assert renewing.renew(database).earlier == 1, "that of the other is named by the earlier key"
        with work() as uow:
            assert len({row.name for row in rows(uow)} - old) == 2
        database.unlock_apart(OTHER)
        assert (renewing.examine(database).newest, renewing.examine(database).lost) == (2, 0)
        with work() as uow:
            first = house.questions[0]
            found = [service.own(uow, house.edition.id, person.id) for person in house.people]
            assert found == [{first: MAN}, {first: WOMAN}, None]
        database.unlock_apart(KEY)
        assert renewing.renew(database).lost == 2
        database.unlock_apart()
        assert renewing.examine(database).lost == 2
        with work() as uow:
            assert service.own(uow, house.edition.id, house.people[0].id) is None
            with pytest.raises(Conflict):
                house.say(uow, house.people[0], WOMAN)
    finally:
        database.unlock_apart(KEY)


def test_every_table_of_it_is_apart_from_people(database: Database) -> None:
    for model in (SelfIdAnswer, SelfIdForm):
        found = inspect(database.engine).get_foreign_keys(model.__tablename__)
        assert all(each["referred_table"] != "people" for each in found)
