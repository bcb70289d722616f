"""The automatic draft from an edition's accepted work to its schedule, on both databases."""

import re
from datetime import timedelta

import pytest

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import make_kind, make_registration
from tests.schedule.factories import CHAIR, START, make_item, make_work
from tests.shows import shows
from workshop_manager.core.errors import Conflict, Forbidden
from workshop_manager.registrations.states import Mode
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.programme import Kind
from workshop_manager.submissions.states import Outcome
from workshop_manager.timetabling import taking
from workshop_manager.timetabling.gathering import Options, gather
from workshop_manager.timetabling.words import plan_in_words
from workshop_manager.workshops import service as workshops
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import NOBODY
from workshop_manager.workshops.states import Role


def rows(uow, edition):
    return {row.number: row.item for row in queries.draft_rows(uow.session, edition.id) if row.number}


@shows("Schedule", "Accepted talks without a place get one in the sessions that have room, beside what stands there")
def test_talks_fill_the_sessions_that_have_room(uow):
    edition = make_edition(uow)
    first = make_item(uow, edition, "Morning talks", kind=Kind.SESSION, length=45, room="Hall")
    make_item(uow, edition, "Opening words", length=15, parent_id=first.id)
    make_item(uow, edition, "Lunch", 60, kind=Kind.MEAL)
    second = make_item(uow, edition, "Late talks", 120, kind=Kind.SESSION, length=20, room="Hall")
    for number in (1, 2, 3):
        make_work(uow, edition, number, f"Work {number}", authors=((f"Author {number}", None),))
    make_work(uow, edition, 4, "A poster", outcome=Outcome.POSTER)
    taken = taking.draft(uow, edition, CHAIR, Options())
    placed = rows(uow, edition)
    assert (len(taken.placed), taken.unplaced, sorted(placed)) == (3, (), [1, 2, 3])
    assert {item.parent_id for item in placed.values()} == {first.id, second.id}
    assert {item.starts_at for item in placed.values()} == {
        START + timedelta(minutes=15), START + timedelta(minutes=30), START + timedelta(minutes=120),
    }  # fmt: skip
    assert [who.name for who in placed[1].speakers] == ["Author 1"]
    assert drafting.working(uow.session, edition).conflicts == []
    assert queries.draft_state(uow.session, edition.id).has_unreleased_changes
    with pytest.raises(Conflict, match="its place already"):
        taking.draft(uow, edition, CHAIR, Options())


@shows("Schedule", "Without sessions talks are drafted into the free time of the event's days and rooms")
def test_without_sessions_the_free_time_of_the_days_is_used(uow):
    edition = make_edition(uow)
    make_item(uow, edition, "Keynote", kind=Kind.KEYNOTE, speakers=(Named("Author 1"),), room="Hall")
    for number in (1, 2):
        make_work(uow, edition, number, f"Work {number}", authors=((f"Author {number}", None),))
    taken = taking.draft(uow, edition, CHAIR, Options(talk=20))
    starts = sorted(each.start for each in taken.placed)
    assert starts[0] >= START + timedelta(minutes=30)
    assert {each.where for each in taken.placed} == {"Hall"}
    assert [item.ends_at - item.starts_at for item in rows(uow, edition).values()] == [timedelta(minutes=20)] * 2
    assert drafting.working(uow.session, edition).errors == []


@shows("Schedule", "What was placed by hand stays where it is; only if asked, and then as little as possible, it moves")
def test_what_stands_stays_unless_it_may_move(uow):
    edition = make_edition(uow)
    session = make_item(uow, edition, "Talks", kind=Kind.SESSION, length=30, room="Hall")
    make_item(uow, edition, "All the rest", 30, kind=Kind.SOCIAL, length=1000)
    one = make_work(uow, edition, 1, "Work 1", authors=(("Author 1", None),))
    make_work(uow, edition, 2, "Work 2", authors=(("Author 2", None),))
    by_hand = make_item(uow, edition, "", 5, length=15, submission_id=one.id, parent_id=session.id)
    was, uid = by_hand.starts_at, by_hand.uid
    taken = taking.draft(uow, edition, CHAIR, Options())
    assert ([number for number, _title in taken.unplaced], rows(uow, edition)[1].starts_at) == ([2], was)
    assert list(plan_in_words(taken)) == ["#2 “Work 2” found no room."]
    taken = taking.draft(uow, edition, CHAIR, Options(moves=True))
    placed = rows(uow, edition)
    assert (taken.unplaced, len(placed), placed[1].uid) == ((), 2, uid)
    assert "#1 “Work 1” moves from 08:35 to 08:30." in list(plan_in_words(taken)) or (
        "#1 “Work 1” moves from 08:35 to 08:45." in list(plan_in_words(taken))
    )


