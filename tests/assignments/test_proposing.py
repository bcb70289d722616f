"""Automatic assignment: what it may propose, changes by hand, and one act that applies it."""

import re
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.assignments.conftest import offer_themselves
from tests.assignments.factories import make_bid, make_profile, make_topics, pairs_of, propose
from tests.factories import make_date, make_edition, make_person
from tests.reviews.factories import Season, declare, make_assignment
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.models import Listing
from workshop_manager.assignments import proposing, queries, rules, words
from workshop_manager.assignments.likeness import Likeness
from workshop_manager.assignments.models import Assignment, ProposedPair
from workshop_manager.assignments.settings import Lack, Result, Settings
from workshop_manager.assignments.states import BidLevel, PairKind, ProposalState
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions import topics
from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import DateKey, Role

AREA = "Automatic assignment"
isolates = re.compile("[\u2066-\u2069]")


def result_of(proposal: Any) -> Result:
    return Result.read(proposal.result)


@shows(AREA, "n reviews a submission, and a maximum load a reviewer, or their own if it is smaller")
def test_every_work_gets_its_reviews_within_loads(uow: UnitOfWork, season: Season) -> None:
    works = [season.work() for _ in range(4)]
    make_profile(uow, season, season.rania, max_load=1)
    found = propose(uow, season, reviews=2, load=2)
    pairs = pairs_of(uow, found)
    assert found.state is ProposalState.READY
    assert all(sum(work == one.id for work, _p in pairs) == 2 for one in works)
    people = [person for _work, person in pairs]
    assert people.count(season.rania.id) <= 1
    assert max(people.count(person) for person in people) <= 2


@shows(AREA, "Organisers are given work only if they said what they can take on")
def test_nothing_is_proposed_to_organisers_who_did_not_offer(uow: UnitOfWork) -> None:
    season = Season(uow)
    season.work()
    people = {person for _work, person in pairs_of(uow, propose(uow, season, reviews=5))}
    assert people == {season.rania.id, season.kenza.id}
    make_profile(uow, season, season.chair)
    people = {person for _work, person in pairs_of(uow, propose(uow, season, reviews=5))}
    assert people == {season.rania.id, season.kenza.id, season.chair.id}


@shows(AREA, "Of assignments that fit equally well, the one that spreads the work over most people")
def test_equal_fits_are_spread_evenly(uow: UnitOfWork, season: Season) -> None:
    for _ in range(5):
        season.work()
    pairs = pairs_of(uow, propose(uow, season, reviews=1, load=5))
    assert len({person for _work, person in pairs}) == 5


@shows(AREA, "Conflicts of interest are hard")
@keeps("A12")
def test_nobody_is_proposed_for_what_they_must_not_judge(uow: UnitOfWork, season: Season) -> None:
    work, other = season.work(), season.work()
    declare(uow, work, season.kenza)
    pairs = pairs_of(uow, propose(uow, season, reviews=5))
    assert (work.id, season.kenza.id) not in pairs
    assert (other.id, season.kenza.id) in pairs


@shows(AREA, "Already given assignments are kept, and count")
def test_what_is_assigned_stays_and_counts(uow: UnitOfWork, season: Season) -> None:
    work = season.work()
    make_assignment(uow, work, season.rania)
    found = propose(uow, season, reviews=2)
    assert len(pairs_of(uow, found)) == 1
    assert season.rania.id not in {person for _work, person in pairs_of(uow, found)}
    proposing.apply(uow, season.edition, found.version)
    rows = uow.session.scalars(select(Assignment.reviewer_id).where(Assignment.submission_id == work.id)).all()
    assert len(rows) == 2
    assert season.rania.id in rows


