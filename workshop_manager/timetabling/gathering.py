"""From an edition's draft to a problem: which talks want a place, where there is room, who is where already."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from workshop_manager.availability import service as availability
from workshop_manager.availability.models import SpeakerAvailability, SpeakerHours
from workshop_manager.availability.states import From, Word
from workshop_manager.registrations import queries as registrations
from workshop_manager.schedule import drafting, queries
from workshop_manager.schedule.clashes import EARLIEST, FREE, LATEST
from workshop_manager.schedule.drafting import Working
from workshop_manager.schedule.editing.placing import KINDS
from workshop_manager.schedule.programme import Item, Kind
from workshop_manager.schedule.visibility import name_key, person_key
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import Outcome
from workshop_manager.timetabling import windows
from workshop_manager.timetabling.options import Options
from workshop_manager.timetabling.problem import Place, Problem, Span, Stretch, Work
from workshop_manager.timetabling.windows import Hours, Window
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Room

_ALL_STOP = FREE | {Kind.KEYNOTE, Kind.OPENING, Kind.SOCIAL}
"""What everybody goes to: no talk beside it, in whatever room it is."""
_NOON, _ONE = time(12), time(13)
_TALKS = frozenset({Kind.TALK, Kind.LIGHTNING})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A talk of the problem: the accepted work it is, and its item if it has one."""

    submission: Submission
    uid: str | None
    is_far: bool
    zones: tuple[str, ...]
    """Of those who give it from afar."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The problem with what its keys stand for; `digest` names all that it follows from."""

    problem: Problem
    wanted: Mapping[str, Wanted]
    working: Working

    @property
    def digest(self) -> str:
        told = f"{self.working.fingerprint} {self.problem!r}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def gather(session: Session, edition: Edition, options: Options, rooms: Sequence[Room] | None = None) -> Gathered:
    """The talks of an edition that want a place, and the room there is (as many queries for few as for many).

    `rooms` are those of the edition, where somebody has asked for them already.
    """
    working = drafting.working(session, edition)
    works = {work.id: work for work in submissions.accepted(session, edition.id) if work.outcome in KINDS}
    placed = {row.item.submission_id: row.item.uid for row in working.rows if row.item.submission_id in works}
    programme = working.programme
    movable: dict[str, int] = {}
    if options.moves:
        fixed = {row.item.uid for row in working.rows if row.item.is_fixed}
        for submission_id, uid in placed.items():
            item = programme.item(uid) if uid not in fixed else None
            if item is not None and item.kind in _TALKS and not item.cancelled and item.end and submission_id:
                movable[uid] = submission_id
    first = min([edition.starts_at.astimezone(UTC).date(), *(each.day for each in options.windows)])
    origin = datetime.combine(first - timedelta(days=1), time(), UTC)
    standing = [item for item in programme.items if not item.cancelled and item.uid not in movable]
    stops = [
        *(
            Span(_minute(origin, p.starts_at), _minute(origin, p.ends_at))
            for p in queries.protected_times(session, edition.id)
        ),
        *(
            _span(origin, item)
            for item in standing
            if item.kind in _ALL_STOP and item.parent is None and item.over_at > item.start
        ),
    ]
    days = event_days(edition, options)
    breaks = [each for each in options.hours if each.room is None]
    stops += [_between(origin, each) for each in windows.breaks(edition.time_zone, days, breaks)]
    names = [
        room.name
        for room in (workshops.rooms(session, edition.id) if rooms is None else rooms)
        if not options.rooms or room.name in options.rooms
    ]
    closed = {
        name: [_between(origin, each) for each in windows.closed(edition.time_zone, days, told)]
        for name in names
        if (told := [each for each in options.hours if each.room == name])
    }
    stretches = [
        *_sessions(origin, standing, names, stops, closed),
        *_days(origin, edition, options, standing, names or [""], stops, closed),
    ]
    chosen = [
        work
        for work in works.values()
        if work.outcome in (Outcome.ORAL, Outcome.LIGHTNING) and (work.id not in placed or placed[work.id] in movable)
    ]
    far = registrations.far_away(session, edition.id, _accounts(chosen))
    said = {availability.key_of(row): row for row in availability.known(session, edition.id)}
    led: dict[str, list[tuple[str, Span]]] = {}
    for item in standing:
        for who in item.chairs if item.over_at > item.start else ():
            led.setdefault(who.person_key or name_key(who.name), []).append((item.uid, _span(origin, item)))
    wanted, found = {}, []
    range_end = max((each.span.end for each in stretches), default=0)
    for work in chosen:
        its_uid = placed.get(work.id)
        key, item = f"{work.number}", programme.item(its_uid) if its_uid else None
        presenting = _presenting(work)
        answers = {id(author): said.get(_key(author.person_id, author.name)) for author in presenting}
        away = [author for author in presenting if _is_afar(author, answers[id(author)], far)]
        is_far = (item is not None and item.remote) or bool(away)
        there = presenting if item is not None and item.remote else away
        # Who said when they can come knows best when they sleep.
        guessed = [author for author in there if answers[id(author)] is None]
        zones = tuple(dict.fromkeys(a.person.time_zone for a in guessed if a.person and a.person.time_zone))
        hours = [each for row in answers.values() if row is not None for each in row.hours]
        wanted[key] = Wanted(work, its_uid, is_far, zones)
        found.append(
            Work(
                key,
                int((item.end - item.start) / timedelta(minutes=1))
                if item and item.end
                else options.minutes(work.outcome or Outcome.ORAL),
                frozenset(_key(a.person_id, a.name) for a in _presenting(work)),
                work.track.name if work.track else None,
                tuple(span for zone in zones for span in _nights(origin, range_end, zone)),
                _spans(origin, hours, Word.CANNOT),
                _spans(origin, hours, Word.RATHER_NOT),
                [each for author in presenting for each in led.get(_key(author.person_id, author.name), ())],
                _before(origin, item, stretches) if item is not None else None,
            )
        )
    busy: dict[str, list[Span]] = {}
    for item in standing:
        # Whoever is named as speaking in a session may give a talk in it.
        if item.end is not None and item.end > item.start and item.kind is not Kind.SESSION:
            for who in item.speakers:
                busy.setdefault(who.person_key or name_key(who.name), []).append(_span(origin, item))
    return Gathered(Problem(origin, tuple(found), tuple(stretches), busy), wanted, working)


