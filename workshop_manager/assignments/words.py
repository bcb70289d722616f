"""How bids, fits and what is missing are said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.assignments.models import ProposedPair
from workshop_manager.assignments.queries import LoadChange, NamedWork
from workshop_manager.assignments.rules import FIT as FIT
from workshop_manager.assignments.rules import lowered, newcomers, presence
from workshop_manager.assignments.settings import Lack, Result, Settings
from workshop_manager.assignments.states import BidLevel, PairKind
from workshop_manager.core.text import isolated

BIDS = {
    BidLevel.WANT: _l("Want to read it"),
    BidLevel.CAN: _l("Can read it"),
    BidLevel.RATHER_NOT: _l("Rather not"),
}
_WISHES = {
    BidLevel.WANT: _l("wants to read it"),
    BidLevel.CAN: _l("can read it"),
    BidLevel.RATHER_NOT: _l("would rather not"),
}
WEIGHTS = {
    "alike": _l("Bids and topics alike"),
    "bids": _l("Bids three times as much as topics"),
    "topics": _l("Topics three times as much as bids"),
    "bids_only": _l("Bids only"),
    "topics_only": _l("Topics only"),
}
TEXTS = {"none": _l("Not at all"), "some": _l("A little"), "much": _l("A lot")}
_DROPPED = {
    "senior": _l("Without asking for a senior reviewer each,"),
    "languages": _l("Without asking for the language,"),
    "tracks": _l("Without asking for the track,"),
}
LANGUAGES = (
    "en", "am", "ar", "bn", "de", "el", "es", "fa", "fr", "ha", "he", "hi", "id", "it", "ja", "ko", "ms", "nl", "pl",
    "pt", "ru", "sw", "ta", "th", "tl", "tr", "uk", "ur", "vi", "yo", "zh", "zu",
)  # fmt: skip
"""Languages a work may be in, as ISO 639 codes, English first."""


def language_name(code: str) -> str:
    """`French`, in the language of the page."""
    locale = get_locale() or Locale("en")
    return str(locale.languages.get(code, code))


def percent(fit: int, pairs: int = 1) -> int:
    """A fit, or the mean of several, in per cent of a perfect one."""
    return round(100 * fit / (FIT * pairs)) if pairs else 0


def why(pair: ProposedPair) -> str:
    """Why this reviewer for this work: `wants to read it · knows 2 of its 3 topics`."""
    if pair.kind is PairKind.BY_HAND:
        return str(_("set by hand"))
    said = [str(_WISHES[pair.bid]) if pair.bid else str(_("no bid"))]
    if pair.topics:
        said.append(
            ngettext(
                "knows %(known)s of its %(num)s topic", "knows %(known)s of its %(num)s topics", pair.topics,
                known=pair.known,
            )
        )  # fmt: skip
    if pair.alike is not None:
        said.append(str(_("%(share)s %% like what they wrote and know", share=pair.alike)))
    return " · ".join(said)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found, for reading."""

    filled: str
    average: str
    best: str
    worst: str
    possible: str


def figures(result: Result, settings: Settings, works: int) -> Figures:
    """Fits in per cent of a perfect one: of new pairs on average, and of all readers of the worst-off work."""
    filled = result.places - sum(lack.places for lack in result.lacks)
    return Figures(
        str(_("%(filled)s of %(places)s", filled=filled, places=result.places)),
        f"{percent(result.total, filled)} %",
        f"{percent(result.best, filled)} %",
        f"{percent(result.worst, settings.reviews)} %",
        f"{percent(result.possible, settings.reviews)} %" if works else "–",
    )


def asked(settings: Settings) -> str:
    """What the chair asked for, in a line."""
    said = [
        ngettext("%(num)s review each", "%(num)s reviews each", settings.reviews),
        ngettext("at most %(num)s for one person", "at most %(num)s for one person", settings.load),
        str(_("the worst-off first") if settings.fair else _("the best fit in all")),
        str(WEIGHTS[settings.weigh]).lower(),
        str(_("likeness of texts: %(how)s", how=str(TEXTS[settings.text]).lower())),
    ]
    rules = (
        (settings.senior, _l("a senior each")),
        (settings.languages, _l("language required")),
        (settings.tracks, _l("track required")),
    )
    return ", ".join(said + [str(words) for is_asked, words in rules if is_asked])


