"""The public page: two clocks, what is on, what changed, filters without scripts, and nothing before its time."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, START, content, make_item, make_release, make_work
from tests.shows import keeps, shows
from workshop_manager.schedule import service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.programme import Kind
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Kind as EditionKind
from workshop_manager.workshops.states import Repeat, Role, Visibility

PAGE = "/musiml/2026/schedule"


@pytest.fixture
def edition_id(work):
    """A morning with a session of two talks, released."""
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition, "Opening", 0, kind=Kind.OPENING)
        session = make_item(uow, edition, "Lightning", 30, kind=Kind.SESSION)
        for place, who in enumerate(("Nur Aisyah", "محمد بن عبد الله")):
            make_item(
                uow, edition, f"Talk {place}", 30 + 15 * place, length=15, kind=Kind.LIGHTNING,
                parent_id=session.id, speakers=(Named(who, "UGM"),),
            )  # fmt: skip
        make_item(uow, edition, "Late keynote", 210, kind=Kind.KEYNOTE, room="Hall")
        make_release(uow, edition)
        return edition.id


def see(app, path=PAGE, zone=None, client=None):
    client = client or app.test_client()
    if zone:
        client.set_cookie("tz", zone)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


@shows(
    "Schedule", "What is recorded, and what becomes of it, is said once for an edition and stands beside the schedule"
)
def test_what_is_recorded_stands_beside_the_schedule(app, work, edition_id):
    assert "Recording</h2>" not in see(app)
    with work() as uow:
        edition = get_edition(uow.session, edition_id)
        edition.recording_policy = "Talks are **recorded**. <script>alert(1)</script>"
        uid = uow.session.scalars(select(ScheduleItem.uid).where(ScheduleItem.title == "Late keynote")).one()
    for path in (PAGE, f"{PAGE}/items/{uid}", f"{PAGE}.html"):
        text = see(app, path)
        assert "Talks are <strong>recorded</strong>. &lt;script&gt;" in text, path


@shows("Schedule", "Nothing of the working draft is public before its release")
@keeps("A13")
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/changes", "/musiml/2026/", f"{PAGE}.ics"])
def test_nothing_of_a_draft_shows_before_its_release(app, work, path):
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition, "Secret keynote", kind=Kind.KEYNOTE)
        make_work(uow, edition, 1, "Secret poster", outcome=Outcome.POSTER)
    assert "Secret" not in see(app, path)


def test_before_the_release_the_page_offers_the_calendar_and_the_team_its_draft(app, work):
    with work() as uow:
        edition, chair = make_edition(uow), make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        client = client_for(app, uow, chair)
    assert "The schedule comes later" in see(app)
    assert "/organise/" not in see(app)
    assert "/musiml/2026/organise/schedule" in see(app, client=client)


@shows("Schedule", "The public page shows the event's time and the viewer's own")
def test_both_clocks_stand_side_by_side_and_the_next_day_is_marked(app, edition_id):
    text = see(app, zone="Asia/Jakarta")
    assert "08:30" in text
    assert "21:30" in text
    assert "From here it is</p>" not in text
    assert re.search(r"From here it is <b>Saturday 12 December</b> in Jakarta", text)
    assert '01:00<span class="plus1" aria-hidden="true">+1</span>' in text


@pytest.mark.parametrize("zone", [None, "America/Chicago", "Not/AZone"])
def test_a_clock_that_reads_the_same_is_not_shown_twice(app, edition_id, zone):
    text = see(app, zone=zone)
    assert "sched-cols" not in text
    assert "one-clock" in text


def test_another_clock_is_chosen_without_scripts(app, edition_id):
    assert "14:30" in see(app, f"{PAGE}?zone=UTC")
    assert "sched-cols" not in see(app, f"{PAGE}?zone=none", zone="Asia/Jakarta")
    assert "sched-cols" not in see(app, f"{PAGE}?zone=rubbish")


def test_a_clock_without_a_city_is_named_once(app, edition_id):
    assert "<span>You<br>UTC</span>" in see(app, f"{PAGE}?zone=UTC")
    assert "<span>You, Jakarta<br>WIB</span>" in see(app, zone="Asia/Jakarta")


def test_only_clocks_that_read_otherwise_can_be_chosen(app, work):
    with work() as uow:
        for slug, zone in (("2024", "America/Chicago"), ("2025", "UTC")):
            edition = make_edition(uow, slug=slug, time_zone=zone)
            make_item(uow, edition, "Welcome")
            make_release(uow, edition)
    elsewhere = see(app, "/musiml/2024/schedule", zone="America/Chicago")
    assert re.findall(r"<option[^>]*>([^<]*)</option>", elsewhere) == ["UTC", "Times at the event only"]
    assert "<option" not in see(app, "/musiml/2025/schedule", zone="UTC")


def test_what_is_on_shows_on_the_day_only(app, edition_id, clock):
    assert "Now and next" not in see(app)
    clock.at = START + timedelta(minutes=50)
    text = see(app)
    assert re.search(r'class="now".*Talk 1.*until 09:30', text, re.S)
    assert "5 of 15 minutes have passed" in text
    assert re.search(r'class="next".*in 2 h 40 min.*Late keynote', text, re.S)
    clock.at = START - timedelta(minutes=3)
    assert "in 3 minutes" in see(app)
    clock.at = START + timedelta(minutes=240)
    assert "Now and next" not in see(app)


@shows("Schedule", "The schedule is filtered and searched without JavaScript")
@pytest.mark.parametrize(
    ("asked", "there", "absent"),
    [
        ("kind=talks", ["Talk 0", "Late keynote", "Lightning"], ["Opening<"]),
        ("q=aisyah", ["Talk 0", "Lightning"], ["Talk 1", "Late keynote"]),
        ("q=محمد", ["Talk 1"], ["Talk 0"]),
        ("q=nothing+at+all", ["Nothing in the schedule fits", "Friday 11 December 2026"], ["Talk 0"]),
        ("kind=rubbish", ["Nothing in the schedule fits"], ["Talk 0"]),
        ("kind=talks&q=keynote", ["Late keynote"], ["Talk 0"]),
    ],
)
def test_filters_and_search_are_addresses(app, edition_id, asked, there, absent):
    text = re.sub(r"<title>.*?</title>", "", see(app, f"{PAGE}?{asked}"))
    assert all(word in text for word in there)
    assert all(word not in text for word in absent)


@shows("Schedule", "One day, one room or one track is shown by an address of its own, without JavaScript")
def test_a_day_a_room_and_a_track_are_addresses(app, work):
    with work() as uow:
        edition = make_edition(uow)
        session = make_item(uow, edition, "Morning", 0, length=60, room="Hall A", kind=Kind.SESSION, track="Health")
        make_item(uow, edition, "Inside", 0, parent_id=session.id)
        make_item(uow, edition, "Beside", 0, room="Hall B", track="Speech")
        make_item(uow, edition, "A week later", 7 * 24 * 60, room="Hall B")
        make_release(uow, edition)
    every = {"Morning", "Inside", "Beside", "A week later"}
    first = START.astimezone(ZoneInfo("America/Chicago")).date()
    for asked, there in (
        ("", every),
        ("room=hall+a", {"Morning", "Inside"}),
        ("track=Speech", {"Beside"}),
        (f"day={first}", every - {"A week later"}),
        (f"day={first + timedelta(days=7)}&room=Hall+B", {"A week later"}),
        ("room=Cellar", set()),
    ):
        text = see(app, f"{PAGE}?{asked}")
        shown = {title for title in every if f"<bdi>{title}</bdi>" in text}
        assert shown == there, asked
    assert "<option selected>Hall A</option>" in see(app, f"{PAGE}?room=Hall+A")
    assert f'href="#day-{first + timedelta(days=7)}"' in see(app)


@shows("Schedule", "One line shows the schedule on another site, in a frame without forms, scripts or cookies")
def test_other_sites_show_the_schedule_in_a_frame(app, edition_id):
    shown = app.test_client().get(f"{PAGE}/embed")
    policy = shown.headers["Content-Security-Policy"]
    assert ("frame-ancestors *" in policy, "script-src 'none'" in policy, "form-action 'none'" in policy) == (True,) * 3
    assert not {"X-Frame-Options", "Set-Cookie", "X-May-Be-Framed"} & set(shown.headers.keys())
    assert "Talk 0" in shown.text
    assert not re.search("<form|<script|<iframe", shown.text)
    assert "&lt;iframe src=&#34;http://localhost/musiml/2026/schedule/embed&#34;" in see(app, f"{PAGE}/subscribe")
    for path in (PAGE, f"{PAGE}/subscribe"):
        assert app.test_client().get(path).headers["X-Frame-Options"] == "DENY"


def test_an_edition_in_draft_is_in_no_frame_and_kept_by_nobody(app, work):
    with work() as uow:
        make_edition(uow, visibility=Visibility.DRAFT)
    for part in ("embed", "worker.js"):
        assert app.test_client().get(f"{PAGE}/{part}").status_code == 404


@keeps("A5")
def test_search_finds_nothing_that_is_not_public(app, work, edition_id):
    with work() as uow:
        make_item(uow, get_edition(uow.session, edition_id), "Secret keynote", 300)
    secret, nonsense = (see(app, f"{PAGE}?q={word}") for word in ("secret", "nonsns"))
    assert secret.replace("secret", "") == nonsense.replace("nonsns", "") or "Nothing in the schedule fits" in secret
    assert "keynote" not in secret.lower().replace("late keynote", "")


@shows("Schedule", "A moved item says when it was, and a cancelled one is struck through")
def test_a_moved_item_says_when_it_was_and_a_cancelled_one_is_struck_through(app, work, edition_id):
    with work() as uow:
        edition = get_edition(uow.session, edition_id)
        rows = {item.title: item for item in uow.session.query(ScheduleItem)}
        opening = rows["Opening"]
        service.edit(uow, edition, CHAIR, opening.id, opening.version, content("Opening", 10, length=20))
        service.remove(uow, edition, CHAIR, rows["Late keynote"].id)
        make_release(uow, edition, "The train is late.")
    text = see(app)
    assert "new time, was 08:30" in text
    assert "<del><bdi>Late keynote</bdi></del>" in text
    assert "cancelled" in text
    assert "Changed lately" in text
    changes = see(app, f"{PAGE}/changes")
    assert "The train is late." in changes
    assert "“Opening” moved from" in changes
    assert "is cancelled" in changes
    assert "The first release, with 5 items." in changes


@shows("Pages", "Names in right-to-left scripts stand among others without disturbing them")
def test_names_in_two_directions_are_isolated(app, edition_id):
    assert "<bdi>محمد بن عبد الله</bdi>" in see(app)


def test_the_ways_into_a_calendar_name_the_whole_address(app, edition_id):
    text = see(app)
    assert 'href="http://localhost/musiml/2026/schedule.ics"' in text
    assert 'href="webcal://localhost/musiml/2026/schedule.ics"' in text
    assert "calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost" in text
    assert "outlook.live.com" in text
    assert "once a day" in text
    assert 'aria-label="QR code of the calendar address"' in text
    assert 'style="' not in text


def test_the_edition_page_shows_the_day_to_scale_and_the_keynotes(app, edition_id):
    text = see(app, "/musiml/2026/")
    assert "The morning, to scale" in text
    assert 'class="daybar"' in text
    assert "08:30 Opening, 09:00 Lightning, 12:00 Late keynote, until 12:30" in text
    assert "Keynote</h2>" in text


def test_a_draft_edition_shows_its_schedule_to_nobody_but_the_team(app, work):
    with work() as uow:
        edition, chair = make_edition(uow, visibility=Visibility.DRAFT), make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        make_item(uow, edition)
        make_release(uow, edition)
        team, stranger = client_for(app, uow, chair), client_for(app, uow, make_person(uow))
    for path in (PAGE, f"{PAGE}/changes", f"{PAGE}/my-calendar"):
        assert team.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
        assert app.test_client().get(path).status_code == 404


@shows("Schedule", "A series shows the next meetup first and the past ones below")
def test_a_series_shows_the_next_meetup_first_and_the_past_ones_below(app, work, clock):
    with work() as uow:
        edition = make_edition(uow, kind=EditionKind.MEETUP, repeats=Repeat.MONTHLY, time_zone="Africa/Accra")
        times = [
            (at, at + timedelta(hours=1)) for at in (datetime(2026, month, 13, 18, tzinfo=UTC) for month in range(4, 9))
        ]
        service.add_series(uow, edition, CHAIR, content("Meetup"), times)
        make_release(uow, edition)
    text = re.sub(r"\s+", " ", see(app))
    order = [text.index(words) for words in ("Next meetup", "13 June", "After that", "13 July", "13 August",
                                             "Past meetups", "13 May", "13 April")]  # fmt: skip
    assert order == sorted(order)
    clock.at = datetime(2027, 1, 1, tzinfo=UTC)
    assert "No meetup is planned just now" in see(app)
    assert app.test_client().get(f"{PAGE}.ics").data.count(b"BEGIN:VEVENT") == 5


def _many(uow, edition, number):
    uow.session.add_all(
        ScheduleItem(
            edition_id=edition.id, uid=f"many-{place}", kind=Kind.TALK, title=f"Talk {place}", position=place,
            starts_at=START + timedelta(minutes=place), ends_at=START + timedelta(minutes=place + 1), version=1,
        )
        for place in range(number)
    )  # fmt: skip
    uow.session.flush()


@shows("Pages", "No page of the schedule asks more queries for more items")
@pytest.mark.parametrize("number", [10, 500])
def test_no_page_costs_more_queries_for_more_items(app, work, database, number):
    with work() as uow:
        edition, chair = make_edition(uow), make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        _many(uow, edition, number)
        for place in range(min(number, 30)):
            make_work(uow, edition, place + 1, outcome=Outcome.POSTER)
        make_release(uow, edition)
        client, item_id = client_for(app, uow, chair), uow.session.query(ScheduleItem.id).first()[0]
    desk = "/musiml/2026/organise/schedule"
    pages = (
        PAGE, f"{PAGE}/changes", f"{PAGE}/my-calendar", desk, f"{desk}/items/{item_id}", f"{desk}/items/new",
        f"{desk}/import", f"{desk}/releases/new",
    )  # fmt: skip
    for path in pages:
        client.get(path)
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 12, (path, len(seen))
