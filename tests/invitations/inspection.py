"""One look at an invitation as it came out of a mail server, by every rule that holds for all: what is wrong fails."""

import re
from email.message import EmailMessage
from typing import Any

import icalendar

from tests.schedule.inspection import _events, _zones
from tests.schedule.readers import Event, libical_events, node_events, vobject_calendar
from tests.schedule.test_calendar import check_bytes


def parts(mail: EmailMessage) -> tuple[list[EmailMessage], list[EmailMessage]]:
    """The calendars that stand beside the text, and those attached."""
    found = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    beside = [part for part in found if part.get_content_disposition() != "attachment"]
    return beside, [part for part in found if part not in beside]


def look(mail: EmailMessage, address: str, uid_domain: str) -> list[Any]:
    """Every message in that mail to that one address, as icalendar reads it; all other readers agree (RFC 6047)."""
    beside, attached = parts(mail)
    assert len(beside) == 1, "one calendar stands beside the text"
    alternative = next(part for part in mail.walk() if part.get_content_type() == "multipart/alternative")
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"], "not in the order that mail programs expect"
    assert [part.get_filename() for part in attached][:1] == ["invite.ics"]
    assert beside[0].get_payload(decode=True) == attached[0].get_payload(decode=True)
    return [check(part, address, uid_domain) for part in attached if check(beside[0], address, uid_domain)]


def check(part: EmailMessage, address: str, uid_domain: str) -> Any:
    """One message of one mail."""
    data: bytes = part.get_payload(decode=True)  # type: ignore[assignment]
    check_bytes(data)
    assert part.get_content_charset() == "utf-8"
    calendar = icalendar.Calendar.from_ical(data)
    method = str(calendar["METHOD"])
    assert method in ("REQUEST", "CANCEL")
    assert part.get_param("method") == method, "the part says another method than the calendar"
    [event] = calendar.walk("VEVENT")
    assert str(event["UID"]).endswith(f"@{uid_domain}"), "not the UID of the feed"
    attendees = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
    assert [str(one).removeprefix("mailto:") for one in attendees] == [address], "somebody else is named"
    assert str(event["ORGANIZER"]).startswith("mailto:"), "no organiser"
    others = set(re.findall(r"[\w.+-]+@[\w.-]+", data.replace(b"\r\n ", b"").decode())) - {
        address, str(event["UID"]), str(event["ORGANIZER"]).removeprefix("mailto:"),
        str(event["ORGANIZER"].params.get("SENT-BY", "")).removeprefix("mailto:"),
    }  # fmt: skip
    assert not others, "an address of somebody else"
    assert (str(event["STATUS"]) == "CANCELLED") is (method == "CANCEL")
    if method == "REQUEST":
        params = attendees[0].params
        assert (params["PARTSTAT"], params["RSVP"]) == ("NEEDS-ACTION", "FALSE")
    _events(data)
    _zones(data)
    _agree(data, event)
    return calendar


def _agree(data: bytes, event: Any) -> None:
    uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
    start = event["DTSTART"].dt
    other: list[Event] = [*node_events("ical.js", data), *node_events("node-ical", data), *libical_events(data)]
    assert [(one.uid, one.start, one.title) for one in other] == [(uid, start, str(event["SUMMARY"]))] * 3
    assert {one.sequence for one in other} == {sequence}
    [by_vobject] = vobject_calendar(data).contents["vevent"]
    assert (by_vobject.uid.value, by_vobject.dtstart.value) == (uid, start)
