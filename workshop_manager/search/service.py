"""Tags, saved searches, and acts on many submissions with a way back. Each verb asks its rule first."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.search import queries, rules
from workshop_manager.search.grammar import Misread, parse
from workshop_manager.search.models import Batch, BatchItem, SavedSearch, SubmissionTag, Tag
from workshop_manager.search.states import Act
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import MAY_SEE_ALL_TRACKS
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.service import acting_person, require


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act with what it needs: the name of a tag, or the key of a track."""

    act: Act
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """What an act would do to one submission: the state before and after, or why it does nothing."""

    submission: Submission
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why_not: str = ""

    @property
    def changes(self) -> bool:
        return not self.why_not


# -- what would happen --------------------------------------------------------------------------------------------


def checked(uow: UnitOfWork, edition: Edition, standing: Standing, act: Act, value: str) -> Wanted:
    """The act with its value made fit; raises Conflict with a sentence if it makes no sense."""
    if act is Act.MOVE_TRACK:
        track = _track(uow, edition, standing, value)
        return Wanted(act, track.key)
    name = rules.tag_name(value)
    if not name:
        raise Conflict(str(_("Write the name of a tag, such as needs-talk.")))
    return Wanted(act, name)


def _track(uow: UnitOfWork, edition: Edition, standing: Standing, key: str) -> Track:
    tracks = workshops.tracks(uow.session, edition.id)
    seen = tracks if standing.may(MAY_SEE_ALL_TRACKS) else [t for t in tracks if t.id in standing.chaired_tracks]
    track = next((one for one in seen if one.key == key), None)
    if track is None:
        raise Conflict(str(_("Choose a track.")))
    return track


def preview(
    uow: UnitOfWork, edition: Edition, standing: Standing, wanted: Wanted, works: Sequence[Submission]
) -> list[Step]:
    """What the act would do to each of these."""
    return _PLANS[wanted.act](uow, edition, standing, wanted, works)


def _plan_tag(
    uow: UnitOfWork, edition: Edition, _standing: Standing, wanted: Wanted, works: Sequence[Submission]
) -> list[Step]:
    tag = queries.find_tag(uow.session, edition.id, wanted.value)
    bearing = queries.bearing(uow.session, tag.id, [one.id for one in works]) if tag else set()
    adds = wanted.act is Act.ADD_TAG
    steps = []
    for one in works:
        has = one.id in bearing
        why = ""
        if has is adds:
            why = str(_("Has the tag already.") if adds else _("Does not have the tag."))
        steps.append(Step(one, {"tag": has}, {"tag": adds}, why))
    return steps


def _plan_track(
    uow: UnitOfWork, edition: Edition, standing: Standing, wanted: Wanted, works: Sequence[Submission]
) -> list[Step]:
    track = _track(uow, edition, standing, wanted.value)
    already = str(_("Is in this track already."))
    return [
        Step(
            one,
            {"track_id": one.track_id},
            {"track_id": track.id},
            already if one.track_id == track.id else "",
        )
        for one in works
    ]


_PLANS: Mapping[Act, Callable[[UnitOfWork, Edition, Standing, Wanted, Sequence[Submission]], list[Step]]] = {
    Act.ADD_TAG: _plan_tag,
    Act.REMOVE_TAG: _plan_tag,
    Act.MOVE_TRACK: _plan_track,
}


# -- what happens -------------------------------------------------------------------------------------------------


def apply(
    uow: UnitOfWork, edition: Edition, act: Act, value: str, numbers: Collection[int]
) -> tuple[Batch | None, int]:
    """Do it to those of these submissions where it changes anything; None and the number left alone if nowhere."""
    standing = require(uow, edition, rules.MAY_SEARCH)
    if not numbers:
        raise Conflict(str(_("Choose at least one submission.")))
    if len(numbers) > rules.MOST_AT_ONCE:
        raise Conflict(str(_("At most %(most)s submissions at once. Narrow the search.", most=rules.MOST_AT_ONCE)))
    wanted = checked(uow, edition, standing, act, value)
    works = queries.locked(uow.session, edition.id, standing, numbers)
    if act is Act.ADD_TAG and works:
        _made_tag(uow, edition, wanted.value)
    steps = [step for step in preview(uow, edition, standing, wanted, works) if step.changes]
    left = len(set(numbers)) - len(steps)
    if not steps:
        return None, left
    batch = Batch(
        edition_id=edition.id,
        person_id=acting_person(uow).id,
        act=wanted.act,
        value=wanted.value,
        created_at=uow.now,
    )
    uow.session.add(batch)
    uow.session.flush()
    for step in steps:
        uow.session.add(
            BatchItem(
                batch_id=batch.id,
                submission_id=step.submission.id,
                before=dict(step.before),
                after=dict(step.after),
            )
        )
        _set(uow, edition, batch, step.submission, step.after)
    uow.session.flush()
    return batch, left


def _set(uow: UnitOfWork, edition: Edition, batch: Batch, submission: Submission, wanted: Mapping[str, Any]) -> None:
    """Bring a submission to that state, with a line in its history."""
    if "track_id" in wanted:
        before, submission.track_id = submission.track_id, wanted["track_id"]
        submission.version += 1
        submission.changed_at, submission.changed_by = uow.now, acting_person(uow).id
        details = {"from_track": before, "to_track": submission.track_id, "batch": batch.id}
        audit.record(uow, "moved to another track", "submission", submission.id, edition_id=edition.id, **details)
    else:
        tag = _made_tag(uow, edition, batch.value)
        _bear(uow, tag, submission.id, wanted["tag"])
        action = "tagged" if wanted["tag"] else "untagged"
        audit.record(uow, action, "submission", submission.id, edition_id=edition.id, tag=batch.value, batch=batch.id)


