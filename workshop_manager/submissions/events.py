"""What others may want to know of, told in the transaction in which it happens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubmissionSubmitted:
    """A draft became a submission."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class SubmissionsBroughtIn:
    """Many came in at once from elsewhere, some of which wait for a decision: told once, not of each."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class SubmissionWithdrawn:
    """A submission was withdrawn by its authors or by a chair, whatever had become of it before."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class AuthorsChanged:
    """Somebody left the authors of a submission after it was handed in."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class SubmissionRevived:
    """A submission that was out waits for its decision again; what was decided before no longer counts."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class DraftRemoved:
    """A draft is about to be removed for good, with all that hangs on it."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class WorksMoved:
    """Somebody showed that an address is theirs: works of the account that had it are now of another account."""

    from_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class AuthorshipClaimed:
    """Somebody showed that they are an author: of one work, or of every work of an address."""

    person_id: int
