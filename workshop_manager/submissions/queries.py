"""Every select of this package; each says what it loads."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.accounts.queries import find_by_email
from workshop_manager.calls.models import Call, SubmissionType
from workshop_manager.core.audit import AuditEntry
from workshop_manager.mail.models import OutboxMail
from workshop_manager.questions.queries import stamp_of
from workshop_manager.submissions.models import (
    Author,
    AuthorInvitation,
    ClaimedAddress,
    Declaration,
    SponsorCv,
    Submission,
    SubmissionBytes,
    SubmissionFile,
)
from workshop_manager.submissions.rules import DECIDED, MAY_SEE_ALL_TRACKS, ON_PROGRAMME
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS, Standing

FORM = "submission"
"""Of the form that a call asks its authors to fill in."""
Hidden = Callable[[int], Select[tuple[int]]]
_hidden: list[Hidden] = []


def register_hidden(selects: Hidden) -> None:
    """Hide more from the desk: `selects(person_id)` gives the ids of submissions that person must not see there.

    For higher packages: a declared conflict of interest, say. Registering the same function twice counts once.
    """
    if selects not in _hidden:
        _hidden.append(selects)


# -- the edition -----------------------------------------------------------------------------------------------------


def is_decided(session: Session, edition_id: int) -> bool:
    """True once decisions have been released."""
    found = select(Submission.id).where(Submission.edition_id == edition_id, Submission.state.in_(DECIDED)).limit(1)
    return session.execute(found).first() is not None


# -- the authors' own ---------------------------------------------------------------------------------------------


def own(person_id: int) -> ColumnElement[bool]:
    """Submissions of that person: as submitter, or as an author whose address is theirs. Agrees with `rules.is_own`."""
    return or_(Submission.submitter_id == person_id, _is_author(person_id))


def _is_author(person_id: int) -> ColumnElement[bool]:
    return exists().where(Author.submission_id == Submission.id, Author.person_id == person_id)


def find_own(
    session: Session, edition_id: int, number: int, person_id: int, *, lock: bool = False
) -> Submission | None:
    """A person's submission by its number, with authors, files (not their bytes) and track; locked for a change.

    What was declared with it is read along: `declaration_of` then asks no more.
    """
    query = (
        select(Submission)
        .outerjoin(Submission.declared)
        .outerjoin(Submission.track)
        .options(
            joinedload(Submission.authors),
            joinedload(Submission.files),
            contains_eager(Submission.track),
            contains_eager(Submission.declared),
        )
        .where(Submission.edition_id == edition_id, Submission.number == number, own(person_id))
    )
    if lock:
        query = query.with_for_update(of=Submission).execution_options(populate_existing=True)
    return session.execute(query).unique().scalar_one_or_none()


def find_own_beside_call(
    session: Session, edition_id: int, number: int, person_id: int
) -> tuple[Submission, Call, SubmissionType | None, str | None] | None:
    """As `find_own`, with the call (a blank one if nobody wrote it), its type, and the stamp of the call's form.

    One query: authors and files of one work are few.
    """
    row = (
        session.execute(
            select(Submission, Call, SubmissionType, stamp_of(edition_id, FORM).scalar_subquery())
            .outerjoin(Submission.declared)
            .outerjoin(Submission.track)
            .outerjoin(Call, Call.edition_id == Submission.edition_id)
            .outerjoin(SubmissionType, SubmissionType.id == Submission.type_id)
            .options(
                joinedload(Submission.authors),
                joinedload(Submission.files),
                contains_eager(Submission.track),
                contains_eager(Submission.declared),
            )
            .where(Submission.edition_id == edition_id, Submission.number == number, own(person_id))
        )
        .unique()
        .one_or_none()
    )
    if row is None:
        return None
    found, call, kind, stamp = tuple[Submission, Call | None, SubmissionType | None, str | None](row)
    return found, call or Call.blank(edition_id), kind, stamp


def find_by_form(session: Session, edition_id: int, submitter_id: int, form_key: str) -> Submission | None:
    """The draft that this very form made before, with authors, files and track."""
    return session.execute(
        select(Submission)
        .options(selectinload(Submission.authors), selectinload(Submission.files), selectinload(Submission.track))
        .where(Submission.edition_id == edition_id)
        .where(Submission.submitter_id == submitter_id, Submission.form_key == form_key)
        .with_for_update(of=Submission)
    ).scalar_one_or_none()


def own_in_edition(session: Session, edition_id: int, person_id: int) -> Sequence[Submission]:
    """A person's submissions in one edition with their tracks, newest first."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(Submission.edition_id == edition_id, own(person_id))
        .order_by(Submission.number.desc())
        .limit(200)
    ).all()