def _is_afar(author: Author, said: SpeakerAvailability | None, far: Collection[int]) -> bool:
    """Whether they give it from afar: as they said to the question about times, else as they registered."""
    if said is not None and said.speaks_from in (From.THERE, From.AFAR):
        return said.speaks_from is From.AFAR
    return author.person_id in far


def _spans(origin: datetime, hours: Iterable[SpeakerHours], word: Word) -> tuple[Span, ...]:
    return tuple(
        Span(_minute(origin, each.starts_at), _minute(origin, each.ends_at)) for each in hours if each.word is word
    )


def _presenting(work: Submission) -> Sequence[Author]:
    return [author for author in work.authors if author.is_presenter] or work.authors


def _accounts(works: Iterable[Submission]) -> Collection[int]:
    return {a.person_id for work in works for a in _presenting(work) if a.person_id is not None}


def _key(person_id: int | None, name: str) -> str:
    return person_key(person_id) if person_id is not None else name_key(name)


def _minute(origin: datetime, moment: datetime) -> int:
    return int((moment - origin) / timedelta(minutes=1))


def _between(origin: datetime, both: windows.Between) -> Span:
    return Span(_minute(origin, both[0]), _minute(origin, both[1]))


def _span(origin: datetime, item: Item) -> Span:
    return Span(_minute(origin, item.start), _minute(origin, item.end or item.start))


