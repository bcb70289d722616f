"""Somebody deletes the account while they hold a seat and an offer, bring a guest along, and have a grant."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.factories import join_team, make_date, make_edition, make_person
from tests.grants.factories import AIR, make_fund, make_offer
from tests.registrations.factories import make_kind, make_registration
from tests.registrations.invariants import check
from tests.shows import shows
from workshop_manager.accounts import erasure
from workshop_manager.grants import service as grants
from workshop_manager.handover import service
from workshop_manager.handover.models import SeatClaim
from workshop_manager.registrations import bringing
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.states import DateKey, Role


@shows("Registration", "Who deletes the account with a seat, an offer and a grant leaves all three to whoever is next")
def test_seat_offer_and_grant_go_on(app: Any, work: Any) -> None:
    with work() as uow:
        edition, owner, leaver = make_edition(uow), make_person(uow, "Owner"), make_person(uow, "Leaver")
        join_team(uow, edition, owner, Role.OWNER)
        room = make_kind(uow, edition, "In person", 1)
        afar = make_kind(uow, edition, "Virtual", 2, Mode.VIRTUAL, position=1)
        holder = make_person(uow, "Holder")
        make_registration(uow, edition, room, holder)
        make_registration(uow, edition, afar, leaver, waits_for=room)
        behind = make_registration(uow, edition, room, make_person(uow, "Behind"), State.WAITLISTED).id
        afar_too = make_registration(uow, edition, afar, make_person(uow, "Afar"), State.WAITLISTED).id
        make_date(uow, edition, DateKey.GRANTS_DUE, uow.now + timedelta(days=10))
        member, fund = make_person(uow, "Member"), make_fund(uow, edition)
        join_team(uow, edition, member, Role.GRANTS_COMMITTEE)
        make_offer(uow, edition, member, fund, leaver, {AIR: 80_000})
        uow.actor = owner
        registrations.save_settings(uow, edition, join_url=None, note="", offer_hours=48)
        bringing.allow(uow, edition, afar.id, 1, None)
        uow.actor = leaver
        grants.accept(uow, edition)
        bringing.bring(uow, edition, "A child")
        service.ask(uow, edition, "colleague@example.org")
        uow.actor = holder
        registrations.cancel(uow, edition)
    with work(leaver) as uow:
        erasure.erase(uow, uow.session.merge(leaver))
    with work() as uow:
        waiting = uow.session.get_one(Registration, behind)
        assert (waiting.state, waiting.offer_until is not None) == (State.WAITLISTED, True)
        assert uow.session.get_one(Registration, afar_too).offer_until is not None
        assert uow.session.get_one(type(fund), fund.id).committed == 0
        assert "A child" not in set(uow.session.scalars(select(Registration.badge_name)))
        claim = uow.session.scalars(select(SeatClaim)).one()
        assert uow.session.get_one(Registration, claim.registration_id).state is State.CANCELLED
        check(uow, edition.id)
