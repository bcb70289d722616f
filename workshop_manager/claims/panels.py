"""What claims add to the pages of an application."""

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.claims import service
from workshop_manager.claims.rules import MAY_PAY
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants.models import Application
from workshop_manager.workshops.context import here
from workshop_manager.workshops.models import Edition


def own_panel(_uow: UnitOfWork, edition: Edition, found: Application) -> Markup | None:
    """The way to one's claims, once something was accepted; it asks nothing of the database."""
    if not any(service.is_claimable(line) for line in found.lines):
        return None
    html = render_template("claims/own_panel.html", url=url_for("claims.mine", **edition.slugs))
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def desk_panel(_uow: UnitOfWork, edition: Edition, found: Application) -> Markup | None:
    """The way to paying, for those who pay; it asks nothing of the database."""
    if not here().standing.may(MAY_PAY) or not any(service.is_claimable(line) for line in found.lines):
        return None
    url = url_for("claims.desk_booking", application_id=found.id, **edition.slugs)
    return Markup(render_template("claims/desk_panel.html", url=url))  # nosec B704  # noqa: S704 - a template of ours