@shows(AREA, "At least one senior reviewer, required languages and required tracks, each if asked for")
def test_seniors_and_languages_are_required_when_asked_for(uow: UnitOfWork, season: Season) -> None:
    works = [season.work(), season.work(language="fr")]
    make_profile(uow, season, season.rania, is_senior=True, languages=["en", "fr"])
    make_profile(uow, season, season.kenza, languages=["fr"])
    pairs = pairs_of(uow, propose(uow, season, reviews=2, senior=True, languages=True))
    assert {person for work, person in pairs if work == works[1].id} == {season.rania.id, season.kenza.id}
    assert (works[0].id, season.rania.id) in pairs
    assert (works[0].id, season.kenza.id) not in pairs


def test_a_required_track_leaves_out_who_named_others(uow: UnitOfWork, season: Season) -> None:
    from workshop_manager.committee.models import ReviewerTrack

    work = season.work()
    make_profile(uow, season, season.rania)
    uow.session.add(ReviewerTrack(edition_id=season.edition.id, person_id=season.rania.id, track_id=season.second.id))
    uow.session.flush()
    assert (work.id, season.rania.id) in pairs_of(uow, propose(uow, season, reviews=5))
    assert (work.id, season.rania.id) not in pairs_of(uow, propose(uow, season, reviews=5, tracks=True))


@shows(
    AREA,
    "Fit is the weighted sum of bid and topics; the chair chooses the weights, and sees why each pair",
)
def test_bids_and_topics_decide_who_reads_what(uow: UnitOfWork, season: Season) -> None:
    work, other = season.work(), season.work()
    speech, _fairness = make_topics(uow, season, "Speech", "Fairness")
    topics.choose_for_submission(uow, other, [speech])
    topics.choose_for_reviewer(uow, season.edition.id, season.kenza.id, [speech])
    make_bid(uow, work, season.rania, BidLevel.WANT)
    found = propose(uow, season, reviews=1, load=1)
    assert pairs_of(uow, found) == {(work.id, season.rania.id), (other.id, season.kenza.id)}
    row = uow.session.get(ProposedPair, (found.id, work.id, season.rania.id))
    assert row is not None
    assert row.bid is BidLevel.WANT
    row = uow.session.get(ProposedPair, (found.id, other.id, season.kenza.id))
    assert row is not None
    assert (row.known, row.topics) == (1, 1)


@shows("Automatic assignment", "The preview says what could not be filled, with the smallest change that would")
def test_what_cannot_be_filled_is_said_with_the_smallest_change(uow: UnitOfWork, season: Season) -> None:
    works = [season.work() for _ in range(2)]
    found = propose(uow, season, reviews=3, load=1)
    result = result_of(found)
    assert sum(lack.places for lack in result.lacks) == 1
    assert {lack.submission_id for lack in result.lacks} <= {work.id for work in works}
    assert list(result.raised.values()) == [1]
    assert result.beyond == []


def test_the_change_is_said_in_words() -> None:
    works = {1: queries.NamedWork(7, "Woven"), 2: queries.NamedWork(3, "Spun")}
    result = Result(places=9, lacks=[Lack(1, 1), Lack(1, 1, senior=True), Lack(2, 2)], raised={5: 1, 6: 1, 8: 2})
    said = words.missing(result, Settings(load=3), works, {5: "Kenza", 6: "Rania", 8: "Tariq"})
    assert said is not None
    assert said.heading == "4 places stay empty"
    assert [(work.number, what) for work, what in said.works] == [
        (3, "2 reviewers"),
        (7, "1 reviewer, a senior reviewer"),
    ]
    plain = [isolates.sub("", sentence) for sentence in said.changes]
    assert plain == [
        "Raise the load of Kenza and Rania by 1; raise the load of Tariq by 2.",
        "Or find 2 more reviewers for 3 places; 1 more senior reviewer for 1 place, with loads as they are.",
    ]
    assert words.missing(result, Settings(), {}, {}) is None


