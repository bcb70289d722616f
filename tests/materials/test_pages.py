"""Materials on the page of an item, on the schedule, in exports; and what may be done with them."""

import io
import json
from datetime import timedelta

import pytest

from tests.factories import client_for, make_edition, make_person, send
from tests.queries import count_queries
from tests.registrations.factories import make_kind, make_registration
from tests.schedule.factories import CHAIR, make_item, make_release
from tests.shows import shows
from workshop_manager.accounts.merging import Pair
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.materials import queries, service
from workshop_manager.materials.files import Taken
from workshop_manager.materials.merging import PART
from workshop_manager.materials.models import Material, RecordingAnswer
from workshop_manager.materials.service import Given, NotAgreed
from workshop_manager.materials.states import Agrees, Kind, Shown
from workshop_manager.schedule import releasing
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.models import ItemSpeaker
from workshop_manager.schedule.programme import Kind as ItemKind
from workshop_manager.schedule.programme import Recording
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import NOBODY

BASE = "/musiml/2026/schedule"
LINK = "https://videos.example.org/watch?v=1"


@pytest.fixture
def at_hand(app, work):
    """A released keynote of somebody with an account."""
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, "ليلى Haddad")
        item = make_item(
            uow,
            edition,
            "Triage",
            kind=ItemKind.KEYNOTE,
            speakers=(Named("ليلى Haddad"),),
            recording=Recording.RECORDED,
        )
        uow.session.query(ItemSpeaker).filter_by(item_id=item.id).one().person_id = person.id
        make_release(uow, edition)
        return edition.id, person.id, item.uid, client_for(app, uow, person)


def given(uow, edition_id: int, uid: str, **values) -> Material:
    """Organisers add something."""
    edition = uow.session.get_one(Edition, edition_id)
    return service.add(uow, edition, CHAIR, uid, Given(**({"kind": Kind.CODE, "url": LINK} | values)))


