"""The pages of the mentored round, from joining to thanks; who gets which."""

from typing import Any

import pytest
from flask import Flask

from tests.conflicts.factories import add_author
from tests.factories import client_for, join_team, make_person, send
from tests.mentoring.factories import Round
from tests.pdfs import make_pdf
from tests.queries import count_queries
from tests.shows import shows
from workshop_manager.core.database import Database
from workshop_manager.mentoring import service
from workshop_manager.questions import queries as questions
from workshop_manager.workshops.states import Role

BASE = "/musiml/2026"
DESK = f"{BASE}/organise/reviews/mentoring"


class House:
    """A committed round with two authors who have not joined yet, and everybody's browser."""

    def __init__(self, app: Flask, work: Any, **content: Any) -> None:
        self.app, self.work = app, work
        with work() as uow:
            self.round = Round(uow, **content)
            self.works = [
                self.round.work(name, 0, pdf=make_pdf(pages=2, author="Amal Onesdottir"))
                for name in ("Amal Onesdottir", "Bilal Othersson")
            ]
            self.authors = [self.round.people[one.id] for one in self.works]
            self.browsers = {
                person.id: client_for(app, uow, person)
                for person in (self.round.owner, self.round.chair, self.round.reviewer, *self.authors)
            }
            sheet = questions.sheet(uow.session, self.round.edition.id, service.KEY)
            self.fields = {asked.field: "Begin with the loom." for asked in sheet.questions}

    def get(self, person: Any, path: str) -> Any:
        return self.browsers[person.id].get(path)

    def post(self, person: Any, path: str, **data: str) -> Any:
        return send(self.browsers[person.id], path, data)

    def announce(self) -> None:
        with self.work() as uow:
            self.round.uow = uow
            self.round.match()
            self.round.announce()

    def reading_path(self, work: Any) -> str:
        with self.work() as uow:
            self.round.uow = uow
            return f"{BASE}/mentoring/{self.round.reading_of(work).id}"


@pytest.fixture
def house(app: Flask, work: Any) -> House:
    return House(app, work)


@shows("Mentored round", "The round from joining to thanks works from the pages, without a script")
@pytest.mark.sqlite
def test_from_joining_to_thanks(house: House) -> None:
    chair, (amal, bilal), (one, other) = house.round.chair, house.authors, house.works
    own = f"{BASE}/submissions/{one.number}/mentoring"
    assert "You take part" in house.get(amal, f"{BASE}/submissions/{one.number}").text
    assert house.post(amal, f"{own}/departure").status_code == 303
    page = house.get(amal, own).text
    assert "<em>kind</em>" in page
    assert house.post(amal, own).status_code == 422
    assert house.post(amal, own, agrees="y").status_code == 303

    assert house.post(chair, f"{DESK}/proposal").status_code == 303
    desk = house.get(chair, DESK).text
    assert "Both are about Looms" in desk
    seen = desk.split('name="seen" value="')[1].split('"')[0]
    assert house.post(chair, f"{DESK}/announcement", seen=seen).headers["Location"].endswith("show=announced")
    again = house.post(chair, f"{DESK}/announcement", seen=seen)
    assert again.status_code == 422
    assert "nobody was written to" in again.text

    path = house.reading_path(other)
    draft = house.get(amal, path).text
    assert "Bilal Othersson" in draft
    paper = house.get(amal, f"{path}/draft.pdf")
    assert paper.mimetype == "application/pdf"
    assert "sandbox" in paper.headers["Content-Security-Policy"]
    assert house.post(amal, path).status_code == 422
    kept = house.post(amal, f"{path}/draft", version="0", **house.fields)
    assert kept.get_json()["version"] == "1"
    assert house.post(amal, path, version="0", **house.fields).status_code == 422
    assert house.post(amal, path, version="1", remark="For chairs.", **house.fields).status_code == 303

    theirs = f"{BASE}/submissions/{other.number}/mentoring"
    read = house.get(bilal, theirs).text
    assert "Begin with the loom." in read
    assert "For chairs." not in read
    thanks = f"{theirs}/{path.rpartition('/')[2]}/thanks"
    assert house.post(bilal, thanks, is_helpful="y", words="It helped much.").status_code == 303
    assert "It helped much." in house.get(amal, path).text
    with house.work() as uow:
        house.round.uow = uow
        match_id = house.round.reading_of(other).match_id
    along = house.get(chair, f"{DESK}/pairs/{match_id}").text
    assert "Begin with the loom." in along
    assert "For chairs." in along


