"""Invitations on their way: cases 39 and 40, by a real mail server and every reader; each shown to fail when broken."""

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import icalendar
import pytest

from tests.factories import make_edition, make_person
from tests.invitations.inspection import check, look
from tests.schedule.factories import CHAIR, content, make_release, make_work
from tests.shows import shows
from tests.smtp import smtp_server
from workshop_manager.core.settings import load_settings
from workshop_manager.invitations import service as invitations
from workshop_manager.mail.delivery import deliver_due, init_mail
from workshop_manager.schedule import queries, service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.programme import from_json
from workshop_manager.web.request import Platform
from workshop_manager.workshops.queries import get_edition

pytestmark = pytest.mark.readers
NUR, OTHER = "nur@example.org", "other@example.org"
BY_NUR = (Named("Nur Aisyah"),)


@pytest.fixture
def inbox(app, database, clock, tmp_path):
    with smtp_server() as server:
        here = load_settings(
            {"WORKSHOP_MANAGER_CONFIG": "config/testing.toml"},
            site_var=str(tmp_path / "var"), mail_delivery="smtp", mail_server="127.0.0.1", mail_port=server.port,
        )  # fmt: skip
        app.extensions["platform"] = Platform(here, database, clock)
        init_mail(app, here)
        yield server


def deliver(app, database, clock):
    with app.app_context():
        invitations.tell_due(database, clock)
        deliver_due(database, clock)


def of_feed(work, edition_id) -> dict[str, Any]:
    """The public calendar's events by title."""
    with work() as uow:
        ics = queries.snapshot(uow.session, edition_id).ics
        return {str(one["SUMMARY"]): one for one in icalendar.Calendar.from_ical(ics).walk("VEVENT")}


@shows(
    "Schedule",
    "Speakers get their slot as an invitation for their calendar, once, and one update or cancellation when it changes",
)
@pytest.mark.sqlite
def test_39_40_a_speaker_is_invited_told_of_the_change_and_of_the_end(app, work, database, clock, inbox):
    with work() as uow:
        edition = make_edition(uow)
        nur = make_person(uow, 'Nur "N" Aisyah, Dr', NUR, time_zone="Asia/Jakarta")
        talk = make_work(uow, edition, 1, "Whose Dialect?", (("Nur Aisyah", nur), ("Other Author", None)))
        talk.authors[1].email = OTHER
        placed = service.add(uow, edition, CHAIR, content("Whose Dialect?", submission_id=talk.id, room="Hall"))
        still = service.add(uow, edition, CHAIR, content("Stays, “all” day; ok", 60))
        make_release(uow, edition)
        edition_id, item_id, domain = edition.id, placed.id, from_json(queries.last_release(
            uow.session, edition.id).programme).uid_domain  # fmt: skip
        assert still.id
    deliver(app, database, clock)
    [first] = inbox.to(NUR)
    [request] = look(first, NUR, domain)
    [event] = request.walk("VEVENT")
    feed = of_feed(work, edition_id)["Whose Dialect?"]
    assert str(request["METHOD"]) == "REQUEST"
    assert (event["UID"], event["SEQUENCE"]) == (feed["UID"], feed["SEQUENCE"])
    assert event["DTSTART"].dt == feed["DTSTART"].dt
    text = first.get_body(("plain",)).get_content()
    assert "Friday 11 December 2026, 08:30–09:00 CST (for you: Friday 11 December, 21:30–22:00 WIB)" in text
    assert first["To"].addresses[0].addr_spec == NUR
    assert not inbox.to(OTHER), "only who presents speaks"

    with work() as uow:
        edition = get_edition(uow.session, edition_id)
        item = service.get_item(uow, edition, item_id)
        moved = content("Whose Dialect?", 30, submission_id=item.submission_id, room="Garden", speakers=BY_NUR)
        service.edit(uow, edition, CHAIR, item_id, item.version, moved)
        make_release(uow, edition)
    deliver(app, database, clock)
    deliver(app, database, clock)
    second = inbox.to(NUR)[1]
    [update] = look(second, NUR, domain)
    [event] = update.walk("VEVENT")
    feed = of_feed(work, edition_id)["Whose Dialect?"]
    assert (event["UID"], int(event["SEQUENCE"])) == (feed["UID"], 1)
    assert int(feed["SEQUENCE"]) == 1
    text = second.get_body(("plain",)).get_content()
    assert "has a new time and a new room" in text
    assert text.index("08:30–09:00") < text.index("09:00–09:30")
    assert text.index("Hall") < text.index("Garden")

    with work() as uow:
        edition = get_edition(uow.session, edition_id)
        service.remove(uow, edition, CHAIR, item_id)
        make_release(uow, edition)
    deliver(app, database, clock)
    third = inbox.to(NUR)[2]
    [cancel] = look(third, NUR, domain)
    [event] = cancel.walk("VEVENT")
    feed = of_feed(work, edition_id)["Whose Dialect?"]
    assert str(cancel["METHOD"]) == "CANCEL"
    assert (event["UID"], int(event["SEQUENCE"]), str(event["STATUS"])) == (feed["UID"], 2, "CANCELLED")
    assert int(feed["SEQUENCE"]) == 2
    assert len(inbox.mails) == 3
    every_case_is_caught_when_the_message_is_broken(first, third, domain)


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new)


