"""The mails of this package, a function each."""

import hashlib

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import changes_until
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.questions.rules import is_address
from workshop_manager.submissions import invitations, queries
from workshop_manager.submissions.letters import chairs_letter, people_of, recipients
from workshop_manager.submissions.letters import when as when
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.states import DateKey


def _address_of(edition: Edition, submission: Submission) -> str:
    return absolute(
        "submissions.detail", community=edition.community.slug, edition=edition.slug, number=submission.number
    )


def _facts(edition: Edition, submission: Submission) -> tuple[tuple[str, str], ...]:
    return (
        (str(_("Title")), submission.title),
        (str(_("Number")), f"#{submission.number}"),
        (str(_("Authors")), ", ".join(isolated(author.name) for author in submission.authors)),
        (str(_("Workshop")), edition.name),
    )


def _submitter(uow: UnitOfWork, submission: Submission) -> Person | None:
    person = uow.session.get(Person, submission.submitter_id) if submission.submitter_id else None
    return person if person is not None and person.erased_at is None else None


def received(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """To the submitter, at the first submission: it is in, and until when it can be changed."""
    person = _submitter(uow, submission)
    if person is None:
        return
    plan = calls.plan_of(uow.session, edition.id, person.id, also=submission.track_id)
    due = changes_until(plan, submission.round_id, submission.track_id)
    heard = plan.date(DateKey.NOTIFICATION, submission.round_id, submission.track_id)
    post(
        uow,
        Letter(
            template="submissions/received",
            key=f"submission-received:{submission.id}",
            to_address=person.email,
            to_name=person.name,
            values={
                "title": submission.title,
                "edition": edition.name,
                "due": when(due) if due else None,
                "heard": when(heard) if heard else None,
                "has_file": bool(submission.files),
            },
            facts=_facts(edition, submission),
            button=(str(_("Look at it or change it")), _address_of(edition, submission)),
            signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
            why=str(_("You get this because you submitted an abstract.")),
            person_id=person.id,
            locale=person.locale or "en",
            about=submission.about,
            **sender(edition),
        ),
    )


def withdrawn(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """To the submitter: the work was withdrawn, and by whom if somebody else did."""
    person = _submitter(uow, submission)
    if person is None:
        return
    actor_id = uow.actor.id if uow.actor else None
    other = queries.names_of(uow.session, {actor_id}).get(actor_id) if actor_id and actor_id != person.id else None
    post(
        uow,
        Letter(
            template="submissions/withdrawn",
            key=f"submission-withdrawn:{submission.id}:{submission.version}",
            to_address=person.email,
            to_name=person.name,
            values={"title": submission.title, "edition": edition.name, "by": other},
            facts=_facts(edition, submission),
            button=(str(_("Your submissions")), _list_of(edition)),
            signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
            why=str(_("You get this because you had submitted the abstract.")),
            person_id=person.id,
            locale=person.locale or "en",
            about=submission.about,
            **sender(edition),
        ),
    )


def _list_of(edition: Edition) -> str:
    return absolute("submissions.mine", community=edition.community.slug, edition=edition.slug)


def _named_key(submission: Submission, address: str) -> str:
    digest = hashlib.sha256(address.casefold().encode()).hexdigest()[:32]
    return f"author-named:{submission.id}:{digest}"


def named(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """To every co-author with an address, once for that address and submission: you are named as an author."""
    person = _submitter(uow, submission)
    own = person.email.casefold() if person else ""
    others = {
        _named_key(submission, author.email): author
        for author in submission.authors
        if author.email and author.email.casefold() != own and is_address(author.email)
    }
    told = queries.posted_mails(uow.session, set(others))
    for key, author in others.items():
        if key not in told:
            _name_one(uow, edition, submission, author, key, person.name if person else "")


def name_again(uow: UnitOfWork, edition: Edition, submission: Submission, author: Author, most: int) -> None:
    """The same once more, with a new link; Conflict after `most` letters to that address about this submission."""
    first = _named_key(submission, author.email or "")
    keys = [first, *(f"{first}:{number}" for number in range(2, most + 1))]
    told = queries.posted_mails(uow.session, set(keys))
    left = [key for key in keys if key not in told]
    if not left:
        raise Conflict(str(_("They were written to %(most)s times. Write to them yourself.", most=most)))
    person = _submitter(uow, submission)
    _name_one(uow, edition, submission, author, left[0], person.name if person else "")


def _name_one(
    uow: UnitOfWork, edition: Edition, submission: Submission, author: Author, key: str, submitter: str
) -> None:
    token = invitations.ask(uow, author)
    post(
        uow,
        Letter(
            template="submissions/named",
            key=key,
            to_address=author.email or "",
            to_name=author.name,
            values={
                "title": submission.title,
                "edition": edition.name,
                "submitter": submitter,
                "has_account": author.person_id is not None,
            },
            facts=_facts(edition, submission),
            button=(str(_("Say whether that is right")), absolute("submissions.authorship_asked", token=token)),
            signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
            why=str(_("You get this because this address stands beside an author's name.")),
            person_id=author.person_id,
            about=submission.about,
            is_secret=True,
            **sender(edition),
        ),
    )


def author_left(uow: UnitOfWork, edition: Edition, submission: Submission, name: str, *, was_presenter: bool) -> None:
    """To the submitter, and to the organisers once a decision is out: an author had their name taken out."""
    person = _submitter(uow, submission)
    to: list[tuple[str, str, int | None]] = [(person.email, person.name, person.id)] if person is not None else []
    if edition.contact_email and submission.decided_at is not None:
        to.append((edition.contact_email, "", None))
    for address, to_name, person_id in to:
        digest = hashlib.sha256(address.casefold().encode()).hexdigest()[:32]
        post(
            uow,
            Letter(
                template="submissions/author_left",
                key=f"author-left:{submission.id}:{submission.version}:{digest}",
                to_address=address,
                to_name=to_name,
                values={
                    "title": submission.title,
                    "edition": edition.name,
                    "who": name,
                    "was_presenter": was_presenter,
                    "is_decided": submission.decided_at is not None,
                },
                facts=_facts(edition, submission),
                button=(str(_("Look at it")), _address_of(edition, submission)),
                signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
                why=str(_("You get this because you submitted the abstract, or run the workshop.")),
                person_id=person_id,
                about=submission.about,
                **sender(edition),
            ),
        )


# -- what chairs did ----------------------------------------------------------------------------------------------


def _to_authors(uow: UnitOfWork, edition: Edition, submission: Submission, template: str, **values: object) -> None:
    """One letter of the chairs to everybody who hears of this submission. Needs `authors`."""
    uow.session.refresh(submission, ["authors"])
    for to in recipients(submission, people_of(uow, [submission])):
        digest = hashlib.sha256(to.address.casefold().encode()).hexdigest()[:32]
        post(
            uow,
            chairs_letter(
                edition,
                f"submissions/{template}",
                f"submission-{template}:{submission.id}:{submission.version}:{digest}",
                to,
                about=submission.about,
                values={"title": submission.title, "edition": edition.name, "contact": edition.contact_email, **values},
                facts=_facts(edition, submission),
                button=(str(_("Look at it")), _address_of(edition, submission)),
                why=str(_("You get this because you are an author of this abstract.")),
            ),
        )


def taken_out(uow: UnitOfWork, edition: Edition, submission: Submission, reason: str) -> None:
    """To the authors: the chairs withdrew the work for them."""
    _to_authors(uow, edition, submission, "taken_out", reason=reason)


def not_considered(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """To the authors: the work is not sent to review, and why."""
    _to_authors(uow, edition, submission, "not_considered", reason=submission.desk_reason or "")


def revived(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """To the authors: the work is in the call again."""
    _to_authors(uow, edition, submission, "revived")


def same_work(uow: UnitOfWork, edition: Edition, submission: Submission, kept: Submission, *, merged: bool) -> None:
    """To the authors of both: which of the two goes on."""
    numbers = {"left": submission.number, "kept": kept.number, "merged": merged}
    _to_authors(uow, edition, submission, "same_work", **numbers)
    if merged:
        _to_authors(uow, edition, kept, "same_work", **numbers)


def moved(uow: UnitOfWork, edition: Edition, submission: Submission, track: Track) -> None:
    """To the authors: the work is in another track now."""
    _to_authors(uow, edition, submission, "moved", track=track.name)


def handed_in(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """To the authors: the organisers handed the work in for them."""
    _to_authors(uow, edition, submission, "handed_in")
