"""Two at once: chairs who announce, and an author who withdraws while a chair matches."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.mentoring.factories import Round
from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.models import OutboxMail
from workshop_manager.mentoring import matching, service
from workshop_manager.mentoring.models import Participant
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import MACHINE


def at_once(app: Flask, work: Any, *acts: tuple[int, Callable[[UnitOfWork], object]]) -> list[str]:
    """Each act by its person, in a thread and a transaction of its own."""
    gate, ends = threading.Barrier(len(acts)), []

    def run(person_id: int, act: Callable[[UnitOfWork], object]) -> None:
        gate.wait()
        try:
            with app.test_request_context("/"), work() as uow:
                uow.actor = uow.session.get_one(Person, person_id)
                act(uow)
            ends.append("done")
        except Conflict:
            ends.append("refused")

    threads = [threading.Thread(target=run, args=each) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_two_chairs_who_announce_send_each_mail_once(app: Flask, work: Any) -> None:
    with work() as uow:
        made = Round(uow)
        made.work("Amal", 0)
        made.work("Bilal", 0)
        made.match()
        seen = matching.proposal(uow, made.edition, MACHINE).digest

    def announce(uow: UnitOfWork) -> None:
        matching.announce(uow, get_edition(uow.session, made.edition.id), seen=seen)

    assert at_once(app, work, (made.chair.id, announce), (made.owner.id, announce)) == ["done", "refused"]
    with work() as uow:
        sent = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "mentoring/matched")).all()
        assert len(sent) == 2


def test_who_steps_out_while_a_chair_matches_is_in_no_match(app: Flask, work: Any) -> None:
    with work() as uow:
        made = Round(uow)
        one, other = made.work("Amal", 0), made.work("Bilal", 0)
        leaver = made.people[one.id]

    def step_out(uow: UnitOfWork) -> None:
        service.step_out(uow, get_edition(uow.session, made.edition.id), one.number)

    def match(uow: UnitOfWork) -> None:
        matching.match(uow, get_edition(uow.session, made.edition.id))

    assert at_once(app, work, (leaver.id, step_out), (made.chair.id, match)) == ["done", "done"]
    with work() as uow:
        rows = {row.submission_id: row.match_id for row in uow.session.scalars(select(Participant))}
        assert rows == {one.id: None, other.id: None}
