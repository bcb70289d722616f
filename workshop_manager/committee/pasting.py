"""Names and addresses as people paste them: from a mail's header, a spreadsheet, a list typed by hand."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from workshop_manager.core.text import clean_line

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"“”]+@[^\s<>()\[\],;:\"“”]+")
_HEADS = {
    "name": {"name", "full name", "reviewer", "fullname", "display name", "person"},
    "first": {"first name", "given name", "first", "firstname", "given", "forename"},
    "last": {"last name", "family name", "surname", "last", "lastname", "family"},
    "address": {"email", "e-mail", "mail", "email address", "e-mail address", "address", "emails"},
    "affiliation": {"affiliation", "institution", "organisation", "organization", "university", "company"},
}


@dataclass(frozen=True, slots=True)
class Pasted:
    """Somebody read from a list."""

    address: str
    name: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line in which no address was found."""

    line: int
    text: str


def read(text: str) -> tuple[list[Pasted], list[Unread]]:
    """Everybody in a pasted list, each address once, and the lines that say nobody.

    Understood: `Name <address>`, `"Family, Given" <address>`, an address alone, with its name before or after it,
    several in a line parted by commas or semicolons, columns of name, address and affiliation, and tables with a
    line of heads (comma, semicolon or tab).
    """
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    people, unread = _table(lines) or _lines(lines)
    first: dict[str, Pasted] = {}
    for one in people:
        known = first.get(one.address.casefold())
        if known is None or (one.name and not known.name):
            first[one.address.casefold()] = one
    return list(first.values()), unread


# -- a table ------------------------------------------------------------------------------------------------------


def _table(lines: Sequence[str]) -> tuple[list[Pasted], list[Unread]] | None:
    head = next((line for line in lines if line), "")
    if "@" in head:
        return None
    for between in ("\t", ";", ","):
        columns = _columns(next(csv.reader([head], delimiter=between), []))
        if "address" in columns.values() and len(columns) > 1:
            return _rows(lines, columns, between)
    return None


def _columns(cells: Sequence[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for place, cell in enumerate(cells):
        kind = next((kind for kind, heads in _HEADS.items() if clean_line(cell).casefold() in heads), None)
        if kind is not None and kind not in found.values():
            found[place] = kind
    return found


def _rows(lines: Sequence[str], columns: dict[int, str], between: str) -> tuple[list[Pasted], list[Unread]]:
    people: list[Pasted] = []
    unread: list[Unread] = []
    filled = [(number, line) for number, line in enumerate(lines, 1) if line]
    for number, line in filled[1:]:
        # A line by itself: a stray quote must not swallow those that follow.
        row = next(csv.reader([line], delimiter=between), [])
        of = {kind: clean_line(row[place]) for place, kind in columns.items() if place < len(row)}
        address = _ADDRESS.search(of.get("address", ""))
        if address is None:
            others, nobody = _lines([line])
            people += others
            unread += [Unread(number, one.text) for one in nobody]
            continue
        name = of.get("name") or f"{of.get('first', '')} {of.get('last', '')}".strip()
        people.append(Pasted(_bare(address.group()), name[:300], of.get("affiliation", "")[:300]))
    return people, unread


# -- lines --------------------------------------------------------------------------------------------------------


def _lines(lines: Sequence[str]) -> tuple[list[Pasted], list[Unread]]:
    people: list[Pasted] = []
    unread: list[Unread] = []
    for number, line in enumerate(lines, 1):
        found = list(_ADDRESS.finditer(line))
        if len(found) == 1:
            people.append(_one(line[: found[0].start()], found[0].group(), line[found[0].end() :]))
        elif found:
            ends = [0, *(match.end() for match in found)]
            people += [
                _one(line[end : match.start()], match.group(), "") for end, match in zip(ends, found, strict=False)
            ]
        elif line and not _is_head(line):
            unread.append(Unread(number, clean_line(line)[:80]))
    return people, unread


def _is_head(line: str) -> bool:
    words = {clean_line(cell).casefold() for cell in re.split(r"[,;\t]", line)}
    return words <= set().union(*_HEADS.values())


def _one(before: str, address: str, after: str) -> Pasted:
    in_brackets = before.rstrip().endswith("<")
    quoted = re.search(r"[\"“']([^\"”']+)[\"”']", before)
    if quoted and quoted.group(1).count(",") == 1:
        family, given = quoted.group(1).split(",")
        return Pasted(_bare(address), clean_line(f"{given} {family}")[:300])
    parts, behind = _parts(before), _parts(after)
    if in_brackets and len(parts) == 2 and " " not in parts[0]:
        parts.reverse()
    if not parts:
        return Pasted(_bare(address), " ".join(behind)[:300])
    # Columns without their heads: what follows the address is where they work.
    follows = re.match(r"\s*[>)\]]?\s*[,;\t]", after)
    return Pasted(_bare(address), " ".join(parts)[:300], behind[0][:300] if follows and behind else "")


def _parts(text: str) -> list[str]:
    parts = [clean_line(part) for part in re.split(r"[,;\t]", re.sub(r"[<>()\[\]\"“”]|mailto:", " ", text))]
    return [part for part in parts if re.search(r"[^\W\d_]", part)]


def _bare(address: str) -> str:
    return address.removeprefix("mailto:").strip(".'’‘`<>").removeprefix("mailto:")
