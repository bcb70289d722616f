"""The public schedule: page, list of changes, calendars, and a person's own calendar."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Row

from workshop_manager.calls.models import CallDate
from workshop_manager.calls.words import placed_name
from workshop_manager.core.deadlines import zone_city, zone_names
from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import clean_line
from workshop_manager.schedule import (
    beside_items,
    calendar,
    drafting,
    feeds,
    joining,
    personal,
    posters,
    publishing,
    queries,
    stars,
)
from workshop_manager.schedule.calendar import Days, Deadline
from workshop_manager.schedule.drawing import qr_code
from workshop_manager.schedule.exports import star_of
from workshop_manager.schedule.forms import zone_choices
from workshop_manager.schedule.timetable import Pages, Timetable, Wanted, change_marks, timetable
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.assets import keeper
from workshop_manager.web.conditional import condition
from workshop_manager.web.forms import tell
from workshop_manager.web.headers import may_be_framed
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import platform, unit, viewer_person, viewer_zone
from workshop_manager.web.times import day_text, when_text
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops import cover
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.rules import MAY_SCHEDULE
from workshop_manager.workshops.states import Kind as EditionKind
from workshop_manager.workshops.states import Repeat
from workshop_manager.workshops.words import date_name

blueprint = Blueprint("schedule", __name__)
LATELY = 3
FIND_LENGTH = 100
RELEASES_PER_PAGE = 10


# -- pages -----------------------------------------------------------------------------------------------------------


@blueprint.get("/<community>/<edition>/schedule", endpoint="page")
@access(EDITION)
@kept_for_visitors
def show(community: str, edition: str) -> Response:
    """The released programme in two clocks, with what is on now, what changed, and ways to follow it."""
    at, uow = here(), unit()
    navigation.frame().canonical = absolute("schedule.page", community=community, edition=edition)
    shown = queries.published(uow.session, at.edition.id)
    subscribing = subscriptions(at.edition)
    if shown is None:
        return page("schedule/waiting.html", at=at, subscribing=subscribing, may_edit=at.standing.may(MAY_SCHEDULE))
    programme = publishing.parsed(shown.programme)
    lines = queries.release_lines(uow.session, at.edition.id, most=LATELY)
    asked_zone = request.args.get("zone", "")
    if asked_zone not in zone_names():
        asked_zone = "none" if asked_zone == "none" else ""
    asked = request.args.get
    wanted = Wanted(
        asked("kind", "")[:20],
        clean_line(asked("q", ""))[:FIND_LENGTH],
        asked("day", "")[:10],
        clean_line(asked("room", ""))[:FIND_LENGTH],
        clean_line(asked("track", ""))[:FIND_LENGTH],
    )
    marks = change_marks(lines[0].changes, programme) if lines and lines[0].number > 1 else {}
    marks = beside_items.with_marks(marks, uow.session, at.edition.id, programme, at.edition.ends_at, uow.now)
    board = posters.poster_lists(uow.session, at.edition.id)
    table = timetable(
        programme,
        now=uow.now,
        own=asked_zone or viewer_zone(),
        wanted=wanted,
        marks=marks,
        posters=board.summary if board else "",
        pages=pages_at(at),
    )
    is_series = is_meetup(at.edition)
    return page(
        "schedule/page.html",
        at=at,
        table=table,
        coming=[day for day in table.days if not (is_series and day.is_past)],
        past=[day for day in reversed(table.days) if day.is_past] if is_series else [],
        is_series=is_series,
        made_at=uow.now.isoformat(timespec="seconds"),
        made_text=when_text(uow.now, at.edition.time_zone),
        wanted=wanted,
        mine=_mine(at),
        filters=_filters(at, table, wanted, asked_zone),
        zones=zone_choices(viewer_zone(), asked_zone, programme.zone, table.first),
        asked_zone=asked_zone,
        event_place=at.edition.city or zone_city(programme.zone) or str(_("At the event")),
        where=cover.place(at.edition)[0],
        released_on=_day_of(lines[0].released_at, at.edition.time_zone) if lines else "",
        own_city=zone_city(table.clocks.own.key) if table.clocks.own else "",
        when=_when(at.edition, table),
        releases=lines,
        posters=board,
        subscribing=subscribing,
        # Only on the whole page, which is the one that search engines are led to.
        data=publishing.json_ld(shown.programme, publishing.about(at.edition, None)) if wanted.is_all else "",
        may_edit=at.standing.may(MAY_SCHEDULE),
    )


@blueprint.get("/<community>/<edition>/schedule/worker.js")
@access(EDITION)
def page_worker(community: str, edition: str) -> Response:
    """What keeps that one page for when there is no network."""
    return keeper(here().url("schedule.page"))


@blueprint.get("/<community>/<edition>/schedule/embed")
@access(EDITION)
@kept_for_visitors
def embed(community: str, edition: str) -> Response:
    """The list by itself, to stand in a frame of another site: no form, no cookie, nothing of whoever reads it."""
    at, uow = here(), unit()
    navigation.frame().canonical = absolute("schedule.page", community=community, edition=edition)
    shown = queries.published(uow.session, at.edition.id)
    table = None
    if shown is not None:
        programme = publishing.parsed(shown.programme)
        table = timetable(programme, now=uow.now, own=None, wanted=Wanted(), marks={})
    return may_be_framed(page("schedule/embed.html", at=at, table=table))


def pages_at(at: Here) -> Pages:
    """The addresses of items and speakers of this edition."""
    # One address is made and filled: a page names hundreds.
    speaker, item = at.url("schedule.speaker", code="-"), at.url("schedule.item", uid="-")
    return Pages(lambda code: speaker[:-1] + code, lambda uid: item[:-1] + uid)


def _mine(at: Here) -> str | None:
    """The stars of whoever is signed in, as the page writes them; None for everybody else."""
    person = viewer_person()
    if person is None:
        return None
    return " ".join(sorted(star_of(uid) for uid in stars.stars_of_person(unit().session, at.edition.id, person.id)))


def is_meetup(edition: Edition) -> bool:
    """True for what comes back again and again: the next one first, the past ones below."""
    return edition.kind is EditionKind.MEETUP or edition.repeats is not Repeat.NEVER


def _day_of(moment: datetime, zone: str) -> str:
    return day_text(moment.astimezone(ZoneInfo(zone)).date())


def _when(edition: Edition, table: Timetable) -> str:
    if table.span is None or is_meetup(edition):
        return ""
    first, last = table.span
    text = day_text(first, year=True, short=False)
    return text if first == last else f"{text} – {day_text(last, year=True, short=False)}"


def _filters(at: Here, table: Timetable, wanted: Wanted, zone: str) -> list[tuple[str, str, bool]]:
    values = {
        "q": wanted.words or None, "zone": zone or None, "day": wanted.day or None, "room": wanted.room or None,
        "track": wanted.track or None,
    }  # fmt: skip
    found = [(str(_("All")), at.url("schedule.page", **values), not wanted.kind)]
    for choice in table.filters:
        address = at.url("schedule.page", kind=choice.key, **values)
        found.append((choice.label, address, wanted.kind == choice.key))
    return found if len(found) > 2 else []


@blueprint.get("/<community>/<edition>/schedule/changes")
@access(EDITION)
@kept_for_visitors
def changes(community: str, edition: str) -> Response:
    """Every release with what it changed, the newest first."""
    at, session = here(), unit().session
    navigation.frame().canonical = absolute("schedule.changes", community=community, edition=edition)
    pager = paging(queries.count_releases(session, at.edition.id), RELEASES_PER_PAGE)
    lines = queries.release_lines(session, at.edition.id, offset=pager.offset, most=RELEASES_PER_PAGE)
    return page("schedule/changes.html", at=at, releases=lines, pager=pager)


# -- subscribing -----------------------------------------------------------------------------------------------------


class Subscribing:
    """The ways into a calendar for one address."""

    def __init__(self, address: str, name: str, *, deadlines: str = "") -> None:
        self.address = address
        bare = address.partition("://")[2]
        self.webcal = f"webcal://{bare}"
        self.google = f"https://calendar.google.com/calendar/r?cid={quote(self.webcal, safe='')}"
        values = f"url={quote(address, safe='')}&name={quote(name, safe='')}"
        self.outlook = f"https://outlook.live.com/calendar/0/addfromweb?{values}"
        self.office = f"https://outlook.office.com/calendar/0/addfromweb?{values}"
        self.deadlines = deadlines
        self.qr = qr_code(address)


def subscriptions(edition: Edition) -> Subscribing:
    """The ways to follow an edition's public schedule."""
    slugs = {"community": edition.community.slug, "edition": edition.slug}
    return Subscribing(
        absolute("schedule.feed", **slugs), edition.name, deadlines=absolute("schedule.deadlines", **slugs)
    )


