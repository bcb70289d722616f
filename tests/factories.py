"""Make things for tests, in the state they need. Each returns the row, flushed."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from workshop_manager.accounts.models import Person, SignIn
from workshop_manager.core.deadlines import AOE
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.models import Community, Edition, ImportantDate, TeamMember, Track
from workshop_manager.workshops.states import DateKey, Kind, Mode, Role, Visibility

_numbers = itertools.count(1)


def make_person(uow: UnitOfWork, name: str = "Wahyuni", email: str | None = None, **values: Any) -> Person:
    """A confirmed person without a password."""
    number = next(_numbers)
    person = Person(
        name=name,
        email=email or f"person{number}@example.org",
        fs_uniquifier=new_token(),
        active=True,
        confirmed_at=uow.now,
        created_at=uow.now,
        **values,
    )
    uow.session.add(person)
    uow.session.flush()
    return person


def make_edition(uow: UnitOfWork, community: str = "musiml", slug: str = "2026", **values: Any) -> Edition:
    """A public hybrid workshop half a year ahead in Chicago's zone; the community is made if it is not there."""
    from sqlalchemy import select

    found = uow.session.execute(select(Community).where(Community.slug == community)).scalar_one_or_none()
    if found is None:
        found = Community(slug=community, name="Muslims in ML", accent="#f5a623", created_at=uow.now)
        uow.session.add(found)
        uow.session.flush()
    start = datetime(2026, 12, 11, 14, 30, tzinfo=UTC)
    values = {
        "kind": Kind.WORKSHOP, "mode": Mode.HYBRID, "visibility": Visibility.PUBLIC, "name": f"Muslims in ML {slug}",
        "time_zone": "America/Chicago", "starts_at": start, "ends_at": start + timedelta(hours=4, minutes=30),
        "city": "New Orleans", "code_of_conduct": "Be kind.", "contact_email": "team@example.org",
    } | values  # fmt: skip
    edition = Edition(community_id=found.id, slug=slug, created_at=uow.now, **values)
    edition.community = found
    uow.session.add(edition)
    uow.session.flush()
    return edition


def make_date(
    uow: UnitOfWork, edition: Edition, key: DateKey, at: datetime, zone: str = AOE, label: str = ""
) -> ImportantDate:
    row = ImportantDate(edition_id=edition.id, key=key, label=label or key.value, at=at, zone=zone)
    uow.session.add(row)
    uow.session.flush()
    return row


def make_track(
    uow: UnitOfWork, edition: Edition, key: str = "1", name: str = "Any topic", eligibility: str = ""
) -> Track:
    row = Track(edition_id=edition.id, key=key, position=next(_numbers), name=name, eligibility=eligibility)
    uow.session.add(row)
    uow.session.flush()
    return row


def join_team(uow: UnitOfWork, edition: Edition, person: Person, role: Role, track: Track | None = None) -> TeamMember:
    row = TeamMember(
        edition_id=edition.id, person_id=person.id, role=role, track_id=track.id if track else None, created_at=uow.now
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def client_for(app: Flask, uow: UnitOfWork | None, person: Person | None = None) -> FlaskClient:
    """A client signed in as that person, or a visitor's. The sign-in is written in `uow`: commit before use."""
    client = app.test_client()
    if person is not None:
        assert uow is not None
        key = new_token()
        uow.session.add(
            SignIn(key_hash=token_hash(key), person_id=person.id, created_at=uow.now, seen_at=uow.now, browser="test")
        )
        uow.session.flush()
        with client.session_transaction() as session:
            session["sid"] = key
    return client


def send(client: FlaskClient, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
    """POST a form with a CSRF token, as a browser that fetched the page would."""
    from flask import g
    from flask_wtf.csrf import generate_csrf

    with client.session_transaction() as session, client.application.test_request_context("/"):
        from flask import session as inner

        inner.update(session)
        token = generate_csrf()
        session.update(inner)
        g.pop("csrf_token", None)
    return client.post(path, data={"csrf_token": token} | (data or {}), **kwargs)
