"""The submission form, from first letter to confirmation."""

import io

from sqlalchemy import select

from tests.factories import client_for, make_person
from tests.pdfs import make_pdf
from tests.submissions.factories import open_edition, post_form, typed
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops

NEW = "/musiml/2026/submissions/new"


def pdf(data: bytes | None = None, name: str = "wahyuni-final.pdf"):
    return (io.BytesIO(make_pdf() if data is None else data), name)


def test_an_author_submits_an_abstract_with_a_pdf(app, work):
    with work() as uow:
        edition = open_edition(uow)
        author = make_person(uow, "Wahyuni")
        client = client_for(app, uow, author)
        track = workshops.tracks(uow.session, edition.id)[1]
    assert client.get(NEW).status_code == 200
    answer = post_form(client, NEW, typed(track, file=pdf()))
    assert answer.status_code == 303, answer.text
    assert answer.location == "/musiml/2026/submissions/1"
    with work() as uow:
        found = uow.session.scalars(select(Submission)).one()
        assert (found.state, found.number, found.submitter_id) == (State.SUBMITTED, 1, author.id)
        mail = uow.session.scalars(select(OutboxMail)).one()
        assert mail.subject == "Your abstract is in: Whose Dialect Is Default?"
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "Your abstract is in" in page.text
