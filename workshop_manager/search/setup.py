"""Puts searching on the application: pages, the field of the organisers' list, tags on the page of a submission."""

from flask import Flask

from workshop_manager.search import views
from workshop_manager.submissions import lists, panels


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    lists.register(views.searched)
    panels.register_desk_panel(90, views.tags_panel)
