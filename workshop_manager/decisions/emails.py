"""One function a mail."""

import hashlib
from collections.abc import Sequence

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.models import Decision
from workshop_manager.decisions.rules import ACTIONS
from workshop_manager.mail.service import Letter, post
from workshop_manager.reviews import queries as reviews
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.words import signature
from workshop_manager.submissions.letters import Recipient, chairs_letter, in_both_zones, people_of, recipients
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.submissions.words import outcome_name, title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition

_TEMPLATES = {
    Action.ACCEPT: "decisions/accepted",
    Action.WAITLIST: "decisions/waitlisted",
    Action.REJECT: "decisions/rejected",
}


def outcome_of(decision: Decision) -> Outcome:
    """What a pending decision says."""
    if decision.outcome is None:
        raise ValueError("a decision that was taken back is not pending")
    return decision.outcome


def decisions(
    uow: UnitOfWork, edition: Edition, pending: Sequence[tuple[Decision, Submission]], by: Deadline | None
) -> dict[int, list[Letter]]:
    """The letters that tell of these decisions, by submission (two queries). Posting them is left to the release."""
    works = [submission for _decision, submission in pending]
    people = people_of(uow, works)
    texts = reviews.texts_for_authors(uow.session, [work.id for work in works])
    return {
        work.id: [
            _decided(edition, work, decision, to, texts[work.id], by) for to in recipients(work, people)
        ]
        for decision, work in pending
    }  # fmt: skip


def _decided(
    edition: Edition,
    submission: Submission,
    decision: Decision,
    to: Recipient,
    reviews: Sequence[Review],
    by: Deadline | None,
) -> Letter:
    outcome = outcome_of(decision)
    action = ACTIONS[outcome]
    is_accepted = action is Action.ACCEPT
    facts = [(str(_("Abstract")), f"#{submission.number}: {isolated(title_of(submission.title))}")]
    if is_accepted:
        facts.append((str(_("Accepted as")), outcome_name(outcome)))
        if by is not None:
            facts.append((str(_("Confirm by")), in_both_zones(by, to.person)))
    digest = hashlib.sha256(to.address.casefold().encode()).hexdigest()[:32]
    return chairs_letter(
        edition,
        _TEMPLATES[action],
        f"decision:{submission.id}:{decision.version}:{digest}",
        to,
        about=submission.about,
        values={
            "title": title_of(submission.title),
            "edition": edition.name,
            "reviews": [(signature(review), review.text) for review in reviews],
            "outcome": outcome_name(outcome),
            "has_account": to.person is not None,
        },
        facts=tuple(facts),
        button=(
            str(_("Confirm or decline") if is_accepted else _("Your abstract and its reviews")),
            absolute("submissions.detail", **edition.slugs, number=submission.number),
        ),
        why=str(_("You get this because you are an author of this abstract.")),
    )


def answered(uow: UnitOfWork, edition: Edition, submission: Submission, person: Person) -> None:
    """To every author: the place was confirmed, or given back, and by whom."""
    template = "decisions/confirmed" if submission.state is State.CONFIRMED else "decisions/declined"
    for to in recipients(submission, people_of(uow, [submission])):
        digest = hashlib.sha256(to.address.casefold().encode()).hexdigest()[:32]
        post(
            uow,
            chairs_letter(
                edition,
                template,
                f"answer:{submission.id}:{submission.version}:{digest}",
                to,
                about=submission.about,
                values={
                    "title": title_of(submission.title),
                    "edition": edition.name,
                    "by": None if to.person is person else person.name,
                },
                facts=((str(_("Abstract")), f"#{submission.number}: {isolated(title_of(submission.title))}"),),
                button=(
                    str(_("Your abstract")),
                    absolute("submissions.detail", **edition.slugs, number=submission.number),
                ),
                why=str(_("You get this because you are an author of this abstract.")),
            ),
        )
