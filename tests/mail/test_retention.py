"""The texts of mails go when nobody needs them any more; that there was a mail stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.factories import make_edition
from tests.shows import keeps, shows
from workshop_manager.core import jobs
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail import retention
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.mail.rules import TEXT_KEPT
from workshop_manager.mail.service import try_again
from workshop_manager.web.request import Platform

LONG_AGO, SHORT_OF_IT = TEXT_KEPT + timedelta(seconds=1), TEXT_KEPT - timedelta(minutes=1)


def _mail(uow: UnitOfWork, key: str, state: MailState, ago: timedelta, **values: Any) -> OutboxMail:
    done = uow.now - ago
    row = OutboxMail(
        key=key, template="t", to_name="Wahyuni", to_address="w@example.org", from_name="x", subject=f"About {key}",
        text_body="They write: words.", html_body="<p>They write: words.</p>", calendar=b"BEGIN:VCALENDAR",
        message_id=f"<{key}@x>", state=state, attempts=1, created_at=done - timedelta(days=400), next_attempt_at=done,
        sent_at=done if state in (MailState.SENT, MailState.KEPT) else None, **values,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    return row


def _with_text(work: Any) -> set[str]:
    with work() as uow:
        rows = uow.session.scalars(select(OutboxMail)).all()
        for row in rows:
            assert bool(row.text_body) == bool(row.html_body) == bool(row.calendar)
            assert (row.subject, row.to_name) == (f"About {row.key}", "Wahyuni")
        return {row.key for row in rows if row.has_text}


def _run(app: Any, database: Database, clock: FixedClock) -> None:
    (job,) = [job for job in jobs.registered() if job.name == retention.JOB]
    with app.app_context():
        job.run(database, clock)


@keeps("P4")
@shows(
    "Privacy",
    "180 days after a mail was sent, or tried for the last time, its text is removed; that there was one stays",
)
def test_old_texts_go_and_rows_stay(app: Any, work: Any, database: Database, clock: FixedClock) -> None:
    assert timedelta(days=180) == TEXT_KEPT
    with work() as uow:
        for state in MailState:
            _mail(uow, f"old {state.value}", state, LONG_AGO)
            _mail(uow, f"late {state.value}", state, SHORT_OF_IT)
    _run(app, database, clock)
    gone = {"old sent", "old failed"}
    everything = {f"{age} {state.value}" for age in ("old", "late") for state in MailState}
    assert _with_text(work) == everything - gone, "the demo keeps its mails, and what is still to be sent is whole"
    with pytest.raises(IntegrityError), work() as uow:
        _mail(uow, "old sent", MailState.QUEUED, timedelta())
    clock.at += timedelta(minutes=2)
    _run(app, database, clock)
    assert _with_text(work) == everything - gone - {"late sent", "late failed"}


@keeps("P4")
def test_mails_kept_by_an_installation_that_is_no_demo_lose_theirs_too(
    app: Any, work: Any, database: Database, clock: FixedClock, settings: Any
) -> None:
    from dataclasses import replace

    with work() as uow:
        _mail(uow, "kept", MailState.KEPT, LONG_AGO)
    app.extensions["platform"] = Platform(replace(settings, site_mode="production"), database, clock)
    _run(app, database, clock)
    assert _with_text(work) == set()


def test_it_goes_on_batch_after_batch(
    app: Any, work: Any, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    with work() as uow:
        for number in range(10):
            _mail(uow, f"m{number}", MailState.SENT, LONG_AGO if number != 4 else SHORT_OF_IT)
    _run(app, database, clock)
    assert _with_text(work) == {"m4"}


def test_what_has_no_text_is_not_sent_again(app: Any, work: Any, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        edition_id = make_edition(uow).id
        row = _mail(uow, "m", MailState.FAILED, LONG_AGO, edition_id=edition_id)
    _run(app, database, clock)
    with pytest.raises(Conflict, match="was removed"), work() as uow:
        try_again(uow, edition_id, row.id)


def test_one_that_is_tried_again_meanwhile_keeps_its_text(
    app: Any, work: Any, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work() as uow:
        edition_id = make_edition(uow).id
        row = _mail(uow, "m", MailState.FAILED, LONG_AGO, edition_id=edition_id)
    look = retention.queries.ids_after

    def and_somebody_is_quicker(*given: Any) -> Any:
        found = look(*given)
        if found:
            with work() as uow:
                try_again(uow, edition_id, row.id)
        return found

    monkeypatch.setattr(retention.queries, "ids_after", and_somebody_is_quicker)
    _run(app, database, clock)
    assert _with_text(work) == {"m"}