def test_what_nobody_can_fill_asks_for_somebody_new(uow: UnitOfWork, season: Season) -> None:
    work = season.work(language="fr")
    result = result_of(propose(uow, season, reviews=2, languages=True))
    assert result.raised == {}
    assert [(lack.submission_id, lack.places, lack.language) for lack in result.beyond] == [(work.id, 2, "fr")]
    assert result.dropped == {"languages": 2}
    said = words.missing(result, Settings(languages=True), {work.id: queries.NamedWork(1, "Woven")}, {})
    assert said is not None
    assert said.changes == [
        "Find 2 more reviewers who can read French for 2 places.",
        "Without asking for the language, 2 more places are filled.",
    ]


@shows(AREA, "The chair changes the proposal by hand; what was set by hand stays when it is worked out again")
def test_what_is_set_by_hand_stays_when_it_is_worked_out_again(uow: UnitOfWork, season: Season) -> None:
    work = season.work()
    found = propose(uow, season, reviews=2)
    out = next(person for _work, person in sorted(pairs_of(uow, found)))
    proposing.set_by_hand(uow, season.edition, work.number, out, PairKind.BARRED)
    into = next(p.id for p in queries.reviewers(uow.session, season.edition.id) if p.id not in {out} and
                (work.id, p.id) not in pairs_of(uow, found))  # fmt: skip
    proposing.set_by_hand(uow, season.edition, work.number, into, PairKind.BY_HAND)
    again = propose(uow, season, reviews=2)
    pairs = {person for _work, person in pairs_of(uow, again)}
    assert again.id == found.id
    assert out not in pairs
    assert into in pairs
    assert len(pairs) == 2
    proposing.set_by_hand(uow, season.edition, work.number, out, None)
    assert uow.session.get(ProposedPair, (again.id, work.id, out)) is None


def test_by_hand_no_conflict_is_overruled(uow: UnitOfWork, season: Season) -> None:
    work = season.work()
    declare(uow, work, season.kenza)
    propose(uow, season, reviews=1)
    with pytest.raises(Conflict, match="conflict of interest"):
        proposing.set_by_hand(uow, season.edition, work.number, season.kenza.id, PairKind.BY_HAND)
    with pytest.raises(Conflict, match="reviews for this edition"):
        proposing.set_by_hand(uow, season.edition, work.number, season.author.id, PairKind.BY_HAND)
    with pytest.raises(NotFound):
        proposing.set_by_hand(uow, season.edition, work.number + 9, season.rania.id, PairKind.BARRED)


@shows(AREA, "Applied in one act, with one mail a reviewer")
def test_applying_assigns_all_of_it_with_one_mail_a_reviewer(uow: UnitOfWork, season: Season) -> None:
    works = [season.work() for _ in range(3)]
    found = propose(uow, season, reviews=2)
    pairs = pairs_of(uow, found)
    made = proposing.apply(uow, season.edition, found.version)
    assert {(row.submission_id, row.reviewer_id) for row in made} == pairs
    assert len(pairs) == 2 * len(works)
    mails = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "assignments/assigned")).all()
    assert len(mails) == len({person for _work, person in pairs})
    assert queries.find_proposal(uow.session, season.edition.id, season.chair.id) is None


def test_what_is_applied_is_what_was_looked_at(uow: UnitOfWork, season: Season) -> None:
    season.work()
    found = propose(uow, season)
    seen = found.version
    propose(uow, season)
    with pytest.raises(proposing.Stale, match="changed since this page"):
        proposing.apply(uow, season.edition, seen)
    assert uow.session.scalars(select(Assignment)).all() == []


