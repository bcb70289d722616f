"""The grid: what it shows, what it saves, what it refuses, and how changes are taken back."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, START, content, make_item, make_release, make_work
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.schedule import drafting, queries, releasing, service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.editing import placing, presence, undoing
from workshop_manager.schedule.editing.board import Block, _lanes
from workshop_manager.schedule.editing.placing import Spot
from workshop_manager.schedule.models import ItemOrigin, ItemSpeaker, ScheduleEdit, ScheduleItem
from workshop_manager.schedule.programme import Kind
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Room
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Role

GRID = "/musiml/2026/organise/schedule/grid"
DAY = date(2026, 12, 11)
TEN = 10 * 60
CHICAGO_TEN = datetime(2026, 12, 11, 16, tzinfo=UTC)


@pytest.fixture
def scene(uow):
    """An edition in Chicago, and a chair at work in it."""
    edition = make_edition(uow)
    uow.actor = make_person(uow, name="Amina Chair")
    return edition


def room(uow, edition, name="Hall"):
    made = Room(edition_id=edition.id, name=name, position=queries.last_room(uow.session, edition.id) + 1)
    uow.session.add(made)
    uow.session.flush()
    return made


def looked(uow, item):
    """What somebody's board shows of it."""
    return service.stamp(item, queries.children(uow.session, item.id))


def move(uow, edition, item, minute, room_id=None, day=DAY):
    return placing.place(uow, edition, CHAIR, item.id, looked(uow, item), Spot(day, minute, room_id))


def said(uow, edition):
    """Everything the draft says, without versions."""
    uow.session.expire_all()
    uids = [row.item.uid for row in queries.draft_rows(uow.session, edition.id)]
    return undoing.states(uow.session, edition.id, uids)


@shows("Schedule", "On the grid a session moves to another time and room, and what stands in it moves along")
def test_a_session_moves_with_what_stands_in_it(uow, scene):
    hall = room(uow, scene)
    session = make_item(uow, scene, "Talks", 0, length=60, kind=Kind.SESSION)
    talk = make_item(uow, scene, "A talk", 15, length=15, parent_id=session.id)
    move(uow, scene, session, TEN, hall.id)
    assert (session.starts_at, session.ends_at, session.room_id) == (
        CHICAGO_TEN,
        CHICAGO_TEN + timedelta(hours=1),
        hall.id,
    )
    assert (talk.starts_at, talk.parent_id) == (CHICAGO_TEN + timedelta(minutes=15), session.id)


@shows(
    "Schedule", "The grid refuses to overwrite what somebody changed meanwhile, and says who and where it stands now"
)
def test_what_somebody_changed_meanwhile_is_not_overwritten(uow, scene):
    item = make_item(uow, scene, "Opening")
    seen = item.version
    move(uow, scene, item, TEN)
    uow.actor = make_person(uow, name="Wahyuni")
    with pytest.raises(service.Stale, match=r"Amina Chair changed “Opening” meanwhile.*10:00"):
        placing.place(uow, scene, CHAIR, item.id, seen, Spot(DAY, 900, None))
    for verb in (
        lambda: placing.resize(uow, scene, CHAIR, item.id, seen, 10),
        lambda: placing.copy(uow, scene, CHAIR, item.id, seen, Spot(DAY, 900, None)),
        lambda: placing.take_out(uow, scene, CHAIR, item.id, seen),
    ):
        with pytest.raises(service.Stale):
            verb()
    assert (item.starts_at, queries.count_items(uow.session, scene.id)) == (CHICAGO_TEN, 1)


@shows("Schedule", "The grid refuses a local time that the clocks skip or go through twice, with a sentence")
@pytest.mark.parametrize(
    ("day", "minute", "why"), [((2026, 3, 8), 150, "does not exist"), ((2026, 11, 1), 90, "twice")]
)
def test_a_time_that_is_not_or_comes_twice_is_refused(uow, scene, day, minute, why):
    item = make_item(uow, scene)
    with pytest.raises(Conflict, match=why):
        move(uow, scene, item, minute, day=date(*day))
    assert item.starts_at == START


def test_a_room_changes_within_an_hour_that_comes_twice(uow, scene):
    hall = room(uow, scene)
    second = datetime(2026, 11, 1, 7, 30, tzinfo=UTC)  # 01:30 for the second time
    item = make_item(uow, scene, start=second)
    move(uow, scene, item, 90, hall.id, day=date(2026, 11, 1))
    assert (item.starts_at, item.room_id) == (second, hall.id)


