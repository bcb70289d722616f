"""The history of a submission as its chairs read it: every act, in a sentence.

    history.say("assigned", lambda act: _("Given to %(name)s", name=act.name("reviewer")))

Packages register the sentence of each action that they record about submissions; an action without one is not shown,
so nothing is told by accident (a test finds those that were forgotten). `may`: who reads it, if not every chair.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import queries
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.rules import MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.states import Role

MOST = 300


@dataclass(frozen=True, slots=True)
class Act:
    """One act with what it says of itself."""

    details: Mapping[str, Any]
    names: Mapping[int, str]

    def name(self, key: str) -> str:
        """The chosen name of the person whose id stands in the details."""
        return self.names.get(self.details.get(key) or 0) or str(_("somebody who left"))


Sentence = Callable[[Act], str]
_sentences: dict[str, tuple[Sentence, frozenset[Role]]] = {}
PEOPLE = ("reviewer", "person")
"""The keys of details that hold a person's id."""


def say(action: str, sentence: Sentence, may: frozenset[Role] = MAY_SUBMISSIONS) -> None:
    """Register the sentence of an action. Registering it again replaces it."""
    _sentences[action] = (sentence, may)


def known() -> frozenset[str]:
    """The actions that have a sentence."""
    return frozenset(_sentences)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history; `who` is empty for what nobody signed in did."""

    at: datetime
    who: str
    text: str


def entries_of(uow: UnitOfWork, standing: Standing, submission: Submission) -> list[AuditEntry]:
    """What happened to a submission as far as this chair may see it, the newest first."""
    shown = [action for action, (_sentence, may) in _sentences.items() if standing.may(may)]
    return queries.history(uow.session, submission.id, shown, MOST)


def lines(entries: list[AuditEntry], names: dict[int, str]) -> list[Line]:
    """The same as sentences, with the names of `people`."""
    return [
        Line(entry.at, names.get(entry.actor_id or 0, ""), _sentences[entry.action][0](Act(entry.details, names)))
        for entry in entries
    ]


def people(entries: list[AuditEntry]) -> list[int]:
    """Who did it, and whom it was about."""
    ids = [entry.actor_id for entry in entries]
    ids += [entry.details.get(key) for entry in entries for key in PEOPLE]
    return [one for one in ids if isinstance(one, int)]


def _plain(text: Callable[[], str]) -> Sentence:
    return lambda _act: str(text())


def register() -> None:
    """The sentences of this package's own actions."""
    plain: dict[str, Callable[[], str]] = {
        "begun": lambda: _("Draft begun"),
        "changed": lambda: _("Changed"),
        "submitted": lambda: _("Submitted"),
        "withdrawn": lambda: _("Withdrawn by its authors"),
        "revived": lambda: _("Brought back into the call"),
        "author left": lambda: _("An author had their name taken out"),
        "submitted on behalf": lambda: _("Submitted for its authors"),
    }
    for action, text in plain.items():
        say(action, _plain(text))
    say("claimed", lambda act: str(_("%(name)s said that they are an author", name=act.name("person"))))
    say("taken out", lambda act: _with_reason(str(_("Withdrawn for its authors")), act))
    say("not considered", lambda act: _with_reason(str(_("Not sent to review")), act))
    say("same as", lambda act: str(_("Marked as the same work as #%(number)s", number=act.details.get("number"))))
    say("merged", lambda act: str(_("Merged into #%(number)s", number=act.details.get("number"))))
    say("received authors", lambda act: str(_("Took the authors of #%(number)s", number=act.details.get("number"))))
    say("moved", lambda act: str(_("Moved to the track “%(name)s”", name=act.details.get("track"))))


def _with_reason(text: str, act: Act) -> str:
    reason = act.details.get("reason")
    return f"{text}: {reason}" if reason else text
