"""The rules of submissions as truth tables."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.shows import keeps, shows
from workshop_manager.accounts.models import Listing
from workshop_manager.calls.rules import Phase
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.submissions import rules
from workshop_manager.submissions.content import AuthorContent, Content, differences, rearranged
from workshop_manager.submissions.states import Action, State
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import Role

DUE = Deadline(datetime(2023, 10, 7, 11, 59, tzinfo=UTC), AOE)
OPENS = Deadline(datetime(2023, 8, 18, 12, 0, tzinfo=UTC), AOE)
SECOND = timedelta(seconds=1)

ANNA = AuthorContent("Anna", "anna@example.org", "", True)
BO = AuthorContent("Bo", "bo@example.org", "", False)
CY = AuthorContent("Cy")
FULL = Content(title="T", abstract="some words", track_id=1, authors=(ANNA, BO), is_eligible=True, not_published=True)
TRACKS = {1: "At least one author self-identifies as Muslim.", 2: ""}
LIMITS = rules.Limits(words=100, needs_pdf=True)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("phase", Phase)
def test_only_drafts_and_submitted_work_can_be_edited_and_only_while_the_call_is_open(state, phase):
    expected = phase is Phase.OPEN and state in (State.DRAFT, State.SUBMITTED)
    assert rules.may_edit(state, phase) is expected


@pytest.mark.parametrize(
    ("action", "sources", "target"),
    [
        (Action.SUBMIT, {State.DRAFT}, State.SUBMITTED),
        (
            Action.WITHDRAW,
            {State.SUBMITTED, State.WAITLISTED, State.ACCEPTED, State.CONFIRMED},
            State.WITHDRAWN,
        ),
        (Action.ACCEPT, {State.SUBMITTED, State.WAITLISTED}, State.ACCEPTED),
        (Action.WAITLIST, {State.SUBMITTED}, State.WAITLISTED),
        (Action.REJECT, {State.SUBMITTED, State.WAITLISTED}, State.REJECTED),
        (Action.CONFIRM, {State.ACCEPTED}, State.CONFIRMED),
        (Action.DECLINE, {State.ACCEPTED, State.CONFIRMED}, State.DECLINED),
    ],
)
def test_each_action_leads_from_its_states_only(action, sources, target):
    for state in State:
        assert rules.leads_to(action, state) is (target if state in sources else None)


# -- who reads at the desk

CHAIR, TRACK_CHAIR, REVIEWER = (
    Standing(7, frozenset({Role.PROGRAMME_CHAIR})),
    Standing(7, frozenset({Role.TRACK_CHAIR}), frozenset({2})),
    Standing(7, frozenset({Role.REVIEWER})),
)


@pytest.mark.parametrize(
    ("standing", "state", "track", "submitter", "authors", "may"),
    [
        (CHAIR, State.SUBMITTED, 1, 3, [3], True),
        (CHAIR, State.SUBMITTED, None, None, [None], True),
        (CHAIR, State.DRAFT, 1, 3, [3], False),
        (CHAIR, State.SUBMITTED, 1, 7, [3], False),
        (CHAIR, State.SUBMITTED, 1, 3, [3, 7], False),
        (TRACK_CHAIR, State.SUBMITTED, 2, 3, [3], True),
        (TRACK_CHAIR, State.SUBMITTED, 1, 3, [3], False),
        (TRACK_CHAIR, State.SUBMITTED, None, 3, [3], False),
        (TRACK_CHAIR, State.SUBMITTED, 2, 7, [3], False),
        (REVIEWER, State.SUBMITTED, 1, 3, [3], False),
        (Standing(7, frozenset({Role.FRONT_DESK, Role.GRANTS_COMMITTEE})), State.ACCEPTED, 1, 3, [3], False),
        (Standing(), State.ACCEPTED, 1, None, [], False),
    ],
)
def test_the_desk_shows_what_came_in_to_chairs_and_nobody_their_own(standing, state, track, submitter, authors, may):
    assert rules.may_read_at_desk(standing, state, track, submitter, authors) is may


@keeps("P3")
@pytest.mark.parametrize(
    ("count", "of", "shown"),
    [
        (0, 0, 0),
        (0, 9, None),
        (1, 40, None),
        (4, 40, None),
        (5, 40, 5),
        (36, 40, None),
        (35, 40, 35),
        (5, 5, None),
        (40, 40, None),
        (3, 3, None),
    ],
)
def test_a_total_that_tells_of_fewer_than_five_is_not_shown_and_neither_is_one_whose_rest_does(count, of, shown):
    assert rules.shown_total(count, of) == shown


# -- what is missing


def fields(content, limits=LIMITS, tracks=TRACKS, has_file=True):
    return [gap.field for gap in rules.gaps(content, limits, tracks, has_file=has_file)]


def with_(**values):
    from dataclasses import replace

    return replace(FULL, **values)


def test_a_complete_abstract_misses_nothing():
    assert fields(FULL) == []


@shows("Submissions", "Submitting says everything that is missing at once")
def test_an_empty_form_misses_everything_at_once():
    assert fields(Content(), has_file=False) == ["title", "track", "abstract", "authors", "file", "not_published"]


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (with_(track_id=3), ["track"]),
        (with_(is_eligible=None), ["eligible_1"]),
        (with_(is_eligible=False), ["eligible_1"]),
        (with_(track_id=2, is_eligible=None), []),
        (with_(abstract=" \n… — "), ["abstract"]),
        (with_(abstract="word " * 100), []),
        (with_(abstract="word " * 101), ["abstract"]),
        (with_(authors=()), ["authors"]),
        (with_(authors=(AuthorContent(),)), ["authors-0-name"]),
        (with_(authors=(AuthorContent(), ANNA)), []),
        (with_(authors=(BO,)), ["authors-0-is_presenter"]),
        (with_(authors=(AuthorContent(email="x@example.org", is_presenter=True),)), ["authors-0-name"]),
        (with_(authors=(ANNA, AuthorContent("B", "no address"))), ["authors-1-email"]),
        (with_(authors=(ANNA, AuthorContent("B", "ANNA@example.org"))), ["authors-1-email"]),
        (with_(not_published=False), ["not_published"]),
    ],
)
def test_each_gap_is_named_at_its_field(content, missing):
    assert fields(content) == missing


def test_without_tracks_none_is_asked_for_and_without_a_pdf_none_either():
    assert fields(with_(track_id=None), tracks={}) == []
    assert fields(FULL, limits=rules.Limits(100, needs_pdf=False), has_file=False) == []


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("a@b.org", True),
        ("wahyuni.ugm+x@mail.ugm.ac.id", True),
        ("用户@例子.中国", True),
        ("a@b", False),
        ("a b@c.org", False),
        ("a@b.org,c@d.org", False),
        ("A <a@b.org>", False),
        ("a@b..org", False),
        ("a@b@c.org", False),
        ("a@" + "b" * 320 + ".org", False),
        ("", False),
    ],
)
def test_an_address_is_one_that_a_single_mail_can_be_written_to(typed, good):
    assert rules.is_address(typed) is good


# -- rows of authors


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("up-1", ["Bo", "Anna", "Cy"]),
        ("up-0", ["Anna", "Bo", "Cy"]),
        ("down-1", ["Anna", "Cy", "Bo"]),
        ("down-2", ["Anna", "Bo", "Cy"]),
        ("remove-1", ["Anna", "Cy"]),
        ("remove-9", ["Anna", "Bo", "Cy"]),
        ("remove-x", ["Anna", "Bo", "Cy"]),
        ("remove--1", ["Anna", "Bo", "Cy"]),
        ("up-²", ["Anna", "Bo", "Cy"]),
        ("add", ["Anna", "Bo", "Cy", ""]),
        ("nonsense", ["Anna", "Bo", "Cy"]),
    ],
)
def test_buttons_move_remove_and_add_authors_and_nonsense_changes_nothing(act, names):
    assert [a.name for a in rearranged((ANNA, BO, CY), act)] == names


def test_no_more_than_thirty_authors_fit():
    assert len(rearranged((CY,) * 30, "add")) == 30


def test_differences_ignore_ids_empty_rows_and_the_case_of_addresses():
    same = with_(authors=(AuthorContent("Anna", "ANNA@example.org", "", True, id=9), BO, AuthorContent()))
    assert list(differences(FULL, same)) == []
    assert list(differences(FULL, with_(title="X", authors=(BO, ANNA)))) == ["title", "authors"]


# -- how authors are shown


def author(name, listing=None, affiliation="UGM"):
    person = SimpleNamespace(listing=listing) if listing else None
    return SimpleNamespace(name=name, affiliation=affiliation, is_presenter=False, person=person)


def shown(listing, *authors):
    submission = SimpleNamespace(listing=listing, authors=authors)
    return [(a.name, a.affiliation) for a in rules.public_authors(submission)]


@pytest.mark.parametrize("of_work", Listing)
@pytest.mark.parametrize("of_person", [None, *Listing])
def test_the_stricter_of_two_listing_choices_holds(of_work, of_person):
    order = [Listing.FULL, Listing.NAME_ONLY, Listing.ANONYMOUS, Listing.UNLISTED]
    strictest = max(of_work, of_person or Listing.FULL, key=order.index)
    expected = {
        Listing.FULL: [("A", "UGM")],
        Listing.NAME_ONLY: [("A", None)],
        Listing.ANONYMOUS: [(None, None)],
        Listing.UNLISTED: [],
    }[strictest]
    if of_work is Listing.ANONYMOUS:
        expected = [(None, None)]
    assert shown(of_work, author("A", of_person)) == expected


def test_one_authors_choice_does_not_touch_the_others():
    authors = author("A", Listing.UNLISTED), author("B"), author("C", Listing.ANONYMOUS), author("")
    assert shown(Listing.FULL, *authors) == [("B", "UGM"), (None, None), (None, None)]


def test_an_anonymous_work_does_not_even_tell_how_many_wrote_it():
    assert shown(Listing.ANONYMOUS, author("A"), author("B")) == [(None, None)]


def test_an_unlisted_work_is_nowhere():
    assert not rules.is_listed(SimpleNamespace(listing=Listing.UNLISTED, authors=()))
    assert rules.is_listed(SimpleNamespace(listing=Listing.ANONYMOUS, authors=()))