def doubts(loads: Sequence[LoadChange], load: int, today: date) -> list[str]:
    """What being away does to the proposal, in sentences."""
    away = [one for one in loads if one.away_until is not None and one.away_until >= today and one.is_given_work]
    if not away:
        return []
    due = away[0].due
    if due is None:
        names = _listed([_until(one) for one in away])
        return [str(_("Away for a while: %(names)s. No review deadline is set, so it counts nothing.", names=names))]
    said = []
    if gone := [one for one in away if not presence(one.away_until, today, due)]:
        said.append(str(_("Away past the review deadline, so they get nothing: %(names)s.", names=_names(gone))))
    if held := [one for one in gone if one.before]:
        said.append(str(_("They have works already, for which a doubt stays: %(names)s.", names=_names(held))))
    for one in away:
        if one not in gone:
            own = load if one.max_load is None else min(load, one.max_load)
            most = lowered(own, presence(one.away_until, today, due))
            if most < own:
                what = _("%(name)s: at most %(most)s instead of %(own)s.", name=_until(one), most=most, own=own)
                said.append(str(what))
    return said


def _until(one: LoadChange) -> str:
    name = isolated(one.person.name)
    return str(_("%(name)s, away until %(day)s", name=name, day=format_date(one.away_until, "d MMMM")))


def _names(loads: Sequence[LoadChange]) -> str:
    return _listed([isolated(one.person.name) for one in loads])


@dataclass(frozen=True, slots=True)
class Missing:
    """What stays empty, in sentences: of which works, and what would fill it."""

    heading: str
    works: list[tuple[NamedWork, str]]
    changes: list[str]


def missing(
    result: Result, settings: Settings, works: Mapping[int, NamedWork], names: Mapping[int, str]
) -> Missing | None:
    """What could not be filled and the smallest change that would; None if nothing. Only of works in `works`."""
    lacks = [lack for lack in result.lacks if lack.submission_id in works]
    places = sum(lack.places for lack in lacks)
    if not places:
        return None
    listed: dict[int, list[str]] = {}
    for lack in lacks:
        listed.setdefault(lack.submission_id, []).append(_lack(lack))
    changes = []
    if result.raised:
        changes.append(_raise(result.raised, names))
    beyond = [lack for lack in result.beyond if lack.submission_id in works]
    if beyond:
        needed = _needed(beyond, settings)
        even_so = _("Even then this needs %(what)s.", what=needed)
        changes.append(str(even_so if result.raised else _("Find %(what)s.", what=needed)))
    elif result.raised:
        changes.append(str(_("Or find %(what)s, with loads as they are.", what=_needed(lacks, settings))))
    for rule, more in result.dropped.items():
        filled = ngettext("%(num)s more place is filled", "%(num)s more places are filled", more)
        changes.append(f"{_DROPPED[rule]} {filled}.")
    heading = ngettext("%(num)s place stays empty", "%(num)s places stay empty", places)
    ordered = sorted(listed, key=lambda one: works[one].number)
    return Missing(heading, [(works[one], ", ".join(listed[one])) for one in ordered], changes)


def _lack(lack: Lack) -> str:
    if lack.senior:
        return str(_("a senior reviewer"))
    return str(ngettext("%(num)s reviewer", "%(num)s reviewers", lack.places))


def _raise(raised: Mapping[int, int], names: Mapping[int, str]) -> str:
    by_more: dict[int, list[str]] = {}
    for person, more in raised.items():
        by_more.setdefault(more, []).append(isolated(names.get(person, "?")))
    parts = [
        ngettext("raise the load of %(names)s by %(num)s", "raise the load of %(names)s by %(num)s", more,
                 names=_listed(sorted(people)))
        for more, people in sorted(by_more.items())
    ]  # fmt: skip
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _listed(names: Sequence[str]) -> str:
    if len(names) > 6:
        rest = len(names) - 5
        return ", ".join(names[:5]) + " " + str(ngettext("and %(num)s more", "and %(num)s more", rest))
    return str(_("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])) if len(names) > 1 else names[0]


def _needed(lacks: Iterable[Lack], settings: Settings) -> str:
    """`2 more reviewers who can read French for 5 places`."""
    parts = []
    for lack, people, places in newcomers(lacks, settings.load):
        where = ngettext("%(num)s place", "%(num)s places", places)
        kind = _kind(lack, people)
        parts.append(str(_("%(number)s more %(kind)s for %(places)s", number=people, kind=kind, places=where)))
    return "; ".join(parts)


def _kind(lack: Lack, people: int) -> str:
    senior = ngettext("senior reviewer", "senior reviewers", people)
    kind = senior if lack.senior else ngettext("reviewer", "reviewers", people)
    if lack.track_id is not None:
        kind = _("%(kind)s of that track", kind=kind)
    if lack.language:
        kind = _("%(kind)s who can read %(language)s", kind=kind, language=language_name(lack.language))
    return str(kind)
