"""A release is told to its speakers once: who, what, and who is left alone."""

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.schedule.factories import CHAIR, content, make_item, make_release, make_work
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Listing
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.invitations import desk, queries, retaining, service
from workshop_manager.invitations.models import SpeakerContact
from workshop_manager.invitations.service import Said
from workshop_manager.invitations.states import Answer
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.schedule import drafting, releasing, returning
from workshop_manager.schedule import service as schedule
from workshop_manager.schedule.content import Named
from workshop_manager.submissions.models import Author
from workshop_manager.workshops import cancelling
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import NOBODY
from workshop_manager.workshops.states import Role, Visibility

DESK = "/musiml/2026/organise/schedule"


def mails(uow, template="invitations/slots"):
    return uow.session.scalars(select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id)).all()


def place(uow, edition, number, name, person=None, minutes=0, email=None):
    """A work of one author with a slot."""
    work = make_work(uow, edition, number, f"Work {number}", ((name, person),))
    work.authors[0].email = email
    uow.session.flush()
    return schedule.add(uow, edition, CHAIR, content("", minutes, submission_id=work.id, room="Hall"))


def move(uow, edition, item, minutes, name):
    """The same slot at another time."""
    typed = content(item.title, minutes, submission_id=item.submission_id, room="Hall", speakers=(Named(name),))
    return schedule.edit(uow, edition, CHAIR, item.id, item.version, typed)


def told(uow, edition, **values):
    """Release and tell; to whom the new mails went."""
    before = {mail.id for mail in mails(uow)}
    releasing.release(uow, edition, CHAIR, **values)
    uow.session.flush()
    service.tell(uow, edition.id)
    return sorted(mail.to_address for mail in mails(uow) if mail.id not in before)


@shows("Schedule", "Only speakers whose slot changed get a mail: account or address, one mail for all their slots")
def test_each_speaker_gets_one_mail_and_only_if_something_changed(uow):
    edition = make_edition(uow)
    ana, ben = make_person(uow, "Ana", "ana@example.org"), make_person(uow, "Ben", "ben@example.org")
    one = place(uow, edition, 1, "Ana", ana)
    place(uow, edition, 2, "Ana", ana, 60)
    place(uow, edition, 3, "Ben", ben, 120)
    place(uow, edition, 4, "Cem", None, 180, "cem@example.org")
    make_item(uow, edition, "Panel", 240, speakers=(Named("Nobody Known"),))
    found = service.plan(uow, edition, *[_programme(uow, edition)] * 2)
    assert [(one.to.name, len(one.steps)) for one in found.messages] == [("Ana", 2), ("Ben", 1), ("Cem", 1)]
    assert found.unreachable == (("Nobody Known", "Panel"),)
    assert told(uow, edition) == ["ana@example.org", "ben@example.org", "cem@example.org"]
    assert mails(uow)[0].calendar.count(b"METHOD:REQUEST") == 2
    assert service.tell(uow, edition.id) == 0
    make_item(uow, edition, "Lunch", 300)
    assert told(uow, edition) == []
    move(uow, edition, one, 30, "Ana")
    assert told(uow, edition) == ["ana@example.org"]
    assert mails(uow)[-1].calendar.count(b"BEGIN:VEVENT") == 1


def _programme(uow, edition):
    from workshop_manager.schedule import drafting

    return drafting.working(uow.session, edition).programme


def test_whoever_releases_may_leave_the_mails_out_and_the_next_release_tells_both(uow):
    edition = make_edition(uow)
    ana = make_person(uow, "Ana", "ana@example.org")
    item = place(uow, edition, 1, "Ana", ana)
    assert told(uow, edition) == ["ana@example.org"]
    move(uow, edition, item, 30, "Ana")
    assert told(uow, edition, tells=False) == []
    make_item(uow, edition, "Lunch", 300)
    assert told(uow, edition) == ["ana@example.org"]
    assert "08:30–09:00" in mails(uow)[-1].text_body
    assert "09:00–09:30" in mails(uow)[-1].text_body


