"""Who is named as an author: asked by mail, and they claim it, or have their name taken out.

An answer needs no account. Claiming proves an address: from then on every work of that address is theirs, beside those
of their account's own address, and what an account of that address began moves to theirs.
"""

from flask_babel import gettext as _

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import emails, queries, rules
from workshop_manager.submissions.events import AuthorsChanged, AuthorshipClaimed, WorksMoved
from workshop_manager.submissions.models import AuthorInvitation, ClaimedAddress, Submission
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import is_open
from workshop_manager.workshops.service import acting_person

MOST_LETTERS = 3
"""How often one author is written to about one submission: nobody is mailed without end by somebody else's click."""


def ask_again(uow: UnitOfWork, edition: Edition, submission: Submission, author_id: int) -> None:
    """One of the authors has the mail to another sent once more, with a new link. The submission must be locked."""
    person_id = uow.actor.id if uow.actor else None
    if not rules.is_own(person_id, submission.submitter_id, [a.person_id for a in submission.authors]):
        raise NotFound
    author = next((a for a in submission.authors if a.id == author_id), None)
    if author is None or not author.email or submission.submitted_at is None:
        raise NotFound
    asked = queries.asked_authors(uow.session, submission.id).get(author.id)
    if asked is not None and asked.answered_at is not None:
        raise Conflict(str(_("They said yes already.")))
    emails.name_again(uow, edition, submission, author, MOST_LETTERS)


def find_open(uow: UnitOfWork, token: str, *, lock: bool = False) -> tuple[AuthorInvitation, Submission]:
    """The question of this token and its submission; NotFound alike for a wrong, used, ended or overtaken one."""
    found = queries.find_author_invitation(uow.session, token_hash(token), lock=lock)
    if found is None or not is_open(uow.now, found.expires_at, found.answered_at):
        raise NotFound
    if (found.author.email or "").lower() != found.address:
        raise NotFound
    return found, queries.submission_of_author(uow.session, found.author.submission_id, lock=lock)


def claim(uow: UnitOfWork, token: str) -> Submission:
    """Whoever is signed in is this author, and the address is theirs. The token is used up."""
    person = acting_person(uow)
    found, submission = find_open(uow, token, lock=True)
    found.answered_at = uow.now
    found.author.person_id = person.id
    other = queries.account_of_address(uow.session, found.address)
    if other is None or other.id == person.id or not other.has_two_steps:
        # Who reads that mailbox can sign in there; where a second step guards the account, all its other works stay.
        _take_over(uow, person.id, found.address, other.id if other else None)
    audit.record(uow, "claimed", "submission", submission.id, edition_id=submission.edition_id, person=person.id)
    uow.session.flush()
    uow.tell(AuthorshipClaimed(person.id))
    return submission


def _take_over(uow: UnitOfWork, person_id: int, address: str, other_id: int | None) -> None:
    """Every work of that address, now and later, and what an account of it began."""
    _add_address(uow, person_id, address)
    authors = list(queries.authors_of_address(uow.session, address))
    if other_id is not None and other_id != person_id:
        for one in queries.begun_as(uow.session, other_id):
            one.submitter_id, one.form_key = person_id, None
        authors += queries.authors_of_person(uow.session, other_id)
    for author in authors:
        author.person_id = person_id
    if other_id is not None and other_id != person_id:
        uow.session.flush()
        uow.tell(WorksMoved(other_id, person_id))


def _add_address(uow: UnitOfWork, person_id: int, address: str) -> None:
    row = uow.session.get(ClaimedAddress, address)
    if row is None:
        row = ClaimedAddress(address=address)
        uow.session.add(row)
    row.person_id, row.claimed_at = person_id, uow.now


def disown(uow: UnitOfWork, token: str) -> Edition:
    """Whoever holds the link is not an author of it, or does not want to be named: the name is taken out at once.

    The one who submitted hears of it, and once a decision is out the organisers do too. Raises Conflict if nobody
    would be left.
    """
    found, submission = find_open(uow, token, lock=True)
    author, edition = found.author, get_edition(uow.session, submission.edition_id)
    if len(submission.authors) == 1:
        raise Conflict(
            str(_("You are the only author named, so there would be nobody left. Ask the organisers to withdraw it."))
        )
    name, was_presenter = author.name, author.is_presenter
    submission.authors.remove(author)
    for place, one in enumerate(submission.authors):
        one.position = place
    submission.version += 1
    submission.changed_at = uow.now
    audit.record(uow, "author left", "submission", submission.id, edition_id=edition.id)
    uow.session.flush()
    emails.author_left(uow, edition, submission, name, was_presenter=was_presenter)
    uow.tell(AuthorsChanged(submission.id, edition.id))
    return edition
