"""What is wrong or doubtful in a programme, and what one has to know besides to say so. Pure, no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Item, Kind, Programme, Speaker, as_zone
from workshop_manager.schedule.rules import (
    WEEKDAYS,
    clock_in_words,
    day_in_words,
    is_ambiguous,
    length_in_words,
    name_in_words,
    offset_at,
    zone_mismatch,
)
from workshop_manager.schedule.states import KeptFor
from workshop_manager.schedule.visibility import name_key

# An item longer than this is more often "11:45pm" typed for "11:45am" than a real session.
LONGEST = timedelta(hours=12)
GAP = "gap"


class Severity(StrEnum):
    """An error makes the programme wrong for somebody; a warning is to be looked at and may be meant; a note is only
    said where it is.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something wrong in a programme: a stable `code`, the uids concerned in reading order, a plain sentence."""

    code: str
    severity: Severity
    items: tuple[str, ...]
    sentence: str
    basis: str = ""
    """What it follows from besides times, rooms and people of its items, such as how many a room holds."""
    degree: int = 0
    """How bad it is, where that can be counted: people too many."""
    slack: int = 0
    """By how much `degree` may still grow after somebody left it."""

    @property
    def subject(self) -> str:
        """Its items as one word, by which it is found again."""
        return " ".join(self.items)

    @property
    def about(self) -> str:
        """Tells it from others of the same code and items: two people, say, who both have two of the same talks."""
        return hashlib.sha256(self.basis.encode()).hexdigest()[:32] if self.basis else ""

    def digest(self, programme: Programme) -> str:
        """Of all that it follows from: another one means that what was said of it was said of something else."""
        told = hashlib.sha256(f"{self.code}\x1f{self.basis}".encode())
        if self.code == GAP:  # who speaks before it, and where, is another matter
            told.update(self.subject.encode())
            return told.hexdigest()
        for uid in self.items:
            item = programme.item(uid)
            if item is not None:
                people = sorted(who.person_key or name_key(who.name) for who in item.people)
                told.update(repr((uid, item.start, item.end, item.room, item.parent, item.remote, people)).encode())
        return told.hexdigest()


@dataclass(frozen=True, slots=True)
class Protected:
    """A stretch of time that nothing may cover, such as prayer or lunch: UTC instants."""

    label: str
    start: datetime
    end: datetime
    kind: KeptFor = KeptFor.OTHER


@dataclass(frozen=True, slots=True)
class Gathering:
    """Who comes to an item: people who signed up, and places that can be signed up for."""

    people: int
    places: int


@dataclass(frozen=True, slots=True)
class Away:
    """What a speaker said of time: (start, end, whether they cannot or would only rather not), in UTC and in order; and
    the zone they are in then, if they said so.
    """

    hours: tuple[tuple[datetime, datetime, bool], ...] = ()
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What organisers know besides the programme. Never published: zones and numbers are nobody's business outside.

    `capacities` by `name_key` of the room; `zones` (IANA names) by person key; `gatherings` by uid; `authors` by uid:
    names by person key, or by `name_key` where nobody knows an account; `away` by the same keys, for whoever answered.
    """

    capacities: Mapping[str, int] = field(default_factory=dict)
    protected: tuple[Protected, ...] = ()
    zones: Mapping[str, str] = field(default_factory=dict)
    gatherings: Mapping[str, Gathering] = field(default_factory=dict)
    authors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    away: Mapping[str, Away] = field(default_factory=dict)

    def said_by(self, person_key: str | None, name: str) -> Away | None:
        """What a speaker said of time; None if nobody asked them, or they have not answered."""
        return self.away.get(person_key or name_key(name))


NOTHING = Facts()


def _span(programme: Programme, item: Item) -> str:
    tz = as_zone(programme.zone)
    start = item.start.astimezone(tz)
    if item.end is None:
        return clock_in_words(start)
    return f"{clock_in_words(start)}–{clock_in_words(item.end.astimezone(tz))}"


def _overlap(one: Item, other: Item) -> tuple[datetime, datetime] | None:
    if one.end is None or other.end is None:
        return None
    start, end = max(one.start, other.start), min(one.end, other.end)
    return (start, end) if start < end else None


