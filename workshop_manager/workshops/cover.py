"""What an edition's public page says, worked out before the template: dates in both zones, places, the thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from markupsafe import Markup

from workshop_manager.core.deadlines import Deadline, zone_place
from workshop_manager.core.text import isolated
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.request import viewer_zone
from workshop_manager.web.times import DeadlineText, IntervalText, clock_text, day_text, deadline_text, interval_text
from workshop_manager.workshops.dates import Dated
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.panels import FurtherDate
from workshop_manager.workshops.rules import meetings
from workshop_manager.workshops.states import Kind, Mode, Repeat
from workshop_manager.workshops.words import date_name, kind_name, repeat_name, sign_for

SHOWN_MEETINGS = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """When something takes place: days, hours there, hours here, and a machine's version of the start."""

    day: str
    there: str
    own: str | None
    own_plus: int
    own_place: str
    iso: str


@dataclass(frozen=True, slots=True)
class Step:
    """One date of the thread; `stage` is past, next or empty, `mark` says that it was moved."""

    title: str
    stage: str
    mark: str
    when: DeadlineText
    interval: IntervalText | None = None


@dataclass(frozen=True, slots=True)
class Knowing:
    """One paragraph of "Good to know" with its sign."""

    icon: str
    html: Markup


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition in a list."""

    edition: Edition
    when: str
    where: str
    kind: str
    is_past: bool
    is_draft: bool
    is_cancelled: bool = False


def moment(start: datetime, end: datetime, zone: str, city: str | None, now: datetime) -> Moment:
    """`Monday 11 December 2023`, `08:30–13:00 in New Orleans (CST)`, and `21:30–02:00` for you in Jakarta (WIB)."""
    first, last = start.astimezone(ZoneInfo(zone)).date(), end.astimezone(ZoneInfo(zone)).date()
    day = day_text(first, year=True, short=False)
    hours, own = interval_text(start, end, zone), viewer_zone()
    text, own_hours, own_plus = hours.text, hours.own, hours.own_plus1
    if last != first:
        # The days stand above; the hours only say to which of them they belong.
        day = f"{day_text(first, year=first.year != last.year)} – {day_text(last, year=True)}"
        text, own_plus = _hours(start, end, zone), 0
        if own and own_hours:
            shifted = start.astimezone(ZoneInfo(own)).date() != first or end.astimezone(ZoneInfo(own)).date() != last
            own_hours = _days_and_hours(start, end, own) if shifted else _hours(start, end, own)
    own_place = zone_place(own, start) if own else ""
    if city:
        there = str(_("%(hours)s in %(city)s (%(zone)s)", hours=text, city=isolated(city), zone=hours.zone))
    else:
        there = f"{text} {hours.zone}"
    return Moment(day, there, own_hours, own_plus, own_place, start.strftime("%Y-%m-%dT%H:%MZ"))


def _hours(start: datetime, end: datetime, zone: str) -> str:
    """The hours of something over several days that stand beside them; a night is one stretch."""
    begin, close = (clock_text(at.astimezone(ZoneInfo(zone))) for at in (start, end))
    if end - start < timedelta(days=1):
        return f"{begin}–{close}"
    return str(_("from %(start)s on the first day to %(end)s on the last", start=begin, end=close))


def _days_and_hours(start: datetime, end: datetime, zone: str) -> str:
    first, last = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    return f"{day_text(first.date())}, {clock_text(first)} – {day_text(last.date())}, {clock_text(last)}"


def coming_meetings(edition: Edition, now: datetime, most: int = SHOWN_MEETINGS) -> list[tuple[datetime, datetime]]:
    """The next meetups of a series as (start, end); empty for what happens once, and after the last."""
    if edition.repeats is Repeat.NEVER or not edition.meeting_minutes:
        return []
    return meetings(
        edition.starts_at,
        edition.ends_at,
        edition.meeting_minutes,
        edition.repeats,
        edition.time_zone,
        after=now,
        most=most,
    )


def next_time(edition: Edition, now: datetime) -> tuple[datetime, datetime]:
    """When it is on next: the edition itself, or the next meetup of a series."""
    coming = coming_meetings(edition, now, 1)
    return coming[0] if coming else (edition.starts_at, edition.ends_at)


def moments(edition: Edition, now: datetime) -> list[Moment]:
    """The times of the cover: one, or the next meetups of a series."""
    times = coming_meetings(edition, now) or [(edition.starts_at, edition.ends_at)]
    return [moment(start, end, edition.time_zone, edition.city, now) for start, end in times]


def place(edition: Edition) -> tuple[str, str]:
    """`New Orleans, and online`, and the sentence beneath."""
    city = edition.city or ""
    if edition.mode is Mode.VIRTUAL:
        return str(_("Online")), str(_("The link comes with your registration, and only there"))
    if edition.mode is Mode.IN_PERSON:
        return city or edition.venue or str(_("In person")), edition.venue if city and edition.venue else ""
    where = str(_("%(city)s, and online", city=isolated(city))) if city else str(_("In person and online"))
    return where, edition.venue or str(_("Attend in person or virtually, and change your mind later"))


def over(edition: Edition, now: datetime) -> str:
    """The line above the title."""
    if edition.tagline:
        return edition.tagline
    if edition.repeats is not Repeat.NEVER:
        return f"{kind_name(edition.kind)}\u00a0· {repeat_name(edition.repeats)}"
    if edition.host_event:
        return str(_("%(kind)s at %(host)s", kind=kind_name(edition.kind), host=isolated(edition.host_event)))
    return kind_name(edition.kind)


def thread(
    edition: Edition, dates: Sequence[ImportantDate], now: datetime, further: Sequence[FurtherDate] = ()
) -> list[Step]:
    """All dates, those of rounds and tracks, and the event itself in order; the first that is not past is next."""
    named: list[tuple[str, Dated]] = [(row.label or date_name(row.key), row) for row in dates]
    named += [(one.name, one.row) for one in further]
    steps = [(row.deadline.at, name, _mark(row), _text(row), None) for name, row in named]
    start, end = next_time(edition, now)
    name = kind_name(Kind.MEETUP) if edition.repeats is not Repeat.NEVER else kind_name(edition.kind)
    hours = interval_text(start, end, edition.time_zone)
    event = (start, name, "", deadline_text(Deadline(start, edition.time_zone)), hours)
    # At the same instant the event comes last: what leads to it stands before it.
    ordered = sorted([*((*s, 0) for s in steps), (*event, 1)], key=lambda s: (s[0], s[5]))
    out: list[Step] = []
    seen_next = False
    for at, title, mark, text, interval, is_event in ordered:
        ended = end < now if is_event else at < now
        stage = "past" if ended else ("" if seen_next else "next")
        seen_next = seen_next or stage == "next"
        out.append(Step(title, stage, mark, text, interval))
    return out


def _text(row: Dated) -> DeadlineText:
    return deadline_text(row.deadline, tuple(e.deadline for e in row.earlier))


def _mark(row: Dated) -> str:
    earlier = [e.deadline.at for e in row.earlier]
    if not earlier:
        return ""
    return str(_("extended")) if row.deadline.at > earlier[-1] else str(_("new date"))


def flat_markdown(source: str) -> Markup:
    """Markdown inside a part of a page that has its own heading: headings in it become bold lines."""
    html = str(render_markdown(source))
    for level in ("h3", "h4"):
        html = html.replace(f"<{level}>", "<p><strong>").replace(f"</{level}>", "</strong></p>")
    return Markup(html)  # nosec B704  # noqa: S704 - only tags of what was cleaned are exchanged


def good_to_know(edition: Edition) -> list[Knowing]:
    """The paragraphs, each with a sign; a list counts as one paragraph an item."""
    parts = [part.strip() for part in edition.good_to_know.replace("\n- ", "\n\n").split("\n\n")]
    return [Knowing(sign_for(part), flat_markdown(part.removeprefix("- "))) for part in parts if part]


def line(edition: Edition, now: datetime) -> EditionLine:
    """An edition as it stands in lists."""
    start, end = next_time(edition, now)
    local = start.astimezone(ZoneInfo(edition.time_zone))
    return EditionLine(
        edition,
        day_text(local.date(), year=True),
        place(edition)[0],
        kind_name(edition.kind),
        end < now,
        edition.visibility.value == "draft",
        edition.is_cancelled,
    )


def description(edition: Edition) -> str:
    """For search engines and shared links: plain words, at most 200 characters."""
    text = str(render_markdown(edition.summary).striptags()) or over(edition, edition.starts_at)
    return text if len(text) <= 200 else text[:199].rstrip() + "…"
