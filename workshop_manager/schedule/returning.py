"""Going back to an earlier release: a new one that shows what that one showed, as far as it still holds.

Releases never change, so nothing is taken back: calendars only believe what comes later. The draft is not touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from workshop_manager.core.errors import Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries, releasing
from workshop_manager.schedule.drafting import Comparison
from workshop_manager.schedule.models import Release
from workshop_manager.schedule.programme import Item, Programme, from_json
from workshop_manager.schedule.releasing import NotReleased, Why
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing


@dataclass(frozen=True, slots=True)
class Older:
    """An earlier programme as it can be shown again: what of it stays called off, and why."""

    programme: Programme
    withdrawn: tuple[Item, ...]
    """Of works that are withdrawn, declined, no longer accepted, or no more."""
    called_off: tuple[Item, ...]
    """Called off since by the organisers."""


def older(
    then: Programme, last: Programme, states: Mapping[int, State], highest: Mapping[str, int], *, revive: bool
) -> Older:
    """What `then` can still say, now that `last` is out. Pure.

    `states` are those of the works by number, `highest` the highest sequence each uid was ever released with: what
    calendars were told to forget comes back above it. `revive` puts on again what organisers called off since, but
    never what is withdrawn.
    """
    items, withdrawn, called_off = [], [], []
    for item in then.items:
        if item.cancelled:
            items.append(item)
            continue
        number, now = item.submission_number, last.item(item.uid)
        is_withdrawn = number is not None and states.get(number) not in ON_PROGRAMME
        is_off = now is None or now.cancelled
        if is_withdrawn:
            withdrawn.append(item)
        elif is_off:
            called_off.append(item)
        stays_off = is_withdrawn or (is_off and not revive)
        sequence = item.sequence if now is not None else highest.get(item.uid, item.sequence) + 1
        items.append(replace(item, cancelled=stays_off, sequence=sequence))
    return Older(replace(then, items=tuple(items)), tuple(withdrawn), tuple(called_off))


@dataclass(frozen=True, slots=True)
class Return:
    """What going back would do: the comparison with what is public, what stays off, rooms that are no more."""

    release: Release
    last: Release
    comparison: Comparison
    withdrawn: tuple[Item, ...]
    called_off: tuple[Item, ...]
    rooms_gone: tuple[str, ...]

    @property
    def seen(self) -> str:
        """Names exactly this: whoever goes back, goes back to what they looked at."""
        return f"{self.last.number}-{drafting.fingerprint(self.comparison.new)}"


def look(uow: UnitOfWork, edition: Edition, number: int, *, revive: bool = False) -> Return:
    """What releasing that release again would change; raises NotFound if there is none such, or it is what is public.

    The edition's name, zone and address are those of today: they were not the schedule's to say.
    """
    session = uow.session
    out = queries.out(session, edition.id)
    last = out.release
    releases = queries.all_releases(session, edition.id)
    release = next((each for each in releases if each.number == number), None)
    if last is None or release is None or release.number == last.number:
        raise NotFound
    then = replace(from_json(release.programme), name=edition.name, zone=edition.time_zone)
    then = replace(then, url=drafting.page_url(edition))
    states = queries.work_states(session, edition.id, {one.submission_number for one in then.items})
    found = older(then, from_json(last.programme), states, _highest(releases, release.number), revive=revive)
    comparison = drafting.compare(session, edition, found.programme, last, drafting.public_of(out), uow.now)
    rooms = {room.name.casefold() for room in workshops.rooms(session, edition.id)}
    gone = {
        one.room for one in comparison.new.items if one.room and not one.cancelled and one.room.casefold() not in rooms
    }
    return Return(release, last, comparison, found.withdrawn, found.called_off, tuple(sorted(gone)))


def _highest(releases: Sequence[Release], since: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in releases:
        if each.number >= since:
            for item in from_json(each.programme).items:
                found[item.uid] = max(found.get(item.uid, 0), item.sequence)
    return found


def release_again(
    uow: UnitOfWork,
    edition: Edition,
    standing: Standing,
    number: int,
    *,
    note: str = "",
    seen: str = "",
    revive: bool = False,
    tells: bool = True,
) -> Release:
    """Publish that earlier release's programme once more, as the next number.

    `seen` is what `Return.seen` said when it was looked at; anything released or withdrawn since is refused.
    """
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition release its schedule.")))
    edition = workshops.locked_edition(uow.session, edition.id)
    queries.snapshot(uow.session, edition.id)  # locked, as for every release
    found = look(uow, edition, number, revive=revive)
    if not found.comparison.differs:
        raise NotReleased(
            Why.NOTHING,
            str(_("Release %(number)s already shows all of this. Nothing was released.", number=found.last.number)),
        )
    if seen and seen != found.seen:
        raise NotReleased(
            Why.CHANGED, str(_("Something has changed since you looked at it. Look at it again, then release it."))
        )
    made = releasing.publish(uow, edition, found.comparison, found.last, note=note, tells=tells, repeats=number)
    drafting.refresh(uow, edition)
    return made
