"""What mentoring chairs do: match, change by hand, undo, announce, take apart.

A chair matches the works they may see; what is proposed of others stays as it is. Every verb holds the edition and all
works that take part, so that two chairs, or a chair and an author who steps out, act one after the other.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from workshop_manager.conflicts import queries as conflicts
from workshop_manager.conflicts.service import keep_apart
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import ending, queries
from workshop_manager.mentoring.models import Match, Reading, Round
from workshop_manager.mentoring.queries import Free
from workshop_manager.mentoring.rules import MAY_MATCH
from workshop_manager.mentoring.states import Bar, MatchState
from workshop_manager.submissions import topics
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.service import actor_id, require

if TYPE_CHECKING:
    from workshop_manager.mentoring.solving import Edge, Problem

Bars = Mapping[tuple[int, int], Bar]
"""Why two works are kept apart, by their ids, the smaller first."""


class Changed(Conflict):
    """What a chair looked at is no longer so; nothing was done."""

    def __init__(self) -> None:
        super().__init__(str(_("The proposal changed while you looked at it. Read it again, then announce it.")))


# -- what keeps works apart ---------------------------------------------------------------------------------------


def bars_between(uow: UnitOfWork, sides: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Bar]:
    """Which of these works must not be matched, and why (three queries). `sides`: works, each with who reads for it."""
    reader_of = dict(sides)
    works, people = list(reader_of), set(reader_of.values())
    if len(works) < 2:
        return {}
    found: dict[tuple[int, int], Bar] = {}
    marks = queries.authors_of(uow.session, works)
    for place, one in enumerate(works):
        for other in works[place + 1 :]:
            if marks[one] & marks[other] or reader_of[one] == reader_of[other]:
                found[_pair(one, other)] = Bar.SAME_AUTHOR
    works_of: dict[int, list[int]] = {}
    for work, person in reader_of.items():
        works_of.setdefault(person, []).append(work)
    kept = [
        (work, person, Bar.CONFLICT) for work, person, _why in conflicts.conflicts_between(uow.session, people, works)
    ]
    kept += [(work, person, Bar.REVIEWS) for work, person in queries.assigned_among(uow.session, people, works)]
    for work, person, bar in kept:
        for theirs in works_of[person]:
            if theirs != work:
                found.setdefault(_pair(work, theirs), bar)
    return found


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _kept_from(uow: UnitOfWork, person_ids: Collection[int], work_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    """(mentor, work) that must not meet."""
    if not person_ids or not work_ids:
        return frozenset()
    found = {(person, work) for work, person, _why in conflicts.conflicts_between(uow.session, person_ids, work_ids)}
    found |= {(person, work) for work, person in queries.assigned_among(uow.session, person_ids, work_ids)}
    return frozenset(found)


def topics_by_work(uow: UnitOfWork, works: Collection[Any]) -> dict[int, dict[str, str]]:
    """What these works are about, names by mark; a track counts like a topic (one query). Tracks need not be loaded."""
    known = topics.topics_of_submissions(uow.session, [work.id for work in works])
    found = {work.id: {f"topic:{topic.id}": topic.name for topic in known[work.id]} for work in works}
    for work in works:
        if work.track_id is not None:
            found[work.id][f"track:{work.track_id}"] = ""
    return found


# -- matching -----------------------------------------------------------------------------------------------------


def _problem(uow: UnitOfWork, edition: Edition, free: Sequence[Free]) -> "Problem":
    from workshop_manager.mentoring.solving import Problem, Side, Volunteer

    about = topics_by_work(uow, [one.submission for one in free])
    sides = [
        Side(one.submission.id, one.person.id, frozenset(about[one.submission.id]), one.submission.language or "en")
        for one in free
    ]
    known = topics.topics_of_reviewers(uow.session, edition.id)
    volunteers = [
        Volunteer(one.person.id, frozenset(f"topic:{topic}" for topic in known.get(one.person.id, ())), one.room)
        for one in queries.mentors(uow.session, edition.id)
        if one.room
    ]
    return Problem(
        sides,
        frozenset(bars_between(uow, [(side.id, side.person_id) for side in sides])),
        volunteers,
        _kept_from(uow, [one.person_id for one in volunteers], [side.id for side in sides]),
    )


def _held(uow: UnitOfWork, edition: Edition) -> Round:
    workshops.locked_edition(uow.session, edition.id)
    found = queries.find_round(uow.session, edition.id, lock=True)
    if found is None:
        raise NotFound
    queries.hold_works(uow.session, edition.id)
    return found


def match(uow: UnitOfWork, edition: Edition) -> int:
    """Propose matches for everybody who is free. What was announced stays, and what a chair set by hand."""
    return match_as(uow, edition, require(uow, edition, MAY_MATCH))


def match_as(uow: UnitOfWork, edition: Edition, standing: Standing) -> int:
    """The same for whoever's standing is known already; gives the number of matches proposed anew."""
    from workshop_manager.mentoring.solving import solve

    row = _held(uow, edition)
    _remember(uow, edition, row, standing)
    for old in queries.matches(uow.session, edition.id, standing, MatchState.PROPOSED):
        if not old.by_hand:
            ending.forget(uow, old)
    free = queries.free(uow.session, edition.id, standing)
    found = solve(_problem(uow, edition, free))
    for edges in found:
        _propose(uow, edition, edges, by_hand=False)
    record(uow, "mentoring matched", "edition", edition.id, edition_id=edition.id, number=len(found))
    uow.session.flush()
    return len(found)


