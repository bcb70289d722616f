"""Refusals of this package and of those that give its money."""

from workshop_manager.core.errors import Conflict


class FieldConflict(Conflict):
    """A refusal that belongs beside one field of a form."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Stale(Conflict):
    """Somebody saved a newer version in between; nothing was changed."""


class Overdrawn(Conflict):
    """An act that would promise more than a fund holds; nothing of it was done."""
