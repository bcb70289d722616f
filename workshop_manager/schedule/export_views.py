"""Every other way to take the public schedule along: parts of the calendar, exports, changes, and the page of them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from markupsafe import escape

from workshop_manager.core.errors import NotFound
from workshop_manager.schedule import exports, feeds, publishing, queries
from workshop_manager.schedule.exports import About
from workshop_manager.schedule.programme import Item, Kind, Programme
from workshop_manager.schedule.rules import day_in_words
from workshop_manager.schedule.views import Subscribing, blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.conditional import condition
from workshop_manager.web.headers import SANDBOX
from workshop_manager.web.pages import page
from workshop_manager.web.request import platform, unit
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops.context import EDITION, Here, here

ATOM_ENTRIES = 50
_WITH_LINKS = frozenset({"xml", "json", "html"})
"""What has a place for slides and recordings."""
_SLUG = re.compile(r"[a-z0-9-]{1,80}")


def _found(community: str, edition: str, *, with_ics: bool = False) -> tuple[Any, About]:
    """The public snapshot in one query, without a session; a draft edition has none for anybody."""
    with platform().database.connection() as connection:
        found = queries.public_snapshot(connection, community, edition, with_ics=with_ics)
    if found is None:
        raise NotFound
    return found, publishing.about_row((community, edition), found)


# -- exports ---------------------------------------------------------------------------------------------------------


def _export(form: str, community: str, edition: str) -> Response:
    found, told = _found(community, edition)
    if form in _WITH_LINKS:
        with platform().database.session(writing=False) as session:
            told = publishing.with_links(session, found, told, platform().clock.now())
    kept = publishing.kept(form, found, told)
    return feeds.answer_packed(condition(), kept, publishing.FORMATS[form][0])


@blueprint.get("/<community>/<edition>/schedule.xml")
@access(PUBLIC)
@kept_for_visitors
def schedule_xml(community: str, edition: str) -> Response:
    """The schedule for conference apps, as XML."""
    return _export("xml", community, edition)


@blueprint.get("/<community>/<edition>/schedule.json")
@access(PUBLIC)
@kept_for_visitors
def schedule_json(community: str, edition: str) -> Response:
    """The schedule for conference apps, as JSON."""
    return _export("json", community, edition)


@blueprint.get("/<community>/<edition>/schedule.csv")
@access(PUBLIC)
@kept_for_visitors
def schedule_csv(community: str, edition: str) -> Response:
    """The schedule as a table."""
    response = _export("csv", community, edition)
    response.headers["Content-Disposition"] = 'attachment; filename="schedule.csv"'
    return response


@blueprint.get("/<community>/<edition>/schedule.pdf")
@access(PUBLIC)
@kept_for_visitors
def schedule_pdf(community: str, edition: str) -> Response:
    """The programme to print."""
    return _export("pdf", community, edition)


@blueprint.get("/<community>/<edition>/schedule.html")
@access(PUBLIC)
@kept_for_visitors
def schedule_html(community: str, edition: str) -> Response:
    """The programme as one file to keep. Its style stands in it, so it has a policy of its own."""
    response = _export("html", community, edition)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@blueprint.get("/<community>/<edition>/schedule/changes.atom")
@access(PUBLIC)
@kept_for_visitors
def changes_atom(community: str, edition: str) -> Response:
    """What each release changed, for feed readers."""
    found, told = _found(community, edition)
    with platform().database.session(writing=False) as session:
        lines = queries.release_lines(session, found.id, most=ATOM_ENTRIES)
    slugs = {"community": community, "edition": edition}
    entries = [
        exports.Entry(
            line.number,
            line.released_at,
            line.note,
            [sentence for one in line.changes if (sentence := one["sentence"])],
        )
        for line in lines
    ]
    made = exports.changes_atom(
        entries, told, absolute("schedule.changes_atom", **slugs), absolute("schedule.changes", **slugs)
    )
    return feeds.answer_made(condition(), made, None, content_type="application/atom+xml; charset=utf-8")


# -- parts of the calendar -------------------------------------------------------------------------------------------


def _part(found: Any, told: About, name: str, items: Collection[Item]) -> Response:
    return feeds.answer_made(condition(), publishing.part(found, told, name, items), None)


def _programme(found: Any) -> Programme | None:
    return publishing.parsed(found.programme) if found.programme is not None else None


@blueprint.get("/<community>/<edition>/schedule/day/<day>.ics")
@access(PUBLIC)
@kept_for_visitors
def day_feed(community: str, edition: str, day: str) -> Response:
    """One day of the conference. A day on which nothing is planned any more is an empty calendar: who subscribed
    sees its events go.
    """
    found, told = _found(community, edition, with_ics=True)
    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    programme = _programme(found)
    return _part(found, told, day_in_words(when), publishing.on_day(programme, when) if programme else [])


@blueprint.get("/<community>/<edition>/schedule/room/<room>.ics")
@access(PUBLIC)
@kept_for_visitors
def room_feed(community: str, edition: str, room: str) -> Response:
    """One room; empty, as above, if there is none of that name any more."""
    found, told = _found(community, edition, with_ics=True)
    if not _SLUG.fullmatch(room):
        raise NotFound
    programme = _programme(found)
    name, items = publishing.in_room(programme, room) if programme else (room, [])
    return _part(found, told, f"room {name}", items)


@blueprint.get("/<community>/<edition>/schedule/track/<track>.ics")
@access(PUBLIC)
@kept_for_visitors
def track_feed(community: str, edition: str, track: str) -> Response:
    """One track; empty, as above, if there is none of that name any more."""
    found, told = _found(community, edition, with_ics=True)
    if not _SLUG.fullmatch(track):
        raise NotFound
    programme = _programme(found)
    name, items = publishing.of_track(programme, track) if programme else (track, [])
    return _part(found, told, f"track {name}", items)


@blueprint.get("/<community>/<edition>/schedule/starred/<stars>.ics")
@access(PUBLIC)
def starred_feed(community: str, edition: str, stars: str) -> Response:
    """What one person chose, four letters an item: the address says it all, so nothing is stored about anybody.

    Not kept in memory, where thousands of such calendars would push out what everybody reads: it is one query and a cut
    through bytes that are there.
    """
    wanted = exports.read_stars(stars)
    if wanted is None:
        raise NotFound
    found, told = _found(community, edition, with_ics=True)
    programme = _programme(found)
    return _part(found, told, "starred", publishing.starred(programme, wanted) if programme else [])


# -- the page of them ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A part of the calendar to choose: its word in the address of the page, its name."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Star:
    """An item to choose: its star, its uid, when it begins, what it is called."""

    value: str
    uid: str
    clock: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class _Chosen:
    endpoint: str
    name: str
    values: dict[str, str]


@blueprint.get("/<community>/<edition>/schedule/subscribe")
@access(EDITION)
@kept_for_visitors
def subscribe(community: str, edition: str) -> Response:
    """Choose what to follow and in which program; the rest of the formats."""
    at = here()
    navigation.frame().canonical = absolute("schedule.subscribe", community=community, edition=edition)
    shown = queries.published(unit().session, at.edition.id)
    programme = publishing.parsed(shown.programme) if shown else None
    wanted = request.args.get("of", "")[:100]
    starred = frozenset(request.args.getlist("star")[: exports.MOST_STARS])
    stars = stars_by_day(programme, starred) if programme else []
    groups = _groups(programme, wanted) if programme else []
    chosen = _chosen(at, groups, stars)
    address = absolute(chosen.endpoint, **at.slugs, **chosen.values)
    return page(
        "schedule/subscribe.html",
        at=at,
        groups=groups,
        stars=stars,
        chosen=chosen.name,
        is_empty_choice="star" in request.args and chosen.endpoint != "schedule.starred_feed",
        is_released=shown is not None,
        embed_line=_embed_line(at),
        subscribing=Subscribing(address, chosen.name),
        deadlines=Subscribing(absolute("schedule.deadlines", **at.slugs), at.edition.name),
    )


def _embed_line(at: Here) -> str:
    """What one puts into a page of one's own."""
    title = escape(_("Schedule of %(name)s", name=at.edition.name))
    address = absolute("schedule.embed", **at.slugs)
    return f'<iframe src="{address}" title="{title}" width="100%" height="640" loading="lazy"></iframe>'


