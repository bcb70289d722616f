"""What organisers read about a mail whose text is gone, or will go."""

from typing import Any

from tests.dashboard.test_pages import MAIL, _mail
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.shows import keeps, shows
from workshop_manager.mail.models import MailState
from workshop_manager.workshops.states import Role


@keeps("P4")
@shows("Mail", "The organisers' page of a mail says until when its text is kept, and that it was removed and why")
def test_a_text_that_was_removed_is_said_to_be(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kept = _mail(uow, edition, "m1", MailState.SENT, sent_at=uow.now)
        gone = _mail(uow, edition, "m2", MailState.FAILED)
        gone.text_body = ""
        client = client_for(app, uow, owner)
    text = client.get(f"{MAIL}/{kept.id}").text
    assert "words" in text
    assert "Text kept until" in text
    assert "28 November" in text
    text = client.get(f"{MAIL}/{gone.id}").text
    assert "The text was removed. That happens 180 days after a mail was sent" in text
    assert "Send again" not in text
    assert "is removed 180 days after it was sent" in client.get(MAIL).text
    assert send(client, f"{MAIL}/{gone.id}/attempts").status_code == 409
