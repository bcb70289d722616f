"""The door's pages: letting people in, one person, what is handed out, the board of arrivals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import clean_line, isolated
from workshop_manager.door import queries, rules, service
from workshop_manager.door.forms import ItemForm
from workshop_manager.door.models import Arrival, Scan
from workshop_manager.door.queries import KindCount, Seen
from workshop_manager.door.rules import MAY_DOOR, MAY_ITEMS, Shown
from workshop_manager.door.service import Held
from workshop_manager.door.states import Doors, Verdict
from workshop_manager.door.words import SIGNS, blank, card, clock, day_name, said_text, since_text
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Mode, State
from workshop_manager.registrations.words import host_text
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team

blueprint = Blueprint("door", __name__)
BASE = "/<community>/<edition>/organise/door"
CAMERA = "camera=(self), geolocation=(), microphone=()"
"""The one page that may ask for the camera."""
_STEP = timedelta(minutes=15)
_MOST_LATEST = 12
_MOST_DOUBTS = 50


def parts(at: Here) -> list[navigation.Entry]:
    """The pages of the door, for `ui.segments`."""
    return navigation.parts("door", at, request.endpoint)


def found_person(at: Here, registration_id: int) -> Registration:
    """Somebody of this edition who did not leave."""
    row = registrations.find(unit().session, at.edition.id, registration_id)
    if row is None or not row.badge_name:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody in the answer to a search."""

    id: int
    name: str
    pronouns: str
    kind: str
    sign: tuple[str, str, str]
    may_enter: bool


def _found(at: Here, one: Seen) -> Found:
    verdict = rules.verdict(Shown(is_here=True, state=one.state, mode=one.mode), one.in_at or unit().now, "")
    kind, icon, title = SIGNS[verdict]
    words = str(title) if verdict is not Verdict.IN else str(_("Expected"))
    sign = ("rest" if verdict is Verdict.IN else kind, words, icon if verdict is not Verdict.IN else "circle-dashed")
    if one.in_at is not None:
        sign = ("ok", str(_("In since %(time)s", time=clock(one.in_at, at.edition.time_zone))), "check-circle-fill")
    return Found(one.id, one.name, one.pronouns, one.kind, sign, one.in_at is None and verdict is Verdict.IN)


def _words() -> str:
    return clean_line(request.args.get("q", "").replace("\x00", ""))[:100]


def _place(values: Any) -> str:
    return clean_line(str(values.get("place", "")).replace("\x00", ""))[:60]


@blueprint.get(BASE)
@access(team(MAY_DOOR))
def desk(community: str, edition: str) -> Response:
    """Letting people in: by camera where the browser has one, by code, by name."""
    at, uow = here(), unit()
    words, day = _words(), rules.day_of(uow.now, at.edition.time_zone)
    key = request.args.get("scan", "")
    scan = queries.scan(uow.session, at.edition.id, key) if rules.is_key(key) else None
    found = queries.named(uow.session, at.edition.id, day, words) if words else []
    counts = queries.counts(uow.session, at.edition.id, day)
    response = page(
        "door/desk.html",
        at=at,
        parts=parts(at),
        words=words,
        place=_place(request.args),
        found=[_found(at, one) for one in found],
        is_cut=len(found) == queries.MOST_FOUND,
        answer=card(service.said_before(scan), at.edition.time_zone) if scan is not None else None,
        blanks=[blank(verdict) for verdict in Verdict],
        doors=rules.doors(at.edition.starts_at, at.edition.ends_at, uow.now).value,
        opens=when_text(at.edition.starts_at - rules.OPEN_BEFORE, at.edition.time_zone),
        hours=int(rules.KEPT_ON_DEVICE.total_seconds()) // 3600,
        came=sum(one.came for one in counts),
        expected=sum(one.expected for one in counts),
    )
    response.headers["Permissions-Policy"] = CAMERA
    return response


@blueprint.post(f"{BASE}/arrivals")
@access(team(MAY_DOOR))
def arrivals(community: str, edition: str) -> AnyResponse:
    """Let in whoever has this code, or was found by name; words that are no code are looked for in names."""
    at, uow = here(), unit()
    typed, number, place = clean_line(request.form.get("typed", ""))[:100], _number(), _place(request.form)
    code = rules.code_of(typed)
    if number is None and (code is None or queries.by_code(uow.session, code) is None):
        return redirect(at.url("door.desk", q=typed or None, place=place or None), 303)
    held = Held(service.new_key(), uow.now, None if number else code, number, place)
    said = service.check_in(uow, at.edition, held)
    if said.is_kept:
        return redirect(at.url("door.desk", scan=held.key, place=place or None), 303)
    tell(_tried(said, at), "info")
    return redirect(at.url("door.desk", place=place or None), 303)


