"""Puts optional self-identification on the application: pages, the desk's entry about privacy, a line on tickets."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.registrations import links
from workshop_manager.retention import keeping
from workshop_manager.selfid import merging, service, views
from workshop_manager.selfid.rules import MAY_ASK
from workshop_manager.web import navigation


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    navigation.register_desk(
        64,
        lambda: str(_("Privacy")),
        "selfid.desk",
        "shield-check",
        lambda standing: standing.may(MAY_ASK),
        prefix=("selfid.", "retention."),
    )
    navigation.register_part("privacy", 10, lambda: str(_("Who comes")), "selfid.desk")
    links.register(20, views.ticket_link)
    keeping.register(50, service.kept)
    jobs.register("count-self-identification", every=3600, run=service.count_and_purge)