@shows(
    "Schedule",
    "What must not move is marked so: the grid, the list and the automatic draft leave its time and room alone",
)
def test_what_must_not_move_stays(uow, scene):
    session = make_item(uow, scene, "Morning", 0, length=60, kind=Kind.SESSION)
    talk = make_item(uow, scene, "Guest", 0, length=20, parent_id=session.id, is_fixed=True)
    for item, act in ((talk, move), (session, move)):
        with pytest.raises(Conflict, match="must not move"):
            act(uow, scene, item, 300)
    with pytest.raises(Conflict, match="must not move"):
        placing.resize(uow, scene, CHAIR, talk.id, talk.version, 5)
    later = make_item(uow, scene, "Later", 120)
    with pytest.raises(Conflict, match="must not move"):
        service.move(uow, scene, CHAIR, later.id, up=True)
    assert (talk.starts_at, talk.parent_id) == (session.starts_at, session.id)
    typed = content("Guest", 30, length=20, parent_id=session.id)
    service.edit(uow, scene, CHAIR, talk.id, talk.version, typed)
    assert not talk.is_fixed, "its form takes the mark off and gives another time"


@shows("Schedule", "On the grid a place past midnight is the early morning of the next day")
def test_past_midnight_is_the_next_day_and_nothing_is_further_away(uow, scene):
    item = make_item(uow, scene)
    move(uow, scene, item, 1440 + 30)
    assert item.starts_at == datetime(2026, 12, 12, 6, 30, tzinfo=UTC)
    for minute in (-5, 2 * 1440):
        with pytest.raises(Conflict):
            move(uow, scene, item, minute)


def test_rooms_items_and_works_of_another_edition_are_not_found(uow, scene):
    other = make_edition(uow, slug="2027")
    theirs, their_room, their_work = make_item(uow, other), room(uow, other), make_work(uow, other, 1)
    mine = make_item(uow, scene)
    for verb in (
        lambda: move(uow, scene, theirs, TEN),
        lambda: move(uow, scene, mine, TEN, their_room.id),
        lambda: placing.place_work(uow, scene, CHAIR, their_work.id, Spot(DAY, TEN, None)),
    ):
        with pytest.raises(NotFound):
            verb()


@shows("Schedule", "A talk put into a session on the grid becomes part of it, and leaves it when it is taken elsewhere")
def test_a_talk_belongs_to_the_session_it_is_put_into(uow, scene):
    hall, side = room(uow, scene), room(uow, scene, "Side")
    session = make_item(uow, scene, "Talks", 90, length=60, kind=Kind.SESSION, room="Hall")  # from 10:00
    talk = make_item(uow, scene, "A talk", 0, length=15)
    move(uow, scene, talk, TEN + 15, hall.id)
    assert (talk.parent_id, talk.room_id) == (session.id, None)
    move(uow, scene, talk, TEN + 30, hall.id)
    assert (talk.parent_id, talk.room_id) == (session.id, None)
    move(uow, scene, talk, TEN + 30, side.id)
    assert (talk.parent_id, talk.room_id) == (None, side.id)


@shows(
    "Schedule", "Accepted work without a place waits beside the grid and lasts as long there as its kind usually does"
)
def test_accepted_work_gets_its_place(uow, scene):
    hall = room(uow, scene)
    work = make_work(uow, scene, 1)
    make_item(uow, scene, "Another", 0, length=12, kind=Kind.TALK)
    item = placing.place_work(uow, scene, CHAIR, work.id, Spot(DAY, TEN, hall.id))
    assert (item.kind, item.title, item.room_id) == (Kind.TALK, work.title, hall.id)
    assert item.ends_at - item.starts_at == timedelta(minutes=12)
    with pytest.raises(service.Stale, match="10:00"):
        placing.place_work(uow, scene, CHAIR, work.id, Spot(DAY, TEN, hall.id))


def test_a_poster_hangs_as_long_as_its_session(uow, scene):
    hall = room(uow, scene)
    session = make_item(uow, scene, "Posters", 90, length=45, kind=Kind.SESSION, room="Hall")
    work = make_work(uow, scene, 1, outcome=Outcome.POSTER)
    item = placing.place_work(uow, scene, CHAIR, work.id, Spot(DAY, TEN + 20, hall.id))
    assert (item.kind, item.parent_id, item.starts_at, item.ends_at) == (
        Kind.POSTER, session.id, session.starts_at, session.ends_at,
    )  # fmt: skip


