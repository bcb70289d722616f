"""Applications with their costs, the committee's scores and conflicts, and money awarded line by line."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, and_, false, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.sealed import Sealed
from workshop_manager.grants.costs import Limit
from workshop_manager.grants.rules import COMMITTED, LIVE
from workshop_manager.grants.states import AwardState, CostKind, State, Upfront, Verdict, Visa
from workshop_manager.questions.models import Answer
from workshop_manager.workshops.models import ImportantDate

_LIVE = text("state IN ('proposed', 'offered', 'accepted')")


def visa_in(told: Mapping[str, Any] | None) -> Visa | None:
    """How far a visa is, from what is kept of it."""
    found = (told or {}).get("visa")
    return Visa(found) if found else None


class GrantSettings(Base):
    """What an edition says about its grants, in Markdown; empty texts show our own."""

    __tablename__ = "grant_settings"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    about: Mapped[str] = mapped_column(Text, default="")
    deciding: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    is_blind: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Readers do not learn who asks until the answer is out; organisers do."""
    readers: Mapped[int] = mapped_column(default=2, server_default="2")
    """How many read each application."""
    round_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """What the first round is called where there are several."""


class GrantRound(Base):
    """A further round of applications. Its dates stand among the edition's, where they are moved; round 1 is no row."""

    __tablename__ = "grant_rounds"
    __table_args__ = (UniqueConstraint("edition_id", "number"), CheckConstraint("number > 1", name="after_the_first"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    about: Mapped[str] = mapped_column(Text, default="", server_default="")
    """For whom it is, in plain words."""
    opens_id: Mapped[int | None] = mapped_column(ForeignKey("important_dates.id", ondelete="SET NULL"), index=True)
    due_id: Mapped[int | None] = mapped_column(ForeignKey("important_dates.id", ondelete="SET NULL"), index=True)
    heard_id: Mapped[int | None] = mapped_column(ForeignKey("important_dates.id", ondelete="SET NULL"), index=True)
    opens: Mapped[ImportantDate | None] = relationship(lazy="raise", foreign_keys=opens_id)
    due: Mapped[ImportantDate | None] = relationship(lazy="raise", foreign_keys=due_id)
    heard: Mapped[ImportantDate | None] = relationship(lazy="raise", foreign_keys=heard_id)


class Application(Base):
    """One person's application in one round, once: withdrawn and begun again in that round it stays the same row."""

    __tablename__ = "grant_applications"
    __table_args__ = (
        UniqueConstraint("edition_id", "person_id", "round"),
        CheckConstraint("(accept_by IS NULL) = (accept_by_zone IS NULL)", name="accept_by_with_zone"),
        CheckConstraint("state <> 'offered' OR accept_by IS NOT NULL", name="offers_end"),
        Index("ix_grant_applications_list", "edition_id", "state"),
        Index("ix_grant_applications_expiry", "state", "accept_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of which round it is. A person's later one begins only when the one before is over."""
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    currency: Mapped[str] = mapped_column(String(3))
    """Every estimate and award of the application is in it; only funds of this currency can help."""
    statement: Mapped[str] = mapped_column(Text, default="")
    cannot_front: Mapped[bool] = mapped_column(default=False)
    upfront: Mapped[Upfront | None]
    """How they want to be helped who cannot; None for others, and for who was not asked yet."""
    paid_elsewhere: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Who pays what by kind of cost; there is no line here for it."""
    arrives_on: Mapped[date | None]
    departs_on: Mapped[date | None]
    """The days of the stay; nights are counted from them."""
    other_funding: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[str | None] = mapped_column(String(20))
    """Where they say they are in their career, a value of `funds.states.Stage`."""
    presented_before: Mapped[bool | None]
    """Whether they say that they have presented at a workshop like this before."""
    verdict: Mapped[Verdict | None]
    """The committee's decision, pending until it is released."""
    accept_by: Mapped[datetime | None]
    accept_by_zone: Mapped[str | None] = mapped_column(String(60))
    conditions: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What an offer asks of the person, in the organisers' words."""
    must_present: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The offer is for who presents their work."""
    waitlist_number: Mapped[int | None]
    """Their place on the waitlist as they were told it; None where the organisers tell nobody."""
    visa_told: Mapped[dict[str, Any]] = mapped_column(Sealed(dict), default=dict, nullable=True)
    """What they say of their visa: `visa`, and the `day` of the appointment. Sealed, and deleted after the event."""
    visa_at: Mapped[datetime | None]
    """When they said so."""
    absent_at: Mapped[datetime | None]
    """When an organiser noted that they did not attend: what is corrected after that is not owed by itself."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Counts what the applicant may know of: saves, releases, answers. Names each mail; guards the applicant's form."""
    left_work_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"), index=True)
    """Their last paper, gone after something was promised: an organiser keeps the promise or takes it back."""
    revision: Mapped[int] = mapped_column(default=0)
    """Counts the committee's pending decisions, which must not show in anything the applicant gets."""
    person: Mapped[Person | None] = relationship(lazy="raise")
    lines: Mapped[list["Line"]] = relationship(
        lazy="raise", order_by="Line.position", cascade="all, delete-orphan", passive_deletes=True
    )

    answers: Mapped[list[Answer]] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin=lambda: and_(Application.id == foreign(Answer.owner_id), Answer.owner_kind == "grants"),
    )
    """To what organisers ask besides. For the committee's pages, which have it in the query of the application."""

    @property
    def visa(self) -> Visa | None:
        """How far their visa is, as they say."""
        return visa_in(self.visa_told)

    @property
    def visa_day(self) -> date | None:
        """Of the appointment."""
        day = (self.visa_told or {}).get("day")
        return date.fromisoformat(day) if day else None

    def tell_visa(self, visa: Visa | None, day: date | None, at: datetime | None) -> None:
        """Keep what they say of it; None: nothing is known."""
        self.visa_told = {} if visa is None else {"visa": visa.value, "day": day.isoformat() if day else None}
        self.visa_at = at

    @property
    def offer_deadline(self) -> Deadline | None:
        """Until when an offer can be accepted."""
        if self.accept_by is None or self.accept_by_zone is None:
            return None
        return Deadline(self.accept_by, self.accept_by_zone)

    @property
    def seen(self) -> int:
        """Guards the committee's forms: it grows with every change by anybody."""
        return self.version + self.revision

    @property
    def was_given(self) -> bool:
        """Money was offered at some time, whatever became of it: its rows are history. Needs `lines` and `awards`."""
        return any(award.state is not AwardState.PROPOSED for line in self.lines for award in line.awards)

    @property
    def promised(self) -> int:
        """The sum of what is offered or accepted; proposals are not in it. Needs `lines` and their `awards`."""
        return sum(line.live.amount for line in self.lines if line.live and line.live.state in COMMITTED)

    @property
    def asked(self) -> int:
        """The sum of all estimates. Needs `lines`."""
        return sum(line.asked for line in self.lines)


class Line(Base):
    """One kind of cost with its estimate."""

    __tablename__ = "grant_lines"
    __table_args__ = (
        UniqueConstraint("application_id", "kind"),
        CheckConstraint("asked > 0", name="asks_for_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"))
    kind: Mapped[CostKind]
    position: Mapped[int]
    asked: Mapped[int] = mapped_column(BigInteger)
    """What is asked for: the estimate without one's own part, at most the cap as it was when this was saved."""
    estimate: Mapped[int | None] = mapped_column(BigInteger)
    """What it costs; None where nothing but `asked` was written down."""
    own: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """What the person pays of it."""
    about: Mapped[str] = mapped_column(String(200), default="")
    awards: Mapped[list["Award"]] = relationship(
        lazy="raise", order_by="Award.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def cost(self) -> int:
        """What it costs in all."""
        return self.asked if self.estimate is None else self.estimate

    @property
    def live(self) -> "Award | None":
        """The award that is proposed, offered or accepted, if there is one. Needs `awards`."""
        return next((award for award in self.awards if award.state in LIVE), None)


class Award(Base):
    """Money from one fund for one line. What was declined, has expired or came back stays as a row of history.

    A line has at most one award that is proposed, offered or accepted: the partial index sees to it.
    """

    __tablename__ = "grant_awards"
    __table_args__ = (
        CheckConstraint("amount > 0", name="gives_something"),
        Index(
            "uq_grant_awards_live",
            "line_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_grant_awards_fund", "fund_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("grant_lines.id", ondelete="CASCADE"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("grant_funds.id"))
    state: Mapped[AwardState]
    amount: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


class Score(Base):
    """What a member of the committee thinks of an application; the applicant never sees it."""

    __tablename__ = "grant_scores"
    __table_args__ = (
        UniqueConstraint("application_id", "person_id"),
        CheckConstraint("score BETWEEN 1 AND 6", name="score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    score: Mapped[float]
    """On the scale from 1 to 6: of one axis its point, of several the mean by their weights."""
    rubric_id: Mapped[int | None] = mapped_column(ForeignKey("grant_rubrics.id", ondelete="SET NULL"))
    """By which rubric; None: the usual one, a single axis from 1 to 6."""
    points: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """By axis, as they were given."""
    remark: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship(lazy="raise")


class GrantRubric(Base):
    """By what applications are judged, as it was from some moment on. It is never changed: another one follows it."""

    __tablename__ = "grant_rubrics"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    """Under `axes` a list, each with `key`, `name`, `weight` and `anchors`, a sentence for each point from 1 up."""
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class GrantConflict(Base):
    """Somebody said that they should not judge this application. From then on it does not exist for them."""

    __tablename__ = "grant_conflicts"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("grant_applications.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    declared_at: Mapped[datetime]


class GrantWaiver(Base):
    """An organiser looked at what was found about this person and this applicant, and said that it is no conflict."""

    __tablename__ = "grant_waivers"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("grant_applications.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(500))
    waived_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    waived_at: Mapped[datetime]


class GrantReader(Base):
    """Somebody on the committee is asked to read this application; once anybody is, the others need not."""

    __tablename__ = "grant_readers"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("grant_applications.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class GrantCap(Base):
    """The most that an edition gives for a kind of cost in one currency; for lodging, for a night, and how many."""

    __tablename__ = "grant_caps"
    __table_args__ = (
        CheckConstraint("amount > 0", name="gives_something"),
        CheckConstraint("nights IS NULL OR nights > 0", name="at_least_a_night"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[CostKind] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    nights: Mapped[int | None]

    @property
    def limit(self) -> Limit:
        """For the rules."""
        return Limit(self.kind, self.amount, self.nights)
