"""Verbs: adding and taking off materials, and what speakers say to a recording."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.materials import queries, rules
from workshop_manager.materials.files import Taken
from workshop_manager.materials.models import Material, MaterialBytes, RecordingAnswer
from workshop_manager.materials.rules import MAY_MATERIALS, Refusal, Why
from workshop_manager.materials.states import Agrees, Kind, Shown
from workshop_manager.schedule.programme import Item
from workshop_manager.schedule.visibility import person_key, speaker_key
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing

_NO_ACCOUNT = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A material as typed: with a file or with a link."""

    kind: Kind
    title: str = ""
    url: str = ""
    licence: str = ""
    language: str = ""
    shown: Shown = Shown.AT_ONCE
    file: Taken | None = None


class NotAgreed(Conflict):
    """A recording that may not be shown so."""


def speaks(item: Item, person_id: int | None) -> bool:
    """Whether that account gives this item."""
    return person_id is not None and any(who.person_key == person_key(person_id) for who in item.speakers)


def require_item(uow: UnitOfWork, edition: Edition, standing: Standing, uid: str) -> tuple[Item, bool]:
    """The item of the newest release, and whether one gives it; NotFound for who neither gives nor organises it."""
    programme = queries.released(uow.session, edition.id)
    item = programme.item(uid) if programme is not None else None
    own = item is not None and speaks(item, uow.actor.id if uow.actor else None)
    if item is None or not (own or standing.may(MAY_MATERIALS)):
        raise NotFound
    return item, own


def said_of(item: Item, rows: Sequence[RecordingAnswer]) -> dict[str, Agrees]:
    """By `speaker_key`: what each of its speakers said; what organisers know stands for those without an account."""
    by_person = {person_key(row.person_id): row.agrees for row in rows if row.person_id is not None}
    others = next((row.agrees for row in rows if row.person_id is None), None)
    found = {}
    for who in item.speakers:
        answer = by_person.get(who.person_key) if who.person_key else others
        if answer is not None:
            found[speaker_key(who)] = answer
    return found


def refusal(item: Item, rows: Sequence[RecordingAnswer], shown: Shown) -> Refusal | None:
    """Why a recording of it may not be shown so."""
    return rules.recording_refusal(
        item.recording, [(speaker_key(who), who.name) for who in item.speakers], said_of(item, rows), shown
    )


def refusal_text(found: Refusal) -> str:
    """The same in words: why, and whom to ask."""
    names = ", ".join(found.names)
    if found.why is Why.SAID_NO:
        return str(_("%(names)s said no to a recording of this. Only they can change that: ask them.", names=names))
    if found.why is Why.ONLY_REGISTERED:
        return str(_("%(names)s agreed to registered people only. Show it to those, or ask again.", names=names))
    if found.why is Why.PLANNED_NOT:
        return str(
            _("The programme says that this must not be recorded. Ask %(names)s to agree first.", names=names)
            if names
            else _("The programme says that this must not be recorded.")
        )
    return str(_("Nobody knows yet whether %(names)s agrees to a recording. Ask first.", names=names))


def add(uow: UnitOfWork, edition: Edition, standing: Standing, uid: str, given: Given) -> Material:
    """Add a material to a released item: its speakers and organisers may."""
    workshops.locked_edition(uow.session, edition.id)
    item, own = require_item(uow, edition, standing, uid)
    there = queries.of_item(uow.session, edition.id, uid)
    if len(there) >= rules.MOST_OF_AN_ITEM:
        raise Conflict(str(_("There are %(most)s things here already. Remove one first.", most=rules.MOST_OF_AN_ITEM)))
    if given.kind is Kind.RECORDING:
        found = refusal(item, queries.answers(uow.session, edition.id, uid), given.shown)
        if found is not None:
            raise NotAgreed(refusal_text(found))
    row = Material(
        edition_id=edition.id,
        uid=uid,
        kind=given.kind,
        title=given.title,
        url="" if given.file is not None else given.url,
        licence=given.licence,
        language=given.language,
        shown=given.shown,
        by_speaker=own,
        added_by=uow.actor.id if uow.actor else None,
        added_at=uow.now,
    )
    if given.file is not None:
        row.file_name, row.media_type = given.file.name, given.file.media_type
        row.size = len(given.file.body)
    uow.session.add(row)
    uow.session.flush()
    if given.file is not None:
        uow.session.add(MaterialBytes(material_id=row.id, body=given.file.body))
    audit.record(uow, "material added", "material", row.id, edition_id=edition.id, kind=given.kind.value)
    uow.session.flush()
    return row


