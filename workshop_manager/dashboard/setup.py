"""Puts dashboard on the application: the front page, the desk, the mails of an edition."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.dashboard.views import blueprint
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_DESK, MAY_MAIL, MAY_SETTINGS


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(blueprint)
    navigation.register_desk(10, lambda: str(_("Home")), "dashboard.desk", "house", lambda s: s.may(MAY_DESK))
    navigation.register_part(
        "registration",
        90,
        lambda: str(_("Statistics")),
        "dashboard.attendance",
        allowed=lambda standing: standing.may(MAY_SETTINGS),
    )
    navigation.register_desk(
        110, lambda: str(_("Mail")), "dashboard.mails", "envelope-simple", lambda s: s.may(MAY_MAIL), "dashboard.mails"
    )
