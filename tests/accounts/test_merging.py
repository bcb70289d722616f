"""One person under two addresses: what one account holds becomes another's, all of it, or nothing."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, select, update
from sqlalchemy.orm import Session

from tests.accounts.factories import PASSWORD, hidden, link_in, mails, make_member, sign_in, turn_two_steps_on
from tests.accounts.test_sign_in import is_signed_in
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.grants.factories import make_application, make_fund, open_grants
from tests.registrations.factories import make_kind, make_registration
from tests.reviews.factories import make_assignment, make_review
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission, open_edition
from workshop_manager.accounts import erasure, merging, service
from workshop_manager.accounts.merging import Pair
from workshop_manager.accounts.models import Person
from workshop_manager.accounts.queries import by_address, find_by_email
from workshop_manager.assignments.models import Assignment
from workshop_manager.committee.models import ReviewerProfile
from workshop_manager.conflicts.models import DeclaredConflict, PersonKey, Waiver
from workshop_manager.conflicts.queries import conflicted
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Base
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State as GrantState
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import State
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.states import ReviewState
from workshop_manager.search.models import SavedSearch
from workshop_manager.submissions.models import ClaimedAddress, Submission
from workshop_manager.submissions.queries import person_ids_by_address
from workshop_manager.workshops.models import TeamMember
from workshop_manager.workshops.states import Role

MINE, THEIRS = "amina@uni.example.org", "amina@home.example.net"


def pair_in(uow: UnitOfWork) -> Pair:
    return Pair(make_person(uow, "Amina", MINE), make_person(uow, "Amina B.", THEIRS))


def join(uow: UnitOfWork, pair: Pair) -> merging.Found:
    found = merging.look(uow, pair)
    merging.merge(uow, pair, found.digest)
    return found


# -- nothing is forgotten -----------------------------------------------------------------------------------------


def test_every_column_that_names_a_person_was_decided_about(app: Flask) -> None:
    decided = Counter(held.column for part in merging.parts() for held in part.held)
    naming = {
        column
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    }
    forgotten = sorted(f"{column.table.name}.{column.name}" for column in naming - set(decided))
    assert not forgotten, "say in the package's merging.py what becomes of them when two accounts become one"
    assert set(decided) == naming
    assert set(decided.values()) == {1}


SEEN_TO = frozenset(
    [
        "submissions.submitter_id", "feed_tokens.person_id", "saved_searches.person_id", "reviewer_handles.person_id",
    ]
)  # fmt: skip
"""Unique beside something else, and made so by the `move` of its part before it moves."""


def test_whatever_is_one_a_person_says_what_happens_to_two(app: Flask) -> None:
    for held in (each for part in merging.parts() for each in part.held):
        column, table = held.column, held.column.table
        unique: list[set[Any]] = [set(index.columns) for index in table.indexes if index.unique]
        unique += [
            set(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint | PrimaryKeyConstraint)
        ]
        if held.is_dropped or held.is_by_hand or not any(column in columns for columns in unique):
            continue
        assert held.one_per or f"{table.name}.{column.name}" in SEEN_TO, f"{table.name}.{column.name}"


@shows("The call", "The same person under two addresses can make their two accounts one")
def test_what_one_account_holds_becomes_the_others(work: Any, app: Flask) -> None:
    with work() as uow:
        pair = pair_in(uow)
        edition = open_edition(uow)
        join_team(uow, edition, pair.into, Role.REVIEWER)
        join_team(uow, edition, pair.gone, Role.REVIEWER)
        join_team(uow, edition, pair.gone, Role.PROGRAMME_CHAIR)
        own = make_submission(uow, edition, pair.gone, form_key="the same")
        make_submission(uow, edition, pair.into, form_key="the same")
        read = make_submission(uow, edition, make_person(uow, "Kofi", "kofi@elsewhere.example.com"))
        make_review(uow, read, pair.gone, score=5)
        make_review(uow, read, pair.into, score=2, state=ReviewState.DRAFT)
        uow.session.add(
            ReviewerProfile(edition_id=edition.id, person_id=pair.gone.id, max_load=3, saved_at=uow.now, tracks=[])
        )
        for person in (pair.into, pair.gone):
            uow.session.add(
                SavedSearch(
                    edition_id=edition.id, person_id=person.id, name="Late", query="is:late", created_at=uow.now
                )
            )
        uow.session.flush()
        found = join(uow, pair)
        assert "1 role in a team" in found.lines
        assert not found.refusals
        into, gone, ids = pair.into.id, pair.gone.id, (own.id, read.id)
    with work() as uow:
        session: Session = uow.session
        assert session.get_one(Submission, ids[0]).submitter_id == into
        review = session.scalars(select(Review).where(Review.submission_id == ids[1])).one()
        assert (review.reviewer_id, review.score) == (into, 5), "the draft gave way to what was handed in"
        assert session.scalars(select(Assignment.reviewer_id)).all() == [into]
        roles = Counter(session.scalars(select(TeamMember.role)))
        assert roles == {Role.REVIEWER: 1, Role.PROGRAMME_CHAIR: 1}
        assert session.scalars(select(ReviewerProfile.max_load).where(ReviewerProfile.person_id == into)).all() == [3]
        assert sorted(session.scalars(select(SavedSearch.name))) == ["Late", "Late (2)"]
        assert session.get_one(ClaimedAddress, THEIRS).person_id == into
        ended = session.get_one(Person, gone)
        assert (ended.active, ended.merged_into_id, ended.password) == (False, into, None)
        assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "accounts merged")).all()
        assert not _rows_naming(session, gone)


def _rows_naming(session: Session, person_id: int) -> list[str]:
    return [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
        and session.execute(select(column).where(column == person_id)).first()
    ]


# -- conflicts ----------------------------------------------------------------------------------------------------


def test_whoever_wrote_it_under_the_other_address_stops_reviewing_it(work: Any, app: Flask) -> None:
    with work() as uow:
        pair, edition = pair_in(uow), open_edition(uow)
        join_team(uow, edition, pair.into, Role.REVIEWER)
        own, free = make_submission(uow, edition, pair.gone), make_submission(uow, edition)
        make_review(uow, own, pair.into)
        make_assignment(uow, free, pair.into)
        found = join(uow, pair)
        assert any("You stop reviewing 1 work" in line for line in found.lines)
        into, free_id = pair.into.id, free.id
    with work() as uow:
        assert uow.session.scalars(select(Assignment.submission_id)).all() == [free_id]
        assert not uow.session.scalars(select(Review)).all()
        kept = set(uow.session.scalars(select(PersonKey.key).where(PersonKey.person_id == into)))
        assert {MINE, THEIRS} <= kept, "both addresses find conflicts from now on"
        assert not uow.session.scalars(select(PersonKey).where(PersonKey.person_id != into)).all()


def test_what_a_chair_waived_for_one_account_is_weighed_anew(work: Any, app: Flask) -> None:
    with work() as uow:
        pair, edition = pair_in(uow), open_edition(uow)
        colleague = make_person(uow, "Nour", affiliation="Loom University")
        pair.gone.affiliation = "Loom University"
        found_by_both = make_submission(uow, edition, colleague)
        for person in (pair.into, pair.gone):
            join_team(uow, edition, person, Role.REVIEWER)
            uow.session.add(
                Waiver(submission_id=found_by_both.id, person_id=person.id, reason="A namesake.", waived_at=uow.now)
            )
        uow.session.add(
            DeclaredConflict(
                submission_id=found_by_both.id, person_id=pair.into.id, kind=ConflictKind.OTHER, declared_at=uow.now
            )
        )
        uow.session.flush()
        join(uow, pair)
        assert not uow.session.scalars(select(Waiver)).all()
        assert found_by_both.id in set(uow.session.scalars(conflicted(pair.into.id)))


# -- what stands in the way ---------------------------------------------------------------------------------------


def test_two_reviews_of_one_work_are_refused_with_nothing_changed(work: Any, app: Flask) -> None:
    with work() as uow:
        pair, edition = pair_in(uow), open_edition(uow)
        read = make_submission(uow, edition)
        make_review(uow, read, pair.into)
        make_review(uow, read, pair.gone)
        with pytest.raises(Conflict, match="Both accounts handed in a review"):
            merging.merge(uow, pair, merging.look(uow, pair).digest)
        assert pair.gone.active


@pytest.mark.parametrize(
    ("into", "gone", "says"),
    [
        ({"confirmed_at": None}, {}, "Confirm the address"),
        ({}, {"is_administrator": True}, "runs this site"),
        ({}, {"tf_primary_method": "authenticator"}, "second step"),
    ],
)
def test_an_account_that_guards_more_is_not_brought_into_one_that_guards_less(
    work: Any, app: Flask, into: dict[str, Any], gone: dict[str, Any], says: str
) -> None:
    with work() as uow:
        pair = pair_in(uow)
        for person, values in ((pair.into, into), (pair.gone, gone)):
            for name, value in values.items():
                setattr(person, name, value)
        assert any(says in sentence for sentence in merging.look(uow, pair).refusals)


def test_what_was_read_is_what_is_done(work: Any, app: Flask) -> None:
    with work() as uow:
        pair = pair_in(uow)
        seen = merging.look(uow, pair).digest
        join_team(uow, make_edition(uow), pair.gone, Role.REVIEWER)
        with pytest.raises(Conflict, match="changed in between"):
            merging.merge(uow, pair, seen)


# -- seats and grants ---------------------------------------------------------------------------------------------


def test_of_two_seats_the_second_goes_to_whoever_is_next(work: Any, app: Flask) -> None:
    with work() as uow:
        pair, edition = pair_in(uow), make_edition(uow)
        kind = make_kind(uow, edition, capacity=2)
        waiting = make_person(uow, "Next")
        for person in (pair.into, pair.gone):
            make_registration(uow, edition, kind, person)
        make_registration(uow, edition, kind, waiting, State.WAITLISTED)
        found = join(uow, pair)
        assert any("you hold two seats" in line for line in found.lines)
        kind_id, waiting_id, into = kind.id, waiting.id, pair.into.id
    with work() as uow:
        assert uow.session.get_one(RegistrationKind, kind_id).taken == 2
        states = {row.person_id: row.state for row in uow.session.scalars(select(Registration))}
        assert (states[waiting_id], states[into]) == (State.REGISTERED, State.REGISTERED)


def test_a_seat_of_the_other_account_stays_with_the_place_in_line_of_this_one(work: Any, app: Flask) -> None:
    with work() as uow:
        pair, edition = pair_in(uow), make_edition(uow)
        virtual, full = make_kind(uow, edition, "Virtual"), make_kind(uow, edition, "In person", capacity=0)
        make_registration(uow, edition, virtual, pair.gone)
        make_registration(uow, edition, full, pair.into, State.WAITLISTED)
        join(uow, pair)
        into, kinds = pair.into.id, (virtual.id, full.id)
    with work() as uow:
        row = uow.session.scalars(select(Registration).where(Registration.person_id == into)).one()
        assert (row.state, row.kind_id, row.waits_for_id) == (State.REGISTERED, *kinds)


def test_two_open_grant_applications_are_refused_and_a_draft_gives_way(work: Any, app: Flask) -> None:
    with work() as uow:
        pair, edition = pair_in(uow), open_grants(uow)
        make_fund(uow, edition)
        make_application(uow, edition, pair.into, hand_in=False)
        make_application(uow, edition, pair.gone)
        found = merging.look(uow, pair)
        assert any("is a draft" in line for line in found.lines)
        uow.session.execute(update(Application).values(state=GrantState.SUBMITTED))
        uow.session.expire_all()
        assert any("Withdraw one" in sentence for sentence in merging.look(uow, pair).refusals)
        uow.session.execute(
            update(Application).where(Application.person_id == pair.into.id).values(state=GrantState.WITHDRAWN)
        )
        uow.session.expire_all()
        join(uow, pair)
        mine = uow.session.scalars(select(Application).where(Application.person_id == pair.into.id)).one()
        assert mine.state is GrantState.SUBMITTED
        left = uow.session.scalars(select(Application).where(Application.person_id == pair.gone.id)).one()
        assert (left.state, left.statement) == (GrantState.WITHDRAWN, "")


# -- addresses ----------------------------------------------------------------------------------------------------


def test_the_other_address_signs_in_until_it_is_let_go(work: Any, app: Flask) -> None:
    with work() as uow:
        into = make_member(uow, MINE, "Amina")
        gone = make_member(uow, THEIRS, "Amina B.", password="another long password")
        join(uow, Pair(into, gone))
        gone_id = gone.id
    client = app.test_client()
    assert sign_in(client, THEIRS, "another long password").status_code == 422
    assert sign_in(client, THEIRS).status_code == 303
    with work() as uow:
        service.ask_for_link(uow, THEIRS)
        assert mails(uow)[-1].to_address == MINE, "a mailbox that somebody else may have by now opens nothing"
        with pytest.raises(Conflict):
            service.create_person(uow, email=THEIRS, name="Somebody else")
    assert send(client, f"/account/merging/addresses/{gone_id}/removal").status_code == 303
    assert send(client, f"/account/merging/addresses/{gone_id}/removal").status_code == 404
    assert sign_in(app.test_client(), THEIRS).status_code == 422
    with work() as uow:
        assert service.create_person(uow, email=THEIRS, name="Somebody else").id


@keeps("A1")
def test_works_that_name_an_address_that_was_let_go_are_its_next_owners(work: Any) -> None:
    with work() as uow:
        into, gone = make_member(uow, MINE, "Amina"), make_member(uow, THEIRS, "Amina B.")
        join(uow, Pair(into, gone))
        assert person_ids_by_address(uow.session, {THEIRS}) == {THEIRS: into.id}
        merging.let_go(uow, into, gone.id)
        assert person_ids_by_address(uow.session, {THEIRS}) == {}
        somebody = service.create_person(uow, email=THEIRS, name="Somebody else")
        assert person_ids_by_address(uow.session, {THEIRS}) == {THEIRS: somebody.id}


def test_the_two_addresses_can_change_places(work: Any, app: Flask) -> None:
    with work() as uow:
        pair = pair_in(uow)
        join(uow, pair)
        service.ask_to_change_email(uow, pair.into, THEIRS)
        link = next(mail for mail in mails(uow, THEIRS) if "/account/email/" in mail.text_body)
        path, ids = link_in(link), (pair.into.id, pair.gone.id)
    assert send(app.test_client(), path).status_code == 303
    with work() as uow:
        assert [uow.session.get_one(Person, one).email for one in ids] == [THEIRS, MINE]


def test_whoever_deletes_the_account_leaves_nothing_under_the_other_address(work: Any, app: Flask) -> None:
    with work() as uow:
        pair = pair_in(uow)
        join(uow, pair)
        erasure.erase(uow, pair.into)
    with work() as uow:
        for person in uow.session.scalars(select(Person)):
            assert person.name == "Someone"
            assert person.email.endswith("@erased.invalid")
        assert not [mail for mail in mails(uow) if THEIRS in mail.to_address]


# -- the pages ----------------------------------------------------------------------------------------------------


def ask(app: Flask, work: Any) -> tuple[Any, str]:
    """Signed in to the account that stays: the client, and the link the other mailbox got."""
    client = app.test_client()
    sign_in(client, MINE)
    assert send(client, "/account/merging", {"email": THEIRS, "present": "wrong"}).status_code == 422
    assert send(client, "/account/merging", {"email": THEIRS, "present": PASSWORD}).status_code == 303
    with work() as uow:
        return client, link_in(mails(uow, THEIRS)[-1])


def agree(client: Any, path: str, **values: str) -> Any:
    return send(client, path, {"sure": "y", "seen": hidden(client.get(path).text, "seen")} | values)


def test_both_addresses_are_proven_and_the_other_account_is_signed_out(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow, MINE, "Amina")
        other = make_member(uow, THEIRS, "Amina B.")
        join_team(uow, make_edition(uow), other, Role.REVIEWER)
        elsewhere = client_for(app, uow, other)
    client, path = ask(app, work)
    assert "1 role in a team" in client.get(path).text
    assert elsewhere.get(path).status_code == 404, "not even for the other account: it was not asked there"
    assert send(client, path, {"seen": ""}).status_code == 422, "nothing was ticked"
    assert agree(client, path).status_code == 303
    assert not is_signed_in(elsewhere)
    assert THEIRS in client.get("/account/merging").text
    assert client.get(path).status_code == 404
    with work() as uow:
        told = {mail.to_address for mail in mails(uow) if mail.subject.startswith("Your accounts")}
        assert told == {MINE, THEIRS}


def test_an_address_without_account_and_ones_own_get_no_mail(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow, MINE, "Amina")
    client = app.test_client()
    sign_in(client, MINE)
    with work() as uow:
        before = len(mails(uow))
    for address in (MINE, "nobody@example.org"):
        answer = send(client, "/account/merging", {"email": address, "present": PASSWORD})
        assert answer.status_code == 303
    with work() as uow:
        assert len(mails(uow)) == before


def test_the_other_accounts_second_step_is_asked_for(app: Flask, work: Any, clock: FixedClock) -> None:
    with work() as uow:
        for address in (MINE, THEIRS):
            make_member(uow, address, "Amina")
    devices = []
    for address in (MINE, THEIRS):
        browser = app.test_client()
        sign_in(browser, address)
        devices.append((browser, turn_two_steps_on(browser, clock.at)[0]))
    client = devices[0][0]
    assert send(client, "/account/merging", {"email": THEIRS, "present": PASSWORD}).status_code == 303
    with work() as uow:
        path = link_in(mails(uow, THEIRS)[-1])
        other = find_by_email(uow.session, THEIRS)
        assert other is not None
        join_team(uow, make_edition(uow), other, Role.REVIEWER)
    clock.at += timedelta(minutes=1)
    assert "1 role in a team" not in client.get(path).text
    assert send(client, path, {"sure": "y", "seen": ""}).status_code == 422
    assert send(client, path, {"code": "000000"}).status_code == 422
    assert send(client, path, {"code": devices[0][1].at(clock.at)}).status_code == 422, "that of this account"
    assert "1 role in a team" not in client.get(path).text
    assert send(client, path, {"code": devices[1][1].at(clock.at)}).status_code == 303
    assert "1 role in a team" in client.get(path).text
    assert agree(client, path).status_code == 303


def test_two_clicks_at_once_make_them_one_once(app: Flask, work: Any, backend: str) -> None:
    with work() as uow:
        pair = pair_in(uow)
        join_team(uow, make_edition(uow), pair.gone, Role.REVIEWER)
        ids, seen = (pair.into.id, pair.gone.id), merging.look(uow, pair).digest
    gate, ends = threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        try:
            with app.test_request_context("/"), work() as uow:
                one, other = (uow.session.get_one(Person, each) for each in ids)
                merging.merge(uow, Pair(one, other), seen)
            ends.append("one")
        except Conflict:
            ends.append("refused")

    threads = [threading.Thread(target=run) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["one", "refused"]
    with work() as uow:
        assert [row.person_id for row in uow.session.scalars(select(TeamMember))] == [ids[0]]


@shows("Import", "A file that names a reviewer by the address of an account that became part of another finds them")
def test_a_table_may_name_an_account_by_the_address_that_ended_in_it(uow: UnitOfWork) -> None:
    pair = pair_in(uow)
    other = make_person(uow, "Other", "other@uni.example.org")
    join(uow, pair)
    assert by_address(uow.session, [pair.into, other]) == {MINE: pair.into, THEIRS: pair.into, other.email: other}
    assert merging.let_go(uow, pair.into, pair.gone.id) == THEIRS
    assert THEIRS not in by_address(uow.session, [pair.into])
    assert by_address(uow.session, []) == {}
