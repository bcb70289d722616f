"""Bringing in: a file is kept, looked at as often as one likes, and applied once, all of it or nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from workshop_manager.assignments.models import Assignment
from workshop_manager.calls.service import locked_call
from workshop_manager.conflicts.queries import conflict_pairs
from workshop_manager.core import audit
from workshop_manager.core.deadlines import zone_names
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import clean_line
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.events import SubmissionDecided
from workshop_manager.decisions.models import Decision
from workshop_manager.exchange import planning, queries
from workshop_manager.exchange.answers import answerable
from workshop_manager.exchange.columns import targets
from workshop_manager.exchange.files import Content, Understood, Wish, content_of, understand
from workshop_manager.exchange.incoming import (
    IncomingAuthor,
    IncomingAuthors,
    IncomingReview,
    IncomingSubmission,
)
from workshop_manager.exchange.models import Imported, ImportFile
from workshop_manager.exchange.planning import Choices, Plan, Step
from workshop_manager.exchange.reading import N_, Problem
from workshop_manager.exchange.scales import Scale
from workshop_manager.exchange.states import DateOrder, Fate, Sort, Source, Target
from workshop_manager.questions.content import Asked, Sheet
from workshop_manager.questions.models import Answer
from workshop_manager.questions.queries import answers_of
from workshop_manager.questions.rules import kept
from workshop_manager.questions.service import save_answers
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.service import give_handle
from workshop_manager.reviews.states import ReviewState
from workshop_manager.submissions import emails
from workshop_manager.submissions.events import SubmissionsBroughtIn, SubmissionWithdrawn
from workshop_manager.submissions.form import owner_of, scopes_of, sheet_of
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.queries import person_ids_by_address
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, Standing
from workshop_manager.workshops.service import acting_person, require

MAY_IMPORT = MAY_DECIDE
KEPT = timedelta(days=1)
MOST_FILES = 5


class Refused(Conflict):
    """Nothing was brought in: the plan has problems, or is not the one that was looked at."""

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it is understood, and what it would do."""

    content: Content
    understood: Understood
    choices: Choices
    plan: Plan
    questions: tuple[Asked, ...] = ()
    """What a column can answer."""


# -- the file -----------------------------------------------------------------------------------------------------


