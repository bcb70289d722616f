"""A programme as an iCalendar feed that phones, Outlook, Google and Thunderbird read alike.

Sources: RFC 5545 (iCalendar), RFC 7986 (NAME, COLOR, REFRESH-INTERVAL, CONFERENCE), RFC 5546 §3.2 (a published feed
without METHOD is no scheduling message), PEP 495 (fold). The same programme always gives the same bytes: no clock is
read, no random UID is drawn, and the library's own defaults for both (`Event.new`) are not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vCategory,
    vDDDTypes,
    vDuration,
    vRecur,
    vText,
    vUri,
)

from workshop_manager.schedule.programme import EPOCH, Item, Programme, Recording, as_utc, as_zone
from workshop_manager.schedule.rules import ClockChange, chairs_in_words, clock_changes, day_in_words, is_ambiguous

_UNTITLED = "(no title)"
PRODID = "-//Workshop Manager//Schedule//EN"
AOE = "Etc/GMT+12"

_UTC_NAMES = frozenset({"UTC", "UCT", "Zulu", "Universal", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal"})
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# --- text --------------------------------------------------------------------------------------------------------

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# C0 and C1 controls but tab and newline, DEL, lone surrogates, the byte-order mark and the two non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    """User text as a TEXT value may hold it (RFC 5545 §3.3.11): every kind of line end becomes `\\n`, control
    characters, byte-order marks and lone surrogates go. Everything else, also bidi marks, stays as typed."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


class _Text(vText):
    """TEXT escaped once (RFC 5545 §3.3.11). The library's own takes a typed backslash with an N for a line break."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def _uri(text: str) -> str | None:
    """An absolute URI in plain ASCII, or None; a line break in it would end the property and start another."""
    tidy = clean(text).strip()
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]", tidy) or re.search(r"\s", tidy):
        return None
    return quote(tidy, safe="!#$%&'()*+,-./:;=?@[]_~")


# --- colour ------------------------------------------------------------------------------------------------------

# RFC 7986 §5.9 allows only the CSS3 names, and an edition's accent is a number.
_NAMED_COLOURS = """
    aliceblue=f0f8ff antiquewhite=faebd7 aqua=00ffff aquamarine=7fffd4 azure=f0ffff beige=f5f5dc bisque=ffe4c4
    black=000000 blanchedalmond=ffebcd blue=0000ff blueviolet=8a2be2 brown=a52a2a burlywood=deb887 cadetblue=5f9ea0
    chartreuse=7fff00 chocolate=d2691e coral=ff7f50 cornflowerblue=6495ed cornsilk=fff8dc crimson=dc143c cyan=00ffff
    darkblue=00008b darkcyan=008b8b darkgoldenrod=b8860b darkgray=a9a9a9 darkgreen=006400 darkgrey=a9a9a9
    darkkhaki=bdb76b darkmagenta=8b008b darkolivegreen=556b2f darkorange=ff8c00 darkorchid=9932cc darkred=8b0000
    darksalmon=e9967a darkseagreen=8fbc8f darkslateblue=483d8b darkslategray=2f4f4f darkslategrey=2f4f4f
    darkturquoise=00ced1 darkviolet=9400d3 deeppink=ff1493 deepskyblue=00bfff dimgray=696969 dimgrey=696969
    dodgerblue=1e90ff firebrick=b22222 floralwhite=fffaf0 forestgreen=228b22 fuchsia=ff00ff gainsboro=dcdcdc
    ghostwhite=f8f8ff gold=ffd700 goldenrod=daa520 gray=808080 green=008000 greenyellow=adff2f grey=808080
    honeydew=f0fff0 hotpink=ff69b4 indianred=cd5c5c indigo=4b0082 ivory=fffff0 khaki=f0e68c lavender=e6e6fa
    lavenderblush=fff0f5 lawngreen=7cfc00 lemonchiffon=fffacd lightblue=add8e6 lightcoral=f08080 lightcyan=e0ffff
    lightgoldenrodyellow=fafad2 lightgray=d3d3d3 lightgreen=90ee90 lightgrey=d3d3d3 lightpink=ffb6c1
    lightsalmon=ffa07a lightseagreen=20b2aa lightskyblue=87cefa lightslategray=778899 lightslategrey=778899
    lightsteelblue=b0c4de lightyellow=ffffe0 lime=00ff00 limegreen=32cd32 linen=faf0e6 magenta=ff00ff maroon=800000
    mediumaquamarine=66cdaa mediumblue=0000cd mediumorchid=ba55d3 mediumpurple=9370db mediumseagreen=3cb371
    mediumslateblue=7b68ee mediumspringgreen=00fa9a mediumturquoise=48d1cc mediumvioletred=c71585
    midnightblue=191970 mintcream=f5fffa mistyrose=ffe4e1 moccasin=ffe4b5 navajowhite=ffdead navy=000080
    oldlace=fdf5e6 olive=808000 olivedrab=6b8e23 orange=ffa500 orangered=ff4500 orchid=da70d6 palegoldenrod=eee8aa
    palegreen=98fb98 paleturquoise=afeeee palevioletred=db7093 papayawhip=ffefd5 peachpuff=ffdab9 peru=cd853f
    pink=ffc0cb plum=dda0dd powderblue=b0e0e6 purple=800080 rebeccapurple=663399 red=ff0000 rosybrown=bc8f8f
    royalblue=4169e1 saddlebrown=8b4513 salmon=fa8072 sandybrown=f4a460 seagreen=2e8b57 seashell=fff5ee
    sienna=a0522d silver=c0c0c0 skyblue=87ceeb slateblue=6a5acd slategray=708090 slategrey=708090 snow=fffafa
    springgreen=00ff7f steelblue=4682b4 tan=d2b48c teal=008080 thistle=d8bfd8 tomato=ff6347 turquoise=40e0d0
    violet=ee82ee wheat=f5deb3 white=ffffff whitesmoke=f5f5f5 yellow=ffff00 yellowgreen=9acd32