def test_released_work_is_called_off_and_comes_back_under_its_name_in_calendars(uow, scene):
    work = make_work(uow, scene, 1)
    item = placing.place_work(uow, scene, CHAIR, work.id, Spot(DAY, TEN, None))
    make_release(uow, scene)
    uid = item.uid
    assert placing.take_out(uow, scene, CHAIR, item.id, looked(uow, item)) is True
    again = placing.place_work(uow, scene, CHAIR, work.id, Spot(DAY, TEN + 60, None))
    assert (again.uid, again.cancelled, again.starts_at) == (uid, False, CHICAGO_TEN + timedelta(hours=1))


@shows("Schedule", "An item is copied on the grid with what stands in it")
def test_a_session_is_copied_with_what_stands_in_it(uow, scene):
    session = make_item(uow, scene, "Talks", 0, length=60, kind=Kind.SESSION)
    make_item(uow, scene, "A talk", 15, length=15, parent_id=session.id, speakers=(Named("Nur Aisyah"),))
    made = placing.copy(uow, scene, CHAIR, session.id, looked(uow, session), Spot(DAY, TEN, None))
    [inner] = queries.children(uow.session, made.id)
    assert (inner.title, inner.starts_at) == ("A talk", CHICAGO_TEN + timedelta(minutes=15))
    assert made.uid != session.uid
    assert len(queries.children(uow.session, session.id)) == 1
    undoing.undo(uow, scene, CHAIR)
    assert queries.count_items(uow.session, scene.id) == 2


@shows(
    "Schedule",
    "A board that is older than a colleague's talk in a session neither moves, copies nor removes it with that session",
)
def test_an_old_board_does_nothing_to_what_was_put_into_a_session_since(uow, scene):
    session = make_item(uow, scene, "Talks", 0, length=60, kind=Kind.SESSION)
    seen, on_form = looked(uow, session), session.version
    uow.actor = make_person(uow, name="Wahyuni")
    talk = service.add(uow, scene, CHAIR, content("Theirs", 15, parent_id=session.id))
    for verb in (
        lambda: placing.place(uow, scene, CHAIR, session.id, seen, Spot(DAY, TEN, None)),
        lambda: placing.copy(uow, scene, CHAIR, session.id, seen, Spot(DAY, TEN, None)),
        lambda: placing.take_out(uow, scene, CHAIR, session.id, seen),
        lambda: service.remove(uow, scene, CHAIR, session.id, seen=seen),
    ):
        with pytest.raises(service.Stale):
            verb()
    with pytest.raises(service.Stale, match="Wahyuni changed what stands in “Talks” meanwhile"):
        placing.take_out(uow, scene, CHAIR, session.id, seen)
    seen = looked(uow, session)
    service.edit(uow, scene, CHAIR, talk.id, talk.version, content("Theirs, longer", 15, parent_id=session.id))
    with pytest.raises(service.Stale):
        placing.take_out(uow, scene, CHAIR, session.id, seen)
    # What leaves the inside alone needs to know nothing of it, and the talk's place holds nobody up in the form.
    placing.resize(uow, scene, CHAIR, session.id, seen, 90)
    assert session.version == on_form + 1
    service.remove(uow, scene, CHAIR, session.id, seen=looked(uow, session))
    assert queries.count_items(uow.session, scene.id) == 0


