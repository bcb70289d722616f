"""One choice per person holds on page, calendar, change list and edition page, at the next look."""

from datetime import UTC, datetime

import pytest

from tests.factories import make_edition, make_person
from tests.schedule.factories import CHAIR, content, make_item, make_release, make_work
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.schedule import queries, releasing, service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.programme import Item, Kind, Programme, Speaker, from_json
from workshop_manager.schedule.visibility import Choices, public_view
from workshop_manager.submissions.states import Outcome

PLACES = ("/musiml/2026/schedule", "/musiml/2026/schedule.ics", "/musiml/2026/schedule/changes", "/musiml/2026/")
NAME, WHERE = "Nur Aisyah", "Gadjah Mada"

FULL, NAME_ONLY, ANONYMOUS, UNLISTED = Listing.FULL, Listing.NAME_ONLY, Listing.ANONYMOUS, Listing.UNLISTED


@pytest.mark.parametrize(
    ("own", "work", "shown"),
    [
        (FULL, FULL, [("N", "A")]),
        (NAME_ONLY, FULL, [("N", None)]),
        (FULL, NAME_ONLY, [("N", None)]),
        (ANONYMOUS, FULL, [("Anonymous", None)]),
        (FULL, ANONYMOUS, [("Anonymous", None)]),
        (UNLISTED, FULL, []),
        (UNLISTED, NAME_ONLY, []),
        (FULL, UNLISTED, None),
        (None, FULL, []),
    ],
)
def test_the_stricter_choice_counts(own, work, shown):
    at = datetime(2026, 12, 11, tzinfo=UTC)
    item = Item("a", Kind.TALK, "T", at, None, speakers=(Speaker("N", "A", "p1"),), submission_number=3)
    choices = Choices({} if own is None else {"p1": own}, {3: work}, {})
    view = public_view(Programme("x.org", "X", "UTC", (item,)), choices)
    found = view.item("a")
    assert (None if found is None else [(who.name, who.affiliation) for who in found.speakers]) == shown
    assert all(who.person_key is None for each in view.items for who in each.speakers)


@pytest.fixture
def speaker(app, work):
    """Somebody with an account who gives a keynote that has changed between two releases."""
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, NAME)
        accepted = make_work(uow, edition, 1, "Dialects", ((NAME, person),))
        item = make_item(
            uow, edition, "Dialects", kind=Kind.KEYNOTE, submission_id=accepted.id, speakers=(Named(NAME, WHERE),)
        )
        make_item(uow, edition, "Closing", 120)
        make_release(uow, edition)
        service.edit(
            uow, edition, CHAIR, item.id, item.version,
            content("Dialects", 10, kind=Kind.KEYNOTE, submission_id=accepted.id,
                    speakers=(Named("Somebody Else"), Named(NAME, WHERE))),
        )  # fmt: skip
        make_release(uow, edition)
    return person.id


def choose(work, person_id, listing):
    with work() as uow:
        uow.session.get(Person, person_id).listing = listing
        releasing.listing_changed(uow, person_id)


def seen(app, path):
    return app.test_client().get(path).get_data(as_text=True).replace("\r\n ", "")


@shows(
    "Submissions", "Listing in full, by name, anonymous or not at all is held on every page and feed at the next look"
)
@keeps("T6")
@pytest.mark.parametrize(
    ("listing", "name", "where"),
    [(FULL, True, True), (NAME_ONLY, True, False), (ANONYMOUS, False, False), (UNLISTED, False, False)],
)
def test_a_choice_holds_everywhere_at_the_next_look(app, work, speaker, listing, name, where):
    assert all(NAME in seen(app, path) for path in PLACES[:3])
    choose(work, speaker, listing)
    for path in PLACES:
        text = seen(app, path)
        assert "Dialects" in text
        if not name:
            assert NAME not in text, path
        if not where:
            assert WHERE not in text, path
    assert (NAME in seen(app, PLACES[1])) is name


def test_a_choice_is_a_change_that_calendars_take_over_and_can_be_taken_back(app, work, speaker):
    client = app.test_client()
    tag = client.get(PLACES[1]).headers["ETag"]
    choose(work, speaker, UNLISTED)
    assert client.get(PLACES[1], headers={"If-None-Match": tag}).status_code == 200
    assert "SEQUENCE:2" in seen(app, PLACES[1])
    choose(work, speaker, FULL)
    assert NAME in seen(app, PLACES[1])
    assert "SEQUENCE:3" in seen(app, PLACES[1])


