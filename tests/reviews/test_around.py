"""Everything around a review, as its people meet it: forms, phases, discussion, response, reminders."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from tests.commands import runner, told
from tests.factories import join_team, make_date, make_edition, make_person, send
from tests.pdfs import make_pdf
from tests.queries import count_queries
from tests.reviews.factories import DESK, REVIEWS, declare, make_assignment, make_decision, make_review
from tests.reviews.test_pages import GOOD, given, inputs, text_of
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission, post_form
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.reviews import discussing, queries, reminding, service, setting_up
from workshop_manager.reviews.criteria import Item
from workshop_manager.reviews.models import AuthorResponse, DeclinedReview, Message, MetaReview, Review
from workshop_manager.reviews.setting_up import PhaseContent
from workshop_manager.reviews.shown import form_of
from workshop_manager.reviews.states import Audience, ItemKind, ReviewState, SeeOthers
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import DateKey, Role

WHO = f"{DESK}/reviews"
SAID = "I doubt the numbers."
CLEAR = Item("clear", ItemKind.SCALE, "Clarity", weight=1, steps=("muddled", "clear"), audience=Audience.AUTHORS)
SECRET = Item("worry", ItemKind.TEXT, "What worries you", required=False, audience=Audience.CHAIRS)


def phase(house, name="Now", **switches):
    """From now on these switches hold."""
    with house.work(house.chair) as uow:
        setting_up.add_phase(uow, house.edition, PhaseContent(name, Deadline(uow.now, "UTC"), **switches))


def both_in(house, **values):
    """A work that both reviewers have reviewed; returns its number."""
    number = given(house, **values)
    with house.work() as uow:
        work = uow.session.scalars(select(Submission).where(Submission.number == number)).one()
        make_review(uow, work, house.rania, 5, assigned=False, text="My own words.", remark="She confides.")
        make_review(uow, work, house.kenza, 2, text=SAID, remark="They confide.")
    return number


def mails(house, template):
    with house.work() as uow:
        return uow.session.scalars(select(OutboxMail).where(OutboxMail.template == template)).all()


# -- what is asked


@shows(
    "Review and decisions",
    "A track has a review form of its own: weighted scales with anchors, own questions, each with its readers; "
    "a change makes a new version, and reviews stay as they were asked",
)
def test_a_form_is_built_answered_and_changed(house):
    chair, base = house.chair_client, f"{WHO}/forms"
    track = house.first.id
    assert send(chair, f"{base}/{track}", {"do": "own", "seen": "0"}).status_code == 303
    new = {"seen": "1", "kind": "scale", "label": "Clarity", "audience": "authors", "required_": "y", "weight": "3",
           "steps": "3: clear\n2: fair\n1: muddled"}  # fmt: skip
    assert send(chair, f"{base}/{track}/questions/new", new | {"steps": "clear"}).status_code == 422
    assert send(chair, f"{base}/{track}/questions/new", new).status_code == 303
    worry = {"seen": "2", "kind": "text", "label": "What worries you", "audience": "chairs", "words": "3"}
    assert send(chair, f"{base}/{track}/questions/new", worry).status_code == 303
    stale = send(chair, f"{base}/{track}/questions/new", worry)
    assert stale.status_code == 422
    assert "Another chair changed this form meanwhile." in text_of(stale)
    assert "3: clear" in text_of(chair.get(f"{base}/{track}"))
    number = given(house)
    page = f"{REVIEWS}{number}"
    assert "3: clear" in text_of(house.rania_client.get(page))
    answer = send(house.rania_client, page, GOOD | {"q-what-worries-you": "far too many words"})
    assert "Choose a step." in text_of(answer)
    answer = send(house.rania_client, page, GOOD | {"q-clarity": "3", "q-what-worries-you": "far too many words"})
    assert "4 words. Take out 1." in text_of(answer)
    sent = send(house.rania_client, page, GOOD | {"q-clarity": "3", "q-what-worries-you": "the ethics"})
    assert sent.status_code == 303
    with house.work() as uow:
        row = uow.session.scalars(select(Review)).one()
        assert (row.score, row.weighted, row.answers) == (
            5,
            (5 + 3 * 6) / 4,
            {"clarity": 3, "what-worries-you": "the ethics"},
        )
    assert send(chair, f"{base}/{track}/questions/clarity/removal", {"seen": "3"}).status_code == 303
    shown = text_of(chair.get(f"{WHO}/{number}"))
    assert "Clarity: 3: clear" in shown
    assert "What worries you for the chairs only the ethics" in shown
    assert "3: clear" in text_of(house.rania_client.get(page)), "a review that is in is asked what it answered"
    assert send(chair, f"{base}/{track}", {"do": "general", "seen": "4"}).status_code == 303
    assert "This track asks what all tracks do." in text_of(chair.get(f"{base}/{track}"))


def test_what_every_form_needs_cannot_go(season, uow):
    uow.actor = season.chair
    form = form_of(None)
    two_steps = Item("score", ItemKind.SCALE, "x", steps=("a", "b"))
    open_remark = Item("remark", ItemKind.TEXT, "x", audience=Audience.AUTHORS)
    with pytest.raises(Conflict, match="overall score"):
        setting_up.save_form(uow, season.edition, None, form.without("score"), seen=0)
    with pytest.raises(Conflict, match="exactly 6 steps"):
        setting_up.save_form(
            uow,
            season.edition,
            None,
            form.with_item(two_steps, "score"),
            seen=0,
        )
    row = setting_up.save_form(
        uow,
        season.edition,
        None,
        form.with_item(open_remark, "remark"),
        seen=0,
    )
    assert form_of(row).find("remark").audience is Audience.CHAIRS
    with pytest.raises(service.Stale):
        setting_up.save_form(uow, season.edition, None, form, seen=0)
    for person in (season.rania, season.track_chair, season.author):
        uow.actor = person
        with pytest.raises(NotFound):
            setting_up.save_form(uow, season.edition, None, form, seen=1)


def test_another_editions_track_has_no_form_here(season, uow):
    other = make_edition(uow, slug="2025")
    join_team(uow, other, season.chair, Role.PROGRAMME_CHAIR)
    uow.actor = season.chair
    with pytest.raises(NotFound):
        setting_up.save_form(uow, other, season.first.id, form_of(None), seen=0)


# -- saved while typing, given back, taken along


@shows("Review and decisions", "A review is saved while it is typed; one that is in stays as it is until saved again")
def test_what_is_typed_is_kept(house):
    number = given(house)
    client, page = house.rania_client, f"{REVIEWS}{number}"
    answer = send(client, f"{page}/draft", {"version": "0", "score": "4", "text": "Half a th"})
    assert (answer.status_code, answer.json["saved"], answer.json["version"]) == (200, True, "1")
    assert inputs(client.get(page))["text"].strip() == "Half a th"
    stale = send(client, f"{page}/draft", {"version": "0", "text": "from another tab"})
    assert (stale.status_code, stale.json["saved"]) == (409, False)
    assert send(client, page, GOOD | {"version": "1"}).status_code == 303
    assert send(client, f"{page}/draft", GOOD | {"version": "2", "text": "On second thoughts"}).json["saved"]
    with house.work() as uow:
        row = uow.session.scalars(select(Review)).one()
        assert (row.text, row.state) == ("A clear question.", ReviewState.SUBMITTED)
    assert "You changed something and did not save it" in text_of(client.get(page))
    assert inputs(client.get(page), 1)["text"].strip() == "On second thoughts"
    assert "On second thoughts" not in house.chair_client.get(f"{WHO}/{number}").text
    assert send(client, f"{page}/draft/removal").status_code == 303
    assert "On second thoughts" not in client.get(page).text
    assert send(house.kenza_client, f"{page}/draft", {"version": "0"}).status_code == 404


@shows(
    "Review and decisions",
    "A reviewer gives an assignment back, with reason and suggestion; chairs give it to another",
    "Whoever gets a review that somebody gave back never sees what was drafted before",
)
def test_a_review_is_given_back(house):
    number = given(house)
    client, page = house.rania_client, f"{REVIEWS}{number}/declination"
    send(client, f"{REVIEWS}{number}", {"version": "0", "score": "4", "text": "A thought of Rania’s", "do": "draft"})
    assert "A thought of Rania’s" in client.get(f"{REVIEWS}{number}").text
    assert send(client, page, {"reason": ""}).status_code == 422
    assert send(client, page, {"reason": "time", "suggestion": "Ask Kenza."}).status_code == 303
    assert client.get(f"{REVIEWS}{number}").status_code == 404
    shown = text_of(house.chair_client.get(f"{WHO}/progress"))
    for words in ("Rania : I do not have the time. Ask Kenza.", "Give it to somebody else"):
        assert words in shown, words
    assert "Ask Kenza." in text_of(house.chair_client.get(f"{WHO}/{number}"))
    with house.work() as uow:
        assert uow.session.scalars(select(Review)).all() == []
        row = uow.session.scalars(select(DeclinedReview)).one()
        row.declined_at -= timedelta(hours=1)
    send(house.chair_client, f"{WHO}/{number}/assignments", {"reviewer": house.kenza.id})
    assert "Somebody else has it" in text_of(house.chair_client.get(f"{WHO}/progress"))
    theirs = house.client(house.kenza).get(f"{REVIEWS}{number}")
    assert theirs.status_code == 200
    for words in ("A thought of", "Rania", "I do not have the time"):
        assert words not in theirs.text, words


def test_a_review_that_is_in_is_not_given_back(season, uow):
    work = season.work()
    make_review(uow, work, season.rania)
    uow.actor = season.rania
    with pytest.raises(Conflict, match="is in"):
        service.decline(uow, season.edition, work.number, service.DeclineReason.TIME, "")
    uow.actor = season.kenza
    with pytest.raises(NotFound):
        service.decline(uow, season.edition, work.number, service.DeclineReason.TIME, "")


@shows(
    "Review and decisions",
    "Forms travel as a text file: brought back, previewed with every problem, then saved",
)
@keeps("A9")
def test_forms_travel_as_a_file(house):
    first, second = given(house, title="One"), given(house, title="Two")
    client = house.rania_client
    file = client.get(f"{REVIEWS}forms.txt")
    assert file.headers["Content-Disposition"] == 'attachment; filename="musiml-2026-reviews.txt"'
    assert "Wahyuni" not in file.text
    assert client.get(f"{REVIEWS}{first}/form.txt").text.count("Review of #") == 1
    text = file.text.replace("\r\n", "\n")
    one, two = text.split(f"Review of #{second}")
    one = one.replace("==*== score\n", "==*== score\n5\n").replace("==*== advice\n", "==*== advice\noral\n")
    one = one.replace("==*== confidence\n", "==*== confidence\n3\n").replace("==*== text\n", "==*== text\nGood.\n")
    two = two.replace("==*== score\n", "==*== score\nten\n").replace("==*== remark\n", "==*== remark\nBetween us\n")
    brought = f"{one}Review of #{second}{two}"
    preview = send(client, f"{REVIEWS}forms", {"text": brought})
    for words in ("#1 One Complete", "#2 Two Not complete", "“ten” is no whole number from 1 to 6.", "Between us"):
        assert words in text_of(preview), words
    data = {"text": brought, "take": ["1", "2"], "version-1": "0", "version-2": "0"}
    assert send(client, f"{REVIEWS}forms/saved", data | {"version-2": "7"}).status_code == 422
    with house.work() as uow:
        assert uow.session.scalars(select(Review)).all() == [], "all or nothing"
    assert send(client, f"{REVIEWS}forms/saved", data).status_code == 303
    with house.work() as uow:
        rows = uow.session.execute(select(Review.state, Review.score, Review.remark).order_by(Review.id)).all()
        assert rows == [(ReviewState.SUBMITTED, 5, ""), (ReviewState.DRAFT, None, "Between us")]
    again = text_of(send(client, f"{REVIEWS}forms", {"text": brought}))
    assert "You changed it here since you took the form along." in again
    assert send(house.kenza_client, f"{REVIEWS}forms/saved", data).status_code == 422
    assert "You have no such review here." in text_of(send(house.kenza_client, f"{REVIEWS}forms", {"text": brought}))
    for path in ("forms", "forms.txt"):
        assert house.author_client.get(f"{REVIEWS}{path}").status_code == 404
    assert send(client, f"{REVIEWS}forms", {"text": " "}).status_code == 422


# -- phases


@shows("Review and decisions", "Phases stand in a table that a chair can read, and are changed there")
def test_a_chair_sets_phases(house):
    chair, page = house.chair_client, f"{WHO}/phases"
    assert "one rule holds from the first assignment to the decision" in text_of(chair.get(page))
    assert send(chair, page).status_code == 303
    shown = text_of(chair.get(page))
    for words in ("Reviewing now", "Authors respond", "Discussion", "Chairs decide"):
        assert words in shown, words
    assert send(chair, page).status_code == 409
    new = {"name": "Last looks", "day": "2026-09-01", "time": "12:00", "zone": "UTC", "see_others": "always"}
    assert send(chair, f"{page}/new", new | {"zone": "Nowhere"}).status_code == 422
    assert send(chair, f"{page}/new", new).status_code == 303
    again = send(chair, f"{page}/new", new)
    assert again.status_code == 422
    assert "Another phase starts at the same moment." in text_of(again)
    with house.work() as uow:
        row = queries.phase_rows(uow.session, house.edition.id)[-1]
    assert send(chair, f"{page}/{row.id}", new | {"version": "0"}).status_code == 422
    assert send(chair, f"{page}/{row.id}", new | {"version": str(row.version), "name": "Last"}).status_code == 303
    assert send(chair, f"{page}/{row.id}/removal").status_code == 303
    assert "Last" not in text_of(chair.get(page)).replace("Last wrote", "")
    answer = send(chair, f"{WHO}/settings", {"version": "1", "response_words": "80"})
    assert answer.status_code == 303
    assert send(chair, f"{WHO}/settings", {"version": "1", "response_words": "90"}).status_code == 422
    for client in (house.rania_client, house.track_chair_client, house.author_client):
        assert client.get(page).status_code == 404


@keeps("A9", "A13")
@shows("Review and decisions", "Every page obeys the phase: writing, others' reviews, names, discussion")
def test_pages_obey_the_phase(house, clock):
    number = both_in(house)
    page, talk = f"{REVIEWS}{number}", f"{REVIEWS}{number}/discussion"
    client = house.rania_client
    assert SAID in client.get(page).text
    phase(house, "Reviewing only", may_write=True, see_others=SeeOthers.NEVER)
    assert SAID not in client.get(page).text
    assert client.get(talk).status_code == 404
    assert client.get(f"{page}/revised.pdf").status_code == 404
    clock.at += timedelta(days=1)
    phase(house, "Names", see_others=SeeOthers.AFTER_OWN, shows_names=True, may_discuss=True)
    shown = client.get(page)
    assert "Kenza" in text_of(shown)
    assert "They confide." not in shown.text
    assert 'name="score"' not in shown.text
    refused = send(client, page, GOOD | {"version": "1", "text": "An hour of thought."})
    assert refused.status_code == 409
    assert "An hour of thought." in refused.text
    assert send(client, talk, {"text": "With my name."}).status_code == 303
    clock.at += timedelta(days=1)
    phase(house, "Closed", see_others=SeeOthers.AFTER_OWN)
    assert "Kenza" not in client.get(page).text
    kept = send(client, talk, {"text": "Too late, and kept."})
    assert kept.status_code == 409
    assert "Too late, and kept." in kept.text
    assert send(house.chair_client, talk, {"text": "Chairs always."}).status_code == 303


# -- discussion


@shows(
    "Review and decisions",
    "Reviewers and chairs discuss without names, with mentions and unseen marks",
)
@keeps("A9", "A1")
def test_a_discussion(house):
    number = both_in(house)
    talk = f"{REVIEWS}{number}/discussion"
    assert send(house.kenza_client, talk, {"text": "  "}).status_code == 422
    assert send(house.kenza_client, talk, {"text": "Page two? @reviewer-1 @chair"}).status_code == 303
    told = {m.to_address for m in mails(house, "reviews/mentioned")}
    assert told == {house.rania.email, house.chair.email, house.owner.email}
    for mail in mails(house, "reviews/mentioned"):
        assert "Kenza" not in mail.text_body.replace(mail.to_name, "")
        assert "Page two" not in mail.text_body
    seen = house.rania_client.get(talk)
    assert "Reviewer 2 new" in text_of(seen)
    assert "Kenza" not in seen.text
    assert "1 new message" in text_of(house.rania_client.get(REVIEWS))
    assert "Kenza Reviewer 2" in text_of(house.chair_client.get(talk))
    with house.work() as uow:
        made = uow.session.scalars(select(Message)).one()
    assert send(house.rania_client, f"{talk}/seen", {"up_to": str(made.id)}).status_code == 303
    assert "new message" not in text_of(house.rania_client.get(REVIEWS))
    assert "new message" not in text_of(house.kenza_client.get(REVIEWS))
    for client in (house.author_client, house.track_chair_client):
        assert client.get(talk).status_code == 404
        assert send(client, talk, {"text": "Me too"}).status_code == 404


def test_ones_own_words_are_changed_and_taken_back_for_a_while(house, clock):
    number = both_in(house)
    talk = f"{REVIEWS}{number}/discussion"
    send(house.kenza_client, talk, {"text": "Frist"})
    with house.work() as uow:
        one = f"{talk}/{uow.session.scalars(select(Message.id)).one()}"
    assert inputs(house.kenza_client.get(one))["text"].strip() == "Frist"
    assert send(house.kenza_client, one, {"text": "First"}).status_code == 303
    assert "First" in house.rania_client.get(talk).text
    for client in (house.rania_client, house.chair_client):
        assert client.get(one).status_code == 404
        assert send(client, one, {"text": "Mine"}).status_code == 404
        assert send(client, f"{one}/removal").status_code == 404
    clock.at += timedelta(minutes=31)
    assert send(house.kenza_client, one, {"text": "Late"}).status_code == 409
    assert send(house.kenza_client, f"{one}/removal").status_code == 409
    clock.at -= timedelta(minutes=31)
    assert send(house.kenza_client, f"{one}/removal").status_code == 303
    assert "Taken back by its writer." in text_of(house.rania_client.get(talk))
    assert "First" not in house.rania_client.get(talk).text


def test_nobody_discusses_before_their_own_review_is_in(house):
    number = given(house)
    with house.work() as uow:
        work = uow.session.scalars(select(Submission)).one()
        make_review(uow, work, house.kenza, 2, text=SAID)
    talk = f"{REVIEWS}{number}/discussion"
    send(house.kenza_client, talk, {"text": "Anybody? @all @reviewer-2"})
    assert house.rania_client.get(talk).status_code == 404
    assert [m.to_address for m in mails(house, "reviews/mentioned")] == []
    assert "new message" not in text_of(house.rania_client.get(REVIEWS))


@keeps("A12", "A9")
def test_a_conflict_ends_the_discussion_for_whoever_has_it(house):
    number = both_in(house)
    talk = f"{REVIEWS}{number}/discussion"
    send(house.rania_client, talk, {"text": "What I say goes with me."})
    with house.work(house.rania) as uow:
        service.declare_conflict(uow, house.edition, number, ConflictKind.COLLEAGUE, "")
    with house.work() as uow:
        declare(uow, uow.session.scalars(select(Submission)).one(), house.chair)
    for client in (house.rania_client, house.chair_client):
        assert client.get(talk).status_code == 404
    assert "What I say goes with me." not in house.kenza_client.get(talk).text
    send(house.kenza_client, talk, {"text": "@chair @reviewer-1 @all"})
    assert [m.to_address for m in mails(house, "reviews/mentioned")] == [house.owner.email]


# -- the lead


@shows(
    "Review and decisions",
    "A lead reads all reviews and writes the meta-review; authors read it after the decision",
)
@keeps("A13", "A9")
def test_a_lead_sums_up(house):
    number = both_in(house)
    with house.work() as uow:
        lead = make_person(uow, "Layla")
        join_team(uow, house.edition, lead, Role.REVIEWER)
    client = house.client(lead)
    page, talk = f"{REVIEWS}{number}/meta-review", f"{REVIEWS}{number}/discussion"
    assert client.get(talk).status_code == 404
    assert send(house.chair_client, f"{WHO}/{number}/lead", {"lead": str(lead.id)}).status_code == 303
    assert [m.to_address for m in mails(house, "reviews/lead")] == [lead.email]
    assert "Wahyuni" not in mails(house, "reviews/lead")[0].text_body
    assert "Meta-review to write" in text_of(client.get(REVIEWS))
    shown = client.get(f"{REVIEWS}{number}")
    assert SAID in shown.text
    for name in ("Kenza", "Rania", "Wahyuni", "confide", 'name="score"'):
        assert name not in shown.text, name
    assert send(client, f"{REVIEWS}{number}", GOOD).status_code == 409, "a lead is not asked for a review"
    assert send(client, page, {"version": "1", "text": ""}).status_code == 422
    summed = {"version": "1", "advice": "poster", "text": "They agree on little.", "remark": "One is too harsh."}
    assert send(client, page, summed | {"do": "draft"}).status_code == 303
    assert "They agree on little." not in house.chair_client.get(f"{WHO}/{number}").text
    assert send(client, page, summed).status_code == 422, "from another tab"
    assert send(client, page, summed | {"version": "2"}).status_code == 303
    assert "One is too harsh." in house.chair_client.get(f"{WHO}/{number}").text
    assert "They agree on little." not in house.rania_client.get(talk).text
    received = f"/musiml/2026/submissions/{number}/reviews"
    assert house.author_client.get(received).status_code == 404
    with house.work() as uow:
        work = uow.session.scalars(select(Submission)).one()
        work.state, work.outcome, work.decided_at = State.REJECTED, Outcome.REJECT, uow.now
    read = house.author_client.get(received)
    assert "They agree on little." in read.text
    for secret in ("One is too harsh.", "confide", "Kenza", "Rania", "Layla", "Reviewer 1"):
        assert secret not in read.text, secret
    assert send(client, page, summed | {"version": "3"}).status_code == 409


def test_who_cannot_lead(season, uow):
    work = season.work(season.rania)
    uow.actor = season.chair
    for person_id in (season.rania.id, season.author.id, 987654):
        with pytest.raises(Conflict, match="cannot lead"):
            discussing.ask_to_lead(uow, season.edition, work.number, person_id)
    discussing.ask_to_lead(uow, season.edition, work.number, season.kenza.id)
    discussing.ask_to_lead(uow, season.edition, work.number, season.kenza.id)
    assert uow.session.execute(select(func.count()).select_from(OutboxMail)).scalar_one() == 1
    discussing.ask_to_lead(uow, season.edition, work.number, None)
    assert uow.session.scalars(select(MetaReview)).all() == []
    uow.actor = season.kenza
    with pytest.raises(NotFound):
        discussing.ask_to_lead(uow, season.edition, work.number, season.kenza.id)


# -- the authors


@shows(
    "Review and decisions",
    "Authors read their reviews without what was confided, answer within a word limit, and send a revised PDF",
)
@keeps("A13", "A9", "D7")
def test_authors_respond(house, clock):
    number = both_in(house, pdf=make_pdf())
    page, paper = f"/musiml/2026/submissions/{number}/reviews", f"{REVIEWS}{number}"
    author, reviewer = house.author_client, house.rania_client
    with house.work() as uow:
        make_decision(uow, uow.session.scalars(select(Submission)).one(), Outcome.ORAL)
    assert author.get(page).status_code == 404
    assert "Reviews" not in text_of(author.get(f"/musiml/2026/submissions/{number}"))
    first = reviewer.get(f"{paper}/paper.pdf").data
    phase(house, "Authors respond", see_others=SeeOthers.AFTER_OWN, authors_read=True, authors_respond=True)
    read = author.get(page)
    assert "Review 1" in text_of(read)
    for secret in ("confide", "Kenza", "Rania", "Reviewer 1", "Oral", "oral", "5, good"):
        assert secret not in read.text, secret
    assert "Your response is awaited" in text_of(author.get(f"/musiml/2026/submissions/{number}"))
    long = {"version": "0", "text": "word " * 501}
    assert "501 words. Take out 1." in text_of(send(author, page, long))
    kept = send(author, f"{page}/draft", {"version": "0", "text": "Not yet"})
    assert kept.json["saved"]
    assert "Not yet" not in reviewer.get(paper).text
    assert send(author, page, {"version": "0", "text": "We measured."}).status_code == 422
    pdf = make_pdf(pages=2, author="Wahyuni", title="Revised by Wahyuni")
    with_pdf = {"version": "1", "text": "We measured.", "pdf": (BytesIO(pdf), "wahyuni-new.pdf")}
    assert post_form(author, page, with_pdf).status_code == 303
    assert [m.to_address for m in mails(house, "reviews/responded")] == [house.author.email]
    assert "We measured." in reviewer.get(paper).text
    assert "Wahyuni" not in reviewer.get(paper).text
    revised = reviewer.get(f"{paper}/revised.pdf")
    assert revised.status_code == 200
    assert b"Wahyuni" not in revised.data
    assert "wahyuni" not in revised.headers["Content-Disposition"]
    assert reviewer.get(f"{paper}/paper.pdf").data == first, "the first PDF stays the paper"
    assert "We measured." in house.chair_client.get(f"{WHO}/{number}").text
    assert send(author, f"{page}/draft", {"version": "2", "text": "x"}).status_code == 409
    clock.at += timedelta(days=1)
    phase(house, "Discussion", see_others=SeeOthers.AFTER_OWN)
    assert author.get(page).status_code == 404
    assert send(author, page, {"version": "2", "text": "Too late"}).status_code == 404
    for client in (reviewer, house.chair_client):
        assert client.get(page).status_code == 404
    with house.work() as uow:
        row = uow.session.scalars(select(AuthorResponse)).one()
        assert (row.text, row.is_sent, row.version) == ("We measured.", True, 2)


# -- how it goes


@shows("Review and decisions", "A load board and a chart say how reviewing goes, over what this chair may see")
@keeps("A12")
def test_the_load_board(house):
    both_in(house)
    with house.work() as uow:
        make_date(uow, house.edition, DateKey.REVIEWS_DUE, uow.now - timedelta(days=1))
        own = make_submission(uow, house.edition, house.owner, track=house.first, title="The owner's own")
        make_assignment(uow, own, house.rania)
    shown = text_of(house.chair_client.get(f"{WHO}/progress"))
    for words in ("2 of 3 reviews are in", "Rania 1 late 1 of 2", "Kenza 1 of 1", "Late 1", "Have nothing 3"):
        assert words in shown, words
    hidden = text_of(house.owner_client.get(f"{WHO}/progress"))
    assert "2 of 2 reviews are in" in hidden
    assert "Rania 1 of 1" in hidden
    assert "Kenza" not in text_of(house.chair_client.get(f"{WHO}/progress?show=owing"))
    assert house.rania_client.get(f"{WHO}/progress").status_code == 404


@shows(
    "Review and decisions",
    "Reminders go to exactly those who owe, each with what they owe, previewed before",
)
@keeps("M7", "A9", "A12")
def test_reminders(house):
    both_in(house, title="Done")
    given(house, title="Missing of Rania")
    given(house, "kenza", title="Decided", state=State.ACCEPTED)
    with house.work() as uow:
        own = make_submission(uow, house.edition, house.owner, track=house.first, title="The owner's own")
        make_assignment(uow, own, house.kenza)
        foreign = make_person(uow, "Left")
        make_assignment(uow, own, foreign)
    page = f"{WHO}/reminders"
    shown = house.chair_client.get(page)
    for words in ("2 people, 2 missing reviews.", "Rania", "Missing of Rania", "The owner's own"):
        assert words in text_of(shown), words
    for words in ("Done", "Decided", "Left", "Wahyuni"):
        assert words not in text_of(shown), words
    assert "The owner's own" not in house.owner_client.get(page).text
    looked = send(house.chair_client, page, {"do": "look", "note": "Only three left."})
    assert "Only three left." in text_of(looked)
    assert mails(house, "reviews/reminder") == []
    seen = inputs(shown)["seen"]
    stale = send(house.chair_client, page, {"seen": "0" * 32, "do": "send"})
    assert stale.status_code == 422
    assert send(house.chair_client, page, {"seen": seen, "do": "send", "note": "Only three left."}).status_code == 303
    sent = {m.to_address: m.text_body for m in mails(house, "reviews/reminder")}
    assert set(sent) == {house.rania.email, house.kenza.email}
    assert "Missing of Rania" in sent[house.rania.email]
    assert "The owner's own" not in sent[house.rania.email]
    assert "Only three left." in sent[house.rania.email]
    assert send(house.rania_client, page, {"seen": seen}).status_code == 404


def test_nobody_is_reminded_of_what_they_must_not_judge(season, uow):
    work = season.work()
    make_assignment(uow, work, season.rania)
    declare(uow, work, season.rania)
    assert reminding.prepare(uow, season.edition, season.standing(season.chair)).owing == ()
    uow.actor = season.chair
    with pytest.raises(Conflict, match="Nobody owes"):
        reminding.remind(uow, season.edition, "", seen=reminding.Wave((), None, False).digest)


@keeps("O2")
@pytest.mark.sqlite
def test_the_new_pages_ask_few_queries(house, database):
    number = both_in(house)
    for client in (house.rania_client, house.kenza_client):
        send(client, f"{REVIEWS}{number}/discussion", {"text": "Hello"})
    send(house.chair_client, f"{WHO}/{number}/lead", {"lead": str(house.kenza.id)})

    def fill(works):
        with house.work() as uow:
            for _each in range(works):
                work = make_submission(uow, house.edition, house.author, track=house.first)
                make_review(uow, work, house.rania)
                make_assignment(uow, work, house.kenza)

    def ask(client, path):
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    pages = (
        (house.chair_client, f"{WHO}/progress"), (house.chair_client, f"{WHO}/reminders"),
        (house.chair_client, f"{WHO}/phases"), (house.chair_client, f"{WHO}/forms"),
        (house.chair_client, f"{WHO}/forms/0"), (house.chair_client, f"{REVIEWS}{number}/discussion"),
        (house.rania_client, REVIEWS), (house.rania_client, f"{REVIEWS}{number}"),
        (house.rania_client, f"{REVIEWS}{number}/discussion"), (house.rania_client, f"{REVIEWS}forms.txt"),
    )  # fmt: skip
    fill(1)
    few = {path: ask(client, path) for client, path in pages}
    fill(40)
    many = {path: ask(client, path) for client, path in pages}
    assert many == few
    assert max(many.values()) <= 12, many


@shows("Review and decisions", "`workshop-manager reviews remind` reminds the same people, with --dry-run and --json")
def test_the_command_reminds_the_same_people(house, app, monkeypatch):
    given(house, title="Missing of Rania")
    run = runner(app, monkeypatch)
    report = told(run("reviews", "remind", "musiml/2026", "--dry-run", "--json"))
    assert report["counts"] == {"people": 1, "reviews": 1, "mails": 1}
    assert report["items"] == [{"name": "Rania", "to": house.rania.email, "owes": [1]}]
    assert mails(house, "reviews/reminder") == []
    assert "people: 1, reviews: 1, mails: 1" in run("reviews", "remind", "musiml/2026").output
    assert [m.to_address for m in mails(house, "reviews/reminder")] == [house.rania.email]
