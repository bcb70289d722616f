"""Puts the report on the application: its pages, and the part of the grants' desk."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.grantreport import views
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_FUNDS


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    navigation.register_part(
        "grants",
        90,
        lambda: str(_("Afterwards")),
        "grantreport.desk_report",
        allowed=lambda standing: standing.may(MAY_FUNDS),
    )
