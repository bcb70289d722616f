"""Founding, settings, dates, tracks and rooms, on both databases."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import join_team, make_date, make_edition, make_person, make_track
from tests.shows import keeps, shows
from tests.workshops.factories import make_room, make_series, make_team, own_community
from workshop_manager.core import events
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.workshops import queries, service
from workshop_manager.workshops.events import ConductChanged, DateMoved, EditionLooksChanged, EditionMoved
from workshop_manager.workshops.models import Community, EarlierDate, Edition, ImportantDate, TeamMember, Track
from workshop_manager.workshops.states import DateKey, Kind, Mode, Role, Visibility

START = datetime(2026, 12, 11, 14, 30, tzinfo=UTC)
DUE = Deadline(datetime(2026, 9, 23, 11, 59, tzinfo=UTC), AOE)
LATER = Deadline(datetime(2026, 10, 7, 11, 59, tzinfo=UTC), AOE)


def wanted(slug: str = "2026", **values: Any) -> service.CreateEdition:
    return service.CreateEdition(
        **{
            "slug": slug, "name": "Muslims in ML 2026", "kind": Kind.WORKSHOP, "mode": Mode.HYBRID,
            "time_zone": "America/Chicago", "starts_at": START, "ends_at": START + timedelta(hours=4),
        } | values
    )  # fmt: skip


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was told to higher packages."""
    heard: list[object] = []
    monkeypatch.setattr(events, "tell", lambda uow, event: heard.append(event))
    return heard


@shows("Workshops", "Whoever founds a community or an edition owns it")
def test_whoever_founds_owns(uow) -> None:
    uow.actor = person = make_person(uow)
    community = service.create_community(uow, service.CreateCommunity("musiml", "Muslims in ML"))
    edition = service.create_edition(uow, community, wanted())
    assert service.may_edit_community(uow, community)
    assert edition.visibility is Visibility.DRAFT
    member = uow.session.execute(select(TeamMember)).scalar_one()
    assert (member.person_id, member.role) == (person.id, Role.OWNER)
    actions = uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert list(actions) == ["founded", "founded"]


@shows(
    "Workshops", "An installation says who may found communities: anyone with a confirmed address, or administrators"
)
def test_who_may_not_found_a_community_is_told_what_is_missing(uow) -> None:
    wanted = service.CreateCommunity("musiml", "Muslims in ML")
    with pytest.raises(Forbidden):
        service.create_community(uow, wanted)
    uow.actor = make_person(uow)
    with pytest.raises(Forbidden, match="administrators"):
        service.create_community(uow, wanted, "administrators")
    uow.actor.confirmed_at = None
    with pytest.raises(Forbidden, match="Confirm"):
        service.create_community(uow, wanted)
    assert uow.session.scalars(select(Community)).all() == []


@pytest.mark.parametrize("slug", ["organise", "Über", "", "call"])
@shows("Workshops", "Reserved words and broken slugs cannot be taken")
def test_a_slug_that_will_not_do_founds_nothing(uow, slug: str) -> None:
    uow.actor = person = make_person(uow)
    with pytest.raises(service.Taken) as refused:
        service.create_community(uow, service.CreateCommunity(slug, "Name"))
    assert refused.value.field == "slug"
    edition = make_edition(uow)
    own_community(uow, edition.community, person)
    with pytest.raises(service.Taken):
        service.create_edition(uow, edition.community, wanted(slug))


def test_a_taken_slug_is_said_and_the_transaction_goes_on(uow) -> None:
    uow.actor = person = make_person(uow)
    edition = make_edition(uow)
    own_community(uow, edition.community, person)
    with pytest.raises(service.Taken, match="musiml"):
        service.create_community(uow, service.CreateCommunity("musiml", "Another"))
    with pytest.raises(service.Taken, match="2026"):
        service.create_edition(uow, edition.community, wanted())
    assert service.create_edition(uow, edition.community, wanted("2027")).id


def test_only_community_owners_found_editions_whatever_their_role_elsewhere(uow) -> None:
    edition, owner = make_team(uow)
    uow.actor = owner
    with pytest.raises(NotFound):
        service.create_edition(uow, edition.community, wanted("2027"))
    uow.actor.is_administrator = True
    assert service.create_edition(uow, edition.community, wanted("2027"))


