"""Two phones at two doors, one of them without a network for a while."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import segno
from sqlalchemy import delete, select

from tests.door.factories import BASE, Door
from tests.served import browsers_at, served
from tests.shows import shows
from workshop_manager.door.models import Arrival
from workshop_manager.workshops.models import TeamMember

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
CAMERA = """(rows) => {
  const canvas = document.createElement("canvas");
  const size = 8, edge = 4 * size;
  canvas.width = canvas.height = rows.length * size + 2 * edge;
  const draw = () => {
    const to = canvas.getContext("2d");
    to.fillStyle = "#eee";
    to.fillRect(0, 0, canvas.width, canvas.height);
    to.fillStyle = "#222";
    const dot = (one, x, y) => one === "1" && to.fillRect(edge + x * size, edge + y * size, size, size);
    rows.forEach((row, y) => [...row].forEach((one, x) => dot(one, x, y)));
  };
  setInterval(draw, 100);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}"""

_NOTHING_KEPT = "caches.keys().then((names) => names.length === 0)"

# What a page sends through its worker gets through now and then, although its browser is said to be offline.
_AWAY = """const real = self.fetch;
self.fetch = (...all) => sessionStorage.away ? Promise.reject(new TypeError("No network")) : real(...all);"""


@pytest.fixture
def scene(app: Any, work: Any, clock: Any, chromium: Any) -> Iterator[SimpleNamespace]:
    """A door with two phones: the helper's and the owner's."""
    door = Door(app, work, clock)
    guest = door.guest("Nur Aisyah binti Abdul Rahman", pronouns="she/her")
    phones = []
    with (
        served(app) as base,
        browsers_at(app, work, chromium, base, viewport={"width": 390, "height": 844}) as open_for,
    ):
        for person in (door.helper, door.owner):
            phone = open_for(person.id)
            phone.add_init_script(_AWAY)
            phone.goto(BASE)
            phone.wait_for_selector("#door[data-kept]")
            phone.wait_for_selector("#door-said:has-text('1 people')")
            phones.append(phone)
        yield SimpleNamespace(door=door, guest=guest, phones=phones)


def _type(phone: Any, text: str) -> None:
    phone.fill("#typed", text)
    phone.press("#typed", "Enter")


@shows(
    "At the door",
    "A phone’s camera reads the code in the browser",
    "Check-in works through a network loss and syncs later without double entries",
    "The check-in page opens again without a network, with its list and what waits to be sent",
    "The list of names leaves the browser with signing out, with the end of a role and with the event",
)
def test_two_phones_agree_though_one_was_offline(scene: SimpleNamespace):
    offline, online = scene.phones
    offline.evaluate("sessionStorage.away = 1")
    offline.context.set_offline(True)
    _type(offline, scene.guest.ticket_code)
    offline.wait_for_selector("#door-answer .door-ok:has-text('Nur Aisyah')")
    assert "Kept on this device" in offline.text_content("#door-answer")
    assert "Nur" not in offline.evaluate("JSON.stringify(localStorage)"), "what waits to be sent names nobody"
    offline.reload()
    offline.wait_for_selector("#door-said[data-waiting='1']:has-text('1 people')")
    _type(offline, "aisyah")
    assert "In since" in offline.text_content("#door-found")
    online.wait_for_selector("#door-said[data-waiting='0']", state="attached")
    boxes = [phone.evaluate("caches.keys()") for phone in scene.phones]
    assert [len(one) for one in boxes] == [1, 1]
    assert boxes[0] != boxes[1], "each is whose phone it is"

    scene.door.clock.at += timedelta(minutes=7)
    online.evaluate(CAMERA, ["".join(map(str, row)) for row in _matrix(scene.guest)])
    online.fill("#door-place", "Side door")
    online.click("#door-start")
    online.wait_for_selector("#door-answer .door-ok a")
    assert "Nur Aisyah" in online.text_content("#door-answer")

    offline.evaluate("sessionStorage.removeItem('away')")
    offline.context.set_offline(False)
    offline.wait_for_selector("#door-answer .door-wait:has-text('Amina at “Side door”')")
    offline.wait_for_selector("#door-said[data-waiting='0']", state="attached")
    with scene.door.work() as uow:
        (arrival,) = uow.session.scalars(select(Arrival)).all()
    assert arrival.registration_id == scene.guest.id

    online.goto("/sign-out")
    online.click("main button")
    online.wait_for_function(_NOTHING_KEPT)
    scene.door.clock.at = scene.door.start + timedelta(days=30)
    offline.evaluate("dispatchEvent(new Event('online'))")
    offline.wait_for_function(_NOTHING_KEPT)


def _matrix(guest: Any) -> Any:
    return segno.make_qr(guest.ticket_code, error="m").matrix


def test_a_phone_forgets_the_names_when_its_role_ends(scene: SimpleNamespace):
    phone = scene.phones[0]
    phone.fill("#typed", "aisyah")
    phone.wait_for_selector("#door-found:has-text('Nur Aisyah')")
    _type(scene.phones[1], scene.guest.ticket_code)
    scene.phones[1].wait_for_selector("#door-said[data-waiting='0']", state="attached")
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_for_selector("#door-found:has-text('In since')")  # what is found already says what the newer list says
    with scene.door.work() as uow:
        uow.session.execute(delete(TeamMember).where(TeamMember.person_id == scene.door.helper.id))
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_for_selector("#door-said:has-text('could not be fetched')")
    assert phone.text_content("#door-found") == ""
    phone.wait_for_function(_NOTHING_KEPT)
    phone.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        phone.reload()