def of_person(session: Session, person_id: int) -> Sequence[tuple[Submission, Edition]]:
    """A person's submissions anywhere, each with its edition and community (loaded) and track; the latest first."""
    rows = session.execute(
        select(Submission, Edition)
        .join(Edition, Edition.id == Submission.edition_id)
        .join(Edition.community)
        .outerjoin(Submission.track)
        .options(contains_eager(Edition.community), contains_eager(Submission.track))
        .where(own(person_id))
        .order_by(Submission.changed_at.desc(), Submission.id.desc())
        .limit(200)
    )
    return [(submission, edition) for submission, edition in rows]


def drafts_of(session: Session, person_id: int) -> Sequence[tuple[Submission, Edition]]:
    """A person's unsubmitted drafts anywhere, with edition and community."""
    rows = session.execute(
        select(Submission, Edition)
        .join(Edition, Edition.id == Submission.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Submission.state == State.DRAFT, own(person_id))
        .order_by(Submission.changed_at.desc(), Submission.id.desc())
        .limit(200)
    )
    return [(submission, edition) for submission, edition in rows]


def count_of_submitter(session: Session, edition_id: int, person_id: int) -> int:
    """How many submissions that person has begun in this edition."""
    return session.execute(
        select(func.count()).where(Submission.edition_id == edition_id, Submission.submitter_id == person_id)
    ).scalar_one()


def times_named(session: Session, edition_id: int, emails: set[str], *, except_id: int | None = None) -> dict[str, int]:
    """In how many submissions that came in and stand whoever has one of these addresses (in lower case) is named.

    Somebody with an account counts as one person under all the addresses that it was named with.
    """
    if not emails:
        return {}
    people = select(Author.person_id).where(func.lower(Author.email).in_(emails), Author.person_id.is_not(None))
    is_in = (Submission.edition_id == edition_id, Submission.state.not_in((State.DRAFT, State.WITHDRAWN)))
    rows = session.execute(
        select(Author.submission_id, Author.person_id, func.lower(Author.email))
        .join(Submission, Submission.id == Author.submission_id)
        .where(*is_in, or_(func.lower(Author.email).in_(emails), Author.person_id.in_(people)))
        .where(Submission.id != (except_id or 0))
    ).all()
    known = session.execute(
        select(func.lower(Author.email), Author.person_id).where(
            func.lower(Author.email).in_(emails), Author.person_id.is_not(None)
        )
    )
    account: dict[str, int | None] = {row[0]: row[1] for row in known}

    def is_theirs(email: str, person_id: int | None, other: str | None) -> bool:
        return other == email or (person_id is not None and person_id == account.get(email))

    return {email: len({work for work, *who in rows if is_theirs(email, *who)}) for email in emails}


def declaration_of(session: Session, submission_id: int) -> Declaration | None:
    """What was declared with that submission."""
    return session.get(Declaration, submission_id)


def find_cv(session: Session, submission_id: int) -> SponsorCv | None:
    """The CV given to sponsors with that submission, without its bytes."""
    return session.get(SponsorCv, submission_id)


