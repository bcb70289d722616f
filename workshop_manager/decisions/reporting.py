"""Releasing and reminding from the command line, and what was done or would be, as words and as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import emails, queries, reminding, service
from workshop_manager.decisions.outcomes import outcomes_of
from workshop_manager.decisions.rules import Within
from workshop_manager.mail.service import Letter, preview
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import Role

OPERATOR = Standing(roles=frozenset({Role.OWNER}))
"""Whoever may run commands on the machine: nobody in particular, so nothing is kept from them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mail that goes out, or would."""

    number: int
    outcome: str
    to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a command did, or would do."""

    what: str
    done: bool
    works: int
    mails: tuple[Told, ...]

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        mails = [{"number": m.number, "outcome": m.outcome, "to": m.to, "subject": m.subject} for m in self.mails]
        return {self.what: self.works, "dry_run": not self.done, "mails": mails}

    def as_text(self) -> str:
        """For people."""
        lines = [f"#{m.number}  {m.outcome}  {m.to}  {m.subject}" for m in self.mails]
        if not self.works:
            return f"Nothing to do: 0 {self.what}."
        said = "" if self.done else " would be; nothing has happened"
        mails = "1 mail" if len(self.mails) == 1 else f"{len(self.mails)} mails"
        return "\n".join([*lines, f"{self.works} {self.what}, {mails}{said}."])


def part_of(uow: UnitOfWork, edition: Edition, track: str, of_round: str) -> Within:
    """The part of an edition that a track's key and a round's name say; Conflict for what is not there."""
    track_id = round_id = None
    if track:
        known = {row.key: row.id for row in workshops.tracks(uow.session, edition.id)}
        if track not in known:
            raise Conflict(f"There is no track “{track}”. There are: {', '.join(known) or 'none'}.")
        track_id = known[track]
    if of_round:
        rounds = {name.casefold(): one for one, name in queries.rounds(uow.session, edition.id)}
        if of_round.casefold() not in rounds:
            raise Conflict(f"There is no round “{of_round}”. There are: {', '.join(rounds) or 'none'}.")
        round_id = rounds[of_round.casefold()]
    return Within(track_id, round_id)


def release(uow: UnitOfWork, edition: Edition, part: Within, *, dry_run: bool) -> Report:
    """Release what is pending in that part, or say what that would do. Nothing pending is no error."""
    pending = queries.pending_decisions(uow.session, edition.id, OPERATOR, part)
    outcomes = outcomes_of(uow.session, edition.id)
    letters = emails.decisions(uow, edition, outcomes, pending, service.confirm_by(uow, edition))
    mails: list[Told] = []
    for decision, submission in pending:
        named = outcomes.chosen(decision)
        mails += _told(submission.number, named.name if named else "", letters[submission.id])
    if pending and not dry_run:
        service.release_as(uow, edition, OPERATOR, service.digest(pending), part)
    return Report("decisions", not dry_run, len(pending), tuple(mails))


def remind(uow: UnitOfWork, edition: Edition, *, dry_run: bool) -> Report:
    """Remind who has not answered, or say who that is."""
    works = reminding.waiting_for(uow, edition, OPERATOR)
    letters = reminding.letters_today(uow, edition, works)
    mails = [told for work, letter in letters for told in _told(work.number, "", [letter])]
    if letters and not dry_run:
        reminding.remind(uow, edition, OPERATOR)
    return Report("reminders", not dry_run, len(letters), tuple(mails))


def _told(number: int, outcome: str, letters: Sequence[Letter]) -> list[Told]:
    return [Told(number, outcome, letter.to_address, preview(letter)[0]) for letter in letters]
