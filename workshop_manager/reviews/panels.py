"""What reviewing adds to the pages of one submission."""

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import queries, rules
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import DECIDED
from workshop_manager.submissions.words import outcome_name
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.models import Edition


def answer_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For the authors, once the decision is out: what it is, confirm or decline, and what the reviewers wrote."""
    if submission.state not in DECIDED or submission.decided_at is None:
        return None
    slugs = {"community": edition.community.slug, "edition": edition.slug}
    by = (
        deadline_text(Deadline(submission.confirm_by, submission.confirm_by_zone or "UTC"), ())
        if submission.confirm_by
        else None
    )
    html = render_template(
        "reviews/answer_panel.html",
        submission=submission,
        outcome=outcome_name(submission.outcome) if submission.outcome else "",
        may_confirm=rules.may_answer(submission.state, submission.confirm_by, uow.now),
        may_decline=rules.may_decline(submission.state),
        confirm_url=url_for("reviews.confirm", number=submission.number, **slugs),  # type: ignore[arg-type]
        decline_url=url_for("reviews.decline", number=submission.number, **slugs),  # type: ignore[arg-type]
        confirm_by=by,
        reviews=queries.submitted_reviews(uow.session, submission.id),
    )
    return Markup(html)  # noqa: S704 - a rendered template of ours


def desk_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For chairs: how reviewing stands, and the way to what was written."""
    slugs = {"community": edition.community.slug, "edition": edition.slug}
    html = render_template(
        "reviews/desk_panel.html",
        assigned=len(queries.assignments_of(uow.session, [submission.id])[submission.id]),
        done=len(queries.submitted_reviews(uow.session, submission.id)),
        url=url_for("reviews.reviews_of", number=submission.number, **slugs),  # type: ignore[arg-type]
        title=str(_("Reviews")),
    )
    return Markup(html)  # noqa: S704 - a rendered template of ours