def _tried(said: service.Said, at: Here) -> str:
    words = [str(SIGNS[said.verdict][2]), said_text(said, at.edition.time_zone)]
    if said.registration is not None:
        words.insert(0, isolated(said.registration.badge_name))
    words.append(str(_("The doors are not open, so nothing is kept.")))
    return " · ".join(word for word in words if word)


def _number() -> int | None:
    typed = request.form.get("registration", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


@blueprint.post(f"{BASE}/arrivals/<int:arrival_id>/removal")
@access(team(MAY_DOOR))
def removal(community: str, edition: str, arrival_id: int) -> AnyResponse:
    """Take an arrival back."""
    at = here()
    row = service.take_back(unit(), at.edition, arrival_id)
    tell(str(_("%(name)s is not in any more.", name=isolated(row.badge_name or str(_("Somebody who left"))))))
    if not row.badge_name:
        return redirect(at.url("door.board"), 303)
    return redirect(at.url("door.person", registration_id=row.id), 303)


# -- one person -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Got:
    """Something that is handed out, and whether this person got it."""

    id: int
    name: str
    since: str


@blueprint.get(f"{BASE}/people/<int:registration_id>")
@access(team(MAY_DOOR))
def person(community: str, edition: str, registration_id: int) -> Response:
    """One person at the door: whether they are in, and what they were handed."""
    at, uow = here(), unit()
    row, zone = found_person(at, registration_id), at.edition.time_zone
    came = queries.arrivals_of(uow.session, row.id)
    today = rules.day_of(uow.now, zone)
    now = next((one for one in came if one.day == today), None)
    shown = Shown(is_here=True, state=row.state, mode=row.kind.mode)
    handed = queries.handed_to(uow.session, row.id)
    items = queries.items(uow.session, at.edition.id)
    return page(
        "door/person.html",
        at=at,
        row=row,
        came=[(one, day_name(one.day), since_text(one, zone)) for one in came],
        answer=blank(Verdict.AGAIN if now else rules.verdict(shown, uow.now, "")),
        host=host_text(row),
        may_enter=now is None and rules.verdict(shown, uow.now, "") is Verdict.IN,
        doors=rules.doors(at.edition.starts_at, at.edition.ends_at, uow.now),
        items=[Got(one.id, one.name, _got(handed.get(one.id), zone)) for one in items],
        may_items=at.standing.may(MAY_ITEMS),
        wears_badge=row.state is State.REGISTERED and row.kind.mode is Mode.IN_PERSON,
        prints=queries.prints_of(uow.session, row.id),
    )


def _got(given: Any, zone: str) -> str:
    if given is None:
        return ""
    time = when_text(given.at, zone)
    if given.by is None:
        return time
    return str(_("%(time)s, by %(person)s", time=time, person=isolated(given.by.name)))


@blueprint.post(f"{BASE}/people/<int:registration_id>/items/<int:item_id>")
@access(team(MAY_DOOR))
def handed(community: str, edition: str, registration_id: int, item_id: int) -> AnyResponse:
    """They get it."""
    at = here()
    item = service.hand_out(unit(), at.edition, registration_id, item_id)
    tell(str(_("“%(item)s” is handed out.", item=isolated(item.name))))
    return redirect(at.url("door.person", registration_id=registration_id), 303)


@blueprint.post(f"{BASE}/people/<int:registration_id>/items/<int:item_id>/return")
@access(team(MAY_DOOR))
def handed_back(community: str, edition: str, registration_id: int, item_id: int) -> AnyResponse:
    """They did not get it after all."""
    at = here()
    item = service.hand_back(unit(), at.edition, registration_id, item_id)
    tell(str(_("“%(item)s” counts as not handed out.", item=isolated(item.name))))
    return redirect(at.url("door.person", registration_id=registration_id), 303)


# -- what is handed out ---------------------------------------------------------------------------------------------


def _items_page(at: Here, form: ItemForm, status: int = 200) -> Response:
    session = unit().session
    counts = queries.handed_counts(session, at.edition.id)
    return page(
        "door/items.html",
        status,
        at=at,
        parts=parts(at),
        form=form,
        items=[(one, counts.get(one.id, 0)) for one in queries.items(session, at.edition.id)],
        may_items=at.standing.may(MAY_ITEMS),
    )


@blueprint.get(f"{BASE}/items")
@access(team(MAY_DOOR))
def items(community: str, edition: str) -> Response:
    """What is handed out, and to how many so far."""
    return _items_page(here(), ItemForm())


@blueprint.post(f"{BASE}/items")
@access(team(MAY_ITEMS))
def add_item(community: str, edition: str) -> AnyResponse:
    """Hand out one thing more."""
    at, form = here(), ItemForm()
    if not form.is_sent:
        return _items_page(at, form, 422)
    try:
        service.add_item(unit(), at.edition, form.name.data or "")
    except Conflict as refusal:
        form.name.errors = [refusal.sentence]
        return _items_page(at, form, 422)
    return redirect(at.url("door.items"), 303)


@blueprint.post(f"{BASE}/items/<int:item_id>/removal")
@access(team(MAY_ITEMS))
def remove_item(community: str, edition: str, item_id: int) -> AnyResponse:
    """Hand it out no more."""
    at = here()
    name = service.remove_item(unit(), at.edition, item_id)
    tell(str(_("“%(name)s” is not handed out any more.", name=isolated(name))))
    return redirect(at.url("door.items"), 303)


# -- the board ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stretch:
    """How many came within a quarter of an hour, and how many were in by its end."""

    time: str
    came: int
    total: int


def _stretches(times: Any, zone: str) -> list[Stretch]:
    def start(at: datetime) -> datetime:
        return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)

    found, total = [], 0
    for moment, group in groupby(times, key=start):
        came = len(list(group))
        total += came
        found.append(Stretch(f"{clock(moment, zone)}–{clock(moment + _STEP, zone)}", came, total))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who came."""

    id: int
    name: str
    kind: str
    since: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A code that was shown a second time: when and where it was first, and then."""

    id: int | None
    name: str
    first: str
    then: str


