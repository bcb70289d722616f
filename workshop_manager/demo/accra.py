"""A monthly virtual meetup, modelled on a chapter in Accra; its topics and speakers are invented."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo import programmes
from workshop_manager.demo.editions import CONDUCT, local
from workshop_manager.demo.logos import sun
from workshop_manager.demo.people import People, acting
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.states import Mode as Attendance
from workshop_manager.workshops import service
from workshop_manager.workshops.states import Kind, Mode, Repeat, Visibility

ZONE = "Africa/Accra"
MINUTES = 60


def load(uow: UnitOfWork, people: People) -> None:
    """Found the community and this year's meetups: four past ones and the months ahead."""
    first = _first(uow.now)
    with acting(uow, people["organiser"], uow.now - timedelta(days=150)):
        community = service.create_community(
            uow,
            service.CreateCommunity(
                slug="wimlds-accra",
                name="WiMLDS Accra",
                description="Women and under-represented people in machine learning and data science, from Accra and on Zoom.",
                contact_email="organiser@demo.example",
                accent="#0d8a6f",
            ),
        )
        edition = service.create_edition(
            uow,
            community,
            service.CreateEdition(
                slug="meetups",
                name="WiMLDS Accra meetups",
                kind=Kind.MEETUP,
                mode=Mode.VIRTUAL,
                time_zone=ZONE,
                starts_at=first,
                ends_at=first + timedelta(days=365),
                repeats=Repeat.MONTHLY,
                meeting_minutes=MINUTES,
                tagline="Once a month, on Zoom",
                summary="An hour on one topic in data science or machine learning, open to members and to everybody else.",
                visibility=Visibility.PUBLIC,
                contact_email="organiser@demo.example",
                code_of_conduct=CONDUCT,
            ),
        )
        service.add_room(uow, edition, service.NewRoom("Zoom", "https://zoom.example/j/wimlds-accra"))
        service.set_logo(uow, edition, sun("#f7c948", "#0d6a56"))
        registrations.add_kind(
            uow,
            edition,
            registrations.KindContent("On Zoom", Attendance.VIRTUAL, None, "For every meetup of the year."),
        )
        registrations.save_settings(
            uow,
            edition,
            join_url="https://zoom.example/j/wimlds-accra?pwd=only-for-the-registered",
            note="The same link works every month. Come ten minutes early if it is your first time.",
        )
    programmes.meetups(uow, edition, people)


def _first(now: datetime) -> datetime:
    """Four in the afternoon of a second Saturday, four meetups ago."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    year, month = divmod(today.year * 12 + today.month - 1 - 4, 12)
    begins = date(year, month + 1, 1)
    second_saturday = begins + timedelta(days=(5 - begins.weekday()) % 7 + 7)
    return local(second_saturday, time(16), ZONE).at
