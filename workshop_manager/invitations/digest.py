"""News for those who starred what changed: one mail a release, of nothing that they are told as its speaker."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.invitations.emails import both_times
from workshop_manager.invitations.rules import Slot
from workshop_manager.mail.service import Letter, post
from workshop_manager.schedule import reaching, stars
from workshop_manager.schedule.programme import Programme
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class News:
    """One item before and after; `after` None: it does not take place."""

    before: Slot
    after: Slot | None
    was_off: bool = False


def news(old: Programme | None, new: Programme, now: datetime) -> dict[str, News]:
    """By uid what somebody who planned to come must hear, in the order of the day: times, rooms, what is off or on.

    Nothing of what is new, since nobody follows it yet, nor of what is over at `now`. Pure.
    """
    found: dict[str, News] = {}
    for was in old.items if old is not None else ():
        item = new.item(was.uid)
        before = _slot(old, was.uid) if old is not None else None
        after = _slot(new, was.uid) if item is not None and not item.cancelled else None
        if before is None or max(before.over_at, after.over_at if after else before.over_at) <= now:
            continue
        if after is None:
            if not was.cancelled:
                found[was.uid] = News(before, None)
        elif was.cancelled or (before.start, before.end, before.room) != (after.start, after.end, after.room):
            found[was.uid] = News(before, after, was.cancelled)
    return found


def _slot(programme: Programme, uid: str) -> Slot | None:
    item = programme.item(uid)
    if item is None:
        return None
    return Slot(uid, item.heading, item.start, item.end, programme.room_of(item) or "")


def followers(
    uow: UnitOfWork, edition: Edition, found: Mapping[str, News], but: Mapping[int, Collection[str]]
) -> dict[int, list[News]]:
    """Who is told what, by person; `but` are the items that people are told of as speakers."""
    told: dict[int, list[News]] = {}
    for person_id, uids in stars.people_who_starred(uow.session, edition.id, list(found)).items():
        theirs = [one for uid, one in found.items() if uid in uids and uid not in but.get(person_id, ())]
        if theirs:
            told[person_id] = theirs
    return told


def tell(uow: UnitOfWork, edition: Edition, release_id: int, told: Mapping[int, list[News]]) -> int:
    """Write to each of them; how many mails that are."""
    people = reaching.people(uow.session, set(told))
    for person_id, person in people.items():
        post(uow, _letter(edition, person, told[person_id], f"schedule-digest:{release_id}:{person_id}"))
    return len(people)


def kind(one: News) -> str:
    """The same in a word or two."""
    if one.after is None:
        return str(_("Cancelled"))
    if one.was_off:
        return str(_("On again"))
    moved = (one.before.start, one.before.end) != (one.after.start, one.after.end)
    return str(_("New time")) if moved else str(_("New room"))


def line(one: News, zone: str, own: str | None) -> str:
    """What became of one item, in plain words."""
    title, before = isolated(one.before.title), both_times(one.before, zone, own)
    if one.after is None:
        return str(_("“%(title)s” does not take place. It was planned for %(when)s.", title=title, when=before))
    title, now = isolated(one.after.title), both_times(one.after, zone, own)
    if one.was_off:
        return str(_("“%(title)s” takes place after all: %(when)s.", title=title, when=now))
    if (one.before.start, one.before.end) == (one.after.start, one.after.end):
        room = isolated(one.after.room) or str(_("no room yet"))
        return str(
            _("“%(title)s” is in another room: %(room)s. The time stays: %(when)s.", title=title, room=room, when=now)
        )
    if one.before.room != one.after.room and one.after.room:
        now = str(_("%(when)s, %(room)s", when=now, room=isolated(one.after.room)))
    return str(_("“%(title)s” has moved. Now: %(now)s. Before: %(before)s.", title=title, now=now, before=before))


def _letter(edition: Edition, person: Person, found: list[News], key: str) -> Letter:
    locale = person.locale or "en"
    with force_locale(locale):
        facts = tuple((kind(one), line(one, edition.time_zone, person.time_zone)) for one in found)
        button = (str(_("See the schedule")), absolute("schedule.page", **edition.slugs))
        why = str(_("You get this because you starred these on the schedule."))
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
    return Letter(
        template="invitations/digest",
        key=key,
        to_address=person.email,
        to_name=person.name,
        values={
            "edition": edition.name,
            "number": len(facts),
            "address": absolute("schedule.my_stars", **edition.slugs),
        },
        facts=facts,
        button=button,
        signature=signature,
        why=why,
        person_id=person.id,
        locale=locale,
        **sender(edition),
    )
