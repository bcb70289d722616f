"""The grid's page, and what it saves. Each answer to its script holds the whole board anew, as it is now."""

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.editing import placing, presence, undoing
from workshop_manager.schedule.editing.board import board, days
from workshop_manager.schedule.editing.placing import Spot
from workshop_manager.schedule.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE
from workshop_manager.workshops.service import acting_person

BASE = "/<community>/<edition>/organise/schedule/grid"
PIXELS, FINE = 2, 4
"""A minute on the screen; on a day with items of a few minutes, so that one line of each can be read."""
SHORT = 7
_STAMP = re.compile(r"[0-9]{1,9}(?:\.[0-9a-f]{8})?")


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _shown(at: Here) -> dict[str, Any]:
    """All that the board's template reads, for the day asked for, else the first one that has something."""
    uow = unit()
    working = drafting.working(uow.session, at.edition)
    zone = ZoneInfo(at.edition.time_zone)
    on = _day(request.values.get("day", ""))
    if on is None:
        used = [row.item.starts_at.astimezone(zone).date() for row in working.rows]
        on = min(used, default=days(working, at.edition)[0])
    rooms = workshops.rooms(uow.session, at.edition.id)
    waiting = queries.waiting(uow.session, at.edition.id, placing.KINDS)
    person = acting_person(uow)
    shown = board(working, at.edition, rooms, waiting, on)
    is_fine = any(block.length <= SHORT for column in shown.columns for block in column.blocks)
    return {
        "at": at,
        "board": shown,
        "steps": undoing.steps(uow.session, at.edition.id, person.id, uow.now),
        "pixels": FINE if is_fine else PIXELS,
        "tag": presence.tag_of(working, rooms),
    }


@blueprint.get(BASE)
@access(team(MAY_SCHEDULE))
def grid(community: str, edition: str) -> Response:
    """The draft of one day as a grid of rooms, to arrange by mouse, finger or keys; `day` is a date."""
    at = here()
    return page("schedule/grid.html", token_day=request.args.get("day", ""), **_shown(at))


# -- what the script sends -------------------------------------------------------------------------------------------


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound
    return int(text)


def _seen() -> str:
    """The stamp of what the board showed: a version, and of what stands in it a checksum."""
    text = request.form.get("version", "")
    if not _STAMP.fullmatch(text):
        raise NotFound
    return text


def _spot() -> Spot:
    day = _day(request.form.get("day", ""))
    if day is None:
        raise NotFound
    return Spot(day, _number("minute"), _number("room") if request.form.get("room") else None)


def _saved(at: Here, said: str, uid: str = "") -> Response:
    return _answer(at, said, uid)


def _answer(at: Here, said: str, uid: str = "", *, status: int = 200) -> Response:
    response: Response = jsonify(
        saved=status == 200, said=said, uid=uid, board=render_template("schedule/grid_board.html", **_shown(at))
    )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(at: Here, refusal: Conflict) -> Response:
    """Nothing of it is saved; the board is as others left it."""
    return _answer(at, refusal.sentence, status=409)


def _stands(at: Here, item: Any) -> str:
    start = item.starts_at.astimezone(ZoneInfo(at.edition.time_zone))
    end = item.ends_at.astimezone(ZoneInfo(at.edition.time_zone)) if item.ends_at else None
    clock = f"{clock_text(start)}–{clock_text(end)}" if end else clock_text(start)
    return str(
        _(
            "Saved: “%(title)s”, %(day)s, %(clock)s.",
            title=isolated(item.title),
            day=day_text(start.date()),
            clock=clock,
        )
    )


