"""The seats of an edition: what is free, for whom, and who is next.

A seat needs room in every pool it counts in: its kind, and the quotas over several kinds. Somebody counts once in each
pool, with the seat they hold and the one that is set aside for them. The arithmetic is in `rules.Pool`; this brings it
together with rows. `enter` locks kinds, then quotas, then reserves, each in the order of their ids: whoever gives or
takes a seat of the edition waits there for the one before.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from workshop_manager.registrations import groups, queries
from workshop_manager.registrations.models import Key, RegistrationKind, SeatQuota, SeatReserve
from workshop_manager.registrations.rules import NOTHING, Kept, Place, Pool
from workshop_manager.registrations.states import Group

NOBODY: frozenset[Group] = frozenset()


@dataclass
class Hall:
    """All pools of one edition at one moment."""

    kinds: dict[int, RegistrationKind]
    quotas: Mapping[int, SeatQuota]
    pools: dict[Key, Pool]
    people: Mapping[Group, frozenset[int]] = field(default_factory=dict)
    """Who belongs to the groups for which something is kept now."""
    live: Mapping[tuple[Key, Group], SeatReserve] = field(default_factory=dict)
    due: Sequence[SeatReserve] = ()
    """Reserves whose date has come: they keep nothing any more, and were not told so yet."""
    called_off: str | None = None
    """Why the edition does not take place, as it is under the lock."""
    _of_kind: dict[int, frozenset[Key]] = field(default_factory=dict)

    def pools_of(self, kind_ids: Iterable[int]) -> frozenset[Key]:
        """In which pools a chair is taken by whoever holds seats of these kinds."""
        return frozenset().union(*(self._pools_of_one(kind_id) for kind_id in kind_ids))

    def _pools_of_one(self, kind_id: int) -> frozenset[Key]:
        if kind_id not in self._of_kind:
            quotas: set[Key] = {("quota", quota.id) for quota in self.quotas.values() if kind_id in quota.kind_ids}
            self._of_kind[kind_id] = frozenset({("kind", kind_id), *quotas})
        return self._of_kind[kind_id]

    def groups_of(self, person_id: int | None) -> frozenset[Group]:
        """The groups of that person for which something is kept now."""
        return frozenset(group for group, people in self.people.items() if person_id in people)

    def has_room(self, kind_id: int, held: Place = NOTHING, groups: Collection[Group] = NOBODY) -> bool:
        """Whether somebody of these groups who holds that gets a seat of this kind."""
        needed = self.pools_of([kind_id]) - self.pools_of(held.occupied)
        return all(self.pools[key].has_room(groups) for key in needed)

    def left(self, kind_id: int, held: Place = NOTHING, groups: Collection[Group] = NOBODY) -> int | None:
        """How many such people get a seat of this kind one after the other; None without limit."""
        needed = self.pools_of([kind_id]) - self.pools_of(held.occupied)
        found = [left for key in needed if (left := _left(self.pools[key], groups)) is not None]
        return min(found) if found else None if needed else 1

    def has_room_after(
        self, kind_id: int, leaves: Place, leavers: Collection[Group], held: Place, groups: Collection[Group]
    ) -> bool:
        """The same, once somebody of the groups `leavers` gave up what they hold."""
        freed = self.pools_of(leaves.occupied)
        needed = self.pools_of([kind_id]) - self.pools_of(held.occupied)
        pools = (self.pools[key].after(-1, leavers) if key in freed else self.pools[key] for key in needed)
        return all(pool.has_room(groups) for pool in pools)

    def move(self, person_id: int | None, before: Place, after: Place) -> None:
        """Count what somebody holds now instead of what they held, and write it."""
        self.count(person_id, before, after)
        self.write()

    def count(self, person_id: int | None, before: Place, after: Place) -> None:
        """The same without writing."""
        mine = self.groups_of(person_id)
        left, entered = self.pools_of(before.occupied), self.pools_of(after.occupied)
        for step, keys in ((-1, left - entered), (1, entered - left)):
            for key in keys:
                self.pools[key] = self.pools[key].after(step, mine)

    def write(self) -> None:
        """Bring the rows to what the pools say; the database's constraints look at them again."""
        for (what, number), pool in self.pools.items():
            row = self.kinds[number] if what == "kind" else self.quotas[number]
            if (row.taken, row.held_back) != (pool.taken, pool.held_back):
                row.taken, row.held_back = pool.taken, pool.held_back
        for (key, group), reserve in self.live.items():
            held = self.pools[key].kept[group].held
            if reserve.held != held:
                reserve.held = held

    def keeps(self) -> bool:
        """Whether some free seat is only for a group."""
        return any(pool.held_back for pool in self.pools.values())

    def circles(self) -> list[tuple[frozenset[Group], frozenset[int]]]:
        """People by exactly which groups they belong to: who gets what others do not."""
        found: dict[frozenset[Group], set[int]] = defaultdict(set)
        for person_id in frozenset().union(*self.people.values()):
            found[self.groups_of(person_id)].add(person_id)
        return [(mine, frozenset(people)) for mine, people in found.items()]

    def next_number(self) -> int:
        """A place in line after every other of the edition."""
        return max((kind.last_number for kind in self.kinds.values()), default=0) + 1


