"""What each act on many does to one submission, whom it leaves alone and why, and how it is taken back.

An act is a few functions: `check` makes its value fit (or says in a Conflict what is wrong with it), `plan` says for
each submission what would change, `do` changes it, `undo` brings it back. What other packages have a verb for is done
by it, so that its rules hold and its mails go out as if it were done one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from workshop_manager.calls import queries as calls
from workshop_manager.calls.words import round_choices
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import clean_text
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.search import queries, rules
from workshop_manager.search.models import SubmissionTag, Tag
from workshop_manager.search.states import Act
from workshop_manager.submissions import handling
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import MAY_SEE_ALL_TRACKS, OUT
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import Standing

Status = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act happens: the unit of work, the edition, and what the actor is there."""

    uow: UnitOfWork
    edition: Edition
    standing: Standing


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act with its value made fit."""

    act: Act
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """What an act would do to one submission: how it stands before and after, or why it does nothing."""

    submission: Submission
    before: Status
    after: Status
    why_not: str = ""

    @property
    def changes(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Deed:
    """The four functions of an act. `status` reads how submissions stand now, to be compared before an undo."""

    check: Callable[[Place, str], str]
    plan: Callable[[Place, str, Sequence[Submission]], list[Step]]
    status: Callable[[Place, str, Sequence[Submission]], dict[int, Status]]
    do: Callable[[Place, str, Submission, Status], None]
    undo: Callable[[Place, str, Submission, Status], None]


# -- tags ---------------------------------------------------------------------------------------------------------


def made_tag(uow: UnitOfWork, edition: Edition, name: str) -> Tag:
    """The tag of that name, made if it is not there yet."""
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
    if made is None:
        raise Conflict(str(_("The tag went away a moment ago. Try again.")))
    return made


def bear(uow: UnitOfWork, edition: Edition, submission: Submission, name: str, bears: bool) -> None:
    """Give a submission a tag, or take it away, with a line in its history."""
    tag = made_tag(uow, edition, name)
    if bears:
        uow.session.merge(SubmissionTag(submission_id=submission.id, tag_id=tag.id))
    else:
        gone = delete(SubmissionTag).where(SubmissionTag.submission_id == submission.id, SubmissionTag.tag_id == tag.id)
        uow.session.execute(gone)
    action = "tagged" if bears else "untagged"
    audit.record(uow, action, "submission", submission.id, edition_id=edition.id, tag=name)


def checked_tag(typed: str) -> str:
    """The name of a tag; Conflict if nothing is left of it."""
    name = rules.tag_name(typed)
    if not name:
        raise Conflict(str(_("Write the name of a tag, such as needs-talk.")))
    return name


def _check_tag(_place: Place, value: str) -> str:
    return checked_tag(value)


def _tag_status(place: Place, name: str, works: Sequence[Submission]) -> dict[int, Status]:
    session = place.uow.session
    tag = queries.find_tag(session, place.edition.id, name)
    bearing = queries.bearing(session, tag.id, [one.id for one in works]) if tag else set()
    return {one.id: {"tag": one.id in bearing} for one in works}


def _plan_tag(adds: bool) -> Callable[[Place, str, Sequence[Submission]], list[Step]]:
    def plan(place: Place, name: str, works: Sequence[Submission]) -> list[Step]:
        why = str(_("Has the tag already.") if adds else _("Does not have the tag."))
        now = _tag_status(place, name, works)
        return [Step(one, now[one.id], {"tag": adds}, why if now[one.id]["tag"] is adds else "") for one in works]

    return plan


def _set_tag(place: Place, name: str, submission: Submission, wanted: Status) -> None:
    bear(place.uow, place.edition, submission, name, wanted["tag"])


def _tagging(adds: bool) -> Deed:
    return Deed(_check_tag, _plan_tag(adds), _tag_status, _set_tag, _set_tag)


# -- tracks -------------------------------------------------------------------------------------------------------


def _track(place: Place, key: str) -> Track:
    tracks = workshops.tracks(place.uow.session, place.edition.id)
    if not place.standing.may(MAY_SEE_ALL_TRACKS):
        tracks = [one for one in tracks if one.id in place.standing.chaired_tracks]
    found = next((one for one in tracks if one.key == key.strip().casefold()), None)
    if found is None:
        keys = ", ".join(track.key for track in tracks)
        raise Conflict(str(_("Write the key of a track. There are: %(keys)s.", keys=keys)))
    return found


def _check_track(place: Place, value: str) -> str:
    return _track(place, value).key


def _track_status(_place: Place, _key: str, works: Sequence[Submission]) -> dict[int, Status]:
    return {one.id: {"track_id": one.track_id} for one in works}


def _plan_track(place: Place, key: str, works: Sequence[Submission]) -> list[Step]:
    track = _track(place, key)
    steps = []
    for one in works:
        why = ""
        if one.track_id == track.id:
            why = str(_("Is in this track already."))
        elif one.state in OUT:
            why = str(_("Is not in the call any more."))
        steps.append(Step(one, {"track_id": one.track_id}, {"track_id": track.id}, why))
    return steps


def _move_track(place: Place, key: str, submission: Submission, _wanted: Status) -> None:
    handling.move(place.uow, place.edition, submission.number, _track(place, key))


def _back_to_track(place: Place, _key: str, submission: Submission, before: Status) -> None:
    tracks = {one.id: one for one in workshops.tracks(place.uow.session, place.edition.id)}
    track = tracks.get(before["track_id"] or 0)
    if track is not None:
        handling.move(place.uow, place.edition, submission.number, track)
        return
    submission.track_id, submission.version = None, submission.version + 1
    audit.record(place.uow, "moved", "submission", submission.id, edition_id=place.edition.id, track=str(_("none")))


# -- rounds -------------------------------------------------------------------------------------------------------


def round_names(uow: UnitOfWork, edition: Edition) -> dict[str, int | None]:
    """The rounds by their names, the call's own (None) among them."""
    call = calls.find_call(uow.session, edition.id)
    return {one.name: one.id for one in round_choices(call, calls.rounds_of(uow.session, edition.id))}


