"""Verbs of recruiting: ask people to review, answer, suggest others, say what one can take on."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import delete, or_

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.committee import emails, queries, rules
from workshop_manager.committee.models import Recruit, ReviewerProfile, ReviewerTrack
from workshop_manager.committee.states import Source, Stage
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import topics
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops import team
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition, Invitation
from workshop_manager.workshops.rules import MAY_RECRUIT
from workshop_manager.workshops.service import acting_person, actor_id, require
from workshop_manager.workshops.states import Role

REVIEWER = team.Place(Role.REVIEWER)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to be asked."""

    address: str
    name: str = ""
    affiliation: str = ""
    source: Source = Source.LIST


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody whom whoever declined thinks of instead."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """What a reviewer says of themselves."""

    max_load: int | None = None
    is_senior: bool = False
    languages: tuple[str, ...] = ()
    track_ids: tuple[int, ...] = ()
    topic_ids: tuple[int, ...] = ()
    away_until: date | None = None
    note: str = ""


class Stale(Conflict):
    """Somebody saved it meanwhile."""


# -- asking -------------------------------------------------------------------------------------------------------


def stage_of(uow: UnitOfWork, recruit: Recruit) -> Stage:
    """How far asking them has come. Needs the invitation loaded."""
    sent = recruit.invitation
    return rules.stage_of(
        is_invited=sent is not None,
        expires_at=sent.expires_at if sent else None,
        accepted=sent.accepted if sent else None,
        is_answered=sent is not None and sent.answered_at is not None,
        now=uow.now,
    )


def invite(uow: UnitOfWork, edition: Edition, candidates: Sequence[Candidate], message: str = "") -> list[Recruit]:
    """Ask these people to review, each with a mail of their own: all, or none.

    Left out are those who review already and those whose invitation waits for an answer: two chairs who ask the same
    person at once send one mail.
    """
    require(uow, edition, MAY_RECRUIT)
    if len(candidates) > rules.MOST_AT_ONCE:
        raise Conflict(str(_("At most %(most)s at once. Send the rest in a second go.", most=rules.MOST_AT_ONCE)))
    # The edition's row is locked: whoever recruits beside us waits, and then sees whom we asked.
    require_on(workshops.locked_edition(uow.session, edition.id))
    wanted = {one.address.lower(): one for one in candidates}
    known = queries.recruits_of(uow.session, edition.id, wanted)
    reviews = queries.reviews_here(uow.session, edition.id, wanted)
    waiting = queries.open_invitation_addresses(uow.session, edition.id, uow.now)
    asked = {
        address: one
        for address, one in wanted.items()
        if address not in waiting
        and rules.may_ask(
            stage_of(uow, known[address]) if address in known else None, reviews_already=address in reviews
        )
    }
    rows = {address: known.get(address) or _new(uow, edition, one) for address, one in asked.items()}
    names = {address: asked[address].name or row.name for address, row in rows.items()}
    write = _writer(names, message)
    sent = team.invite_all(uow, edition, [one.address for one in asked.values()], REVIEWER, write) if asked else []
    for invitation in sent:
        row = rows[invitation.email.lower()]
        row.invitation_id, row.invitation = invitation.id, invitation
        row.name = row.name or asked[row.address].name
    uow.session.flush()
    return [rows[invitation.email.lower()] for invitation in sent]


def _new(uow: UnitOfWork, edition: Edition, one: Candidate) -> Recruit:
    row = Recruit(
        edition_id=edition.id,
        address=one.address.lower(),
        name=one.name,
        affiliation=one.affiliation,
        source=one.source,
        added_by=uow.actor.id if uow.actor else None,
        added_at=uow.now,
    )
    uow.session.add(row)
    return row


def _writer(
    names: dict[str, str], message: str, letter: Callable[..., None] = emails.invitation
) -> Callable[[UnitOfWork, Edition, Invitation, str], None]:
    def write(uow: UnitOfWork, edition: Edition, row: Invitation, token: str) -> None:
        letter(uow, edition, row, token, names.get(row.email.lower(), ""), message)

    return write


def _locked(uow: UnitOfWork, edition: Edition, recruit_id: int) -> Recruit:
    require(uow, edition, MAY_RECRUIT)
    workshops.locked_edition(uow.session, edition.id)
    found = queries.find_recruit(uow.session, edition.id, recruit_id, lock=True)
    if found is None:
        raise NotFound
    return found


def ask(uow: UnitOfWork, edition: Edition, recruit_id: int, message: str = "") -> Recruit:
    """Ask somebody who stands on the list: a suggestion, one who declined or did not answer; or remind who waits."""
    row = _locked(uow, edition, recruit_id)
    if stage_of(uow, row) is Stage.WAITING and row.invitation is not None:
        remind(uow, edition, row, message)
        return row
    address = row.invitation.email if row.invitation else row.address
    if not invite(uow, edition, [Candidate(address, row.name)], message):
        raise Conflict(str(_("They review for this edition already, or an invitation waits for their answer.")))
    return row


def remind(uow: UnitOfWork, edition: Edition, row: Recruit, message: str = "") -> None:
    """Send a new link to somebody who has not answered. Needs the edition locked and the invitation loaded."""
    require_on(edition)
    if row.invitation is None:
        raise NotFound
    write = _writer({row.invitation.email.lower(): row.name}, message, emails.reminder)
    row.invitation = team.invite_again(uow, edition, row.invitation.id, write)
    row.invitation_id = row.invitation.id
    uow.session.flush()


def withdraw(uow: UnitOfWork, edition: Edition, recruit_id: int) -> None:
    """End an invitation that waits for an answer."""
    row = _locked(uow, edition, recruit_id)
    if row.invitation is None:
        raise NotFound
    team.withdraw_invitation(uow, edition, row.invitation.id)


def drop(uow: UnitOfWork, edition: Edition, recruit_id: int) -> None:
    """Forget a suggestion: nobody was asked, and name and address go."""
    row = _locked(uow, edition, recruit_id)
    if row.invitation_id is not None:
        raise Conflict(str(_("They were asked already, so the list keeps that they were.")))
    uow.session.delete(row)
    record(uow, "dropped", "recruit", recruit_id, edition_id=edition.id)
    uow.session.flush()


# -- answering ----------------------------------------------------------------------------------------------------


def accept(uow: UnitOfWork, token: str) -> Invitation:
    """Say yes, with the account one is signed in with; what one can take on is said on the next page."""
    return team.accept(uow, token)


def decline(uow: UnitOfWork, token: str, words: str = "", suggestions: Sequence[Suggestion] = ()) -> Invitation:
    """Say no, perhaps with a word to the chairs and with others who might; no account is needed.

    Nobody suggested gets a mail by this: the chairs decide whom they ask.
    """
    found = team.decline(uow, token)
    row = queries.recruits_of(uow.session, found.edition_id, [found.email.lower()]).get(found.email.lower())
    if row is None:
        row = Recruit(
            edition_id=found.edition_id, address=found.email.lower(), source=Source.TEAM, added_at=uow.now,
            invitation_id=found.id,
        )  # fmt: skip
        uow.session.add(row)
    row.words = words
    uow.session.flush()
    wanted = {one.address.lower(): one for one in suggestions[: rules.MOST_SUGGESTIONS]}
    known = queries.recruits_of(uow.session, found.edition_id, wanted)
    for address, one in wanted.items():
        if address not in known and address != row.address:
            uow.session.add(
                Recruit(
                    edition_id=found.edition_id, address=address, name=one.name, source=Source.SUGGESTION,
                    suggested_by=row.id, added_at=uow.now,
                )
            )  # fmt: skip
    uow.session.flush()
    return found


# -- what one can take on -----------------------------------------------------------------------------------------


def save_profile(uow: UnitOfWork, edition: Edition, content: ProfileContent, *, version: int) -> ReviewerProfile:
    """Say what one can take on in this edition."""
    person = acting_person(uow)
    standing = workshops.standing_of(uow.session, edition.id, person.id)
    if not standing.may(rules.MAY_HAVE_PROFILE):
        raise NotFound
    return _save(uow, edition, person, content, version)


def save_for(
    uow: UnitOfWork, edition: Edition, person_id: int, content: ProfileContent, *, version: int
) -> ReviewerProfile:
    """A chair says it for somebody: they told in a mail, say."""
    require(uow, edition, MAY_RECRUIT)
    person = queries.find_reviewer(uow.session, edition.id, person_id)
    if person is None:
        raise NotFound
    return _save(uow, edition, person, content, version)


def _save(uow: UnitOfWork, edition: Edition, person: Person, content: ProfileContent, version: int) -> ReviewerProfile:
    workshops.locked_edition(uow.session, edition.id)
    row = queries.find_profile(uow.session, edition.id, person.id, lock=True)
    if (row.version if row is not None else 0) != version:
        raise Stale(str(_("This was saved meanwhile, perhaps by you in another tab. Compare, then save again.")))
    if row is None:
        row = ReviewerProfile(edition_id=edition.id, person_id=person.id, version=0, tracks=[])
        uow.session.add(row)
    row.max_load, row.is_senior = content.max_load, content.is_senior
    row.languages, row.away_until, row.note = list(content.languages), content.away_until, content.note
    row.version += 1
    row.saved_at = uow.now
    _take_tracks(uow, edition, row, content.track_ids)
    topics.choose_for_reviewer(uow, edition.id, person.id, content.topic_ids)
    uow.session.flush()
    by_chair = actor_id(uow) != person.id
    record(uow, "saved", "reviewer_profile", person.id, edition_id=edition.id, by_chair=by_chair)
    return row


def _take_tracks(uow: UnitOfWork, edition: Edition, row: ReviewerProfile, wanted: Collection[int]) -> None:
    here = queries.track_names(uow.session, edition.id)
    kept = {track_id for track_id in wanted if track_id in here}
    if kept == set(here):
        kept = set()  # every track is any track, new ones included
    row.tracks[:] = [track for track in row.tracks if track.track_id in kept]
    there = {track.track_id for track in row.tracks}
    for track_id in sorted(kept - there):
        row.tracks.append(ReviewerTrack(edition_id=edition.id, person_id=row.person_id, track_id=track_id))


# -- what lower packages tell -------------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: what they said of themselves goes, and their address from every list."""
    person = uow.session.get_one(Person, event.person_id)
    uow.session.execute(delete(ReviewerTrack).where(ReviewerTrack.person_id == event.person_id))
    uow.session.execute(delete(ReviewerProfile).where(ReviewerProfile.person_id == event.person_id))
    uow.session.execute(delete(Recruit).where(or_(Recruit.address == person.email.lower())))
    uow.session.flush()
