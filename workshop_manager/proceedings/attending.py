"""What it means for the programme when somebody who presents leaves the room."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings import queries
from workshop_manager.registrations.consequences import Step
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops.models import Edition


def consequences(uow: UnitOfWork, edition: Edition, person_id: int, step: Step) -> Sequence[str]:
    """The works they present in the room, with the number of the poster."""
    if not (step.leaves_room or step.ends):
        return ()
    works = uow.session.execute(
        select(Submission.id, Submission.title, Submission.outcome, Submission.remote)
        .join(Author, Author.submission_id == Submission.id)
        .where(Submission.edition_id == edition.id, Submission.state.in_(ON_PROGRAMME))
        .where(Author.person_id == person_id, Author.is_presenter)
        .order_by(Submission.number)
    ).all()
    posters = any(outcome is Outcome.POSTER for _id, _title, outcome, _remote in works)
    numbers = queries.published_numbers(uow.session, edition.id) if posters else {}
    found = []
    for number, title, outcome, remote in works:
        if step.ends:
            found.append(_ends(title))
        elif not remote:
            found.append(_poster(title, numbers.get(number)) if outcome is Outcome.POSTER else _talk(title))
    return found


def _ends(title: str) -> str:
    return str(_("You present “%(title)s”: tell the organisers who does instead.", title=isolated(title)))


def _poster(title: str, number: int | None) -> str:
    if number is None:
        return str(
            _("You present the poster “%(title)s”, which must be in person: tell the organisers who stands beside it.",
              title=isolated(title))
        )  # fmt: skip
    return str(
        _("You present poster %(number)s, “%(title)s”, which must be in person: tell the organisers who stands "
          "beside it.", number=number, title=isolated(title))
    )  # fmt: skip


def _talk(title: str) -> str:
    return str(
        _("You give a talk, “%(title)s”: tell the organisers that you give it from afar.", title=isolated(title))
    )
