"""Outcomes with names of their own, and recommendations, on both databases."""

import pytest

from tests.factories import make_person
from tests.reviews.factories import declare, make_decision
from tests.shows import keeps, shows
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.decisions import outcomes, queries
from workshop_manager.decisions import service as deciding
from workshop_manager.decisions.models import Decision, Recommendation
from workshop_manager.decisions.outcomes import OutcomeContent
from workshop_manager.decisions.service import Advice, Choice
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.submissions.words import outcome_of
from workshop_manager.workshops.states import Role

TALK = OutcomeContent("Spotlight talk", Outcome.ORAL, 2, "Dear {name},\n\nyour “{title}” is a {outcome}.")


@pytest.fixture
def desk(season, uow):
    uow.actor = season.chair
    return season


def names(desk):
    return [row.name for row in outcomes.outcomes_of(desk.uow.session, desk.edition.id).rows]


def test_an_edition_has_the_usual_outcomes_until_somebody_names_others(desk, uow):
    usual = outcomes.outcomes_of(uow.session, desk.edition.id)
    assert [row.kind for row in usual.rows] == list(Outcome)
    assert all(row.id is None and row.key == row.kind.value for row in usual.rows)
    outcomes.add_outcome(uow, desk.edition, TALK)
    stored = outcomes.outcomes_of(uow.session, desk.edition.id)
    assert [row.key for row in stored.rows] == [*(kind.value for kind in Outcome), "spotlight_talk"]
    assert names(desk)[0] == "Oral"


@shows("Decisions", "Outcomes are named freely, each of a kind: authors read “Accepted as: Spotlight talk”")
def test_authors_read_the_name_of_the_outcome(desk, uow):
    outcomes.add_outcome(uow, desk.edition, TALK)
    work = desk.work(title="On looms")
    deciding.decide(uow, desk.edition, {work.number: Choice("spotlight_talk", None, 0)})
    assert work.outcome is None
    deciding.release(uow, desk.edition)
    assert (work.state, work.outcome, work.outcome_name) == (State.ACCEPTED, Outcome.ORAL, "Spotlight talk")
    assert outcome_of(work) == "Spotlight talk"
    mail = uow.session.query(OutboxMail).one()
    assert "Dear Wahyuni,\n\nyour “On looms” is a Spotlight talk." in mail.text_body
    assert "Accepted as:  Spotlight talk" in mail.text_body
    assert mail.subject == "Your abstract is accepted: On looms"


@keeps("M5")
def test_what_stands_in_a_title_is_never_a_placeholder(desk, uow):
    outcomes.add_outcome(uow, desk.edition, TALK)
    work = desk.work(title="{name} {edition.community} <b>")
    deciding.decide(uow, desk.edition, {work.number: Choice("spotlight_talk", None, 0)})
    deciding.release(uow, desk.edition)
    mail = uow.session.query(OutboxMail).one()
    assert "your “{name} {edition.community} <b>” is a" in mail.text_body
    assert "<b>” is a" not in mail.html_body


def test_decisions_made_before_the_first_name_keep_theirs(desk, uow):
    work = desk.work()
    row = make_decision(uow, work, Outcome.POSTER)
    outcomes.edit_outcome(uow, desk.edition, "poster", OutcomeContent("Board", Outcome.POSTER, 12), 0)
    uow.session.refresh(row)
    chosen = outcomes.outcomes_of(uow.session, desk.edition.id).chosen(row)
    assert (chosen.name, chosen.places) == ("Board", 12)
    assert "Board" in names(desk)


def test_what_decisions_name_keeps_its_kind_and_stays(desk, uow):
    outcomes.add_outcome(uow, desk.edition, TALK)
    work = desk.work()
    deciding.decide(uow, desk.edition, {work.number: Choice("spotlight_talk", None, 0)})
    with pytest.raises(Conflict, match="keeps its kind"):
        outcomes.edit_outcome(uow, desk.edition, "spotlight_talk", OutcomeContent("Spotlight talk", Outcome.REJECT), 1)
    with pytest.raises(Conflict, match="name it"):
        outcomes.remove_outcome(uow, desk.edition, "spotlight_talk")
    deciding.decide(uow, desk.edition, {work.number: Choice(None, "spotlight_talk", 1)})
    outcomes.remove_outcome(uow, desk.edition, "spotlight_talk")
    assert "Spotlight talk" not in names(desk)
    with pytest.raises(Conflict, match="not there any more"):
        deciding.decide(uow, desk.edition, {work.number: Choice("spotlight_talk", None, 2)})