def test_of_a_talk_put_in_and_its_session_taken_out_at_once_only_one_happens(work, database, clock, app):
    with work() as uow:
        edition = make_edition(uow)
        uow.actor = make_person(uow, name="Amina Chair")
        session = make_item(uow, edition, "Talks", 0, length=60, kind=Kind.SESSION)
        edition_id, session_id, seen, person_id = edition.id, session.id, looked(uow, session), uow.actor.id
    outcomes, barrier = [], Barrier(2)

    def race(verb):
        barrier.wait()
        try:
            with app.app_context(), unit_of_work(database, clock) as uow:
                uow.actor = uow.session.get(Person, person_id)
                verb(uow, get_edition(uow.session, edition_id))
            outcomes.append("done")
        except (Conflict, NotFound) as refused:
            outcomes.append(type(refused).__name__)

    verbs = (
        lambda uow, edition: service.add(uow, edition, CHAIR, content("Theirs", 15, parent_id=session_id)),
        lambda uow, edition: placing.take_out(uow, edition, CHAIR, session_id, seen),
    )
    threads = [Thread(target=race, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) in (["Stale", "done"], ["NotFound", "done"])
    with work() as uow:
        assert queries.count_items(uow.session, edition_id) in (2, 0)


# -- undo and redo ---------------------------------------------------------------------------------------------------


@shows("Schedule", "Each organiser undoes and redoes their own changes of the grid, step by step")
def test_changes_are_undone_and_done_again(uow, scene):
    hall = room(uow, scene)
    session = make_item(uow, scene, "Talks", 0, length=60, kind=Kind.SESSION, room="Hall")
    make_item(uow, scene, "A talk", 15, length=15, parent_id=session.id, speakers=(Named("Nur Aisyah", "UGM"),))
    work = make_work(uow, scene, 1)
    seen = [said(uow, scene)]
    for step in (
        lambda: move(uow, scene, session, TEN, hall.id),
        lambda: placing.resize(uow, scene, CHAIR, session.id, session.version, 75),
        lambda: placing.place_work(uow, scene, CHAIR, work.id, Spot(DAY, 900, hall.id)),
        lambda: placing.take_out(uow, scene, CHAIR, session.id, looked(uow, session)),
    ):
        step()
        seen.append(said(uow, scene))
    for before in reversed(seen[:-1]):
        undoing.undo(uow, scene, CHAIR)
        assert said(uow, scene) == before
    with pytest.raises(Conflict, match="nothing of yours to undo"):
        undoing.undo(uow, scene, CHAIR)
    for after in seen[1:]:
        undoing.redo(uow, scene, CHAIR)
        assert said(uow, scene) == after
    with pytest.raises(Conflict, match="nothing of yours to do again"):
        undoing.redo(uow, scene, CHAIR)


@keeps("P4")
def test_no_undoing_brings_back_the_name_of_a_deleted_account(uow, scene):
    gone = make_person(uow, name="Zahra Gone")
    item, moved = (
        make_item(uow, scene, title, speakers=(Named("Zahra Gone"), Named("Li Stays"))) for title in ("One", "Other")
    )
    for each in (item, moved):
        next(who for who in each.speakers if who.name == gone.name).person_id = gone.id
    uow.session.flush()
    move(uow, scene, moved, TEN)
    placing.take_out(uow, scene, CHAIR, item.id, looked(uow, item))
    releasing.forget_person(uow, gone.id)
    undoing.undo(uow, scene, CHAIR)
    undoing.undo(uow, scene, CHAIR)
    for state in said(uow, scene).values():
        assert [who["name"] for who in state["speakers"]] == ["Li Stays"]
    assert "Zahra" not in str([(row.before, row.after) for row in uow.session.scalars(select(ScheduleEdit))])


def test_undoing_names_the_account_that_stays_after_two_became_one(uow, scene):
    gone, stays = make_person(uow, name="Zahra", email="old@example.org"), make_person(uow, name="Zahra")
    work = make_work(uow, scene, 1, "Work", (("Zahra", gone),))
    item = make_item(uow, scene, "", 0, submission_id=work.id)
    move(uow, scene, item, TEN)
    placing.take_out(uow, scene, CHAIR, item.id, looked(uow, item))
    undoing.rename_person(uow, gone.id, stays.id)
    undoing.undo(uow, scene, CHAIR)
    assert [who["person_id"] for state in said(uow, scene).values() for who in state["speakers"]] == [stays.id]


@shows("Schedule", "What somebody else changed since is not undone over their head: the grid says who changed what")
def test_nothing_is_undone_over_somebody_elses_head(uow, scene):
    item, amina = make_item(uow, scene, "Opening"), uow.actor
    move(uow, scene, item, TEN)
    uow.actor = make_person(uow, name="Wahyuni")
    with pytest.raises(Conflict, match="nothing of yours"):
        undoing.undo(uow, scene, CHAIR)
    service.edit(uow, scene, CHAIR, item.id, item.version, content("Welcome", 60))
    uow.actor = amina
    with pytest.raises(Conflict, match="Wahyuni changed “Welcome” meanwhile"):
        undoing.undo(uow, scene, CHAIR)
    assert item.title == "Welcome"


def test_a_new_change_ends_what_could_be_done_again_and_only_so_many_are_kept(uow, scene, monkeypatch):
    monkeypatch.setattr(undoing, "MOST_KEPT", 3)
    item = make_item(uow, scene)
    for n in range(5):
        move(uow, scene, item, TEN + 5 * n)
    undoing.undo(uow, scene, CHAIR)
    move(uow, scene, item, 900)
    with pytest.raises(Conflict):
        undoing.redo(uow, scene, CHAIR)
    assert uow.session.scalars(select(func.count(ScheduleEdit.id))).one() == 3


def test_what_was_released_meanwhile_does_not_vanish_by_an_undo(uow, scene):
    placing.place_work(uow, scene, CHAIR, make_work(uow, scene, 1).id, Spot(DAY, TEN, None))
    make_release(uow, scene)
    with pytest.raises(Conflict, match="released meanwhile"):
        undoing.undo(uow, scene, CHAIR)


def forgotten(uow):
    """What the session knows of items is let go, as between two requests."""
    uow.session.flush()
    for each in list(uow.session):
        if isinstance(each, ScheduleItem | ItemSpeaker | ItemOrigin) and each in uow.session:
            uow.session.expunge(each)


STEPS = st.tuples(st.sampled_from(["place", "resize", "copy", "remove"]), st.integers(0, 9), st.integers(0, 30))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=2, max_size=5))
def test_any_changes_lead_back_to_the_start_and_to_the_end_again(uow, scene, steps):
    if not queries.count_items(uow.session, scene.id):
        hall = room(uow, scene)
        session = make_item(uow, scene, "Talks", 0, length=60, kind=Kind.SESSION, room="Hall")
        make_item(uow, scene, "A talk", 15, length=15, parent_id=session.id, speakers=(Named("Nur Aisyah"),))
        make_item(uow, scene, "Alone", 90)
    else:
        hall = next(iter(workshops.rooms(uow.session, scene.id)))
    start, done = said(uow, scene), 0
    for verb, which, slot in steps:
        forgotten(uow)
        rows = queries.draft_rows(uow.session, scene.id)
        if not rows:
            break
        item = rows[which % len(rows)].item
        spot = Spot(DAY, 480 + 15 * slot, hall.id if slot % 2 else None)
        if verb == "place":
            placing.place(uow, scene, CHAIR, item.id, looked(uow, item), spot)
        elif verb == "resize":
            placing.resize(uow, scene, CHAIR, item.id, item.version, 5 + slot)
        elif verb == "copy":
            placing.copy(uow, scene, CHAIR, item.id, looked(uow, item), spot)
        else:
            placing.take_out(uow, scene, CHAIR, item.id, looked(uow, item))
        done += 1
    forgotten(uow)
    end = said(uow, scene)
    for turn, wanted in ((undoing.undo, start), (undoing.redo, end), (undoing.undo, start)):
        for _ in range(done):
            forgotten(uow)
            turn(uow, scene, CHAIR)
        assert said(uow, scene) == wanted