def test_the_next_release_goes_on_from_the_sequence_that_people_have(app, work, speaker):
    choose(work, speaker, UNLISTED)
    with work() as uow:
        item = next(row.item for row in queries.draft_rows(uow.session, 1) if row.item.title == "Dialects")
        edition = queries.public_deadlines(uow.session, "musiml", "2026")[0]
        service.edit(uow, edition, CHAIR, item.id, item.version, content("Dialects", 20, speakers=(Named(NAME),)))
        make_release(uow, edition)
        shown = from_json(queries.published(uow.session, 1).programme)
    assert max(item.sequence for item in shown.items) == 3
    assert NAME not in seen(app, PLACES[1])


def test_a_release_made_while_unlisted_never_shows_the_name(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, NAME, listing=UNLISTED)
        accepted = make_work(uow, edition, 1, "Dialects", ((NAME, person),))
        make_item(uow, edition, "Dialects", submission_id=accepted.id, speakers=(Named(NAME, WHERE),))
        release = make_release(uow, edition)
        assert NAME not in str(release.changes)
    assert all(NAME not in seen(app, path) for path in PLACES)


def test_an_account_made_after_the_talk_was_placed_counts_too(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, NAME)
        accepted = make_work(uow, edition, 1, "Dialects", ((NAME, None),))
        make_item(uow, edition, "Dialects", submission_id=accepted.id, speakers=(Named(NAME),))
        make_release(uow, edition)
        accepted.authors[0].person_id = person.id
        person_id = person.id
    choose(work, person_id, UNLISTED)
    assert NAME not in seen(app, PLACES[0])


@keeps("B13")
def test_a_deleted_account_leaves_no_name_in_draft_releases_pages_and_feeds(app, work, speaker):
    with work() as uow:
        releasing.forget_person(uow, speaker)
    for path in PLACES:
        assert NAME not in seen(app, path), path
    with work() as uow:
        stored = [release.programme.decode() + str(release.changes) for release in queries.all_releases(uow.session, 1)]
        names = [who.name for row in queries.draft_rows(uow.session, 1) for who in row.item.speakers]
    assert len(stored) == 2
    assert all(NAME not in text for text in stored)
    assert names == ["Somebody Else"]


def test_work_that_wants_no_list_is_on_no_public_page_not_even_as_cancelled(app, work):
    with work() as uow:
        edition = make_edition(uow)
        accepted = make_work(uow, edition, 1, "Secret Work")
        make_item(uow, edition, "Secret Work", submission_id=accepted.id)
        make_item(uow, edition, "Closing", 120)
        make_release(uow, edition)
    assert "Secret Work" in seen(app, PLACES[0])
    with work() as uow:
        uow.session.get(type(accepted), accepted.id).listing = UNLISTED
        releasing.render_again(uow, 1)
    assert all("Secret Work" not in seen(app, path) for path in PLACES)


def test_posters_are_listed_as_their_authors_wish(app, work):
    with work() as uow:
        edition, hidden = make_edition(uow), make_person(uow, "Hidden Author", listing=UNLISTED)
        make_work(
            uow, edition, 1, "Open Poster", (("Open Author", None), ("Hidden Author", hidden)), outcome=Outcome.POSTER
        )
        make_work(uow, edition, 2, "Unlisted Poster", outcome=Outcome.POSTER, listing=UNLISTED)
        make_work(uow, edition, 3, "Blind Poster", outcome=Outcome.POSTER, listing=ANONYMOUS, remote=True)
        make_work(uow, edition, 4, "An Oral", outcome=Outcome.ORAL)
        make_item(uow, edition, "Posters", kind=Kind.POSTER)
    assert "Open Poster" not in seen(app, PLACES[0])
    with work() as uow:
        make_release(uow, queries.public_deadlines(uow.session, "musiml", "2026")[0])
    text = seen(app, PLACES[0])
    assert "Two posters" in text
    assert "two posters, one in person and one virtual" in text
    assert "Open Author" in text
    assert "Anonymous" in text
    for absent in ("Hidden Author", "Unlisted Poster", "An Oral", "Nur Aisyah"):
        assert absent not in text