def _doubt(scan: Scan, zone: str) -> Doubt:
    row, first = scan.registration, scan.arrival
    then = when_text(scan.at, zone)
    if scan.by is not None:
        then = str(_("%(time)s, by %(person)s", time=then, person=isolated(scan.by.name)))
    if scan.device:
        then = str(_("%(when)s at “%(place)s”", when=then, place=isolated(scan.device)))
    name = row.badge_name if row is not None else ""
    since = since_text(first, zone) if first is not None else ""
    return Doubt(row.id if row is not None and name else None, name or str(_("Somebody who left")), since, then)


def _line(one: Arrival, zone: str) -> Line:
    row = one.registration
    return Line(row.id, row.badge_name or str(_("Somebody who left")), row.kind.name, since_text(one, zone))


def _day(days: Any, today: date) -> date:
    """The day that the address asks for; today, or the last on which anybody came."""
    asked = next((one for one in days if one.isoformat() == request.args.get("day")), None)
    return asked or (today if today in days or not days else days[-1])


@blueprint.get(f"{BASE}/board")
@access(team(MAY_DOOR))
def board(community: str, edition: str) -> Response:
    """Arrivals: by kind, over time, who came last, and codes that were shown twice."""
    at, uow = here(), unit()
    zone, session = at.edition.time_zone, uow.session
    days = queries.days(session, at.edition.id)
    day = _day(days, rules.day_of(uow.now, zone))
    counts = queries.counts(session, at.edition.id, day)
    return page(
        "door/board.html",
        at=at,
        parts=parts(at),
        day=day_name(day),
        days=[(day_name(one), at.url("door.board", day=one.isoformat()), one == day) for one in days],
        counts=counts,
        all=KindCount("", sum(one.expected for one in counts), sum(one.came for one in counts)),
        stretches=_stretches(queries.times(session, at.edition.id, day), zone),
        latest=[_line(one, zone) for one in queries.latest(session, at.edition.id, day, _MOST_LATEST)],
        doubts=[_doubt(one, zone) for one in queries.doubtful(session, at.edition.id, _MOST_DOUBTS)],
        is_ahead=rules.doors(at.edition.starts_at, at.edition.ends_at, uow.now) is Doors.AHEAD,
    )
