"""Any order of acts, compared step by step with a model of a few lines that knows no database."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import join_team, make_edition, make_person
from tests.registrations.factories import details, make_kind
from tests.registrations.invariants import check, line
from tests.shows import keeps, shows
from workshop_manager.core.errors import NotFound
from workshop_manager.registrations import queries, service
from workshop_manager.registrations.service import KindContent
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Taken
from workshop_manager.workshops.states import Role

ROOM, AFAR = 0, 1
PEOPLE = 5

_people = st.integers(0, PEOPLE - 1)
_kinds = st.sampled_from((ROOM, AFAR))
_step = st.one_of(
    st.tuples(st.just("register"), _people, _kinds, st.booleans()),
    st.tuples(st.just("register"), _people, st.just(ROOM), st.booleans()),
    st.tuples(st.just("cancel"), _people),
    st.tuples(st.just("resize"), _kinds, st.none() | st.integers(0, 4)),
)


@dataclass
class Model:
    """Seats and lines as sets and lists of people's numbers."""

    capacity: list[int | None]
    seats: list[set[int]] = field(default_factory=lambda: [set(), set()])
    lines: list[list[int]] = field(default_factory=lambda: [[], []])

    def is_full(self, kind: int) -> bool:
        capacity = self.capacity[kind]
        return capacity is not None and len(self.seats[kind]) >= capacity

    def seat_of(self, person: int) -> int | None:
        return next((kind for kind in (ROOM, AFAR) if person in self.seats[kind]), None)

    def leave_lines(self, person: int, but: int | None = None) -> None:
        for kind in (ROOM, AFAR):
            if kind != but and person in self.lines[kind]:
                self.lines[kind].remove(person)

    def sit(self, person: int, kind: int) -> None:
        for seats in self.seats:
            seats.discard(person)
        self.seats[kind].add(person)
        self.leave_lines(person)

    def register(self, person: int, kind: int, keep_virtual: bool) -> None:
        if self.seat_of(person) == kind:
            self.leave_lines(person)
        elif not self.is_full(kind):
            self.sit(person, kind)
        else:
            if self.seat_of(person) is None and keep_virtual and kind == ROOM and not self.is_full(AFAR):
                self.seats[AFAR].add(person)
            self.leave_lines(person, but=kind)
            if person not in self.lines[kind]:
                self.lines[kind].append(person)
        self.serve()

    def cancel(self, person: int) -> bool:
        if self.seat_of(person) is None and all(person not in waiting for waiting in self.lines):
            return False
        for seats in self.seats:
            seats.discard(person)
        self.leave_lines(person)
        self.serve()
        return True

    def resize(self, kind: int, capacity: int | None) -> bool:
        if capacity is not None and capacity < len(self.seats[kind]):
            return False
        self.capacity[kind] = capacity
        self.serve()
        return True

    def serve(self) -> None:
        """Whoever waits first gets what is free, until nothing is free that somebody waits for."""
        while True:
            kind = next((k for k in (ROOM, AFAR) if self.lines[k] and not self.is_full(k)), None)
            if kind is None:
                return
            self.sit(self.lines[kind][0], kind)


@keeps("X1")
@shows(
    "Registration",
    "In any order of acts no kind is oversold, nobody waits beside a free seat, and the order of the waitlist holds",
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(first=st.integers(0, 3), second=st.none() | st.integers(0, 2), steps=st.lists(_step, min_size=5, max_size=25))
def test_any_order_of_acts_does_what_the_model_does(
    work: Any, first: int, second: int | None, steps: list[tuple[Any, ...]]
) -> None:
    model = Model([first, second])
    with work() as uow:
        number = uow.session.query(Edition).count()
        edition = make_edition(uow, slug=f"e{number}")
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kinds = [
            make_kind(uow, edition, "In person", first, position=1),
            make_kind(uow, edition, "Virtual", second, Mode.VIRTUAL, position=2),
        ]
        people = [make_person(uow, f"Person {n}") for n in range(PEOPLE)]
    for act, *how in steps:
        if act == "register":
            who, kind, keep = how
            with work(people[who]) as uow:
                service.register(uow, edition, kinds[kind].id, details(), keep_virtual=keep)
            model.register(who, kind, keep)
        elif act == "cancel":
            assert _does(work, people[how[0]], lambda uow: service.cancel(uow, edition)) == model.cancel(how[0])
        else:
            kind, capacity = how
            content = KindContent(kinds[kind].name, kinds[kind].mode, capacity)
            resized = _does(work, owner, lambda uow, k=kind, c=content: service.edit_kind(uow, edition, kinds[k].id, c))
            assert resized == model.resize(kind, capacity)
        with work() as uow:
            _compare(uow, edition, kinds, people, model)


def _does(work: Any, person: Any, act: Any) -> bool:
    try:
        with work(person) as uow:
            act(uow)
    except (NotFound, Taken):
        return False
    return True


def _compare(uow: Any, edition: Any, kinds: list[Any], people: list[Any], model: Model) -> None:
    check(uow, edition.id)
    numbers = {person.id: number for number, person in enumerate(people)}
    rows = [queries.registration_of(uow.session, edition.id, person.id) for person in people]
    for place, kind in enumerate(kinds):
        seated = {
            numbers[row.person_id] for row in rows if row and row.state is State.REGISTERED and row.kind_id == kind.id
        }
        assert seated == model.seats[place]
        assert [numbers[person] for person in line(uow, kind.id)] == model.lines[place]
