"""The application factory: settings, database, features, in that order."""

from collections.abc import Callable

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask

from workshop_manager import wiring
from workshop_manager.accounts import setup as accounts
from workshop_manager.assignments import setup as assignments
from workshop_manager.availability import setup as availability
from workshop_manager.calls import setup as calls
from workshop_manager.claims import setup as claims
from workshop_manager.committee import setup as committee
from workshop_manager.conflicts import setup as conflicts
from workshop_manager.core.clock import Clock, SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.paths import MIGRATIONS
from workshop_manager.core.settings import BadSettings, Settings, load_settings, startup_problems
from workshop_manager.dashboard import setup as dashboard
from workshop_manager.decisions import setup as decisions
from workshop_manager.door import setup as door
from workshop_manager.exchange import setup as exchange
from workshop_manager.funds import setup as funds
from workshop_manager.grantreport import setup as grantreport
from workshop_manager.grantreview import setup as grantreview
from workshop_manager.grants import setup as grants
from workshop_manager.handover import setup as handover
from workshop_manager.invitations import setup as invitations
from workshop_manager.mail import setup as mail
from workshop_manager.materials import setup as materials
from workshop_manager.mentoring import setup as mentoring
from workshop_manager.proceedings import setup as proceedings
from workshop_manager.proposals import setup as proposals
from workshop_manager.proposals import succession_setup as succession
from workshop_manager.questions import setup as questions
from workshop_manager.registrations import setup as registrations
from workshop_manager.retention import setup as retention
from workshop_manager.reviews import setup as reviews
from workshop_manager.schedule import setup as schedule
from workshop_manager.search import setup as search
from workshop_manager.selfid import setup as selfid
from workshop_manager.signups import setup as signups
from workshop_manager.submissions import setup as submissions
from workshop_manager.takeout import setup as takeout
from workshop_manager.timetabling import setup as timetabling
from workshop_manager.web.access import require_declarations
from workshop_manager.web.setup import make_application
from workshop_manager.workshops import setup as workshops

FEATURES = (
    mail,
    accounts,
    workshops,
    retention,
    questions,
    calls,
    submissions,
    conflicts,
    committee,
    assignments,
    mentoring,
    reviews,
    decisions,
    registrations,
    funds,
    grants,
    grantreview,
    proposals,
    claims,
    grantreport,
    succession,
    selfid,
    schedule,
    search,
    proceedings,
    door,
    handover,
    availability,
    invitations,
    materials,
    timetabling,
    signups,
    exchange,
    takeout,
    dashboard,
)


def create_app(
    settings: Settings | None = None,
    database: Database | None = None,
    clock: Clock | None = None,
    nudge: Callable[[str], None] | None = None,
) -> Flask:
    """The whole application. `nudge(job)` tells the worker that there is work; without it the worker polls."""
    settings = settings or load_settings()
    if problems := startup_problems(settings):
        raise BadSettings(problems)
    database = database or Database(settings.database)
    database.unlock(*settings.sealing_keys)
    database.unlock_apart(*settings.selfid_keys)
    app = make_application(settings, database, clock or SystemClock())
    app.extensions["newest_migration"] = newest_migration()
    app.extensions["nudge"] = nudge
    for feature in FEATURES:
        feature.init_app(app)
    wiring.connect()
    require_declarations(app)
    return app


def alembic_config(url: str | None = None) -> Config:
    """Alembic's configuration with our migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    if url:
        config.attributes["url"] = url
    return config


def newest_migration() -> str | None:
    """The revision a migrated database is at."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
