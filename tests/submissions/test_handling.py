"""What chairs do to submissions of others: withdraw, revive, merge, reject unreviewed, move, hand in for somebody."""

import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import make_person, send
from tests.pdfs import make_pdf
from tests.reviews.conftest import house, season
from tests.reviews.factories import DESK, Season, declare, make_assignment
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions import acts, handling, history, queries, rules
from workshop_manager.submissions.content import AuthorContent
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.queries import get_edition

__all__ = ["house", "season"]

ROOT = Path(__file__).resolve().parent.parent.parent
LIST = f"{DESK}/submissions"
WORK = handling.OnBehalf("By hand", "Text.", None, None, None, (AuthorContent("Zohra", "zohra@example.org", "Oran"),))


def mails(uow, template):
    uow.session.flush()
    found = select(OutboxMail).where(OutboxMail.template == f"submissions/{template}").order_by(OutboxMail.id)
    return uow.session.scalars(found).all()


def said(season, work, by=None):
    entries = history.entries_of(season.uow, season.standing(by or season.chair), work)
    names = queries.names_of(season.uow.session, set(history.people(entries)))
    return [line.text for line in history.lines(entries, names)]


@pytest.fixture
def chair(season):
    season.uow.actor = season.chair
    return season


@shows("Submissions", "A chair withdraws a submission for its authors, who get a mail, and can bring it back")
def test_a_chair_withdraws_and_revives(chair, uow):
    other = make_person(uow, "Malak")
    work = chair.work(authors=(other,))
    make_assignment(uow, work, chair.rania)
    handling.take_out(uow, chair.edition, work.number, "You asked us by mail.")
    assert (work.state, work.withdrawn_at) == (State.WITHDRAWN, uow.now)
    letters = mails(uow, "taken_out")
    assert {m.to_address for m in letters} == {chair.author.email, other.email}
    assert all("You asked us by mail." in m.text_body and m.about == work.about for m in letters)
    handling.revive(uow, chair.edition, work.number)
    assert (work.state, work.withdrawn_at) == (State.SUBMITTED, None)
    assert len(mails(uow, "revived")) == 2
    assert said(chair, work)[:2] == [
        "Brought back into the call",
        "Withdrawn for its authors: You asked us by mail.",
    ]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("reason", [None, "Off topic."])
def test_what_left_comes_back_and_a_decision_after_reviews_stands(state, reason):
    may = state is State.WITHDRAWN or (state is State.REJECTED and reason is not None)
    assert rules.may_revive(state, reason) is may


@shows("Submissions", "A desk rejection goes out at once with its reason, and can be undone")
def test_a_desk_rejection_says_why_and_can_be_undone(chair, uow):
    work = chair.work()
    handling.reject_unreviewed(uow, chair.edition, work.number, "It is an advertisement.")
    assert (work.state, work.desk_reason) == (State.REJECTED, "It is an advertisement.")
    assert "It is an advertisement." in mails(uow, "not_considered")[0].text_body
    with pytest.raises(Conflict, match="waits for a decision"):
        handling.reject_unreviewed(uow, chair.edition, work.number, "Again.")
    handling.revive(uow, chair.edition, work.number)
    assert (work.state, work.desk_reason, work.decided_at) == (State.SUBMITTED, None, None)


def test_a_decision_after_reviews_is_not_revived(chair, uow):
    work = chair.work(state=State.REJECTED, outcome=Outcome.REJECT)
    with pytest.raises(Conflict, match="brought back"):
        handling.revive(uow, chair.edition, work.number)


@shows("Submissions", "Of two submissions of one work one leaves; its authors can join those of the other")
def test_a_repetition_is_merged_into_the_one_that_stays(chair, uow):
    both, alone = make_person(uow, "Malak"), make_person(uow, "Nour")
    kept, double = chair.work(authors=(both,)), chair.work(authors=(both, alone))
    uow.session.add(Author(submission_id=double.id, position=9, name="Ghost", email=None))
    handling.mark_same(uow, chair.edition, double.number, kept.number, merge=True)
    assert (double.state, double.same_as_id) == (State.WITHDRAWN, kept.id)
    authors = uow.session.scalars(select(Author).where(Author.submission_id == kept.id).order_by(Author.position)).all()
    assert [a.name for a in authors] == [chair.author.name, both.name, alone.name, "Ghost"]
    assert [a.is_presenter for a in authors] == [True, False, False, False]
    assert {m.to_address for m in mails(uow, "same_work")} == {chair.author.email, both.email, alone.email}
    assert said(chair, kept)[0] == f"Took the authors of #{double.number}"
    assert said(chair, double)[0] == f"Merged into #{kept.number}"
    handling.revive(uow, chair.edition, double.number)
    assert (double.state, double.same_as_id) == (State.SUBMITTED, None)


