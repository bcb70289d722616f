"""The mails of this package: a speaker's slots with the messages for their calendar, and that one was declined."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import zone_label, zone_names
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.invitations.models import SpeakerContact, SpeakerInvitation
from workshop_manager.invitations.rules import Slot, Step, What
from workshop_manager.mail.service import Letter, post
from workshop_manager.schedule import calendar, drafting
from workshop_manager.schedule.calendar import Party
from workshop_manager.schedule.programme import Item, Kind, Programme
from workshop_manager.schedule.reaching import Recipient
from workshop_manager.web.request import settings
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


def _is_rtl() -> bool:
    locale = get_locale()
    return locale is not None and locale.text_direction == "rtl"


def span_text(start: datetime, end: datetime | None, zone: str, *, year: bool = True) -> str:
    """`Friday 11 December 2026, 09:00–09:30 CST`."""
    place = ZoneInfo(zone)
    first = start.astimezone(place)
    day, clock = day_text(first.date(), year=year, short=False), clock_text(first)
    if end is not None and end > start:
        last = end.astimezone(place)
        same = last.date() == first.date()
        clock += f"–{clock_text(last)}" if same else f" – {day_text(last.date(), short=False)}, {clock_text(last)}"
    clock = f"{clock} {zone_label(zone, start)}"
    # Among right-to-left words 09:00–09:30 would stand as 09:30–09:00.
    return f"{day}, \u2066{clock}\u2069" if _is_rtl() else f"{day}, {clock}"


def both_times(slot: Slot, zone: str, own: str | None) -> str:
    """The same, with the reader's own time behind it where their clock shows another."""
    text = span_text(slot.start, slot.end, zone)
    if own is None or own not in zone_names():
        return text
    if slot.start.astimezone(ZoneInfo(own)).utcoffset() == slot.start.astimezone(ZoneInfo(zone)).utcoffset():
        return text
    theirs = span_text(slot.start, slot.end, own, year=False)
    if _is_rtl():
        text, theirs = f"\u2068{text}\u2069", f"\u2068{theirs}\u2069"
    return str(_("%(time)s (for you: %(own)s)", time=text, own=theirs))


def sentence(step: Step) -> str:
    """What became of a slot, in plain words."""
    title, before, after = isolated(step.slot.title), step.before, step.after
    if step.what is What.OFF:
        return str(_("“%(title)s” is called off, or no longer with you.", title=title))
    if step.what is What.FIRST:
        return str(_("You speak in “%(title)s”.", title=title))
    if step.what is What.AGAIN:
        return str(_("“%(title)s” is on again, with you.", title=title))
    assert before is not None
    assert after is not None
    has_moved = (before.start, before.end) != (after.start, after.end)
    has_room = before.room != after.room
    if has_moved and has_room:
        return str(_("“%(title)s” has a new time and a new room.", title=title))
    if has_moved:
        return str(_("“%(title)s” has a new time.", title=title))
    if has_room:
        return str(_("“%(title)s” is in another room.", title=title))
    return str(_("“%(title)s” has a new title.", title=title))


def _facts(step: Step, zone: str, own: str | None) -> list[tuple[str, str]]:
    slot, before = step.slot, step.before
    found = [(str(_("What")), isolated(slot.title))]
    if slot.is_chair:
        found.append((str(_("Your part")), str(_("You chair it"))))
    if step.what is What.OFF:
        return [*found, (str(_("It was")), both_times(slot, zone, own))]
    is_change = step.what is What.CHANGED and before is not None
    if is_change and before is not None and before.title != slot.title:
        found.append((str(_("Before called")), isolated(before.title)))
    if is_change and before is not None and (before.start, before.end) != (slot.start, slot.end):
        found.append((str(_("Time before")), both_times(before, zone, own)))
        found.append((str(_("Time now")), both_times(slot, zone, own)))
    else:
        found.append((str(_("When")), both_times(slot, zone, own)))
    if is_change and before is not None and before.room != slot.room:
        found.append((str(_("Room before")), isolated(before.room) or str(_("none"))))
        found.append((str(_("Room now")), isolated(slot.room) or str(_("none"))))
    elif slot.room:
        found.append((str(_("Where")), isolated(slot.room)))
    return found


