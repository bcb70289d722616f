"""What the headings of columns say, in the words people and programs use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

_START = r"start(?:s|ing)?|begin(?:s|ning)?|from|beginn|anfang|von|d[ée]but|inicio|in[íi]cio|desde|inizio|dtstart"
_END = r"end(?:s|ing)?|until|till|finish(?:es)?|to|ende|bis|fin|hasta|fim|fine|dtend"
_DAY = r"dates?|days?|datum|tag|jour|fecha|d[íi]a|data|giorno|dag"
_TIME = r"times?|hours?|clock|zeit|uhrzeit|heures?|horas?|hor[áa]rio|ora|orario|tijd"

_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        (
            "id",
            r"^(?:id|uid|guid|uuid|code|nr\.?|no\.?|#|.*\bunique id"
            r"|(?:session|event|talk|proposal|item)[ -]?(?:id|code))$",
        ),
        ("", r"\b(?:url|link|website|image|photo|video|slides|e-?mails?|all day|private|published|language)\b"),
        ("start date", rf"\b(?:{_START})\b.*\b(?:{_DAY})\b|\b(?:{_DAY})\b.*\b(?:{_START})\b"),
        ("end date", rf"\b(?:{_END})\b.*\b(?:{_DAY})\b|\b(?:{_DAY})\b.*\b(?:{_END})\b"),
        ("start time", rf"\b(?:{_START})\b.*\b(?:{_TIME})\b|\b(?:{_TIME})\b.*\b(?:{_START})\b"),
        ("end time", rf"\b(?:{_END})\b.*\b(?:{_TIME})\b|\b(?:{_TIME})\b.*\b(?:{_END})\b"),
        ("duration", r"\b(?:duration|length|minutes|dauer|dur[ée]e|duraci[óo]n|dura[çc][ãa]o|durata|duur)\b"),
        ("kind", r"\b(?:type|kind|format|category|art|typ|tipo)\b"),
        (
            "start",
            r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|beginn|anfang|d[ée]but|inicio|in[íi]cio|inizio|dtstart)\b"
            r"|^(?:from|von|de|desde)$|\bscheduled(?: (?:at|for|on))?$|\bdate ?time\b",
        ),
        ("end", r"\b(?:end(?:s|ing)?|until|finish(?:es)?|ende|hasta|dtend)\b|^(?:to|till|bis|fin|fim|fine|à)$"),
        ("time", rf"\b(?:{_TIME}|when|slot|wann)\b"),
        ("date", rf"\b(?:{_DAY})\b"),
        (
            "chair",
            r"^(?!.*\b(?:speakers?|presenters?)\b).*"
            r"\b(?:(?:co-?)?chairs?|chairpersons?|chaired by|moderators?|moderated by|moderation)\b",
        ),
        (
            "speaker",
            r"\b(?:speakers?|presenters?|presented by|presenting|authors?|who|chairs?|hosts?|moderators?|facilitators?"
            r"|referent(?:en|in|innen)?|vortragende[rn]?|sprecher(?:in|innen)?|intervenante?s?|oratrices?|orateurs?"
            r"|ponentes?|oradore?s?|palestrantes?|relator[ei]|spreker|people|persons?|researchers?)\b",
        ),
        (
            "affiliation",
            r"\b(?:affiliations?|institutions?|institutes?|organi[sz]ations?|university|company|employer|firma)\b",
        ),
        (
            "room",
            r"\b(?:rooms?|locations?|venues?|place|where|hall|stage|raum|r[äa]ume|saal|ort|salle|lieu|sala|lugar|aula"
            r"|luogo|zaal|locatie|auditorium|audit[óo]rio)\b|^local$",
        ),
        ("track", r"\b(?:tracks?|themes?|topics?|strand|stream|thema|piste|categories)\b"),
        (
            "title",
            r"\b(?:titles?|names?|events?|sessions?|talks?|programme?|activit(?:y|ies)|what|agenda|items?|subject|summary"
            r"|titel|titre|t[íi]tulo|titolo|veranstaltung|vortrag|thema|sitzung|programm|presentations?|papers?"
            r"|conferencia|actividad)\b",
        ),
        (
            "abstract",
            r"\b(?:abstracts?|descriptions?|details?|about|text|beschreibung|zusammenfassung|r[ée]sum[ée]"
            r"|resumen|resumo|descripci[óo]n|descri[çc][ãa]o|descrizione|samenvatting|inhalt)\b",
        ),
    )
)  # fmt: skip
_STRONG = re.compile(r"\b(?:titles?|titel|titre|t[íi]tulo|titolo)\b", re.IGNORECASE)
_SESSION = re.compile(r"\s*sessions?(?: (?:name|title))?\s*:?\s*", re.IGNORECASE)


def role_of(heading: str) -> str | None:
    """What a column holds, by its heading; None if it is not known, or is about something else."""
    words = re.sub(r"[_/]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)).strip(" :*")
    if not words or len(words) > 60:
        return None
    if _STRONG.search(words) and not re.search(r"\b(?:job|short)\b", words, re.IGNORECASE):
        return "title"
    return next((role or None for role, pattern in _ROLES if pattern.search(words)), None)


def roles_of(cells: Iterable[str]) -> dict[int, str]:
    """Roles by place: each once, to the first column that asks for it; a plain “title” goes before others."""
    headings = list(cells)
    found: dict[int, str] = {}
    for place, heading in enumerate(headings):
        role = role_of(heading)
        if role is None:
            continue
        taken = next((at for at, other in found.items() if other == role), None)
        if taken is None:
            found[place] = role
        elif role == "title" and _STRONG.search(heading):
            del found[taken]
            found[place] = role
    if "track" not in found.values():
        # Where another column holds the title, “Session” names what rows have in common.
        rest = (at for at, each in enumerate(headings) if at not in found and _SESSION.fullmatch(each))
        found |= dict.fromkeys(islice(rest, 1), "track")
    return found
