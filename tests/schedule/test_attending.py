"""Whoever would leave the room is told what of theirs the published schedule has there, and when."""

from collections.abc import Sequence
from dataclasses import replace

from tests.factories import make_edition, make_person
from tests.schedule.factories import START, make_item, make_release, make_work
from tests.shows import shows
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.consequences import Step
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.registrations.rules import Place
from workshop_manager.registrations.states import Mode
from workshop_manager.schedule import attending
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.programme import Kind
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops.models import Edition


def _said(uow: UnitOfWork, edition: Edition, person_id: int, *, ends: bool = False) -> Sequence[str]:
    kinds = {1: RegistrationKind(mode=Mode.IN_PERSON), 2: RegistrationKind(mode=Mode.VIRTUAL)}
    step = Step(Place(1), Place() if ends else Place(2), kinds)
    told = attending.consequences(uow, edition, person_id, step)
    return [line.replace("\u2068", "").replace("\u2069", "") for line in told]


@shows("Registration", "Before a switch out of the room, the schedule says which talk or poster it has there, and when")
def test_a_talk_and_a_poster_are_named_with_their_time_once_published(uow: UnitOfWork) -> None:
    edition, person, other = make_edition(uow), make_person(uow), make_person(uow)
    talk = make_work(uow, edition, 1, "Dialects", (("Nur", person), ("Alice", other)))
    poster = make_work(uow, edition, 2, "Names", (("Nur", person),), outcome=Outcome.POSTER)
    make_item(uow, edition, "Dialects", submission_id=talk.id)
    make_item(uow, edition, "Names", 60, kind=Kind.POSTER, submission_id=poster.id)
    assert _said(uow, edition, person.id) == [], "nothing is published"
    make_release(uow, edition, despite_errors=True)
    first, second = _said(uow, edition, person.id)
    assert "Dialects” is on the schedule with you in the room" in first
    assert "08:30 CST" in first
    assert "Names” is on the schedule with you in the room" in second
    assert "09:30 CST" in second
    assert _said(uow, edition, other.id) == [], "somebody else presents it"


def test_what_is_agreed_to_come_from_afar_stays_but_ends_with_the_registration(uow: UnitOfWork) -> None:
    edition, person = make_edition(uow), make_person(uow)
    for number, (agreed, placed) in enumerate(((True, False), (False, True)), 1):
        work = make_work(uow, edition, number, f"Work {number}", (("Nur", person),), remote=agreed)
        make_item(uow, edition, work.title, 60 * number, submission_id=work.id, remote=placed)
    make_release(uow, edition, despite_errors=True)
    assert _said(uow, edition, person.id) == []
    assert len(_said(uow, edition, person.id, ends=True)) == 2


def test_what_has_begun_is_not_told(uow: UnitOfWork) -> None:
    edition, person = make_edition(uow), make_person(uow)
    for number, minutes in enumerate((0, 60), 1):
        work = make_work(uow, edition, number, f"Work {number}", (("Nur", person),))
        make_item(uow, edition, work.title, minutes, submission_id=work.id)
    make_release(uow, edition, despite_errors=True)
    later = replace(uow, now=START)
    assert [line[:9] for line in _said(later, edition, person.id)] == ["“Work 2” "]


def test_a_session_that_they_chair_is_theirs_too(uow: UnitOfWork) -> None:
    edition, person = make_edition(uow), make_person(uow, "Nur Aisyah")
    work = make_work(uow, edition, 1, "Dialects", (("Nur Aisyah", person), ("Bea", None)))
    other = make_work(uow, edition, 2, "Names", (("Bea", None),))
    make_item(uow, edition, "Fairness", kind=Kind.SESSION, chairs=(Named("Nur Aisyah"),))
    make_item(uow, edition, "Names", 60, submission_id=other.id, chairs=(Named("Nur Aisyah"),))
    make_release(uow, edition, despite_errors=True)
    assert work.authors[0].person_id == person.id
    first, second = _said(uow, edition, person.id)
    assert ("Fairness" in first, "Names" in second) == (True, True)
