"""Verbs of readers and of those who ask them: score on every axis, share applications out, remind."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.grantreview import emails, queries, rubrics, solving
from workshop_manager.grantreview.rules import is_complete, weighted
from workshop_manager.grants import partial
from workshop_manager.grants import queries as grants
from workshop_manager.grants.deciding import judged
from workshop_manager.grants.models import GrantReader, GrantSettings, Score
from workshop_manager.grants.rules import OPEN_TO_DECISION
from workshop_manager.mail.service import Letter, post
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.service import acting_person, require


def score(uow: UnitOfWork, edition: Edition, application_id: int, points: Mapping[str, int], remark: str) -> Score:
    """Give one's points on every axis, or change them, until the answer is out."""
    application = judged(uow, edition, application_id)
    if application.state not in OPEN_TO_DECISION:
        raise Conflict(str(_("This application is answered already; scores are closed.")))
    rubric = rubrics.newest(uow.session, edition.id)
    axes = rubrics.axes_of(rubric)
    for axis in axes:
        if not is_complete([axis], points):
            raise FieldConflict(f"axis_{axis.key}", str(_("Choose from 1 to %(top)s.", top=axis.top)))
    person = acting_person(uow)
    given = uow.session.execute(
        select(Score).where(Score.application_id == application.id, Score.person_id == person.id)
    ).scalar_one_or_none()
    if given is None:
        given = Score(application_id=application.id, person_id=person.id, changed_at=uow.now)
        uow.session.add(given)
    given.points = {axis.key: points[axis.key] for axis in axes}
    given.rubric_id = rubric.id if rubric else None
    given.score, given.remark, given.changed_at = weighted(axes, points), remark, uow.now
    uow.session.flush()
    return given


def set_up(uow: UnitOfWork, edition: Edition, *, readers: int, is_blind: bool) -> None:
    """How many read each application, and whether readers learn who asks."""
    require(uow, edition, MAY_FUNDS)
    row = uow.session.get(GrantSettings, edition.id, with_for_update=True)
    if row is None:
        row = GrantSettings(edition_id=edition.id, about="", deciding="", version=0)
        uow.session.add(row)
    if row.is_blind != is_blind:
        record(uow, "grant readers blinded" if is_blind else "grant readers not blinded", "edition", edition.id,
               edition_id=edition.id)  # fmt: skip
    row.readers, row.is_blind = readers, is_blind
    uow.session.flush()


# -- who reads what -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """What is proposed: who would read what more, and what cannot be filled."""

    pairs: tuple[tuple[int, int], ...]
    people: tuple[Person, ...]
    before: Mapping[int, int]
    """By reader, what they read already."""
    missing: Mapping[int, int]
    """By application, how many readers nobody can be found for."""
    dropped: tuple[tuple[int, int], ...]
    """(application, reader) given before a conflict of interest was known: they end."""

    @property
    def digest(self) -> str:
        """Names what was looked at."""
        return hashlib.sha256(repr((self.pairs, self.dropped)).encode()).hexdigest()[:20]

    def added(self, person_id: int) -> int:
        return sum(reader == person_id for _application, reader in self.pairs)


def propose(uow: UnitOfWork, edition: Edition, *, readers: int | None = None, lock: bool = False) -> Share:
    """As many readers for each application as the edition wants: no conflicts, level loads, languages. Changes nothing.

    What was given stays given, unless a conflict of interest came to light.
    """
    session = uow.session
    wanted = readers or grants.settings_of(session, edition.id).readers or 2
    people = queries.members(session, edition.id)
    ids = [person.id for person in people]
    works = queries.to_read(session, edition.id, lock=lock)
    everybody = {*ids, *(reader for work in works for reader in work.readers)}
    apart = frozenset(partial.against(session, edition.id, everybody))
    held = {work.id: frozenset(r for r in work.readers if (work.id, r) not in apart) for work in works}
    dropped = tuple((work.id, r) for work in works for r in sorted(work.readers - held[work.id]))
    before = {one: sum(one in readers for readers in held.values()) for one in ids}
    spoken = queries.languages(session, edition.id, ids)
    foreign = {(work.id, one) for work in works for one, listed in spoken.items() if work.locale not in listed}
    needed = {work.id: wanted - len(held[work.id]) for work in works}
    taken = {(work, reader) for work, readers in held.items() for reader in readers}
    pairs = solving.share_out(needed, before, apart | taken, foreign)
    found: dict[int, int] = {}
    for application, _reader in pairs:
        found[application] = found.get(application, 0) + 1
    missing = {one: left for one, need in needed.items() if (left := need - found.get(one, 0)) > 0}
    return Share(tuple(pairs), tuple(people), before, missing, dropped)


def share_out(uow: UnitOfWork, edition: Edition, *, seen: str) -> Share:
    """Ask them to read; `seen` names what the organiser looked at, and another proposal is refused."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    share = propose(uow, edition, lock=True)
    if share.digest != seen:
        raise Stale(str(_("Something changed after you looked at it. Look again; nobody was asked anything.")))
    make(uow, edition, share)
    return share


def make(uow: UnitOfWork, edition: Edition, share: Share) -> None:
    """Write it down and tell every reader of theirs, one mail each."""
    by = uow.actor.id if uow.actor else None
    for application, reader in share.dropped:
        uow.session.execute(
            delete(GrantReader).where(GrantReader.application_id == application, GrantReader.person_id == reader)
        )
    for application, reader in share.pairs:
        uow.session.add(GrantReader(application_id=application, person_id=reader, assigned_at=uow.now, assigned_by=by))
    record(uow, "grant readers asked", "edition", edition.id, edition_id=edition.id, readings=len(share.pairs))
    uow.session.flush()
    for person in share.people:
        if share.added(person.id) and person is not uow.actor:
            post(uow, emails.asked_to_read(edition, person, share.added(person.id), uow.now))
    uow.session.flush()


# -- reminders ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wave:
    """Who owes how many scores."""

    owing: tuple[queries.Owing, ...]

    @property
    def digest(self) -> str:
        """Names what was looked at."""
        said = repr([(one.person.id, one.number) for one in self.owing])
        return hashlib.sha256(said.encode()).hexdigest()[:20]


def wave(uow: UnitOfWork, edition: Edition) -> Wave:
    """Whom a reminder reaches now, and of how many."""
    counts = grants.unread_by_member(uow.session, edition.id)
    asked = queries.owing(uow.session, edition.id)
    # Whoever came into conflict since is not reminded of that: their own list has the smaller number.
    found = [queries.Owing(one.person, min(one.number, counts.get(one.person.id, 0))) for one in asked]
    return Wave(tuple(one for one in found if one.number))


def letters(uow: UnitOfWork, edition: Edition, found: Wave) -> Sequence[Letter]:
    """The mails of a wave, one to each person."""
    return [emails.reminder(edition, one.person, one.number, uow.now) for one in found.owing]


def remind(uow: UnitOfWork, edition: Edition, *, seen: str) -> Wave:
    """Write to exactly those who owe scores; `seen` names what the organiser looked at."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    found = wave(uow, edition)
    if found.digest != seen:
        raise Stale(str(_("Something changed after you looked at it. Look again; nobody was written to.")))
    if not found.owing:
        raise Conflict(str(_("Nobody owes a score.")))
    for letter in letters(uow, edition, found):
        post(uow, letter)
    record(uow, "grant readers reminded", "edition", edition.id, edition_id=edition.id, people=len(found.owing))
    uow.session.flush()
    return found
