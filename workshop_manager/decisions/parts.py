"""What the chairs' pages about decisions have in common: their tabs, the part of the edition one looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from workshop_manager.decisions import queries
from workshop_manager.decisions.outcomes import Outcomes
from workshop_manager.decisions.queries import SHOWS, SORTS, BoardFilter, Pending
from workshop_manager.decisions.rules import Within
from workshop_manager.reviews.desk import number_of, seen_tracks
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_DECIDE

DESK = "/<community>/<edition>/organise/decisions"


def tabs(at: Here, current: str) -> list[tuple[str, str, bool]]:
    """The pages about decisions that this person may open, for `ui.segments`."""
    chairs = (
        ("decisions", _("Board")),
        ("simulation", _("What if")),
        ("places", _("Places")),
        ("sent", _("Mails sent")),
        ("outcomes", _("Outcomes")),
    )
    everybody = (("recommendations", _("Recommendations")), ("statistics", _("Statistics")))
    shown = (*chairs, *everybody) if at.standing.may(MAY_DECIDE) else everybody
    return [(str(label), at.url(f"decisions.{name}"), name == current) for name, label in shown]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the edition that the address asks for, with what can be chosen."""

    within: Within
    tracks: Sequence[Track]
    rounds: Sequence[tuple[int, str]]
    """By id, the call's own as `FIRST_ROUND`; none if that is the only one."""

    @property
    def query(self) -> dict[str, str]:
        """For addresses that stay within it."""
        asked = {"track": self.within.track_id, "round": self.within.round_id}
        return {name: str(value) for name, value in asked.items() if value is not None}

    @property
    def words(self) -> str:
        """`Topics, Early round`; empty for everything."""
        names = [track.name for track in self.tracks if track.id == self.within.track_id]
        return ", ".join([*names, *(name for one, name in self.rounds if one == self.within.round_id)])


def asked_part(at: Here, asked: Mapping[str, str] | None = None) -> Part:
    """What makes no sense narrows nothing."""
    given = request.args if asked is None else asked
    tracks = seen_tracks(at)
    rounds = queries.rounds(unit().session, at.edition.id)
    track = next((t.id for t in tracks if str(t.id) == given.get("track", "")), None)
    asked_round = next((one for one, _name in rounds if str(one) == given.get("round", "")), None)
    return Part(Within(track, asked_round), tracks, rounds)


def asked_within() -> Within:
    """The same without the names: what is none of this edition narrows to nothing."""
    track, asked_round = number_of(request.args.get("track", "")), number_of(request.args.get("round", ""))
    return Within(track if track >= 0 else None, asked_round if asked_round >= 0 else None)


def asked_board(part: Part) -> BoardFilter:
    """The filter in the address."""
    show, sort = request.args.get("show", ""), request.args.get("sort", "")
    return BoardFilter(
        show if show in SHOWS else "",
        request.args.get("q", "").replace("\x00", "").strip()[:100],
        part.within,
        sort if sort in SORTS else "",
    )


KEPT = ("page", "track", "round", "show", "q", "sort")


def kept_query(*names: str) -> dict[str, str]:
    """The filter of the list one is on: it travels in the address of its forms."""
    return {k: v[:100] for k, v in request.args.items() if k in (names or KEPT)}


# -- places -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of an outcome are given, beside how many there are to give."""

    name: str
    given: int
    pending: int
    released: int
    places: int | None
    here: int | None
    """How many of `given` are in the part one looks at; None when that is everything."""

    @property
    def left(self) -> int:
        """Places left; below zero for too many given."""
        return (self.places or 0) - self.given


def quotas(outcomes: Outcomes, every: Pending, here: Pending | None) -> list[Quota]:
    """A quota for every outcome that has places to give, accepts, or was given."""
    pending, released = _by_outcome(outcomes, every, "pending"), _by_outcome(outcomes, every, "released")
    near = None if here is None else [_by_outcome(outcomes, here, stage) for stage in ("pending", "released")]
    found = []
    for named in outcomes.rows:
        waiting, out = pending.get(named.key, 0), released.get(named.key, 0)
        if not (named.accepts or named.places is not None or waiting or out):
            continue
        within = None if near is None else sum(stage.get(named.key, 0) for stage in near)
        found.append(Quota(named.name, waiting + out, waiting, out, named.places, within))
    return found


def _by_outcome(outcomes: Outcomes, counts: Pending, stage: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for cell in counts.cells:
        if cell.stage == stage and cell.kind is not None:
            key = outcomes.of(cell.kind, cell.outcome_id).key
            found[key] = found.get(key, 0) + cell.number
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """Of one track: how many are accepted, of how many."""

    name: str
    accepted: int
    all: int

    @property
    def percent(self) -> int:
        """Whole per cent, of none 0."""
        return round(100 * self.accepted / self.all) if self.all else 0


def shares(tracks: Sequence[Track], by_track: Mapping[int | None, tuple[int, int]]) -> list[Share]:
    """The balance of tracks, in their order; what has none stands last."""
    rows = [Share(t.name, *by_track[t.id]) for t in tracks if t.id in by_track]
    if None in by_track:
        rows.append(Share(str(_("without a track")), *by_track[None]))
    return rows
