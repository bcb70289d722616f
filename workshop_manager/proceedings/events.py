"""What others may want to know of, told in the transaction in which it happens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FinalDetailsChanged:
    """Authors changed the title, the abstract or the names of an accepted work."""

    submission_id: int
    edition_id: int
