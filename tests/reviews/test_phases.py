"""Which phase holds and what it lets people do: truth tables, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tests.shows import keeps, shows
from workshop_manager.reviews import phases, rules
from workshop_manager.reviews.phases import BEFORE, UNDIVIDED, Phase
from workshop_manager.reviews.states import SeeOthers

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FIRST = Phase("Reviewing", NOW, may_write=True)
SECOND = Phase(
    "Discussion", NOW + timedelta(days=5), see_others=SeeOthers.AFTER_OWN, shows_names=True, may_discuss=True
)
BOTH = [SECOND, FIRST]


@shows("Review and decisions", "Phases with dates switch what is open; each lasts until the next one starts")
@pytest.mark.parametrize(
    ("every", "days", "holds"),
    [
        ([], 0, UNDIVIDED),
        (BOTH, -1, BEFORE),
        (BOTH, 0, FIRST),
        (BOTH, 4, FIRST),
        (BOTH, 5, SECOND),
        (BOTH, 500, SECOND),
    ],
)
def test_which_phase_holds(every, days, holds):
    assert phases.phase_at(every, NOW + timedelta(days=days)) == holds


def test_what_comes_next():
    assert phases.next_phase(BOTH, NOW) == SECOND
    assert phases.next_phase(BOTH, NOW + timedelta(days=6)) is None
    assert phases.names_from(BOTH, NOW) == SECOND
    assert phases.names_from([FIRST], NOW) is None
    assert phases.writes_from(BOTH, NOW - timedelta(days=1)) == FIRST
    assert phases.writes_from(BOTH, NOW) is None


@keeps("A9")
@shows("Review and decisions", "Others' reviews are read only after one's own is in, or as the phase says")
@pytest.mark.parametrize(
    ("see", "own_is_in", "sees"),
    [
        (SeeOthers.NEVER, False, False),
        (SeeOthers.NEVER, True, False),
        (SeeOthers.AFTER_OWN, False, False),
        (SeeOthers.AFTER_OWN, True, True),
        (SeeOthers.ALWAYS, False, True),
        (SeeOthers.ALWAYS, True, True),
    ],
)
def test_who_reads_others_reviews(see, own_is_in, sees):
    phase = Phase(see_others=see)
    assert phases.may_see_others_reviews(phase, own_is_in=own_is_in) is sees
    for is_chair, is_lead in product((False, True), repeat=2):
        reads = phases.may_read_thread(phase, is_chair=is_chair, is_lead=is_lead, is_reviewer=True, own_is_in=own_is_in)
        assert reads is (is_chair or sees)
    assert phases.may_read_thread(phase, is_chair=False, is_lead=True, is_reviewer=False, own_is_in=False)


@pytest.mark.parametrize(("discuss", "is_chair", "reads", "undecided"), list(product((False, True), repeat=4)))
def test_who_speaks(discuss, is_chair, reads, undecided):
    said = phases.may_speak(Phase(may_discuss=discuss), is_chair=is_chair, reads=reads, is_undecided=undecided)
    assert said is (reads and (is_chair or (discuss and undecided)))


@keeps("A13")
@shows(
    "Review and decisions", "Authors read and answer reviews only while the phase says so, or once the decision is out"
)
@pytest.mark.parametrize(("read", "respond", "undecided", "released"), list(product((False, True), repeat=4)))
def test_when_authors_read_and_respond(read, respond, undecided, released):
    phase = Phase(authors_read=read, authors_respond=respond)
    assert phases.authors_may_read(phase, is_undecided=undecided, is_released=released) is (
        released or (read and undecided)
    )
    assert phases.may_respond(phase, is_undecided=undecided) is (read and respond and undecided)


def test_whom_a_message_mentions():
    assert rules.mentions("@reviewer-2, @Reviewer 13 and @chair; mail me@lead.example") == (
        frozenset({2, 13}),
        frozenset({"chair"}),
    )
    assert rules.mentions("@chairs @ALL @reviewers @everybody") == (frozenset(), frozenset({"chair", "all"}))


def test_own_words_are_mended_for_half_an_hour():
    def may(minutes, writer=1, removed=False):
        return rules.may_mend(1, writer, NOW, NOW + timedelta(minutes=minutes), is_removed=removed)

    assert (may(30), may(31), may(1, writer=2), may(1, writer=None), may(1, removed=True)) == (
        True, False, False, False, False,
    )  # fmt: skip