def _bear(uow: UnitOfWork, tag: Tag, submission_id: int, bears: bool) -> None:
    if bears:
        uow.session.merge(SubmissionTag(submission_id=submission_id, tag_id=tag.id))
        return
    uow.session.execute(
        delete(SubmissionTag).where(SubmissionTag.submission_id == submission_id, SubmissionTag.tag_id == tag.id)
    )


def _made_tag(uow: UnitOfWork, edition: Edition, name: str) -> Tag:
    tag = queries.find_tag(uow.session, edition.id, name)
    if tag is not None:
        return tag
    if queries.count_tags(uow.session, edition.id) >= rules.MOST_TAGS:
        raise Conflict(str(_("There are %(most)s tags here, and more do not fit.", most=rules.MOST_TAGS)))
    try:
        with uow.session.begin_nested():
            uow.session.add(Tag(edition_id=edition.id, name=name))
    except IntegrityError:
        pass  # somebody else made it a moment ago; theirs is as good
    made = queries.find_tag(uow.session, edition.id, name)
    assert made is not None
    return made


def undo(uow: UnitOfWork, edition: Edition, batch_id: int) -> tuple[int, int]:
    """Take a batch back where nothing has changed since; how many were taken back, and how many were left alone."""
    standing = require(uow, edition, rules.MAY_SEARCH)
    batch = queries.find_batch(uow.session, edition.id, batch_id, lock=True)
    seen = queries.items(uow.session, batch_id, standing) if batch is not None else []
    if batch is None or not seen:
        raise NotFound
    waiting = {item.submission_id: item for item in seen if not item.is_undone}
    if not waiting:
        raise Conflict(str(_("This was taken back already.")))
    works = queries.locked(uow.session, edition.id, standing, [item.submission.number for item in waiting.values()])
    now = _current(uow, edition, batch, works)
    undone = 0
    for work in works:
        item = waiting[work.id]
        if now[work.id] == item.after:
            _set(uow, edition, batch, work, item.before)
            item.is_undone = True
            undone += 1
    if not undone:
        raise Conflict(str(_("Every one of these was changed since, so nothing is taken back.")))
    batch.undone_at = uow.now
    uow.session.flush()
    return undone, len(waiting) - undone


def _current(uow: UnitOfWork, edition: Edition, batch: Batch, works: Sequence[Submission]) -> dict[int, dict[str, Any]]:
    if batch.act is Act.MOVE_TRACK:
        return {one.id: {"track_id": one.track_id} for one in works}
    tag = queries.find_tag(uow.session, edition.id, batch.value)
    bearing = queries.bearing(uow.session, tag.id, [one.id for one in works]) if tag else set()
    return {one.id: {"tag": one.id in bearing} for one in works}


# -- tags of one submission ---------------------------------------------------------------------------------------


def set_tag(uow: UnitOfWork, edition: Edition, number: int, typed: str, *, bears: bool) -> None:
    """Give one submission a tag, or take it away."""
    standing = require(uow, edition, rules.MAY_SEARCH)
    works = queries.locked(uow.session, edition.id, standing, [number])
    if not works:
        raise NotFound
    name = rules.tag_name(typed)
    if not name:
        raise Conflict(str(_("Write the name of a tag, such as needs-talk.")))
    if not bears and queries.find_tag(uow.session, edition.id, name) is None:
        return
    _bear(uow, _made_tag(uow, edition, name), works[0].id, bears)
    action = "tagged" if bears else "untagged"
    audit.record(uow, action, "submission", works[0].id, edition_id=edition.id, tag=name)
    uow.session.flush()


# -- saved searches -----------------------------------------------------------------------------------------------


def save_search(uow: UnitOfWork, edition: Edition, name: str, query: str, *, is_shared: bool) -> SavedSearch:
    """Keep a search by a name; the same name again changes it. Raises Misread for one that cannot be read."""
    require(uow, edition, rules.MAY_SEARCH)
    person = acting_person(uow)
    if parse(query) is None:
        raise Conflict(str(_("Search for something first, then keep it.")))
    own = queries.saved(uow.session, edition.id, person.id)
    found = next((one for one in own if one.name == name), None)
    if found is None:
        if len(own) >= rules.MOST_SAVED:
            raise Conflict(str(_("You keep %(most)s searches here, and more do not fit.", most=rules.MOST_SAVED)))
        found = SavedSearch(edition_id=edition.id, person_id=person.id, name=name, query=query, created_at=uow.now)
        uow.session.add(found)
    found.query, found.is_shared = query.strip(), is_shared
    uow.session.flush()
    return found


def forget_search(uow: UnitOfWork, edition: Edition, search_id: int) -> None:
    """Throw a saved search away: its owner's to do."""
    require(uow, edition, rules.MAY_SEARCH)
    person = acting_person(uow)
    found = queries.find_saved(uow.session, edition.id, search_id, person.id)
    if found is None:
        raise NotFound
    if found.person_id != person.id:
        raise Conflict(str(_("Somebody else keeps this search for the team. It is theirs to remove.")))
    uow.session.delete(found)
    uow.session.flush()


__all__ = [
    "Misread",
    "Step",
    "Wanted",
    "apply",
    "checked",
    "forget_search",
    "preview",
    "save_search",
    "set_tag",
    "undo",
]