def _with_cv(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """Submissions that came in with a CV and the consent to show it, of those this person may see at the desk."""
    return and_(
        Submission.edition_id == edition_id,
        visible_to(standing),
        Submission.state != State.WITHDRAWN,
        Declaration.cv_to_sponsors.is_(True),
    )


def count_cvs(session: Session, edition_id: int, standing: Standing) -> int:
    """How many people gave a CV to sponsors."""
    return session.execute(
        select(func.count(SponsorCv.submission_id))
        .join(Submission, Submission.id == SponsorCv.submission_id)
        .join(Declaration, Declaration.submission_id == Submission.id)
        .join(Person, Person.id == SponsorCv.uploaded_by)
        .where(_with_cv(edition_id, standing))
    ).scalar_one()


def cvs(
    session: Session, edition_id: int, standing: Standing, *, offset: int, most: int
) -> Sequence[tuple[int, Person, SponsorCv]]:
    """A stretch of them by name: the submission's number, whose it is, and the CV without its bytes."""
    rows = session.execute(
        select(Submission.number, Person, SponsorCv)
        .join(SponsorCv, SponsorCv.submission_id == Submission.id)
        .join(Declaration, Declaration.submission_id == Submission.id)
        .join(Person, Person.id == SponsorCv.uploaded_by)
        .where(_with_cv(edition_id, standing))
        .order_by(func.lower(Person.name), Submission.number)
        .offset(offset)
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def find_cv_body(session: Session, edition_id: int, standing: Standing, number: int) -> bytes | None:
    """The bytes of one."""
    return session.scalar(
        select(SponsorCv.body)
        .join(Submission, Submission.id == SponsorCv.submission_id)
        .join(Declaration, Declaration.submission_id == Submission.id)
        .where(_with_cv(edition_id, standing), Submission.number == number)
    )


def find_bytes(session: Session, submission_id: int, version: int) -> tuple[SubmissionFile, SubmissionBytes] | None:
    """One version of a submission's file with its bytes."""
    row = session.execute(
        select(SubmissionFile, SubmissionBytes)
        .join(SubmissionBytes, SubmissionBytes.file_id == SubmissionFile.id)
        .where(SubmissionFile.submission_id == submission_id, SubmissionFile.version == version)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def names_of(session: Session, person_ids: set[int]) -> dict[int, str]:
    """The chosen names of these people, by id."""
    if not person_ids:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row[0]: row[1] for row in rows}


def person_ids_by_address(session: Session, addresses: set[str]) -> dict[str, int]:
    """Confirmed people by their addresses, casefolded: those of their accounts, and those they claimed beside them."""
    if not addresses:
        return {}
    lowered = {address.lower() for address in addresses}
    is_somebody = and_(Person.confirmed_at.is_not(None), Person.active.is_(True))
    own = select(Person.email, Person.id).where(func.lower(Person.email).in_(lowered), is_somebody)
    claimed = (
        select(ClaimedAddress.address, Person.id)
        .join(Person, Person.id == ClaimedAddress.person_id)
        .where(ClaimedAddress.address.in_(lowered), is_somebody)
    )
    # What was claimed comes last, and so counts: its owner said where works of that address belong.
    rows = [*session.execute(own), *session.execute(claimed)]
    return {email.casefold(): person_id for email, person_id in rows}


def find_author_invitation(session: Session, token_hash: str, *, lock: bool = False) -> AuthorInvitation | None:
    """The question of that token's hash, with the author's row."""
    query = (
        select(AuthorInvitation)
        .join(AuthorInvitation.author)
        .options(contains_eager(AuthorInvitation.author))
        .where(AuthorInvitation.token_hash == token_hash)
    )
    if lock:
        query = query.with_for_update(of=AuthorInvitation).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def submission_of_author(session: Session, submission_id: int, *, lock: bool = False) -> Submission:
    """A submission with authors and files."""
    query = (
        select(Submission)
        .options(selectinload(Submission.authors), selectinload(Submission.files))
        .where(Submission.id == submission_id)
    )
    if lock:
        query = query.with_for_update(of=Submission).execution_options(populate_existing=True)
    return session.execute(query).scalar_one()


def asked_authors(session: Session, submission_id: int) -> dict[int, AuthorInvitation]:
    """The latest question to each author of a submission, by the author's id."""
    rows = session.scalars(
        select(AuthorInvitation)
        .join(Author, Author.id == AuthorInvitation.author_id)
        .where(Author.submission_id == submission_id)
        .order_by(AuthorInvitation.id)
    )
    return {row.author_id: row for row in rows}


def authors_of_address(session: Session, address: str) -> Sequence[Author]:
    """Every author of that address, whoever they are linked to."""
    return session.scalars(select(Author).where(func.lower(Author.email) == address.lower())).all()


def account_of_address(session: Session, address: str) -> Person | None:
    """The account with that address."""
    return find_by_email(session, address)


def begun_as(session: Session, person_id: int) -> Sequence[Submission]:
    """What an account began, in any edition."""
    return session.scalars(select(Submission).where(Submission.submitter_id == person_id)).all()


def unlinked_authors(session: Session, address: str) -> Sequence[Author]:
    """Authors of that address who belong to no account yet."""
    return session.scalars(
        select(Author).where(func.lower(Author.email) == address.lower(), Author.person_id.is_(None))
    ).all()


def begun_by(session: Session, person_id: int) -> Sequence[Submission]:
    """Everything that person began, in any edition, with authors and files."""
    return session.scalars(
        select(Submission)
        .options(selectinload(Submission.authors), selectinload(Submission.files))
        .where(Submission.submitter_id == person_id)
        .with_for_update(of=Submission)
    ).all()


def authors_of_person(session: Session, person_id: int) -> Sequence[Author]:
    """The rows of that person in any list of authors."""
    return session.scalars(select(Author).where(Author.person_id == person_id)).all()


def posted_mails(session: Session, keys: set[str]) -> set[str]:
    """Which of these keys of mails were used before."""
    return set(session.scalars(select(OutboxMail.key).where(OutboxMail.key.in_(keys)))) if keys else set()


# -- drafts and their deadlines -----------------------------------------------------------------------------------


def drafts_in_edition(session: Session, edition_id: int, person_id: int | None = None) -> Sequence[Submission]:
    """The drafts of an edition, or those of one person, with authors, files (not their bytes) and track."""
    theirs = [] if person_id is None else [own(person_id)]
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors), selectinload(Submission.files))
        .where(Submission.edition_id == edition_id, Submission.state == State.DRAFT, *theirs)
        .order_by(Submission.number)
    ).all()


