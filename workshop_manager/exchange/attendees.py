"""People out of a pasted list or an export of Google Forms or Eventbrite. No database, no web.

Pasted lines are `Name <address>`, `Name, address` or an address alone. A table is read by its columns, which are
recognised and can be said; every problem is named with its line, and nothing is left out silently.
"""

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workshop_manager.accounts.rules import NotAnAddress, normalise_email
from workshop_manager.core.text import clean_line
from workshop_manager.exchange.reading import N_, Problem, Row, Table, Unreadable, table_of_csv
from workshop_manager.handover.lists import Listed

MOST_PEOPLE = 2_000
MOST_CHARACTERS = 400_000


class Origin(enum.Enum):
    """What wrote the list."""

    PASTED = "pasted"
    GOOGLE = "google"
    EVENTBRITE = "eventbrite"
    CSV = "csv"


class Holds(enum.Enum):
    """What a column holds."""

    EMAIL = "email"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    AFFILIATION = "affiliation"
    KIND = "kind"
    STATUS = "status"


_EVENTBRITE = {
    "email": Holds.EMAIL, "first name": Holds.FIRST_NAME, "last name": Holds.LAST_NAME, "company": Holds.AFFILIATION,
    "ticket type": Holds.KIND, "attendee status": Holds.STATUS,
}  # fmt: skip
_PATTERNS: tuple[tuple[str, Holds], ...] = (
    (r"^(e-?mail|username$)|\be-?mail\b|^address(es)?$", Holds.EMAIL),
    (r"^(first|given) name|^vorname|^prénom|^nombre$", Holds.FIRST_NAME),
    (r"^(last|family) name|^surname|^nachname|^apellidos?$", Holds.LAST_NAME),
    (r"^(your |full |chosen |badge )*name\b|^name on", Holds.NAME),
    (r"affiliation|institution|universit|organi[sz]ation|company", Holds.AFFILIATION),
    (r"how (will|would|do) you|attend|take part|ticket|^kind$|in.person or", Holds.KIND),
    (r"^(attendee |order )?status$", Holds.STATUS),
)
_STAYED_AWAY = frozenset({"not attending", "deleted", "cancelled", "canceled", "refunded", "transferred"})
_FROM_AFAR = re.compile(r"virtual|online|remote|zoom|livestream|from afar", re.IGNORECASE)
_IN_ROOM = re.compile(r"in.?person|on.?site|physical|in the room", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of ours, to be chosen by a word of the file."""

    id: int
    name: str
    is_virtual: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says about a list; what they leave out is recognised."""

    origin: Origin | None = None
    mapping: Mapping[str, Holds] | None = None
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Words of the file to our kinds."""
    default: int | None = None
    """The kind of those for whom the file names none."""


@dataclass(frozen=True, slots=True)
class Understood:
    """Whom a list names, how it was read, and what is wrong with it."""

    origin: Origin
    people: tuple[Listed, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...] = ()
    columns: tuple[str, ...] = ()
    mapping: Mapping[str, Holds] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, int | None] = field(default_factory=dict)
    """Words of the file that name a kind, and which it is."""


def read(text: str, kinds: Sequence[Kind], wish: Wish) -> Understood:
    """Whom the text names. Raises Unreadable if nothing can be read at all."""
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(N_("This is too long a list. Divide it."))
    if not text.strip():
        raise Unreadable(N_("There is nothing in this list."))
    if wish.origin is Origin.PASTED or (wish.origin is None and _is_pasted(text)):
        return _pasted(text, wish)
    return _table(table_of_csv(text), kinds, wish)


def _is_pasted(text: str) -> bool:
    first = next(line for line in text.splitlines() if line.strip())
    return "@" in first or not re.search(r"[,;\t|]", first)


# -- pasted lines -------------------------------------------------------------------------------------------------


def _pasted(text: str, wish: Wish) -> Understood:
    gathered = _Gathered()
    for number, line in enumerate(text.splitlines(), 1):
        if clean_line(line):
            address, name = _parts(clean_line(line))
            gathered.add(number, address, name, "", wish.default)
    return Understood(Origin.PASTED, tuple(gathered.people), tuple(gathered.problems), tuple(gathered.remarks))


_ADDRESS = re.compile(r"[^\s,;<>()\"']+@[^\s,;<>()\"']+")


def _parts(line: str) -> tuple[str, str]:
    found = _ADDRESS.search(line)
    if found is None:
        return "", line
    name = (line[: found.start()] + " " + line[found.end() :]).strip(" \t,;<>()\"'|:-")
    return found[0].strip("."), clean_line(name)


class _Gathered:
    """People so far, each address once."""

    def __init__(self) -> None:
        self.people: list[Listed] = []
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        self._seen: dict[str, int] = {}

    def add(self, line: int, typed: str, name: str, affiliation: str, kind_id: int | None) -> None:
        try:
            email = normalise_email(typed)
        except NotAnAddress:
            self.problems.append(
                Problem(line, N_("There is no e-mail address: %(text)s"), {"text": (typed or name)[:80]})
            )
            return
        if email in self._seen:
            values: dict[str, object] = {"email": email, "first": self._seen[email]}
            self.remarks.append(Problem(line, N_("%(email)s is in line %(first)s already: once is enough."), values))
            return
        self._seen[email] = line
        if kind_id is None:
            self.problems.append(Problem(line, N_("It is not said how %(email)s takes part."), {"email": email}))
            return
        shown = name[:120] or email.partition("@")[0]
        self.people.append(Listed(email, shown, kind_id, affiliation[:200]))
        if len(self.people) > MOST_PEOPLE:
            raise Unreadable(N_("There are more than %(most)s people. Divide the list."), most=MOST_PEOPLE)


# -- tables -------------------------------------------------------------------------------------------------------


def _table(table: Table, kinds: Sequence[Kind], wish: Wish) -> Understood:
    origin = wish.origin or _origin(table.columns)
    mapping = dict(wish.mapping) if wish.mapping is not None else mapping_of(table.columns, origin)
    gathered = _Gathered()
    gathered.problems += table.problems
    words: dict[str, int | None] = {}
    if Holds.EMAIL not in mapping.values():
        gathered.problems.append(Problem(0, N_("No column holds e-mail addresses. Say which one does.")))
    else:
        for row in table.rows:
            _person(row, mapping, kinds, wish, words, gathered)
    return Understood(
        origin, tuple(gathered.people), tuple(gathered.problems), (*table.remarks, *gathered.remarks),
        table.columns, mapping, {column: _sample(table, column) for column in table.columns}, words,
    )  # fmt: skip


def _person(
    row: Row,
    mapping: Mapping[str, Holds],
    kinds: Sequence[Kind],
    wish: Wish,
    words: dict[str, int | None],
    gathered: _Gathered,
) -> None:
    cells = {holds: clean_line(row.cells.get(column, "")) for column, holds in mapping.items()}
    email = cells.get(Holds.EMAIL, "")
    status = cells.get(Holds.STATUS, "").casefold()
    if status in _STAYED_AWAY:
        message = N_("%(email)s is left out: %(status)s")
        gathered.remarks.append(Problem(row.line, message, {"email": email, "status": status}))
        return
    word, kind_id = cells.get(Holds.KIND, ""), wish.default
    if word:
        if word not in words:
            words[word] = wish.kinds.get(word) or kind_of(word, kinds) or None
        kind_id = words[word]
        if kind_id is None:
            gathered.problems.append(
                Problem(row.line, N_("“%(word)s” is none of your kinds. Say which it is."), {"word": word[:80]})
            )
            return
    name = cells.get(Holds.NAME) or f"{cells.get(Holds.FIRST_NAME, '')} {cells.get(Holds.LAST_NAME, '')}".strip()
    gathered.add(row.line, email, name, cells.get(Holds.AFFILIATION, ""), kind_id)


def kind_of(word: str, kinds: Sequence[Kind]) -> int | None:
    """Our kind for a word of the file: by its name, else by whether it is said to be from afar or in the room."""
    same = next((kind.id for kind in kinds if kind.name.casefold() == word.casefold()), None)
    if same is not None:
        return same
    afar, there = bool(_FROM_AFAR.search(word)), bool(_IN_ROOM.search(word))
    if afar == there:
        return None
    fitting = [kind.id for kind in kinds if kind.is_virtual == afar]
    return fitting[0] if fitting else None


def _origin(columns: Sequence[str]) -> Origin:
    names = {column.casefold().strip() for column in columns}
    if names & {"attendee #", "attendee status", "order #", "order id"} and "email" in names:
        return Origin.EVENTBRITE
    if columns and re.search(r"^(timestamp|zeitstempel|horodateur|marca temporal|carimbo)", columns[0].casefold()):
        return Origin.GOOGLE
    return Origin.CSV


def mapping_of(columns: Sequence[str], origin: Origin) -> dict[str, Holds]:
    """What each column holds, each thing once."""
    found: dict[str, Holds] = {}
    for column in columns:
        name = column.casefold().strip()
        holds = _EVENTBRITE.get(name) if origin is Origin.EVENTBRITE else _by_pattern(name)
        if holds is not None and holds not in found.values():
            found[column] = holds
    return found


def _by_pattern(name: str) -> Holds | None:
    return next((holds for pattern, holds in _PATTERNS if re.search(pattern, name)), None)


def _sample(table: Table, column: str) -> str:
    found = next((row.cells[column] for row in table.rows[:50] if column in row.cells), "")
    return " ".join(found.split())[:90]
