"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from workshop_manager.mail.models import OutboxMail
from workshop_manager.proceedings.content import Wanted
from workshop_manager.proceedings.models import (
    Asked,
    Book,
    BookBytes,
    CameraBytes,
    CameraFile,
    CameraReady,
    PosterNumber,
    RightsWording,
)
from workshop_manager.proceedings.rules import Given, asked_of, fits, owed
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.queries import own, visible_to
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import Visibility

# -- what is asked --------------------------------------------------------------------------------------------------


def asked(session: Session, edition_id: int) -> Asked | None:
    """What that edition asks for, or None if nothing is asked yet."""
    return session.get(Asked, edition_id)


def wanted(row: Asked | None) -> Wanted:
    """The settings as plain values; the usual ones where there are none yet."""
    if row is None:
        return Wanted()
    return Wanted(**{name: getattr(row, name) for name in Wanted.__slots__})


def wording(session: Session, edition_id: int, version: int | None) -> str:
    """The rights statement in that version; "" for none."""
    found = session.get(RightsWording, (edition_id, version)) if version else None
    return found.text if found is not None else ""


# -- one work -------------------------------------------------------------------------------------------------------


def find_own(
    session: Session, edition_id: int, number: int, person_id: int, *, lock: bool = False
) -> Submission | None:
    """A person's accepted work by its number, with authors; locked for a change."""
    query = (
        select(Submission)
        .options(joinedload(Submission.authors))
        .where(Submission.edition_id == edition_id, Submission.number == number)
        .where(Submission.state.in_(ON_PROGRAMME), own(person_id))
    )
    if lock:
        query = query.with_for_update(of=Submission).execution_options(populate_existing=True)
    return session.execute(query).unique().scalar_one_or_none()


def find_at_desk(
    session: Session, edition_id: int, standing: Standing, number: int, *, lock: bool = False
) -> Submission | None:
    """An accepted work by its number for the chairs, with authors and track; none hidden from that chair."""
    query = (
        select(Submission)
        .options(selectinload(Submission.authors), joinedload(Submission.track))
        .where(Submission.edition_id == edition_id, Submission.number == number)
        .where(Submission.state.in_(ON_PROGRAMME), visible_to(standing))
    )
    if lock:
        query = query.with_for_update(of=Submission).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def camera_ready(session: Session, submission_id: int) -> CameraReady | None:
    """What was handed in of a work, with its files (not their bytes), in one query."""
    query = select(CameraReady).options(joinedload(CameraReady.files)).where(CameraReady.submission_id == submission_id)
    return session.execute(query).unique().scalar_one_or_none()


