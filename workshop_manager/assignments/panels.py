"""What this package adds to the pages of one submission: what it is about, and its language."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement

from workshop_manager.assignments import queries, words
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import topics
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.panels import Counted
from workshop_manager.submissions.rules import EDITABLE
from workshop_manager.workshops.models import Edition


def _figures(edition: Edition, _submission: Submission) -> dict[str, ColumnElement[Any]]:
    return {"asks_language": queries.asks_language(edition.id)}


def _panel(
    uow: UnitOfWork, edition: Edition, submission: Submission, endpoint: str, may: bool, *, asks_language: bool
) -> Markup | None:
    known = topics.topics_for(uow.session, edition.id, submission.id)
    if not known and not asks_language:
        return None
    html = render_template(
        "assignments/about_panel.html",
        topics=[topic for topic, _is_chosen in known],
        chosen={topic.id for topic, is_chosen in known if is_chosen},
        languages=[(code, words.language_name(code)) for code in words.LANGUAGES] if asks_language else [],
        language=submission.language or "en",
        language_name=words.language_name(submission.language or "en"),
        may=may,
        action=url_for(endpoint, number=submission.number, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def _own_panel(uow: UnitOfWork, edition: Edition, submission: Submission, figures: Mapping[str, Any]) -> Markup | None:
    may = submission.state in EDITABLE
    asks = bool(figures["asks_language"])
    return _panel(uow, edition, submission, "assignments.own_topics", may, asks_language=asks)


def _desk_panel(uow: UnitOfWork, edition: Edition, submission: Submission, figures: Mapping[str, Any]) -> Markup | None:
    asks = bool(figures["asks_language"])
    return _panel(uow, edition, submission, "assignments.desk_describe", True, asks_language=asks)


OWN_PANEL = Counted(_figures, _own_panel)
"""For authors, until it is decided."""
DESK_PANEL = Counted(_figures, _desk_panel)
"""For chairs."""