def _overlapping(items: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """Pairs that share some time, each once, in order of start; a sweep, so a long programme stays cheap."""
    running: list[Item] = []
    for item in sorted(items, key=lambda each: (each.start, each.position, each.uid)):
        running = [other for other in running if other.end is not None and other.end > item.start]
        for other in running:
            if _overlap(other, item):
                yield other, item
        if item.end is not None and item.end > item.start:
            running.append(item)


def _stand_side_by_side(one: Item, other: Item) -> bool:
    """Whether two items are meant to share a room: tables with different labels, or posters, in the same parent."""
    if one.parent is None or one.parent != other.parent:
        return False
    if one.kind is Kind.POSTER and other.kind is Kind.POSTER:
        return True
    labels = (name_key(one.label or ""), name_key(other.label or ""))
    return bool(labels[0] and labels[1]) and labels[0] != labels[1]


def _room_conflicts(programme: Programme, live: list[Item]) -> Iterator[Conflict]:
    around = _around(programme, live)
    by_room: dict[str, list[Item]] = {}
    for item in live:
        if item.room and item.room.strip():
            by_room.setdefault(name_key(item.room), []).append(item)
    told: set[frozenset[str]] = set()
    for room_items in by_room.values():
        # Around before inside: when two sessions collide, their talks collide too, and once is enough to say it.
        pairs = sorted(_overlapping(room_items), key=lambda pair: len(around[pair[0].uid]) + len(around[pair[1].uid]))
        for one, other in pairs:
            if other.uid in around[one.uid] or one.uid in around[other.uid] or _stand_side_by_side(one, other):
                continue
            if any(frozenset((a, b)) in told for a in around[one.uid] for b in around[other.uid]):
                continue
            told.add(frozenset((one.uid, other.uid)))
            shared = _overlap(one, other)
            assert shared is not None
            room, length = isolated(one.room or ""), length_in_words(shared[1] - shared[0])
            yield Conflict(
                "room_twice",
                Severity.ERROR,
                (one.uid, other.uid),
                f"{name_in_words(one)} ({_span(programme, one)}) and {name_in_words(other)} "
                f"({_span(programme, other)}) are both in {room} for {length}.",
            )


def _around(programme: Programme, items: Iterable[Item]) -> dict[str, set[str]]:
    """For each item its own uid and those of everything it stands in."""
    return {item.uid: {item.uid, *(each.uid for each in programme.ancestors(item))} for item in items}


@dataclass(slots=True)
class _Person:
    """The items of one speaker, known by account or only by name."""

    name: str
    known: bool
    items: dict[str, Item]


def _people(live: list[Item]) -> list[_Person]:
    people: dict[tuple[bool, str], _Person] = {}
    for item in live:
        for speaker in item.people:
            name = name_key(speaker.name)
            if name or speaker.person_key:
                # A key is one person; an equal name may be two, so it only warns.
                key = (True, speaker.person_key) if speaker.person_key else (False, name)
                people.setdefault(key, _Person(speaker.name, key[0], {})).items[item.uid] = item
    return list(people.values())


def _meetings(people: list[_Person]) -> Iterator[tuple[_Person, bool, Item, Item]]:
    """Overlapping items of one person: by account, by name, and by a name with an account here and without there."""
    by_name = {name_key(person.name): person for person in people if not person.known}
    for person in people:
        for one, other in _overlapping(person.items.values()):
            yield person, person.known, one, other
        namesake = by_name.get(name_key(person.name)) if person.known else None
        if namesake is not None:
            for one, other in _overlapping({**person.items, **namesake.items}.values()):
                if (one.uid in person.items) != (other.uid in person.items):
                    yield person, False, one, other


def _speaker_conflicts(programme: Programme, live: list[Item]) -> Iterator[Conflict]:
    around = _around(programme, live)
    for person, sure, one, other in _meetings(_people(live)):
        if other.uid in around[one.uid] or one.uid in around[other.uid]:
            continue
        # Two posters of one author in one session are usual: somebody else stands at the second.
        posters = one.kind is Kind.POSTER and other.kind is Kind.POSTER and one.parent == other.parent
        end = "" if sure else " They may be two people of one name."
        yield Conflict(
            "speaker_twice",
            Severity.ERROR if sure and not posters else Severity.WARNING,
            (one.uid, other.uid),
            f"{isolated(person.name)} is in two places at once: {name_in_words(one)} ({_span(programme, one)}) and "
            f"{name_in_words(other)} ({_span(programme, other)}).{end}",
            name_key(person.name),
        )


def _own_conflicts(programme: Programme, item: Item) -> Iterator[Conflict]:
    """What is wrong with one item by itself."""
    tz = as_zone(programme.zone)
    name = name_in_words(item)

    def told(code: str, severity: Severity, sentence: str, basis: str = "") -> Conflict:
        return Conflict(code, severity, (item.uid,), sentence, basis)

    if not item.title.strip():
        yield told("no_title", Severity.ERROR, f"The item at {_span(programme, item)} has no title.")
    if item.end is None:
        sentence = f"{name} has no end; calendars show it as a moment at {_span(programme, item)}."
        yield told("no_end", Severity.WARNING, sentence)
    elif item.end <= item.start:
        how = "when it starts" if item.end == item.start else "before it starts"
        yield told("end_before_start", Severity.ERROR, f"{name} ends {how}: {_span(programme, item)}.")
    elif item.end - item.start > LONGEST:
        length = length_in_words(item.end - item.start)
        sentence = f"{name} lasts {length} ({_span(programme, item)}). Is am or pm swapped?"
        yield told("very_long", Severity.WARNING, sentence)
    for moment, what in ((item.start, "starts"), (item.end, "ends")):
        if moment is not None and is_ambiguous(moment, programme.zone):
            local = moment.astimezone(tz)
            yield told(
                "hour_twice",
                Severity.WARNING,
                f"{name} {what} at {clock_in_words(local)} on {day_in_words(local.date())}, an hour that comes twice "
                f"because clocks go back; the {'second' if local.fold else 'first'} one ({local.tzname()}) is meant.",
                what,
            )
    if item.end is not None and item.end > item.start:
        before, after = offset_at(item.start.astimezone(tz)), offset_at(item.end.astimezone(tz))
        if before != after:
            way = "forward" if after > before else "back"
            yield told(
                "clock_change_inside",
                Severity.WARNING,
                f"Clocks go {way} by {length_in_words(abs(after - before))} during {name}: {_span(programme, item)} "
                f"lasts {length_in_words(item.end - item.start)}.",
            )


def _parent_conflicts(programme: Programme, item: Item) -> Iterator[Conflict]:
    if item.parent is None:
        return
    name = name_in_words(item)
    parent = programme.item(item.parent)
    if parent is None:
        yield Conflict("no_parent", Severity.ERROR, (item.uid,), f"{name} stands in a session that does not exist.")
        return
    uids = (parent.uid, item.uid)
    above = programme.ancestors(item)
    if parent.uid == item.uid or (above and above[-1].parent in {item.uid, *(each.uid for each in above)}):
        yield Conflict("own_parent", Severity.ERROR, uids, f"{name} stands inside itself.")
        return
    if parent.cancelled:
        sentence = f"{name} stands in {name_in_words(parent)}, which is cancelled."
        yield Conflict("parent_cancelled", Severity.WARNING, uids, sentence)
        return
    if item.start < parent.start or (parent.end is not None and max(item.start, item.end or item.start) > parent.end):
        yield Conflict(
            "outside_parent",
            Severity.ERROR,
            uids,
            f"{name} ({_span(programme, item)}) is not within {name_in_words(parent)} ({_span(programme, parent)}).",
        )


# --- what one has to know besides ------------------------------------------------------------------------------------


FREE = frozenset({Kind.BREAK, Kind.MEAL, Kind.PRAYER})
"""What may stand where a time is protected."""
EARLIEST, LATEST = time(7), time(23)
"""Of the day where a speaker is who speaks from afar."""
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})s?\b")


