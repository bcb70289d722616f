"""What the public schedule page shows, worked out before the template: two clocks, days, marks, what is on now.

A pure reading of the public programme. Instants come in UTC; `own` is the viewer's zone, or None.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from workshop_manager.core.deadlines import zone_label
from workshop_manager.core.text import isolated
from workshop_manager.schedule import words
from workshop_manager.schedule.changes import What
from workshop_manager.schedule.exports import star_of
from workshop_manager.schedule.programme import Item, Kind, Programme, Recording, Speaker
from workshop_manager.schedule.visibility import name_key
from workshop_manager.web.times import clock_text, day_text

TALKS = frozenset({Kind.TALK, Kind.KEYNOTE, Kind.LIGHTNING})
_QUIET = frozenset({Kind.BREAK, Kind.MEAL, Kind.OPENING, Kind.OTHER})
_FILTERS = {
    "talks": TALKS,
    "posters": frozenset({Kind.POSTER}),
    "tables": frozenset({Kind.ROUNDTABLE}),
}
NO_ZONE = "none"


@dataclass(frozen=True, slots=True)
class Clocks:
    """The event's clock and, where it reads differently, the viewer's."""

    event: ZoneInfo
    own: ZoneInfo | None

    @property
    def has_two(self) -> bool:
        return self.own is not None


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside a title; `kind` names its colour."""

    text: str
    kind: str = "new"


@dataclass(frozen=True, slots=True)
class Name:
    """A speaker as shown."""

    name: str
    affiliation: str | None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where lines and names lead to, on pages that have such addresses."""

    speaker: Callable[[str], str]
    item: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the page shows it. `stage` is `past`, `now` or empty; `roll` stands before it."""

    uid: str
    title: str
    kind: Kind
    clock: str
    iso: str
    own_clock: str
    own_plus: int
    stage: str
    is_quiet: bool
    is_cancelled: bool
    label: str
    names: tuple[Name, ...]
    chairs: tuple[Name, ...]
    meta: str
    marks: tuple[Mark, ...]
    abstract: str
    roll: str = ""
    kids: tuple["Line", ...] = ()
    page: str = ""

    @property
    def star(self) -> str:
        """What stands for it in the address of a calendar of what one starred."""
        return star_of(self.uid)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the event's zone. `end` closes it: (clock, own clock, own plus)."""

    day: date
    title: str
    lines: tuple[Line, ...]
    end: tuple[str, str, int] | None
    is_past: bool

    @property
    def short(self) -> str:
        """`Fri 11 December`."""
        return day_text(self.day)


@dataclass(frozen=True, slots=True)
class NowNext:
    """What is on and what comes next, on the day."""

    clock: str
    own_clock: str
    now: Line | None
    now_until: str
    passed: int
    length: int
    following: Line | None
    wait: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: its word in the address, the programme's kinds it keeps."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the viewer asked to see."""

    kind: str = ""
    words: str = ""
    day: str = ""
    """As ISO 8601 writes it, in the event's zone."""
    room: str = ""
    track: str = ""

    @property
    def is_all(self) -> bool:
        return not any((self.kind, self.words, self.day, self.room, self.track))

    @property
    def is_narrow(self) -> bool:
        """Whether a day, room or track was chosen."""
        return any((self.day, self.room, self.track))

    def keeps(self, item: Item, around: Item | None = None) -> bool:
        """True if the item is of the kind, in the room and of the track asked for (or what it stands in is), and its
        title or a name holds every word.
        """
        if self.kind and item.kind not in _FILTERS.get(self.kind, frozenset()):
            return False
        for asked, own, outer in (
            (self.room, item.room, around.room if around else None),
            (self.track, item.track, around.track if around else None),
        ):
            if asked and name_key(own or outer or "") != name_key(asked):
                return False
        if not self.words:
            return True
        text = name_key(
            " ".join([item.heading, *(who.name for who in (*item.listed_speakers, *item.listed_chairs)), item.abstract])
        )
        return all(word in text for word in name_key(self.words).split())


@dataclass(frozen=True, slots=True)
class Timetable:
    """The whole page's list."""

    days: tuple[Day, ...]
    clocks: Clocks
    zone_names: tuple[str, str]
    first: datetime
    now_next: NowNext | None = None
    filters: tuple[Choice, ...] = ()
    every_day: tuple[Choice, ...] = ()
    rooms: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    """What one can choose between; empty where there is no choice."""
    span: tuple[date, date] | None = None
    """The first and last day that have something, whatever is asked for."""


