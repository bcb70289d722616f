"""Puts accounts on the application: who is signed in, Flask-Security, pages."""

from flask import Flask

from workshop_manager.accounts.sessions import current_person


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.extensions["person_loader"] = current_person
