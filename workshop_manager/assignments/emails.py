"""One function a mail."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.core.text import isolated
from workshop_manager.core.tokens import new_token
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import post
from workshop_manager.submissions.letters import Recipient, chairs_letter, in_both_zones
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey


def assigned(
    uow: UnitOfWork, edition: Edition, reviewer: Person, works: Sequence[Submission], rows: Sequence[Assignment]
) -> None:
    """One mail for all that a chair gave this reviewer in one act. Says nothing of any author."""
    due = workshops.date_by_key(uow.session, edition.id, DateKey.REVIEWS_DUE)
    facts = [(f"#{work.number}", title_of(work.title)) for work in works]
    if due is not None:
        facts.append((str(_("Reviews due")), in_both_zones(due.deadline, reviewer)))
    post(
        uow,
        chairs_letter(
            edition,
            "assignments/assigned",
            f"review-assigned:{rows[0].id}:{new_token()}",
            Recipient(reviewer.email, reviewer.name, reviewer),
            about="submissions",
            values={"number": len(works), "edition": edition.name},
            facts=tuple(facts),
            button=(
                ngettext("Read and review it", "Read and review them", len(works)),
                absolute("reviews.mine", **edition.slugs),
            ),
            why=str(_("You get this because you review for %(edition)s.", edition=isolated(edition.name))),
        ),
    )
