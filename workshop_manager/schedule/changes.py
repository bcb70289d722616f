"""What differs between two programmes, and how a draft becomes the next published revision. Pure functions.

Sources: RFC 5545 §3.8.7.4 (SEQUENCE), §3.8.7.3 (LAST-MODIFIED), §3.8.1.11 (STATUS).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Item, Programme, Recording, Speaker, as_utc, as_zone
from workshop_manager.schedule.rules import day_in_words, name_in_words


class What(StrEnum):
    """What changed; `DROPPED` left without a trace, `CANCELLED` is still shown as not happening."""

    ADDED = "added"
    DROPPED = "dropped"
    CANCELLED = "cancelled"
    REVIVED = "revived"
    TIME = "time"
    ROOM = "room"
    TITLE = "title"
    SPEAKERS = "speakers"
    CHAIRS = "chairs"
    KIND = "kind"
    TRACK = "track"
    PARENT = "parent"
    RECORDING = "recording"
    REMOTE = "remote"
    ABSTRACT = "abstract"
    NAME = "name"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: what, the item's uid (None: the whole programme), both values in words, a plain sentence."""

    what: What
    uid: str | None
    before: str | None
    after: str | None
    sentence: str


def _clock(moment: datetime) -> str:
    return f"{moment.hour:02d}:{moment.minute:02d}"


def _when(item: Item, zone: str) -> str:
    """`Monday 11 December 2023, 09:00–09:30`, in the zone."""
    tz = as_zone(zone)
    start = item.start.astimezone(tz)
    if item.end is None:
        return f"{day_in_words(start.date())}, {_clock(start)}"
    end = item.end.astimezone(tz)
    if end.date() == start.date():
        return f"{day_in_words(start.date())}, {_clock(start)}–{_clock(end)}"
    return f"{day_in_words(start.date())}, {_clock(start)} to {day_in_words(end.date())}, {_clock(end)}"


def _who(speakers: tuple[Speaker, ...], shown_as: Callable[[str], str] = str) -> str:
    names = ((shown_as(who.name), shown_as(who.affiliation or "")) for who in speakers)
    shown = [f"{name} ({affiliation})" if affiliation else name for name, affiliation in names]
    return ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else "".join(shown)


@dataclass(frozen=True, slots=True)
class _Pair:
    """One item before and after, each in its programme."""

    old: Item
    new: Item
    before: Programme
    after: Programme

    @property
    def name(self) -> str:
        return name_in_words(self.new)

    def change(self, what: What, was: str | None, now: str | None, sentence: str) -> Change:
        return Change(what, self.new.uid, was or None, now or None, sentence)


def _time(pair: _Pair) -> Change | None:
    if (pair.old.start, pair.old.end) == (pair.new.start, pair.new.end):
        return None
    # Both in the new zone: the same instant told in two zones would look like a move.
    was, now = _when(pair.old, pair.after.zone), _when(pair.new, pair.after.zone)
    day, _, clock = now.rpartition(", ")
    short = clock if was.startswith(f"{day}, ") and " to " not in now + was else now
    return pair.change(What.TIME, was, now, f"{pair.name} moved from {was} to {short}.")


def _room(pair: _Pair) -> Change | None:
    was, now = pair.old.room or "", pair.new.room or ""
    if was == now:
        return None
    if was and now:
        sentence = f"{pair.name} moved from {isolated(was)} to {isolated(now)}."
    elif now:
        sentence = f"{pair.name} is now in {isolated(now)}."
    else:
        sentence = f"{pair.name} no longer has a room; it was in {isolated(was)}."
    return pair.change(What.ROOM, was, now, sentence)


def _title(pair: _Pair) -> Change | None:
    was, now = pair.old.heading, pair.new.heading
    if was == now:
        return None
    return pair.change(What.TITLE, was, now, f"{name_in_words(pair.old)} is now called {pair.name}.")


