"""What the organisers of the demo ask authors beside the work, and what the invented authors answer."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.pdfs import paper
from workshop_manager.demo.people import People, acting
from workshop_manager.questions import service
from workshop_manager.questions.content import Filed
from workshop_manager.questions.service import QuestionContent, StatementContent
from workshop_manager.questions.states import Kind, StatementKind
from workshop_manager.submissions import form
from workshop_manager.submissions.content import Content
from workshop_manager.submissions.pdf import blind_copy
from workshop_manager.workshops.models import Edition, Track

FORMATS = ("A talk", "A poster", "Either")
_CODE = ("https://code.example/nine-varieties", "https://code.example/ferry-schedule")


def ask(uow: UnitOfWork, edition: Edition, people: People, tracks: dict[str, Track], at: datetime) -> None:
    """A format, code and where it is, who it is about in the second track; two statements."""
    with acting(uow, people["organiser"], at):
        wanted = [
            QuestionContent(
                Kind.CHOICE, "How would you rather present it?", "It does not touch the review.",
                options=FORMATS, for_reviewers=True,
            ),
            QuestionContent(Kind.YES_NO, "Is there code or data to go with it?", section="Code and data"),
        ]  # fmt: skip
        rows = [service.add_question(uow, edition, form.KEY, content) for content in wanted]
        where = QuestionContent(
            Kind.LINK, "Where can it be found?", "A link that stays. Leave it out if it tells who you are.",
            section="Code and data", shown_if_id=rows[1].id, shown_if_values=frozenset({"yes"}),
        )  # fmt: skip
        service.add_question(uow, edition, form.KEY, where)
        service.add_question(
            uow, edition, form.KEY,
            QuestionContent(
                Kind.LONG, "Which communities is it about, and were they asked?", word_limit=60, for_reviewers=True,
                scopes=frozenset({f"track:{tracks['2'].id}"}),
            ),
        )  # fmt: skip
        for kind, text in (
            (StatementKind.DUAL_SUBMISSION, "This work is not under review at another venue with proceedings."),
            (StatementKind.NON_ARCHIVAL, "We understand that the workshop is not archival."),
        ):
            service.add_statement(uow, edition, form.KEY, StatementContent(kind, text))


def answered(uow: UnitOfWork, edition: Edition, content: Content, place: int) -> Content:
    """What the author of the demo's abstract number `place` says beside it; nothing where nothing is asked."""
    sheet = form.sheet_of(uow, edition.id)
    has_code = place % 3 == 0
    says: dict[Kind, Any] = {
        Kind.CHOICE: str(1 + place % len(FORMATS)),
        Kind.YES_NO: has_code,
        Kind.LINK: _CODE[place % len(_CODE)] if has_code else None,
        Kind.LONG: "Students of three mosques in two cities, who read every question before it was asked.",
    }
    return replace(
        content,
        answers={one.id: says[one.kind] for one in sheet.questions if says.get(one.kind) is not None},
        told={one.id: True for one in sheet.statements},
        cv_to_sponsors=place % 4 == 1,
    )


def cv_of(name: str) -> Filed:
    """An invented CV, made a line below: it needs no child process to be looked at in."""
    original = paper(name, "Looking for a first position in machine learning. Open to moving.")
    return Filed(original, blind_copy(original), hashlib.sha256(original).hexdigest(), 2, "cv.pdf")
