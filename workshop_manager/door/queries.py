"""Every select of this package. Each says what it loads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, defer, joinedload, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.door.models import (
    Arrival,
    BadgeBatch,
    BadgePrint,
    Certificate,
    Handout,
    HandoutItem,
    LetterSettings,
    Scan,
    VisaLetter,
)
from workshop_manager.door.states import Verdict
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Visibility

MOST_ON_DEVICE = 20_000
MOST_FOUND = 30


# -- tickets ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose ticket it is, of whichever edition: the registration with its kind."""

    registration: Registration
    edition_name: str
    is_public: bool


def by_code(session: Session, code: str, *, lock: bool = False) -> Holder | None:
    """Whose code that is."""
    # Columns of the edition only: to read it anew would take away what this request loaded with it.
    query = (
        select(Registration, Edition.name, Edition.visibility)
        .join(Registration.kind)
        .join(Edition, Edition.id == Registration.edition_id)
        .options(contains_eager(Registration.kind))
        .where(Registration.ticket_code == code)
    )
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    row = session.execute(query).one_or_none()
    return Holder(row[0], row[1], row[2] is Visibility.PUBLIC) if row is not None else None


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody as the door sees them: no address, no affiliation, nothing of what they answered."""

    id: int
    code: str
    name: str
    pronouns: str
    kind: str
    mode: Mode
    state: State
    in_at: datetime | None


def _seen(
    edition_id: int, day: date, *where: ColumnElement[bool]
) -> Select[int, str, str, str | None, str, Mode, State, datetime | None]:
    return (
        select(
            Registration.id,
            Registration.ticket_code,
            Registration.badge_name,
            Registration.pronouns,
            RegistrationKind.name,
            RegistrationKind.mode,
            Registration.state,
            Arrival.at,
        )
        .join(Registration.kind)
        .outerjoin(Arrival, and_(Arrival.registration_id == Registration.id, Arrival.day == day))
        .where(Registration.edition_id == edition_id, *where)
        .order_by(func.lower(Registration.badge_name), Registration.id)
    )


def everybody(session: Session, edition_id: int, day: date) -> list[Seen]:
    """All whose ticket may be held up here, for the list on a device; those who left have no name any more."""
    rows = session.execute(_seen(edition_id, day, Registration.badge_name != "").limit(MOST_ON_DEVICE))
    return [Seen(a, b, c, d or "", e, f, g, h) for a, b, c, d, e, f, g, h in rows]


def named(session: Session, edition_id: int, day: date, words: str) -> list[Seen]:
    """Whoever is called something like that, or has that code; the first thirty."""
    alike = Registration.badge_name.icontains(words, autoescape=True)
    query = _seen(edition_id, day, or_(alike, Registration.ticket_code == words.upper()), Registration.badge_name != "")
    return [Seen(a, b, c, d or "", e, f, g, h) for a, b, c, d, e, f, g, h in session.execute(query.limit(MOST_FOUND))]


def arrival_on(session: Session, registration_id: int, day: date) -> Arrival | None:
    """Their arrival on that day, with who noted it."""
    return session.execute(
        select(Arrival)
        .where(Arrival.registration_id == registration_id, Arrival.day == day)
        .options(joinedload(Arrival.by))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def arrival(session: Session, edition_id: int, arrival_id: int, *, lock: bool = False) -> Arrival | None:
    """One arrival of this edition, with the registration."""
    query = select(Arrival).where(Arrival.edition_id == edition_id, Arrival.id == arrival_id)
    query = query.join(Arrival.registration).options(contains_eager(Arrival.registration))
    if lock:
        query = query.with_for_update(of=Arrival)
    return session.execute(query).scalar_one_or_none()


def arrivals_of(session: Session, registration_id: int) -> Sequence[Arrival]:
    """All their arrivals, with who noted them."""
    return session.scalars(
        select(Arrival)
        .where(Arrival.registration_id == registration_id)
        .options(joinedload(Arrival.by))
        .order_by(Arrival.day)
    ).all()


def scan(session: Session, edition_id: int, key: str) -> Scan | None:
    """What was said to that scan, with registration, kind, arrival and who noted it."""
    return session.execute(
        select(Scan)
        .where(Scan.edition_id == edition_id, Scan.key == key)
        .options(
            joinedload(Scan.registration).joinedload(Registration.kind), joinedload(Scan.arrival).joinedload(Arrival.by)
        )
    ).scalar_one_or_none()


# -- the board ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many of a kind were expected in the room, and how many came."""

    name: str
    expected: int
    came: int


