"""Pasting a published programme: seen row by row, saved only when meant, and twice is once."""

from datetime import date
from pathlib import Path

import pytest

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.schedule.factories import CHAIR, make_item, make_work
from tests.schedule.test_reading import HTML
from tests.shows import shows
from workshop_manager.schedule import queries, service
from workshop_manager.schedule.programme import Recording
from workshop_manager.schedule.reading.detecting import read_text
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Role

REAL = Path(__file__).parents[2].parent / "shared" / "schedules" / "musiml2023_schedule.html"
DESK = "/musiml/2026/organise/schedule"
FORM = {"day": "2026-12-11", "zone": "America/Chicago"}
TEXTS = [pytest.param(HTML, id="invented")]
if REAL.exists():
    TEXTS.append(pytest.param(REAL.read_text(errors="replace"), id="real"))


@pytest.fixture
def chair(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        client = client_for(app, uow, person)
        client.edition_id = edition.id
    return client


def rows(work, edition_id):
    with work() as uow:
        return [
            (row.item.title, row.item.starts_at, row.item.ends_at, row.item.uid, row.item.parent_id is not None)
            for row in queries.draft_rows(uow.session, edition_id)
        ]


def poster_minutes(found):
    return next((end - start).total_seconds() / 60 for title, start, end, _uid, _kid in found if "oster" in title)


@shows(
    "Schedule",
    "Pasting the MusIML 2023 table shows a preview that doubts the poster session until 11:45 pm, and saves nothing",
)
@pytest.mark.parametrize("text", TEXTS)
def test_the_preview_doubts_the_endless_poster_session_and_saves_nothing(chair, work, text):
    answer = send(chair, f"{DESK}/import", FORM | {"text": text})
    assert answer.status_code == 200
    assert "would last 12 h 40 min and cover every row after it" in answer.text
    assert "Take it as 11:05–11:45" in answer.text
    assert rows(work, chair.edition_id) == []


@shows("Schedule", "A suggested time is taken only where it is accepted")
@pytest.mark.parametrize("text", TEXTS)
def test_what_is_ticked_is_taken_and_what_is_not_stays_as_printed(chair, work, text):
    reading = read_text(text, day=date(2026, 12, 11), zone="America/Chicago")
    doubted = [str(row.number) for row in reading.rows if row.end_suggested and row.time_as_printed]
    assert len(doubted) == 1
    assert send(chair, f"{DESK}/import/items", FORM | {"text": text}).status_code == 303
    assert poster_minutes(rows(work, chair.edition_id)) == 760
    assert send(chair, f"{DESK}/import/items", FORM | {"text": text, "accept": doubted}).status_code == 303
    found = rows(work, chair.edition_id)
    assert poster_minutes(found) == 40
    assert len(found) == len(reading.rows)
    assert sum(is_kid for *_rest, is_kid in found) == sum(row.parent is not None for row in reading.rows)


@shows("Schedule", "Importing the same table again updates instead of doubling")
def test_importing_again_updates_instead_of_doubling(chair, work):
    send(chair, f"{DESK}/import/items", FORM | {"text": HTML})
    before = rows(work, chair.edition_id)
    send(chair, f"{DESK}/import/items", FORM | {"text": HTML.replace("8:45am - 9:00am", "8:50am - 9:00am"), "once": ""})
    after = rows(work, chair.edition_id)
    assert {row[3] for row in before} == {row[3] for row in after}
    changed = [(b, a) for b, a in zip(before, after, strict=True) if b != a]
    assert [(b[0], (a[1] - b[1]).total_seconds()) for b, a in changed] == [("Opening remarks", 300.0)]


def test_importing_again_keeps_submission_recording_and_accounts(uow):
    edition, person = make_edition(uow), make_person(uow)
    work = make_work(uow, edition, 1, "On Red Teams", (("Jane Doe", person),))
    item = make_item(uow, edition, "On Red Teams", 30, submission_id=work.id, recording=Recording.FORBIDDEN)
    reading = read_text(HTML, day=date(2026, 12, 11), zone="America/Chicago")
    assert service.import_reading(uow, edition, CHAIR, reading, []) == (len(reading.rows) - 1, 1)
    assert (item.submission_id, item.recording) == (work.id, Recording.FORBIDDEN)
    assert [(who.name, who.person_id) for who in item.speakers] == [("Jane Doe", person.id)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "nothing here"}, "time"),
        ({"text": ""}, "Paste the programme here."),
        ({"text": "BEGIN:VCALENDAR"}, "holds no events"),
        ({"zone": "Mars/Olympus"}, "not a time zone we know"),
        ({"day": ""}, "Say on which day"),
        ({"day": "31.02.2026"}, "day"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field_and_nothing_is_lost(chair, work, changed, said):
    for path in ("import", "import/items"):
        answer = send(chair, f"{DESK}/{path}", FORM | {"text": HTML} | changed)
        assert answer.status_code == 422
        assert said in answer.text
        if "text" not in changed:
            assert "Opening remarks" in answer.text
    assert rows(work, chair.edition_id) == []


def test_all_or_nothing(chair, work, monkeypatch):
    monkeypatch.setattr(service, "MOST_ITEMS", 5)
    answer = send(chair, f"{DESK}/import/items", FORM | {"text": HTML})
    assert answer.status_code == 409
    assert rows(work, chair.edition_id) == []
    with work() as uow:
        assert get_edition(uow.session, chair.edition_id)


def test_ticks_that_are_no_numbers_are_no_ticks(chair):
    answer = send(chair, f"{DESK}/import/items", FORM | {"text": HTML, "accept": ["x", "-1", "9" * 400]})
    assert answer.status_code == 303
