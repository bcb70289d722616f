"""Whom a release is told to, once: the worker writes the mails in the transaction that notes what each person knows."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import and_, delete, func, or_, select

from workshop_manager.accounts.models import Person
from workshop_manager.core import audit
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.invitations import digest, emails, queries, rules
from workshop_manager.invitations.models import SpeakerContact, SpeakerInvitation, Telling
from workshop_manager.invitations.rules import Slot, Step, What
from workshop_manager.invitations.states import Answer
from workshop_manager.mail.service import post
from workshop_manager.schedule import drafting, reaching
from workshop_manager.schedule import queries as schedule
from workshop_manager.schedule.events import ScheduleReleased
from workshop_manager.schedule.programme import Item, Programme, from_json
from workshop_manager.schedule.reaching import Recipient
from workshop_manager.schedule.visibility import public_view
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import Concerned, require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing

log = structlog.get_logger("workshop_manager.invitations")
JOB = "tell-speakers"


# -- who -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One mail: to whom, and what it says of each slot."""

    to: Recipient
    contact: SpeakerContact | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody whose address is none, as its server says; they are told nothing until it is another one."""

    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everybody who is told, the speakers who have no address: (name, title), and those whose address refuses mail."""

    messages: tuple[Message, ...]
    unreachable: tuple[tuple[str, str], ...]
    refused: tuple[Refused, ...]
    void: tuple[SpeakerContact, ...]
    """Nobody: an address that refused what it was sent, and that no slot names any more."""


def slot_of(programme: Programme, item: Item, public: Programme | None) -> Slot:
    """An item as a slot, with the sequence that calendars have of it."""
    shown = public.item(item.uid) if public is not None else None
    sequence = max(item.sequence, shown.sequence if shown else 0)
    return Slot(item.uid, item.heading, item.start, item.end, programme.room_of(item) or "", sequence)


def told_slot(row: SpeakerInvitation) -> Slot:
    """A slot as they were last told of it."""
    return Slot(row.uid, row.title, row.starts_at, row.ends_at, row.room, row.sequence)


def plan(uow: UnitOfWork, edition: Edition, programme: Programme, public: Programme | None) -> Plan:
    """What everybody must be told when `programme` (with every name) is released; `public` is how it is shown.

    Measured against what each person was last told, whatever was released in between.
    """
    rows = queries.contacts_and_failures(uow.session, edition.id)
    contacts = [contact for contact, _failed in rows]
    refusals = {contact.id: failed for contact, failed in rows if failed is not None and failed.is_refused}
    by_person = {one.person_id: one for one in contacts if one.person_id is not None}
    by_address = {one.address: one for one in contacts}
    theirs, unreachable = _slots(uow, edition, programme, public)
    messages, seen = [], set()
    for who, slots in theirs:
        contact = by_person.get(who.person_id) if who.person_id else None
        contact = contact or by_address.get(who.address.lower())
        if contact is not None:
            seen.add(contact.id)
        refusal = refusals.get(contact.id) if contact is not None else None
        # What was sent to an address that is none was told to nobody: another address begins anew.
        known = contact if refusal is None or refusal.address == who.address.lower() else None
        messages.append(Message(who, contact, _steps(uow, known, slots, programme)))
    gone = [one for one in contacts if one.id not in seen]
    void = tuple(one for one in gone if one.person_id is None and one.id in refusals)
    people = reaching.people(uow.session, {one.person_id for one in gone if one.person_id is not None})
    for contact in gone:
        if contact in void:
            continue
        person = people.get(contact.person_id or 0)
        if person is not None or contact.person_id is None:
            messages.append(Message(_to(contact, person), contact, _steps(uow, contact, {}, programme)))
    wanted, refused = [], []
    for one in sorted((one for one in messages if one.steps), key=lambda one: one.to.name.casefold()):
        refusal = refusals.get(one.contact.id) if one.contact is not None else None
        if refusal is not None and refusal.address == one.to.address.lower():
            refused.append(Refused(one.to.name, one.to.address, refusal.reason))
        else:
            wanted.append(one)
    return Plan(tuple(wanted), unreachable, tuple(refused), void)


def _slots(
    uow: UnitOfWork, edition: Edition, programme: Programme, public: Programme | None
) -> tuple[list[tuple[Recipient, dict[str, Slot]]], tuple[tuple[str, str], ...]]:
    """Everybody with their slots by uid, and the speakers to come who have no address, with what they speak in."""
    speakers = reaching.Speakers(uow, edition, programme)
    theirs: dict[str, tuple[Recipient, dict[str, Slot]]] = {}
    unreachable: dict[tuple[str, str], None] = {}
    for item in programme.items:
        for named, who in speakers.of(item) if not item.cancelled else ():
            if who is not None:
                slot = replace(slot_of(programme, item, public), is_chair=named not in item.speakers)
                theirs.setdefault(who.key, (who, {}))[1].setdefault(item.uid, slot)
            elif item.over_at > uow.now:
                unreachable[named.name, item.heading] = None
    return list(theirs.values()), tuple(unreachable)


