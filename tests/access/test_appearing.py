"""One choice a person of how they appear, at every address that others read: found from the addresses themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import client_for, make_edition, make_person
from tests.registrations.factories import make_kind, make_registration
from tests.schedule.factories import CHAIR, START, content, make_item, make_release, make_work
from tests.shows import shows
from tests.signups.factories import hours, make_block, make_part
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.proceedings.models import Book
from workshop_manager.registrations.models import Registration
from workshop_manager.schedule import personal, releasing, speakers
from workshop_manager.schedule import service as schedule
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.exports import star_of
from workshop_manager.schedule.programme import Kind
from workshop_manager.signups.models import SignupPlace
from workshop_manager.submissions.states import Outcome

pytestmark = pytest.mark.sqlite
NAME, WHERE = "Wahyuningtyas Marksdottir", "Guild of Marked Weavers"

NAMES = {
    "proceedings.bibliography", "proceedings.public", "registrations.participants",
    "schedule.changes", "schedule.changes_atom", "schedule.day_feed", "schedule.feed", "schedule.item", "schedule.page",
    "schedule.embed",
    "schedule.speaker", "schedule.speakers",
    "schedule.personal_feed", "schedule.schedule_csv", "schedule.schedule_html", "schedule.schedule_json",
    "schedule.schedule_xml", "schedule.starred_feed",
    "signups.people", "workshops.edition_page",
}  # fmt: skip
"""Every address beside the desk where one person reads the name of another. A new one that shows a name comes here."""
NO_NAMES = {
    "accounts.passkey_removal": "one's own", "assets.file": "of the house", "claims.line": "one's own",
    "claims.receipt": "one's own", "mail.kept_html": "of the demo",
    "materials.file": "as it was handed in; gone with who is not listed, see its tests",
    "mail.kept_mail": "of the demo", "mentoring.paper": "a draft's reader only",
    "mentoring.reading": "a draft's reader and its author know each other", "proceedings.own_file": "of its authors",
    "proceedings.book": "printed from what the page of the proceedings shows, see the tests of proceedings",
    "registrations.answer_file": "one's own", "schedule.room_feed": "a part of schedule.feed, to the byte",
    "schedule.schedule_pdf": "printed from what schedule.schedule_html shows",
    "schedule.track_feed": "a part of schedule.feed, to the byte", "reviews.discussion_mend": "see test_blindness",
    "schedule.personal_join": "leads on", "submissions.answer_file": "of its authors",
    "submissions.blind_file": "see test_blindness", "submissions.file": "of its authors", "takeout.fetch": "one's own",
    "workshops.community_css": "a style", "workshops.edition_css": "a style", "workshops.logo": "a picture",
}  # fmt: skip
"""Addresses that name a thing of their own, or are no text, and are not asked here: why nobody reads a name there."""
MARKS = (NAME, WHERE, "marked@secret.example.org", "Legal Marksdottir")


def _addresses(app: Flask, **known: Any) -> tuple[dict[str, str], set[str]]:
    """What can be read beside the desk, filled with what is there; and what cannot be filled."""
    values = {"community": "musiml", "edition": "2026"} | known
    adapter = app.url_map.bind("localhost")
    read = [one for one in app.url_map.iter_rules() if "GET" in (one.methods or ()) and "/organise" not in one.rule]
    filled = {
        rule.endpoint: adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for rule in read
        if rule.arguments <= values.keys() and rule.endpoint not in NO_NAMES
    }
    return filled, {rule.endpoint for rule in read} - filled.keys()


def _seen(readers: dict[str, FlaskClient], path: str) -> set[str]:
    """Which marks anybody of these meets there."""
    texts = [client.get(path).get_data(as_text=True).replace("\r\n ", "") for client in readers.values()]
    return {mark for mark in MARKS for text in texts if mark in text}


@shows("Registration", "How one appears holds at every address that shows a name, found from the addresses themselves")
def test_one_choice_holds_at_every_address(app: Flask, work: Callable[..., Any]) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        person = make_person(uow, NAME, MARKS[2], legal_name=MARKS[3], affiliation=WHERE)
        other, lead = make_person(uow, "Other"), make_person(uow, "Lead")
        row = make_registration(uow, edition, kind, person, badge_name=NAME, affiliation=WHERE, listing=Listing.FULL)
        for one in (other, lead):
            make_registration(uow, edition, kind, one)
        own = make_work(uow, edition, 1, "Dialects", ((NAME, person),))
        make_work(uow, edition, 2, "Poster", ((NAME, person),), outcome=Outcome.POSTER)
        talk = {"kind": Kind.KEYNOTE, "submission_id": own.id}
        item = make_item(uow, edition, "Dialects", speakers=(Named("Somebody Else"),), **talk)
        make_item(uow, edition, "Posters", 60, kind=Kind.POSTER)
        make_item(uow, edition, "Fairness", 120, kind=Kind.SESSION, chairs=(Named(NAME, WHERE),))
        make_release(uow, edition)
        named = (Named("Somebody Else"), Named(NAME, WHERE))
        schedule.edit(uow, edition, CHAIR, item.id, item.version, content("Dialects", 10, speakers=named, **talk))
        make_release(uow, edition)
        block = make_block(uow, edition)
        part = make_part(uow, block, "Table", 3, moderator_id=lead.id, **hours(START))
        part.taken = 1
        uow.session.add(SignupPlace(block_id=block.id, part_id=part.id, person_id=person.id, given_at=uow.now))
        uow.actor = other
        token = personal.make_address(uow, edition, other)
        readers = {
            "visitor": app.test_client(), "participant": client_for(app, uow, other), "lead": client_for(app, uow, lead)
        }  # fmt: skip
        uow.session.add(Book(edition_id=edition.id, number=1, published_at=uow.now))
        known = {
            "part_id": part.id,
            "number": 1,
            "token": token,
            "day": START.date(),
            "stars": star_of(item.uid),
            "uid": item.uid,
        }
        mine = speakers.own_page(uow.session, edition.id, person.id)
        assert mine is not None
        known["code"] = mine.code
        ids = person.id, row.id
    addresses, unasked = _addresses(app, **known)
    assert unasked == NO_NAMES.keys(), "ask it here, or say in NO_NAMES why it shows nobody's name to others"
    found = {endpoint for endpoint, path in addresses.items() if _seen(readers, path)}
    assert found == NAMES, "say in NAMES that it shows a name, after making it ask how one appears"
    expected = {Listing.NAME_ONLY: {NAME}, Listing.ANONYMOUS: set(), Listing.UNLISTED: set()}
    for choice, shown in expected.items():
        with work() as uow:
            uow.session.get_one(Person, ids[0]).listing = choice
            uow.session.get_one(Registration, ids[1]).listing = choice
            releasing.listing_changed(uow, ids[0])
        for endpoint in NAMES:
            assert _seen(readers, addresses[endpoint]) <= shown, f"{endpoint}, {choice}"
