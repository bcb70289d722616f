"""Asking speakers when they can come, and what they say. The whole of it is private to them and the organisers."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask_babel import gettext as _
from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.availability import emails, queries, rules
from workshop_manager.availability.models import AvailabilityAsking, SpeakerAvailability, SpeakerHours
from workshop_manager.availability.rules import Block, Hours
from workshop_manager.availability.states import From, Word
from workshop_manager.core import audit
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.mail.service import post
from workshop_manager.schedule import drafting, reaching
from workshop_manager.schedule.programme import Programme
from workshop_manager.schedule.reaching import Recipient
from workshop_manager.schedule.visibility import name_key, person_key
from workshop_manager.submissions import queries as submissions
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing

log = structlog.get_logger("workshop_manager.availability")
JOB = "remind-speakers-of-times"
REMIND_BEFORE = timedelta(days=2)
"""Before the date until which an answer is wanted, whoever has not answered is reminded, once."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Everybody who is to speak, by name, and the names that nobody knows an address of."""

    people: tuple[Recipient, ...]
    unreachable: tuple[str, ...]


def whom(uow: UnitOfWork, edition: Edition, programme: Programme) -> Whom:
    """Who speaks in the draft, and who presents what is accepted and has no place yet."""
    speakers = reaching.Speakers(uow, edition, programme)
    found: dict[str, Recipient] = {}
    without: dict[str, str] = {}
    for item in programme.items:
        for named, who in speakers.of(item) if not item.cancelled and item.over_at > uow.now else ():
            if who is not None:
                found.setdefault(who.key, who)
            else:
                without.setdefault(name_key(named.name), named.name)
    placed = {item.submission_number for item in programme.items}
    authors = [
        author
        for work in submissions.accepted(uow.session, edition.id)
        if work.number not in placed
        for author in ([each for each in work.authors if each.is_presenter] or work.authors)
    ]
    accounts = (author.person for author in authors if author.person is not None)
    known = {person.id: person for person in accounts if person.active and person.erased_at is None}
    bare = {author.email.lower() for author in authors if author.email and not author.person_id}
    owners = reaching.accounts_with(uow.session, bare)
    for author in authors:
        who = reaching.author_as_recipient(author, known, owners)
        if who is not None:
            found.setdefault(who.key, who)
        elif author.person_id is None:
            without.setdefault(name_key(author.name), author.name)
    people = sorted(found.values(), key=lambda one: (one.name.casefold(), one.key))
    return Whom(tuple(people), tuple(sorted(without.values(), key=str.casefold)))


def days(edition: Edition, programme: Programme) -> list[Block]:
    """The days that speakers are asked about."""
    others = [
        (item.start, item.over_at)
        for item in programme.items
        if item.parent is None and not item.cancelled and item.over_at > item.start
    ]
    return rules.windows(edition.starts_at, edition.ends_at, edition.time_zone, others)


def _allowed(standing: Standing) -> None:
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition ask its speakers.")))


def _open(uow: UnitOfWork, edition: Edition) -> None:
    if not reaching.may_hear(edition):
        raise Conflict(
            str(_("Nobody is asked while the event is not public, or is called off. Publish the edition first."))
        )
    if edition.ends_at <= uow.now:
        raise Conflict(str(_("The event is over: there is nothing to ask any more.")))


def ask(uow: UnitOfWork, edition: Edition, standing: Standing, reply_by: datetime, message: str) -> int:
    """Ask everybody who was not asked yet; how many that are. The date and the words hold for later askings too."""
    _allowed(standing)
    edition = workshops.locked_edition(uow.session, edition.id)
    _open(uow, edition)
    programme = drafting.plain(uow.session, edition)
    found = whom(uow, edition, programme)
    known = queries.asked(uow.session, edition.id)
    new = unasked(found, known)
    asking = queries.asking(uow.session, edition.id)
    if asking is None:
        if not new:
            raise Conflict(str(_("There is nobody to ask yet: no speaker in the draft, and no accepted work.")))
        asking = AvailabilityAsking(edition_id=edition.id, asked_at=uow.now)
        uow.session.add(asking)
    asking.reply_by, asking.message = reply_by, message
    for one in new:
        row = SpeakerAvailability(
            edition_id=edition.id, person_id=one.person_id, address=one.address.lower(), name=one.name,
            nonce=secrets.token_hex(16), asked_at=uow.now, mails=0, note="", asked_of="", hours=[],
        )  # fmt: skip
        row.token_hash = token_hash(token_of(row))
        uow.session.add(row)
        uow.session.flush()
        _post(uow, edition, asking, row, one, is_reminder=False)
    audit.record(uow, "speakers asked for times", "edition", edition.id, edition_id=edition.id, number=len(new))
    uow.session.flush()
    return len(new)


def unasked(found: Whom, known: Sequence[SpeakerAvailability]) -> list[Recipient]:
    """Those who were not asked, at whatever address."""
    people = {one.person_id for one in known if one.person_id is not None}
    addresses = {one.address for one in known}
    return [one for one in found.people if one.person_id not in people and one.address.lower() not in addresses]


def token_of(row: SpeakerAvailability) -> str:
    """The secret of their link."""
    return reaching.link_token(row.nonce, "speakers' times")


def _post(
    uow: UnitOfWork,
    edition: Edition,
    asking: AvailabilityAsking,
    row: SpeakerAvailability,
    to: Recipient,
    *,
    is_reminder: bool,
) -> None:
    row.mails += 1
    row.last_mail = f"speaker-times:{row.id}:{row.mails}"
    row.address, row.name = to.address.lower(), to.name
    row.token_hash = token_hash(token_of(row))  # also where the site's secret was changed since
    post(uow, emails.letter(edition, asking, to, token_of(row), row.last_mail, is_reminder=is_reminder))


