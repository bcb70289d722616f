"""How far an edition's questions about people are."""

import enum


class Stage(enum.Enum):
    DRAFT = "draft"
    ASKING = "asking"
    CLOSED = "closed"
    """Nobody is asked any more; who answered can still read, change and delete it."""
    PURGED = "purged"
    """The day has come: the answers are deleted, the totals stay."""
