"""Whoever follows something hears once of what became of it; its speakers hear as speakers."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from tests.factories import client_for, make_edition, make_person, send
from tests.invitations.test_telling import move, place, told
from tests.schedule.factories import CHAIR, make_item, make_release
from tests.schedule.test_programme import item, programme
from tests.schedule.test_rules import at
from tests.shows import shows
from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.invitations import desk, digest, service
from workshop_manager.mail.models import OutboxMail
from workshop_manager.schedule import drafting, exports, queries, stars
from workshop_manager.schedule import service as schedule
from workshop_manager.schedule.programme import from_json
from workshop_manager.workshops.queries import get_edition

TALK = item("a", title="Talk", start=at(9), end=at(10), room="Hall")
NOW = at(6)


def mails(uow):
    return uow.session.scalars(
        select(OutboxMail).where(OutboxMail.template == "invitations/digest").order_by(OutboxMail.to_address)
    ).all()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("new", "now", "said"),
    [
        (TALK, NOW, None),
        (replace(TALK, title="Poster"), NOW, None),
        (replace(TALK, start=at(11), end=at(12)), NOW, "“Talk” has moved. Now: Monday 11 December 2023, 11:00–12"),
        (replace(TALK, room="Garden"), NOW, "“Talk” is in another room: Garden. The time stays"),
        (replace(TALK, cancelled=True), NOW, "“Talk” does not take place. It was planned for Monday"),
        (None, NOW, "“Talk” does not take place"),
        (None, at(10), None),
        (replace(TALK, start=at(11), end=at(12)), at(10), "has moved"),
    ],
)  # fmt: skip
def test_what_changed_is_said_in_plain_words_and_what_is_over_is_not(app, new, now, said):
    found = digest.news(programme(TALK), programme(new) if new else programme(), now)
    with app.app_context():
        lines = [digest.line(one, "America/Chicago", None) for one in found.values()]
    assert len(lines) == (said is not None)
    assert said is None or said in lines[0]


def test_what_is_on_again_is_news_and_what_is_new_is_not():
    off = programme(replace(TALK, cancelled=True))
    assert digest.news(off, programme(TALK, item("b", start=at(11))), NOW)["a"].was_off
    assert digest.news(None, programme(TALK), NOW) == {}
    assert digest.news(off, off, NOW) == {}


@shows("Schedule", "Stars pressed on several devices at the same moment are all kept, each once")
def test_stars_of_several_devices_at_once_are_all_kept(work, database, clock, app):
    with work() as uow:
        edition, fan = make_edition(uow), make_person(uow, "Fan")
        stars.keep(uow, edition, fan, ["before"])
        ids = edition.id, fan.id
    errors, barrier = [], Barrier(4)

    def press(uid):
        barrier.wait()
        try:
            with app.app_context(), unit_of_work(database, clock) as own:
                edition, fan = get_edition(own.session, ids[0]), own.session.get_one(Person, ids[1])
                stars.change(own, edition, fan, ["same", uid], ["before"])
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=press, args=(uid,)) for uid in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with work() as uow:
        assert stars.stars_of_person(uow.session, *ids) == {*"abcd", "same"}


@shows(
    "Schedule",
    "Whoever follows sessions with an account gets one mail a release when any of them moves or is cancelled",
)
def test_each_follower_gets_one_mail_with_all_that_changed_of_theirs_and_speakers_none_of_their_own(uow):
    edition = make_edition(uow)
    ana = make_person(uow, "Ana", "ana@example.org")
    fan = make_person(uow, "Fan", "fan@example.org", time_zone="Asia/Jakarta")
    calm = make_person(uow, "Calm", "calm@example.org")
    one = place(uow, edition, 1, "Ana", ana)
    two, three = make_item(uow, edition, "Two", 60), make_item(uow, edition, "Three", 120)
    told(uow, edition)
    stars.keep(uow, edition, fan, [one.uid, two.uid, three.uid])
    stars.keep(uow, edition, calm, [three.uid])
    stars.keep(uow, edition, ana, [one.uid, two.uid])
    move(uow, edition, one, 200, "Ana")
    schedule.remove(uow, edition, CHAIR, two.id)
    comparison = drafting.compare(
        uow.session, edition, drafting.working(uow.session, edition).programme,
        queries.last_release(uow.session, edition.id),
        from_json(queries.published(uow.session, edition.id).programme), uow.now,
    )  # fmt: skip
    assert [circle.mails for circle in desk.circles(uow, edition, comparison)] == [1, 2]
    told(uow, edition)
    assert [mail.to_address for mail in mails(uow)] == ["ana@example.org", "fan@example.org"]
    to_ana, to_fan = mails(uow)
    assert "Work 1" not in to_ana.text_body
    assert "“Two” does not take place" in to_ana.text_body
    assert "“Work 1” has moved" in to_fan.text_body
    assert "for you: Saturday 12 December, 00:50–01:20 WIB" in to_fan.text_body
    assert "Three" not in to_fan.text_body
    assert "schedule/my-stars" in to_fan.text_body
    assert to_fan.subject.startswith("2 things you follow changed")
    service.tell(uow, edition.id)
    assert len(mails(uow)) == 2


def test_two_releases_before_the_worker_comes_are_one_mail_of_what_came_of_both(uow):
    edition, fan = make_edition(uow), make_person(uow, "Fan", "fan@example.org")
    one = make_item(uow, edition, "One")
    told(uow, edition)
    stars.keep(uow, edition, fan, [one.uid])
    schedule.remove(uow, edition, CHAIR, one.id)
    make_release(uow, edition)
    schedule.restore(uow, edition, CHAIR, one.id)
    told(uow, edition)
    assert mails(uow) == []


def test_a_deleted_account_follows_nothing(uow):
    edition, fan = make_edition(uow), make_person(uow)
    stars.keep(uow, edition, fan, ["a"])
    stars.forget(uow, fan.id)
    assert stars.people_who_starred(uow.session, edition.id, ["a"]) == {}


@shows("Schedule", "With an account one chooses what to follow on a page of its own, and stops the mails there")
def test_one_chooses_what_to_follow_and_stops_the_mails(app, work):
    with work() as uow:
        edition, fan = make_edition(uow), make_person(uow)
        uid, edition_id = make_item(uow, edition, "One").uid, edition.id
        client = client_for(app, uow, fan)
    path = "/musiml/2026/schedule/my-stars"
    assert "Nothing to follow yet" in client.get(path).text
    with work() as uow:
        make_release(uow, get_edition(uow.session, edition_id))
    assert app.test_client().get(path).status_code == 303
    assert "checked" not in client.get(path).text
    star = exports.star_of(uid)
    assert send(client, path, {"star": [star, "zzzz", "x" * 5000]}).status_code == 303
    assert f'value="{star}" checked' in client.get(path).text
    with work() as uow:
        assert stars.people_who_starred(uow.session, edition_id, [uid]) == {fan.id: frozenset({uid})}
    assert "my-stars" in client.get("/musiml/2026/schedule/subscribe").text
    assert send(client, path).status_code == 303
    with work() as uow:
        assert stars.people_who_starred(uow.session, edition_id, [uid]) == {}
