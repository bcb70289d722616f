"""Deadlines that are extended, come near, and are somebody's own; caps per person; all of it at once."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.calls.conftest import House
from tests.commands import runner, told
from tests.factories import make_person
from tests.shows import shows
from tests.submissions.factories import make_call, make_submission, post_form, typed
from tests.world import acting
from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries as calls
from workshop_manager.calls import service as calling
from workshop_manager.calls.models import CallDate, Round
from workshop_manager.calls.rules import deadline_for
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions import extending, nudging, queries, rules, service
from workshop_manager.submissions.extending import Target
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.service import Stale
from workshop_manager.workshops.states import DateKey

BASE = "/musiml/2026"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def house(app, work):
    return House(app, work)


@contextmanager
def organising(house):
    with house.work() as uow, acting(uow, house.owner):
        yield uow, workshops.get_edition(uow.session, house.edition.id)


def extend(house, target=Target(), days=20, note=""):
    with organising(house) as (uow, edition):
        old = extending.present(uow, edition, target)
        new = Deadline(uow.now + timedelta(days=days), AOE)
        return extending.extend(uow, edition, target, new, note, seen=old)


def _as_agreed(mail, name):
    """True if subject and text read as in that file."""
    text = f"{mail.subject}\n\n{mail.text_body}".replace("\u2068", "").replace("\u2069", "")
    assert text == (Path(__file__).parent / "mails" / f"{name}.txt").read_text()
    return True


def mails(house):
    with house.work() as uow:
        return uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


# -- extending ----------------------------------------------------------------------------------------------------


@shows("Call", "An extension tells everybody with a draft once: submitter and co-authors with an account, nobody else")
def test_everybody_with_a_draft_is_told_once(house):
    with house.work() as uow:
        friend = make_person(uow, "Bo", "bo@example.org")
        make_submission(uow, house.edition, house.author, State.DRAFT, authors=(friend,), title="Ours")
        make_submission(uow, house.edition, house.author, State.DRAFT, title="Mine")
        make_submission(uow, house.edition, make_person(uow, "Cy", "cy@example.org"), title="Handed in")
    assert extend(house) == 2
    found = {mail.to_address: mail for mail in mails(house)}
    assert set(found) == {"wahyuni@example.org", "bo@example.org"}
    assert "You have 2 drafts that are not submitted yet." in found["wahyuni@example.org"].text_body
    assert "Your draft is not submitted yet: Ours" in found["bo@example.org"].text_body.replace("\u2068", "").replace(
        "\u2069", ""
    )
    assert extend(house, days=25, note="We heard that you are busy.\n\nTake your time.") == 2, "and again for the next"
    assert _as_agreed(mails(house)[-1], "extended")


@shows("Call", "`workshop-manager calls extend` extends a deadline, with a dry run and JSON")
def test_the_command_extends_as_the_page_does(house, monkeypatch):
    run = runner(house.app, monkeypatch)
    with house.work() as uow:
        make_submission(uow, house.edition, house.author, State.DRAFT, track=house.second, title="Mine")
    line = ("calls", "extend", "musiml/2026", "2026-07-20", "--track", house.second.key)
    first, second = told(run(*line, "--dry-run", "--json")), told(run(*line, "--json"))
    assert first["counts"] == second["counts"] == {"deadlines": 1, "mails": 1}
    assert second["items"] == [{"to": "wahyuni@example.org", "drafts": 1}]
    assert second["until"] == "2026-07-21T11:59:00+00:00"
    assert [mail.to_address for mail in mails(house)] == ["wahyuni@example.org"], "the dry run wrote to nobody"
    assert "not later than the deadline now: 2026-07-20 23:59 AoE" in run(*line).output
    for wrong in (("--round", "Late"), ("--track", "x"), ("--zone", "Mars"), ("--person", "nobody")):
        assert run("calls", "extend", "musiml/2026", "2026-07-30", *wrong).exit_code == 1
    assert len(mails(house)) == 1


@pytest.mark.parametrize("narrowed", ["track", "round"])
def test_an_extension_of_a_track_or_a_round_concerns_its_drafts_only(house, narrowed):
    with house.work() as uow:
        early = Round(edition_id=house.edition.id, name="Early", description="", position=1)
        uow.session.add(early)
        uow.session.flush()
        at = uow.now + 5 * DAY
        uow.session.add(
            CallDate(edition_id=house.edition.id, round_id=early.id, key=DateKey.ABSTRACTS_DUE, at=at, zone=AOE)
        )
        make_submission(uow, house.edition, house.author, State.DRAFT, track=house.first)
        bo, cy = make_person(uow, "Bo", "bo@example.org"), make_person(uow, "Cy", "cy@example.org")
        make_submission(uow, house.edition, bo, State.DRAFT, track=house.second)
        make_submission(uow, house.edition, cy, State.DRAFT, round_id=early.id)
    target = Target(track_id=house.second.id) if narrowed == "track" else Target(round_id=early.id)
    assert extend(house, target) == 1
    assert [mail.to_address for mail in mails(house)] == ["bo@example.org" if narrowed == "track" else "cy@example.org"]


def test_a_track_that_was_later_is_not_left_behind_and_an_earlier_one_stays(house):
    extend(house, Target(track_id=house.first.id), days=12)
    with organising(house) as (uow, edition):
        soon = Deadline(uow.now + 3 * DAY, AOE)
        calling.set_call_date(uow, edition, DateKey.ABSTRACTS_DUE, None, house.second.id, soon)
    extend(house, days=30)
    with house.work() as uow:
        plan = calls.plan_of(uow.session, house.edition.id)
        common = deadline_for(plan, None, None)
        assert deadline_for(plan, None, house.first.id) == common
        assert deadline_for(plan, None, house.second.id) == soon


def test_an_extension_only_adds_and_only_organisers_give_it(house):
    with organising(house) as (uow, edition):
        old = extending.present(uow, edition, Target())
        with pytest.raises(Conflict):
            extending.extend(uow, edition, Target(), Deadline(old.at - HOUR, AOE), "", seen=old)
        with pytest.raises(Stale):
            extending.extend(uow, edition, Target(), Deadline(old.at + DAY, AOE), "", seen=Deadline(old.at, "UTC"))
    with house.work() as uow, acting(uow, house.author), pytest.raises(NotFound):
        extending.extend(uow, house.edition, Target(), Deadline(old.at + DAY, AOE), "", seen=old)


@shows("Call", "Who has more time than others can begin, change and submit until then; everybody else cannot")
def test_one_person_with_more_time_can_submit_after_the_deadline(house, clock):
    draft = house.draft(track=house.second)
    extend(house, Target(email="wahyuni@example.org"), days=20)
    other = house.person("Bo", "bo@example.org")
    clock.at += 11 * DAY
    path = f"{BASE}/submissions/{draft.number}/edit"
    assert house.client.get(path).status_code == 200
    assert other.get(f"{BASE}/submissions/new").status_code == 303
    assert f'href="{BASE}/submissions/new"' in house.client.get(f"{BASE}/call").text, "the mail leads there"
    assert f'href="{BASE}/submissions/new"' not in other.get(f"{BASE}/call").text
    with house.work() as uow:
        make_call(uow, house.edition, needs_pdf=False)
    sent = post_form(house.client, path, typed(house.second, version="2"))
    assert sent.status_code == 303, sent.text
    with house.work() as uow:
        assert uow.session.get_one(Submission, draft.id).state is State.SUBMITTED
    clock.at += 10 * DAY
    assert house.client.get(path).status_code == 303


def _submits(house, database, draft, at):
    """Submit that draft at that moment, in a transaction of its own."""
    with unit_of_work(database, FixedClock(at)) as uow:
        uow.actor = uow.session.get_one(Person, house.author.id)
        edition = workshops.get_edition(uow.session, house.edition.id)
        found = queries.find_own(uow.session, edition.id, draft.number, house.author.id, lock=True)
        service.submit(uow, edition, found, {})


def _complete(house):
    with house.work() as uow:
        make_call(uow, house.edition, needs_pdf=False)
    return house.draft(track=house.second)


@shows("Bad input", "Submitting at the deadline’s last second while the extension is being saved")
@shows("Call", "At the deadline’s last second, while it is being extended, one is either in or told of more time")
@pytest.mark.parametrize("seconds", [0, 1])
def test_submitting_at_the_last_second_while_the_extension_is_being_saved(house, database, seconds):
    draft, due = _complete(house), house.due().deadline
    moment, start, outcomes = due.at + timedelta(seconds=seconds), threading.Barrier(2), []

    def submit():
        start.wait()
        try:
            _submits(house, database, draft, moment)
            outcomes.append("in")
        except Conflict:
            outcomes.append("late")

    def lengthen():
        start.wait()
        with unit_of_work(database, FixedClock(moment)) as uow, house.app.app_context():
            uow.actor = uow.session.get_one(Person, house.owner.id)
            edition = workshops.get_edition(uow.session, house.edition.id)
            told = extending.extend(uow, edition, Target(), Deadline(moment + 5 * DAY, AOE), "", seen=due)
            outcomes.append(told)

    def within(act):
        with house.app.app_context():
            act()

    threads = [threading.Thread(target=within, args=(act,)) for act in (submit, lengthen)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.work() as uow:
        state = uow.session.get_one(Submission, draft.id).state
    told = next(one for one in outcomes if isinstance(one, int))
    said = next(one for one in outcomes if isinstance(one, str))
    assert (state is State.SUBMITTED) is (said == "in")
    if seconds == 0:
        assert said == "in", "the announced second itself is in time"
    # Whoever was not in knows that there is more time; nobody who was in is told to hand in.
    assert said == "in" or told == 1
    assert len([m for m in mails(house) if m.key.startswith("deadline-extended")]) == told


# -- coming near --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "changed", "turn"),
    [
        (73 * HOUR, 5 * DAY, None),
        (72 * HOUR, 5 * DAY, 72),
        (25 * HOUR, 5 * DAY, 72),
        (24 * HOUR, 5 * DAY, 24),
        (HOUR / 2, 5 * DAY, 24),
        (-HOUR, 5 * DAY, None),
        (30 * HOUR, HOUR / 2, None),
        (HOUR / 2, HOUR / 3, 24),
    ],
)
def test_a_reminder_is_due_three_days_and_one_day_before(left, changed, turn):
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert rules.nudge_now(now, now + left, now - changed) == turn


@shows("Submissions", "Before the deadline those with a draft are reminded twice, with what is still missing")
def test_those_with_a_draft_are_reminded_before_their_own_deadline(house, database, clock):
    house.draft(title="Nearly done", abstract="")
    with house.work() as uow:
        make_submission(uow, house.edition, make_person(uow, "Bo", "bo@example.org"), title="Handed in")
        late = make_person(uow, "Late", "late@example.org")
        make_submission(uow, house.edition, late, State.DRAFT, title="With more time")
    extend(house, Target(email="late@example.org"), days=30)
    before = len(mails(house))

    def run():
        with house.app.app_context():
            nudging.run(database, clock)
        return mails(house)[before:]

    assert run() == []
    clock.at = house.due().at - 70 * HOUR
    for _again in range(2):
        assert [mail.to_address for mail in run()] == ["wahyuni@example.org"]
    clock.at = house.due().at - 20 * HOUR
    last = run()
    assert [mail.to_address for mail in last] == ["wahyuni@example.org"] * 2
    assert _as_agreed(last[-1], "nudge")
    clock.at = house.due().at + HOUR
    assert len(run()) == 2


# -- how many -----------------------------------------------------------------------------------------------------


@shows("Call", "Organisers can cap in how many abstracts one person is named; it holds when several are sent at once")
def test_nobody_is_named_in_more_than_the_call_takes(house, database):
    with house.work() as uow:
        make_call(uow, house.edition, needs_pdf=False, most_per_person=1)
    drafts = [house.draft(track=house.second) for _number in range(3)]
    start, outcomes = threading.Barrier(3), []

    def submit(draft):
        start.wait()
        with house.app.app_context():
            try:
                _submits(house, database, draft, house.due().at - HOUR)
                outcomes.append("in")
            except Conflict:
                outcomes.append("too many")

    threads = [threading.Thread(target=submit, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "too many", "too many"]
    with house.work() as uow:
        left = [d for d in drafts if uow.session.get_one(Submission, d.id).state is State.DRAFT]
    number = left[0].number
    path = f"{BASE}/submissions/{number}/edit"
    again = post_form(
        house.client, path, typed(house.second, version="2", **{"authors-0-email": "wahyuni@example.org"})
    )
    assert again.status_code == 422
    assert "this call takes no more from one person" in again.text
    with house.work() as uow:
        assert uow.session.get_one(Submission, left[0].id).title == "Whose Dialect Is Default?", (
            "what was typed is kept"
        )


def test_the_home_page_names_the_deadline_that_is_ones_own(house, clock):
    house.draft(title="With more time")
    extend(house, Target(email="wahyuni@example.org"), days=12)
    clock.at += 11 * DAY
    assert "takes it until Sat 13 June" in house.client.get("/").text
    clock.at += 2 * DAY
    assert "takes it until" not in house.client.get("/").text