@keeps("X3")
def test_the_second_to_save_an_outcome_learns_of_the_first(desk, uow):
    outcomes.edit_outcome(uow, desk.edition, "oral", OutcomeContent("Talk", Outcome.ORAL), 0)
    with pytest.raises(outcomes.Crossed):
        outcomes.edit_outcome(uow, desk.edition, "oral", OutcomeContent("Lecture", Outcome.ORAL), 0)
    outcomes.edit_outcome(uow, desk.edition, "poster", OutcomeContent("Board", Outcome.POSTER), 0)
    assert names(desk)[:3] == ["Talk", "Lightning talk", "Board"]


def test_names_are_told_apart_and_placeholders_are_known(desk, uow):
    for content, why in (
        (OutcomeContent("ORAL", Outcome.POSTER), "called that already"),
        (OutcomeContent("New", Outcome.POSTER, letter="{title.__class__}"), "no placeholder"),
    ):
        with pytest.raises(Conflict, match=why):
            outcomes.add_outcome(uow, desk.edition, content)
    for number in range(14):
        outcomes.add_outcome(uow, desk.edition, OutcomeContent(f"مخرج {number}", Outcome.POSTER))
    with pytest.raises(Conflict, match="already"):
        outcomes.add_outcome(uow, desk.edition, OutcomeContent("One more", Outcome.POSTER))
    assert len({row.key for row in outcomes.outcomes_of(uow.session, desk.edition.id).rows}) == 20


def test_outcomes_change_places(desk, uow):
    outcomes.move_outcome(uow, desk.edition, "poster", -1)
    outcomes.move_outcome(uow, desk.edition, "oral", -1)
    assert names(desk)[:3] == ["Oral", "Poster", "Lightning talk"]
    with pytest.raises(NotFound):
        outcomes.move_outcome(uow, desk.edition, "nothing", 1)


@pytest.mark.parametrize("role", [Role.TRACK_CHAIR, Role.REVIEWER, Role.GRANTS_COMMITTEE, Role.FRONT_DESK])
@keeps("A4")
def test_only_chairs_name_outcomes(season, uow, role):
    uow.actor = season.member("Member", role, season.first)
    for act in (
        lambda: outcomes.add_outcome(uow, season.edition, TALK),
        lambda: outcomes.edit_outcome(uow, season.edition, "oral", TALK, 0),
        lambda: outcomes.remove_outcome(uow, season.edition, "oral"),
        lambda: outcomes.move_outcome(uow, season.edition, "oral", 1),
    ):
        with pytest.raises(NotFound):
            act()


# -- recommendations


def said(uow, work):
    rows = queries.recommendations(uow.session, [work.id])[work.id]
    return [(row.person.name, row.outcome, row.reason) for row in rows]


@keeps("A13")
@shows("Decisions", "A track chair recommends; the recommendation decides nothing and stands beside the decision")
def test_a_track_chair_recommends_and_decides_nothing(season, uow):
    work = season.work(track=season.second)
    uow.actor = season.track_chair
    assert deciding.recommend(uow, season.edition, {work.number: Advice("oral", "Strong.")}) == 1
    assert deciding.recommend(uow, season.edition, {work.number: Advice("oral", "Strong.")}) == 0
    assert said(uow, work) == [("Tariq", Outcome.ORAL, "Strong.")]
    assert uow.session.get(Decision, work.id) is None
    deciding.recommend(uow, season.edition, {work.number: Advice("poster")})
    assert said(uow, work) == [("Tariq", Outcome.POSTER, "")]
    deciding.recommend(uow, season.edition, {work.number: Advice(None)})
    assert uow.session.query(Recommendation).count() == uow.session.query(OutboxMail).count() == 0


@keeps("A12", "A3")
def test_nobody_recommends_what_they_may_not_see(season, uow):
    elsewhere, own, declared = season.work(), season.work(season.chair), season.work()
    declare(uow, declared, season.chair)
    for person, work in (
        (season.track_chair, elsewhere),
        (season.chair, own),
        (season.chair, declared),
        (season.rania, elsewhere),
        (season.author, elsewhere),
        (make_person(uow), elsewhere),
    ):
        uow.actor = person
        with pytest.raises(NotFound):
            deciding.recommend(uow, season.edition, {work.number: Advice("oral")})
