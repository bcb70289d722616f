"""A monthly virtual meetup, modelled on a chapter in Accra; its topics and speakers are invented."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo import programmes
from workshop_manager.demo.editions import CONDUCT
from workshop_manager.demo.logos import sun
from workshop_manager.demo.people import People, acting
from workshop_manager.workshops import service
from workshop_manager.workshops.states import Kind, Mode, Visibility

ZONE = "Africa/Accra"


def load(uow: UnitOfWork, people: People) -> None:
    """Found the community and this year's meetups: four past ones and the months ahead."""
    now = uow.now.astimezone(ZoneInfo(ZONE))
    first = (now - timedelta(days=120)).replace(hour=16, minute=0, second=0, microsecond=0)
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
                tagline="Once a month, on Zoom",
                summary="An hour on one topic in data science or machine learning, open to members and to everybody else.",
                visibility=Visibility.PUBLIC,
                contact_email="organiser@demo.example",
                code_of_conduct=CONDUCT,
            ),
        )
        service.add_room(uow, edition, service.NewRoom("Zoom", "https://zoom.example/j/wimlds-accra"))
        service.set_logo(uow, edition, sun("#f7c948", "#0d6a56"))
    programmes.meetups(uow, edition, people, first)
