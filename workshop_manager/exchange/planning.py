"""What an import would do, row by row, before anything is done; and the names by which a plan is recognised."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workshop_manager.accounts.models import Person
from workshop_manager.accounts.queries import by_address
from workshop_manager.conflicts.queries import conflict_pairs
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.exchange import queries
from workshop_manager.exchange.fates import fate_of
from workshop_manager.exchange.incoming import (
    Incoming,
    IncomingAssignment,
    IncomingAuthor,
    IncomingReview,
    IncomingSubmission,
)
from workshop_manager.exchange.models import Imported
from workshop_manager.exchange.reading import N_, Problem
from workshop_manager.exchange.scales import Scale, Scales
from workshop_manager.exchange.states import Fate, Sort, Source
from workshop_manager.questions.content import Sheet
from workshop_manager.questions.rules import is_required, problems, shown
from workshop_manager.questions.words import answer_text, gap_text
from workshop_manager.submissions.form import scopes_of, sheet_of
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import Standing


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chose beside the columns: fates and tracks by the file's words for them, scales, reviewers."""

    fates: Mapping[str, Fate] = field(default_factory=dict)
    tracks: Mapping[str, int | None] = field(default_factory=dict)
    score: Scale | None = None
    confidence: Scale | None = None
    strangers: bool = False
    """Bring in the reviews of people who are not on the team, without a name."""

    def fate(self, status: str | None) -> Fate:
        """What becomes of a submission with this status."""
        said = status or ""
        return self.fates.get(said) or fate_of(said)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a work that is brought in stands: in the call's own round and type."""

    track_id: int | None
    type_id: int | None = None
    round_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row: `new`, `changed` (in which fields), `same`, or `left` (and why)."""

    sort: Sort
    line: int
    key: str
    what: str
    title: str = ""
    fields: tuple[str, ...] = ()
    why: Problem | None = None
    incoming: Any = field(default=None, compare=False)
    row: Imported | None = field(default=None, compare=False)
    submission_id: int | None = None
    person: Person | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import would do. With a problem it does nothing."""

    source: Source
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    statuses: tuple[tuple[str, Fate, int], ...] = ()
    tracks: tuple[tuple[str, int | None, bool, int], ...] = ()
    """The file's words for tracks: which of ours, whether that is certain, and how many rows say so."""
    scales: Scales | None = None

    def count(self, what: str, sort: Sort | None = None) -> int:
        """How many rows would be new, changed, same or left."""
        return sum(one.what == what and sort in (None, one.sort) for one in self.steps)

    @property
    def does_something(self) -> bool:
        return any(one.what in ("new", "changed") for one in self.steps)

    @property
    def digest(self) -> str:
        """A name for exactly this plan: what somebody saw is what is applied."""
        said = [
            (one.sort.value, one.line, one.key, one.what, one.fields, sorted(digests_of(one).items()))
            for one in self.steps
        ]
        chosen = [(word, fate.value) for word, fate, _count in self.statuses]
        chosen += [(word, str(track_id)) for word, track_id, _sure, _count in self.tracks]
        body = json.dumps([said, chosen, repr(self.scales)], ensure_ascii=True)
        return hashlib.sha256(body.encode()).hexdigest()[:40]


def digest(value: object) -> str:
    """A short digest of a field's value."""
    return hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:20]


def digests_of(step: Step) -> dict[str, str]:
    """What the file says, field by field, as digests; fields of which it says nothing are left out."""
    incoming = step.incoming
    if isinstance(incoming, IncomingSubmission):
        said = {
            "title": incoming.title,
            "abstract": incoming.abstract,
            "authors": _bare(incoming.authors),
            "track": incoming.track,
            "state": incoming.status,
            **{f"answer:{one}": value for one, value in incoming.answers.items()},
        }
    elif isinstance(incoming, IncomingReview):
        said = {
            "score": incoming.score,
            "confidence": incoming.confidence,
            "text": incoming.text,
            "remark": incoming.remark,
        }
    elif isinstance(incoming, IncomingAssignment):
        said = {}
    else:
        said = {"authors": _bare(incoming.authors)}
    return {name: digest(value) for name, value in said.items() if value is not None}


