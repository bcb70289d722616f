"""Puts the door on the application: pages and the entry of the side list."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.door import (
    badge_views,
    certificate_views,
    devices,
    letter_views,
    letters,
    merging,
    queries,
    retaining,
    views,
)
from workshop_manager.door.rules import MAY_CERTIFY, MAY_DOOR, MAY_LETTERS
from workshop_manager.grants import queries as grants
from workshop_manager.registrations import segments
from workshop_manager.retention import keeping
from workshop_manager.web import navigation

PAGES = (views, devices, badge_views, certificate_views, letter_views)
"""Modules whose views stand on the one blueprint."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    grants.register_letters(queries.letter_stage)
    app.register_blueprint(views.blueprint)
    navigation.register_desk(
        61,
        lambda: str(_("At the door")),
        "door.desk",
        "door-open",
        lambda standing: standing.may(MAY_DOOR),
        prefix="door.",
    )
    navigation.register_part("door", 10, lambda: str(_("Check-in")), "door.desk")
    navigation.register_part("door", 20, lambda: str(_("Arrivals")), "door.board")
    navigation.register_part("door", 30, lambda: str(_("Handed out")), "door.items")
    navigation.register_part("door", 40, lambda: str(_("Badges")), "door.badges")
    navigation.register_part(
        "door",
        50,
        lambda: str(_("Certificates")),
        "door.certificates",
        allowed=lambda standing: standing.may(MAY_CERTIFY),
    )
    navigation.register_part(
        "door",
        60,
        lambda: str(_("Visa letters")),
        "door.letter_desk",
        "door.letter",
        allowed=lambda standing: standing.may(MAY_LETTERS),
    )
    keeping.register(20, retaining.kept)
    segments.register("arrived", lambda: str(_("who were checked in")), queries.has_arrived)
    segments.register("not_arrived", lambda: str(_("who were not checked in")), queries.has_not_arrived)
    jobs.register("purge-passports", every=3600, run=letters.purge)
