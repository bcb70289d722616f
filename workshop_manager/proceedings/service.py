"""What chairs ask for, and what authors hand in. Each verb asks its rule first; nothing here commits."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from workshop_manager.calls import queries as calls
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings import emails, queries, rules
from workshop_manager.proceedings.content import Handed, PrintedAuthor, Typed, Wanted
from workshop_manager.proceedings.events import FinalDetailsChanged
from workshop_manager.proceedings.models import Asked, CameraBytes, CameraFile, CameraReady, RightsWording
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import is_own
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import DateKey

KEPT_FACTS = ("formats", "rotated", "bare_fonts", "drawn_fonts", "is_read")
"""What of a file's facts is kept: how it prints, nothing of what it says."""


class Stale(Conflict):
    """Somebody else saved since the form was opened."""

    def __init__(self) -> None:
        super().__init__(
            str(_("Somebody else saved this a moment ago. Look at what stands there now, then save again."))
        )


# -- what is asked --------------------------------------------------------------------------------------------------


def locked_asked(uow: UnitOfWork, edition_id: int) -> Asked | None:
    """The settings' row, locked until the end of the transaction; None if nothing is asked yet."""
    query = select(Asked).where(Asked.edition_id == edition_id).with_for_update()
    return uow.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def ask(uow: UnitOfWork, edition: Edition, wanted: Wanted, statement: str, *, started_from: int) -> Asked:
    """Store what is asked for. A statement in other words becomes a new version: who agreed to the old is asked again.

    `started_from` is the version the form was filled with, 0 for the first; Stale if another was saved since.
    """
    require(uow, edition, rules.MAY_PROCEEDINGS)
    row = locked_asked(uow, edition.id)
    if row is None:
        row = _first(uow, edition.id)
    if row.version != started_from:
        raise Stale
    for name in Wanted.__slots__:
        setattr(row, name, getattr(wanted, name))
    if statement != queries.wording(uow.session, edition.id, row.rights_version):
        _reword(uow, row, statement)
    row.version += 1
    audit.record(uow, "camera-ready asked", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()
    return row


def _first(uow: UnitOfWork, edition_id: int) -> Asked:
    row = Asked(edition_id=edition_id, version=0, rights_version=0, waves=0, turns=0)
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
            uow.session.flush()
    except IntegrityError:
        raise Stale from None
    return row


def _reword(uow: UnitOfWork, row: Asked, statement: str) -> None:
    newest = uow.session.scalars(
        select(RightsWording.version)
        .where(RightsWording.edition_id == row.edition_id)
        .order_by(RightsWording.version.desc())
        .limit(1)
    ).first()
    if not statement:
        row.rights_version = 0
        return
    row.rights_version = (newest or 0) + 1
    uow.session.add(
        RightsWording(
            edition_id=row.edition_id,
            version=row.rights_version,
            text=statement,
            written_at=uow.now,
            written_by=uow.actor.id if uow.actor else None,
        )
    )


# -- what is handed in ----------------------------------------------------------------------------------------------


def _require_own(uow: UnitOfWork, work: Submission) -> int:
    person_id = uow.actor.id if uow.actor else None
    if person_id is None or not is_own(person_id, work.submitter_id, [a.person_id for a in work.authors]):
        raise NotFound
    return person_id


def locked_camera(uow: UnitOfWork, work: Submission) -> CameraReady:
    """The work's row with its files, made if it is not there yet. The submission must be locked."""
    found = queries.camera_ready(uow.session, work.id)
    if found is not None:
        return found
    row = CameraReady(
        submission_id=work.id,
        accepted_title=work.title,
        accepted_abstract=work.abstract,
        may_be_late=False,
        reminders=0,
        version=0,
        changed_at=uow.now,
        files=[],
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def is_open(uow: UnitOfWork, edition: Edition, work: Submission, asked: Asked, camera: CameraReady | None) -> bool:
    """Whether authors can hand in now."""
    plan = calls.plan_for(uow.session, edition.id, DateKey.CAMERA_READY)
    return rules.may_hand_in(
        work.state,
        rules.due_of(plan, work),
        uow.now,
        takes_late=asked.takes_late,
        may_be_late=camera is not None and camera.may_be_late,
    )


def printed_authors(work: Submission) -> tuple[PrintedAuthor, ...]:
    """The authors as they stand; needs `authors`."""
    return tuple(PrintedAuthor(a.id, a.name, a.affiliation or "") for a in work.authors)


def stored(work: Submission, camera: CameraReady | None, newest_wording: int) -> Typed:
    """What there is, as it would be typed."""
    return Typed(
        title=work.title,
        abstract=work.abstract,
        authors=printed_authors(work),
        slides_url=(camera.slides_url or "") if camera else "",
        video_url=(camera.video_url or "") if camera else "",
        is_confirmed=camera is not None and camera.details_at is not None,
        agrees=camera is not None and newest_wording > 0 and camera.rights_version == newest_wording,
    )


def hand_in(
    uow: UnitOfWork,
    edition: Edition,
    work: Submission,
    typed: Typed,
    handed: Sequence[Handed],
    *,
    started_from: int,
) -> CameraReady:
    """Store what was typed and uploaded; nothing is a draft, each piece counts at once.

    The work must be locked and have authors loaded. Stale if somebody saved something else since `started_from`.
    """
    person_id = _require_own(uow, work)
    asked = queries.asked(uow.session, edition.id)
    camera = locked_camera(uow, work)
    if asked is None or not is_open(uow, edition, work, asked, camera):
        raise Conflict(str(_("The time for camera-ready versions is over. Write to the organisers.")))
    if camera.version != started_from and typed != stored(work, camera, asked.rights_version):
        raise Stale
    _correct(uow, edition, work, typed)
    _note(uow, camera, typed, asked, person_id)
    for one in handed:
        _add_file(uow, camera, one, person_id)
    camera.version += 1
    camera.changed_at, camera.changed_by = uow.now, person_id
    uow.session.flush()
    _note_completion(uow, edition, work, camera, asked)
    return camera


def _note(uow: UnitOfWork, camera: CameraReady, typed: Typed, asked: Asked, person_id: int) -> None:
    camera.slides_url, camera.video_url = typed.slides_url or None, typed.video_url or None
    if not typed.is_confirmed:
        camera.details_at = camera.details_by = None
    elif camera.details_at is None:
        camera.details_at, camera.details_by = uow.now, person_id
    if not typed.agrees:
        camera.rights_version = camera.rights_by = camera.rights_at = None
    elif asked.rights_version and camera.rights_version != asked.rights_version:
        camera.rights_version, camera.rights_by, camera.rights_at = asked.rights_version, person_id, uow.now


def _correct(uow: UnitOfWork, edition: Edition, work: Submission, typed: Typed) -> None:
    """Title, abstract, and how and in which order names are printed. Who is an author is not changed here."""
    if not rules.same_set([a.id for a in work.authors], [a.id for a in typed.authors]):
        raise Stale
    before = (work.title, work.abstract, printed_authors(work))
    if before == (typed.title, typed.abstract, typed.authors):
        return
    work.title, work.abstract = typed.title, typed.abstract
    rows = {author.id: author for author in work.authors}
    for place, printed in enumerate(typed.authors):
        row = rows[printed.id]
        row.name, row.affiliation, row.position = printed.name, printed.affiliation or None, place
    work.authors.sort(key=lambda author: author.position)
    work.version += 1
    work.changed_at, work.changed_by = uow.now, uow.actor.id if uow.actor else None
    uow.session.flush()
    audit.record(uow, "final version changed", "submission", work.id, edition_id=edition.id)
    uow.tell(FinalDetailsChanged(work.id, edition.id))


def _add_file(uow: UnitOfWork, camera: CameraReady, handed: Handed, person_id: int) -> None:
    earlier = [file for file in camera.files if file.item is handed.item]
    upload = handed.upload
    if earlier and earlier[-1].sha256 == upload.sha256:
        return
    if earlier and earlier[-1].version >= rules.MOST_VERSIONS:
        raise Conflict(
            str(
                _(
                    "This is version %(most)s of that file, and more are not kept. Write to the organisers.",
                    most=rules.MOST_VERSIONS,
                )
            )
        )
    row = CameraFile(
        submission_id=camera.submission_id,
        item=handed.item,
        version=earlier[-1].version + 1 if earlier else 1,
        sha256=upload.sha256,
        size=len(upload.original),
        pages=upload.pages,
        facts={name: found for name, found in upload.facts.items() if name in KEPT_FACTS} or None,
        uploaded_at=uow.now,
        uploaded_by=person_id,
    )
    camera.files.append(row)
    uow.session.flush()
    uow.session.add(CameraBytes(file_id=row.id, body=upload.original))


def _note_completion(uow: UnitOfWork, edition: Edition, work: Submission, camera: CameraReady, asked: Asked) -> None:
    asks = rules.asked_of(queries.wanted(asked), work.outcome, has_wording=asked.rights_version > 0)
    if camera.completed_at is not None or rules.owed(asks, queries.given(camera), asked.rights_version):
        return
    camera.completed_at = uow.now
    audit.record(uow, "camera-ready complete", "submission", work.id, edition_id=edition.id)
    emails.completed(uow, edition, work)


def let_be_late(uow: UnitOfWork, edition: Edition, number: int, *, allowed: bool) -> CameraReady:
    """A chair lets one work be handed in after the date, or no longer."""
    standing = require(uow, edition, rules.MAY_PROCEEDINGS)
    work = queries.find_at_desk(uow.session, edition.id, standing, number, lock=True)
    if work is None or queries.asked(uow.session, edition.id) is None:
        raise NotFound
    camera = locked_camera(uow, work)
    camera.may_be_late = allowed
    audit.record(uow, "may be late" if allowed else "may not be late", "submission", work.id, edition_id=edition.id)
    uow.session.flush()
    return camera


def let_go(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted: what only this person could still look after goes, with all its files.

    Works with another author who has an account keep theirs; the names in them are those authors' to replace.
    """
    for camera in queries.only_of(uow.session, person_id):
        uow.session.delete(camera)
    uow.session.flush()
