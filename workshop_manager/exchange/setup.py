"""Puts imports and exports on the application: pages, parts of the organisers' list, the job that forgets files."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.exchange import attendee_views, merging, queries, views
from workshop_manager.exchange.service import MAY_IMPORT
from workshop_manager.submissions import history
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_SETTINGS, Standing


def _forget(database: Database, clock: Clock) -> None:
    with unit_of_work(database, clock) as uow:
        queries.forget_expired(uow)


def _may_import(standing: Standing) -> bool:
    return standing.may(MAY_IMPORT)


def _may_settings(standing: Standing) -> bool:
    return standing.may(MAY_SETTINGS)


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(attendee_views.blueprint)
    navigation.register_part(
        "submissions", 30, lambda: str(_("Import")), "exchange.imports", "exchange.look", allowed=_may_import
    )
    navigation.register_part("submissions", 40, lambda: str(_("Export")), "exchange.exports")
    navigation.register_part("registration", 60, lambda: str(_("Lists")), "attendees.people", allowed=_may_settings)
    jobs.register("forget-import-files", every=3600, run=_forget)
    history.say("imported", lambda act: str(_("Brought in from %(source)s", source=act.details.get("source"))))
    history.say(
        "import changed", lambda act: str(_("Changed by an import: %(fields)s", fields=act.details.get("fields")))
    )
    history.say("review imported", lambda _act: str(_("A review was brought in")))
