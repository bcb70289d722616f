"""The working draft as a programme: what is in it, what is wrong with it, what a release of it would change."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import Row
from sqlalchemy.orm import Session

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import knowing, queries
from workshop_manager.schedule.changes import Change, difference, next_revision
from workshop_manager.schedule.clashes import GAP, Conflict, Facts, Severity, conflicts
from workshop_manager.schedule.models import Draft, ItemSpeaker, Release
from workshop_manager.schedule.programme import Item, Programme, Speaker, from_json, to_json
from workshop_manager.schedule.queries import DraftRow, LeftAsIs
from workshop_manager.schedule.rules import gaps, name_in_words
from workshop_manager.schedule.visibility import name_key, person_key, public_view
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import State
from workshop_manager.web.request import settings
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Settled:
    """A conflict that stands for a reason: whose, why, since when."""

    conflict: Conflict
    row: LeftAsIs


@dataclass(frozen=True, slots=True)
class Working:
    """The draft: its rows in order, the same as a programme, what is wrong or doubtful, where nothing is planned.

    `settled` is what was looked at and left, and is about the same as then.
    """

    rows: list[DraftRow]
    programme: Programme
    conflicts: list[Conflict]
    gaps: list[Conflict]
    settled: list[Settled]
    changed_at: datetime | None

    @property
    def errors(self) -> list[Conflict]:
        return [conflict for conflict in self.conflicts if conflict.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Conflict]:
        return [conflict for conflict in self.conflicts if conflict.severity is Severity.WARNING]

    @property
    def fingerprint(self) -> str:
        """Names exactly this draft: whoever releases, releases what they looked at."""
        return fingerprint(self.programme)


def fingerprint(programme: Programme) -> str:
    """Names what a programme says; that a speaker made an account since is nothing to look at again."""
    items = (
        item.with_people(lambda people: tuple(replace(who, person_key=None) for who in people))
        for item in programme.items
    )
    return hashlib.sha256(to_json(replace(programme, items=tuple(items)))).hexdigest()[:32]


def uid_domain() -> str:
    """The host behind the `@` of every UID of a schedule that is released for the first time."""
    return (urlsplit(settings().base_url).hostname or "localhost").replace(":", ".").strip(".") or "localhost"


def page_url(edition: Edition) -> str:
    """The address of the public schedule. Needs `community` loaded."""
    return absolute("schedule.page", community=edition.community.slug, edition=edition.slug)


def empty_programme(edition: Edition) -> Programme:
    """What is public before the first release: nothing."""
    return Programme(uid_domain(), edition.name, edition.time_zone, (), page_url(edition))


def plain(session: Session, edition: Edition) -> Programme:
    """The draft as a programme, without what is wrong with it (three queries)."""
    rows = queries.draft_rows(session, edition.id)
    return _programme(edition, rows, queries.author_people(queries.scheduled_authors(session, edition.id)))


def working(session: Session, edition: Edition) -> Working:
    """The whole draft of an edition with its conflicts and gaps (three to five queries, as there is something to ask,
    and those of higher packages).
    """
    rows, authors, programme = _read(session, edition)
    said = queries.said(session, edition.id)
    known = knowing.facts(session, edition.id, rows, programme, authors, said.kept)
    found = [*_withdrawn(rows, programme), *conflicts(programme, known)]
    found.sort(key=lambda conflict: conflict.severity is not Severity.ERROR)
    empty = [
        Conflict(GAP, Severity.NOTE, gap.items, gap.sentence, f"{gap.start.isoformat()} {gap.end.isoformat()}")
        for gap in gaps(programme)
    ]
    left = {row.digest: row for row in said.left}
    settled: dict[int, Settled] = {}
    for conflict in [*found, *empty] if left else ():
        row = left.get(conflict.digest(programme))
        if row is not None and conflict.degree <= row.degree + conflict.slack:
            settled[id(conflict)] = Settled(conflict, row)
    return Working(
        rows,
        programme,
        [conflict for conflict in found if id(conflict) not in settled],
        [gap for gap in empty if id(gap) not in settled],
        list(settled.values()),
        said.changed_at,
    )


def known(session: Session, edition: Edition) -> tuple[list[DraftRow], Programme, Facts]:
    """The draft and all that is known besides, every room of the edition counted (three to five queries)."""
    rows, authors, programme = _read(session, edition)
    rooms, said = workshops.rooms(session, edition.id), queries.said(session, edition.id)
    return rows, programme, knowing.facts(session, edition.id, rows, programme, authors, said.kept, rooms)


def _read(
    session: Session, edition: Edition
) -> tuple[list[DraftRow], Sequence[Row[int, str, int | None, str | None]], Programme]:
    """The draft's rows, the authors of what stands in it, and the same as a programme (one or two queries)."""
    rows = queries.draft_rows(session, edition.id)
    has_work = any(row.item.submission_id is not None for row in rows)
    authors = queries.scheduled_authors(session, edition.id) if has_work else ()
    return rows, authors, _programme(edition, rows, queries.author_people(authors))


