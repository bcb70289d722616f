"""The pages about who reads what: bids, topics, the proposal, files."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.factories import make_bid, make_topics, open_bidding, pairs_of, propose
from tests.commands import runner, told
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.reviews.factories import DESK, REVIEWS, House, declare, make_assignment
from tests.shows import keeps, shows
from workshop_manager.assignments import bidding, queries
from workshop_manager.assignments.models import Assignment, Bid
from workshop_manager.assignments.states import BidLevel
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import topics
from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import Role

AREA = "Bids and topics"
AUTOMATIC = f"{DESK}/reviews/automatic"
FILE = f"{DESK}/reviews/file"
BIDS = f"{REVIEWS}bids"


@shows(AREA, "Reviewers look through titles and abstracts, blind, and say what they want, can or would rather not read")
def test_reviewers_bid_on_what_they_may_read(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        open_bidding(uow, house.season)
        first, second = house.season.work(title="Woven"), house.season.work(title="Spun")
        declare(uow, second, house.rania)
        names = make_topics(uow, house.season, "Weaving")
        topics.choose_for_submission(uow, first, names)
    page = house.rania_client.get(BIDS)
    assert "Woven" in page.text
    assert "Weaving" in page.text
    assert "Spun" not in page.text
    assert "Wahyuni" not in page.text
    answer = send(house.rania_client, BIDS, {f"b{first.number}": "want", f"b{second.number}": "can", "b999": "want"})
    assert answer.status_code == 303
    with work() as uow:
        kept = uow.session.scalars(select(Bid)).all()
        assert [(row.submission_id, row.level) for row in kept] == [(first.id, BidLevel.WANT)]
    send(house.rania_client, BIDS, {f"b{first.number}": ""})
    with work() as uow:
        assert uow.session.scalars(select(Bid)).all() == []


@shows(AREA, "The list can be narrowed by track, topic and words, and to what has no bid yet")
def test_the_list_of_works_is_narrowed(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        open_bidding(uow, house.season)
        one = house.season.work(title="Woven")
        house.season.work(title="Spun", track=house.second)
        (topic,) = make_topics(uow, house.season, "Weaving")
        topics.choose_for_submission(uow, one, [topic])
        make_bid(uow, one, house.rania, BidLevel.CAN)
    for query, shown, hidden in (
        (f"topic={topic}", "Woven", "Spun"),
        (f"track={house.second.id}", "Spun", "Woven"),
        ("q=spu", "Spun", "Woven"),
        ("show=open", "Spun", "Woven"),
    ):
        text = house.rania_client.get(f"{BIDS}?{query}").text
        assert shown in text
        assert hidden not in text


@keeps("A4")
def test_bids_exist_for_reviewers_while_bidding_is_open(house: House, app: Flask, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        house.season.work()
    assert house.rania_client.get(BIDS).status_code == 404
    with work() as uow:
        open_bidding(uow, house.season)
        elsewhere = make_edition(uow, slug="2025")
        other = make_person(uow)
        join_team(uow, elsewhere, other, Role.REVIEWER)
        stranger = client_for(app, uow, other)
    assert house.rania_client.get(BIDS).status_code == 200
    assert house.author_client.get(BIDS).status_code == 404
    assert stranger.get(BIDS).status_code == 404
    assert send(house.author_client, BIDS, {"b1": "want"}).status_code == 404
    assert house.author_client.get(f"{REVIEWS}topics").status_code == 404


@shows(AREA, "Whoever cannot judge a work declares a conflict of interest from the list of bids")
def test_who_cannot_declares_a_conflict_from_the_list(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        open_bidding(uow, house.season)
        one = house.season.work(title="Woven")
    path = f"{BIDS}/{one.number}/conflict"
    assert house.rania_client.get(path).status_code == 200
    assert send(house.rania_client, path, {}).status_code == 422
    assert send(house.rania_client, path, {"kind": "colleague"}).status_code == 303
    assert "Woven" not in house.rania_client.get(BIDS).text
    assert house.rania_client.get(path).status_code == 404


@shows(AREA, "Organisers keep a list of topics; renaming keeps what was chosen")
def test_topics_are_renamed_dropped_and_added(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        one = house.season.work()
        first, second, third = make_topics(uow, house.season, "Speech", "Vision", "Law")
        topics.choose_for_submission(uow, one, [first, third])
    path = f"{DESK}/reviews/topics"
    swapped = {f"t{first}": "Vision", f"t{second}": "Speech", f"t{third}": "", "added": "Health\n\n  Care  work \n"}
    assert send(house.chair_client, path, swapped).status_code == 303
    with work() as uow:
        found = topics.topics(uow.session, house.edition.id)
        assert [topic.name for topic in found] == ["Vision", "Speech", "Health", "Care work"]
        assert [t.name for t in topics.topics_of_submissions(uow.session, [one.id])[one.id]] == ["Vision"]
    answer = send(house.chair_client, path, {f"t{first}": "Mine", "added": "health"})
    assert answer.status_code == 422
    assert "stands there twice" in answer.text
    assert "Mine" in answer.text
    assert send(house.track_chair_client, path, {"added": "No"}).status_code == 404


@shows(AREA, "Authors say on their submission's page what it is about and which language it is in")
def test_authors_say_what_their_work_is_about(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        open_bidding(uow, house.season)
        one = house.season.work()
        ids = make_topics(uow, house.season, "Speech", "Vision")
    mine = f"/musiml/2026/submissions/{one.number}"
    assert "Speech" in house.author_client.get(mine).text
    sent = {"topic": [str(ids[0]), "99999"], "language": "fr"}
    assert send(house.author_client, f"{mine}/topics", sent).status_code == 303
    assert send(house.rania_client, f"{mine}/topics", sent).status_code == 404
    with work() as uow:
        found = uow.session.get(type(one), one.id)
        assert found is not None
        assert found.language == "fr"
        assert [t.name for t in topics.topics_of_submissions(uow.session, [one.id])[one.id]] == ["Speech"]
        found.state = State.ACCEPTED
    assert send(house.author_client, f"{mine}/topics", sent).status_code == 409
    desk = f"{DESK}/submissions/{one.number}"
    assert "Speech" in house.chair_client.get(desk).text
    assert send(house.chair_client, f"{desk}/topics", {"topic": [str(ids[1])]}).status_code == 303
    assert send(house.track_chair_client, f"{desk}/topics", {}).status_code == 404


@shows(AREA, "Reviewers say which topics they know")
def test_reviewers_say_what_they_know(house: House, work: Any) -> None:
    assert "No topics" in house.rania_client.get(f"{REVIEWS}topics").text
    with work() as uow:
        (topic, _other) = make_topics(uow, house.season, "Speech", "Vision")
    assert send(house.rania_client, f"{REVIEWS}topics", {"topic": str(topic)}).status_code == 303
    with work() as uow:
        known = topics.topics_of_reviewers(uow.session, house.edition.id)
        assert known == {house.rania.id: frozenset({topic})}
    assert "checked" in house.rania_client.get(f"{REVIEWS}topics").text


def test_a_deleted_account_leaves_no_bid_and_no_topic(uow: UnitOfWork, season: Any) -> None:
    from workshop_manager.accounts.events import PersonErased

    one = season.work()
    make_bid(uow, one, season.rania, BidLevel.WANT)
    (topic,) = make_topics(uow, season, "Speech")
    topics.choose_for_reviewer(uow, season.edition.id, season.rania.id, [topic])
    bidding.on_person_erased(uow, PersonErased(season.rania.id))
    assert uow.session.scalars(select(Bid)).all() == []
    assert topics.topics_of_reviewers(uow.session, season.edition.id) == {}


# -- the proposal -------------------------------------------------------------------------------------------------


@shows("Automatic assignment", "A page shows the proposal: who, why, loads before and after, what is lacking")
def test_the_chair_sees_the_proposal_changes_it_and_applies_it(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        one = house.season.work(title="Woven")
        make_bid(uow, one, house.rania, BidLevel.WANT)
    assert "waits for reviews" in house.chair_client.get(AUTOMATIC).text
    asked = {"reviews": "1", "load": "2", "aim": "total", "weigh": "alike"}
    assert send(house.chair_client, AUTOMATIC, asked).status_code == 303
    waiting = house.chair_client.get(AUTOMATIC)
    assert waiting.headers["Refresh"] == "2"
    assert "Working it out" in waiting.text
    with work() as uow:
        found = propose(uow, house.season, reviews=1, load=2)
        version = found.version
    page = house.chair_client.get(AUTOMATIC)
    assert "wants to read it" in page.text
    assert "Refresh" not in page.headers
    out = send(house.chair_client, f"{AUTOMATIC}/{one.number}/pairs/{house.rania.id}/removal")
    assert out.status_code == 303
    assert "taken out by hand" in house.chair_client.get(AUTOMATIC).text
    stale = send(house.chair_client, f"{AUTOMATIC}/application", {"version": str(version)})
    assert stale.status_code == 409
    assert "Look at it again" in stale.text
    assert send(house.chair_client, f"{AUTOMATIC}/{one.number}/pairs/{house.rania.id}/return").status_code == 303
    wrong = send(house.chair_client, f"{AUTOMATIC}/{one.number}/pairs", {"reviewer": str(house.author.id)})
    assert wrong.status_code == 422
    assert "reviews for this edition" in wrong.text
    added = send(house.chair_client, f"{AUTOMATIC}/{one.number}/pairs", {"reviewer": str(house.kenza.id)})
    assert added.status_code == 303
    with work() as uow:
        version = queries.find_proposal(uow.session, house.edition.id, house.chair.id).version  # type: ignore[union-attr]
    done = send(house.chair_client, f"{AUTOMATIC}/application", {"version": str(version)})
    assert done.status_code == 303
    with work() as uow:
        assert uow.session.scalars(select(Assignment.reviewer_id)).all() == [house.kenza.id]


def test_numbers_that_make_no_sense_are_asked_again(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        house.season.work()
    wrong = send(house.chair_client, AUTOMATIC, {"reviews": "0", "load": "x", "aim": "best", "weigh": "?"})
    assert wrong.status_code == 422
    assert "whole number" in wrong.text


def test_a_proposal_is_its_chairs_own(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        house.season.work()
        propose(uow, house.season)
    assert "Proposed assignment" in house.chair_client.get(AUTOMATIC).text
    assert "Proposed assignment" not in house.owner_client.get(AUTOMATIC).text
    assert house.rania_client.get(AUTOMATIC).status_code == 404
    assert send(house.owner_client, f"{AUTOMATIC}/removal").status_code == 404
    assert send(house.chair_client, f"{AUTOMATIC}/removal").status_code == 303
    assert "Proposed assignment" not in house.chair_client.get(AUTOMATIC).text


@pytest.mark.parametrize("number", [1, 60])
@shows("Automatic assignment", "Its pages ask as many queries for one abstract as for many")
def test_pages_ask_as_many_queries_for_many_as_for_one(
    house: House, work: Any, database: Database, number: int
) -> None:
    with work() as uow:
        house.season.uow = uow
        open_bidding(uow, house.season)
        make_topics(uow, house.season, "Speech", "Vision")
        for _ in range(number):
            house.season.work()
        found = propose(uow, house.season, reviews=3, load=9)
        assert pairs_of(uow, found)
    for client, path, most in (
        (house.chair_client, AUTOMATIC, 12),
        (house.chair_client, f"{DESK}/reviews/bids", 9),
        (house.rania_client, BIDS, 12),
        (house.chair_client, FILE, 7),
    ):
        client.get(path)
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= most, "\n".join(seen)


# -- files --------------------------------------------------------------------------------------------------------


@shows("Automatic assignment", "Assignments are exported as CSV, safe for spreadsheets")
def test_who_reads_what_is_exported(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        one = house.season.work(title="=1+1")
        own = house.season.work(house.chair, title="Of the chair")
        make_assignment(uow, one, house.rania)
        make_assignment(uow, own, house.rania)
    text = house.chair_client.get(f"{DESK}/reviews/assignments.csv").get_data(as_text=True)
    assert text.splitlines()[0] == "\ufeffnumber,reviewer,name,title"
    assert f"{one.number},{house.rania.email},Rania,'=1+1" in text
    assert "Of the chair" not in text
    assert house.rania_client.get(f"{DESK}/reviews/assignments.csv").status_code == 404


@shows(
    "Automatic assignment",
    "Assignments are imported from CSV: looked at first, problems by row, all or nothing",
)
def test_a_table_is_looked_at_then_assigned_all_or_nothing(house: House, work: Any) -> None:
    with work() as uow:
        house.season.uow = uow
        one, two = house.season.work(), house.season.work()
        declare(uow, two, house.kenza)
        make_assignment(uow, one, house.rania)
    rania, kenza = house.rania.email, house.kenza.email
    good = f"number;reviewer\n{one.number};{kenza}\n#{two.number};{rania.upper()}\n{one.number};{rania}\n"
    bad = f"{good}{two.number};{kenza}\n99;{rania}\n{one.number};nobody@example.org\n{one.number};{kenza}\n7\n"
    wrong = send(house.chair_client, FILE, {"text": bad, "do": "import"})
    assert wrong.status_code == 422
    for words in ("Row 5: They have a conflict", "Row 6: There is no abstract “99”", "Row 7: Nobody who reviews here",
                  "Row 8: The same as row 2", "Row 9: It has too few columns"):  # fmt: skip
        assert words in wrong.text
    looked = send(house.chair_client, FILE, {"text": good, "do": "look"})
    assert looked.status_code == 200
    assert "2 new assignments" in looked.text
    assert len(re.findall(r"<li>#\d+: <bdi>", looked.text)) == 2  # who would read what, before it is assigned
    with work() as uow:
        assert len(uow.session.scalars(select(Assignment)).all()) == 1
    done = send(house.chair_client, FILE, {"text": good, "do": "import"})
    assert done.status_code == 303
    with work() as uow:
        assert len(uow.session.scalars(select(Assignment)).all()) == 3
    again = send(house.chair_client, FILE, {"text": good, "do": "import"})
    assert "Nothing new" in again.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste the table"),
        ("a,b\n1,2\n", "must name the columns"),
        ('number,reviewer\n1,"a@b.example\n', "Nobody who reviews here"),
        ("number,reviewer\n" + "1,a\x00b\n", "Nobody who reviews here"),
    ],
)
def test_a_table_that_makes_no_sense_says_so(house: House, text: str, words: str) -> None:
    answer = send(house.chair_client, FILE, {"text": text, "do": "import"})
    assert answer.status_code == 422
    assert words in answer.text


def test_bids_beyond_a_page_are_refused(uow: UnitOfWork, season: Any) -> None:
    open_bidding(uow, season)
    uow.actor = season.rania
    with pytest.raises(Conflict):
        bidding.bid(uow, season.edition, dict.fromkeys(range(1, 102), BidLevel.CAN))


# -- the command --------------------------------------------------------------------------------------------------


@shows("Automatic assignment", "`workshop-manager reviews assign` does the same, with --dry-run and --json")
def test_the_command_says_what_it_would_do_and_does_it(
    house: House, work: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work() as uow:
        house.season.uow = uow
        for _ in range(3):
            house.season.work()
    run = runner(app, monkeypatch)
    report = told(run("reviews", "assign", "musiml/2026", "--reviews", "2", "--fair", "--dry-run", "--json"))
    assert (report["done"], report["counts"]["assigned"], report["counts"]["places"]) == (False, 6, 6)
    with work() as uow:
        assert uow.session.scalars(select(Assignment)).all() == []
    assert "assigned: 6, places: 6" in run("reviews", "assign", "musiml/2026", "--reviews", "2").output
    with work() as uow:
        assert len(uow.session.scalars(select(Assignment)).all()) == 6
    refused = run("reviews", "assign", "musiml/1999")
    assert refused.exit_code == 1
    assert "no edition" in refused.output