def counts(session: Session, edition_id: int, day: date) -> list[KindCount]:
    """By kind in the room: seats given, and who came on that day; kinds without either are left out."""
    rows = session.execute(
        select(
            RegistrationKind.name,
            func.count(Registration.id).filter(Registration.state == State.REGISTERED),
            func.count(Arrival.id),
        )
        .join(Registration, Registration.kind_id == RegistrationKind.id)
        .outerjoin(Arrival, and_(Arrival.registration_id == Registration.id, Arrival.day == day))
        .where(RegistrationKind.edition_id == edition_id, RegistrationKind.mode == Mode.IN_PERSON)
        .group_by(RegistrationKind.id, RegistrationKind.name, RegistrationKind.position)
        .order_by(RegistrationKind.position, RegistrationKind.id)
    )
    return [KindCount(name, expected, came) for name, expected, came in rows if expected or came]


def times(session: Session, edition_id: int, day: date) -> Sequence[datetime]:
    """When people came on that day, in order."""
    return session.scalars(
        select(Arrival.at).where(Arrival.edition_id == edition_id, Arrival.day == day).order_by(Arrival.at)
    ).all()


def days(session: Session, edition_id: int) -> Sequence[date]:
    """The days on which anybody came."""
    return session.scalars(
        select(Arrival.day).where(Arrival.edition_id == edition_id).group_by(Arrival.day).order_by(Arrival.day)
    ).all()


def latest(session: Session, edition_id: int, day: date, most: int) -> Sequence[Arrival]:
    """Who came last, with registration, kind and who noted it."""
    return session.scalars(
        select(Arrival)
        .where(Arrival.edition_id == edition_id, Arrival.day == day)
        .options(joinedload(Arrival.registration).joinedload(Registration.kind), joinedload(Arrival.by))
        .order_by(Arrival.at.desc(), Arrival.id.desc())
        .limit(most)
    ).all()


def doubtful(session: Session, edition_id: int, most: int) -> Sequence[Scan]:
    """Codes that were shown again later or elsewhere, with what they met; the latest first."""
    first = aliased(Arrival)
    return session.scalars(
        select(Scan)
        .join(Scan.arrival.of_type(first))
        .where(Scan.edition_id == edition_id, Scan.verdict == Verdict.TWICE)
        .options(
            contains_eager(Scan.arrival.of_type(first)).joinedload(first.by),
            joinedload(Scan.registration),
            joinedload(Scan.by),
        )
        .order_by(Scan.at.desc(), Scan.id.desc())
        .limit(most)
    ).all()


# -- what is handed out ---------------------------------------------------------------------------------------------


def items(session: Session, edition_id: int) -> Sequence[HandoutItem]:
    """What is handed out, in order."""
    return session.scalars(
        select(HandoutItem).where(HandoutItem.edition_id == edition_id).order_by(HandoutItem.position, HandoutItem.id)
    ).all()


def item(session: Session, edition_id: int, item_id: int) -> HandoutItem | None:
    """One thing that is handed out in this edition."""
    return session.scalars(
        select(HandoutItem).where(HandoutItem.edition_id == edition_id, HandoutItem.id == item_id)
    ).one_or_none()


def handed_counts(session: Session, edition_id: int) -> dict[int, int]:
    """How many got each thing."""
    rows = session.execute(
        select(HandoutItem.id, func.count(Handout.id))
        .outerjoin(Handout, Handout.item_id == HandoutItem.id)
        .where(HandoutItem.edition_id == edition_id)
        .group_by(HandoutItem.id)
    )
    return dict(rows.all())


def handed_to(session: Session, registration_id: int) -> dict[int, Handout]:
    """What somebody got, by the thing, with who gave it."""
    rows = session.scalars(
        select(Handout).where(Handout.registration_id == registration_id).options(selectinload(Handout.by))
    )
    return {row.item_id: row for row in rows}


# -- badges ---------------------------------------------------------------------------------------------------------


def _wears_one() -> list[ColumnElement[bool]]:
    """Conditions: whoever has a seat in the room, and did not leave."""
    return [
        Registration.state == State.REGISTERED,
        Registration.badge_name != "",
        RegistrationKind.mode == Mode.IN_PERSON,
    ]


