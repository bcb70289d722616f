"""What follows from a step somebody is about to take with their registration, said before it is done.

Higher packages add what only they know:

    consequences.register(40, attending.consequences)

with `def consequences(uow: UnitOfWork, edition: Edition, person_id: int, step: Step) -> Sequence[str]`, each a whole
sentence or two, called in order of the number; each may cost two queries. What then happens they do by event
(`LeftTheRoom`, `RegistrationCancelled`).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.registrations.rules import Place
from workshop_manager.registrations.states import Mode
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Step:
    """From what somebody holds to what they would hold."""

    before: Place
    after: Place
    kinds: Mapping[int, RegistrationKind]

    def _is_in_room(self, kind_id: int | None) -> bool:
        return kind_id is not None and self.kinds[kind_id].mode is Mode.IN_PERSON

    @property
    def ends(self) -> bool:
        """They would take no part any more."""
        return self.after.wish is None

    @property
    def leaves_room(self) -> bool:
        """They are in the room and would not be, at once or as soon as the seat they wait for is theirs."""
        return self._is_in_room(self.before.seat) and not self._is_in_room(self.after.wish)

    @property
    def left_room(self) -> bool:
        """They had a seat in the room, and have one elsewhere: not a wish any more, but so."""
        return self._is_in_room(self.before.seat) and not self._is_in_room(self.after.seat or self.before.seat)

    @property
    def waits(self) -> bool:
        """Nothing happens yet: they keep their seat until the other one is theirs."""
        return self.after.seat == self.before.seat and self.after.wish != self.after.seat

    @property
    def asks(self) -> bool:
        """They would ask for a kind that needs an organiser's yes."""
        return self.after.asks is not None


Consequences = Callable[[UnitOfWork, Edition, int, Step], Sequence[str]]
_known: list[tuple[int, Consequences]] = []


def register(order: int, consequences: Consequences) -> None:
    """Add what one package knows; the same function twice counts once."""
    if all(one != consequences for _order, one in _known):
        _known.append((order, consequences))
        _known.sort(key=lambda entry: entry[0])


def of(uow: UnitOfWork, edition: Edition, person_id: int, step: Step) -> list[str]:
    """What the other packages say follows from that step."""
    return [sentence for _order, one in _known for sentence in one(uow, edition, person_id, step)]


def digest(step: Step, sentences: Sequence[str]) -> str:
    """Names what was shown, so that nobody agrees to something that reads differently by now."""
    said = "\x00".join((repr(step.after), *sentences))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:20]
