"""What people need on the day, until somebody of the team has arranged it."""

from typing import Any

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind
from tests.shows import shows
from workshop_manager.core.errors import NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.questions import service as forms
from workshop_manager.registrations import asking, caring, queries, ready, service
from workshop_manager.registrations.states import NeedState
from workshop_manager.workshops.events import MemberLeft
from workshop_manager.workshops.models import TeamMember
from workshop_manager.workshops.states import Role

TICKET = "/musiml/2026/registration/ticket"
DESK = "/musiml/2026/organise/registration/needs"


class House:
    """Somebody who wrote what they need, and asked for childcare."""

    def __init__(self, work: Any) -> None:
        self.work = work
        with work() as uow:
            self.edition = make_edition(uow)
            self.kind = make_kind(uow, self.edition, "In person", 5)
            self.owner, self.person = make_person(uow, "Amina"), make_person(uow, "Nur")
            join_team(uow, self.edition, self.owner, Role.OWNER)
        with work(self.owner) as uow:
            care = next(one for one in ready.ready() if one.key == "childcare")
            self.care, self.ages = (q.id for q in forms.add_ready(uow, self.edition, asking.KEY, care.questions))
        self.save("A ramp.", care=True)

    def save(self, needs: str, *, care: bool | None) -> None:
        with self.work(self.person) as uow:
            said = details(needs=needs, answers={self.care: care, self.ages: "one, 3"})
            service.register(uow, self.edition, self.kind.id, said)

    def needs(self) -> dict[int | None, NeedState]:
        with self.work() as uow:
            row = queries.registration_of(uow.session, self.edition.id, self.person.id)
            return {need.question_id: need.state for need in queries.needs_of(uow.session, row.id)}

    def settle(self, question: int | None, state: NeedState, note: str = "") -> None:
        with self.work(self.owner) as uow:
            row = queries.registration_of(uow.session, self.edition.id, self.person.id)
            need = next(one for one in queries.needs_of(uow.session, row.id) if one.question_id == question)
            caring.take_care(uow, self.edition, need.id, state, note)


@pytest.fixture
def house(work: Any) -> House:
    return House(work)


def test_every_need_is_open_once_and_open_again_when_it_reads_differently(house) -> None:
    assert house.needs() == {None: NeedState.OPEN, house.care: NeedState.OPEN}
    house.settle(None, NeedState.ARRANGED)
    house.settle(house.care, NeedState.IN_HAND)
    house.save("A ramp.", care=True)
    assert house.needs() == {None: NeedState.ARRANGED, house.care: NeedState.IN_HAND}, "saved again as it was"
    house.save("A ramp, and a chair.", care=True)
    assert house.needs()[None] is NeedState.OPEN
    house.save("", care=False)
    assert house.needs() == {}
    house.save("A ramp.", care=None)
    with house.work(house.person) as uow:
        service.cancel(uow, house.edition)
    assert house.needs() == {}


@shows("Registration", "Each need is taken on by a named organiser until it is arranged; the person sees how far it is")
def test_an_organiser_takes_a_need_on_and_the_person_reads_what_came_of_it(house, app, work) -> None:
    with work() as uow:
        desk, mine = client_for(app, uow, house.owner), client_for(app, uow, house.person)
        helper = make_person(uow, "Front desk")
        join_team(uow, house.edition, helper, Role.FRONT_DESK)
        front = client_for(app, uow, helper)
    with capture_logs() as logs:
        page = desk.get(DESK).text
    assert page.count("Say how far it is") == 2
    assert "Do you need childcare?" in page
    assert [one["what"] for one in logs if one["event"] == "sensitive answers read"] == ["needs"]
    for other in (mine, front):
        assert other.get(DESK).status_code == 404
    with work() as uow:
        (ramp,) = (n for n in queries.needs(uow.session, house.edition.id, None, 0, 9) if n.question_id is None)
    assert send(front, f"{DESK}/{ramp.id}", {"state": "arranged"}).status_code == 404
    assert send(desk, f"{DESK}/{ramp.id}", {"state": "arranged", "note": "Door B, a quiet word"}).location == DESK
    assert send(desk, f"{DESK}/{ramp.id + 99}", {"state": "arranged"}).status_code == 404
    assert "by Amina" in desk.get(f"{DESK}?show=arranged").text.replace("⁨", "").replace("⁩", "")
    shown = mine.get(TICKET).text
    assert "Door B, a quiet word" in shown
    assert "Arranged" in shown
    with work() as uow:
        mail = uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
        assert mail.subject.startswith("News about what you need on the day")
        written = uow.session.execute(text("SELECT note FROM registration_needs")).scalars().all()
        assert "quiet word" not in f"{written} {mail.text_body}"
    with pytest.raises(NotFound), work(house.person) as uow:
        caring.take_care(uow, house.edition, ramp.id, NeedState.OPEN, "")


@shows("Registration", "A need is put into the hands of a named organiser, who finds it waiting on their home page")
def test_a_need_waits_on_the_home_of_the_colleague_it_was_given_to(house, app, work) -> None:
    with work() as uow:
        colleague, helper = make_person(uow, "Omar"), make_person(uow, "Front desk")
        join_team(uow, house.edition, colleague, Role.ORGANISER)
        join_team(uow, house.edition, helper, Role.FRONT_DESK)
        desk, his = client_for(app, uow, house.owner), client_for(app, uow, colleague)
        need = queries.needs(uow.session, house.edition.id, None, 0, 9)[0]
    waits = "1 thing that somebody needs is in your hands"
    given = {"state": "in_hand", "who": str(colleague.id)}
    assert send(desk, f"{DESK}/{need.id}", given | {"who": str(helper.id)}).status_code == 409, "who reads no needs"
    assert waits not in his.get("/").text
    assert send(desk, f"{DESK}/{need.id}", given).location == DESK
    assert "by Omar" in desk.get(DESK).text.replace("\u2068", "").replace("\u2069", "")
    assert waits in his.get("/").text
    assert waits not in desk.get("/").text
    send(his, f"{DESK}/{need.id}", {"state": "arranged", "who": str(house.owner.id)})
    assert waits not in his.get("/").text
    assert "by Omar" in desk.get(f"{DESK}?show=arranged").text.replace("\u2068", "").replace("\u2069", "")
    send(desk, f"{DESK}/{need.id}", given)
    with work() as uow:
        members = select(TeamMember).where(TeamMember.person_id == colleague.id)
        uow.session.delete(uow.session.scalars(members).one())
        uow.session.flush()
        uow.tell(MemberLeft(house.edition.id, colleague.id))
    assert house.needs()[need.question_id] is NeedState.OPEN, "nobody who may read it looks after it"