def badge_holders(
    session: Session, edition_id: int, kind_id: int | None, registration_id: int | None
) -> Sequence[Registration]:
    """Who wears a badge, with kinds, by name; of one kind, or one person only."""
    query = select(Registration).join(Registration.kind).options(contains_eager(Registration.kind))
    query = query.where(Registration.edition_id == edition_id, *_wears_one())
    if registration_id is not None:
        query = query.where(Registration.id == registration_id)
    elif kind_id is not None:
        query = query.where(Registration.kind_id == kind_id)
    return session.scalars(query.order_by(func.lower(Registration.badge_name), Registration.id)).all()


def printed_last(session: Session, edition_id: int) -> dict[int, str]:
    """What stood on the badge that was printed last, by registration."""
    rows = session.execute(
        select(BadgePrint.registration_id, BadgePrint.content)
        .join(BadgeBatch, BadgeBatch.id == BadgePrint.batch_id)
        .where(BadgeBatch.edition_id == edition_id)
        .order_by(BadgeBatch.id)
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch in the log."""

    id: int
    at: datetime
    by: str | None
    layout: dict[str, Any]
    badges: int
    name: str
    """Whose badge it is, of a batch of one."""


def batches(session: Session, edition_id: int, offset: int, most: int) -> list[Batch]:
    """What was printed, the latest first."""
    rows = session.execute(
        select(
            BadgeBatch.id,
            BadgeBatch.at,
            Person.name,
            BadgeBatch.layout,
            func.count(BadgePrint.registration_id),
            func.min(Registration.badge_name),
        )
        .outerjoin(BadgeBatch.by)
        .outerjoin(BadgePrint, BadgePrint.batch_id == BadgeBatch.id)
        .outerjoin(Registration, Registration.id == BadgePrint.registration_id)
        .where(BadgeBatch.edition_id == edition_id)
        .group_by(BadgeBatch.id, Person.id)
        .order_by(BadgeBatch.id.desc())
        .offset(offset)
        .limit(most)
    )
    return [Batch(a, b, c, d, e, (f or "") if e == 1 else "") for a, b, c, d, e, f in rows]


def count_batches(session: Session, edition_id: int) -> int:
    """How often badges were printed."""
    return session.execute(select(func.count(BadgeBatch.id)).where(BadgeBatch.edition_id == edition_id)).scalar_one()


def batch(session: Session, edition_id: int, batch_id: int) -> BadgeBatch | None:
    """One batch of this edition."""
    return session.scalars(
        select(BadgeBatch).where(BadgeBatch.edition_id == edition_id, BadgeBatch.id == batch_id)
    ).one_or_none()


def of_batch(session: Session, batch_id: int) -> Sequence[Registration]:
    """Whose badges were in a batch, with kinds, by name; without those who gave their seat up since."""
    return session.scalars(
        select(Registration)
        .join(BadgePrint, BadgePrint.registration_id == Registration.id)
        .join(Registration.kind)
        .options(contains_eager(Registration.kind))
        .where(BadgePrint.batch_id == batch_id, *_wears_one())
        .order_by(func.lower(Registration.badge_name), Registration.id)
    ).all()


def prints_of(session: Session, registration_id: int) -> int:
    """How often somebody's badge was printed."""
    return session.execute(
        select(func.count(BadgePrint.batch_id)).where(BadgePrint.registration_id == registration_id)
    ).scalar_one()


def kinds_in_room(session: Session, edition_id: int) -> list[tuple[int, str]]:
    """The kinds whose people wear badges, by id."""
    rows = session.execute(
        select(RegistrationKind.id, RegistrationKind.name)
        .where(RegistrationKind.edition_id == edition_id, RegistrationKind.mode == Mode.IN_PERSON)
        .order_by(RegistrationKind.position, RegistrationKind.id)
    )
    return [(kind_id, name) for kind_id, name in rows]


# -- certificates ---------------------------------------------------------------------------------------------------


def days_of(session: Session, edition_id: int, registration_id: int | None = None) -> dict[int, list[date]]:
    """On which days people came, by registration; those who left have no name any more and are left out."""
    query = (
        select(Arrival.registration_id, Arrival.day)
        .join(Arrival.registration)
        .where(Arrival.edition_id == edition_id, Registration.badge_name != "")
        .order_by(Arrival.registration_id, Arrival.day)
    )
    if registration_id is not None:
        query = query.where(Arrival.registration_id == registration_id)
    found: dict[int, list[date]] = {}
    for number, day in session.execute(query):
        found.setdefault(number, []).append(day)
    return found


def came(session: Session, edition_id: int, *, lock: bool = False) -> Sequence[Registration]:
    """Whoever came on any day, with their people, in the order in which registrations are locked."""
    query = (
        select(Registration)
        .where(
            Registration.edition_id == edition_id,
            Registration.badge_name != "",
            select(Arrival.id).where(Arrival.registration_id == Registration.id).exists(),
        )
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person))
        .order_by(Registration.id)
    )
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.scalars(query).all()


