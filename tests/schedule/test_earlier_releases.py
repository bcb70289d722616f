"""Earlier releases: what differs between any two, and going back to one by a new one that every calendar follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, content, make_item, make_release, make_work
from tests.schedule.readers import libical_events, node_events
from tests.schedule.test_programme import item, programme
from tests.schedule.test_rules import at
from tests.shows import shows
from workshop_manager.accounts.models import Listing
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.schedule import calendar, drafting, queries, releasing, returning, service
from workshop_manager.schedule.changes import difference
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.editing import rewinding, undoing
from workshop_manager.schedule.programme import Kind, from_json
from workshop_manager.schedule.release_views import counts, grouped
from workshop_manager.schedule.returning import older
from workshop_manager.submissions.states import State
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import NOBODY
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/schedule/releases"
TALK = item("talk", title="Talk", start=at(9), end=at(10), submission_number=7)
OTHER = item("other", title="Other", start=at(10), end=at(11))


def public(uow, edition):
    return from_json(queries.published(uow.session, edition.id).programme)


# -- rules -------------------------------------------------------------------------------------------------------------


def test_a_difference_is_told_by_what_is_off_what_changed_and_what_is_new():
    now = programme(replace(OTHER, start=at(11), end=at(12), room="Hall"), item("new", title="New", start=at(13)))
    found = grouped(difference(programme(TALK, OTHER), now), now)
    assert [change.uid for change in found.off] == ["talk"]
    assert [change.uid for change in found.on] == ["new"]
    assert [(one.name, [change.what.value for change in one.changes]) for one in found.altered] == [
        ("Other", ["time", "room"])
    ]
    assert found.sentence == "1 new\u00a0· 1 changed\u00a0· 1 called off or gone"
    kept = [{"what": change.what.value, "uid": change.uid} for change in difference(programme(TALK, OTHER), now)]
    assert counts(kept) == found.sentence


@pytest.mark.parametrize(
    ("state", "revive", "comes_back"),
    [
        (State.ACCEPTED, False, True),
        (State.WITHDRAWN, False, False),
        (State.WITHDRAWN, True, False),
        (State.DECLINED, True, False),
        (None, True, False),
    ],
)
def test_a_work_withdrawn_since_never_comes_back(state, revive, comes_back):
    states = {7: state} if state else {}
    found = older(programme(TALK, OTHER), programme(TALK), states, {}, revive=revive)
    assert found.programme.item("talk").cancelled is not comes_back
    assert [one.uid for one in found.withdrawn] == ([] if comes_back else ["talk"])


@pytest.mark.parametrize("revive", [False, True])
def test_what_organisers_called_off_since_comes_back_only_if_they_say_so(revive):
    now = programme(replace(OTHER, cancelled=True, sequence=4))
    found = older(programme(OTHER), now, {}, {}, revive=revive)
    assert [one.uid for one in found.called_off] == ["other"]
    assert found.programme.item("other").cancelled is not revive


def test_what_calendars_were_told_to_forget_comes_back_above_what_they_know():
    found = older(programme(replace(OTHER, sequence=1)), programme(), {}, {"other": 5}, revive=True)
    assert found.programme.item("other").sequence == 6


# -- services ----------------------------------------------------------------------------------------------------------


@shows(
    "Schedule",
    "Releasing an older release makes a new one that shows the same, and every calendar follows it; the draft stays",
)
@pytest.mark.readers
def test_going_back_is_a_new_release_that_every_calendar_follows(uow):
    edition = make_edition(uow)
    kept, moved = make_item(uow, edition, "Stays"), make_item(uow, edition, "Moves", 60)
    make_release(uow, edition)
    service.edit(uow, edition, CHAIR, moved.id, moved.version, content("Moves", 120))
    added = make_item(uow, edition, "Added later", 180)
    make_release(uow, edition)
    draft = drafting.working(uow.session, edition).fingerprint
    found = returning.look(uow, edition, 1)
    third = returning.release_again(uow, edition, CHAIR, 1, note="Back", seen=found.seen)
    assert (third.number, third.repeats, third.note) == (3, 1, "Back")
    first = from_json(queries.find_release(uow.session, edition.id, 1).programme)
    shown = public(uow, edition)
    assert shown.item(moved.uid).start == first.item(moved.uid).start
    assert {one.uid: (one.sequence, one.cancelled) for one in shown.items} == {
        kept.uid: (0, False), moved.uid: (2, False), added.uid: (1, True),
    }  # fmt: skip
    assert drafting.working(uow.session, edition).fingerprint == draft
    assert queries.draft_state(uow.session, edition.id).has_unreleased_changes
    ics = calendar.feed(shown, name="x", url=None)
    for events in (node_events("ical.js", ics), libical_events(ics)):
        assert {one.uid.partition("@")[0]: one.sequence for one in events} == {
            kept.uid: 0, moved.uid: 2, added.uid: 1,
        }  # fmt: skip
    assert make_release(uow, edition).number == 4
    assert public(uow, edition).item(moved.uid).sequence == 3


def test_going_back_keeps_what_people_chose_since_and_works_withdrawn_since_off(uow):
    edition = make_edition(uow)
    shy, gone = make_person(uow, "Shy Speaker"), make_person(uow, "Gone Speaker")
    one = make_work(uow, edition, 1, "One", (("Shy Speaker", shy),))
    two = make_work(uow, edition, 2, "Two", (("Gone Speaker", gone),))
    make_item(uow, edition, "One", submission_id=one.id)
    make_item(uow, edition, "Two", 60, submission_id=two.id)
    make_release(uow, edition)
    make_item(uow, edition, "Three", 120)
    make_release(uow, edition)
    two.state, shy.listing = State.WITHDRAWN, Listing.UNLISTED
    uow.session.flush()
    releasing.forget_person(uow, gone.id)
    releasing.listing_changed(uow, shy.id)
    found = returning.look(uow, edition, 1)
    assert [item.title for item in found.withdrawn] == ["Two"]
    third = returning.release_again(uow, edition, CHAIR, 1, seen=found.seen)
    assert {item.title: item.cancelled for item in public(uow, edition).items} == {
        "One": False, "Two": True, "Three": True,
    }  # fmt: skip
    assert b"Shy Speaker" not in queries.published(uow.session, edition.id).programme
    assert b"Gone Speaker" not in third.programme


@shows("Bad input", "Going back to a release is refused if something was released or withdrawn since one looked at it")
def test_going_back_is_refused_to_strangers_to_the_newest_and_after_a_change(uow):
    edition = make_edition(uow)
    one = make_item(uow, edition, "One")
    make_release(uow, edition)
    with pytest.raises(NotFound):
        returning.look(uow, edition, 1)
    service.edit(uow, edition, CHAIR, one.id, one.version, content("Uno"))
    make_release(uow, edition)
    for number in (2, 3, 0):
        with pytest.raises(NotFound):
            returning.look(uow, edition, number)
    with pytest.raises(Forbidden):
        returning.release_again(uow, edition, NOBODY, 1)
    seen = returning.look(uow, edition, 1).seen
    make_item(uow, edition, "Two", 60)
    make_release(uow, edition)
    with pytest.raises(Conflict, match="changed since"):
        returning.release_again(uow, edition, CHAIR, 1, seen=seen)
    returning.release_again(uow, edition, CHAIR, 1)
    with pytest.raises(Conflict, match="already shows"):
        returning.release_again(uow, edition, CHAIR, 1)


@shows("Schedule", "A room that an older release names and that is no more is told before one goes back to it")
def test_a_room_that_is_no_more_is_named_before_going_back(uow):
    edition = make_edition(uow)
    one = make_item(uow, edition, "One", room="Hall")
    make_release(uow, edition)
    uow.session.delete(one.room)
    uow.session.flush()
    service.edit(uow, edition, CHAIR, one.id, one.version, content("One", room="Garden"))
    make_release(uow, edition)
    found = returning.look(uow, edition, 1)
    assert found.rooms_gone == ("Hall",)
    returning.release_again(uow, edition, CHAIR, 1, seen=found.seen)
    assert public(uow, edition).items[0].room == "Hall"


@shows("Schedule", "Two releases in one second are two versions for every calendar and cache")
def test_two_releases_in_one_second_are_two_versions_for_calendars(uow):
    edition = make_edition(uow)
    one = make_item(uow, edition, "One")
    make_release(uow, edition)
    before = queries.published(uow.session, edition.id)
    service.edit(uow, edition, CHAIR, one.id, one.version, content("Uno"))
    make_release(uow, edition)
    returning.release_again(uow, edition, CHAIR, 1)
    after = queries.published(uow.session, edition.id)
    assert after.etag != before.etag
    assert after.modified_at >= before.modified_at + timedelta(seconds=2)
    assert from_json(after.programme).items[0].sequence == 2


# -- pages -------------------------------------------------------------------------------------------------------------


@shows("Schedule", "Organisers see every release with who made it and why, and read what differs between any two")
def test_the_desk_lists_releases_compares_any_two_and_goes_back(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, "Chair Person")
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        make_item(uow, edition, "One")
        make_release(uow, edition, "The first")
        client = client_for(app, uow, person)
        edition_id = edition.id
    with work(person) as uow:
        edition = get_edition(uow.session, edition_id)
        dropped = make_item(uow, edition, "Two", 60)
        make_release(uow, edition, "With two")
        make_item(uow, edition, "Three", 120)
    listed = client.get(DESK).text
    for text in ("The first", "With two", "Chair Person", "1 new", "The draft differs from release 2"):
        assert text in listed
    found = client.get(f"{DESK}/difference?from=1&to=draft").text
    assert "“Two” is new" in found
    assert "“Three” is new" in found
    assert "“Two” is no longer in the programme" in client.get(f"{DESK}/difference?from=2&to=1").text
    assert "No difference" in client.get(f"{DESK}/difference?from=2&to=2").text
    for odd in ("from=9", "to=x", "from=²", "to=-1"):
        assert client.get(f"{DESK}/difference?{odd}").status_code == 404
    shown = client.get(f"{DESK}/1/again").text
    assert "“Two” is cancelled" in shown
    seen = shown.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert send(client, f"{DESK}/1/again", {"seen": "old", "note": "Kept words"}).status_code == 409
    refused = send(client, f"{DESK}/1/again", {"seen": "old", "note": "Kept words"}).text
    assert "Kept words" in refused
    assert send(client, f"{DESK}/1/again", {"seen": seen, "note": "Back"}).status_code == 303
    after = client.get(DESK).text
    assert "goes back to release 1" in after
    assert "The draft differs from release 3" in after
    with work() as uow:
        assert public(uow, get_edition(uow.session, edition_id)).item(dropped.uid).cancelled
    page = app.test_client().get("/musiml/2026/schedule/changes").text
    assert "“Two” is cancelled" in page
    assert "Three" not in page


@pytest.mark.parametrize(
    "page", ["", "/releases/new", "/releases", "/releases/1/again", "/releases/1/draft", "/releases/difference"]
)
def test_a_page_of_the_schedules_desk_asks_at_most_twelve_queries(app, work, database, page):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, name="Amina Chair")
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        far = make_person(uow, "Far", time_zone="Pacific/Auckland")
        talk = make_work(uow, edition, 1, authors=(("Far", far), ("Bea Ito", None)))
        make_item(uow, edition, "", submission_id=talk.id, remote=True, room="Hall")
        make_item(uow, edition, "At the same time", 10, room="Hall", speakers=(Named("Cem Oz"),))
        for minutes in (50, 90):
            make_release(uow, edition, despite_errors=True)
            make_item(uow, edition, "Later", minutes)
        client = client_for(app, uow, person)
    with count_queries(database) as statements:
        assert client.get(f"/musiml/2026/organise/schedule{page}").status_code == 200
    assert len(statements) <= 12, statements


# -- bringing the draft back -----------------------------------------------------------------------------------------


@shows(
    "Schedule",
    "The draft is brought back to what an earlier release said, after a look at what would be lost, and that is undone",
)
def test_the_draft_goes_back_to_a_release_and_forth_again(uow):
    edition = make_edition(uow)
    uow.actor = make_person(uow, name="Amina Chair")
    session = make_item(uow, edition, "Talks", 0, length=60, kind=Kind.SESSION, room="Hall")
    talk = make_item(uow, edition, "A talk", 10, length=10, parent_id=session.id, speakers=(Named("Bea Ito", "UGM"),))
    make_release(uow, edition)
    service.edit(uow, edition, CHAIR, session.id, session.version, content("Papers", 30, length=60, room="Aula"))
    service.remove(uow, edition, CHAIR, talk.id)
    make_release(uow, edition)
    make_item(uow, edition, "Only in the draft", 200)
    late = drafting.working(uow.session, edition).programme
    found = rewinding.look(uow.session, edition, 1)
    assert "“Only in the draft” is no longer in the programme" in " ".join(one.sentence for one in found.changes)
    with pytest.raises(Conflict, match="changed since"):
        rewinding.rewind(uow, edition, CHAIR, 1, seen="1-other")
    with pytest.raises(Forbidden):
        rewinding.rewind(uow, edition, NOBODY, 1, seen=found.seen)
    with pytest.raises(NotFound):
        rewinding.look(uow.session, edition, 9)
    rewinding.rewind(uow, edition, CHAIR, 1, seen=found.seen)
    back = drafting.working(uow.session, edition).programme
    was = from_json(queries.find_release(uow.session, edition.id, 1).programme)
    assert difference(was, back) == []
    assert [(one.title, one.start, one.room, one.parent) for one in back.items] == [
        (one.title, one.start, one.room, one.parent) for one in was.items
    ]
    assert queries.count_releases(uow.session, edition.id) == 2
    with pytest.raises(Conflict, match="already"):
        rewinding.rewind(uow, edition, CHAIR, 1, seen=rewinding.look(uow.session, edition, 1).seen)
    undoing.undo(uow, edition, CHAIR)
    assert drafting.fingerprint(drafting.working(uow.session, edition).programme) == drafting.fingerprint(late)


def test_what_calendars_know_of_is_called_off_by_going_back_and_the_withdrawn_stay_away(uow):
    edition = make_edition(uow)
    uow.actor = make_person(uow, name="Amina Chair")
    work = make_work(uow, edition, 1)
    make_item(uow, edition, "", submission_id=work.id)
    make_item(uow, edition, "Opening", 60)
    make_release(uow, edition)
    added = make_item(uow, edition, "Added later", 120)
    make_release(uow, edition)
    work.state = State.WITHDRAWN
    uow.session.flush()
    found = rewinding.look(uow.session, edition, 1)
    rewinding.rewind(uow, edition, CHAIR, 1, seen=found.seen)
    draft = drafting.working(uow.session, edition).programme
    assert [item.submission_number for item in found.withdrawn] == [1]
    assert {item.heading: item.cancelled for item in draft.items} == {
        "Whose Dialect Is Default?": True,
        "Opening": False,
        "Added later": True,
    }
    assert draft.item(added.uid).cancelled


def test_the_page_names_what_is_lost_before_the_draft_goes_back(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, name="Amina Chair")
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        make_item(uow, edition, "Opening")
        make_release(uow, edition)
        make_item(uow, edition, "Only <b>here</b>", 60)
        client = client_for(app, uow, person)
    where = "/musiml/2026/organise/schedule/releases/1/draft"
    page = client.get(where).text
    assert "One thing of the draft would be lost" in page
    assert "Only &lt;b&gt;here&lt;/b&gt;" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert send(client, where, {"seen": "1-x"}).status_code == 409
    assert send(client, where, {"seen": seen}).status_code == 303
    assert "Nothing would change" in client.get(where).text
    assert "Only" not in client.get("/musiml/2026/organise/schedule").text
