"""Puts schedule on the application: blueprint, tabs, entries of the side list, panels, jobs."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.registrations import beside, consequences
from workshop_manager.retention import keeping
from workshop_manager.schedule import (
    attending,
    cover,
    export_views,
    import_views,
    join_views,
    merging,
    noting,
    organise,
    pending,
    planning,
    release_views,
    releasing,
    retaining,
    settle_views,
    speaker_views,
    speakers,
    star_views,
    telling,
    views,
)
from workshop_manager.schedule.editing import undoing
from workshop_manager.schedule.editing import views as grid_views
from workshop_manager.web import navigation
from workshop_manager.workshops import panels
from workshop_manager.workshops.rules import MAY_SCHEDULE

PAGES = (
    views,
    organise,
    settle_views,
    release_views,
    import_views,
    join_views,
    export_views,
    grid_views,
    star_views,
    speaker_views,
)
"""All hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    navigation.register_tab(50, lambda: str(_("Schedule")), "schedule.page")
    navigation.register_desk(
        80,
        lambda: str(_("Schedule")),
        "schedule.draft",
        "calendar-dots",
        lambda standing: standing.may(MAY_SCHEDULE),
        ("schedule.", "timetabling.", "invitations.", "materials.", "availability."),
    )
    consequences.register(35, attending.consequences)
    beside.register_note(noting.event_note)
    panels.register_panel(40, cover.day_panel)
    panels.register_panel(50, cover.keynotes_panel)
    panels.register_dates_feed("schedule.deadlines")
    jobs.register(undoing.JOB, every=3600, run=undoing.forget_old)
    jobs.register(pending.JOB, every=3600, run=pending.forget_expired)
    jobs.register(planning.JOB, every=20, run=planning.release_due)
    telling.register_flags(planning.flags)
    jobs.register(releasing.JOB, every=60, run=releasing.refresh_stale)
    keeping.register(30, retaining.kept)
    keeping.register(31, speakers.kept)
