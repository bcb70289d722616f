"""Public pages: what they say, to whom, how dear they are, and how they are cached."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import client_for, join_team, make_date, make_edition, make_person, make_track, send
from tests.queries import count_queries
from tests.shows import keeps, shows
from tests.workshops.factories import make_series, make_team, own_community, picture
from workshop_manager.accounts.rules import LIFETIMES
from workshop_manager.accounts.states import Purpose
from workshop_manager.core import jobs
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.workshops import service, team
from workshop_manager.workshops.states import DateKey, Mode, Role, Visibility
from workshop_manager.workshops.team import Place


def _fill(uow, edition, number: int) -> None:
    for index in range(number):
        make_track(uow, edition, str(index), f"Track {index}")
        make_date(uow, edition, DateKey.OTHER, uow.now + timedelta(days=index))
        join_team(uow, edition, make_person(uow), Role.REVIEWER)


@pytest.fixture
def moved(work):
    """A public edition whose deadline has moved, and somebody in Jakarta."""
    with work() as uow:
        edition, uow.actor = make_team(
            uow, tagline="Affinity workshop at NeurIPS 2026", summary="A *morning* of talks."
        )
        due = datetime(2026, 9, 23, 11, 59, tzinfo=UTC)
        service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", Deadline(due, AOE))
        service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", Deadline(due + timedelta(days=14), AOE))
        make_track(uow, edition, "identity", "Research by Muslim authors", "At least one author self-identifies.")
        make_track(uow, edition, "communities", "Research on communities")
        person = make_person(uow, time_zone="Asia/Jakarta")
    return edition, person


@shows(
    "Workshops",
    "The overview shows dates in the announced zone and the reader's own",
    "A superseded date stays on the page, struck through",
)
def test_the_overview_says_when_in_both_zones_and_strikes_the_old_date_through(app, work, moved) -> None:
    _edition, person = moved
    with work() as uow:
        client = client_for(app, uow, person)
    text = re.sub(r"\s+", " ", client.get("/musiml/2026/").text)
    assert "Friday 11 December 2026" in text
    assert "08:30–13:00 in New Orleans (CST)" in text
    assert "21:30–02:00" in text
    assert "for you in Jakarta (WIB)" in text
    assert "<del>Tue 22 September</del>" in text
    assert "Tue 6 October, 23:59 AoE" in text
    assert "Wed 7 October, 18:59 for you" in text
    assert "extended" in text
    assert "Two ways to take part as an author" in text
    assert "A <em>morning</em> of talks." in text
    assert text.count("<h1") == 1


def test_a_deadline_moved_within_its_day_shows_both_hours(app, work) -> None:
    with work() as uow:
        edition, uow.actor = make_team(uow)
        for hour in (9, 11):
            at = datetime(2026, 9, 23, hour, 59, tzinfo=UTC)
            service.set_date(uow, edition, DateKey.ABSTRACTS_DUE, "Abstracts due", Deadline(at, AOE))
    text = app.test_client().get("/musiml/2026/").text
    assert "<del>Tue 22 September, 21:59 AoE</del>" in text
    assert "Tue 22 September, 23:59 AoE" in text


@shows("Workshops", "Public pages carry canonical and OpenGraph tags")
def test_public_pages_name_themselves_to_search_engines_and_links(app, work, moved) -> None:
    text = app.test_client().get("/musiml/2026/").text
    assert '<link rel="canonical" href="http' in text
    assert '/musiml/2026/">' in text
    for name in ("og:title", "og:description", "og:url", "og:site_name", "og:type"):
        assert f'property="{name}"' in text
    assert 'content="A morning of talks."' in text
    for path in ("/musiml/", "/musiml/2026/conduct", "/about/privacy", "/about/accessibility"):
        answer = app.test_client().get(path)
        assert answer.status_code == 200
        assert f'{path}">' in answer.text.split("canonical")[1][:200]
        assert "og:title" in answer.text


@keeps("P4")
@shows("Privacy", "The privacy page says how long the text of a mail is kept, and what was typed when a session ended")
def test_the_privacy_page_says_how_long_texts_are_kept(app, work) -> None:
    assert LIFETIMES[Purpose.TYPED] == timedelta(hours=2)
    (job,) = [job for job in jobs.registered() if job.name == "forget-old-sign-ins"]
    assert job.every == 3600
    text = app.test_client().get("/about/privacy").text
    assert "The text of a mail we sent is removed 180 days after it went out" in text
    assert "for two hours at most. Then it is removed within the hour." in text


@keeps("I1", "I2")
def test_what_was_typed_does_not_run(app, work) -> None:
    bad = "<script>alert(1)</script>"
    with work() as uow:
        edition = make_edition(
            uow, name=bad, summary=f"{bad} [x](javascript:alert(1)) <b onclick=x>", good_to_know=bad, tagline=bad,
            city=bad, venue=bad, code_of_conduct=bad,
        )  # fmt: skip
        edition.community.name = edition.community.description = bad
        make_track(uow, edition, "1", bad, bad)
        make_date(uow, edition, DateKey.OTHER, uow.now, label=bad)
    for path in ("/musiml/", "/musiml/2026/", "/musiml/2026/conduct"):
        text = app.test_client().get(path).text
        assert "<script>alert" not in text
        assert 'href="javascript:' not in text
        assert "onclick=x>" not in text.replace("&lt;b onclick=x&gt;", "")


@shows("Workshops", "A draft exists for its team only")
@keeps("A6")
def test_a_draft_is_absent_for_all_but_its_team(app, work) -> None:
    with work() as uow:
        edition, owner = make_team(uow, visibility=Visibility.DRAFT)
        make_edition(uow, "other", "2026")
        _other, stranger = make_team(uow, slug="2027")
        inside, outside = client_for(app, uow, owner), client_for(app, uow, stranger)
    visitor = app.test_client()
    absent = visitor.get("/musiml/nothing/")
    colour = edition.accent_colour[1:]
    for path in ("", "conduct", f"edition.{colour}.css"):
        assert inside.get(f"/musiml/2026/{path}").status_code == 200
        for client in (visitor, outside):
            answer = client.get(f"/musiml/2026/{path}")
            assert answer.status_code == 404
    tidy = lambda text: re.sub(r"[0-9a-f]{4}-[0-9a-f]{4}|value=\"[^\"]{20,}\"|/musiml/\w+/", "", text)  # noqa: E731
    assert tidy(visitor.get("/musiml/2026/").text) == tidy(absent.text)
    assert "Only the team sees this page" in inside.get("/musiml/2026/").text
    assert "Muslims in ML 2026" not in outside.get("/musiml/").text
    assert "Muslims in ML 2026" in inside.get("/musiml/").text


@keeps("A6")
def test_a_community_without_a_public_edition_is_absent_but_for_its_makers(app, work) -> None:
    with work() as uow:
        edition, member = make_team(uow, Role.REVIEWER, visibility=Visibility.DRAFT)
        owner = make_person(uow)
        own_community(uow, edition.community, owner)
        clients = [client_for(app, uow, p) for p in (owner, member)]
        stranger = client_for(app, uow, make_person(uow))
    assert [c.get("/musiml/").status_code for c in clients] == [200, 200]
    assert [c.get("/musiml/").status_code for c in (stranger, app.test_client())] == [404, 404]


@shows("Workshops", "A community's page lists what comes next before what is past")
def test_the_community_lists_next_before_past(app, work) -> None:
    with work() as uow:
        start = datetime(2026, 12, 11, 14, tzinfo=UTC)
        for year in (2023, 2026, 2028):
            there = start.replace(year=year)
            make_edition(uow, slug=str(year), starts_at=there, ends_at=there + timedelta(hours=4))
    text = app.test_client().get("/musiml/").text
    places = [text.index(f"/musiml/{year}/") for year in (2026, 2028, 2023)]
    assert places == sorted(places)
    assert "Past" in text


@shows("Workshops", "A recurring series of meetups shows the next one first")
def test_a_series_shows_its_next_meetup_first(app, work, clock) -> None:
    with work() as uow:
        make_series(uow)
    text = app.test_client().get("/wimlds-accra/meetups/").text
    assert text.index("Next meetup") < text.index("Saturday 13 June 2026") < text.index("Coming up")
    assert "Saturday 11 July 2026" in text
    assert "18:00–19:30 GMT" in text
    clock.at = datetime(2026, 6, 13, 19, 30, tzinfo=UTC)
    assert "Saturday 13 June 2026" not in app.test_client().get("/wimlds-accra/meetups/").text
    clock.at = datetime(2027, 1, 10, tzinfo=UTC)
    assert app.test_client().get("/wimlds-accra/meetups/").status_code == 200


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("city", [None, "Accra"])
def test_every_mode_has_a_place(app, work, mode: Mode, city: str | None) -> None:
    with work() as uow:
        make_edition(uow, mode=mode, city=city)
    assert app.test_client().get("/musiml/2026/").status_code == 200


def test_several_days_are_said_as_such(app, work) -> None:
    with work() as uow:
        start = datetime(2026, 12, 11, 14, tzinfo=UTC)
        make_edition(uow, starts_at=start, ends_at=start + timedelta(days=2))
    client = app.test_client()
    page = client.get("/musiml/2026/").text
    assert "Fri 11 December – Sun 13 December 2026" in page
    assert "from 08:00 on the first day to 08:00 on the last in New Orleans (CST)" in page
    client.set_cookie("tz", "UTC")
    assert "from 14:00 on the first day to 14:00 on the last for you in UTC" in flat(client.get("/musiml/2026/").text)
    client.set_cookie("tz", "Pacific/Auckland")
    page = flat(client.get("/musiml/2026/").text)
    assert "Sat 12 December, 03:00 – Mon 14 December, 03:00 for you in Auckland (NZDT)" in page


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_night_is_one_stretch_of_hours(app, work) -> None:
    with work() as uow:
        start = datetime(2026, 12, 12, 3, tzinfo=UTC)
        make_edition(uow, starts_at=start, ends_at=start + timedelta(hours=5))
    page = app.test_client().get("/musiml/2026/").text
    assert "Fri 11 December – Sat 12 December 2026" in page
    assert "21:00–02:00 in New Orleans (CST)" in page


# --- queries

OWN_TABLES = {
    "people", "communities", "editions", "important_dates", "earlier_dates", "tracks", "rooms", "team_members",
    "invitations", "community_owners", "logos",
}  # fmt: skip


@pytest.mark.parametrize("number", [1, 500])
@shows("Workshops", "No page of communities, editions, settings or teams asks more than 12 queries, at 1 or 500 rows")
def test_pages_cost_the_same_at_one_row_and_at_five_hundred(app, work, database, number: int) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        own_community(uow, edition.community, owner)
        _fill(uow, edition, number)
        client = client_for(app, uow, owner)
    budget = {
        "/musiml/2026/": 7, "/musiml/": 4, "/musiml/2026/conduct": 3, "/musiml/2026/organise/settings": 3,
        "/musiml/2026/organise/settings/dates": 5, "/musiml/2026/organise/settings/tracks": 4,
        "/musiml/2026/organise/settings/rooms": 4, "/musiml/2026/organise/team": 6,
        "/musiml/2026/organise/team/hand-over": 5,
    }  # fmt: skip
    for path, most in budget.items():
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        own = [q for q in seen if re.search(r"FROM (\w+)", q)[1] in OWN_TABLES]
        assert len(own) <= most, (path, own)
        assert len(seen) <= 12, (path, len(seen), seen)


# --- colour and logo


@shows("Workshops", "An edition's colour is a style sheet under a lasting address")
def test_the_style_sheet_is_made_from_its_address_and_kept_for_ever(app, work, database) -> None:
    with work() as uow:
        edition = make_edition(uow)
        person = make_person(uow)
        signed_in = client_for(app, uow, person)
    path = f"/musiml/2026/edition.{edition.accent_colour[1:]}.css"
    for client in (app.test_client(), signed_in):
        with count_queries(database) as seen:
            answer = client.get(path)
        assert len(seen) == 1
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "Set-Cookie" not in answer.headers
    assert "--wm-accent:" in answer.text
    assert 'url("data:image/svg+xml;base64,' in answer.text
    again = app.test_client().get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for wrong in ("edition.red.css", "edition.12345.css", "edition.F5A623.css", "edition.%22%7D.css"):
        assert app.test_client().get(f"/musiml/2026/{wrong}").status_code == 404


def test_the_style_sheet_of_a_community_tells_nothing_about_what_exists(app, work) -> None:
    assert app.test_client().get("/nobody/community.5a3a86.css").status_code == 200
    assert app.test_client().get("/nobody/community.zzz.css").status_code == 404


@keeps("D2")
def test_the_logo_is_served_under_its_digest_only(app, work) -> None:
    with work() as uow:
        edition, uow.actor = make_team(uow)
        service.set_logo(uow, edition, picture("JPEG"))
        digest = edition.logo_digest
    answer = app.test_client().get(f"/musiml/2026/logo.{digest}")
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert app.test_client().get("/musiml/2026/logo.0000000000000000").status_code == 404
    assert f"logo.{digest}" in app.test_client().get("/musiml/2026/").text


# --- invitations


@pytest.fixture
def invited(work):
    """An open invitation: its edition and its token."""
    import re as regex

    from sqlalchemy import select

    from workshop_manager.mail.models import OutboxMail

    with work() as uow:
        edition, uow.actor = make_team(uow, visibility=Visibility.DRAFT)
        team.invite(uow, edition, "wahyuni@example.org", Place(Role.FRONT_DESK))
        uow.session.flush()
        body = uow.session.execute(select(OutboxMail.text_body)).scalar_one()
    return edition, regex.search(r"/invitations/(\S+)", body)[1]


@shows("Workshops", "Who is invited without an account signs in first and comes back to the invitation")
@keeps("B9", "T5")
def test_a_visitor_sees_the_invitation_signs_in_and_comes_back(app, work, invited) -> None:
    edition, token = invited
    visitor = app.test_client()
    for _scanner in range(3):
        answer = visitor.get(f"/invitations/{token}")
        assert answer.status_code == 200
    assert edition.name in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'name="robots" content="noindex"' in answer.text
    assert f"/sign-in?next=/invitations/{token}" in answer.text
    sent = send(visitor, f"/invitations/{token}", {"do": "accept"})
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/sign-in?next=/invitations/{token}"
    with work() as uow:
        person = make_person(uow, "Wahyuni", "other@example.org")
        client = client_for(app, uow, person)
    assert "That is another address" in client.get(f"/invitations/{token}").text
    assert client.get("/musiml/2026/").status_code == 404
    assert send(client, f"/invitations/{token}", {"do": "accept"}).headers["Location"] == "/musiml/2026/"
    assert client.get("/musiml/2026/").status_code == 200
    assert client.get("/musiml/2026/organise/settings").status_code == 404


@keeps("B4")
def test_wrong_used_and_expired_tokens_look_alike(app, work, invited, clock) -> None:
    _edition, token = invited
    client = app.test_client()
    clock.at += timedelta(days=15)
    expired = client.get(f"/invitations/{token}")
    clock.at -= timedelta(days=15)
    assert send(client, f"/invitations/{token}", {"do": "decline"}).status_code == 303
    client.get("/")  # takes the flashed sentence away
    used, wrong = client.get(f"/invitations/{token}"), client.get("/invitations/nonsense")
    posted = send(client, f"/invitations/{token}", {"do": "accept"})
    tidy = lambda r: re.sub(r"value=\"[^\"]{20,}\"|/invitations/[\w-]+", "", r.text)  # noqa: E731
    assert {a.status_code for a in (expired, used, wrong, posted)} == {404}
    assert tidy(expired) == tidy(used) == tidy(wrong)
    assert "No open invitation here" in posted.text


@keeps("I14")
def test_an_invitation_without_a_csrf_token_answers_nothing(app, invited) -> None:
    _edition, token = invited
    client = app.test_client()
    assert client.post(f"/invitations/{token}", data={"do": "decline"}).status_code == 400
    assert client.get(f"/invitations/{token}").status_code == 200
