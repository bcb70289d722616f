"""What conflicts of interest add to the pages of one submission."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.conflicts import queries, rules
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.panels import Counted
from workshop_manager.workshops.models import Edition


def _authors_panel(
    _uow: UnitOfWork, edition: Edition, submission: Submission, figures: Mapping[str, Any]
) -> Markup | None:
    if submission.state not in rules.CAN_BE_NAMED:
        return None
    url = url_for("conflicts.named", **edition.slugs, number=submission.number)
    html = render_template("conflicts/authors_panel.html", url=url, **figures)
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


AUTHORS_PANEL = Counted(lambda _edition, submission: {"number": queries.count_opposed(submission.id)}, _authors_panel)
"""For its authors, until the decision: whom they would rather not have as a reviewer."""


def _desk_panel(
    _uow: UnitOfWork, edition: Edition, submission: Submission, figures: Mapping[str, Any]
) -> Markup | None:
    url = url_for("conflicts.desk", **edition.slugs, number=submission.number)
    html = render_template("conflicts/desk_panel.html", url=url, **figures)
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


DESK_PANEL = Counted(lambda _edition, submission: {"number": queries.count_against(submission)}, _desk_panel)
"""For chairs: how many of the team must not judge it, and where the reasons stand."""