def _programme(edition: Edition, rows: list[DraftRow], authors: dict[tuple[int, str], int]) -> Programme:
    uids = {row.item.id: row.item.uid for row in rows}
    items = []
    for row in rows:
        item = row.item
        items.append(
            Item(
                uid=item.uid,
                kind=item.kind,
                title=item.title,
                start=item.starts_at,
                end=item.ends_at,
                abstract=item.abstract,
                room=item.room.name if item.room else None,
                speakers=tuple(_people(row, row.item.speakers, authors)),
                chairs=tuple(_people(row, row.item.chairs, authors)),
                parent=uids.get(item.parent_id) if item.parent_id is not None else None,
                track=item.track,
                submission_number=row.number,
                remote=item.remote,
                recording=item.recording,
                label=item.label,
                position=item.position,
                cancelled=item.cancelled,
            )
        )
    return replace(empty_programme(edition), items=tuple(items))


def _people(row: DraftRow, named: Iterable[ItemSpeaker], authors: dict[tuple[int, str], int]) -> Iterator[Speaker]:
    for who in named:
        person_id = who.person_id
        if person_id is None and row.item.submission_id is not None:
            # An author who made an account only after the talk was placed.
            person_id = authors.get((row.item.submission_id, name_key(who.name)))
        yield Speaker(who.name, who.affiliation, person_key(person_id) if person_id is not None else None)


def _withdrawn(rows: list[DraftRow], programme: Programme) -> Iterator[Conflict]:
    for row in rows:
        item = programme.item(row.item.uid)
        if row.state is None or row.state in ON_PROGRAMME or item is None or item.cancelled:
            continue
        name, number = name_in_words(item), row.number
        if row.state is State.WITHDRAWN:
            sentence = _("%(name)s has a place, but its authors withdrew it (#%(number)s).", name=name, number=number)
        elif row.state is State.DECLINED:
            sentence = _(
                "%(name)s has a place, but its authors declined to present it (#%(number)s).",
                name=name,
                number=number,
            )
        else:
            sentence = _("%(name)s has a place, but #%(number)s is not accepted.", name=name, number=number)
        yield Conflict("not_accepted", Severity.ERROR, (item.uid,), str(sentence), row.state.value)


# -- what a release would change -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """The draft against what is out: the revision a release would publish (with every name), and the public's view.

    `differs` is False when a release would change nothing that anybody can see, nor who has to be where: also whoever
    is named nowhere is told of their slot by a release.
    """

    revision: Programme
    old: Programme | None
    new: Programme
    changes: list[Change]
    differs: bool


def people_in(programmes: Iterable[Programme | None]) -> frozenset[int]:
    """The accounts that these programmes name."""
    keys = (
        who.person_key
        for programme in programmes
        if programme is not None
        for item in programme.items
        for who in item.people
        if who.person_key
    )
    return frozenset(int(key[1:]) for key in keys)


def compare(
    session: Session,
    edition: Edition,
    programme: Programme,
    last: Release | None,
    public: Programme | None,
    now: datetime,
) -> Comparison:
    """What releasing `programme` would change. `public` is what is shown now: its sequences are those people have."""
    out = _with_sequences(from_json(last.programme), public) if last is not None else None
    revision = next_revision(out, programme, now)
    choices = queries.choices(session, edition.id, people_in((out, revision)))
    old = public_view(out, choices) if out is not None else None
    new = public_view(revision, choices)
    changes = difference(old, new)
    differs = bool(changes) or _order(old) != _order(new) or _places(out) != _places(revision)
    return Comparison(revision, old, new, changes, differs)


def as_released(session: Session, edition: Edition, now: datetime) -> Programme:
    """The draft as everybody would read it if it were released now."""
    out = queries.out(session, edition.id)
    programme = _read(session, edition)[2]
    return compare(session, edition, programme, out.release, public_of(out), now).new


def public_of(out: queries.Out) -> Programme | None:
    """What is shown now, if anything is."""
    return from_json(out.public) if out.public is not None else None


def _places(programme: Programme | None) -> dict[str, frozenset[str]]:
    """By name, because whoever made an account since has the same slot as before."""
    items = programme.items if programme is not None else ()
    return {item.uid: frozenset(name_key(who.name) for who in item.people) for item in items if not item.cancelled}


def _order(programme: Programme | None) -> list[str]:
    return [item.uid for item in programme.items if not item.cancelled] if programme is not None else []


def _with_sequences(released: Programme, public: Programme | None) -> Programme:
    """A release with the sequences of what is shown: those also rise when a name is taken out between two releases."""
    if public is None:
        return released
    items = []
    for item in released.items:
        shown = public.item(item.uid)
        items.append(
            replace(item, sequence=max(item.sequence, shown.sequence), changed_at=shown.changed_at) if shown else item
        )
    return replace(released, items=tuple(items))


def refresh(uow: UnitOfWork, edition: Edition) -> Draft:
    """Note how the draft stands after a change, for those who only want to know that."""
    uow.session.flush()
    now_working = working(uow.session, edition)
    out = queries.out(uow.session, edition.id)
    comparison = compare(uow.session, edition, now_working.programme, out.release, public_of(out), uow.now)
    return note(uow, edition.id, now_working, differs=comparison.differs)


def note(uow: UnitOfWork, edition_id: int, found: Working, *, differs: bool) -> Draft:
    """Write the draft's summary."""
    draft = uow.session.get(Draft, edition_id)
    if draft is None:
        draft = Draft(edition_id=edition_id, changed_at=uow.now)
        uow.session.add(draft)
    draft.changed_at, draft.item_count, draft.differs = uow.now, len(found.rows), differs
    draft.error_count = len(found.errors)
    uow.session.flush()
    return draft