def test_another_speaker_in_ones_place_ends_ones_invitation_and_begins_theirs(uow):
    edition = make_edition(uow)
    ana, ben = make_person(uow, "Ana", "ana@example.org"), make_person(uow, "Ben", "ben@example.org")
    work = make_work(uow, edition, 1, "Both", (("Ana", ana), ("Ben", ben)))
    item = schedule.add(uow, edition, CHAIR, content("", submission_id=work.id, speakers=(Named("Ana"),)))
    assert told(uow, edition) == ["ana@example.org"]
    typed = content(item.title, submission_id=work.id, speakers=(Named("Ben"),))
    schedule.edit(uow, edition, CHAIR, item.id, item.version, typed)
    assert told(uow, edition) == ["ana@example.org", "ben@example.org"]
    by = {mail.to_address: mail.calendar for mail in mails(uow)[1:]}
    assert b"METHOD:CANCEL" in by["ana@example.org"]
    assert b"METHOD:REQUEST" in by["ben@example.org"]
    assert b"ana@" not in by["ben@example.org"]
    assert b"ben@" not in by["ana@example.org"]


def test_an_unlisted_speaker_gets_their_own_and_is_named_in_nobody_elses(uow):
    edition = make_edition(uow)
    ana = make_person(uow, "Ana Secret", "ana@example.org", listing=Listing.UNLISTED)
    ben = make_person(uow, "Ben", "ben@example.org")
    work = make_work(uow, edition, 1, "Both", (("Ana Secret", ana), ("Ben", ben)))
    names = (Named("Ana Secret"), Named("Ben"))
    schedule.add(uow, edition, CHAIR, content("", submission_id=work.id, speakers=names))
    assert told(uow, edition) == ["ana@example.org", "ben@example.org"]
    by = {mail.to_address: mail for mail in mails(uow)}
    for text in (by["ben@example.org"].text_body, by["ben@example.org"].calendar.decode()):
        assert "Ana" not in text


def test_an_author_who_makes_an_account_and_changes_address_stays_one_speaker(uow):
    edition = make_edition(uow)
    item = place(uow, edition, 1, "Ana", None, 0, "ana@example.org")
    told(uow, edition)
    ana = make_person(uow, "Ana", "Ana@example.org", locale="en")
    make_item(uow, edition, "Lunch", 300)
    assert told(uow, edition) == []
    move(uow, edition, item, 30, "Ana")
    assert told(uow, edition) == ["Ana@example.org"]
    [contact] = queries.contacts(uow.session, edition.id)
    assert (contact.person_id, contact.mails) == (ana.id, 2)


@pytest.mark.parametrize("what", ["draft", "cancelled"])
def test_nobody_hears_of_slots_of_an_event_that_is_off_or_not_public(uow, what):
    edition = make_edition(uow)
    place(uow, edition, 1, "Ana", make_person(uow, "Ana"))
    if what == "draft":
        edition.visibility = Visibility.DRAFT
    else:
        edition.cancelled_at, edition.cancel_reason = uow.now, "Flood."
    uow.session.flush()
    assert told(uow, edition) == []


@shows("Schedule", "When an event is called off, its speakers' slots leave their calendars with the mail that says so")
def test_an_event_that_is_called_off_and_put_on_again_takes_its_slots_along(uow):
    edition = make_edition(uow)
    owner = make_person(uow, "Owner")
    join_team(uow, edition, owner, Role.OWNER)
    item = place(uow, edition, 1, "Ana", make_person(uow, "Ana", "ana@example.org"))
    place(uow, edition, 2, "Cem", None, 60, "cem@example.org")
    told(uow, edition)
    token = service.reply_token(queries.contacts(uow.session, edition.id)[0])
    uow.actor = owner
    cancelling.cancel(uow, edition, "Flood.")
    found = {mail.to_address: mail.calendar for mail in mails(uow, "workshops/edition_cancelled")}
    for address in ("ana@example.org", "cem@example.org"):
        assert b"METHOD:CANCEL" in found[address]
        assert b"SEQUENCE:1" in found[address]
    with pytest.raises(Conflict, match="cancelled"):
        service.answer(uow, token, [Said(1, Answer.YES, "")])
    cancelling.reinstate(uow, edition)
    found = {mail.to_address: mail.calendar for mail in mails(uow, "workshops/edition_reinstated")}
    assert b"METHOD:REQUEST" in found["ana@example.org"]
    assert b"SEQUENCE:2" in found["ana@example.org"]
    move(uow, edition, item, 30, "Ana")
    told(uow, edition)
    assert b"SEQUENCE:3" in mails(uow)[-1].calendar