def _to(contact: SpeakerContact, person: Person | None) -> Recipient:
    if person is None:
        return Recipient(contact.address, contact.name)
    return Recipient(person.email, person.name or contact.name, person.id, person.locale or "en", person.time_zone)


def _steps(
    uow: UnitOfWork, contact: SpeakerContact | None, slots: Mapping[str, Slot], programme: Programme
) -> tuple[Step, ...]:
    rows = {row.uid: row for row in contact.slots} if contact is not None else {}
    found = []
    for uid in dict.fromkeys([*slots, *rows]):
        row, item = rows.get(uid), programme.item(uid)
        step = rules.step(
            told_slot(row) if row is not None else None,
            slots.get(uid),
            uow.now,
            was_off=row.is_off if row is not None else False,
            sequence=item.sequence if item is not None else 0,
        )
        found += [step] if step is not None else []
    return tuple(sorted(found, key=lambda step: (step.slot.start, step.slot.uid)))


# -- telling ---------------------------------------------------------------------------------------------------------


def on_schedule_released(uow: UnitOfWork, event: ScheduleReleased) -> None:
    """Note that people are to be told; the worker does it, so that releasing takes as long as it took."""
    if not event.tells:
        return
    uow.session.add(Telling(release_id=event.release_id, edition_id=event.edition_id))
    nudge = current_app.extensions.get("nudge")
    if nudge is not None:
        uow.after_commit(f"nudge:{JOB}", lambda: nudge(JOB))


def tell_due(database: Database, clock: Clock) -> None:
    """Write the mails about releases of which nobody was told yet; the worker's job. All of an edition's, or none."""
    one_by_one(database, clock, lambda uow: queries.due_editions(uow.session), tell, _not_told)


def _not_told(edition_id: int, error: Exception) -> None:
    log.error("a release could not be told", edition=edition_id, exc_info=error)


def tell(uow: UnitOfWork, edition_id: int) -> int:
    """Tell everybody what of the newest release they do not know yet; how many mails that are."""
    edition = workshops.locked_edition(uow.session, edition_id)
    due = queries.due_tellings(uow.session, edition_id)
    last = schedule.last_release(uow.session, edition_id)
    if not due or last is None:
        return 0
    for telling, _release in due:
        telling.told_at = uow.now
    if not reaching.may_hear(edition):
        uow.session.flush()
        return 0
    shown = schedule.published(uow.session, edition_id)
    programme, public = from_json(last.programme), from_json(shown.programme) if shown else None
    found = plan(uow, edition, programme, public)
    for message in found.messages:
        contact = _noted(uow, edition, message)
        _post(uow, edition, contact, f"speaker-slots:{last.id}:{contact.id}", message.to, message.steps, public)
    for contact in found.void:
        uow.session.delete(contact)
    before = schedule.find_release(uow.session, edition_id, due[0][1].number - 1)
    told = 0
    if before is not None and public is not None:
        old = from_json(before.programme)
        choices = schedule.choices(uow.session, edition.id, drafting.people_in((old,)))
        told = digest.tell(uow, edition, last.id, news(uow, edition, public_view(old, choices), public, found))
    uow.session.flush()
    return len(found.messages) + told


def news(
    uow: UnitOfWork, edition: Edition, old: Programme, new: Programme, found: Plan
) -> dict[int, list[digest.News]]:
    """What those who follow the schedule hear: nothing that they are told as speakers. Both as everybody reads them."""
    but = {
        message.to.person_id: {step.slot.uid for step in message.steps}
        for message in found.messages
        if message.to.person_id is not None
    }
    return digest.followers(uow, edition, digest.news(old, new, uow.now), but)


def _post(
    uow: UnitOfWork,
    edition: Edition,
    contact: SpeakerContact,
    key: str,
    to: Recipient,
    steps: Sequence[Step],
    public: Programme | None,
) -> None:
    contact.last_mail, contact.mails = key, contact.mails + 1
    post(uow, emails.letter(uow, edition, public, to, steps, reply_token(contact), key))


def _noted(uow: UnitOfWork, edition: Edition, message: Message) -> SpeakerContact:
    """What they know from now on."""
    to, contact = message.to, message.contact
    if contact is None:
        contact = SpeakerContact(edition_id=edition.id, nonce=secrets.token_hex(16), created_at=uow.now, slots=[])
        contact.mails = 0
        contact.token_hash = token_hash(reply_token(contact))
        uow.session.add(contact)
    contact.person_id, contact.address, contact.name = to.person_id, to.address.lower(), to.name
    rows = {row.uid: row for row in contact.slots}
    for step in message.steps:
        slot = step.slot
        row = rows.get(slot.uid)
        if row is None:
            row = SpeakerInvitation(uid=slot.uid, answers=0, note="")
            contact.slots.append(row)
        row.sequence, row.is_off, row.told_at = step.sequence, step.what is What.OFF, uow.now
        row.title, row.starts_at, row.ends_at, row.room = slot.title, slot.start, slot.end, slot.room
    uow.session.flush()
    return contact


def reply_token(contact: SpeakerContact) -> str:
    """The secret of their link."""
    return reaching.link_token(contact.nonce, "speakers' links")


