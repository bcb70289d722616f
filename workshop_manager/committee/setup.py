"""Puts the committee on the application: pages, an entry of the side list, where invitations to review are answered."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.committee import desk, merging, views
from workshop_manager.web import navigation
from workshop_manager.workshops import panels
from workshop_manager.workshops.rules import MAY_RECRUIT
from workshop_manager.workshops.states import Role

PAGES = (views, desk)
"""Importing these modules puts their pages on the one blueprint of this package."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    panels.register_answering(Role.REVIEWER, "committee.answer")
    navigation.register_desk(
        38,
        lambda: str(_("Reviewers")),
        "committee.desk",
        "user-check",
        lambda standing: standing.may(MAY_RECRUIT),
    )
