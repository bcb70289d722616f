"""Hash a password, compare one. Unknown people cost the same time as known ones."""

from flask_security import hash_password as library_hash

from workshop_manager.accounts.library import machinery
from workshop_manager.accounts.models import Person
from workshop_manager.accounts.rules import LONGEST, normalise_password


def hash_password(typed: str) -> str:
    """What is stored of a password: argon2id."""
    return str(library_hash(normalise_password(typed)))


def is_right(person: Person | None, typed: str) -> bool:
    """True if it is this person's password. One hash is computed whoever it is, so that time tells nothing."""
    password = normalise_password(typed[: 4 * LONGEST])
    if person is None or person.password is None or not person.active or len(password) > LONGEST:
        machinery().pwd_context.dummy_verify()
        return False
    return bool(person.verify_and_update_password(password))
