"""What registrations keep of people's answers, and how it is removed."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions.events import AnswersRemoved
from workshop_manager.registrations.models import Need, Registration
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.rules import USUAL
from workshop_manager.workshops.models import Edition

DIET, NEEDS, HOST = "diet", "needs", "host_number"


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """Food, needs and numbers elsewhere, a query for all."""
    diets, needs, numbers = uow.session.execute(
        select(
            func.count(Registration.diet), func.count(Registration.needs), func.count(Registration.host_number)
        ).where(Registration.edition_id == edition.id)
    ).one()
    return (
        Kept(DIET, str(_("What people eat")), diets, USUAL, _remove_diets),
        Kept(NEEDS, str(_("What people need")), needs, USUAL, _remove_needs),
        Kept(HOST, str(_("Numbers of registrations with the host conference")), numbers, USUAL, _remove_numbers),
    )


def _remove_diets(uow: UnitOfWork, edition: Edition) -> int:
    done = uow.session.execute(
        update(Registration)
        .where(Registration.edition_id == edition.id, Registration.diet.is_not(None))
        .values(diet=[], answers_deleted_at=uow.now)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _remove_numbers(uow: UnitOfWork, edition: Edition) -> int:
    done = uow.session.execute(
        update(Registration)
        .where(Registration.edition_id == edition.id, Registration.host_number.is_not(None))
        .values(host_number="")
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def on_answers_removed(uow: UnitOfWork, event: AnswersRemoved) -> None:
    """A need tells by itself that somebody answered with one, and what became of it: it goes with the answer."""
    uow.session.execute(
        delete(Need).where(Need.question_id.in_(event.question_ids)).execution_options(synchronize_session=False)
    )


def _remove_needs(uow: UnitOfWork, edition: Edition) -> int:
    mine = select(Registration.id).where(Registration.edition_id == edition.id)
    uow.session.execute(
        delete(Need)
        .where(Need.question_id.is_(None), Need.registration_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    done = uow.session.execute(
        update(Registration)
        .where(Registration.edition_id == edition.id, Registration.needs.is_not(None))
        .values(needs="", answers_deleted_at=uow.now)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
