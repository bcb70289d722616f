"""Blind review: every answer to an assigned reviewer, its headers and its unpacked PDF, searched for the authors."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject, StreamObject
from sqlalchemy import select

from tests.factories import make_date, make_person, send
from tests.pdfs import PLACES, make_pdf, signed_everywhere
from tests.reviews.factories import DESK, REVIEWS, House, add_author, make_assignment, make_review
from tests.shows import keeps, shows
from tests.submissions.factories import make_call, make_submission
from workshop_manager.assignments import service as assigning
from workshop_manager.calls.states import Blinding
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.models import Author, Declaration, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.pdf import blind_copy
from workshop_manager.workshops.states import DateKey

MARKS = (
    *("Zeynep", "Quartzmarker", "quartzmarker", "zq@ghost.example.org", "Institute of Quartz", "خديجة", "Ghostwriter"),
    *("ghostwriter", "final-zeynep.pdf", "identifies-as", "would-like-a-grant"),
)
GOOD = {"score": "5", "advice": "oral", "confidence": "3", "text": "A clear question.", "version": "0"}


def unpacked(body: bytes) -> bytes:
    """The bytes of an answer; those of a PDF with every object beside them, whatever it is packed with."""
    if not body.startswith(b"%PDF"):
        return body
    reader, parts = PdfReader(BytesIO(body)), [body]
    numbers = {(n, g) for g, table in reader.xref.items() for n in table} | {(n, 0) for n in reader.xref_objStm}
    for number, generation in sorted(numbers):
        found = reader.get_object(IndirectObject(number, generation, reader))
        parts.append(repr(found).encode())
        if isinstance(found, StreamObject):
            parts += [found._data if isinstance(found._data, bytes) else found._data.encode(), found.get_data()]
    return b"\n".join(parts)


def spelt(mark: str) -> list[bytes]:
    """A mark as it may stand in a page, in an address and in a PDF."""
    return [mark.encode(), mark.encode("utf-16-be"), mark.encode("utf-16-le"), mark.encode().hex().encode()]


def marks_in(answer) -> list[str]:
    everything = unpacked(answer.get_data()) + "\n".join(f"{k}: {v}" for k, v in answer.headers).encode()
    everything += everything.lower()
    return [mark for mark in MARKS if any(one in everything for one in spelt(mark))]


class Blind(House):
    """A season in which one reviewer has a paper that is signed wherever a paper can be signed."""

    def __init__(self, app, work) -> None:
        super().__init__(app, work)
        with work() as uow:
            make_date(uow, self.edition, DateKey.REVIEWS_DUE, uow.now.replace(day=20))
            author = make_person(uow, "Zeynep Quartzmarker", "zq@ghost.example.org", affiliation="Institute of Quartz")
            coauthor = make_person(uow, "خديجة الكاتبة", "ghostwriter@example.org")
            made = make_submission(uow, self.edition, author, track=self.first, authors=(coauthor,), pdf=make_pdf())
            add_author(uow, made, "ghostwriter2@example.org")
            for row in uow.session.scalars(select(Author)):
                row.affiliation = "Institute of Quartz"
            declared = uow.session.get(Declaration, made.id)
            declared.wording, declared.is_eligible, declared.wants_grant = "identifies-as", True, True
            file = uow.session.scalars(select(SubmissionFile)).one()
            file.original_name = "final-zeynep.pdf"
            stored = uow.session.get(SubmissionBytes, file.id)
            stored.original = signed_everywhere("Zeynep")
            stored.blind = blind_copy(stored.original)
            self.number = made.number
            self.other = make_submission(uow, self.edition, author, track=self.first, title="Not given").number
        with work(self.chair) as uow:
            assigning.assign(uow, self.edition, [self.number], [self.rania.id])
            make_assignment(uow, made, self.kenza)

    def answers(self):
        """Every page of this package as the reviewer meets it, forms well and badly filled in included."""
        client, one = self.rania_client, f"{REVIEWS}{self.number}"
        for path in (REVIEWS, one, f"{one}/paper.pdf", f"{one}/conflict", f"{REVIEWS}{self.other}", f"{REVIEWS}987"):
            yield client.get(path)
            yield client.head(path)
        for path in ("reviews", "decisions", "decisions/mails", "decisions/release", f"reviews/{self.number}", "mail"):
            yield client.get(f"{DESK}/{path}")
        yield client.get("/musiml/2026/organise/")
        yield client.get("/home")
        yield send(client, one, {"version": "0"})
        yield send(client, one, GOOD | {"do": "draft"})
        yield send(client, one, GOOD)  # stale by now
        yield send(client, one, GOOD | {"version": "1"})
        yield client.get(one)
        yield client.get(REVIEWS)
        yield send(client, f"{one}/conflict", {})
        yield send(client, f"{one}/conflict", {"kind": "other"})
        yield client.get(REVIEWS)
        yield client.get(one)


@pytest.fixture
def blind(app, work):
    return Blind(app, work)


@keeps("A9", "D7", "D4")
@shows(
    "Review and decisions",
    "Double-blind: no page, header, mail or PDF that a reviewer gets bears an author's name, address, affiliation, "
    "declaration or file name, unpacked PDF streams included",
)
def test_an_assigned_reviewer_meets_no_author_anywhere(blind):
    with blind.work() as uow:
        work = uow.session.scalars(select(Submission).where(Submission.number == blind.number)).one()
        make_review(uow, work, blind.kenza, assigned=False)
    found = [(a.request.path, a.request.method, marks) for a in blind.answers() if (marks := marks_in(a))]
    assert found == []
    with blind.work() as uow:
        mails = uow.session.scalars(select(OutboxMail).where(OutboxMail.to_address == blind.rania.email)).all()
        assert len(mails) == 1
        text = "".join(f"{m.subject}{m.text_body}{m.html_body}{m.key}{m.message_id}" for m in mails)
        assert [mark for mark in MARKS if mark in text] == []


@shows(
    "Blindness", "A paper comes without metadata, under a neutral name, from a sandboxed address with a CSP of its own"
)
@keeps("D2", "D7")
def test_the_paper_comes_blind_neutral_and_sandboxed(blind):
    answer = blind.rania_client.get(f"{REVIEWS}{blind.number}/paper.pdf")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="musiml-2026-1.pdf"'
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert b"visible" in unpacked(answer.get_data())


def test_the_search_for_authors_would_find_them(blind):
    """Under a call that is not double-blind it does: a search that never finds anything is no proof."""
    assert len(PLACES) > 20
    with blind.work() as uow:
        make_call(uow, blind.edition, blinding=Blinding.SINGLE)
    one = f"{REVIEWS}{blind.number}"
    assert {"Zeynep", "Quartzmarker", "خديجة", "Institute of Quartz"} <= set(marks_in(blind.rania_client.get(one)))
    assert "Zeynep" in marks_in(blind.rania_client.get(f"{one}/paper.pdf"))


@keeps("A1")
def test_a_reviewer_is_not_told_how_many_works_there_are(blind):
    seen = blind.rania_client.get(REVIEWS).get_data(as_text=True)
    assert "Not given" not in seen
    assert "0 of 1 is in" in seen