def remove(uow: UnitOfWork, edition: Edition, standing: Standing, uid: str, material_id: int, reason: str = "") -> bool:
    """A speaker removes what speakers added; organisers take it off with a reason that its speakers read, or remove
    their own. True if it is gone, False if it is only taken off.
    """
    _item, own = require_item(uow, edition, standing, uid)
    row = queries.find(uow.session, edition.id, uid, material_id, lock=True)
    if row is None:
        raise NotFound
    if own or not row.by_speaker:
        if own and not row.by_speaker and not standing.may(MAY_MATERIALS):
            raise Forbidden(str(_("Organisers added this. Write to them if it should go.")))
        uow.session.delete(row)
        audit.record(uow, "material removed", "material", material_id, edition_id=edition.id)
        uow.session.flush()
        return True
    if row.off_at is None:
        if not reason:
            raise Conflict(str(_("Say why you take it off: its speakers read it.")))
        row.off_at, row.off_reason = uow.now, reason
        audit.record(uow, "material taken off", "material", material_id, edition_id=edition.id)
    else:
        row.off_at, row.off_reason = None, ""
        audit.record(uow, "material put back", "material", material_id, edition_id=edition.id)
    uow.session.flush()
    return False


def answer(uow: UnitOfWork, edition: Edition, standing: Standing, uid: str, agrees: Agrees) -> None:
    """A speaker says whether a recording of what they give may be shown; organisers note it for who has no account.

    What is there and may not be shown so any more is hidden at once.
    """
    workshops.locked_edition(uow.session, edition.id)
    item, own = require_item(uow, edition, standing, uid)
    person_id = uow.actor.id if own and uow.actor else None
    if not own and all(who.person_key for who in item.speakers):
        raise Conflict(str(_("Its speakers have accounts, and say this themselves.")))
    rows = queries.answers(uow.session, edition.id, uid)
    row = next((one for one in rows if one.person_id == person_id), None)
    if row is None:
        uow.session.add(
            RecordingAnswer(edition_id=edition.id, uid=uid, person_id=person_id, agrees=agrees, said_at=uow.now)
        )
    else:
        row.agrees, row.said_at = agrees, uow.now
    uow.session.flush()
    _hold(uow, edition.id, item)


def _hold(uow: UnitOfWork, edition_id: int, item: Item) -> None:
    rows = queries.answers(uow.session, edition_id, item.uid)
    for one in queries.of_item(uow.session, edition_id, item.uid):
        if one.kind is Kind.RECORDING:
            one.is_held = refusal(item, rows, one.shown) is not None
    uow.session.flush()


def on_person_erased(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted: what they added as a speaker goes, and recordings of them are hidden, since nobody
    can ask them any more. Runs while the programme still says what they gave.
    """
    for edition_id in uow.session.scalars(select(Material.edition_id).distinct()).all():
        programme = queries.released(uow.session, edition_id)
        uids = [item.uid for item in programme.items if speaks(item, person_id)] if programme else []
        if uids:
            uow.session.execute(
                update(Material)
                .where(Material.edition_id == edition_id, Material.uid.in_(uids), Material.kind == Kind.RECORDING)
                .values(is_held=True)
                .execution_options(synchronize_session=False)
            )
    uow.session.execute(delete(Material).where(Material.added_by == person_id, Material.by_speaker.is_(True)))
    uow.session.execute(update(Material).where(Material.added_by == person_id).values(added_by=None))
    uow.session.execute(delete(RecordingAnswer).where(RecordingAnswer.person_id == person_id))
