"""Badges: what stands on them, whose, and that each print is noted."""

import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from tests.commands import runner
from tests.conftest import NOW
from tests.door.factories import BASE, Door
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.shows import shows
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.door import badges, printing
from workshop_manager.door.badges import Badge, Layout, Sheet
from workshop_manager.door.printing import Wanted, Who
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.workshops.states import Role

LABELS = {"title": "Badges", "no_photos": "No photos", "code": "Ticket code"}
NAMES = (
    "محمد الخوارزمي",
    "王小明",
    "प्रिया शर्मा",
    "Teller",
    "Nur Aisyah binti Abdul Rahman al-Hadrami " * 3,
    "#strong[$x$]",
)


@pytest.fixture
def door(app: Any, work: Any, clock: Any) -> Door:
    return Door(app, work, clock)


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_badge_holds_what_was_chosen_and_the_bare_code():
    one = Badge("Nur", "she/her", "ITB", "Volunteer", True, "7K4P-QM2X")
    bare = Layout(Sheet.CARD, pronouns=False, affiliation=False, kind=False, code=False)
    assert Layout.from_dict(bare.as_dict()) == bare
    made = badges.document([one], bare, edition="E", accent="#000000", labels=LABELS)["badges"][0]
    assert [made[name]["text"] for name in ("name", "pronouns", "affiliation", "kind")] == ["Nur", "", "", ""]
    assert (made["no_photos"], made["qr"]) == (True, "")
    full = badges.document([one], Layout(kind=True), edition="E", accent="#000000", labels=LABELS)["badges"][0]
    assert full["qr"] == badges.qr("7K4P-QM2X"), "the code says the same for a person, however they are listed"


@shows(
    "At the door",
    "Badges print on A6, four or eight to an A4, or cards: chosen name, pronouns, affiliation, no-photo mark, code",
    "Long, Arabic, Chinese and one-word names print right on badges",
)
@pytest.mark.parametrize("sheet", Sheet)
def test_names_of_every_script_are_printed(app: Any, sheet: Sheet):
    made = [Badge(name, "they", "", "", not number, "7K4P-QM2X") for number, name in enumerate(NAMES)]
    whole = badges.document(made, Layout(sheet), edition="Muslims in ML", accent="#f5a623", labels=LABELS)
    done = printing.printing.printed(whole, NOW, template=badges.TEMPLATE)
    measures = badges.MEASURES[sheet]
    assert (done.unprintable, done.pages) == ((), -(-len(NAMES) // (measures.columns * measures.rows)))
    page = PdfReader(io.BytesIO(done.pdf)).pages[0].mediabox
    assert [round(float(side) / 72 * 25.4, 1) for side in (page.width, page.height)] == list(measures.page)
    text = _text(done.pdf)
    for part in ("王小明", "Teller", "#strong[$x$]", "No photos"):
        assert part in text


@shows("At the door", "Every print and reprint of a badge is noted, and what was never printed or changed is found")
def test_what_was_printed_is_known(door: Door):
    first, second = door.guest("Amal"), door.guest("Bo")
    door.guest("Waits", state=State.WAITLISTED)
    door.guest("Afar", kind=door.afar)
    with door.work(door.helper) as uow:
        assert [one.badge_name for one in printing.chosen(uow, door.edition, Wanted(Who.NEW))] == ["Amal", "Bo"]
        batch = printing.begin(uow, door.edition, Wanted(), Layout())
        assert printing.chosen(uow, door.edition, Wanted(Who.NEW)) == []
        with pytest.raises(Conflict):
            printing.begin(uow, door.edition, Wanted(Who.NEW), Layout())
        with pytest.raises(Conflict):
            printing.begin(uow, door.edition, Wanted(kind_id=door.afar.id), Layout())
    with door.work() as uow:
        uow.session.get_one(Registration, second.id).badge_name = "Bo Derek"
        uow.session.get_one(Registration, first.id).state = State.CANCELLED
        uow.session.get_one(Registration, first.id).cancelled_at = uow.now
    with door.work(door.helper) as uow:
        assert [one.badge_name for one in printing.chosen(uow, door.edition, Wanted(Who.NEW))] == ["Bo Derek"]
        text = _text(printing.again(uow, door.edition, batch.id)[0].pdf)
    assert "Bo Derek" in text
    assert "Amal" not in text


def test_badges_are_of_their_own_edition(door: Door):
    guest = door.guest()
    with door.work() as uow:
        other, outsider = make_edition(uow, "wimlds"), make_person(uow)
        join_team(uow, other, outsider, Role.OWNER)
        client = client_for(door.app, uow, outsider)
    with door.work(door.helper) as uow:
        batch = printing.begin(uow, door.edition, Wanted(), Layout())
    with door.work(outsider) as uow, pytest.raises(NotFound):
        printing.begin(uow, door.edition, Wanted(), Layout())
    for base in ("/musiml/2026", "/wimlds/2026"):
        assert client.get(f"{base}/organise/door/badges/{batch.id}.pdf").status_code == 404
        assert send(client, f"{base}/organise/door/people/{guest.id}/badge").status_code == 404


def test_badges_are_printed_on_the_page_and_again_for_one(door: Door):
    assert "Nobody wears a badge yet" in door.client.get(f"{BASE}/badges").text
    guest = door.guest("Nur Aisyah", affiliation="ITB", pronouns="she/her")
    wanted = {"sheet": "card", "who": "all", "kind": "", "affiliation": "y"}
    assert send(door.client, f"{BASE}/badges", wanted | {"sheet": "a0"}).status_code == 422
    answer = send(door.client, f"{BASE}/badges", wanted)
    file = door.client.get(answer.location)
    assert (file.mimetype, file.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert "ITB" in _text(file.data)
    assert "she/her" not in _text(file.data)
    assert "no badge to print" in send(door.client, f"{BASE}/badges", wanted | {"who": "new"}).text
    again = send(door.client, f"{BASE}/people/{guest.id}/badge")
    assert door.client.get(again.location).status_code == 200
    assert "Printed 2 times" in door.client.get(f"{BASE}/people/{guest.id}").text
    log = door.client.get(f"{BASE}/badges").text
    assert "Card, one a page" in log
    assert "Bilal" in log


@shows("At the door", "Badges are also printed by command, with a dry run and JSON")
def test_badges_are_printed_by_command(door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    run, file = runner(door.app, monkeypatch), tmp_path / "badges.pdf"
    for number in range(9):
        door.guest(f"Guest {number}")
    wanted = ("door", "badges", "musiml/2026", "--new", "--sheet", "a4-8", "-o", str(file), "--json")
    said = json.loads(run(*wanted, "--dry-run").output)
    assert (said["done"], said["counts"]["badges"], file.exists()) == (False, 9, False)
    assert json.loads(run(*wanted).output)["counts"] == {"badges": 9, "pages": 2, "mails": 0}
    assert "Guest 8" in _text(file.read_bytes())
    assert "no badge to print" in run(*wanted).output