@dataclass
class _Maker:
    programme: Programme
    clocks: Clocks
    now: datetime
    wanted: Wanted
    marks: Mapping[str, tuple[Mark, ...]]
    posters: str = ""
    pages: Pages | None = None
    by_parent: dict[str, list[Item]] = field(default_factory=dict)
    rolled: date | None = None

    def line(self, item: Item, kids: Sequence[Item] = ()) -> Line:
        local = item.start.astimezone(self.clocks.event)
        own, plus = own_clock(item.start, self.clocks)
        is_cancelled = item.cancelled
        is_quiet = item.kind in _QUIET and not item.listed_speakers
        return Line(
            uid=item.uid,
            title=item.title if item.parent else item.heading,
            kind=item.kind,
            clock=clock_text(local),
            iso=local.isoformat(timespec="minutes"),
            own_clock=own,
            own_plus=plus,
            stage="" if is_cancelled else self._stage(item),
            is_quiet=is_quiet,
            is_cancelled=is_cancelled,
            label=item.label or "",
            names=tuple(self._name(who) for who in item.listed_speakers),
            chairs=tuple(self._name(who) for who in item.listed_chairs),
            meta=self._meta(item),
            marks=(Mark(str(_("cancelled")), "stop"),) if is_cancelled else self.marks.get(item.uid, ()),
            abstract=item.abstract,
            kids=tuple(self.line(kid) for kid in kids),
            page=self.pages.item(item.uid) if self.pages is not None and not is_quiet else "",
        )

    def _name(self, who: Speaker) -> Name:
        page = self.pages.speaker(who.code) if self.pages is not None and who.code else ""
        return Name(who.name, who.affiliation, page)

    def _stage(self, item: Item) -> str:
        if item.over_at <= self.now:
            return "past"
        return "now" if item.start <= self.now else ""

    def _meta(self, item: Item) -> str:
        around = self.programme.item(item.parent)
        what = [self._what(item, around)]
        if item.end is not None and item.end > item.start and around is None:
            what.append(words.length_text(item.end - item.start))
        parts = [", ".join(part for part in what if part)]
        room = item.room if around is None or item.room != around.room else None
        parts.append(isolated(room or ""))
        parts.append(isolated(item.track or "") if around is None or item.track != around.track else "")
        parts.append(str(_("given remotely")) if item.remote else "")
        if item.recording is not Recording.UNDECIDED and (around is None or around.recording is not item.recording):
            parts.append(words.recording_in_a_line(item.recording))
        return "\u00a0· ".join(part for part in parts if part)

    def _what(self, item: Item, around: Item | None) -> str:
        children = self.by_parent.get(item.uid, [])
        if children:
            at_once = len({child.start for child in children}) == 1
            return words.children_text([child.kind for child in children], at_once=at_once)
        if around is not None and len({each.kind for each in self.by_parent.get(around.uid, [])}) == 1:
            # The session's line has said it for all of them.
            return ""
        if item.kind is Kind.POSTER and around is None and self.posters:
            return self.posters
        return words.kind_in_a_line(item.kind)

    def day_lines(self, items: Sequence[Item]) -> Iterator[Line]:
        """The top lines of one day that are asked for, each with the kids that are; a session brings all of its own."""
        for item in items:
            children = self.by_parent.get(item.uid, [])
            fits = self.wanted.keeps(item)
            kids = children if fits else [child for child in children if self.wanted.keeps(child, item)]
            if not fits and not kids:
                continue
            line = self.line(item, kids)
            yield self._with_roll(item, line)

    def _with_roll(self, item: Item, line: Line) -> Line:
        if self.clocks.own is None:
            return line
        own_day = item.start.astimezone(self.clocks.own).date()
        previous, self.rolled = self.rolled, own_day
        if previous is None or previous == own_day or own_day == item.start.astimezone(self.clocks.event).date():
            return line
        return _replace_roll(line, day_text(own_day, short=False))


def _replace_roll(line: Line, roll: str) -> Line:
    values = {name: getattr(line, name) for name in Line.__slots__}
    return Line(**(values | {"roll": roll}))


def own_clock(at: datetime, clocks: Clocks) -> tuple[str, int]:
    """The viewer's wall clock at an instant, and how many days their date is ahead of the event's."""
    if clocks.own is None:
        return "", 0
    own = at.astimezone(clocks.own)
    return clock_text(own), (own.date() - at.astimezone(clocks.event).date()).days


def clocks_for(programme: Programme, own: str | None, at: datetime) -> Clocks:
    """Both clocks, without the second where it would read the same at that time."""
    event = ZoneInfo(programme.zone)
    mine = ZoneInfo(own) if own and own != NO_ZONE else None
    if mine is not None and at.astimezone(mine).utcoffset() == at.astimezone(event).utcoffset():
        mine = None
    return Clocks(event, mine)


def timetable(
    programme: Programme,
    *,
    now: datetime,
    own: str | None,
    wanted: Wanted,
    marks: Mapping[str, tuple[Mark, ...]],
    posters: str = "",
    pages: Pages | None = None,
) -> Timetable:
    """The page's list of a programme, as asked for."""
    top = [item for item in programme.items if programme.item(item.parent) is None]
    first = next((item.start for item in top), now)
    clocks = clocks_for(programme, own, first)
    maker = _Maker(programme, clocks, now, wanted, marks, posters, pages)
    for item in programme.items:
        if programme.item(item.parent) is not None:
            maker.by_parent.setdefault(str(item.parent), []).append(item)
    days = []
    by_day = _by_day(top, clocks.event)
    for day, items in by_day:
        if wanted.day and day.isoformat() != wanted.day:
            continue
        maker.rolled = None
        lines = tuple(maker.day_lines(items))
        if lines:
            days.append(_day(day, items, lines, clocks, now, wanted))
    labels = (zone_label(programme.zone, first), zone_label(clocks.own.key, first) if clocks.own else "")
    shown_now = now_next(programme, maker)
    every_day = tuple(Choice(day.isoformat(), day_text(day)) for day, _items in by_day)
    rooms, tracks = (
        _choices(getattr(item, what) for item in programme.items if not item.cancelled) for what in ("room", "track")
    )
    return Timetable(
        tuple(days), clocks, labels, first, shown_now, _filters(programme),
        every_day if len(every_day) > 1 else (), rooms, tracks,
        (by_day[0][0], by_day[-1][0]) if by_day else None,
    )  # fmt: skip