@shows("Mentored round", "With names off, partners and the mails between them name nobody")
@pytest.mark.sqlite
def test_without_names_nobody_is_named(app: Flask, work: Any) -> None:
    house = House(app, work, shows_names=False)
    house.announce()
    amal, (one, other) = house.authors[0], house.works
    pages = [house.get(amal, house.reading_path(other)), house.get(amal, f"{BASE}/submissions/{one.number}/mentoring")]
    for page in pages:
        assert page.status_code == 200
        assert "Bilal" not in page.text
    with house.work() as uow:
        house.round.uow = uow
        house.round.say(one)
    assert "Bilal" not in house.get(amal, f"{BASE}/submissions/{one.number}/mentoring").text


@pytest.mark.sqlite
def test_nobody_else_finds_the_pages(house: House) -> None:
    house.announce()
    one, other = house.works
    path = house.reading_path(other)
    for person in (house.round.reviewer, house.round.chair, house.authors[1]):
        assert house.get(person, path).status_code == 404
        assert house.get(person, f"{path}/draft.pdf").status_code == 404
    for person in (house.round.reviewer, house.round.chair):
        assert house.get(person, f"{BASE}/submissions/{one.number}/mentoring").status_code == 404
    for person in (house.round.reviewer, *house.authors):
        for page in ("", "/settings", "/reminders"):
            assert house.get(person, f"{DESK}{page}").status_code == 404
    assert house.get(house.round.chair, f"{DESK}/settings").status_code == 404


@shows("Mentored round", "A co-author reads the feedback and never learns who wrote it: they may review the partner")
@pytest.mark.sqlite
def test_a_co_author_does_not_learn_who_the_partner_is(app: Flask, work: Any) -> None:
    house = House(app, work)
    one, _other = house.works
    with work() as uow:
        fellow = make_person(uow, "Fellow Authorsdottir")
        join_team(uow, house.round.edition, fellow, Role.REVIEWER)
        add_author(uow, one, fellow.name, person=fellow)
        house.browsers[fellow.id] = client_for(app, uow, fellow)
    house.announce()
    with work() as uow:
        house.round.uow = uow
        house.round.say(one)
    page = house.get(fellow, f"{BASE}/submissions/{one.number}/mentoring")
    assert "Clear and kind." in page.text
    assert "Bilal" not in page.text


@pytest.mark.sqlite
def test_settings_are_previewed_and_saved(house: House) -> None:
    path = f"{DESK}/settings"
    sent = {"is_on": "y", "version": "1", "intro": "Be *gentle*."}
    zone = {"join-zone": "AoE", "feedback-zone": "AoE"}
    looks = house.post(house.round.owner, path, do="preview", **sent, **zone).text
    assert "<em>gentle</em>" in looks
    dates = {"join-day": "2026-06-10", "join-time": "23:59", "feedback-day": "2026-06-08", "feedback-time": "23:59"}
    assert "Choose a later day" in house.post(house.round.owner, path, **sent, **zone, **dates).text
    dates["feedback-day"] = "2026-06-12"
    assert house.post(house.round.owner, path, **sent, **zone, **dates).status_code == 303
    assert "saved this meanwhile" in house.post(house.round.owner, path, **sent, **zone, **dates).text
    assert "10 June, 23:59 AoE" in house.get(house.authors[0], f"{BASE}/mentoring/about").text


@pytest.mark.sqlite
def test_the_desk_asks_the_same_few_queries_with_thirty_pairs(house: House, database: Database) -> None:
    with house.work() as uow:
        house.round.uow = uow
        for number in range(58):
            house.round.work(f"Author{number} Nameson{number}", number % 3)
    chair = house.round.chair
    for show, act in (("waiting", None), ("proposed", f"{DESK}/proposal")):
        if act:
            house.post(chair, act)
        with count_queries(database) as seen:
            assert house.get(chair, f"{DESK}?show={show}").status_code == 200
        assert len(seen) <= 12, seen
