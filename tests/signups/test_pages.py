"""Signing up on pages, as those who take part, moderators and organisers see it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.registrations.factories import make_join_link, make_kind, make_registration
from tests.schedule.factories import START
from tests.shows import shows
from tests.signups.factories import hours, make_attendee, make_block, make_part
from workshop_manager.accounts.models import Listing
from workshop_manager.signups.models import SignupBlock, SignupPart
from workshop_manager.signups.states import Way
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

pytestmark = pytest.mark.sqlite
PAGE, DESK = "/musiml/2026/sign-up", "/musiml/2026/organise/sign-up"


@pytest.fixture
def house(app, work):
    class House:
        pass

    house = House()
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        block = make_block(uow, edition)
        lead = make_attendee(uow, edition, kind, "Lea")
        part = make_part(uow, block, "سما والنجوم", 3, moderator_id=lead.id, **hours(START), where="Foyer")
        person, shy, organiser = make_person(uow, "Ada"), make_person(uow, "Shy"), make_person(uow, "Omar")
        make_registration(uow, edition, kind, person, listing=Listing.FULL)
        make_registration(uow, edition, kind, shy)
        person.listing = Listing.FULL
        join_team(uow, edition, organiser, Role.ORGANISER)
        house.block_id, house.part_id, house.person_id = block.id, part.id, person.id
        house.one, house.shy, house.lead, house.desk = (
            client_for(app, uow, who) for who in (person, shy, lead, organiser)
        )
    return house


@shows("Registration", "Whoever leads a table reads who comes, by name only where people allow it")
def test_moderators_read_the_names_that_may_be_told(house):
    for client in (house.one, house.shy):
        assert send(client, f"{PAGE}/parts/{house.part_id}/place").status_code == 303
    listed = house.lead.get(f"{PAGE}/parts/{house.part_id}/people")
    assert "Ada" in listed.text
    assert "Shy" not in listed.text
    assert "1 person comes who does not want to be named" in listed.text
    assert house.one.get(f"{PAGE}/parts/{house.part_id}/people").status_code == 404
    assert "You lead" in house.lead.get(PAGE).text
    home = house.one.get("/").text
    assert "My roundtables and other places" in home
    assert "سما والنجوم" in home
    ticket = house.one.get("/musiml/2026/registration/ticket").text
    assert 'href="/musiml/2026/sign-up"' in ticket
    assert "سما والنجوم" in ticket
    csv = house.desk.get(f"{DESK}/{house.block_id}/people.csv").text
    assert re.search(r"Ada,سما والنجوم", csv)


@shows("Registration", "Places at roundtables and other parts, lines and choices to make stand on the home page")
def test_home_has_places_lines_and_what_may_be_ranked(app, work, house, database):
    with work() as uow:
        edition = uow.session.scalars(select(Edition)).one()
        full = make_part(uow, make_block(uow, edition, "Lunch"), "Small table", 0)
        ranked = make_block(uow, edition, "Mentors", way=Way.RANKED)
        mentor = make_part(uow, ranked, "A mentor for health", 1)
    send(house.one, f"{PAGE}/parts/{house.part_id}/place")
    send(house.one, f"{PAGE}/parts/{full.id}/line")
    with count_queries(database) as seen:
        text = house.one.get("/").text
    assert len(seen) <= 12
    for words in ("سما والنجوم", "Yours", "Small table", "In line, number 1", "Say what you would like"):
        assert words in text
    send(house.one, f"{PAGE}/{ranked.id}/choices", {"choice-1": str(mentor.id)})
    text = house.one.get("/").text
    assert "Your choices are in" in text
    assert "Say what you would like" not in text


def test_a_place_stands_in_ones_own_calendar(app, work, house):
    with work() as uow:
        make_join_link(uow, uow.session.execute(select(Edition)).scalar_one())
    send(house.one, f"{PAGE}/parts/{house.part_id}/place")
    made = send(house.one, "/musiml/2026/schedule/my-calendar")
    feed = re.search(r"http://localhost(/calendars/[\w-]+\.ics)", made.text)[1]
    text = app.test_client().get(feed).text.replace("\r\n ", "")
    assert "SUMMARY:سما والنجوم (Roundtables)" in text
    assert "/join/" not in text, "what is not on the schedule has no door"
    tag = app.test_client().get(feed).headers["ETag"]
    send(house.one, f"{PAGE}/{house.block_id}/return")
    after = app.test_client().get(feed, headers={"If-None-Match": tag})
    assert (after.status_code, "SUMMARY" in after.text) == (200, False)


def test_a_refusal_says_how_things_are_now(work, house):
    with work() as uow:
        uow.session.get(SignupPart, house.part_id).capacity = 0
    answer = send(house.one, f"{PAGE}/parts/{house.part_id}/place")
    assert answer.status_code == 409
    assert "The last place went a moment ago" in answer.text
    assert send(house.one, f"{PAGE}/parts/{house.part_id}/line").status_code == 303
    assert "You wait: number 1" in house.one.get(PAGE).text
    assert send(house.one, f"{PAGE}/parts/{house.part_id}/line/end").status_code == 303


def test_what_was_ranked_stays_when_it_is_refused(work, house):
    with work() as uow:
        block = uow.session.get(SignupBlock, house.block_id)
        block.way = Way.RANKED
        other = make_part(uow, block, "Table 2", 3).id
    twice = {"choice-1": str(other), "choice-2": str(other)}
    refused = send(house.one, f"{PAGE}/{house.block_id}/choices", twice)
    assert refused.status_code == 422
    assert refused.text.count(f'value="{other}" selected') == 2
    saved = send(house.one, f"{PAGE}/{house.block_id}/choices", {"choice-1": str(other), "choice-2": ""})
    assert saved.status_code == 303
    assert house.one.get(PAGE).text.count(f'value="{other}" selected') == 1


def test_organisers_set_up_a_block_allocate_and_nobody_else_does(work, house, clock):
    soon = (clock.at + timedelta(hours=2)).date().isoformat()
    typed = {
        "version": "0", "name": "Mentors", "way": "ranked", "choices": "2", "audience": "everybody",
        "closes-day": soon, "closes-time": "23:59", "closes-zone": "AoE",
    }  # fmt: skip
    missing = send(house.desk, f"{DESK}/new", typed | {"closes-day": ""})
    assert (missing.status_code, "Say until when" in missing.text) == (422, True)
    made = send(house.desk, f"{DESK}/new", typed)
    assert made.status_code == 303
    again = send(house.desk, f"{DESK}/new", typed)
    assert (again.status_code, "already" in again.text) == (422, True)
    block = made.location
    part = {"version": "0", "title": "Ada", "capacity": "1", "moderator": "nobody@example.org"}
    refused = send(house.desk, f"{block}/parts", part)
    assert (refused.status_code, "Nobody who is registered" in refused.text) == (422, True)
    assert send(house.desk, f"{block}/parts", part | {"moderator": ""}).status_code == 303
    number = re.search(r"/parts/(\d+)", house.desk.get(block).text)[1]
    send(house.one, f"{PAGE}/{block.rpartition('/')[2]}/choices", {"choice-1": number})
    assert send(house.desk, f"{block}/proposal").status_code == 409, "people still choose"
    clock.at += timedelta(days=2)
    assert send(house.desk, f"{block}/proposal").status_code == 303
    shown = house.desk.get(f"{block}/proposal").text
    assert "First choice" in shown
    changed = send(house.desk, f"{block}/proposal/people/{house.person_id}", {"part": ""})
    assert changed.status_code == 303
    assert "by hand" in house.desk.get(f"{block}/proposal").text
    send(house.desk, f"{block}/proposal/people/{house.person_id}", {"part": number})
    assert send(house.one, f"{block}/allocation").status_code == 404
    assert send(house.desk, f"{block}/allocation").status_code == 303
    assert "Your place" in house.one.get(PAGE).text
    assert send(house.desk, f"{block}/people/{house.person_id}", {"part": ""}).status_code == 303
    assert send(house.desk, f"{block}/removal").status_code == 409
    assert house.one.get(DESK).status_code == 404


def test_pages_cost_the_same_with_many_people(work, house, database):
    with work() as uow:
        edition = make_edition(uow, slug="2027")
        kind = make_kind(uow, edition)
        join_team(uow, edition, make_person(uow), Role.OWNER)
    for client, page in ((house.one, PAGE), (house.desk, DESK), (house.desk, f"{DESK}/{house.block_id}")):
        with count_queries(database) as seen:
            assert client.get(page).status_code == 200
        assert len(seen) <= 12, "\n".join(seen)
    assert kind


def test_a_moderator_who_left_the_edition_reads_no_names(house):
    assert send(house.lead, "/musiml/2026/registration/cancellation").status_code == 303
    assert house.lead.get(f"{PAGE}/parts/{house.part_id}/people").status_code == 404