def _check_round(place: Place, value: str) -> str:
    names = round_names(place.uow, place.edition)
    found = next((name for name in names if name.casefold() == value.strip().casefold()), None)
    if found is None:
        raise Conflict(str(_("Write the name of a round. There are: %(names)s.", names=", ".join(names))))
    return found


def _round_status(_place: Place, _name: str, works: Sequence[Submission]) -> dict[int, Status]:
    return {one.id: {"round_id": one.round_id} for one in works}


def _plan_round(place: Place, name: str, works: Sequence[Submission]) -> list[Step]:
    wanted = round_names(place.uow, place.edition)[name]
    steps = []
    for one in works:
        why = ""
        if one.round_id == wanted:
            why = str(_("Is in this round already."))
        elif one.state is not State.SUBMITTED:
            why = str(_("Does not wait for a decision."))
        steps.append(Step(one, {"round_id": one.round_id}, {"round_id": wanted}, why))
    return steps


def _set_round(place: Place, _name: str, submission: Submission, wanted: Status) -> None:
    submission.round_id, submission.version = wanted["round_id"], submission.version + 1
    names = {round_id: name for name, round_id in round_names(place.uow, place.edition).items()}
    said = names.get(wanted["round_id"], "")
    audit.record(place.uow, "sent to a round", "submission", submission.id, edition_id=place.edition.id, round=said)


# -- not sent to review -------------------------------------------------------------------------------------------


def _check_reason(_place: Place, value: str) -> str:
    reason = clean_text(value)[: rules.LONGEST_REASON]
    if not reason:
        raise Conflict(str(_("Say why: the authors read it, and it is all they get.")))
    return reason


def _reject_status(_place: Place, _reason: str, works: Sequence[Submission]) -> dict[int, Status]:
    return {one.id: {"state": one.state.value, "desk_reason": one.desk_reason} for one in works}


def _plan_reject(_place: Place, reason: str, works: Sequence[Submission]) -> list[Step]:
    why = str(_("Does not wait for a decision."))
    return [
        Step(
            one,
            {"state": one.state.value, "desk_reason": one.desk_reason},
            {"state": State.REJECTED.value, "desk_reason": reason},
            "" if one.state is State.SUBMITTED else why,
        )
        for one in works
    ]


def _reject(place: Place, reason: str, submission: Submission, _wanted: Status) -> None:
    handling.reject_unreviewed(place.uow, place.edition, submission.number, reason)


def _revive(place: Place, _reason: str, submission: Submission, _before: Status) -> None:
    handling.revive(place.uow, place.edition, submission.number)


DEEDS: Mapping[Act, Deed] = {
    Act.ADD_TAG: _tagging(True),
    Act.REMOVE_TAG: _tagging(False),
    Act.MOVE_TRACK: Deed(_check_track, _plan_track, _track_status, _move_track, _back_to_track),
    Act.MOVE_ROUND: Deed(_check_round, _plan_round, _round_status, _set_round, _set_round),
    Act.REJECT: Deed(_check_reason, _plan_reject, _reject_status, _reject, _revive),
}


def checked(place: Place, act: Act, value: str) -> Wanted:
    """The act with its value made fit; raises Conflict with a sentence if it makes no sense, or is not theirs to do."""
    if not place.standing.may(rules.MAY_DO[act]):
        raise Conflict(str(_("This is for those who decide.")))
    return Wanted(act, DEEDS[act].check(place, value))


def preview(place: Place, wanted: Wanted, works: Sequence[Submission]) -> list[Step]:
    """What the act would do to each of these."""
    return DEEDS[wanted.act].plan(place, wanted.value, works)
