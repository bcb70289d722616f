"""Puts workshops on the application: blueprint, tab, entries of the side list."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.web.navigation import register_desk, register_tab
from workshop_manager.workshops import cancelling, merging, organise, team_pages, views
from workshop_manager.workshops.cover import flat_markdown
from workshop_manager.workshops.rules import MAY_DESK, MAY_SETTINGS

PAGES = (views, organise, team_pages)
"""All of them hang their pages on the one blueprint."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    app.jinja_env.filters["flat_markdown"] = flat_markdown
    cancelling.register_circle(40, lambda: str(_("In the team, reviewers with it")), cancelling.team)
    register_tab(10, lambda: str(_("Overview")), "workshops.edition_page")
    register_desk(120, lambda: str(_("Team")), "workshops.team", "users", lambda standing: standing.may(MAY_DESK))
    register_desk(
        130, lambda: str(_("Settings")), "workshops.settings", "gear", lambda standing: standing.may(MAY_SETTINGS)
    )
    register_desk(
        210, lambda: str(_("Public page")), "workshops.edition_page", "globe", lambda standing: standing.is_team
    )
