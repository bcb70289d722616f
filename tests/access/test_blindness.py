"""Blindness, byte by byte: no answer that a reviewer can get, opened to its last layer, names an author.

And the search is tried itself: with any one of the filters taken away it must find something.
"""

import gzip
import io
import unicodedata
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdf.generic import IndirectObject, StreamObject
from sqlalchemy import select, true

from tests.access.conftest import Visits
from tests.access.test_leaks import AUTHORS_MARKS, BY_LINK
from tests.access.visits import fillable
from tests.personas import READERS, REVIEWER, Persona
from tests.shows import keeps, shows
from tests.stage import Answer, Stage
from workshop_manager.accounts.models import Person
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops.rules import Standing

pytestmark = pytest.mark.sqlite


def folded(text: str) -> str:
    """As it is compared: no accents, no case, one kind of blank."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


MARKS = tuple(sorted({folded(mark) for mark in AUTHORS_MARKS}))


def layers(body: bytes) -> Iterator[str]:
    """Everything that can be read out of these bytes: as they are, without tags, and whatever is packed inside."""
    yield body.decode("utf-8", "replace")
    yield body.decode("utf-16-be", "replace")
    text = unescape(body.decode("utf-8", "replace"))
    yield text
    if body.startswith(b"<?xml"):
        yield "".join(ElementTree.fromstring(body).itertext())
    elif b"<" in body[:200]:
        yield BeautifulSoup(text, "html.parser").get_text("")
    if body.startswith(b"%PDF"):
        yield from _pdf(body)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield name
                yield from layers(packed.read(name))
    if body.startswith(b"\x1f\x8b"):
        yield from layers(gzip.decompress(body))


def _pdf(body: bytes) -> Iterator[str]:
    reader = PdfReader(io.BytesIO(body))
    yield repr(dict(reader.metadata or {}))
    for page in reader.pages:
        yield page.extract_text()
    for number in range(1, len(reader.xref_objStm) + sum(len(one) for one in reader.xref.values()) + 1):
        found = reader.get_object(IndirectObject(number, 0, reader))
        yield repr(found)
        if isinstance(found, StreamObject):
            yield found.get_data().decode("latin-1")


def marks_in(answer: Answer) -> set[str]:
    """Which of the authors' names, addresses and affiliations this answer holds, in its headers too."""
    everything = folded("\n".join([*answer.headers.values(), *layers(answer.body)]))
    return {mark for mark in MARKS if mark in everything}


@pytest.mark.parametrize("persona", READERS, ids=lambda p: p.key)
@keeps("A9", "D7", "A1")
@shows(
    "Blindness",
    "No answer of any address, opened to its last layer (decompressed PDFs included), names an author to a reviewer",
)
def test_no_byte_of_any_answer_names_an_author(visits: Visits, persona: Persona) -> None:
    leaks = [
        f"{v.method} {v.path}: {found}"
        for v in visits(persona)
        if not v.rule.startswith(BY_LINK) and (found := marks_in(v.answer))
    ]
    assert leaks == []


@keeps("A9")
@shows("Blindness", "No mail to a reviewer names an author of what they read")
def test_no_mail_to_a_reviewer_names_an_author(stage: Stage) -> None:
    with stage.app.app_context(), stage.readers.session(writing=False) as session:
        people = select(Person.id).where(Person.email.in_([one.email for one in READERS]))
        mails = session.scalars(select(OutboxMail).where(OutboxMail.person_id.in_(people))).all()
        assert mails
        for mail in mails:
            read = folded("\n".join((mail.subject, mail.text_body, mail.html_body, mail.from_name, mail.to_name)))
            assert [mark for mark in MARKS if mark in read] == [], mail.template


# -- the search itself is tried


def _show_authors(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("workshop_manager.reviews.rules.shows_authors", lambda _blinding: True)


def _original_files(patch: pytest.MonkeyPatch) -> None:
    from workshop_manager.reviews import views

    deliver = views.deliver
    patch.setattr(views, "deliver", lambda at, number, found, *, blind: deliver(at, number, found, blind=False))


def _open_desks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Standing, "may", lambda _self, _allowed: True)


def _others_work(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("workshop_manager.submissions.queries.own", lambda _person_id: true())


FILTERS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "names beside the work": _show_authors,
    "the copy of the PDF without metadata": _original_files,
    "the organisers' desks": _open_desks,
    "other people's submissions": _others_work,
}


def _leaks(stage: Stage) -> list[str]:
    asked = [
        (path, stage.ask(REVIEWER, method, path))
        for _endpoint, rule, method, path in fillable(stage)[0]
        if method == "GET" and not rule.startswith(BY_LINK)
    ]
    return [path for path, answer in asked if answer.status == 200 and marks_in(answer)]


@pytest.mark.parametrize("taken", FILTERS)
@keeps("A9")
@shows("Blindness", "With any one of the filters taken away, the search for authors' names finds something")
def test_without_a_filter_the_search_finds_a_leak(stage: Stage, taken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FILTERS[taken](monkeypatch)
    assert _leaks(stage), taken


def test_the_layers_are_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.html", "<p>Zubaydah <b>Quartz</b>marker</p>")
    assert "zubaydah quartzmarker" in marks_in(Answer(200, {}, gzip.compress(packed.getvalue())))
    assert "zubaydah quartzmarker" in marks_in(Answer(200, {"X": "Zubaydah  Quartzmarker"}, b""))
    assert marks_in(Answer(200, {}, "خديجة الكاتبة".encode("utf-16-be")))
    assert not marks_in(Answer(200, {}, b"nobody"))