def send_again(uow: UnitOfWork, edition: Edition, standing: Standing, contact_id: int) -> None:
    """The invitation once more, as it is now: to the address of today."""
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition write to its speakers.")))
    edition = workshops.locked_edition(uow.session, edition.id)
    contact = queries.find_contact(uow.session, edition.id, contact_id)
    if contact is None:
        raise NotFound
    ahead = [row for row in contact.slots if not row.is_off and told_slot(row).over_at > uow.now]
    if not ahead or not reaching.may_hear(edition):
        raise Conflict(str(_("There is no slot to come of which this speaker could be told.")))
    to = _to(contact, person_of(uow, contact))
    contact.address, contact.name = to.address.lower(), to.name
    contact.token_hash = token_hash(reply_token(contact))  # also where the site's secret was changed since
    steps = tuple(Step(What.FIRST, None, told_slot(row), row.sequence) for row in ahead)
    shown = schedule.published(uow.session, edition.id)
    public = from_json(shown.programme) if shown else None
    _post(uow, edition, contact, f"speaker-slots-again:{contact.id}:{contact.mails}", to, steps, public)
    audit.record(uow, "invitation sent again", "speaker", contact.id, edition_id=edition.id)


def concerned(uow: UnitOfWork, edition: Edition) -> Iterable[Concerned]:
    """Speakers with slots to come, when the event is called off or put on again: their entries follow."""
    shown = schedule.published(uow.session, edition.id)
    public = from_json(shown.programme) if shown else None
    what = What.OFF if edition.is_cancelled else What.AGAIN
    rows = queries.contacts_and_failures(uow.session, edition.id)
    people = reaching.people(uow.session, {one.person_id for one, _failed in rows if one.person_id is not None})
    for contact, failed in rows:
        person = people.get(contact.person_id or 0)
        if contact.person_id is not None and person is None:
            continue
        slots = [told_slot(row) for row in contact.slots if not row.is_off]
        steps = [Step(what, slot, slot, slot.sequence) for slot in slots if slot.over_at > uow.now]
        if steps:
            to = _to(contact, person)
            if failed is not None and failed.is_refused and failed.address == to.address.lower():
                continue
            calendars = emails.messages(uow, edition, public, to, steps)
            yield Concerned(to.address, to.name, to.person_id, to.locale, calendars)


def forget_person(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted: what its person was told and said goes with it, also from before there was one."""
    proven = select(func.lower(Person.email)).where(Person.id == person_id, Person.confirmed_at.is_not(None))
    before = and_(SpeakerContact.person_id.is_(None), SpeakerContact.address.in_(proven))
    uow.session.execute(
        delete(SpeakerContact)
        .where(or_(SpeakerContact.person_id == person_id, before))
        .execution_options(synchronize_session="fetch")
    )


def person_of(uow: UnitOfWork, contact: SpeakerContact) -> Person | None:
    """Their account, if they have one that works."""
    return reaching.people(uow.session, {contact.person_id}).get(contact.person_id) if contact.person_id else None


# -- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of one slot."""

    invitation_id: int
    answer: Answer
    note: str
    seen: str = ""
    """The beginning that stood beside the question (ISO); empty where nothing was shown."""


def find(uow: UnitOfWork, token: str, *, lock: bool = False) -> tuple[Edition, SpeakerContact]:
    """Whose link it is; raises NotFound alike for every one that does not work."""
    found = queries.by_token(uow.session, token_hash(token), lock=lock)
    if found is None:
        raise NotFound
    return found


def answer(uow: UnitOfWork, token: str, said: Sequence[Said]) -> list[SpeakerInvitation]:
    """Record what they say of slots to come; organisers hear of each that is declined. Gives those declined anew."""
    edition, contact = find(uow, token, lock=True)
    require_on(edition)
    rows = {row.id: row for row in contact.slots}
    declined = []
    for one in said:
        row = rows.get(one.invitation_id)
        if row is None or row.is_off or told_slot(row).over_at <= uow.now:
            raise Conflict(str(_("One of these slots is called off or over by now. Look at them again.")))
        if one.seen and one.seen != row.starts_at.isoformat():
            raise Conflict(
                str(_("A slot was moved while this page was open. Look at its new time, then answer again."))
            )
        before = rules.present_answer(row.answer, row.answered_start, row.starts_at)
        if (before, row.note) == (one.answer, one.note):
            continue
        row.answer, row.note, row.answered_at = one.answer, one.note, uow.now
        row.answered_start, row.answers = row.starts_at, row.answers + 1
        if one.answer is Answer.NO and before is not Answer.NO:
            declined.append(row)
    for row in declined:
        for person in _organisers(uow, edition):
            emails.declined(uow, edition, contact, row, person)
    uow.session.flush()
    return declined


def _organisers(uow: UnitOfWork, edition: Edition) -> Iterable[Person]:
    found: dict[int, Person] = {}
    for member in workshops.team(uow.session, edition.id):
        if member.role in MAY_SCHEDULE:
            found[member.person.id] = member.person
    return found.values()
