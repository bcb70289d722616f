"""An edition that lives for months in a minute: its days, its people at the pages, its mails and its worker."""

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from tests.factories import client_for, make_person
from tests.season.hands import Hands
from tests.smtp import Inbox
from workshop_manager.accounts.models import Person
from workshop_manager.core import jobs
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.mail import delivery

LINK = re.compile(r"http://[^\s/]+(/\S+)")


def body_of(mail: Any) -> str:
    """The words of a mail."""
    return str(mail.get_body(("plain",)).get_content())


class Place:
    """Where it happens; whoever makes one says who its chair is."""

    chair_id: int

    def __init__(self, app: Flask, work: Any, database: Database, clock: FixedClock, inbox: Inbox) -> None:
        self.app, self.work, self.database, self.clock, self.inbox = app, work, database, clock, inbox
        self.start = clock.at
        self.people: dict[str, int] = {}

    def on(self, day: int) -> None:
        """It is that day of the season; the worker has delivered what was promised."""
        self.clock.at = self.start + timedelta(days=day)
        self.deliver()

    def deliver(self) -> None:
        """The worker does all its jobs once, and what waits goes out by SMTP."""
        with self.app.app_context():
            for job in jobs.registered():
                job.run(self.database, self.clock)
            delivery.deliver_due(self.database, self.clock)

    def hands(self, person_id: int) -> Hands:
        """A browser of that person, signed in now."""
        with self.work() as uow:
            client = client_for(self.app, uow, uow.session.get(Person, person_id))
        # Everybody sits at home, so limits count each for themselves.
        client.environ_base["REMOTE_ADDR"] = f"10.1.{person_id // 250}.{person_id % 250 + 1}"
        return Hands(client)

    def chair(self) -> Hands:
        return self.hands(self.chair_id)

    def person(self, name: str, email: str, affiliation: str = "") -> int:
        """Somebody with an account."""
        with self.work() as uow:
            self.people[email] = make_person(uow, name, email=email, affiliation=affiliation or None).id
        return self.people[email]

    def mails(self, address: str, subject: str = "") -> list[Any]:
        """What that address got, by a part of the subject."""
        return [mail for mail in self.inbox.to(address) if subject.lower() in str(mail["Subject"]).lower()]

    def link(self, address: str, subject: str, part: str) -> str:
        """The path of a link in the newest such mail."""
        text = self.mails(address, subject)[-1].get_body(("plain",)).get_content()
        return next(path for path in LINK.findall(text) if part in path)

    def count(self, model: Any, *conditions: Any) -> int:
        with self.work() as uow:
            return int(uow.session.execute(select(func.count()).select_from(model).where(*conditions)).scalar_one())
