"""What reviewing adds to the pages of one submission."""

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import queries
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import Edition


def desk_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For chairs: how reviewing stands, and the way to what was written."""
    readers = queries.readers_of(uow.session, [submission.id])[submission.id]
    html = render_template(
        "reviews/desk_panel.html",
        assigned=len(readers),
        done=len(queries.submitted_reviews(uow.session, submission.id)),
        url=url_for("reviews.assignments_one", number=submission.number, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours
