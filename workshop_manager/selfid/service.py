"""Asking who comes, and answering it.

All answers of an edition are written anew whenever one changes: sealed afresh, in the order of their names, in one
transaction. So neither the order of rows, nor the number of the transaction that PostgreSQL keeps with each, nor a
comparison of two backups says which of them is of whoever was there just then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import insert

from workshop_manager.core.apart import Vault
from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.service import noted
from workshop_manager.selfid import queries, rules
from workshop_manager.selfid.models import SelfIdAnswer, SelfIdForm, SelfIdQuestion
from workshop_manager.selfid.rules import MAY_ASK, Replies
from workshop_manager.selfid.states import Stage
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Stale, acting_person, require


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as organisers write it."""

    text: str
    options: tuple[str, ...]
    is_multiple: bool = False
    takes_own_words: bool = True


@dataclass(frozen=True, slots=True)
class Content:
    """What is asked, what for, and until when it is kept."""

    purpose: str
    purge_on: date | None
    questions: tuple[Asked, ...]


def today(uow: UnitOfWork, zone: str) -> date:
    """The day it is where the edition is."""
    return uow.now.astimezone(ZoneInfo(zone)).date()


# -- the organisers -----------------------------------------------------------------------------------------------


def save(uow: UnitOfWork, edition: Edition, content: Content, version: int) -> SelfIdForm:
    """Keep what shall be asked. From asking on it stays as it is. Raises Stale if somebody else saved meanwhile."""
    require(uow, edition, MAY_ASK)
    row = queries.form(uow.session, edition.id, lock=True)
    if version != (row.version if row is not None else 0):
        raise Stale(str(_("This changed while you had it open. Nothing of yours is saved yet.")))
    if row is None:
        row = SelfIdForm(edition_id=edition.id, version=0, stage=Stage.DRAFT, questions=[], totals={}, gone=0)
        uow.session.add(row)
    elif row.stage is not Stage.DRAFT:
        raise Conflict(str(_("People have been asked this already: it stays as it was put to them.")))
    row.purpose, row.purge_on, row.version = content.purpose, content.purge_on, row.version + 1
    row.questions = [
        SelfIdQuestion(
            position=place,
            text=one.text,
            options=list(one.options),
            is_multiple=one.is_multiple,
            takes_own_words=one.takes_own_words,
        )
        for place, one in enumerate(content.questions)
    ]
    uow.session.flush()
    record(uow, "self-identification worded", "edition", edition.id, edition_id=edition.id)
    return row


def begin(uow: UnitOfWork, edition: Edition) -> None:
    """Ask everybody who takes part. Refused while something is missing."""
    row = _form(uow, edition)
    vault_of(uow)
    if row.stage not in (Stage.DRAFT, Stage.CLOSED):
        raise Conflict(str(_("This is being asked already, or was deleted on its day.")))
    words = {
        "purpose": _("Say what you ask for."),
        "purge_on": _("Name a day to come on which the answers are deleted."),
        "questions": _("Write at least one question."),
    }
    if lacks := rules.missing(row.purpose, row.purge_on, row.questions, today(uow, edition.time_zone)):
        raise Conflict(" ".join(str(words[name]) for name in lacks))
    row.stage = Stage.ASKING
    row.version += 1
    record(uow, "self-identification asked", "edition", edition.id, edition_id=edition.id)


def end(uow: UnitOfWork, edition: Edition) -> None:
    """Ask nobody any more. What was answered stays until its day, and its people can change and delete it."""
    row = _form(uow, edition)
    if row.stage is not Stage.ASKING:
        raise Conflict(str(_("This is not being asked just now.")))
    row.stage = Stage.CLOSED
    row.version += 1
    record(uow, "self-identification closed", "edition", edition.id, edition_id=edition.id)


def discard(uow: UnitOfWork, edition: Edition) -> None:
    """Delete all answers and totals, and begin anew with a draft of the same questions."""
    row = _form(uow, edition)
    if row.stage is Stage.DRAFT:
        raise Conflict(str(_("Nobody has been asked yet.")))
    queries.remove_all(uow.session, edition.id)
    row.stage, row.totals, row.counted_on, row.gone = Stage.DRAFT, {}, None, 0
    row.version += 1
    uow.session.flush()
    record(uow, "self-identification discarded", "edition", edition.id, edition_id=edition.id)


