"""Speakers asked for their slides once it is over, and reminded once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import make_edition, make_person
from tests.schedule.factories import CHAIR, make_item, make_release
from tests.shows import shows
from workshop_manager.core.errors import Conflict
from workshop_manager.mail.models import OutboxMail
from workshop_manager.materials import asking, service
from workshop_manager.materials.rules import Wave, due_wave
from workshop_manager.materials.service import Given
from workshop_manager.materials.states import Kind
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.models import ItemSpeaker
from workshop_manager.schedule.programme import Kind as ItemKind

OVER = datetime(2026, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "asked", "reminded", "expected"),
    [
        (OVER - DAY, None, None, None),
        (OVER, None, None, Wave.FIRST),
        (OVER + 6 * DAY, OVER, None, None),
        (OVER + 7 * DAY, OVER, None, Wave.REMINDER),
        (OVER + 90 * DAY, OVER, OVER + 7 * DAY, None),
    ],
)
def test_one_mail_once_it_is_over_and_one_reminder(now, asked, reminded, expected):
    assert due_wave(OVER, asked, reminded, now) is expected


@shows("Schedule", "Speakers of whom nothing is there are asked for slides once the event is over, and reminded once")
def test_who_owes_slides_is_asked_once_and_reminded_once(app, work, database, clock):
    with work() as uow:
        edition = make_edition(uow)
        people = [make_person(uow, name) for name in ("Amina", "Bilal")]
        uids = []
        for place, person in enumerate(people):
            item = make_item(uow, edition, f"Talk {place}", 30 * place, speakers=(Named(person.name),))
            uow.session.scalars(select(ItemSpeaker).where(ItemSpeaker.item_id == item.id)).one().person_id = person.id
            uids.append(item.uid)
        make_item(uow, edition, "Coffee", 90, kind=ItemKind.BREAK)
        make_release(uow, edition)
        asking.decide(uow, edition, CHAIR, asks=True)
        with pytest.raises(Conflict, match="a moment ago"):
            asking.decide(uow, edition, CHAIR, asks=True)
        over = edition.ends_at

    def tell() -> None:
        with app.app_context():
            asking.tell_due(database, clock)

    def mails() -> list[str]:
        with work() as uow:
            rows = uow.session.scalars(select(OutboxMail).where(OutboxMail.key.like("materials-%")))
            return sorted(f"{row.to_name} {row.subject}" for row in rows)

    tell()
    assert mails() == []
    clock.at = over
    tell()
    tell()
    first = ["Amina Add your slides to Muslims in ML 2026", "Bilal Add your slides to Muslims in ML 2026"]
    assert mails() == first
    with work() as uow:
        service.add(uow, edition, CHAIR, uids[0], Given(Kind.CODE, url="https://code.example.org/x"))
    clock.at = over + 8 * DAY
    tell()
    clock.at = over + 80 * DAY
    tell()
    assert set(mails()) - set(first) == {"Bilal A reminder: your slides at Muslims in ML 2026"}
