"""What must not be seen by the wrong eyes, searched for in every answer."""

import re

import pytest

from tests.access.conftest import Visits
from tests.access.visits import Visit
from tests.personas import (
    ATTENDEE,
    AUTHOR,
    CHAIR,
    COAUTHOR,
    ELSEWHERE,
    GRANTS,
    ORGANISER,
    OWNER,
    PERSONAS,
    READERS,
    REVIEWER,
    VISITOR,
    Persona,
)
from tests.shows import keeps, shows
from tests.stage import Answer, Stage
from tests.world import ABOUT_ONESELF, BANK, CHAIRS_OWN, GHOST, JOIN_LINK, NOTE, PASSPORT, STATEMENT, UNRELEASED

pytestmark = pytest.mark.sqlite
every_persona = pytest.mark.parametrize("persona", PERSONAS, ids=lambda p: p.key)

AUTHORS_MARKS = (
    *(mark for one in (AUTHOR, COAUTHOR) for mark in (one.name, one.email, one.affiliation, one.name.split()[-1])),
    *(one.email.partition("@")[0] for one in (AUTHOR, COAUTHOR)),
    *(GHOST.name, GHOST.email, GHOST.affiliation, "Quartzmarker", "quartzmarker"),
)


BY_LINK = (
    "/demo/",
    "/invitations/",
    "/reset/",
    "/sign-in/",
    "/account/email/",
    "/authorships/",
    "/seats/",
    "/speaking/",
)
"""Addresses that open for whoever has the link from a mail: the test world knows them all, a reviewer does not."""


def _found(visit: Visit, marks: tuple[str, ...]) -> list[str]:
    everything = visit.answer.body + "\n".join(visit.answer.headers.values()).encode()
    return [mark for mark in marks if mark.encode() in everything]


@pytest.mark.parametrize("persona", READERS, ids=lambda p: p.key)
@keeps("A9", "D7")
@shows("Review and decisions", "Reviewers see no author's name, address or affiliation on any page or in any file")
def test_reviewers_never_meet_an_author(visits: Visits, persona: Persona) -> None:
    leaks = [
        f"{v.method} {v.path}: {found}"
        for v in visits(persona)
        if not v.rule.startswith(BY_LINK) and (found := _found(v, AUTHORS_MARKS))
    ]
    assert leaks == []


LINK_SET = (
    *("workshops.settings_rooms", "workshops.settings_room"),
    *("registrations.desk_settings", "registrations.desk_settings_save"),
)
LINK_SHOWN = {
    # Whoever sets the links up. Those who may join are led there in time, see tests/schedule/test_joining.py.
    ORGANISER.key: set(LINK_SET),
    OWNER.key: set(LINK_SET),
}


@every_persona
@keeps("T2")
@shows("Registration", "The link to join stands on no page, in no feed and in no header before its time, whoever asks")
def test_the_join_link_is_for_the_registered(visits: Visits, persona: Persona) -> None:
    mark = JOIN_LINK.partition("//")[2].partition("/")[0]
    shown = {v.endpoint for v in visits(persona) if _found_unfolded(v, mark)}
    assert shown <= LINK_SHOWN.get(persona.key, set())


def _found_unfolded(visit: Visit, mark: str) -> bool:
    """In the answer as a calendar program reads it, or in a header: the policy names a host, too."""
    headers = "\n".join(visit.answer.headers.values())
    return mark.encode() in visit.answer.body.replace(b"\r\n ", b"") or mark in headers


def test_the_join_link_is_where_it_belongs(visits: Visits) -> None:
    """Else the test above would find nothing because there is nothing."""
    shown = {v.endpoint for v in visits(OWNER) if JOIN_LINK.encode() in v.answer.body}
    assert {"registrations.desk_settings", "workshops.settings_rooms"} <= shown <= set(LINK_SET)


@every_persona
@keeps("A1")
@shows("Travel grants", "What an applicant writes is read by the committee, the organisers and the applicant only")
def test_what_applicants_write_is_for_the_committee(visits: Visits, persona: Persona) -> None:
    readers = {GRANTS.key, ORGANISER.key, OWNER.key, ATTENDEE.key, AUTHOR.key, COAUTHOR.key, REVIEWER.key}
    shown = [v.path for v in visits(persona) if STATEMENT.encode() in v.answer.body]
    assert bool(shown) == (persona.key in readers), shown


@every_persona
@keeps("A1")
@shows("Grants", "Internal notes about an application are read by the committee and the organisers only")
def test_internal_notes_about_grants_are_for_the_committee(visits: Visits, persona: Persona) -> None:
    shown = [v.path for v in visits(persona) if NOTE.encode() in v.answer.body]
    assert bool(shown) == (persona.key in {GRANTS.key, ORGANISER.key, OWNER.key}), shown


