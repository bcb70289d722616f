"""The page kept for visitors: fast on the day, never somebody else's, never older than what changed."""

import pytest

from tests.conftest import KEY
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, make_item, make_release, make_work
from tests.shows import keeps, shows
from workshop_manager.app import create_app
from workshop_manager.core.database import Database
from workshop_manager.schedule import queries, releasing, service
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Role, Visibility

PAGE = "/musiml/2026/schedule"


@pytest.fixture
def released(app, work):
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition, "Opening")
        make_work(uow, edition, 1, "First Poster", outcome=Outcome.POSTER)
        make_release(uow, edition)
        return edition.id


def see(app):
    return app.test_client().get(PAGE).text


def test_a_visitors_page_costs_no_query_of_the_application_while_nothing_changes(app, released, database):
    first = see(app)
    with count_queries(database) as seen:
        second = see(app)
    assert seen == []
    assert first == second


@pytest.fixture
def elsewhere(app, settings, database, clock):
    """The application of another host: nothing in common but the database."""
    theirs = Database(database.url.render_as_string(hide_password=False))
    theirs.unlock(KEY)
    yield create_app(settings, theirs, clock)
    theirs.dispose()


@shows("Schedule", "Every process and host says the same under the same ETag, and a release from its first moment on")
def test_two_hosts_agree_before_and_after_a_release(app, elsewhere, work, released):
    def ask(path, **headers):
        here, there = (one.test_client().get(path, headers=headers) for one in (app, elsewhere))
        assert (here.status_code, here.data, here.headers.get("ETag")) == (
            there.status_code, there.data, there.headers.get("ETag"))  # fmt: skip
        return there

    before = {path: ask(path) for path in (PAGE, f"{PAGE}.ics", f"{PAGE}.json")}
    tag = before[f"{PAGE}.ics"].headers["ETag"]
    assert ask(f"{PAGE}.ics", **{"If-None-Match": tag}).status_code == 304
    with work() as uow:
        edition = get_edition(uow.session, released)
        make_item(uow, edition, "Keynote", 60)
        make_release(uow, edition)
    for path, old in before.items():
        assert [b"Keynote" in answer.data for answer in (old, ask(path))] == [False, True], path
    assert ask(f"{PAGE}.ics", **{"If-None-Match": tag}).status_code == 200


@keeps("T6")
@pytest.mark.parametrize("change", ["release", "edition", "withdrawn", "draft"])
def test_a_change_shows_at_the_next_look(app, work, released, change):
    before = see(app)
    with work() as uow:
        edition = get_edition(uow.session, released)
        if change == "release":
            make_item(uow, edition, "Keynote", 60)
            make_release(uow, edition)
        elif change == "edition":
            edition.name, edition.version = "Another Name", edition.version + 1
        elif change == "withdrawn":
            uow.session.query(Submission).one().state = State.WITHDRAWN
        else:
            edition.visibility = Visibility.DRAFT
    after = see(app)
    assert after != before
    if change == "draft":
        assert app.test_client().get(PAGE).status_code == 404


def test_clock_theme_filter_and_zone_have_their_own_pages(app, released, clock):
    see(app)
    client = app.test_client()
    client.set_cookie("tz", "Asia/Jakarta")
    assert "Jakarta" in client.get(PAGE).text
    client.set_cookie("theme", "dark")
    assert 'data-bs-theme="dark"' in client.get(PAGE).text
    assert "Nothing in the schedule fits" in client.get(f"{PAGE}?kind=talks&q=zzz").text
    assert "Nothing in the schedule fits" not in see(app)


def test_the_signed_in_get_their_own_page_and_leave_nothing_behind(app, work, released):
    with work() as uow:
        person = make_person(uow, "Amina Yusuf-Okafor")
        join_team(uow, get_edition(uow.session, released), person, Role.OWNER)
        client = client_for(app, uow, person)
    assert "Amina Yusuf-Okafor" in client.get(PAGE).text
    visitor = see(app)
    assert "Amina Yusuf-Okafor" not in visitor
    assert "/organise/" not in visitor
    assert "Amina Yusuf-Okafor" in client.get(PAGE).text


def test_a_word_for_one_visitor_is_not_kept_for_the_next(app, released):
    client = app.test_client()
    send(client, "/zone", {"zone": "Asia/Jakarta", "next": PAGE})
    assert "Times are now also shown for Asia/Jakarta" in client.get(PAGE).text
    other = app.test_client()
    other.set_cookie("tz", "Asia/Jakarta")
    assert "Times are now also shown" not in other.get(PAGE).text


def test_a_cancelled_item_leaves_the_page_with_the_worker(app, work, released, clock, database):
    with work() as uow:
        edition = get_edition(uow.session, released)
        make_item(uow, edition, "Closing", 300)
        make_release(uow, edition)
        first = next(item for item in queries.possible_parents(uow.session, released))
        service.remove(uow, edition, CHAIR, first.id)
        make_release(uow, edition)
        over = first.ends_at
    assert "<del><bdi>Opening</bdi></del>" in see(app)
    clock.at = over
    with app.app_context():
        releasing.refresh_stale(database, clock)
    assert "<del>" not in see(app)
