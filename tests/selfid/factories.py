"""Questions that are being asked, and people who can answer them."""

from datetime import date

from tests.factories import join_team, make_edition, make_person
from tests.registrations.factories import make_kind, make_registration
from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.selfid import service
from workshop_manager.selfid.rules import Reply
from workshop_manager.selfid.service import Asked, Content
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

PURGE = date(2027, 1, 15)
CONTENT = Content(
    "We report to our funder whom we reach.",
    PURGE,
    (
        Asked("What is your gender?", ("Woman", "Man", "Non-binary")),
        Asked("Which of these describe you?", ("First in my family at university", "A parent"), is_multiple=True),
    ),
)


class House:
    """An edition that asks, its organiser, and those who take part."""

    def __init__(self, uow: UnitOfWork, people: int = 1, content: Content = CONTENT) -> None:
        self.edition: Edition = make_edition(uow)
        self.organiser = make_person(uow, "Omar")
        join_team(uow, self.edition, self.organiser, Role.ORGANISER)
        self.kind: RegistrationKind = make_kind(uow, self.edition)
        self.people: list[Person] = [make_person(uow) for _number in range(people)]
        for person in self.people:
            make_registration(uow, self.edition, self.kind, person)
        uow.actor = self.organiser
        row = service.save(uow, self.edition, content, 0)
        service.begin(uow, self.edition)
        uow.actor = None
        self.questions = [one.id for one in row.questions]

    def say(self, uow: UnitOfWork, person: Person, *replies: Reply) -> None:
        """That person's replies, in the order of the questions."""
        uow.actor = person
        service.answer(uow, self.edition, dict(zip(self.questions, replies, strict=False)))
        uow.actor = None
