"""Releases, and the snapshot that everybody reads: made once, in the transaction of what changed it."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from workshop_manager.core import audit
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict as Refused
from workshop_manager.core.errors import Forbidden
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.schedule import calendar, drafting, queries, retaining, speakers
from workshop_manager.schedule.changes import Change, difference, next_revision
from workshop_manager.schedule.editing import undoing
from workshop_manager.schedule.events import ScheduleReleased
from workshop_manager.schedule.models import FeedToken, ItemSpeaker, JoinUse, Release, ReleasedPerson, Snapshot
from workshop_manager.schedule.programme import Programme, from_json, to_json
from workshop_manager.schedule.states import Outcome
from workshop_manager.schedule.visibility import Choices, name_key, person_key, public_view, without_person
from workshop_manager.submissions.events import AuthorshipClaimed
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.events import EditionLooksChanged
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing

JOB = "refresh-schedules"
NOTE_LENGTH = 500


class Why(StrEnum):
    """Why nothing was released."""

    NOTHING = "nothing"
    CHANGED = "changed"
    ERRORS = "errors"


class NotReleased(Refused):
    """Nothing was released; `why` for those who have to tell it later, in somebody else's language."""

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


def release(
    uow: UnitOfWork,
    edition: Edition,
    standing: Standing,
    *,
    note: str = "",
    seen: str = "",
    despite_errors: bool = False,
    tells: bool = True,
) -> Release:
    """Publish the draft as the next numbered version, with its change list, and make everything the public reads.

    `seen` is the fingerprint of the draft that was looked at; a draft changed since is refused, and so is one with
    errors unless `despite_errors`, or one that would change nothing. `tells`: whoever it concerns gets a mail.
    """
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition release its schedule.")))
    edition = workshops.locked_edition(uow.session, edition.id)
    looked = _look(uow, edition, seen=seen, despite_errors=despite_errors)
    made = publish(uow, edition, looked.comparison, looked.last, note=note, tells=tells)
    drafting.note(uow, edition.id, looked.working, differs=False)
    return made


@dataclass(frozen=True, slots=True)
class _Looked:
    working: drafting.Working
    comparison: drafting.Comparison
    last: Release | None


def require_releasable(uow: UnitOfWork, edition: Edition, *, seen: str, despite_errors: bool) -> drafting.Working:
    """The draft, if releasing it now would be refused to nobody; raises `NotReleased` as `release` does."""
    return _look(uow, edition, seen=seen, despite_errors=despite_errors).working


def _look(uow: UnitOfWork, edition: Edition, *, seen: str, despite_errors: bool) -> _Looked:
    working = drafting.working(uow.session, edition)
    last = queries.last_release(uow.session, edition.id)
    public = shown_now(uow.session, edition.id)
    comparison = drafting.compare(uow.session, edition, working.programme, last, public, uow.now)
    if not comparison.differs:
        sentence = (
            _("Release %(number)s already shows all of this. Nothing was released.", number=last.number)
            if last
            else _("There is nothing to release yet.")
        )
        raise NotReleased(Why.NOTHING, str(sentence))
    if seen and seen != working.fingerprint:
        raise NotReleased(
            Why.CHANGED, str(_("The draft has changed since you looked at it. Look at it again, then release it."))
        )
    if working.errors and not despite_errors:
        raise NotReleased(
            Why.ERRORS, str(_("The draft still has errors. Mend them, or say that you release it all the same."))
        )
    return _Looked(working, comparison, last)


def shown_now(session: Session, edition_id: int) -> Programme | None:
    """What is public: its sequences are those that calendars have. Locks it, so that nobody makes it anew meanwhile."""
    snapshot = queries.snapshot(session, edition_id)
    return from_json(snapshot.programme) if snapshot else None


def publish(
    uow: UnitOfWork,
    edition: Edition,
    comparison: drafting.Comparison,
    last: Release | None,
    *,
    note: str,
    tells: bool = True,
    repeats: int | None = None,
) -> Release:
    """Make that revision the next release, with everything that the public reads. Needs the edition locked."""
    made = Release(
        edition_id=edition.id,
        number=last.number + 1 if last else 1,
        note=note[:NOTE_LENGTH],
        released_at=uow.now,
        released_by=uow.actor.id if uow.actor else None,
        repeats=repeats,
        item_count=sum(not item.cancelled for item in comparison.revision.items),
        programme=to_json(comparison.revision),
        changes=change_list(comparison.changes, comparison.old),
    )
    uow.session.add(made)
    uow.session.flush()
    _note_people(uow, edition.id, comparison.revision)
    render(uow, edition, made)
    if (waiting := queries.waiting_plan(uow.session, edition.id)) is not None:
        # It was compared with what was public before this one.
        waiting.outcome, waiting.release_number, waiting.ended_at = Outcome.OVERTAKEN, made.number, uow.now
    audit.record(uow, "schedule released", "release", made.id, edition_id=edition.id, number=made.number)
    uow.tell(ScheduleReleased(edition.id, last.programme if last else None, made.id, tells))
    return made