@shows("Schedule", "Where sessions are full, a talk is drafted into free time beside them, and that is said")
def test_what_does_not_fit_the_sessions_goes_beside_them(uow):
    edition = make_edition(uow)
    session = make_item(uow, edition, "Talks", kind=Kind.SESSION, length=15, room="Hall")
    for number in (1, 2):
        make_work(uow, edition, number, f"Work {number}", authors=((f"Author {number}", None),))
    taken = taking.draft(uow, edition, CHAIR, Options())
    assert sorted(item.parent_id or 0 for item in rows(uow, edition).values()) == [0, session.id]
    assert [sentence for sentence in plan_in_words(taken) if "outside the sessions" in sentence]
    assert drafting.working(uow.session, edition).errors == []


@shows("Schedule", "Each broken wish names the talk: who would be asleep, with the hour where they are")
def test_who_is_asleep_is_named_with_the_hour_there(uow):
    edition = make_edition(uow)
    far = make_person(uow, "Far Away", time_zone="Pacific/Auckland")
    make_item(uow, edition, "Talks", kind=Kind.SESSION, length=15, room="Hall")
    make_item(uow, edition, "All the rest", 15, kind=Kind.SOCIAL, length=1000)
    make_work(uow, edition, 1, "Work 1", authors=(("Far Away", far),))
    kind = make_kind(uow, edition, mode=Mode.VIRTUAL)
    make_registration(uow, edition, kind, far)
    taken = taking.draft(uow, edition, CHAIR, Options())
    assert "#1 “Work 1” is at 03:30 in Pacific/Auckland, where it is given from." in list(plan_in_words(taken))
    assert rows(uow, edition)[1].remote


def test_it_is_refused_without_the_right_without_room_and_after_a_change(uow):
    edition = make_edition(uow)
    make_work(uow, edition, 1)
    with pytest.raises(Forbidden):
        taking.draft(uow, edition, NOBODY, Options())
    seen = gather(uow.session, edition, Options()).digest
    assert seen == gather(uow.session, edition, Options()).digest
    item = make_item(uow, edition, "Something", room="Hall")
    with pytest.raises(Conflict, match="changed since"):
        taking.draft(uow, edition, CHAIR, Options(), seen=seen)
    service.remove(uow, edition, CHAIR, item.id)
    make_item(uow, edition, "All of it", kind=Kind.MEAL, minutes=-600, length=5000)
    with pytest.raises(Conflict, match="no free time"):
        taking.draft(uow, edition, CHAIR, Options())


def test_only_the_rooms_that_are_named_are_used(uow):
    edition, owner = make_edition(uow), make_person(uow)
    join_team(uow, edition, owner, Role.OWNER)
    uow.actor = owner
    for name in ("Hall", "Attic"):
        workshops.add_room(uow, edition, workshops.NewRoom(name))
    for number in range(1, 5):
        make_work(uow, edition, number, f"Work {number}", authors=((f"Author {number}", None),))
    found = gather(uow.session, edition, Options(rooms=frozenset({"Attic"}))).problem
    assert {each.room for each in found.stretches} == {"Attic"}


PAGE = "/musiml/2026/organise/schedule/drafted"


@shows("Schedule", "The automatic draft is looked at first, and taken as it was looked at or not at all")
def test_a_draft_is_looked_at_and_taken(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        make_item(uow, edition, "Talks", kind=Kind.SESSION, length=60, room="Hall")
        for number in (1, 2):
            make_work(uow, edition, number, f"Work <{number}>", authors=((f"Author {number}", None),))
        client, edition_id = client_for(app, uow, person), edition.id
    said = {"talk": "20", "lightning": "5"}
    assert client.get(PAGE).status_code == 200
    assert send(client, PAGE, said | {"talk": "3", "do": "look"}).status_code == 422
    shown = send(client, PAGE, said | {"do": "look"})
    assert (shown.status_code, "2 talks find their place" in shown.text) == (200, True)
    assert "There is no better draft" in shown.text
    assert "Work &lt;1&gt;" in shown.text
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', shown.text)[1]
    with work() as uow:
        assert not rows(uow, get_edition(uow.session, edition_id))
    # Other minutes than were looked at.
    assert send(client, PAGE, said | {"talk": "25", "do": "take", "seen": seen}).status_code == 409
    assert send(client, PAGE, said | {"do": "take"}).status_code == 409
    assert send(client, PAGE, said | {"do": "take", "seen": seen}).status_code == 303
    with work() as uow:
        edition = get_edition(uow.session, edition_id)
        assert sorted(rows(uow, edition)) == [1, 2]
    again = send(client, PAGE, said | {"do": "look"})
    assert (again.status_code, "its place already" in again.text) == (409, True)
