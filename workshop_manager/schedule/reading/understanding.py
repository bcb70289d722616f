"""From lines of cells to rows: which cell is what, which row stands in which, and when it all takes place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Kind, Speaker, as_zone
from workshop_manager.schedule.reading.clocks import Clock, Times, find_times, minutes_of, show_clock
from workshop_manager.schedule.reading.columns import roles_of
from workshop_manager.schedule.reading.dates import FoundDay, day_first, find_day, moment_of, whole_day
from workshop_manager.schedule.reading.grids import ungrid
from workshop_manager.schedule.reading.meanings import (
    KEYNOTE,
    LABEL,
    guess_kind,
    is_name,
    name_and_title,
    people_of,
    said_of,
    split_people,
    title_and_chairs,
    title_and_people,
)
from workshop_manager.schedule.reading.sheets import Cell, Line, Sheet, tidy
from workshop_manager.schedule.reading.values import DAY, NOON, Doubt, Format, ImportRefusal, Reading, Row, Weight
from workshop_manager.schedule.rules import Refusal, day_in_words, length_in_words, local_instant, zone_mismatch

_NO_TIMES = "No times were found in what was pasted. Paste a table or lines such as “9:00 - 9:30 Opening”."
_NO_TIMES_ON_PAGE = (
    "No times were found on this web page. It may be a page to sign in, or one that fetches its programme later: "
    "open it, copy the table you see and paste that, or look for its “.ics” file."
)


def _next(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


@dataclass(slots=True)
class Draft:
    """A row while it is being understood; minutes count from midnight of the day read for and may exceed a day."""

    number: int
    source: str
    title: str
    kind: Kind | None = None
    nested: bool = False
    parent: int | None = None
    abstract: str = ""
    speakers: tuple[Speaker, ...] = ()
    chairs: tuple[Speaker, ...] = ()
    room: str | None = None
    track: str | None = None
    label: str | None = None
    times: Times | None = None
    time_text: str = ""
    start: int | None = None
    start_better: int | None = None
    end: int | None = None
    end_better: int | None = None
    day: date = date.min
    where: str = ""
    source_id: str | None = None
    minutes: int | None = None
    """How long it lasts, where that is printed instead of an end."""
    is_exact: bool = False
    """Its times come with their date: nothing about morning or evening is to be guessed."""
    folds: tuple[int, int] | None = None
    """Which of two equal hours, for start and end, where the source says it by an offset."""

    @property
    def best_start(self) -> int | None:
        return self.start if self.start_better is None else self.start_better

    @property
    def best_end(self) -> int | None:
        return self.end if self.end_better is None else self.end_better

    @property
    def name(self) -> str:
        words = self.title or self.source.replace("\t", " ").strip()
        return f"“{isolated(words if len(words) <= 60 else words[:59].rstrip() + '…')}”"


class _Starts:
    """The starts of a day's rows, in order, by room."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self.all: list[int] = []
        self.by_room: dict[str | None, list[int]] = {}
        for draft in drafts:
            if draft.best_start is not None:
                self.all.append(draft.best_start)
                self.by_room.setdefault(draft.room, []).append(draft.best_start)
        for starts in (self.all, *self.by_room.values()):
            starts.sort()

    def after(self, draft: Draft, start: int) -> int | None:
        """The next start after this one that could end the row: in its own room, or where no room is named."""
        lists = [self.all] if draft.room is None else [self.by_room.get(room, []) for room in (draft.room, None)]
        found = [starts[place] for starts in lists if (place := bisect_right(starts, start)) < len(starts)]
        return min(found, default=None)

    def between(self, start: int, end: int) -> tuple[int, int]:
        """How many rows start after `start` and before `end`, and how many start after it at all."""
        first = bisect_right(self.all, start)
        return bisect_left(self.all, end) - first, len(self.all) - first


_WHEN = frozenset({"time", "start", "start time", "end", "end time", "date", "start date"})


def _is_when(text: str) -> bool:
    return bool(text) and (find_times(text, whole=True) is not None or moment_of(text) is not None)


_WITH_SPEAKER = re.compile(
    r"(?:keynote|invited|plenary|oral|lightning|poster|panel|opening|welcome|closing|fireside|tutorial|workshop|session)\b",
    re.IGNORECASE,
)


def _kind_of(draft: Draft) -> tuple[Kind, str] | None:
    """What a title says of its kind. With a speaker beside it a title is a talk's, unless its first words say more."""
    guess = guess_kind(draft.title)
    if guess is None or not draft.speakers or _WITH_SPEAKER.match(draft.title):
        return guess
    # "Abertura" and "Palestra convidada" with a speaker column still say what they are.
    begins = draft.title.casefold().startswith(guess[1].casefold())
    return guess if begins and guess[0] in (Kind.OPENING, Kind.KEYNOTE) else None


