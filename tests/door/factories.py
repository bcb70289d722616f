"""A door on its day, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.factories import client_for, join_team, make_edition, make_person
from tests.registrations.factories import make_kind, make_registration
from workshop_manager.door.service import Held, new_key
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.states import Role

BASE = "/musiml/2026/organise/door"


class Door:
    """An edition whose doors are open, with a kind in the room and one from afar, an owner and a helper."""

    def __init__(self, app: Any, work: Any, clock: Any) -> None:
        self.app, self.work, self.clock = app, work, clock
        self.start = clock.at = datetime(2026, 12, 11, 14, 30, tzinfo=UTC)
        with work() as uow:
            self.edition = make_edition(uow)
            self.room = make_kind(uow, self.edition, "In person", 100)
            self.afar = make_kind(uow, self.edition, "Virtual", None, Mode.VIRTUAL, position=1)
            self.owner, self.helper = make_person(uow, "Amina"), make_person(uow, "Bilal")
            join_team(uow, self.edition, self.owner, Role.OWNER)
            join_team(uow, self.edition, self.helper, Role.FRONT_DESK)
            self.desk, self.client = client_for(app, uow, self.owner), client_for(app, uow, self.helper)

    def guest(
        self, name: str = "Nur Aisyah", kind: Any = None, state: State = State.REGISTERED, **values: Any
    ) -> Registration:
        with self.work() as uow:
            return make_registration(
                uow, values.pop("edition", self.edition), kind or self.room, make_person(uow, name), state, **values
            )

    def held(self, row: Registration | None = None, minutes: int = 0, device: str = "Main door", **values: Any) -> Held:
        code = values.pop("code", row.ticket_code if row is not None else None)
        return Held(
            values.pop("key", new_key()), self.start + timedelta(minutes=minutes), code, device=device, **values
        )