def _form(uow: UnitOfWork, edition: Edition) -> SelfIdForm:
    require(uow, edition, MAY_ASK)
    row = queries.form(uow.session, edition.id, lock=True)
    if row is None:
        raise NotFound
    return row


def vault_of(uow: UnitOfWork) -> Vault:
    """What finds and opens answers. Conflict where the site has no key for them."""
    vault = uow.database.vault
    if vault is None:
        raise Conflict(str(_("This site has no key for such answers yet: whoever runs it sets selfid.key.")))
    return vault


# -- a person -----------------------------------------------------------------------------------------------------


def own(uow: UnitOfWork, edition_id: int, person_id: int) -> dict[int, rules.Reply] | None:
    """What this person answered; None if nothing is stored."""
    if uow.database.vault is None:
        return None
    vault = uow.database.vault
    content = queries.content_of(uow.session, vault.names(edition_id, person_id))
    return rules.read(vault.open(content)[0]["now"]) if content is not None else None


def may_answer(uow: UnitOfWork, edition: Edition, row: SelfIdForm | None) -> bool:
    """Whether the acting person can answer, or change what they answered."""
    if row is None or uow.database.vault is None:
        return False
    person = acting_person(uow)
    return rules.may_answer(
        row.stage,
        takes_part=queries.takes_part(uow.session, edition.id, person.id),
        has_answered=own(uow, edition.id, person.id) is not None,
    )


def answer(uow: UnitOfWork, edition: Edition, replies: Replies) -> None:
    """Keep what the acting person says; with nothing said, nothing is kept."""
    person = acting_person(uow)
    vault = vault_of(uow)
    row = queries.form(uow.session, edition.id, lock=True)
    if row is None or not may_answer(uow, edition, row):
        raise Conflict(str(_("This is asked of those who take part, while the organisers ask it.")))
    asked = {one.id: one for one in row.questions}
    for number, reply in replies.items():
        one = asked.get(number)
        if one is None or not rules.fits(
            reply, len(one.options), is_multiple=one.is_multiple, takes_own_words=one.takes_own_words
        ):
            raise Conflict(str(_("That is no answer to this question. Load the page anew.")))
    every = _opened(uow, vault, edition.id)
    said = rules.written(replies)
    counted = _take_out(every, vault.names(edition.id, person.id))
    if said:
        every[vault.name(edition.id, person.id)] = Said(said, counted)
    elif counted is not None:
        row.gone += 1
    _write(uow, vault, edition.id, every)


def forget(uow: UnitOfWork, edition_id: int, person_id: int) -> bool:
    """Delete what this person answered; True if there was something."""
    vault = uow.database.vault
    row = queries.form(uow.session, edition_id, lock=True) if vault is not None else None
    if vault is None or row is None:
        return False
    names = vault.names(edition_id, person_id)
    if queries.content_of(uow.session, names) is None:
        return False
    every = _opened(uow, vault, edition_id)
    row.gone += _take_out(every, names) is not None
    _write(uow, vault, edition_id, every)
    return True


def forget_person(uow: UnitOfWork, person_id: int) -> None:
    """Somebody deletes their account: what they said goes, in every edition."""
    for edition_id in queries.with_answers(uow.session):
        forget(uow, edition_id, person_id)


