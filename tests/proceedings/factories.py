"""Accepted works and what is asked of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.factories import join_team, make_date, make_person
from tests.pdfs import make_pdf
from tests.submissions.factories import make_submission, open_edition
from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings import queries, service
from workshop_manager.proceedings.content import Handed, Wanted
from workshop_manager.proceedings.models import CameraReady
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions.content import Upload
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.states import DateKey, Role

STATEMENT = "We allow the workshop to show it."
STRICT = Wanted(final=Ask.MUST, poster=Ask.MUST, slides=Ask.MUST, video=Ask.NO, rights=Ask.MUST)


def asked_edition(uow: UnitOfWork, wanted: Wanted = STRICT, **values: Any) -> tuple[Edition, Person]:
    """An edition whose chair asks for camera-ready versions, due in ten days; and that chair."""
    edition = open_edition(uow, **values)
    chair = make_person(uow, "Chair of the Programme")
    join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
    make_date(uow, edition, DateKey.CAMERA_READY, uow.now + timedelta(days=10))
    before, uow.actor = uow.actor, chair
    service.ask(uow, edition, wanted, STATEMENT, started_from=0)
    uow.actor = before
    return edition, chair


def accepted(
    uow: UnitOfWork,
    edition: Edition,
    person: Person | None = None,
    outcome: Outcome = Outcome.POSTER,
    state: State = State.CONFIRMED,
    track: Track | None = None,
    **values: Any,
) -> Submission:
    """An accepted work."""
    work = make_submission(uow, edition, person, state, track, **values)
    work.outcome, work.decided_at = outcome, uow.now
    uow.session.flush()
    return work


def pdf_upload(name: str = "final.pdf", pages: int = 2) -> Upload:
    """A PDF as if it had been looked at."""
    data = make_pdf(pages=pages, title=name)
    return Upload(data, data, f"{hash(name) & (2**64 - 1):064x}", pages, name)


def hand_in(
    uow: UnitOfWork, edition: Edition, work: Submission, person: Person, *items: Item, **changes: Any
) -> CameraReady:
    """Hand these files in as that person; `changes` are fields of `Typed`."""
    asked = queries.asked(uow.session, edition.id)
    camera = queries.camera_ready(uow.session, work.id)
    typed = replace(service.stored(work, camera, asked.rights_version), **changes)
    before, uow.actor = uow.actor, person
    made = service.hand_in(
        uow,
        edition,
        work,
        typed,
        [Handed(item, pdf_upload(f"{item.value}.pdf")) for item in items],
        started_from=camera.version if camera else 0,
    )
    uow.actor = before
    return made
