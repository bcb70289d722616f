"""The draft becomes public by releases only: numbered, immutable, with what changed."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from tests.factories import join_team, make_edition, make_person
from tests.schedule.factories import CHAIR, START, content, make_item, make_release
from tests.shows import shows
from workshop_manager.accounts.models import Listing
from workshop_manager.core.errors import Conflict, Forbidden
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.schedule import drafting, queries, releasing, service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.programme import Kind, from_json
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import NOBODY
from workshop_manager.workshops.states import Role


def test_the_first_release_shows_what_the_draft_holds(uow):
    edition = make_edition(uow)
    make_item(uow, edition)
    release = make_release(uow, edition, "Come in")
    assert (release.number, release.note, release.item_count) == (1, "Come in", 1)
    assert [c["what"] for c in release.changes] == ["added"]
    shown = queries.published(uow.session, edition.id)
    assert [item.title for item in from_json(shown.programme).items] == ["Opening"]


@shows("Schedule", "A release is a numbered version that never changes, with a list of changes against the one before")
def test_a_second_release_says_what_changed_and_keeps_the_uid(uow, clock):
    edition = make_edition(uow)
    item = make_item(uow, edition)
    first = make_release(uow, edition)
    service.edit(uow, edition, CHAIR, item.id, item.version, content("Opening", 15))
    second = make_release(uow, edition)
    assert second.number == 2
    assert [c["what"] for c in second.changes] == ["time"]
    old, new = from_json(first.programme).items[0], from_json(second.programme).items[0]
    assert (old.uid, old.sequence) == (new.uid, 0)
    assert new.sequence == 1


@shows("Schedule", "A release that would change nothing, or of nothing, is refused and says so")
def test_nothing_new_is_not_released(uow):
    edition = make_edition(uow)
    make_item(uow, edition)
    make_release(uow, edition)
    with pytest.raises(Conflict, match="already shows all of this"):
        make_release(uow, edition)


@shows("Schedule", "Who is named nowhere is told of a new slot, too: a release of that alone changes nothing in public")
def test_a_slot_of_who_is_named_nowhere_is_released(uow):
    edition, person = make_edition(uow), make_person(uow, "Ana", listing=Listing.UNLISTED)
    join_team(uow, edition, person, Role.REVIEWER)
    item = make_item(uow, edition, "Fairness")
    make_release(uow, edition)
    service.edit(uow, edition, CHAIR, item.id, item.version, content("Fairness", chairs=(Named("Ana"),)))
    assert make_release(uow, edition).changes == []
    assert queries.people_released(uow.session, edition.id) == {person.id}
    with pytest.raises(Conflict, match="already shows all of this"):
        make_release(uow, edition)


def test_an_empty_draft_is_not_released_at_first(uow):
    with pytest.raises(Conflict, match="nothing to release"):
        make_release(uow, make_edition(uow))


def test_only_chairs_and_organisers_release(uow):
    edition = make_edition(uow)
    make_item(uow, edition)
    with pytest.raises(Forbidden):
        releasing.release(uow, edition, NOBODY)


@shows("Schedule", "A draft with conflicts is released only by somebody who says so")
def test_errors_hold_a_release_back_until_it_is_meant(uow):
    edition = make_edition(uow)
    make_item(uow, edition, "One", room="Hall")
    make_item(uow, edition, "Two", 10, room="Hall")
    with pytest.raises(Conflict, match="errors"):
        make_release(uow, edition)
    assert make_release(uow, edition, despite_errors=True).number == 1


def test_a_draft_that_changed_since_it_was_looked_at_is_not_released(uow):
    edition = make_edition(uow)
    make_item(uow, edition)
    seen = drafting.working(uow.session, edition).fingerprint
    make_item(uow, edition, "Keynote", 60)
    with pytest.raises(Conflict, match="changed since"):
        releasing.release(uow, edition, CHAIR, seen=seen)


@shows("Schedule", "Of several releases at once one is made, and the others are told that it shows all of it")
def test_two_releases_at_once_give_one_number_each_and_nothing_twice(work, database, clock, app):
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition)
        edition_id = edition.id
    outcomes, barrier = [], Barrier(4)

    def publish():
        barrier.wait()
        try:
            with app.app_context(), unit_of_work(database, clock) as uow:
                outcomes.append(make_release(uow, get_edition(uow.session, edition_id)).number)
        except Conflict:
            outcomes.append(None)

    threads = [Thread(target=publish) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [1, None, None, None]
    with work() as uow:
        assert queries.count_releases(uow.session, edition_id) == 1


@shows("Schedule", "A release made while somebody edits holds their change whole, or nothing of it")
def test_a_release_during_a_change_holds_all_of_it_or_nothing(work, database, clock, app):
    with work() as uow:
        edition = make_edition(uow)
        session = make_item(uow, edition, "Talks", 0, length=60, kind=Kind.SESSION)
        for place in range(4):
            make_item(uow, edition, f"Talk {place}", 15 * place, length=15, parent_id=session.id)
        edition_id, session_id = edition.id, session.id
    later = content("Talks", 120, length=60, kind=Kind.SESSION)
    barrier, failed = Barrier(2), []

    def at_once(verb):
        barrier.wait()
        try:
            with app.app_context(), unit_of_work(database, clock) as uow:
                verb(uow, get_edition(uow.session, edition_id))
        except Exception as problem:
            failed.append(problem)

    verbs = (make_release, lambda uow, edition: service.edit(uow, edition, CHAIR, session_id, 1, later))
    threads = [Thread(target=at_once, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with work() as uow:
        out = from_json(queries.last_release(uow.session, edition_id).programme)
        public = from_json(queries.published(uow.session, edition_id).programme)
        state = queries.draft_state(uow.session, edition_id)
    moved = {item.start - START for item in out.items if item.parent is None}.pop()
    starts = sorted(item.start - START - moved for item in out.items if item.parent is not None)
    assert moved in (timedelta(0), timedelta(hours=2))
    assert starts == [timedelta(minutes=15 * place) for place in range(4)]
    assert [item.start for item in public.items] == [item.start for item in out.items]
    assert state.has_unreleased_changes is (moved == timedelta(0))


@shows("Schedule", "What was public is called off, and can be taken back")
def test_what_was_public_is_called_off_and_can_be_taken_back(uow):
    edition = make_edition(uow)
    kept, gone = make_item(uow, edition, "Stays"), make_item(uow, edition, "Goes", 60)
    make_release(uow, edition)
    assert service.remove(uow, edition, CHAIR, gone.id) is True
    second = make_release(uow, edition)
    assert [c["what"] for c in second.changes] == ["cancelled"]
    shown = from_json(queries.published(uow.session, edition.id).programme)
    assert {item.title: (item.cancelled, item.sequence) for item in shown.items} == {
        "Stays": (False, 0), "Goes": (True, 1),
    }  # fmt: skip
    service.restore(uow, edition, CHAIR, gone.id)
    third = make_release(uow, edition)
    assert [c["what"] for c in third.changes] == ["revived"]
    assert from_json(third.programme).item(gone.uid).sequence == 2
    assert kept.version == 1


def test_what_nobody_saw_leaves_no_trace(uow):
    edition = make_edition(uow)
    make_item(uow, edition, "Stays")
    make_release(uow, edition)
    item = make_item(uow, edition, "Never shown", 60)
    assert service.remove(uow, edition, CHAIR, item.id) is False
    with pytest.raises(Conflict):
        make_release(uow, edition)


def test_the_worker_takes_out_what_was_cancelled_once_it_is_over(work, database, clock, app):
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition, "Stays", 120)
        gone = make_item(uow, edition, "Goes")
        make_release(uow, edition)
        service.remove(uow, edition, CHAIR, gone.id)
        make_release(uow, edition)
        edition_id, over = edition.id, gone.ends_at
    for moment, titles in ((over - timedelta(minutes=1), ["Goes", "Stays"]), (over, ["Stays"])):
        clock.at = moment
        with app.app_context():
            releasing.refresh_stale(database, clock)
        with work() as uow:
            shown = from_json(queries.published(uow.session, edition_id).programme)
            assert [item.title for item in shown.items] == titles


def test_the_desk_learns_of_the_draft_in_one_query(uow, database):
    edition = make_edition(uow)
    assert queries.draft_state(uow.session, edition.id).items == 0
    make_item(uow, edition, "One", room="Hall")
    make_item(uow, edition, "Two", 10, room="Hall")
    state = queries.draft_state(uow.session, edition.id)
    assert (state.items, state.errors, state.release, state.has_unreleased_changes) == (2, 1, None, True)
    make_release(uow, edition, despite_errors=True)
    state = queries.draft_state(uow.session, edition.id)
    assert (state.release, state.has_unreleased_changes) == (1, False)
