"""One person under two addresses: what one account holds becomes another's, in one transaction.

Every package says of each of its columns that name a person what becomes of it, in a `Part`; a test walks the tables
and finds any that nobody decided about. The account that ends stays as a row without a way in: its address leads to the
other one, until its owner lets it go.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import structlog
from flask_babel import gettext as _
from sqlalchemy import Column, delete, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from workshop_manager.accounts import emails, one_time, queries, sessions
from workshop_manager.accounts.events import AddressLetGo, AddressProven, ListingChanged
from workshop_manager.accounts.models import OneTimeToken, Person
from workshop_manager.accounts.queries import find_by_email, find_person, lock_person
from workshop_manager.accounts.rules import normalise_email
from workshop_manager.accounts.states import Purpose
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import hand_over_mails

log = structlog.get_logger("workshop_manager.security")
FILLED = ("legal_name", "pronouns", "affiliation", "country", "time_zone", "locale")
"""What the account that stays takes over where it says nothing itself."""

Afterwards = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """The account that stays and the one that ends in it."""

    into: Person
    gone: Person


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody reads before two accounts become one: what happens, and what stands in the way."""

    lines: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Changes when anything in it does, so that what was read is what is done."""
        return hashlib.sha256("\n".join((*self.lines, "", *self.refusals)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Held:
    """What becomes of one column that names a person."""

    column: Column[Any]
    one_per: tuple[Column[Any], ...] | None = None
    """An account has at most one row with the same values here; what the one that stays has, it keeps."""
    is_dropped: bool = False
    """The rows go with the account that ends."""
    is_by_hand: bool = False
    """The part's own `move` sees to it."""
    says: Callable[[int], str] | None = None
    """How many of these move, as a sentence's part: "3 reviews"."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one package has to say.

    `look` reads and says; `move` runs before any package's columns are moved, while everything is still as it was
    looked at, and may give back what is to run once all are.
    """

    name: str
    held: tuple[Held, ...]
    look: Callable[[UnitOfWork, Pair], Found] | None = None
    move: Callable[[UnitOfWork, Pair], Afterwards | None] | None = None


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Take a package's part; each once, in the order of the packages."""
    _parts[part.name] = part


def parts() -> Sequence[Part]:
    """All of them."""
    return list(_parts.values())


def _column(attribute: InstrumentedAttribute[Any]) -> Column[Any]:
    return cast(Column[Any], attribute.property.columns[0])


def moved(
    column: InstrumentedAttribute[Any],
    *one_per: InstrumentedAttribute[Any],
    says: Callable[[int], str] | None = None,
) -> Held:
    """It names the other account from now on. `one_per`: unless that has a row with the same values here already."""
    return Held(_column(column), tuple(_column(each) for each in one_per) or None, says=says)


def dropped(column: InstrumentedAttribute[Any]) -> Held:
    """Its rows go."""
    return Held(_column(column), is_dropped=True)


def by_hand(
    column: InstrumentedAttribute[Any],
    *one_per: InstrumentedAttribute[Any],
    says: Callable[[int], str] | None = None,
) -> Held:
    """The package's own `move` decides row by row."""
    return Held(_column(column), tuple(_column(each) for each in one_per) or None, is_by_hand=True, says=says)


# -- looking ------------------------------------------------------------------------------------------------------


def look(uow: UnitOfWork, pair: Pair) -> Found:
    """What would happen, and what stands in the way. Writes nothing."""
    lines: list[str] = []
    refusals = list(_of_the_accounts(pair))
    for part in parts():
        lines += _counted(uow, pair, part.held)
        if part.look is not None:
            found = part.look(uow, pair)
            lines += found.lines
            refusals += found.refusals
    return Found(tuple(lines), tuple(refusals))


def _of_the_accounts(pair: Pair) -> Iterable[str]:
    into, gone = pair.into, pair.gone
    if into.id == gone.id:
        yield str(_("That is this account already."))
    if not into.is_confirmed:
        yield str(_("Confirm the address of this account first: sign in once by a link we mail to it."))
    if gone.is_administrator and not into.is_administrator:
        yield str(_("The other account runs this site. Sign in with that one, and bring this one into it."))
    if gone.has_two_steps and not into.has_two_steps:
        yield str(
            _(
                "The other account asks for a second step, this one does not. Turn it on here first, so that nothing "
                "is guarded less than before."
            )
        )


def _counted(uow: UnitOfWork, pair: Pair, held: Iterable[Held]) -> Iterable[str]:
    for each in held:
        if each.says is None:
            continue
        rows = select(func.count()).select_from(each.column.table).where(each.column == pair.gone.id)
        if each.one_per is not None:
            rows = rows.where(~_beside(each, pair))
        if number := uow.session.execute(rows).scalar_one():
            yield each.says(number)


def _beside(held: Held, pair: Pair) -> Any:
    """The account that stays has such a row itself."""
    table = held.column.table
    other = table.alias()
    same = [other.c[each.name].is_not_distinct_from(each) for each in held.one_per or ()]
    return exists().where(other.c[held.column.name] == pair.into.id, *same)


# -- asking and doing ---------------------------------------------------------------------------------------------