def messages(
    uow: UnitOfWork, edition: Edition, public: Programme | None, to: Recipient, steps: Sequence[Step]
) -> bytes:
    """A message for each slot, one after the other: each holds one UID. Nobody is named but as the public reads it.

    An event that was called off or put on again since raises every SEQUENCE, as it does in the feed.
    """
    shown = public or drafting.empty_programme(edition)
    sender_address = settings().mail_sender_address
    organiser = Party(edition.contact_email or sender_address, edition.name)
    made = []
    for step in steps:
        slot = step.slot
        item = shown.item(slot.uid) or Item(slot.uid, Kind.OTHER, slot.title, slot.start, slot.end)
        item = replace(
            item,
            start=slot.start,
            end=slot.end,
            room=slot.room or None,
            cancelled=step.what is What.OFF,
            sequence=step.sequence + edition.cancel_revision,
        )
        made.append(
            calendar.invitation(
                shown, item, made_at=uow.now, organiser=organiser, sent_by=sender_address, to=Party(to.address, to.name)
            )
        )
    return b"".join(made)


def letter(
    uow: UnitOfWork,
    edition: Edition,
    public: Programme | None,
    to: Recipient,
    steps: Sequence[Step],
    token: str,
    key: str,
) -> Letter:
    """What one speaker is told of their slots, in their language, their own time beside the event's."""
    zone = edition.time_zone
    whats = {step.what for step in steps}
    if whats <= {What.FIRST, What.AGAIN}:
        tone = "first"
    else:
        tone = "off" if whats == {What.OFF} else "changed"
    with force_locale(to.locale):
        facts = [fact for step in steps for fact in _facts(step, zone, to.zone)]
        button = (str(_("Say whether you come")), absolute("invitations.answer", token=token))
        if tone == "off":
            button = (str(_("See your slots")), button[1])
        why = str(_("You get this because you are on the programme of %(edition)s.", edition=isolated(edition.name)))
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
        sentences = " ".join(sentence(step) for step in steps)
    return Letter(
        template="invitations/slots",
        key=key,
        to_address=to.address,
        to_name=to.name,
        values={"edition": edition.name, "tone": tone, "number": len(steps), "sentences": sentences},
        facts=tuple(facts),
        button=button,
        signature=signature,
        why=why,
        person_id=to.person_id,
        locale=to.locale,
        calendar=messages(uow, edition, public, to, steps),
        is_secret=True,
        **sender(edition),
    )


def declined(
    uow: UnitOfWork, edition: Edition, contact: SpeakerContact, row: SpeakerInvitation, person: Person
) -> None:
    """To whoever makes the schedule: a speaker said no."""
    locale = person.locale or "en"
    with force_locale(locale):
        facts = [
            (str(_("Who")), isolated(contact.name)),
            (str(_("What")), isolated(row.title)),
            (str(_("When")), span_text(row.starts_at, row.ends_at, edition.time_zone)),
        ]
        facts += [(str(_("Their words")), row.note)] if row.note else []
        button = (str(_("See all answers")), absolute("invitations.desk", **edition.slugs))
        why = str(_("You get this because you make the schedule of %(edition)s.", edition=isolated(edition.name)))
    post(
        uow,
        Letter(
            template="invitations/declined",
            key=f"speaker-declined:{row.id}:{row.answers}:{person.id}",
            to_address=person.email,
            to_name=person.name,
            values={"edition": edition.name, "who": contact.name, "title": row.title},
            facts=tuple(facts),
            button=button,
            why=why,
            person_id=person.id,
            locale=locale,
            **sender(edition),
        ),
    )


def in_a_line(to: Recipient, steps: Sequence[Step], zone: str) -> str:
    """`Nur Aisyah: “…” has a new time (Friday 11 December 2026, 09:00–09:30 CST)`, for whoever releases."""
    told = " ".join(f"{sentence(step)} {span_text(step.slot.start, step.slot.end, zone)}." for step in steps)
    return f"{isolated(to.name)}: {told}"


def mails_text(number: int) -> str:
    """How many speakers get a mail."""
    return str(ngettext("One speaker gets a mail", "%(num)s speakers get a mail", number))
