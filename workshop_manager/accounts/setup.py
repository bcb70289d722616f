"""Puts accounts on the application: who is signed in, Flask-Security's machinery, the pages, the cleaning job."""

from flask import Flask

from workshop_manager.accounts import (
    account_views,
    kept_views,
    library,
    merge_views,
    merging,
    one_time,
    own_part,
    sessions,
    views,
)
from workshop_manager.accounts.sessions import current_person
from workshop_manager.core import jobs
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.web import typed
from workshop_manager.web.request import Platform

PAGES = (views, account_views, kept_views, merge_views)
"""Importing them adds their endpoints to the one blueprint."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    merging.register(own_part.PART)
    here: Platform = app.extensions["platform"]
    app.extensions["person_loader"] = current_person
    typed.keep_with(app, typed.Keeper(keep=kept_views.keep, sent=kept_views.sent))
    library.attach(app, here.settings)
    app.register_blueprint(views.blueprint)
    jobs.register("forget-old-sign-ins", every=3600, run=_forget_old)


def _forget_old(database: Database, clock: Clock) -> None:
    with unit_of_work(database, clock) as uow:
        sessions.forget_old(uow)
        one_time.forget_old(uow)