def _left(pool: Pool, mine: Collection[Group]) -> int | None:
    if pool.capacity is None:
        return None
    free = pool.capacity - pool.taken
    others = sum(kept.left for group, kept in pool.kept.items() if group not in mine)
    return max(0, free - others) or int(pool.has_room(mine))


def enter(session: Session, edition_id: int, now: datetime) -> Hall:
    """The hall of an edition, locked until the end of the transaction; members of groups are counted anew."""
    kinds = queries.locked_kinds(session, edition_id)
    quotas = queries.locked_quotas(session, edition_id)
    made = _hall(kinds, quotas, queries.locked_reserves(session, edition_id), now)
    made.called_off = queries.called_off(session, edition_id)
    if made.live:
        asked = {group for _key, group in made.live}
        made.people = {group: groups.members(session, edition_id, group) for group in asked}
        held = _held(session, edition_id, made)
        _keep(made, {place: held[place] for place in made.live})
    made.write()
    return made


def look(session: Session, edition_id: int, now: datetime, person_id: int | None) -> Hall:
    """The hall as it is, for the pages of one person: nothing is locked and nothing changes. At most four queries."""
    kinds = {kind.id: kind for kind in queries.kinds(session, edition_id)}
    made = _hall(kinds, queries.quotas(session, edition_id), queries.reserves(session, edition_id), now)
    _keep(made, {place: row.held for place, row in made.live.items()})
    if made.live and person_id is not None:
        mine = groups.of_person(session, edition_id, person_id, {group for _key, group in made.live})
        made.people = {group: frozenset({person_id}) for group in mine}
    return made


def _hall(
    kinds: dict[int, RegistrationKind], quotas: Sequence[SeatQuota], reserves: Sequence[SeatReserve], now: datetime
) -> Hall:
    pools: dict[Key, Pool] = {("kind", kind.id): Pool(kind.capacity, kind.taken) for kind in kinds.values()}
    pools |= {("quota", quota.id): Pool(quota.capacity, quota.taken) for quota in quotas}
    waiting = [row for row in reserves if row.released_at is None]
    return Hall(
        kinds=kinds,
        quotas={quota.id: quota for quota in quotas},
        pools=pools,
        live={(row.pool, row.whom): row for row in waiting if not row.deadline.has_passed(now)},
        due=[row for row in waiting if row.deadline.has_passed(now)],
    )


def _keep(made: Hall, held: Mapping[tuple[Key, Group], int]) -> None:
    for (key, group), row in made.live.items():
        pool = made.pools[key]
        made.pools[key] = Pool(pool.capacity, pool.taken, {**pool.kept, group: Kept(row.seats, held[key, group])})


def _held(session: Session, edition_id: int, made: Hall) -> Mapping[tuple[Key, Group], int]:
    """How many seats of each pool members of each group hold now: who joins a group later counts from then on."""
    held: dict[tuple[Key, Group], int] = defaultdict(int)
    for person_id, place in queries.occupants(session, edition_id):
        for group in made.groups_of(person_id):
            for key in made.pools_of(place.occupied):
                held[key, group] += 1
    return held