def ask(uow: UnitOfWork, person: Person, email: str) -> None:
    """Mail a link to the other address; to one without an account, or one's own, none. The page answers alike."""
    address = normalise_email(email)
    other = find_by_email(uow.session, address)
    if other is not None and other.active and other.id != person.id and other.email == address:
        token = one_time.issue(uow, Purpose.MERGE, person_id=other.id, email=address, into=person.id)
        emails.merge_link(uow, other, token)
    audit.record(uow, "merging asked", "person", person.id)


def pair_of(uow: UnitOfWork, token: OneTimeToken, person: Person) -> Pair | None:
    """The two accounts a link is about; None if it was asked for by somebody else, or either has gone since."""
    gone = find_person(uow.session, token.person_id) if token.person_id else None
    if gone is None or not gone.active or gone.email != token.email or token.details.get("into") != person.id:
        return None
    return Pair(person, gone)


def is_open(token: OneTimeToken, pair: Pair) -> bool:
    """Whether the link alone is enough, or the other account's second step was taken with it."""
    return not pair.gone.has_two_steps or bool(token.details.get("stepped"))


def open_with_code(uow: UnitOfWork, token: OneTimeToken) -> None:
    """The other account's code was right: this link shows what would happen from now on."""
    token.details = token.details | {"stepped": True}
    uow.session.flush()


def merge(uow: UnitOfWork, pair: Pair, seen: str) -> None:
    """Make the two one. Both addresses are proven by now. Raises Conflict with nothing changed.

    `seen`: the digest of what was read before; if it would read otherwise by now, it is shown again.
    """
    pair = _locked(uow, pair)
    found = look(uow, pair)
    if found.refusals:
        raise Conflict(" ".join(found.refusals))
    if found.digest != seen:
        raise Conflict(str(_("Something changed in between. Read what would happen once more; nothing has yet.")))
    afterwards = [part.move(uow, pair) for part in parts() if part.move is not None]
    uow.session.flush()
    afterwards.append(_end(uow, pair))
    for held in (each for part in parts() for each in part.held):
        _carry(uow, pair, held)
    uow.session.expire_all()
    for run in filter(None, afterwards):
        run()
    audit.record(uow, "accounts merged", "person", pair.into.id, other=pair.gone.id)
    uow.session.flush()
    log.info("accounts merged", person=pair.into.id, other=pair.gone.id)


def _locked(uow: UnitOfWork, pair: Pair) -> Pair:
    """Both accounts, held: nobody signs in to either, writes in its name, or gives it anything until this is done."""
    for person_id in sorted((pair.into.id, pair.gone.id)):
        person = lock_person(uow.session, person_id)
        if person is None or not person.active:
            raise Conflict(str(_("One of the two accounts is closed by now. Nothing has changed.")))
    sessions.end_all(uow, pair.gone.id)
    queries.hold_sign_ins(uow.session, pair.into.id)
    return pair


def _end(uow: UnitOfWork, pair: Pair) -> Afterwards:
    """The other account ends here: nothing opens it, and its address leads to this one."""
    into, gone, address = pair.into, pair.gone, pair.gone.email
    one_time.hand_over_typed(uow, gone.id, into.id)
    one_time.forget_for(uow, gone.id, address)
    for name in FILLED:
        if not getattr(into, name):
            setattr(into, name, getattr(gone, name))
        if name != "affiliation":  # by it conflicts of interest are found still
            setattr(gone, name, None)
    gone.password = gone.fs_webauthn_user_handle = None
    gone.tf_primary_method = gone.tf_totp_secret = gone.totp_last_step = None
    gone.us_totp_secrets = gone.mf_recovery_codes = None
    gone.active, gone.is_administrator = False, False
    gone.merged_into_id = into.id
    into.version += 1
    uow.session.flush()

    def afterwards() -> None:
        hand_over_mails(uow, gone.id, into.id)
        uow.tell(AddressProven(into.id, address))
        uow.tell(ListingChanged(into.id))
        what = str(_("Your accounts of %(one)s and %(other)s are one now.", one=into.email, other=address))
        for each in (into.email, address):
            emails.notice(uow, into, what, address=each)

    return afterwards


def _carry(uow: UnitOfWork, pair: Pair, held: Held) -> None:
    """Move the rows of one column, or remove them."""
    if held.is_by_hand:
        return
    table, theirs = held.column.table, held.column == pair.gone.id
    if held.is_dropped:
        uow.session.execute(delete(table).where(theirs))
        return
    if held.one_per is not None:
        uow.session.execute(delete(table).where(theirs, _beside(held, pair)))
    uow.session.execute(update(table).where(theirs).values({held.column: pair.into.id}))


def let_go(uow: UnitOfWork, person: Person, gone_id: int) -> str | None:
    """The address of an account that ended in this one is free again; gives it, or None if there is none such."""
    gone = lock_person(uow.session, gone_id)
    if gone is None or gone.merged_into_id != person.id or is_let_go(gone):
        return None
    address = gone.email
    gone.email = f"merged-{gone.id}@merged.invalid"
    uow.session.flush()
    uow.tell(AddressLetGo(person.id, address))
    audit.record(uow, "address let go", "person", person.id)
    emails.notice(uow, person, str(_("The address %(address)s leads to your account no longer.", address=address)))
    return address


def is_let_go(gone: Person) -> bool:
    """True if its address is free already."""
    return gone.email.endswith("@merged.invalid")
