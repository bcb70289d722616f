"""Grants as the public reads them: where they stand, and the row on the edition's page."""

from collections.abc import Mapping

from flask import url_for
from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as fund_rows
from workshop_manager.grants import rounds, words
from workshop_manager.grants.rules import Phase
from workshop_manager.workshops.dates import text_of
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.panels import OpenRow
from workshop_manager.workshops.states import DateKey, Kind

Keyed = Mapping[DateKey, ImportantDate]
SHOWN_TO_APPLICANTS = frozenset({DateKey.GRANTS_OPEN, DateKey.GRANTS_DUE, DateKey.GRANTS_NOTIFICATION})


def has_grants(edition: Edition) -> bool:
    """Workshops and bootcamps have a tab; people do not travel on a grant to a meetup."""
    return edition.kind in (Kind.WORKSHOP, Kind.BOOTCAMP)


def open_row(uow: UnitOfWork, edition: Edition, dates: Keyed) -> OpenRow | None:
    """Grants in “What is open” of the edition's page; not there without a deadline or a fund."""
    if DateKey.GRANTS_DUE not in dates:
        return None
    funds = fund_rows.funds(uow.session, edition.id)
    current = rounds.now(uow, edition, dates, has_funds=bool(funds), looks_ahead=True)
    phase, dates = current.phase, current.window.dates
    if phase is Phase.UNDATED:
        return None
    purposes = [fund.purpose for fund in funds if fund.purpose]
    kind, text = words.phase_sign(phase)
    return OpenRow(
        title=str(_("Travel grants")),
        url=url_for("grants.overview", community=edition.community.slug, edition=edition.slug),
        text=purposes[0] if len(purposes) == 1 else str(_("Travel, lodging, visa, data, caregiving")),
        state=kind,
        state_text=text,
        deadline=text_of(dates.get(DateKey.GRANTS_DUE)),
        opens=text_of(dates.get(DateKey.GRANTS_OPEN)) if phase is Phase.AHEAD else None,
    )
