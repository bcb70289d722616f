"""Any order of acts, compared step by step with a model that knows no database, no counters and no locks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.conftest import NOW
from tests.factories import join_team, make_edition, make_person
from tests.registrations.factories import details, make_kind
from tests.registrations.invariants import check, line
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.registrations import approval, bringing, groups, handing, queries, service, sharing, waitlist
from workshop_manager.registrations.service import KindContent
from workshop_manager.registrations.sharing import QuotaContent, ReserveContent
from workshop_manager.registrations.states import Group, Mode
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Taken
from workshop_manager.workshops.states import Role

ROOM, TALK, AFAR = KINDS = (0, 1, 2)
"""Two kinds that share a quota, and a virtual one that does not."""
SHARED = frozenset({ROOM, TALK})
PEOPLE = 6
HOURS = 48

_people, _kinds = st.integers(0, PEOPLE - 1), st.sampled_from(KINDS)


@dataclass
class Model:
    """Who holds, waits for and is offered what, by people's numbers; whether there is room is counted from nothing."""

    capacity: dict[int, int | None]
    shared: int
    now: datetime
    asks: bool = False
    kept: int = 0
    kept_until: datetime | None = None
    members: set[int] = field(default_factory=set)
    seat: dict[int, int] = field(default_factory=dict)
    line: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Kind and number."""
    requests: dict[int, int] = field(default_factory=dict)
    guarded: bool = False
    """The room's talks need approval."""
    offer: dict[int, datetime] = field(default_factory=dict)
    missed: dict[int, int] = field(default_factory=dict)
    numbers: int = 0
    places: dict[int, int | None] = field(default_factory=dict)
    """How many can wait, where there is a limit."""
    welcome: dict[int, tuple[int, int]] = field(default_factory=dict)
    """How many may come along with somebody who has a seat of that kind, and on seats of which kind."""
    guests: dict[int, list[int]] = field(default_factory=dict)
    """The seats of those who come along with somebody."""

    def may_wait(self, person: int, kind: int) -> bool:
        limit = self.places.get(kind)
        waiting = [one for one, (waits_for, _number) in self.line.items() if waits_for == kind]
        return person in waiting or limit is None or len(waiting) < limit

    def holds(self, person: int) -> set[int]:
        return {self.seat[person]} & set(KINDS) if person in self.seat else set()

    def occupies(self, person: int) -> set[int]:
        return self.holds(person) | ({self.line[person][0]} if person in self.offer else set())

    def inside(self, kinds: frozenset[int]) -> list[int | None]:
        """Who takes a seat of these kinds; guests are nobody."""
        guests = [None for seats in self.guests.values() for seat in seats if seat in kinds]
        return [*(person for person in range(PEOPLE) if self.occupies(person) & kinds), *guests]

    def sit(self, person: int, kind: int | None) -> None:
        """Another seat, or none: only those guests stay who may come along with it."""
        if person in self.seat and self.seat[person] != kind:
            most, seat = self.welcome.get(kind, (0, None))
            self.guests[person] = [one for one in self.guests.get(person, []) if one == seat][:most]
        if kind is None:
            self.seat.pop(person, None)
        else:
            self.seat[person] = kind

    def bring(self, person: int) -> bool:
        there = self.guests.setdefault(person, [])
        most, kind = self.welcome.get(self.seat.get(person), (0, None))
        if kind is None or len(there) >= most or not self.has_room(None, kind, is_guest=True):
            return False
        there.append(kind)
        return True

    def leave_at_home(self, person: int, which: int) -> bool:
        if which >= len(self.guests.get(person, [])):
            return False
        del self.guests[person][which]
        self.serve()
        return True

    def has_room(self, person: int | None, kind: int, *, is_guest: bool = False) -> bool:
        own, limit = self.inside(frozenset({kind})), self.capacity[kind]
        if (is_guest or person not in own) and limit is not None and len(own) >= limit:
            return False
        shared = self.inside(SHARED)
        if kind not in SHARED or (not is_guest and person in shared):
            return True
        for_members = max(0, self.kept - len(self.members & set(shared)))
        free = self.shared - len(shared)
        return free > for_members or (free > 0 and for_members > 0 and person in self.members)

    def queue_up(self, person: int, kind: int) -> None:
        self.numbers += 1
        self.line[person] = (kind, self.numbers)

    def leave_line(self, person: int) -> None:
        self.requests.pop(person, None)
        self.line.pop(person, None)
        self.offer.pop(person, None)

    def register(self, person: int, kind: int, keep_virtual: bool) -> bool:
        if person in self.offer and self.line[person][0] == kind:
            return True
        in_line = person in self.line and self.line[person][0] == kind
        if self.guarded and kind == TALK and self.seat.get(person) != kind and not in_line:
            self.ask_for(person, kind, keep_virtual)
        elif self.seat.get(person) == kind or self.has_room(person, kind):
            self.changed(person, kind)
            self.leave_line(person)
            self.sit(person, kind)
        elif not self.may_wait(person, kind):
            return False
        else:
            if person not in self.seat and keep_virtual and kind != AFAR and self.has_room(person, AFAR):
                self.seat[person] = AFAR
                self.missed.pop(person, None)
            if person not in self.line or self.line[person][0] != kind:
                self.leave_line(person)
                self.missed.pop(person, None)
                self.queue_up(person, kind)
        self.serve()
        return True

    def changed(self, person: int, kind: int) -> None:
        if self.seat.get(person) != kind or person in self.line or person in self.requests:
            self.missed.pop(person, None)

    def ask_for(self, person: int, kind: int, keep_virtual: bool) -> None:
        is_new = self.requests.get(person) != kind
        if person not in self.seat and keep_virtual and self.has_room(person, AFAR):
            self.seat[person], is_new = AFAR, True
        if is_new:
            self.leave_line(person)
            self.missed.pop(person, None)
        self.requests[person] = kind

    def decide(self, person: int, yes: bool) -> bool:
        if person not in self.requests:
            return False
        kind = self.requests[person]
        if yes and not self.has_room(person, kind) and not self.may_wait(person, kind):
            return True
        del self.requests[person]
        self.missed.pop(person, None)
        if yes and self.has_room(person, kind):
            self.sit(person, kind)
        elif yes:
            self.queue_up(person, kind)
        self.serve()
        return True

    def cancel(self, person: int) -> bool:
        if person not in self.seat and person not in self.line and person not in self.requests:
            return False
        self.sit(person, None)
        self.leave_line(person)
        self.missed.pop(person, None)
        self.serve()
        return True

    def pass_on(self, person: int, other: int) -> bool:
        kind = self.seat.get(person)
        if kind is None or person == other or self.seat.get(other) == kind:
            return False
        held = self.seat.pop(person), self.line.pop(person, None), self.offer.pop(person, None)
        if not self.has_room(other, kind):
            self.seat[person] = held[0]
            if held[1] is not None:
                self.line[person] = held[1]
            if held[2] is not None:
                self.offer[person] = held[2]
            return False
        self.guests.pop(person, None)
        for one in (person, other):
            self.leave_line(one)
            self.missed.pop(one, None)
        self.sit(other, kind)
        self.serve()
        return True

    def answer(self, person: int, takes: bool) -> str:
        if person not in self.offer:
            return "too late" if self.missed.get(person) else "never asked"
        if takes:
            self.sit(person, self.line[person][0])
        self.leave_line(person)
        self.missed.pop(person, None)
        self.serve()
        return "done"

    def pass_time(self, to: datetime) -> None:
        self.now = to
        if self.kept_until is not None and self.now > self.kept_until:
            self.kept, self.kept_until = 0, None
        late = sorted((p for p in self.offer if self.now > self.offer[p]), key=lambda p: self.line[p][1])
        for person in late:
            kind = self.line[person][0]
            self.leave_line(person)
            self.missed[person] = self.missed.get(person, 0) + 1
            if self.missed[person] < 2:
                self.queue_up(person, kind)
        self.serve()

    def serve(self) -> None:
        """Whoever waits longest of those for whom there is room gets it, until there is none for anybody who waits."""
        while True:
            waiting = sorted((n, p, k) for p, (k, n) in self.line.items() if p not in self.offer)
            found = next(((p, k) for _n, p, k in waiting if self.has_room(p, k)), None)
            if found is None:
                return
            person, kind = found
            if self.asks:
                self.offer[person] = self.now + timedelta(hours=HOURS)
            else:
                self.leave_line(person)
                self.missed.pop(person, None)
                self.sit(person, kind)


