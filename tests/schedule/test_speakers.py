"""Pages of speakers and items, from the released programme."""

from datetime import UTC, datetime

import pytest

from tests.factories import client_for, make_edition, make_person, send
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, make_item, make_release
from tests.shows import shows
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.errors import Conflict
from workshop_manager.schedule import releasing, speakers
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.models import ItemSpeaker
from workshop_manager.schedule.programme import Item, Kind, Programme, Speaker, from_json, to_json
from workshop_manager.schedule.speakers import Details, sort_key
from workshop_manager.schedule.visibility import Choices, public_view, speaker_key
from workshop_manager.workshops.models import Edition

BASE = "/musiml/2026/schedule"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Prof. Dr. Amina Diallo", "Bilal Khan"),
        ("Élodie Martin", "Emre Kaya"),
        ("elodie martin", "Emre Kaya"),
        ("Zoë Wu", "محمد علي"),
        ("Dr", "Emre Kaya"),
    ],
)
def test_names_are_sorted_as_written_without_titles_and_accents(before: str, after: str):
    assert sort_key(before) < sort_key(after)


@pytest.mark.parametrize(
    ("choice", "has_page"),
    [(Listing.FULL, True), (Listing.NAME_ONLY, False), (Listing.ANONYMOUS, False), (Listing.UNLISTED, False)],
)
def test_only_who_is_shown_whole_has_a_page(choice: Listing, has_page: bool):
    item = Item("a", Kind.TALK, "T", datetime(2026, 12, 11, tzinfo=UTC), None, speakers=(Speaker("N", "A", "p1"),))
    view = public_view(Programme("x.org", "X", "UTC", (item,)), Choices({"p1": choice}), {"p1": "abc"})
    assert any(who.code for each in view.items for who in each.speakers) is has_page


def test_a_page_is_no_change_of_an_item_and_survives_being_stored():
    assert Speaker("N", "A", code="x") == Speaker("N", "A")
    item = Item("a", Kind.TALK, "T", datetime(2026, 12, 11, tzinfo=UTC), None, speakers=(Speaker("N", code="x"),))
    whole = Programme("x.org", "X", "UTC", (item,))
    assert from_json(to_json(whole)).items[0].speakers[0].code == "x"
    assert b"code" not in to_json(Programme("x.org", "X", "UTC", (Item("a", Kind.TALK, "T", item.start, None,
                                                                       speakers=(Speaker("N"),)),)))  # fmt: skip


def test_two_speakers_of_one_name_are_two_lines():
    at = datetime(2026, 12, 11, tzinfo=UTC)
    items = tuple(
        Item(uid, Kind.TALK, uid, at, None, speakers=(Speaker("Wei Wang", code=code),))
        for uid, code in (("a", "x"), ("b", "y"))
    )
    found = speakers.listed(to_json(Programme("x.org", "X", "UTC", items)))
    assert [(one.name, one.code) for one in found] == [("Wei Wang", "x"), ("Wei Wang", "y")]


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def at_hand(app, work):
    """A released programme: somebody with an account, and a guest without, in a session."""
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, "ليلى Haddad")
        session = make_item(uow, edition, "Health", 0, length=60, kind=Kind.SESSION, room="Hall 2")
        talk = make_item(
            uow, edition, "Triage", 0, parent_id=session.id, speakers=(Named("ليلى Haddad", "AUB"),), abstract="*Why*."
        )
        row = uow.session.query(ItemSpeaker).filter_by(item_id=talk.id).one()
        row.person_id = person.id
        make_item(uow, edition, "Guest talk", 60, kind=Kind.KEYNOTE, speakers=(Named("Dr. Omar Guest", "MIT"),))
        make_release(uow, edition)
        own = speakers.own_page(uow.session, edition.id, person.id)
        assert own is not None
        guest = speaker_key(Speaker("Dr. Omar Guest"))
        rows = speakers.desk_rows(uow.session, edition.id)
        code = next(code for code, one in rows.items() if one.name_hash == guest)
        return edition.id, person.id, own.code, code, talk.uid, client_for(app, uow, person)


