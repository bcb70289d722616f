"""What organisers see of their speakers: who was told what, who said yes, who cannot be reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.invitations import emails, queries, service
from workshop_manager.invitations.models import SpeakerContact, SpeakerInvitation
from workshop_manager.invitations.rules import present_answer
from workshop_manager.invitations.states import Answer
from workshop_manager.mail.rules import refuses_address
from workshop_manager.schedule import reaching
from workshop_manager.schedule.drafting import Comparison
from workshop_manager.schedule.telling import Circle, Flag
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Line:
    """A slot of a speaker at the desk; `answer` is of the slot as it is now."""

    row: SpeakerInvitation
    answer: Answer | None
    is_stale: bool
    when: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who was invited, with their slots."""

    contact: SpeakerContact
    lines: tuple[Line, ...]
    problem: str
    is_refused: bool
    """Whether the address is none: nothing more is sent to it by itself."""
    has_ahead: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """How many slots that are on were answered how."""

    yes: int
    no: int
    total: int

    @property
    def sentence(self) -> str:
        """`12 of 14 said yes, 1 said no`."""
        said = str(_("%(yes)s of %(total)s said yes", yes=self.yes, total=self.total))
        no = str(ngettext("%(num)s said no", "%(num)s said no", self.no)) if self.no else ""
        waiting = self.total - self.yes - self.no
        still = str(ngettext("%(num)s not answered", "%(num)s not answered", waiting)) if waiting else ""
        return ", ".join(part for part in (said, no, still) if part)


def speakers(uow: UnitOfWork, edition: Edition) -> tuple[list[Speaker], Summary]:
    """Everybody who was ever invited, by name (one query)."""
    found = []
    yes = no = total = 0
    for contact, failed in queries.contacts_and_failures(uow.session, edition.id):
        lines = []
        for row in contact.slots:
            answer = present_answer(row.answer, row.answered_start, row.starts_at)
            if not row.is_off:
                yes, no, total = yes + (answer is Answer.YES), no + (answer is Answer.NO), total + 1
            lines.append(
                Line(
                    row,
                    answer,
                    row.answer is not None and answer is None,
                    emails.span_text(row.starts_at, row.ends_at, edition.time_zone),
                    service.told_slot(row).over_at <= uow.now,
                )
            )
        has_ahead = any(not line.is_over and not line.row.is_off for line in lines)
        refused = failed is not None and failed.is_refused
        found.append(Speaker(contact, tuple(lines), failed.reason if failed else "", refused, has_ahead))
    return found, Summary(yes, no, total)


def circles(uow: UnitOfWork, edition: Edition, comparison: Comparison) -> Sequence[Circle]:
    """Which speakers a release would be told to, and which have no address."""
    if not reaching.may_hear(edition):
        return ()
    found = service.plan(uow, edition, comparison.revision, comparison.new)
    lines = tuple(emails.in_a_line(one.to, one.steps, edition.time_zone) for one in found.messages)
    made = [Circle(emails.mails_text(len(lines)), lines, len(lines))] if lines else []
    if comparison.old is not None:
        number = len(service.news(uow, edition, comparison.old, comparison.new, found))
        text = ngettext(
            "%(num)s person who follows what changes gets a mail",
            "%(num)s people who follow what changes get a mail",
            number,
        )
        # How many, not who: what somebody follows is their own affair.
        made += [Circle(str(text), (), number)] if number else []
    if found.unreachable:
        number = len(found.unreachable)
        text = ngettext(
            "%(num)s speaker has no address, and gets none", "%(num)s speakers have no address, and get none", number
        )
        made.append(Circle(str(text), tuple(f"{name}: {title}" for name, title in found.unreachable), 0))
    if found.refused:
        number = len(found.refused)
        text = ngettext(
            "The address of %(num)s speaker refuses mail, and gets none",
            "The addresses of %(num)s speakers refuse mail, and get none",
            number,
        )
        lines = tuple(f"{one.name} ({one.address}): {one.reason}" for one in found.refused)
        made.append(Circle(str(text), lines, 0))
    return made


def flags(uow: UnitOfWork, edition: Edition) -> Sequence[Flag]:
    """That somebody declined, or that an address refuses mail, above the draft."""
    number, failed = queries.declined_and_failed(uow.session, edition.id)
    where, found = url_for("invitations.desk", **edition.slugs), []
    if number:
        text = ngettext(
            "One slot was declined by its speaker.", "%(num)s slots were declined by their speakers.", number
        )
        found.append(Flag(str(text), where))
    if refused := sum(refuses_address(reason) for reason in failed):
        text = ngettext(
            "The address of one speaker refuses mail: they know nothing of their slot.",
            "The addresses of %(num)s speakers refuse mail: they know nothing of their slots.",
            refused,
        )
        found.append(Flag(str(text), where))
    return found
