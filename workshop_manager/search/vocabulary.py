"""Which names mean something in the search field, for whom, and the conditions they stand for.

Chairs and reviewers have a vocabulary each. What a reviewer must not ask for (authors, grants, others' scores, tags)
is not in theirs, so that asking for it is answered as any other word without meaning: by the same lines of code.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlalchemy.orm import Session

from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import deadline_for
from workshop_manager.decisions.outcomes import Named, outcomes_of
from workshop_manager.search import queries
from workshop_manager.search.grammar import N_, All, Misread, Node, Not, Number, Term, Words
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.submissions.topics import topics
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_GRANTS, Standing

Condition = ColumnElement[bool]
LARGEST = 2_000_000_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where somebody searches: as whom, over which tracks. What a term alone needs to know it reads by itself."""

    session: Session
    edition_id: int
    standing: Standing
    tracks: Sequence[Track]
    zone: ZoneInfo
    person_id: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A name that means something: how to write it, what it finds, and the condition it makes of a term."""

    name: str
    example: str
    meaning: str
    build: Callable[[Term, Scope], Condition]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that one kind of viewer may ask for."""

    fields: Mapping[str, Field]
    words: Callable[[str], Condition]

    def names(self) -> list[str]:
        """The names in the order of the help."""
        return list(self.fields)


def condition(node: Node | None, known: Vocabulary, scope: Scope) -> Condition | None:
    """The tree as a condition on Submission; None for an empty search. Raises Misread for what means nothing here."""
    if node is None:
        return None
    if isinstance(node, Words):
        return known.words(node.text)
    if isinstance(node, Number):
        return Submission.number == min(node.number, LARGEST)
    if isinstance(node, Term):
        return _term(node, known, scope)
    if isinstance(node, Not):
        return not_(_inner(node.part, known, scope))
    parts = [_inner(part, known, scope) for part in node.parts]
    return and_(*parts) if isinstance(node, All) else or_(*parts)


def _inner(node: Node, known: Vocabulary, scope: Scope) -> Condition:
    found = condition(node, known, scope)
    return false() if found is None else found


def _term(term: Term, known: Vocabulary, scope: Scope) -> Condition:
    field = known.fields.get(term.name)
    if field is None:
        names = ", ".join(f"{name}:" for name in known.names())
        raise Misread(
            N_("“%(name)s” means nothing here. What does: %(names)s. Put quotation marks around text with a colon."),
            term.at,
            name=term.name[:40],
            names=names,
        )
    return field.build(term, scope)


# -- values -------------------------------------------------------------------------------------------------------


def _equal(term: Term) -> str:
    if term.compare != ":":
        raise Misread(N_("“%(name)s” is written with a colon, as in %(name)s:value."), term.at, name=term.name)
    return term.value.casefold()


def _one_of(term: Term, names: Mapping[str, T]) -> T:
    """The condition of a value, or of the only one that begins like it."""
    value = _written(_equal(term))
    if value in names:
        return names[value]
    alike = [found for name, found in names.items() if name.startswith(value)]
    if len(alike) == 1:
        return alike[0]
    raise Misread(
        N_("“%(value)s” is none of the values of %(name)s: %(values)s."),
        term.at,
        value=term.value[:40],
        name=term.name,
        values=", ".join(names) or "–",
    )


