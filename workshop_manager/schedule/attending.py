"""What it means for the schedule when somebody who is on it leaves the room, with the times (`registrations`)."""

from collections.abc import Sequence

from flask_babel import gettext as _

from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.consequences import Step
from workshop_manager.schedule import queries
from workshop_manager.schedule.programme import Item, from_json
from workshop_manager.schedule.visibility import person_key
from workshop_manager.web.times import when_text
from workshop_manager.workshops.models import Edition


def consequences(uow: UnitOfWork, edition: Edition, person_id: int, step: Step) -> Sequence[str]:
    """What of the released schedule they are expected at and is still to come; from afar only what is in the room."""
    if not (step.leaves_room or step.ends):
        return ()
    last = queries.last_release(uow.session, edition.id)
    if last is None:
        return ()
    key = person_key(person_id)
    ahead = [
        item
        for item in from_json(last.programme).items
        if not item.cancelled
        and item.start > uow.now
        and (step.ends or not item.remote)
        and any(who.person_key == key for who in item.speakers)
    ]
    return [_sentence(edition, item, ends=step.ends) for item in sorted(ahead, key=lambda one: (one.start, one.uid))]


def _sentence(edition: Edition, item: Item, *, ends: bool) -> str:
    title, when = isolated(item.heading), when_text(item.start, edition.time_zone)
    if ends:
        return str(_("“%(title)s” is on the schedule with you, %(when)s.", title=title, when=when))
    return str(_("“%(title)s” is on the schedule with you in the room, %(when)s.", title=title, when=when))
