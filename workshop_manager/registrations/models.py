"""Kinds with their seats, and registrations."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.codes.models import USES, Code
from workshop_manager.core.database import Base
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE
from workshop_manager.questions.models import Question
from workshop_manager.registrations.rules import JOIN_MINUTES, Place
from workshop_manager.registrations.states import Group, Host, Mode, NeedState, State
from workshop_manager.workshops.models import Announced

Key = tuple[Literal["kind", "quota"], int]
"""Which seats are counted together: those of a kind, or of a quota over several."""


class RegistrationSettings(Base):
    """What an edition says about taking part. `join_url` stands on no page: the registered are led there in time."""

    __tablename__ = "registration_settings"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    join_url: Mapped[str | None] = mapped_column(String(1000))
    note: Mapped[str] = mapped_column(Text, default="")
    offer_hours: Mapped[int | None]
    """How long a seat that came free is set aside for whoever is asked; empty: it is theirs without asking."""
    last_week_hours: Mapped[int | None]
    """The same in the week before the event; empty: no different."""
    switch_at: Mapped[datetime | None]
    """Until when people with a seat take another kind themselves; empty: while registration is open."""
    switch_zone: Mapped[str | None] = mapped_column(String(60))
    transfer_at: Mapped[datetime | None]
    """Until when a seat can be passed on to a colleague; empty: until the event begins."""
    transfer_zone: Mapped[str | None] = mapped_column(String(60))
    join_minutes: Mapped[int] = mapped_column(default=JOIN_MINUTES, server_default=str(JOIN_MINUTES))
    """How long before a session its link opens."""
    transfer_approved: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Seats of kinds that need approval can be passed on as well."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves; a form that started from an older version is told so instead of overwriting."""

    @property
    def switch_until(self) -> Deadline | None:
        """The last moment to take another kind oneself, as it was announced."""
        return Deadline(self.switch_at, self.switch_zone) if self.switch_at and self.switch_zone else None

    @property
    def transfer_until(self) -> Deadline | None:
        """The last moment to pass a seat on, as it was announced."""
        return Deadline(self.transfer_at, self.transfer_zone) if self.transfer_at and self.transfer_zone else None


