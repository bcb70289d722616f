"""What is printed in a book of abstracts: plain data made from what the public may see. Pure functions.

Nothing here decides who may be named: `works_of` is given submissions and asks `submissions.rules` alone.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop_manager.submissions.rules import PublicAuthor


@dataclass(frozen=True, slots=True)
class Work:
    """An accepted work as everybody may see it."""

    number: int
    title: str
    abstract: str
    track: str
    marks: tuple[str, ...]
    authors: tuple[PublicAuthor, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands on the cover and around the pages. `facts` are its lines: dates, place, host."""

    community: str
    name: str
    tagline: str
    facts: tuple[str, ...]
    foreword: str
    accent: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Our own words in the book, in its language."""

    book: str
    version: str
    foreword: str
    contents: str
    authors: str
    presents: str
    anonymous: str
    other: str


def direction(text: str) -> str:
    """`rtl` for a text whose first letter is written from right to left (UAX 9, rule P2), else `ltr`."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def _directed(text: str) -> dict[str, str]:
    return {"text": text, "dir": direction(text)}


def _paragraphs(text: str) -> list[dict[str, str]]:
    return [_directed(" ".join(part.split())) for part in text.split("\n") if part.strip()]


def affiliations_of(author: PublicAuthor) -> tuple[str, ...]:
    """The institutions of an author, each once."""
    found = author.affiliation or ""
    return tuple(dict.fromkeys(part.strip() for part in found.split(";") if part.strip()))


def _people(work: Work, labels: Labels) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Authors with the marks of their institutions, and the institutions; one of all alike needs no mark."""
    places = {where: mark for mark, where in enumerate(_places(work.authors), 1)}
    authors = [
        {
            "name": who.name or labels.anonymous,
            "marks": [places[where] for where in affiliations_of(who)] if len(places) > 1 else [],
            "presents": who.is_presenter and len(work.authors) > 1,
        }
        for who in work.authors
    ]
    return authors, [{"mark": mark, "text": where} for where, mark in places.items()]


def _places(authors: Iterable[PublicAuthor]) -> list[str]:
    return list(dict.fromkeys(where for who in authors for where in affiliations_of(who)))


def _printed(work: Work, labels: Labels) -> dict[str, Any]:
    authors, affiliations = _people(work, labels)
    return {
        "key": f"w{work.number}",
        "label": f"#{work.number}",
        "marks": [f"#{work.number}", *work.marks],
        "title": _directed(work.title),
        "authors": authors,
        "affiliations": affiliations,
        "abstract": _paragraphs(work.abstract),
    }


def sort_key(name: str) -> tuple[str, str]:
    """By letters, whatever their case and accents; then by the name itself."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return plain.casefold(), name


def index(works: Sequence[Work]) -> list[dict[str, Any]]:
    """Everybody who is named, with their works, by name."""
    found: dict[str, list[str]] = {}
    for work in works:
        for who in work.authors:
            key = f"w{work.number}"
            if who.name and key not in found.setdefault(who.name, []):
                found[who.name].append(key)
    return [{"name": name, "refs": found[name]} for name in sorted(found, key=sort_key)]


def by_track(works: Sequence[Work], other: str) -> list[tuple[str, list[Work]]]:
    """The works under their tracks, in the order in which the tracks first come."""
    found: dict[str, list[Work]] = {}
    for work in works:
        found.setdefault(work.track or other, []).append(work)
    return list(found.items())


def document(facts: Facts, works: Sequence[Work], labels: Labels) -> dict[str, Any]:
    """All that the press needs, but for the fonts."""
    return {
        "title": f"{facts.name}: {labels.book}",
        "community": _directed(facts.community),
        "name": _directed(facts.name),
        "tagline": _directed(facts.tagline),
        "facts": [_directed(line) for line in facts.facts],
        "foreword": _paragraphs(facts.foreword),
        "accent": facts.accent,
        "labels": {
            "book": labels.book,
            "version": labels.version,
            "foreword": labels.foreword,
            "contents": labels.contents,
            "authors": labels.authors,
            "presents": labels.presents,
        },
        "tracks": [
            {"name": _directed(name), "works": [_printed(work, labels) for work in listed]}
            for name, listed in by_track(works, labels.other)
        ],
        "index": index(works),
    }


def digest(made: Mapping[str, Any]) -> str:
    """A name for what is printed, whichever version it is called."""
    labels = {name: text for name, text in made["labels"].items() if name != "version"}
    whole = json.dumps(dict(made) | {"labels": labels}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()
