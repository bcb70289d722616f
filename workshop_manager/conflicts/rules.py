"""Who must not judge which work; plain values, no database. `queries.py` says the same in SQL."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from workshop_manager.conflicts.states import KeyKind, Why
from workshop_manager.submissions.states import State

Key = tuple[KeyKind, str]

SAME_PERSON = frozenset({KeyKind.ADDRESS})
SAME_PLACE = {KeyKind.DOMAIN: Why.DOMAIN, KeyKind.AFFILIATION: Why.AFFILIATION}
CAN_BE_WAIVED = frozenset({Why.NAMED, Why.COAUTHOR, Why.DOMAIN, Why.AFFILIATION})
"""What was found by comparing, or said by others: another chair may know better. One's own work and one's own word
stay; whoever declared something by mistake has it lifted instead."""
ORDER = tuple(Why)
CAN_BE_NAMED = frozenset({State.DRAFT, State.SUBMITTED})
"""Authors name whom they would rather not have until the decision is out."""
MOST_STATEMENTS = 60
MOST_NAMED = 20
LASTS = 3
"""For so many years after its last year a stated relation still counts."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Somebody who might judge: their keys, whom they wrote with, and whom they said they should not judge."""

    person_id: int
    keys: frozenset[Key] = frozenset()
    fellow_ids: frozenset[int] = frozenset()
    fellow_addresses: frozenset[str] = frozenset()
    stated: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Work:
    """Whose work it is: ids and keys of its authors (those of their accounts too), and who is kept from it."""

    submitter_id: int | None
    author_ids: frozenset[int] = frozenset()
    keys: frozenset[Key] = frozenset()
    declared: frozenset[int] = frozenset()
    named: frozenset[Key] = frozenset()
    waived: frozenset[int] = field(default=frozenset())


def found(judge: Judge, work: Work) -> tuple[Why, ...]:
    """Every reason why this person should not judge this work, the strongest first; waivers are not asked.

    An author's address counts before anybody confirmed it: it is better to lose a reviewer than to let one judge
    their own work.
    """
    addresses = {key for kind, key in work.keys if kind is KeyKind.ADDRESS}
    reasons = {
        Why.OWN: judge.person_id == work.submitter_id,
        Why.AUTHOR: judge.person_id in work.author_ids,
        Why.ADDRESS: _same(judge.keys, work.keys, KeyKind.ADDRESS),
        Why.DECLARED: judge.person_id in work.declared,
        Why.STATED: bool(judge.stated & work.keys),
        Why.NAMED: bool(judge.keys & work.named),
        Why.COAUTHOR: bool(judge.fellow_ids & work.author_ids or judge.fellow_addresses & addresses),
        Why.DOMAIN: _same(judge.keys, work.keys, KeyKind.DOMAIN),
        Why.AFFILIATION: _same(judge.keys, work.keys, KeyKind.AFFILIATION),
    }
    return tuple(why for why in ORDER if reasons[why])


def _same(one: Iterable[Key], other: frozenset[Key], kind: KeyKind) -> bool:
    return any(key in other for key in one if key[0] is kind)


def conflict_of(judge: Judge, work: Work) -> Why | None:
    """The strongest reason that keeps this person from this work; None if none does, or another chair waived it."""
    waived = judge.person_id in work.waived
    return next((why for why in found(judge, work) if not (waived and why in CAN_BE_WAIVED)), None)


def counts_until(last_year: int | None) -> datetime | None:
    """Editions that begin at that moment or later are no longer concerned; None: it goes on."""
    return None if last_year is None else datetime(last_year + LASTS + 1, 1, 1, tzinfo=UTC)


def still_counts(until: datetime | None, edition_starts_at: datetime) -> bool:
    """True while a stated relation keeps somebody from works of that edition."""
    return until is None or edition_starts_at < until


def may_waive(why: Iterable[Why], *, by_oneself: bool) -> bool:
    """Another chair waives what was only found by comparing, and only if nothing stronger stands beside it."""
    reasons = tuple(why)
    return bool(reasons) and not by_oneself and all(one in CAN_BE_WAIVED for one in reasons)