class RegistrationKind(Base):
    """In person, virtual …: `taken` counts the seats given; the constraint keeps the last from being given twice."""

    __tablename__ = "registration_kinds"
    __table_args__ = (
        UniqueConstraint("edition_id", "name"),
        CheckConstraint("capacity IS NULL OR taken + held_back <= capacity", name="not_oversold"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    mode: Mapped[Mode]
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    """Seats that are given, and those set aside for somebody who is asked."""
    held_back: Mapped[int] = mapped_column(default=0, server_default="0")
    """Free seats that are kept for a group."""
    line_places: Mapped[int | None]
    """How many can wait for it; empty: any number, 0: nobody. Fewer than wait takes nobody's place away."""
    last_number: Mapped[int] = mapped_column(default=0)
    """The number given last on its waitlist, under the row's lock: clocks may differ, numbers do not. A new one is
    higher than that of every kind of the edition, so that the lines of kinds that share seats are one."""
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(500), default="")
    needs_host: Mapped[bool] = mapped_column(default=False)
    """Taking part in this way needs a registration with the host conference as well."""
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whoever chooses it asks for it: they hold no seat until an organiser says yes."""
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It stands on no page of somebody to whom no code opened it, and who does not hold it."""
    opens_at: Mapped[datetime | None]
    """From when it can be chosen; empty: when registration opens."""
    opens_zone: Mapped[str | None] = mapped_column(String(60))
    closes_at: Mapped[datetime | None]
    closes_zone: Mapped[str | None] = mapped_column(String(60))
    guests: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many people somebody of this kind may bring along, such as a child or somebody who cares for them."""
    guest_kind_id: Mapped[int | None] = mapped_column(ForeignKey("registration_kinds.id", ondelete="SET NULL"))
    """Of which kind their seats are; empty: of this one."""
    version: Mapped[int] = mapped_column(default=1)

    @property
    def guests_kind_id(self) -> int:
        """Of which kind the seats are that guests take."""
        return self.guest_kind_id or self.id

    @property
    def opens(self) -> Deadline | None:
        """Its own opening as it was announced."""
        return Deadline(self.opens_at, self.opens_zone) if self.opens_at and self.opens_zone else None

    @property
    def closes(self) -> Deadline | None:
        """Its own end as it was announced."""
        return Deadline(self.closes_at, self.closes_zone) if self.closes_at and self.closes_zone else None


class SeatQuota(Base):
    """Seats that several kinds share, as the 120 of a room: a seat needs room in its kind and in all its quotas."""

    __tablename__ = "seat_quotas"
    __table_args__ = (
        UniqueConstraint("edition_id", "name"),
        CheckConstraint("taken + held_back <= capacity", name="not_oversold"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    """People with a seat, or one set aside for them, of any of its kinds; each counts once."""
    held_back: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    members: Mapped[list["QuotaKind"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="QuotaKind.kind_id"
    )

    @property
    def kind_ids(self) -> frozenset[int]:
        """The kinds that share it."""
        return frozenset(member.kind_id for member in self.members)


class QuotaKind(Base):
    """A kind takes its seats from a quota."""

    __tablename__ = "seat_quota_kinds"

    quota_id: Mapped[int] = mapped_column(ForeignKey("seat_quotas.id", ondelete="CASCADE"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(
        ForeignKey("registration_kinds.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SeatReserve(Announced, Base):
    """Seats of one kind or of one quota that are kept for a group until a date; then they are for everybody."""

    __tablename__ = "seat_reserves"
    __table_args__ = (
        CheckConstraint("(kind_id IS NULL) <> (quota_id IS NULL)", name="of_one_pool"),
        CheckConstraint("seats > 0", name="keeps_something"),
        UniqueConstraint("kind_id", "whom"),
        UniqueConstraint("quota_id", "whom"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("registration_kinds.id", ondelete="CASCADE"))
    quota_id: Mapped[int | None] = mapped_column(ForeignKey("seat_quotas.id", ondelete="CASCADE"))
    whom: Mapped[Group]
    seats: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    """How many of its pool's seats members held when a seat was given last; what pages show."""
    released_at: Mapped[datetime | None]
    """When its date had come and what was left went to everybody."""

    @property
    def pool(self) -> Key:
        """Of which seats they are."""
        return ("kind", self.kind_id) if self.kind_id is not None else ("quota", self.quota_id or 0)


class KindCode(Code, Base):
    """Opens a kind, as a rule a hidden one, to as many people as it has uses."""

    __tablename__ = "registration_codes"
    __table_args__ = (CheckConstraint(USES, name="uses"), {"info": PRIVATE})

    kind_id: Mapped[int] = mapped_column(ForeignKey("registration_kinds.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RegistrationKind] = relationship(lazy="raise")


class KindCodeUse(Base):
    """Who used such a code; once each."""

    __tablename__ = "registration_code_uses"
    __table_args__ = {"info": PRIVATE}

    code_id: Mapped[int] = mapped_column(ForeignKey("registration_codes.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    used_at: Mapped[datetime]


class Registration(Base):
    """One person's part in one edition, once: cancelled and begun again it stays the same row.

    Without a person it is a seat with a name: a guest's (`host_id`), or one set aside until somebody claims it.
    `kind_id` is the kind of the seat, or without one the kind waited or asked for; `waits_for_id` is set while waiting,
    also beside a seat of another kind, and so is `asks_for_id` until an organiser answers. `state` follows from these.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("edition_id", "person_id"),
        UniqueConstraint("waits_for_id", "line_number"),
        CheckConstraint("(waits_for_id IS NULL) = (line_number IS NULL)", name="numbered_while_waiting"),
        CheckConstraint("state <> 'waitlisted' OR waits_for_id IS NOT NULL", name="waits_for_something"),
        CheckConstraint("state <> 'cancelled' OR waits_for_id IS NULL", name="cancelled_waits_for_nothing"),
        CheckConstraint("state <> 'requested' OR asks_for_id IS NOT NULL", name="asks_for_something"),
        CheckConstraint("state <> 'cancelled' OR asks_for_id IS NULL", name="cancelled_asks_for_nothing"),
        CheckConstraint("asks_for_id IS NULL OR waits_for_id IS NULL", name="wants_one_thing"),
        CheckConstraint("offer_until IS NULL OR waits_for_id IS NOT NULL", name="offered_what_they_wait_for"),
        Index("ix_registrations_list", "edition_id", "state"),
        Index("ix_registrations_offers", "offer_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    """Whose guest this is: they come and go with that registration."""
    kind_id: Mapped[int] = mapped_column(ForeignKey("registration_kinds.id"), index=True)
    state: Mapped[State]
    waits_for_id: Mapped[int | None] = mapped_column(ForeignKey("registration_kinds.id"))
    asks_for_id: Mapped[int | None] = mapped_column(ForeignKey("registration_kinds.id"))
    """The kind that an organiser has yet to say yes or no to; instead of waiting, and perhaps beside a seat."""
    asked_at: Mapped[datetime | None]
    line_number: Mapped[int | None]
    waiting_since: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    """Until when a seat of the kind they wait for is set aside for them."""
    missed_offers: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many offers ran out without an answer since they last chose."""
    badge_name: Mapped[str] = mapped_column(String(300))
    pronouns: Mapped[str | None] = mapped_column(String(60))
    affiliation: Mapped[str | None] = mapped_column(String(300))
    listing: Mapped[Listing] = mapped_column(default=Listing.UNLISTED)
    """On the participants' list, which only the registered see."""
    diet: Mapped[list[str]] = mapped_column(Sealed(list), default=list, nullable=True)
    needs: Mapped[str] = mapped_column(Sealed(str), default="", nullable=True)
    answers_deleted_at: Mapped[datetime | None]
    """When food and needs were removed after the event."""
    photo_consent: Mapped[bool] = mapped_column(default=False)
    host_done: Mapped[bool] = mapped_column(default=False)
    """They say that they are registered with the host conference as well."""
    host_number: Mapped[str] = mapped_column(Sealed(str), default="", nullable=True)
    """The number or reference of that registration, as they wrote it."""
    host_checked_at: Mapped[datetime | None]
    """When an organiser saw that it is so: in the host's list, or otherwise."""
    host_checked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    host_reminded_at: Mapped[datetime | None]
    conduct_version: Mapped[int]
    """The version of the code of conduct that was accepted; 0 if there was none to accept."""
    conduct_at: Mapped[datetime | None]
    ticket_code: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Counts changes: names each mail, and tells a form that it started from something older."""
    kind: Mapped[RegistrationKind] = relationship(lazy="raise", foreign_keys=[kind_id])
    waits_for: Mapped[RegistrationKind | None] = relationship(lazy="raise", foreign_keys=[waits_for_id])
    asks_for: Mapped[RegistrationKind | None] = relationship(lazy="raise", foreign_keys=[asks_for_id])
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    host_checker: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[host_checked_by])

    @property
    def host(self) -> Host:
        """How it stands with their registration at the host conference, where the kind needs one."""
        if self.host_checked_at is not None:
            return Host.CHECKED
        return Host.STATED if self.host_done else Host.MISSING

    @property
    def place(self) -> Place:
        """What this person holds."""
        seat = self.kind_id if self.state is State.REGISTERED else None
        return Place(seat, self.waits_for_id, is_offered=self.offer_until is not None, asks=self.asks_for_id)


class Need(Base):
    """Something a person needs on the day, until somebody of the team has arranged it.

    What it is stands where they wrote it: in their answer to that question, or without one in `Registration.needs`.
    """

    __tablename__ = "registration_needs"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), index=True)
    state: Mapped[NeedState] = mapped_column(default=NeedState.OPEN)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(Sealed(str), default="", nullable=True)
    """A word to the person."""
    changed_at: Mapped[datetime]
    registration: Mapped[Registration] = relationship(lazy="raise")
    question: Mapped[Question | None] = relationship(lazy="raise")
    taker: Mapped[Person | None] = relationship(lazy="raise")
