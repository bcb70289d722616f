"""One function a mail. None quotes what somebody wrote: organisers may read mails, and feedback is for two sides.

Each tells of several works, so chairs with a conflict in the edition see none of them (`Letter.about`).
"""

from collections.abc import Sequence

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.mentoring.models import Match, Reading
from workshop_manager.submissions.letters import Recipient, chairs_letter, in_both_zones
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition

_ABOUT = "submissions"


def _why(edition: Edition) -> str:
    return str(_("You get this because you take part in the mentored round of %(edition)s.", edition=edition.name))


def _to(person: Person) -> Recipient:
    return Recipient(person.email, person.name, person)


def _titled(work: Submission) -> str:
    return isolated(title_of(work.title))


def matched(
    uow: UnitOfWork,
    edition: Edition,
    to: Person,
    reads: Sequence[Reading],
    is_read: Sequence[Reading],
    due: Deadline | None,
    *,
    shows_names: bool,
) -> None:
    """To everybody of the matches that are announced: the drafts they read, and which of theirs is read.

    Readings need works, and readers where names are shown.
    """
    facts = [(str(_("You read")), _titled(one.submission)) for one in reads]
    for one in is_read:
        by = f" ({isolated(one.reader.name)})" if shows_names and one.reader is not None else ""
        facts.append((str(_("They read")) + by, _titled(one.submission)))
    if due is not None:
        facts.append((str(_("Feedback due")), in_both_zones(due, to)))
    match_id = min(one.match_id for one in (*reads, *is_read))
    where = (
        absolute("mentoring.reading", **edition.slugs, reading_id=reads[0].id)
        if reads
        else absolute("submissions.mine", **edition.slugs)
    )
    post(
        uow,
        chairs_letter(
            edition,
            "mentoring/matched",
            f"mentoring-match:{match_id}:{to.id}",
            _to(to),
            about=_ABOUT,
            values={"edition": edition.name, "number": len(reads), "is_read": bool(is_read)},
            facts=tuple(facts),
            button=(str(_("Read the draft")) if reads else str(_("Go to your work")), where),
            why=_why(edition),
        ),
    )


def ended(uow: UnitOfWork, edition: Edition, match: Match, to: Person, *, is_free: bool) -> None:
    """To those who are left in a match that has ended."""
    post(
        uow,
        chairs_letter(
            edition,
            "mentoring/ended",
            f"mentoring-ended:{match.id}:{to.id}",
            _to(to),
            about=_ABOUT,
            values={"edition": edition.name, "is_free": is_free},
            button=(str(_("Go to your submissions")), absolute("submissions.mine", **edition.slugs)),
            why=_why(edition),
        ),
    )


def came_in(uow: UnitOfWork, edition: Edition, reading: Reading, to: Person) -> None:
    """To the author who takes part: feedback is there to be read. Needs the work loaded."""
    work = reading.submission
    post(
        uow,
        chairs_letter(
            edition,
            "mentoring/came_in",
            f"mentoring-feedback:{reading.id}",
            _to(to),
            about=_ABOUT,
            values={"edition": edition.name, "title": title_of(work.title)},
            button=(str(_("Read the feedback")), absolute("mentoring.own", **edition.slugs, number=work.number)),
            why=_why(edition),
        ),
    )


def thanked(uow: UnitOfWork, edition: Edition, reading: Reading, to: Person) -> None:
    """To whoever gave feedback: the author said thank you. What they wrote stands on the page."""
    post(
        uow,
        chairs_letter(
            edition,
            "mentoring/thanked",
            f"mentoring-thanks:{reading.id}",
            _to(to),
            about=_ABOUT,
            values={"edition": edition.name},
            button=(
                str(_("See what they say")),
                absolute("mentoring.reading", **edition.slugs, reading_id=reading.id),
            ),
            why=_why(edition),
        ),
    )


def reminder(
    edition: Edition, to: Person, readings: Sequence[Reading], due: Deadline | None, *, is_late: bool, key: str
) -> Letter:
    """To somebody who owes feedback: exactly that. Posting it is left to the wave. Needs works loaded."""
    facts = [(str(_("You read")), _titled(one.submission)) for one in readings]
    if due is not None:
        facts.append((str(_("Feedback due")), in_both_zones(due, to)))
    return chairs_letter(
        edition,
        "mentoring/reminder",
        key,
        _to(to),
        about=_ABOUT,
        values={"edition": edition.name, "number": len(readings), "is_late": is_late},
        facts=tuple(facts),
        button=(
            str(_("Write the feedback")),
            absolute("mentoring.reading", **edition.slugs, reading_id=readings[0].id),
        ),
        why=_why(edition),
    )
