"""The book of abstracts and the bibliography: what they hold just now, and the versions that were published.

What the public reads follows what the public may see: before stored bytes are given out, the digest of what they were
made from is compared with that of the present. So a name that somebody takes back is gone with the next look, and the
job only makes the new version once instead of at each look.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Session

from workshop_manager.core import audit
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.proceedings import bibtex, printing, queries, rules
from workshop_manager.proceedings.book import Facts, Labels, Work, digest, document
from workshop_manager.proceedings.models import Book, BookBytes
from workshop_manager.proceedings.printing import Printed
from workshop_manager.proceedings.words import poster_label
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import is_listed, public_authors
from workshop_manager.submissions.words import outcome_name, title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import Mode

JOB = "renew-books"
LANGUAGE = "en"
"""Of our own words in the book: it is one book, whoever opens it."""
MOST_KEPT = 4

log = structlog.get_logger("workshop_manager.proceedings")


@dataclass(frozen=True, slots=True)
class Made:
    """A book as data, before it is printed."""

    works: tuple[Work, ...]
    document: dict[str, object]
    digest: str
    number: int


def next_number(session: Session, edition_id: int) -> int:
    """The number of the version that would be made next."""
    row = queries.book(session, edition_id)
    return (row.number if row is not None else 0) + 1


def work_of(submission: Submission, poster: int | None) -> Work:
    """A work as everybody may see it; needs track, and authors with their people."""
    marks = [outcome_name(submission.outcome)] if submission.outcome else []
    if poster is not None:
        marks.append(poster_label(poster))
    return Work(
        number=submission.number,
        title=title_of(submission.title),
        abstract=submission.abstract,
        track=submission.track.name if submission.track else "",
        marks=tuple(marks),
        authors=public_authors(submission),
    )


def made(session: Session, edition: Edition, number: int, seen: ColumnElement[bool] | None = None) -> Made:
    """What the book holds now: accepted works whose authors want them listed; `seen` narrows it (five queries)."""
    with force_locale(LANGUAGE):
        numbers = queries.published_numbers(session, edition.id)
        listed = [one for one in queries.programme(session, edition.id, seen) if is_listed(one)]
        works = tuple(work_of(one, numbers.get(one.id)) for one in listed)
        asked = queries.asked(session, edition.id)
        facts = facts_of(edition, asked.foreword if asked is not None else "")
        whole = document(facts, works, _labels(number))
    return Made(works, whole, digest(whole), number)


def _labels(number: int) -> Labels:
    return Labels(
        book=str(_("Book of abstracts")),
        version=str(_("Version %(number)s", number=number)),
        foreword=str(_("Welcome")),
        contents=str(_("Contents")),
        authors=str(_("Authors")),
        presents=str(_("● presents the work. The numbers are pages.")),
        anonymous=str(_("Anonymous")),
        other=str(_("Abstracts")),
    )


def facts_of(edition: Edition, foreword: str) -> Facts:
    """What the cover says of an edition."""
    zone = ZoneInfo(edition.time_zone)
    first, last = edition.starts_at.astimezone(zone).date(), edition.ends_at.astimezone(zone).date()
    days = str(format_date(first, "EEEE d MMMM y"))
    if last != first:
        days = str(_("%(first)s to %(last)s", first=days, last=format_date(last, "EEEE d MMMM y")))
    return Facts(
        community=edition.community.name,
        name=edition.name,
        tagline=edition.tagline,
        facts=tuple(line for line in (edition.host_event or "", days, _place(edition)) if line),
        foreword=foreword,
        accent=edition.accent_colour,
    )


def _place(edition: Edition) -> str:
    where = ", ".join(part for part in (edition.venue, edition.city) if part)
    if edition.mode is Mode.VIRTUAL or not where:
        return str(_("Online"))
    return str(_("%(place)s, and online", place=where)) if edition.mode is Mode.HYBRID else where


# -- what everybody reads -------------------------------------------------------------------------------------------

_kept: OrderedDict[tuple[str, int, datetime], Printed] = OrderedDict()
_keeping = threading.Lock()


def printed(book: Made, number: int, at: datetime) -> Printed:
    """The PDF of that data, from memory if this process printed it lately. Raises `printing.PressFailed`.

    `at` goes into the file as its date: one that never changes, so that the same book is the same bytes.
    """
    key = (book.digest, number, at)
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    done = printing.printed(book.document, at)
    with _keeping:
        _kept[key] = done
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return done


def public_pdf(session: Session, edition: Edition, book: Book) -> tuple[bytes, str]:
    """The published book as the public may see it at this moment, and a name for these bytes. Writes nothing."""
    now = made(session, edition, book.number)
    if now.digest == book.digest:
        return queries.book_bytes(session, edition.id), f"{book.digest[:32]}-{book.number}"
    number = book.number + 1
    newer = made(session, edition, number)
    return printed(newer, number, edition.created_at).pdf, f"{newer.digest[:32]}-{number}"


def bibliography(works: tuple[Work, ...], edition: Edition) -> str:
    """BibTeX of these works."""
    start = edition.starts_at.astimezone(ZoneInfo(edition.time_zone))
    year = "" if edition.slug.endswith(str(start.year)) else str(start.year)
    source = bibtex.Source(
        key="".join(sign for sign in f"{edition.community.slug}{edition.slug}{year}" if sign.isalnum()),
        booktitle=f"{edition.name}, {edition.host_event}" if edition.host_event else edition.name,
        year=start.year,
        month=start.month,
        address=edition.city or "",
        url=absolute("proceedings.public", **edition.slugs),
    )
    with force_locale(LANGUAGE):
        nameless = str(_("Anonymous"))
    entries = (
        bibtex.Entry(
            work.number,
            work.title,
            tuple(who.name or nameless for who in work.authors),
            work.abstract,
            ". ".join(work.marks),
        )
        for work in works
    )
    return bibtex.bibliography(entries, source)


# -- publishing -----------------------------------------------------------------------------------------------------


def _locked(uow: UnitOfWork, edition: Edition) -> Book:
    workshops.locked_edition(uow.session, edition.id)
    row = queries.book(uow.session, edition.id)
    if row is None:
        row = Book(edition_id=edition.id, number=0, digest="", pages=0, size=0, unprintable=[])
        uow.session.add(row)
        uow.session.flush()
    return row


def publish(uow: UnitOfWork, edition: Edition, seen: str) -> Book:
    """Give the book its public address. `seen` is the digest of what the chair looked at; Conflict if it changed."""
    require(uow, edition, rules.MAY_PROCEEDINGS)
    row = _locked(uow, edition)
    if row.published_at is not None:
        raise Conflict(str(_("The book is published already. It follows what you change by itself.")))
    now = made(uow.session, edition, row.number + 1)
    if not now.works:
        raise Conflict(str(_("Nothing is accepted and listed yet, so the book would be empty.")))
    if seen != now.digest:
        raise Conflict(str(_("Something in the book changed while you looked at it. Read it again, then publish it.")))
    row.published_at, row.published_by = uow.now, uow.actor.id if uow.actor else None
    store(uow, edition, row, now)
    audit.record(uow, "book published", "edition", edition.id, edition_id=edition.id, number=row.number)
    return row


def take_back(uow: UnitOfWork, edition: Edition) -> None:
    """Nobody can read the book any more; the next time it is published, it has a higher number."""
    require(uow, edition, rules.MAY_PROCEEDINGS)
    row = _locked(uow, edition)
    if row.published_at is None:
        raise Conflict(str(_("The book is not published.")))
    row.published_at = row.published_by = None
    row.digest = ""
    uow.session.execute(delete(BookBytes).where(BookBytes.edition_id == edition.id))
    audit.record(uow, "book taken back", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()


def store(uow: UnitOfWork, edition: Edition, row: Book, now: Made) -> None:
    """Print the next version and keep it. Raises Conflict with a sentence if it cannot be printed."""
    number = row.number + 1
    try:
        done = printed(now, number, edition.created_at)
    except printing.PressFailed as error:
        log.error("a book could not be printed", edition=edition.id, error=str(error))
        raise Conflict(str(_("The book could not be printed. Write to whoever runs this site."))) from error
    row.number, row.digest, row.made_at = number, now.digest, uow.now
    row.pages, row.size, row.unprintable = done.pages, len(done.pdf), list(done.unprintable)
    kept = uow.session.get(BookBytes, edition.id)
    if kept is None:
        uow.session.add(BookBytes(edition_id=edition.id, body=done.pdf))
    else:
        kept.body = done.pdf
    uow.session.flush()


def renew(database: Database, clock: Clock) -> None:
    """Make anew, with the next number, every published book that says something else than the public may see now."""
    with database.session(writing=False) as session:
        stale = [edition.id for row, edition in queries.published_books(session) if _is_stale(session, edition, row)]
    for edition_id in stale:
        with unit_of_work(database, clock) as uow:
            row, edition = queries.published_book(uow.session, edition_id) or (None, None)
            if row is None or edition is None:
                continue
            store(uow, edition, row, made(uow.session, edition, row.number + 1))
            audit.record(uow, "book renewed", "edition", edition.id, edition_id=edition.id, number=row.number)


def _is_stale(session: Session, edition: Edition, row: Book) -> bool:
    """Whether the stored book says something else. If so, it is printed here, where no transaction waits for it."""
    if made(session, edition, row.number).digest == row.digest:
        return False
    try:
        printed(made(session, edition, row.number + 1), row.number + 1, edition.created_at)
    except printing.PressFailed as error:
        log.error("a book could not be printed", edition=edition.id, error=str(error))
        return False
    return True