def _speakers(pair: _Pair) -> Change | None:
    if _shown_names(pair.old) == _shown_names(pair.new):
        return None
    was, now = _who(pair.old.listed_speakers), _who(pair.new.listed_speakers)
    told_was, told_now = _who(pair.old.listed_speakers, isolated), _who(pair.new.listed_speakers, isolated)
    if was and now:
        sentence = f"{pair.name} is now with {told_now} instead of {told_was}."
    elif now:
        sentence = f"{pair.name} is now with {told_now}."
    else:
        sentence = f"{pair.name} is no longer with {told_was}."
    return pair.change(What.SPEAKERS, was, now, sentence)


def _chairs(pair: _Pair) -> Change | None:
    was, now = _who(pair.old.listed_chairs), _who(pair.new.listed_chairs)
    if was == now:
        return None
    told_was, told_now = _who(pair.old.listed_chairs, isolated), _who(pair.new.listed_chairs, isolated)
    if not now:
        sentence = f"{pair.name} is no longer chaired by {told_was}."
    else:
        sentence = f"{pair.name} is now chaired by {told_now}" + (f" instead of {told_was}." if was else ".")
    return pair.change(What.CHAIRS, was, now, sentence)


def _kind(pair: _Pair) -> Change | None:
    was, now = pair.old.kind.value, pair.new.kind.value
    if was == now:
        return None
    return pair.change(What.KIND, was, now, f"{pair.name} is now listed as {now}, no longer as {was}.")


def _track(pair: _Pair) -> Change | None:
    was, now = pair.old.track or "", pair.new.track or ""
    if was == now:
        return None
    sentence = f"{pair.name} is now in the track {isolated(now)}."
    if not now:
        sentence = f"{pair.name} is no longer in the track {isolated(was)}."
    return pair.change(What.TRACK, was, now, sentence)


def _parent(pair: _Pair) -> Change | None:
    if pair.old.parent == pair.new.parent:
        return None
    was, now = pair.before.item(pair.old.parent), pair.after.item(pair.new.parent)
    if now is not None:
        sentence = f"{pair.name} is now part of {name_in_words(now)}."
    elif was is not None:
        sentence = f"{pair.name} is no longer part of {name_in_words(was)}."
    else:
        sentence = f"{pair.name} now stands by itself."
    return pair.change(What.PARENT, was.heading if was else None, now.heading if now else None, sentence)


_RECORDING_WORDS = {
    Recording.RECORDED: "is now to be recorded",
    Recording.NOT_RECORDED: "is not to be recorded",
    Recording.FORBIDDEN: "must not be recorded",
    Recording.UNDECIDED: "may or may not be recorded",
}


def _recording(pair: _Pair) -> Change | None:
    was, now = pair.old.recording, pair.new.recording
    if was is now:
        return None
    return pair.change(What.RECORDING, was.value, now.value, f"{pair.name} {_RECORDING_WORDS[now]}.")


def _remote(pair: _Pair) -> Change | None:
    if pair.old.remote == pair.new.remote:
        return None
    was, now = ("remotely" if item.remote else "in person" for item in (pair.old, pair.new))
    return pair.change(What.REMOTE, was, now, f"{pair.name} is now given {now}.")


def _abstract(pair: _Pair) -> Change | None:
    was, now = pair.old.abstract, pair.new.abstract
    if was == now:
        return None
    return pair.change(What.ABSTRACT, was, now, f"The description of {pair.name} changed.")


# In the order in which a reader wants to hear of them.
_COMPARED = (_time, _room, _title, _speakers, _chairs, _kind, _track, _parent, _recording, _remote, _abstract)


def _of_programme(old: Programme, new: Programme) -> list[Change]:
    found: list[Change] = []
    if old.name != new.name:
        sentence = f"The programme is now called “{isolated(new.name)}”."
        found.append(Change(What.NAME, None, old.name, new.name, sentence))
    if old.zone != new.zone:
        sentence = f"Times are now given in {new.zone}, no longer in {old.zone}."
        found.append(Change(What.ZONE, None, old.zone, new.zone, sentence))
    return found