def _choices(names: Iterable[str | None]) -> tuple[str, ...]:
    """Each name once, in the order of the alphabet; none where there is but one."""
    found = {name_key(name): name for name in names if name}
    return tuple(sorted(found.values(), key=str.casefold)) if len(found) > 1 else ()


def _by_day(items: Iterable[Item], zone: ZoneInfo) -> list[tuple[date, list[Item]]]:
    found: dict[date, list[Item]] = {}
    for item in items:
        found.setdefault(item.start.astimezone(zone).date(), []).append(item)
    return sorted(found.items())


def _day(
    day: date, items: Sequence[Item], lines: tuple[Line, ...], clocks: Clocks, now: datetime, wanted: Wanted
) -> Day:
    end = max((item.over_at for item in items if not item.cancelled), default=None)
    over = max(item.over_at for item in items)
    closing = None
    if end is not None and wanted.is_all:
        closing = (clock_text(end.astimezone(clocks.event)), *own_clock(end, clocks))
    year = day.year != now.astimezone(clocks.event).year
    return Day(day, day_text(day, short=False, year=year), lines, closing, over <= now)


def _filters(programme: Programme) -> tuple[Choice, ...]:
    names = {
        "talks": _("Talks"),
        "posters": _("Posters"),
        "tables": _("Roundtables"),
    }
    kinds = {item.kind for item in programme.items}
    return tuple(Choice(key, str(label)) for key, label in names.items() if kinds & _FILTERS[key])


def now_next(programme: Programme, maker: _Maker) -> NowNext | None:
    """What is on and what follows: only on a day of the programme, until its last item is over."""
    now, zone = maker.now, maker.clocks.event
    live = [item for item in programme.items if not item.cancelled]
    today = [item for item in live if item.start.astimezone(zone).date() == now.astimezone(zone).date()]
    running = [item for item in live if item.start <= now < item.over_at]
    if not running and not any(item.start > now for item in today):
        return None
    # The talk rather than the session around it; of several, the one that began last.
    current = max(running, key=lambda item: (item.parent is not None, item.start), default=None)
    coming = [item for item in today if item.start > now]
    following = min(coming, key=lambda item: (item.start, item.parent is not None, item.position), default=None)
    passed = int((now - current.start).total_seconds() // 60) if current else 0
    length = int((current.over_at - current.start).total_seconds() // 60) if current else 0
    until = clock_text(current.over_at.astimezone(zone)) if current else ""
    return NowNext(
        clock=clock_text(now.astimezone(zone)),
        own_clock=own_clock(now, maker.clocks)[0],
        now=maker.line(current) if current else None,
        now_until=until,
        passed=passed,
        length=length,
        following=maker.line(following) if following else None,
        wait=words.until_text(following.start - now) if following else "",
    )


# -- what changed lately ---------------------------------------------------------------------------------------------


def change_marks(changes: Sequence[Mapping[str, str | None]], programme: Programme) -> dict[str, tuple[Mark, ...]]:
    """The words beside a title after a release: `new time, was 08:55`. Two at most, the time first."""
    zone = ZoneInfo(programme.zone)
    found: dict[str, list[Mark]] = {}
    for change in changes:
        item = programme.item(change["uid"])
        if item is not None and (text := _mark_text(change, item, zone)):
            found.setdefault(item.uid, []).append(Mark(text))
    return {uid: tuple(marks[:2]) for uid, marks in found.items()}


def _mark_text(change: Mapping[str, str | None], item: Item, zone: ZoneInfo) -> str:
    simple = {
        What.ADDED: _("new"),
        What.REVIVED: _("takes place after all"),
        What.ROOM: _("new room"),
        What.SPEAKERS: _("new speakers"),
        What.CHAIRS: _("new chair"),
        What.TITLE: _("new title"),
    }
    what = What(str(change["what"]))
    if what is not What.TIME:
        return str(simple.get(what, ""))
    started = datetime.fromisoformat(change["was_start"]) if change["was_start"] else None
    ended = datetime.fromisoformat(change["was_end"]) if change["was_end"] else None
    if started is not None and started != item.start:
        was, is_day_same = started.astimezone(zone), _same_day(started, item.start, zone)
        when = clock_text(was) if is_day_same else f"{day_text(was.date())}, {clock_text(was)}"
        return str(_("new time, was %(time)s", time=when))
    if ended is not None:
        return str(_("new end, was %(time)s", time=clock_text(ended.astimezone(zone))))
    return str(_("new end"))


def _same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()
