"""One function a mail; those about a place carry it for a calendar."""

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.schedule import calendar, drafting
from workshop_manager.schedule.programme import Item, Kind, Programme
from workshop_manager.signups.days import Days
from workshop_manager.signups.models import SignupBlock, SignupPart
from workshop_manager.web.times import when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


def placed(
    uow: UnitOfWork, edition: Edition, days: Days, block: SignupBlock, part: SignupPart, person: Person, how: str
) -> None:
    """A place is theirs. `how`: taken, allocated, moved_up (they waited) or by_hand (an organiser)."""
    _post(uow, edition, days, block, part, person, "placed", how=how)


def unplaced(uow: UnitOfWork, edition: Edition, block: SignupBlock, person: Person) -> None:
    """Places were given, and none of what they ranked was left; they wait for each of it."""
    _post(uow, edition, Days(), block, None, person, "unplaced")


def ended(uow: UnitOfWork, edition: Edition, days: Days, block: SignupBlock, part: SignupPart, person: Person) -> None:
    """Their place is no longer theirs, because of somebody or something else than themselves."""
    _post(uow, edition, days, block, part, person, "ended")


def off(uow: UnitOfWork, edition: Edition, block: SignupBlock, part: SignupPart, person: Person) -> None:
    """What they waited for or ranked does not take place; they held no place of it, so no calendar changes."""
    _post(uow, edition, Days(), block, None, person, "off", title=part.title)


def moved(
    uow: UnitOfWork,
    edition: Edition,
    days: Days,
    block: SignupBlock,
    part: SignupPart,
    person: Person,
    other: str,
    *,
    has_place: bool,
) -> None:
    """What they have a place of, or hope for, is at another time; `other` is what is then in their way, if anything."""
    _post(uow, edition, days, block, part, person, "moved", other=other, has_place=has_place)


def note(
    days: Days, block: SignupBlock, part: SignupPart, at: datetime, *, number: int = 0, ends: bool = False
) -> Item | None:
    """The place in a calendar: one entry a block, which moves with the place; None while nobody has said when."""
    span = days.span(part)
    if span is None:
        return None
    title = f"{part.title} ({block.name})"
    return Item(
        f"signup-{block.id}",
        Kind.OTHER,
        title,
        span.start,
        span.end,
        room=days.where(part) or None,
        cancelled=ends,
        sequence=number,
        changed_at=at,
    )


def _calendar(
    uow: UnitOfWork, edition: Edition, days: Days, block: SignupBlock, part: SignupPart, *, ends: bool
) -> bytes | None:
    item = note(days, block, part, uow.now, number=block.last_number, ends=ends)
    if item is None:
        return None
    programme = Programme(drafting.uid_domain(), edition.name, edition.time_zone, (item,))
    address = absolute("signups.mine", **edition.slugs)
    return calendar.feed(programme, name=edition.name, url=address, colour=edition.accent_colour)


def _post(
    uow: UnitOfWork,
    edition: Edition,
    days: Days,
    block: SignupBlock,
    part: SignupPart | None,
    person: Person,
    template: str,
    **values: object,
) -> None:
    block.last_number += 1
    locale = person.locale or "en"
    with force_locale(locale):
        facts = [(str(_("Event")), edition.name)]
        span = days.span(part) if part is not None else None
        if part is not None and span is not None and template in ("placed", "moved"):
            facts.append((str(_("When")), when_text(span.start, edition.time_zone)))
            facts += [(str(_("Where")), days.where(part))] if days.where(part) else []
        button = (str(_("What you signed up for")), absolute("signups.mine", **edition.slugs))
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
        why = str(_("You get this because you signed up at %(edition)s.", edition=isolated(edition.name)))
    is_theirs = template in ("placed", "ended") or bool(values.get("has_place"))
    post(
        uow,
        Letter(
            template=f"signups/{template}",
            key=f"signup-{template}:{block.id}:{person.id}:{block.last_number}:{uow.now.timestamp():.0f}",
            to_address=person.email,
            to_name=person.name,
            values={"edition": edition.name, "block": block.name, "part": part.title if part else "", **values},
            facts=tuple(facts),
            button=button,
            signature=signature,
            why=why,
            person_id=person.id,
            locale=locale,
            calendar=_calendar(uow, edition, days, block, part, ends=template == "ended")
            if part and is_theirs
            else None,
            **sender(edition),
        ),
    )
