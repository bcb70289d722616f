"""Speakers of a released programme: the addresses of their pages, their order, and what they say about themselves."""

import secrets
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from flask_babel import gettext as _
from sqlalchemy import Row, Select, delete, func, select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.retention.keeping import Kept
from workshop_manager.schedule.models import Snapshot, SpeakerPage
from workshop_manager.schedule.programme import Item, Programme, Speaker, from_json
from workshop_manager.schedule.visibility import ANONYMOUS, name_key, speaker_key
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing

DETAILS = "speaker_details"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 8
_TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "mx", "sir", "dame"})


# -- addresses -------------------------------------------------------------------------------------------------------


def codes(uow: UnitOfWork, edition_id: int, programme: Programme) -> dict[str, str]:
    """The addresses of everybody whom a released programme names, by `speaker_key`; new people get new ones.

    Needs the edition locked (one query, and one for each who is new). Who made an account since keeps the address.
    """
    rows = uow.session.scalars(select(SpeakerPage).where(SpeakerPage.edition_id == edition_id)).all()
    by_key = {_row_key(row): row for row in rows}
    for who in dict.fromkeys(who for item in programme.items for who in item.people):
        key = speaker_key(who)
        if key in by_key:
            continue
        unclaimed = by_key.get(speaker_key(Speaker(who.name))) if who.person_key else None
        if unclaimed is not None:
            unclaimed.person_id, unclaimed.name_hash = _person_id(key), None
            by_key[key] = unclaimed
            continue
        row = SpeakerPage(edition_id=edition_id, code=_new_code())
        row.person_id, row.name_hash = (_person_id(key), None) if who.person_key else (None, key)
        uow.session.add(row)
        by_key[key] = row
    uow.session.flush()
    return {key: row.code for key, row in by_key.items()}


def _row_key(row: SpeakerPage) -> str:
    return f"p{row.person_id}" if row.person_id is not None else str(row.name_hash)


def _person_id(key: str) -> int:
    return int(key[1:])


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _place in range(_CODE_LENGTH))


def forget(uow: UnitOfWork, person_id: int, names: Collection[tuple[int, str]]) -> None:
    """An account is being deleted: its pages go, and those of the names it wrote under, as (edition id, `name_key`)."""
    uow.session.execute(delete(SpeakerPage).where(SpeakerPage.person_id == person_id))
    for edition_id, name in names:
        hashed = speaker_key(Speaker(name))
        uow.session.execute(
            delete(SpeakerPage).where(SpeakerPage.edition_id == edition_id, SpeakerPage.name_hash == hashed)
        )


# -- what is public ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A speaker as the list of them shows one; `code` None: without a page of their own."""

    name: str
    affiliation: str | None
    code: str | None
    items: tuple[Item, ...]


def sort_key(name: str) -> tuple[str, str]:
    """By the name as it is written, whatever its accents, case and titles in front: nobody's family name is guessed."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = plain.casefold().replace("’", "'").split()
    while len(words) > 1 and words[0].rstrip(".") in _TITLES:
        words.pop(0)
    return " ".join(word.strip(".,'\"()-") for word in words), name


@lru_cache(maxsize=64)
def listed(stored: bytes) -> tuple[Listed, ...]:
    """Everybody whom a public programme names, in order; found once while it stays the same.

    Two people of one name are two lines if each has a page.
    """
    found: dict[str, list[tuple[Speaker, Item]]] = {}
    programme = from_json(stored)
    for item in programme.items:
        for who in dict.fromkeys((*item.listed_speakers, *item.listed_chairs)):
            if who.name != ANONYMOUS:
                found.setdefault(who.code or f" {name_key(who.name)}", []).append((who, item))
    lines = [
        Listed(
            pairs[-1][0].name,
            next((who.affiliation for who, _item in pairs if who.affiliation), None),
            pairs[0][0].code,
            tuple(dict.fromkeys(item for _who, item in pairs if not item.cancelled)),
        )
        for pairs in found.values()
    ]
    return tuple(
        sorted((line for line in lines if line.items), key=lambda line: (sort_key(line.name), line.code or ""))
    )


def find(stored: bytes, code: str) -> Listed | None:
    """The speaker at that address, as the public programme names them now."""
    return next((line for line in listed(stored) if line.code == code), None)


def only(programme: Programme, items: Iterable[Item]) -> Programme:
    """A programme of these items alone, each in the room and track of what it stands in."""
    whole = list(items)
    uids = {item.uid for item in whole}
    cut = []
    for item in whole:
        if item.parent is not None and item.parent not in uids:
            around = programme.item(item.parent)
            track = item.track or (around.track if around is not None else None)
            item = replace(item, parent=None, room=programme.room_of(item), track=track)
        cut.append(item)
    return replace(programme, items=tuple(cut))


def public_page(session: Session, edition_id: int, code: str) -> Row[bytes, dict[str, str] | None] | None:
    """The public programme, and what the speaker at that address agreed to have shown, in one query."""
    return session.execute(
        select(Snapshot.programme, SpeakerPage.details)
        .outerjoin(
            SpeakerPage,
            (SpeakerPage.edition_id == Snapshot.edition_id)
            & (SpeakerPage.code == code)
            & SpeakerPage.shown_at.is_not(None),
        )
        .where(Snapshot.edition_id == edition_id)
    ).one_or_none()


# -- what they say about themselves ----------------------------------------------------------------------------------


def own_page(session: Session, edition_id: int, person_id: int, *, lock: bool = False) -> SpeakerPage | None:
    """The page of that person's account in this edition, if a release names them."""
    query = select(SpeakerPage).where(SpeakerPage.edition_id == edition_id, SpeakerPage.person_id == person_id)
    return session.scalars(_locked(query) if lock else query).one_or_none()