def editions_with_drafts(session: Session, now: datetime) -> Sequence[int]:
    """The ids of editions that are not over and in which somebody has a draft."""
    return session.scalars(
        select(Submission.edition_id)
        .join(Edition, Edition.id == Submission.edition_id)
        .where(Submission.state == State.DRAFT, Edition.ends_at > now)
        .distinct()
        .order_by(Submission.edition_id)
    ).all()


def writers_of(session: Session, drafts: Sequence[Submission]) -> dict[int, list[Person]]:
    """Who can write each of these drafts, by its id: submitter and authors with an account. Needs `authors` loaded."""
    ids = {
        draft.id: dict.fromkeys(i for i in (draft.submitter_id, *(a.person_id for a in draft.authors)) if i is not None)
        for draft in drafts
    }
    wanted = {person_id for found in ids.values() for person_id in found}
    people = {
        person.id: person
        for person in session.scalars(
            select(Person).where(Person.id.in_(wanted), Person.active.is_(True), Person.erased_at.is_(None))
        )
    }
    return {draft_id: [people[i] for i in found if i in people] for draft_id, found in ids.items()}


def person_of_address(session: Session, address: str) -> Person | None:
    """The confirmed account of that address."""
    found = find_by_email(session, address)
    return found if found is not None and found.is_confirmed and found.active else None


# -- the organisers' desk -----------------------------------------------------------------------------------------


def visible_to(standing: Standing) -> ColumnElement[bool]:
    """What somebody may read at the desk of an edition; agrees with `rules.may_read_at_desk`.

    Ask for the edition beside it: a standing is one in its own edition. Nothing for reviewers; a track chair sees the
    chaired tracks; nobody sees drafts, nor what is their own, nor what a higher package hides (`register_hidden`).
    """
    if not standing.may(MAY_SUBMISSIONS):
        return false()
    conditions: list[ColumnElement[bool]] = [Submission.state != State.DRAFT]
    if not standing.may(MAY_SEE_ALL_TRACKS):
        conditions.append(Submission.track_id.in_(standing.chaired_tracks))
    if standing.person_id is not None:
        # Written out, because NOT of a comparison with an empty submitter would be neither true nor false.
        conditions.append(or_(Submission.submitter_id.is_(None), Submission.submitter_id != standing.person_id))
        conditions.append(not_(_is_author(standing.person_id)))
        conditions += [Submission.id.not_in(standing.ids(selects)) for selects in _hidden]
    return and_(*conditions)


def not_kept_from(person_id: int) -> ColumnElement[bool]:
    """What no higher package hides from that person at a desk, whichever roles they have: no conflict of interest."""
    return and_(true(), *(Submission.id.not_in(selects(person_id)) for selects in _hidden))


@dataclass(frozen=True, slots=True)
class Filter:
    """What the organisers' list is narrowed to."""

    state: State | None = None
    track_id: int | None = None
    searched: tuple[ColumnElement[bool], ...] = ()
    """What a search stands for, as a higher package read it."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on Submission."""
        found: list[ColumnElement[bool]] = []
        if self.state is not None:
            found.append(Submission.state == self.state)
        if self.track_id is not None:
            found.append(Submission.track_id == self.track_id)
        return [*found, *self.searched]


