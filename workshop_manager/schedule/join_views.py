"""Joining online: a page that says when each session opens, and what leads there once it has."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Response
from werkzeug.urls import iri_to_uri

from workshop_manager.core.errors import NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.states import State
from workshop_manager.schedule import joining, queries
from workshop_manager.schedule.joining import LENGTH, Door, Stage
from workshop_manager.schedule.programme import from_json
from workshop_manager.schedule.views import blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.headers import may_lead_to
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import IntervalText, day_text, interval_text, when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import ORGANISERS

BASE = "/<community>/<edition>/join"


@dataclass(frozen=True, slots=True)
class Line:
    """A session as the page shows it: when, and whether one may go in. Where it leads is not among it."""

    uid: str
    title: str
    room: str
    when: IntervalText
    day: str
    opens: str
    is_open: bool
    is_over: bool


def _line(door: Door, edition: Edition, now: datetime) -> Line:
    zone = edition.time_zone
    stage = door.stage(now)
    return Line(
        uid=door.uid,
        title=door.title,
        room=door.room,
        when=interval_text(door.start, door.end or door.start + LENGTH, zone),
        day=day_text(door.start.astimezone(ZoneInfo(zone)).date(), short=False),
        opens=when_text(door.opens_at, zone),
        is_open=stage is Stage.OPEN,
        is_over=stage is Stage.OVER,
    )


def _site(url: str) -> str:
    """Scheme, host and port as a policy names them; empty where they cannot stand in one."""
    parts = urlsplit(iri_to_uri(url))
    site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return site if re.fullmatch(r"https?://[A-Za-z0-9._:\[\]-]+", site) else ""


def _led(response: Response, doors: Iterable[Door], now: datetime) -> Response:
    """The policy names the sites of sessions that are open, and of no other: a host is a part of a link."""
    may_lead_to(response, {_site(door.url) for door in doors if door.stage(now) is Stage.OPEN} - {""})
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _sent(url: str) -> Response:
    """Led there. The answer has no body, and nothing keeps it."""
    response = Response(status=303)
    response.headers["Location"] = url
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get(BASE)
@access(SIGNED_IN_EDITION)
def join(community: str, edition: str) -> Response:
    """Each session with a link: from a while before its beginning the way in, until then only when."""
    at, uow = here(), unit()
    navigation.frame().private = True
    person = viewer_person()
    row = registrations.registration_of(uow.session, at.edition.id, person.id)
    has_seat = row is not None and row.state is State.REGISTERED
    joined = joining.joining_of(uow.session, at.edition, person.id) if has_seat else None
    found = joining.doors_of(uow.session, at.edition, joined, uow.now) if joined else []
    lines = [_line(one, at.edition, uow.now) for one in found]
    days = [(day, list(each)) for day, each in groupby(lines, key=lambda one: one.day)]
    answer = page(
        "schedule/join.html",
        at=at,
        name=row.badge_name if row is not None else "",
        has_seat=has_seat,
        has_agreed=joined is not None,
        days=[(day, each) for day, each in days if not all(one.is_over for one in each)],
        past=[one for _day, each in days if all(one.is_over for one in each) for one in each],
        minutes=joined.minutes if joined else 0,
    )
    return _led(answer, found, uow.now)


def _in(at: Here, uid: str) -> Response:
    return _sent(joining.go_in(unit(), at.edition, viewer_person(), uid))


@blueprint.post(BASE)
@access(SIGNED_IN_EDITION)
def join_edition(community: str, edition: str) -> Response:
    """Go in, where the edition as a whole has one link and no schedule."""
    return _in(here(), "")


@blueprint.post(f"{BASE}/sessions/<uid>")
@access(SIGNED_IN_EDITION)
def join_session(community: str, edition: str, uid: str) -> Response:
    """Go into a session that is open."""
    return _in(here(), uid)


# -- personal addresses, as they stand in calendars -----------------------------------------------------------------


@blueprint.get("/join/<token>/<uid>")
@access(PUBLIC)
def personal_join(token: str, uid: str) -> Response:
    """The same for one session, for whoever comes from their own calendar. Looking uses nothing up."""
    uow = unit()
    navigation.frame().private = True
    found = joining.personal_door(uow.session, token_hash(token), uid, uow.now)
    if found is None:
        raise NotFound
    answer = page(
        "schedule/personal_join.html",
        edition=found.edition,
        person=found.person,
        line=_line(found.door, found.edition, uow.now),
        token=token,
    )
    return _led(answer, [found.door], uow.now)


@blueprint.post("/join/<token>/<uid>")
@access(PUBLIC)
def personal_join_in(token: str, uid: str) -> Response:
    """Go in through a personal address; it counts as its person's."""
    uow = unit()
    found = joining.personal_door(uow.session, token_hash(token), uid, uow.now)
    if found is None:
        raise NotFound
    return _sent(joining.go_in(uow, found.edition, found.person, uid, by_calendar=True))


# -- organisers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """A session and how many went in."""

    title: str
    room: str
    people: int
    times: int
    by_calendar: int


def _totals(at: Here) -> Sequence[Total]:
    session = unit().session
    counts = queries.join_counts(session, at.edition.id)
    shown = queries.published(session, at.edition.id)
    items = {item.uid: item for item in from_json(shown.programme).items} if shown is not None else {}
    found = []
    for uid, count in counts.items():
        item = items.get(uid)
        title = at.edition.name if not uid else (item.heading if item is not None else "")
        room = item.room or "" if item is not None else ""
        found.append((item.start if item else at.edition.starts_at, title, room, count))
    found.sort(key=lambda one: (one[0], one[1]))
    return [Total(title, room, n.people, n.times, n.by_calendar) for _start, title, room, n in found]


@blueprint.get("/<community>/<edition>/organise/schedule/joined")
@access(team(ORGANISERS))
def joined(community: str, edition: str) -> Response:
    """How many people went into each session online; totals only."""
    at = here()
    return page("schedule/joined.html", at=at, totals=_totals(at))