def _recipient(row: SpeakerAvailability, people: Mapping[int, Person]) -> Recipient | None:
    if row.person_id is None:
        return Recipient(row.address, row.name)
    person = people.get(row.person_id)
    return reaching.as_recipient(person, row.name) if person is not None else None


def ask_again(uow: UnitOfWork, edition: Edition, standing: Standing, availability_id: int) -> None:
    """The same mail once more to one of them, at the address of today."""
    _allowed(standing)
    edition = workshops.locked_edition(uow.session, edition.id)
    _open(uow, edition)
    asking, row = queries.asking(uow.session, edition.id), queries.find(uow.session, edition.id, availability_id)
    if asking is None or row is None:
        raise NotFound
    to = _recipient(row, reaching.people(uow.session, {row.person_id} if row.person_id else set()))
    if to is None:
        raise Conflict(str(_("This account cannot be written to any more.")))
    _post(uow, edition, asking, row, to, is_reminder=row.answered_at is None)


def remind(uow: UnitOfWork, edition: Edition, standing: Standing) -> int:
    """Remind, now, everybody who has not answered and was not reminded yet; how many that are."""
    _allowed(standing)
    edition = workshops.locked_edition(uow.session, edition.id)
    _open(uow, edition)
    return _remind(uow, edition)


def _remind(uow: UnitOfWork, edition: Edition) -> int:
    asking = queries.asking(uow.session, edition.id)
    waiting = [
        row for row in queries.asked(uow.session, edition.id) if row.answered_at is None and row.reminded_at is None
    ]
    people = reaching.people(uow.session, {row.person_id for row in waiting if row.person_id is not None})
    number = 0
    for row in waiting:
        row.reminded_at = uow.now
        to = _recipient(row, people)
        if to is not None and asking is not None:
            _post(uow, edition, asking, row, to, is_reminder=True)
            number += 1
    uow.session.flush()
    return number


def remind_due(database: Database, clock: Clock) -> None:
    """Remind whoever owes an answer that is wanted soon; the worker's job."""
    one_by_one(
        database,
        clock,
        lambda uow: queries.to_remind(uow.session, uow.now, uow.now + REMIND_BEFORE),
        _remind_edition,
        lambda edition_id, error: log.error("speakers could not be reminded", edition=edition_id, exc_info=error),
    )


def _remind_edition(uow: UnitOfWork, edition_id: int) -> None:
    edition = workshops.locked_edition(uow.session, edition_id)
    if reaching.may_hear(edition) and edition.ends_at > uow.now:
        _remind(uow, edition)


# -- answers ---------------------------------------------------------------------------------------------------------


def find(uow: UnitOfWork, token: str, *, lock: bool = False) -> tuple[Edition, SpeakerAvailability]:
    """Whose link it is; raises NotFound alike for every one that does not work."""
    found = queries.by_token(uow.session, token_hash(token), lock=lock)
    if found is None:
        raise NotFound
    return found


def hours_of(row: SpeakerAvailability) -> list[Hours]:
    """What they said, as plain values."""
    return [Hours(each.starts_at, each.ends_at, each.word) for each in row.hours]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says: a word for each block by its key, where they are, from where they speak, a note."""

    words: Mapping[str, Word]
    zone: str | None
    speaks_from: From | None
    note: str


def answer(uow: UnitOfWork, token: str, said: Said, seen: str) -> None:
    """Record what they say of every hour. Refused (Conflict) if the hours are others than those they saw."""
    edition, row = find(uow, token, lock=True)
    require_on(edition)
    if edition.ends_at <= uow.now:
        raise Conflict(str(_("The event is over: nothing of it can be changed any more.")))
    asked = days(edition, drafting.plain(uow.session, edition))
    if rules.digest(asked) != seen:
        raise Conflict(
            str(_("The days of the event have changed since you opened this page. Look at them and send it again."))
        )
    row.zone, row.speaks_from, row.note = said.zone, said.speaks_from, said.note
    row.answered_at, row.asked_of = uow.now, seen
    row.hours.clear()
    uow.session.flush()
    for each in rules.said(rules.blocks(asked, edition.time_zone), said.words):
        row.hours.append(SpeakerHours(starts_at=each.start, ends_at=each.end, word=each.word))
    _adopt(uow, row)
    uow.session.flush()


def _adopt(uow: UnitOfWork, row: SpeakerAvailability) -> None:
    """Who was asked at an address and has an account by it since is that account: so programmes know them."""
    if row.person_id is not None:
        return
    person = reaching.accounts_with(uow.session, {row.address}).get(row.address)
    if person is not None and not queries.is_asked(uow.session, row.edition_id, person.id):
        row.person_id = person.id


# -- what others may know --------------------------------------------------------------------------------------------


def known(session: Session, edition_id: int) -> Sequence[SpeakerAvailability]:
    """Those who answered, with what they said; for the draft and its conflicts."""
    return queries.answered(session, edition_id)


def forget_person(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted: what its person said goes with it, also from before there was one."""
    proven = select(func.lower(Person.email)).where(Person.id == person_id, Person.confirmed_at.is_not(None))
    before = and_(SpeakerAvailability.person_id.is_(None), func.lower(SpeakerAvailability.address).in_(proven))
    uow.session.execute(
        delete(SpeakerAvailability)
        .where(or_(SpeakerAvailability.person_id == person_id, before))
        .execution_options(synchronize_session="fetch")
    )


def key_of(row: SpeakerAvailability) -> str:
    """By which a programme knows them: the account, or else the name."""
    return person_key(row.person_id) if row.person_id is not None else name_key(row.name)
