"""What submissions add to the edition's page."""

from collections.abc import Mapping

from flask import url_for
from flask_babel import gettext as _

from workshop_manager.calls.cover import has_call, phase_at
from workshop_manager.calls.rules import Phase
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.panels import Action
from workshop_manager.workshops.states import DateKey


def open_action(uow: UnitOfWork, edition: Edition, dates: Mapping[DateKey, ImportantDate]) -> Action | None:
    """“Submit an abstract” on the edition's cover, while the call is open."""
    if not has_call(edition) or phase_at(uow, edition.id, dates) is not Phase.OPEN:
        return None
    url = url_for("submissions.new", community=edition.community.slug, edition=edition.slug)
    return Action(label=str(_("Submit an abstract")), url=url)
