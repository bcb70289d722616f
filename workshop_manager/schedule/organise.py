"""The organisers' schedule: the draft with its conflicts, items, many meetups at once, releases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.schedule import drafting, queries, releasing, service, settling, telling, words
from workshop_manager.schedule.clashes import Conflict as Fault
from workshop_manager.schedule.drafting import Working
from workshop_manager.schedule.forms import ItemForm, ReleaseForm, SeriesForm
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.views import blueprint, is_meetup
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.states import Outcome
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE, ORGANISERS
from workshop_manager.workshops.states import Repeat

MOST_AT_ONCE = 400
"""Of items of the draft on one page; a longer draft is shown a day at a time."""
_NEEDS_A_TIME = frozenset({Outcome.ORAL, Outcome.LIGHTNING})


# -- the draft -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An item on the desk: its clock, what to say of it, whether something is wrong, what stands in it."""

    item: ScheduleItem
    clock: str
    title: str
    meta: str
    number: int | None
    severity: str
    is_first: bool
    is_last: bool
    kids: tuple["Entry", ...]
    gap_before: "Told | None"


@dataclass(frozen=True, slots=True)
class DeskDay:
    """A day of the draft."""

    day: date
    title: str
    count: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Something wrong or doubtful, with the item to look at first and where it can be left as it is."""

    severity: str
    sentence: str
    item_id: int | None
    leave_url: str


@dataclass(frozen=True, slots=True)
class Left:
    """Something that stands for a reason."""

    sentence: str
    reason: str
    by: str
    at: datetime
    return_url: str


@blueprint.get("/<community>/<edition>/organise/schedule")
@access(team(MAY_SCHEDULE))
def draft(community: str, edition: str) -> Response:
    """The working draft by day: what is in it, what is wrong with it, what is released."""
    at, uow = here(), unit()
    working = drafting.working(uow.session, at.edition)
    state = queries.draft_state(uow.session, at.edition.id)
    common: dict[str, Any] = {"at": at, "state": state, "is_series": is_meetup(at.edition)}
    if not working.rows:
        rooms = workshops.rooms(uow.session, at.edition.id)
        opening = _opening(at, len(rooms), len(submissions.accepted(uow.session, at.edition.id)))
        return page("schedule/empty.html", ticks=_ticks(at), opening=opening, **common)
    days = _days(at, working)
    shown = days if len(working.rows) <= MOST_AT_ONCE else [_chosen(days, request.args.get("day", ""))]
    return page(
        "schedule/draft.html",
        days=shown,
        tabs=days if len(shown) < len(days) else [],
        doubts=_told(at, working),
        left=_left(at, working),
        unplaced=queries.unplaced(uow.session, at.edition.id, _NEEDS_A_TIME),
        may_count=at.standing.may(ORGANISERS),
        flags=telling.flags(uow, at.edition),
        **common,
    )


def _chosen(days: list[DeskDay], wanted: str) -> DeskDay:
    return next((each for each in days if each.day.isoformat() == wanted), days[0])


def _told(at: Here, working: Working) -> list[Told]:
    ids = {row.item.uid: row.item.id for row in working.rows}
    return [_one_told(at, fault, ids) for fault in working.conflicts]


def _one_told(at: Here, fault: Fault, ids: Mapping[str, int]) -> Told:
    return Told(fault.severity.value, fault.sentence, ids.get(fault.items[-1]), leave_url(at, fault))


def leave_url(at: Here, fault: Fault) -> str:
    """Where a conflict can be left as it is."""
    name = settling.name_of(fault)
    about = {"about": name.about} if name.about else {}
    return at.url("schedule.settle", code=name.code, subject=name.subject, **about)


def _left(at: Here, working: Working) -> list[Left]:
    return [
        Left(
            each.conflict.sentence,
            each.row.reason,
            each.row.by,
            each.row.settled_at,
            at.url("schedule.unsettle", settled_id=each.row.id),
        )
        for each in working.settled
    ]


def _days(at: Here, working: Working) -> list[DeskDay]:
    place = ZoneInfo(at.edition.time_zone)
    worst = _worst(working.conflicts)
    gaps = {gap.items[1]: _one_told(at, gap, {}) for gap in working.gaps}
    kids: dict[int, list[queries.DraftRow]] = defaultdict(list)
    top: dict[date, list[queries.DraftRow]] = defaultdict(list)
    for row in working.rows:
        if row.item.parent_id is not None:
            kids[row.item.parent_id].append(row)
        else:
            top[row.item.starts_at.astimezone(place).date()].append(row)
    days = []
    order = [row.item.id for _day, rows in sorted(top.items()) for row in rows]
    for day, rows in sorted(top.items()):
        entries = []
        for row in rows:
            inner = kids[row.item.id]
            children = tuple(
                _entry(each, place, worst, (), place_in == 0, place_in == len(inner) - 1, None)
                for place_in, each in enumerate(inner)
            )
            is_first, is_last = row.item.id == order[0], row.item.id == order[-1]
            entries.append(_entry(row, place, worst, children, is_first, is_last, gaps.get(row.item.uid)))
        count = len(entries) + sum(len(entry.kids) for entry in entries)
        days.append(DeskDay(day, day_text(day, year=True, short=False), count, tuple(entries)))
    return days


def _worst(faults: Iterable[Fault]) -> dict[str, str]:
    worst: dict[str, str] = {}
    for fault in faults:
        for uid in fault.items:
            if worst.get(uid) != "error":
                worst[uid] = fault.severity.value
    return worst


def _entry(
    row: queries.DraftRow,
    place: ZoneInfo,
    worst: dict[str, str],
    kids: tuple[Entry, ...],
    is_first: bool,
    is_last: bool,
    gap: Told | None,
) -> Entry:
    item = row.item
    start, end = item.starts_at.astimezone(place), item.ends_at.astimezone(place) if item.ends_at else None
    clock = f"{clock_text(start)}–{clock_text(end)}" if end else clock_text(start)
    return Entry(
        item=item,
        clock=clock,
        title=f"{item.label}: {item.title}" if item.label else item.title,
        meta=_meta(item, len(kids)),
        number=row.number,
        severity=worst.get(item.uid, ""),
        is_first=is_first,
        is_last=is_last,
        kids=kids,
        gap_before=gap,
    )


def _meta(item: ScheduleItem, kids: int) -> str:
    parts = [words.people_text(item), words.kind_name(item.kind)]
    if item.ends_at:
        parts.append(words.length_text(item.ends_at - item.starts_at))
    parts.append(isolated(item.room.name) if item.room else "")
    parts.append(isolated(item.track or ""))
    parts.append(str(_("given remotely")) if item.remote else "")
    parts.append(str(_("must not move")) if item.is_fixed else "")
    parts.append(words.recording_in_a_line(item.recording))
    if kids:
        parts.append(str(ngettext("holds %(num)s item", "holds %(num)s items", kids)))
    return "\u00a0· ".join(part for part in parts if part)


def _opening(at: Here, rooms: int, accepted: int) -> str:
    """`You have 08:30 to 13:00 on Monday 11 December, one room, and ten accepted abstracts that want a place.`"""
    zone = ZoneInfo(at.edition.time_zone)
    start, end = at.edition.starts_at.astimezone(zone), at.edition.ends_at.astimezone(zone)
    first = day_text(start.date(), short=False)
    if is_meetup(at.edition):
        return str(_("A series that comes back. Add all its meetups at once, or begin with the next one."))
    if start.date() == end.date():
        when = _("%(start)s to %(end)s on %(day)s", start=clock_text(start), end=clock_text(end), day=first)
    else:
        when = _("%(first)s to %(last)s", first=first, last=day_text(end.date(), short=False))
    have = [str(when)]
    if rooms:
        have.append(str(ngettext("one room", "%(word)s rooms", rooms, word=words.number_word(rooms))))
    if accepted:
        word = words.number_word(accepted)
        work = ngettext(
            "one accepted abstract that wants a place",
            "%(word)s accepted abstracts that want a place",
            accepted,
            word=word,
        )
        have.append(str(work))
    if len(have) == 1:
        return str(_("You have %(things)s.", things=have[0]))
    return str(_("You have %(things)s, and %(last)s.", things=", ".join(have[:-1]), last=have[-1]))


def _ticks(at: Here) -> list[str]:
    """Ten half hours from the start, for the drawing of an open morning."""
    zone = ZoneInfo(at.edition.time_zone)
    start = at.edition.starts_at.astimezone(zone)
    minutes = start.hour * 60 + start.minute
    return [f"{(minutes + 30 * step) // 60 % 24:02d}:{(minutes + 30 * step) % 60:02d}" for step in range(10)]


# -- items -----------------------------------------------------------------------------------------------------------


def _item_form(at: Here, item: ScheduleItem | None = None) -> ItemForm:
    form, session = ItemForm(), unit().session
    form.offer(
        queries.possible_parents(session, at.edition.id),
        submissions.accepted(session, at.edition.id),
        workshops.tracks(session, at.edition.id),
        at.edition.time_zone,
        item,
    )
    return form


def _item_page(at: Here, form: ItemForm, item: ScheduleItem | None, status: int, stale: str = "") -> Response:
    rooms = workshops.rooms(unit().session, at.edition.id)
    seen = service.stamp(item, queries.children(unit().session, item.id)) if item else ""
    return page("schedule/item.html", status, at=at, form=form, item=item, rooms=rooms, stale=stale, seen=seen)


@blueprint.get("/<community>/<edition>/organise/schedule/items/new")
@access(team(MAY_SCHEDULE))
def new_item(community: str, edition: str) -> Response:
    """The form for a new item; it begins where the last one ends, or inside the session one came from."""
    at, session = here(), unit().session
    form = _item_form(at)
    zone = ZoneInfo(at.edition.time_zone)
    inside = request.args.get("in", "")
    is_number = inside.isascii() and inside.isdecimal() and len(inside) < 10
    parent = queries.find_item(session, at.edition.id, int(inside)) if is_number else None
    before = queries.children(session, parent.id) if parent else queries.possible_parents(session, at.edition.id)
    last = before[-1] if before else parent
    start = last.ends_at if before and last and last.ends_at else last.starts_at if last else at.edition.starts_at
    local = start.astimezone(zone)
    form.day.data, form.starts.data = local.date(), local.time().replace(second=0)
    form.parent.data, form.kind.data = str(parent.id) if parent else "", "talk" if parent else "session"
    form.room.data = parent.room.name if parent and parent.room else ""
    return _item_page(at, form, None, 200)


@blueprint.post("/<community>/<edition>/organise/schedule/items")
@access(team(MAY_SCHEDULE))
def add_item(community: str, edition: str) -> Response:
    """Add an item to the draft."""
    at = here()
    form = _item_form(at)
    content = form.read(at.edition.time_zone) if form.is_sent else None
    if content is None:
        return _item_page(at, form, None, 422)
    item = service.add(unit(), at.edition, at.standing, content)
    tell(str(_("Added to the draft. Nobody outside the team sees it before you release it.")))
    return _back_to(at, item)


def _back_to(at: Here, item: ScheduleItem) -> Response:
    session, where = unit().session, {}
    if queries.count_items(session, at.edition.id) > MOST_AT_ONCE:
        top = queries.find_item(session, at.edition.id, item.parent_id) if item.parent_id is not None else None
        where["day"] = (top or item).starts_at.astimezone(ZoneInfo(at.edition.time_zone)).date().isoformat()
    return redirect(at.url("schedule.draft", **where, _anchor=f"item-{item.uid}"), 303)  # type: ignore[return-value]


@blueprint.get("/<community>/<edition>/organise/schedule/items/<int:item_id>")
@access(team(MAY_SCHEDULE))
def one_item(community: str, edition: str, item_id: int) -> Response:
    """The form of one item."""
    at = here()
    item = service.get_item(unit(), at.edition, item_id)
    form = _item_form(at, item)
    form.fill(item, at.edition.time_zone)
    return _item_page(at, form, item, 200)


@blueprint.post("/<community>/<edition>/organise/schedule/items/<int:item_id>")
@access(team(MAY_SCHEDULE))
def change_item(community: str, edition: str, item_id: int) -> Response:
    """Save an item. If somebody else saved it meanwhile, both versions are shown and nothing is overwritten."""
    at = here()
    item = service.get_item(unit(), at.edition, item_id)
    form = _item_form(at, item)
    content = form.read(at.edition.time_zone) if form.is_sent else None
    if content is None:
        return _item_page(at, form, item, 422)
    typed = form.version.data or ""
    try:
        service.edit(unit(), at.edition, at.standing, item_id, int(typed) if typed.isdecimal() else 0, content)
    except service.Stale:
        # The form now carries the version it was compared with: sending it again saves knowingly.
        item = service.get_item(unit(), at.edition, item_id)
        form.version.data = str(item.version)
        entry = _entry(queries.DraftRow(item, None, None), ZoneInfo(at.edition.time_zone), {}, (), True, True, None)
        return _item_page(at, form, item, 409, f"{entry.clock}, {isolated(entry.title)} ({entry.meta})")
    tell(str(_("Saved in the draft.")))
    return _back_to(at, item)


@blueprint.post("/<community>/<edition>/organise/schedule/items/<int:item_id>/removal")
@access(team(MAY_SCHEDULE))
def remove_item(community: str, edition: str, item_id: int) -> Response:
    """Take an item out of the draft; what is public already is called off instead."""
    at = here()
    if service.remove(unit(), at.edition, at.standing, item_id, seen=request.form.get("seen", "")[:40]):
        tell(str(_("Called off in the draft. Calendars hear of it with the next release; you can still take it back.")))
    else:
        tell(str(_("Removed from the draft.")))
    return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]


@blueprint.post("/<community>/<edition>/organise/schedule/items/<int:item_id>/restoration")
@access(team(MAY_SCHEDULE))
def restore_item(community: str, edition: str, item_id: int) -> Response:
    """Take back that an item was called off."""
    at = here()
    item = service.restore(unit(), at.edition, at.standing, item_id)
    tell(str(_("It takes place after all.")))
    return _back_to(at, item)


@blueprint.post("/<community>/<edition>/organise/schedule/items/<int:item_id>/moves")
@access(team(MAY_SCHEDULE))
def move_item(community: str, edition: str, item_id: int) -> Response:
    """Exchange an item with its neighbour: `to` is `up` or `down`."""
    at = here()
    item = service.move(unit(), at.edition, at.standing, item_id, up=request.form.get("to") == "up")
    return _back_to(at, item)


# -- many meetups ----------------------------------------------------------------------------------------------------


@blueprint.route("/<community>/<edition>/organise/schedule/series", methods=["GET", "POST"])
@access(team(MAY_SCHEDULE))
def series(community: str, edition: str) -> Response:
    """Add many meetups at once; each keeps its local hour, whatever the clocks do."""
    at = here()
    if not is_meetup(at.edition):
        raise NotFound
    form = SeriesForm()
    form.offer()
    if form.is_submitted():
        read = form.read(at.edition.time_zone) if form.is_sent else None
        if read is None:
            return page("schedule/series.html", 422, at=at, form=form)
        made = service.add_series(unit(), at.edition, at.standing, *read)
        tell(str(ngettext("%(num)s meetup added to the draft.", "%(num)s meetups added to the draft.", made)))
        return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]
    start = at.edition.starts_at.astimezone(ZoneInfo(at.edition.time_zone))
    repeats = at.edition.repeats if at.edition.repeats is not Repeat.NEVER else Repeat.MONTHLY
    form.title.data, form.day.data, form.starts.data = at.edition.name, start.date(), start.time()
    form.repeats.data, form.number.data = repeats.value, 12
    if at.edition.meeting_minutes:
        form.ends.data = (start + timedelta(minutes=at.edition.meeting_minutes)).time()
    form.remote.data = at.edition.mode.value == "virtual"
    return page("schedule/series.html", at=at, form=form)


# -- releases --------------------------------------------------------------------------------------------------------


def release_page(at: Here, form: ReleaseForm, status: int, refused: str = "") -> Response:
    uow = unit()
    working, out = drafting.working(uow.session, at.edition), queries.out(uow.session, at.edition.id)
    last, public = out.release, drafting.public_of(out)
    comparison = drafting.compare(uow.session, at.edition, working.programme, last, public, uow.now)
    form.seen.data = working.fingerprint
    form.offer()
    return page(
        "schedule/release.html",
        status,
        at=at,
        form=form,
        last=last,
        number=last.number + 1 if last else 1,
        changes=comparison.changes,
        differs=comparison.differs,
        doubts=_told(at, working),
        left=_left(at, working),
        count=sum(not item.cancelled for item in comparison.revision.items),
        refused=refused,
        plan=out.plan,
        asks_which=_comes_twice(form),
        circles=telling.circles(uow, at.edition, comparison) if comparison.differs else [],
    )


def _comes_twice(form: ReleaseForm) -> bool:
    """Only an hour that was refused for coming twice, or answered for, needs the question which one is meant."""
    return bool(form.fold.data) or any("twice" in str(error) for error in form.clock.errors)


@blueprint.get("/<community>/<edition>/organise/schedule/releases/new")
@access(team(MAY_SCHEDULE))
def new_release(community: str, edition: str) -> Response:
    """What a release would change, before anybody hears of it."""
    return release_page(here(), ReleaseForm(), 200)


@blueprint.post("/<community>/<edition>/organise/schedule/releases")
@access(team(MAY_SCHEDULE))
def release(community: str, edition: str) -> Response:
    """Publish the draft as the next version."""
    at = here()
    form = ReleaseForm()
    if not form.is_sent:
        return release_page(at, form, 422)
    try:
        made = releasing.release(
            unit(),
            at.edition,
            at.standing,
            note=form.note.data or "",
            seen=form.seen.data or "",
            despite_errors=bool(form.despite_errors.data),
            tells=bool(form.tells.data),
        )
    except Conflict as refused:
        return release_page(at, form, 409, refused.sentence)
    tell(str(_("Release %(number)s is public. Calendars take it over when they next ask.", number=made.number)))
    return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]
