"""What a fool or a foe may type, at every address and into every form."""

import itertools
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter

from tests.access.conftest import Visits
from tests.markup import Form, forms_of
from tests.personas import ATTENDEE, AUTHOR, CHAIR, GRANTS, ORGANISER, OWNER, REVIEWER, VISITOR, Persona
from tests.shows import keeps, shows
from tests.stage import ROOT, Stage

pytestmark = pytest.mark.sqlite

JUNK = ("-1", "1e99", "9" * 30, "%00", "' OR 1=1 --", "x" * 10_000, "🧵\u202e", "2026-02-30")  # fmt: skip
Forms = list[tuple[Persona, Form]]
SEEN = (VISITOR, OWNER, ORGANISER, CHAIR, REVIEWER, AUTHOR, ATTENDEE, GRANTS)


@cache
def _query_names() -> tuple[str, ...]:
    """Every name that some view reads from a query, found in the source."""
    source = "\n".join(p.read_text(encoding="utf-8") for p in Path(ROOT / "workshop_manager").rglob("*.py"))
    found = set(re.findall(r"""(?:args|values)(?:\.get|\.getlist)?[(\[]\s*["'](\w+)["']""", source))
    return tuple(sorted(found | {"page", "q", "state", "track", "sort", "to", "next", "format"}))


class _Noting(ImmutableMultiDict[str, str]):
    """A query that notes whether anything in it was looked at."""

    noted = False

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("__"):
            _Noting.noted = True
        return super().__getattribute__(name)

    def __getitem__(self, key: str) -> str:
        _Noting.noted = True
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        _Noting.noted = True
        return super().__contains__(key)

    def __iter__(self) -> Any:
        _Noting.noted = True
        return super().__iter__()


@keeps("I12", "I5")
@shows("Bad input", "Junk in any query is answered calmly at every address")
def test_junk_in_a_query_breaks_nothing(stage: Stage, visits: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing in a query is ever looked at, one piece of junk stands for all."""
    from urllib.parse import urlencode

    monkeypatch.setattr(Request, "parameter_storage_class", _Noting)
    broken, looked = [], 0
    for persona, path in _widest(visits):
        _Noting.noted = False
        for junk in JUNK:
            answer = stage.ask(persona, "GET", f"{path}?{urlencode(dict.fromkeys(_query_names(), junk))}")
            if answer.status >= 500:
                broken.append(f"{path}\n{answer.trace}")
            if not _Noting.noted:
                break
        looked += _Noting.noted
    assert not broken, "\n\n".join(broken)
    assert looked > 40


def _widest(visits: Visits) -> list[tuple[Persona, str]]:
    """Every address that answers a GET, with somebody who sees something there."""
    found: dict[str, tuple[Persona, str]] = {}
    for persona in SEEN:
        for visit in visits(persona):
            if visit.method == "GET" and visit.answer.status == 200 and visit.endpoint not in found:
                found[visit.endpoint] = (persona, visit.path)
    return list(found.values())


@keeps("I12", "A3")
@shows("Bad input", "A number beyond all bounds, or a name of any length, in an address is a page that is not there")
def test_junk_in_an_address_is_not_there(stage: Stage) -> None:
    broken, names = [], ("\0", "x" * 3000, "🧵", "'", "..", "%", "a b")
    turn = itertools.cycle(names)
    for rule in stage.rules():
        for name in sorted(rule.arguments):
            is_number = isinstance(rule._converters[name], IntegerConverter)
            is_shared = name in ("community", "edition")  # looked up by the same lines for every rule: each in its turn
            for junk in (0, 10**18, 10**30) if is_number else (next(turn),) if is_shared else names:
                try:
                    path = stage.path(rule, **{name: junk})
                except KeyError:
                    continue
                answer = stage.ask(OWNER, "GET" if "GET" in (rule.methods or ()) else "POST", path)
                if answer.status >= 500:
                    broken.append(f"{path[:200]}\n{answer.trace}")
    assert not broken, "\n\n".join(broken)


@pytest.fixture(scope="module")
def every_form(stage: Stage, visits: Visits) -> Forms:
    """Every form that is sent by POST, once for each endpoint and set of fields, with somebody who is shown it."""
    found: dict[object, tuple[Persona, Form]] = {}
    address = stage.app.url_map.bind("localhost")
    for persona in SEEN:
        for visit in visits(persona):
            if visit.method == "GET" and visit.answer.status == 200 and visit.answer.is_html:
                for form in forms_of(visit.answer.text, visit.path):
                    if form.method == "post" and form.texts:
                        endpoint = address.match(form.action.partition("?")[0], method="POST")[0]
                        found.setdefault((endpoint, form.names), (persona, form))
    return list(found.values())


TYPED = {
    "too long": "x" * 10_000,
    "emoji": "🧶🧵" * 20,
    "control signs": "a\x00b\x1f\u202e\ud7ff\ufffe",
    "right to left": "صباح الخير " * 30,
    "markup": "<script>alert(1)</script>{{ 7*7 }}%s'\";--",
    "nothing": "",
}


@pytest.mark.parametrize("kind", TYPED)
@keeps("I12", "I13", "O2")
@shows("Bad input", "10,000 characters, an emoji, control signs or markup in any field of any form: a clear answer")
def test_whatever_is_typed_into_a_form_is_answered(stage: Stage, every_form: Forms, kind: str) -> None:
    broken = []
    assert len(every_form) > 15
    for persona, form in every_form:
        data = form.filled(TYPED[kind])
        data.pop("csrf_token", None)
        answer = stage.ask(persona, "POST", form.action, data)
        if answer.status not in (200, 303, 403, 404, 409, 410, 422):
            broken.append(f"{form.action}: {answer.status}\n{answer.trace}")
    assert not broken, "\n\n".join(broken)


@keeps("I12", "A8")
@shows("Bad input", "Hidden fields and choices changed by hand are refused, never carried out or broken by")
@pytest.mark.parametrize("value", ["9" * 30, "-1", "nonsense", "\x00"], ids=["huge", "negative", "word", "nul"])
def test_fields_changed_by_hand_break_nothing(stage: Stage, every_form: Forms, value: str) -> None:
    broken = []
    for persona, form in every_form:
        kept = ("csrf_token", "once", "next")
        data = {name: sent if name in kept else value for name, sent in form.fields.items() if name != "csrf_token"}
        answer = stage.ask(persona, "POST", form.action, data)
        if answer.status >= 500:
            broken.append(f"{form.action}: {answer.status}\n{answer.trace}")
    assert not broken, "\n\n".join(broken)


@keeps("I2", "I1")
@shows("Bad input", "What is typed comes back as text, never as markup")
def test_markup_that_was_typed_comes_back_as_text(stage: Stage, every_form: Forms) -> None:
    mark = "<i data-evil=1>"
    run = []
    for persona, form in every_form:
        data = form.filled(f"{mark}{{{{ 7*7 }}}}")
        data.pop("csrf_token", None)
        answer = stage.ask(persona, "POST", form.action, data)
        if answer.is_html and (mark in answer.text or "49}}" in answer.text):
            run.append(form.action)
    assert run == []
