"""The links that ask people whether they are authors: made with the mail, and known to it alone."""

from datetime import timedelta

from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import queries
from workshop_manager.submissions.models import Author, AuthorInvitation

LASTS = timedelta(days=30)


def ask(uow: UnitOfWork, author: Author) -> str:
    """A new question to this author; earlier ones end. Returns its token, which only the mail knows."""
    token = new_token()
    earlier = queries.asked_authors(uow.session, author.submission_id).get(author.id)
    if earlier is not None and earlier.answered_at is None:
        earlier.expires_at = uow.now
    uow.session.add(
        AuthorInvitation(
            author_id=author.id,
            address=(author.email or "").lower(),
            token_hash=token_hash(token),
            created_at=uow.now,
            expires_at=uow.now + LASTS,
        )
    )
    uow.session.flush()
    return token
