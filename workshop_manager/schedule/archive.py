"""The programme on paper and as one file to keep: a PDF, and HTML that needs nothing from anywhere."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from workshop_manager.core.deadlines import zone_label
from workshop_manager.core.errors import Conflict
from workshop_manager.proceedings import printing
from workshop_manager.proceedings.book import direction
from workshop_manager.schedule import exports, words
from workshop_manager.schedule.calendar import clean
from workshop_manager.schedule.exports import About
from workshop_manager.schedule.programme import EPOCH, Programme
from workshop_manager.schedule.timetable import NO_ZONE, Line, Timetable, Wanted, timetable
from workshop_manager.web.times import day_text

TEMPLATE = Path(__file__).resolve().parent / "press" / "programme.typ"


def _table(programme: Programme) -> Timetable:
    # Long before anything: what is kept for years tells neither what is on now nor what is past.
    return timetable(programme, now=EPOCH, own=NO_ZONE, wanted=Wanted(), marks={})


def _when(programme: Programme, told: About) -> str:
    zone = ZoneInfo(programme.zone)
    days = exports.days_of(programme)
    first = days[0].date if days else told.starts_at.astimezone(zone).date()
    last = days[-1].date if days else told.ends_at.astimezone(zone).date()
    text = day_text(first, year=True, short=False)
    return text if first == last else f"{text} – {day_text(last, year=True, short=False)}"


def _where(told: About) -> str:
    place = ", ".join(part for part in (told.venue, told.city) if part)
    if not told.in_person:
        return str(_("Online"))
    if not told.online:
        return place
    return str(_("%(place)s, and online", place=place)) if place else str(_("In person and online"))


def _zone(programme: Programme, told: About) -> str:
    """`CST (America/Chicago)`: who reads it in ten years may not know the letters."""
    label = zone_label(programme.zone, programme.items[0].start if programme.items else told.starts_at)
    return label if programme.zone in label else f"{label} ({programme.zone})"


def data_tag(programme: Programme, told: About) -> Markup:
    """schema.org's Events as a page holds them: data, which no browser runs and no title can end."""
    text = exports.json_ld(programme, told)
    return Markup('<script type="application/ld+json">') + Markup(text) + Markup("</script>")  # noqa: S704  # nosec B704 - no sign of HTML is in it


def html(programme: Programme, told: About) -> bytes:
    """The whole programme as one HTML file in UTF-8: no script, no picture and no style from elsewhere."""
    # Not Flask's `render_template`, which reads the session of whoever asks first for its context.
    page = current_app.jinja_env.get_template("schedule/archive.html").render(
        told=told,
        table=_table(programme),
        when=_when(programme, told),
        where=_where(told),
        zone=_zone(programme, told),
        data=data_tag(programme, told),
    )
    return page.encode("utf-8", "replace")


def _directed(text: str) -> dict[str, str]:
    tidy = clean(text).strip()
    return {"text": tidy, "dir": direction(tidy)}


def _names(line: Line) -> str:
    speakers, chairs = (
        ", ".join(f"{who.name} ({who.affiliation})" if who.affiliation else who.name for who in people)
        for people in (line.names, line.chairs)
    )
    return words.people_in_a_line(speakers, chairs, len(line.chairs))


def _row(line: Line) -> dict[str, Any]:
    return {
        "clock": line.label if line.label and len(line.label) < 6 else line.clock,
        "title": _directed(line.title),
        "names": _directed(_names(line)),
        "meta": _directed(line.meta),
        "cancelled": line.is_cancelled,
        "quiet": line.is_quiet,
        "kids": [_row(kid) for kid in line.kids],
    }


def document(programme: Programme, told: About) -> dict[str, Any]:
    """What is printed, as plain data for the press."""
    table = _table(programme)
    return {
        "title": clean(told.name),
        "name": _directed(told.name),
        "community": _directed(told.community),
        "tagline": _directed(told.tagline),
        "when": _when(programme, told),
        "where": _directed(_where(told)),
        "zone": str(_("All times: %(zone)s", zone=_zone(programme, told))),
        "accent": told.colour,
        "version": told.version,
        "page": told.page,
        "newest": str(_("The newest programme:")),
        "off": str(_("Called off")) if told.is_cancelled else "",
        "cancelled": str(_("cancelled")),
        "empty": str(_("Nothing is planned.")),
        "days": [{"title": day.title, "lines": [_row(line) for line in day.lines]} for day in table.days],
    }


def pdf(programme: Programme, told: About) -> bytes:
    """The programme as PDF on A4, tagged for screen readers; the same programme gives the same bytes.

    Refused, and nothing is lost, if it cannot be printed within the press's limits.
    """
    newest = max((item.changed_at for item in programme.items), default=EPOCH)
    try:
        return printing.printed(
            document(programme, told), max(newest, datetime(2000, 1, 1, tzinfo=UTC)), template=TEMPLATE
        ).pdf
    except printing.PressFailed as error:
        raise Conflict(str(_("The programme could not be printed. The page prints too."))) from error
