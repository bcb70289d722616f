"""An edition with an open call, its organiser and an author, for the tests of the call."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import client_for, join_team, make_person
from tests.submissions.factories import make_submission, open_edition
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import ImportantDate, Track
from workshop_manager.workshops.states import DateKey, Role


class House:
    """An edition with an open call of two tracks, an owner, and an author with a client each."""

    def __init__(self, app: Flask, work: Any) -> None:
        self.app, self.work = app, work
        with work() as uow:
            self.edition = open_edition(uow)
            self.first, self.second = workshops.tracks(uow.session, self.edition.id)
            self.author = make_person(uow, "Wahyuni", "wahyuni@example.org", time_zone="Asia/Jakarta")
            self.owner = make_person(uow, "Amina", "amina@example.org")
            join_team(uow, self.edition, self.owner, Role.OWNER)
            self.client, self.desk = client_for(app, uow, self.author), client_for(app, uow, self.owner)

    def draft(self, **values: Any) -> Submission:
        with self.work() as uow:
            return make_submission(uow, self.edition, values.pop("submitter", self.author), State.DRAFT, **values)

    def person(self, name: str, email: str | None = None) -> FlaskClient:
        with self.work() as uow:
            return client_for(self.app, uow, make_person(uow, name, email))

    def member(self, role: Role, track: Track | None = None) -> FlaskClient:
        with self.work() as uow:
            person = make_person(uow, "Member")
            join_team(uow, self.edition, person, role, track)
            return client_for(self.app, uow, person)

    def due(self) -> ImportantDate:
        with self.work() as uow:
            found = workshops.dates(uow.session, self.edition.id)
            return next(row for row in found if row.key is DateKey.ABSTRACTS_DUE)


@pytest.fixture
def house(app: Flask, work: Any) -> House:
    return House(app, work)