def test_what_somebody_put_into_a_session_since_does_not_vanish_with_it(uow, scene):
    session, amina = make_item(uow, scene, "Talks", 0, length=60, kind=Kind.SESSION), uow.actor
    made = placing.copy(uow, scene, CHAIR, session.id, looked(uow, session), Spot(DAY, TEN, None))
    uow.actor = make_person(uow, name="Wahyuni")
    service.add(uow, scene, CHAIR, content("Theirs", 90, parent_id=made.id))
    uow.actor = amina
    with pytest.raises(Conflict, match=r"“Theirs”.*“Talks”.*Wahyuni"):
        undoing.undo(uow, scene, CHAIR)
    assert queries.count_items(uow.session, scene.id) == 3


def test_a_removal_is_not_done_again_over_what_was_put_in_since(uow, scene):
    session = make_item(uow, scene, "Talks", 0, length=60, kind=Kind.SESSION)
    placing.take_out(uow, scene, CHAIR, session.id, looked(uow, session))
    undoing.undo(uow, scene, CHAIR)
    [row] = queries.draft_rows(uow.session, scene.id)
    service.add(uow, scene, CHAIR, content("New", 0, parent_id=row.item.id))
    with pytest.raises(Conflict, match="“New”"):
        undoing.redo(uow, scene, CHAIR)
    assert queries.count_items(uow.session, scene.id) == 2


