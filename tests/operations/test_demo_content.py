"""What the demo holds: loaded once, through the verbs and rules of the product, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tests.shows import shows
from workshop_manager import demo
from workshop_manager.accounts import service as accounts
from workshop_manager.assignments.models import Assignment
from workshop_manager.core.database import Database
from workshop_manager.decisions.models import Decision
from workshop_manager.demo.people import PASSWORD, PEOPLE
from workshop_manager.funds.models import Fund
from workshop_manager.grants.models import Application
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import State as Seat
from workshop_manager.reviews.models import Review
from workshop_manager.schedule import drafting
from workshop_manager.schedule.models import Release, ScheduleItem
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.cover import coming_meetings
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.states import DateKey, Repeat


@pytest.fixture
def loaded(work: Any, app: Flask, database: Database) -> Database:
    with work() as uow:
        assert demo.load(uow)
    return database


def edition(uow: Any, slug: str) -> Edition:
    query = select(Edition).options(joinedload(Edition.community)).where(Edition.slug == slug)
    return uow.session.execute(query).scalar_one()


def count(uow: Any, table: Any, *conditions: Any) -> int:
    return uow.session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


@shows(
    "What a newcomer does",
    "The demo holds MusIML 2023 with its dates, moved deadlines and published schedule",
    "The demo holds a current edition whose call, registration and grants are open relative to today",
    "The demo holds a recurring virtual meetup",
    "Loading the demo again changes nothing",
    "Every demo person signs in with the printed password, and production can tell them from others",
)
def test_the_demo_holds_what_it_says(loaded: Database, work: Any) -> None:
    with work() as uow:
        past, now = edition(uow, "2023"), edition(uow, "2026")
        assert count(uow, Release, Release.edition_id == past.id) == 2
        assert count(uow, Release, Release.edition_id == now.id) == 0
        due = uow.session.execute(
            select(ImportantDate).where(ImportantDate.edition_id == past.id, ImportantDate.key == DateKey.ABSTRACTS_DUE)
        ).scalar_one()
        assert (due.at.isoformat(), due.zone) == ("2023-10-07T11:59:00+00:00", "Etc/GMT+12")
        dates = {
            d.key: d.at for d in uow.session.scalars(select(ImportantDate).where(ImportantDate.edition_id == now.id))
        }
        for opens, closes in (
            (DateKey.CALL_OPENS, DateKey.ABSTRACTS_DUE),
            (DateKey.REGISTRATION_OPENS, DateKey.REGISTRATION_CLOSES),
            (DateKey.GRANTS_OPEN, DateKey.GRANTS_DUE),
        ):
            assert dates[opens] < uow.now < dates[closes]
        assert now.starts_at - uow.now > timedelta(days=70)

        by_state = dict(
            uow.session.execute(
                select(Submission.state, func.count()).where(Submission.edition_id == now.id).group_by(Submission.state)
            ).all()
        )
        assert by_state == {
            State.DRAFT: 1,
            State.SUBMITTED: 6,
            State.ACCEPTED: 2,
            State.DECLINED: 1,
            State.WAITLISTED: 1,
        }
        assert count(uow, Decision, Decision.released_at.is_(None)) == 3
        reviewer = accounts.find_by_email(uow.session, "reviewer@demo.example")
        assert count(uow, Assignment, Assignment.reviewer_id == reviewer.id) == 3
        assert count(uow, Review, Review.reviewer_id == reviewer.id) == 1

        room, zoom, speakers, *_hidden = uow.session.scalars(
            select(RegistrationKind).where(RegistrationKind.edition_id == now.id).order_by(RegistrationKind.position)
        ).all()
        assert (room.capacity, room.taken, zoom.capacity) == (6, 6, None)
        assert (speakers.capacity, speakers.taken) == (2, 0)
        assert count(uow, Registration, Registration.waits_for_id == room.id) == 2
        assert count(uow, Registration, Registration.state == Seat.WAITLISTED) == 1

        (fund,) = uow.session.scalars(select(Fund)).all()
        assert (fund.amount, fund.currency, fund.committed) == (18_000_00, "USD", 1_720_00)
        assert count(uow, Application) == 6
        assert count(uow, Application, Application.verdict.is_not(None)) == 1

        working = drafting.working(uow.session, now)
        assert {c.code for c in working.conflicts} >= {"room_twice", "speaker_twice"}
        assert count(uow, OutboxMail) > 30
        assert count(uow, OutboxMail, OutboxMail.created_at > uow.now) == 0
        series = edition(uow, "meetups")
        assert (series.time_zone, series.repeats) == ("Africa/Accra", Repeat.MONTHLY)
        talks = uow.session.scalars(
            select(ScheduleItem.starts_at).where(ScheduleItem.edition_id == series.id).order_by(ScheduleItem.starts_at)
        ).all()
        (coming, _end), *_later = coming_meetings(series, uow.now)
        assert uow.now < coming
        assert coming in talks, "the talk of the next meetup is on the day of the next meetup"

    with work() as uow:
        mails = count(uow, OutboxMail)
        assert not demo.load(uow)
        assert count(uow, OutboxMail) == mails
        for person in PEOPLE:
            assert person.email.endswith("@demo.example")
            if person.shown:
                assert accounts.check_password(uow, person.email, PASSWORD) is not None
        assert demo.demo_people(uow.session) == len(PEOPLE)
    assert demo.has_demo_people(loaded)


def test_the_greeting_names_address_people_and_password() -> None:
    told = demo.greeting("http://127.0.0.1:8123")
    assert "http://127.0.0.1:8123\n" in told
    assert PASSWORD in told
    for key in ("organiser", "chair", "reviewer", "author", "attendee", "grants"):
        assert f"  {key}@demo.example " in told
