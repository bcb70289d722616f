"""What differs from round to round after the decision: letters, dates to confirm by, marks in the plots."""

from datetime import timedelta

import pytest

from tests.decisions.test_outcomes import TALK, desk
from tests.factories import make_date
from tests.shows import shows
from workshop_manager.calls.models import CallDate, Round
from workshop_manager.core.deadlines import AOE
from workshop_manager.core.errors import Conflict
from workshop_manager.decisions import outcomes, statistics
from workshop_manager.decisions import service as deciding
from workshop_manager.decisions.outcomes import OutcomeContent
from workshop_manager.decisions.service import Choice
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops.rules import CHAIRS, Standing
from workshop_manager.workshops.states import DateKey

__all__ = ["desk"]
DAY = timedelta(days=1)


@pytest.fixture
def early(desk, uow):
    """A round that hears and answers earlier."""
    row = Round(edition_id=desk.edition.id, name="Early round", position=1)
    uow.session.add(row)
    uow.session.flush()
    for key, days in ((DateKey.CONFIRM_BY, 5), (DateKey.ABSTRACTS_DUE, -20)):
        uow.session.add(
            CallDate(edition_id=desk.edition.id, round_id=row.id, key=key, at=uow.now + days * DAY, zone=AOE)
        )
    make_date(uow, desk.edition, DateKey.CONFIRM_BY, uow.now + 15 * DAY)
    return row


def released(desk, uow, *works):
    deciding.decide(uow, desk.edition, {work.number: Choice(Outcome.ORAL, None, 0) for work in works})
    deciding.release(uow, desk.edition)
    uow.session.flush()
    return {work.id: uow.session.query(OutboxMail).filter_by(about=work.about).one().text_body for work in works}


@shows("Decisions", "The mail of an outcome can be worded for one round; the others get the edition’s wording or ours")
def test_each_round_is_written_to_in_its_own_words(desk, uow, early):
    def content(own):
        return OutcomeContent("Oral", Outcome.ORAL, None, "To all: {title}", {early.id: own})

    outcomes.edit_outcome(uow, desk.edition, "oral", content("First to hear: {title}"), 0)
    first, later = desk.work(round_id=early.id, title="Loom"), desk.work(title="Kiln")
    text = released(desk, uow, first, later)
    assert "First to hear: Loom" in text[first.id]
    assert "To all" not in text[first.id]
    assert "To all: Kiln" in text[later.id]
    named = outcomes.outcomes_of(uow.session, desk.edition.id).find("oral")
    assert (named.letter_in(early.id), named.letter_in(None)) == ("First to hear: {title}", "To all: {title}")
    outcomes.edit_outcome(uow, desk.edition, "oral", content(""), named.version)
    named = outcomes.outcomes_of(uow.session, desk.edition.id).find("oral")
    assert named.letter_in(early.id) == "To all: {title}"
    with pytest.raises(Conflict, match="no placeholder"):
        outcomes.edit_outcome(uow, desk.edition, "oral", content("{nonsense}"), named.version)


def test_a_new_outcome_can_be_worded_for_a_round_at_once(desk, uow, early):
    row = outcomes.add_outcome(
        uow, desk.edition, OutcomeContent(TALK.name, TALK.kind, 2, TALK.letter, {early.id: "Early", early.id + 9: "x"})
    )
    assert [(one.round_id, one.letter) for one in row.letters] == [(early.id, "Early")]


@shows("Decisions", "Accepted authors are asked to confirm by the date of their own round")
def test_authors_confirm_by_the_date_of_their_round(desk, uow, early):
    first, later = desk.work(round_id=early.id), desk.work()
    text = released(desk, uow, first, later)
    assert first.confirm_by == uow.now + 5 * DAY
    assert later.confirm_by == uow.now + 15 * DAY
    assert "Confirm by" in text[first.id]


@shows("Decisions", "The plot of submissions marks the deadline of each round and track, not the edition’s alone")
def test_every_deadline_is_marked_in_the_plot(desk, uow, early):
    for days in (30, 10):
        desk.work().submitted_at = uow.now - days * DAY
    uow.session.flush()
    standing = Standing(desk.chair.id, CHAIRS)
    plot = statistics.plots_of(uow.session, desk.edition, standing, ())[0]
    assert [rule.is_dashed for rule in plot.rules].count(True) == 2
    assert {"Early round", "deadline"} <= {words.text for words in plot.words}
    assert "Early round" in plot.sentence
    heights = {words.y for words in plot.words if words.text in ("Early round", "deadline")}
    assert len(heights) == 2, "their names do not lie upon each other"