"""
_COLOURS = dict(pair.split("=") for pair in _NAMED_COLOURS.split())


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[0:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def colour_name(colour: str) -> str | None:
    """The CSS3 name of a colour given as a name, `#rgb` or `#rrggbb`, or the nearest one; None if it is no colour."""
    wanted = colour.strip().lower()
    if wanted in _COLOURS:
        return wanted
    digits = wanted.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        return None
    red, green, blue = _channels(digits)

    def distance(name: str) -> float:
        # "Redmean": close to what eyes see, without a colour library.
        r, g, b = _channels(_COLOURS[name])
        mean = (red + r) / 2
        return (2 + mean / 256) * (red - r) ** 2 + 4 * (green - g) ** 2 + (2 + (255 - mean) / 256) * (blue - b) ** 2

    return min(sorted(_COLOURS), key=distance)


# --- time zones --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Observance:
    """One STANDARD or DAYLIGHT part: its onsets follow `rule` (None: one onset) until `last` (None: for ever)."""

    first: ClockChange
    rule: str | None
    last: ClockChange | None


def _weekday_rules(onset: datetime) -> set[str]:
    """The yearly rules this one date is an example of: `2SU`, `-1SU`. A fifth Sunday is only ever "the last"."""
    day = _DAYS[onset.weekday()]
    rules = set()
    nth = (onset.day - 1) // 7 + 1
    if nth <= 4:
        rules.add(f"{nth}{day}")
    if (onset + timedelta(days=7)).month != onset.month:
        rules.add(f"-1{day}")
    return rules


@lru_cache(maxsize=512)
def _observances(zone: str, first_year: int, last_year: int) -> tuple[_Observance, ...]:
    # The year before holds the onset that is still in force on 1 January. Ten years more show whether a pattern is
    # the zone's rule or chance; only what begins in the years asked for is written.
    begin, horizon = max(first_year - 1, 1902), min(max(last_year, first_year) + 10, 9998)
    alike: dict[tuple[object, ...], list[ClockChange]] = {}
    for change in clock_changes(zone, begin, horizon):
        onset = change.onset
        key = (change.before, change.after, change.name, change.daylight, onset.month, onset.weekday(), onset.time())
        alike.setdefault(key, []).append(change)
    found = []
    for changes in alike.values():
        at = 0
        while at < len(changes):
            rules = _weekday_rules(changes[at].onset)
            end = at + 1
            while end < len(changes) and changes[end].onset.year == changes[end - 1].onset.year + 1:
                shared = rules & _weekday_rules(changes[end].onset)
                if not shared:
                    break
                rules, end = shared, end + 1
            run = changes[at:end]
            at = end
            if run[0].at.year > last_year + 1:
                continue
            rule = min(rules) if len(run) > 1 else None  # "-1SU" sorts before "4SU": the last Sunday, where both fit
            # A run that reaches the horizon is the rule of the zone from now on.
            last = None if run[-1].onset.year >= horizon or rule is None else run[-1]
            found.append(_Observance(run[0], rule, last))
    found.sort(key=lambda each: each.first.at)
    if not found or found[0].first.at.year >= first_year:
        start = datetime(begin, 1, 1, tzinfo=UTC) if found else datetime(1970, 1, 1, tzinfo=UTC)
        # Nothing changes before the first instant needed: one part that only says what holds.
        local = datetime(begin, 1, 1, tzinfo=UTC).astimezone(as_zone(zone))
        offset = local.utcoffset() or timedelta(0)
        base = ClockChange(start - offset, offset, offset, local.tzname() or zone, False)
        found.insert(0, _Observance(base, None, None))
    if all(each.first.daylight for each in found):
        # A summer time that was never taken back (Istanbul in 2016) is the standard time now; some readers look for
        # a STANDARD part first and know no time without one.
        found = [replace(each, first=replace(each.first, daylight=False)) for each in found]
    return tuple(found)


def vtimezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of an IANA zone, right for every instant of the years given (UTC years, both included).

    Each observance is a STANDARD or DAYLIGHT part with a yearly RRULE by nth or last weekday where the pattern holds
    for two years or more, and a part with only DTSTART for an onset that stands alone (RFC 5545 §3.6.5). There is no
    RDATE: Outlook ignores it and ical.js reads only the first value of a list. Unknown zones raise `ProgrammeError`.
    """
    component = Timezone()
    component.add("TZID", _Text(zone))
    for observance in _observances(zone, first_year, last_year):
        change = observance.first
        part = TimezoneDaylight() if change.daylight else TimezoneStandard()
        part.add("DTSTART", vDDDTypes(change.onset))
        part.add("TZOFFSETFROM", change.before)
        part.add("TZOFFSETTO", change.after)
        part.add("TZNAME", _Text(change.name))
        if observance.rule is not None:
            recurrence: dict[str, object] = {"FREQ": "YEARLY", "BYMONTH": change.onset.month, "BYDAY": observance.rule}
            if observance.last is not None:
                # UNTIL is UTC here (§3.6.5), but dateutil compares it with the local onset and would lose the last
                # one east of Greenwich. A day later is the same set for both, the next onset being a year away.
                recurrence["UNTIL"] = observance.last.at + timedelta(days=1)
            part.add("RRULE", vRecur(recurrence))
        component.add_component(part)
    return component