@every_persona
@keeps("A1")
@shows("Grants", "Where somebody is paid to is shown to those who pay, by asking; each look is noted")
def test_bank_details_are_on_no_page_that_is_only_opened(visits: Visits, persona: Persona) -> None:
    shown = {v.endpoint for v in visits(persona) if BANK.encode() in v.answer.body}
    assert shown <= ({"claims.desk_bank"} if persona.key in {ORGANISER.key, OWNER.key} else set())


@every_persona
@shows("At the door", "What stands in a passport is read by organisers and its holder only")
def test_passports_are_for_organisers(visits: Visits, persona: Persona) -> None:
    shown = [v.path for v in visits(persona) if PASSPORT.encode() in v.answer.body]
    assert bool(shown) == (persona.key in {ORGANISER.key, OWNER.key}), shown


@every_persona
@keeps("P1", "P2")
@shows("Registration", "What somebody says of themselves is on a page of their own and in nobody else's")
def test_self_identification_is_for_its_person(visits: Visits, persona: Persona) -> None:
    shown = {v.rule for v in visits(persona) if ABOUT_ONESELF.encode() in v.answer.body}
    assert bool(shown) == (persona is ATTENDEE), shown


@keeps("A12")
@shows("Review and decisions", "A chair meets nothing of their own work at the chairs' desk")
def test_a_chair_does_not_meet_their_own_work_at_the_desk(visits: Visits) -> None:
    marks = (CHAIRS_OWN,)
    assert [v.path for v in visits(OWNER) if "/organise/" in v.rule and _found(v, marks)]
    assert [v.path for v in visits(CHAIR) if "/organise/" in v.rule and _found(v, marks)] == []


EMBARGOED = {
    "a decision": ("UPDATE decisions SET outcome = 'oral' WHERE released_at IS NULL", "the board alone"),
    "no decision": ("DELETE FROM decisions WHERE released_at IS NULL", "the board alone"),
    "a grant": ("UPDATE grant_applications SET verdict = 'reject' WHERE verdict IS NOT NULL", "the committee"),
    "a title": (f"UPDATE schedule_items SET title = 'Quite another' WHERE title = '{UNRELEASED}'", "the draft"),
}


@pytest.mark.parametrize("what", EMBARGOED)
@pytest.mark.parametrize("persona", [VISITOR, AUTHOR, ATTENDEE, REVIEWER], ids=lambda p: p.key)
@keeps("A13")
@shows("Review and decisions", "What is decided and not released shows in nothing that its people get, to the byte")
def test_what_is_not_released_shows_nowhere(stage: Stage, visits: Visits, persona: Persona, what: str) -> None:
    """The same world with another pending decision, award or draft looks the same to everybody it concerns."""
    told = []
    with stage.altered(EMBARGOED[what][0]) as otherwise:
        for visit in visits(persona):
            if visit.method == "GET" and visit.answer.status == 200 and not visit.rule.startswith(_RANDOM):
                answer = stage.ask(persona, "GET", visit.path, database=otherwise)
                if _without_what_varies(answer, visit.path) != _without_what_varies(visit.answer, visit.path):
                    told.append(visit.path)
    assert told == []


_RANDOM = ("/account/two-step", "/account/recovery-codes", "/demo/", "/account/passkeys", "/sign-in/passkey")
"""New secrets at each look, and the demo's mailbox, which shows everybody's mails."""


PUBLIC_NAMES = ("everybody", "whoever may see the edition", "whoever may see the community")


@every_persona
@keeps("T5")
@shows("Pages", "Private pages are not stored by browsers or proxies")
def test_private_pages_are_not_stored(stage: Stage, visits: Visits, persona: Persona) -> None:
    """For a signed-in person every page is private; for a visitor those are whose address holds a token."""
    kept = []
    for visit in visits(persona):
        rule = stage.app.extensions["access"][visit.endpoint].name
        is_private = (
            rule not in PUBLIC_NAMES or "<token>" in visit.rule or (persona is not VISITOR and visit.answer.is_html)
        )
        if is_private and visit.answer.status == 200:
            control = visit.answer.headers.get("Cache-Control", "")
            is_picture = visit.answer.headers.get("Content-Type", "").startswith(("text/css", "image/"))
            is_public_file = visit.rule.endswith((".ics", "/schedule.html"))
            if "no-store" not in control and not is_picture and not is_public_file:
                kept.append(f"{visit.method} {visit.path}: {control}")
    assert kept == []


@every_persona
@keeps("I3", "I4")
def test_every_answer_carries_the_security_headers(visits: Visits, persona: Persona) -> None:
    bare = [
        f"{v.method} {v.path}"
        for v in visits(persona)
        if "Content-Security-Policy" not in v.answer.headers
        or "unsafe" in v.answer.headers["Content-Security-Policy"].replace("style-src 'unsafe-inline'; sandbox", "")
        or v.answer.headers.get("X-Content-Type-Options") != "nosniff"
    ]
    assert bare == []


