"""Puts materials on the application: pages, what items show, what exports name."""

from flask import Flask

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.materials import asking, merging, retaining, showing, views
from workshop_manager.retention import keeping
from workshop_manager.schedule import beside_items


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    beside_items.register_section(showing.section)
    beside_items.register_marks(showing.marks)
    beside_items.register_links(showing.links)
    jobs.register(asking.JOB, every=300, run=asking.tell_due)
    keeping.register(32, retaining.kept)
