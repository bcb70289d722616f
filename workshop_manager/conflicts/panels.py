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


def authors_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For its authors, until the decision: whom they would rather not have as a reviewer."""
    if submission.state not in rules.CAN_BE_NAMED:
        return None
    number = len(queries.opposed_by(uow.session, submission.id))
    url = url_for("conflicts.named", **edition.slugs, number=submission.number)
    html = render_template("conflicts/authors_panel.html", url=url, number=number)
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def _desk_panel(
    _uow: UnitOfWork, edition: Edition, submission: Submission, figures: Mapping[str, Any]
) -> Markup | None:
    url = url_for("conflicts.desk", **edition.slugs, number=submission.number)
    html = render_template("conflicts/desk_panel.html", url=url, **figures)
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


DESK_PANEL = Counted(lambda _edition, submission: {"number": queries.count_against(submission)}, _desk_panel)
"""For chairs: how many of the team must not judge it, and where the reasons stand."""
