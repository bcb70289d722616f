"""Grant applications when one person's two accounts become one: a round has one application of a person."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, case, delete, literal, or_, select
from sqlalchemy.orm import Session, aliased

from workshop_manager.accounts.merging import Afterwards, Found, Pair, Part, by_hand, moved
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants import rules, service
from workshop_manager.grants.models import (
    Application,
    Award,
    GrantConflict,
    GrantReader,
    GrantRubric,
    GrantWaiver,
    Score,
)
from workshop_manager.grants.states import State
from workshop_manager.workshops.queries import get_edition

OPEN = frozenset(State) - rules.OVER - {State.DRAFT}
Twice = Sequence[tuple[int, int, State, int, State]]


def _twice(session: Session, pair: Pair) -> Twice:
    """(edition, this account's application, its state, the other's, its state) of each round that has both.

    Two that are open are there even if they are of two rounds: one person has one.
    """
    mine, theirs = aliased(Application), aliased(Application)
    rows = session.execute(
        select(mine.edition_id, mine.id, _state(mine), theirs.id, _state(theirs))
        .join(theirs, theirs.edition_id == mine.edition_id)
        .where(mine.person_id == pair.into.id, theirs.person_id == pair.gone.id)
        .where(or_(mine.round == theirs.round, and_(_state(mine).in_(OPEN), _state(theirs).in_(OPEN))))
        .order_by(mine.edition_id, mine.round)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def _state(application: type[Application]) -> ColumnElement[State]:
    """As it stands; while money of it is claimed or paid, open whatever its state: claims would hang on nobody."""
    held = select(Award.id).where(Award.application_id == application.id, Award.state.in_(rules.COMMITTED))
    return case((held.exists(), literal(State.ACCEPTED, Application.state.type)), else_=application.state)


def _look(uow: UnitOfWork, pair: Pair) -> Found:
    lines, refusals = [], []
    for edition_id, _mine, mine, _theirs, theirs in _twice(uow.session, pair):
        name = isolated(get_edition(uow.session, edition_id).name)
        kept = rules.which_stays(mine, theirs)
        if kept is None:
            refusals.append(
                str(_("%(name)s: both accounts applied for a grant. Withdraw one of the two applications first.",
                      name=name))
            )  # fmt: skip
        elif State.DRAFT in (mine, theirs):
            lines.append(str(_("%(name)s: of your two grant applications one is a draft, which goes.", name=name)))
        else:
            lines.append(str(_("%(name)s: one of your two grant applications is over; its texts go.", name=name)))
    return Found(tuple(lines), tuple(refusals))


def _move(uow: UnitOfWork, pair: Pair) -> Afterwards:
    twice = _twice(uow.session, pair)
    for edition_id, mine, _state, theirs, _other in twice:
        service.join_applications(uow, edition_id, mine, theirs)
    # Either of the two may be the one that stays with the account that ends.
    done = {one for _edition, mine, _state, theirs, _other in twice for one in (mine, theirs)}
    for row in uow.session.scalars(select(Application).where(Application.person_id == pair.gone.id)):
        if row.id not in done:
            row.person_id = pair.into.id

    def afterwards() -> None:  # nobody scores themselves
        own = select(Application.id).where(Application.person_id == pair.into.id)
        uow.session.execute(
            delete(Score)
            .where(Score.person_id == pair.into.id, Score.application_id.in_(own))
            .execution_options(synchronize_session=False)
        )

    return afterwards


PART = Part(
    "grants",
    (
        by_hand(
            Application.person_id,
            Application.edition_id,
            Application.round,
            says=lambda n: str(ngettext("%(num)s grant application", "%(num)s grant applications", n)),
        ),
        moved(
            Score.person_id,
            Score.application_id,
            says=lambda n: str(ngettext("%(num)s score of an application", "%(num)s scores of applications", n)),
        ),
        moved(GrantConflict.person_id, GrantConflict.application_id),
        moved(GrantWaiver.person_id, GrantWaiver.application_id),
        moved(GrantWaiver.waived_by),
        moved(GrantReader.person_id, GrantReader.application_id),
        moved(GrantReader.assigned_by),
        moved(GrantRubric.made_by),
    ),
    look=_look,
    move=_move,
)
