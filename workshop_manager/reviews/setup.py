"""Puts reviews on the application: pages, entries of the side list, the panel of a submission."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.committee import queries as committee
from workshop_manager.reviews import (
    author_views,
    desk,
    desk_progress,
    desk_setup,
    discussion_views,
    merging,
    offline_views,
    panels,
    queries,
    views,
)
from workshop_manager.submissions import history
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_REVIEW, MAY_SUBMISSIONS

PAGES = (views, discussion_views, offline_views, author_views, desk, desk_setup, desk_progress)
"""Importing these modules puts their pages on the one blueprint of this package."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    committee.register_loads(queries.loads_by_person, queries.load_of)
    submission_panels.register_desk_panel(20, panels.DESK_PANEL)
    submission_panels.register_detail_panel(25, panels.received_panel)
    navigation.register_desk(
        40,
        lambda: str(_("Reviews")),
        "reviews.assignments",
        "scales",
        lambda s: s.may(MAY_SUBMISSIONS),
        prefix=(
            "reviews.assignments",
            "assignments.desk_",
            *("mentoring.desk", "mentoring.feedback", "mentoring.reminders", "mentoring.settings"),
        ),
    )
    navigation.register_desk(45, lambda: str(_("My reviews")), "reviews.mine", "eye", lambda s: s.may(MAY_REVIEW))
    history.say("unassigned", lambda act: str(_("Taken back from %(name)s", name=act.name("reviewer"))))
    history.say("reviewed", lambda act: str(_("A review came in")))
    history.say("review declined", lambda act: str(_("A reviewer gave it back")))
    history.say("lead asked", lambda act: str(_("%(name)s leads the discussion", name=act.name("person"))))
    history.say("lead taken back", lambda act: str(_("Nobody leads the discussion any more")))
    history.say("meta-review written", lambda act: str(_("The meta-review came in")))
    history.say("response sent", lambda act: str(_("The authors answered the reviews")))
    history.say("PDF revised", lambda act: str(_("The authors revised the PDF in answer to the reviews")))