def test_a_worker_that_dies_half_way_tells_nobody_twice(work, database, clock, app, monkeypatch):
    with work() as uow:
        edition = make_edition(uow)
        for number, name in ((1, "Ana"), (2, "Ben")):
            place(uow, edition, number, name, make_person(uow, name), number * 60)
        releasing.release(uow, edition, CHAIR)
    posted, real = [], service.post

    def dying(uow, letter):
        posted.append(letter.key)
        if len(posted) == 2:
            raise RuntimeError("killed")
        return real(uow, letter)

    monkeypatch.setattr(service, "post", dying)
    with app.app_context():
        service.tell_due(database, clock)
    assert len(posted) == 2
    monkeypatch.undo()
    with app.app_context():
        service.tell_due(database, clock)
        service.tell_due(database, clock)
    with work() as uow:
        assert sorted(mail.to_name for mail in mails(uow)) == ["Ana", "Ben"]


def test_two_releases_before_the_worker_comes_are_one_mail(uow):
    edition = make_edition(uow)
    item = place(uow, edition, 1, "Ana", make_person(uow, "Ana", "ana@example.org"))
    make_release(uow, edition)
    move(uow, edition, item, 30, "Ana")
    assert told(uow, edition) == ["ana@example.org"]
    assert "09:00–09:30" in mails(uow)[0].text_body


def test_going_back_to_an_older_release_tells_whom_it_moves(uow):
    edition = make_edition(uow)
    item = place(uow, edition, 1, "Ana", make_person(uow, "Ana", "ana@example.org"))
    told(uow, edition)
    move(uow, edition, item, 30, "Ana")
    told(uow, edition)
    found = returning.look(uow, edition, 1)
    [circle] = desk.circles(uow, edition, found.comparison)
    assert (circle.mails, circle.sentence) == (1, "One speaker gets a mail")
    assert "has a new time" in circle.lines[0]
    returning.release_again(uow, edition, CHAIR, 1)
    service.tell(uow, edition.id)
    assert b"SEQUENCE:2" in mails(uow)[-1].calendar


def test_right_to_left_speakers_read_their_mail_in_their_language_and_order(uow):
    edition = make_edition(uow)
    ana = make_person(uow, "ليلى", "layla@example.org", locale="ar")
    place(uow, edition, 1, "ليلى", ana)
    told(uow, edition)
    [mail] = mails(uow)
    assert 'dir="rtl"' in mail.html_body
    assert "\u2068ليلى\u2069" in mail.text_body
    assert "\u206608:30–09:00 CST\u2069" in mail.text_body


# -- answers -----------------------------------------------------------------------------------------------------------


def invited(uow, edition, name="Ana"):
    """A speaker with a slot who was told; their token."""
    item = place(uow, edition, 1, name, make_person(uow, name, "ana@example.org"))
    told(uow, edition)
    contact = uow.session.scalars(select(SpeakerContact)).one()
    return item, service.reply_token(contact)


@shows(
    "Schedule", "Speakers say yes or no by a link of their own, and can change it; organisers see it and hear of a no"
)
def test_a_speaker_answers_by_link_and_a_no_reaches_the_organisers(app, work):
    with work() as uow:
        edition = make_edition(uow)
        chair = make_person(uow, "Chair", "chair@example.org")
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        client, visitor = client_for(app, uow, chair), app.test_client()
        _item, token = invited(uow, edition)
        row = queries.contacts(uow.session, edition.id)[0].slots[0].id
    shown = visitor.get(f"/speaking/{token}")
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Work 1" in shown.text
    path = f"/speaking/{token}"
    empty = send(visitor, path, {f"s{row}-note": "Kept words"})
    assert empty.status_code == 422
    assert "Kept words" in empty.text
    assert send(visitor, path, {f"s{row}-answer": "perhaps"}).status_code == 422
    assert send(visitor, path, {f"s{row}-answer": "yes", f"s{row}-note": "x" * 1001}).status_code == 422
    assert send(visitor, path, {f"s{row}-answer": "yes"}).status_code == 303
    assert "1 of 1 said yes" in client.get(f"{DESK}/invited").text
    assert "declined" not in client.get(DESK).text
    assert send(visitor, path, {f"s{row}-answer": "no", f"s{row}-note": "My flight"}).status_code == 303
    page = client.get(f"{DESK}/invited").text
    assert "1 said no" in page
    assert "My flight" in page
    assert "One slot was declined" in client.get(DESK).text
    assert 'value="no"' in visitor.get(path).text
    assert send(visitor, path, {f"s{row}-answer": "no", f"s{row}-note": "My flight"}).status_code == 303
    with work() as uow:
        [mail] = mails(uow, "invitations/declined")
        assert (mail.to_address, "My flight" in mail.text_body) == ("chair@example.org", True)
    assert visitor.get("/speaking/nothing").status_code == 404
    assert send(visitor, "/speaking/nothing", {"a": "b"}).status_code == 404


