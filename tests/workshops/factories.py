"""Make things of this package for tests. Each returns the row, flushed."""

import io
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from tests.factories import join_team, make_edition, make_person
from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.models import Community, CommunityOwner, Edition, Room, TeamMember
from workshop_manager.workshops.states import Kind, Mode, Role

SETTINGS = {
    "name": "Muslims in ML 2026", "tagline": "Affinity workshop at NeurIPS 2026", "summary": "A morning of talks.",
    "kind": "workshop", "mode": "hybrid", "host_event": "NeurIPS 2026", "city": "New Orleans", "venue": "Hall B",
    "time_zone": "America/Chicago", "start_day": "2026-12-11", "start_time": "08:30", "end_day": "2026-12-11",
    "end_time": "13:00", "repeats": "never", "meeting_minutes": "", "visibility": "public",
    "contact_email": "team@example.org", "good_to_know": "**Joining from afar** is free.",
    "recording_policy": "Talks are **recorded**.", "version": "1",
}  # fmt: skip
"""A filled settings form, as a browser sends it."""


def make_team(uow: UnitOfWork, role: Role = Role.OWNER, **values: Any) -> tuple[Edition, Person]:
    """An edition and somebody on its team."""
    edition = make_edition(uow, **values)
    person = make_person(uow, "Amina Yusuf-Okafor")
    join_team(uow, edition, person, role)
    return edition, person


def own_community(uow: UnitOfWork, community: Community, person: Person) -> None:
    uow.session.add(CommunityOwner(community_id=community.id, person_id=person.id, created_at=uow.now))
    uow.session.flush()


def make_room(uow: UnitOfWork, edition: Edition, name: str = "Hall B", join_url: str | None = None) -> Room:
    row = Room(edition_id=edition.id, name=name, position=1, join_url=join_url)
    uow.session.add(row)
    uow.session.flush()
    return row


def make_series(uow: UnitOfWork, **values: Any) -> Edition:
    """A monthly virtual meetup in Accra, on second Saturdays from January on."""
    from workshop_manager.workshops.states import Repeat

    return make_edition(
        uow, "wimlds-accra", "meetups",
        **{
            "name": "WiMLDS Accra meetups", "kind": Kind.MEETUP, "mode": Mode.VIRTUAL, "time_zone": "Africa/Accra",
            "starts_at": datetime(2026, 1, 10, 18, 0, tzinfo=UTC), "ends_at": datetime(2026, 12, 31, 23, 0, tzinfo=UTC),
            "repeats": Repeat.MONTHLY, "meeting_minutes": 90, "city": None,
        } | values,
    )  # fmt: skip


def member_of(uow: UnitOfWork, edition: Edition, role: Role, name: str = "Wahyuni") -> tuple[Person, TeamMember]:
    person = make_person(uow, name)
    return person, join_team(uow, edition, person, role)


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 300), **kwargs: Any) -> bytes:
    """A picture file."""
    out = io.BytesIO()
    Image.new("RGB", size, "#f5a623").save(out, kind, **kwargs)
    return out.getvalue()