def desk_page(session: Session, edition_id: int, code: str, *, lock: bool = False) -> SpeakerPage | None:
    """The page at that address in this edition, whosever it is."""
    query = select(SpeakerPage).where(SpeakerPage.edition_id == edition_id, SpeakerPage.code == code)
    return session.scalars(_locked(query) if lock else query).one_or_none()


def _locked(query: Select[SpeakerPage]) -> Select[SpeakerPage]:
    return query.with_for_update().execution_options(populate_existing=True)


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody says about themselves; empty where they say nothing."""

    pronouns: str = ""
    biography: str = ""
    link: str = ""

    def kept(self) -> dict[str, str]:
        """As it is stored: only what is said."""
        said = {"pronouns": self.pronouns, "biography": self.biography, "link": self.link}
        return {name: value for name, value in said.items() if value}


def say(uow: UnitOfWork, edition: Edition, person: Person, details: Details, *, shown: bool, seen: int) -> None:
    """A speaker says something about themselves, and whether it is shown. `seen`: the version they changed."""
    row = own_page(uow.session, edition.id, person.id, lock=True)
    if row is None:
        raise NotFound
    _keep(uow, row, details, shown=shown, seen=seen)


def say_for(
    uow: UnitOfWork, edition: Edition, standing: Standing, code: str, details: Details, *, shown: bool, seen: int
) -> None:
    """Organisers write it for somebody without an account, who agreed. Who has one writes it themselves."""
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition write this for speakers.")))
    row = desk_page(uow.session, edition.id, code, lock=True)
    if row is None:
        raise NotFound
    if row.person_id is not None:
        raise Conflict(str(_("They have an account now, and write this themselves.")))
    _keep(uow, row, details, shown=shown, seen=seen)
    audit.record(uow, "speaker page written", "speaker page", row.id, edition_id=edition.id)


def _keep(uow: UnitOfWork, row: SpeakerPage, details: Details, *, shown: bool, seen: int) -> None:
    if row.version != seen:
        raise Conflict(str(_("This was changed in another window meanwhile. Load the page again to see what it says.")))
    kept = details.kept()
    row.details = kept
    row.shown_at = (row.shown_at or uow.now) if shown and kept else None
    row.version += 1
    uow.session.flush()


def said(row: SpeakerPage) -> Details:
    """What a page holds."""
    return Details(**(row.details or {}))


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """What speakers say about themselves stays as long as the programme, unless organisers choose a time."""
    number = uow.session.execute(
        select(func.count()).where(SpeakerPage.edition_id == edition.id, SpeakerPage.details.is_not(None))
    ).scalar_one()
    return (Kept(DETAILS, str(_("What speakers say about themselves in the programme")), number, None, _remove),)


def _remove(uow: UnitOfWork, edition: Edition) -> int:
    rows = uow.session.scalars(
        select(SpeakerPage).where(SpeakerPage.edition_id == edition.id, SpeakerPage.details.is_not(None))
    ).all()
    for row in rows:
        row.details, row.shown_at, row.version = {}, None, row.version + 1
    uow.session.flush()
    return len(rows)


def desk_rows(session: Session, edition_id: int) -> dict[str, SpeakerPage]:
    """Every page of the edition, by its address (one query)."""
    rows = session.scalars(select(SpeakerPage).where(SpeakerPage.edition_id == edition_id))
    return {row.code: row for row in rows}