def find_file(session: Session, submission_id: int, item: Item, version: int) -> tuple[CameraFile, CameraBytes] | None:
    """One version of a file with its bytes."""
    row = session.execute(
        select(CameraFile, CameraBytes)
        .join(CameraBytes, CameraBytes.file_id == CameraFile.id)
        .where(CameraFile.submission_id == submission_id, CameraFile.item == item, CameraFile.version == version)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def given(row: CameraReady | None) -> Given:
    """What there is of a work; needs `files`."""
    if row is None:
        return Given()
    return Given(
        files=frozenset(file.item for file in row.files),
        slides_url=row.slides_url or "",
        video_url=row.video_url or "",
        is_confirmed=row.details_at is not None,
        rights_version=row.rights_version,
    )


def only_of(session: Session, person_id: int) -> Sequence[CameraReady]:
    """What was handed in of works of that person in which nobody else has an account."""
    others = exists().where(
        Author.submission_id == Submission.id, Author.person_id.is_not(None), Author.person_id != person_id
    )
    handed_in_by_other = and_(Submission.submitter_id.is_not(None), Submission.submitter_id != person_id)
    return session.scalars(
        select(CameraReady)
        .join(Submission, Submission.id == CameraReady.submission_id)
        .options(selectinload(CameraReady.files))
        .where(own(person_id), not_(others), not_(handed_in_by_other))
    ).all()


# -- who owes what --------------------------------------------------------------------------------------------------


def _has_file(item: Item) -> ColumnElement[bool]:
    return exists().where(CameraFile.submission_id == Submission.id, CameraFile.item == item)


def _is_there(item: Item, newest_wording: int) -> ColumnElement[bool]:
    """As `rules.is_there`; of an outer join with CameraReady."""
    if item is Item.SLIDES:
        return or_(_has_file(item), func.coalesce(CameraReady.slides_url, "") != "")
    if item is Item.VIDEO:
        return func.coalesce(CameraReady.video_url, "") != ""
    if item is Item.RIGHTS:
        return func.coalesce(CameraReady.rights_version, 0) == newest_wording
    if item is Item.DETAILS:
        return CameraReady.details_at.is_not(None)
    return _has_file(item)


def owes(item: Item, asks: Wanted, newest_wording: int) -> ColumnElement[bool]:
    """Works that must hand that in and did not; agrees with `rules.owed`."""
    outcomes = [outcome for outcome in Outcome if fits(item, outcome)]
    if asks.ask(item) is not Ask.MUST or (item is Item.RIGHTS and not newest_wording):
        return false()
    is_asked = Submission.outcome.in_(outcomes) if len(outcomes) < len(Outcome) else true()
    return and_(is_asked, not_(_is_there(item, newest_wording)))


@dataclass(frozen=True, slots=True)
class Filter:
    """What the board is narrowed to: `owing` or `complete` works, one thing owed, a track, words of the title."""

    show: str = ""
    item: Item | None = None
    track_id: int | None = None
    text: str = ""


def _narrowed(asked_for: Filter, asks: Wanted, newest: int) -> list[ColumnElement[bool]]:
    owes_any = or_(*(owes(item, asks, newest) for item in Item))
    found: list[ColumnElement[bool]] = []
    if asked_for.item is not None:
        found.append(owes(asked_for.item, asks, newest))
    elif asked_for.show:
        found.append(owes_any if asked_for.show == "owing" else not_(owes_any))
    if asked_for.track_id is not None:
        found.append(Submission.track_id == asked_for.track_id)
    if asked_for.text:
        found.append(func.lower(Submission.title).contains(asked_for.text.lower(), autoescape=True))
    return found


def _accepted(edition_id: int, seen: ColumnElement[bool]) -> Select[Submission]:
    return (
        select(Submission)
        .outerjoin(CameraReady, CameraReady.submission_id == Submission.id)
        .where(Submission.edition_id == edition_id, Submission.state.in_(ON_PROGRAMME), seen)
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many works there are, owe something, owe each thing."""

    all: int
    owing: int
    by_item: dict[Item, int]

    @property
    def complete(self) -> int:
        return self.all - self.owing


def counts(session: Session, edition_id: int, standing: Standing, asks: Wanted, newest: int) -> Counts:
    """Of everything accepted that this chair may see (one query)."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    owed = [owes(item, asks, newest) for item in Item]
    columns = [func.count(Submission.id), number(or_(*owed)), *(number(one) for one in owed)]
    row = session.execute(
        _accepted(edition_id, visible_to(standing)).with_only_columns(*columns, maintain_column_froms=True)
    ).one()
    return Counts(int(row[0]), int(row[1]), {item: int(row[2 + place]) for place, item in enumerate(Item)})


def count_board(
    session: Session, edition_id: int, standing: Standing, asked_for: Filter, asks: Wanted, newest: int
) -> int:
    """How many rows the narrowed board has."""
    query = _accepted(edition_id, visible_to(standing)).where(*_narrowed(asked_for, asks, newest))
    counted = query.with_only_columns(func.count(Submission.id), maintain_column_froms=True)
    return int(session.execute(counted).scalar_one())


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A work on the board with what it handed in and its poster number."""

    submission: Submission
    camera: CameraReady | None
    poster: int | None


def board(
    session: Session,
    edition_id: int,
    seen: ColumnElement[bool],
    asked_for: Filter,
    asks: Wanted,
    newest: int,
    *,
    offset: int = 0,
    most: int | None = None,
) -> Sequence[OnBoard]:
    """A stretch of the board by number, with tracks, authors and files (three queries)."""
    rows = session.execute(
        _accepted(edition_id, seen)
        .outerjoin(Submission.track)
        .outerjoin(PosterNumber, PosterNumber.submission_id == Submission.id)
        .options(contains_eager(Submission.track), selectinload(Submission.authors))
        .add_columns(CameraReady, PosterNumber.number)
        .options(selectinload(CameraReady.files))
        .where(*_narrowed(asked_for, asks, newest))
        .order_by(Submission.number)
        .offset(offset)
        .limit(most)
    )
    return [OnBoard(*row) for row in rows]


def owing(session: Session, edition_id: int, seen: ColumnElement[bool], asks: Wanted, newest: int) -> Sequence[OnBoard]:
    """Everything that owes something, by number; for reminders."""
    return board(session, edition_id, seen, Filter(show="owing"), asks, newest)


def owed_by(row: OnBoard, asks: Wanted, newest: int) -> tuple[Item, ...]:
    """What a work on the board owes."""
    return owed(asked_of(asks, row.submission.outcome, has_wording=newest > 0), given(row.camera), newest)


def own_accepted(session: Session, person_id: int) -> Sequence[tuple[Submission, Edition, Asked, CameraReady | None]]:
    """A person's accepted works in editions that ask for camera-ready versions, with community and files."""
    rows = session.execute(
        select(Submission, Edition, Asked, CameraReady)
        .join(Edition, Edition.id == Submission.edition_id)
        .join(Edition.community)
        .join(Asked, Asked.edition_id == Edition.id)
        .outerjoin(CameraReady, CameraReady.submission_id == Submission.id)
        .options(contains_eager(Edition.community), joinedload(CameraReady.files))
        .where(Submission.state.in_(ON_PROGRAMME), own(person_id))
        .order_by(Submission.id.desc())
        .limit(100)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows.unique()]


# -- posters --------------------------------------------------------------------------------------------------------


def poster_numbers(session: Session, edition_id: int) -> dict[int, int]:
    """Every poster number of that edition, by submission."""
    rows = session.execute(
        select(PosterNumber.submission_id, PosterNumber.number).where(PosterNumber.edition_id == edition_id)
    )
    return {row[0]: row[1] for row in rows}


def published_numbers(session: Session, edition_id: int) -> dict[int, int]:
    """As `poster_numbers`, but none before they are published."""
    is_out = exists().where(Asked.edition_id == edition_id, Asked.numbers_published_at.is_not(None))
    rows = session.execute(
        select(PosterNumber.submission_id, PosterNumber.number).where(PosterNumber.edition_id == edition_id, is_out)
    )
    return {row[0]: row[1] for row in rows}


def posters(session: Session, edition_id: int, outcomes: Collection[Outcome]) -> Sequence[Submission]:
    """Accepted works that hang on a board, by number, with track and authors."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors))
        .where(Submission.edition_id == edition_id, Submission.state.in_(ON_PROGRAMME))
        .where(Submission.outcome.in_(outcomes))
        .order_by(Submission.number)
    ).all()


def visible_ids(session: Session, edition_id: int, standing: Standing) -> set[int]:
    """The accepted works that this chair may see."""
    return set(
        session.scalars(
            select(Submission.id).where(
                Submission.edition_id == edition_id, Submission.state.in_(ON_PROGRAMME), visible_to(standing)
            )
        )
    )


def count_accepted(session: Session, edition_id: int) -> int:
    """How many works are accepted, listed or not."""
    counted = select(func.count()).where(Submission.edition_id == edition_id, Submission.state.in_(ON_PROGRAMME))
    return int(session.execute(counted).scalar_one())


# -- the book -------------------------------------------------------------------------------------------------------


def book(session: Session, edition_id: int) -> Book | None:
    """The edition's book, published or not, without its bytes."""
    return session.get(Book, edition_id)


def book_bytes(session: Session, edition_id: int) -> bytes:
    """The PDF as it was made last; b"" if there is none."""
    found = session.execute(select(BookBytes.body).where(BookBytes.edition_id == edition_id)).scalar_one_or_none()
    return found or b""


def published_books(session: Session) -> Sequence[tuple[Book, Edition]]:
    """Every book that is out, with its edition and community; for the job that keeps them true."""
    rows = session.execute(
        select(Book, Edition)
        .join(Edition, Edition.id == Book.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Book.published_at.is_not(None), Edition.visibility == Visibility.PUBLIC)
        .order_by(Book.edition_id)
    )
    return [(row[0], row[1]) for row in rows]


def programme(session: Session, edition_id: int, seen: ColumnElement[bool] | None = None) -> Sequence[Submission]:
    """What is accepted, by track and number, with track, authors and their people; `seen` narrows it."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors).options(joinedload(Author.person)))
        .where(Submission.edition_id == edition_id, Submission.state.in_(ON_PROGRAMME))
        .where(seen if seen is not None else true())
        .order_by(Track.position.is_(None), Track.position, Submission.number)
    ).all()


def published_book(session: Session, edition_id: int) -> tuple[Book, Edition] | None:
    """The book of that edition if it is out, locked, with edition and community."""
    row = session.execute(
        select(Book, Edition)
        .join(Edition, Edition.id == Book.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Book.edition_id == edition_id, Book.published_at.is_not(None))
        .with_for_update(of=Book)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def public_links(session: Session, edition_id: int) -> dict[int, tuple[str, str]]:
    """The links to slides and video of accepted works, by submission number."""
    rows = session.execute(
        select(Submission.number, CameraReady.slides_url, CameraReady.video_url)
        .join(CameraReady, CameraReady.submission_id == Submission.id)
        .where(Submission.edition_id == edition_id, Submission.state.in_(ON_PROGRAMME))
        .where(or_(CameraReady.slides_url.is_not(None), CameraReady.video_url.is_not(None)))
    )
    return {row[0]: (row[1] or "", row[2] or "") for row in rows}


# -- to take along --------------------------------------------------------------------------------------------------


def newest_files(session: Session, edition_id: int, standing: Standing, item: Item) -> Sequence[tuple[int, int]]:
    """The newest version of that file of every accepted work this chair may see: (number, id), by number."""
    newest = (
        select(CameraFile.submission_id, func.max(CameraFile.version).label("version"))
        .where(CameraFile.item == item)
        .group_by(CameraFile.submission_id)
        .subquery()
    )
    rows = session.execute(
        select(Submission.number, CameraFile.id)
        .join(newest, newest.c.submission_id == Submission.id)
        .join(CameraFile, and_(CameraFile.submission_id == Submission.id, CameraFile.version == newest.c.version))
        .where(CameraFile.item == item, Submission.edition_id == edition_id)
        .where(Submission.state.in_(ON_PROGRAMME), visible_to(standing))
        .order_by(Submission.number)
    )
    return [(row[0], row[1]) for row in rows]


def bodies(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """The bytes of these files, one at a time."""
    for file_id in ids:
        found = session.execute(select(CameraBytes.body).where(CameraBytes.file_id == file_id)).scalar_one_or_none()
        if found is not None:
            yield file_id, found


def mails_of_wave(
    session: Session, edition_id: int, seen: ColumnElement[bool], wave: int
) -> Sequence[tuple[Submission, OutboxMail]]:
    """The mails of a wave of reminders with the works they are about (one query)."""
    if not wave:
        return []
    begins = literal("camera-ready-reminder:") + cast(Submission.id, String) + literal(f":{wave}:")
    rows = session.execute(
        select(Submission, OutboxMail)
        .join(OutboxMail, OutboxMail.about == literal("submission:") + cast(Submission.id, String))
        .where(Submission.edition_id == edition_id, seen, OutboxMail.edition_id == edition_id)
        .where(OutboxMail.key.startswith(begins))
        .order_by(Submission.number, OutboxMail.id)
    )
    return [(row[0], row[1]) for row in rows]