def change_list(changes: Iterable[Change], old: Programme | None) -> list[dict[str, Any]]:
    """Changes as a release keeps them: with the earlier times, so that a page can say "was 08:55"."""
    kept = []
    for change in changes:
        was = old.item(change.uid) if old is not None else None
        kept.append(
            {
                "what": change.what.value,
                "uid": change.uid,
                "sentence": change.sentence,
                "before": change.before,
                "was_start": was.start.isoformat() if was else None,
                "was_end": was.end.isoformat() if was and was.end else None,
            }
        )
    return kept


def _note_people(uow: UnitOfWork, edition_id: int, programme: Programme) -> None:
    named = drafting.people_in((programme,)) - queries.people_released(uow.session, edition_id)
    uow.session.add_all(ReleasedPerson(edition_id=edition_id, person_id=person_id) for person_id in sorted(named))
    uow.session.flush()


def render(uow: UnitOfWork, edition: Edition, newest: Release, choices: Choices | None = None) -> Snapshot:
    """Make the snapshot anew from the newest release and everybody's present choice.

    Sequences go on from what is shown now, so that calendars take over a name that left as they take over a move.
    """
    full = from_json(newest.programme)
    if choices is None:
        choices = queries.choices(uow.session, edition.id, drafting.people_in((full,)))
    snapshot = queries.snapshot(uow.session, edition.id)
    view = public_view(full, choices, speakers.codes(uow, edition.id, full))
    before = _without_hidden(from_json(snapshot.programme), full, view) if snapshot else None
    shown = next_revision(before, view, uow.now)
    ics = calendar.feed(shown, name=edition.name, url=shown.url, colour=edition.accent_colour)
    etag = hashlib.sha256(ics).hexdigest()
    if snapshot is None:
        snapshot = Snapshot(edition_id=edition.id, etag="", modified_at=uow.now.replace(microsecond=0))
        uow.session.add(snapshot)
    elif snapshot.etag != etag:
        # HTTP dates have whole seconds: two changes within one must not look like one.
        snapshot.modified_at = max(uow.now.replace(microsecond=0), snapshot.modified_at + timedelta(seconds=1))
    snapshot.release_id, snapshot.etag, snapshot.programme = newest.id, etag, to_json(shown)
    if snapshot.ics != ics:
        snapshot.ics, snapshot.ics_gzip = ics, gzip.compress(ics, mtime=0)
    snapshot.renders = (snapshot.renders or 0) + 1
    snapshot.stale_at = min((item.over_at for item in shown.items if item.cancelled), default=None)
    uow.session.flush()
    return snapshot


def _without_hidden(shown: Programme, full: Programme, view: Programme) -> Programme:
    """What is shown now without works that must not be listed any more: not even as cancelled."""
    hidden = {item.uid for item in full.items} - {item.uid for item in view.items}
    return replace(shown, items=tuple(item for item in shown.items if item.uid not in hidden))


def render_again(uow: UnitOfWork, edition_id: int) -> None:
    """Make what the public reads anew after somebody's choice changed: snapshot and every release's change list."""
    edition = workshops.locked_edition(uow.session, edition_id)
    releases = queries.all_releases(uow.session, edition_id)
    if not releases:
        return
    programmes = [from_json(each.programme) for each in releases]
    choices = queries.choices(uow.session, edition_id, drafting.people_in(programmes))
    before: Programme | None = None
    for each, programme in zip(releases, programmes, strict=True):
        shown = public_view(programme, choices)
        each.changes = change_list(difference(before, shown), before)
        before = shown
    render(uow, edition, releases[-1], choices)