# -- calendars -------------------------------------------------------------------------------------------------------


@blueprint.get("/<community>/<edition>/schedule.ics")
@access(PUBLIC)
@kept_for_visitors
def feed(community: str, edition: str) -> Response:
    """The public calendar: one query, no session, no cookie; a draft edition has none for anybody."""
    asked = condition()
    with platform().database.connection() as connection:
        found = queries.public_feed(
            connection, community, edition, known=asked.tags, since=asked.since, gzip=asked.gzip
        )
    if found is None:
        raise NotFound
    if found.etag is None:
        url = absolute("schedule.page", community=community, edition=edition)
        ics = feeds.empty_feed(found.name, found.time_zone, url, found.colour, drafting.uid_domain())
        return feeds.answer_made(asked, ics, found.created_at)
    if found.cancel_revision:
        return _called_off(found)
    return feeds.answer(asked, etag=found.etag, modified_at=found.modified_at, body=found.body, is_gzip=asked.gzip)


def _called_off(found: Row[Any]) -> Response:
    """The calendar of an edition that was called off or put on again since: what is stored, with that said of it."""
    with platform().database.session(writing=False) as session:
        shown = queries.published(session, found.id)
    if shown is None:
        raise NotFound
    programme = publishing.parsed(shown.programme).called_off(
        found.cancel_revision, found.cancel_changed_at, is_off=found.cancelled_at is not None
    )
    ics = calendar.feed(programme, name=found.name, url=programme.url, colour=found.colour)
    # No Last-Modified, as for deadlines: the tag names the bytes.
    return feeds.answer_made(condition(), ics, None)


