"""What reviewing adds to the pages of one submission."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import answering, queries, thread_queries
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.panels import Counted
from workshop_manager.workshops.models import Edition


def _desk_panel(
    _uow: UnitOfWork, edition: Edition, submission: Submission, figures: Mapping[str, Any]
) -> Markup | None:
    html = render_template(
        "reviews/desk_panel.html",
        **figures,
        url=url_for("reviews.assignments_one", number=submission.number, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


DESK_PANEL = Counted(lambda _edition, submission: queries.reading_figures(submission.id), _desk_panel)
"""For chairs: how reviewing stands, and the way to what was written."""


def received_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For authors: the way to their reviews as soon as they may read them, and to their response."""
    reading = answering.reading_of(uow, submission)
    if not reading.may_read:
        return None
    row = thread_queries.response_of(uow.session, submission.id)
    html = render_template(
        "reviews/received_panel.html",
        may_respond=reading.may_respond,
        is_sent=row is not None and row.is_sent,
        is_released=reading.is_released,
        url=url_for("reviews.received", number=submission.number, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours
