"""BibTeX of a programme. Pure functions; UTF-8, as biber and present BibTeX read it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SPECIAL = {
    "\\": r"\textbackslash{}",
    # Not \{: BibTeX counts braces without asking what stands before them.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the works appear. `month` counts from 1; `key` begins every entry's key, such as "musiml2023"."""

    key: str
    booktitle: str
    year: int
    month: int
    address: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One work as everybody may see it; `authors` is empty where nobody is to be named."""

    number: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    note: str


def escaped(text: str) -> str:
    """The text as BibTeX and TeX print it: no sign in it is a command, no brace opens or closes anything."""
    return "".join(_SPECIAL.get(sign, sign) for sign in " ".join(text.split()))


def name(text: str) -> str:
    """A name as one author: as it is written, in braces where BibTeX would take it apart."""
    is_risky = "," in text or re.search(r"\band\b", text, re.IGNORECASE) is not None
    return f"{{{escaped(text)}}}" if is_risky else escaped(text)


def entry(work: Entry, source: Source) -> str:
    """One entry; what is not known is left out."""
    fields = (
        ("title", f"{{{escaped(work.title)}}}"),
        ("author", " and ".join(map(name, work.authors))),
        ("booktitle", escaped(source.booktitle)),
        ("address", escaped(source.address)),
        ("year", str(source.year)),
        ("month", _MONTHS[source.month - 1]),
        ("url", source.url),
        ("note", escaped(work.note)),
        ("abstract", escaped(work.abstract)),
    )
    lines = [f"  {field:<9} = {_value(field, value)}," for field, value in fields if value]
    return "\n".join([f"@inproceedings{{{source.key}-{work.number},", *lines, "}"])


def _value(field: str, value: str) -> str:
    return value if field == "month" else f"{{{value}}}"


def bibliography(works: Iterable[Entry], source: Source) -> str:
    """All entries, one after the other."""
    listed = [entry(work, source) for work in works]
    return "\n\n".join(listed) + ("\n" if listed else "")
