"""What an import would make clash: with the draft, and with all that is known besides, before any is taken over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workshop_manager.schedule.clashes import Facts, conflicts
from workshop_manager.schedule.importing import Step
from workshop_manager.schedule.programme import Item, Programme, Speaker
from workshop_manager.schedule.visibility import name_key

_TOLD = frozenset({"room_twice", "speaker_twice", "author_twice", "over_capacity", "protected_time", "bad_local_hour"})
"""What one row says of itself is doubted where it is read."""
_TAKEN = ("title", "start", "end", "room", "kind", "label", "track")


def afterwards(programme: Programme, steps: Sequence[Step]) -> Programme:
    """The draft as it would be once these rows are taken over. Pure; a new item bears its row's uid."""
    uids = {step.item.uid: step.found.uid if step.found is not None else step.item.uid for step in steps}
    items = {item.uid: item for item in programme.items}
    for step in steps:
        parent = uids.get(step.item.parent or "")
        now = items.get(uids[step.item.uid])
        if now is None:
            items[step.item.uid] = replace(step.item, parent=parent)
        else:
            items[now.uid] = _changed(now, step, parent)
    return replace(programme, items=tuple(items.values()))


def _changed(now: Item, step: Step, parent: str | None) -> Item:
    wanted = {change.field for change in step.changes}
    fields: dict[str, Any] = {name: getattr(step.item, name) for name in _TAKEN if name in wanted}
    known = {name_key(who.name): who.person_key for who in now.people}
    for part in {"speakers", "chairs"} & wanted:
        fields[part] = tuple(
            Speaker(who.name, who.affiliation, known.get(name_key(who.name))) for who in getattr(step.item, part)
        )
    if parent is not None and not step.is_own:
        fields["parent"] = parent
    return replace(now, **fields)


def foreseen(programme: Programme, steps: Iterable[Step], facts: Facts) -> Mapping[int, list[str]]:
    """By row number, in sentences, what would clash that does not clash yet."""
    steps = list(steps)
    then = afterwards(programme, steps)
    there = {each.digest(programme) for each in conflicts(programme, facts)}
    rows = {step.found.uid if step.found is not None else step.item.uid: step.number for step in steps}
    told: dict[int, list[str]] = defaultdict(list)
    for each in conflicts(then, facts):
        numbers = [rows[uid] for uid in each.items if uid in rows]
        if each.code in _TOLD and numbers and each.digest(then) not in there:
            told[numbers[-1]].append(each.sentence)
    return told
