"""Puts registrations on the application: pages, tab, side list, what stands on the edition's page, jobs."""

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.questions import purposes
from workshop_manager.registrations import (
    asking,
    code_views,
    concerned,
    cover,
    desk,
    desk_kinds,
    desk_limits,
    desk_sharing,
    file_views,
    host_views,
    merging,
    need_views,
    pocket,
    request_views,
    retaining,
    switching,
    tickets,
    views,
    waitlist,
)
from workshop_manager.retention import keeping
from workshop_manager.web import navigation
from workshop_manager.workshops import panels
from workshop_manager.workshops.rules import MAY_REGISTRATIONS, MAY_SETTINGS

PAGES = (
    views, tickets, pocket, switching, desk, desk_kinds, desk_limits, desk_sharing, code_views, request_views,
    host_views, need_views, file_views,
)  # fmt: skip
"""Modules whose views stand on the one blueprint."""


_PARTS = (
    (
        10,
        _l("List"),
        "registrations.desk",
        ("registrations.desk_one", "registrations.desk_cancellation", "handover.many"),
    ),
    (15, _l("Requests"), "registrations.desk_requests", ("registrations.desk_requests",)),
    (
        20,
        _l("Kinds and places"),
        "registrations.desk_kinds",
        ("registrations.desk_kind", "registrations.desk_sharing", "registrations.desk_quota"),
    ),
    (45, _l("Needs"), "registrations.desk_needs", ("registrations.desk_need",)),
    (40, _l("Host conference"), "registrations.desk_host", ("registrations.desk_host",)),
    (30, _l("Access codes"), "registrations.desk_codes", ("registrations.desk_code",)),
    (90, _l("Waitlist and link"), "registrations.desk_settings", ("registrations.desk_limits",)),
)


def _manages(standing: Any) -> bool:
    return bool(standing.may(MAY_SETTINGS))


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    navigation.register_tab(30, lambda: str(_("Register")), "registrations.register")
    navigation.register_desk(
        60,
        lambda: str(_("Registration")),
        "registrations.desk",
        "ticket",
        lambda standing: standing.may(MAY_REGISTRATIONS),
        prefix=("registrations.desk", "dashboard.attendance", "handover.many", "attendees."),
    )
    for order, label, endpoint, also in _PARTS:
        navigation.register_part("registration", order, label.__str__, endpoint, *also, allowed=_manages)
    purposes.register(asking.PURPOSE, 50)
    concerned.register()
    panels.register_open(30, cover.open_row)
    panels.register_action(30, cover.main_action)
    jobs.register("pass-seats-on", every=60, run=waitlist.pass_on)
    keeping.register(10, retaining.kept)
