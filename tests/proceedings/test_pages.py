"""The pages of proceedings: authors', chairs', everybody's."""

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import client_for, join_team, make_person, send
from tests.pdfs import make_pdf
from tests.proceedings.factories import STRICT, accepted, asked_edition, hand_in
from tests.queries import count_queries
from tests.shows import keeps, shows
from tests.submissions.factories import open_edition, post_form
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.schedule.posters import poster_lists
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import Role

Work = Callable[..., AbstractContextManager[UnitOfWork]]
DESK = "/musiml/2026/organise/proceedings"


@dataclass
class Scene:
    """An edition with one accepted work, its author and the chair."""

    number: int
    chair: FlaskClient
    author: FlaskClient
    people: tuple[Person, Person]

    @property
    def page(self) -> str:
        return f"/musiml/2026/submissions/{self.number}/camera-ready"


@pytest.fixture
def scene(app: Flask, work: Work) -> Scene:
    with work() as uow:
        edition, chair = asked_edition(uow)
        author = make_person(uow, "Wahyuni")
        one = accepted(uow, edition, author, title="Whose Dialect Is Default?")
        return Scene(one.number, client_for(app, uow, chair), client_for(app, uow, author), (chair, author))


def fields(html: str) -> dict[str, str]:
    """What the form on the page would send, files and buttons left out."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name = re.search(r'name="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and not (kind and kind[1] in ("file", "checkbox") and "checked" not in tag):
            found[name[1]] = value[1] if value else "y"
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL):
        found[name] = text
    return {name: value for name, value in found.items() if name not in ("csrf_token", "once")}


def pdf(pages: int = 2, name: str = "final.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(make_pdf(pages=pages)), name


# -- authors --------------------------------------------------------------------------------------------------------


def test_an_author_hands_everything_in(scene: Scene) -> None:
    html = scene.author.get(scene.page).text
    assert "4 things are missing" in html
    data = fields(html) | {"final": pdf(), "poster": pdf(1), "is_confirmed": "y", "agrees": "y", "do": "save"}
    answer = post_form(scene.author, scene.page, data)
    assert answer.status_code == 303, answer.text
    html = scene.author.get(scene.page).text
    assert "Nothing is missing" in html
    assert "Version 1" in html
    assert "Nothing is missing" in scene.author.get(f"/musiml/2026/submissions/{scene.number}").text


@keeps("D2", "D4", "I13")
@shows(
    "Proceedings", "A final PDF is checked with the page bonus, and refused in plain words beside all that was typed"
)
def test_a_refused_file_keeps_what_was_typed_and_the_other_file(scene: Scene) -> None:
    data = fields(scene.author.get(scene.page).text)
    data |= {"title": "Corrected", "final": pdf(5), "poster": pdf(1), "is_confirmed": "y"}
    answer = post_form(scene.author, scene.page, data)
    assert answer.status_code == 422
    assert "The file has 5 pages; at most 4 are allowed" in answer.text
    assert "Everything else is saved." in answer.text
    html = scene.author.get(scene.page).text
    assert "Corrected" in html
    assert f"/{scene.number}/camera-ready/poster/1" in html
    assert f"/{scene.number}/camera-ready/final/1" not in html


@pytest.mark.parametrize("name", ["slides_url", "video_url"])
def test_a_link_that_is_none_is_refused(app: Flask, work: Work, name: str) -> None:
    with work() as uow:
        edition, _chair = asked_edition(uow, replace(STRICT, video=Ask.MAY))
        author = make_person(uow)
        one = accepted(uow, edition, author, Outcome.ORAL)
        client, path = client_for(app, uow, author), f"/musiml/2026/submissions/{one.number}/camera-ready"
    answer = post_form(client, path, fields(client.get(path).text) | {name: "javascript:alert(1)"})
    assert answer.status_code == 422
    assert "beginning with https://" in answer.text
    assert "javascript:alert(1)" in answer.text


def test_authors_change_places_before_saving(app: Flask, work: Work) -> None:
    with work() as uow:
        edition, _chair = asked_edition(uow)
        author, other = make_person(uow, "Wahyuni"), make_person(uow, "Noor")
        one = accepted(uow, edition, author, authors=(other,))
        client, path = client_for(app, uow, author), f"/musiml/2026/submissions/{one.number}/camera-ready"
    answer = post_form(client, path, fields(client.get(path).text) | {"do": "up-1"})
    assert answer.text.index('value="Noor"') < answer.text.index('value="Wahyuni"')
    assert "Not saved yet" in answer.text
    saved = post_form(client, path, fields(answer.text) | {"do": "save"})
    assert saved.status_code == 303
    html = client.get(path).text
    assert html.index('value="Noor"') < html.index('value="Wahyuni"')


@keeps("X3")
def test_a_co_authors_newer_version_is_shown_beside_ones_own(app: Flask, work: Work) -> None:
    with work() as uow:
        edition, _chair = asked_edition(uow)
        author, other = make_person(uow, "Wahyuni"), make_person(uow, "Noor")
        one = accepted(uow, edition, author, authors=(other,))
        clients = client_for(app, uow, author), client_for(app, uow, other)
        path = f"/musiml/2026/submissions/{one.number}/camera-ready"
    mine, theirs = (fields(client.get(path).text) for client in clients)
    assert post_form(clients[1], path, theirs | {"title": "The other's title"}).status_code == 303
    answer = post_form(clients[0], path, mine | {"title": "My title"})
    assert answer.status_code == 422
    assert "Noor saved another version" in answer.text
    assert "The other&#39;s title" in answer.text
    assert "My title" in answer.text
    assert post_form(clients[0], path, fields(answer.text)).status_code == 303


def test_after_the_date_nothing_is_taken_and_what_was_typed_stays(app: Flask, work: Work, clock: FixedClock) -> None:
    with work() as uow:
        edition, _chair = asked_edition(uow, replace(STRICT, takes_late=False))
        author = make_person(uow)
        one = accepted(uow, edition, author)
        client, path = client_for(app, uow, author), f"/musiml/2026/submissions/{one.number}/camera-ready"
    data = fields(client.get(path).text) | {"title": "Too late a title"}
    clock.at += timedelta(days=11)
    answer = post_form(client, path, data)
    assert answer.status_code == 409
    assert "Too late a title" in answer.text


@keeps("A3", "D6")
def test_files_are_as_private_as_their_work(app: Flask, work: Work) -> None:
    with work() as uow:
        edition, chair = asked_edition(uow)
        author, stranger, reviewer = make_person(uow), make_person(uow), make_person(uow)
        join_team(uow, edition, reviewer, Role.REVIEWER)
        one, other = accepted(uow, edition, author), accepted(uow, edition, stranger)
        hand_in(uow, edition, one, author, Item.FINAL)
        chairs = accepted(uow, edition, chair)
        hand_in(uow, edition, chairs, chair, Item.FINAL)
        clients = {who: client_for(app, uow, who) for who in (author, stranger, reviewer, chair)}
        numbers = one.number, other.number, chairs.number
    own = f"/musiml/2026/submissions/{numbers[0]}/camera-ready/final/1"
    got = clients[author].get(own)
    assert got.status_code == 200
    assert got.headers["Content-Disposition"] == f'attachment; filename="musiml-2026-{numbers[0]}-final.pdf"'
    assert "sandbox" in got.headers["Content-Security-Policy"]
    for who in (stranger, reviewer):
        assert clients[who].get(own).status_code == 404
        assert clients[who].get(f"{DESK}/{numbers[0]}/final/1").status_code == 404
    assert clients[author].get(f"/musiml/2026/submissions/{numbers[1]}/camera-ready/final/1").status_code == 404
    assert clients[chair].get(f"{DESK}/{numbers[0]}/final/1").status_code == 200
    for path in (f"{DESK}/{numbers[0]}/final/2", f"{DESK}/{numbers[0]}/poster/1", f"{DESK}/{numbers[0]}/rights/1"):
        assert clients[chair].get(path).status_code == 404
    assert clients[chair].get(f"{DESK}/{numbers[2]}/final/1").status_code == 404, "a chair's own work"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REJECTED, State.WITHDRAWN, State.DRAFT])
@keeps("A13")
def test_nothing_of_it_is_there_before_acceptance(app: Flask, work: Work, state: State) -> None:
    with work() as uow:
        edition, _chair = asked_edition(uow)
        author = make_person(uow)
        one = accepted(uow, edition, author, state=state)
        client = client_for(app, uow, author)
        number = one.number
    assert client.get(f"/musiml/2026/submissions/{number}/camera-ready").status_code == 404
    assert "camera-ready" not in client.get(f"/musiml/2026/submissions/{number}").text


# -- chairs ---------------------------------------------------------------------------------------------------------


def test_without_anything_asked_the_desk_says_what_to_do(app: Flask, work: Work) -> None:
    with work() as uow:
        edition = open_edition(uow)
        chair = make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        client = client_for(app, uow, chair)
    for path in (DESK, f"{DESK}/reminders", f"{DESK}/numbers"):
        assert "Nothing is asked of accepted authors yet" in client.get(path).text
    data = fields(client.get(f"{DESK}/asked").text) | dict.fromkeys(("final", "poster", "slides", "rights"), "must")
    assert send(client, f"{DESK}/asked", data | {"video": "no"}).status_code == 303
    assert "Nothing is accepted yet" in client.get(DESK).text


def test_two_chairs_saving_what_is_asked_learn_of_each_other(scene: Scene) -> None:
    data = fields(scene.chair.get(f"{DESK}/asked").text) | dict.fromkeys(
        ("final", "poster", "slides", "rights"), "must"
    )
    data["video"] = "no"
    assert send(scene.chair, f"{DESK}/asked", data | {"note": "First"}).status_code == 303
    answer = send(scene.chair, f"{DESK}/asked", data | {"note": "Second"})
    assert answer.status_code == 422
    assert "Somebody else saved this" in answer.text
    assert "First" in answer.text
    assert "Second" in answer.text


def test_the_board_filters_and_is_taken_along(scene: Scene) -> None:
    html = scene.chair.get(DESK).text
    assert "One work is accepted, 1 still owes something." in html
    assert "Whose Dialect" in scene.chair.get(f"{DESK}?item=final").text
    assert "Nothing here fits that." in scene.chair.get(f"{DESK}?show=complete").text
    assert "Nothing here fits that." in scene.chair.get(f"{DESK}?item=slides").text
    csv = scene.chair.get(f"{DESK}.csv").text
    assert "details, final, poster, rights" in csv


@keeps("A5")
def test_a_filter_that_makes_no_sense_narrows_nothing(scene: Scene) -> None:
    for query in ("item=nonsense", "show=nonsense", "track=99999", "page=-3"):
        assert "Whose Dialect" in scene.chair.get(f"{DESK}?{query}").text


@shows("Proceedings", "Each reminder is read before it goes, and what became of it stands beside the name afterwards")
def test_reminders_are_read_before_they_go(scene: Scene) -> None:
    html = scene.chair.get(f"{DESK}/reminders?remark=The+printer+waits.").text
    assert "One mail would go out." in html
    assert scene.people[1].email in html
    assert html.count("The printer waits.") >= 2
    assert send(scene.chair, f"{DESK}/reminders", {"wave": "1", "remark": "The printer waits."}).status_code == 303
    html = scene.chair.get(f"{DESK}/reminders").text
    assert "on its way" in html
    again = send(scene.chair, f"{DESK}/reminders", {"wave": "1"})
    assert again.status_code == 422
    assert "Nothing was sent" in again.text


def test_poster_numbers_by_hand(scene: Scene) -> None:
    name, seen = f"poster-{scene.number}", f"seen-{scene.number}"
    assert send(scene.chair, f"{DESK}/numbers/order", {"order": "track"}).status_code == 303
    for typed in ("0", "x", "10000", "-1"):
        answer = send(scene.chair, f"{DESK}/numbers", {name: typed, seen: "1"})
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.text
    assert send(scene.chair, f"{DESK}/numbers", {name: "12", seen: "1"}).status_code == 303
    assert send(scene.chair, f"{DESK}/numbers/publication").status_code == 303
    assert "board 12" in scene.author.get(scene.page).text
    assert "board 12" in scene.author.get(f"/musiml/2026/submissions/{scene.number}").text


def test_numbers_stand_in_the_schedule_once_they_are_published(scene: Scene, app: Flask, work: Work) -> None:
    name, seen = f"poster-{scene.number}", f"seen-{scene.number}"
    send(scene.chair, f"{DESK}/numbers", {name: "12", seen: ""})
    with work() as uow:
        (poster,) = poster_lists(uow.session, 1).in_person  # type: ignore[union-attr]
        assert poster.number == 1
    send(scene.chair, f"{DESK}/numbers/publication")
    with work() as uow:
        (poster,) = poster_lists(uow.session, 1).in_person  # type: ignore[union-attr]
        assert poster.number == 12


def test_the_final_papers_come_as_a_zip_with_neutral_names(app: Flask, work: Work) -> None:
    with work() as uow:
        edition, chair = asked_edition(uow)
        author = make_person(uow)
        works = [accepted(uow, edition, author) for _one in range(3)]
        for one in works[:2]:
            hand_in(uow, edition, one, author, Item.FINAL)
        own = accepted(uow, edition, chair)
        hand_in(uow, edition, own, chair, Item.FINAL)
        client, numbers = client_for(app, uow, chair), [one.number for one in works[:2]]
    answer = client.get(f"{DESK}/papers.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == [f"musiml-2026-{number}.pdf" for number in numbers]
        assert archive.testzip() is None
        assert all(archive.read(name).startswith(b"%PDF-") for name in archive.namelist())
    assert client.get(f"{DESK}/papers.zip").data == answer.data
    assert client.get(f"{DESK}/papers.zip?item=rights").status_code == 404


# -- everybody ------------------------------------------------------------------------------------------------------

PUBLIC = ("/musiml/2026/proceedings", "/musiml/2026/proceedings/book.pdf", "/musiml/2026/proceedings/abstracts.bib")


def publish(client: FlaskClient) -> None:
    html = client.get(f"{DESK}/book").text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', html)
    assert seen
    assert send(client, f"{DESK}/book/publication", {"seen": seen[1]}).status_code == 303


@keeps("A13")
@shows("Proceedings", "Book of abstracts and BibTeX have a public address once a chair publishes them, and not before")
def test_nothing_is_public_before_a_chair_publishes(scene: Scene, app: Flask) -> None:
    visitor = app.test_client()
    assert [visitor.get(path).status_code for path in PUBLIC] == [404, 404, 404]
    assert "proceedings" not in visitor.get("/musiml/2026/").text
    publish(scene.chair)
    html, book, bibtex = (visitor.get(path) for path in PUBLIC)
    assert "Whose Dialect Is Default?" in html.text
    assert book.data.startswith(b"%PDF-")
    assert book.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in book.headers["Content-Security-Policy"]
    assert "author    = {Wahyuni}" in bibtex.text
    assert "Book of abstracts" in visitor.get("/musiml/2026/").text
    assert visitor.get(PUBLIC[1], headers={"If-None-Match": book.headers["ETag"]}).status_code == 304
    assert send(scene.chair, f"{DESK}/book/withdrawal").status_code == 303
    assert [visitor.get(path).status_code for path in PUBLIC] == [404, 404, 404]


@shows("Proceedings", "A changed listing choice reaches the book’s PDF, its page and BibTeX at the next look")
@keeps("T6")
def test_a_changed_choice_reaches_book_page_and_bibtex_at_the_next_look(scene: Scene, app: Flask, work: Work) -> None:
    publish(scene.chair)
    visitor = app.test_client()
    etags = [visitor.get(path).headers["ETag"] for path in PUBLIC]
    with work() as uow:
        uow.session.get_one(Person, scene.people[1].id).listing = Listing.UNLISTED
    for path, etag in zip(PUBLIC, etags, strict=True):
        answer = visitor.get(path, headers={"If-None-Match": etag})
        assert answer.status_code == 200, path
        assert b"Wahyuni" not in answer.data


def test_links_of_a_nameless_work_are_not_shown(app: Flask, work: Work) -> None:
    with work() as uow:
        edition, chair = asked_edition(uow, replace(STRICT, video=Ask.MAY))
        author = make_person(uow)
        for listing in (Listing.FULL, Listing.ANONYMOUS):
            one = accepted(uow, edition, author, listing=listing)
            hand_in(uow, edition, one, author, video_url=f"https://video.example.org/{listing.value}")
        client = client_for(app, uow, chair)
    publish(client)
    html = app.test_client().get(PUBLIC[0]).text
    assert "https://video.example.org/full" in html
    assert "https://video.example.org/anonymous" not in html


@pytest.mark.parametrize("works", [1, 60])
def test_pages_ask_few_queries_whatever_their_length(app: Flask, work: Work, database: Database, works: int) -> None:
    with work() as uow:
        edition, chair = asked_edition(uow)
        for place in range(works):
            author = make_person(uow)
            one = accepted(uow, edition, author, authors=(make_person(uow),))
            if place % 2:
                hand_in(uow, edition, one, author, Item.FINAL, Item.POSTER)
        client = client_for(app, uow, chair)
        mine = client_for(app, uow, author)
        number = one.number
    publish(client)
    chairs = (DESK, f"{DESK}/reminders", f"{DESK}/numbers", f"{DESK}/book", f"{DESK}/asked", f"{DESK}/{number}")
    asked = [(client, path) for path in chairs]
    asked += [(mine, f"/musiml/2026/submissions/{number}/camera-ready"), (mine, PUBLIC[0]), (mine, PUBLIC[2])]
    for who, path in asked:
        with count_queries(database) as seen:
            assert who.get(path).status_code == 200
        assert len(seen) <= 12, (path, len(seen), seen)


def test_what_is_owed_waits_at_home_until_it_is_there(scene: Scene) -> None:
    html = scene.author.get("/").text
    assert "For the proceedings: “Whose Dialect Is Default?”" in html
    assert scene.page in html
    data = fields(scene.author.get(scene.page).text)
    data |= {"final": pdf(), "poster": pdf(1), "is_confirmed": "y", "agrees": "y"}
    assert post_form(scene.author, scene.page, data).status_code == 303
    assert "For the proceedings: “Whose Dialect" not in scene.author.get("/").text
