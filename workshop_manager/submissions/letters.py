"""Letters of the programme chairs about submissions: to whom they go, and what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline, zone_city, zone_label
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter
from workshop_manager.questions.rules import is_address
from workshop_manager.submissions import queries
from workshop_manager.submissions.models import Submission
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


def when(deadline: Deadline) -> str:
    """`Friday 6 October 2023, 23:59 AoE`, the same for every reader and whenever it is read."""
    local = deadline.local
    zone = zone_label(deadline.zone, deadline.at)
    return f"{day_text(local.date(), year=True, short=False)}, {clock_text(local)} {zone}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who hears of a decision; `person` if the address belongs to an account."""

    address: str
    name: str
    person: Person | None


def chairs_letter(edition: Edition, template: str, key: str, to: Recipient, **more: object) -> Letter:
    """A letter in the chairs' name; `more` are further fields of `Letter`."""
    return Letter(
        template=template,
        key=key,
        to_address=to.address,
        to_name=to.name,
        signature=str(_("The programme chairs of %(edition)s", edition=isolated(edition.name))),
        person_id=to.person.id if to.person else None,
        locale=(to.person.locale if to.person else None) or "en",
        **sender(edition),
        **more,  # type: ignore[arg-type]
    )


def in_both_zones(deadline: Deadline, person: Person | None) -> str:
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
