"""One function a mail."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.models import Decision
from workshop_manager.decisions.outcomes import Named, Outcomes
from workshop_manager.decisions.rules import filled
from workshop_manager.mail.service import Letter, post
from workshop_manager.reviews.answering import given_to_authors
from workshop_manager.reviews.shown import Given
from workshop_manager.submissions.letters import Recipient, chairs_letter, in_both_zones, people_of, recipients
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.submissions.words import outcome_of, title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition

_TEMPLATES = {
    Outcome.WAITLIST: "decisions/waitlisted",
    Outcome.REJECT: "decisions/rejected",
    Outcome.REJECT_ENCOURAGED: "decisions/encouraged",
}
"""Every other kind is a place in the programme."""


def decisions(
    uow: UnitOfWork,
    edition: Edition,
    outcomes: Outcomes,
    pending: Sequence[tuple[Decision, Submission]],
    by: Callable[[Submission], Deadline | None],
    *,
    is_place_freed: bool = False,
) -> dict[int, list[Letter]]:
    """The letters that tell of these decisions, by submission (three queries). Posting them is left to the release.

    Needs authors and tracks. `by`: until when each is to be confirmed. `is_place_freed`: a place came free for somebody
    on the waitlist.
    """
    works = [submission for _decision, submission in pending]
    people = people_of(uow, works)
    given = given_to_authors(uow, [work.id for work in works], is_released=True)
    return {
        work.id: [
            _decided(_Told(edition, work, decision, named, by(work), is_place_freed), to, given[work.id])
            for to in recipients(work, people)
        ]
        for decision, work in pending
        if (named := outcomes.chosen(decision)) is not None
    }


@dataclass(frozen=True, slots=True)
class _Told:
    """What a letter tells of."""

    edition: Edition
    submission: Submission
    decision: Decision
    named: Named
    by: Deadline | None
    is_place_freed: bool

    @property
    def template(self) -> str:
        if self.is_place_freed:
            return "decisions/place_freed"
        return _TEMPLATES.get(self.named.kind, "decisions/accepted")


def _decided(told: _Told, to: Recipient, given: Given) -> Letter:
    edition, submission, locale = told.edition, told.submission, (to.person.locale if to.person else None) or "en"
    with force_locale(locale):
        outcome, title = told.named.name, title_of(submission.title)
        answer_by = in_both_zones(told.by, to.person) if told.by is not None and told.named.accepts else ""
        facts = [(str(_("Abstract")), f"#{submission.number}: {isolated(title)}")]
        if told.named.accepts:
            facts.append((str(_("Accepted as")), outcome))
            if answer_by:
                facts.append((str(_("Confirm by")), answer_by))
        elif told.named.own_name:
            facts.append((str(_("Decision")), outcome))
        button = _("Confirm or decline") if told.named.accepts else _("Your abstract and its reviews")
        why = _("You get this because you are an author of this abstract.")
    values = {
        "name": to.name,
        "title": title,
        "number": str(submission.number),
        "outcome": outcome,
        "track": submission.track.name if submission.track else "",
        "edition": edition.name,
        "confirm_by": answer_by,
    }
    return chairs_letter(
        edition,
        told.template,
        f"decision:{submission.id}:{told.decision.version}:{address_digest(to.address)}",
        to,
        about=submission.about,
        values={
            **{key: values[key] for key in ("title", "outcome", "edition")},
            "letter": filled(told.named.letter_in(submission.round_id), {k: isolated(v) for k, v in values.items()}),
            "is_second": told.decision.reopened_at is not None,
            "given": given,
            "has_account": to.person is not None,
        },
        facts=tuple(facts),
        button=(str(button), absolute("submissions.detail", **edition.slugs, number=submission.number)),
        why=str(why),
    )


def address_digest(address: str) -> str:
    """A short name for an address in the key of a mail, which organisers may read in logs."""
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:32]


def reminder(uow: UnitOfWork, edition: Edition, works: Sequence[Submission], wave: str) -> dict[int, list[Letter]]:
    """The letters that remind authors of accepted works to answer, by submission (one query). Needs authors."""
    people = people_of(uow, works)
    return {work.id: [_reminder(edition, work, to, wave) for to in recipients(work, people)] for work in works}


def _reminder(edition: Edition, submission: Submission, to: Recipient, wave: str) -> Letter:
    with force_locale((to.person.locale if to.person else None) or "en"):
        title, facts = title_of(submission.title), []
        facts.append((str(_("Abstract")), f"#{submission.number}: {isolated(title)}"))
        facts.append((str(_("Accepted as")), outcome_of(submission)))
        by = ""
        if submission.confirm_by is not None:
            by = in_both_zones(Deadline(submission.confirm_by, submission.confirm_by_zone or "UTC"), to.person)
            facts.append((str(_("Confirm by")), by))
        button, why = _("Confirm or decline"), _("You get this because you are an author of this abstract.")
    return chairs_letter(
        edition,
        "decisions/reminder",
        f"answer-wanted:{submission.id}:{wave}:{address_digest(to.address)}",
        to,
        about=submission.about,
        values={"title": title, "edition": edition.name, "by": by, "has_account": to.person is not None},
        facts=tuple(facts),
        button=(str(button), absolute("submissions.detail", **edition.slugs, number=submission.number)),
        why=str(why),
    )


def answered(uow: UnitOfWork, edition: Edition, submission: Submission, person: Person) -> None:
    """To every author: the place was confirmed, or given back, and by whom."""
    template = "decisions/confirmed" if submission.state is State.CONFIRMED else "decisions/declined"
    for to in recipients(submission, people_of(uow, [submission])):
        post(
            uow,
            chairs_letter(
                edition,
                template,
                f"answer:{submission.id}:{submission.version}:{address_digest(to.address)}",
                to,
                about=submission.about,
                values={
                    "title": title_of(submission.title),
                    "edition": edition.name,
                    "by": None if to.person is person else person.name,
                },
                facts=((str(_("Abstract")), f"#{submission.number}: {isolated(title_of(submission.title))}"),),
                button=(
                    str(_("Your abstract")),
                    absolute("submissions.detail", **edition.slugs, number=submission.number),
                ),
                why=str(_("You get this because you are an author of this abstract.")),
            ),
        )
