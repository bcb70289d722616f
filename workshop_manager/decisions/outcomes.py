"""The outcomes an edition decides between: the usual ones until somebody names others."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from workshop_manager.calls import queries as calls
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.models import Decision, NamedOutcome, Recommendation, RoundLetter
from workshop_manager.decisions.rules import ACCEPTING, USUAL, unknown_placeholders
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.words import outcome_name
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE
from workshop_manager.workshops.service import require

MOST = 20


@dataclass(frozen=True, slots=True)
class Named:
    """An outcome to choose. `id` is None while it is a usual one that is stored nowhere."""

    key: str
    kind: Outcome
    own_name: str = ""
    places: int | None = None
    letter: str = ""
    id: int | None = None
    version: int = 0
    letters: tuple[tuple[int, str], ...] = ()
    """What the mail says in single rounds, by their ids."""

    def letter_in(self, round_id: int | None) -> str:
        """What the mail says to authors of that round: its own wording, else that of all rounds, else "" for ours."""
        return next((text for of_round, text in self.letters if of_round == round_id), self.letter)

    @property
    def name(self) -> str:
        """What it is called, in the reader's language if it has no name of its own."""
        return self.own_name or outcome_name(self.kind)

    @property
    def accepts(self) -> bool:
        return self.kind in ACCEPTING


class Outcomes:
    """Those of one edition, in its order: `rows`."""

    def __init__(self, rows: Iterable[Named]) -> None:
        self.rows = tuple(rows)
        self._by_key = {row.key: row for row in self.rows}
        self._by_id = {row.id: row for row in self.rows if row.id is not None}

    def find(self, key: str) -> Named | None:
        """The one of that key."""
        return self._by_key.get(key)

    def of(self, kind: Outcome, outcome_id: int | None) -> Named:
        """What a decision names: that outcome, or the first of its kind."""
        found = self._by_id.get(outcome_id) if outcome_id is not None else None
        return found or next((row for row in self.rows if row.kind is kind), Named(kind.value, kind))

    def chosen(self, decision: Decision | Recommendation | None) -> Named | None:
        """What that decision says; None for none, or one that was taken back."""
        if decision is None or decision.outcome is None:
            return None
        return self.of(decision.outcome, decision.outcome_id)


_USUAL = Outcomes([Named(kind.value, kind) for kind in USUAL])


def outcomes_of(session: Session, edition_id: int) -> Outcomes:
    """What can be decided in that edition, in its order (one query)."""
    rows = _stored(session, edition_id)
    return Outcomes([_named(row) for row in rows]) if rows else _USUAL


def _stored(session: Session, edition_id: int) -> Sequence[NamedOutcome]:
    rows = session.scalars(
        select(NamedOutcome)
        .options(joinedload(NamedOutcome.letters))
        .where(NamedOutcome.edition_id == edition_id)
        .order_by(NamedOutcome.position, NamedOutcome.id)
    )
    return rows.unique().all()


def _named(row: NamedOutcome) -> Named:
    letters = tuple((one.round_id, one.letter) for one in row.letters)
    return Named(row.key, row.kind, row.name, row.places, row.letter, row.id, row.version, letters)


def uses(session: Session, edition_id: int) -> dict[int, int]:
    """How many decisions and recommendations name each stored outcome, by id (two queries)."""
    found: dict[int, int] = {}
    for table in (Decision, Recommendation):
        rows = session.execute(
            select(table.outcome_id, func.count())
            .join(Submission, Submission.id == table.submission_id)
            .where(Submission.edition_id == edition_id, table.outcome_id.is_not(None))
            .group_by(table.outcome_id)
        )
        for outcome_id, number in rows:
            if outcome_id is not None:
                found[outcome_id] = found.get(outcome_id, 0) + number
    return found


# -- naming them --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutcomeContent:
    """An outcome as typed."""

    name: str
    kind: Outcome
    places: int | None = None
    letter: str = ""
    letters: Mapping[int, str] = field(default_factory=dict)
    """What the mail says in single rounds, by their ids; "" for what it says everywhere."""


class Crossed(Conflict):
    """Somebody else saved that outcome since the form was opened."""


def _locked(uow: UnitOfWork, edition: Edition) -> dict[str, NamedOutcome]:
    """The edition's outcomes by key, stored by now; every decision names its own from then on."""
    workshops.locked_edition(uow.session, edition.id)
    rows = _stored(uow.session, edition.id)
    if not rows:
        rows = [
            NamedOutcome(
                edition_id=edition.id, key=kind.value, position=place, kind=kind, name="", letter="", letters=[]
            )
            for place, kind in enumerate(USUAL)
        ]
        uow.session.add_all(rows)
        uow.session.flush()
        _name_all(uow.session, edition.id, {row.kind: row.id for row in rows})
    return {row.key: row for row in rows}


