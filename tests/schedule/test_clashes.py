"""What the draft knows besides itself: rooms' sizes, kept hours, far speakers; and what is left for a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.schedule.factories import CHAIR, START, content, make_item, make_work
from tests.schedule.test_programme import programme
from tests.schedule.test_rules import ANA, SESSION, at, talk
from tests.shows import shows
from tests.signups.factories import make_block, make_part
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.schedule import drafting, queries, service, settling
from workshop_manager.schedule.clashes import Facts, Gathering, Protected, conflicts
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.programme import Kind, Speaker
from workshop_manager.schedule.states import KeptFor
from workshop_manager.submissions.events import AuthorshipClaimed
from workshop_manager.workshops import service as workshops
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/schedule"
PRAYER = Protected("Friday prayer", at(12, 30), at(13, 10))
HALL = Facts(capacities={"hall": 40})
WROTE = Facts(authors={"a": {"p9": "Bea Ito"}, "b": {"p9": "Bea Ito"}})
FAR = {"speakers": (ANA,), "remote": True}

TABLE = {
    "more signed up than the room holds": (
        [talk("a", at(9), at(10), room="Hall")],
        replace(HALL, gatherings={"a": Gathering(41, 60)}),
        ["over_capacity"],
    ),
    "more places than the room holds": (
        [talk("a", at(9), at(10), room=" HALL ")],
        replace(HALL, gatherings={"a": Gathering(0, 41)}),
        ["over_capacity"],
    ),
    "all fit": ([talk("a", at(9), at(10), room="Hall")], replace(HALL, gatherings={"a": Gathering(40, 40)}), []),
    "nothing is known of the room": (
        [talk("a", at(9), at(10), room="Attic")],
        replace(HALL, gatherings={"a": Gathering(99, 99)}),
        [],
    ),
    "a talk covers prayer": ([talk("a", at(12), at(13))], Facts(protected=(PRAYER,)), ["protected_time"]),
    "a talk ends as prayer begins": ([talk("a", at(12), at(12, 30))], Facts(protected=(PRAYER,)), []),
    "lunch may stand in it": ([talk("a", at(12), at(14), kind=Kind.MEAL)], Facts(protected=(PRAYER,)), []),
    "a session that covers it is told, its talks are not": (
        [talk("s", at(12), at(14), kind=Kind.SESSION), talk("a", at(12, 30), at(13), parent="s")],
        Facts(protected=(PRAYER,)),
        ["protected_time"],
    ),
    "half past four in the morning from afar": (
        [talk("a", at(9), at(10), **FAR)],
        Facts(zones={"p1": "Pacific/Auckland"}),
        ["bad_local_hour"],
    ),
    "past eleven at night from afar": (
        [talk("a", at(9), at(11), **FAR)],
        Facts(zones={"p1": "Asia/Jakarta"}),
        ["bad_local_hour"],
    ),
    "the evening from afar": ([talk("a", at(9), at(10), **FAR)], Facts(zones={"p1": "Asia/Karachi"}), []),
    "who is in the room sleeps there": (
        [talk("a", at(9), at(10), speakers=(ANA,))],
        Facts(zones={"p1": "Pacific/Auckland"}),
        [],
    ),
    "an author of two works at once": (
        [talk("a", at(9), at(10), speakers=(ANA,)), talk("b", at(9), at(10))],
        WROTE,
        ["author_twice"],
    ),
    "an author who speaks elsewhere": (
        [talk("a", at(9), at(10)), talk("b", at(9), at(10), speakers=(Speaker("Bea Ito", person_key="p9"),))],
        Facts(authors={"a": {"p9": "Bea Ito"}}),
        ["author_twice"],
    ),
    "a speaker of both is in two places, which is enough": (
        [talk(uid, at(9), at(10), speakers=(Speaker("Bea Ito", person_key="p9"),)) for uid in "ab"],
        WROTE,
        ["speaker_twice"],
    ),
    "two posters of one session": (
        [SESSION, *(talk(uid, at(9), at(11), kind=Kind.POSTER, parent="s") for uid in "ab")],
        WROTE,
        [],
    ),
    "one after the other": ([talk("a", at(9), at(10)), talk("b", at(10), at(11))], WROTE, []),
    "another weekday in the title": (
        [replace(talk("a", at(9), at(10)), title="Tuesday keynote")],
        Facts(),
        ["wrong_weekday"],
    ),
    "the right weekday in the title": ([replace(talk("a", at(9), at(10)), title="Monday keynote")], Facts(), []),
    "summer time in December": ([replace(talk("a", at(9), at(10)), title="Keynote, 9am CDT")], Facts(), ["wrong_zone"]),
}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (KeptFor.PRAYER, "covers a time of prayer: Noon (12:30–13:10). Whoever prays would miss it."),
        (KeptFor.MEAL, "covers a meal: Noon (12:30–13:10). Whoever comes could not eat then."),
        (KeptFor.REST, "covers a rest: Noon (12:30–13:10). Nobody would have a break then."),
        (KeptFor.OTHER, "covers Noon (12:30–13:10), which is kept free."),
    ],
)
def test_what_a_time_is_kept_free_for_is_said(kind: KeptFor, words: str) -> None:
    noon = Protected("Noon", PRAYER.start, PRAYER.end, kind)
    assert words in conflicts(programme(talk("a", at(12), at(13))), Facts(protected=(noon,)))[0].sentence


@pytest.mark.parametrize("case", TABLE)
@shows(
    "Schedule",
    "More people than a room holds, prayer or lunch covered, a bad hour for who speaks from afar, an author in two "
    "places, a weekday or zone that does not fit: each is told in words",
)
def test_what_is_known_besides_makes_conflicts(case: str) -> None:
    items, facts, expected = TABLE[case]
    assert [each.code for each in conflicts(programme(*items), facts)] == expected


def test_a_sentence_says_the_hour_where_somebody_is() -> None:
    far = conflicts(programme(talk("a", at(9), at(10), **FAR)), Facts(zones={"p1": "Pacific/Auckland"}))
    assert "04:00–05:00 on Tuesday 12 December 2023 where they are (Pacific/Auckland)" in far[0].sentence


def open_codes(uow, edition):
    return [each.code for each in drafting.working(uow.session, edition).conflicts]


@shows("Schedule", "A conflict can be left with a reason, and comes back by itself when what it is about changes")
def test_what_is_left_comes_back_when_it_is_about_something_else(uow):
    edition = make_edition(uow)
    one, other = make_item(uow, edition, "One", room="Hall"), make_item(uow, edition, "Other", 10, room="Hall")
    working = drafting.working(uow.session, edition)
    fault = working.conflicts[0]
    seen = fault.digest(working.programme)
    row = settling.settle(uow, edition, CHAIR, settling.name_of(fault), seen=seen, reason="A panel of both")
    assert open_codes(uow, edition) == []
    assert [each.row.reason for each in drafting.working(uow.session, edition).settled] == ["A panel of both"]
    assert queries.draft_state(uow.session, edition.id).errors == 0
    with pytest.raises(Conflict):
        settling.settle(uow, edition, CHAIR, settling.name_of(fault), seen=seen, reason="Again")
    # Another title is the same conflict; another time is not.
    service.edit(uow, edition, CHAIR, one.id, one.version, content("Renamed", room="Hall"))
    assert open_codes(uow, edition) == []
    service.edit(uow, edition, CHAIR, other.id, other.version, content("Other", 15, room="Hall"))
    assert open_codes(uow, edition) == ["room_twice"]
    with pytest.raises(Conflict):
        settling.settle(uow, edition, CHAIR, settling.name_of(fault), seen=seen, reason="What I saw before")
    working = drafting.working(uow.session, edition)
    seen = working.conflicts[0].digest(working.programme)
    settling.settle(uow, edition, CHAIR, settling.name_of(fault), seen=seen, reason="Still a panel")
    assert open_codes(uow, edition) == []
    with pytest.raises(NotFound):
        settling.unsettle(uow, make_edition(uow, slug="2027"), CHAIR, row.id)
    settling.unsettle(uow, edition, CHAIR, row.id)
    assert open_codes(uow, edition) == ["room_twice"]


def test_the_draft_knows_rooms_authors_and_where_people_are(uow):
    edition, owner = make_edition(uow), make_person(uow)
    join_team(uow, edition, owner, Role.OWNER)
    uow.actor = owner
    far = make_person(uow, "Far", time_zone="Pacific/Auckland")
    first = make_work(uow, edition, 1, authors=(("Far", far), ("Bea Ito", None)))
    second = make_work(uow, edition, 2, "Another", authors=(("Cem Oz", None), ("Bea Ito", None)))
    make_item(uow, edition, "", submission_id=first.id, remote=True, room="Hall")
    make_item(uow, edition, "", submission_id=second.id, room="Attic")
    assert sorted(open_codes(uow, edition)) == ["author_twice", "bad_local_hour"]
    settling.protect(uow, edition, CHAIR, "Prayer", START, START + timedelta(minutes=5), KeptFor.PRAYER)
    assert len(open_codes(uow, edition)) == 4
    hall = queries.find_room_by_name(uow.session, edition.id, "Hall")
    workshops.edit_room(uow, edition, hall.id, workshops.NewRoom("Hall", capacity=3))
    assert queries.find_room_by_name(uow.session, edition.id, "Hall").capacity == 3
    protected = queries.protected_times(uow.session, edition.id)[0]
    with pytest.raises(NotFound):
        settling.unprotect(uow, make_edition(uow, slug="2027"), CHAIR, protected.id)
    settling.unprotect(uow, edition, CHAIR, protected.id)
    assert len(open_codes(uow, edition)) == 2


def test_leaving_one_speakers_clash_does_not_hide_anothers(uow):
    edition = make_edition(uow)
    both = (Named("Ana Ruiz"), Named("Bea Ito"))
    make_item(uow, edition, "One", speakers=both)
    make_item(uow, edition, "Other", 10, speakers=both)
    working = drafting.working(uow.session, edition)
    assert open_codes(uow, edition) == ["speaker_twice", "speaker_twice"]
    fault = working.conflicts[0]
    seen = fault.digest(working.programme)
    settling.settle(uow, edition, CHAIR, settling.name_of(fault), seen=seen, reason="Two of one name")
    assert [each.basis for each in drafting.working(uow.session, edition).conflicts] == [working.conflicts[1].basis]
    other = working.conflicts[1]
    seen = other.digest(working.programme)
    settling.settle(uow, edition, CHAIR, settling.name_of(other), seen=seen, reason="Two of that name, too")
    left = drafting.working(uow.session, edition)
    assert (left.conflicts, [each.row.reason for each in left.settled]) == (
        [],
        ["Two of one name", "Two of that name, too"],
    )


def test_an_author_who_is_known_by_account_is_one_person_at_once_in_the_drafts_summary(uow):
    edition, ana = make_edition(uow), make_person(uow, "Ana Ruiz")
    works = [make_work(uow, edition, number, f"Work {number}", (("Ana Ruiz", None),)) for number in (1, 2)]
    for place, work in enumerate(works):
        make_item(uow, edition, "", 10 * place, submission_id=work.id)
    assert queries.draft_state(uow.session, edition.id).errors == 0
    for work in works:
        work.authors[0].person_id = ana.id
    uow.tell(AuthorshipClaimed(ana.id))
    assert queries.draft_state(uow.session, edition.id).errors == 1


@shows("Schedule", "More people signed up for a session than its room holds: the draft says so, with both numbers")
def test_sign_ups_are_counted_against_the_room(uow):
    edition, owner = make_edition(uow), make_person(uow)
    join_team(uow, edition, owner, Role.OWNER)
    uow.actor = owner
    table = make_item(uow, edition, "Table 1", room="Alcove")
    part = make_part(uow, make_block(uow, edition), capacity=12, item_uid=table.uid)
    alcove = queries.find_room_by_name(uow.session, edition.id, "Alcove")
    workshops.edit_room(uow, edition, alcove.id, workshops.NewRoom("Alcove", capacity=8))
    assert [each.basis for each in drafting.working(uow.session, edition).conflicts] == ["places>8"]
    part.taken = 9
    uow.session.flush()
    assert "9 people have signed up" in drafting.working(uow.session, edition).conflicts[0].sentence
    workshops.edit_room(uow, edition, alcove.id, workshops.NewRoom("Alcove", capacity=12))
    assert open_codes(uow, edition) == []


@shows("Schedule", "A full room that was left comes back once a tenth of it, or five people, came on top; not before")
def test_a_full_room_that_was_left_comes_back_only_when_it_is_much_fuller(uow):
    edition, owner = make_edition(uow), make_person(uow)
    join_team(uow, edition, owner, Role.OWNER)
    uow.actor = owner
    table = make_item(uow, edition, "Table 1", room="Alcove")
    part = make_part(uow, make_block(uow, edition), capacity=40, item_uid=table.uid)
    alcove = queries.find_room_by_name(uow.session, edition.id, "Alcove")
    workshops.edit_room(uow, edition, alcove.id, workshops.NewRoom("Alcove", capacity=8))
    codes = []
    for taken in (9, 12, 14, 15, 10):
        part.taken = taken
        uow.session.flush()
        codes.append(open_codes(uow, edition))
        if taken == 9:
            working = drafting.working(uow.session, edition)
            fault = working.conflicts[0]
            name, seen = settling.name_of(fault), fault.digest(working.programme)
            settling.settle(uow, edition, CHAIR, name, seen=seen, reason="Some stand")
    assert codes == [["over_capacity"], [], [], ["over_capacity"], []]


@shows("Schedule", "An empty hour between two sessions can be left with a reason, too")
def test_a_gap_is_left_until_it_is_another(uow):
    edition = make_edition(uow)
    make_item(uow, edition, "One")
    other = make_item(uow, edition, "Other", 60)
    working = drafting.working(uow.session, edition)
    [gap] = working.gaps
    seen = gap.digest(working.programme)
    settling.settle(uow, edition, CHAIR, settling.name_of(gap), seen=seen, reason="We walk to the museum")
    left = drafting.working(uow.session, edition)
    assert (left.gaps, [each.row.reason for each in left.settled]) == ([], ["We walk to the museum"])
    service.edit(uow, edition, CHAIR, other.id, other.version, content("Other", 70))
    assert len(drafting.working(uow.session, edition).gaps) == 1


@pytest.fixture
def chair(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, "Ada Chair")
        join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        make_item(uow, edition, "One", room="Hall", speakers=(Named("Ana Ruiz", None),))
        make_item(uow, edition, "Other", 10, room="Hall")
        client = client_for(app, uow, person)
        client.edition_id = edition.id
    return client


@shows("Schedule", "What was left stands folded away with its reason and name, and is taken up again by one press")
def test_a_conflict_is_left_from_the_page_and_taken_up_again(chair, work):
    assert "One thing to mend" in chair.get(DESK).text
    with work() as uow:
        fault = drafting.working(uow.session, get_edition(uow.session, chair.edition_id)).conflicts[0]
    where = f"{DESK}/conflicts/left?code={fault.code}&subject={fault.subject.replace(' ', '+')}"
    shown = chair.get(where)
    assert "are both in" in shown.text
    seen = shown.text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    typed = {"code": fault.code, "subject": fault.subject, "seen": seen, "reason": ""}
    empty = send(chair, f"{DESK}/conflicts/left", typed)
    assert (empty.status_code, "Say why it can stay" in empty.text) == (422, True)
    assert send(chair, f"{DESK}/conflicts/left", typed | {"seen": "x", "reason": "Why"}).status_code == 409
    assert send(chair, f"{DESK}/conflicts/left", typed | {"reason": "A panel <b>of both</b>"}).status_code == 303
    page = chair.get(DESK).text
    assert "One thing to mend" not in page
    assert "A panel &lt;b&gt;of both&lt;/b&gt;" in page
    assert "Ada Chair" in page
    release = chair.get(f"{DESK}/releases/new").text
    assert "One thing to mend" not in release
    assert "looked at and left" in release
    assert (
        send(chair, f"{DESK}/conflicts/left", typed | {"reason": "Twice"}).status_code == 303
    )  # gone: back to the draft
    with work() as uow:
        row_id = queries.said(uow.session, chair.edition_id).left[0].id
    assert send(chair, f"{DESK}/conflicts/left/{row_id}/return", {}).status_code == 303
    assert "One thing to mend" in chair.get(DESK).text


@shows("Schedule", "Times to keep free are typed on the edition's clock; one that does not exist is refused in words")
def test_times_are_kept_free(chair):
    day = {"kind": "prayer", "label": "Friday prayer", "day": "2026-12-11", "starts": "08:30", "ends": "08:50"}
    assert send(chair, f"{DESK}/protected", day | {"ends": "08:30"}).status_code == 422
    assert send(chair, f"{DESK}/protected", day | {"label": ""}).status_code == 422
    assert send(chair, f"{DESK}/protected", day | {"kind": "sleep"}).status_code == 422
    skipped = send(chair, f"{DESK}/protected", day | {"day": "2026-03-08", "starts": "02:30", "ends": "04:00"})
    assert (skipped.status_code, "does not exist" in skipped.text) == (422, True)
    assert send(chair, f"{DESK}/protected", day).status_code == 303
    assert "covers a time of prayer: Friday prayer (08:30–08:50). Whoever prays would miss it." in chair.get(DESK).text
    assert "Friday 11 December, 08:30–08:50" in chair.get(f"{DESK}/protected").text