def _without_what_varies(answer: Answer, path: str) -> str:
    text = answer.text.replace(path.replace("&", "&amp;"), "PATH")
    text = re.sub(r"[0-9a-f]{4}-[0-9a-f]{4}", "REQUEST", text)
    text = re.sub(r'name="(csrf_token|once|form_key)"[^>]*value="[^"]*"', "TOKEN", text)
    text = re.sub(r'data-token="[^"]*"', "TOKEN", text)  # the same, where a script sends it
    headers = {k: v for k, v in answer.headers.items() if k not in ("Content-Length", "Set-Cookie", "Date")}
    return f"{answer.status}\n{headers}\n{text}"


@pytest.mark.parametrize("persona", [VISITOR, ATTENDEE, ELSEWHERE], ids=lambda p: p.key)
@keeps("A6")
@shows("Access", "What one may not know of answers like what does not exist, to the byte")
def test_forbidden_and_absent_look_alike(stage: Stage, visits: Visits, persona: Persona) -> None:
    told, compared = [], 0
    for visit in visits(persona):
        if visit.word != "·" or "<community>/<edition>" not in visit.rule:
            continue
        rule = next(r for r in stage.rules() if r.rule == visit.rule and r.endpoint == visit.endpoint)
        for instead in ({"edition": "2099"}, _absent(rule.arguments)):
            path = stage.path(rule, **instead)
            absent = stage.ask(persona, visit.method, path)
            compared += 1
            if _without_what_varies(absent, path) != _without_what_varies(visit.answer, visit.path):
                told.append(f"{visit.method} {visit.path} and {path}")
    assert told == []
    assert compared > 20


def _absent(names: set[str]) -> dict[str, object]:
    ids = {name: 987654 for name in names if name.endswith("_id") or name == "number"}
    return ids or {"edition": "2098"}


VARIANTS = ("{}/", "{}//", "{}/.", "{};x", "{}.json", "{}%2e", "/.{}", "/{}", "{}?_method=GET", "{}%00")
FORWARDED = {
    "X-Original-URL": "/", "X-Rewrite-URL": "/", "X-HTTP-Method-Override": "GET", "X-Forwarded-Host": "localhost",
    "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Prefix": "/musiml", "X-Forwarded-User": "owner",
}  # fmt: skip


@pytest.mark.parametrize("persona", [VISITOR, ATTENDEE], ids=lambda p: p.key)
@keeps("A10")
@shows("Access", "HEAD, OPTIONS, other spellings of an address and proxy headers open nothing that GET does not")
def test_other_spellings_open_nothing(stage: Stage, visits: Visits, persona: Persona) -> None:
    opened = []
    for visit in visits(persona):
        if visit.method != "GET" or visit.word not in ("·", "sign in") or "<community>/<edition>" not in visit.rule:
            continue
        tries = [("HEAD", visit.path, {}), ("GET", visit.path, FORWARDED)]
        tries += [("GET", variant.format(visit.path), {}) for variant in VARIANTS]
        tries += [("GET", visit.path.upper(), {}), ("GET", visit.path.replace("/organise", "/./organise"), {})]
        for method, path, headers in tries:
            answer = stage.ask(persona, method, path, headers=headers)
            if answer.status not in (visit.answer.status, 404, 308, 301, 400):
                opened.append(f"{method} {path}: {answer.status}")
    assert opened == []


@pytest.mark.parametrize("persona", [VISITOR, ATTENDEE, OWNER], ids=lambda p: p.key)
@keeps("A10")
def test_head_answers_as_get_and_options_tells_nothing_of_what_exists(
    stage: Stage, visits: Visits, persona: Persona
) -> None:
    differing = []
    for visit in visits(persona):
        if visit.method == "GET":
            head = stage.ask(persona, "HEAD", visit.path)
            if head.status != visit.answer.status or head.body:
                differing.append(f"HEAD {visit.path}: {head.status}")
        if visit.word == "·" and "<int:" in visit.rule:
            rule = next(r for r in stage.rules() if r.rule == visit.rule and r.endpoint == visit.endpoint)
            absent = stage.path(rule, **_absent(rule.arguments))
            told = {stage.ask(persona, "OPTIONS", path).status for path in (visit.path, absent)}
            if len(told) > 1:
                differing.append(f"OPTIONS {visit.path}: {told}")
    assert differing == []


@keeps("I14")
@shows("Pages", "Looking never changes anything: no GET writes")
def test_no_get_writes(stage: Stage) -> None:
    """The copy that every GET reads still holds what the world held, after all of them."""
    from sqlalchemy import func, select, text

    from workshop_manager import tables
    from workshop_manager.core.database import Database

    world = Database(f"sqlite:///{stage.source}")
    for table in tables.metadata.sorted_tables:
        with world.connection() as before, stage.readers.connection() as after:
            # A table that numbers no rows is told by the first of its names, which are drawn anew at each write.
            numbered = table.dialect_options["sqlite"]["with_rowid"]
            of_row = func.total(text("rowid")) if numbered else func.min(*table.primary_key)
            query = select(func.count(), of_row).select_from(table)
            assert before.execute(query).one() == after.execute(query).one(), table.name
    world.dispose()
