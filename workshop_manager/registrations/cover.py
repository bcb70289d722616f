"""What registration shows on an edition's public page."""

from flask import url_for
from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries, rules
from workshop_manager.registrations.rules import Phase
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.panels import Action, Dates, OpenRow
from workshop_manager.workshops.states import DateKey


def _phase(edition: Edition, dates: Dates, uow: UnitOfWork, *, has_kinds: bool = True) -> Phase:
    opens, closes = dates.get(DateKey.REGISTRATION_OPENS), dates.get(DateKey.REGISTRATION_CLOSES)
    return rules.phase(
        opens.deadline if opens else None, closes.deadline if closes else None, edition.ends_at, uow.now, has_kinds
    )


def open_row(uow: UnitOfWork, edition: Edition, dates: Dates) -> OpenRow | None:
    """Registration among what is open, with the places left."""
    counts = queries.counts(uow.session, edition.id)
    phase = _phase(edition, dates, uow, has_kinds=bool(counts))
    if phase is Phase.NOT_PLANNED:
        return None
    texts = []
    for kind in counts:
        seats = rules.Seats(kind.capacity, kind.taken)
        if seats.left is None:
            texts.append(str(_("%(kind)s without limit", kind=kind.name)))
        elif seats.is_full:
            texts.append(str(_("%(kind)s full, %(waiting)s in line", kind=kind.name, waiting=kind.waiting)))
        else:
            texts.append(str(_("%(kind)s %(left)s places left", kind=kind.name, left=seats.left)))
    closes, opens = dates.get(DateKey.REGISTRATION_CLOSES), dates.get(DateKey.REGISTRATION_OPENS)
    sign, word = {
        Phase.AHEAD: ("note", _("Opens soon")),
        Phase.OPEN: ("ok", _("Open")),
        Phase.CLOSED: ("rest", _("Closed")),
    }[phase]
    return OpenRow(
        title=str(_("Registration")),
        url=url_for("registrations.register", community=edition.community.slug, edition=edition.slug),
        text=", ".join(texts),
        state=sign,  # type: ignore[arg-type]
        state_text=str(word),
        deadline=deadline_text(closes.deadline, tuple(e.deadline for e in closes.earlier)) if closes else None,
        opens=deadline_text(opens.deadline) if opens and phase is Phase.AHEAD else None,
    )


def main_action(uow: UnitOfWork, edition: Edition, dates: Dates) -> Action | None:
    """“Register” on the cover while it is open."""
    if _phase(edition, dates, uow) is not Phase.OPEN or not queries.kinds(uow.session, edition.id):
        return None
    return Action(
        str(_("Register")), url_for("registrations.register", community=edition.community.slug, edition=edition.slug)
    )