def _of_item(was: Item | None, item: Item, old: Programme | None, new: Programme) -> list[Change]:
    name, when = name_in_words(item), _when(item, new.zone)
    if was is None or old is None:
        return [] if item.cancelled else [Change(What.ADDED, item.uid, None, when, f"{name} is new: {when}.")]
    if item.cancelled:
        sentence = f"{name} is cancelled; it was planned for {when}."
        return [] if was.cancelled else [Change(What.CANCELLED, item.uid, when, None, sentence)]
    found = []
    if was.cancelled:
        found.append(Change(What.REVIVED, item.uid, None, when, f"{name} takes place after all: {when}."))
    pair = _Pair(was, item, old, new)
    return found + [change for compare in _COMPARED if (change := compare(pair)) is not None]


def difference(old: Programme | None, new: Programme) -> list[Change]:
    """What a reader of `old` must learn to know `new`: programme first, then items in the new order, then dropped ones.

    `old` None stands for nothing published yet, so every item is added. Times are told in `new.zone`. Only what the
    public can see counts: an unlisted speaker, a person key or a position is no change.
    """
    found = _of_programme(old, new) if old is not None else []
    for item in new.items:
        found.extend(_of_item(old.item(item.uid) if old is not None else None, item, old, new))
    for item in old.items if old is not None else ():
        if not item.cancelled and new.item(item.uid) is None:
            when = _when(item, new.zone)
            sentence = f"{name_in_words(item)} is no longer in the programme; it was planned for {when}."
            found.append(Change(What.DROPPED, item.uid, when, None, sentence))
    return found


def _shown_names(item: Item) -> tuple[tuple[str, str | None], ...]:
    return _names(item.listed_speakers)


def _names(people: tuple[Speaker, ...]) -> tuple[tuple[str, str | None], ...]:
    return tuple((who.name, who.affiliation) for who in people)


def _identity(programme: Programme, item: Item) -> tuple[object, ...]:
    """What bumps SEQUENCE: a change that somebody who planned to come must hear of."""
    # The label is part of the title as read; the room counts where it is inherited from the session around it.
    return (
        item.start, item.end, programme.room_of(item), item.cancelled, item.title, item.label, _shown_names(item),
    )  # fmt: skip


def _content(programme: Programme, item: Item) -> tuple[object, ...]:
    """What moves LAST-MODIFIED: everything a feed or page prints of the item."""
    return (
        _identity(programme, item), item.kind, item.abstract, item.track, item.submission_number, item.remote,
        item.recording, item.parent, programme.zone, programme.url, _names(item.listed_chairs),
    )  # fmt: skip


def next_revision(old: Programme | None, new: Programme, now: datetime) -> Programme:
    """The programme to publish when `old` is out and `new` is the draft.

    - uids and the uid domain are carried, so that every calendar recognises its entries;
    - SEQUENCE rises by exactly one for items whose start, end, room, status, title (with label) or speakers changed;
      an item nobody has seen keeps the sequence the draft gives it (0, or more after a forgotten tombstone);
    - `changed_at` becomes `now` where anything printed changed, and stays to the second where nothing did;
    - an item that was published and is no longer in the draft, or is cancelled in it, stays as a cancelled tombstone
      until its end has passed, then goes; one that was never published leaves none;
    - a tombstone that comes back in the draft is revived, with one more SEQUENCE.

    `now` is an aware instant. `next_revision(r, r, later)` is `r` but for tombstones whose time has come.
    """
    moment = as_utc(now, "time of publication")
    items: list[Item] = []
    for item in new.items:
        was = old.item(item.uid) if old is not None else None
        if old is None or was is None:
            if not item.cancelled:
                items.append(replace(item, changed_at=moment))
            continue
        if item.cancelled and item.over_at <= moment:
            continue
        identity_changed = _identity(old, was) != _identity(new, item)
        content_changed = _content(old, was) != _content(new, item)
        items.append(
            replace(
                item,
                sequence=was.sequence + identity_changed,
                changed_at=moment if content_changed else was.changed_at,
            )
        )
    if old is not None:
        for was in old.items:
            if new.item(was.uid) is not None or was.over_at <= moment:
                continue
            # A child whose session went too must not lose the room it was announced in.
            room = old.room_of(was)
            if was.cancelled:
                items.append(was)
            else:
                items.append(replace(was, room=room, cancelled=True, sequence=was.sequence + 1, changed_at=moment))
    domain = old.uid_domain if old is not None else new.uid_domain
    return replace(new, uid_domain=domain, items=tuple(items))