def _groups(programme: Programme, wanted: str) -> list[tuple[str, list[Choice]]]:
    days = [(f"day.{day.date}", day_text(day.date, short=False)) for day in exports.days_of(programme)]
    rooms = [(f"room.{slug}", name) for name, slug in exports.rooms_of(programme).items()]
    tracks = [(f"track.{slug}", name) for name, slug in exports.tracks_of(programme).items()]
    return [
        (str(label), [Choice(value, name, value == wanted) for value, name in found])
        for label, found in ((_("One day"), days), (_("One room"), rooms), (_("One track"), tracks))
        if len(found) > 1 or any(value == wanted for value, _name in found)
    ]


def stars_by_day(programme: Programme, wanted: frozenset[str]) -> list[tuple[str, list[Star]]]:
    """What can be starred, by day; nobody follows a coffee break alone."""
    found = []
    for day in exports.days_of(programme):
        stars = [
            Star(star, item.uid, clock_text(item.start.astimezone(day.start.tzinfo)), item.heading, star in wanted)
            for item in day.items
            if item.kind not in (Kind.BREAK, Kind.MEAL)
            for star in (exports.star_of(item.uid),)
        ]
        if stars:
            found.append((day_text(day.date, short=False), stars))
    return found


def _chosen(at: Here, groups: list[tuple[str, list[Choice]]], stars: list[tuple[str, list[Star]]]) -> _Chosen:
    name = at.edition.name
    starred = "".join(sorted({star.value for _day, found in stars for star in found if star.is_chosen}))
    if starred:
        return _Chosen("schedule.starred_feed", f"{name}: starred", {"stars": starred})
    for _label, choices in groups:
        for choice in choices:
            if choice.is_chosen:
                part, _dot, value = choice.value.partition(".")
                return _Chosen(f"schedule.{part}_feed", f"{name}: {choice.name}", {part: value})
    return _Chosen("schedule.feed", name, {})