def keep(
    uow: UnitOfWork, edition: Edition, name: str, body: bytes, source: Source | None, columns: Sequence[str] = ()
) -> ImportFile:
    """Keep an uploaded file for a day; whether it can be read was asked before.

    One with the columns of an earlier import is read as that was, so that the same file again changes nothing.
    """
    require(uow, edition, MAY_IMPORT)
    person = acting_person(uow)
    queries.forget_expired(uow)
    name = clean_line(name.replace("\\", "/").rpartition("/")[2])[:200] or "import"
    waiting = queries.files_of(uow.session, edition.id, person.id)
    for earlier in [one for one in waiting if one.name == name]:
        uow.session.delete(earlier)  # mended and uploaded again
    if sum(one.name != name for one in waiting) >= MOST_FILES:
        raise Conflict(str(_("%(most)s files wait already. Apply or remove one of them first.", most=MOST_FILES)))
    row = ImportFile(
        edition_id=edition.id,
        person_id=person.id,
        name=name,
        size=len(body),
        body=body,
        wishes=_remembered(uow, edition, columns, source),
        created_at=uow.now,
        expires_at=uow.now + KEPT,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _remembered(uow: UnitOfWork, edition: Edition, columns: Sequence[str], source: Source | None) -> dict[str, Any]:
    wishes = queries.last_wishes(uow.session, edition.id, columns) if columns else None
    if wishes and (source is None or wishes.get("source") == source.value):
        here = {track.id for track in workshops.tracks(uow.session, edition.id)}
        kept = {word: track for word, track in _dict(wishes, "tracks").items() if track is None or track in here}
        return {**wishes, "tracks": kept, "remembered": True}
    return {"source": source.value} if source else {}


def own_file(uow: UnitOfWork, edition: Edition, file_id: int, *, lock: bool = False) -> ImportFile:
    """A file of one's own that is still kept; NotFound for any other."""
    row = queries.find_file(uow.session, edition.id, file_id, acting_person(uow).id, lock=lock)
    if row is None or row.expires_at <= uow.now:
        raise NotFound
    return row


def wish(uow: UnitOfWork, edition: Edition, file_id: int, wishes: Mapping[str, Any]) -> None:
    """Remember what somebody says of their file."""
    require(uow, edition, MAY_IMPORT)
    own_file(uow, edition, file_id, lock=True).wishes = dict(wishes)
    uow.session.flush()


def discard(uow: UnitOfWork, edition: Edition, file_id: int) -> None:
    """Throw an uploaded file away."""
    require(uow, edition, MAY_IMPORT)
    uow.session.delete(own_file(uow, edition, file_id, lock=True))
    uow.session.flush()


# -- what it says -------------------------------------------------------------------------------------------------


_QUESTION = re.compile(r"q([0-9]{1,9})", re.ASCII)


def read_wishes(wishes: Mapping[str, Any], columns: Sequence[str]) -> tuple[Wish, Choices]:
    """What somebody said of a file, from its plain form; what makes no sense was not said."""
    sort = _member(Sort, wishes.get("sort"))
    mapping = answers = None
    said = wishes.get("mapping")
    if isinstance(said, Mapping):
        fitting = set(targets(sort)) if sort else set(Target)
        pairs = ((column, _member(Target, said.get(column))) for column in columns)
        mapping = {column: target for column, target in pairs if target in fitting and target is not None}
        answers = {column: int(found[1]) for column in columns if (found := _QUESTION.fullmatch(str(said.get(column))))}
    fates = {str(k): fate for k, v in _dict(wishes, "fates").items() if (fate := _member(Fate, v))}
    tracks = {str(k): v if isinstance(v, int) else None for k, v in _dict(wishes, "tracks").items()}
    return (
        Wish(
            source=_member(Source, wishes.get("source")),
            sort=sort,
            mapping=mapping,
            order=_member(DateOrder, wishes.get("order")) or DateOrder.AUTO,
            zone=zone if (zone := str(wishes.get("zone") or "")) in zone_names() else "",
            answers=answers,
        ),
        Choices(
            fates=fates,
            tracks=tracks,
            score=_scale(wishes.get("score")),
            confidence=_scale(wishes.get("confidence")),
            strangers=wishes.get("strangers") is True,
        ),
    )


def _member(kind: Any, value: object) -> Any:
    return next((one for one in kind if one.value == value), None)


def _dict(wishes: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = wishes.get(name)
    return found if isinstance(found, Mapping) else {}


def _scale(value: object) -> Scale | None:
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(one, int | float) for one in value):
        return Scale(float(value[0]), float(value[1])) if value[0] < value[1] else None
    return None


def look(
    uow: UnitOfWork, edition: Edition, standing: Standing | None, content: Content, wishes: Mapping[str, Any]
) -> Looked:
    """Understand a file as somebody wishes and plan what it would do; changes nothing."""
    columns = content.table.columns if content.table else ()
    said, choices = read_wishes(wishes, columns)
    questions = answerable(sheet_of(uow, edition.id).questions)
    understood = understand(content, said, ZoneInfo(edition.time_zone), questions)
    plan = planning.plan(uow, edition, standing, understood.incoming, choices)
    return Looked(content, understood, choices, plan, questions)


# -- doing it -----------------------------------------------------------------------------------------------------


def apply_file(uow: UnitOfWork, edition: Edition, file_id: int, seen: str, *, tell: bool) -> Plan:
    """Bring in what an uploaded file holds, exactly as it was looked at, and forget the file."""
    standing = require(uow, edition, MAY_IMPORT)
    row = own_file(uow, edition, file_id, lock=True)
    plan = bring_in(uow, edition, standing, content_of(row.body), row.wishes, seen=seen, tell=tell)
    uow.session.delete(row)
    uow.session.flush()
    return plan


def bring_in(
    uow: UnitOfWork,
    edition: Edition,
    standing: Standing | None,
    content: Content,
    wishes: Mapping[str, Any],
    *,
    seen: str | None = None,
    tell: bool = False,
) -> Plan:
    """Do all of it or nothing. `seen`: the digest of the plan that was looked at. Nobody is written to unless `tell`.

    The caller's transaction must be rolled back after Refused.
    """
    locked_call(uow, edition.id)  # two imports, and numbers given meanwhile, wait for each other
    looked = look(uow, edition, standing, content, wishes)
    plan = looked.plan
    if plan.problems:
        raise Refused(str(_("Something in the file has to be mended first. Nothing was brought in.")), plan.problems)
    if seen is not None and seen != plan.digest:
        raise Refused(str(_("Something changed since you looked. Look again; nothing was brought in.")))
    if plan.does_something:
        _Doer(uow, edition, looked, tell=tell).do(dict(wishes))
    return plan


_STATES: Mapping[Fate, tuple[State, Outcome | None]] = {
    Fate.SUBMITTED: (State.SUBMITTED, None),
    Fate.ORAL: (State.ACCEPTED, Outcome.ORAL),
    Fate.LIGHTNING: (State.ACCEPTED, Outcome.LIGHTNING),
    Fate.POSTER: (State.ACCEPTED, Outcome.POSTER),
    Fate.WAITLISTED: (State.WAITLISTED, Outcome.WAITLIST),
    Fate.REJECTED: (State.REJECTED, Outcome.REJECT),
    Fate.WITHDRAWN: (State.WITHDRAWN, None),
}


class _Doer:
    """Carries a plan out."""

    def __init__(self, uow: UnitOfWork, edition: Edition, looked: Looked, *, tell: bool) -> None:
        self.uow, self.edition, self.tell = uow, edition, tell
        self.plan, self.choices, self.columns = looked.plan, looked.choices, looked.content.columns
        self.actor_id = uow.actor.id if uow.actor else None
        self.tracks = {word: track_id for word, track_id, _sure, _count in self.plan.tracks}
        self.made: dict[str, Submission] = {}
        self.sheet: Sheet | None = None
        self.steps = [one for one in self.plan.steps if one.what in ("new", "changed")]

    def do(self, wishes: dict[str, Any]) -> None:
        """Everything, in the order in which one thing needs another. `wishes` are remembered for the next such file."""
        self._submissions([one for one in self.steps if one.sort is Sort.SUBMISSIONS])
        self._authors([one for one in self.steps if one.sort is Sort.AUTHORS])
        self.uow.session.flush()
        reviewing = [one for one in self.steps if one.sort in (Sort.ASSIGNMENTS, Sort.REVIEWS)]
        if reviewing:
            self._refuse_conflicts(reviewing)
            self._assignments([one for one in reviewing if one.sort is Sort.ASSIGNMENTS])
            self._reviews([one for one in reviewing if one.sort is Sort.REVIEWS])
        counts = {what: self.plan.count(what) for what in ("new", "changed", "same", "left")}
        details: dict[str, Any] = {"source": self.plan.source.value, **counts}
        if wishes.get("mapping"):
            wishes.pop("remembered", None)
            details |= {"columns": list(self.columns), "wishes": wishes}
        audit.record(self.uow, "import", "edition", self.edition.id, edition_id=self.edition.id, **details)
        self.uow.session.flush()

    # -- submissions

    def _submissions(self, steps: Sequence[Step]) -> None:
        new = [one for one in steps if one.what == "new"]
        known = self._accounts(steps)
        call = locked_call(self.uow, self.edition.id)
        for step in new:
            call.last_number += 1
            self.made[step.key] = self._new(step, call.last_number, known)
        self.uow.session.flush()
        self._remember(new, lambda step: self.made[step.key].id)
        for step in new:
            self._answer(step, self.made[step.key])
        changed = [one for one in steps if one.what == "changed"]
        rows = queries.with_authors(self.uow.session, {one.submission_id for one in changed if one.submission_id})
        for step in changed:
            self._change(step, rows[step.submission_id or 0], known)
        for step in new:
            self._announce(step, self.made[step.key])
        if any(self.made[step.key].state is State.SUBMITTED for step in new):
            self.uow.tell(SubmissionsBroughtIn(self.edition.id))

    def _accounts(self, steps: Sequence[Step]) -> dict[str, int]:
        """Confirmed accounts by the addresses of all authors."""
        every = {author.email for one in steps for author in one.incoming.authors or () if author.email}
        every |= {one.incoming.submitter for one in steps if one.sort is Sort.SUBMISSIONS and one.incoming.submitter}
        listed = sorted(every)
        found: dict[str, int] = {}
        for start in range(0, len(listed), queries.BATCH):
            found |= person_ids_by_address(self.uow.session, set(listed[start : start + queries.BATCH]))
        return found

    def _new(self, step: Step, number: int, known: Mapping[str, int]) -> Submission:
        one: IncomingSubmission = step.incoming
        state, outcome = _STATES[self.choices.fate(one.status)]
        now = self.uow.now
        decided = outcome is not None
        submission = Submission(
            edition_id=self.edition.id,
            number=number,
            track_id=self.tracks.get(one.track or ""),
            submitter_id=known.get(one.submitter) if one.submitter else None,
            title=one.title or "",
            abstract=one.abstract or "",
            state=state,
            outcome=outcome,
            created_at=now,
            changed_at=now,
            changed_by=self.actor_id,
            submitted_at=min(one.submitted_at or now, now),
            decided_at=now if decided else None,
            withdrawn_at=now if state is State.WITHDRAWN else None,
            version=1,
            files=[],
            authors=[_author(author, place, known) for place, author in enumerate(one.authors or ())],
        )
        self.uow.session.add(submission)
        return submission

    def _sheet(self) -> Sheet:
        if self.sheet is None:
            self.sheet = sheet_of(self.uow, self.edition.id)
        return self.sheet

    def _answer(self, step: Step, submission: Submission) -> None:
        """The answers of a new work, of what it is asked: nothing is stored yet, so nothing has to be read."""
        if not step.incoming.answers:
            return
        asked = kept(self._sheet().questions, step.incoming.answers, scopes_of(submission))
        owner = owner_of(submission)
        self.uow.session.add_all(
            Answer(
                owner_kind=owner.kind,
                owner_id=owner.id,
                question_id=question_id,
                value=value,
                at=self.uow.now,
                by=self.actor_id,
            )
            for question_id, value in asked.items()
        )

    def _announce(self, step: Step, submission: Submission) -> None:
        self._decided_elsewhere(submission)
        source = self.plan.source.value
        audit.record(
            self.uow, "imported", "submission", submission.id, edition_id=self.edition.id, source=source, key=step.key
        )
        if submission.state is State.SUBMITTED and self.tell:
            emails.handed_in(self.uow, self.edition, submission)

    def _change(self, step: Step, submission: Submission, known: Mapping[str, int]) -> None:
        """Take over what the file says otherwise than last time."""
        one: IncomingSubmission = step.incoming
        if "title" in step.fields:
            submission.title = one.title or ""
        if "abstract" in step.fields:
            submission.abstract = one.abstract or ""
        if "track" in step.fields:
            submission.track_id = self.tracks.get(one.track or "")
        if any(name.startswith("answer:") for name in step.fields):
            owner = owner_of(submission)
            answers = {**answers_of(self.uow.session, owner), **one.answers}
            save_answers(self.uow, owner, self._sheet(), answers, scopes_of(submission))
        if "authors" in step.fields and one.authors:
            _merge_authors(submission, one.authors, known)
        if "state" in step.fields:
            self._decide(submission, self.choices.fate(one.status))
        submission.version += 1
        submission.changed_at, submission.changed_by = self.uow.now, self.actor_id
        self._refresh(step)
        audit.record(
            self.uow, "import changed", "submission", submission.id, edition_id=self.edition.id,
            source=self.plan.source.value, fields=", ".join(step.fields),
        )  # fmt: skip

    def _decided_elsewhere(self, submission: Submission) -> None:
        """What was decided there counts as released here: nothing waits for a mail."""
        if submission.outcome is None:
            return
        self.uow.session.merge(
            Decision(
                submission_id=submission.id,
                outcome=submission.outcome,
                decided_by=self.actor_id,
                decided_at=self.uow.now,
                released_at=self.uow.now,
                version=1,
            )
        )

    def _decide(self, submission: Submission, fate: Fate) -> None:
        """What was decided elsewhere about a work that waits here. Nobody is written to."""
        submission.state, submission.outcome = _STATES[fate]
        if submission.state is State.WITHDRAWN:
            submission.withdrawn_at = self.uow.now
            self.uow.tell(SubmissionWithdrawn(submission.id, self.edition.id))
        else:
            submission.decided_at = self.uow.now
            self._decided_elsewhere(submission)
            self.uow.tell(SubmissionDecided(submission.id, self.edition.id))

    def _authors(self, steps: Sequence[Step]) -> None:
        known = self._accounts(steps)
        rows = queries.with_authors(self.uow.session, {one.submission_id for one in steps if one.submission_id})
        for step in steps:
            one: IncomingAuthors = step.incoming
            submission = rows[step.submission_id or 0]
            _merge_authors(submission, one.authors, known)
            submission.version += 1
            submission.changed_at, submission.changed_by = self.uow.now, self.actor_id
            audit.record(
                self.uow, "import changed", "submission", submission.id, edition_id=self.edition.id,
                source=self.plan.source.value, fields="authors",
            )  # fmt: skip
            if step.what == "changed":
                self._refresh(step)
        self._remember([one for one in steps if one.what == "new"], lambda step: step.submission_id or 0)

    # -- assignments and reviews

    def _work_id(self, step: Step) -> int:
        return step.submission_id or self.made[step.incoming.key].id

    def _refuse_conflicts(self, steps: Sequence[Step]) -> None:
        """Conflicts with what is new are known only now that its authors are."""
        pairs = {(work, person) for work, person, _why in conflict_pairs(self.uow.session, self.edition.id)}
        message = N_("%(who)s has a conflict of interest with this submission.")
        problems = [
            Problem(one.line, message, {"who": one.person.name})
            for one in steps
            if one.what == "new" and one.person is not None and (self._work_id(one), one.person.id) in pairs
        ]
        if problems:
            raise Refused(str(_("Reviewers have conflicts of interest. Nothing was brought in.")), problems)

    def _assignments(self, steps: Sequence[Step]) -> None:
        seen: set[tuple[int, int]] = set()
        for step in steps:
            pair = (self._work_id(step), step.person.id if step.person else 0)
            if pair in seen:
                continue
            seen.add(pair)
            self.uow.session.add(
                Assignment(
                    submission_id=pair[0], reviewer_id=pair[1], assigned_by=self.actor_id, assigned_at=self.uow.now
                )
            )
            audit.record(self.uow, "assigned", "submission", pair[0], edition_id=self.edition.id, reviewer=pair[1])
        self.uow.session.flush()

    def _reviews(self, steps: Sequence[Step]) -> None:
        known = {one.row.review_id for one in steps if one.row is not None and one.row.review_id is not None}
        rows = queries.reviews_by_id(self.uow.session, known)
        assigned = queries.assigned_pairs(self.uow.session, self.edition.id)
        made: list[tuple[Step, Review]] = []
        for step in steps:
            row = rows.get(step.row.review_id or 0) if step.row is not None else None
            if row is not None:
                self._fill(row, step.incoming)
                row.version, row.changed_at = row.version + 1, self.uow.now
                self._refresh(step)
            else:
                made.append((step, self._new_review(step, assigned)))
        self.uow.session.flush()
        for step, review in made:
            self._remember([step], lambda one: self._work_id(one), review.id)

    def _new_review(self, step: Step, assigned: set[tuple[int, int]]) -> Review:
        one: IncomingReview = step.incoming
        work, person = self._work_id(step), step.person
        if person is not None and (work, person.id) not in assigned:
            assigned.add((work, person.id))
            self.uow.session.add(
                Assignment(
                    submission_id=work, reviewer_id=person.id, assigned_by=self.actor_id, assigned_at=self.uow.now
                )
            )
        at = min(one.submitted_at or self.uow.now, self.uow.now)
        review = Review(
            submission_id=work,
            reviewer_id=person.id if person else None,
            state=ReviewState.SUBMITTED,
            advice=None,
            created_at=at,
            changed_at=self.uow.now,
            submitted_at=at,
        )
        self._fill(review, one)
        self.uow.session.add(review)
        if person is not None:
            give_handle(self.uow, work, person.id)
        audit.record(self.uow, "review imported", "submission", work, edition_id=self.edition.id)
        return review

    def _fill(self, review: Review, one: IncomingReview) -> None:
        scales = self.plan.scales
        review.score = scales.ours(one.score) if scales else None
        review.confidence = scales.our_confidence(one.confidence) if scales else None
        review.text, review.remark = one.text, one.remark

    # -- what is remembered

    def _remember(self, steps: Sequence[Step], submission_id: Any, review_id: int | None = None) -> None:
        for step in steps:
            self.uow.session.add(
                Imported(
                    edition_id=self.edition.id,
                    source=self.plan.source,
                    sort=step.sort,
                    key=step.key,
                    submission_id=submission_id(step),
                    review_id=review_id,
                    digests=planning.digests_of(step),
                    imported_at=self.uow.now,
                )
            )

    def _refresh(self, step: Step) -> None:
        if step.row is not None:
            step.row.digests = {**step.row.digests, **planning.digests_of(step)}
            step.row.imported_at = self.uow.now


def _author(one: IncomingAuthor, place: int, known: Mapping[str, int]) -> Author:
    return Author(
        position=place,
        name=one.name,
        email=one.email or None,
        affiliation=one.affiliation or None,
        is_presenter=one.is_presenter,
        person_id=known.get(one.email) if one.email else None,
    )


def _merge_authors(submission: Submission, typed: tuple[IncomingAuthor, ...], known: Mapping[str, int]) -> None:
    """The authors as the file has them; what it does not say of somebody (an address) stays as it is here."""
    by_email = {author.email.casefold(): author for author in submission.authors if author.email}
    by_name = {author.name.casefold(): author for author in submission.authors}
    rows: list[Author] = []
    for place, one in enumerate(typed):
        row = by_email.get(one.email) if one.email else None
        row = row or by_name.get(one.name.casefold())
        if row is None or row in rows:
            rows.append(_author(one, place, known))
            continue
        if one.email and (row.email or "").casefold() != one.email:
            row.email, row.person_id = one.email, known.get(one.email)
        row.name, row.position, row.is_presenter = one.name, place, one.is_presenter
        row.affiliation = one.affiliation or row.affiliation
        rows.append(row)
    submission.authors[:] = rows
