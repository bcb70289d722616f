"""What forms are for. A higher package registers its purpose, and organisers can build its form.

    purposes.register(Purpose("submission", lambda: str(_("Questions")), _dimensions, "calls.desk_call", "call"), 40)

with `_dimensions(uow, edition)` giving what a question may be narrowed to: tracks, types. Registering one twice counts
once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind, StatementKind
from workshop_manager.web import navigation
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to narrow a question: `key` is the first part of its scopes ("track"), `choices` are (value, name)."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]

    def scopes(self) -> list[tuple[str, str]]:
        """As (scope, name): ("track:3", "Any topic")."""
        return [(f"{self.key}:{value}", name) for value, name in self.choices]


@dataclass(frozen=True, slots=True)
class Ready:
    """Questions that are often asked, to be added as they are and then changed like others.

    Those with `shown_if_values` hang on these answers to the first.
    """

    key: str
    name: str
    questions: tuple[QuestionContent, ...]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A kind of form. `home` is the endpoint of the desk's page that it belongs to.

    `entry` names the parts of that entry of the desk (`navigation.register_part`), among which the pages of
    the form stand. `has_reviewers`: questions may be shown to reviewers.
    """

    key: str
    title: Callable[[], str]
    dimensions: Callable[[UnitOfWork, Edition], Sequence[Dimension]]
    home: str
    entry: str
    has_reviewers: bool = False
    reviewers: Callable[[], tuple[str, str]] | None = None
    """How the box is called by which they see an answer, and what stands under it, if not of reviewers of a work."""
    elsewhere: Callable[[UnitOfWork, Edition], Sequence[tuple[str, str]]] | None = None
    """Statements that are written somewhere else, as (of what, wording): those of tracks."""
    kinds: tuple[Kind, ...] = tuple(Kind)
    """The kinds of questions that can be asked."""
    has_statements: bool = True
    statement_kinds: tuple[StatementKind, ...] = tuple(
        kind for kind in StatementKind if kind is not StatementKind.PHOTOS
    )
    """The kinds of statements that can be asked for."""
    has_needs: bool = False
    """Answers can be needs that somebody arranges."""
    ready: Callable[[], Sequence[Ready]] = tuple
    """Questions to ask with one click."""
    beside: Callable[[], str] = lambda: str(_("What the form asks beside the work itself."))
    """What the form is, in a sentence."""


_purposes: dict[str, Purpose] = {}
_STATEMENTS = "questions.statements"
_PARTS = (
    (0, _l("Questions"), "questions.questions", ("questions.question", "questions.new_question")),
    (1, _l("Statements"), _STATEMENTS, ("questions.statement", "questions.new_statement")),
    (2, _l("Try the form"), "questions.preview", ()),
)


def register(purpose: Purpose, order: int) -> None:
    """Let organisers build forms of this purpose; its pages stand among the parts of its entry from `order` on."""
    _purposes[purpose.key] = purpose
    for place, label, endpoint, also in _PARTS:
        if purpose.has_statements or endpoint != _STATEMENTS:
            navigation.register_part(
                purpose.entry, order + place, label.__str__, endpoint, *also,
                allowed=lambda standing: standing.may(MAY_SETTINGS), purpose=purpose.key,
            )  # fmt: skip


def title_of(key: str) -> str:
    """What the form of that purpose is called; its key if nobody registered it."""
    return _purposes[key].title() if key in _purposes else key


def find(key: str) -> Purpose:
    """The purpose of that key; raises NotFound."""
    if key not in _purposes:
        raise NotFound
    return _purposes[key]
