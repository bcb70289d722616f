"""What this package adds to the pages of one submission: what it is about, and its language."""

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.assignments import queries, words
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import topics
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import EDITABLE
from workshop_manager.workshops.models import Edition


def _panel(uow: UnitOfWork, edition: Edition, submission: Submission, endpoint: str, may: bool) -> Markup | None:
    known = topics.topics(uow.session, edition.id)
    bidding = queries.find_bidding(uow.session, edition.id)
    asks_language = bidding is not None and bidding.asks_language
    if not known and not asks_language:
        return None
    html = render_template(
        "assignments/about_panel.html",
        topics=known,
        chosen={one.id for one in topics.topics_of_submissions(uow.session, [submission.id])[submission.id]},
        languages=[(code, words.language_name(code)) for code in words.LANGUAGES] if asks_language else [],
        language=submission.language or "en",
        language_name=words.language_name(submission.language or "en"),
        may=may,
        action=url_for(endpoint, number=submission.number, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def own_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For authors, until it is decided."""
    return _panel(uow, edition, submission, "assignments.own_topics", submission.state in EDITABLE)


def desk_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For chairs."""
    return _panel(uow, edition, submission, "assignments.desk_describe", True)
