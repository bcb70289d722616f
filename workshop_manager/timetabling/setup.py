"""Puts the automatic draft on the application: its page, under the schedule's entry of the side list."""

from flask import Flask

from workshop_manager.timetabling import views


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
