"""Hidden kinds, and the access codes that open them. How codes work at all stands in `codes`."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.codes import service as codes
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries, rules
from workshop_manager.registrations.models import KindCode, KindCodeUse, RegistrationKind
from workshop_manager.registrations.rules import Place
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require

_WHAT = "registration code"
"""What it is called in the history."""


@dataclass(frozen=True, slots=True)
class CodeContent:
    """A code as organisers want it: for whom, which kind it opens, how often and until when."""

    label: str
    kind_id: int
    max_uses: int
    expires: Deadline | None = None


def visible(
    uow: UnitOfWork, edition: Edition, kinds: Iterable[RegistrationKind], person_id: int | None, place: Place
) -> list[RegistrationKind]:
    """Those of the kinds that are there for this person, who holds that; one query if any is hidden."""
    found = list(kinds)
    opened: frozenset[int] = frozenset()
    if person_id is not None and any(kind.is_hidden for kind in found):
        opened = queries.opened_kinds(uow.session, edition.id, person_id)
    return [kind for kind in found if rules.may_see(kind.is_hidden, kind.id, place, opened)]


def make(uow: UnitOfWork, edition: Edition, content: CodeContent) -> KindCode:
    """A new code, drawn at random."""
    require(uow, edition, MAY_SETTINGS)
    kind = next((one for one in queries.kinds(uow.session, edition.id) if one.id == content.kind_id), None)
    if kind is None:
        raise NotFound
    row = KindCode(kind_id=kind.id, kind=kind)
    codes.draw(
        uow, edition, row, label=content.label, max_uses=content.max_uses, expires=content.expires, what=_WHAT
    )  # fmt: skip
    return row


def revoke(uow: UnitOfWork, edition: Edition, code_id: int) -> None:
    """Let nobody else use it; to those who did, the kind stays open."""
    codes.revoke(uow, edition, queries.find_code(uow.session, edition.id, code_id), what=_WHAT)


def use(uow: UnitOfWork, edition: Edition, person: Person, typed: str) -> KindCode:
    """Open what the code opens to this person. Using it again changes nothing and counts once; raises Refused."""
    row = queries.code_by_hash(uow.session, edition.id, codes.hash_of(typed))
    codes.use(uow, edition, person, row, KindCodeUse, what=_WHAT)
    assert row is not None  # nothing was found: refused
    return row


def opened_text(row: KindCode) -> str:
    """What a code opened, in a sentence."""
    return str(_("The code is good: you can take part as “%(kind)s”.", kind=row.kind.name))
