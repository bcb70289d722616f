"""The organisers' pages: who may, what is kept, and what bad input is told."""

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.factories import client_for, make_date, make_edition, make_person, make_track, send
from tests.shows import keeps, shows
from tests.workshops.factories import SETTINGS, make_room, make_team, member_of, own_community, picture
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops import queries
from workshop_manager.workshops.models import Community, Edition, ImportantDate, Room, TeamMember, Track
from workshop_manager.workshops.states import DateKey, Role, Visibility

O = "/musiml/2026/organise"  # noqa: E741
DATE = {"key": "abstracts_due", "label": "", "day": "2026-09-22", "time": "23:59", "zone": "AoE"}


@pytest.fixture
def desk(app, work):
    """A client of the owner of a public edition."""
    with work() as uow:
        edition, owner = make_team(uow)
        own_community(uow, edition.community, owner)
        return client_for(app, uow, owner)


@pytest.fixture
def one(work):
    """`one(Model)` reads the only row of a table as it is now."""

    def read(model):
        with work() as uow:
            return uow.session.execute(select(model)).scalar_one()

    return read


PAGES = (
    "settings", "settings/conduct", "settings/branding", "settings/dates", "settings/tracks", "settings/rooms",
    "settings/dates/{date}", "settings/tracks/{track}", "settings/rooms/{room}", "team/{member}",
)  # fmt: skip
ACTS = (
    "settings", "settings/conduct", "settings/branding", "settings/branding/logo", "settings/branding/logo/removal",
    "settings/dates", "settings/dates/{date}", "settings/dates/{date}/removal", "settings/tracks",
    "settings/tracks/{track}", "settings/tracks/{track}/place", "settings/tracks/{track}/removal", "settings/rooms",
    "settings/rooms/{room}", "settings/rooms/{room}/place", "settings/rooms/{room}/removal", "team/invitations",
    "team/{member}", "team/{member}/removal", "team/hand-over", "team/invitations/1/withdrawal",
    "team/invitations/1/repeat",
)  # fmt: skip


@keeps("A2", "A3", "A4", "A7")
def test_pages_open_to_owners_and_organisers_of_this_very_edition(app, work) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        _other_edition, other = make_team(uow, slug="2027")
        ids = {
            "date": make_date(uow, edition, DateKey.ABSTRACTS_DUE, uow.now).id,
            "track": make_track(uow, edition).id,
            "room": make_room(uow, edition).id,
        }
        roles = {role: member_of(uow, edition, role) for role in Role if role is not Role.OWNER}
        ids["member"] = queries.team(uow.session, edition.id)[0].id
        allowed = [client_for(app, uow, owner), client_for(app, uow, roles[Role.ORGANISER][0])]
        shut = [client_for(app, uow, person) for role, (person, _m) in roles.items() if role is not Role.ORGANISER]
        shut += [client_for(app, uow, other), client_for(app, uow, make_person(uow))]
        # Only the other edition's owner reaches that edition's desk; ids of this one do not exist there.
        stranger = client_for(app, uow, other)
    for path in (f"{O}/{page}".format(**ids) for page in PAGES):
        assert [c.get(path).status_code for c in allowed] == [200, 200], path
        assert {c.get(path).status_code for c in shut} == {404}, path
        assert app.test_client().get(path).headers["Location"].startswith("/sign-in?next="), path
    for path in (f"{O}/{act}".format(**ids) for act in ACTS):
        assert {send(c, path, {}).status_code for c in shut} == {404}, path
    for page in PAGES[6:]:
        path = f"/musiml/2027/organise/{page}".format(**ids)
        assert stranger.get(path).status_code == 404, path
        assert send(stranger, path, {"role": "reviewer"}).status_code == 404, path
        assert send(stranger, f"{path}/removal").status_code == 404, path
    with work() as uow:
        assert len(queries.team(uow.session, edition.id)) == len(Role)


# --- settings