def mine(session: Session, edition_id: int, person_id: int, *, lock: bool = False) -> Registration | None:
    """A person's own registration, with the person."""
    query = (
        select(Registration)
        .join(Registration.person)
        .options(contains_eager(Registration.person))
        .where(Registration.edition_id == edition_id, Registration.person_id == person_id)
    )
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def standing(session: Session, edition_id: int) -> dict[int, Certificate]:
    """The certificates that were not taken back, by registration."""
    rows = session.scalars(
        select(Certificate).where(Certificate.edition_id == edition_id, Certificate.revoked_at.is_(None))
    )
    return {row.registration_id: row for row in rows}


def standing_of(session: Session, registration_id: int) -> Certificate | None:
    """Somebody's certificate, unless it was taken back."""
    return session.scalars(
        select(Certificate).where(Certificate.registration_id == registration_id, Certificate.revoked_at.is_(None))
    ).one_or_none()


def was_taken_back(session: Session, registration_id: int) -> bool:
    """True if somebody had a certificate and has none that stands: one that is replaced leaves its successor."""
    found = select(func.count(Certificate.id), func.count(Certificate.revoked_at))
    had, gone = session.execute(found.where(Certificate.registration_id == registration_id)).one()
    return 0 < had == gone


def last_number(session: Session, edition_id: int) -> int:
    """The number given last; taken-back certificates keep theirs."""
    return session.execute(
        select(func.coalesce(func.max(Certificate.number), 0)).where(Certificate.edition_id == edition_id)
    ).scalar_one()


def certificates(session: Session, edition_id: int, offset: int, most: int) -> Sequence[Certificate]:
    """What was issued, the latest first, with who issued it."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.edition_id == edition_id)
        .options(joinedload(Certificate.by))
        .order_by(Certificate.number.desc())
        .offset(offset)
        .limit(most)
    ).all()


def count_certificates(session: Session, edition_id: int) -> int:
    """How many were issued, those taken back included."""
    return session.execute(select(func.count(Certificate.id)).where(Certificate.edition_id == edition_id)).scalar_one()


def certificate(session: Session, edition_id: int, certificate_id: int, *, lock: bool = False) -> Certificate | None:
    """One certificate of this edition."""
    query = select(Certificate).where(Certificate.edition_id == edition_id, Certificate.id == certificate_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def by_code_hash(session: Session, code_hash: str) -> tuple[Certificate, Edition] | None:
    """The certificate with that code, and its edition with the community."""
    row = session.execute(
        select(Certificate, Edition)
        .join(Edition, Edition.id == Certificate.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Certificate.code_hash == code_hash)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def lock_numbers(session: Session, edition_id: int) -> None:
    """Whoever gives papers their numbers holds the edition's row; what only names the edition goes on meanwhile.

    Else somebody checked in, whose registration is locked already, and certificates for all would wait for each other.
    """
    session.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))


def forget_papers(session: Session, person_id: int) -> None:
    """Remove certificates and letters of a person who deletes the account: their names stand on them."""
    theirs = select(Registration.id).where(Registration.person_id == person_id)
    for model in (Certificate, VisaLetter):
        session.execute(delete(model).where(model.registration_id.in_(theirs)))


# -- letters for visa applications ----------------------------------------------------------------------------------


def letter_settings(session: Session, edition_id: int) -> LetterSettings | None:
    """Whether and how an edition writes letters."""
    return session.get(LetterSettings, edition_id)


def my_seat(session: Session, edition_id: int, person_id: int, *, lock: bool = False) -> Registration | None:
    """A person's own registration, with its kind."""
    query = (
        select(Registration)
        .join(Registration.kind)
        .options(contains_eager(Registration.kind))
        .where(Registration.edition_id == edition_id, Registration.person_id == person_id)
    )
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def letter_of(session: Session, registration_id: int) -> VisaLetter | None:
    """What somebody asked for."""
    return session.scalars(select(VisaLetter).where(VisaLetter.registration_id == registration_id)).one_or_none()


