"""Who must not judge which work; plain values, no database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interests:
    """Whose work a submission is: ids and addresses of submitter and authors, and who declared a conflict."""

    submitter_id: int | None
    author_ids: frozenset[int]
    author_addresses: frozenset[str]
    declared: frozenset[int]


def conflict_of(person_id: int, address: str, interests: Interests) -> str | None:
    """Why this person must not judge it: `own`, `author`, `address` or `declared`; None if they may.

    An author's address counts before anybody confirmed it: it is better to lose a reviewer than to let one judge
    their own work.
    """
    if person_id == interests.submitter_id:
        return "own"
    if person_id in interests.author_ids:
        return "author"
    if address.casefold() in interests.author_addresses:
        return "address"
    if person_id in interests.declared:
        return "declared"
    return None