def hand_over(uow: UnitOfWork, into_id: int, gone_id: int) -> None:
    """Two accounts become one: what the one that stays said holds, else what the other said."""
    vault = uow.database.vault
    if vault is None:
        return
    for edition_id in queries.with_answers(uow.session):
        theirs = vault.names(edition_id, gone_id)
        if queries.content_of(uow.session, vault.names(edition_id, into_id)) is not None:
            forget(uow, edition_id, gone_id)
        elif queries.content_of(uow.session, theirs) is not None:
            queries.form(uow.session, edition_id, lock=True)
            every = _opened(uow, vault, edition_id)
            found = next(name for name in theirs if name in every)
            every[vault.name(edition_id, into_id)] = replace(every.pop(found), by=0)
            _write(uow, vault, edition_id, every)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says now, what the totals count of it, and by which key it was named and is sealed."""

    now: dict[str, Any]
    counted: dict[str, Any] | None
    by: int = 0


def _opened(uow: UnitOfWork, vault: Vault, edition_id: int) -> dict[str, Said]:
    found = {}
    for name, content in queries.answers(uow.session, edition_id):
        value, by = vault.open(content)
        found[name] = Said(value["now"], value["counted"], by)
    return found


def _take_out(every: dict[str, Said], names: list[str]) -> dict[str, Any] | None:
    """Remove it under any of these names; gives what the totals count of it, if they do."""
    counted = None
    for name in names:
        if name in every:
            counted = every.pop(name).counted
    return counted


def _write(uow: UnitOfWork, vault: Vault, edition_id: int, every: Mapping[str, Said]) -> None:
    queries.remove_all(uow.session, edition_id)
    rows = []
    for name in sorted(every):
        one = every[name]
        content = vault.seal({"now": one.now, "counted": one.counted}, one.by)
        rows.append({"name": name, "edition_id": edition_id, "content": content})
    if rows:
        uow.session.execute(insert(SelfIdAnswer), rows)
    uow.session.flush()


def rename(uow: UnitOfWork, vault: Vault, edition_id: int, newest: Mapping[str, str]) -> None:
    """Write all answers of an edition under the names that `newest` gives for theirs, sealed with the newest key."""
    every = _opened(uow, vault, edition_id)
    _write(uow, vault, edition_id, {newest.get(name, name): replace(each, by=0) for name, each in every.items()})


# -- the worker ---------------------------------------------------------------------------------------------------


def count_and_purge(database: Database, clock: Clock) -> None:
    """A job: make totals anew where they may be, and delete answers whose day has come. An edition a transaction."""
    with unit_of_work(database, clock, writing=False) as uow:
        editions = list(queries.kept(uow.session))
    for edition_id, zone in editions:
        with unit_of_work(database, clock) as uow:
            row = queries.form(uow.session, edition_id, lock=True)
            if row is None:
                continue
            day = today(uow, zone)
            if uow.database.vault is not None:
                _count(uow, uow.database.vault, row, day)
            if rules.is_due(row.purge_on, row.stage, day):
                purge(uow, row)


def _count(uow: UnitOfWork, vault: Vault, row: SelfIdForm, day: date) -> None:
    number = queries.count(uow.session, row.edition_id)
    # The same without opening anything: most times there is nothing to do.
    if not rules.may_count(day, row.counted_on, number, number, row.gone):
        return
    every = _opened(uow, vault, row.edition_id)
    fresh = sum(each.now != each.counted for each in every.values())
    if not rules.may_count(day, row.counted_on, number, fresh, row.gone):
        return
    replies = [rules.read(each.now) for each in every.values()]
    row.totals = {
        str(one.id): rules.total([each.get(one.id, rules.Reply()) for each in replies], is_multiple=one.is_multiple)
        for one in row.questions
    }
    row.counted_on, row.gone = day, 0
    _write(uow, vault, row.edition_id, {name: replace(each, counted=each.now) for name, each in every.items()})


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """For the page about what is kept: the day, and no number, which would move with each answer."""
    row = queries.form(uow.session, edition.id)
    if row is None or row.stage not in (Stage.ASKING, Stage.CLOSED):
        return ()
    return (Kept("self-identification", str(_("Who people say they are")), None, on=row.purge_on),)


def purge(uow: UnitOfWork, row: SelfIdForm) -> None:
    """Delete the answers of an edition; the totals stay."""
    number = rules.down(queries.count(uow.session, row.edition_id))
    noted(uow, row.edition_id, "self-identification", str(_("Who people say they are, at least so many")), number)
    queries.remove_all(uow.session, row.edition_id)
    row.stage, row.gone = Stage.PURGED, 0
    row.version += 1
    uow.session.flush()
    record(uow, "self-identification purged", "edition", row.edition_id, edition_id=row.edition_id)