def test_an_undo_leaves_out_a_room_that_is_gone(uow, scene):
    hall, item = room(uow, scene), None
    item = make_item(uow, scene, room="Hall")
    placing.take_out(uow, scene, CHAIR, item.id, looked(uow, item))
    uow.session.delete(hall)
    uow.session.flush()
    undoing.undo(uow, scene, CHAIR)
    [row] = queries.draft_rows(uow.session, scene.id)
    assert row.item.room_id is None


# -- who else is here ------------------------------------------------------------------------------------------------


@shows("Schedule", "The grid and an item’s form show which other organisers are here just now, and at which item")
def test_organisers_see_who_else_is_at_what(uow, scene):
    item, amina, other = make_item(uow, scene, "Opening"), uow.actor, make_person(uow, name="Wahyuni")
    presence.note(uow, scene, item.uid)
    uow.actor = other
    presence.note(uow, scene, None)
    [seen] = presence.others(uow.session, scene.id, other.id, uow.now)
    assert (seen.name, seen.uid, seen.sentence) == ("Amina Chair", item.uid, "Amina Chair is at “Opening”.")
    [seen] = presence.others(uow.session, scene.id, amina.id, uow.now)
    assert seen.sentence == "Wahyuni is here, too."
    assert presence.others(uow.session, scene.id, amina.id, uow.now + timedelta(minutes=1)) == []
    assert presence.others(uow.session, make_edition(uow, slug="2027").id, 0, uow.now) == []


def test_that_somebody_is_still_there_is_written_down_now_and_then(uow, scene, database):
    presence.note(uow, scene, "a")
    uow.session.flush()
    with count_queries(database) as statements:
        presence.note(uow, scene, "a")
        assert not [one for one in statements if one.startswith(("INSERT", "UPDATE"))]
        presence.note(uow, scene, "b")
        assert len([one for one in statements if one.startswith("UPDATE")]) == 1


def test_a_room_renamed_or_added_makes_another_board(uow, scene):
    hall, tags = room(uow, scene), set()
    tags.add(presence.tag(uow.session, scene.id))
    hall.name = "Aula"
    uow.session.flush()
    tags.add(presence.tag(uow.session, scene.id))
    room(uow, scene, "Side")
    tags.add(presence.tag(uow.session, scene.id))
    assert len(tags) == 3


def test_every_change_of_the_draft_has_a_tag_of_its_own(uow, scene):
    item, seen = make_item(uow, scene), [presence.tag(uow.session, scene.id)]
    for step in (
        lambda: move(uow, scene, item, TEN),
        lambda: undoing.undo(uow, scene, CHAIR),
        lambda: placing.take_out(uow, scene, CHAIR, item.id, looked(uow, item)),
    ):
        step()
        seen.append(presence.tag(uow.session, scene.id))
        edition, rooms = get_edition(uow.session, scene.id), workshops.rooms(uow.session, scene.id)
        assert presence.tag_of(drafting.working(uow.session, edition), rooms) == seen[-1]
    assert len(set(seen)) == len(seen)


# -- lanes -----------------------------------------------------------------------------------------------------------


def block(minute, length):
    item = ScheduleItem(position=0, uid="x")
    return Block(item, minute, length, "", "", "", None, "", ())


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), max_size=25))
def test_no_two_blocks_lie_on_each_other(times):
    found = _lanes([block(*each) for each in times])
    assert sorted((each.minute, each.length) for each in found) == sorted(times)
    for one in found:
        assert 0 <= one.lane < one.lanes
        for other in found:
            if one is not other and one.minute < other.minute + other.length and other.minute < one.minute + one.length:
                assert one.lane != other.lane
                assert one.lanes == other.lanes


# -- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def chair(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, name="Amina Chair")
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        session = make_item(uow, edition, "Tables", 0, length=60, kind=Kind.SESSION, room="Hall")
        for place in (1, 2):
            make_item(
                uow, edition, f"Topic {place}", 0, length=60, kind=Kind.ROUNDTABLE, parent_id=session.id,
                label=f"Table {place}",
            )  # fmt: skip
        far = make_item(uow, edition, "A second virtual day", start=START + timedelta(days=8))
        make_work(uow, edition, 7)
        client = client_for(app, uow, person)
        client.item, client.far, client.person = session, far, person
    return client