BREAKS = {
    "39 the part says no method": (swap(b'; method="REQUEST"', b""), False),
    "39 the part says another method": (swap(b'method="REQUEST"', b'method="PUBLISH"'), False),
    "39 the calendar says another method": (swap(b"METHOD:REQUEST", b"METHOD:PUBLISH"), False),
    "39 no organiser": (swap(b"\r\nORGANIZER", b"\r\nX-WAS"), False),
    "39 a second attendee": (
        swap(b"\r\nATTENDEE", b"\r\nATTENDEE:mailto:other@example.org\r\nATTENDEE"), False,
    ),
    "39 another attendee": (swap(b"mailto:nur@", b"mailto:other@"), False),
    "39 a reply by mail is asked for": (swap(b"RSVP=FALSE", b"RSVP=TRUE"), False),
    "39 already accepted": (swap(b"NEEDS-ACTION", b"ACCEPTED"), False),
    "40 another UID than the feed's": (swap(b"@localhost\r\n", b"@elsewhere\r\n"), False),
    "40 a cancellation that asks": (swap(b"METHOD:CANCEL", b"METHOD:REQUEST"), True),
    "40 a cancellation that is on": (swap(b"STATUS:CANCELLED", b"STATUS:CONFIRMED"), True),
    "1 lines end with LF only": (swap(b"\r\n", b"\n"), False),
}  # fmt: skip


def every_case_is_caught_when_the_message_is_broken(request, cancel, domain):
    """Each fault, made on purpose in the mail that was really sent, is found by the look at it."""
    for name, (broken_by, is_cancel) in BREAKS.items():
        [part, *_more] = [one for one in (cancel if is_cancel else request).walk() if "calendar" in one["Content-Type"]]
        kind = part["Content-Type"].encode()
        head = (b"Content-Type: " + kind).replace(b"method=REQUEST", b'method="REQUEST"')
        head = head.replace(b"method=CANCEL", b'method="CANCEL"')
        body = part.get_payload(decode=True).replace(b"\r\n ", b"")
        good = part.get_payload(decode=True)
        whole = broken_by(head) + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        assert (broken_by(head), broken_by(body)) != (head, body), name
        unbroken = message_from_bytes(head + b"\r\n\r\n", policy=policy.default)
        unbroken.set_payload(good)
        check(_as(unbroken, good), NUR, domain)
        check(_as(unbroken, refolded(body)), NUR, domain)
        broken = message_from_bytes(whole, policy=policy.default)
        data = refolded(broken_by(body)) if b"\r\n" in broken_by(body) else broken_by(body)
        with pytest.raises((AssertionError, KeyError, ValueError, TypeError)):
            check(_as(broken, data), NUR, domain)


def _as(part: Any, data: bytes) -> Any:
    part.get_payload = lambda decode=True: data
    return part


def refolded(data: bytes) -> bytes:
    """Long lines folded again, so that only what was broken on purpose is wrong."""
    lines = []
    for line in data.decode().split("\r\n"):
        found, rest = "", line
        while len(rest.encode()) > 70:
            take = rest[:60]
            while len(take.encode()) > 70:
                take = take[:-1]
            found, rest = found + take + "\r\n ", rest[len(take) :]
        lines.append(found + rest)
    return "\r\n".join(lines).encode()