@shows(
    "Schedule",
    "Each speaker has a page with their items on both clocks, under an address that tells no account",
    "Speakers are listed by name; the schedule, its items and search engines’ data lead to their pages",
)
def test_a_speaker_has_a_page_that_the_schedule_leads_to(client, at_hand):
    _edition, person_id, code, guest, uid, _mine = at_hand
    everybody = client.get(f"{BASE}/speakers").text
    assert everybody.index("Omar Guest") > everybody.index("</h1>")
    assert everybody.index("Omar Guest") < everybody.index("ليلى Haddad")
    page = client.get(f"{BASE}/speakers/{code}").text
    for told in ("ليلى Haddad", "AUB", "Triage", "Hall 2", "/schedule/starred/", f"{BASE}/items/{uid}"):
        assert told in page
    assert "Guest talk" not in page
    assert f"p{person_id}" not in code
    schedule = client.get(BASE).text
    assert schedule.count(f'href="{BASE}/speakers/{code}"') == 1
    assert f'/schedule/speakers/{guest}"}}' in schedule, "in the data for search engines"
    item = client.get(f"{BASE}/items/{uid}").text
    for told in (f"{BASE}/speakers/{code}", "<em>Why</em>", "Health", "08:30"):
        assert told in item
    assert client.get(f"{BASE}/speakers/nobody").status_code == 404
    assert client.get(f"{BASE}/items/nothing").status_code == 404


def test_a_speakers_page_asks_little_and_a_kept_one_nothing(client, database, at_hand):
    code = at_hand[2]
    with count_queries(database) as first:
        client.get(f"{BASE}/speakers/{code}")
    assert len(first) <= 3
    with count_queries(database) as again:
        assert client.get(f"{BASE}/speakers/{code}").status_code == 200
    assert len(again) == 0


@shows(
    "Schedule",
    "Speakers say something about themselves on their page, only if they agree; others write for nobody who can",
)
def test_what_speakers_say_is_shown_only_if_they_agree(client, work, at_hand):
    edition_id, _person, code, guest, _uid, mine = at_hand
    page, said = f"{BASE}/speakers/{code}", "I teach machines to wait."
    form = {"seen": "1", "pronouns": "she", "biography": said, "link": "https://example.org/l"}
    send(mine, f"{BASE}/my-speaker-page", form)
    assert said not in client.get(page).text
    send(mine, f"{BASE}/my-speaker-page", form | {"seen": "2", "shown": "y"})
    shown = client.get(page).text
    assert all(one in shown for one in (said, "(<bdi>she</bdi>)", 'rel="nofollow noopener noreferrer"'))
    stale = send(mine, f"{BASE}/my-speaker-page", form | {"seen": "1", "biography": "Other"})
    assert (stale.status_code, "Other" in stale.text) == (409, True)
    wrong = send(mine, f"{BASE}/my-speaker-page", form | {"seen": "3", "link": "javascript:alert(1)"})
    assert (wrong.status_code, "beginning with https://" in wrong.text) == (422, True)
    with work() as uow:
        here = uow.session.get_one(Edition, edition_id)
        with pytest.raises(Conflict):
            speakers.say_for(uow, here, CHAIR, code, Details(biography="Invented"), shown=True, seen=3)
        speakers.say_for(uow, here, CHAIR, guest, Details(biography="A guest."), shown=True, seen=1)
    assert "A guest." in client.get(f"{BASE}/speakers/{guest}").text


@pytest.mark.parametrize("gone", ["hidden", "named only", "erased"])
@shows(
    "Schedule",
    "Who hides, shows only the name or deletes the account has no page any more, and what they said is not read",
)
def test_who_hides_or_goes_has_no_page(client, work, at_hand, gone: str):
    edition_id, person_id, code, _guest, _uid, mine = at_hand
    send(mine, f"{BASE}/my-speaker-page", {"seen": "1", "biography": "I wait.", "shown": "y"})
    assert client.get(f"{BASE}/speakers/{code}").status_code == 200
    with work() as uow:
        if gone == "erased":
            releasing.forget_person(uow, person_id)
            assert speakers.own_page(uow.session, edition_id, person_id) is None
        else:
            choice = Listing.UNLISTED if gone == "hidden" else Listing.NAME_ONLY
            uow.session.get_one(Person, person_id).listing = choice
            releasing.listing_changed(uow, person_id)
    assert client.get(f"{BASE}/speakers/{code}").status_code == 404
    for place in (BASE, f"{BASE}/speakers"):
        text = client.get(place).text
        assert code not in text
        assert ("Haddad" in text) is (gone == "named only")


def test_an_address_stays_when_a_speaker_makes_an_account_and_after_a_new_name(work, at_hand):
    edition_id, _person, code, guest, _uid, _mine = at_hand
    at = datetime(2026, 12, 11, tzinfo=UTC)
    with work() as uow:
        person = make_person(uow, "Omar")
        named = (Speaker("Dr. Omar Guest", None, f"p{person.id}"), Speaker("Layla H", None, f"p{_person}"))
        item = Item("a", Kind.TALK, "T", at, None, speakers=named)
        found = speakers.codes(uow, edition_id, Programme("x.org", "X", "UTC", (item,)))
        assert [found[f"p{person.id}"], found[f"p{_person}"]] == [guest, code]