@shows(
    "Schedule",
    "The grid has rooms as columns and days as tabs, those outside the edition's dates too, each item with its form",
    "Roundtables and poster sessions list their tables and posters with numbers in the grid",
)
def test_the_grid_shows_rooms_days_tables_and_what_waits(chair, database):
    with count_queries(database) as statements:
        page = chair.get(GRID).text
    assert len(statements) <= 9
    assert "Table 2</bdi></b>" in page
    assert 'data-minute="510" data-length="60"' in page
    assert "Whose Dialect Is Default?" in page
    assert "outside the dates" in page
    assert f"/items/{chair.item.id}" in page
    assert "A second virtual day" in chair.get(f"{GRID}?day=2026-12-19").text
    assert "Empty that day" not in page
    assert chair.get(f"{GRID}?day=2027-02-01").status_code == 200
    assert chair.get(f"{GRID}?day=nonsense").status_code == 200


def test_the_grid_of_a_full_edition_asks_at_most_twelve_queries(chair, work, database):
    with work() as uow:
        edition = get_edition(uow.session, chair.item.edition_id)
        hall = room(uow, edition, "Large hall")
        hall.capacity = 40
        placed = make_work(uow, edition, 8)
        make_item(uow, edition, "A talk", 90, room="Large hall", submission_id=placed.id, speakers=(Named("Amina"),))
    with count_queries(database) as statements:
        page = chair.get(GRID).text
    assert "A talk" in page
    assert len([one for one in statements if "signup" in one or "availabilities" in one]) == 2
    assert len(statements) <= 12


def test_a_change_is_answered_with_the_board_as_it_is_then(chair, work):
    with work() as uow:
        seen = looked(uow, chair.item)
    form = {"item": chair.item.id, "version": seen, "day": "2026-12-11", "minute": 600, "room": ""}
    answer = send(chair, f"{GRID}/places", form)
    assert answer.status_code == 200
    assert 'data-minute="600"' in answer.json["board"]
    assert "10:00" in answer.json["said"]
    assert answer.headers["Cache-Control"] == "no-store"
    stale = send(chair, f"{GRID}/places", form | {"minute": 700})
    assert (stale.status_code, stale.json["saved"]) == (409, False)
    assert "changed “Tables” meanwhile" in stale.json["said"]
    assert 'data-minute="600"' in stale.json["board"]
    undone = send(chair, f"{GRID}/undoings", {"day": "2026-12-11"})
    assert 'data-minute="510"' in undone.json["board"]
    assert 'data-minute="600"' in send(chair, f"{GRID}/redoings", {"day": "2026-12-11"}).json["board"]
    with work() as uow:
        now = form | {"version": looked(uow, uow.session.get(ScheduleItem, chair.item.id)), "room": "99999"}
    assert send(chair, f"{GRID}/places", now).status_code == 404
    news = send(chair, f"{GRID}/news", {"day": "2026-12-11", "tag": "old", "uid": chair.item.uid})
    assert (news.json["people"], 'data-minute="600"' in news.json["board"]) == ([], True)
    for wrong in ({"item": "x"}, {"item": "99999"}, {"version": "1.x"}, {"minute": "1e9"}, {"day": "soon"}):
        assert send(chair, f"{GRID}/places", form | {"version": seen} | wrong).status_code == 404


@shows("Schedule", "Beside the grid every conflict, and each empty stretch of the day, can be left with a reason")
def test_what_clashes_or_is_empty_can_be_left_from_the_grid(chair, work):
    with work() as uow:
        edition = get_edition(uow.session, chair.item.edition_id)
        make_item(uow, edition, "In the way", 30, room="Hall")
        make_item(uow, edition, "After lunch", 200)
    page = chair.get(f"{GRID}?day=2026-12-11").text
    links = [html.unescape(found) for found in re.findall(r'href="([^"]*/conflicts/left[^"]*)"', page)]
    shown = [chair.get(link).text for link in links]
    assert [sentence in text for sentence, text in zip(("are both in", "Nothing is planned"), shown, strict=True)] == [
        True,
        True,
    ]
    assert "After lunch" not in chair.get(f"{GRID}?day=2026-12-19").text.partition("Empty that day")[2]
