"""The mails about deadlines: one moved, one comes near."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.submissions.emails import when
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that moved: from when to when, what the organisers add, and whether for one person alone."""

    old: Deadline
    new: Deadline
    note: str
    is_personal: bool


def _about(drafts: Sequence[Submission]) -> str | None:
    if not drafts:
        return None
    return f"submission:{drafts[0].id}" if len(drafts) == 1 else "submissions"


def _signature(edition: Edition) -> str:
    return str(_("The organisers of %(edition)s", edition=isolated(edition.name)))


def _locale(person: Person | None) -> str:
    return (person.locale if person else None) or "en"


def extended_letter(
    edition: Edition,
    person: Person | None,
    address: str,
    titles: Sequence[str],
    moved: Moved,
    *,
    key: str,
    about: str | None = None,
) -> Letter:
    """To somebody with a draft, or to the one person it is for: until when they can submit now."""
    place = {"community": edition.community.slug, "edition": edition.slug}
    with force_locale(_locale(person)):
        values = {
            "edition": edition.name,
            "old": when(moved.old),
            "new": when(moved.new),
            "note": moved.note,
            "drafts": len(titles),
            "title": titles[0] if titles else "",
            "is_personal": moved.is_personal,
        }
        button = (
            (str(_("Go on with your draft")), absolute("submissions.mine", **place))
            if titles
            else (str(_("Read the call")), absolute("calls.call", **place))
        )
        why = (
            _("You get this because an organiser gave you more time.")
            if moved.is_personal
            else _("You get this once for this change, because you have a draft that is not submitted.")
        )
        return Letter(
            template="submissions/extended",
            key=key,
            to_address=address,
            to_name=person.name if person else "",
            values=values,
            facts=tuple((str(_("Draft")), isolated(title)) for title in titles) if len(titles) > 1 else (),
            button=button,
            signature=_signature(edition),
            why=str(why),
            person_id=person.id if person else None,
            locale=_locale(person),
            about=about,
            **sender(edition),
        )


def extended(
    uow: UnitOfWork,
    edition: Edition,
    person: Person | None,
    address: str,
    drafts: Sequence[Submission],
    moved: Moved,
    act: str,
) -> None:
    """Post that letter. `act` names the extension, so that each person hears of it once."""
    who = str(person.id) if person else hashlib.sha256(address.casefold().encode()).hexdigest()[:32]
    titles = [title_of(draft.title) for draft in drafts]
    key = f"deadline-extended:{act}:{who}"
    post(uow, extended_letter(edition, person, address, titles, moved, key=key, about=_about(drafts)))


def nudge_key(submission_id: int, person_id: int, due: Deadline, hours: int) -> str:
    """Names a nudge: once for each draft, person, deadline and distance from it."""
    return f"draft-nudge:{hours}:{submission_id}:{person_id}:{int(due.at.timestamp())}"


def reminder_key(submission_id: int, person_id: int, day: date) -> str:
    """Names a reminder that was asked for: once a day for each draft and person."""
    return f"draft-reminder:{day.isoformat()}:{submission_id}:{person_id}"


def nudge(
    uow: UnitOfWork,
    edition: Edition,
    person: Person,
    draft: Submission,
    due: Deadline,
    hours: int | None,
    missing: list[str],
) -> None:
    """To whoever writes a draft, before its deadline: it is not submitted yet, and what it still misses.

    `hours` before it by the clock; None: whoever runs the call asked for it.
    """
    place = {"community": edition.community.slug, "edition": edition.slug}
    with force_locale(_locale(person)):
        if hours is None:
            key = reminder_key(draft.id, person.id, uow.now.date())
            why = _("You get this because you have a draft that is not submitted.")
        else:
            key = nudge_key(draft.id, person.id, due, hours)
            why = _("You get this because you have a draft that is not submitted: twice at most before a deadline.")
        letter = Letter(
            template="submissions/nudge",
            key=key,
            to_address=person.email,
            to_name=person.name,
            values={"edition": edition.name, "title": title_of(draft.title), "due": when(due), "missing": missing},
            button=(str(_("Go on with your draft")), absolute("submissions.edit", number=draft.number, **place)),
            signature=_signature(edition),
            why=str(why),
            person_id=person.id,
            locale=_locale(person),
            about=f"submission:{draft.id}",
            **sender(edition),
        )
    post(uow, letter)
