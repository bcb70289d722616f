"""One function a mail. None of them names an author to a reviewer, or a reviewer to anybody but the chairs."""

import hashlib
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.reviews.models import AuthorResponse, Message, MetaReview
from workshop_manager.submissions.letters import Recipient, chairs_letter, in_both_zones, people_of, recipients
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition


def _work(submission: Submission) -> tuple[str, str]:
    return str(_("Abstract")), f"#{submission.number}: {isolated(title_of(submission.title))}"


def _digest(address: str) -> str:
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:32]


def _why(edition: Edition) -> str:
    return str(_("You get this because you review for %(edition)s.", edition=isolated(edition.name)))


def mentioned(
    uow: UnitOfWork, edition: Edition, submission: Submission, message: Message, to: Person, *, by: str
) -> None:
    """To somebody who is mentioned in a discussion. What is said stays where only its readers see it."""
    post(
        uow,
        chairs_letter(
            edition,
            "reviews/mentioned",
            f"mention:{message.id}:{to.id}",
            Recipient(to.email, to.name, to),
            values={"by": by, "number": submission.number, "title": title_of(submission.title)},
            facts=(_work(submission),),
            button=(
                str(_("Go to the discussion")),
                absolute("reviews.discussion", **edition.slugs, number=submission.number),
            ),
            why=_why(edition),
            about=submission.about,
        ),
    )


def asked_to_lead(uow: UnitOfWork, edition: Edition, submission: Submission, row: MetaReview, to: Person) -> None:
    """To whoever is asked to lead the discussion of a work."""
    post(
        uow,
        chairs_letter(
            edition,
            "reviews/lead",
            f"lead:{submission.id}:{to.id}:{row.version}",
            Recipient(to.email, to.name, to),
            values={"number": submission.number, "edition": edition.name},
            facts=(_work(submission),),
            button=(
                str(_("Go to the discussion")),
                absolute("reviews.discussion", **edition.slugs, number=submission.number),
            ),
            why=_why(edition),
            about=submission.about,
        ),
    )


def responded(uow: UnitOfWork, edition: Edition, submission: Submission, response: AuthorResponse, by: Person) -> None:
    """To every author: the response is sent, and by whom."""
    for to in recipients(submission, people_of(uow, [submission])):
        post(
            uow,
            chairs_letter(
                edition,
                "reviews/responded",
                f"response:{submission.id}:{response.version}:{_digest(to.address)}",
                to,
                values={
                    "title": title_of(submission.title),
                    "edition": edition.name,
                    "by": None if to.person is by else by.name,
                },
                facts=(_work(submission),),
                button=(
                    str(_("The reviews and your response")),
                    absolute("reviews.received", **edition.slugs, number=submission.number),
                ),
                why=str(_("You get this because you are an author of this abstract.")),
                about=submission.about,
            ),
        )


def reminder(
    edition: Edition,
    to: Person,
    works: Sequence[tuple[Submission, bool]],
    due: Deadline | None,
    *,
    is_late: bool,
    note: str,
    key: str,
) -> Letter:
    """To somebody who owes reviews: exactly those, with what is begun (True) marked. Posting it is left to the wave."""
    facts = [
        (f"#{work.number}", isolated(title_of(work.title)) + (f" ({_('draft')})" if begun else ""))
        for work, begun in works
    ]
    if due is not None:
        facts.append((str(_("Reviews due")), in_both_zones(due, to)))
    return chairs_letter(
        edition,
        "reviews/reminder",
        key,
        Recipient(to.email, to.name, to),
        values={"number": len(works), "edition": edition.name, "is_late": is_late, "note": note},
        facts=tuple(facts),
        button=(
            ngettext("Go to your review", "Go to your reviews", len(works)),
            absolute("reviews.mine", **edition.slugs),
        ),
        why=_why(edition),
        about="submissions",
    )