def count_at_desk(session: Session, edition_id: int, standing: Standing, narrowed: Filter) -> int:
    """How many submissions that list holds."""
    return session.execute(
        select(func.count(Submission.id)).where(
            Submission.edition_id == edition_id, visible_to(standing), *narrowed.conditions()
        )
    ).scalar_one()


def at_desk(
    session: Session, edition_id: int, standing: Standing, narrowed: Filter, *, offset: int = 0, most: int | None = None
) -> Sequence[Submission]:
    """A stretch of the organisers' list by number, with tracks and authors (two queries)."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors))
        .where(Submission.edition_id == edition_id, visible_to(standing), *narrowed.conditions())
        .order_by(Submission.number)
        .offset(offset)
        .limit(most)
    ).all()


def find_at_desk(session: Session, edition_id: int, standing: Standing, number: int) -> Submission | None:
    """A submission by its number for the desk, with track, authors and files (not their bytes)."""
    return session.execute(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors), selectinload(Submission.files))
        .where(Submission.edition_id == edition_id, Submission.number == number, visible_to(standing))
    ).scalar_one_or_none()


def find_beside_call(
    session: Session, edition_id: int, standing: Standing, number: int
) -> tuple[Submission, Call, SubmissionType | None] | None:
    """As `find_at_desk`, with the call it came to (a blank one if nobody wrote it) and its type (one query)."""
    row = (
        session.execute(
            select(Submission, Call, SubmissionType)
            .outerjoin(Submission.track)
            .outerjoin(Call, Call.edition_id == Submission.edition_id)
            .outerjoin(SubmissionType, SubmissionType.id == Submission.type_id)
            .options(contains_eager(Submission.track), joinedload(Submission.authors), joinedload(Submission.files))
            .where(Submission.edition_id == edition_id, Submission.number == number, visible_to(standing))
        )
        .unique()
        .one_or_none()
    )
    if row is None:
        return None
    found, call, kind = tuple[Submission, Call | None, SubmissionType | None](row)
    return found, call or Call.blank(edition_id), kind


@dataclass(frozen=True, slots=True)
class Counts:
    """How many submissions an edition has: by state, and by track without drafts and what was withdrawn."""

    by_state: dict[State, int]
    by_track: dict[int | None, int]

    @property
    def submitted(self) -> int:
        """All that came in and was not withdrawn."""
        return sum(self.by_track.values())

    @property
    def drafts(self) -> int:
        return self.by_state.get(State.DRAFT, 0)


def is_anything_submitted(session: Session, edition_id: int) -> bool:
    """True once any author has submitted, whatever became of it."""
    found = select(Submission.id).where(Submission.edition_id == edition_id, Submission.submitted_at.is_not(None))
    return session.execute(found.limit(1)).first() is not None


def counts(session: Session, edition_id: int, standing: Standing | None = None) -> Counts:
    """Numbers for the desk in one query; with a standing only of what that person may see there, drafts excepted."""
    seen = [] if standing is None else [or_(Submission.state == State.DRAFT, visible_to(standing))]
    rows = session.execute(
        select(Submission.state, Submission.track_id, func.count(Submission.id))
        .where(Submission.edition_id == edition_id, *seen)
        .group_by(Submission.state, Submission.track_id)
    )
    by_state: Counter[State] = Counter()
    by_track: Counter[int | None] = Counter()
    for state, track_id, number in rows:
        by_state[state] += number
        if state not in (State.DRAFT, State.WITHDRAWN):
            by_track[track_id] += number
    return Counts(dict(by_state), dict(by_track))


def per_day(session: Session, edition_id: int, standing: Standing, zone: str) -> dict[date, int]:
    """How many abstracts of those this person may see at the desk were first submitted on which day in that zone.

    Days on which none was are left out.
    """
    moments = session.scalars(
        select(Submission.submitted_at).where(
            Submission.edition_id == edition_id, Submission.submitted_at.is_not(None), visible_to(standing)
        )
    )
    place = ZoneInfo(zone)
    return dict(sorted(Counter(at.astimezone(place).date() for at in moments if at is not None).items()))


@dataclass(frozen=True, slots=True)
class DeclarationTotals:
    """Sums of what was declared with what came in: never of one person. `eligible` is (yes, all) by track."""

    all: int
    wants_grant: int
    willing_to_review: int
    eligible: dict[int | None, tuple[int, int]]


def declaration_totals(session: Session, edition_id: int, standing: Standing) -> DeclarationTotals:
    """Sums over what that person may see at the desk; `rules.shown_total` says which of them may be read."""
    is_in = Submission.state.not_in((State.DRAFT, State.WITHDRAWN))
    # Added up here: what was declared is sealed, so SQL cannot.
    rows = session.execute(
        select(Submission.track_id, Declaration.is_eligible, Declaration.wants_grant, Declaration.willing_to_review)
        .join(Declaration, Declaration.submission_id == Submission.id)
        .where(Submission.edition_id == edition_id, is_in, visible_to(standing))
    ).all()
    asked, declared = Counter(row.track_id for row in rows), Counter(row.track_id for row in rows if row.is_eligible)
    return DeclarationTotals(
        all=len(rows),
        wants_grant=sum(row.wants_grant for row in rows),
        willing_to_review=sum(row.willing_to_review for row in rows),
        eligible={track_id: (declared[track_id], asked[track_id]) for track_id in asked},
    )


# -- for other packages -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody is in a submission: its state, and whether they present it."""

    submission_id: int
    number: int
    title: str
    state: State
    is_presenter: bool