@keeps("X3")
def test_a_yes_to_a_time_that_is_no_more_is_none(app, work):
    with work() as uow:
        edition = make_edition(uow)
        item, token = invited(uow, edition)
        row = queries.contacts(uow.session, edition.id)[0].slots[0]
        slot, old = row.id, row.starts_at.isoformat()
    visitor, path = app.test_client(), f"/speaking/{token}"
    assert old in visitor.get(path).text
    with work() as uow:
        edition = get_edition(uow.session, 1)
        move(uow, edition, uow.session.get(type(item), item.id), 30, "Ana")
        told(uow, edition)
    late = send(visitor, path, {f"s{slot}-seen": old, f"s{slot}-answer": "yes", f"s{slot}-note": "Kept"})
    assert (late.status_code, "Kept" in late.text, old in late.text) == (409, True, False)
    with work() as uow:
        row = queries.contacts(uow.session, 1)[0].slots[0]
        assert row.answer is None
        assert row.starts_at.isoformat() in late.text


def test_the_link_of_an_old_mail_shows_the_slot_as_it_is_now_and_an_old_yes_is_none(uow):
    edition = make_edition(uow)
    item, token = invited(uow, edition)
    [row] = queries.contacts(uow.session, edition.id)[0].slots
    service.answer(uow, token, [Said(row.id, Answer.YES, "")])
    move(uow, edition, item, 30, "Ana")
    told(uow, edition)
    found, summary = desk.speakers(uow, edition)
    assert (summary.yes, summary.total, found[0].lines[0].is_stale) == (0, 1, True)
    service.answer(uow, token, [Said(row.id, Answer.YES, "Fine")])
    assert desk.speakers(uow, edition)[1].sentence == "1 of 1 said yes"


def test_a_slot_that_is_off_or_over_or_somebody_elses_is_not_answered(uow, clock):
    edition = make_edition(uow)
    item, token = invited(uow, edition)
    [row] = queries.contacts(uow.session, edition.id)[0].slots
    with pytest.raises(Conflict):
        service.answer(uow, token, [Said(row.id + 1, Answer.YES, "")])
    uow.now = item.ends_at
    with pytest.raises(Conflict):
        service.answer(uow, token, [Said(row.id, Answer.YES, "")])
    uow.now = clock.now()
    schedule.remove(uow, edition, CHAIR, item.id)
    told(uow, edition)
    with pytest.raises(Conflict):
        service.answer(uow, token, [Said(row.id, Answer.YES, "")])
    with pytest.raises(NotFound):
        service.find(uow, token[:-1])


def test_an_invitation_goes_out_once_more_to_the_address_of_today_with_the_same_link(uow):
    edition = make_edition(uow)
    _item, token = invited(uow, edition)
    [contact] = queries.contacts(uow.session, edition.id)
    first = mails(uow)[0]
    first.state, first.last_error = MailState.FAILED, "550 no such mailbox"
    uow.session.flush()
    assert desk.speakers(uow, edition)[0][0].problem == "550 no such mailbox"
    with pytest.raises(Forbidden):
        service.send_again(uow, edition, NOBODY, contact.id)
    with pytest.raises(NotFound):
        service.send_again(uow, make_edition(uow, slug="2027"), CHAIR, contact.id)
    service.send_again(uow, edition, CHAIR, contact.id)
    again = mails(uow)[1]
    assert token in again.text_body
    assert b"SEQUENCE:0" in again.calendar
    assert desk.speakers(uow, edition)[0][0].problem == ""