@pytest.mark.parametrize("change", ["works", "withdrawn", "conflicts", "assignments", "reviewers", "load"])
@shows(AREA, "A proposal is refused when what it rests on has changed, with what it was")
def test_a_stale_proposal_is_refused(uow: UnitOfWork, season: Season, change: str) -> None:
    work, other = season.work(), season.work()
    found = propose(uow, season, reviews=1)
    match change:
        case "works":
            season.work()
        case "withdrawn":
            other.state = State.WITHDRAWN
        case "conflicts":
            declare(uow, work, season.rania)
        case "assignments":
            make_assignment(uow, other, season.kenza)
        case "reviewers":
            season.member("Newcomer", Role.REVIEWER)
        case "load":
            make_profile(uow, season, season.kenza, max_load=1)
    uow.session.flush()
    before = uow.session.scalars(select(Assignment.id)).all()
    with pytest.raises(proposing.Stale, match="Nothing was assigned"):
        proposing.apply(uow, season.edition, found.version)
    assert uow.session.scalars(select(Assignment.id)).all() == before


@keeps("A12")
@shows(AREA, "A chair with a conflict has no pair of that work proposed to them, nor sees one")
def test_a_conflicted_chair_gets_no_pair_of_that_work(uow: UnitOfWork, season: Season) -> None:
    own, other = season.work(season.chair), season.work()
    theirs = propose(uow, season, reviews=2)
    assert {work for work, _person in pairs_of(uow, theirs)} == {other.id}
    owners = propose(uow, season, season.owner, reviews=2)
    assert {work for work, _person in pairs_of(uow, owners)} == {own.id, other.id}
    # A conflict that comes up afterwards hides at once what was proposed before.
    declare(uow, other, season.owner)
    standing = season.standing(season.owner)
    assert queries.shown_pairs(uow.session, owners, standing, [other.id]) == {other.id: []}
    assert queries.count_proposed_works(uow.session, owners, standing)[0] == 1


def test_what_a_chair_must_not_know_of_does_not_count(uow: UnitOfWork, season: Season) -> None:
    """Whom the solver spares would tell who reads the chair's own work."""
    own, other = season.work(season.chair), season.work()
    for person in (season.rania, season.kenza):
        make_assignment(uow, own, person)
    pairs = pairs_of(uow, propose(uow, season, reviews=5, load=1))
    assert {(other.id, season.rania.id), (other.id, season.kenza.id)} <= pairs


def test_a_track_chair_proposes_for_their_track(uow: UnitOfWork, season: Season) -> None:
    season.work()
    theirs = season.work(track=season.second)
    pairs = pairs_of(uow, propose(uow, season, season.track_chair))
    assert {work for work, _person in pairs} == {theirs.id}


def test_only_chairs_ask(uow: UnitOfWork, season: Season) -> None:
    for person in (season.rania, season.author, make_person(uow)):
        uow.actor = person
        with pytest.raises(NotFound):
            proposing.ask(uow, season.edition, Settings())


