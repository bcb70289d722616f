"""What comes with the mail about a seat: the code as a picture, and the event for a calendar."""

import email

import icalendar
import pytest
from sqlalchemy import select

from tests.factories import make_edition, make_person
from tests.registrations.factories import JOIN, details, make_join_link, make_kind
from tests.shows import keeps, shows
from workshop_manager.mail.delivery import _Message
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import service

pytestmark = pytest.mark.sqlite


def event(mail):
    return icalendar.Calendar.from_ical(mail.calendar).walk("VEVENT")[0]


@keeps("T2")
@shows("Registration", "The confirmation brings the ticket's code as a picture and the event as a calendar file")
def test_a_seat_comes_with_its_code_and_its_event(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_join_link(uow, edition)
        kind = make_kind(uow, edition)
    with work(person) as uow:
        row = service.register(uow, edition, kind.id, details())
        service.cancel(uow, edition)
        code = row.ticket_code
    with work() as uow:
        first, last = uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
        assert first.picture.startswith(b"\x89PNG")
        assert last.picture is None
        assert (str(event(first)["STATUS"]), str(event(last)["STATUS"])) == ("CONFIRMED", "CANCELLED")
        assert event(first)["UID"] == event(last)["UID"]
        assert event(last)["SEQUENCE"] > event(first)["SEQUENCE"]
        assert str(event(first)["CONFERENCE"]) == "http://localhost/musiml/2026/join"
        assert JOIN not in first.calendar.decode() + first.text_body + first.html_body
        assert code in first.text_body
        sent = email.message_from_bytes(_Message(first, ("Site", "site@example.org"))._message().as_bytes())
    kinds = [part.get_content_type() for part in sent.walk()]
    assert kinds == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "image/png", "text/calendar")
    ]
