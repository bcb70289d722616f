"""Registrations when one person's two accounts become one: nobody takes two seats of one edition."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from workshop_manager.accounts.merging import Found, Pair, Part, by_hand, moved
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries, rules, service
from workshop_manager.registrations.models import KindCode, KindCodeUse, Need, Registration
from workshop_manager.registrations.states import State
from workshop_manager.workshops.queries import get_edition


def _twice(session: Session, pair: Pair) -> Sequence[tuple[Registration, Registration]]:
    """(the one of the account that stays, the other one) in every edition that has both."""
    mine = {row.edition_id: row for row in queries.all_of_person(session, pair.into.id)}
    theirs = queries.all_of_person(session, pair.gone.id)
    return [(mine[row.edition_id], row) for row in theirs if row.edition_id in mine]


def _look(uow: UnitOfWork, pair: Pair) -> Found:
    lines = []
    for mine, theirs in _twice(uow.session, pair):
        if State.CANCELLED in (mine.state, theirs.state):
            continue  # the one that holds something stays, and nobody loses anything
        name = isolated(get_edition(uow.session, mine.edition_id).name)
        kept, left = (theirs, mine) if rules.is_better(theirs.place, mine.place) else (mine, theirs)
        if left.state is State.REGISTERED:
            what = _(
                "%(name)s: you hold two seats. That with ticket %(code)s stays, the other goes to whoever is next.",
                name=name, code=kept.ticket_code,
            )  # fmt: skip
        elif left.state is State.REQUESTED:
            what = _("%(name)s: you are registered twice. Ticket %(code)s stays; what the other asked for ends.",
                     name=name, code=kept.ticket_code)  # fmt: skip
        elif rules.takes_over_line(kept.place, left.place):
            what = _("%(name)s: you are registered twice. Ticket %(code)s stays, with your best place on the waitlist.",
                     name=name, code=kept.ticket_code)  # fmt: skip
        else:
            what = _("%(name)s: you are registered twice. Ticket %(code)s stays; the other's place on a waitlist ends.",
                     name=name, code=kept.ticket_code)  # fmt: skip
        lines.append(str(what))
    return Found(tuple(lines))


def _move(uow: UnitOfWork, pair: Pair) -> None:
    for mine, _theirs in _twice(uow.session, pair):
        service.join_rows(uow, mine.edition_id, pair.into.id, pair.gone.id)
    twice = {mine.edition_id for mine, _theirs in _twice(uow.session, pair)}
    for row in queries.all_of_person(uow.session, pair.gone.id):
        if row.edition_id not in twice:
            row.person_id = pair.into.id


PART = Part(
    "registrations",
    (
        by_hand(
            Registration.person_id,
            Registration.edition_id,
            says=lambda n: str(ngettext("%(num)s registration", "%(num)s registrations", n)),
        ),
        moved(Registration.host_checked_by),
        moved(Need.taken_by),
        moved(KindCode.created_by),
        moved(KindCodeUse.person_id, KindCodeUse.code_id),
    ),
    look=_look,
    move=_move,
)