@shows("Workshops", "A new edition takes code of conduct, contact and colour from the latest one")
def test_a_new_edition_takes_conduct_contact_and_colour_from_the_latest(uow) -> None:
    uow.actor = person = make_person(uow)
    edition = make_edition(uow, accent="#123456", good_to_know="**Zoom** is free.", recording_policy="Talks only.")
    own_community(uow, edition.community, person)
    made = service.create_edition(uow, edition.community, wanted("2027"))
    assert (made.code_of_conduct, made.contact_email) == ("Be kind.", "team@example.org")
    assert (made.accent, made.good_to_know) == ("#123456", "**Zoom** is free.")
    assert made.recording_policy == "Talks only."


def _settings(edition: Edition, **values: Any) -> service.EditionSettings:
    current = {f: getattr(edition, f) for f in service.EditionSettings.__dataclass_fields__}
    return service.EditionSettings(**current | values)


def test_settings_are_saved_and_counted(uow, told) -> None:
    edition, uow.actor = make_team(uow, Role.ORGANISER)
    service.save_settings(uow, edition, _settings(edition, name="🧵 Weaving ML"), 1)
    assert (edition.name, edition.version) == ("🧵 Weaving ML", 2)
    assert told == [EditionLooksChanged(edition.id)]
    service.save_settings(uow, edition, _settings(edition, starts_at=START - timedelta(hours=1)), 2)
    assert told == [EditionLooksChanged(edition.id), EditionMoved(edition.id)]
    service.save_settings(uow, edition, _settings(edition), 3)
    assert edition.version == 3


@keeps("X3")
def test_a_stale_save_changes_nothing(uow) -> None:
    edition, uow.actor = make_team(uow)
    service.save_settings(uow, edition, _settings(edition, name="First"), 1)
    with pytest.raises(service.Stale):
        service.save_settings(uow, edition, _settings(edition, name="Second"), 1)
    assert edition.name == "First"


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.OWNER, Role.ORGANISER)])
@keeps("A1")
def test_other_roles_do_not_edit(uow, role: Role) -> None:
    edition, uow.actor = make_team(uow, role)
    for act in (
        lambda: service.save_settings(uow, edition, _settings(edition), 1),
        lambda: service.save_conduct(uow, edition, "x", mends_spelling=False, version=1),
        lambda: service.set_colour(uow, edition, "#123456"),
        lambda: service.set_logo(uow, edition, b""),
        lambda: service.remove_logo(uow, edition),
        lambda: service.set_date(uow, edition, DateKey.OTHER, "x", DUE),
        lambda: service.add_track(uow, edition, service.NewTrack("a", "A")),
        lambda: service.add_room(uow, edition, service.NewRoom("A")),
    ):
        with pytest.raises(NotFound):
            act()