@blueprint.get("/<community>/<edition>/deadlines.ics")
@access(PUBLIC)
@kept_for_visitors
def deadlines(community: str, edition: str) -> Response:
    """The edition's important dates as a calendar, each in the zone it was announced in."""
    asked = condition()
    with platform().database.session(writing=False) as session:
        found = queries.public_deadlines(session, community, edition)
        if found is None:
            raise NotFound
        where, dates, placed = found
        with force_locale("en"):  # in one language, since a calendar is the same for everybody
            named: list[tuple[str, str, ImportantDate | CallDate]] = [
                *((f"date-{row.id}", row.label or date_name(row.key), row) for row in dates),
                *((f"call-date-{one.row.id}", placed_name(one), one.row) for one in placed),
            ]
        made = [
            Deadline(
                uid=uid,
                title=title,
                at=row.at,
                zone=row.zone,
                description=where.name,
                url=absolute("workshops.edition_page", community=community, edition=edition),
                cancelled=where.is_cancelled,
                sequence=row.revision + where.cancel_revision,
                changed_at=max(row.changed_at or where.created_at, where.cancel_changed_at or where.created_at),
            )
            for uid, title, row in named
        ]
        name, colour, zone = f"{where.name}: deadlines", where.accent_colour, where.time_zone
        days = _whole_days(where)
    url = absolute("workshops.edition_page", community=community, edition=edition)
    ics = (
        calendar.deadlines_feed(made, uid_domain=drafting.uid_domain(), name=name, url=url, colour=colour, days=days)
        if made or days
        else feeds.empty_feed(name, zone, url, colour, drafting.uid_domain())
    )
    # No Last-Modified: a slip that was mended, a new name, or a date taken away leaves no moment to tell, and a program
    # that asks by date alone would keep a wrong deadline for ever. The tag names the bytes.
    return feeds.answer_made(asked, ics, None)