SLACK, LEAST_SLACK = 10, 5
"""What was left comes back once a tenth of the room, or five people if that is more, came on top."""


def _capacity_conflicts(live: list[Item], facts: Facts) -> Iterator[Conflict]:
    for item in live:
        room = facts.capacities.get(name_key(item.room)) if item.room else None
        gathering = facts.gatherings.get(item.uid)
        if room is None or gathering is None:
            continue
        name, where = name_in_words(item), isolated(item.room or "")
        if gathering.people > room:
            what = "people"
            people = "1 person has" if gathering.people == 1 else f"{gathering.people} people have"
            sentence = f"{people} signed up for {name}, and {where} holds {room}."
        elif gathering.places > room:
            what = "places"
            sentence = f"{name} offers {gathering.places} places, and {where} holds {room}."
        else:
            continue
        yield Conflict(
            "over_capacity",
            Severity.WARNING,
            (item.uid,),
            sentence,
            # Not how many: each sign-up would make it another conflict.
            f"{what}>{room}",
            degree=(gathering.people if what == "people" else gathering.places) - room,
            slack=max(room // SLACK, LEAST_SLACK),
        )


def _protected_conflicts(programme: Programme, live: list[Item], facts: Facts) -> Iterator[Conflict]:
    tz = as_zone(programme.zone)
    for each in facts.protected:
        told: set[str] = set()
        for item in live:
            if item.kind in FREE or item.end is None or item.parent in told:
                continue
            if max(item.start, each.start) < min(item.end, each.end):
                told.add(item.uid)
                span = f"{clock_in_words(each.start.astimezone(tz))}–{clock_in_words(each.end.astimezone(tz))}"
                yield Conflict(
                    "protected_time",
                    Severity.WARNING,
                    (item.uid,),
                    _covers(f"{name_in_words(item)} ({_span(programme, item)})", each, span),
                    f"{each.label} {each.start.isoformat()} {each.end.isoformat()}",
                )


def _covers(name: str, each: Protected, span: str) -> str:
    kept = f"{isolated(each.label)} ({span})"
    match each.kind:
        case KeptFor.PRAYER:
            return f"{name} covers a time of prayer: {kept}. Whoever prays would miss it."
        case KeptFor.MEAL:
            return f"{name} covers a meal: {kept}. Whoever comes could not eat then."
        case KeptFor.REST:
            return f"{name} covers a rest: {kept}. Nobody would have a break then."
    return f"{name} covers {kept}, which is kept free."


def _part(item: Item, who: Speaker) -> str:
    return "gives" if who in item.speakers else "chairs"


def _far_conflicts(live: list[Item], facts: Facts) -> Iterator[Conflict]:
    """Remote speakers at an hour at which people sleep where they are."""
    for item in live:
        for speaker in item.people if item.remote else ():
            zone = facts.zones.get(speaker.person_key or "")
            # Who said when they can come knows best when they sleep.
            if zone is None or facts.said_by(speaker.person_key, speaker.name) is not None:
                continue
            there = as_zone(zone)
            start, end = item.start.astimezone(there), item.over_at.astimezone(there)
            sleeps = start.time() < EARLIEST or start.time() >= LATEST
            if sleeps or end.date() > start.date() or end.time() > LATEST:
                hours = clock_in_words(start) + (f"–{clock_in_words(end)}" if item.end else "")
                yield Conflict(
                    "bad_local_hour",
                    Severity.WARNING,
                    (item.uid,),
                    f"{isolated(speaker.name)} {_part(item, speaker)} {name_in_words(item)} from afar at {hours} on "
                    f"{day_in_words(start.date())} where they are ({zone}).",
                    f"{speaker.person_key} {zone}",
                )


def _away_conflicts(programme: Programme, live: list[Item], facts: Facts) -> Iterator[Conflict]:
    """Speakers at an hour at which they said they cannot come, or would rather not."""
    for item in live if facts.away else ():
        for speaker in item.people:
            said = facts.said_by(speaker.person_key, speaker.name)
            hit = [each for each in said.hours if each[0] < item.over_at and item.start < each[1]] if said else []
            if said is None or not hit:
                continue
            never = any(is_never for _start, _end, is_never in hit)
            there = ""
            if said.zone is not None and said.zone != programme.zone:
                start = item.start.astimezone(as_zone(said.zone))
                there = f", {clock_in_words(start)} on {day_in_words(start.date())} where they are ({said.zone})"
            name, slot = isolated(speaker.name), f"{name_in_words(item)} ({_span(programme, item)}{there})"
            basis = f"{speaker.person_key or name_key(speaker.name)} {said.zone}"
            if never:
                sentence = f"{name} said they cannot come then: {slot}."
                yield Conflict("unavailable", Severity.WARNING, (item.uid,), sentence, basis)
            else:
                sentence = f"{name} would rather not come then: {slot}."
                yield Conflict("rather_not", Severity.WARNING, (item.uid,), sentence, basis)


def _author_conflicts(programme: Programme, live: list[Item], facts: Facts) -> Iterator[Conflict]:
    """Somebody who wrote two works that are presented at the same time, and is not named in both."""
    around = _around(programme, live)
    by_author: dict[str, tuple[str, list[Item]]] = {}
    for item in live:
        spoken = {who.person_key or name_key(who.name): who.name for who in item.people}
        for key, name in {**facts.authors.get(item.uid, {}), **spoken}.items():
            by_author.setdefault(key, (name, []))[1].append(item)
    told: set[tuple[str, str]] = set()
    for key, (name, items) in by_author.items():
        for one, other in _overlapping(items):
            if other.uid in around[one.uid] or one.uid in around[other.uid] or (one.uid, other.uid) in told:
                continue
            if one.kind is Kind.POSTER and other.kind is Kind.POSTER and one.parent == other.parent:
                continue
            speaks = [key in {who.person_key or name_key(who.name) for who in item.people} for item in (one, other)]
            wrote = [key in facts.authors.get(item.uid, {}) for item in (one, other)]
            if all(speaks) or not any(wrote):
                continue
            told.add((one.uid, other.uid))
            chairs = {who.person_key or name_key(who.name) for item in (one, other) for who in item.chairs}
            is_of_both = key not in chairs
            yield Conflict(
                "author_twice",
                Severity.WARNING,
                (one.uid, other.uid),
                f"{isolated(name)} belongs to two {'works' if is_of_both else 'items'} at the same time: "
                f"{name_in_words(one)} ({_span(programme, one)}) and {name_in_words(other)} "
                f"({_span(programme, other)}).",
                key,
            )


def _said_conflicts(programme: Programme, item: Item) -> Iterator[Conflict]:
    """What a heading says of the day or the clock, where that is another one."""
    day = item.start.astimezone(as_zone(programme.zone)).date()
    for found in _WEEKDAY.finditer(item.heading):
        if found.group(1) != WEEKDAYS[day.weekday()]:
            sentence = f"{name_in_words(item)} says {found.group(1)}, and stands on {day_in_words(day)}."
            yield Conflict("wrong_weekday", Severity.WARNING, (item.uid,), sentence, found.group(1))
            break
    mismatch = zone_mismatch(item.heading, day, programme.zone)
    if mismatch is not None:
        sentence = f"{name_in_words(item)} names a time zone: {mismatch}"
        yield Conflict("wrong_zone", Severity.WARNING, (item.uid,), sentence, mismatch)


def conflicts(programme: Programme, facts: Facts = NOTHING) -> list[Conflict]:
    """Everything wrong or doubtful in a programme, errors first, then in reading order; cancelled items never clash.

    Codes: `no_title`, `end_before_start`, `room_twice` (any overlap of more than zero minutes), `speaker_twice`
    (an error by person key, a warning by equal name), `outside_parent`, `no_parent`, `own_parent`; as warnings
    `no_end`, `very_long`, `hour_twice`, `clock_change_inside`, `parent_cancelled`, `wrong_weekday`, `wrong_zone`, and
    by what `facts` tells `author_twice`, `over_capacity`, `protected_time`, `bad_local_hour`, `unavailable`,
    `rather_not`. Items of one parent may share its room when their labels differ (roundtables) or when all are posters.
    """
    live = [item for item in programme.items if not item.cancelled]
    order = {item.uid: place for place, item in enumerate(programme.items)}
    found: list[Conflict] = []
    for item in live:
        found.extend(_own_conflicts(programme, item))
        found.extend(_parent_conflicts(programme, item))
        found.extend(_said_conflicts(programme, item))
    found.extend(_room_conflicts(programme, live))
    found.extend(_speaker_conflicts(programme, live))
    found.extend(_author_conflicts(programme, live, facts))
    found.extend(_capacity_conflicts(live, facts))
    found.extend(_protected_conflicts(programme, live, facts))
    found.extend(_far_conflicts(live, facts))
    found.extend(_away_conflicts(programme, live, facts))

    def place(conflict: Conflict) -> tuple[bool, int, str]:
        return conflict.severity is not Severity.ERROR, min(order[uid] for uid in conflict.items), conflict.code

    return sorted(found, key=place)