def test_a_repetition_is_only_marked(chair, uow):
    kept, double = chair.work(), chair.work(authors=(make_person(uow, "Nour"),))
    handling.mark_same(uow, chair.edition, double.number, kept.number, merge=False)
    names = uow.session.scalars(select(Author.name).where(Author.submission_id == kept.id)).all()
    assert names == [chair.author.name]
    assert said(chair, double)[0] == f"Marked as the same work as #{kept.number}"


@keeps("A12", "A3")
def test_the_one_that_stays_must_be_in_the_call_and_be_seen(chair, uow):
    work, gone, hidden = chair.work(), chair.work(state=State.WITHDRAWN), chair.work()
    declare(uow, hidden, chair.chair)
    for number in (gone.number, hidden.number, 999):
        with pytest.raises(Conflict, match=f"no #{number}"):
            handling.mark_same(uow, chair.edition, work.number, number, merge=True)
    with pytest.raises(Conflict, match="its own number"):
        handling.mark_same(uow, chair.edition, work.number, work.number, merge=True)
    with pytest.raises(NotFound):
        handling.mark_same(uow, chair.edition, hidden.number, work.number, merge=True)


def test_two_chairs_who_do_the_reverse_do_not_wait_for_each_other(app, database, clock, work):
    with work() as uow:
        made = Season(uow)
        numbers = [made.work().number, made.work().number]
        edition_id, chairs = made.edition.id, (made.chair.id, made.owner.id)
    answers: list[str] = []

    def act(person_id, pair):
        with app.app_context(), unit_of_work(database, clock) as own:
            own.actor = own.session.get(Person, person_id)
            try:
                handling.mark_same(own, get_edition(own.session, edition_id), *pair, merge=True)
                answers.append("left")
            except Conflict:
                answers.append("refused")

    threads = [
        threading.Thread(target=act, args=(who, pair))
        for who, pair in zip(chairs, (numbers, numbers[::-1]), strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(answers) == ["left", "refused"]


@shows("Submissions", "A chair moves a submission to another track; reviews stay, and its authors hear of it")
def test_a_work_is_moved(chair, uow):
    work = chair.work(track=chair.first)
    make_assignment(uow, work, chair.rania)
    assert handling.move(uow, chair.edition, work.number, chair.second)
    assert not handling.move(uow, chair.edition, work.number, chair.second)
    assert work.track_id == chair.second.id
    assert len(mails(uow, "moved")) == 1
    assert said(chair, work)[0] == f"Moved to the track “{chair.second.name}”"


@shows("Submissions", "A chair hands in for somebody without an account, who finds the work once the address is theirs")
def test_a_chair_hands_in_for_somebody(chair, uow):
    made = handling.submit_on_behalf(uow, chair.edition, WORK, None)
    assert (made.state, made.submitter_id, made.submitted_at) == (State.SUBMITTED, None, uow.now)
    assert [m.to_address for m in mails(uow, "handed_in")] == ["zohra@example.org"]
    zohra = make_person(uow, "Zohra", email="zohra@example.org")
    from workshop_manager.submissions.service import link_address

    link_address(uow, zohra.id, "zohra@example.org")
    assert [s.number for s in queries.own_in_edition(uow.session, chair.edition.id, zohra.id)] == [made.number]


@keeps("A4", "A7")
@pytest.mark.parametrize("who", ["rania", "author", "track_chair"])
def test_only_chairs_of_that_work_act(season, uow, who):
    work = season.work(track=season.first)
    uow.actor = getattr(season, who)
    for act in (
        lambda: handling.take_out(uow, season.edition, work.number, ""),
        lambda: handling.move(uow, season.edition, work.number, season.second),
        lambda: handling.mark_same(uow, season.edition, work.number, 999, merge=False),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):
        handling.reject_unreviewed(uow, season.edition, work.number, "No.")


@keeps("A13")
def test_a_track_chair_reads_no_pending_decision_in_the_history(season, uow):
    from workshop_manager.decisions import service as deciding

    work = season.work(track=season.second)
    uow.actor = season.chair
    deciding.decide(uow, season.edition, {work.number: deciding.Choice(Outcome.ORAL, None, 0)})
    uow.session.flush()
    assert said(season, work)[0] == "Pending decision: Oral"
    assert "Pending decision: Oral" not in said(season, work, season.track_chair)


@shows("Submissions", "Everything that happens to a submission stands in a history that its chairs can read")
def test_every_recorded_action_has_a_sentence(app):
    recorded = set()
    for path in (ROOT / "workshop_manager").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        recorded |= set(re.findall(r'record\(\s*uow,\s*"([^"]+)",\s*"submission"', source))
    assert len(recorded) > 10
    # A draft that was removed has no page; what an answer says is recorded by the state's own word.
    assert recorded - {"removed"} <= history.known()
    assert {"confirmed", "declined"} <= history.known()


# -- pages --------------------------------------------------------------------------------------------------------


def test_the_page_offers_what_can_be_done_and_does_it(house):
    with house.work() as uow:
        work, other = (make_submission(uow, house.edition, house.author, track=house.first) for _ in "ab")
        number, kept, second = work.number, other.number, house.second.id
    one = f"{LIST}/{number}"
    page = house.chair_client.get(one)
    for label in ("Move it to another track", "the same work as another", "Reject it without", "Withdraw it for"):
        assert label in page.text
    assert "Bring it back" not in page.text
    assert send(house.chair_client, f"{one}/track", {"track": second}).status_code == 303
    for path, data, words in (
        ("track", {"track": "x"}, "Choose a track."),
        ("duplication", {"number": "abc"}, "Write the number of the one that stays"),
        ("duplication", {"number": "77"}, "There is no #77 in the call."),
        ("desk-rejection", {"reason": " "}, "Say why: the authors read it"),
    ):
        refused = send(house.chair_client, f"{one}/{path}", data)
        assert (refused.status_code, words in refused.text) == (422, True), path
    assert send(house.chair_client, f"{one}/duplication", {"number": kept, "merge": "y"}).status_code == 303
    page = house.chair_client.get(one)
    assert f"the same work as #{kept}" in page.text
    assert "Bring it back" in page.text
    assert "Reject it without" not in page.text
    assert send(house.chair_client, f"{one}/revival").status_code == 303
    assert send(house.chair_client, f"{one}/desk-rejection", {"reason": "Off topic."}).status_code == 303
    assert "Off topic." in house.chair_client.get(one).text
    assert send(house.chair_client, f"{one}/revival").status_code == 303
    assert send(house.chair_client, f"{one}/withdrawal", {"note": ""}).status_code == 303
    assert "Withdrawn for its authors" in house.chair_client.get(one).text


def test_a_track_chair_gives_a_work_to_a_track_of_others(house):
    with house.work() as uow:
        number, first = make_submission(uow, house.edition, house.author, track=house.second).number, house.first.id
    answer = send(house.track_chair_client, f"{LIST}/{number}/track", {"track": first})
    assert (answer.status_code, answer.location) == (303, LIST)
    assert house.track_chair_client.get(f"{LIST}/{number}").status_code == 404


@keeps("I13")
def test_handing_in_for_somebody_keeps_what_was_typed(house):
    good = {"title": "By hand", "abstract": "Text.", "authors": "Zohra; zohra@example.org; Oran, Algeria; Lab"}
    for data, words in (
        (good | {"authors": "Zohra"}, "At least one author needs an address"),
        (good | {"authors": "Zohra; nowhere"}, "Line 1: “nowhere” is no e-mail address."),
        (good | {"authors": "; a@example.org"}, "Line 1 has no name."),
        (good | {"authors": "\n".join(f"A{n}; a{n}@example.org" for n in range(31))}, "At most 30 authors fit."),
        (good | {"title": ""}, "Give the work a title."),
        (good | {"file": (b"not a pdf", "x.pdf")}, "PDF"),
    ):
        files = {k: v for k, v in data.items() if isinstance(v, tuple)}
        if files:
            import io

            data = data | {"file": (io.BytesIO(data["file"][0]), data["file"][1])}
        refused = send(house.chair_client, f"{LIST}/new", data)
        assert (refused.status_code, words in refused.text) == (422, True), words
        assert "Text." in refused.text
    import io

    made = send(house.chair_client, f"{LIST}/new", good | {"file": (io.BytesIO(make_pdf()), "paper.pdf")})
    assert made.status_code == 303
    page = house.chair_client.get(made.location)
    assert "Oran, Algeria" in page.text
    assert "Submitted for its authors" in page.text


def test_authors_are_read_a_line_each():
    read = acts.read_authors("  Ada ; ada@example.org ; Lab; Accra \n\n  ليلى\n")
    assert [(a.name, a.email, a.affiliation, a.is_presenter) for a in read] == [
        ("Ada", "ada@example.org", "Lab; Accra", True),
        ("ليلى", "", "", False),
    ]


def test_another_editions_numbers_are_not_there(chair, uow):
    assert uow.session.scalars(select(Submission.id)).all() == []
    with pytest.raises(NotFound):
        handling.take_out(uow, chair.edition, 1, "")
