"""The automatic draft from an edition's accepted work to its schedule, on both databases."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.commands import runner, told
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import make_kind, make_registration
from tests.schedule.factories import CHAIR, START, make_item, make_work
from tests.shows import shows
from workshop_manager.core.errors import Conflict, Forbidden
from workshop_manager.core.jobs import WorkerBeat
from workshop_manager.registrations.states import Mode
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.programme import Kind
from workshop_manager.submissions.states import Outcome
from workshop_manager.timetabling import storing, taking
from workshop_manager.timetabling.gathering import gather
from workshop_manager.timetabling.options import Options, from_json
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
    by_hand.is_fixed = True
    uow.session.flush()
    assert "1" not in gather(uow.session, edition, Options(moves=True)).wanted
    by_hand.is_fixed = False
    uow.session.flush()
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


def make_talks(uow, edition, person, many=2):
    join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
    make_item(uow, edition, "Talks", kind=Kind.SESSION, length=60, room="Hall")
    for number in range(1, many + 1):
        make_work(uow, edition, number, f"Work <{number}>", authors=((f"Author {number}", None),))


def answer(client):
    page = client.get(PAGE)
    found = re.search(r'name="seen" value="([^"]+)"', page.text)
    return page.text, found[1] if found else ""


@shows("Schedule", "The automatic draft is looked at first, and taken as it was looked at or not at all")
def test_a_draft_is_looked_at_and_taken(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_talks(uow, edition, person)
        client, edition_id = client_for(app, uow, person), edition.id
    said = {"talk": "20", "lightning": "5", "opens_0": "08:00", "closes_0": "18:00", "do": "look"}
    assert client.get(PAGE).status_code == 200
    assert send(client, PAGE, said | {"talk": "3"}).status_code == 422
    # No worker runs here: it is worked out before the answer.
    assert send(client, PAGE, said).status_code == 303
    shown, seen = answer(client)
    assert "2 talks find their place" in shown
    assert "There is no better draft" in shown
    assert "Work &lt;1&gt;" in shown
    with work() as uow:
        assert not rows(uow, get_edition(uow.session, edition_id))
    assert send(client, PAGE, {"do": "take"}).status_code == 409
    # Another was asked for since: what was looked at is not what would be taken.
    assert send(client, PAGE, said | {"talk": "25"}).status_code == 303
    assert send(client, PAGE, {"do": "take", "seen": seen}).status_code == 409
    assert send(client, PAGE, said).status_code == 303
    assert send(client, PAGE, {"do": "take", "seen": seen}).status_code == 303
    with work() as uow:
        edition = get_edition(uow.session, edition_id)
        assert sorted(rows(uow, edition)) == [1, 2]
        assert storing.found(uow.session, edition_id) is None
    again = send(client, PAGE, said)
    assert (again.status_code, "its place already" in again.text) == (409, True)


@shows(
    "Schedule",
    "A draft is worked out by the worker, one at a time, with its progress on the page, and survives its end",
)
def test_a_draft_is_a_job(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_talks(uow, edition, person)
        uow.session.add(WorkerBeat(name="a", seen_at=uow.now))
        client, edition_id = client_for(app, uow, person), edition.id
    said = {"talk": "20", "lightning": "5", "opens_0": "08:00", "closes_0": "18:00", "do": "look"}
    assert send(client, PAGE, said).status_code == 303
    page, seen = answer(client)
    assert ("0 of 9 aims are settled" in page, "data-waits" in page, seen) == (True, True, "")
    second = send(client, PAGE, said | {"breaks": "12:00-13:00 Tea"})
    assert (second.status_code, "worked out already" in second.text, "13:00 Tea" in second.text) == (409, True, True)
    platform = app.extensions["platform"]
    with app.app_context():
        # A worker that ended in the middle left its try behind; the next one goes on.
        with work() as uow:
            storing.found(uow.session, edition_id).tries = 2
        storing.work_all(platform.database, platform.clock)
    page, seen = answer(client)
    assert "2 talks find their place" in page
    # Whatever changes in the schedule since is not overwritten.
    with work() as uow:
        make_item(uow, get_edition(uow.session, edition_id), "New", 200, room="Hall")
    assert "The schedule has changed since" in answer(client)[0]
    assert send(client, PAGE, {"do": "take", "seen": seen}).status_code == 409


def test_a_draft_that_ends_its_worker_each_time_is_given_up(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_talks(uow, edition, person)
        uow.session.add(WorkerBeat(name="a", seen_at=uow.now))
        with app.app_context():
            storing.ask(uow, edition, CHAIR, Options()).tries = storing.MOST_TRIES
        client, edition_id = client_for(app, uow, person), edition.id
    platform = app.extensions["platform"]
    with app.app_context():
        storing.work_all(platform.database, platform.clock)
    with work() as uow:
        assert storing.found(uow.session, edition_id).is_failed
    assert "It could not be worked out" in answer(client)[0]


@shows(
    "Schedule",
    "Hours of each day, breaks and rooms' hours are chosen for a draft, over midnight and on a day a week later",
)
def test_hours_and_breaks_are_chosen(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        join_team(uow, edition, person, Role.OWNER)
        uow.actor = person
        for name in ("Hall", "Attic"):
            workshops.add_room(uow, edition, workshops.NewRoom(name))
        make_work(uow, edition, 1)
        client, edition_id = client_for(app, uow, person), edition.id
    said = {
        "talk": "20", "lightning": "5", "opens_0": "22:00", "closes_0": "01:00",
        "more": "2026-12-18", "more_opens": "09:00", "more_closes": "17:00",
        "breaks": "23:00-23:30 Tea\n18 Dec 12:00–13:00", "open": "Attic: 18 Dec 10:00-12:00", "do": "look",
    }  # fmt: skip
    wrong = send(client, PAGE, said | {"opens_0": "", "breaks": "at noon", "open": "Cellar 9:00-10:00", "more": ""})
    assert wrong.status_code == 422
    for sentence in ("Say both when the day begins", "at noon”.", "Cellar", "Say which day this is"):
        assert sentence in wrong.text
    assert "at noon</textarea>" in wrong.text
    assert send(client, PAGE, said).status_code == 303
    assert "12:00–13:00" in answer(client)[0]
    with work() as uow:
        edition = get_edition(uow.session, edition_id)
        asked = from_json(storing.found(uow.session, edition_id).options)
        found = gather(uow.session, edition, asked).problem
        zone = ZoneInfo(edition.time_zone)
        clocks = [
            (
                each.room,
                *(
                    f"{(found.origin + timedelta(minutes=m)).astimezone(zone):%d %H:%M}"
                    for m in (each.span.start, each.span.end)
                ),
            )
            for each in found.stretches
        ]
    day = f"{edition.starts_at.astimezone(zone):%d}"
    after = f"{edition.starts_at.astimezone(zone) + timedelta(days=1):%d}"
    night = [(f"{day} 22:00", f"{day} 23:00"), (f"{day} 23:30", f"{after} 01:00")]
    assert [each[1:] for each in clocks if each[0] == "Hall"] == [
        *night, ("18 09:00", "18 12:00"), ("18 13:00", "18 17:00"),
    ]  # fmt: skip
    assert [each[1:] for each in clocks if each[0] == "Attic"] == [*night, ("18 10:00", "18 12:00")]


@shows(
    "Commands",
    "`schedule draft` gives accepted talks their places, within hours, breaks and rooms' hours that are named",
)
def test_the_command_drafts_within_hours(app, work, monkeypatch):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        join_team(uow, edition, person, Role.OWNER)
        uow.actor = person
        workshops.add_room(uow, edition, workshops.NewRoom("Attic"))
        make_work(uow, edition, 1)
    run = runner(app, monkeypatch)
    words = ("schedule", "draft", "musiml/2026", "--json", "--hours", "2026-12-18 9:00-10:00", "--break", "9:00-9:30")
    wrong = told(run(*words, "--open", "Cellar: 9:00-10:00"))
    assert "Cellar" in wrong["problems"][0]["sentence"]
    said = told(run(*words, "--open", "Attic: 9:10-10:00"))
    start = datetime.fromisoformat(said["items"][0]["start"]).astimezone(ZoneInfo("America/Chicago"))
    assert (said["counts"]["placed"], f"{start:%d %H:%M}", said["items"][0]["where"]) == (1, "18 09:30", "Attic")