def _is_utc(zone: str) -> bool:
    return zone in _UTC_NAMES


class _Clockwork:
    """Writes instants in their zone and remembers which VTIMEZONE the calendar needs for them."""

    def __init__(self) -> None:
        self.years: dict[str, set[int]] = {}

    def add(self, event: Event, zone: str, times: dict[str, datetime]) -> None:
        # An hour that comes twice cannot be said with a TZID (RFC 5545 §3.3.5 always means the first), so such an
        # event is written in UTC as a whole: DTSTART and DTEND must be of one kind (§3.8.2.2).
        plain = _is_utc(zone) or any(is_ambiguous(moment, zone) for moment in times.values())
        for name, moment in times.items():
            if plain:
                event.add(name, vDDDTypes(moment))
                continue
            local = moment.astimezone(as_zone(zone))
            value = vDDDTypes(local.replace(tzinfo=None, fold=0))
            value.params["TZID"] = zone
            event.add(name, value)
            self.years.setdefault(zone, set()).add(local.year)

    def components(self) -> list[Timezone]:
        return [vtimezone(zone, min(years), max(years)) for zone, years in sorted(self.years.items())]


# --- the calendar ------------------------------------------------------------------------------------------------


def _calendar(name: str, url: str | None, colour: str | None, refresh_hours: int) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", _Text(PRODID))
    calendar.add("VERSION", _Text("2.0"))
    calendar.add("CALSCALE", _Text("GREGORIAN"))
    # The RFC's own property and the one that Apple, Google and Outlook really read, twice.
    # A property without a value is an error to libical (GNOME, KDE).
    called = clean(name) if clean(name).strip() else "Schedule"
    calendar.add("NAME", _Text(called))
    calendar.add("X-WR-CALNAME", _Text(called))
    every = vDuration(timedelta(hours=max(1, refresh_hours)))
    every.params["VALUE"] = "DURATION"  # RFC 7986 §5.7 demands it
    calendar.add("REFRESH-INTERVAL", every)
    calendar.add("X-PUBLISHED-TTL", vDuration(timedelta(hours=max(1, refresh_hours))))
    address = _uri(url) if url else None
    if address:
        calendar.add("URL", vUri(address))
    named = colour_name(colour) if colour else None
    if named:
        calendar.add("COLOR", _Text(named))
        calendar.add("X-APPLE-CALENDAR-COLOR", _Text(f"#{_COLOURS[named].upper()}"))
    return calendar


