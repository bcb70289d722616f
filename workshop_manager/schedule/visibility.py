"""Who may be named: a programme as the public may see it, after everybody's present choice. Pure functions.

A release keeps what was released; what is shown of it is made anew whenever a choice changes. The stricter of two
choices counts: the person's own and, for accepted work, that of the submission.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workshop_manager.accounts.listing import strictest
from workshop_manager.accounts.models import Listing
from workshop_manager.schedule.programme import Item, Programme, Speaker

ANONYMOUS = "Anonymous"


@dataclass(frozen=True, slots=True)
class Choices:
    """By person key, by submission number, and by (submission number, `name_key`) of an author with an account."""

    people: Mapping[str, Listing] = field(default_factory=dict)
    submissions: Mapping[int, Listing] = field(default_factory=dict)
    authors: Mapping[tuple[int, str], Listing] = field(default_factory=dict)


def person_key(person_id: int) -> str:
    """How a programme names an account."""
    return f"p{person_id}"


def name_key(name: str) -> str:
    """Two spellings of one name that differ only in case or spaces."""
    return " ".join(name.casefold().split())


def speaker_key(speaker: Speaker) -> str:
    """What joins a speaker's items: the account, or a hash of the name of who has none."""
    return speaker.person_key or hashlib.sha256(name_key(speaker.name).encode("utf-8", "surrogatepass")).hexdigest()


def _choice(speaker: Speaker, item: Item, choices: Choices) -> Listing:
    found = [Listing.FULL]
    if speaker.person_key is not None:
        # An account that is no more has made its choice.
        found.append(choices.people.get(speaker.person_key, Listing.UNLISTED))
    if item.submission_number is not None:
        found.append(choices.submissions.get(item.submission_number, Listing.FULL))
        found.append(choices.authors.get((item.submission_number, name_key(speaker.name)), Listing.FULL))
    return strictest(*found)


def _shown(speaker: Speaker, choice: Listing, codes: Mapping[str, str]) -> Speaker | None:
    if not speaker.listed or choice is Listing.UNLISTED:
        return None
    if choice is Listing.ANONYMOUS:
        return Speaker(ANONYMOUS)
    if choice is Listing.NAME_ONLY:
        # A page that gathers what they do would say more than the name.
        return Speaker(speaker.name)
    return Speaker(speaker.name, speaker.affiliation, code=codes.get(speaker_key(speaker)))


def _public_speakers(item: Item, choices: Choices, codes: Mapping[str, str]) -> tuple[Speaker, ...]:
    """Of a nameless work nobody is named; who chairs it is no author, and is named as they choose themselves."""
    if item.submission_number is not None and choices.submissions.get(item.submission_number) is Listing.ANONYMOUS:
        # One nameless author, so that not even their number is told.
        return (Speaker(ANONYMOUS),) if item.speakers else ()
    shown = (_shown(speaker, _choice(speaker, item, choices), codes) for speaker in item.speakers)
    return tuple(speaker for speaker in shown if speaker is not None)


def _public_chairs(item: Item, choices: Choices, codes: Mapping[str, str]) -> tuple[Speaker, ...]:
    alone = replace(item, submission_number=None)
    shown = (_shown(chair, _choice(chair, alone, choices), codes) for chair in item.chairs)
    return tuple(chair for chair in shown if chair is not None)


def public_view(programme: Programme, choices: Choices, codes: Mapping[str, str] | None = None) -> Programme:
    """The programme without what somebody does not want shown: names, affiliations, or a whole unlisted work.

    `codes` are the addresses of speakers' own pages, by `speaker_key`.
    """
    left_off = {
        item.uid
        for item in programme.items
        if item.submission_number is not None and choices.submissions.get(item.submission_number) is Listing.UNLISTED
    }
    items = (
        replace(
            item,
            speakers=_public_speakers(item, choices, codes or {}),
            chairs=_public_chairs(item, choices, codes or {}),
            parent=None if item.parent in left_off else item.parent,
        )
        for item in programme.items
        if item.uid not in left_off
    )
    return replace(programme, items=tuple(items))


def without_person(programme: Programme, key: str) -> Programme:
    """The programme with nothing of that person left in it, for an account that is deleted."""
    items = (
        item.with_people(lambda people: tuple(who for who in people if who.person_key != key))
        for item in programme.items
    )
    return replace(programme, items=tuple(items))
