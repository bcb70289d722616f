"""Puts assignments on the application."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.submissions import history


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    history.say("assigned", lambda act: str(_("Given to %(name)s to read", name=act.name("reviewer"))))