def _finish(calendar: Calendar, events: list[Event], clockwork: _Clockwork, zone: str) -> bytes:
    zones = clockwork.components()
    if not zones and not events:
        # RFC 5545 §3.6 asks for at least one component, also in a calendar without events.
        zones = [vtimezone(zone, 2024, 2024)]
    for component in [*zones, *events]:
        calendar.add_component(component)
    written: bytes = calendar.to_ical()
    return written


def _event(uid: str, sequence: int, changed_at: datetime, cancelled: bool, summary: str) -> Event:
    event = Event()
    event.add("UID", _Text(uid))
    # The revision's time, never the clock: an unchanged feed must be the same bytes an hour later.
    event.add("DTSTAMP", vDDDTypes(changed_at))
    event.add("LAST-MODIFIED", vDDDTypes(changed_at))
    event.add("SEQUENCE", sequence)
    event.add("STATUS", _Text("CANCELLED" if cancelled else "CONFIRMED"))
    event.add("SUMMARY", _Text(clean(summary) if clean(summary).strip() else _UNTITLED))
    return event


_RECORDING_NOTES = {
    Recording.RECORDED: "This is recorded.",
    Recording.NOT_RECORDED: "This is not recorded.",
    Recording.FORBIDDEN: "Please do not record this.",
    Recording.UNDECIDED: "",
}


def _description(programme: Programme, item: Item, page: str | None, link: str | None) -> str:
    speakers = ", ".join(
        f"{who.name} ({who.affiliation})" if who.affiliation else who.name for who in item.listed_speakers
    )
    around = programme.item(item.parent)
    parts = [
        f"Join online: {link}" if link else "",
        speakers,
        chairs_in_words(item),
        item.abstract,
        f"Part of: {around.heading}" if around is not None else "",
        f"Track: {item.track}" if item.track else "",
        "Given remotely." if item.remote else "",
        _RECORDING_NOTES[item.recording],
        page or "",
    ]
    return "\n\n".join(part for part in map(clean, parts) if part.strip())


def _item_event(
    programme: Programme, item: Item, changed_at: datetime, base: str | None, clockwork: _Clockwork, link: str | None
) -> Event:
    event = _event(f"{item.uid}@{programme.uid_domain}", item.sequence, changed_at, item.cancelled, item.heading)
    times = {"DTSTART": item.start}
    if item.end is not None and item.end > item.start:
        # §3.8.2.2: DTEND must be later than DTSTART; without one the event is a moment.
        times["DTEND"] = item.end
    clockwork.add(event, programme.zone, times)
    room = programme.room_of(item)
    if room and clean(room).strip():
        event.add("LOCATION", _Text(clean(room)))
    if item.track and clean(item.track).strip():
        # Two readers split a category at an escaped comma too: write none.
        tidy = re.sub(r"\s*[,;\n]\s*", " / ", clean(item.track).strip())
        categories = vCategory([])
        categories.cats = [_Text(tidy)]
        event.add("CATEGORIES", categories)
    page = f"{base.partition('#')[0]}#item-{item.uid}" if base else None
    if page:
        event.add("URL", vUri(page))
    if link:
        address = _uri(link)
        if address:
            conference = vUri(address)
            conference.params["VALUE"] = "URI"
            conference.params["FEATURE"] = "VIDEO"
            conference.params["LABEL"] = "Join online"
            event.add("CONFERENCE", conference)
        link = address or link
    description = _description(programme, item, page, link)
    if description:
        event.add("DESCRIPTION", _Text(description))
    return event