def _number(term: Term) -> float:
    try:
        value = float(term.value.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not -LARGEST < value < LARGEST:
        raise Misread(N_("“%(name)s” is compared with a number, as in %(name)s>3."), term.at, name=term.name)
    return value


def _compared(term: Term, figure: ColumnElement[float] | ColumnElement[int]) -> Condition:
    """A figure in SQL against the number of the term; what has no figure is never found."""
    value = _number(term)
    made = {
        ":": figure == value,
        "<": figure < value,
        "<=": figure <= value,
        ">": figure > value,
        ">=": figure >= value,
    }
    return and_(figure.is_not(None), made[term.compare])


def _day(term: Term, scope: Scope) -> tuple[datetime, datetime]:
    try:
        day = date.fromisoformat(term.value)
        start = datetime.combine(day, time(), scope.zone).astimezone(UTC)
        return start, start + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Misread(N_("Write the day as in %(name)s>2026-05-31."), term.at, name=term.name) from None


# -- fields -------------------------------------------------------------------------------------------------------


def _track(term: Term, scope: Scope) -> Condition:
    value = _equal(term)
    if value in ("none", "-"):
        return Submission.track_id.is_(None)
    found = [t.id for t in scope.tracks if t.key.casefold() == value]
    found = found or [t.id for t in scope.tracks if value in t.name.casefold()]
    if not found:
        keys = ", ".join(track.key for track in scope.tracks)
        raise Misread(
            N_("There is no track “%(value)s” here. There are: %(keys)s."), term.at, value=term.value[:40], keys=keys
        )
    return and_(Submission.track_id.is_not(None), Submission.track_id.in_(found))


def _written(name: str) -> str:
    """A name as one writes it without quotation marks: `Early & visa` is `early-&-visa`."""
    return "-".join(name.casefold().replace("_", " ").split())


def _by_name(term: Term, names: Iterable[tuple[str, Condition]]) -> Condition:
    """The condition of that name, else of every one that holds it; Misread with the names there are."""
    value, listed = _written(_equal(term)), [(_written(name), found) for name, found in names]
    same = [found for name, found in listed if name == value]
    alike = same or [found for name, found in listed if value in name]
    if alike:
        return or_(*alike)
    raise Misread(
        N_("“%(value)s” is none of the values of %(name)s: %(values)s."),
        term.at,
        value=term.value[:40],
        name=term.name,
        values=", ".join(name for name, _found in listed),
    )


def _round(term: Term, scope: Scope) -> Condition:
    found = queries.rounds(scope.session, scope.edition_id)
    return _by_name(term, [*((one.name, Submission.round_id.is_not_distinct_from(one.id)) for one in found), _NO_ROUND])


def _type(term: Term, scope: Scope) -> Condition:
    found = queries.types(scope.session, scope.edition_id)
    return _by_name(term, [*((one.name, Submission.type_id.is_not_distinct_from(one.id)) for one in found), _NO_TYPE])


_NO_ROUND = ("none", Submission.round_id.is_(None))
_NO_TYPE = ("none", Submission.type_id.is_(None))


def _tag(term: Term, scope: Scope) -> Condition:
    """A tag that stands only on works one must not see is answered as one that is not there."""
    found = [name for name, _number in queries.used_tags(scope.session, scope.edition_id, scope.standing)]
    if _equal(term) in found:
        return queries.has_tag(scope.edition_id, _equal(term))
    return _one_of(term, {_written(name): queries.has_tag(scope.edition_id, name) for name in found})


def _topic(term: Term, scope: Scope) -> Condition:
    found = topics(scope.session, scope.edition_id)
    return _by_name(term, [*((one.name, queries.has_topic(one.id)) for one in found), ("none", ~queries.has_topic())])


_STATES: Mapping[str, Condition] = {
    state.value.replace("_", "-"): Submission.state == state for state in State if state is not State.DRAFT
}
_OUTCOMES: Mapping[str, Outcome] = {outcome.value.replace("_", "-"): outcome for outcome in Outcome}


def _state(term: Term, _scope: Scope) -> Condition:
    return _one_of(term, _STATES)


def _outcomes(
    scope: Scope, of_kind: Callable[[Outcome], Condition], named: Callable[[Named, bool], Condition]
) -> dict[str, Condition]:
    """By kind, and by what the edition calls its own: `outcome:spotlight-talk`. A kind's word stays the kind's."""
    rows = outcomes_of(scope.session, scope.edition_id).rows
    first = {row.kind: row.key for row in reversed(rows)}
    own = {
        _written(said): named(row, first[row.kind] == row.key)
        for row in rows
        if row.id is not None
        for said in (row.key, row.name)
    }
    return own | {name: of_kind(outcome) for name, outcome in _OUTCOMES.items()}


def _outcome(term: Term, scope: Scope) -> Condition:
    return _one_of(term, _outcomes(scope, queries.was_released, queries.was_released_as))


def _pending(term: Term, scope: Scope) -> Condition:
    found = _outcomes(scope, queries.is_pending, queries.is_pending_as)
    every = or_(*(queries.is_pending(outcome) for outcome in Outcome))
    return _one_of(term, {**found, "any": every, "none": not_(every)})


def _submitted(term: Term, scope: Scope) -> Condition:
    start, end = _day(term, scope)
    at = Submission.submitted_at
    made = {
        ":": and_(at >= start, at < end),
        "<": at < start,
        "<=": at < end,
        ">": at >= end,
        ">=": at >= start,
    }
    return and_(at.is_not(None), made[term.compare])


def _late(scope: Scope) -> Condition:
    """After the deadline of its round and track, and after any that its people were given."""
    plan = calls.plan_of(scope.session, scope.edition_id, is_desk=True)
    dues = {
        (round_id, track_id): deadline.at
        for round_id in plan.rounds
        for track_id in plan.tracks
        if (deadline := deadline_for(plan, round_id, track_id)) is not None
    }
    return queries.came_after(scope.edition_id, dues)


def _is(term: Term, scope: Scope) -> Condition:
    names: dict[str, Callable[[Scope], Condition]] = {
        "late": _late,
        "remote": lambda _scope: Submission.remote.is_(True),
        "split": lambda _scope: queries.is_split(),
        "unassigned": lambda _scope: queries.assigned() == 0,
    }
    return _one_of(term, names)(scope)


def _has(term: Term, scope: Scope) -> Condition:
    names: dict[str, Condition] = {
        "file": queries.has_file(),
        "review": queries.reviews_in() > 0,
        "conflict": queries.has_conflict(),
        "tag": queries.has_tag(),
        "account": queries.has_account(),
    }
    if scope.standing.may(MAY_GRANTS):
        names["grant"] = queries.has_grant(scope.edition_id, scope.standing)
    if scope.standing.may(MAY_DECIDE):
        names["decision"] = queries.has_decision()
    return _one_of(term, names)


def _field(name: str, example: str, meaning: str, build: Callable[[Term, Scope], Condition]) -> tuple[str, Field]:
    return name, Field(name, example, meaning, build)


def _text(made: Callable[[str], Condition]) -> Callable[[Term, Scope], Condition]:
    return lambda term, _scope: made(_equal(term))


def _figure(made: Callable[[], ColumnElement[float] | ColumnElement[int]]) -> Callable[[Term, Scope], Condition]:
    return lambda term, _scope: _compared(term, made())


_BOTH = (
    _field("title", "title:river", N_("in the title"), _text(queries.in_title)),
    _field("abstract", "abstract:corpus", N_("in the abstract"), _text(queries.in_abstract)),
    _field("track", "track:1", N_("the track, by its key or name; track:none for those without"), _track),
    _field("type", "type:paper", N_("the type of work; type:none for the call’s own"), _type),
    _field("topic", "topic:speech", N_("what it is about; topic:none for those that do not say"), _topic),
    _field("number", "number<20", N_("the number; #27 finds one"), _figure(lambda: Submission.number + 0)),
)
_CHAIRS = (
    _field("round", "round:early", N_("the round; round:none for the call’s own"), _round),
    _field("state", "state:withdrawn", N_("where it stands"), _state),
    _field("outcome", "outcome:oral", N_("what was decided and released, by its kind or its own name"), _outcome),
    _field("tag", "tag:needs-talk", N_("a tag of the team"), _tag),
    _field("score", "score>3.5", N_("the average of the reviews that are in"), _figure(queries.score)),
    _field("reviews", "reviews<2", N_("how many reviews are in"), _figure(queries.reviews_in)),
    _field("spread", "spread>=3", N_("how far apart the reviews lie"), _figure(queries.spread)),
    _field("assigned", "assigned<3", N_("how many reviewers have it"), _figure(queries.assigned)),
    _field("author", "author:noor", N_("an author’s name or address"), _text(queries.has_author)),
    _field("affiliation", "affiliation:lagos", N_("where an author works"), _text(queries.has_affiliation)),
    _field("reviewer", "reviewer:rania", N_("a reviewer’s name or address"), _text(queries.has_reviewer)),
    _field("submitted", "submitted>2026-05-31", N_("the day it came in"), _submitted),
    _field(
        "has", "has:file", N_("file, review, conflict, tag, account, grant, decision: what you may see of them"), _has
    ),
    _field("is", "is:late", N_("late, remote, split or unassigned"), _is),
)
_DECIDING = (_field("pending", "pending:oral", N_("what is decided and not yet released; any and none too"), _pending),)
_REVIEWER = (
    _field(
        "mine",
        "mine:open",
        N_("open, draft or done: how far your own review is"),
        lambda t, s: _one_of(t, queries.own_review(s.person_id)),
    ),
)


def for_chairs(standing: Standing) -> Vocabulary:
    """What a chair may ask for; of pending decisions only who decides."""
    more = _DECIDING if standing.may(MAY_DECIDE) else ()
    return Vocabulary(dict((*_BOTH, *_CHAIRS, *more)), queries.words_for_chairs)


def for_reviewers() -> Vocabulary:
    """What a reviewer may ask for: the work itself, and their own review of it."""
    return Vocabulary(dict((*_BOTH, *_REVIEWER)), queries.words_for_reviewers)