def submission_states_of(session: Session, edition_id: int, person_id: int) -> Sequence[Part]:
    """A person's parts in an edition's submissions, drafts left out; presenting is computed, never asked.

    Who submitted is an author only if the list of authors says so.
    """
    presents = exists().where(
        Author.submission_id == Submission.id, Author.person_id == person_id, Author.is_presenter.is_(True)
    )
    rows = session.execute(
        select(Submission.id, Submission.number, Submission.title, Submission.state, presents)
        .where(Submission.edition_id == edition_id, Submission.state != State.DRAFT, own(person_id))
        .order_by(Submission.number)
    )
    return [Part(*row) for row in rows]


def accepted(session: Session, edition_id: int) -> Sequence[Submission]:
    """What is accepted or confirmed, with track, authors and their people, for programme and public pages."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(
            contains_eager(Submission.track),
            selectinload(Submission.authors).options(joinedload(Author.person)),
        )
        .where(Submission.edition_id == edition_id, Submission.state.in_(ON_PROGRAMME))
        .order_by(Submission.number)
    ).all()


def people(session: Session, ids: Collection[int]) -> dict[int, Person]:
    """These people, by id, without those who deleted their account."""
    rows = session.scalars(select(Person).where(Person.id.in_(ids), Person.erased_at.is_(None))) if ids else ()
    return {person.id: person for person in rows}


def find_row_at_desk(
    session: Session, edition_id: int, standing: Standing, number: int, *, lock: bool = False
) -> Submission | None:
    """A submission a chair may see, with track."""
    query = (
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(Submission.edition_id == edition_id, Submission.number == number, visible_to(standing))
    )
    if lock:
        query = query.with_for_update(of=Submission).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def number_of(session: Session, submission_id: int | None, edition_id: int, standing: Standing) -> int | None:
    """The number of a submission, if this chair may see it."""
    if submission_id is None:
        return None
    return session.execute(
        select(Submission.number).where(
            Submission.id == submission_id, Submission.edition_id == edition_id, visible_to(standing)
        )
    ).scalar_one_or_none()


def by_numbers(
    session: Session, edition_id: int, standing: Standing, numbers: Collection[int]
) -> dict[int, Submission]:
    """Submissions a chair may see, by number, locked."""
    rows = session.scalars(
        select(Submission)
        .where(Submission.edition_id == edition_id, Submission.number.in_(numbers), visible_to(standing))
        .order_by(Submission.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.number: row for row in rows}


# -- history ------------------------------------------------------------------------------------------------------


def history(session: Session, submission_id: int, actions: Collection[str], most: int) -> list[AuditEntry]:
    """What happened to a submission, the newest first: those actions only."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == "submission", AuditEntry.subject_id == submission_id)
            .where(AuditEntry.action.in_(actions))
            .order_by(AuditEntry.id.desc())
            .limit(most)
        )
    )


STILL_HOPING = (State.SUBMITTED, State.WAITLISTED, State.ACCEPTED, State.CONFIRMED)


def authors_hoping(session: Session, edition_id: int) -> Sequence[Author]:
    """Everybody named on a work that waits for its decision or was accepted, with their account if they have one."""
    return session.scalars(
        select(Author)
        .join(Submission, Submission.id == Author.submission_id)
        .options(joinedload(Author.person))
        .where(Submission.edition_id == edition_id, Submission.state.in_(STILL_HOPING))
        .order_by(Submission.number, Author.position)
    ).all()