def _without(span: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """What is left of a span, in order."""
    at = span.start
    for each in sorted(taken, key=lambda one: one.start):
        if each.end <= at or each.start >= span.end:
            continue
        if each.start > at:
            yield Span(at, each.start)
        at = max(at, each.end)
    if at < span.end:
        yield Span(at, span.end)


def _sessions(
    origin: datetime,
    items: Sequence[Item],
    rooms: Collection[str],
    stops: Sequence[Span],
    closed: Mapping[str, Sequence[Span]],
) -> Iterator[Stretch]:
    """Sessions that can take talks, less what stands in them already."""
    for item in items:
        if item.kind is not Kind.SESSION or item.parent is not None or item.end is None:
            continue
        if item.room is not None and rooms and item.room not in rooms:
            continue
        inside = [_span(origin, each) for each in items if each.parent == item.uid]
        for number, span in enumerate(
            _without(_span(origin, item), [*inside, *stops, *closed.get(item.room or "", ())])
        ):
            yield Stretch(f"{item.uid}.{number}", item.room or f"session {item.uid}", span, item.uid, item.track)


def event_days(edition: Edition, options: Options) -> list[date]:
    """The days on which there may be talks, those of the event unless they were chosen."""
    if options.windows:
        return [each.day for each in options.windows]
    return [each.day for each in usual_windows(edition)]


def usual_windows(edition: Edition) -> list[Window]:
    """Each day of the event between its first and its last clock."""
    zone = ZoneInfo(edition.time_zone)
    start, end = edition.starts_at.astimezone(zone), edition.ends_at.astimezone(zone)
    found = []
    day: date = start.date()
    # An event that ends at midnight ends on the day before; one until two in the morning has its last night then.
    while day <= (end - timedelta(minutes=1)).date():
        if datetime.combine(day, start.time(), zone).astimezone(UTC) < end.astimezone(UTC):
            found.append(Window(day, start.time(), end.time()))
        day += timedelta(days=1)
    return found


def usual_breaks(session: Session, edition: Edition) -> tuple[Hours, ...]:
    """Lunch, where days are long and nothing that is planned or kept free says when people eat."""
    days = [each for each in usual_windows(edition) if each.opens and each.closes and each.opens < each.closes]
    if not days or not all(each.opens <= _NOON < _ONE <= each.closes for each in days if each.opens and each.closes):
        return ()
    if queries.last_position(session, edition.id) >= 0 or queries.protected_times(session, edition.id):
        return ()
    return (Hours(None, _NOON, _ONE),)


def _days(
    origin: datetime,
    edition: Edition,
    options: Options,
    items: Sequence[Item],
    rooms: Sequence[str],
    stops: Sequence[Span],
    closed: Mapping[str, Sequence[Span]],
) -> Iterator[Stretch]:
    """The hours of each day, less what stands in the room, closes it or stops everything."""
    for each in options.windows or usual_windows(edition):
        if each.opens is None or each.closes is None:
            continue
        whole = _between(origin, windows.between(edition.time_zone, each.day, each.opens, each.closes))
        for room in rooms:
            taken = [_span(origin, item) for item in items if item.parent is None and item.room in (room, None)]
            for number, span in enumerate(_without(whole, [*taken, *stops, *closed.get(room, ())])):
                yield Stretch(f"{each.day} {room} {number}", room, span)


def _nights(origin: datetime, until: int, zone: str) -> Iterator[Span]:
    """When people in a zone sleep, over the whole range."""
    there = ZoneInfo(zone)
    day = origin.astimezone(there).date() - timedelta(days=1)
    while True:
        falls = datetime.combine(day, LATEST, there).astimezone(UTC)
        rises = datetime.combine(day + timedelta(days=1), EARLIEST, there).astimezone(UTC)
        if _minute(origin, falls) >= until:
            return
        if rises > origin:
            yield Span(max(0, _minute(origin, falls)), _minute(origin, rises))
        day += timedelta(days=1)


def _before(origin: datetime, item: Item, stretches: Iterable[Stretch]) -> Place | None:
    span = _span(origin, item)
    for each in stretches:
        if (
            each.span.start <= span.start
            and span.end <= each.span.end
            and (each.session == item.parent if each.session else each.room == (item.room or ""))
        ):
            return Place(each.key, span.start)
    return None
