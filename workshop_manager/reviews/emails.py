"""One function a mail."""

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.reviews import queries
from workshop_manager.reviews.models import Assignment, Decision
from workshop_manager.reviews.rules import ACTIONS
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Action
from workshop_manager.submissions.words import outcome_name, title_of
from workshop_manager.web.times import deadline_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey

_TEMPLATES = {Action.ACCEPT: "accepted", Action.WAITLIST: "waitlisted", Action.REJECT: "rejected"}


def _slugs(edition: Edition) -> dict[str, str]:
    return {"community": edition.community.slug, "edition": edition.slug}


def _letter(edition: Edition, template: str, key: str, address: str, name: str, **more: object) -> Letter:
    return Letter(
        template=f"reviews/{template}",
        key=key,
        to_address=address,
        to_name=name,
        signature=str(_("The programme chairs of %(edition)s", edition=edition.name)),
        edition_id=edition.id,
        reply_to=edition.contact_email,
        from_name=edition.name,
        accent=edition.accent_colour,
        **more,  # type: ignore[arg-type]
    )


def assigned(uow: UnitOfWork, edition: Edition, submission: Submission, reviewer: Person, row: Assignment) -> None:
    """An abstract waits to be read by this reviewer. Says nothing of its authors."""
    due = workshops.date_by_key(uow.session, edition.id, DateKey.REVIEWS_DUE)
    facts = [(str(_("Abstract")), f"#{submission.number}")]
    if due is not None:
        facts.append((str(_("Review due")), deadline_text(due.deadline).text))
    post(
        uow,
        _letter(
            edition,
            "assigned",
            f"review-assigned:{row.id}",
            reviewer.email,
            reviewer.name,
            values={"number": submission.number, "title": title_of(submission.title), "edition": edition.name},
            facts=tuple(facts),
            button=(
                str(_("Read and review it")),
                absolute("reviews.review", **_slugs(edition), number=submission.number),
            ),
            why=str(_("You get this because you review for %(edition)s.", edition=edition.name)),
            person_id=reviewer.id,
            locale=reviewer.locale or "en",
        ),
    )


def decided(uow: UnitOfWork, edition: Edition, submission: Submission, decision: Decision) -> None:
    """The decision is out: to the submitter, and to each author whose address is known."""
    reviews = [review.text for review in queries.submitted_reviews(uow.session, submission.id)]
    facts = [(str(_("Abstract")), f"#{submission.number}: {title_of(submission.title)}")]
    action = ACTIONS[decision.outcome]
    if action is Action.ACCEPT:
        facts.append((str(_("Accepted as")), outcome_name(decision.outcome)))
        if submission.confirm_by is not None:
            by = Deadline(submission.confirm_by, submission.confirm_by_zone or "UTC")
            facts.append((str(_("Please confirm by")), deadline_text(by).text))
    for address, (name, person_id) in recipients(uow, submission).items():
        post(
            uow,
            _letter(
                edition,
                _TEMPLATES[action],
                f"decision:{submission.id}:{decision.version}:{address}",
                address,
                name,
                values={
                    "title": title_of(submission.title),
                    "edition": edition.name,
                    "reviews": reviews,
                    "outcome": outcome_name(decision.outcome),
                },
                facts=tuple(facts),
                button=(
                    str(_("Confirm or decline") if action is Action.ACCEPT else _("See the reviews")),
                    absolute("submissions.detail", **_slugs(edition), number=submission.number),
                ),
                why=str(_("You get this because you are an author of this abstract.")),
                person_id=person_id,
            ),
        )


def recipients(uow: UnitOfWork, submission: Submission) -> dict[str, tuple[str, int | None]]:
    """Addresses that hear of a decision, each once: the submitter and the authors with an address. Needs authors."""
    found: dict[str, tuple[str, int | None]] = {}
    if submission.submitter_id is not None:
        submitter = uow.session.get_one(Person, submission.submitter_id)
        if submitter.erased_at is None:
            found[submitter.email] = (submitter.name, submitter.id)
    for author in submission.authors:
        if author.email:
            found.setdefault(author.email.casefold(), (author.name, author.person_id))
    return found


def answered(uow: UnitOfWork, edition: Edition, submission: Submission, person: Person) -> None:
    """The authors' answer has arrived."""
    confirmed = submission.state.value == "confirmed"
    post(
        uow,
        _letter(
            edition,
            "confirmed" if confirmed else "declined",
            f"answer:{submission.id}:{submission.version}",
            person.email,
            person.name,
            values={"title": title_of(submission.title), "edition": edition.name},
            facts=((str(_("Abstract")), f"#{submission.number}: {title_of(submission.title)}"),),
            button=(
                str(_("Your abstract")),
                absolute("submissions.detail", **_slugs(edition), number=submission.number),
            ),
            why=str(_("You get this because you are an author of this abstract.")),
            person_id=person.id,
            locale=person.locale or "en",
        ),
    )