@blueprint.post(f"{BASE}/places")
@access(team(MAY_SCHEDULE))
def grid_place(community: str, edition: str) -> Response:
    """Put `item` (of `version`), or accepted work (`work`), at `day`, `minute` and `room`."""
    at, uow = here(), unit()
    try:
        if request.form.get("work"):
            item = placing.place_work(uow, at.edition, at.standing, _number("work"), _spot())
        else:
            item = placing.place(uow, at.edition, at.standing, _number("item"), _seen(), _spot())
    except Conflict as refusal:
        return _refused(at, refusal)
    return _saved(at, _stands(at, item), item.uid)


@blueprint.post(f"{BASE}/lengths")
@access(team(MAY_SCHEDULE))
def grid_resize(community: str, edition: str) -> Response:
    """Make `item` (of `version`) last so many `minutes`."""
    at = here()
    try:
        item = placing.resize(unit(), at.edition, at.standing, _number("item"), _seen(), _number("minutes"))
    except Conflict as refusal:
        return _refused(at, refusal)
    return _saved(at, _stands(at, item), item.uid)


@blueprint.post(f"{BASE}/copies")
@access(team(MAY_SCHEDULE))
def grid_copy(community: str, edition: str) -> Response:
    """Put a second one of `item` (of `version`) at `day`, `minute` and `room`."""
    at = here()
    try:
        item = placing.copy(unit(), at.edition, at.standing, _number("item"), _seen(), _spot())
    except Conflict as refusal:
        return _refused(at, refusal)
    return _saved(at, _stands(at, item), item.uid)


@blueprint.post(f"{BASE}/removals")
@access(team(MAY_SCHEDULE))
def grid_remove(community: str, edition: str) -> Response:
    """Take `item` (of `version`) off the grid; accepted work then waits at the side again."""
    at = here()
    title = service.get_item(unit(), at.edition, _number("item")).title
    try:
        is_off = placing.take_out(unit(), at.edition, at.standing, _number("item"), _seen())
    except Conflict as refusal:
        return _refused(at, refusal)
    if is_off:
        said = _("“%(title)s” is called off: people have it in their calendars.", title=isolated(title))
    else:
        said = _("“%(title)s” is off the grid.", title=isolated(title))
    return _saved(at, str(said))


@blueprint.post(f"{BASE}/undoings")
@access(team(MAY_SCHEDULE))
def grid_undo(community: str, edition: str) -> Response:
    """Take back one's own last change, unless somebody changed the same since."""
    at = here()
    try:
        row = undoing.undo(unit(), at.edition, at.standing)
    except Conflict as refusal:
        return _refused(at, refusal)
    return _saved(at, str(_("Undone: “%(title)s” is as it was.", title=isolated(row.title))))


@blueprint.post(f"{BASE}/redoings")
@access(team(MAY_SCHEDULE))
def grid_redo(community: str, edition: str) -> Response:
    """Do again what one took back last, unless somebody changed the same since."""
    at = here()
    try:
        row = undoing.redo(unit(), at.edition, at.standing)
    except Conflict as refusal:
        return _refused(at, refusal)
    return _saved(at, str(_("Done again: “%(title)s”.", title=isolated(row.title))))


@blueprint.post(f"{BASE}/news")
@access(team(MAY_SCHEDULE))
def grid_news(community: str, edition: str) -> Response:
    """Who else is here, and the board if it is not the one of `tag` any more; notes who asks, at the item `uid`."""
    at, uow = here(), unit()
    uid = request.form.get("uid", "")[:100]
    presence.note(uow, at.edition, uid or None)
    found = presence.others(uow.session, at.edition.id, acting_person(uow).id, uow.now)
    people = [{"name": isolated(one.name), "uid": one.uid or "", "said": one.sentence} for one in found]
    known = request.form.get("tag", "")
    is_old = bool(known) and known != presence.tag(uow.session, at.edition.id)
    board_now = render_template("schedule/grid_board.html", **_shown(at)) if is_old else None
    said = str(_("Somebody changed the draft. This is how it stands now.")) if is_old else ""
    response: Response = jsonify(people=people, board=board_now, said=said)
    response.headers["Cache-Control"] = "no-store"
    return response
