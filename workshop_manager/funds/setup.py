"""Puts funds on the application."""

from flask import Flask

from workshop_manager.funds import views


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
