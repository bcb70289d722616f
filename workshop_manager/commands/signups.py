"""`workshop-manager signups …`."""

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Told
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.signups import queries, settling
from workshop_manager.signups.models import SignupBlock
from workshop_manager.signups.states import Way
from workshop_manager.workshops.models import Edition


@click.group()
def signups() -> None:
    """Places inside an edition: roundtables, mentoring, lunch."""


def _block(uow: UnitOfWork, edition: Edition, name: str | None) -> SignupBlock:
    ranked = [one for one in queries.blocks(uow.session, edition.id) if one.way is Way.RANKED]
    found = [one for one in ranked if name in (None, one.name, str(one.id))]
    if name is None:
        found = [one for one in found if one.allocated_at is None]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"“{one.name}”" for one in ranked) or "none"
    raise Conflict(f"Say with --block which one. Blocks in which people rank: {names}.")


@running.act(signups, "allocate")
@click.option("--block", help="Its name; not needed where only one waits for it.")
@click.option("--keep", is_flag=True, help="Give what is proposed, with changes by hand, not worked out anew.")
def allocate(uow: UnitOfWork, edition: Edition, block: str | None, keep: bool) -> Told:
    """Give everybody who ranked their place, and write to them; a dry run says how many get which choice."""
    found = _block(uow, edition, block)
    if not keep:
        settling.propose(uow, edition, found.id)
    shown = settling.apply(uow, edition, found.id)
    titles = {part.id: part.title for part in found.parts}
    items = [
        {
            "person": person_id,
            "part": titles.get(part_id) if part_id is not None else None,
            "rank": shown.choices.get(person_id, {}).get(part_id or 0),
        }
        for person_id, part_id in sorted(shown.places.items())
    ]
    counts = {"placed": sum(shown.filled.values()), "without": len(shown.places) - sum(shown.filled.values())}
    ranks = {str(rank): number for rank, number in sorted(shown.ranks.items()) if rank}
    about = {"block": found.name, "seed": found.seed, "digest": found.digest, "ranks": ranks}
    notes = [f"Choice {rank}: {number}" for rank, number in ranks.items()]
    return Told(counts, items, notes, about=about)
