"""Exports and parts of the calendar from one published snapshot, each made once in a process and kept compressed.

What is kept is found by everything it is made of, so nothing has to be forgotten: another release, another choice of a
person or another name of the edition is another key, in every process and on every host alike.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask_babel import force_locale
from markupsafe import Markup
from sqlalchemy.orm import Session

from workshop_manager.core.errors import NotFound
from workshop_manager.schedule import archive, beside_items, calendar, drafting, exports, feeds
from workshop_manager.schedule.exports import About
from workshop_manager.schedule.programme import Item, Programme, from_json
from workshop_manager.web.request import settings
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Mode

Maker = Callable[[Programme, About], bytes]
FORMATS: dict[str, tuple[str, Maker]] = {
    "xml": ("application/xml; charset=utf-8", exports.schedule_xml),
    "json": ("application/json; charset=utf-8", exports.schedule_json),
    "csv": ("text/csv; charset=utf-8", exports.schedule_csv),
    "html": ("text/html; charset=utf-8", archive.html),
    "pdf": ("application/pdf", archive.pdf),
}
"""By the ending of the address: the type and who makes it."""
NOT_YET = "Nothing of this schedule is released yet."


@lru_cache(maxsize=64)
def parsed(stored: bytes) -> Programme:
    """A stored programme, read once while it stays the same."""
    return from_json(stored)


def about(edition: Edition, release: int | None) -> About:
    """What an export says of an edition. Needs `community` loaded."""
    return _about(
        (edition.community.slug, edition.slug), edition, edition.community.name, edition.accent_colour, release
    )


def about_row(slugs: tuple[str, str], found: Any) -> About:
    """The same of a row of `queries.public_snapshot`."""
    return _about(slugs, found, found.community, found.colour, found.release)


def with_links(session: Session, found: Any, told: About, now: datetime) -> About:
    """The same with what there is of items by now (a query for each higher package that has something)."""
    if found.programme is None:
        return told
    with force_locale("en"):  # as all of an export: it is the same for everybody
        links = beside_items.links(session, found.id, parsed(found.programme), found.ends_at, now)
    return replace(told, links=links) if links else told


def _about(slugs: tuple[str, str], one: Any, community: str, colour: str, release: int | None) -> About:
    return About(
        name=one.name,
        community=community,
        slugs=slugs,
        page=absolute("schedule.page", community=slugs[0], edition=slugs[1]),
        base=settings().base_url,
        colour=colour,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        tagline=one.tagline,
        recording_policy=one.recording_policy,
        venue=one.venue or "",
        city=one.city or "",
        in_person=one.mode is not Mode.VIRTUAL,
        online=one.mode is not Mode.IN_PERSON,
        is_cancelled=one.cancelled_at is not None,
        release=release,
    )


Off = tuple[int, datetime | None, bool]


def _off(found: Any) -> Off:
    return found.cancel_revision, found.cancel_changed_at, found.cancelled_at is not None


def _called_off(stored: bytes, off: Off) -> Programme:
    """What the public may read now, with an edition that was called off said of every item."""
    times, at, is_off = off
    return parsed(stored).called_off(times, at, is_off=is_off)


def made(form: str, programme: Programme, told: About) -> bytes:
    """An export's bytes, in one language: what is published is the same for everybody."""
    with force_locale("en"):
        if form == "ics":
            return calendar.feed(programme, name=told.name, url=told.page, colour=told.colour)
        return FORMATS[form][1](programme, told)


def kept(form: str, found: Any, told: About) -> feeds.Packed:
    """An export of a row of `queries.public_snapshot`, made at the first request of this process."""
    if found.programme is None:
        raise NotFound(NOT_YET)
    return _kept(form, found.programme, _off(found), told)


@lru_cache(maxsize=64)
def _kept(form: str, stored: bytes, off: Off, told: About) -> feeds.Packed:
    return feeds.packed(made(form, _called_off(stored, off), told))


@lru_cache(maxsize=64)
def json_ld(stored: bytes, told: About) -> Markup:
    """What search engines read on the schedule page."""
    return archive.data_tag(parsed(stored), told)


# -- parts of the calendar -------------------------------------------------------------------------------------------


def on_day(programme: Programme, day: date) -> list[Item]:
    """What stands in a day of the conference, also what was called off."""
    return [item for one in exports.days_of(programme, with_cancelled=True) if one.date == day for item in one.items]


def in_room(programme: Programme, slug: str) -> tuple[str, list[Item]]:
    """A room by its slug and what takes place there; its slug and nothing, where there is no such room any more."""
    name = next((name for name, own in exports.rooms_of(programme).items() if own == slug), None)
    if name is None:
        return slug, []
    return name, [item for item in programme.items if programme.room_of(item) == name]


def of_track(programme: Programme, slug: str) -> tuple[str, list[Item]]:
    """A track by its slug and what belongs to it; its slug and nothing, where there is no such track any more."""
    name = next((name for name, own in exports.tracks_of(programme).items() if own == slug), None)
    if name is None:
        return slug, []
    return name, [item for item in programme.items if item.track == name]


def starred(programme: Programme, stars: Collection[str]) -> list[Item]:
    """What was starred, with the sessions' own talks left to themselves."""
    return [item for item in programme.items if exports.star_of(item.uid) in stars]


def part(found: Any, told: About, name: str, items: Collection[Item]) -> bytes:
    """A part of the calendar under its own name, cut out of the whole one; empty before the first release."""
    if found.programme is None:
        title = f"{told.name}: {name}"
        return feeds.empty_feed(title, found.time_zone, told.page, told.colour, drafting.uid_domain())
    whole = found.ics if not found.cancel_revision else _whole(found.programme, _off(found), told)
    return calendar.part(
        whole, {item.uid for item in items}, name=f"{told.name}: {name}", url=told.page, colour=told.colour
    )


@lru_cache(maxsize=16)
def _whole(stored: bytes, off: Off, told: About) -> bytes:
    return made("ics", _called_off(stored, off), told)
