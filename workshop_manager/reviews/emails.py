"""One function a mail."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline, zone_city
from workshop_manager.core.text import isolated
from workshop_manager.core.tokens import new_token
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.reviews import queries
from workshop_manager.reviews.models import Assignment, Decision, Review
from workshop_manager.reviews.rules import ACTIONS
from workshop_manager.submissions.emails import when
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import is_address
from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.submissions.words import outcome_name, title_of
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey

_TEMPLATES = {Action.ACCEPT: "accepted", Action.WAITLIST: "waitlisted", Action.REJECT: "rejected"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who hears of a decision; `person` if the address belongs to an account."""

    address: str
    name: str
    person: Person | None


def _slugs(edition: Edition) -> dict[str, str]:
    return {"community": edition.community.slug, "edition": edition.slug}


def _letter(edition: Edition, template: str, key: str, to: Recipient, **more: object) -> Letter:
    return Letter(
        template=f"reviews/{template}",
        key=key,
        to_address=to.address,
        to_name=to.name,
        signature=str(_("The programme chairs of %(edition)s", edition=isolated(edition.name))),
        person_id=to.person.id if to.person else None,
        locale=(to.person.locale if to.person else None) or "en",
        **sender(edition),
        **more,  # type: ignore[arg-type]
    )


def _in_both_zones(deadline: Deadline, person: Person | None) -> str:
    """`Friday 6 October 2023, 23:59 AoE (Saturday 7 October, 18:59 in Jakarta)`."""
    text = when(deadline)
    if person is None or not person.time_zone:
        return text
    own = deadline.at.astimezone(ZoneInfo(person.time_zone))
    if own.utcoffset() == deadline.local.utcoffset():
        return text
    place = zone_city(person.time_zone)
    day = day_text(own.date(), short=False)
    if not place:
        return str(_("%(text)s (%(when)s)", text=text, when=when(Deadline(deadline.at, person.time_zone))))
    return str(_("%(text)s (%(day)s, %(time)s in %(place)s)", text=text, day=day, time=clock_text(own), place=place))


# -- to reviewers -------------------------------------------------------------------------------------------------


def assigned(
    uow: UnitOfWork, edition: Edition, reviewer: Person, works: Sequence[Submission], rows: Sequence[Assignment]
) -> None:
    """One mail for all that a chair gave this reviewer in one act. Says nothing of any author."""
    due = workshops.date_by_key(uow.session, edition.id, DateKey.REVIEWS_DUE)
    facts = [(f"#{work.number}", title_of(work.title)) for work in works]
    if due is not None:
        facts.append((str(_("Reviews due")), _in_both_zones(due.deadline, reviewer)))
    post(
        uow,
        _letter(
            edition,
            "assigned",
            f"review-assigned:{rows[0].id}:{new_token()}",
            Recipient(reviewer.email, reviewer.name, reviewer),
            values={"number": len(works), "edition": edition.name},
            facts=tuple(facts),
            button=(
                ngettext("Read and review it", "Read and review them", len(works)),
                absolute("reviews.mine", **_slugs(edition)),
            ),
            why=str(_("You get this because you review for %(edition)s.", edition=isolated(edition.name))),
        ),
    )


# -- to authors ---------------------------------------------------------------------------------------------------


def outcome_of(decision: Decision) -> Outcome:
    """What a pending decision says."""
    if decision.outcome is None:
        raise ValueError("a decision that was taken back is not pending")
    return decision.outcome


def recipients(submission: Submission, people: dict[int, Person]) -> list[Recipient]:
    """Who hears of a decision, each once: the submitter and every author with an address or an account.

    Needs `authors`; `people` are those of all accounts concerned, by id.
    """
    found: dict[str, Recipient] = {}
    for person_id in (submission.submitter_id, *(author.person_id for author in submission.authors)):
        person = people.get(person_id or 0)
        if person is not None:
            found.setdefault(person.email.casefold(), Recipient(person.email, person.name, person))
    for author in submission.authors:
        if author.email and author.person_id is None and is_address(author.email):
            found.setdefault(author.email.casefold(), Recipient(author.email, author.name, None))
    return list(found.values())


def people_of(uow: UnitOfWork, works: Sequence[Submission]) -> dict[int, Person]:
    """The accounts of all submitters and authors of these, by id (one query). Needs `authors`."""
    ids = {work.submitter_id for work in works} | {a.person_id for work in works for a in work.authors}
    return queries.people(uow.session, {one for one in ids if one is not None})


def decisions(
    uow: UnitOfWork, edition: Edition, pending: Sequence[tuple[Decision, Submission]], by: Deadline | None
) -> dict[int, list[Letter]]:
    """The letters that tell of these decisions, by submission (two queries). Posting them is left to the release."""
    works = [submission for _decision, submission in pending]
    people = people_of(uow, works)
    reviews = queries.texts_for_authors(uow.session, [work.id for work in works])
    return {
        work.id: [
            _decided(edition, work, decision, to, reviews[work.id], by) for to in recipients(work, people)
        ]
        for decision, work in pending
    }  # fmt: skip


def _decided(
    edition: Edition,
    submission: Submission,
    decision: Decision,
    to: Recipient,
    reviews: Sequence[Review],
    by: Deadline | None,
) -> Letter:
    outcome = outcome_of(decision)
    action = ACTIONS[outcome]
    is_accepted = action is Action.ACCEPT
    facts = [(str(_("Abstract")), f"#{submission.number}: {isolated(title_of(submission.title))}")]
    if is_accepted:
        facts.append((str(_("Accepted as")), outcome_name(outcome)))
        if by is not None:
            facts.append((str(_("Confirm by")), _in_both_zones(by, to.person)))
    digest = hashlib.sha256(to.address.casefold().encode()).hexdigest()[:32]
    return _letter(
        edition,
        _TEMPLATES[action],
        f"decision:{submission.id}:{decision.version}:{digest}",
        to,
        values={
            "title": title_of(submission.title),
            "edition": edition.name,
            "reviews": [(signature(review), review.text) for review in reviews],
            "outcome": outcome_name(outcome),
            "has_account": to.person is not None,
        },
        facts=tuple(facts),
        button=(
            str(_("Confirm or decline") if is_accepted else _("Your abstract and its reviews")),
            absolute("submissions.detail", **_slugs(edition), number=submission.number),
        ),
        why=str(_("You get this because you are an author of this abstract.")),
    )


def signature(review: Review) -> str | None:
    """The reviewer's name, if the review was written under open review; None for every other."""
    return review.reviewer.name if review.is_signed and review.reviewer else None


def answered(uow: UnitOfWork, edition: Edition, submission: Submission, person: Person) -> None:
    """To every author: the place was confirmed, or given back, and by whom."""
    template = "confirmed" if submission.state is State.CONFIRMED else "declined"
    for to in recipients(submission, people_of(uow, [submission])):
        digest = hashlib.sha256(to.address.casefold().encode()).hexdigest()[:32]
        post(
            uow,
            _letter(
                edition,
                template,
                f"answer:{submission.id}:{submission.version}:{digest}",
                to,
                values={
                    "title": title_of(submission.title),
                    "edition": edition.name,
                    "by": None if to.person is person else person.name,
                },
                facts=((str(_("Abstract")), f"#{submission.number}: {isolated(title_of(submission.title))}"),),
                button=(
                    str(_("Your abstract")),
                    absolute("submissions.detail", **_slugs(edition), number=submission.number),
                ),
                why=str(_("You get this because you are an author of this abstract.")),
            ),
        )