def as_read_now(session: Session, edition: Edition, number: int | None) -> tuple[Programme, int]:
    """A release as everybody may read it today, and its number; the newest unless one is asked for."""
    newest = queries.last_release(session, edition.id)
    if newest is None:
        raise Refused(str(_("Nothing of this schedule is released yet.")))
    shown = queries.published(session, edition.id)
    if shown is not None and number in (None, newest.number):
        return from_json(shown.programme), newest.number
    found = next((each for each in queries.all_releases(session, edition.id) if each.number == number), None)
    if found is None:
        raise Refused(
            str(_("There is no release %(number)s. The newest is %(last)s.", number=number, last=newest.number))
        )
    full = from_json(found.programme)
    choices = queries.choices(session, edition.id, drafting.people_in((full,)))
    return public_view(full, choices), found.number


def listing_changed(uow: UnitOfWork, person_id: int) -> None:
    """A person chose anew how they are listed: every public programme that may name them follows at once."""
    uow.session.flush()
    for edition_id in queries.released_editions_of(uow.session, person_id):
        render_again(uow, edition_id)


def on_edition_looks_changed(uow: UnitOfWork, event: EditionLooksChanged) -> None:
    """The calendar bears the edition's name and colour: who subscribed gets the new ones without a release."""
    newest = queries.last_release(uow.session, event.edition_id)
    if newest is not None:
        render(uow, workshops.locked_edition(uow.session, event.edition_id), newest)


def forget_person(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted: its feeds end and its name leaves draft, releases, pages and calendars."""
    uow.session.execute(delete(FeedToken).where(FeedToken.person_id == person_id))
    retaining.forget(uow, JoinUse.person_id == person_id)
    released = queries.released_editions_of(uow.session, person_id)
    drafted = queries.editions_with_speaker(uow.session, person_id)
    wrote = queries.author_names(uow.session, person_id)
    uow.session.execute(delete(ItemSpeaker).where(ItemSpeaker.person_id == person_id))
    undoing.forget_person(uow, person_id)
    speakers.forget(uow, person_id, {(edition, name) for edition, _number, name in wrote})
    uow.session.execute(delete(ReleasedPerson).where(ReleasedPerson.person_id == person_id))
    uow.session.flush()
    for edition_id in released:
        workshops.locked_edition(uow.session, edition_id)
        names = {(number, name) for edition, number, name in wrote if edition == edition_id}
        for each in queries.all_releases(uow.session, edition_id):
            programme = without_person(from_json(each.programme), person_key(person_id))
            each.programme = to_json(_without_authors(programme, names))
        uow.session.flush()
        render_again(uow, edition_id)
    for edition_id in drafted:
        drafting.refresh(uow, workshops.get_edition(uow.session, edition_id))


def _without_authors(programme: Programme, names: set[tuple[int, str]]) -> Programme:
    items = []
    for item in programme.items:
        number = item.submission_number
        kept = tuple(who for who in item.speakers if number is None or (number, name_key(who.name)) not in names)
        items.append(replace(item, speakers=kept) if len(kept) < len(item.speakers) else item)
    return replace(programme, items=tuple(items))


def submission_changed(uow: UnitOfWork, submission_id: int) -> None:
    """The draft says at once that a talk with a place is withdrawn, declined or no longer accepted; what is released
    stays until organisers act.
    """
    uow.session.flush()
    for edition_id in queries.editions_with_submission(uow.session, submission_id):
        drafting.refresh(uow, workshops.get_edition(uow.session, edition_id))


def on_authorship_claimed(uow: UnitOfWork, event: AuthorshipClaimed) -> None:
    """Two of one name are one person by now: what may have been two people in two places is one."""
    uow.session.flush()
    for edition_id in queries.editions_with_author(uow.session, event.person_id):
        drafting.refresh(uow, workshops.get_edition(uow.session, edition_id))


def refresh_stale(database: Database, clock: Clock) -> None:
    """Take out of every feed what was cancelled and is over by now; the worker's job."""
    with unit_of_work(database, clock) as uow:
        waiting = queries.stale_editions(uow.session, uow.now)
    for edition_id in waiting:
        with unit_of_work(database, clock) as uow:
            _refresh_one(uow, edition_id, uow.now)


def _refresh_one(uow: UnitOfWork, edition_id: int, now: datetime) -> None:
    edition = workshops.locked_edition(uow.session, edition_id)
    snapshot, newest = queries.snapshot(uow.session, edition_id), queries.last_release(uow.session, edition_id)
    if snapshot is None or newest is None or snapshot.stale_at is None or snapshot.stale_at > now:
        return
    render(uow, edition, newest)
