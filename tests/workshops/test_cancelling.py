"""An edition that is cancelled, and taken back: who is told, what ends, what is refused and what calendars say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_date, make_person, send
from tests.grants.factories import acting, make_committee, make_fund, make_offer
from tests.registrations.factories import details, make_kind, make_registration
from tests.schedule.factories import make_item, make_release
from tests.shows import keeps, shows
from tests.submissions.factories import make_call, make_submission
from tests.workshops.factories import make_team
from workshop_manager.calls.queries import plan_of
from workshop_manager.calls.rules import Phase, overall_phase
from workshop_manager.committee import reminding as recruiting
from workshop_manager.committee import service as recruiting_service
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.decisions import reminding
from workshop_manager.decisions import service as decisions
from workshop_manager.door import service as door
from workshop_manager.grants import service as grants
from workshop_manager.grants.states import State as GrantState
from workshop_manager.handover import service as handover
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations import waitlist
from workshop_manager.registrations.states import State
from workshop_manager.reviews import reminding as review_reminding
from workshop_manager.submissions import service as submissions
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops import cancelling
from workshop_manager.workshops.states import DateKey, Role

REASON = "The host conference lost its venue"


@pytest.fixture
def stage(uow):
    """An edition on which everything is going on at once."""
    return Going(uow)


class Going:
    """One person of each sort; Nur holds a seat and is an author as well."""

    def __init__(self, uow):
        self.uow = uow
        self.edition, self.owner = make_team(uow)
        make_call(uow, self.edition)
        make_date(uow, self.edition, DateKey.ABSTRACTS_DUE, uow.now + timedelta(days=9))
        make_date(uow, self.edition, DateKey.GRANTS_DUE, uow.now + timedelta(days=9))
        self.kind = make_kind(uow, self.edition, "In person", 2)
        self.nur, self.waits, self.offered = (make_person(uow, name) for name in ("Nur", "Wahyuni", "Omar"))
        self.grantee, self.stranger = make_person(uow, "Leila"), make_person(uow, "Sam")
        make_registration(uow, self.edition, self.kind, self.nur)
        self.line = make_registration(uow, self.edition, self.kind, self.offered, State.WAITLISTED, waits_for=self.kind)
        make_registration(uow, self.edition, self.kind, self.waits, State.WAITLISTED, waits_for=self.kind)
        with acting(uow, self.stranger):
            made = waitlist.enter(uow, self.edition)
        before = self.line.place
        self.line.offer_until = uow.now + timedelta(days=1)
        waitlist.move(uow, made, self.line, before, type(before)(before.seat, before.line, is_offered=True))
        make_submission(uow, self.edition, self.nur, WorkState.ACCEPTED)
        self.draft = make_submission(uow, self.edition, self.stranger, WorkState.DRAFT)
        self.fund = make_fund(uow, self.edition)
        self.application = make_offer(uow, self.edition, make_committee(uow, self.edition), self.fund, self.grantee)
        uow.session.flush()

    def cancel(self):
        with acting(self.uow, self.owner):
            return cancelling.cancel(self.uow, self.edition, REASON)

    @property
    def team(self):
        return {one.address for one in cancelling.team(self.uow, self.edition)}

    def mails(self, start="edition_cancelled"):
        keys = select(OutboxMail.to_address).where(OutboxMail.key.startswith(start))
        return sorted(self.uow.session.scalars(keys))


@shows("Registration", "A cancelled edition: everybody it concerns is told once, and told again if it is taken back")
def test_everybody_is_told_once_and_told_again_when_it_is_taken_back(stage) -> None:
    concerned = sorted([*stage.team, *(one.email for one in (stage.nur, stage.waits, stage.offered, stage.grantee))])
    assert stage.cancel() == len(concerned)
    assert stage.mails() == concerned
    with pytest.raises(Conflict):
        stage.cancel()
    with acting(stage.uow, stage.owner):
        assert cancelling.reinstate(stage.uow, stage.edition) == len(concerned)
        with pytest.raises(Conflict):
            cancelling.reinstate(stage.uow, stage.edition)
    assert stage.mails("edition_reinstated") == concerned
    assert stage.cancel() == len(concerned)
    assert len(stage.mails()) == 2 * len(concerned)


def test_whoever_was_asked_by_mail_to_take_a_seat_is_told_and_cannot_take_it(stage) -> None:
    with acting(stage.uow, stage.nur):
        handover.ask(stage.uow, stage.edition, "colleague@world.example.org")
    stage.cancel()
    assert "colleague@world.example.org" in stage.mails()
    with acting(stage.uow, stage.nur):
        handover.take_back(stage.uow, stage.edition)
        with pytest.raises(Conflict, match=REASON):
            handover.ask(stage.uow, stage.edition, "another@world.example.org")


def test_chairs_release_nothing_and_remind_nobody(stage) -> None:
    stage.cancel()
    join_team(stage.uow, stage.edition, stage.owner, Role.PROGRAMME_CHAIR)
    acts = (
        lambda: decisions.release(stage.uow, stage.edition),
        lambda: review_reminding.remind(stage.uow, stage.edition, "", seen=""),
        lambda: recruiting.remind(stage.uow, stage.edition),
        lambda: recruiting_service.invite(stage.uow, stage.edition, []),
    )
    for act in acts:
        with acting(stage.uow, stage.owner), pytest.raises(Conflict, match=REASON):
            act()


def test_only_an_owner_and_only_before_its_end(stage, clock) -> None:
    with acting(stage.uow, stage.nur), pytest.raises(NotFound):
        cancelling.cancel(stage.uow, stage.edition, REASON)
    stage.edition.starts_at = stage.uow.now - timedelta(days=3)
    stage.edition.ends_at = stage.uow.now - timedelta(days=2)
    stage.uow.session.flush()
    with pytest.raises(Conflict):
        stage.cancel()


@shows("Registration", "A cancelled edition: offers end, nobody moves up, nothing new is taken, and refusals say why")
def test_offers_end_and_nothing_begins(stage) -> None:
    uow, edition = stage.uow, stage.edition
    stage.cancel()
    assert not stage.line.place.is_offered
    assert stage.line.state is State.WAITLISTED
    assert stage.line.missed_offers == 0
    assert stage.application.state is GrantState.EXPIRED
    assert overall_phase(plan_of(uow.session, edition.id), uow.now) is Phase.CLOSED
    refused = [
        (stage.stranger, lambda: registrations.register(uow, edition, stage.kind.id, details())),
        (stage.offered, lambda: waitlist.answer(uow, edition, takes=True)),
        (stage.stranger, lambda: submissions.begin(uow, edition, "a-form")),
        (stage.stranger, lambda: submissions.submit(uow, edition, stage.draft, {})),
        (stage.grantee, lambda: grants.accept(uow, edition)),
        (stage.owner, lambda: door.check_in(uow, edition, door.Held(door.new_key(), uow.now, None, 1, ""))),
    ]
    for person, act in refused:
        with acting(uow, person), pytest.raises(Conflict, match=REASON):
            act()
    assert reminding.waiting_for(uow, edition, None) == []


def test_a_seat_can_be_given_up_and_nobody_moves_up_until_it_is_on_again(stage) -> None:
    stage.cancel()
    with acting(stage.uow, stage.nur):
        registrations.cancel(stage.uow, stage.edition)
    assert not stage.line.place.is_offered
    assert stage.line.state is State.WAITLISTED
    with acting(stage.uow, stage.owner):
        cancelling.reinstate(stage.uow, stage.edition)
    stage.uow.session.refresh(stage.line)
    assert stage.line.state is State.REGISTERED


@shows("Registration", "A cancelled edition: calendars keep its events, struck out, and bring them back")
def test_calendars_strike_out_what_they_hold_and_bring_it_back(app, work) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        make_date(uow, edition, DateKey.ABSTRACTS_DUE, uow.now + timedelta(days=9))
        make_item(uow, edition)
        make_release(uow, edition)
    visitor = client_for(app, None)

    def read():
        texts = [visitor.get(f"/musiml/2026/{name}.ics").text for name in ("schedule", "deadlines")]
        return [[line for line in text.splitlines() if line.startswith(("UID", "STATUS", "SEQ"))] for text in texts]

    before = read()
    for what in ("CANCELLED", "CONFIRMED"):
        with work() as uow, acting(uow, owner):
            if what == "CANCELLED":
                cancelling.cancel(uow, edition, REASON)
            else:
                cancelling.reinstate(uow, edition)
        after = read()
        for old, new in zip(before, after, strict=True):
            assert [line for line in new if line.startswith("UID")] == [line for line in old if line.startswith("UID")]
            assert f"STATUS:{what}" in new
            assert max(x for x in new if x.startswith("SEQ")) > max(x for x in old if x.startswith("SEQ"))
        before = after


@keeps("A2")
def test_the_page_asks_for_a_reason_and_the_short_name(app, work) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        make_registration(uow, edition, make_kind(uow, edition), make_person(uow, "Nur"))
        organiser = make_person(uow, "Bilal")
        join_team(uow, edition, organiser, Role.ORGANISER)
        desk, other, visitor = client_for(app, uow, owner), client_for(app, uow, organiser), client_for(app, None)
    path = "/musiml/2026/organise/settings/cancellation"
    assert other.get(path).status_code == 404
    assert "3 people get one mail" in desk.get(path).text
    answer = send(desk, path, {"reason": REASON, "confirmation": "2025"})
    assert answer.status_code == 422
    assert REASON in answer.text
    assert send(desk, path, {"reason": REASON, "confirmation": "2026"}).status_code == 303
    for page in ("", "registration", "call", "schedule"):
        assert REASON in visitor.get(f"/musiml/2026/{page}").text, page
    assert "cancelled" in visitor.get("/musiml/").text
    assert send(desk, f"{path}/withdrawal", {"confirmation": "2026"}).status_code == 303
    assert REASON not in visitor.get("/musiml/2026/").text
