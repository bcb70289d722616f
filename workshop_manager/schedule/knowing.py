"""What organisers know besides the programme itself: how much rooms hold, who signed up, where speakers are."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workshop_manager.schedule import queries
from workshop_manager.schedule.clashes import Away, Facts, Gathering, Protected
from workshop_manager.schedule.programme import Programme
from workshop_manager.schedule.queries import DraftRow
from workshop_manager.schedule.visibility import name_key, person_key
from workshop_manager.workshops.models import Room

GatheringsOf = Callable[[Session, int], Mapping[str, Gathering]]
AwayOf = Callable[[Session, int], Mapping[str, Away]]

_gatherings: list[GatheringsOf] = []
_away: list[AwayOf] = []


def register_gatherings(fn: GatheringsOf) -> None:
    """Say who comes to which item, by uid; for higher packages, which may ask one query."""
    if fn not in _gatherings:
        _gatherings.append(fn)


def register_away(fn: AwayOf) -> None:
    """Say who can come when, by person key or else by `name_key`; for higher packages, which may ask one query."""
    if fn not in _away:
        _away.append(fn)


def facts(
    session: Session,
    edition_id: int,
    rows: Iterable[DraftRow],
    programme: Programme,
    authors: Iterable[Row[int, str, int | None, str | None]],
    protected: tuple[Protected, ...],
    rooms: Iterable[Room] = (),
) -> Facts:
    """All of it for a draft (one query if somebody speaks from afar who wrote nothing, and those of higher packages if
    the size of a room is known, or somebody speaks). `rooms` are those besides the ones that the draft names.
    """
    wrote: dict[int, dict[str, str]] = {}
    homes: dict[str, str | None] = {}
    for submission_id, name, person_id, zone in authors:
        if person_id:
            homes[person_key(person_id)] = zone
        wrote.setdefault(submission_id, {})[person_key(person_id) if person_id else name_key(name)] = name
    rows = list(rows)
    far = {who.person_key for item in programme.items if item.remote for who in item.people if who.person_key}
    speaks = any(item.people for item in programme.items)
    used = (row.item.room for row in rows if row.item.room is not None)
    capacities = {name_key(room.name): room.capacity for room in (*used, *rooms) if room.capacity is not None}
    return Facts(
        capacities=capacities,
        protected=protected,
        zones={
            **{key: zone for key, zone in homes.items() if zone},
            **{
                person_key(person_id): zone
                for person_id, zone in queries.zones_of(session, [int(key[1:]) for key in far - homes.keys()]).items()
            },
        },
        gatherings={uid: each for fn in _gatherings for uid, each in fn(session, edition_id).items()}
        if capacities
        else {},
        authors={
            row.item.uid: wrote[row.item.submission_id]
            for row in rows
            if row.item.submission_id is not None and row.item.submission_id in wrote
        },
        away={key: each for fn in _away for key, each in fn(session, edition_id).items()} if speaks else {},
    )