def _whole_days(edition: Edition) -> list[Days]:
    """The event itself as whole days where it takes place; none for a series, whose meetings are days of their own."""
    if is_meetup(edition):
        return []
    zone = ZoneInfo(edition.time_zone)
    return [
        Days(
            uid=f"edition-{edition.id}",
            title=edition.name,
            first=edition.starts_at.astimezone(zone).date(),
            # What ends at midnight does not reach into the next day.
            last=(edition.ends_at - timedelta(seconds=1)).astimezone(zone).date(),
            description=edition.tagline,
            location=", ".join(part for part in (edition.venue, edition.city) if part),
            url=absolute("workshops.edition_page", community=edition.community.slug, edition=edition.slug),
            cancelled=edition.is_cancelled,
            sequence=edition.version + edition.cancel_revision,
            changed_at=max(edition.created_at, edition.cancel_changed_at or edition.created_at),
        )
    ]


@blueprint.get("/calendars/<token>.ics")
@access(PUBLIC)
def personal_feed(token: str) -> Response:
    """A registered person's own calendar. Every address that does not work answers alike, byte for byte."""
    asked = condition()
    with platform().database.session(writing=False) as session:
        found = personal.find_feed(session, token)
    if found is None:
        response = Response("There is no calendar at this address.\n", 404, mimetype="text/plain")
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
    if asked.holds(found.etag, None):
        return feeds.answer(
            asked, etag=found.etag, modified_at=None, body=None, is_gzip=asked.gzip, cache=feeds.PRIVATE
        )
    return feeds.answer_made(asked, found.ics(), None, feeds.PRIVATE, found.etag)


# -- one's own calendar ----------------------------------------------------------------------------------------------


@blueprint.get("/<community>/<edition>/schedule/my-calendar")
@access(SIGNED_IN_EDITION)
def my_calendar(community: str, edition: str) -> Response:
    """Whether one has an own calendar here; how to make, replace or end it. The address is told only once."""
    at, uow = here(), unit()
    navigation.frame().private = True
    person = viewer_person()
    token = queries.live_token(uow.session, at.edition.id, person.id)
    is_registered = joining.has_seat(uow.session, at.edition, person.id)
    return page("schedule/my_calendar.html", at=at, token=token, is_registered=is_registered)


@blueprint.post("/<community>/<edition>/schedule/my-calendar")
@access(SIGNED_IN_EDITION)
def make_my_calendar(community: str, edition: str) -> Response:
    """Make an own calendar, or give it a new address; the answer shows that address, and nothing else ever does."""
    at = here()
    navigation.frame().private = True
    token = personal.make_address(unit(), at.edition, viewer_person())
    address = absolute("schedule.personal_feed", token=token)
    response = page("schedule/my_address.html", at=at, subscribing=Subscribing(address, at.edition.name))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("/<community>/<edition>/schedule/my-calendar/revocation")
@access(SIGNED_IN_EDITION)
def end_my_calendar(community: str, edition: str) -> Response:
    """End one's own calendar: its address stops working at once."""
    at = here()
    personal.end_address(unit(), at.edition, viewer_person())
    tell(str(_("The address no longer works. What is in your calendar already stays until you remove it there.")))
    return redirect(at.url("schedule.my_calendar"), 303)  # type: ignore[return-value]