def _bare(authors: tuple[IncomingAuthor, ...] | None) -> Any:
    if authors is None:
        return None
    return [(one.name, one.email, one.affiliation, one.is_presenter) for one in authors]


def plan(uow: UnitOfWork, edition: Edition, standing: Standing | None, incoming: Incoming, choices: Choices) -> Plan:
    """What this import would do, for whoever has this standing; without one for the machine's owner, who sees all."""
    return _Planner(uow, edition, standing, incoming, choices).plan()


def _nameless(steps: Sequence[Step]) -> Iterator[Problem]:
    """Says of new reviews whose reviewer is nobody here that they come without one, and which names were not known."""
    found = [one for one in steps if one.sort is Sort.REVIEWS and one.what == "new" and one.person is None]
    if found:
        names = sorted({one.title for one in found if one.title})
        message = N_("Reviews that come in without their reviewer, whom the file does not name: %(count)s.")
        if names:
            message = N_(
                "Reviews that come in without their reviewer: %(count)s. Nobody on the team is known as: %(names)s."
            )
        yield Problem(0, message, {"count": len(found), "names": ", ".join(names[:5]) + (" …" if names[5:] else "")})


class _Planner:
    """One plan on its way. Reads the database a fixed number of times, however many rows there are."""

    def __init__(
        self, uow: UnitOfWork, edition: Edition, standing: Standing | None, incoming: Incoming, choices: Choices
    ) -> None:
        session = uow.session
        self.incoming, self.choices, self.source = incoming, choices, incoming.source
        self.known = queries.imported(session, edition.id, incoming.source)
        self.states = queries.visible_states(session, edition.id, standing)
        self.by_number = {number: one for one, (number, _state) in self.states.items()}
        self.tracks = workshops.tracks(session, edition.id)
        self.sheet = sheet_of(uow, edition.id) if any(one.answers for one in incoming.submissions) else Sheet()
        self.now = uow.now
        self.unanswered: Counter[str] = Counter()
        self.problems: list[Problem] = list(incoming.problems)
        self.new: dict[str, IncomingSubmission] = {}
        self.left: set[str] = set()
        is_reviewing = bool(incoming.reviews or incoming.assignments)
        people = queries.reviewers(session, edition.id) if is_reviewing else ()
        self.by_email = by_address(session, people)
        names = Counter(person.name.casefold() for person in people)
        self.by_name = {p.name.casefold(): p for p in people if names[p.name.casefold()] == 1}
        pairs = conflict_pairs(session, edition.id) if is_reviewing else []
        self.conflicts = {(submission_id, person_id) for submission_id, person_id, _why in pairs}
        self.assigned = queries.assigned_pairs(session, edition.id) if incoming.assignments else set()
        self.reviewed = queries.reviewed_pairs(session, edition.id) if incoming.reviews else set()
        self.scales = Scales.of(incoming, choices.score, choices.confidence) if incoming.reviews else None

    def plan(self) -> Plan:
        """The whole plan."""
        steps = [self._submission(one) for one in self.incoming.submissions]
        steps += [self._authors(one) for one in self.incoming.authors]
        steps += [self._assignment(one) for one in self.incoming.assignments]
        steps += [self._review(one) for one in self.incoming.reviews]
        return Plan(
            source=self.source,
            steps=tuple(steps),
            problems=tuple(sorted(self.problems, key=lambda p: p.line)),
            remarks=(*self.incoming.remarks, *self._open_questions(), *_nameless(steps)),
            statuses=tuple(self._statuses()),
            tracks=tuple(self._track_words()),
            scales=self.scales,
        )

    def _problem(self, line: int, message: str, **values: object) -> Problem:
        problem = Problem(line, message, values)
        self.problems.append(problem)
        return problem

    # -- submissions

    def _submission(self, one: IncomingSubmission) -> Step:
        row = self.known.get((Sort.SUBMISSIONS, one.key))
        title = one.title or ""
        if row is None:
            if self.choices.fate(one.status) is Fate.LEFT_OUT:
                self.left.add(one.key)
                why = Problem(one.line, N_("Its state is left out."))
                return Step(Sort.SUBMISSIONS, one.line, one.key, "left", title, why=why, incoming=one)
            self.new[one.key] = one
            self._check_track(one)
            self._check_answers(one)
            return Step(Sort.SUBMISSIONS, one.line, one.key, "new", title, incoming=one)
        if row.submission_id not in self.states:
            return self._hidden(Sort.SUBMISSIONS, one.line, one.key, title, one)
        step = self._compared(Sort.SUBMISSIONS, one.line, one.key, title, one, row)
        if "track" in step.fields:
            self._check_track(one)
        if any(name.startswith("answer:") for name in step.fields):
            self._check_answers(one)
        return step

    def _hidden(self, sort: Sort, line: int, key: str, title: str, incoming: Any) -> Step:
        why = Problem(line, N_("Another chair has to bring this in."))
        return Step(sort, line, key, "left", title, why=why, incoming=incoming)

    def _compared(self, sort: Sort, line: int, key: str, title: str, incoming: Any, row: Imported) -> Step:
        step = Step(sort, line, key, "same", title, incoming=incoming, row=row, submission_id=row.submission_id)
        said = digests_of(step)
        fields = tuple(name for name, found in said.items() if row.digests.get(name) != found)
        if "state" in fields and not self._may_decide(row.submission_id, incoming):
            fields = tuple(name for name in fields if name != "state")
        if not fields:
            return step
        return Step(sort, line, key, "changed", title, fields, None, incoming, row, row.submission_id)

    def _may_decide(self, submission_id: int, one: IncomingSubmission) -> bool:
        """A state elsewhere counts while nothing is decided here."""
        is_open = self.states[submission_id][1] is State.SUBMITTED
        return is_open and self.choices.fate(one.status) not in (Fate.SUBMITTED, Fate.LEFT_OUT)

    def _check_track(self, one: IncomingSubmission) -> None:
        if one.track and self.track_of(one.track)[0] is None and one.track not in self.choices.tracks:
            self._problem(
                one.line,
                N_("There is no track “%(track)s” here. Say which of ours it is, or none."),
                track=one.track[:80],
            )

    def _check_answers(self, one: IncomingSubmission) -> None:
        """What the questions' own rules say of the answers that are there; who answers nothing holds up nobody."""
        track = self.track_of(one.track)[0] if one.track else None
        for asked in shown(self.sheet.questions, one.answers, scopes_of(Placed(track.id if track else None))):
            value = one.answers.get(asked.id)
            if value is None:
                self.unanswered[asked.label] += is_required(asked, self.now)
                continue
            for gap in problems(asked, value):
                said = answer_text(asked, value)[:60]
                what = gap_text(gap)
                message = N_("“%(question)s” is answered with “%(said)s”: %(what)s")
                self._problem(one.line, message, question=asked.label[:80], said=said, what=what)

    def _open_questions(self) -> Iterator[Problem]:
        for label, number in self.unanswered.items():
            if number:
                message = N_("Rows without an answer to “%(question)s”, which is required: %(number)s.")
                yield Problem(0, message, {"question": label[:80], "number": number})

    def track_of(self, word: str) -> tuple[Track | None, bool]:
        """Our track for the file's word, and whether it is certain: by choice, by key, by name."""
        if word in self.choices.tracks:
            chosen = self.choices.tracks[word]
            return next((track for track in self.tracks if track.id == chosen), None), True
        said = word.casefold()
        for track in self.tracks:
            if said in (track.key.casefold(), track.name.casefold()):
                return track, True
        return None, False

    def _track_words(self) -> Iterator[tuple[str, int | None, bool, int]]:
        counted = Counter(one.track for one in self.incoming.submissions if one.track)
        for word, number in counted.most_common(50):
            track, is_certain = self.track_of(word)
            yield word, track.id if track else None, is_certain, number

    def _statuses(self) -> Iterator[tuple[str, Fate, int]]:
        counted = Counter(one.status for one in self.incoming.submissions if one.status)
        for status, number in counted.most_common(50):
            yield status, self.choices.fate(status), number

    # -- authors of what is there

    def _authors(self, one: Any) -> Step:
        parent = self.known.get((Sort.SUBMISSIONS, one.key))
        if parent is None:
            why = self._problem(
                one.line, N_("“%(key)s” was not brought in before. Import the submissions first."), key=one.key[:40]
            )
            return Step(Sort.AUTHORS, one.line, one.key, "left", why=why, incoming=one)
        if parent.submission_id not in self.states:
            return self._hidden(Sort.AUTHORS, one.line, one.key, "", one)
        row = self.known.get((Sort.AUTHORS, one.key))
        if row is None:
            fields = ("authors",)
            return Step(Sort.AUTHORS, one.line, one.key, "new", "", fields, None, one, None, parent.submission_id)
        return self._compared(Sort.AUTHORS, one.line, one.key, "", one, row)

    # -- assignments and reviews

    def _work(self, key: str) -> int | None:
        """The submission here, by its name there; of our own export by its number here."""
        row = self.known.get((Sort.SUBMISSIONS, key))
        if row is not None:
            return row.submission_id
        if self.source is Source.CSV and key.isascii() and key.isdigit() and len(key) < 9:
            return self.by_number.get(int(key))
        return None

    def _person(self, email: str, name: str) -> Person | None:
        if email:
            return self.by_email.get(email)
        return self.by_name.get(name.casefold()) if name else None

    def _placed(self, one: IncomingAssignment | IncomingReview, sort: Sort) -> Step | int | None:
        """The submission it is about (None: one that is new with this file), or what is to be said instead."""
        if one.key in self.new:
            return None
        work = self._work(one.key)
        if work is None or one.key in self.left:
            if one.key in self.left:
                why = Problem(one.line, N_("The submission is left out."))
            else:
                why = self._problem(
                    one.line, N_("“%(key)s” was not brought in before. Import the submissions first."), key=one.key[:40]
                )
            return Step(sort, one.line, one.key, "left", why=why, incoming=one)
        if work not in self.states:
            return self._hidden(sort, one.line, one.key, "", one)
        return work

    def _assignment(self, one: IncomingAssignment) -> Step:
        placed = self._placed(one, Sort.ASSIGNMENTS)
        if isinstance(placed, Step):
            return placed
        person = self._person(one.email, one.name)
        who = one.email or one.name
        if person is None:
            why = self._problem(one.line, N_("Nobody on the team reviews as %(who)s. Invite them first."), who=who[:80])
            return Step(Sort.ASSIGNMENTS, one.line, one.key, "left", who, why=why, incoming=one)
        if self._in_conflict(one.line, one.key, placed, person):
            return Step(Sort.ASSIGNMENTS, one.line, one.key, "left", who, incoming=one)
        what = "same" if placed is not None and (placed, person.id) in self.assigned else "new"
        return Step(Sort.ASSIGNMENTS, one.line, one.key, what, who, (), None, one, None, placed, person)

    def _in_conflict(self, line: int, key: str, work: int | None, person: Person) -> bool:
        if work is None:
            authors = self.new[key].authors or ()
            found = any(self.by_email.get(author.email) is person for author in authors)
        else:
            found = (work, person.id) in self.conflicts
        if found:
            self._problem(line, N_("%(who)s has a conflict of interest with this submission."), who=person.name)
        return found

    def _review(self, one: IncomingReview) -> Step:
        placed = self._placed(one, Sort.REVIEWS)
        if isinstance(placed, Step):
            return placed
        who = one.name or one.email
        row = self.known.get((Sort.REVIEWS, one.own_key))
        if row is not None:
            return self._compared(Sort.REVIEWS, one.line, one.own_key, who, one, row)
        person = self._person(one.email, one.name)
        if person is None and one.email and not self.choices.strangers:
            message = N_("Nobody on the team reviews as %(who)s. Invite them first, or bring such reviews in nameless.")
            why = self._problem(one.line, message, who=one.email[:80])
            return Step(Sort.REVIEWS, one.line, one.own_key, "left", who, why=why, incoming=one)
        if person is not None and self._in_conflict(one.line, one.key, placed, person):
            return Step(Sort.REVIEWS, one.line, one.own_key, "left", who, incoming=one)
        if person is not None and placed is not None and (placed, person.id) in self.reviewed:
            why = Problem(one.line, N_("This reviewer wrote a review here already; it stays."))
            return Step(Sort.REVIEWS, one.line, one.own_key, "left", who, why=why, incoming=one)
        return Step(Sort.REVIEWS, one.line, one.own_key, "new", who, (), None, one, None, placed, person)
