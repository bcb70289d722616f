"""Every address as every kind of person."""

import pytest

from tests.access.conftest import Visits
from tests.access.matrix import DOCUMENT, render
from tests.access.visits import fillable
from tests.personas import ELSEWHERE, ORGANISER, OUTSIDERS, OWNER, PERSONAS, VISITOR, Persona
from tests.shows import keeps, shows
from tests.stage import Stage

pytestmark = pytest.mark.sqlite
every_persona = pytest.mark.parametrize("persona", PERSONAS, ids=lambda p: p.key)


def test_everything_an_address_can_name_is_in_the_world(stage: Stage) -> None:
    missing = fillable(stage)[1]
    assert not missing, "\n".join(missing)


@every_persona
@keeps("I12")
@shows("Access", "Every address is tried as every kind of person, and none of them breaks")
def test_nothing_breaks_whoever_comes(visits: Visits, persona: Persona) -> None:
    broken = [f"{v.method} {v.path}\n{v.answer.trace}" for v in visits(persona) if v.answer.status >= 500]
    assert not broken, "\n\n".join(broken)


@keeps("A1", "A7", "A11")
@shows("Access", "What every kind of person meets at every address is a checked-in table, compared at every run")
def test_the_matrix_is_what_was_agreed(visits: Visits) -> None:
    agreed, found = DOCUMENT.read_text(encoding="utf-8").splitlines(), render(visits).splitlines()
    differing = [f"agreed: {line}" for line in agreed if line not in found]
    differing += [f"found:  {line}" for line in found if line not in agreed]
    assert not differing, "run `make docs` and read what changed:\n" + "\n".join(differing)


@pytest.mark.parametrize("persona", OUTSIDERS, ids=lambda p: p.key)
@keeps("A2", "A4")
@shows("Access", "Organisers' addresses do not exist for anybody outside this edition's team")
def test_the_organisers_desk_is_shut_to_outsiders(visits: Visits, persona: Persona) -> None:
    shut = {"sign in", "·"} if persona is VISITOR else {"·"}
    asked = [v for v in visits(persona) if "/organise/" in v.rule]
    assert len(asked) > 20
    assert [f"{v.method} {v.path}: {v.word}" for v in asked if v.word not in shut] == []


@keeps("A2")
def test_a_visitor_at_the_desk_is_asked_to_sign_in_whether_or_not_the_edition_exists(stage: Stage) -> None:
    for rule in stage.rules():
        if "/organise/" in rule.rule and "GET" in (rule.methods or ()):
            try:
                answers = [
                    stage.ask(VISITOR, "GET", stage.path(rule, community=community, edition=edition))
                    for community, edition in (("musiml", "2026"), ("musiml", "2027"), ("nobody", "1999"))
                ]
            except KeyError:
                continue
            assert {(a.status, a.location.partition("?")[0]) for a in answers} == {(303, "/sign-in")}, rule


@keeps("A4")
def test_a_draft_does_not_exist_for_those_not_on_its_team(stage: Stage) -> None:
    from tests.personas import ATTENDEE

    world = stage.world
    for rule in stage.rules():
        if rule.rule.startswith("/<community>/<edition>/") and "GET" in (rule.methods or ()):
            try:
                path = stage.path(rule, community=world.draft.community, edition=world.draft.edition)
            except KeyError:
                continue
            answer = stage.ask(ATTENDEE, "GET", path)
            assert answer.status == 404, path


@pytest.mark.parametrize("persona", [OWNER, ORGANISER], ids=lambda p: p.key)
@keeps("A3", "A4")
@shows("Access", "An id of another edition, put into an address of one's own, opens nothing")
def test_ids_of_another_edition_open_nothing(stage: Stage, persona: Persona) -> None:
    """A number of another edition is answered as one that nothing bears."""
    opened, tried = [], 0
    for rule in stage.rules():
        for name in sorted(rule.arguments - {"community", "edition"}) if "edition" in rule.arguments else ():
            theirs = stage.world.argument(rule.endpoint, name, stage.world.elsewhere)
            if theirs == stage.world.argument(rule.endpoint, name):
                continue
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = stage.ask(persona, method, stage.path(rule, **{name: theirs}))
                absent = stage.ask(persona, method, stage.path(rule, **{name: _absent(theirs)}))
                tried += 1
                if answer.status < 400 or answer.status != absent.status:
                    opened.append(f"{method} {rule.rule}, {name} {theirs}: {answer.status}, absent {absent.status}")
    assert opened == []
    assert tried > 40


def _absent(value: object) -> object:
    return 987654 if isinstance(value, int) else "0" * 16


@keeps("A4")
def test_another_editions_organiser_is_a_stranger_here(visits: Visits) -> None:
    """In every edition's own pages they meet what an attendee without a registration meets, or less."""
    met = {
        (v.rule, v.method): v.word for v in visits(ELSEWHERE) if v.rule.startswith("/<community>/<edition>/organise")
    }
    assert set(met.values()) == {"·"}