def _propose(uow: UnitOfWork, edition: Edition, edges: Sequence["Edge"], *, by_hand: bool) -> Match:
    made = Match(edition_id=edition.id, state=MatchState.PROPOSED, by_hand=by_hand, made_at=uow.now)
    uow.session.add(made)
    uow.session.flush()
    for edge in edges:
        participant = queries.find_participant(uow.session, edge.work, lock=True)
        if participant is None or participant.match_id is not None or participant.left_at is not None:
            raise Conflict(str(_("Somebody stepped out, or was matched meanwhile. Look at the lists again.")))
        participant.match_id = made.id
        uow.session.add(
            Reading(
                match_id=made.id,
                submission_id=edge.work,
                reader_id=edge.reader_id,
                reader_work_id=edge.reader_work,
            )
        )
    uow.session.flush()
    return made


# -- by hand ------------------------------------------------------------------------------------------------------


def pair(uow: UnitOfWork, edition: Edition, number: int, with_number: int) -> None:
    """Have the authors of two works read each other.

    Both leave whatever was proposed for them; if that parts two pairs, those who are left over are matched with each
    other where they may be: the two pairs swap partners.
    """
    standing = require(uow, edition, MAY_MATCH)
    row = _held(uow, edition)
    one, other = _side(uow, edition, standing, number), _side(uow, edition, standing, with_number)
    if one == other:
        raise Conflict(str(_("Choose two different works.")))
    _remember(uow, edition, row, standing)
    left: list[int] = []
    for work in (one, other):
        participant = queries.find_participant(uow.session, work, lock=True)
        if participant is not None and participant.match_id is not None:
            old = queries.find_match(uow.session, edition.id, participant.match_id, standing)
            if old is None:
                raise NotFound
            left += [p.submission_id for p in queries.in_match(uow.session, old.id)]
            ending.forget(uow, old)
    _meet(uow, edition, standing, (one, other))
    rest = sorted(set(left) - {one, other})
    if len(rest) == 2 and not _bars_of(uow, edition, standing, rest):
        _meet(uow, edition, standing, (rest[0], rest[1]))
    record(uow, "mentoring changed by hand", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()


def mentor(uow: UnitOfWork, edition: Edition, number: int, person_id: int) -> None:
    """Have somebody of the committee who volunteered read a work."""
    from workshop_manager.mentoring.solving import Edge

    standing = require(uow, edition, MAY_MATCH)
    row = _held(uow, edition)
    work = _side(uow, edition, standing, number)
    found = next((one for one in queries.mentors(uow.session, edition.id) if one.person.id == person_id), None)
    if found is None:
        raise NotFound
    if (person_id, work) in _kept_from(uow, [person_id], [work]):
        raise Conflict(str(_("This mentor has a conflict of interest with the work, or reviews it.")))
    _remember(uow, edition, row, standing)
    participant = queries.find_participant(uow.session, work, lock=True)
    if participant is not None and participant.match_id is not None:
        old = queries.find_match(uow.session, edition.id, participant.match_id, standing)
        if old is None:
            raise NotFound
        ending.forget(uow, old)
    _propose(uow, edition, [Edge(None, person_id, work)], by_hand=True)
    record(uow, "mentoring changed by hand", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()


def _side(uow: UnitOfWork, edition: Edition, standing: Standing, number: int) -> int:
    """A work by its number that takes part, is not matched for good, and that this chair may see."""
    found = queries.find_choosable(uow.session, edition.id, standing, number)
    if found is None:
        raise Conflict(str(_("#%(number)s does not wait for a partner.", number=number)))
    return found


def _bars_of(uow: UnitOfWork, edition: Edition, standing: Standing, works: Collection[int]) -> Bars:
    sides = [
        (one.submission.id, one.person.id)
        for one in queries.free(uow.session, edition.id, standing)
        if one.submission.id in works
    ]
    if len(sides) < len(works):
        raise Conflict(str(_("Somebody stepped out, or was matched meanwhile. Look at the lists again.")))
    return bars_between(uow, sides)


_REFUSALS = {
    Bar.SAME_AUTHOR: lambda: _("These two works share an author, or authors of the same name."),
    Bar.CONFLICT: lambda: _("There is a conflict of interest between these two."),
    Bar.REVIEWS: lambda: _("One of these two reviews the work of the other."),
}


def _meet(uow: UnitOfWork, edition: Edition, standing: Standing, works: tuple[int, int]) -> None:
    from workshop_manager.mentoring.solving import Edge

    bars = _bars_of(uow, edition, standing, works)
    if bars:
        raise Conflict(str(_REFUSALS[next(iter(bars.values()))]()))
    person = {one.submission.id: one.person.id for one in queries.free(uow.session, edition.id, standing)}
    one, other = works
    edges = [Edge(one, person[one], other), Edge(other, person[other], one)]
    _propose(uow, edition, edges, by_hand=True)


def take_apart(uow: UnitOfWork, edition: Edition, match_id: int) -> MatchState:
    """Undo one match. One that was announced ends: both are told, and can be matched anew. Gives what it was."""
    standing = require(uow, edition, MAY_MATCH)
    row = _held(uow, edition)
    found = queries.find_match(uow.session, edition.id, match_id, standing)
    if found is None:
        raise NotFound
    was = found.state
    if was is MatchState.ENDED:
        raise Conflict(str(_("This match has ended already.")))
    if was is MatchState.PROPOSED:
        _remember(uow, edition, row, standing)
        ending.forget(uow, found)
    else:
        ending.end(uow, edition, found, leaver=None)
    record(uow, "mentoring changed by hand", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()
    return was


# -- undo ---------------------------------------------------------------------------------------------------------


def _snapshot(uow: UnitOfWork, edition: Edition, standing: Standing) -> list[dict[str, Any]]:
    """What is proposed, of what this chair may see."""
    every = queries.matches(uow.session, edition.id, standing, MatchState.PROPOSED)
    edges = queries.readings_of(uow.session, [one.id for one in every])
    return [
        {"by_hand": one.by_hand, "edges": [[e.reader_work_id, e.reader_id, e.submission_id] for e in edges[one.id]]}
        for one in every
    ]


def _remember(uow: UnitOfWork, edition: Edition, row: Round, standing: Standing) -> None:
    row.before, row.before_by = _snapshot(uow, edition, standing), actor_id(uow)


def may_undo(row: Round | None, person_id: int | None) -> bool:
    """Whoever made the last change of what is proposed can undo it."""
    return row is not None and row.before is not None and person_id is not None and row.before_by == person_id


def undo(uow: UnitOfWork, edition: Edition) -> None:
    """Propose again what was proposed before one's last change; undoing that brings the change back."""
    from workshop_manager.mentoring.solving import Edge

    standing = require(uow, edition, MAY_MATCH)
    row = _held(uow, edition)
    if not may_undo(row, standing.person_id):
        raise Conflict(str(_("There is nothing of yours to undo: another chair changed it, or it was announced.")))
    before = row.before or []
    _remember(uow, edition, row, standing)
    for old in queries.matches(uow.session, edition.id, standing, MatchState.PROPOSED):
        ending.forget(uow, old)
    free = {one.submission.id: one.person.id for one in queries.free(uow.session, edition.id, standing)}
    for one in before:
        edges = [Edge(*edge) for edge in one["edges"]]
        if all(e.work in free and free.get(e.reader_work or 0, e.reader_id) == e.reader_id for e in edges):
            _propose(uow, edition, edges, by_hand=one["by_hand"])
    record(uow, "mentoring changed by hand", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()


# -- announcing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be announced: matches with their readings."""

    matches: tuple[Match, ...]
    readings: Mapping[int, Sequence[Reading]]

    @property
    def digest(self) -> str:
        """Names exactly these matches: what a chair saw is what is announced."""
        listed = ";".join(
            f"{one.id}:" + ",".join(f"{e.reader_id}>{e.submission_id}" for e in self.readings[one.id])
            for one in self.matches
        )
        return hashlib.sha256(listed.encode()).hexdigest()[:32]


def proposal(uow: UnitOfWork, edition: Edition, standing: Standing) -> Proposal:
    """What this chair would announce now (two queries)."""
    every = queries.matches(uow.session, edition.id, standing, MatchState.PROPOSED)
    return Proposal(tuple(every), queries.readings_of(uow.session, [one.id for one in every]))


def announce(uow: UnitOfWork, edition: Edition, *, seen: str) -> int:
    """Tell everybody whom they read and who reads them, one mail each; gives the number of mails.

    `seen` names what the chair looked at; Changed if it is another.
    """
    return announce_as(uow, edition, require(uow, edition, MAY_MATCH), seen=seen)


def announce_as(uow: UnitOfWork, edition: Edition, standing: Standing, *, seen: str | None = None) -> int:
    """The same for whoever stands so; without `seen`, what is proposed now.

    From this moment on nobody of a match judges the work of another: what they had of it goes.
    """
    row = _held(uow, edition)
    found = proposal(uow, edition, standing)
    if not found.matches:
        raise Conflict(str(_("Nothing is proposed, so nobody was written to.")))
    if seen is not None and found.digest != seen:
        raise Changed
    _recheck(uow, found)
    for one in found.matches:
        one.state, one.announced_at = MatchState.ANNOUNCED, uow.now
    row.before = row.before_by = None
    uow.session.flush()
    for one in found.matches:
        for edge in found.readings[one.id]:
            record(uow, "mentoring announced", "submission", edge.submission_id, edition_id=edition.id)
            if edge.reader_id is not None:
                keep_apart(uow, edge.submission, edge.reader_id, ConflictKind.MENTORING)
    sent = ending.write_announcements(uow, edition, row, found.readings)
    record(uow, "mentoring matches announced", "edition", edition.id, edition_id=edition.id, number=len(found.matches))
    uow.session.flush()
    return sent


def _recheck(uow: UnitOfWork, found: Proposal) -> None:
    """A conflict that was declared since the proposal was made must not be announced over."""
    edges = [edge for one in found.matches for edge in found.readings[one.id]]
    people = {edge.reader_id for edge in edges if edge.reader_id is not None}
    works = {edge.submission_id: edge.submission for edge in edges}
    kept = _kept_from(uow, people, works)
    bad = sorted(works[e.submission_id].number for e in edges if (e.reader_id, e.submission_id) in kept)
    if bad:
        listed = ", ".join(f"#{number}" for number in bad)
        raise Conflict(
            str(_("A conflict of interest was found since this was proposed: %(works)s. Match again.", works=listed))
        )
