"""What words say: which kind an item is, whether a few words are somebody's name."""

from __future__ import annotations

import re

from workshop_manager.schedule.programme import Kind, Speaker

_KIND_WORDS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.I), kind)
    for words, kind in (
        (r"prayers?|salah|salat|namaz|jumu[’']?ah|jummah|dhuhr|zuhr|asr|maghrib|fajr", Kind.PRAYER),
        (r"keynotes?|plenary|invited (?:talk|speaker)s?", Kind.KEYNOTE),
        (r"lunch(?:eon)?|dinner|breakfast|brunch|supper|iftar|meals?", Kind.MEAL),
        (r"coffee|tea|break|recess|intermission|refreshments?", Kind.BREAK),
        (r"opening|welcome|introductory remarks", Kind.OPENING),
        (r"registration|check-?in|badges?|closing|farewell|wrap-?up|awards?", Kind.OTHER),
        (r"lightning|spotlights?|flash talks?", Kind.LIGHTNING),
        (r"round-?\s?tables?|breakouts?", Kind.ROUNDTABLE),
        (r"posters?", Kind.POSTER),
        (r"social|reception|happy hour|networking|mixer|party|picnic|excursion", Kind.SOCIAL),
        (r"panel|fireside|session|tutorial|workshop|discussions?|mentor\w*|q&a", Kind.SESSION),
        (r"talks?|orals?|presentations?", Kind.TALK),
    )
)
LABEL = re.compile(
    r"((?:Table|Roundtable|Group|Breakout|Room|Poster)\s+#?(?:\d{1,3}|[A-Z]))\s*[:.\-–—]\s+?(?=\S)", re.I
)
KEYNOTE = re.compile(
    r"((?:Keynote|Invited|Plenary)(?:\s+(?:talk|speaker|address|lecture|and\s+Q&A))?(?:\s+#?\d{1,2})?)\s*[:–—-]\s+(.+)",
    re.I | re.S,
)
_NOT_A_NAME = re.compile(
    r"\b(?:the|and|of|for|in|on|to|with|a|an|how|what|why|break|session|talks?|remarks|registration|table|award|"
    r"discussions?|posters?|panel|lunch|dinner|coffee|workshop|keynotes?|welcome|opening|closing|prayer|invited|"
    r"contributed|lightning|roundtables?|oral|orals|introduction)\b",
    re.I,
)
_ABBREVIATED = re.compile(r"(?:^|\s)(?:Dr|Prof|Mrs?|Ms|Mx|St|[A-Z])$", re.I)


def is_name(text: str) -> bool:
    """Whether a few words look like one person's name: two to six words with capitals (or of a script without)."""
    if len(text) > 80:
        return False
    words = re.sub(r",\s*(?:PhD|Ph\.D\.|MD|MSc|Jr\.?|Sr\.?)$", "", text.strip(), flags=re.I).split()
    if not 2 <= len(words) <= 6 or any(character.isdigit() for character in text) or _NOT_A_NAME.search(text):
        return False
    if re.search(r"[:;!?/()“”\"|]", text):
        return False
    small = {
        "de",
        "da",
        "di",
        "del",
        "della",
        "van",
        "von",
        "der",
        "den",
        "bin",
        "ibn",
        "al",
        "el",
        "la",
        "le",
        "dos",
        "bint",
        "ul",
    }
    return all(word[:1].isupper() or word.lower() in small or not re.match(r"[a-zß-ÿ]", word) for word in words)


def name_and_title(text: str) -> tuple[str, str] | None:
    """`Jane Doe. A title` as name and title; full stops of initials and of “Dr.” do not end the name."""
    for stop in re.finditer(r"\.\s+", text[:120]):
        name, title = text[: stop.start()].strip(), text[stop.end() :].strip()
        if _ABBREVIATED.search(name):
            continue
        return (name, title) if title and is_name(name) else None
    return None


def guess_kind(text: str) -> tuple[Kind, str] | None:
    for pattern, kind in _KIND_WORDS:
        found = pattern.search(text)
        if found:
            return kind, found.group(0)
    return None


def split_people(text: str, affiliation: str = "") -> tuple[Speaker, ...]:
    """The people in a speaker column; a comma parts them only where each side looks like a whole name."""
    parts = [part.strip(" .,") for part in re.split(r"\s*;\s*|\s+(?:and|&)\s+|\s*&\s+", text) if part.strip(" .,")]
    commas = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) == 1 and len(commas) > 1 and all(is_name(part) for part in commas):
        parts = commas
    homes = [home.strip() for home in re.split(r"\s*;\s*", affiliation) if home.strip()]
    shared = affiliation.strip() or None
    return tuple(
        Speaker(part, homes[place] if len(homes) == len(parts) else shared) for place, part in enumerate(parts[:50])
    )


_SAID = re.compile(
    r"(?:(?P<speaker>speakers?|presenters?|presented by|moderators?|chairs?|hosts?|with|by)"
    r"|(?P<room>rooms?|locations?|venue|where|place))\s*(?::|(?<=\bby)\s|(?<=\bwith)\s)\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:rooms?|hall|auditorium|ballroom|theat(?:er|re)|lobby|foyer|level|floor|salle|saal|raum|sala|aula)\s+"
    r"[\w-]{1,20}$"
    r"|^(?:main |grand |lecture |exhibit(?:ion)? )?(?:hall|auditorium|ballroom|foyer|lobby|theat(?:er|re))$",
    re.IGNORECASE,
)


def said_of(text: str) -> tuple[str, str] | None:
    """What a line under a talk says about it: `("speaker", names)` or `("room", name)`; None for other words."""
    found = _SAID.match(text[:400])
    if found is not None:
        names = found["rest"].strip()
        if found["room"]:
            return "room", names
        if found.group(0)[: found.start("rest")].strip().endswith(":") or is_name(names.split(",")[0]):
            return "speaker", names
    return ("room", text.strip()) if len(text) <= 120 and _PLACE.search(text.strip()) else None
