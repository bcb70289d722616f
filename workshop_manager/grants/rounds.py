"""Rounds of applications: which one somebody meets now, and the organisers' verbs.

The first round has the edition's own dates for grants. Every further one has dates of its own, which are dates of the
edition like any other: they stand on its page and in its calendar, and are moved where those are moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import queries, rules
from workshop_manager.grants.models import GrantRound, GrantSettings
from workshop_manager.grants.rules import Phase
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops import service as editions
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import DateKey

Keyed = Mapping[DateKey, ImportantDate]
KEYS = (DateKey.GRANTS_OPEN, DateKey.GRANTS_DUE, DateKey.GRANTS_NOTIFICATION)


@dataclass(frozen=True, slots=True)
class Window:
    """A round with its dates by key; those not set are not there."""

    number: int
    name: str
    about: str
    dates: Keyed

    def phase(self, now: datetime, *, has_funds: bool, is_off: bool) -> Phase:
        """Where this round stands at that moment."""
        opens, due = self.dates.get(DateKey.GRANTS_OPEN), self.dates.get(DateKey.GRANTS_DUE)
        return rules.phase_of(
            now,
            opens.deadline if opens else None,
            due.deadline if due else None,
            has_funds=has_funds,
            is_cancelled=is_off,
        )


@dataclass(frozen=True, slots=True)
class Now:
    """The round that counts at a moment, where it stands, and all there are."""

    window: Window
    phase: Phase
    windows: tuple[Window, ...]

    @property
    def several(self) -> bool:
        """More than one round: only then anybody reads of rounds."""
        return len(self.windows) > 1

    def name(self, number: int) -> str:
        """What a round is called; empty where there is but one, or for one that was taken away."""
        found = next((one for one in self.windows if one.number == number), None)
        return found.name if found and self.several else ""


def windows(first: Keyed, first_name: str, further: Sequence[GrantRound]) -> tuple[Window, ...]:
    """All rounds in order; `first` are the edition's own dates."""
    own = {key: first[key] for key in KEYS if key in first}
    found = [Window(1, first_name or str(_("First round")), "", own)]
    for one in further:
        dates = zip(KEYS, (one.opens, one.due, one.heard), strict=True)
        found.append(Window(one.number, one.name, one.about, {key: date for key, date in dates if date is not None}))
    return tuple(found)


def _at(window: Window, key: DateKey) -> datetime:
    return window.dates[key].at


def pick(found: Sequence[Window], now: datetime, *, has_funds: bool, is_off: bool, looks_ahead: bool = False) -> Now:
    """The round that is open (of several the one due first); else the last that was, or with `looks_ahead` the next."""
    by_phase: dict[Phase, list[Window]] = {phase: [] for phase in Phase}
    for one in found:
        by_phase[one.phase(now, has_funds=has_funds, is_off=is_off)].append(one)
    open_ones = sorted(by_phase[Phase.OPEN], key=lambda one: _at(one, DateKey.GRANTS_DUE))
    passed = sorted(by_phase[Phase.CLOSED], key=lambda one: _at(one, DateKey.GRANTS_DUE), reverse=True)
    ahead = sorted(by_phase[Phase.AHEAD], key=lambda one: _at(one, DateKey.GRANTS_OPEN))
    order = [open_ones, *((ahead, passed) if looks_ahead else (passed, ahead)), found]
    window = next(one for those in order for one in those)
    return Now(window, window.phase(now, has_funds=has_funds, is_off=is_off), tuple(found))


def now(
    uow: UnitOfWork,
    edition: Edition,
    first: Keyed,
    *,
    has_funds: bool,
    looks_ahead: bool = False,
    first_name: str = "",
    others: Sequence[ImportantDate] | None = None,
) -> Now:
    """The same for an edition, whose own dates are at hand (one query for further rounds).

    `others` are its free dates, where somebody has them: a further round has some, so without any there is nothing to
    ask for.
    """
    further = queries.rounds(uow.session, edition.id) if others is None or others else ()
    found = windows(first, first_name, further)
    return pick(found, uow.now, has_funds=has_funds, is_off=edition.is_cancelled, looks_ahead=looks_ahead)


# -- the organisers' verbs --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundContent:
    """A further round as typed; without `opens` it is open from now on, and `due` is needed."""

    name: str
    about: str
    opens: Deadline | None
    due: Deadline
    heard: Deadline | None


def _label(key: DateKey, name: str) -> str:
    labels = {
        DateKey.GRANTS_OPEN: _("Grants open: %(round)s", round=name),
        DateKey.GRANTS_DUE: _("Grant applications due: %(round)s", round=name),
        DateKey.GRANTS_NOTIFICATION: _("Grants are answered: %(round)s", round=name),
    }
    return str(labels[key])


def add_round(uow: UnitOfWork, edition: Edition, content: RoundContent) -> GrantRound:
    """Announce another round. Raises FieldConflict beside `name` or `due` for what cannot be."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    known = queries.rounds(uow.session, edition.id)
    settings = queries.settings_of(uow.session, edition.id)
    if content.name in {settings.round_name, *(one.name for one in known)}:
        raise FieldConflict("name", str(_("There is a round of this name already.")))
    _require_order(content)
    made = GrantRound(
        edition_id=edition.id,
        number=max((one.number for one in known), default=1) + 1,
        name=content.name,
        about=content.about,
        opens_id=_set(uow, edition, DateKey.GRANTS_OPEN, content.name, content.opens),
        due_id=_set(uow, edition, DateKey.GRANTS_DUE, content.name, content.due),
        heard_id=_set(uow, edition, DateKey.GRANTS_NOTIFICATION, content.name, content.heard),
    )
    uow.session.add(made)
    uow.session.flush()
    record(uow, "grant round added", "grant_round", made.id, edition_id=edition.id)
    return made


def _require_order(content: RoundContent) -> None:
    if content.opens is not None and content.opens.at >= content.due.at:
        raise FieldConflict("due", str(_("Applications are due before they open. Look at the two dates again.")))
    if content.heard is not None and content.heard.at < content.due.at:
        raise FieldConflict("heard", str(_("Applicants hear about grants before applications are due.")))


def _set(uow: UnitOfWork, edition: Edition, key: DateKey, name: str, deadline: Deadline | None) -> int | None:
    if deadline is None:
        return None
    return editions.set_date(uow, edition, DateKey.OTHER, _label(key, name), deadline).id


def name_first(uow: UnitOfWork, edition: Edition, name: str) -> None:
    """Call the first round something."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    row = uow.session.get(GrantSettings, edition.id)
    if row is None:
        row = GrantSettings(edition_id=edition.id, version=1)
        uow.session.add(row)
    row.round_name = name
    uow.session.flush()


def remove_round(uow: UnitOfWork, edition: Edition, number: int) -> None:
    """Take a round away with its dates; refused once anything was begun in it."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    found = next((one for one in queries.rounds(uow.session, edition.id) if one.number == number), None)
    if found is None:
        raise NotFound
    if queries.is_round_used(uow.session, edition.id, number):
        raise Conflict(str(_("There are applications in this round, drafts included. It stays, with its dates.")))
    dates = [one.id for one in (found.opens, found.due, found.heard) if one is not None]
    uow.session.delete(found)
    uow.session.flush()
    for date_id in dates:
        editions.remove_date(uow, edition, date_id)
    record(uow, "grant round removed", "grant_round", found.id, edition_id=edition.id)
