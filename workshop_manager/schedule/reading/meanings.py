"""What words say: which kind an item is, whether a few words are somebody's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from workshop_manager.schedule.programme import Kind, Speaker

_KIND_WORDS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.I), kind)
    for words, kind in (
        (r"prayers?|salah|salat|namaz|jumu[’']?ah|jummah|dhuhr|zuhr|asr|maghrib|fajr", Kind.PRAYER),
        (
            r"keynotes?|plenary|invited (?:talk|speaker)s?|(?:conferencia|charla|ponencia) (?:magistral|invitada)"
            r"|conf[ée]rence invit[ée]e|palestra convidada|hauptvortrag",
            Kind.KEYNOTE,
        ),
        (
            r"lunch(?:eon)?|dinner|breakfast|brunch|supper|iftar|meals?|almuerzo|comida|cena|desayuno|d[ée]jeuner"
            r"|almo[çc]o|jantar|pranzo|d[îi]ner|mittag(?:essen|spause)|abendessen|fr[üu]hst[üu]ck",
            Kind.MEAL,
        ),
        (
            r"coffee|tea|break|recess|intermission|refreshments?|caf[ée]|pausa|receso|descanso|intervalo|(?:kaffee|tee)?pause|kaffee",
            Kind.BREAK,
        ),
        (
            r"opening|welcome|introductory remarks|bienvenida|apertura|inauguraci[óo]n|abertura|boas-vindas|accueil"
            r"|ouverture|er[öo]ffnung|begr[üu](?:ß|ss)ung",
            Kind.OPENING,
        ),
        (
            r"registration|check-?in|badges?|closing|farewell|wrap-?up|awards?|registro|inscripci[óo]n|clausura"
            r"|credenciamento|encerramento|cl[ôo]ture|anmeldung|abschluss|verabschiedung",
            Kind.OTHER,
        ),
        (r"lightning|spotlights?|flash talks?", Kind.LIGHTNING),
        (r"round-?\s?tables?|breakouts?", Kind.ROUNDTABLE),
        (r"posters?|p[óo]ster(?:es)?|posterausstellung", Kind.POSTER),
        (r"social|reception|happy hour|networking|mixer|party|picnic|excursion", Kind.SOCIAL),
        (
            r"panel|fireside|sessions?|tutorial|workshop|discussions?|mentor\w*|q&a|talks|orals|papers|mesa redonda"
            r"|table ronde|podiumsdiskussion|sesi[óo]n|sess[ãa]o|taller|atelier|oficina",
            Kind.SESSION,
        ),
        (r"talk|oral|presentations?|charla|ponencia|vortr[äa]ge?|palestra", Kind.TALK),
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
    r"contributed|lightning|roundtables?|oral|orals|introduction|location|name|speakers?|details|room|abstract|online)\b",
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
        "y",
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


_PEOPLE = re.compile(r"\s*;\s*|,?\s+(?:and|&|und)\s+|\s*&\s+")
_AT_HOME = re.compile(r"(?P<name>[^()]{2,80}?)\s*\((?P<home>[^()]{2,120})\)")

_SIGNS = re.compile(r"[(),]")


def _at_commas(text: str) -> Iterator[str]:
    """The pieces between commas, but for those in brackets; linear, for cells of a hundred thousand commas."""
    begins, commas = 0, list[int]()
    for sign in chain(_SIGNS.finditer(text), (None,)):
        if sign is not None and sign.group() == ",":
            commas.append(sign.start())
            continue
        for place in commas if sign is None or sign.group() == "(" else ():
            yield text[begins:place]
            begins = place + 1
        commas.clear()
    yield text[begins:]


def _is_person(text: str) -> bool:
    at_home = _AT_HOME.fullmatch(text)
    return is_name(at_home["name"] if at_home else text)


def _parts(text: str) -> list[str]:
    text = re.sub(r",?\s+et al\b\.?", "", text)
    parts = [part.strip(" .,") for part in _PEOPLE.split(text) if part.strip(" .,")]
    apart = [[piece.strip() for piece in _at_commas(part) if piece.strip()] for part in parts]
    return [
        piece
        for part, pieces in zip(parts, apart, strict=True)
        for piece in (pieces if len(pieces) > 1 and all(_is_person(each) for each in pieces) else [part])
    ]


def people_of(text: str) -> tuple[Speaker, ...]:
    """The people a text names if it names nothing else, `Jane Doe (Home), Li Wei and Ann Roe`; none otherwise."""
    found = []
    for part in _parts(text[:600]):
        at_home = _AT_HOME.fullmatch(part)
        name = re.sub(r"^(?:Prof(?:essor)?|Dr|Mr|Mrs|Ms|Mx)\.?\s+", "", at_home["name"] if at_home else part)
        if not is_name(name):
            return ()
        found.append(Speaker(at_home["name"] if at_home else part, at_home["home"].strip() if at_home else None))
    return tuple(found[:50])


_IN_BRACKETS = re.compile(r"(?P<title>.{3,}?)\s*\((?P<who>[^()]{3,300})\)\s*", re.S)
_BY = re.compile(r"(?P<title>.{3,}?),?\s+by\s+(?P<who>\S.{2,300})", re.S)
_AFTER_DASH = re.compile(r"(?P<title>.{3,}?)\s+[-–—]\s+(?P<who>\S.{2,300})", re.S)


def title_and_people(text: str) -> tuple[str, tuple[Speaker, ...], bool] | None:
    """`A title (Jane Doe)`, `… by Jane Doe` or `… — Jane Doe` as title, people, and whether that is sure."""
    if len(text) > 600:
        return None
    for pattern, is_sure in ((_IN_BRACKETS, True), (_BY, True), (_AFTER_DASH, False)):
        found = pattern.fullmatch(text)
        people = people_of(found["who"]) if found is not None else ()
        if found is not None and people:
            return found["title"].strip(), people, is_sure
    return None


_CHAIR = (
    r"(?:session[- ])?(?:co-?)?(?:chairs?|chairpersons?|moderators?)|(?:session )?(?:chaired|moderated) by|moderation"
)
_LED = re.compile(
    rf"(?P<title>.{{3,}}?)\s*(?:\(\s*(?:{_CHAIR})\s*:?\s+(?P<within>[^()]{{3,300}})\)"
    rf"|[,;:.–—-]\s*(?:{_CHAIR})\s*:?\s+(?P<after>\S.{{2,300}}))\s*",
    re.IGNORECASE | re.S,
)


def title_and_chairs(text: str) -> tuple[str, tuple[Speaker, ...]] | None:
    """`Session 2 (Chair: Jane Doe)` or `Session 2, chaired by Jane Doe` as title and who chairs."""
    found = _LED.fullmatch(text) if len(text) <= 600 else None
    people = people_of(found["within"] or found["after"]) if found is not None else ()
    return (found["title"].strip(), people) if found is not None and people else None


def split_people(text: str, affiliation: str = "") -> tuple[Speaker, ...]:
    """The people in a speaker column; a comma parts them only where each side looks like a whole name."""
    parts = _parts(text)
    homes = [home.strip() for home in re.split(r"\s*;\s*", affiliation) if home.strip()]
    shared = affiliation.strip() or None
    return tuple(
        Speaker(part, homes[place] if len(homes) == len(parts) else shared) for place, part in enumerate(parts[:50])
    )


_SAID = re.compile(
    rf"(?:(?P<chair>{_CHAIR})|(?P<speaker>speakers?|presenters?|presented by|hosts?|with|by)"
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
    """What a line under a talk says about it: `("speaker", names)`, `("chair", names)` or `("room", name)`; None for
    other words.
    """
    found = _SAID.match(text[:400])
    if found is not None:
        names = found["rest"].strip()
        if found["room"]:
            return "room", names
        if found.group(0)[: found.start("rest")].strip().endswith(":") or is_name(names.split(",")[0]):
            return "chair" if found["chair"] else "speaker", names
    return ("room", text.strip()) if len(text) <= 120 and _PLACE.search(text.strip()) else None