@shows("Workshops", "Organisers edit name, words, kind, place, time and visibility of an edition in a page")
def test_settings_are_saved_and_shown(app, desk, one) -> None:
    answer = send(desk, f"{O}/settings", SETTINGS | {"name": "🧵 Weaving ML عائشة", "start_time": "09:00"})
    assert answer.status_code == 303
    edition = one(Edition)
    assert edition.name == "🧵 Weaving ML عائشة"
    assert edition.starts_at == datetime(2026, 12, 11, 15, 0, tzinfo=UTC)
    assert edition.version == 2
    text = desk.get("/musiml/2026/").text
    assert "🧵 Weaving ML عائشة" in text
    assert "Joining from afar" in text


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"name": ""}, "name", "Give it a name"),
        ({"name": "x" * 10_000}, "name", "longer than the 200"),
        ({"summary": "x" * 10_000}, "summary", "longer than the 5000"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "not a time zone we know"),
        ({"time_zone": ""}, "time_zone", "Write the time zone"),
        ({"start_day": "2027-03-14", "start_time": "02:30", "end_day": "2027-03-15"}, "start_time", "does not exist"),
        ({"start_day": "2026-11-01", "start_time": "01:30"}, "start_time", "comes twice"),
        ({"end_time": "08:30"}, "end_time", "ends before it begins"),
        ({"end_day": "2026-12-10"}, "end_time", "ends before it begins"),
        ({"start_day": "11.12.2026"}, "start_day", "year, month and day"),
        ({"start_time": "half past eight"}, "start_time", "24 hours"),
        ({"start_day": ""}, "start_day", "on which day it begins"),
        ({"contact_email": "not an address"}, "contact_email", "not an e-mail address"),
        ({"kind": "conference"}, "kind", ""),
        ({"visibility": "secret"}, "visibility", ""),
        ({"repeats": "monthly"}, "meeting_minutes", "how many minutes"),
        ({"repeats": "monthly", "meeting_minutes": "1"}, "meeting_minutes", "Between 5 minutes"),
    ],
)
@shows(
    "Workshops",
    "A time in the DST gap, an unknown zone, an end before the start and 10,000 characters are told beside the field",
)
@keeps("I13")
def test_bad_settings_are_told_beside_the_field_and_nothing_typed_is_lost(
    desk, one, changed: dict[str, str], field: str, said: str
) -> None:
    answer = send(desk, f"{O}/settings", SETTINGS | {"venue": "Hall 17, as typed"} | changed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text or f'id="{field}"' in answer.text
    assert said in answer.text
    assert "Hall 17, as typed" in answer.text
    for typed in changed.values():
        assert len(typed) < 20 or typed in answer.text
    edition = one(Edition)
    assert (edition.version, edition.venue) == (1, None)


@shows("Workshops", "Who saves settings somebody else saved meanwhile sees both values")
@keeps("X3")
def test_a_stale_save_shows_both_values_and_can_be_sent_again(desk, one) -> None:
    assert send(desk, f"{O}/settings", SETTINGS | {"name": "Theirs", "city": "Vancouver"}).status_code == 303
    mine = SETTINGS | {"name": "Mine", "city": "Vancouver"}
    answer = send(desk, f"{O}/settings", mine)
    assert answer.status_code == 409
    assert "<bdi>Theirs</bdi>" in answer.text
    assert "<bdi>Mine</bdi>" in answer.text
    assert "<bdi>Vancouver</bdi>" not in answer.text
    assert 'value="Mine"' in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert one(Edition).name == "Theirs"
    assert send(desk, f"{O}/settings", mine | {"version": "2"}).status_code == 303
    assert one(Edition).name == "Mine"


@keeps("A8")
def test_extra_fields_set_nothing(desk, one) -> None:
    send(desk, f"{O}/settings", SETTINGS | {"id": "99", "slug": "taken", "community_id": "7", "accent": "#000000"})
    edition = one(Edition)
    assert (edition.slug, edition.accent) == ("2026", None)


def test_nonsense_in_the_version_is_a_stale_save_not_a_failure(desk) -> None:
    for version in ("", "-1", "x", "9" * 50, "٢"):
        assert send(desk, f"{O}/settings", SETTINGS | {"version": version}).status_code == 409


def test_making_an_edition_public_opens_its_pages(app, work) -> None:
    with work() as uow:
        _edition, owner = make_team(uow, visibility=Visibility.DRAFT)
        client = client_for(app, uow, owner)
    assert app.test_client().get("/musiml/2026/").status_code == 404
    assert send(client, f"{O}/settings", SETTINGS).status_code == 303
    assert app.test_client().get("/musiml/2026/").status_code == 200


def test_the_code_of_conduct_page_shows_its_version(desk) -> None:
    answer = send(desk, f"{O}/settings/conduct", {"text": "Be **very** kind.", "version": "1"})
    assert answer.status_code == 303
    text = desk.get("/musiml/2026/conduct").text
    assert "Version 2" in text
    assert "Be <strong>very</strong> kind." in text
    assert send(desk, f"{O}/settings/conduct", {"text": "Other", "version": "1"}).status_code == 409
    assert send(desk, f"{O}/settings/conduct", {"text": "", "version": "2"}).status_code == 422


# --- branding


@shows("Workshops", "A colour is seen in both themes before it is kept")
def test_a_colour_is_seen_in_both_themes_before_it_is_kept(desk, one) -> None:
    looked = desk.get(f"{O}/settings/branding?colour=%231d7a5f")
    assert looked.status_code == 200
    assert "preview.1d7a5f.css" in looked.text
    assert "Keep #1d7a5f" in looked.text
    css = desk.get(f"{O}/settings/branding/preview.1d7a5f.css").text
    assert ".sample-light{" in css
    assert ".sample-dark{" in css
    assert one(Edition).accent is None
    assert send(desk, f"{O}/settings/branding", {"colour": "#1D7A5F"}).status_code == 303
    assert one(Edition).accent == "#1d7a5f"
    assert "edition.1d7a5f.css" in desk.get("/musiml/2026/").text


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#gggggg", "#1234567", "#123456;}"])
def test_what_is_no_colour_is_refused(desk, one, colour: str) -> None:
    for answer in (
        send(desk, f"{O}/settings/branding", {"colour": colour}),
        desk.get(f"{O}/settings/branding", query_string={"colour": colour}),
    ):
        assert answer.status_code == 422
        assert "such as #f5a623" in answer.text
    assert one(Edition).accent is None


@shows("Workshops", "An edition has a logo, uploaded in a page")
def test_a_logo_is_uploaded_and_removed(desk, one) -> None:
    data = {"logo": (io.BytesIO(picture()), "logo.png")}
    assert send(desk, f"{O}/settings/branding/logo", data, content_type="multipart/form-data").status_code == 303
    digest = one(Edition).logo_digest
    assert desk.get(f"/musiml/2026/logo.{digest}").status_code == 200
    assert send(desk, f"{O}/settings/branding/logo/removal").status_code == 303
    assert desk.get(f"/musiml/2026/logo.{digest}").status_code == 404


@keeps("D1")
def test_what_is_no_picture_is_refused_beside_the_field(desk, one) -> None:
    for content in (b"", b"<svg onload=alert(1)>", b"PK\x03\x04"):
        data = {"logo": (io.BytesIO(content), "logo.png")}
        answer = send(desk, f"{O}/settings/branding/logo", data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert 'id="logo-error"' in answer.text
    assert one(Edition).logo_digest is None


# --- dates


@shows("Workshops", "Organisers add, move and remove dates in a page, AoE included")
@keeps("X3")
def test_a_date_is_added_moved_and_shown_struck_through(desk, one) -> None:
    assert send(desk, f"{O}/settings/dates", DATE).status_code == 303
    date = one(ImportantDate)
    assert (date.label, date.zone) == ("Abstracts due", "Etc/GMT+12")
    assert date.at == datetime(2026, 9, 23, 11, 59, tzinfo=UTC)
    form = desk.get(f"{O}/settings/dates/{date.id}").text
    seen = form.partition('name="seen"')[2].partition('value="')[2].partition('"')[0].replace("&#43;", "+")
    moved = DATE | {"day": "2026-09-15", "seen": seen}
    assert send(desk, f"{O}/settings/dates/{date.id}", moved).status_code == 303
    text = desk.get("/musiml/2026/").text
    assert "<del>Tue 22 September</del>" in text
    assert "Tue 15 September, 23:59 AoE" in text
    again = send(desk, f"{O}/settings/dates/{date.id}", DATE | {"day": "2026-10-09", "seen": seen})
    assert again.status_code == 409
    assert "Somebody else moved this date" in again.text
    assert 'value="2026-10-09"' in again.text
    assert one(ImportantDate).at == datetime(2026, 9, 16, 11, 59, tzinfo=UTC)
    assert send(desk, f"{O}/settings/dates/{date.id}/removal").status_code == 303
    assert "Abstracts due" not in desk.get("/musiml/2026/").text


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"zone": "Nowhere"}, "zone", "not a time zone"),
        ({"zone": ""}, "zone", "Write AoE"),
        ({"day": ""}, "day", "on which day"),
        ({"time": ""}, "time", "at what time"),
        ({"day": "2026-03-29", "time": "02:30", "zone": "Europe/Berlin"}, "time", "does not exist"),
        ({"key": "other"}, "label", "Say what this date is"),
        ({"key": "birthday"}, "key", ""),
        ({"label": "x" * 10_000}, "label", "longer than"),
    ],
)
def test_a_bad_date_is_told_beside_the_field(desk, work, changed: dict[str, str], field: str, said: str) -> None:
    answer = send(desk, f"{O}/settings/dates", DATE | changed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert said in answer.text
    with work() as uow:
        assert uow.session.scalars(select(ImportantDate)).all() == []


def test_an_empty_box_is_told_in_one_sentence(desk) -> None:
    text = send(desk, f"{O}/settings/dates", DATE | {"day": "", "time": ""}).text
    assert "2 things need another look" in text


def test_doubts_about_the_order_are_shown_not_forbidden(desk) -> None:
    send(desk, f"{O}/settings/dates", DATE)
    assert send(desk, f"{O}/settings/dates", DATE | {"key": "notification", "day": "2026-09-01"}).status_code == 303
    assert "Authors hear from you before abstracts are due." in desk.get(f"{O}/settings/dates").text


# --- tracks and rooms


@shows("Workshops", "Organisers edit tracks in a page")
def test_tracks_are_added_edited_ordered_and_removed(desk, one) -> None:
    for key in ("identity", "communities"):
        assert send(desk, f"{O}/settings/tracks", {"name": f"Track {key}", "key": key}).status_code == 303
    taken = send(desk, f"{O}/settings/tracks", {"name": "Third", "key": "identity"})
    assert taken.status_code == 422
    assert "Another track has the key" in taken.text
    assert 'value="Third"' in taken.text
    assert send(desk, f"{O}/settings/tracks", {"name": "T", "key": "Not A Key"}).status_code == 422
    assert send(desk, f"{O}/settings/tracks/2/place", {"to": "up"}).status_code == 303
    text = desk.get("/musiml/2026/").text
    assert text.index("Track communities") < text.index("Track identity")
    sent = {"name": "Reworded", "description": "Any *topic*.", "eligibility": "One author."}
    assert send(desk, f"{O}/settings/tracks/1", sent).status_code == 303
    assert send(desk, f"{O}/settings/tracks/1", {"name": ""}).status_code == 422
    assert "Reworded" in desk.get("/musiml/2026/").text
    assert send(desk, f"{O}/settings/tracks/2/removal").status_code == 303
    assert one(Track).key == "identity"


def test_a_track_in_use_stays_and_the_list_says_why(app, work) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        track = make_track(uow, edition)
        uow.session.add(
            TeamMember(
                edition_id=edition.id, person_id=owner.id, role=Role.TRACK_CHAIR, track_id=track.id, created_at=uow.now
            )
        )
        client = client_for(app, uow, owner)
    answer = send(client, f"{O}/settings/tracks/{track.id}/removal")
    assert answer.status_code == 303
    assert "chairs this track" in client.get(answer.headers["Location"]).text


@shows("Workshops", "Rooms have a join link that stands in no public page of the edition")
@keeps("T2")
def test_the_join_link_is_in_no_public_page(app, desk, one) -> None:
    link = "https://zoom.example/j/123?pwd=secret"
    assert send(desk, f"{O}/settings/rooms", {"name": "Zoom", "join_url": link}).status_code == 303
    assert one(Room).join_url == link
    assert "zoom.example" in desk.get(f"{O}/settings/rooms").text
    for path in ("/musiml/2026/", "/musiml/", "/musiml/2026/conduct"):
        assert "zoom.example" not in app.test_client().get(path).text


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "zoom.example/j/1", "https://", "https://a b", "http:\\\\x", "ftp://x"]
)
def test_what_is_no_web_address_is_no_join_link(desk, work, link: str) -> None:
    answer = send(desk, f"{O}/settings/rooms", {"name": "Zoom", "join_url": link})
    assert answer.status_code == 422
    assert 'id="join_url-error"' in answer.text
    with work() as uow:
        assert uow.session.scalars(select(Room)).all() == []