def letter_stage() -> ColumnElement[Any]:
    """How far the letter of a registration of the query is: requested, issued or declined; NULL without one."""
    stage = case(
        (VisaLetter.declined_at.is_not(None), "declined"),
        (VisaLetter.issued_at.is_not(None), "issued"),
        else_="requested",
    )
    found = select(stage).where(VisaLetter.registration_id == Registration.id).correlate(Registration)
    return found.scalar_subquery()


def letters(session: Session, edition_id: int, offset: int, most: int) -> Sequence[VisaLetter]:
    """Who asked, those who wait first; with registrations and who answered. Passports are not read."""
    is_answered = or_(VisaLetter.issued_at.is_not(None), VisaLetter.declined_at.is_not(None))
    return session.scalars(
        select(VisaLetter)
        .where(VisaLetter.edition_id == edition_id)
        .options(
            joinedload(VisaLetter.registration), joinedload(VisaLetter.by), defer(VisaLetter.passport, raiseload=True)
        )
        .order_by(is_answered, VisaLetter.asked_at, VisaLetter.id)
        .offset(offset)
        .limit(most)
    ).all()


def count_letters(session: Session, edition_id: int) -> int:
    """How many asked."""
    return session.execute(select(func.count(VisaLetter.id)).where(VisaLetter.edition_id == edition_id)).scalar_one()


def letter(session: Session, edition_id: int, letter_id: int, *, lock: bool = False) -> VisaLetter | None:
    """One letter of this edition, with registration, its kind and its person."""
    query = (
        select(VisaLetter)
        .join(VisaLetter.registration)
        .join(Registration.kind)
        .outerjoin(Registration.person)
        .options(
            contains_eager(VisaLetter.registration).contains_eager(Registration.person),
            contains_eager(VisaLetter.registration).contains_eager(Registration.kind),
        )
        .where(VisaLetter.edition_id == edition_id, VisaLetter.id == letter_id)
    )
    return session.scalars(query.with_for_update(of=VisaLetter) if lock else query).one_or_none()


def last_letter_number(session: Session, edition_id: int) -> int:
    """The number given last."""
    last = session.execute(select(func.max(VisaLetter.number)).where(VisaLetter.edition_id == edition_id)).scalar_one()
    return last or 0


def letter_by_code_hash(session: Session, code_hash: str) -> VisaLetter | None:
    """The letter with that code, with its registration and kind."""
    whose = joinedload(VisaLetter.registration).joinedload(Registration.kind)
    return session.scalars(select(VisaLetter).where(VisaLetter.code_hash == code_hash).options(whose)).one_or_none()


def letters_to_purge(session: Session, before: datetime, most: int) -> Sequence[VisaLetter]:
    """Letters whose day has come, somewhere on earth, locked; what they hold is not read."""
    return session.scalars(
        select(VisaLetter)
        .where(VisaLetter.purged_at.is_(None), VisaLetter.purge_on <= before.date())
        .options(defer(VisaLetter.passport, raiseload=True))
        .order_by(VisaLetter.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def letters_held(session: Session, edition_id: int) -> Sequence[VisaLetter]:
    """Letters of an edition that still hold what stands in a passport, locked; it is not read."""
    return session.scalars(
        select(VisaLetter)
        .where(VisaLetter.edition_id == edition_id, VisaLetter.purged_at.is_(None))
        .options(defer(VisaLetter.passport, raiseload=True))
        .order_by(VisaLetter.id)
        .with_for_update()
    ).all()


def count_passports(session: Session, edition_id: int) -> int:
    """How many of them there are."""
    held = select(func.count(VisaLetter.id)).where(VisaLetter.edition_id == edition_id, VisaLetter.purged_at.is_(None))
    return session.execute(held).scalar_one()


def has_arrived(edition_id: int) -> ColumnElement[bool]:
    """A condition on registrations: checked in on some day."""
    return Registration.id.in_(select(Arrival.registration_id).where(Arrival.edition_id == edition_id))


def has_not_arrived(edition_id: int) -> ColumnElement[bool]:
    """A condition on registrations: on no day checked in."""
    return Registration.id.not_in(select(Arrival.registration_id).where(Arrival.edition_id == edition_id))
