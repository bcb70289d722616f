"""What searches find, for whom; tags, saved searches, acts on many and the way back."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from tests.factories import client_for, join_team, make_date, make_edition, make_person, send
from tests.grants.factories import make_application, make_fund
from tests.pdfs import make_pdf
from tests.queries import count_queries
from tests.reviews.factories import DESK, add_author, declare, make_assignment, make_decision, make_review
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Listing
from workshop_manager.calls.models import CallDate, PersonalDeadline, Round
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.decisions.models import NamedOutcome
from workshop_manager.mail.models import OutboxMail
from workshop_manager.search import queries, service
from workshop_manager.search.models import SubmissionTag, Tag
from workshop_manager.search.states import Act
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.submissions.topics import SubmissionTopic, Topic
from workshop_manager.workshops.states import DateKey, Role

LIST = f"{DESK}/submissions"
BULK = f"{LIST}/bulk"
BATCHES = f"{LIST}/batches"
READING = "/musiml/2026/reviews/search"


def numbers(page, query=None):
    """The numbers that a list shows, or how a search was misread."""
    soup = BeautifulSoup(page.text, "html.parser")
    assert page.status_code == 200, page.status_code
    if soup.select_one("#q-error"):
        return soup.select_one("#q-error").text.strip()
    return [int(a["href"].rsplit("/", 1)[1]) for a in soup.select("tbody th > a, .w-t > a")]


@pytest.fixture
def full(house):
    """Six submissions that differ in everything one can search for."""
    with house.work() as uow:
        season = house.season
        season.uow = uow
        amina = make_person(uow, "Amina de la Cruz", affiliation="Univ. of Lagos")
        first = season.work(amina, title="Hate speech in Hausa", abstract="A corpus.", pdf=make_pdf())
        second = season.work(title="Rivers as graphs", abstract="On speech of hate.", track=season.second)
        third = season.work(title="Withdrawn tokens", state=State.WITHDRAWN)
        fourth = season.work(title="An oral", state=State.ACCEPTED, outcome=Outcome.ORAL)
        fifth = season.work(title="100% late", remote=True)
        sixth = season.work(title="Only a draft", state=State.DRAFT)
        fifth.submitted_at = uow.now + timedelta(days=11)
        make_review(uow, first, season.rania, 5)
        make_review(uow, first, season.kenza, 4)
        make_review(uow, second, season.rania, 1)
        make_review(uow, second, season.kenza, 6)
        make_assignment(uow, fifth, season.rania)
        make_decision(uow, first, Outcome.POSTER)
        declare(uow, second, season.kenza)
        make_date(uow, season.edition, DateKey.GRANTS_OPEN, uow.now - timedelta(days=1))
        make_date(uow, season.edition, DateKey.GRANTS_DUE, uow.now + timedelta(days=1))
        make_fund(uow, season.edition)
        make_application(uow, season.edition, amina)
        add_author(uow, fifth, "ghost@quartz.example")
        assert [one.number for one in (first, second, third, fourth, fifth, sixth)] == [1, 2, 3, 4, 5, 6]
    return house


FOUND = [
    ("", [1, 2, 3, 4, 5]),
    ("hate", [1, 2]),
    ("HATE speech", [1, 2]),
    ('"hate speech"', [1]),
    ("hausa OR rivers", [1, 2]),
    ("-hate", [3, 4, 5]),
    ("(hausa OR rivers) -track:2", [1]),
    ("#2", [2]),
    ("number>=4", [4, 5]),
    ("title:rivers", [2]),
    ("abstract:corpus", [1]),
    ("100%", [5]),
    ("track:1", [1, 3, 4, 5]),
    ("track:communities", [2]),
    ("track:none", []),
    ("type:none round:none track:2", [2]),
    ("round:regular -type:none", []),
    ("state:withdrawn", [3]),
    ("-state:withdrawn", [1, 2, 4, 5]),
    ("state:acc", [4]),
    ("outcome:oral", [4]),
    ("-outcome:oral", [1, 2, 3, 5]),
    ("pending:poster", [1]),
    ("pending:none track:2", [2]),
    ("score>4", [1]),
    ("score:4.5", [1]),
    ("score<=3.5", [2]),
    ("-score>4", [2, 3, 4, 5]),
    ("reviews<2", [3, 4, 5]),
    ("reviews=2", [1, 2]),
    ("spread>=5", [2]),
    ("is:split", [2]),
    ("assigned:1", [5]),
    ("is:unassigned", [3, 4]),
    ('author:"de la cruz"', [1]),
    ("author:ghost@quartz", [5]),
    ("lagos", [1]),
    ("affiliation:lagos", [1]),
    ("reviewer:kenza", [1, 2]),
    ("has:file", [1]),
    ("has:review", [1, 2]),
    ("has:conflict", [2]),
    ("has:grant", [1]),
    ("has:decision", [1]),
    ("is:late", [5]),
    ("is:remote", [5]),
    ("submitted>2026-06-01", [5]),
    ("submitted<=2026-06-01", [1, 2, 3, 4]),
    ('track:1 score>3 has:grant -state:withdrawn "hate speech"', [1]),
    ("tag:nothing", "“nothing” is none of the values of tag: –."),
    ("round:early", "“early” is none of the values of round: regular-round, none."),
]


@shows(
    "Search",
    "A search over everything one may see: words, phrases, track, state, score, reviews, people, tags, files, grants,"
    " negation, OR and brackets",
)
def test_what_an_owner_finds(full):
    client = full.client(full.owner)
    found = {query: numbers(client.get(LIST, query_string={"q": query})) for query, _expected in FOUND}
    assert found == dict(FOUND)


MISREAD = [
    ("florble:x", "“florble” means nothing here"),
    ("track:99", "There is no track “99” here"),
    ("state:nowhere", "none of the values of state"),
    ("state>3", "written with a colon"),
    ("score>high", "compared with a number"),
    ("score>nan", "compared with a number"),
    ("submitted>yesterday", "Write the day"),
    ("has:x", "none of the values of has"),
    ('"open', "opened and not closed"),
    ("number>99999999999999999999999", "compared with a number"),
]


@shows("Search", "What cannot be read is explained beside the field, with what is understood")
def test_what_cannot_be_read_is_said_beside_the_field_and_finds_nothing(full):
    client = full.client(full.owner)
    for query, why in MISREAD:
        page = client.get(LIST, query_string={"q": query})
        assert why in numbers(page), query
        assert not BeautifulSoup(page.text, "html.parser").select("tbody th > a")
        assert query in BeautifulSoup(page.text, "html.parser").select_one("#q")["value"]


@keeps("A5", "A1", "A12")
def test_chairs_search_what_they_may_see_and_no_more(full):
    with full.work() as uow:
        declare(uow, uow.session.scalars(select(Submission).where(Submission.number == 2)).one(), full.chair)
    chair, track_chair = full.client(full.chair), full.client(full.track_chair)
    for query in ("hate", "rivers", "has:conflict", "score<=3.5", "#2", ""):
        assert 2 not in numbers(chair.get(LIST, query_string={"q": query}))
    assert numbers(track_chair.get(LIST, query_string={"q": "hate"})) == [2]
    assert "none of the values of has" in numbers(chair.get(LIST, query_string={"q": "has:grant"}))


def seen(page, *echoes):
    """All of a page that the viewer sees, the echo of what was asked left out; with the status."""
    main = str(BeautifulSoup(page.text, "html.parser").select_one("main"))
    for echo in sorted(echoes, key=len, reverse=True):
        main = main.replace(echo, "ECHO")
    return page.status_code, main


@keeps("A5", "A9")
@shows("Search", "Asking for what one may not see is answered as any word without meaning")
def test_a_forbidden_term_is_answered_as_nonsense(full):
    reviewer, track_chair = full.client(full.rania), full.client(full.track_chair)
    for name in ("author", "affiliation", "score", "spread", "reviews", "has", "tag", "state", "reviewer", "pending"):
        answers = [
            seen(reviewer.get(READING, query_string={"q": f"{one}:cruz"}), f'"{one}:cruz"', f"“{one}”")
            for one in (name, "florble")
        ]
        assert answers[0] == answers[1], name
    for word in ("Cruz", "Lagos", "quartz"):
        answers = [seen(reviewer.get(READING, query_string={"q": one}), one) for one in (word, "xyzzy")]
        assert answers[0] == answers[1], word
    answers = [
        seen(track_chair.get(LIST, query_string={"q": f"track:{key}"}), f'"track:{key}"', f"q=track:{key}", f"“{key}”")
        for key in ("1", "99")
    ]
    assert "There is no track" in answers[0][1]
    assert answers[0] == answers[1]


@shows("Search", "Reviewers search what they were given to read")
def test_a_reviewer_searches_what_was_given(full):
    client = full.client(full.rania)
    cases = [
        ("", [1, 2, 5]),
        ("hate", [1, 2]),
        ("mine:open", [5]),
        ("mine:done hausa", [1]),
        ("track:2", [2]),
        ("#4", []),
    ]
    for query, found in cases:
        assert numbers(client.get(READING, query_string={"q": query})) == found, query
    assert full.client(full.author).get(READING).status_code == 404
    assert numbers(full.client(full.kenza).get(READING)) == [1]  # a conflict hides the second


@shows(
    "Blindness",
    "A search for an author’s name asks the database as often as one for nonsense: the time it takes tells nothing",
)
@keeps("A5")
def test_the_form_of_a_search_does_not_change_how_many_queries_it_takes(full, database):
    client = full.client(full.rania)
    taken = []
    for query in ("xyzzy", "Cruz", "author:cruz", "florble:cruz"):
        with count_queries(database) as seen:
            client.get(READING, query_string={"q": query})
        taken.append(len(seen))
    assert len(set(taken)) == 1


# -- tags ---------------------------------------------------------------------------------------------------------


@shows("Search", "Submissions bear tags that only the chairs see, and a search finds them")
def test_tags_are_given_found_and_taken_away(full):
    client = full.client(full.owner)
    assert send(client, f"{LIST}/1/tags", {"name": "Needs talk"}).status_code == 303
    send(client, f"{LIST}/1/tags", {"name": "needs talk"})
    send(client, f"{LIST}/2/tags", {"name": "needs-talk"})
    assert numbers(client.get(LIST, query_string={"q": "tag:needs-talk"})) == [1, 2]
    assert numbers(client.get(LIST, query_string={"q": "has:tag -tag:needs-talk"})) == []
    assert "needs-talk" in client.get(f"{LIST}/1").text
    send(client, f"{LIST}/1/tags", {"remove": "needs-talk"})
    assert numbers(client.get(LIST, query_string={"q": "tag:needs-talk"})) == [2]
    assert "Write the name of a tag" in send(client, f"{LIST}/1/tags", {"name": "--"}, follow_redirects=True).text
    assert send(client, f"{LIST}/99/tags", {"name": "x"}).status_code == 404
    for person in (full.rania, full.author):
        assert send(full.client(person), f"{LIST}/1/tags", {"name": "x"}).status_code == 404


@keeps("A12", "A5")
def test_a_conflicted_chair_meets_no_tag_of_what_is_hidden(full):
    with full.work(full.owner) as uow:
        service.set_tag(uow, full.edition, 2, "weak", bears=True)
        declare(uow, uow.session.scalars(select(Submission).where(Submission.number == 2)).one(), full.chair)
    client = full.client(full.chair)
    assert "weak" not in client.get(LIST).text
    assert send(client, f"{LIST}/2/tags", {"name": "x"}).status_code == 404
    assert "weak" not in client.get(BULK).text


# -- saved searches -----------------------------------------------------------------------------------------------


@shows("Search", "A search is kept by a name, for oneself or for the team")
def test_searches_are_kept_for_oneself_or_the_team(full):
    owner, chair = full.client(full.owner), full.client(full.chair)
    kept = {"q": "score>4", "name": "The best"}
    assert send(owner, f"{DESK}/searches", kept).status_code == 303
    send(owner, f"{DESK}/searches", {"q": "state:withdrawn", "name": "Gone", "is_shared": "y"})
    send(owner, f"{DESK}/searches", {"q": "score>5", "name": "The best"})
    page, theirs = owner.get(LIST).text, chair.get(LIST).text
    assert "The best" in page
    assert "score&gt;5" in page
    assert "score&gt;4" not in page
    assert "The best" not in theirs
    assert "Gone" in theirs
    with full.work() as uow:
        rows = {one.name: one.id for one in queries.saved(uow.session, full.edition.id, full.owner.id)}
    assert send(chair, f"{DESK}/searches/{rows['The best']}/removal").status_code == 404
    assert send(chair, f"{DESK}/searches/{rows['Gone']}/removal").status_code == 409
    assert send(owner, f"{DESK}/searches/{rows['Gone']}/removal").status_code == 303
    assert "Gone" not in chair.get(LIST).text
    for wrong in ({"q": '"open', "name": "x"}, {"q": "", "name": "x"}, {"q": "a", "name": ""}):
        send(owner, f"{DESK}/searches", wrong)
    with full.work() as uow:
        assert [one.name for one in queries.saved(uow.session, full.edition.id, full.owner.id)] == ["The best"]


# -- many at once -------------------------------------------------------------------------------------------------


@shows("Search", "Many at once: previewed exactly, done in one act, and undone where nothing changed since")
def test_a_tag_for_many_is_previewed_done_and_undone(full):
    client = full.client(full.owner)
    send(client, f"{LIST}/1/tags", {"name": "good"})
    page = client.get(BULK, query_string={"q": "hate", "act": "add_tag", "value": "Good"})
    assert "One would change." in page.text
    assert "Has the tag already." in page.text
    ticked = [box["value"] for box in BeautifulSoup(page.text, "html.parser").select("input[name=number]")]
    assert ticked == ["2"]
    assert numbers(client.get(LIST, query_string={"q": "tag:good"})) == [1]  # a look changes nothing
    done = send(client, BULK, {"act": "add_tag", "value": "good", "number": ["1", "2", "3"]})
    assert done.status_code == 303
    assert numbers(client.get(LIST, query_string={"q": "tag:good"})) == [1, 2, 3]
    send(client, f"{LIST}/3/tags", {"remove": "good"})
    undone = send(client, f"{done.location}/undoing", follow_redirects=True)
    assert "1 is as it was before." in undone.text
    assert "1 was changed since and stays." in undone.text
    assert numbers(client.get(LIST, query_string={"q": "tag:good"})) == [1]
    assert send(client, f"{done.location}/undoing").status_code == 409
    assert done.location in client.get(BATCHES).text


def test_many_move_to_another_track_and_back(full):
    client = full.client(full.owner)
    page = client.get(BULK, query_string={"q": "track:1", "act": "move_track", "value": "2"})
    assert "3 would change." in page.text
    assert "Is not in the call any more." in page.text
    done = send(client, BULK, {"act": "move_track", "value": "2", "number": ["1", "4"]})
    assert numbers(client.get(LIST, query_string={"q": "track:2"})) == [1, 2, 4]
    with full.work() as uow:
        history = uow.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "moved").order_by(AuditEntry.id)
        ).all()
        assert len(history) == 2
        first = uow.session.scalars(select(Submission).where(Submission.number == 1)).one()
        first.track_id = None
    undone = send(client, f"{done.location}/undoing", follow_redirects=True)
    assert "1 is as it was before." in undone.text
    assert numbers(client.get(LIST, query_string={"q": "track:1"})) == [3, 4, 5]
    assert numbers(client.get(LIST, query_string={"q": "track:none"})) == [1]


def test_many_are_rejected_without_review_and_brought_back(full):
    client, track_chair = full.client(full.owner), full.client(full.track_chair)
    reason = "Outside the scope of the call."
    page = client.get(BULK, query_string={"q": "-state:withdrawn", "act": "reject", "value": reason})
    assert "3 would change." in page.text
    assert "The authors of each get a mail" in page.text
    assert client.get(BULK, query_string={"act": "reject"}).status_code == 422
    done = send(client, BULK, {"act": "reject", "value": reason, "number": ["1", "5"]})
    assert numbers(client.get(LIST, query_string={"q": "state:rejected"})) == [1, 5]
    with full.work() as uow:
        mails = uow.session.scalars(select(OutboxMail).where(OutboxMail.text_body.contains(reason))).all()
        assert len(mails) >= 2
    assert "Reject without review" not in track_chair.get(BULK).text
    assert send(track_chair, BULK, {"act": "reject", "value": reason, "number": ["2"]}).status_code == 422
    assert "2 are as they were before." in send(client, f"{done.location}/undoing", follow_redirects=True).text
    assert numbers(client.get(LIST, query_string={"q": "state:submitted"})) == [1, 2, 5]


def test_many_are_sent_to_another_round_and_back(full):
    with full.work() as uow:
        uow.session.add(Round(edition_id=full.edition.id, name="Early round", position=1))
    client = full.client(full.owner)
    assert "Early round" in client.get(BULK).text
    done = send(client, BULK, {"act": "move_round", "value": "early round", "number": ["1", "2", "4"]})
    assert numbers(client.get(LIST, query_string={"q": "round:early"})) == [1, 2]  # the fourth is decided
    assert numbers(client.get(LIST, query_string={"q": "round:none"})) == [3, 4, 5]
    assert send(client, BULK, {"act": "move_round", "value": "x", "number": "1"}).status_code == 422
    send(client, f"{done.location}/undoing")
    assert numbers(client.get(LIST, query_string={"q": "round:early"})) == []


def test_refusals_of_acts_on_many(full):
    client = full.client(full.owner)
    for data, code in (
        ({"act": "add_tag", "value": "good"}, 422),
        ({"act": "add_tag", "value": "--", "number": "1"}, 422),
        ({"act": "move_track", "value": "99", "number": "1"}, 422),
        ({"act": "explode", "value": "x", "number": "1"}, 404),
        ({"act": "add_tag", "value": "good", "number": "6"}, 303),  # a draft is nobody's to tag
    ):
        assert send(client, BULK, data).status_code == code, data
    with full.work() as uow:
        assert uow.session.scalars(select(SubmissionTag)).all() == []
    assert client.get(BULK, query_string={"q": "nothinglikeit"}).status_code == 200
    assert client.get(BULK, query_string={"act": "move_track", "value": "99"}).status_code == 422
    assert client.get(f"{BATCHES}/99").status_code == 404
    assert "Nothing was done to many at once yet" in client.get(BATCHES).text


@keeps("A12", "A4", "A1")
def test_acts_on_many_leave_alone_what_one_may_not_see(full):
    with full.work() as uow:
        declare(uow, uow.session.scalars(select(Submission).where(Submission.number == 2)).one(), full.chair)
        stranger = make_person(uow)
        join_team(uow, make_edition(uow, slug="2025"), stranger, Role.OWNER)
        other = client_for(full.app, uow, stranger)
    owner, chair, track_chair = map(full.client, (full.owner, full.chair, full.track_chair))
    done = send(chair, BULK, {"act": "add_tag", "value": "mine", "number": ["1", "2"]})
    assert numbers(owner.get(LIST, query_string={"q": "tag:mine"})) == [1]
    assert track_chair.get(done.location).status_code == 404  # touched nothing in their track
    hidden = send(owner, BULK, {"act": "add_tag", "value": "ours", "number": ["2"]})
    assert chair.get(hidden.location).status_code == 404
    assert send(chair, f"{hidden.location}/undoing").status_code == 404
    assert hidden.location not in chair.get(BATCHES).text
    for path in (BULK, BATCHES, done.location):
        assert other.get(path).status_code == full.client(full.rania).get(path).status_code == 404


@keeps("X3")
def test_undo_refuses_when_everything_changed_since(season, uow):
    work = season.work()
    uow.actor = season.owner
    batch, _left = service.apply(uow, season.edition, Act.ADD_TAG, "good", [work.number])
    service.set_tag(uow, season.edition, work.number, "good", bears=False)
    with pytest.raises(Conflict, match="changed since"):
        service.undo(uow, season.edition, batch.id)
    uow.actor = season.rania
    with pytest.raises(NotFound):
        service.undo(uow, season.edition, batch.id)
    with pytest.raises(NotFound):
        service.apply(uow, season.edition, Act.ADD_TAG, "good", [work.number])


def test_a_tag_of_two_at_once_is_one_tag(season, uow):
    uow.actor = season.owner
    for _ in range(2):
        service.set_tag(uow, season.edition, season.work().number, "good", bears=True)
    assert len(uow.session.scalars(select(Tag)).all()) == 1


# -- two thousand -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.sqlite
def test_two_thousand_submissions_take_the_same_few_queries(house, database):
    with house.work() as uow:
        season = house.season
        season.uow = uow
        uow.session.execute(
            Submission.__table__.insert(),
            [
                {
                    "edition_id": season.edition.id, "number": n, "track_id": season.first.id, "title": f"Work {n}",
                    "abstract": "Hate speech." if n % 3 else "Rivers.", "state": State.SUBMITTED, "version": 1,
                    "listing": Listing.FULL, "remote": False, "created_at": uow.now, "changed_at": uow.now,
                    "submitted_at": uow.now,
                }
                for n in range(1, 2001)
            ],
        )  # fmt: skip
        uow.session.execute(
            Author.__table__.insert(),
            [
                {"submission_id": n, "position": 0, "name": f"Author {n}", "email": None, "affiliation": "Lagos",
                 "is_presenter": True, "person_id": None}
                for n in range(1, 2001)
            ],
        )  # fmt: skip
    client = house.client(house.owner)
    for path in (
        LIST,
        f"{LIST}?q=track:1+score>3+has:grant+-state:withdrawn+OR+author:1",
        f"{BULK}?q=hate+number<900&act=add_tag&value=good",
    ):
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 12, path
    assert "more than 1000 submissions" in client.get(BULK).text


@shows(
    "Search", "Outcomes by their own names, topics, rounds and types; what is not there is answered with what there is"
)
@shows(
    "Search",
    "is:late goes by the deadline that counts for a work: its track's, its round's, or what a person was given",
)
def test_names_and_deadlines_of_the_edition(house):
    with house.work() as uow:
        season = house.season
        season.uow = uow
        edition = house.edition.id
        talk, spotlight = (
            NamedOutcome(edition_id=edition, key=key, position=place, name=name, kind=Outcome.ORAL)
            for place, (key, name) in enumerate((("talk", "Long talk"), ("spotlight_talk", "Spotlight talk")), 1)
        )
        uow.session.add_all((talk, spotlight))
        uow.session.flush()
        first = season.work(state=State.ACCEPTED, outcome=Outcome.ORAL, outcome_name="Spotlight talk")
        second = season.work(state=State.ACCEPTED, outcome=Outcome.ORAL)
        make_decision(uow, season.work(), Outcome.ORAL, outcome_id=spotlight.id)
        make_decision(uow, season.work(track=season.second), Outcome.ORAL)
        topic = Topic(edition_id=edition, name="Speech & sound", position=1)
        uow.session.add(topic)
        uow.session.flush()
        uow.session.add(SubmissionTopic(submission_id=first.id, topic_id=topic.id))
        due = Deadline(uow.now - timedelta(days=1), "UTC")
        uow.session.add(
            CallDate(edition_id=edition, key=DateKey.ABSTRACTS_DUE, track_id=season.first.id, at=due.at, zone="UTC")
        )
        second.submitter_id = season.kenza.id
        uow.session.add(
            PersonalDeadline(
                edition_id=edition, person_id=season.kenza.id, email=season.kenza.email, at=uow.now, zone="UTC",
                given_at=uow.now,
            )
        )  # fmt: skip
    client = house.client(house.owner)

    def found(query):
        return numbers(client.get(LIST, query_string={"q": query}))

    assert found("outcome:spotlight-talk") == [1]
    assert found('outcome:"Long talk"') == [2]
    assert found("outcome:oral") == [1, 2]
    assert found("pending:spotlight") == [3]
    assert found("pending:talk OR pending:none") == [1, 2, 4]
    assert found("topic:speech-&-sound") == [1]
    assert found("topic:none") == [2, 3, 4]
    assert found("is:late") == [1, 3]  # the second has more time, the fourth another track
    assert found("topic:weaving") == "“weaving” is none of the values of topic: speech-&-sound, none."
    assert "long-talk" in found("outcome:sonnet")