class Machine(RuleBasedStateMachine):
    """Drives the verbs and the model side by side."""

    def __init__(self, app: Any, work: Any, clock: Any, database: Any, monkeypatch: Any) -> None:
        super().__init__()
        self.app, self.work, self.clock, self.database = app, work, clock, database
        monkeypatch.setitem(groups._members, Group.GRANTEES, self._members)

    def _members(self, _edition_id: int) -> Any:
        return select(Person.id).where(Person.id.in_([self.people[number].id for number in self.model.members]))

    @initialize(
        room=st.integers(0, 6), talk=st.none() | st.integers(0, 3), afar=st.none() | st.integers(0, 4),
        shared=st.integers(0, 8), asks=st.booleans(),
    )  # fmt: skip
    def open(self, room: int, talk: int | None, afar: int | None, shared: int, asks: bool) -> None:
        self.clock.at = NOW
        self.model = Model({ROOM: room, TALK: talk, AFAR: afar}, shared, self.clock.at)
        with self.work() as uow:
            self.edition = make_edition(uow, slug=f"e{uow.session.query(Edition).count()}")
            self.owner = make_person(uow)
            join_team(uow, self.edition, self.owner, Role.OWNER)
            self.kinds = [
                make_kind(uow, self.edition, "In person", room, position=1),
                make_kind(uow, self.edition, "Talk", talk, position=2),
                make_kind(uow, self.edition, "Virtual", afar, Mode.VIRTUAL, position=3),
            ]
            self.people = [make_person(uow, f"Person {number}") for number in range(PEOPLE)]
        with self.work(self.owner) as uow:
            self.quota = sharing.add_quota(uow, self.edition, self._quota(shared)).id
        self.ask(asks)
        self.welcome_guests(ROOM, 2, ROOM)
        self.welcome_guests(AFAR, 1, AFAR)

    def _quota(self, seats: int) -> QuotaContent:
        return QuotaContent("The room", seats, frozenset(self.kinds[number].id for number in SHARED))

    def _does(self, person: Any, act: Any) -> bool:
        try:
            with self.work(person) as uow:
                act(uow)
        except (Conflict, NotFound, Taken):
            return False
        return True

    @rule(asks=st.booleans())
    def ask(self, asks: bool) -> None:
        with self.work(self.owner) as uow:
            hours = HOURS if asks else None
            service.save_settings(uow, self.edition, join_url=None, note="", offer_hours=hours)
        self.model.asks = asks

    @rule(person=_people, kind=_kinds, keep=st.booleans(), children=st.integers(0, 2))
    def register(self, person: int, kind: int, keep: bool, children: int) -> None:
        def act(uow: Any) -> None:
            service.register(uow, self.edition, self.kinds[kind].id, details(), keep_virtual=keep)

        assert self._does(self.people[person], act) == self.model.register(person, kind, keep)
        for _child in range(children):
            self.bring(person)

    @rule(kind=_kinds, places=st.none() | st.integers(0, 2))
    def limit_the_line(self, kind: int, places: int | None) -> None:
        self.model.places[kind] = places
        self._edit(kind)

    def _edit(self, kind: int) -> None:
        with self.work(self.owner) as uow:
            service.edit_kind(uow, self.edition, self.kinds[kind].id, self._content(kind, self.model.capacity[kind]))

    def _content(self, kind: int, capacity: int | None) -> KindContent:
        row, places = self.kinds[kind], self.model.places.get(kind)
        guarded = kind == TALK and self.model.guarded
        return KindContent(row.name, row.mode, capacity, needs_approval=guarded, line_places=places)

    @rule(person=_people, children=st.integers(0, 2))
    def want_the_room(self, person: int, children: int) -> None:
        self.register(person, ROOM, True, children)

    @rule(person=_people)
    def cancel(self, person: int) -> None:
        did = self._does(self.people[person], lambda uow: service.cancel(uow, self.edition))
        assert did == self.model.cancel(person)

    @rule(guarded=st.booleans())
    def guard(self, guarded: bool) -> None:
        self.model.guarded = guarded
        self._edit(TALK)

    @rule(person=_people)
    def want_to_talk(self, person: int) -> None:
        self.register(person, TALK, False, 0)

    @rule(person=_people, yes=st.booleans())
    def decide(self, person: int, yes: bool) -> None:
        with self.work() as uow:
            row = queries.registration_of(uow.session, self.edition.id, self.people[person].id)
            ids = [row.id] if row is not None else [0]
        with self.work(self.owner) as uow:
            foreseen = approval.foresee(uow, self.edition, ids)
            done = approval.decide(uow, self.edition, ids, yes=yes, word="A word.")
        assert (not done.gone) == self.model.decide(person, yes)
        if foreseen and yes:
            assert foreseen[0].is_stuck == bool(done.stuck)
        if foreseen and yes and not done.stuck:
            assert (foreseen[0].number is None) == bool(done.seated)

    @rule(person=_people, other=_people)
    def pass_on(self, person: int, other: int) -> None:
        def act(uow: Any) -> None:
            made = waitlist.enter(uow, self.edition)
            giver = queries.registration_of(uow.session, self.edition.id, self.people[person].id, lock=True)
            if giver is None:
                raise NotFound
            current = service.conduct_to_accept(self.edition)
            handing.hand_over(uow, self.edition, made, giver, self.people[other], "Somebody else", current)

        assert self._does(self.people[other], act) == self.model.pass_on(person, other)

    @rule(kind=st.sampled_from((ROOM, AFAR)), number=st.integers(1, 2), seat=_kinds)
    def welcome_guests(self, kind: int, number: int, seat: int) -> None:
        other = self.kinds[seat].id if seat != kind else None
        with self.work(self.owner) as uow:
            bringing.allow(uow, self.edition, self.kinds[kind].id, number, other)
        self.model.welcome[kind] = (number, seat)

    def bring(self, person: int) -> None:
        did = self._does(self.people[person], lambda uow: bringing.bring(uow, self.edition, "A child"))
        assert did == self.model.bring(person)

    @rule(person=_people, which=st.integers(0, 1))
    def leave_at_home(self, person: int, which: int) -> None:
        ids = [guest.id for guest in self._guests(person)][which : which + 1] or [0]
        did = self._does(self.people[person], lambda uow: bringing.leave_at_home(uow, self.edition, ids[0]))
        assert did == self.model.leave_at_home(person, which)

    def _guests(self, person: int) -> list[Any]:
        with self.work() as uow:
            row = queries.registration_of(uow.session, self.edition.id, self.people[person].id)
            return queries.guests_of(uow.session, row.id) if row is not None else []

    @rule(person=_people, takes=st.booleans())
    def answer(self, person: int, takes: bool) -> None:
        said: list[str] = []

        def act(uow: Any) -> None:
            what, _row = waitlist.answer(uow, self.edition, takes=takes)
            said.append("too late" if what is waitlist.Answer.TOO_LATE else "done")

        self._does(self.people[person], act)
        assert (said or ["never asked"]) == [self.model.answer(person, takes)]

    @rule(hours=st.sampled_from((1, HOURS, HOURS + 1)))
    def wait(self, hours: int) -> None:
        self.clock.at += timedelta(hours=hours)
        with self.app.app_context():
            waitlist.pass_on(self.database, self.clock)
        self.model.pass_time(self.clock.at)

    @rule(kind=_kinds, capacity=st.none() | st.integers(0, 4))
    def resize(self, kind: int, capacity: int | None) -> None:
        content, row = self._content(kind, capacity), self.kinds[kind]
        did = self._does(self.owner, lambda uow: service.edit_kind(uow, self.edition, row.id, content))
        assert did == (capacity is None or capacity >= len(self.model.inside(frozenset({kind}))))
        if did:
            self.model.capacity[kind] = capacity
            self.model.serve()

    @rule(seats=st.integers(0, 5))
    def share(self, seats: int) -> None:
        def act(uow: Any) -> None:
            version = queries.quotas(uow.session, self.edition.id)[0].version
            sharing.edit_quota(uow, self.edition, self.quota, self._quota(seats), version=version)

        did = self._does(self.owner, act)
        assert did == (seats >= len(self.model.inside(SHARED)))
        if did:
            self.model.shared = seats
            self.model.serve()

    @rule(seats=st.integers(1, 3), days=st.integers(1, 4))
    def keep(self, seats: int, days: int) -> None:
        until = self.clock.at + timedelta(days=days)
        content = ReserveContent(("quota", self.quota), Group.GRANTEES, seats, Deadline(until, "Africa/Accra"))
        with self.work(self.owner) as uow:
            sharing.keep(uow, self.edition, content)
        self.model.kept, self.model.kept_until = seats, until
        self.model.serve()

    @rule(person=_people)
    def join_or_leave_the_group(self, person: int) -> None:
        self.model.members ^= {person}
        with self.app.app_context():
            waitlist.pass_on(self.database, self.clock)
        with self.work(self.owner) as uow:
            waitlist.enter(uow, self.edition)
        self.model.serve()

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "kinds"):
            return
        with self.work() as uow:
            check(uow, self.edition.id)
            for number, person in enumerate(self.people):
                row = queries.registration_of(uow.session, self.edition.id, person.id)
                place = row.place if row is not None else None
                asks = self.model.requests.get(number)
                seat, waits = self.model.seat.get(number), self.model.line.get(number)
                assert (place.seat if place else None) == (self.kinds[seat].id if seat is not None else None)
                assert (place.line if place else None) == (self.kinds[waits[0]].id if waits else None)
                assert (place.asks if place else None) == (self.kinds[asks].id if asks is not None else None)
                assert (row.offer_until if row else None) == self.model.offer.get(number)
                guests = queries.guests_of(uow.session, row.id) if row else []
                assert [guest.kind_id for guest in guests] == [
                    self.kinds[seat].id for seat in self.model.guests.get(number, [])
                ]
            numbers = {person.id: number for number, person in enumerate(self.people)}
            for place_, kind in enumerate(self.kinds):
                mine = sorted((n, p) for p, (k, n) in self.model.line.items() if k == place_)
                assert [numbers[person] for person in line(uow, kind.id)] == [p for _n, p in mine]


@keeps("X1")
@shows(
    "Registration",
    "In any order of acts (register, approve, cancel, answer, let run out, resize, keep) no seat is lost or oversold",
)
def test_any_order_of_acts_does_what_the_model_does(
    app: Any, work: Any, clock: Any, database: Any, monkeypatch: Any
) -> None:
    run_state_machine_as_test(
        lambda: Machine(app, work, clock, database, monkeypatch),
        settings=settings(
            max_examples=10, stateful_step_count=20, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
