"""Grants as the public reads them: where they stand, and the row on the edition's page."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants import queries, rules, words
from workshop_manager.grants.rules import Phase
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.panels import OpenRow
from workshop_manager.workshops.states import DateKey, Kind

Keyed = Mapping[DateKey, ImportantDate]
SHOWN_TO_APPLICANTS = frozenset({DateKey.GRANTS_OPEN, DateKey.GRANTS_DUE, DateKey.GRANTS_NOTIFICATION})


def has_grants(edition: Edition) -> bool:
    """Workshops and bootcamps have a tab; people do not travel on a grant to a meetup."""
    return edition.kind in (Kind.WORKSHOP, Kind.BOOTCAMP)


def by_key(dates: Sequence[ImportantDate]) -> Keyed:
    """The dates that features obey."""
    return {row.key: row for row in dates if row.key is not DateKey.OTHER}


def text_of(row: ImportantDate | None) -> DeadlineText | None:
    """A date for reading, with what it was before (loaded)."""
    return deadline_text(row.deadline, tuple(e.deadline for e in row.earlier)) if row is not None else None


def phase_at(uow: UnitOfWork, dates: Keyed, *, has_funds: bool) -> Phase:
    """Where the grants stand at this unit's moment."""
    opens, due = dates.get(DateKey.GRANTS_OPEN), dates.get(DateKey.GRANTS_DUE)
    return rules.phase_of(
        uow.now, opens.deadline if opens else None, due.deadline if due else None, has_funds=has_funds
    )


def thread(dates: Sequence[ImportantDate], uow: UnitOfWork) -> list[tuple[str, str, DeadlineText]]:
    """The applicants' dates in order for the macro `ui.thread`."""
    items: list[tuple[str, str, DeadlineText]] = []
    is_next_found = False
    for row in dates:
        text = text_of(row)
        if row.key not in SHOWN_TO_APPLICANTS or text is None:
            continue
        kind = "past"
        if not row.deadline.has_passed(uow.now):
            kind = "" if is_next_found else "next"
            is_next_found = True
        items.append((kind, row.label, text))
    return items


def open_row(uow: UnitOfWork, edition: Edition, dates: Keyed) -> OpenRow | None:
    """Grants in “What is open” of the edition's page; not there without a deadline or a fund."""
    if DateKey.GRANTS_DUE not in dates:
        return None
    funds = queries.funds(uow.session, edition.id)
    phase = phase_at(uow, dates, has_funds=bool(funds))
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
        deadline=text_of(dates[DateKey.GRANTS_DUE]),
        opens=text_of(dates.get(DateKey.GRANTS_OPEN)) if phase is Phase.AHEAD else None,
    )