@shows(AREA, "Worked out by the worker, with progress")
def test_the_worker_works_it_out_and_says_how_far_it_is(work: Any, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        season = Season(uow)
        offer_themselves(uow, season)
        for _ in range(6):
            season.work()
        uow.actor = season.chair
        proposal_id = proposing.ask(uow, season.edition, Settings(reviews=2, load=3, fair=True)).id
    proposing.run(database, clock)
    with work() as uow:
        found = queries.find_proposal(uow.session, season.edition.id, season.chair.id)
        assert found is not None
        assert found.id == proposal_id
        assert found.state is ProposalState.READY
        assert len(pairs_of(uow, found)) == 12


def test_a_solver_that_fails_leaves_a_proposal_that_says_so(
    work: Any, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workshop_manager.assignments import pairing

    with work() as uow:
        season = Season(uow)
        offer_themselves(uow, season)
        season.work()
        uow.actor = season.chair
        proposing.ask(uow, season.edition, Settings())

    def fail(*_given: object) -> None:
        raise ArithmeticError("no")

    monkeypatch.setattr(pairing, "solve", fail)
    with pytest.raises(ArithmeticError):
        proposing.run(database, clock)
    with work() as uow:
        found = queries.find_proposal(uow.session, season.edition.id, season.chair.id)
        assert found is not None
        assert found.state is ProposalState.FAILED


def test_what_was_discarded_meanwhile_is_not_kept(uow: UnitOfWork, season: Season) -> None:
    season.work()
    uow.actor = season.chair
    found = proposing.ask(uow, season.edition, Settings())
    proposing.discard(uow, season.edition)
    assert proposing._begin(uow, found.id) is None
    with pytest.raises(NotFound):
        proposing.discard(uow, season.edition)


def test_with_few_candidates_as_many_places_are_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    from workshop_manager.assignments import pairing
    from workshop_manager.assignments.basis import Basis, Reviewer, Work

    basis = Basis([Work(one) for one in range(5)], [Reviewer(100 + one, max_load=3) for one in range(5)])
    exact, _result = pairing.solve(basis, Settings(reviews=3, load=3))
    monkeypatch.setattr(pairing, "MOST_PAIRS", 0)
    monkeypatch.setattr(pairing, "CANDIDATES", 1)
    found, result = pairing.solve(basis, Settings(reviews=3, load=3, fair=True))
    assert len(found) == len(exact) == 15
    assert result.lacks == []


@shows(AREA, "Two chairs who apply at the same moment never give one reviewer the same work twice")
def test_two_chairs_apply_at_once(work: Any, app: Any, database: Database, clock: FixedClock) -> None:
    """Whoever comes second is told that something changed."""
    with work() as uow:
        season = Season(uow)
        offer_themselves(uow, season)
        for _ in range(4):
            season.work()
        versions = {chair.id: propose(uow, season, chair).version for chair in (season.chair, season.owner)}
        uow.actor = season.owner
        works = queries.open_numbers(uow.session, season.edition.id, season.standing(season.owner))
        for number in works:  # another answer than the chair's
            proposing.set_by_hand(uow, season.edition, number, season.track_chair.id, PairKind.BY_HAND)
        versions[season.owner.id] = proposing.ask(uow, season.edition, Settings(reviews=2)).version + 1
        proposing.work_out_now(uow, queries.find_proposal(uow.session, season.edition.id, season.owner.id))
    barrier, outcomes = threading.Barrier(2), []

    def run(chair: Any) -> None:
        with app.test_request_context():
            barrier.wait()
            try:
                with unit_of_work(database, clock, actor=chair) as uow:
                    proposing.apply(uow, season.edition, versions[chair.id])
                outcomes.append("applied")
            except (Conflict, IntegrityError):
                outcomes.append("refused")

    threads = [threading.Thread(target=run, args=(chair,)) for chair in (season.chair, season.owner)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["applied", "refused"]
    with work() as uow:
        assert len(uow.session.scalars(select(Assignment)).all()) == 8


# -- away, and what somebody wrote --------------------------------------------------------------------------------


def test_the_part_of_the_time_somebody_is_here_lowers_their_load() -> None:
    today, due = date(2026, 6, 1), date(2026, 6, 21)
    for away, part, load in (
        (None, 1.0, 6),
        (date(2026, 5, 20), 1.0, 6),
        (date(2026, 6, 11), 0.5, 3),
        (date(2026, 6, 20), 0.05, 1),
        (due, 0.0, 0),
    ):
        assert (rules.presence(away, today, due), rules.lowered(6, part)) == (part, load)
    assert rules.presence(due, today, None) == 1.0


@shows(AREA, "Whoever is away past the review deadline is given nothing, whoever is back before it less; it says so")
def test_somebody_away_is_given_less_and_named(app: Flask, uow: UnitOfWork) -> None:
    season = Season(uow)
    for _ in range(4):
        season.work()
    make_date(uow, season.edition, DateKey.REVIEWS_DUE, uow.now + timedelta(days=20))
    make_profile(uow, season, season.rania, away_until=(uow.now + timedelta(days=30)).date())
    make_profile(uow, season, season.kenza, away_until=(uow.now + timedelta(days=10)).date())
    found = propose(uow, season, reviews=1, load=4)
    assert [person for _work, person in pairs_of(uow, found)] == [season.kenza.id] * 2
    assert season.rania.id not in result_of(found).raised, "nobody is asked to do more while away"
    standing = season.standing(season.chair)
    loads = queries.load_changes(uow.session, found, standing)
    given_work = [(one.person.id, one.max_load, one.away_until) for one in loads if one.is_given_work]
    assert not proposing.changes(found, queries.now(uow.session, season.edition.id, standing, given_work))
    with app.test_request_context("/"):
        said = [isolates.sub("", one) for one in words.doubts(loads, 4, uow.now.date())]
    assert said == [
        "Away past the review deadline, so they get nothing: Rania.",
        "Kenza, away until 11 June: at most 2 instead of 4.",
    ]


def test_the_day_of_the_review_deadline_is_the_announced_one(uow: UnitOfWork) -> None:
    season = Season(uow)
    season.work()
    due = datetime(2026, 6, 7, 11, 59, tzinfo=UTC)  # 23:59 AoE on the 6th
    make_date(uow, season.edition, DateKey.REVIEWS_DUE, due)
    make_profile(uow, season, season.rania, away_until=date(2026, 6, 6))
    assert season.rania.id not in {person for _work, person in pairs_of(uow, propose(uow, season, reviews=2, load=4))}


@shows(AREA, "Works read like what a reviewer showed in earlier programmes, as much as the chair wants, and it says so")
def test_who_wrote_of_it_before_reads_it(uow: UnitOfWork) -> None:
    season = Season(uow)
    before = make_edition(uow, slug="2025")
    woven = "Loom sensors count threads of woven cloth and find faults in handlooms."
    for person, abstract in ((season.rania, woven), (season.kenza, "Speech models for Tamazight dialects.")):
        make_submission(uow, before, person, State.CONFIRMED, title="Earlier", abstract=abstract)
    work = season.work(title="Faults of handlooms", abstract="We find faults in woven cloth by sensors on a loom.")
    found = propose(uow, season, reviews=1, load=4, text="much")
    assert pairs_of(uow, found) == {(work.id, season.rania.id)}
    pair = uow.session.scalars(select(ProposedPair)).one()
    assert pair.alike is not None
    assert pair.alike > 30
    assert f"{pair.alike} % like what they wrote and know" in words.why(pair)
    propose(uow, season, reviews=1, load=4, text="none")
    uow.session.expire_all()
    assert uow.session.scalars(select(ProposedPair)).one().alike is None


def test_nothing_of_this_edition_and_nothing_unshown_is_compared(uow: UnitOfWork, season: Season) -> None:
    before = make_edition(uow, slug="2025")
    make_submission(uow, season.edition, season.rania, State.ACCEPTED, abstract="ofthisedition")
    make_submission(uow, before, season.rania, State.REJECTED, abstract="rejectedthen")
    make_submission(uow, before, season.rania, State.CONFIRMED, abstract="anonymousthen", listing=Listing.ANONYMOUS)
    make_submission(uow, before, season.rania, State.CONFIRMED, abstract="shownthen")
    standing = season.standing(season.chair)
    basis, _given = queries.basis(uow.session, season.edition.id, standing, uow.now.date())
    text = next(one.text for one in basis.reviewers if one.id == season.rania.id)
    assert "shownthen" in text
    for secret in ("ofthisedition", "rejectedthen", "anonymousthen"):
        assert all(secret not in one.text for one in basis.reviewers)


def test_likeness_is_the_same_everywhere_and_knows_scripts_without_spaces() -> None:
    texts = (["Fairness of speech models", "织机故障检测方法", ""], ["speech models", "检测织机的故障", ""])
    one = Likeness(*texts)
    assert one.has_text.tolist() == [True, True, False]
    assert [one.of(row).argmax() for row in (0, 1)] == [0, 1]
    assert one.of(1)[1] > 0
    assert one.of(2).tolist() == [0, 0, 0]
    assert one.of(0).tolist() == Likeness(*texts).of(0).tolist()