def _name_all(session: Session, edition_id: int, ids: Mapping[Outcome, int]) -> None:
    works = select(Submission.id).where(Submission.edition_id == edition_id)
    for table in (Decision, Recommendation):
        for kind, outcome_id in ids.items():
            session.execute(
                update(table)
                .where(table.submission_id.in_(works), table.outcome == kind, table.outcome_id.is_(None))
                .values(outcome_id=outcome_id)
            )


def add_outcome(uow: UnitOfWork, edition: Edition, content: OutcomeContent) -> NamedOutcome:
    """One more outcome, after the others."""
    require(uow, edition, MAY_DECIDE)
    known = _locked(uow, edition)
    if len(known) >= MOST:
        raise Conflict(str(_("There are %(most)s outcomes already; nobody could tell more of them apart.", most=MOST)))
    _require_sound(content, known.values())
    row = NamedOutcome(
        edition_id=edition.id,
        key=_free_key(content.name, known),
        position=max(r.position for r in known.values()) + 1,
        kind=content.kind,
        name=_own_name(content),
        places=content.places,
        letter=content.letter,
        letters=[],
        version=1,
    )
    uow.session.add(row)
    uow.session.flush()
    _write_letters(uow, edition, row, content)
    uow.session.flush()
    record(uow, "outcome added", "edition", edition.id, edition_id=edition.id, outcome=row.key)
    return row


def edit_outcome(uow: UnitOfWork, edition: Edition, key: str, content: OutcomeContent, version: int) -> NamedOutcome:
    """Change an outcome; one that decisions name keeps its kind. `version` is the one the form started from."""
    require(uow, edition, MAY_DECIDE)
    known = _locked(uow, edition)
    row = known.get(key)
    if row is None:
        raise NotFound
    # The usual ones are stored with the first save: a form opened before that started from version 0.
    if version not in ((0, 1) if row.version == 1 else (row.version,)):
        raise Crossed(str(_("Somebody else changed this outcome while you had it open. Look at theirs, then save.")))
    _require_sound(content, (one for one in known.values() if one is not row))
    if content.kind is not row.kind and uses(uow.session, edition.id).get(row.id):
        raise Conflict(str(_("Decisions name this outcome, so it keeps its kind. Add another outcome instead.")))
    row.name, row.kind, row.places, row.letter = _own_name(content), content.kind, content.places, content.letter
    _write_letters(uow, edition, row, content)
    row.version += 1
    uow.session.flush()
    record(uow, "outcome changed", "edition", edition.id, edition_id=edition.id, outcome=row.key)
    return row


def _write_letters(uow: UnitOfWork, edition: Edition, row: NamedOutcome, content: OutcomeContent) -> None:
    """The wordings of single rounds of this edition; what is empty, or as everywhere, falls back."""
    known = {one.round_id: one for one in row.letters}
    for of_round in calls.rounds_of(uow.session, edition.id):
        text, one = content.letters.get(of_round.id, "").strip(), known.get(of_round.id)
        if one is not None and not text:
            row.letters.remove(one)
        elif one is not None:
            one.letter = text
        elif text:
            row.letters.append(RoundLetter(outcome_id=row.id, round_id=of_round.id, letter=text))


def remove_outcome(uow: UnitOfWork, edition: Edition, key: str) -> None:
    """Take an outcome away that nothing names."""
    require(uow, edition, MAY_DECIDE)
    known = _locked(uow, edition)
    row = known.get(key)
    if row is None:
        raise NotFound
    if number := uses(uow.session, edition.id).get(row.id):
        raise Conflict(str(_("%(number)s decisions or recommendations name it. Change those first.", number=number)))
    if len(known) == 1:
        raise Conflict(str(_("One outcome has to be left to decide with.")))
    uow.session.delete(row)
    uow.session.flush()
    record(uow, "outcome removed", "edition", edition.id, edition_id=edition.id, outcome=key)


def move_outcome(uow: UnitOfWork, edition: Edition, key: str, by: int) -> None:
    """One place up (-1) or down (1) in the order in which they stand on the board and give places away."""
    require(uow, edition, MAY_DECIDE)
    rows = list(_locked(uow, edition).values())
    place = next((n for n, row in enumerate(rows) if row.key == key), None)
    if place is None:
        raise NotFound
    other = place + by
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position
    uow.session.flush()


def _own_name(content: OutcomeContent) -> str:
    """Nothing where the name is the usual word: then every reader gets it in their own language."""
    return "" if content.name == outcome_name(content.kind) else content.name


def _require_sound(content: OutcomeContent, others: Iterable[NamedOutcome]) -> None:
    if unknown := unknown_placeholders("\n".join([content.letter, *content.letters.values()])):
        raise Conflict(str(_("%(what)s is no placeholder of ours.", what=", ".join(unknown))))
    names = {_named(row).name.casefold() for row in others}
    if (content.name or outcome_name(content.kind)).casefold() in names:
        raise Conflict(str(_("Another outcome is called that already.")))


def _free_key(name: str, taken: Mapping[str, object]) -> str:
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:32] or "outcome"
    return next(key for n in range(1, MOST + 3) if (key := base if n == 1 else f"{base}_{n}") not in taken)
