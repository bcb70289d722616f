"""Places: one a person in each block, never one too many, never free while somebody waits who can take it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import commands
from tests.factories import join_team, make_edition, make_person
from tests.registrations.factories import make_kind
from tests.registrations.test_races import _all_at_once
from tests.schedule.factories import START, make_item, make_release, make_work
from tests.shows import keeps, shows
from tests.signups.factories import hours, make_attendee, make_block, make_part
from workshop_manager.accounts.events import PersonErased
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.states import Mode
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.programme import Kind
from workshop_manager.signups import queries, service, settling
from workshop_manager.signups.models import SignupChoice, SignupPart, SignupPlace, SignupWait
from workshop_manager.signups.states import Audience, Way
from workshop_manager.workshops.states import Role


@pytest.fixture
def house(work):
    """An edition with a room kind, a virtual kind, and an organiser; `house.attendee()` registers one more person."""

    class House:
        def __init__(self):
            with work() as uow:
                self.edition = make_edition(uow)
                self.edition_id = self.edition.id
                self.room = make_kind(uow, self.edition)
                self.far = make_kind(uow, self.edition, "Virtual", mode=Mode.VIRTUAL)
                self.organiser = make_person(uow, "Omar")
                join_team(uow, self.edition, self.organiser, Role.ORGANISER)

        def attendees(self, number, kind=None):
            with work() as uow:
                return [make_attendee(uow, self.edition, kind or self.room, f"P{n}") for n in range(number)]

        def parts(self, *capacities, **values):
            with work() as uow:
                block = make_block(uow, self.edition, **values)
                made = [make_part(uow, block, f"Table {n}", one) for n, one in enumerate(capacities, start=1)]
            return block, made

        def act(self, person, verb, *args, **kwargs):
            with work(person) as uow:
                return verb(uow, uow.session.merge(self.edition), *args, **kwargs)

        def held(self):
            with work() as uow:
                rows = uow.session.scalars(select(SignupPlace))
                return {row.person_id: row.part_id for row in rows}

        def check(self):
            """As many taken as given, none too many, and nobody waits for what is free."""
            with work() as uow:
                for part in uow.session.scalars(select(SignupPart)):
                    given = select(func.count()).where(SignupPlace.part_id == part.id)
                    assert part.taken == uow.session.execute(given).scalar_one() <= part.capacity

        def mails(self, template):
            with work() as uow:
                query = select(OutboxMail).where(OutboxMail.template == f"signups/{template}").order_by(OutboxMail.id)
                return uow.session.scalars(query).all()

    return House()


@keeps("X1")
@shows("Registration", "The last places at a roundtable survive a crowd that takes them at once, on both databases")
def test_the_last_two_places_are_given_once(house, work):
    _block, (part,) = house.parts(2)
    people = house.attendees(12)

    def taking(person):
        return lambda: house.act(person, service.take, part.id)

    outcomes = _all_at_once([taking(person) for person in people])
    assert sum(isinstance(one, SignupPart) for one in outcomes) == 2
    assert sum(isinstance(one, Conflict) for one in outcomes) == 10
    house.check()


def test_a_free_place_does_not_wait_for_somebody_who_cannot_take_it(house, work):
    with work() as uow:
        edition = uow.session.merge(house.edition)
        table, lunch = (
            make_part(uow, make_block(uow, edition, name), name, 2, **hours(START)) for name in ("Tables", "Lunch")
        )
        table.capacity = 1
    holder, stuck, third = house.attendees(3)
    house.act(holder, service.take, table.id)
    house.act(stuck, service.stand_in_line, table.id)
    house.act(stuck, service.take, lunch.id)
    house.act(holder, service.give_back, table.block_id)
    house.act(third, service.stand_in_line, table.id)
    assert house.held() == {stuck.id: lunch.id, third.id: table.id}
    house.check()


@shows("Registration", "Places at roundtables, mentoring and lunch are taken one a block, with a waitlist that moves")
def test_a_place_that_is_given_back_goes_to_whoever_is_next(house):
    block, (first, second) = house.parts(1, 1)
    a, b, c = house.attendees(3)
    house.act(a, service.take, first.id)
    house.act(b, service.take, second.id)
    with pytest.raises(Conflict):
        house.act(c, service.take, first.id)
    house.act(b, service.stand_in_line, first.id)
    house.act(c, service.stand_in_line, second.id)
    house.act(a, service.give_back, block.id)
    assert house.held() == {b.id: first.id, c.id: second.id}, "one moves up, and frees a place for the next"
    house.check()
    with pytest.raises(NotFound):
        house.act(a, service.give_back, block.id)
    subjects = [mail.subject for mail in house.mails("placed")]
    assert len(subjects) == 4
    assert subjects[-1].startswith("A place is yours")


def test_taking_another_place_gives_the_first_one_back(house, work):
    _block, (first, second) = house.parts(1, 1)
    a, b = house.attendees(2)
    house.act(a, service.take, first.id)
    house.act(b, service.stand_in_line, first.id)
    with pytest.raises(Conflict):
        house.act(b, service.stand_in_line, second.id)  # free: one takes it
    house.act(a, service.take, second.id)
    assert house.held() == {a.id: second.id, b.id: first.id}
    with work() as uow:
        assert uow.session.scalars(select(SignupWait)).all() == []
    house.check()


@pytest.mark.parametrize("why", ["no seat", "mode", "ahead", "closed", "begun", "other edition"])
def test_whoever_may_not_gets_no_place(house, work, clock, why):
    values = {}
    if why == "mode":
        values["audience"] = Audience.VIRTUAL
    if why == "ahead":
        values |= {"opens_at": clock.at + timedelta(hours=1), "opens_zone": "UTC"}
    _block, (part,) = house.parts(1, **values)
    (person,) = house.attendees(1)
    with work() as uow:
        if why == "no seat":
            person = make_person(uow)
        if why == "begun":
            uow.session.get(SignupPart, part.id).starts_at = clock.at
        edition = make_edition(uow, slug="2027") if why == "other edition" else house.edition
    if why == "closed":
        clock.at += timedelta(days=8)
    with pytest.raises(NotFound if why == "other edition" else Conflict), work(person) as uow:
        service.take(uow, uow.session.merge(edition), part.id)
    assert house.held() == {}


@shows("Registration", "A place that clashes with one's own talk or another place of one's own is not given")
def test_nobody_is_in_two_places(house, work):
    a, b = house.attendees(2)
    with work() as uow:
        edition = uow.session.merge(house.edition)
        work_of_a = make_work(uow, edition, 7, "A talk", (("P0", a),))
        make_item(uow, edition, "", 0, length=60, submission_id=work_of_a.id)
        table = make_item(uow, edition, "Table of the schedule", 30, kind=Kind.ROUNDTABLE, length=60)
        make_release(uow, edition)
        one, other = make_block(uow, edition), make_block(uow, edition, "Lunch")
        at_table = make_part(uow, one, "Table", 5, item_uid=table.uid)
        own = make_part(uow, one, "Led", 5, moderator_id=a.id)
        lunch = make_part(uow, other, "Lunch", 5, **hours(START + timedelta(minutes=60)))
    for part, reason in ((at_table, "A talk"), (own, "You lead")):
        with pytest.raises(Conflict, match=reason):
            house.act(a, service.take, part.id)
    house.act(b, service.take, at_table.id)
    with pytest.raises(Conflict, match="Table of the schedule"):
        house.act(b, service.take, lunch.id)
    house.act(a, service.take, lunch.id)


def test_a_kind_that_is_no_longer_in_the_room_frees_its_places(house):
    _block, (part,) = house.parts(1, audience=Audience.IN_PERSON)
    (a,), (b,) = house.attendees(1), house.attendees(1, house.far)
    house.act(a, service.take, part.id)
    for kind, mode in ((house.far, Mode.IN_PERSON), (house.room, Mode.VIRTUAL)):
        content = registrations.KindContent(kind.name, mode, None)
        house.act(house.organiser, registrations.edit_kind, kind.id, content)
        if mode is Mode.IN_PERSON:
            house.act(b, service.stand_in_line, part.id)
    assert house.held() == {b.id: part.id}
    assert [mail.person_id for mail in house.mails("ended")] == [a.id]


def test_whoever_leaves_the_room_or_the_edition_frees_their_place(house, work):
    _block, (part,) = house.parts(1, audience=Audience.IN_PERSON)
    a, b, c = house.attendees(3)
    house.act(a, service.take, part.id)
    house.act(b, service.stand_in_line, part.id)
    house.act(c, service.stand_in_line, part.id)
    house.act(a, registrations.register, house.far.id, registrations.Details("P0"))
    assert house.held() == {b.id: part.id}
    assert [mail.person_id for mail in house.mails("ended")] == [a.id]
    house.act(b, registrations.cancel)
    assert house.held() == {c.id: part.id}
    with work() as uow:
        registrations.on_person_erased(uow, PersonErased(c.id))
        service.on_person_erased(uow, PersonErased(c.id))
    assert house.held() == {}
    house.check()


def test_fewer_places_than_are_taken_are_refused_and_more_go_on(house, work):
    _block, (part,) = house.parts(1)
    a, b = house.attendees(2)
    house.act(a, service.take, part.id)
    house.act(b, service.stand_in_line, part.id)

    def content(capacity):
        return settling.PartContent("Table 1", capacity)

    with pytest.raises(Conflict):
        house.act(house.organiser, settling.edit_part, part.id, content(0), version=1)
    with pytest.raises(NotFound):
        house.act(a, settling.edit_part, part.id, content(5), version=1)
    house.act(house.organiser, settling.edit_part, part.id, content(2), version=1)
    assert set(house.held()) == {a.id, b.id}
    house.check()


@pytest.fixture
def ranked(house, clock):
    """Three tables for two people each, nine who ranked, and the choices are in."""
    block, parts = house.parts(2, 2, 2, way=Way.RANKED)
    people = house.attendees(9)
    for n, person in enumerate(people):
        wanted = [parts[0], parts[1], parts[2]] if n < 6 else [parts[2], parts[0]]
        house.act(person, service.choose, block.id, [part.id for part in wanted])
    clock.at += timedelta(days=8)
    house.block, house.tables, house.people = block, parts, people
    return house


def test_a_proposal_does_not_outlive_what_it_was_made_from(ranked, work, clock):
    house, block = ranked, ranked.block
    house.act(house.organiser, settling.propose, block.id)
    longer = settling.BlockContent(
        block.name, Way.RANKED, Audience.EVERYBODY, Deadline(clock.at + timedelta(days=1), "Etc/GMT+12")
    )
    house.act(house.organiser, settling.edit_block, block.id, longer, version=1)
    (late,) = house.attendees(1)
    house.act(late, service.choose, block.id, [house.tables[1].id])
    with pytest.raises(Conflict):
        house.act(house.organiser, settling.apply, block.id)
    clock.at += timedelta(days=2)
    with pytest.raises(Conflict):
        house.act(house.organiser, settling.apply, block.id)
    house.act(house.organiser, settling.propose, block.id)
    house.act(house.organiser, settling.apply, block.id)
    assert late.id in {mail.person_id for template in ("placed", "unplaced") for mail in house.mails(template)}


@shows("Registration", "Organisers see a proposal with how many get which choice, change it by hand, and apply it")
def test_places_are_proposed_changed_and_given(ranked, work, clock):
    house, block, tables = ranked, ranked.block, ranked.tables
    with pytest.raises(Conflict):
        house.act(house.people[0], service.choose, block.id, [tables[1].id])
    house.act(house.organiser, settling.propose, block.id)
    with work() as uow:
        shown = settling.preview(uow, queries.find_block(uow.session, house.edition_id, block.id))
    assert sum(shown.filled.values()) == 6
    assert shown.ranks[0] == 3
    lucky = next(person for person, part in shown.places.items() if part == tables[0].id)
    without = next(person for person, part in shown.places.items() if part is None)
    with pytest.raises(Conflict):
        house.act(house.organiser, settling.change_proposal, block.id, without, tables[0].id)
    house.act(house.organiser, settling.change_proposal, block.id, lucky, None)
    house.act(house.organiser, settling.change_proposal, block.id, without, tables[0].id)
    house.act(house.organiser, settling.apply, block.id)
    held = house.held()
    assert (len(held), held[without]) == (6, tables[0].id)
    assert lucky not in held
    house.check()
    told = {mail.person_id for template in ("placed", "unplaced") for mail in house.mails(template)}
    assert told == {person.id for person in house.people}
    with pytest.raises(Conflict):
        house.act(house.organiser, settling.apply, block.id)
    with work() as uow:
        waiting = {one.person_id for one in uow.session.scalars(select(SignupWait))}
    assert waiting == {person.id for person in house.people} - set(held)
    giver = uow_person(house, without)
    house.act(giver, service.give_back, block.id)
    assert len(house.held()) == 6, "the place went on"
    house.check()


@shows(
    "Registration", "On the date announced the worker gives ranked places by itself, as organisers left the proposal"
)
@pytest.mark.parametrize("proposed", [False, True])
def test_the_worker_gives_places_on_the_date_announced(ranked, work, clock, database, app, proposed):
    house, block = ranked, ranked.block
    with work() as uow:
        queries.find_block(uow.session, house.edition_id, block.id).decides_at = clock.at + timedelta(hours=1)
    if proposed:
        house.act(house.organiser, settling.propose, block.id)
        with work() as uow:
            shown = settling.preview(uow, queries.find_block(uow.session, house.edition_id, block.id))
        lucky = next(person for person, part in shown.places.items() if part == house.tables[0].id)
        house.act(house.organiser, settling.change_proposal, block.id, lucky, None)
    for days, given in ((0, 0), (1, 6), (1, 6)):
        clock.at += timedelta(days=days)
        with app.app_context():
            settling.allocate_due(database, clock)
        assert len(house.held()) == given
    assert len(house.mails("placed")) + len(house.mails("unplaced")) == 9
    house.check()


@pytest.mark.sqlite
@pytest.mark.parametrize("why", ["cancelled", "switched off"])
def test_no_places_are_given_where_an_edition_is_cancelled_or_organisers_do_it(ranked, work, clock, database, app, why):
    with work() as uow:
        block = queries.find_block(uow.session, ranked.edition_id, ranked.block.id)
        block.decides_at = clock.at
        block.decides_itself = why != "switched off"
        if why == "cancelled":
            uow.session.merge(ranked.edition).cancelled_at = clock.at
    with app.app_context():
        settling.allocate_due(database, clock)
    assert ranked.held() == {}


@shows("Registration", "A table that does not take place is told to who had a place, waited for it or ranked it")
def test_a_part_that_goes_is_told_to_everybody_it_concerns(house, ranked):
    house.act(house.organiser, settling.remove_part, ranked.tables[1].id)
    assert [mail.to_address for mail in house.mails("off")] == [person.email for person in ranked.people[:6]]
    _block, (table,) = house.parts(1, name="Lunch")
    sits, waits = house.attendees(2)
    house.act(sits, service.take, table.id)
    house.act(waits, service.stand_in_line, table.id)
    house.act(house.organiser, settling.remove_part, table.id)
    assert [mail.to_address for mail in house.mails("ended")] == [sits.email]
    assert house.mails("off")[-1].to_address == waits.email
    assert house.mails("off")[-1].subject == "It does not take place: Table 1"


def uow_person(house, person_id):
    return next(person for person in house.people if person.id == person_id)


def test_the_same_seed_proposes_the_same_again(ranked, work):
    house, found = ranked, []
    for _time in range(2):
        house.act(house.organiser, settling.propose, house.block.id)
        with work() as uow:
            block = queries.find_block(uow.session, house.edition_id, house.block.id)
            found.append((block.digest, settling.preview(uow, block).places))
    assert found[0] == found[1]


def test_whoever_left_before_places_are_given_gets_none(ranked, work):
    house = ranked
    house.act(house.organiser, settling.propose, house.block.id)
    gone = house.people[8]
    house.act(gone, registrations.cancel)
    house.act(house.organiser, settling.apply, house.block.id)
    assert gone.id not in house.held()
    with work() as uow:
        assert not uow.session.scalars(select(SignupChoice).where(SignupChoice.person_id == gone.id)).all()
    house.check()


@shows("Registration", "Moving a part tells those who have a place there, and says what it now clashes with")
def test_a_part_that_moves_says_what_is_in_the_way_by_then(house, work):
    with work() as uow:
        edition = uow.session.merge(house.edition)
        at_table = make_item(uow, edition, "Table", 30, kind=Kind.ROUNDTABLE, length=60)
        make_release(uow, edition)
        one, other = make_block(uow, edition), make_block(uow, edition, "Lunch")
        table = make_part(uow, one, "Table", 1, item_uid=at_table.uid)
        lunch = make_part(uow, other, "Lunch", 3, **hours(START + timedelta(hours=5)))
    a, b, c = house.attendees(3)
    house.act(a, service.take, table.id)
    house.act(b, service.stand_in_line, table.id)
    for person in (a, b):
        house.act(person, service.take, lunch.id)
    house.act(c, service.stand_in_line, table.id)
    to = START + timedelta(minutes=60)
    content = settling.PartContent("Lunch", 3, starts=to, ends=to + timedelta(hours=1))
    house.act(house.organiser, settling.edit_part, lunch.id, content, version=1)
    texts = {mail.person_id: mail.text_body for mail in house.mails("moved")}
    assert set(texts) == {a.id, b.id}
    assert "same time as “Table”" in texts[a.id].replace("\u2068", "").replace("\u2069", "")
    assert "same time" not in texts[b.id]
    assert house.mails("moved")[0].calendar is not None
    with work() as uow:
        item = uow.session.get(ScheduleItem, at_table.id)
        item.starts_at, item.ends_at = item.starts_at + timedelta(minutes=20), item.ends_at + timedelta(minutes=20)
        make_release(uow, uow.session.merge(house.edition))
    assert [mail.person_id for mail in house.mails("moved")][2:] == [a.id, b.id], "c may still hope"
    assert "no longer fits you" in house.mails("moved")[-1].subject


@shows("Registration", "A place comes with a calendar note by mail, and stands in one's own calendar")
def test_a_place_stands_in_the_mail_for_a_calendar(house, work):
    (person,) = house.attendees(1)
    with work() as uow:
        block = make_block(uow, uow.session.merge(house.edition))
        part = make_part(uow, block, "Table 1", 3, **hours(START), where="Foyer")
    house.act(person, service.take, part.id)
    (mail,) = house.mails("placed")
    text = mail.calendar.decode()
    assert "SUMMARY:Table 1 (Roundtables)" in text
    assert "LOCATION:Foyer" in text
    assert "Foyer" in mail.text_body


@shows("Registration", "The allocation of ranked choices is also a command, with a dry run and as JSON")
def test_places_are_given_by_command(ranked, app, monkeypatch):
    run = commands.runner(app, monkeypatch)
    dry = commands.told(run("signups", "allocate", "musiml/2026", "--dry-run", "--json"))
    assert dry["counts"] == {"placed": 6, "without": 3, "mails": 9}
    assert ranked.held() == {}
    done = commands.told(run("signups", "allocate", "musiml/2026", "--json"))
    assert done["done"]
    assert (done["seed"], done["digest"]) == (dry["seed"], dry["digest"])
    assert json.dumps(done["items"]) == json.dumps(dry["items"])
    assert len(ranked.held()) == 6
    refused = run("signups", "allocate", "musiml/2026", "--json")
    assert refused.exit_code == 1
