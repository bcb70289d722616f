"""What organisers do to the draft: add, change, take out, move, many at once; and what is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories import make_edition, make_person
from tests.schedule.factories import CHAIR, START, content, make_item, make_release, make_work
from tests.shows import shows
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.decisions.events import SubmissionDecided, SubmissionDeclined
from workshop_manager.schedule import drafting, queries, releasing, service
from workshop_manager.schedule.content import Named, read_speakers, write_speakers
from workshop_manager.schedule.models import ItemSpeaker
from workshop_manager.schedule.programme import Kind
from workshop_manager.submissions.events import SubmissionWithdrawn
from workshop_manager.submissions.states import State
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import Role

REVIEWER = Standing(1, frozenset({Role.REVIEWER, Role.TRACK_CHAIR, Role.FRONT_DESK, Role.GRANTS_COMMITTEE}))


def titles(uow, edition):
    return [row.item.title for row in queries.draft_rows(uow.session, edition.id)]


def clocks(uow, edition):
    zone = ZoneInfo(edition.time_zone)
    return [
        (row.item.title, f"{row.item.starts_at.astimezone(zone):%H:%M}")
        for row in queries.draft_rows(uow.session, edition.id)
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Lama Ahmad (OpenAI)\n\n Sukarno ", (Named("Lama Ahmad", "OpenAI"), Named("Sukarno"))),
        ("محمد (جامعة (أ))", (Named("محمد", "جامعة (أ)"),)),
        ("(nobody)", (Named("(nobody)"),)),
        ("", ()),
    ],
)
def test_speakers_are_read_one_a_line(typed, read):
    assert read_speakers(typed) == read


def test_speakers_are_written_as_they_are_read():
    rows = [ItemSpeaker(position=0, name="A", affiliation="B"), ItemSpeaker(position=1, name="C", affiliation=None)]
    assert read_speakers(write_speakers(rows)) == (Named("A", "B"), Named("C"))


@pytest.mark.parametrize("verb", ["add", "edit", "remove", "restore", "move", "series"])
def test_only_chairs_and_organisers_change_the_draft(uow, verb):
    edition = make_edition(uow)
    item = make_item(uow, edition)
    with pytest.raises(Forbidden):
        {
            "add": lambda: service.add(uow, edition, REVIEWER, content()),
            "edit": lambda: service.edit(uow, edition, REVIEWER, item.id, item.version, content()),
            "remove": lambda: service.remove(uow, edition, REVIEWER, item.id),
            "restore": lambda: service.restore(uow, edition, REVIEWER, item.id),
            "move": lambda: service.move(uow, edition, REVIEWER, item.id, up=True),
            "series": lambda: service.add_series(uow, edition, REVIEWER, content(), []),
        }[verb]()


def test_another_editions_item_does_not_exist_here(uow):
    here, there = make_edition(uow), make_edition(uow, slug="2027")
    item = make_item(uow, there)
    for act in (service.remove, service.restore):
        with pytest.raises(NotFound):
            act(uow, here, CHAIR, item.id)
    with pytest.raises(NotFound):
        service.edit(uow, here, CHAIR, item.id, item.version, content())
    with pytest.raises(NotFound):
        make_item(uow, here, parent_id=item.id)
    with pytest.raises(NotFound):
        make_item(uow, here, submission_id=make_work(uow, there, 1).id)


def test_an_item_cannot_end_before_it_starts(uow):
    edition = make_edition(uow)
    for length in (0, -5):
        with pytest.raises(Conflict, match="ends after"):
            make_item(uow, edition, length=length)


@shows("Schedule", "Two who edit one item: the second overwrites nothing unseen")
def test_a_stale_form_overwrites_nothing(uow):
    edition = make_edition(uow)
    item = make_item(uow, edition)
    service.edit(uow, edition, CHAIR, item.id, 1, content("First"))
    with pytest.raises(service.Stale):
        service.edit(uow, edition, CHAIR, item.id, 1, content("Second"))
    assert titles(uow, edition) == ["First"]


@shows("Schedule", "An item has speakers by name, or an accepted submission that brings its title and who presents it")
def test_accepted_work_brings_title_abstract_and_who_presents_it(uow):
    edition, person = make_edition(uow), make_person(uow)
    work = make_work(uow, edition, 7, "A Title", (("Nur Aisyah", person), ("Co Author", None)), abstract="Why")
    item = make_item(uow, edition, "", submission_id=work.id)
    assert (item.title, item.abstract) == ("A Title", "Why")
    assert [(who.name, who.affiliation, who.person_id) for who in item.speakers] == [("Nur Aisyah", "UGM", person.id)]


def test_an_author_typed_as_a_speaker_is_known_by_their_account(uow):
    edition, person = make_edition(uow), make_person(uow)
    work = make_work(uow, edition, 7, "A Title", (("Nur Aisyah", None), ("Co Author", person)))
    item = make_item(uow, edition, "T", submission_id=work.id, speakers=(Named("co  AUTHOR"), Named("Guest")))
    assert [who.person_id for who in item.speakers] == [person.id, None]


def test_only_accepted_work_gets_a_place(uow):
    edition = make_edition(uow)
    work = make_work(uow, edition, 7, state=State.SUBMITTED)
    with pytest.raises(Conflict, match="Only accepted"):
        make_item(uow, edition, submission_id=work.id)


def test_a_withdrawn_talk_is_told_in_the_draft_and_holds_the_release_back(uow):
    edition = make_edition(uow)
    work = make_work(uow, edition, 7)
    make_item(uow, edition, "Dialects", submission_id=work.id)
    assert drafting.working(uow.session, edition).errors == []
    work.state = State.WITHDRAWN
    releasing.submission_changed(uow, work.id)
    assert queries.draft_state(uow.session, edition.id).errors == 1
    told = drafting.working(uow.session, edition).errors[0].sentence
    assert told == "“Dialects” has a place, but its authors withdrew it (#7)."
    with pytest.raises(Conflict, match="errors"):
        make_release(uow, edition)
    work.state = State.DECLINED
    assert "declined" in drafting.working(uow.session, edition).errors[0].sentence


@shows("Schedule", "A talk whose authors give the place back, or withdraw it, is told in the draft at once")
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("event", [SubmissionWithdrawn, SubmissionDeclined, SubmissionDecided])
def test_whatever_takes_a_talk_away_is_told_in_the_draft(uow, event):
    edition = make_edition(uow)
    work = make_work(uow, edition, 7)
    make_item(uow, edition, "Dialects", submission_id=work.id)
    work.state = State.DECLINED
    uow.tell(event(work.id, edition.id))
    assert queries.draft_state(uow.session, edition.id).errors == 1


@shows("Schedule", "Items are nested in sessions")
def test_an_item_stands_in_a_session_and_nowhere_else(uow):
    edition = make_edition(uow)
    session = make_item(uow, edition, "Session", kind=Kind.SESSION)
    talk = make_item(uow, edition, "Talk", parent_id=session.id)
    with pytest.raises(Conflict, match="not in another item"):
        make_item(uow, edition, "Deeper", parent_id=talk.id)
    with pytest.raises(Conflict):
        service.edit(uow, edition, CHAIR, session.id, session.version, content("S", parent_id=session.id))
    other = make_item(uow, edition, "Other", 60)
    with pytest.raises(Conflict, match="holds others"):
        service.edit(uow, edition, CHAIR, session.id, session.version, content("S", parent_id=other.id))


def test_a_session_that_moves_takes_its_talks_along_and_one_that_grows_does_not(uow):
    edition = make_edition(uow)
    session = make_item(uow, edition, "Session", kind=Kind.SESSION, length=60)
    make_item(uow, edition, "Talk", 10, length=10, parent_id=session.id)
    service.edit(uow, edition, CHAIR, session.id, session.version, content("Session", 60, length=60))
    assert clocks(uow, edition) == [("Session", "09:30"), ("Talk", "09:40")]
    service.edit(uow, edition, CHAIR, session.id, session.version, content("Session", 45, length=75))
    assert clocks(uow, edition) == [("Session", "09:15"), ("Talk", "09:40")]


def test_taking_a_session_out_takes_its_talks_out(uow):
    edition = make_edition(uow)
    session = make_item(uow, edition, "Session", kind=Kind.SESSION)
    make_item(uow, edition, "Talk", parent_id=session.id)
    service.remove(uow, edition, CHAIR, session.id)
    assert titles(uow, edition) == []


def test_moving_up_exchanges_the_times_and_keeps_the_lengths(uow):
    edition = make_edition(uow)
    make_item(uow, edition, "Short", 0, length=10)
    long = make_item(uow, edition, "Long", 15, length=30)
    inner = make_item(uow, edition, "Inner", 20, length=5, parent_id=long.id)
    service.move(uow, edition, CHAIR, long.id, up=True)
    assert clocks(uow, edition) == [("Long", "08:30"), ("Inner", "08:35"), ("Short", "09:05")]
    service.move(uow, edition, CHAIR, long.id, up=False)
    assert clocks(uow, edition) == [("Short", "08:30"), ("Long", "08:45"), ("Inner", "08:50")]
    with pytest.raises(Conflict, match="last"):
        service.move(uow, edition, CHAIR, long.id, up=False)
    with pytest.raises(Conflict, match="first"):
        service.move(uow, edition, CHAIR, inner.id, up=True)


def test_tables_at_one_time_exchange_their_places_only(uow):
    edition = make_edition(uow)
    session = make_item(uow, edition, "Session", kind=Kind.SESSION)
    first = make_item(uow, edition, "One", parent_id=session.id, label="Table 1")
    second = make_item(uow, edition, "Two", parent_id=session.id, label="Table 2")
    service.move(uow, edition, CHAIR, second.id, up=True)
    assert titles(uow, edition) == ["Session", "Two", "One"]
    assert first.starts_at == second.starts_at == START


def test_a_room_is_made_once_whatever_its_case(uow):
    edition = make_edition(uow)
    one, two = make_item(uow, edition, room="Hall B"), make_item(uow, edition, "Next", 60, room="hall b")
    assert one.room_id == two.room_id


def test_a_series_keeps_its_hour_over_a_clock_change_and_is_not_doubled(uow):
    edition = make_edition(uow, time_zone="Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    times = [
        (start, start + timedelta(hours=1))
        for start in (datetime(2026, month, 15, 18, 0, tzinfo=zone).astimezone(UTC) for month in (9, 10, 11))
    ]
    assert service.add_series(uow, edition, CHAIR, content("Meetup"), times) == 3
    assert [hour for _title, hour in clocks(uow, edition)] == ["18:00"] * 3
    assert service.add_series(uow, edition, CHAIR, content("Meetup"), times) == 0


def test_a_schedule_has_an_end(uow, monkeypatch):
    monkeypatch.setattr(service, "MOST_ITEMS", 2)
    edition = make_edition(uow)
    make_item(uow, edition)
    make_item(uow, edition, "Two", 60)
    with pytest.raises(Conflict, match="at most"):
        make_item(uow, edition, "Three", 90)