@keeps("A3", "A4")
def test_an_owner_of_another_edition_does_not_edit(uow) -> None:
    edition = make_edition(uow)
    other, uow.actor = make_team(uow, Role.OWNER, slug="2027")
    with pytest.raises(NotFound):
        service.save_settings(uow, edition, _settings(edition), 1)
    date = make_date(uow, edition, DateKey.ABSTRACTS_DUE, DUE.at)
    with pytest.raises(NotFound):
        service.move_date(uow, other, date.id, "x", LATER)
    for remove, row in (
        (service.remove_date, date), (service.remove_track, make_track(uow, edition)),
        (service.remove_room, make_room(uow, edition)),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            remove(uow, other, row.id)


@shows("Workshops", "The code of conduct has versions; mending spelling keeps the version")
def test_the_code_of_conduct_gets_a_version_unless_only_spelling_was_mended(uow, told) -> None:
    edition, uow.actor = make_team(uow)
    service.save_conduct(uow, edition, "Be kind!", mends_spelling=True, version=1)
    assert edition.code_of_conduct_version == 1
    service.save_conduct(uow, edition, "Be very kind.", mends_spelling=False, version=2)
    assert edition.code_of_conduct_version == 2
    service.save_conduct(uow, edition, "Be very kind.", mends_spelling=False, version=3)
    assert edition.code_of_conduct_version == 2
    with pytest.raises(service.Stale):
        service.save_conduct(uow, edition, "Late", mends_spelling=False, version=1)
    assert told == [ConductChanged(edition.id, 2)]


# --- dates


@shows("Workshops", "Moving a date is one act that keeps the earlier one")
def test_a_date_is_set_then_moved_in_one_act_that_keeps_the_old_one(uow, told) -> None:
    edition, uow.actor = make_team(uow)
    row = service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", DUE)
    service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", LATER)
    service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", LATER)
    (found,) = queries.dates(uow.session, edition.id)
    assert found.deadline == LATER
    assert [e.deadline for e in found.earlier] == [DUE]
    assert found.earlier[0].changed_by == uow.actor.id
    assert told == [
        DateMoved(edition.id, row.id, DateKey.ABSTRACTS_DUE, None, DUE),
        DateMoved(edition.id, row.id, DateKey.ABSTRACTS_DUE, DUE, LATER),
    ]


def test_the_same_instant_in_another_zone_is_a_move(uow) -> None:
    edition, uow.actor = make_team(uow)
    service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", DUE)
    moved = service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", Deadline(DUE.at, "UTC"))
    assert [e.zone for e in moved.earlier] == [AOE]


def test_free_dates_are_told_apart_by_their_label(uow) -> None:
    edition, uow.actor = make_team(uow)
    service.set_date(uow, edition, DateKey.OTHER, "Camera-ready", DUE)
    service.set_date(uow, edition, DateKey.OTHER, "Visa letters", DUE)
    service.set_date(uow, edition, DateKey.OTHER, "Visa letters", LATER)
    assert [(d.label, len(d.earlier)) for d in queries.dates(uow.session, edition.id)] == [
        ("Camera-ready", 0), ("Visa letters", 1),
    ]  # fmt: skip


def test_a_slip_can_be_mended_without_a_trace_on_the_page(uow) -> None:
    edition, uow.actor = make_team(uow)
    row = service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", DUE)
    service.move_date(uow, edition, row.id, "Abstracts due", LATER, seen=DUE, mends_slip=True)
    assert row.earlier == []
    assert row.deadline == LATER


@keeps("X3")
def test_moving_what_somebody_else_has_moved_is_refused(uow) -> None:
    edition, uow.actor = make_team(uow)
    row = service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", DUE)
    service.move_date(uow, edition, row.id, "Abstracts due", LATER, seen=DUE)
    with pytest.raises(service.Stale):
        service.move_date(uow, edition, row.id, "Abstracts due", Deadline(DUE.at, "UTC"), seen=DUE)
    assert row.deadline == LATER


def test_a_removed_date_takes_its_history_along_and_is_told(uow, told) -> None:
    edition, uow.actor = make_team(uow)
    row = service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", DUE)
    service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", LATER)
    service.remove_date(uow, edition, row.id)
    assert uow.session.scalars(select(EarlierDate)).all() == []
    assert told[-1] == DateMoved(edition.id, row.id, DateKey.ABSTRACTS_DUE, LATER, None)


@keeps("X2")
def test_two_who_set_the_same_date_at_once_make_one_date(work, database, clock, app) -> None:
    with work() as uow:
        edition, owner = make_team(uow)

    def set_it(hour: int) -> None:
        with app.app_context(), unit_of_work(database, clock, actor=owner) as own:
            at = datetime(2026, 9, 23, hour, 59, tzinfo=UTC)
            service.set_date(own, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", Deadline(at, AOE))

    threads = [threading.Thread(target=set_it, args=(hour,)) for hour in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with work() as uow:
        (found,) = queries.dates(uow.session, edition.id)
        assert len(found.earlier) == 5


# --- tracks and rooms


@shows("Workshops", "Tracks have a lasting key, a name, a description and an eligibility statement, and an order")
def test_tracks_are_added_reworded_and_ordered(uow) -> None:
    edition, uow.actor = make_team(uow)
    first = service.add_track(
        uow, edition, service.NewTrack("identity", "Muslim authors", "Any topic", "At least one.")
    )
    second = service.add_track(uow, edition, service.NewTrack("communities", "Communities"))
    with pytest.raises(service.Taken):
        service.add_track(uow, edition, service.NewTrack("identity", "Again"))
    service.edit_track(uow, edition, first.id, name="New name", description="", eligibility="")
    service.move_in_order(uow, edition, Track, second.id, -1)
    service.move_in_order(uow, edition, Track, second.id, -1)
    assert [(t.key, t.name) for t in queries.tracks(uow.session, edition.id)] == [
        ("communities", "Communities"), ("identity", "New name"),
    ]  # fmt: skip
    service.remove_track(uow, edition, first.id)
    assert [t.key for t in queries.tracks(uow.session, edition.id)] == ["communities"]
    with pytest.raises(NotFound):
        service.move_in_order(uow, edition, Track, first.id, 1)


def test_a_chaired_track_is_not_removed(uow) -> None:
    edition, uow.actor = make_team(uow)
    track = make_track(uow, edition)
    join_team(uow, edition, make_person(uow), Role.TRACK_CHAIR, track)
    with pytest.raises(Conflict, match="chairs"):
        service.remove_track(uow, edition, track.id)


@shows("Workshops", "A track with submissions cannot be removed, and the refusal says what to do")
def test_a_track_with_submissions_is_not_removed_and_nothing_else_is_lost(uow) -> None:
    from workshop_manager.submissions.models import Submission

    edition, uow.actor = make_team(uow)
    track = make_track(uow, edition)
    uow.session.add(
        Submission(edition_id=edition.id, number=1, track_id=track.id, created_at=uow.now, changed_at=uow.now)
    )
    uow.session.flush()
    with pytest.raises(Conflict, match="submissions"):
        service.remove_track(uow, edition, track.id)
    assert queries.find_track(uow.session, edition.id, track.id) is not None


def test_rooms_have_names_of_their_own_and_links_stay_out_of_the_history(uow) -> None:
    edition, uow.actor = make_team(uow)
    room = service.add_room(uow, edition, service.NewRoom("Zoom", "https://zoom.example/j/1"))
    hall = service.add_room(uow, edition, service.NewRoom("Hall B"))
    with pytest.raises(service.Taken):
        service.add_room(uow, edition, service.NewRoom("Zoom"))
    with pytest.raises(service.Taken):
        service.edit_room(uow, edition, hall.id, service.NewRoom("Zoom"))
    service.edit_room(uow, edition, room.id, service.NewRoom("Zoom 2", "https://zoom.example/j/2"))
    service.remove_room(uow, edition, hall.id)
    assert [r.name for r in queries.rooms(uow.session, edition.id)] == ["Zoom 2"]
    assert all("zoom.example" not in str(d) for d in uow.session.scalars(select(AuditEntry.details)))


# --- lists


@shows("Workshops", "The front page lists public editions, the next one first")
def test_public_editions_come_soonest_first_then_the_latest_past(uow) -> None:
    make_edition(uow, slug="2027", starts_at=START + timedelta(days=365), ends_at=START + timedelta(days=366))
    make_edition(uow, slug="2026")
    make_edition(uow, slug="2023", starts_at=START - timedelta(days=1096), ends_at=START - timedelta(days=1095))
    make_edition(uow, slug="2024", starts_at=START - timedelta(days=731), ends_at=START - timedelta(days=730))
    make_edition(uow, slug="draft", visibility=Visibility.DRAFT)
    make_series(uow)
    found = queries.public_editions(uow.session, uow.now, 10)
    assert [e.slug for e in found] == ["meetups", "2026", "2027", "2024", "2023"]
    assert [e.slug for e in queries.public_editions(uow.session, uow.now, 2)] == ["meetups", "2026"]
    assert found[0].community.slug == "wimlds-accra"


def test_every_role_of_a_person_is_listed_with_its_edition(uow) -> None:
    edition, person = make_team(uow)
    join_team(uow, make_series(uow), person, Role.REVIEWER)
    found = queries.roles_of_person(uow.session, person.id)
    assert [(m.edition.community.slug, m.role) for m in found] == [
        ("musiml", Role.OWNER), ("wimlds-accra", Role.REVIEWER),
    ]  # fmt: skip
    own_community(uow, edition.community, person)
    assert [c.slug for c in queries.communities_of_person(uow.session, person.id)] == ["musiml"]


def test_the_database_itself_refuses_a_second_date_of_a_key_and_an_end_before_the_start(uow) -> None:
    from sqlalchemy.exc import IntegrityError

    edition = make_edition(uow)
    make_date(uow, edition, DateKey.ABSTRACTS_DUE, DUE.at)
    with pytest.raises(IntegrityError), uow.session.begin_nested():
        uow.session.add(ImportantDate(edition_id=edition.id, key=DateKey.ABSTRACTS_DUE, label="x", at=DUE.at, zone=AOE))
    make_date(uow, edition, DateKey.OTHER, DUE.at)
    make_date(uow, edition, DateKey.OTHER, DUE.at)
    with pytest.raises(IntegrityError), uow.session.begin_nested():
        edition.ends_at = edition.starts_at