def _is_unordered(timed: list[Draft]) -> bool:
    """Whether rows stand in another order than that of their times, such as that of their titles.

    A programme on a clock of twelve hours goes back once or twice a day, so that is no sign.
    """
    back = 0
    above: dict[str | None, int] = {}
    for draft in timed:
        start = draft.times.start.minutes if draft.times is not None else 0
        back += start < above.get(draft.room, 0)
        above[draft.room] = start
    return back >= 3 and back * 5 > len(timed)


class Understanding:
    """Turns lines of cells into a `Reading`; one use."""

    def __init__(self, sheet: Sheet, day: date, zone: str) -> None:
        self.sheet = sheet
        self.day = day
        self.zone = zone
        self.doubts: list[Doubt] = list(sheet.doubts)
        self.drafts: list[Draft] = []
        self.days: set[date] = set()
        self.order: bool | None = None
        self.dropped: set[int] = set()
        self.moved: dict[int, int] = {}
        self.unnamed: set[str] = set()

    def doubt(self, draft: Draft | None, field_name: str, sentence: str, suggestion: str | None = None) -> None:
        self.doubts.append(Doubt(draft.number if draft else None, field_name, sentence, suggestion))

    def note(self, draft: Draft | None, field_name: str, sentence: str) -> None:
        self.doubts.append(Doubt(draft.number if draft else None, field_name, sentence, weight=Weight.NOTE))

    def read(self) -> Reading:
        self.sheet.lines = ungrid(self.sheet.lines, self.day)
        self._columns_to_drafts()
        if not any(draft.times for draft in self.drafts):
            raise ImportRefusal("no_times", _NO_TIMES_ON_PAGE if self.sheet.format is Format.PAGE else _NO_TIMES)
        self._nest()
        self._understand()
        self._place_in_day()
        self._give_children_time()
        self._check_zone()
        rows = tuple(self._row(draft) for draft in self.drafts)
        order = {row.number: place for place, row in enumerate(rows)}
        doubts = sorted(self.doubts, key=lambda each: -1 if each.row is None else order[each.row])
        return Reading(rows, tuple(doubts), self.day, self.zone, self.sheet.format)

    # Which cell is what.

    def _roles(self) -> tuple[dict[int, str], dict[int, str], int]:
        """Column roles by place, header words by place, and how many lines the header takes."""
        lines = self.sheet.lines
        width = max((len(line.cells) for line in lines), default=0)
        roles: dict[int, str] = {}
        words: dict[int, str] = {}
        skip = 0
        first = lines[0] if lines else None
        if first is not None and not any(find_times(cell.text, whole=True) for cell in first.cells):
            named = roles_of(cell.text for cell in first.cells)
            if len(named) >= 2 or (first.header and named):
                roles, skip = named, 1
                words = {place: cell.text for place, cell in enumerate(first.cells)}
        timed = [self._timed(place, skip) if roles.get(place, "time") in _WHEN else 0 for place in range(width)]
        self._choose_clock(roles, words, timed, skip)
        most = max(timed, default=0)
        stated = next((place for place, role in roles.items() if role == "time"), None)
        if most and stated is not None and not timed[stated]:
            # The words of the header say one column, the cells another: the cells are right.
            del roles[stated]
        if most and not {"start", "start time", "time"} & set(roles.values()):
            column = timed.index(most)
            roles[column] = "time"
            if not words and timed[column + 1 : column + 2] == [most]:
                # Two columns of times side by side, and no heading: from and to.
                roles |= {column: "start", column + 1: "end"}
        if not words:
            roles |= {place: "date" for place in range(width) if place not in roles and self._is_dated(place)}
        if "title" not in roles.values():
            texts = [place for place, role in roles.items() if role == "abstract"]
            free = texts or [place for place in range(width) if place not in roles]
            if free:
                roles[free[0]] = "title"
        return roles, words, skip

    def _choose_clock(self, roles: dict[int, str], words: dict[int, str], timed: list[int], skip: int) -> None:
        """Of several columns with the times in several zones: the one whose heading fits the zone read for."""
        if {"start", "start time", "end", "end time"} & set(roles.values()):
            return
        whole = [
            place
            for place, count in enumerate(timed)
            if count and words.get(place) and roles.get(place, "time") == "time" and count == self._filled(place, skip)
        ]
        if len(whole) < 2:
            return
        fitting = (place for place in whole if zone_mismatch(words[place], self.day, self.zone) is None)
        chosen = next(fitting, whole[0])
        for place in whole:
            if place == chosen:
                roles[place] = "time"
                continue
            roles[place], timed[place] = "another clock", 0
            heading = isolated(words[place])
            self.sheet.around = self.sheet.around.replace(words.pop(place), " ")
            sentence = f"The column “{heading}” was not read: “{isolated(words[chosen])}” has the times."
            self.note(None, "time_as_printed", sentence)

    def _filled(self, place: int, skip: int) -> int:
        return sum(bool(line.cells[place].text) for line in self.sheet.lines[skip:] if place < len(line.cells))

    def _timed(self, place: int, skip: int) -> int:
        """How many cells of a column are times."""
        cells = (line.cells[place].text for line in self.sheet.lines[skip:] if place < len(line.cells))
        return sum(_is_when(text) for text in cells)

    def _is_dated(self, place: int) -> bool:
        """Whether every cell of a column that holds anything is a day, which some rows may share."""
        lines = [line for line in self.sheet.lines if len(line.cells) > 2]
        texts = {line.cells[place].text for line in lines if place < len(line.cells)} - {""}
        return bool(texts) and len(texts) <= 60 and all(whole_day(text, self.day) is not None for text in texts)

    def _columns_to_drafts(self) -> None:
        roles, words, skip = self._roles()
        self.sheet.around += "".join(f" {word}" for word in words.values())
        dated = ("date", "start date", "end date", "start", "end", "time")
        texts_of_days = (
            line.cells[place].text
            for line in self.sheet.lines[skip:]
            for place, role in roles.items()
            if role in dated and place < len(line.cells)
        )
        self.order = day_first(texts_of_days)
        current = self.day
        number = 0
        for line in self.sheet.lines[skip:]:
            if line.day is not None:
                current = line.day
            heading_day = self._day_alone(line)
            if heading_day is not None:
                current = self._say_day(heading_day)
                continue
            if self._is_heading(line, roles):
                continue
            number += 1
            draft = self._draft(number, line, roles, words, current)
            current = draft.day
            self.drafts.append(draft)
        for heading in sorted(self.unnamed):
            column = f"The column “{heading}”" if heading else "A column without a known heading"
            self.note(None, "abstract", f"{column} was put into the description.")

    def _draft(self, number: int, line: Line, roles: dict[int, str], words: dict[int, str], current: date) -> Draft:
        by_role: dict[str, Cell] = {}
        extra: list[str] = []
        for place, cell in enumerate(line.cells):
            role, heading = roles.get(place), words.get(place, "")
            if role is not None:
                by_role[role] = cell
            elif cell.text:
                extra.append(f"{heading}: {cell.text}" if heading else cell.text)
                self.unnamed.add(heading)
        title = by_role.get("title", Cell(""))
        title = replace(title, text=tidy(title.text))
        source = "\t".join(cell.text for cell in line.cells).strip()
        draft = Draft(number, source, title.text, nested=line.nested, day=current, where=line.where)
        texts = {role: cell.text for role, cell in by_role.items() if cell.text}
        self._read_day(draft, texts, current)
        self._read_time(draft, texts)
        draft.room, draft.track, draft.source_id = texts.get("room"), texts.get("track"), texts.get("id")
        home = texts.get("affiliation", "")
        draft.speakers = split_people(texts["speaker"], home) if "speaker" in texts else ()
        draft.chairs = split_people(texts["chair"]) if "chair" in texts else ()
        if home and not draft.speakers:
            extra.insert(0, home)
        draft.abstract = "\n".join([*([texts["abstract"]] if "abstract" in texts else []), *extra])
        kind = guess_kind(texts.get("kind", ""))
        draft.kind = kind[0] if kind is not None else None
        self._split_title(draft, title)
        return draft

    def _is_heading(self, line: Line, roles: dict[int, str]) -> bool:
        """Whether only words stand in the column of times, and nothing beside: “Morning session”, across a table."""
        filled = [place for place, cell in enumerate(line.cells) if cell.text]
        texts = {line.cells[place].text for place in filled}
        if self.sheet.free_text or len(roles) < 2 or len(texts) != 1 or roles.get(filled[0]) not in _WHEN:
            return False
        words = next(iter(texts))
        if any(sign.isdecimal() for sign in words) or find_times(words, whole=False) is not None:
            return False
        shown = isolated(words[:80])
        sentence = f"“{shown}” stands across the table without a time; it was read as a heading, not as a row."
        self.doubt(None, "page", sentence)
        return True

    def _day_alone(self, line: Line) -> FoundDay | None:
        """The day that a line names, if it says nothing else: it stands above the rows of that day."""
        texts = list(dict.fromkeys(cell.text for cell in line.cells if cell.text))
        return whole_day(texts[0], self.day, self.order) if len(texts) == 1 else None

    def _say_day(self, found: FoundDay) -> date:
        if found.day not in self.days:
            self.days.add(found.day)
            shown = day_in_words(found.day)
            if found.doubt:
                self.doubt(None, "start_as_printed", found.doubt)
            elif found.printed != shown:
                printed = isolated(found.printed)
                self.note(None, "start_as_printed", f"“{printed}” was read as {shown}, the day of the rows below it.")
        return found.day

    def _read_day(self, draft: Draft, texts: dict[str, str], current: date) -> None:
        """The day of a row that names one in a column; the rows below follow it where their cell is empty."""
        text = texts.get("start date") or texts.get("date") or ""
        if not text:
            return
        moment = moment_of(text)
        found = None if moment is not None else find_day(text, self.day, self.order)
        if moment is not None:
            draft.day = moment.date()
        elif found is not None:
            draft.day = found.day
            if found.doubt:
                self.doubt(draft, "start_as_printed", found.doubt)
            if found.rest and not {"start", "start time", "time"} & texts.keys():
                texts["time"] = found.rest
        else:
            shown = isolated(text[:80])
            sentence = f"{draft.name}: “{shown}” is no date; {day_in_words(current)} was taken."
            self.doubt(draft, "start_as_printed", sentence)

    def _read_time(self, draft: Draft, texts: dict[str, str]) -> None:
        start = texts.get("start time") or texts.get("start") or texts.get("time", "")
        end = texts.get("end time") or texts.get("end", "")
        if "date" in texts and not start and (moment := moment_of(texts["date"])) is not None:
            start = texts["date"] if moment.time() != time() else ""
        draft.time_text = f"{start} - {end}" if start and end else start
        if not draft.time_text:
            return
        draft.minutes = minutes_of(texts.get("duration", ""))
        if self._read_moments(draft, start, end, texts.get("end date", "")):
            return
        shown = draft.time_text[:80]
        draft.times = find_times(draft.time_text, whole=True)
        found = find_day(draft.time_text, self.day, self.order) if draft.times is None else None
        if found is not None and (times := find_times(found.rest, whole=True)) is not None:
            draft.day, draft.times = found.day, times
        if draft.times is not None:
            return
        draft.times = find_times(draft.time_text, whole=False)
        if draft.times is not None:
            sentence = f"“{shown}” holds more than a time; it was read as “{draft.times.printed}”."
            self.doubt(draft, "time_as_printed", sentence)
        else:
            printed = isolated(shown)
            sentence = f"Row {draft.number} ({draft.name}): “{printed}” is no time of day, so the row has no place yet."
            self.doubt(draft, "start_as_printed", sentence)

    def _read_moments(self, draft: Draft, start: str, end: str, end_day: str) -> bool:
        """Times that bring their date along, as programs write them; False if these do not."""
        began = self._moment(start, draft.day)
        if began is None:
            return False
        over = self._moment(end, began[0])
        last_day = find_day(end_day, self.day, self.order) if end_day else None
        if not began[3] and last_day is None and (over is None or not over[3]):
            return False
        draft.day, draft.is_exact = began[0], True
        draft.times = Times(Clock(began[1], "", ""), None, tidy(draft.time_text), "", "")
        draft.folds = (began[2], over[2] if over is not None else 0)
        if over is not None:
            day = over[0] if over[3] else last_day.day if last_day is not None else began[0]
            minutes = over[1] + (day - began[0]).days * DAY
            draft.times = replace(draft.times, end=Clock(minutes, "", ""))
        elif end:
            self.doubt(draft, "end_as_printed", f"{draft.name}: “{isolated(end[:80])}” is no time of day.")
        return True

    def _moment(self, text: str, day: date) -> tuple[date, int, int, bool] | None:
        """Day, minutes, fold and whether the day is printed with the time."""
        moment = moment_of(text)
        if moment is not None:
            local = moment.astimezone(as_zone(self.zone)) if moment.tzinfo is not None else moment
            return local.date(), local.hour * 60 + local.minute, local.fold, True
        alone = find_times(text, whole=True)
        if alone is not None and alone.end is None:
            return day, alone.start.minutes, 0, False
        found = find_day(text, self.day, self.order)
        times = find_times(found.rest, whole=True) if found is not None else None
        if found is None or times is None or times.end is not None:
            return None
        return found.day, times.start.minutes, 0, True

    def _split_title(self, draft: Draft, cell: Cell) -> None:
        """Label, speaker and title out of one cell: `Table 1: …`, `Keynote 1: Name` with its title, `Name. Title`."""
        if not draft.chairs and (led := title_and_chairs(draft.title)):
            draft.title, draft.chairs = led
            cell = Cell(draft.title)
            names = isolated(", ".join(who.name for who in draft.chairs))
            self.note(draft, "chairs", f"“{names}” after the title was read as who chairs {draft.name}.")
        label = LABEL.match(draft.title)
        if label:
            draft.label = tidy(label.group(1))
            draft.title = draft.title[label.end() :].strip()
            draft.kind = Kind.POSTER if draft.label.lower().startswith("poster") else Kind.ROUNDTABLE
            self.note(draft, "label", f"“{isolated(draft.label)}” was read as the label of {draft.name}.")
            return
        lead, rest = cell.lead, cell.rest.lstrip(" .:,;–—-").strip()
        keynote = KEYNOTE.fullmatch(lead or draft.title)
        if keynote:
            draft.kind = Kind.KEYNOTE
            self._split_keynote(draft, keynote, rest if lead else "")
        elif lead and rest:
            self._split_bold(draft, lead, rest)
        elif not lead and not draft.speakers and (split := name_and_title(draft.title)):
            draft.speakers, draft.title = (Speaker(split[0]),), split[1]
            sentence = f"“{isolated(split[0])}” looks like a name and was read as the speaker of {draft.name}."
            # In a list of talks that is how it is written; after a time it may be a title of two sentences.
            weight = Weight.DOUBT if draft.time_text else Weight.NOTE
            self.doubts.append(Doubt(draft.number, "speakers", sentence, weight=weight))
        elif not draft.speakers and (named := title_and_people(draft.title)):
            draft.title, draft.speakers, is_sure = named
            names = isolated(", ".join(who.name for who in draft.speakers))
            sentence = f"“{names}” after the title was read as who speaks in {draft.name}."
            weight = Weight.NOTE if is_sure else Weight.DOUBT
            self.doubts.append(Doubt(draft.number, "speakers", sentence, weight=weight))

    def _split_keynote(self, draft: Draft, keynote: re.Match[str], title: str) -> None:
        if draft.speakers:
            return
        who = keynote.group(2).strip().rstrip(".")
        split = None if title else name_and_title(keynote.group(2))
        if split:
            who, title = split
        quoted = re.fullmatch(r"(?P<who>[^“”\"]{3,200}?)\s*[,:.–—-]?\s*[“\"](?P<title>[^“”\"]{3,300})[”\"]\.?", who)
        if quoted and not title and people_of(quoted["who"]):
            who, title = quoted["who"], quoted["title"].strip()
        people = people_of(who)
        if people or title:
            draft.speakers = people or (Speaker(who),)
            draft.title = title or draft.title
            before = isolated(tidy(keynote.group(1)))
            self.note(draft, "speakers", f"“{isolated(who)}” after “{before}” was read as the speaker.")
        elif not guess_kind(who):
            sentence = f"Is “{isolated(who[:80])}” the speaker or the title of this keynote? It was left in the title."
            self.doubt(draft, "speakers", sentence)

    def _split_bold(self, draft: Draft, lead: str, rest: str) -> None:
        people = (Speaker(lead.rstrip(".")),) if is_name(lead) else split_people(lead.rstrip("."))
        if not draft.speakers and people and all(is_name(who.name) for who in people):
            draft.speakers, draft.title = people, rest
            self.note(draft, "speakers", f"“{lead}” stands in bold before the title and was read as who speaks.")

    # Which row stands in which.

    def _nest(self) -> None:
        kept: list[Draft] = []
        above: Draft | None = None
        below = self._lines_below()
        for draft in self.drafts:
            if draft.time_text:
                above = draft
                kept.append(draft)
                continue
            if above is None:
                self.doubt(
                    draft, "parent", f"Row {draft.number} ({draft.name}) has no time and no row above it to stand in."
                )
                kept.append(draft)
                continue
            if self.sheet.free_text and (not draft.nested or self._is_about(above, draft, below[above.number])):
                self._read_below(above, draft)
                continue
            draft.parent, draft.day = above.number, above.day
            kept.append(draft)
        self.drafts = kept
        self._nest_timed()
        self.doubts = [
            replace(each, row=self.moved.get(each.row, each.row)) if each.row is not None else each
            for each in self.doubts
            if each.row not in self.dropped
        ]

    def _lines_below(self) -> dict[int, int]:
        """How many lines without a time stand below each that has one, by its number."""
        counts: dict[int, int] = {}
        above: int | None = None
        for draft in self.drafts:
            if draft.time_text:
                above = draft.number
            elif above is not None:
                counts[above] = counts.get(above, 0) + 1
        return counts

    @staticmethod
    def _is_about(above: Draft, draft: Draft, lines: int) -> bool:
        """Whether an indented line says who speaks or where, of a row that is no session with items of its own."""
        if draft.label or above.title == "":
            return False
        text = draft.source.replace("\t", " ").strip()
        said = said_of(text)
        if said is not None and text.partition(":")[2] and said[0] in ("speaker", "chair", "room"):
            return True
        # One indented line of names only, under a title that promises no list.
        guess = guess_kind(above.title)
        is_one = guess is None or guess[0] in (Kind.KEYNOTE, Kind.TALK)
        return lines == 1 and is_one and bool(people_of(text))

    def _nest_timed(self) -> None:
        """Rows with times of their own that a session above them covers stand in it, as most programmes print them."""
        block: Draft | None = None
        inside: dict[int, list[Draft]] = {}
        for draft in self.drafts:
            if draft.times is None or draft.parent is not None:
                continue
            if block is not None and self._covers(block, draft):
                inside.setdefault(block.number, []).append(draft)
                continue
            block = draft if self._is_block(draft) else None
        for draft in self.drafts:
            within = inside.get(draft.number, [])
            if len(within) < 2:
                continue
            for child in within:
                child.parent = draft.number
            self.note(
                draft, "parent", f"The {len(within)} rows below {draft.name} that take place in its time stand in it."
            )

    @staticmethod
    def _is_block(draft: Draft) -> bool:
        """Whether a row may hold others: a session of at most four hours that names nobody."""
        times, guess = draft.times, guess_kind(draft.title)
        if times is None or times.end is None or draft.speakers or guess is None:
            return False
        length = times.end.minutes - times.start.minutes
        return 0 < length <= 4 * 60 and guess[0] in (Kind.SESSION, Kind.LIGHTNING, Kind.POSTER, Kind.ROUNDTABLE)

    def _covers(self, block: Draft, draft: Draft) -> bool:
        assert block.times is not None
        assert draft.times is not None
        first, last = block.times, draft.times
        if first.end is None or last.end is None or draft.day != block.day or self._is_block(draft):
            return False
        is_in_room = draft.room is None or draft.room == block.room
        start, end = last.start.minutes, last.end.minutes
        is_shorter = end - start < first.end.minutes - first.start.minutes
        return is_in_room and is_shorter and first.start.minutes <= start < end <= first.end.minutes

    def _read_below(self, above: Draft, draft: Draft) -> None:
        """A line under a timed line, not indented: its title if it has none yet, else more about it."""
        if not above.title:
            above.title, above.speakers, above.chairs = draft.title, draft.speakers, draft.chairs
            above.label, above.kind = draft.label, draft.kind
            self.note(above, "title", f"The line under the time, {above.name}, was read as the title.")
            self.moved[draft.number] = above.number
            return
        self.dropped.add(draft.number)
        text = draft.source.replace("\t", " ").strip()
        said = said_of(text)
        if said is not None and said[0] == "speaker" and not above.speakers:
            above.speakers = split_people(said[1])
            self.note(above, "speakers", f"“{isolated(text[:80])}” was read as who speaks in {above.name}.")
        elif said is not None and said[0] == "chair" and not above.chairs:
            above.chairs = split_people(said[1])
            self.note(above, "chairs", f"“{isolated(text[:80])}” was read as who chairs {above.name}.")
        elif said is not None and said[0] == "room" and not above.room:
            above.room = said[1]
            self.note(above, "room", f"“{isolated(text[:80])}” was read as the room of {above.name}.")
        elif not above.speakers and not above.abstract and (people := people_of(text)):
            above.speakers = people
            self.doubt(above, "speakers", f"“{isolated(text[:80])}” was read as who speaks in {above.name}.")
        else:
            above.abstract = "\n".join(part for part in (above.abstract, text) if part)
            sentence = f"“{isolated(text[:80])}” has no time and was put into the description of {above.name}."
            self.doubt(above, "abstract", sentence)

    def _understand(self) -> None:
        parents = {draft.parent for draft in self.drafts if draft.parent is not None}
        by_number = {draft.number: draft for draft in self.drafts}
        for draft in self.drafts:
            if not draft.title and draft.speakers:
                draft.title = ", ".join(who.name for who in draft.speakers)
                self.doubt(draft, "title", f"Row {draft.number} has no title; the speaker stands in for it.")
            elif not draft.title:
                draft.title = draft.source.replace("\t", " ").strip() or "Untitled"
                self.doubt(draft, "title", f"Row {draft.number} has no title; what is printed stands in for it.")
            elif len(draft.title) > 300:
                self.doubt(
                    draft,
                    "title",
                    f"The title of row {draft.number} has {len(draft.title)} characters. Is it a description?",
                )
            if draft.kind is not None:
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value}.")
                continue
            around = by_number[draft.parent] if draft.parent is not None else None
            if around is not None:
                theme = guess_kind(around.title)
                fitting = (Kind.LIGHTNING, Kind.ROUNDTABLE, Kind.POSTER, Kind.KEYNOTE)
                draft.kind = theme[0] if theme and theme[0] in fitting else Kind.TALK
                self.note(
                    draft, "kind", f"{draft.name} was read as {draft.kind.value} because it stands in {around.name}."
                )
                continue
            guess = _kind_of(draft)
            if draft.number in parents:
                own = guess is not None and guess[0] not in (Kind.LIGHTNING, Kind.ROUNDTABLE, Kind.TALK, Kind.KEYNOTE)
                draft.kind = guess[0] if guess is not None and own else Kind.SESSION
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value}; rows stand in it.")
            elif guess:
                draft.kind = guess[0] if guess[0] is not Kind.ROUNDTABLE else Kind.SESSION
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value} because of “{guess[1]}”.")
            else:
                draft.kind = Kind.TALK if draft.speakers else Kind.SESSION
                why = "it has a speaker" if draft.speakers else "nothing says what it is"
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value} because {why}.")

    # When it is.

    def _place_in_day(self) -> None:
        days: dict[date, list[Draft]] = {}
        for draft in self.drafts:
            if draft.times is not None:
                days.setdefault(draft.day, []).append(draft)
        for timed in days.values():
            self._place(timed)

    def _place(self, timed: list[Draft]) -> None:
        above: dict[str | None, Draft] = {}
        last: Draft | None = None
        is_ordered = not _is_unordered(timed)
        for draft in timed:
            times = draft.times
            assert times is not None
            draft.start = times.start.minutes
            # Where rooms run side by side, each has its own order.
            before = above.get(draft.room) if draft.room is not None else last
            if is_ordered and not draft.is_exact:
                self._order_start(draft, before)
            if times.end is not None:
                draft.end = times.end.minutes
            elif draft.minutes and draft.best_start is not None:
                draft.end = draft.start + draft.minutes
                draft.end_better = None if draft.start_better is None else draft.start_better + draft.minutes
            above[draft.room] = last = draft
        # What stands in a session does not end it.
        starts, tops = _Starts(timed), _Starts(draft for draft in timed if draft.parent is None)
        for draft in timed:
            self._check_end(draft, starts if draft.parent is not None else tops)

    def _order_start(self, draft: Draft, before: Draft | None) -> None:
        """A start before the row above: the afternoon of a programme without am and pm, a slip, or past midnight."""
        assert draft.times is not None
        assert draft.start is not None
        if before is None or before.best_start is None or draft.start >= before.best_start:
            return
        half = bool(draft.times.start.half)
        later = draft.start + NOON
        end = draft.times.end
        # Both ends of a range slip together: "2:20-2:30" after lunch needs one doubt, not two.
        together = (
            end is not None and end.minutes > draft.start and bool(end.half) == half and end.minutes + NOON <= DAY
        )
        if draft.start < NOON + 60 and before.best_start <= later < DAY and (not half or before.best_start < 18 * 60):
            draft.start_better = later
            shown = show_clock(later, half)
            if together and end is not None:
                draft.end_better = end.minutes + NOON
                shown += f" - {show_clock(draft.end_better, half)}"
            self.doubt(
                draft,
                "start_as_printed",
                f"{draft.name} starts at “{draft.times.printed}”, before the row above it. Probably {shown} is meant.",
                shown,
            )
        elif before.best_start >= 18 * 60 and draft.start < 6 * 60:
            draft.start_better = draft.start + DAY
            if together and end is not None:
                draft.end_better = end.minutes + DAY
            self.doubt(
                draft,
                "start_as_printed",
                f"{draft.name} starts at “{draft.times.printed}” after an evening row. Probably the next day is meant.",
                f"{show_clock(draft.start, half)} on {day_in_words(_next(draft.day))}",
            )
        else:
            self.doubt(
                draft, "start_as_printed", f"{draft.name} starts at “{draft.times.printed}”, before the row above it."
            )

    def _check_end(self, draft: Draft, starts: _Starts) -> None:
        times, start = draft.times, draft.best_start
        assert times is not None
        assert start is not None
        following = starts.after(draft, start)
        if times.end is None and draft.end is not None:
            return
        if times.end is None:
            if following is not None and following > start:
                draft.end_better = following
                shown = show_clock(following, bool(times.start.half))
                self.doubt(draft, "end_as_printed", f"{draft.name} has no end. The next row starts at {shown}.", shown)
            else:
                self.doubt(draft, "end_as_printed", f"{draft.name} has no end.")
            return
        assert draft.end is not None
        if draft.is_exact and draft.end > start:
            return
        half, end = bool(times.end.half), draft.end if draft.end_better is None else draft.end_better
        if end <= start:
            self._end_before_start(draft, start, end, half)
        else:
            self._end_far_away(draft, start, end, half, following, starts)

    def _end_before_start(self, draft: Draft, start: int, end: int, half: bool) -> None:
        printed = draft.times.printed if draft.times is not None else ""
        # The two readings of the same printed digits: the other half of the day, and the day after.
        choices = [choice for choice in (end - NOON, end + NOON, end + DAY) if choice > start]
        evening = start >= 17 * 60 and end <= 6 * 60 and (half or end + NOON <= start)
        better = end + DAY if evening else min(choices, default=None)
        if better is not None and better - start <= NOON:
            draft.end_better = better
            if evening:
                shown = f"{show_clock(end, half)} on {day_in_words(_next(draft.day))}"
                sentence = f"{draft.name} (“{printed}”) ends past midnight, on the next day."
            else:
                shown = show_clock(better, half)
                sentence = f"{draft.name} (“{printed}”) ends before it starts. Probably {shown} is meant."
            self.doubt(draft, "end_as_printed", sentence, shown)
        else:
            self.doubt(draft, "end_as_printed", f"{draft.name} (“{printed}”) ends before it starts.")

    def _end_far_away(
        self, draft: Draft, start: int, end: int, half: bool, following: int | None, starts: _Starts
    ) -> None:
        printed = draft.times.printed if draft.times is not None else ""
        overrun = following is not None and end > following
        flipped = end - NOON
        fits = flipped > start and (following is None or flipped <= following or end - start > 4 * 60)
        covered, later = starts.between(start, end)
        long = length_in_words(timedelta(minutes=end - start))
        if overrun and fits:
            draft.end_better = flipped
            what = "every row after it" if covered == later else f"{covered} rows after it"
            shown = show_clock(flipped, half)
            self.doubt(
                draft,
                "end_as_printed",
                f"{draft.name} (“{printed}”) would last {long} and cover {what}. Probably {shown} is meant.",
                shown,
            )
        elif following is None and end - start > 8 * 60:
            shown = show_clock(flipped, half)
            if flipped > start:
                draft.end_better = flipped
            self.doubt(
                draft,
                "end_as_printed",
                f"{draft.name} (“{printed}”) would last {long}."
                + (f" Probably {shown} is meant." if flipped > start else ""),
                shown if flipped > start else None,
            )
        elif overrun:
            assert following is not None
            shown = show_clock(following, half)
            self.doubt(
                draft,
                "end_as_printed",
                f"{draft.name} (“{printed}”) is still running when the next row starts at {shown}.",
            )

    def _give_children_time(self) -> None:
        by_parent: dict[int, list[Draft]] = {}
        for draft in self.drafts:
            if draft.parent is not None and draft.times is None:
                by_parent.setdefault(draft.parent, []).append(draft)
        for parent in self.drafts:
            children = by_parent.get(parent.number)
            if not children:
                continue
            if parent.start is None:
                self.doubt(
                    parent, "start_as_printed", f"The rows in {parent.name} have no times, as it has none itself."
                )
            elif all(child.label for child in children) or all(child.kind is Kind.POSTER for child in children):
                for child in children:
                    child.start, child.end = parent.start, parent.end
                    child.start_better, child.end_better = parent.start_better, parent.end_better
                sentence = f"The {len(children)} rows in {parent.name} were read as taking place at once."
                self.note(parent, "start_as_printed", sentence)
            else:
                self._share_minutes(parent, children)

    def _share_minutes(self, parent: Draft, children: list[Draft]) -> None:
        start, better_start, better_end = parent.start, parent.best_start, parent.best_end
        if start is None or better_start is None:
            return
        slipped = parent.start_better is not None or parent.end_better is not None
        for place, child in enumerate(children):
            child.start, child.end = self._share(start, parent.end, place, len(children))
            if slipped:
                child.start_better, child.end_better = self._share(better_start, better_end, place, len(children))
        if better_end is not None and better_end > better_start:
            each = length_in_words(timedelta(minutes=(better_end - better_start) // len(children)))
            sentence = (
                f"The {len(children)} rows in {parent.name} have no times; each was given an even share of {each}."
            )
            self.note(parent, "start_as_printed", sentence)
        else:
            self.doubt(parent, "start_as_printed", f"The rows in {parent.name} have no times, and no minutes to share.")

    @staticmethod
    def _share(start: int, end: int | None, place: int, count: int) -> tuple[int, int | None]:
        if end is None or end <= start:
            return start, None
        # Whole minutes, never past the parent's end.
        return start + place * (end - start) // count, start + (place + 1) * (end - start) // count

    def _check_zone(self) -> None:
        texts: Iterable[str] = (self.sheet.around, *(draft.times.printed for draft in self.drafts if draft.times))
        for text in texts:
            sentence = zone_mismatch(text, self.day, self.zone)
            if sentence:
                self.doubt(None, "zone", sentence)
                return

    # Minutes to instants.

    def _instant(self, minutes: int | None, draft: Draft, field_name: str) -> datetime | None:
        if minutes is None:
            return None
        days, rest = divmod(minutes, DAY)
        try:
            day = draft.day + timedelta(days=days)
        except OverflowError:
            return None
        fold: Literal[0, 1] | None = None
        if draft.folds is not None and day != date.min:
            fold = 1 if draft.folds[field_name.startswith("end")] else 0
        answer = local_instant(day, time(rest // 60, rest % 60), self.zone, fold=fold)
        if not isinstance(answer, Refusal):
            return answer.utc
        if answer.code == "twice":
            self.doubt(draft, field_name, f"{answer.sentence} The first was taken.")
            return answer.choices[0].utc
        self.doubt(draft, field_name, answer.sentence)
        return None

    def _row(self, draft: Draft) -> Row:
        assert draft.kind is not None
        return Row(
            number=draft.number,
            source=draft.source,
            kind=draft.kind,
            title=draft.title,
            parent=draft.parent,
            abstract=draft.abstract,
            speakers=draft.speakers,
            chairs=draft.chairs,
            room=draft.room,
            track=draft.track,
            label=draft.label,
            time_as_printed=draft.time_text,
            start_as_printed=self._instant(draft.start, draft, "start_as_printed"),
            start_suggested=self._instant(draft.start_better, draft, "start_suggested"),
            end_as_printed=self._instant(draft.end, draft, "end_as_printed"),
            end_suggested=self._instant(draft.end_better, draft, "end_suggested"),
            source_id=draft.source_id,
            where=draft.where,
        )
