"""Who chairs a session: named as such wherever it is read, found in two places, asked and told, and read."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.invitations.test_telling import mails, told
from tests.schedule.factories import CHAIR, START, content, make_item, make_release, make_work
from tests.schedule.test_desk import ITEM
from tests.schedule.test_exports import TOLD
from tests.schedule.test_programme import programme
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Listing
from workshop_manager.availability import service as availability
from workshop_manager.schedule import archive, drafting, exports, importing, queries, releasing, service
from workshop_manager.schedule.calendar import feed
from workshop_manager.schedule.changes import What, difference, next_revision
from workshop_manager.schedule.clashes import Away, Facts, conflicts
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.editing import rewinding, undoing
from workshop_manager.schedule.programme import Item, Kind, Speaker, from_json, to_json
from workshop_manager.schedule.reading.detecting import read_text
from workshop_manager.schedule.reading.stored import reading_from_json, reading_to_json
from workshop_manager.schedule.visibility import Choices, public_view, without_person
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Role

PAGE = "/musiml/2026/schedule"
ANA, BEN = Speaker("Ana Ruiz", "UNAM", "p1"), Speaker("Ben Okafor", None, "p2")


def at(hour: int, minute: int = 0):
    return START.replace(hour=hour, minute=minute)


SESSION = Item("s", Kind.SESSION, "Fairness", at(14), at(16), chairs=(ANA,))
BESIDE = Item("b", Kind.SESSION, "Health", at(14), at(16), room="Attic")
TALK = Item("t", Kind.TALK, "Dialects", at(14), at(15), speakers=(BEN,), parent="s")


# -- as values -------------------------------------------------------------------------------------------------------

IN_TWO_PLACES = {
    "chairs two sessions at once": ((SESSION, replace(BESIDE, chairs=(ANA,))), ["speaker_twice"]),
    "chairs one and speaks in another": (
        (SESSION, BESIDE, replace(TALK, parent="b", speakers=(ANA,))),
        ["speaker_twice"],
    ),
    "speaks in the session that they chair": ((SESSION, replace(TALK, speakers=(ANA,))), []),
    "chairs and gives one item": ((replace(SESSION, speakers=(ANA,)),), []),
    "by name alone": (
        (replace(SESSION, chairs=(Speaker("Ana Ruiz"),)), replace(BESIDE, chairs=(Speaker("ana  ruiz"),))),
        ["speaker_twice"],
    ),
}


@pytest.mark.parametrize("case", IN_TWO_PLACES)
@shows("Schedule", "Whoever chairs a session is found in two places as a speaker is, but may speak in what they chair")
def test_a_chair_is_found_in_two_places(case: str) -> None:
    items, codes = IN_TWO_PLACES[case]
    assert [each.code for each in conflicts(programme(*items))] == codes


def test_what_is_known_of_people_holds_for_chairs() -> None:
    away = Facts(away={"p1": Away(((at(15), at(17), True),), "Europe/Madrid")})
    (found,) = conflicts(programme(SESSION), away)
    assert (found.code, "Ana Ruiz" in found.sentence) == ("unavailable", True)
    remote = replace(SESSION, remote=True)
    (found,) = conflicts(programme(remote), Facts(zones={"p1": "Asia/Tokyo"}))
    assert (found.code, "chairs" in found.sentence) == ("bad_local_hour", True)
    wrote = Facts(authors={"t": {"p1": "Ana Ruiz"}})
    (found,) = conflicts(programme(SESSION, BESIDE, replace(TALK, parent="b")), wrote)
    assert (found.code, "two items at the same time" in found.sentence) == ("author_twice", True)


def test_a_programme_without_chairs_is_stored_as_before() -> None:
    assert b"chairs" not in to_json(programme(BESIDE))
    assert from_json(to_json(programme(SESSION))) == programme(SESSION)


@shows("Schedule", "Another chair is told among the changes, and raises no SEQUENCE: nobody comes for the chair")
def test_another_chair_is_a_change_without_a_new_sequence() -> None:
    old, new = programme(SESSION), programme(replace(SESSION, chairs=(BEN,)))
    (change,) = difference(old, new)
    assert (change.what, change.sentence.replace("\u2068", "").replace("\u2069", "")) == (
        What.CHAIRS, "“Fairness” is now chaired by Ben Okafor instead of Ana Ruiz (UNAM).",
    )  # fmt: skip
    (item,) = next_revision(old, new, at(20)).items
    assert (item.sequence, item.changed_at) == (0, at(20))
    assert "no longer chaired" in difference(new, programme(replace(SESSION, chairs=())))[0].sentence


NAMED = {
    Listing.FULL: [("Ana Ruiz", "UNAM")],
    Listing.NAME_ONLY: [("Ana Ruiz", None)],
    Listing.ANONYMOUS: [("Anonymous", None)],
    Listing.UNLISTED: [],
}


@pytest.mark.parametrize("listing", NAMED)
@keeps("P4")
def test_a_chair_is_named_as_they_choose(listing: Listing) -> None:
    (item,) = public_view(programme(SESSION), Choices(people={"p1": listing})).items
    assert [(who.name, who.affiliation) for who in item.chairs] == NAMED[listing]
    assert public_view(programme(SESSION), Choices()).items[0].chairs == (), "an account that is no more"
    assert without_person(programme(SESSION), "p1").items[0].chairs == ()


@shows("Schedule", "Who chairs a session stands in every export, apart from who speaks in it")
def test_every_export_names_the_chair() -> None:
    one, about = programme(SESSION, TALK), TOLD
    assert "Chair: Ana Ruiz (UNAM)" in feed(one, name="M", url=None).replace(b"\r\n ", b"").decode()
    (event,) = [e for d in exports_json(one, about) for r in d["rooms"].values() for e in r if e["title"] == "Fairness"]
    assert (event["persons"], event["description"]) == ([], "Chair: Ana Ruiz (UNAM)")
    assert b"<description>Chair: Ana Ruiz (UNAM)</description>" in exports.schedule_xml(one, about)
    rows = [dict(zip(exports.COLUMNS, row, strict=True)) for row in exports.table_rows(one, about)]
    assert [(row["speakers"], row["chairs"]) for row in rows] == [("", "Ana Ruiz"), ("Ben Okafor", "")]


def exports_json(one, about):
    return json.loads(exports.schedule_json(one, about))["schedule"]["conference"]["days"]


# -- read from what people have --------------------------------------------------------------------------------------

PRINTED = {
    "a column": "Time,Title,Speaker,Session chair\n9:00-10:00,Fairness,,Ana Ruiz\n10:00-11:00,Dialects,Ben Okafor,\n",
    "brackets": "9:00 - 10:00  Fairness (Chair: Ana Ruiz)\n10:00 - 11:00  Dialects (Ben Okafor)\n",
    "after a comma": "9:00 - 10:00  Fairness, chaired by Ana Ruiz\n10:00 - 11:00  Dialects (Ben Okafor)\n",
    "a line below": "9:00 - 10:00  Fairness\n  Moderator: Ana Ruiz\n10:00 - 11:00  Dialects (Ben Okafor)\n",
}


def read(text: str):
    return read_text(text, day=date(2026, 12, 11), zone="America/Chicago")


@pytest.mark.parametrize("printed", PRINTED)
@shows("Schedule", "An import reads who chairs: from a column, from brackets after a title, from a line below it")
def test_an_import_reads_who_chairs(printed: str) -> None:
    reading = read(PRINTED[printed])
    assert reading_from_json(reading_to_json(reading)) == reading
    found = [(row.title, [w.name for w in row.speakers], [w.name for w in row.chairs]) for row in reading.rows]
    assert found == [("Fairness", [], ["Ana Ruiz"]), ("Dialects", ["Ben Okafor"], [])]


def test_a_title_about_chairs_names_nobody() -> None:
    text = "9:00 - 10:00  How to chair: a workshop\n10:00 - 11:00  Meet the chairs\n"
    rows = read(text).rows
    assert [(row.title, row.chairs) for row in rows] == [("How to chair: a workshop", ()), ("Meet the chairs", ())]


# -- in the draft ----------------------------------------------------------------------------------------------------


def fill(uow):
    """An owner, an author of accepted work, and two of one name."""
    edition = make_edition(uow)
    owner = make_person(uow, "Ana Ruiz", "ana@example.org")
    join_team(uow, edition, owner, Role.OWNER)
    author = make_person(uow, "Ben Okafor", "ben@example.org")
    twins = [make_person(uow, "Li Wei") for _each in range(2)]
    make_work(uow, edition, 1, "Dialects", (("Ben Okafor", author), *(("Li Wei", twin) for twin in twins)))
    return edition, owner, author


@shows("Schedule", "A chair’s name is their account where one person of the team or of accepted work bears it")
def test_a_chairs_name_is_an_account_where_one_person_bears_it(uow):
    edition, owner, author = fill(uow)
    names = (Named("ana ruiz"), Named("Ben Okafor", "UGM"), Named("Li Wei"), Named("Nobody Known"))
    item = make_item(uow, edition, "Fairness", kind=Kind.SESSION, chairs=names, speakers=(Named("Cem Oz"),))
    assert [who.person_id for who in item.chairs] == [owner.id, author.id, None, None]
    assert [who.name for who in item.speakers] == ["Cem Oz"]
    typed = content("Fairness", kind=Kind.SESSION, chairs=names[:1])
    item = service.edit(uow, edition, CHAIR, item.id, item.version, typed)
    (drafted,) = drafting.working(uow.session, edition).programme.items
    assert ([who.person_key for who in drafted.chairs], drafted.speakers) == ([f"p{owner.id}"], ())


def test_an_import_keeps_the_chairs_that_it_does_not_mention_and_takes_others(uow):
    edition, owner, _author = fill(uow)
    uow.actor = owner
    make_item(uow, edition, "Fairness", kind=Kind.SESSION, length=60, chairs=(Named("Ana Ruiz"),))
    silent = read("8:30 - 9:30  Fairness (Cem Oz)\n")
    importing.take(uow, edition, CHAIR, silent)
    (row,) = queries.draft_rows(uow.session, edition.id)
    assert ([w.name for w in row.item.speakers], [w.name for w in row.item.chairs]) == (["Cem Oz"], ["Ana Ruiz"])
    other = read("8:30 - 9:30  Fairness (Chair: Ben Okafor)\n")
    assert importing.take(uow, edition, CHAIR, other).updated == 1
    (row,) = queries.draft_rows(uow.session, edition.id)
    assert [(w.name, w.person_id) for w in row.item.chairs] == [("Ben Okafor", _author.id)]
    assert importing.take(uow, edition, CHAIR, other).same == 1


def test_undoing_knows_chairs_and_what_was_kept_before_there_were_any(uow):
    edition, owner, _author = fill(uow)
    uow.actor = owner
    item = make_item(uow, edition, "Fairness", chairs=(Named("Ana Ruiz"),), speakers=(Named("Cem Oz"),))
    before = undoing.states(uow.session, edition.id, [item.uid])
    for who in before[item.uid]["speakers"][:1]:
        del who["is_chair"]
    typed = content("Fairness", chairs=(), speakers=(Named("Dai Xu"),))
    service.edit(uow, edition, CHAIR, item.id, item.version, typed)
    undoing.keep(uow, edition, "changed", "Fairness", before)
    undoing.undo(uow, edition, CHAIR)
    (row,) = queries.draft_rows(uow.session, edition.id)
    assert ([w.name for w in row.item.speakers], [w.name for w in row.item.chairs]) == (["Cem Oz"], ["Ana Ruiz"])


def test_the_draft_comes_back_to_a_release_with_its_chairs(uow):
    edition, owner, _author = fill(uow)
    uow.actor = owner
    item = make_item(uow, edition, "Fairness", chairs=(Named("Ana Ruiz"),))
    make_release(uow, edition)
    service.edit(uow, edition, CHAIR, item.id, item.version, content("Fairness"))
    rewinding.rewind(uow, edition, CHAIR, 1, seen=rewinding.look(uow.session, edition, 1).seen)
    (row,) = queries.draft_rows(uow.session, edition.id)
    assert [(w.name, w.person_id) for w in row.item.chairs] == [("Ana Ruiz", owner.id)]


@shows("Schedule", "Chairs are asked when they can come, invited with the words “You chair it”, and told of changes")
def test_chairs_are_asked_and_told_as_speakers_are(uow):
    edition, owner, _author = fill(uow)
    uow.actor = owner
    item = make_item(uow, edition, "Fairness", kind=Kind.SESSION, chairs=(Named("Ana Ruiz"),))
    whom = availability.whom(uow, edition, drafting.plain(uow.session, edition))
    assert "ana@example.org" in [one.address for one in whom.people]
    assert told(uow, edition) == ["ana@example.org"]
    (mail,) = mails(uow)
    assert "You chair it" in mail.text_body
    typed = content("Fairness", 60, kind=Kind.SESSION, chairs=(Named("Ana Ruiz"),))
    item = service.edit(uow, edition, CHAIR, item.id, item.version, typed)
    assert told(uow, edition) == ["ana@example.org"]
    service.edit(uow, edition, CHAIR, item.id, item.version, replace(typed, chairs=(Named("Ben Okafor"),)))
    assert told(uow, edition) == ["ana@example.org", "ben@example.org"]
    assert b"METHOD:CANCEL" in next(m for m in mails(uow)[-2:] if m.to_address == "ana@example.org").calendar


@keeps("P1")
def test_a_deleted_account_chairs_nothing_any_more(uow):
    edition, owner, _author = fill(uow)
    uow.actor = owner
    make_item(uow, edition, "Fairness", chairs=(Named("Ana Ruiz"),))
    release = make_release(uow, edition)
    releasing.forget_person(uow, owner.id)
    uow.session.refresh(release)
    assert b"Ana Ruiz" not in release.programme
    assert drafting.working(uow.session, edition).programme.items[0].chairs == ()


# -- on the pages ----------------------------------------------------------------------------------------------------


@shows("Schedule", "An organiser writes who chairs in an item’s form, and the public page says so")
def test_a_chair_is_written_in_the_form_and_read_on_the_page(app, work):
    with work() as uow:
        edition, owner, _author = fill(uow)
        client = client_for(app, uow, owner)
        item = make_item(uow, edition, "Fairness", kind=Kind.SESSION, length=60, room="Hall")
        uid, path = item.uid, f"/musiml/2026/organise/schedule/items/{item.id}"
    typed = ITEM | {"title": "Fairness", "version": "1", "chairs": "Ana Ruiz (UNAM)\nمحمد بن عبد الله"}
    assert send(client, path, typed).status_code == 303
    assert "Ana Ruiz (UNAM)" in client.get(path).text
    # In the page's own direction, whoever's name it begins with: each name stands apart by itself.
    told = '<p class="meta">Lama Ahmad\xa0· Chairs: Ana Ruiz, \u2068محمد'
    assert told in client.get("/musiml/2026/organise/schedule").text
    with work() as uow:
        make_release(uow, get_edition(uow.session, 1))
    for each in (PAGE, f"{PAGE}/items/{uid}", f"{PAGE}/embed"):
        text = app.test_client().get(each).text
        assert "Chairs:" in text, each
        assert "Ana Ruiz" in text, each
    with work() as uow:
        shown = from_json(queries.snapshot(uow.session, 1).programme)
        document = archive.document(shown, TOLD)
    assert "Chairs: Ana Ruiz (UNAM), محمد" in document["days"][0]["lines"][0]["names"]["text"]
