"""The outbox against a real SMTP server."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.shows import keeps, shows
from tests.smtp import Inbox, smtp_server
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.mail import delivery
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.mail.service import Letter, post, try_again
from workshop_manager.web.request import Platform


@pytest.fixture
def inbox(app: Any) -> Iterator[Inbox]:
    with smtp_server() as opened:
        app.extensions["mail"].server, app.extensions["mail"].port = "127.0.0.1", opened.port
        yield opened


LETTER = Letter(
    template="web/plain_test",
    key="k:1",
    to_address="aisha@example.org",
    to_name="عائشة بنت محمد",
    facts=(("Number", "27"),),
    button=("See it", "http://localhost/x"),
)


@pytest.fixture(autouse=True)
def _template(app: Any) -> Iterator[None]:
    from jinja2 import ChoiceLoader, DictLoader

    before = app.jinja_loader
    mine = {"mail/web/plain_test.txt": "Your abstract is in: {{ title }}\n\nIt is number 27: {{ title }}.\n"}
    app.jinja_env.loader = ChoiceLoader([DictLoader(mine), before])
    yield
    app.jinja_env.loader = app.create_global_jinja_loader()


def _letter(key: str = "k:1", title: str = "Dialects", **values: Any) -> Letter:
    from dataclasses import replace

    return replace(LETTER, key=key, values={"title": title}, **values)


@shows("Mail", "Titles and names that read from right to left are not mixed up with what stands beside them")
def test_right_to_left_names_are_isolated_in_subject_and_text_but_not_in_addresses(work: Any) -> None:
    with work() as uow:
        mail = post(uow, _letter(title="הסבר מודלים"))
        assert mail.subject == "Your abstract is in: \u2068הסבר מודלים\u2069"
        assert "Hello \u2068عائشة بنت محمد\u2069," in mail.text_body
        assert "It is number 27: \u2068הסבר מודלים\u2069." in mail.text_body
        assert "\u2068הסבר מודלים\u2069" in mail.html_body
        assert mail.to_name == "عائشة بنت محمد"
        assert post(uow, _letter("k:2")).subject == "Your abstract is in: Dialects"


def _states(work: Any) -> list[MailState]:
    with work() as uow:
        return list(uow.session.scalars(select(OutboxMail.state).order_by(OutboxMail.id)))


@keeps("M1", "M2")
@shows("Mail", "Every mail goes to the outbox in the same transaction; the worker delivers it once")
def test_a_promised_mail_arrives_once(app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        post(uow, _letter())
    with app.app_context():
        delivery.deliver_due(database, clock)
        delivery.deliver_due(database, clock)
    assert len(inbox.mails) == 1
    assert inbox.mails[0].rcpt_tos == ["aisha@example.org"]
    assert _states(work) == [MailState.SENT]


@shows("Mail", "What is not saved sends no mail")
def test_what_does_not_commit_has_no_mail(
    app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    with pytest.raises(ZeroDivisionError), work() as uow:
        post(uow, _letter())
        uow.session.flush()
        1 / 0  # noqa: B018
    with app.app_context():
        delivery.deliver_due(database, clock)
    assert inbox.mails == []


def test_the_same_mail_cannot_be_promised_twice(work: Any) -> None:
    with work() as uow:
        post(uow, _letter())
    with pytest.raises(IntegrityError), work() as uow:
        post(uow, _letter())


@keeps("I7", "M5")
def test_typed_line_breaks_make_no_header_and_no_second_recipient(work: Any) -> None:
    with work() as uow:
        mail = post(uow, _letter(title="A\r\nBcc: eve@example.org"))
        assert "\n" not in mail.subject
    for address in ("a@example.org, b@example.org", "a@example.org\nBcc: b@example.org", "A <a@example.org>", ""):
        with pytest.raises(ValueError, match="single"), work() as uow:
            post(uow, Letter("web/plain_test", f"k{address}", address, "A", values={"title": "t"}))


@keeps("M4")
def test_a_final_refusal_fails_at_once_and_can_be_tried_again(
    app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    inbox.answer = "550 no such person"
    with work() as uow:
        post(uow, _letter(edition_id=5))
    with app.app_context():
        delivery.deliver_due(database, clock)
    assert _states(work) == [MailState.FAILED]
    with work() as uow:
        row = uow.session.scalars(select(OutboxMail)).one()
        assert "no such person" in (row.last_error or "")
        try_again(uow, 5, row.id)
    inbox.answer = "250 OK"
    with app.app_context():
        delivery.deliver_due(database, clock)
    assert _states(work) == [MailState.SENT]


@shows("Mail", "A mail server that is away is tried again at growing intervals")
@keeps("M3")
def test_a_server_that_is_away_costs_waiting_and_no_mail(
    app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    inbox.answer = "450 later"
    with work() as uow:
        post(uow, _letter())
    with app.app_context():
        delivery.deliver_due(database, clock)
        assert _states(work) == [MailState.QUEUED]
        inbox.answer = "250 OK"
        delivery.deliver_due(database, clock)
        assert inbox.mails == []
        clock.at += timedelta(seconds=16)
        delivery.deliver_due(database, clock)
    assert _states(work) == [MailState.SENT]


@keeps("M2", "R6")
def test_a_killed_worker_leaves_a_lease_that_ends(
    app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    with work() as uow:
        post(uow, _letter())
    with app.app_context():
        claimed = delivery._claim(database, clock)
        delivery.deliver_due(database, clock)
        assert inbox.mails == []
        clock.at += delivery.LEASE
        delivery.deliver_due(database, clock)
        assert _states(work) == [MailState.SENT]
        delivery._deliver(database, clock, claimed[0])
    ids = {m.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for m in inbox.mails}
    assert len(ids) == 1


@keeps("R6")
def test_a_clock_that_ran_a_year_ahead_strands_no_mail(
    app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    with work() as uow:
        post(uow, _letter())
    with app.app_context():
        clock.at += timedelta(days=365)
        delivery._claim(database, clock)
        clock.at -= timedelta(days=365, hours=3)
        delivery.deliver_due(database, clock)
    assert _states(work) == [MailState.SENT]


def test_two_workers_send_each_mail_once(
    app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    with work() as uow:
        for n in range(30):
            post(uow, _letter(key=f"k:{n}"))

    def run() -> None:
        with app.app_context():
            delivery.deliver_due(database, clock)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(inbox.mails) == 30
    assert set(_states(work)) == {MailState.SENT}


def test_a_delivered_sign_in_link_is_forgotten(
    app: Any, work: Any, inbox: Inbox, database: Database, clock: FixedClock
) -> None:
    with work() as uow:
        post(uow, _letter(is_secret=True))
    with app.app_context():
        delivery.deliver_due(database, clock)
    assert b"localhost/x" in inbox.mails[0].content or inbox.mails
    with work() as uow:
        row = uow.session.scalars(select(OutboxMail)).one()
        assert (row.text_body, row.html_body) == ("", "")


@shows("Mail", "In the demo mails are kept and read in a page instead of sent")
def test_the_demo_keeps_mails_to_be_read(
    app: Any, work: Any, settings: Any, database: Database, clock: FixedClock
) -> None:
    from dataclasses import replace

    app.extensions["platform"] = Platform(replace(settings, mail_delivery="keep"), database, clock)
    with work() as uow:
        mail = post(uow, _letter())
        assert mail.state is MailState.KEPT
    answer = app.test_client().get("/demo/mails/")
    assert answer.status_code == 200
    assert "Your abstract is in: Dialects" in answer.text
