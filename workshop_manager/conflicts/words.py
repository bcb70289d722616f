"""How conflicts of interest are said."""

from collections.abc import Iterable
from typing import Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.conflicts.queries import Reason
from workshop_manager.conflicts.states import ConflictKind, KeyKind, Why
from workshop_manager.core.text import isolated

CONFLICTS = {
    ConflictKind.COAUTHOR: _l("We write or wrote together"),
    ConflictKind.COLLEAGUE: _l("We work at the same place"),
    ConflictKind.ADVISOR: _l("One of us advised the other"),
    ConflictKind.PERSONAL: _l("We are close in private life"),
    ConflictKind.OTHER: _l("Another reason"),
}
"""What one can choose."""
KINDS = {**CONFLICTS, ConflictKind.MENTORING: _l("Reads its draft in the mentored round")}
"""What stands there."""


_REFUSALS = {
    Why.OWN: _l("%(name)s submitted #%(number)s."),
    Why.AUTHOR: _l("%(name)s is an author of #%(number)s."),
    Why.ADDRESS: _l("An author of #%(number)s has the address of %(name)s."),
    Why.DECLARED: _l("%(name)s declared a conflict of interest with #%(number)s."),
    Why.STATED: _l("%(name)s said that they should not judge an author of #%(number)s."),
    Why.NAMED: _l("The authors of #%(number)s asked that %(name)s does not judge it."),
    Why.COAUTHOR: _l("%(name)s wrote with an author of #%(number)s."),
    Why.DOMAIN: _l("%(name)s has an address at the same institution as an author of #%(number)s."),
    Why.AFFILIATION: _l("%(name)s has the affiliation of an author of #%(number)s."),
}
_REASONS = {
    Why.OWN: _l("submitted it"),
    Why.AUTHOR: _l("is an author"),
    Why.ADDRESS: _l("has the address of an author"),
    Why.DECLARED: _l("declared a conflict"),
    Why.STATED: _l("said they should not judge an author"),
    Why.NAMED: _l("was named by the authors"),
    Why.COAUTHOR: _l("wrote with an author"),
    Why.DOMAIN: _l("has an address at the same institution"),
    Why.AFFILIATION: _l("has the same affiliation"),
}


def conflict_sentence(why: Why, name: str, number: int) -> str:
    """Why somebody cannot be given a work; `why` is what `rules.conflict_of` says."""
    reason = str(_REFUSALS[why]) % {"name": isolated(name), "number": number}
    return str(_("%(reason)s Choose somebody else.", reason=reason))


def conflict_reason(why: Why) -> str:
    """`is an author`, beside a name that is on the page already."""
    return str(_REASONS[why])


_BY = {
    Why.STATED: _l("Said that they should not judge %(author)s"),
    Why.COAUTHOR: _l("Wrote with %(author)s, in this edition or another on this site"),
    Why.ADDRESS: _l("Has the address of %(author)s"),
    Why.AUTHOR: _l("Is an author, as %(author)s"),
    Why.DOMAIN: _l("Has an address at %(key)s, as %(author)s has"),
    Why.AFFILIATION: _l("Has the affiliation “%(key)s”, as %(author)s has"),
}
_ALONE = {
    Why.OWN: _l("Submitted it"),
    Why.DECLARED: _l("Declared a conflict of interest"),
    Why.NAMED: _l("Was named by the authors"),
}


class _Whom(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def relation(self) -> ConflictKind: ...


def reason_text(reason: Reason) -> str:
    """Why somebody is kept from a work, for those who may see its authors."""
    author = isolated(reason.author) if reason.author else str(_("an author"))
    text = _BY.get(reason.why) or _ALONE[reason.why]
    return str(text) % {"author": author, "key": isolated(reason.key or "")}


def whom_text(row: _Whom) -> str:
    """A person or an institution as somebody named them, with the relation."""
    who = " ".join(filter(None, (row.name, f"<{row.address}>" if row.name and row.address else row.address)))
    return str(_("%(who)s: %(relation)s", who=who, relation=relation_text(row.relation)))


_RELATION = {
    ConflictKind.COAUTHOR: _l("wrote together"),
    ConflictKind.COLLEAGUE: _l("work or worked at the same place"),
    ConflictKind.ADVISOR: _l("one advised the other"),
    ConflictKind.PERSONAL: _l("close in private life"),
    ConflictKind.OTHER: _l("another reason"),
    ConflictKind.MENTORING: _l("read a draft in the mentored round"),
}


def relation_text(kind: ConflictKind) -> str:
    """`one advised the other`, after a name."""
    return str(_RELATION[kind])


def years_text(first: int | None, last: int | None) -> str:
    """`2019 to 2023`, `since 2019`, `until 2023`, or nothing."""
    if first is not None and last is not None:
        return str(_("%(first)s to %(last)s", first=first, last=last))
    if first is not None:
        return str(_("since %(first)s", first=first))
    return str(_("until %(last)s", last=last)) if last is not None else ""


def known_texts(held: Iterable[tuple[KeyKind, str]]) -> list[str]:
    """What somebody is compared by, as far as it is about where they work."""
    texts = {KeyKind.DOMAIN: _l("addresses at %(key)s"), KeyKind.AFFILIATION: _l("the affiliation “%(key)s”")}
    return [str(texts[kind]) % {"key": key} for kind, key in held if kind in texts]
