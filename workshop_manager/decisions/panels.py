"""What deciding adds to the pages of one submission."""

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import rules
from workshop_manager.reviews.answering import given_to_authors
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import DECIDED, leads_to
from workshop_manager.submissions.states import Action
from workshop_manager.submissions.words import outcome_of
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.models import Edition


def answer_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For the authors, once the decision is out: what it is, confirm or decline, and what the reviewers wrote."""
    if submission.state not in DECIDED or submission.decided_at is None:
        return None
    by = (
        deadline_text(Deadline(submission.confirm_by, submission.confirm_by_zone or "UTC"))
        if submission.confirm_by
        else None
    )
    html = render_template(
        "decisions/answer_panel.html",
        submission=submission,
        outcome=outcome_of(submission),
        may_confirm=rules.may_answer(submission.state, submission.confirm_by, uow.now),
        may_decline=leads_to(Action.DECLINE, submission.state) is not None,
        confirm_url=url_for("decisions.confirm", number=submission.number, **edition.slugs),
        decline_url=url_for("decisions.decline", number=submission.number, **edition.slugs),
        confirm_by=by,
        given=given_to_authors(uow, [submission.id], is_released=True)[submission.id],
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours
