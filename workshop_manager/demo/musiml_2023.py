"""Muslims in ML 2023 at NeurIPS in New Orleans, as its organisers published it."""

from datetime import UTC, date, datetime, time

from workshop_manager.calls import service as calls
from workshop_manager.calls.states import Blinding
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo import programmes
from workshop_manager.demo.editions import CONDUCT, add_team, aoe, local, set_dates
from workshop_manager.demo.logos import star
from workshop_manager.demo.people import People, acting
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.states import Mode as Attendance
from workshop_manager.workshops import service
from workshop_manager.workshops.models import Community, Edition, Track
from workshop_manager.workshops.states import DateKey, Kind, Mode, TrackKind, Visibility

ZONE = "America/Chicago"
FOUNDED = datetime(2023, 8, 1, 12, tzinfo=UTC)
DAY = date(2023, 12, 11)

TRACKS = (
    service.NewTrack(
        "1",
        "Research by Muslim authors",
        "Any topic in machine learning.",
        "At least one author self-identifies as Muslim.",
    ),
    service.NewTrack(
        "2",
        "Research on what Muslim communities face",
        "Bias in language models, surveillance, content moderation, low-resource languages, health.",
    ),
)
KINDS = {"1": TrackKind.IDENTITY, "2": TrackKind.TOPIC}


def add_tracks(uow: UnitOfWork, edition: Edition) -> dict[str, Track]:
    """The two tracks of every year, each of its kind."""
    found = {track.key: service.add_track(uow, edition, track) for track in TRACKS}
    for key, track in found.items():
        calls.edit_track(uow, edition, track, calls.TrackContent(KINDS[key], "", is_hidden=False, due={}))
    return found


CALL = calls.CallContent(
    headline="Extended abstracts on original machine learning research",
    text=(
        "Send two pages of content and one of references as a PDF without names. Review is double-blind.\n\n"
        "Posters are shown in person; talks may be given remotely. Nothing here is archival: publish it again where you like."
    ),
    blinding=Blinding.DOUBLE,
    needs_pdf=True,
    page_limit=2,
    reference_pages=1,
    word_limit=250,
    max_megabytes=10,
)
GOOD_TO_KNOW = (
    "**Joining from afar** needs no NeurIPS registration. Your Zoom link is on your ticket, and only there.\n\n"
    "**Posters are shown in person.** Talks may be given remotely. If a visa is refused, tell us: we find a way.\n\n"
    "**Cannot pay up front?** Say so in the grant form and we book flight and bed for you.\n\n"
    "**Not listed, if you prefer.** One choice in your profile holds on every page, badge and file."
)
RECORDING = (
    "Talks are recorded where their speakers agree, and stand here two weeks later. Questions, posters and roundtables "
    "are not recorded; please take no pictures there."
)


def load(uow: UnitOfWork, people: People) -> Community:
    """Found the community and its 2023 edition."""
    with acting(uow, people["organiser"], FOUNDED):
        community = service.create_community(
            uow,
            service.CreateCommunity(
                slug="musiml",
                name="Muslims in ML",
                description="An affinity workshop for Muslims in machine learning and for research that concerns them.",
                contact_email="organiser@demo.example",
                accent="#f5a623",
            ),
        )
        edition = service.create_edition(
            uow,
            community,
            service.CreateEdition(
                slug="2023",
                name="Muslims in ML 2023",
                kind=Kind.WORKSHOP,
                mode=Mode.HYBRID,
                time_zone=ZONE,
                starts_at=local(DAY, time(8, 30), ZONE).at,
                ends_at=local(DAY, time(13), ZONE).at,
                tagline="Affinity workshop at NeurIPS 2023",
                summary=(
                    "A morning of talks, posters and roundtables: research by Muslim machine learners, and research on what "
                    "machine learning does to Muslim communities."
                ),
                host_event="NeurIPS 2023",
                city="New Orleans",
                visibility=Visibility.PUBLIC,
                contact_email="organiser@demo.example",
                good_to_know=GOOD_TO_KNOW,
                recording_policy=RECORDING,
                code_of_conduct=CONDUCT,
            ),
        )
        add_tracks(uow, edition)
        service.add_room(uow, edition, service.NewRoom("Zoom", "https://zoom.example/j/musiml-2023"))
        calls.edit_call(uow, edition, CALL)
        service.set_logo(uow, edition, star("#f5a623", "#1c2b4a"))
        _open_registration(uow, edition)
    add_team(uow, edition, people, FOUNDED)
    set_dates(uow, edition, people, _dates())
    programmes.musiml_2023(uow, edition, people)
    return community


def _open_registration(uow: UnitOfWork, edition: Edition) -> None:
    """In person with the host conference's registration; from afar without it, and the link for the registered only."""
    registrations.add_kind(
        uow,
        edition,
        registrations.KindContent("In person", Attendance.IN_PERSON, None, "New Orleans.", needs_host=True),
    )
    registrations.add_kind(
        uow,
        edition,
        registrations.KindContent("Virtual", Attendance.VIRTUAL, None, "By Zoom, free of charge."),
    )
    registrations.save_settings(
        uow,
        edition,
        join_url="https://zoom.example/j/musiml-2023?pwd=only-for-the-registered",
        note="Attending from afar needs no registration with NeurIPS.",
    )


def _dates() -> list[tuple[DateKey, str, Deadline, datetime]]:
    autumn = datetime(2023, 9, 20, 12, tzinfo=UTC)
    return [
        (DateKey.CALL_OPENS, "Call opened", local(date(2023, 8, 18), time(9), ZONE), FOUNDED),
        (DateKey.ABSTRACTS_DUE, "Abstracts due", aoe(date(2023, 9, 22)), FOUNDED),
        (DateKey.ABSTRACTS_DUE, "Abstracts due", aoe(date(2023, 10, 6)), autumn),
        (DateKey.NOTIFICATION, "Authors hear from us", aoe(date(2023, 10, 13)), FOUNDED),
        (DateKey.NOTIFICATION, "Authors hear from us", aoe(date(2023, 10, 16)), autumn),
    ]
