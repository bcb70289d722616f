"""The organisers' pages: who may open them, and what they say when something cannot be."""

from datetime import timedelta

import pytest

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.schedule.factories import START, make_item, make_release, make_work
from tests.shows import shows
from workshop_manager.schedule import organise, queries
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Kind as EditionKind
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/schedule"
ITEM = {
    "kind": "keynote", "title": "Red Teaming", "day": "2026-12-11", "starts": "09:00", "ends": "09:30",
    "recording": "recorded", "speakers": "Lama Ahmad (OpenAI)", "room": "Hall",
}  # fmt: skip
PAGES = ("", "/items/new", "/items/1", "/import", "/releases/new")
POSTS = (
    "/items", "/items/1", "/items/1/restoration", "/items/1/moves", "/import",
    "/releases", "/series", "/items/1/removal",
)  # fmt: skip
CHAIRS = {Role.OWNER, Role.ORGANISER, Role.PROGRAMME_CHAIR}


@pytest.fixture
def chair(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        client = client_for(app, uow, person)
        client.edition_id = edition.id
    return client


def titles(work, edition_id):
    with work() as uow:
        return [row.item.title for row in queries.draft_rows(uow.session, edition_id)]


@pytest.mark.parametrize("role", list(Role))
def test_only_chairs_and_organisers_of_this_edition_open_the_desk(app, work, role):
    with work() as uow:
        here, there, person = make_edition(uow), make_edition(uow, slug="2027"), make_person(uow)
        make_item(uow, here)
        make_item(uow, there)
        join_team(uow, here, person, role)
        client = client_for(app, uow, person)
    may = role in CHAIRS
    for path in PAGES:
        assert client.get(DESK + path).status_code == (200 if may else 404)
        assert client.get(DESK.replace("2026", "2027") + path).status_code == 404
    for path in POSTS:
        status = send(client, DESK + path, ITEM).status_code
        assert (status != 404) is (may and path != "/series"), (path, status)
        assert send(client, DESK.replace("2026", "2027") + path, ITEM).status_code == 404


def test_visitors_are_asked_to_sign_in_and_strangers_see_nothing(app, work):
    with work() as uow:
        make_item(uow, make_edition(uow))
        stranger = client_for(app, uow, make_person(uow))
    for path in PAGES:
        assert app.test_client().get(DESK + path).status_code == 303
        assert stranger.get(DESK + path).status_code == 404


def test_another_editions_item_is_not_found_by_its_number(work, chair):
    with work() as uow:
        other = make_item(uow, make_edition(uow, slug="2027"))
        number, work_id = other.id, make_work(uow, get_edition(uow.session, other.edition_id), 1).id
    assert chair.get(f"{DESK}/items/{number}").status_code == 404
    for path in ("", "/removal", "/restoration", "/moves"):
        assert send(chair, f"{DESK}/items/{number}{path}", ITEM).status_code == 404
    for field, value in (("parent", number), ("submission", work_id)):
        assert send(chair, f"{DESK}/items", ITEM | {field: value}).status_code == 422


@shows("Schedule", "Organisers add sessions, talks, breaks and rooms to a working draft, change them and take them out")
def test_an_item_is_added_changed_and_taken_out(chair, work):
    assert send(chair, f"{DESK}/items", ITEM).status_code == 303
    page = chair.get(DESK).text
    assert "09:00–09:30" in page
    assert "Lama Ahmad\u00a0· Keynote\u00a0· 30 min\u00a0· Hall\u00a0· recorded" in page
    shown = chair.get(f"{DESK}/items/1").text
    assert 'value="09:00"' in shown
    assert "Lama Ahmad (OpenAI)" in shown
    assert send(chair, f"{DESK}/items/1", ITEM | {"title": "Blue Teaming", "version": "1"}).status_code == 303
    assert titles(work, chair.edition_id) == ["Blue Teaming"]
    assert send(chair, f"{DESK}/items/1/removal").status_code == 303
    assert titles(work, chair.edition_id) == []


@shows(
    "Bad input",
    "A session in the hour that clocks skip is told beside its field, and everything typed stays",
)
@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"title": ""}, "title", "Write a title"),
        ({"starts": ""}, "starts", "Say when it starts"),
        ({"day": ""}, "day", "Say on which day"),
        ({"ends": "08:59"}, "ends", "It would end before it starts"),
        ({"ends": "09:00"}, "ends", "It would end before it starts"),
        ({"day": "2026-03-08", "starts": "02:30"}, "starts", "does not exist in America/Chicago"),
        ({"day": "2026-11-01", "starts": "01:30"}, "starts", "happens twice in America/Chicago"),
        ({"day": "2026-11-01", "starts": "00:30", "ends": "01:30"}, "ends", "happens twice"),
        ({"kind": "party"}, "kind", "Not a valid choice"),
        ({"parent": "999"}, "parent", "Not a valid choice"),
        ({"title": "x" * 401}, "title", "longer than the 400"),
        ({"day": "9999-99-99"}, "day", "date"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_everything_typed_stays(chair, work, changed, field, said):
    answer = send(chair, f"{DESK}/items", ITEM | changed)
    assert answer.status_code == 422
    wrong = answer.text.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert said in wrong
    assert "Lama Ahmad (OpenAI)" in answer.text
    assert titles(work, chair.edition_id) == []


def test_an_hour_that_comes_twice_can_be_said_exactly(chair, work):
    typed = ITEM | {"day": "2026-11-01", "starts": "01:30", "ends": "03:00"}
    asked = send(chair, f"{DESK}/items", typed).text
    assert "The second one, after clocks go back" in asked
    assert send(chair, f"{DESK}/items", typed | {"start_fold": "1"}).status_code == 303
    with work() as uow:
        item = queries.draft_rows(uow.session, chair.edition_id)[0].item
        assert (item.starts_at.hour, item.starts_at.minute) == (7, 30)
    assert '<option selected value="1">' in chair.get(f"{DESK}/items/1").text


@shows("Schedule", "A session past midnight names the day it ends on")
def test_an_item_past_midnight_names_its_last_day(chair, work):
    typed = ITEM | {"starts": "23:00", "ends": "00:30", "end_day": "2026-12-12"}
    assert send(chair, f"{DESK}/items", typed).status_code == 303
    with work() as uow:
        item = queries.draft_rows(uow.session, chair.edition_id)[0].item
        assert (item.ends_at - item.starts_at).total_seconds() == 5400


def test_two_people_at_one_item_overwrite_nothing_unseen(chair, work):
    send(chair, f"{DESK}/items", ITEM)
    send(chair, f"{DESK}/items/1", ITEM | {"title": "Theirs", "version": "1"})
    answer = send(chair, f"{DESK}/items/1", ITEM | {"title": "Mine", "version": "1"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert titles(work, chair.edition_id) == ["Theirs"]
    assert send(chair, f"{DESK}/items/1", ITEM | {"title": "Mine", "version": "2"}).status_code == 303
    assert titles(work, chair.edition_id) == ["Mine"]


def test_a_double_click_adds_one_item(chair, work):
    for _click in range(2):
        assert send(chair, f"{DESK}/items", ITEM | {"once": "a-key-of-this-form-1"}).status_code == 303
    assert titles(work, chair.edition_id) == ["Red Teaming"]


@shows("Schedule", "Conflicts stand in words beside what they concern")
def test_conflicts_and_gaps_stand_in_words(chair):
    send(chair, f"{DESK}/items", ITEM)
    send(chair, f"{DESK}/items", ITEM | {"title": "Two", "starts": "09:20", "ends": "10:00"})
    send(chair, f"{DESK}/items", ITEM | {"title": "Three", "starts": "11:00", "ends": "12:00", "speakers": ""})
    text = chair.get(DESK).text
    assert "“Red Teaming” (09:00–09:30) and “Two” (09:20–10:00) are both in Hall for 10 min." in text
    assert "Lama Ahmad is in two places at once" in text
    assert "Nothing is planned for 1 h between “Two” and “Three” (10:00–11:00)." in text


def test_an_empty_draft_says_how_to_begin(chair):
    text = chair.get(DESK).text
    for words in ("Bring in a programme", "Add one session", "08:30 to 13:00 on Friday 11 December"):
        assert words in text
    assert "Draft it for me" not in text


def test_accepted_talks_without_a_place_are_named(chair, work):
    with work() as uow:
        edition = get_edition(uow.session, chair.edition_id)
        make_work(uow, edition, 5, "Waiting Talk")
        make_item(uow, edition)
    assert "One accepted talk has no place yet" in chair.get(DESK).text


@shows("Schedule", "A release shows its changes before it is made, and is made once")
def test_a_release_is_looked_at_first_and_made_once(chair, work):
    send(chair, f"{DESK}/items", ITEM)
    page = chair.get(f"{DESK}/releases/new").text
    assert "“Red Teaming” is new" in page
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    send(chair, f"{DESK}/items", ITEM | {"title": "Late addition", "starts": "10:00", "ends": "10:30"})
    answer = send(chair, f"{DESK}/releases", {"seen": seen, "note": "Hello"})
    assert answer.status_code == 409
    assert "changed since you looked at it" in answer.text
    assert "Late addition" in answer.text
    assert 'value="Hello"' in answer.text
    seen = answer.text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    assert send(chair, f"{DESK}/releases", {"seen": seen, "note": "Hello"}).status_code == 303
    assert send(chair, f"{DESK}/releases", {"seen": seen}).status_code == 409
    assert "Nothing to release" in chair.get(f"{DESK}/releases/new").text
    with work() as uow:
        lines = queries.release_lines(uow.session, chair.edition_id)
        assert [(line.number, line.note) for line in lines] == [(1, "Hello")]


def test_errors_ask_for_a_second_yes(chair):
    send(chair, f"{DESK}/items", ITEM)
    send(chair, f"{DESK}/items", ITEM | {"title": "Two"})
    answer = send(chair, f"{DESK}/releases", {})
    assert answer.status_code == 409
    assert "Release it although these errors remain" in answer.text
    assert send(chair, f"{DESK}/releases", {"despite_errors": "y"}).status_code == 303


def test_what_is_public_is_called_off_and_taken_back(chair, work):
    with work() as uow:
        edition = get_edition(uow.session, chair.edition_id)
        make_item(uow, edition, "Opening")
        make_release(uow, edition)
    assert send(chair, f"{DESK}/items/1/restoration").status_code == 409
    send(chair, f"{DESK}/items/1/removal")
    assert "called off" in chair.get(DESK).text
    send(chair, f"{DESK}/items/1/restoration")
    assert "called off" not in chair.get(DESK).text


@shows("Schedule", "Items are moved without a mouse and without JavaScript")
def test_items_are_moved_without_a_mouse(chair):
    send(chair, f"{DESK}/items", ITEM)
    send(chair, f"{DESK}/items", ITEM | {"title": "Two", "starts": "09:30", "ends": "10:00"})
    answer = send(chair, f"{DESK}/items/2/moves", {"to": "up"})
    assert answer.status_code == 303
    text = chair.get(DESK).text
    assert text.index("Two") < text.index("Red Teaming")
    assert send(chair, f"{DESK}/items/2/moves", {"to": "up"}).status_code == 409


@shows("Schedule", "The meetups of a series are added at once")
def test_many_meetups_are_added_at_once_for_a_series(app, work):
    with work() as uow:
        edition, person = make_edition(uow, kind=EditionKind.MEETUP, time_zone="Europe/Berlin"), make_person(uow)
        join_team(uow, edition, person, Role.OWNER)
        client, edition_id = client_for(app, uow, person), edition.id
    form = {
        "title": "Meetup",
        "day": "2027-01-31",
        "starts": "02:30",
        "ends": "04:00",
        "repeats": "weekly",
        "number": "6",
    }
    assert client.get(f"{DESK}/series").status_code == 200
    assert send(client, f"{DESK}/series", form).status_code == 303
    assert len(titles(work, edition_id)) == 6
    answer = send(client, f"{DESK}/series", form | {"number": "12"})
    assert answer.status_code == 422
    assert "02:30 on Sunday 28 March 2027 does not exist in Europe/Berlin" in answer.text
    for changed in ({"number": "0"}, {"number": "61"}, {"number": ""}, {"ends": "02:30"}, {"title": ""}):
        assert send(client, f"{DESK}/series", form | changed).status_code == 422
    assert len(titles(work, edition_id)) == 6


def test_long_names_in_any_script_stay_whole(chair, work):
    name = "Prof. " + "Ñandú-" * 40 + "محمد"
    send(chair, f"{DESK}/items", ITEM | {"speakers": name, "title": "ع" * 400})
    assert name in chair.get(DESK).text
    assert titles(work, chair.edition_id) == ["ع" * 400]


@shows("Schedule", "A draft of more than 400 items is listed a day at a time, with every day one press away")
def test_a_long_draft_is_listed_a_day_at_a_time(chair, work, monkeypatch):
    with work() as uow:
        edition = get_edition(uow.session, chair.edition_id)
        first = make_item(uow, edition, "On the first day")
        make_item(uow, edition, "On the second day", start=START + timedelta(days=1))
    assert "On the second day" in chair.get(DESK).text
    monkeypatch.setattr(organise, "MOST_AT_ONCE", 1)
    page = chair.get(DESK).text
    assert ("On the first day" in page, "On the second day" in page) == (True, False)
    second = chair.get(f"{DESK}?day=2026-12-12").text
    assert ("On the first day" in second, "On the second day" in second) == (False, True)
    assert "On the first day" in chair.get(f"{DESK}?day=never").text
    moved = send(chair, f"{DESK}/items/{first.id}/moves", {"to": "down"})
    assert moved.location.endswith(f"?day=2026-12-12#item-{first.uid}")
