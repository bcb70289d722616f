"""Assignments as CSV: read with every problem named by its row, then taken all or none."""

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

MOST_ROWS = 50_000
HEADER = ("number", "reviewer", "name", "title")
_NUMBER = ("number", "submission", "paper", "#")
_REVIEWER = ("reviewer", "email", "reviewer_email", "address")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row cannot be taken; row 1 is the header."""

    row: int
    words: str


@dataclass(slots=True)
class Reading:
    """What a table says: pairs (submission id, person id) to be made, how many are so already, and what is wrong."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    known: int = 0
    problems: list[Problem] = field(default_factory=list)


def _plain(cell: str) -> str:
    """A cell as it was before our own export made it harmless to spreadsheets."""
    return cell.strip().removeprefix("'").strip()


def _columns(header: list[str]) -> tuple[int, int] | None:
    names = [_plain(cell).casefold() for cell in header]
    number = next((names.index(one) for one in _NUMBER if one in names), None)
    reviewer = next((names.index(one) for one in _REVIEWER if one in names), None)
    return None if number is None or reviewer is None else (number, reviewer)


def rows_of(text: str) -> list[list[str]]:
    """The cells of a table with commas, semicolons or tabs, whichever its first line has most of."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def read(
    text: str,
    works: Mapping[int, int],
    people: Mapping[str, int],
    against: Collection[tuple[int, int]],
    given: Collection[tuple[int, int]],
) -> Reading:
    """Assignments of a table with a header that names the columns `number` and `reviewer` (an e-mail address).

    `works`: id by number of what waits for reviews; `people`: id by address in small letters of who may review.
    """
    found = Reading()
    try:
        rows = rows_of(text)
    except csv.Error as error:
        found.problems.append(Problem(1, _("This is not a table we can read: %(why)s.", why=str(error))))
        return found
    columns = _columns(rows[0]) if rows else None
    if columns is None:
        words = _("The first row must name the columns: “number” and “reviewer”, which holds e-mail addresses.")
        found.problems.append(Problem(1, str(words)))
        return found
    if len(rows) > MOST_ROWS:
        found.problems.append(Problem(MOST_ROWS, str(_("At most %(most)s rows at once.", most=MOST_ROWS))))
        return found
    seen: dict[tuple[int, int], int] = {}
    for place, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        pair = _pair(found, place, cells, columns, works, people)
        if pair is None:
            continue
        if pair in seen:
            found.problems.append(Problem(place, str(_("The same as row %(row)s.", row=seen[pair]))))
        elif pair in against:
            found.problems.append(Problem(place, str(_("They have a conflict of interest with it."))))
        elif pair in given:
            found.known += 1
        else:
            found.pairs.append(pair)
        seen.setdefault(pair, place)
    return found


def _pair(
    found: Reading,
    place: int,
    cells: list[str],
    columns: tuple[int, int],
    works: Mapping[int, int],
    people: Mapping[str, int],
) -> tuple[int, int] | None:
    if len(cells) <= max(columns):
        found.problems.append(Problem(place, str(_("It has too few columns. A stray quotation mark, perhaps?"))))
        return None
    typed, address = (_plain(cells[column]) for column in columns)
    digits = typed.removeprefix("#")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1
    work, person = works.get(number), people.get(address.casefold())
    if work is None:
        words = _("There is no abstract “%(number)s” that waits for reviews.", number=typed[:40])
        found.problems.append(Problem(place, str(words)))
    if person is None:
        words = _("Nobody who reviews here has the address “%(address)s”.", address=address[:120])
        found.problems.append(Problem(place, str(words)))
    return None if work is None or person is None else (work, person)