def test_a_second_room_of_the_same_name_is_told(desk, work) -> None:
    assert send(desk, f"{O}/settings/rooms", {"name": "Zoom"}).status_code == 303
    assert "room of this name already" in send(desk, f"{O}/settings/rooms", {"name": "Zoom"}).text
    assert send(desk, f"{O}/settings/rooms", {"name": "Hall"}).status_code == 303
    with work() as uow:
        hall = f"{O}/settings/rooms/{uow.session.execute(select(Room.id).where(Room.name == 'Hall')).scalar_one()}"
    assert send(desk, hall, {"name": "Zoom"}).status_code == 422
    assert send(desk, hall, {"name": "Hall C"}).status_code == 303
    assert send(desk, f"{hall}/place", {"to": "up"}).status_code == 303
    assert send(desk, f"{hall}/removal").status_code == 303


# --- team


@shows("Workshops", "Several addresses are invited at once")
def test_several_addresses_are_invited_at_once(desk, work) -> None:
    typed = "a@gmail.example\n b@uni.example, c@uni.example\n\na@gmail.example"
    answer = send(desk, f"{O}/team/invitations", {"addresses": typed, "role": "reviewer", "track": ""})
    assert answer.status_code == 303
    with work() as uow:
        found = uow.session.scalars(select(OutboxMail.to_address).order_by(OutboxMail.id)).all()
    assert list(found) == ["a@gmail.example", "b@uni.example", "c@uni.example"]
    text = desk.get(f"{O}/team").text
    assert "b@uni.example" in text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"addresses": "not an address\nfine@example.org", "role": "reviewer"}, "not an e-mail address"),
        ({"addresses": "", "role": "reviewer"}, "at least one"),
        ({"addresses": "a@example.org", "role": "emperor"}, ""),
        ({"addresses": "a@example.org", "role": "track_chair"}, "Choose the track"),
        ({"addresses": "a@example.org", "role": "track_chair", "track": "999"}, ""),
        ({"addresses": "\n".join(f"a{n}@example.org" for n in range(51)), "role": "reviewer"}, "At most 50"),
        ({"addresses": "a@example.org\r\nBcc: b@example.org", "role": "reviewer"}, "not an e-mail address"),
    ],
)
@keeps("I7", "I13")
def test_bad_invitations_send_nothing_and_keep_what_was_typed(desk, work, sent: dict[str, str], said: str) -> None:
    answer = send(desk, f"{O}/team/invitations", {"track": ""} | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert sent["addresses"].splitlines()[-1:] == [] or sent["addresses"].splitlines()[-1] in answer.text
    with work() as uow:
        assert uow.session.scalars(select(OutboxMail)).all() == []


@shows("Accounts", "An invitation answers alike whether or not the address has an account")
@keeps("B4")
def test_invitations_answer_alike_for_known_and_unknown_addresses(desk, work) -> None:
    with work() as uow:
        known = make_person(uow).email
    answers = []
    for address in (known, "nobody@example.org"):
        answer = send(desk, f"{O}/team/invitations", {"addresses": address, "role": "reviewer", "track": ""})
        answers.append((answer.status_code, desk.get(f"{O}/team").text.count(address)))
    assert answers[0] == answers[1]


@shows("Workshops", "Roles are changed and taken away in a page")
def test_roles_are_changed_and_taken_in_pages(app, work) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        _person, row = member_of(uow, edition, Role.REVIEWER)
        client = client_for(app, uow, owner)
        own = queries.team(uow.session, edition.id)[0].id
    assert send(client, f"{O}/team/{row.id}", {"role": "front_desk", "track": ""}).status_code == 303
    assert "Front desk" in client.get(f"{O}/team").text
    assert send(client, f"{O}/team/{own}", {"role": "organiser", "track": ""}).status_code == 422
    answer = send(client, f"{O}/team/{own}/removal")
    assert "needs an owner" in client.get(answer.headers["Location"]).text
    assert send(client, f"{O}/team/{row.id}/removal").status_code == 303
    with work() as uow:
        assert len(queries.team(uow.session, edition.id)) == 1


@keeps("A1")
def test_a_reviewer_sees_owners_and_themselves_only_and_may_leave(app, work) -> None:
    with work() as uow:
        edition, _owner = make_team(uow)
        person, row = member_of(uow, edition, Role.REVIEWER, "Wahyuni")
        _other, theirs = member_of(uow, edition, Role.REVIEWER, "Idris Bello")
        client = client_for(app, uow, person)
    text = client.get(f"{O}/team").text
    assert "Amina Yusuf-Okafor" in text
    assert "Wahyuni" in text
    assert "Idris Bello" not in text
    assert "Invite" not in text
    assert "@example.org" not in text.replace("team@example.org", "")
    assert send(client, f"{O}/team/{theirs.id}/removal").status_code == 404
    assert send(client, f"{O}/team/{row.id}/removal").headers["Location"] == "/"
    assert client.get(f"{O}/team").status_code == 404


def test_hand_over_in_a_page(app, work) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        client = client_for(app, uow, owner)
    assert "alone on this team" in client.get(f"{O}/team/hand-over").text
    with work() as uow:
        person, _row = member_of(uow, edition, Role.ORGANISER, "Idris")
        stranger = make_person(uow)
    choice = client.get(f"{O}/team/hand-over").text
    assert f'<b>Idris</b><span class="small soft pick-more">{person.email}</span>' in choice
    assert send(client, f"{O}/team/hand-over", {"person": str(stranger.id)}).status_code == 422
    assert send(client, f"{O}/team/hand-over", {}).status_code == 422
    assert send(client, f"{O}/team/hand-over", {"person": str(person.id)}).status_code == 303
    assert client.get(f"{O}/team/hand-over").status_code == 404
    with work() as uow:
        assert [m.person_id for m in queries.with_role(uow.session, edition.id, frozenset({Role.OWNER}))] == [person.id]


def test_an_invitation_is_withdrawn_and_sent_again(desk, work) -> None:
    send(desk, f"{O}/team/invitations", {"addresses": "a@example.org", "role": "reviewer", "track": ""})
    assert send(desk, f"{O}/team/invitations/1/repeat").status_code == 303
    assert send(desk, f"{O}/team/invitations/1/withdrawal").status_code == 404
    assert send(desk, f"{O}/team/invitations/2/withdrawal").status_code == 303
    assert "a@example.org" not in desk.get(f"{O}/team").text


# --- founding


EDITION = {k: v for k, v in SETTINGS.items() if k not in ("visibility", "version")} | {"slug": "2027"}


@shows("Workshops", "Somebody with an ordinary account founds a community and its first edition in pages")
def test_somebody_founds_a_community_and_its_first_edition(app, work) -> None:
    with work() as uow:
        client = client_for(app, uow, make_person(uow, "Wahyuni"))
    assert app.test_client().get("/communities/new").status_code == 303
    answer = send(client, "/communities/new", {"name": "Wahyuni", "slug": "wahyuni", "accent": "#F5A623"})
    assert answer.headers["Location"] == "/wahyuni/new"
    assert client.get("/wahyuni/new").status_code == 200
    answer = send(client, "/wahyuni/new", EDITION)
    assert answer.headers["Location"] == "/wahyuni/2027/organise/settings"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert app.test_client().get("/wahyuni/2027/").status_code == 404


@pytest.mark.parametrize("slug", ["organise", "call", "new", "Ü", "", "x" * 50, "2026"])
@shows("Workshops", "A reserved or broken slug is told beside the field, and nothing typed is lost")
def test_a_slug_that_will_not_do_is_told_beside_the_field(desk, work, slug: str) -> None:
    answer = send(desk, "/musiml/new", EDITION | {"slug": slug})
    assert answer.status_code == 422
    assert 'href="#slug"' in answer.text
    assert 'value="Muslims in ML 2026"' in answer.text
    with work() as uow:
        assert len(uow.session.scalars(select(Edition)).all()) == 1


def test_a_taken_or_reserved_community_slug_keeps_what_was_typed(desk, work) -> None:
    for slug in ("musiml", "organise", "static"):
        answer = send(
            desk, "/communities/new", {"name": "One", "slug": slug, "description": "As typed", "accent": "#f5a623"}
        )
        assert answer.status_code == 422
        assert "As typed" in answer.text
        assert 'href="#slug"' in answer.text
    with work() as uow:
        assert len(uow.session.scalars(select(Community)).all()) == 1


def test_who_has_not_confirmed_is_told_so(app, work) -> None:
    with work() as uow:
        person = make_person(uow)
        person.confirmed_at = None
        client = client_for(app, uow, person)
    answer = client.get("/communities/new")
    assert answer.status_code == 403
    assert "Confirm your e-mail address first" in answer.text


def test_only_owners_of_the_community_edit_it(app, desk, work, one) -> None:
    with work() as uow:
        edition = make_edition(uow, "other", "2026")
        _member, stranger = make_team(uow, slug="2030")
        client = client_for(app, uow, stranger)
    for path in ("/musiml/settings", "/musiml/new", "/other/settings"):
        assert client.get(path).status_code == 404
        assert send(client, path, {"name": "Mine"}).status_code == 404
    assert app.test_client().get("/musiml/settings").status_code == 303
    assert app.test_client().get("/absent/settings").status_code == 303
    sent = {
        "name": "MusIML",
        "description": "We.",
        "website": "https://musiml.org",
        "contact_email": "",
        "accent": "#f5a623",
    }
    assert send(desk, "/musiml/settings", sent).status_code == 303
    assert "MusIML" in desk.get("/musiml/").text
    assert send(desk, "/musiml/settings", sent | {"website": "javascript:x"}).status_code == 422
    assert edition.community.name == "Muslims in ML"


@keeps("X2")
def test_two_clicks_found_one_edition(desk, work) -> None:
    form = EDITION | {"once": "k" * 24}
    first, second = send(desk, "/musiml/new", form), send(desk, "/musiml/new", form)
    assert first.headers["Location"] == second.headers["Location"]
    with work() as uow:
        assert len(uow.session.scalars(select(Edition)).all()) == 2