@shows(
    "Schedule",
    "Speakers add slides, posters, papers, code and recordings to what they give; its page and exports show them",
)
def test_a_speaker_adds_slides_and_everybody_finds_them(app, at_hand):
    _edition, _person, uid, mine = at_hand
    assert "Triage" in mine.get(f"{BASE}/my-materials").text
    path, visitor = f"{BASE}/items/{uid}/materials", app.test_client()
    captions = {"kind": "captions", "shown": "at_once", "file": (io.BytesIO(b"WEBVTT\n\nHello"), "../حديث.vtt")}
    assert send(mine, path, captions, content_type="multipart/form-data").status_code == 303
    more = {"kind": "slides", "shown": "at_once", "url": LINK, "title": "Why", "licence": "CC-BY-4.0"}
    assert send(mine, path, more).status_code == 303
    page = visitor.get(f"{BASE}/items/{uid}").text
    for told in ("Captions or transcript", "VTT, 1 kB", "Slides: <bdi>Why</bdi>", "by/4.0/", LINK):
        assert told in page
    file = visitor.get(f"{path}/1")
    assert file.data == b"WEBVTT\n\nHello"
    assert file.headers["Content-Disposition"].startswith('attachment; filename="captions.vtt"')
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert 'class="mark">slides' in visitor.get(BASE).text.replace("mark ", "mark")
    whole = json.loads(visitor.get(f"{BASE}.json").data)
    room = whole["schedule"]["conference"]["days"][0]["rooms"]
    (event,) = next(iter(room.values()))
    assert [one["title"] for one in event["links"]] == ["Captions or transcript", "Slides: Why"]
    assert f'<link href="{LINK}">Slides: Why</link>' in visitor.get(f"{BASE}.xml").text
    assert LINK in visitor.get(f"{BASE}.html").text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Choose a file, or write a link"),
        ({"url": "http://plain.example.org/x"}, "beginning with https://"),
        ({"url": "https://10.0.0.1.evil", "file": True}, "not both"),
        ({"file": True}, "Choose one of: PDF"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(at_hand, data, says):
    _edition, _person, uid, mine = at_hand
    sent = {"kind": "slides", "shown": "at_once", "title": "Kept title"} | data
    if sent.get("file"):
        sent["file"] = (io.BytesIO(b"MZ"), "talk.pdf")
    answer = send(mine, f"{BASE}/items/{uid}/materials", sent, content_type="multipart/form-data")
    assert (answer.status_code, says in answer.text, "Kept title" in answer.text) == (422, True, True)


@shows(
    "Schedule",
    "Materials are shown at once, after the session or event, to registered people only, or to organisers only",
)
def test_what_is_not_for_everybody_is_on_no_public_page_or_export(app, work, at_hand):
    edition_id, _person, uid, _mine = at_hand
    with work() as uow:
        edition = uow.session.get_one(Edition, edition_id)
        kind, seated = make_kind(uow, edition), make_person(uow, "Seated")
        make_registration(uow, edition, kind, seated)
        registered = client_for(app, uow, seated)
        for shown in (Shown.REGISTERED, Shown.TEAM, Shown.AFTER_EVENT):
            given(uow, edition_id, uid, shown=shown, title=f"Of {shown.value}", url=f"{LINK}{shown.value}")
        file = Taken("a.vtt", "text/vtt", b"WEBVTT")
        secret = given(uow, edition_id, uid, kind=Kind.CAPTIONS, url="", file=file, shown=Shown.REGISTERED).id
    visitor = app.test_client()
    for place in (f"{BASE}/items/{uid}", BASE, f"{BASE}.json", f"{BASE}.xml", f"{BASE}.html"):
        assert LINK not in visitor.get(place).text, place
    assert "2 things are for registered people." in visitor.get(f"{BASE}/items/{uid}").text
    assert visitor.get(f"{BASE}/items/{uid}/materials/{secret}").status_code == 404
    assert registered.get(f"{BASE}/items/{uid}/materials/{secret}").data == b"WEBVTT"
    theirs = registered.get(f"{BASE}/items/{uid}").text
    assert ("Of registered" in theirs, "Of team" in theirs, "Of after_event" in theirs) == (True, False, False)


@shows("Schedule", "Who is named nowhere shows no slides either, on pages, in exports and by the file's address")
@pytest.mark.parametrize("choice", [Listing.UNLISTED, Listing.ANONYMOUS])
def test_who_is_named_nowhere_shows_no_slides_either(app, work, at_hand, choice: Listing):
    edition_id, person_id, uid, _mine = at_hand
    with work() as uow:
        file = Taken("haddad.vtt", "text/vtt", b"WEBVTT")
        row = given(uow, edition_id, uid, kind=Kind.CAPTIONS, url="", file=file)
        row.by_speaker, row.added_by = True, person_id
        uow.session.get_one(Person, person_id).listing = choice
        releasing.listing_changed(uow, person_id)
        address = f"{BASE}/items/{uid}/materials/{row.id}"
    visitor = app.test_client()
    assert visitor.get(address).status_code == 404
    for place in (f"{BASE}/items/{uid}", f"{BASE}.json", f"{BASE}.html"):
        assert "Captions" not in visitor.get(place).text, place


def test_a_speakers_no_hides_a_recording_at_once_and_refuses_another(app, work, at_hand):
    edition_id, _person, uid, mine = at_hand
    with work() as uow:
        given(uow, edition_id, uid, kind=Kind.RECORDING)
    visitor = app.test_client()
    assert LINK in visitor.get(f"{BASE}/items/{uid}").text
    assert send(mine, f"{BASE}/items/{uid}/recording", {"agrees": "no"}).status_code == 303
    assert LINK not in visitor.get(f"{BASE}/items/{uid}").text
    with work() as uow, pytest.raises(NotAgreed, match="ليلى Haddad said no"):
        given(uow, edition_id, uid, kind=Kind.RECORDING)
    with work() as uow:
        edition = uow.session.get_one(Edition, edition_id)
        with pytest.raises(Conflict, match="have accounts"):
            service.answer(uow, edition, CHAIR, uid, Agrees.YES)
    send(mine, f"{BASE}/items/{uid}/recording", {"agrees": "yes"})
    assert LINK in visitor.get(f"{BASE}/items/{uid}").text


@shows(
    "Schedule",
    "Organisers take a material off with a reason that its speakers read; nobody else changes what is not theirs",
)
def test_organisers_take_off_with_a_reason_and_others_touch_nothing(work, at_hand):
    edition_id, person_id, uid, _mine = at_hand
    with work() as uow:
        edition = uow.session.get_one(Edition, edition_id)
        own = given(uow, edition_id, uid)
        own.by_speaker, own.added_by = True, person_id
        with pytest.raises(Conflict, match="Say why"):
            service.remove(uow, edition, CHAIR, uid, own.id)
        assert service.remove(uow, edition, CHAIR, uid, own.id, "Not yours to show") is False
        assert queries.public_of_item(uow.session, edition_id, uid) == []
        uow.actor = make_person(uow, "Stranger")
        for verb in (
            lambda: service.add(uow, edition, NOBODY, uid, Given(Kind.CODE, url=LINK)),
            lambda: service.remove(uow, edition, NOBODY, uid, own.id),
            lambda: service.answer(uow, edition, NOBODY, uid, Agrees.YES),
        ):
            with pytest.raises(NotFound):
                verb()


def test_who_leaves_takes_what_they_added_along_and_recordings_of_them_are_hidden(work, at_hand):
    edition_id, person_id, uid, _mine = at_hand
    with work() as uow:
        given(uow, edition_id, uid, kind=Kind.RECORDING)
        own = given(uow, edition_id, uid)
        own.by_speaker, own.added_by = True, person_id
        uow.session.flush()
        service.on_person_erased(uow, person_id)
        uow.session.expire_all()
        (left,) = queries.of_item(uow.session, edition_id, uid)
        assert (left.kind, left.is_held) == (Kind.RECORDING, True)


def test_materials_cost_a_query_a_page_that_is_made_and_none_for_one_that_is_kept(app, work, database, at_hand):
    edition_id, _person, uid, _mine = at_hand
    with work() as uow:
        for number in range(3):
            given(uow, edition_id, uid, url=f"{LINK}{number}")
    visitor = app.test_client()
    with count_queries(database) as made:
        visitor.get(f"{BASE}/items/{uid}")
    assert len(made) <= 3
    with count_queries(database) as kept:
        visitor.get(f"{BASE}/items/{uid}")
    assert kept == []


def test_slides_for_after_the_session_appear_when_it_is_over(app, work, clock, at_hand):
    edition_id, _person, uid, _mine = at_hand
    with work() as uow:
        given(uow, edition_id, uid, shown=Shown.AFTER_ITEM)
        programme = queries.released(uow.session, edition_id)
        assert programme is not None
        over = programme.items[0].over_at
    visitor = app.test_client()
    assert LINK not in visitor.get(f"{BASE}/items/{uid}").text
    clock.at = over + timedelta(seconds=11)
    assert LINK in visitor.get(f"{BASE}/items/{uid}").text


def test_a_no_outlives_joined_accounts(work, at_hand):
    edition_id, person_id, uid, _mine = at_hand
    with work() as uow:
        other = make_person(uow, "Haddad elsewhere")
        for whose, agrees in ((person_id, Agrees.YES), (other.id, Agrees.NO)):
            row = RecordingAnswer(edition_id=edition_id, uid=uid, person_id=whose, agrees=agrees, said_at=uow.now)
            uow.session.add(row)
        uow.session.flush()
        assert PART.move is not None
        PART.move(uow, Pair(uow.session.get_one(Person, person_id), other))
        kept = next(row for row in queries.answers(uow.session, edition_id, uid) if row.person_id == person_id)
        assert kept.agrees is Agrees.NO
