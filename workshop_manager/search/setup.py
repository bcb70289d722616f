"""Puts searching on the application: pages, the field of the organisers' list, tags on the page of a submission."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.search import merging, views
from workshop_manager.submissions import history, lists, panels
from workshop_manager.web import navigation


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    lists.register(views.searched)
    navigation.register_part("submissions", 20, lambda: str(_("Many at once")), "search.batches", "search.b")
    panels.register_desk_panel(90, views.TAGS_PANEL)
    history.say("tagged", lambda act: str(_("Tag “%(tag)s” added", tag=act.details.get("tag"))))
    history.say("untagged", lambda act: str(_("Tag “%(tag)s” taken away", tag=act.details.get("tag"))))
    history.say("sent to a round", lambda act: str(_("Sent to the round “%(name)s”", name=act.details.get("round"))))
