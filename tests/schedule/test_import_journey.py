"""Bringing in a programme: seen row by row, put right in place, in the draft only when meant, and twice is once."""

import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, START, make_item, make_work
from tests.schedule.test_reading import HTML
from tests.shows import shows
from workshop_manager.schedule import import_views, importing, pending, queries, service, settling
from workshop_manager.schedule.models import PendingImport, ScheduleItem
from workshop_manager.schedule.programme import Recording
from workshop_manager.schedule.reading.detecting import read_file, read_text
from workshop_manager.schedule.reading.stored import reading_from_json, reading_to_json
from workshop_manager.schedule.states import KeptFor
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Role

SAMPLES = Path(__file__).parents[2].parent / "shared" / "schedules"
REAL = SAMPLES / "musiml2023_schedule.html"
DESK = "/musiml/2026/organise/schedule"
FORM = {"day": "2026-12-11", "zone": "America/Chicago"}
TEXTS = [pytest.param(HTML, id="invented")]
if REAL.exists():
    TEXTS.append(pytest.param(REAL.read_text(errors="replace"), id="real"))
DAY = datetime(2026, 12, 11, tzinfo=UTC).date()


@pytest.fixture
def chair(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        client = client_for(app, uow, person)
        client.edition_id, client.person = edition.id, person
    return client


def rows(work, edition_id):
    with work() as uow:
        return [
            (row.item.title, row.item.starts_at, row.item.ends_at, row.item.uid, row.item.parent_id is not None)
            for row in queries.draft_rows(uow.session, edition_id)
        ]


def bring(chair, text=None, **form):
    """Paste or upload it; the address of the page that shows what was understood."""
    body = FORM | ({"text": text} if text is not None else {}) | form
    answer = send(chair, f"{DESK}/import", body, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.location


def fields(page):
    """The fields of the rows on a page, as a browser would send them back."""
    found = {"row": re.findall(r'name="row" value="(\d+)"', page)}
    pairs = re.findall(r'name="(r\d+-(?:day|start|end|title|room))" value="([^"]*)"', page)
    found |= {name: unescape(value) for name, value in pairs}
    found |= dict.fromkeys(re.findall(r'name="(r\d+-(?:skip|overwrite))" value="y" checked', page), "y")
    return found


def take(chair, url, **changed):
    return send(chair, url, fields(chair.get(url).text) | changed | {"do": "take"})


def poster_minutes(found):
    return next((end - start).total_seconds() / 60 for title, start, end, _uid, _kid in found if "oster" in title)


@shows(
    "Schedule",
    "Pasting the MusIML 2023 table shows a preview that doubts the poster session until 11:45 pm, and saves nothing",
)
@pytest.mark.parametrize("text", TEXTS)
def test_the_preview_doubts_the_endless_poster_session_and_saves_nothing(chair, work, text):
    page = chair.get(bring(chair, text)).text
    assert "would last 12 h 40 min and cover every row after it. Probably 11:45am is meant." in page
    assert "printed as “11:05am - 11:45pm”" in page
    assert rows(work, chair.edition_id) == []


@shows(
    "Schedule", "What was understood wrongly is put right in place; a suggested time is taken unless another is typed"
)
@pytest.mark.parametrize("text", TEXTS)
def test_a_suggestion_is_taken_unless_another_time_is_typed(chair, work, text):
    url = bring(chair, text)
    page = chair.get(url).text
    number = re.search(r'name="r(\d+)-end" value="11:45"', page)[1]
    assert take(chair, url).status_code == 303
    assert poster_minutes(rows(work, chair.edition_id)) == 40
    count = len(rows(work, chair.edition_id))
    assert take(chair, bring(chair, text), **{f"r{number}-end": "23:45"}).status_code == 303
    found = rows(work, chair.edition_id)
    assert poster_minutes(found) == 760
    assert len(found) == count


def test_day_time_title_room_and_leaving_out_are_put_right_and_survive_a_reload(chair, work):
    url = bring(chair, "9:00 - 10:00 A\n10:00 - 11:00 B\n11:00 - 11:30 C\n\tD\n\tE\n")
    page = chair.get(url).text
    changed = {"r1-title": "Another", "r1-room": "Hall", "r2-skip": "y", "r3-day": "2026-12-12", "r3-start": "22:00"}
    answer = send(chair, url, fields(page) | changed | {"r3-end": "01:00"})
    assert answer.status_code == 303
    assert rows(work, chair.edition_id) == []
    again = chair.get(url).text
    assert 'value="Another"' in again
    assert re.search(r'name="r2-skip" value="y" checked', again)
    assert take(chair, url).status_code == 303
    place = ZoneInfo("America/Chicago")
    found = [
        (title, f"{start.astimezone(place):%d %H:%M}", f"{end.astimezone(place):%d %H:%M}")
        for title, start, end, _uid, _kid in rows(work, chair.edition_id)
    ]
    # What stands in C had its minutes from it and moves along.
    assert found == [
        ("Another", "11 09:00", "11 10:00"),
        ("C", "12 22:00", "13 01:00"),
        ("D", "12 22:00", "12 22:15"),
        ("E", "12 22:15", "12 22:30"),
    ]
    assert chair.get(url).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("r1-start", "soon", "Write a time such as 09:30"),
        ("r1-day", "", "Write a day such as 2026-12-11"),
        ("r1-end", "99:99", "Write a time such as 10:00"),
        ("r1-title", "", "Write a title, or leave the row out."),
        ("r1-room", "x" * 300, "A room has 200 characters at most."),
    ],
)
@pytest.mark.parametrize("do", ["take", "keep"])
def test_what_cannot_be_kept_is_told_beside_its_field_and_nothing_is_lost(chair, work, field, typed, said, do):
    url = bring(chair, "9:00 - 10:00 A\n10:00 - 11:00 B\n")
    changed = {field: typed, "r2-title": "Typed here", "do": do}
    answer = send(chair, url, fields(chair.get(url).text) | changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Typed here"' in answer.text
    assert rows(work, chair.edition_id) == []


@shows("Schedule", "Importing the same table again updates instead of doubling")
def test_importing_again_updates_instead_of_doubling(chair, work):
    take(chair, bring(chair, HTML))
    before = rows(work, chair.edition_id)
    url = bring(chair, HTML.replace("8:45am - 9:00am", "8:50am - 9:00am"))
    page = chair.get(url).text
    assert "0 are new, 1 change what is there, 12 are there already." in page
    assert "Start: Fri 11 December, 08:45 → Fri 11 December, 08:50" in page
    take(chair, url)
    after = rows(work, chair.edition_id)
    assert {row[3] for row in before} == {row[3] for row in after}
    changed = [(b, a) for b, a in zip(before, after, strict=True) if b != a]
    assert [(b[0], (a[1] - b[1]).total_seconds()) for b, a in changed] == [("Opening remarks", 300.0)]


@shows("Schedule", "What was changed by hand since an import stays, and the preview says so")
def test_what_was_changed_here_since_stays_unless_the_source_is_to_win(chair, work):
    text = "ID,Time,Title,Room\nabcdef-123456,9:00 - 9:30,A,Hall\n"
    take(chair, bring(chair, text))
    with work() as uow:
        item = uow.session.scalars(select(ScheduleItem)).one()
        item.title = "A, by hand"
    url = bring(chair, text)
    page = chair.get(url).text
    assert "so this stays as it is here" in page
    assert "Title: A, by hand → A" in page
    take(chair, url)
    assert [row[0] for row in rows(work, chair.edition_id)] == ["A, by hand"]
    # The room changed at the source and nobody touched it here: it is taken.
    take(chair, bring(chair, text.replace("Hall", "Aula").replace(",A,", ",A2,")))
    with work() as uow:
        [row] = queries.draft_rows(uow.session, chair.edition_id)
        assert (row.item.title, row.item.room.name) == ("A, by hand", "Aula")
    take(chair, bring(chair, text), **{"r1-overwrite": "y"})
    assert [row[0] for row in rows(work, chair.edition_id)] == ["A"]


def test_importing_again_keeps_submission_recording_and_accounts(uow):
    edition, person = make_edition(uow), make_person(uow)
    work = make_work(uow, edition, 1, "On Red Teams", (("Jane Doe", person),))
    item = make_item(uow, edition, "On Red Teams", 30, submission_id=work.id, recording=Recording.FORBIDDEN)
    reading = read_text(HTML, day=DAY, zone="America/Chicago")
    taken = importing.take(uow, edition, CHAIR, reading)
    assert (taken.added, taken.updated) == (len(reading.rows) - 1, 1)
    assert (item.submission_id, item.recording) == (work.id, Recording.FORBIDDEN)
    assert [(who.name, who.person_id) for who in item.speakers] == [("Jane Doe", person.id)]


def test_a_talk_is_found_again_by_its_name_at_the_source_whatever_its_title_and_time(uow):
    edition = make_edition(uow)
    text = "UID:8d1c2f7a-44@example.org\nSUMMARY:{}\nDTSTART:20261211T{}0000Z\nDURATION:PT1H"
    calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\n{}\nEND:VEVENT\nEND:VCALENDAR"
    for title, hour in (("Old", 15), ("New", 17)):
        reading = read_text(calendar.format(text.format(title, hour)), day=DAY, zone="UTC")
        taken = importing.take(uow, edition, CHAIR, reading)
    assert (taken.added, taken.updated) == (0, 1)
    [row] = queries.draft_rows(uow.session, edition.id)
    assert (row.item.title, row.item.starts_at.hour) == ("New", 17)


def test_a_plain_number_is_nobodys_name_in_another_file(uow):
    edition = make_edition(uow)
    for title, time in (("A", "9:00"), ("B", "10:00")):
        reading = read_text(f"ID,Time,Title\n1,{time},{title}\n", day=DAY, zone="UTC")
        importing.take(uow, edition, CHAIR, reading)
    assert [row.item.title for row in queries.draft_rows(uow.session, edition.id)] == ["A", "B"]


@shows("Schedule", "Importing a real file a second time changes nothing")
@pytest.mark.parametrize(
    "name",
    [
        name
        for name in ("mrmcd2019_pretalx.xml", "democon_pretalx.json", "moca24.ics", "winlp2022_schedule.md")
        if (SAMPLES / name).exists()
    ],
)
def test_a_real_file_a_second_time_changes_nothing(uow, name):
    edition = make_edition(uow)
    data = (SAMPLES / name).read_bytes()
    reading = read_file(data, day=DAY, zone="Europe/Rome")
    accept = {row.number for row in reading.rows}
    first = importing.take(uow, edition, CHAIR, reading, accept=accept)
    before = [(row.item.uid, row.item.version, row.item.title) for row in queries.draft_rows(uow.session, edition.id)]
    assert first.added == len(before) == sum(row.has_place for row in reading.rows)
    second = importing.take(uow, edition, CHAIR, read_file(data, day=DAY, zone="Europe/Rome"), accept=accept)
    assert (second.added, second.updated, second.same) == (0, 0, first.added)
    after = [(row.item.uid, row.item.version, row.item.title) for row in queries.draft_rows(uow.session, edition.id)]
    assert after == before


@shows("Schedule", "A programme is uploaded as a file of any usual kind")
def test_a_file_is_uploaded_and_one_of_the_same_name_takes_its_place(chair, work):
    for title in ("A", "B"):
        file = (io.BytesIO(f"Time,Title\n9:00 - 9:30,{title}\n".encode("utf-16")), "C:\\files\\programme.csv")
        url = bring(chair, file=file)
    page = chair.get(f"{DESK}/import").text
    assert page.count("programme.csv</bdi>") == 1
    assert 'value="B"' in chair.get(url).text
    assert send(chair, f"{url}/discarding").status_code == 303
    assert chair.get(url).status_code == 404
    assert rows(work, chair.edition_id) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "nothing here"}, "time"),
        ({"text": ""}, "Choose a file, or paste the programme here."),
        ({"text": "BEGIN:VCALENDAR"}, "holds no events"),
        ({"file": b"%PDF-1.7"}, "This is a PDF"),
        ({"zone": "Mars/Olympus"}, "not a time zone we know"),
        ({"day": ""}, "Say on which day"),
        ({"day": "31.02.2026"}, "day"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field_and_nothing_is_lost(chair, work, changed, said):
    form = FORM | {"text": HTML} | changed
    if "file" in form:
        form["file"] = (io.BytesIO(form["file"]), "x.pdf")
    answer = send(chair, f"{DESK}/import", form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text
    if "text" not in changed:
        assert "Opening remarks" in answer.text
    assert rows(work, chair.edition_id) == []
    with work() as uow:
        assert uow.session.scalars(select(PendingImport)).all() == []


@shows("Import", "A programme is brought in whole or not at all")
def test_all_or_nothing(chair, work, monkeypatch):
    url = bring(chair, HTML)
    monkeypatch.setattr(service, "MOST_ITEMS", 5)
    assert take(chair, url).status_code == 409
    assert rows(work, chair.edition_id) == []
    assert chair.get(url).status_code == 200


def test_an_import_is_its_owners_alone_and_gone_after_a_day(app, chair, work):
    url = bring(chair, HTML)
    with work() as uow:
        edition, other = queries_edition(uow, chair), make_person(uow)
        join_team(uow, edition, other, Role.PROGRAMME_CHAIR)
        stranger = client_for(app, uow, other)
    assert stranger.get(url).status_code == 404
    assert send(stranger, url, {"do": "take"}).status_code == 404
    with work() as uow:
        uow.session.scalars(select(PendingImport)).one().expires_at = uow.now - timedelta(seconds=1)
    assert chair.get(url).status_code == 404
    pending.forget_expired(app.extensions["platform"].database, app.extensions["platform"].clock)
    with work() as uow:
        assert uow.session.scalars(select(PendingImport)).all() == []


def queries_edition(uow, chair):
    from workshop_manager.workshops.queries import get_edition

    return get_edition(uow.session, chair.edition_id)


@shows("Schedule", "An import of three thousand items is looked at page by page")
def test_three_thousand_items_are_looked_at_page_by_page(chair, work):
    begun = datetime(2026, 12, 11, 9, tzinfo=UTC)
    lines = [f"{n},{(begun + timedelta(minutes=5 * n)).isoformat()},5,Talk {n},Room {n % 40}" for n in range(3000)]
    url = bring(chair, "ID,Start,Duration,Title,Room\n" + "\n".join(lines))
    page = chair.get(f"{url}?page=60").text
    assert len(re.findall(r'name="row"', page)) == 50
    assert "3000 are new" in page.replace(",", "")
    assert len(page) < 400_000


def test_taking_over_asks_as_much_for_many_items_as_for_few(uow, database):
    edition = make_edition(uow)
    asked = []
    for count in (5, 200):
        lines = [f"11.12.2026,{9 + n % 9}:{n % 60:02d},Talk {count} {n},Room {count} {n % 7}" for n in range(count)]
        reading = read_text("Date,Start,Title,Room\n" + "\n".join(lines), day=DAY, zone="UTC")
        with count_queries(database) as statements:
            importing.take(uow, edition, CHAIR, reading)
        asked.append(sum(statement.startswith("SELECT") for statement in statements))
    assert asked[1] <= asked[0] + 3 <= 25


def test_a_reading_is_kept_as_it_is():
    reading = read_text(HTML, day=DAY, zone="America/Chicago")
    assert reading_from_json(reading_to_json(reading)) == reading


@shows(
    "Schedule", "The preview of an import tells by row what would clash with the draft, and which kept time it covers"
)
def test_the_preview_tells_what_would_clash_with_the_draft(chair, work):
    with work() as uow:
        edition = get_edition(uow.session, chair.edition_id)
        make_item(uow, edition, "Opening", room="Hall")
        settling.protect(uow, edition, CHAIR, "Noon", START, START + timedelta(hours=1), KeptFor.PRAYER)
    page = chair.get(bring(chair, "Time,Title,Room\n08:45-09:15,Panel,Hall\n")).text
    assert "are both in" in page
    assert "covers a time of prayer" in page


def test_what_is_pasted_is_read_while_no_transaction_is_open(chair, work, monkeypatch):
    seen = []
    read = import_views.read_text

    def write_meanwhile(*args, **kwargs):
        with work() as uow:
            make_person(uow, "Somebody else", "else@example.org")
            seen.append(True)
        return read(*args, **kwargs)

    monkeypatch.setattr(import_views, "read_text", write_meanwhile)
    pasted = {"text": "9:00 - 9:30 Opening", "day": "2026-12-11", "zone": "America/Chicago"}
    assert send(chair, "/musiml/2026/organise/schedule/import", pasted).status_code == 303
    assert seen == [True]
