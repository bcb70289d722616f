"""Puts submissions on the application: blueprint, entry of the side list, action of the edition's page."""

from typing import Any

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.calls import facts
from workshop_manager.core import jobs
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import purposes
from workshop_manager.submissions import (
    answers,
    authorship_views,
    beside_views,
    cover,
    desk,
    duplicates,
    extension_desk,
    form,
    handling_views,
    history,
    merging,
    nudging,
    panels,
    queries,
    views,
)
from workshop_manager.web import navigation
from workshop_manager.web.request import unit
from workshop_manager.workshops import cancelling
from workshop_manager.workshops import panels as edition_panels
from workshop_manager.workshops.cancelling import Concerned, of_person
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS


def _submitted(at: Any) -> int:
    """The figure beside “Submissions”: what the viewer may read there."""
    return queries.count_at_desk(unit().session, at.edition.id, at.standing, queries.Filter())


def _speaking(uow: UnitOfWork, edition: Edition) -> list[Concerned]:
    found = []
    for one in queries.authors_hoping(uow.session, edition.id):
        if one.person is not None:
            found.append(of_person(one.person))
        elif one.email:
            found.append(Concerned(one.email, one.name))
    return found


_PAGES = (views, authorship_views, desk, handling_views, beside_views, extension_desk, duplicates)
"""All hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    history.register()
    facts.register(is_anything_submitted=queries.is_anything_submitted, is_decided=queries.is_decided)
    purposes.register(form.PURPOSE, 40)
    panels.register_detail_panel(5, duplicates.detail_panel)
    panels.register_desk_panel(5, duplicates.desk_panel)
    panels.register_desk_panel(10, answers.DESK_PANEL)
    panels.register_review_panel(10, answers.review_panel)
    navigation.register_desk(
        30,
        lambda: str(_("Submissions")),
        "submissions.desk_list",
        "file-text",
        lambda standing: standing.may(MAY_SUBMISSIONS),
        ("submissions.desk_", "search.", "exchange."),
        count=_submitted,
    )
    navigation.register_part("submissions", 10, lambda: str(_("List")), "submissions.desk_list")
    edition_panels.register_action(20, cover.open_action)
    cancelling.register_circle(20, lambda: str(_("Named on a work that is handed in or accepted")), _speaking)
    jobs.register(nudging.JOB, every=nudging.EVERY, run=nudging.run)
