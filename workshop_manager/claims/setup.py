"""Puts claims on the application: pages, the part of the grants' desk, panels."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.claims import desk, merging, panels, views
from workshop_manager.claims.rules import MAY_PAY
from workshop_manager.grants import panels as grant_panels
from workshop_manager.web import navigation

_PAGES = (views, desk)
"""Both hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    accounts_merging.register(merging.PART)
    grant_panels.register_own_panel(20, panels.own_panel)
    grant_panels.register_desk_panel(20, panels.desk_panel)
    payers = lambda standing: standing.may(MAY_PAY)  # noqa: E731
    navigation.register_part(
        "grants", 70, lambda: str(_("Claims")), "claims.desk_claims", "claims.desk", allowed=payers
    )