def feed(
    programme: Programme,
    *,
    name: str,
    url: str | None,
    colour: str | None = None,
    refresh_hours: int = 6,
    join: Callable[[Item], str | None] | None = None,
    only: Callable[[Item], bool] | None = None,
) -> bytes:
    """The programme as one VCALENDAR in UTF-8, CRLF line ends, lines of at most 75 octets.

    - `name` is the calendar's name, distinct per feed; `url` the page that tells of this calendar (absolute, or None);
    - `colour` a CSS name or `#rrggbb`, written as the nearest CSS3 name;
    - `refresh_hours` how often clients should ask (1 at least);
    - `join` gives an item's join link, or None; without it no link is written anywhere. Pass it only for the feed of
      somebody registered. The link stands in CONFERENCE and DESCRIPTION, since several clients ignore the first;
    - `only` picks the items written; all are without it. Tombstones that are over leave with
      `only=lambda item: not item.cancelled or item.over_at > now`.

    Event UIDs are `item-uid@uid_domain`; an event's page is `programme.url#item-uid`. Times stand in the programme's
    zone with a VTIMEZONE, in UTC where the zone is UTC or the local time comes twice. Nobody unlisted is named.
    """
    calendar = _calendar(name, url, colour, refresh_hours)
    clockwork = _Clockwork()
    events = []
    base = _uri(programme.url) if programme.url else None
    for item in programme.items:
        if only is not None and not only(item):
            continue
        link = join(item) if join is not None and not item.cancelled else None
        event = _item_event(programme, item, item.changed_at, base, clockwork, link)
        events.append(event)
    return _finish(calendar, events, clockwork, programme.zone)


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or gets an invitation: a mail address, and a name."""

    address: str
    name: str = ""


def _party(party: Party) -> vCalAddress:
    value = vCalAddress(f"mailto:{party.address}")
    # No quotes within a quoted parameter (§3.1); a name without letters is none.
    name = " ".join(clean(party.name).replace('"', "\u2019").split())
    if name:
        value.params["CN"] = name
    return value


def invitation(
    programme: Programme,
    item: Item,
    *,
    made_at: datetime,
    organiser: Party,
    sent_by: str,
    to: Party,
) -> bytes:
    """One item as a message to one person, to be mailed (RFC 5546 §3.2.2 and §3.2.5, RFC 6047): UTF-8, as `feed`.

    METHOD is REQUEST, or CANCEL for an item that is called off (or is no longer that person's: the caller says so by
    `cancelled`). UID is that of the feed, SEQUENCE the item's. The only ATTENDEE is that person, and no reply is asked
    for by mail: they answer by a link. `sent_by` is the address the mail comes from; `made_at` becomes DTSTAMP.
    """
    calendar = Calendar()
    calendar.add("PRODID", _Text(PRODID))
    calendar.add("VERSION", _Text("2.0"))
    calendar.add("CALSCALE", _Text("GREGORIAN"))
    calendar.add("METHOD", _Text("CANCEL" if item.cancelled else "REQUEST"))
    clockwork = _Clockwork()
    event = _item_event(programme, item, made_at, _uri(programme.url) if programme.url else None, clockwork, None)
    sender = _party(organiser)
    if sent_by.casefold() != organiser.address.casefold():
        sender.params["SENT-BY"] = f"mailto:{sent_by}"
    event.add("ORGANIZER", sender)
    attendee = _party(to)
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    if not item.cancelled:
        attendee.params["PARTSTAT"] = "NEEDS-ACTION"
        attendee.params["RSVP"] = "FALSE"
    event.add("ATTENDEE", attendee)
    return _finish(calendar, [event], clockwork, programme.zone)


_EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?\r\nEND:VEVENT\r\n", re.DOTALL)
_UID = re.compile(rb"\r\nUID:([^@\r]+)@")


def part(whole: bytes, uids: Collection[str], *, name: str, url: str | None, colour: str | None = None) -> bytes:
    """Some items of a calendar that `feed` made, as a calendar of its own under its own `name`.

    The events are the same to the byte, with the same UID and SEQUENCE, so that who subscribes to both has each once.
    None of them is made again: a room's calendar costs a search through the whole one.
    """
    head: bytes = _calendar(name, url, colour, 6).to_ical().removesuffix(b"END:VCALENDAR\r\n")
    zones, _, _ = whole[whole.index(b"BEGIN:VTIMEZONE") if b"BEGIN:VTIMEZONE" in whole else len(whole) :].partition(
        b"BEGIN:VEVENT"
    )
    wanted = {uid.encode() for uid in uids}
    events = [
        event
        for event in _EVENT.findall(whole)
        if (found := _UID.search(event.replace(b"\r\n ", b""))) and found[1] in wanted
    ]
    if not events and not zones:
        zones = vtimezone("Etc/UTC", 2024, 2024).to_ical()
    return head + zones.removesuffix(b"END:VCALENDAR\r\n") + b"".join(events) + b"END:VCALENDAR\r\n"


# --- deadlines ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date that people must keep: the instant, and the IANA zone it was announced in (`Etc/GMT+12` for AoE).

    `uid`, `sequence`, `changed_at` and `cancelled` as for an `Item`; `url` is the page to act on.
    """

    uid: str
    title: str
    at: datetime
    zone: str
    description: str = ""
    url: str | None = None
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime = EPOCH


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, from the first to the last, both included: the event itself, as people mark it in a calendar.

    `uid`, `sequence`, `changed_at` and `cancelled` as for an `Item`.
    """

    uid: str
    title: str
    first: date
    last: date
    description: str = ""
    location: str = ""
    url: str | None = None
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime = EPOCH


def _whole_days(days: Days, uid_domain: str) -> Event:
    event = _event(f"{days.uid}@{uid_domain}", days.sequence, as_utc(days.changed_at), days.cancelled, days.title)
    # §3.6.1: the end of a whole-day event is the day after its last.
    for name, day in (("DTSTART", days.first), ("DTEND", days.last + timedelta(days=1))):
        value = vDDDTypes(day)
        value.params["VALUE"] = "DATE"
        event.add(name, value)
    event.add("TRANSP", _Text("TRANSPARENT"))
    if clean(days.location).strip():
        event.add("LOCATION", _Text(clean(days.location)))
    page = _uri(days.url) if days.url else None
    if page:
        event.add("URL", vUri(page))
    parts = [clean(days.description), page or ""]
    if text := "\n\n".join(part for part in parts if part.strip()):
        event.add("DESCRIPTION", _Text(text))
    return event


def announced(at: datetime, zone: str) -> str:
    """The wall-clock time of an instant as it is announced: `23:59 AoE`, `17:00 CET`, `17:00 (Asia/Dubai)`."""
    local = at.astimezone(as_zone(zone))
    if zone == AOE:
        word = "AoE"
    elif _is_utc(zone):
        word = "UTC"
    else:
        short = local.tzname() or ""
        word = short if short.isalpha() else f"({zone})"
    return f"{local.hour:02d}:{local.minute:02d} {word}"


def deadlines_feed(
    deadlines: Iterable[Deadline],
    *,
    uid_domain: str,
    name: str,
    url: str | None,
    colour: str | None = None,
    refresh_hours: int = 6,
    days: Iterable[Days] = (),
) -> bytes:
    """Deadlines as moments in a VCALENDAR (VEVENT without DTEND, RFC 5545 §3.6.1), each in its announced zone.

    `days` come after them: whole days, such as those of the event itself.

    They are events, not VTODOs, which several clients never show; the title carries the announced time, because a
    reader in another zone sees only their own. 23:59 AoE is 11:59 UTC on the next day. Order: by instant, then uid.
    """
    calendar = _calendar(name, url, colour, refresh_hours)
    clockwork = _Clockwork()
    events = []
    for deadline in sorted(deadlines, key=lambda each: (as_utc(each.at), each.uid)):
        at = as_utc(deadline.at)
        local = at.astimezone(as_zone(deadline.zone))
        label = announced(at, deadline.zone)
        event = _event(
            f"{deadline.uid}@{uid_domain}",
            deadline.sequence,
            as_utc(deadline.changed_at),
            deadline.cancelled,
            f"{deadline.title} ({label})",
        )
        clockwork.add(event, deadline.zone, {"DTSTART": at})
        # A deadline is no meeting: nobody is busy at it.
        event.add("TRANSP", _Text("TRANSPARENT"))
        page = _uri(deadline.url) if deadline.url else None
        if page:
            event.add("URL", vUri(page))
        meaning = " (anywhere on Earth)" if deadline.zone == AOE else ""
        when = f"{day_in_words(local.date())}, {label}{meaning}"
        if not _is_utc(deadline.zone):
            when += f", which is {at.hour:02d}:{at.minute:02d} UTC on {day_in_words(at.date())}"
        parts = [f"{when}.", clean(deadline.description), page or ""]
        event.add("DESCRIPTION", _Text("\n\n".join(part for part in parts if part.strip())))
        events.append(event)
    events += [_whole_days(each, uid_domain) for each in days]
    return _finish(calendar, events, clockwork, "Etc/UTC")
