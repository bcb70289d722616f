"""Puts forms on the application: one blueprint for the forms of every purpose."""

from flask import Flask

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.questions import merging, retaining, views
from workshop_manager.retention import keeping


def init_app(app: Flask) -> None:
    """Register everything of this package. Who has a form registers its purpose: see `purposes`."""
    accounts_merging.register(merging.PART)
    keeping.register(30, retaining.kept)
    app.register_blueprint(views.blueprint)
