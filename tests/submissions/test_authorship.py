"""Named as an author: asked by mail, claimed with any account, or taken out at once without one."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import client_for, make_person, send
from tests.reviews.conftest import house, season
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.events import PersonErased
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions import authorship, emails, invitations, queries, service
from workshop_manager.submissions.models import Author, AuthorInvitation, ClaimedAddress
from workshop_manager.submissions.states import State

__all__ = ["house", "season"]

GHOST = "ghost@elsewhere.example"


def add_ghost(uow, work, email=GHOST, position=5):
    row = Author(submission_id=work.id, position=position, name="Ghost", email=email, affiliation="Oran; Accra")
    uow.session.add(row)
    uow.session.flush()
    uow.session.expire(work, ["authors"])
    return row


@pytest.fixture
def named(season, uow):
    """A submitted work with a co-author nobody knows, and the link that was sent there."""
    work = season.work()
    ghost = add_ghost(uow, work)
    uow.session.refresh(work, ["authors", "files"])
    emails.named(uow, season.edition, work)
    uow.session.flush()
    mail = uow.session.scalars(select(OutboxMail).where(OutboxMail.to_address == GHOST)).one()
    return work, ghost, mail


def token_in(mail):
    return re.search(r"/authorships/(\S+)", mail.text_body).group(1)


@shows("Submissions", "A co-author is asked by mail and claims the work with any account, whatever its address")
def test_a_named_author_claims_with_another_account(season, uow, named):
    _work, ghost, mail = named
    later = add_ghost(uow, season.work())
    uow.actor = claimer = make_person(uow, "Nour")
    authorship.claim(uow, token_in(mail))
    assert (ghost.person_id, later.person_id) == (claimer.id, claimer.id)
    assert queries.person_ids_by_address(uow.session, {GHOST.upper()}) == {GHOST: claimer.id}
    with pytest.raises(NotFound):
        authorship.claim(uow, token_in(mail))
    assert ghost.affiliations == ("Oran", "Accra")


@shows("Submissions", "The same person under two addresses becomes one: what the other account handed in moves")
def test_what_an_account_of_that_address_began_moves(season, uow, named):
    work, _ghost, mail = named
    other = make_person(uow, "Ghost", email=GHOST)
    theirs = season.work(other)
    uow.actor = claimer = make_person(uow, "Nour")
    authorship.claim(uow, token_in(mail))
    mine = {s.number for s in queries.own_in_edition(uow.session, season.edition.id, claimer.id)}
    assert mine == {work.number, theirs.number}
    assert queries.own_in_edition(uow.session, season.edition.id, other.id) == []


@keeps("B10")
def test_a_second_step_guards_the_works_of_its_account(season, uow, named):
    _work, _ghost, mail = named
    other = make_person(uow, "Ghost", email=GHOST)
    other.tf_primary_method = "authenticator"
    theirs = season.work(other, title="Guarded")
    uow.actor = make_person(uow, "Nour")
    authorship.claim(uow, token_in(mail))
    assert theirs.submitter_id == other.id
    guarded = uow.session.scalars(select(Author.person_id).where(Author.submission_id == theirs.id)).all()
    assert guarded == [other.id]
    assert uow.session.scalars(select(ClaimedAddress)).all() == []


@shows("Submissions", "Whoever is named as an author can have the name taken out at once, without an account")
def test_a_named_author_is_taken_out(season, uow, named):
    work, ghost, mail = named
    ghost.is_presenter = True
    uow.actor = None
    authorship.disown(uow, token_in(mail))
    uow.session.flush()
    rows = uow.session.scalars(select(Author).where(Author.submission_id == work.id)).all()
    assert [a.name for a in rows] == [season.author.name]
    told = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "submissions/author_left")).one()
    assert (told.to_address, told.about) == (season.author.email, work.about)
    assert "They were to present it." in told.text_body
    with pytest.raises(NotFound):
        authorship.disown(uow, token_in(mail))


def test_after_a_decision_the_organisers_hear_of_it_too(season, uow, named):
    work, _ghost, mail = named
    work.state, work.decided_at, season.edition.contact_email = State.ACCEPTED, uow.now, "team@example.org"
    authorship.disown(uow, token_in(mail))
    told = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "submissions/author_left")).all()
    assert {m.to_address for m in told} == {season.author.email, "team@example.org"}
    assert all("has to be published again" in m.text_body for m in told)


def test_the_only_author_is_not_taken_out(season, uow):
    work = season.work()
    uow.session.refresh(work, ["authors"])
    token = invitations.ask(uow, work.authors[0])
    with pytest.raises(Conflict, match="nobody left"):
        authorship.disown(uow, token)


@keeps("B9", "T3")
def test_a_link_works_once_for_thirty_days_and_for_its_address_only(season, uow, named, clock):
    work, ghost, mail = named
    token = token_in(mail)
    row = uow.session.scalars(select(AuthorInvitation)).one()
    assert token not in row.token_hash
    assert authorship.find_open(uow, token)[1].id == work.id
    again = invitations.ask(uow, ghost)
    for dead in (token, "nonsense", ""):
        with pytest.raises(NotFound):
            authorship.find_open(uow, dead)
    ghost.email = "another@elsewhere.example"
    uow.session.flush()
    with pytest.raises(NotFound):
        authorship.find_open(uow, again)
    ghost.email = GHOST
    uow.session.flush()
    uow.now += timedelta(days=30)
    with pytest.raises(NotFound):
        authorship.find_open(uow, again)


def test_an_author_is_written_to_three_times_at_most(season, uow, named):
    work, ghost, _mail = named
    uow.actor = season.author
    for _ in range(2):
        authorship.ask_again(uow, season.edition, work, ghost.id)
    with pytest.raises(Conflict, match="3 times"):
        authorship.ask_again(uow, season.edition, work, ghost.id)
    uow.actor = season.kenza
    with pytest.raises(NotFound):
        authorship.ask_again(uow, season.edition, work, ghost.id)


@keeps("P4")
def test_erasure_forgets_the_claimed_address(season, uow, named):
    _work, ghost, mail = named
    uow.actor = claimer = make_person(uow, "Nour")
    authorship.claim(uow, token_in(mail))
    service.let_go(uow, PersonErased(claimer.id).person_id)
    assert uow.session.scalars(select(ClaimedAddress)).all() == []
    assert uow.session.scalars(select(AuthorInvitation)).all() == []
    assert (ghost.name, ghost.email) == ("", None)


# -- pages


@keeps("I14", "A6")
def test_the_link_asks_and_a_get_does_nothing(house):
    with house.work() as uow:
        work = make_submission(uow, house.edition, house.author, track=house.first)
        ghost = add_ghost(uow, work)
        tokens = [invitations.ask(uow, ghost)]
        nour = make_person(uow, "Nour")
        client = client_for(house.app, uow, nour)
        number, ghost_id = work.number, ghost.id
    address = f"/authorships/{tokens[0]}"
    stranger = house.app.test_client()
    page = stranger.get(address)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Sign in and say yes" in page.text
    assert stranger.get("/authorships/nonsense").status_code == 404
    assert send(stranger, address, {"do": "claim"}).status_code == 303  # to sign in
    page = client.get(address)
    assert "That is another address" in page.text
    made = send(client, address, {"do": "claim"})
    assert (made.status_code, made.location) == (303, f"/musiml/2026/submissions/{number}")
    assert client.get(made.location).status_code == 200
    assert client.get(address).status_code == 404
    own = house.author_client.get(f"/musiml/2026/submissions/{number}")
    assert "Said yes" in own.text
    again = send(house.author_client, f"/musiml/2026/submissions/{number}/authors/{ghost_id}/letters")
    assert again.status_code == 303


def test_a_name_is_taken_out_by_the_page(house):
    with house.work() as uow:
        work = make_submission(uow, house.edition, house.author, track=house.first)
        token = invitations.ask(uow, add_ghost(uow, work))
        number = work.number
    stranger = house.app.test_client()
    assert send(stranger, f"/authorships/{token}", {"do": "leave"}).status_code == 303
    assert "Ghost" not in house.author_client.get(f"/musiml/2026/submissions/{number}").text


def test_the_only_author_reads_why_the_name_stays(house):
    with house.work() as uow:
        work = make_submission(uow, house.edition, house.author, track=house.first)
        uow.session.refresh(work, ["authors"])
        token = invitations.ask(uow, work.authors[0])
    refused = send(house.app.test_client(), f"/authorships/{token}", {"do": "leave"})
    assert (refused.status_code, "nobody left" in refused.text) == (409, True)