@shows(
    "Schedule",
    "An address that its server refuses is shown to organisers with the reason, and gets no mail until it is another",
)
def test_an_address_that_refuses_mail_is_left_alone_until_it_is_corrected(uow):
    edition = make_edition(uow)
    item = place(uow, edition, 1, "Ana", email="ana@exmaple.org")
    assert told(uow, edition) == ["ana@exmaple.org"]
    [first] = mails(uow)
    first.state, first.last_error = MailState.FAILED, "550 5.1.1 no such user"
    item = move(uow, edition, item, 30, "Ana")
    working = drafting.working(uow.session, edition).programme
    found = service.plan(uow, edition, working, None)
    assert (found.messages, [(one.address, one.reason) for one in found.refused]) == (
        (),
        [("ana@exmaple.org", "550 5.1.1 no such user")],
    )
    assert told(uow, edition) == []
    [speaker] = desk.speakers(uow, edition)[0]
    assert (speaker.is_refused, speaker.problem) == (True, "550 5.1.1 no such user")
    assert list(service.concerned(uow, edition)) == []
    author = uow.session.scalars(select(Author).where(Author.name == "Ana")).one()
    author.email = "ana@example.org"
    uow.session.flush()
    move(uow, edition, item, 60, "Ana")
    # Of the slot that was told to nobody they hear as of a new one.
    assert told(uow, edition) == ["ana@example.org"]
    assert "moved" not in mails(uow)[-1].text_body
    assert not desk.speakers(uow, edition)[0][0].is_refused


def test_a_full_mailbox_is_written_to_again(uow):
    edition = make_edition(uow)
    item = place(uow, edition, 1, "Ana", email="ana@example.org")
    told(uow, edition)
    mails(uow)[0].state, mails(uow)[0].last_error = MailState.FAILED, "552 5.2.2 mailbox full"
    move(uow, edition, item, 30, "Ana")
    assert told(uow, edition) == ["ana@example.org"]


def test_the_draft_flags_an_address_that_refuses_mail(app, work):
    with work() as uow:
        edition, chair = make_edition(uow), make_person(uow, "Chair")
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        place(uow, edition, 1, "Ana", email="ana@exmaple.org")
        told(uow, edition)
        mails(uow)[0].state, mails(uow)[0].last_error = MailState.FAILED, "550 no such user"
        client = client_for(app, uow, chair)
    assert "The address of one speaker refuses mail" in client.get(DESK).text
    assert "the address refuses mail" in client.get(f"{DESK}/invited").text


def test_what_speakers_said_goes_when_its_time_has_come(uow):
    edition = make_edition(uow)
    invited(uow, edition)
    [kept] = retaining.kept(uow, edition)
    assert (kept.number, kept.remove(uow, edition)) == (1, 1)
    assert queries.contacts(uow.session, edition.id) == []


def test_a_deleted_account_takes_its_invitations_along(uow):
    edition = make_edition(uow)
    invited(uow, edition)
    [contact] = queries.contacts(uow.session, edition.id)
    service.forget_person(uow, contact.person_id)
    assert queries.contacts(uow.session, edition.id) == []


@keeps("P4")
@pytest.mark.parametrize("is_proven", [True, False])
def test_a_deleted_account_takes_along_what_was_sent_to_its_address_before_there_was_one(uow, is_proven):
    edition = make_edition(uow)
    place(uow, edition, 1, "Ana", email="Ana@example.org")
    assert told(uow, edition) == ["Ana@example.org"]
    ana = make_person(uow, "Ana", "ana@example.org")
    # Whoever only says that an address is theirs takes nothing away.
    ana.confirmed_at = uow.now if is_proven else None
    uow.session.flush()
    service.forget_person(uow, ana.id)
    assert len(queries.contacts(uow.session, edition.id)) == (0 if is_proven else 1)


@shows(
    "Schedule", "Before a release one reads which speakers get which mail, and may release without writing to anybody"
)
def test_the_page_of_a_release_says_who_is_told_and_asks_whether(app, work):
    with work() as uow:
        edition = make_edition(uow)
        chair = make_person(uow, "Chair")
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        place(uow, edition, 1, "Ana", make_person(uow, "Ana"))
        client, edition_id = client_for(app, uow, chair), edition.id
    page = client.get(f"{DESK}/releases/new").text
    assert "One speaker gets a mail" in page
    assert "Ana: You speak in “Work 1”." in page
    assert send(client, f"{DESK}/releases", {}).status_code == 303
    with work() as uow:
        assert queries.due_editions(uow.session) == []
        move(uow, get_edition(uow.session, edition_id), schedule.get_item(
            uow, get_edition(uow.session, edition_id), 1), 30, "Ana")  # fmt: skip
    assert send(client, f"{DESK}/releases", {"tells": "y"}).status_code == 303
    with work() as uow:
        assert queries.due_editions(uow.session) == [edition_id]
