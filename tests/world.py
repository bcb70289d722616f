"""A world in which every address has something to show: three editions of two communities and everything in them.

`build(uow)` makes it through the verbs of the product. `World.argument(endpoint, name)` says what stands for a
parameter of an address: a new one that nothing stands for fails the access matrix by name, until an entry is added to
`values` where the thing is made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tests.pdfs import make_pdf
from tests.personas import (
    ATTENDEE,
    AUTHOR,
    CHAIR,
    COAUTHOR,
    CONFLICTED,
    ELSEWHERE,
    FRONT_DESK,
    GRANTS,
    IDLE_REVIEWER,
    ORGANISER,
    OWNER,
    PERSONAS,
    REVIEWER,
    TRACK_CHAIR,
    VISITOR,
    Persona,
)
from workshop_manager.accounts import one_time
from workshop_manager.accounts.library import codes
from workshop_manager.accounts.models import Listing, OneTimeToken, Passkey, Person, SignIn
from workshop_manager.accounts.second_step import METHOD
from workshop_manager.accounts.service import create_person
from workshop_manager.accounts.states import Purpose
from workshop_manager.assignments import bidding, proposing
from workshop_manager.assignments import service as assigning
from workshop_manager.assignments.models import ProposedPair
from workshop_manager.assignments.settings import Settings as AssignmentSettings
from workshop_manager.assignments.states import BidLevel
from workshop_manager.availability import queries as availability
from workshop_manager.availability import service as asking
from workshop_manager.calls import codes as access_codes
from workshop_manager.calls import service as calls
from workshop_manager.calls.states import Blinding
from workshop_manager.claims import service as claims
from workshop_manager.claims.models import Claim
from workshop_manager.claims.receipts import Kept
from workshop_manager.claims.states import FileKind
from workshop_manager.claims.states import Way as PayWay
from workshop_manager.committee import service as committee
from workshop_manager.committee.models import Recruit
from workshop_manager.committee.states import Source
from workshop_manager.conflicts import service as conflicts
from workshop_manager.conflicts.models import DeclaredConflict
from workshop_manager.conflicts.states import About, ConflictKind
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import outcomes as named_outcomes
from workshop_manager.decisions import service as deciding
from workshop_manager.decisions.rules import Within
from workshop_manager.door import certifying, letters
from workshop_manager.door import printing as badges
from workshop_manager.door import service as door
from workshop_manager.door.models import VisaLetter
from workshop_manager.exchange import service as importing
from workshop_manager.funds import service as funds
from workshop_manager.grantreview import talking as grant_talk
from workshop_manager.grants import caps as grant_caps
from workshop_manager.grants import deciding as grant_decisions
from workshop_manager.grants import rounds as grant_rounds
from workshop_manager.grants import service as grants
from workshop_manager.grants.costs import Limit
from workshop_manager.grants.forms import digest
from workshop_manager.grants.models import Application
from workshop_manager.grants.models import Line as GrantLine
from workshop_manager.grants.states import CostKind, Verdict
from workshop_manager.handover import lists as seat_lists
from workshop_manager.handover import service as handover
from workshop_manager.handover import visiting
from workshop_manager.handover.models import VisitorRegistration
from workshop_manager.invitations import service as inviting
from workshop_manager.invitations.models import SpeakerContact
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.materials import service as materials
from workshop_manager.materials.files import Taken
from workshop_manager.materials.states import Kind as MaterialKind
from workshop_manager.mentoring import matching
from workshop_manager.mentoring import service as mentoring
from workshop_manager.proceedings import numbering, publishing
from workshop_manager.proceedings import queries as proceedings
from workshop_manager.proceedings import service as camera_ready
from workshop_manager.proceedings.content import Handed, Wanted
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.proposals import queries as proposal_queries
from workshop_manager.proposals import storing as proposing_grants
from workshop_manager.proposals import working
from workshop_manager.proposals.settings import Settings as ProposalSettings
from workshop_manager.proposals.succession_models import Next, Successor
from workshop_manager.questions import queries as question_queries
from workshop_manager.questions import service as questions
from workshop_manager.questions.content import Filed, Owner
from workshop_manager.questions.states import Kind as QuestionKind
from workshop_manager.questions.states import StatementKind
from workshop_manager.registrations import bringing, hosting, opening, sharing
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.models import Need, RegistrationKind
from workshop_manager.registrations.sharing import QuotaContent, ReserveContent
from workshop_manager.registrations.states import Group
from workshop_manager.registrations.states import Mode as RegistrationMode
from workshop_manager.reviews import discussing, setting_up
from workshop_manager.reviews import service as reviews
from workshop_manager.reviews.states import Advice
from workshop_manager.schedule import drafting, pending, personal
from workshop_manager.schedule import planning as schedule_plans
from workshop_manager.schedule import releasing as schedule_releases
from workshop_manager.schedule import service as schedule
from workshop_manager.schedule import settling as schedule_settling
from workshop_manager.schedule import speakers as schedule_speakers
from workshop_manager.schedule.content import ItemContent, Named
from workshop_manager.schedule.joining import join_token
from workshop_manager.schedule.models import FeedToken, ScheduleItem
from workshop_manager.schedule.programme import Kind as ItemKind
from workshop_manager.schedule.reaching import may_hear
from workshop_manager.schedule.reading.detecting import read_text
from workshop_manager.schedule.states import KeptFor
from workshop_manager.search import service as searching
from workshop_manager.search.states import Act
from workshop_manager.selfid import service as selfid
from workshop_manager.selfid.rules import Reply
from workshop_manager.signups import service as signups
from workshop_manager.signups import settling
from workshop_manager.signups.states import Audience, Way
from workshop_manager.submissions import queries as submission_queries
from workshop_manager.submissions import service as submissions
from workshop_manager.submissions import topics
from workshop_manager.submissions.content import AuthorContent, Content, Upload
from workshop_manager.submissions.models import AuthorInvitation, Submission
from workshop_manager.submissions.pdf import blind_copy
from workshop_manager.submissions.states import Outcome
from workshop_manager.takeout import service as takeout
from workshop_manager.workshops import service as workshops
from workshop_manager.workshops import team
from workshop_manager.workshops.models import Community, Edition, Track
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import DateKey, Kind, Mode, Repeat, Role, Visibility

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

# What must not be seen by the wrong eyes. Each is searched for in every answer.
JOIN_LINK = "https://video.example.net/j/only-for-the-registered"
GHOST = AuthorContent("Zubaydah Quartzmarker", "quartzmarker@ghost.example.org", "Ghost Institute of Quartz")
"""An author without an account."""
CHAIRS_OWN = "Woven by one who chairs"
"""The title of a work that its author must not meet at the chairs' desk."""
STATEMENT = "I cannot pay for this journey and say so to the committee only."
"""What applicants for grants write; for the committee, the organisers and themselves."""
BANK = "DE89370400440532013000"
"""The account the reviewer is paid to; for those who pay, by asking."""
NOTE = "Between the committee only: we wonder about the second thread of this request."
"""An internal note about a grant application; for the committee and the organisers."""
FRIENDLY = "Begin with the second thread: it holds the whole cloth together."
"""Feedback of the mentored round; for its two sides and the mentoring chairs."""
PASSPORT = "Noor binti Openhand of the Passport"
"""What stands in a passport; for the organisers and its holder, and where the letter is verified."""
ABOUT_ONESELF = "A weaver of the third thread, and glad of it"
"""What the attendee says of themselves; for nobody else."""
UNRELEASED = "Nobody has heard of this yet"
"""The title of an item that is in the draft of the schedule only."""
ABSTRACT = ("We weave two threads into one cloth and show that it holds. " * 6).strip()

SPEAKER = Persona("speaker", "Speaker", "Noor Openhand", "Open University", "MY")
WAITING = Persona("waiting", "Somebody waiting", "Wafa Waitsdottir", "Queue", "JO")

_ROLES = (
    (CHAIR, Role.PROGRAMME_CHAIR),
    (REVIEWER, Role.REVIEWER),
    (IDLE_REVIEWER, Role.REVIEWER),
    (CONFLICTED, Role.REVIEWER),
    (GRANTS, Role.GRANTS_COMMITTEE),
    (FRONT_DESK, Role.FRONT_DESK),
    (ORGANISER, Role.ORGANISER),
)


def session_key(persona: Persona) -> str:
    """The key of that persona's session."""
    return f"session-of-{persona.key}"


def session_of(persona: Persona) -> dict[str, object]:
    """What that persona's cookie holds. The author is adding a passkey; the co-author is half-way through a door."""
    content: dict[str, object] = {"asked": persona.email}
    if persona is not VISITOR:
        content["sid"] = session_key(persona)
    if persona is AUTHOR:
        content["new-passkey"] = token("new_passkey")
    if persona is COAUTHOR:
        content |= {"step": token("second_step"), "challenge": token("passkey_sign_in")}
    return content


def token(purpose: str) -> str:
    """A token of the world, known beforehand so that its address can be written down."""
    return f"token-for-{purpose}".ljust(27, "x")


@dataclass
class Things:
    """What one edition holds, by the names that addresses use."""

    community: str
    edition: str
    edition_id: int = 0
    values: dict[str, object] = field(default_factory=dict)


@dataclass
class World:
    """The ids and slugs of everything. Plain values: it outlives the session that made it."""

    here: Things
    elsewhere: Things
    draft: Things
    series: Things
    people: dict[str, int]
    site: dict[str, object] = field(default_factory=dict)

    def argument(self, endpoint: str, name: str, things: Things | None = None) -> object:
        """What stands for this parameter of this endpoint; KeyError if nothing does.

        The most particular entry wins: `submissions.discard.number`, then `submissions.number`, then `number`.
        """
        things = things or self.here
        values = self.site | things.values | {"community": things.community, "edition": things.edition}
        blueprint = endpoint.partition(".")[0]
        for key in (f"{endpoint}.{name}", f"{blueprint}.{name}", name):
            if key in values:
                return values[key]
        raise KeyError(f"nothing in tests/world.py stands for <{name}> of {endpoint}")


@contextmanager
def acting(uow: UnitOfWork, person: Person | None, at: datetime | None = None) -> Iterator[None]:
    """Within the block the unit of work acts as that person, at that moment."""
    before = uow.actor, uow.now
    uow.actor, uow.now = person, at or uow.now
    try:
        yield
    finally:
        uow.actor, uow.now = before


def build(uow: UnitOfWork) -> World:
    """Everything. Needs an application context and a unit of work at NOW."""
    people = (*(p for p in PERSONAS if p is not VISITOR), SPEAKER, WAITING)
    cast = {p.key: _person(uow, p) for p in people}
    others = {p.key: _person(uow, _double(p)) for p in people}
    here = _edition(uow, "musiml", "2026", "Muslims in ML 2026", cast)
    elsewhere = _edition(uow, "accra", "2026", "Accra Learns 2026", others)
    draft = _draft(uow, here, cast)
    series = _series(uow, elsewhere, others)
    for things, role in ((elsewhere, Role.ORGANISER), (draft, Role.ORGANISER)):
        with acting(uow, others[OWNER.key] if things is elsewhere else cast[OWNER.key]):
            team.add_member(uow, _row(uow, things), cast[ELSEWHERE.key].id, team.Place(role))
    world = World(here, elsewhere, draft, series, {key: person.id for key, person in cast.items()})
    world.site |= _site_values(uow, cast)
    uow.session.flush()
    return world


def _double(persona: Persona) -> Persona:
    """Somebody in the same place of the other community, with a name of their own."""
    return Persona(
        f"other_{persona.key}", persona.title, f"Double {persona.name}", f"{persona.affiliation} elsewhere", "GH"
    )


def _person(uow: UnitOfWork, persona: Persona) -> Person:
    person = create_person(uow, email=persona.email, name=persona.name)
    person.affiliation, person.country = persona.affiliation, persona.country
    key = session_key(persona)
    uow.session.add(
        SignIn(key_hash=token_hash(key), person_id=person.id, created_at=uow.now, seen_at=uow.now, browser="Firefox")
    )
    uow.session.flush()
    return person


def _row(uow: UnitOfWork, things: Things) -> Edition:
    row = uow.session.get(Edition, things.edition_id)
    assert row is not None
    return row


# -- editions -----------------------------------------------------------------------------------------------------


def _edition(uow: UnitOfWork, community: str, slug: str, name: str, cast: dict[str, Person]) -> Things:
    """A public edition in the midst of things: call, registration and grants are open, a part is decided."""
    things = Things(community, slug)
    owner = cast[OWNER.key]
    with acting(uow, owner, NOW - timedelta(days=90)):
        found = workshops.create_community(
            uow, workshops.CreateCommunity(slug=community, name=f"The {community} community", accent="#f5a623")
        )
        edition = workshops.create_edition(uow, found, _wanted(slug, name))
        things.edition_id = edition.id
        _dates(uow, edition, things)
        tracks = _tracks(uow, edition, things)
        _rooms(uow, edition, things)
        for persona, role in _ROLES:
            member = team.add_member(uow, edition, cast[persona.key].id, team.Place(role))
            if persona is FRONT_DESK:
                things.values["member_id"] = member.id
        team.add_member(uow, edition, cast[TRACK_CHAIR.key].id, team.Place(Role.TRACK_CHAIR, tracks[1].id))
        _logo(uow, edition, things)
        _questions(uow, edition, tracks, things)
    with acting(uow, owner):
        _invitation(uow, edition, things)
    things.values |= {"workshops.colour": edition.accent_colour[1:]}
    _submissions(uow, edition, tracks, cast, things)
    _reviews(uow, edition, cast, things)
    _assigning(uow, edition, cast, things)
    _places_in_programme(uow, edition, tracks[1], cast, things)
    _registrations(uow, edition, cast, things)
    _grants(uow, edition, cast, things)
    _searches(uow, edition, cast, things)
    _schedule(uow, edition, cast, things)
    _proceedings(uow, edition, cast, things)
    _signups(uow, edition, cast, things)
    _mentoring(uow, edition, cast, things)
    _mails(uow, things)
    return things


def _wanted(slug: str, name: str) -> workshops.CreateEdition:
    start = datetime(2026, 12, 11, 14, 30, tzinfo=UTC)
    return workshops.CreateEdition(
        slug=slug,
        name=name,
        kind=Kind.WORKSHOP,
        mode=Mode.HYBRID,
        time_zone="America/Chicago",
        starts_at=start,
        ends_at=start + timedelta(hours=4, minutes=30),
        tagline="A morning of talks, posters and tables",
        summary="Everybody is welcome. **Come as you are.**",
        host_event="NeurIPS 2026",
        city="New Orleans",
        venue="Convention Centre, room 208",
        visibility=Visibility.PUBLIC,
        contact_email="team@world.example.org",
        good_to_know="There is a quiet room.",
        recording_policy="Talks are recorded; **discussions are not**.",
        code_of_conduct="Be kind. We listen, we credit, we ask before we photograph.",
    )


_DATES = (
    (DateKey.CALL_OPENS, "Call opens", -60),
    (DateKey.ABSTRACTS_DUE, "Abstracts due", 20),
    (DateKey.REVIEWS_DUE, "Reviews due", 40),
    (DateKey.NOTIFICATION, "You hear from us", 50),
    (DateKey.CONFIRM_BY, "Confirm by", 60),
    (DateKey.REGISTRATION_OPENS, "Registration opens", -30),
    (DateKey.REGISTRATION_CLOSES, "Registration closes", 150),
    (DateKey.GRANTS_OPEN, "Grants open", -30),
    (DateKey.GRANTS_DUE, "Grant applications due", 30),
    (DateKey.GRANTS_NOTIFICATION, "Grants are answered", 45),
    (DateKey.OTHER, "Dinner", 190),
)


def _dates(uow: UnitOfWork, edition: Edition, things: Things) -> None:
    for key, label, days in _DATES:
        at = (NOW + timedelta(days=days)).replace(hour=11, minute=59)
        row = workshops.set_date(uow, edition, key, label, Deadline(at, AOE))
        if key is DateKey.ABSTRACTS_DUE:
            workshops.move_date(uow, edition, row.id, label, Deadline(at + timedelta(days=7), AOE))
    things.values["date_id"] = row.id


def _tracks(uow: UnitOfWork, edition: Edition, things: Things) -> list[Track]:
    rows = [
        workshops.add_track(uow, edition, workshops.NewTrack(key, name, "What it is about.", eligibility))
        for key, name, eligibility in (
            ("identity", "Authors who share the identity", "At least one author identifies as Muslim."),
            ("topic", "Work on the topic", ""),
            ("spare", "A track nobody uses", ""),
        )
    ]
    things.values["track_id"] = rows[2].id
    return rows


def _rooms(uow: UnitOfWork, edition: Edition, things: Things) -> None:
    workshops.add_room(uow, edition, workshops.NewRoom("Main hall", f"{JOIN_LINK}/hall"))
    things.values["room_id"] = workshops.add_room(uow, edition, workshops.NewRoom("Table by the window")).id


def _questions(uow: UnitOfWork, edition: Edition, tracks: list[Track], things: Things) -> None:
    """The form for abstracts asks one question of each kind, and for a statement."""
    for kind in QuestionKind:
        content = questions.QuestionContent(
            kind=kind,
            label=f"Tell us by {kind.value}",
            help="As you like.",
            options=("Red", "Green") if kind in (QuestionKind.CHOICE, QuestionKind.MANY) else (),
            scopes=frozenset({f"track:{tracks[0].id}"} if kind is QuestionKind.LINK else ()),
            for_reviewers=kind is QuestionKind.SHORT,
        )
        row = questions.add_question(uow, edition, "submission", content)
    wanted = questions.StatementContent(StatementKind.LICENCE, "The abstract may be printed.", is_required=False)
    statement = questions.add_statement(uow, edition, "submission", wanted)
    things.values |= {"purpose": "submission", "question_id": row.id, "statement_id": statement.id}
    things.values["questions.add_ready.purpose"] = "registration"
    form = question_queries.sheet(uow.session, edition.id, "submission")
    asked = {question.kind: question.id for question in form.questions}
    things.values |= {f"asked_{kind.value}": number for kind, number in asked.items()}
    things.values["file_question_id"] = asked[QuestionKind.FILE]


def _logo(uow: UnitOfWork, edition: Edition, things: Things) -> None:
    workshops.set_logo(uow, edition, _png())
    things.values["workshops.logo.digest"] = edition.logo_digest


@cache
def _png() -> bytes:
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGBA", (64, 64), "#5a3a86").save(buffer, "PNG")
    return buffer.getvalue()


def _invitation(uow: UnitOfWork, edition: Edition, things: Things) -> None:
    """One to the front desk, one to review; and somebody who declined, and thought of somebody else."""
    row = team.invite(uow, edition, "invited@world.example.org", team.Place(Role.FRONT_DESK))
    known = token(f"invitation-{things.community}")
    row.token_hash = token_hash(known)
    things.values |= {"invitation_id": row.id, "workshops.invitation.token": known}
    asked, busy = (
        committee.invite(uow, edition, [committee.Candidate(f"{who}@world.example.org", f"Asked {who}")])[0]
        for who in ("willing", "busy")
    )
    for made, purpose in ((asked, "review"), (busy, "busy")):
        assert made.invitation is not None
        made.invitation.token_hash = token_hash(token(f"{purpose}-{things.community}"))
    other = committee.Suggestion("Suggested Somebody", "instead@world.example.org")
    committee.decline(uow, token(f"busy-{things.community}"), "I teach all autumn.", [other])
    suggested = uow.session.scalars(
        select(Recruit.id).where(Recruit.edition_id == edition.id, Recruit.source == Source.SUGGESTION)
    ).one()
    things.values |= {
        "committee.answer.token": token(f"review-{things.community}"),
        "recruit_id": asked.id,
        "committee.desk_drop.recruit_id": suggested,
    }


def _draft(uow: UnitOfWork, here: Things, cast: dict[str, Person]) -> Things:
    """Next year's edition of the same community: for its team only."""
    with acting(uow, cast[OWNER.key]):
        community = uow.session.scalars(select(Community).where(Community.slug == here.community)).one()
        edition = workshops.create_edition(uow, community, _draft_wanted())
    return Things(here.community, "2027", edition.id)


def _draft_wanted() -> workshops.CreateEdition:
    start = datetime(2027, 12, 10, 14, 30, tzinfo=UTC)
    return workshops.CreateEdition(
        slug="2027", name="Muslims in ML 2027", kind=Kind.WORKSHOP, mode=Mode.VIRTUAL, time_zone="UTC", starts_at=start,
        ends_at=start + timedelta(hours=4),
    )  # fmt: skip


def _series(uow: UnitOfWork, there: Things, cast: dict[str, Person]) -> Things:
    """A monthly meetup with nothing set up yet: the empty states."""
    start = datetime(2026, 1, 10, 10, 0, tzinfo=UTC)
    with acting(uow, cast[OWNER.key]):
        community = uow.session.scalars(select(Community).where(Community.slug == there.community)).one()
        edition = workshops.create_edition(
            uow,
            community,
            workshops.CreateEdition(
                slug="meetups", name="Accra meetups", kind=Kind.MEETUP, mode=Mode.VIRTUAL, time_zone="Africa/Accra",
                starts_at=start, ends_at=start + timedelta(days=700), repeats=Repeat.MONTHLY, meeting_minutes=90,
                visibility=Visibility.PUBLIC,
            ),
        )  # fmt: skip
    return Things(there.community, "meetups", edition.id)


# -- submissions --------------------------------------------------------------------------------------------------


@cache
def upload() -> Upload:
    """A paper whose metadata name its author, with the copy for reviewers."""
    data = make_pdf(pages=2, author=GHOST.name, title=f"By {GHOST.name}")
    return Upload(data, blind_copy(data), "0" * 64, 2, f"{GHOST.name.replace(' ', '-').lower()}.pdf")


def _submissions(
    uow: UnitOfWork, edition: Edition, tracks: list[Track], cast: dict[str, Person], things: Things
) -> None:
    """#1 is under review and by author, co-author and a ghost; #2 is the author's draft, #3 their accepted
    work; #4 is on the programme, #5 the chair's own, #6 in the track that the track chair looks after.
    """
    with acting(uow, cast[OWNER.key]):
        calls.edit_call(
            uow,
            edition,
            calls.CallContent(
                headline="Two pages on anything you weave",
                text="Write what you know.\n\n- Posters\n- Talks",
                blinding=Blinding.DOUBLE,
                needs_pdf=True,
                page_limit=2,
                reference_pages=1,
                word_limit=250,
                max_megabytes=10,
            ),
        )
        things.values |= _call_parts(uow, edition)
        # Numbers of the other edition must not exist in this one.
        calls.locked_call(uow, edition.id).last_number = 0 if things.community == "musiml" else 700
    author, coauthor = cast[AUTHOR.key], cast[COAUTHOR.key]
    main = submit(uow, edition, author, "Threads under review", tracks[0], [_named(author), _named(coauthor), GHOST])
    _answers(uow, edition, author, main, tracks[0], things)
    draft = submit(uow, edition, author, "A draft of mine", tracks[1], [_named(author)], hand_in=False)
    taken = submit(uow, edition, author, "Taken but not named", tracks[0], [_named(author)], listing=Listing.UNLISTED)
    speaker, chair = cast[SPEAKER.key], cast[CHAIR.key]
    talk = submit(uow, edition, speaker, "A talk for everybody", tracks[1], [_named(speaker)])
    submit(uow, edition, chair, CHAIRS_OWN, tracks[0], [_named(chair)])
    submit(uow, edition, speaker, "For the chair of the topic", tracks[1], [_named(speaker)])
    ghost = next(author for author in main.authors if author.email == GHOST.email)
    known = token(f"authorship-{things.community}")
    asked = uow.session.scalars(select(AuthorInvitation).where(AuthorInvitation.author_id == ghost.id)).one()
    asked.token_hash = token_hash(known)
    things.values |= {
        "author_id": ghost.id,
        "submissions.authorship_asked.token": known,
        "decisions.confirm.number": taken.number,
        "decisions.decline.number": taken.number,
        "talk": talk.number,
        "submissions.number": main.number,
        "submissions.version": 1,
        "submissions.discard.number": draft.number,
        "submissions.answer_file.question_id": things.values["file_question_id"],
        "submissions.desk_answer_file.question_id": things.values["file_question_id"],
    }


def _call_parts(uow: UnitOfWork, edition: Edition) -> dict[str, object]:
    """An early round that is over, a second type of work, and an access code that nobody used."""
    dates = {DateKey.ABSTRACTS_DUE: Deadline(NOW - timedelta(days=40), AOE)}
    early = calls.save_round(uow, edition, None, calls.RoundContent("Early round", "For those who need a visa.", dates))
    paper = calls.save_type(uow, edition, None, calls.TypeContent("Paper", "", True, 8, 2, 250, 12))
    late = Deadline(NOW + timedelta(days=60), AOE)
    code = access_codes.make(uow, edition, access_codes.CodeContent("For invited demos", None, None, late, 5, None))
    return {"round_id": early.id, "type_id": paper.id, "code_id": code.id}


def _named(person: Person) -> AuthorContent:
    return AuthorContent(person.name, person.email, person.affiliation or "")


def submit(
    uow: UnitOfWork,
    edition: Edition,
    person: Person,
    title: str,
    track: Track,
    authors: list[AuthorContent],
    *,
    hand_in: bool = True,
    listing: Listing = Listing.FULL,
) -> Submission:
    """A submission with a PDF, handed in unless it is to stay a draft."""
    with acting(uow, person, NOW - timedelta(days=20)):
        made = submissions.begin(uow, edition, f"form-{edition.id}-{title}"[:40])
        first = AuthorContent(authors[0].name, authors[0].email, authors[0].affiliation, is_presenter=True)
        content = Content(
            title=title,
            abstract=ABSTRACT,
            track_id=track.id,
            authors=(first, *authors[1:]),
            listing=listing,
            is_eligible=True if track.eligibility else None,
            not_published=True,
            wants_grant=True,
        )
        submissions.save(uow, edition, made, content, upload(), track)
        if hand_in:
            made = submission_queries.find_own(uow.session, edition.id, made.number, person.id, lock=True) or made
            submissions.submit(uow, edition, made, {track.id: track.eligibility})
    return made


def _answers(uow: UnitOfWork, edition: Edition, person: Person, made: Submission, track: Track, things: Things) -> None:
    """The author answers what is asked, names the ghost in it, and gives a CV to sponsors."""
    asked = {kind: int(str(things.values[f"asked_{kind.value}"])) for kind in QuestionKind}
    filed = Filed(upload().original, upload().blind, "f" * 64, 1, "ghost-quartzmarker.pdf")
    answers = {
        asked[QuestionKind.SHORT]: "Weaving",
        asked[QuestionKind.LINK]: "https://example.org/quartzmarker/code",
        asked[QuestionKind.PERSON]: {"name": GHOST.name, "email": GHOST.email, "affiliation": GHOST.affiliation},
    }
    with acting(uow, person, NOW - timedelta(days=19)):
        row = submission_queries.find_own(uow.session, edition.id, made.number, person.id, lock=True)
        assert row is not None
        stored = submissions.content_of(row, submission_queries.declaration_of(uow.session, row.id))
        told = {int(str(things.values["statement_id"])): True}
        content = replace(stored, answers=answers, told=told, cv_to_sponsors=True)
        files = {asked[QuestionKind.FILE]: filed}
        submissions.save(uow, edition, row, content, None, track, files=files, cv=filed)


# -- reviews ------------------------------------------------------------------------------------------------------


def _reviews(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """#1 is reviewed, bears a conflict and a decision that nobody may know of; #3 and #4 are accepted and told."""
    number, talk = int(str(things.values["submissions.number"])), int(str(things.values["talk"]))
    taken = int(str(things.values["decisions.confirm.number"]))
    with acting(uow, cast[OWNER.key], NOW - timedelta(days=10)):
        for reviewer in (REVIEWER, CONFLICTED):
            assigning.assign(uow, edition, [number], [cast[reviewer.key].id])
        assigning.assign(uow, edition, [talk + 2], [cast[REVIEWER.key].id])
    with acting(uow, cast[CONFLICTED.key], NOW - timedelta(days=9)):
        reviews.declare_conflict(uow, edition, number, ConflictKind.COLLEAGUE, "We share an office.")
    with acting(uow, cast[REVIEWER.key], NOW - timedelta(days=8)):
        content = reviews.ReviewContent(
            score=5, advice=Advice.ORAL, confidence=3, text="Clear, sound and kind. " * 5, remark="For the chairs only."
        )
        reviews.save_review(uow, edition, number, content, version=0, hand_in=True)
        message = discussing.say(uow, edition, number, "I would take it. @chair, what do you think?")
    with acting(uow, cast[OWNER.key], NOW - timedelta(days=2)):
        phase = setting_up.add_phase(
            uow,
            edition,
            setting_up.PhaseContent(
                "Reviewing", Deadline(NOW - timedelta(days=12), AOE), may_write=True, may_discuss=True
            ),
        )
        setting_up.add_phase(
            uow,
            edition,
            setting_up.PhaseContent(
                "Authors respond", Deadline(NOW + timedelta(days=30), AOE), may_write=True, authors_respond=True
            ),
        )
        discussing.ask_to_lead(uow, edition, number, cast[CHAIR.key].id)
        discussing.say(uow, edition, number, "So would I. @reviewer-1, is the number on page two right?")
        accepted = {taken: deciding.Choice(Outcome.POSTER, None, 0), talk: deciding.Choice(Outcome.LIGHTNING, None, 0)}
        deciding.decide(uow, edition, accepted)
        deciding.release(uow, edition)
        deciding.decide(uow, edition, {number: deciding.Choice(Outcome.REJECT, None, 0)})
    with acting(uow, cast[SPEAKER.key]):
        deciding.answer(uow, edition, talk, confirm=True)
    kept = _kept_apart(uow, edition, cast, number, things)
    conflict = uow.session.scalars(
        select(DeclaredConflict.id).join(Submission, Submission.id == DeclaredConflict.submission_id)
        .where(Submission.edition_id == edition.id)
    ).one()  # fmt: skip
    things.values |= {
        "reviews.number": number,
        "message_id": message.id,
        "phase_id": phase.id,
        "reviews.key": "confidence",
        "reviews.track_id": 0,
        "reviewer_id": cast[REVIEWER.key].id,
        "conflict_id": conflict,
        "committee.person_id": cast[REVIEWER.key].id,
        "conflicts.number": number,
        "conflicts.person_id": kept.id,
    }


def _assigning(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """Topics, bids and an automatic assignment that waits for the chair."""
    number = int(str(things.values["submissions.number"]))
    with acting(uow, cast[OWNER.key]):
        bidding.set_bidding(uow, edition, is_open=True, asks_language=True)
        topics.change_topics(uow, edition, {}, ["Weaving", "Quite another thing"])
    known = [topic.id for topic in topics.topics(uow.session, edition.id)]
    with acting(uow, cast[AUTHOR.key]):
        bidding.describe_own(uow, edition, number, known[:1], "fr")
    with acting(uow, cast[IDLE_REVIEWER.key]):
        bidding.choose_known(uow, edition, known)
        bidding.bid(uow, edition, {number: BidLevel.WANT})
    with acting(uow, cast[CHAIR.key]):
        proposing.work_out_now(uow, proposing.ask(uow, edition, AssignmentSettings(reviews=3)))
    pair = uow.session.scalars(
        select(ProposedPair).join(Submission, Submission.id == ProposedPair.submission_id)
        .where(Submission.edition_id == edition.id, Submission.number == number)
        .order_by(ProposedPair.reviewer_id)
    ).first()  # fmt: skip
    assert pair is not None
    things.values |= {"assignments.number": number, "assignments.reviewer_id": pair.reviewer_id}


def _kept_apart(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], number: int, things: Things) -> Person:
    """Authors named somebody, a reviewer said whom they should not judge, and a chair waived what was found."""
    with acting(uow, cast[AUTHOR.key], NOW - timedelta(days=9)):
        named = conflicts.oppose(uow, edition, number, conflicts.Whom(About.PERSON, "Gone Gonesdottir"))
    with acting(uow, cast[REVIEWER.key], NOW - timedelta(days=9)):
        said = conflicts.state(uow, conflicts.Whom(About.INSTITUTION, "Institute of Old Looms"), last_year=2024)
    kept = cast[ORGANISER.key]
    kept.affiliation = GHOST.affiliation
    uow.session.flush()
    with acting(uow, cast[OWNER.key], NOW - timedelta(days=8)):
        conflicts.waive(uow, edition, number, kept.id, "A very large institute.")
    things.values |= {"opposed_id": named.id, "statement_id": said.id}
    return kept


def _places_in_programme(
    uow: UnitOfWork, edition: Edition, track: Track, cast: dict[str, Person], things: Things
) -> None:
    """A place that was given back, somebody who waits for one, an outcome with a name, and what a chair recommends."""
    speaker = cast[SPEAKER.key]
    given, waits = (
        submit(uow, edition, speaker, title, track, [_named(speaker)])
        for title in ("A place given back", "Waits for a place")
    )
    with acting(uow, cast[OWNER.key], NOW - timedelta(days=2)):
        content = named_outcomes.OutcomeContent(f"Spotlight of {things.community}", Outcome.ORAL, 2)
        key = named_outcomes.add_outcome(uow, edition, content).key
        chosen = {given.number: deciding.Choice(key, None, 0), waits.number: deciding.Choice(Outcome.WAITLIST, None, 0)}
        deciding.decide(uow, edition, chosen)
        deciding.release(uow, edition, part=Within(track.id))
    with acting(uow, speaker):
        deciding.answer(uow, edition, given.number, confirm=False)
    with acting(uow, cast[TRACK_CHAIR.key]):
        deciding.recommend(uow, edition, {waits.number: deciding.Advice("poster", "Worth a board.")})
    told = select(OutboxMail.id).where(OutboxMail.edition_id == edition.id, OutboxMail.key.startswith("decision:"))
    things.values |= {
        "decisions.key": key,
        "decisions.where": "up",
        "decisions.name": "submissions",
        "decisions.mail_id": uow.session.scalars(told.order_by(OutboxMail.id)).first(),
        "decisions.places_offer.number": given.number,
        "decisions.places_empty.number": given.number,
    }


# -- registrations ------------------------------------------------------------------------------------------------


def _registrations(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """The attendee takes part from afar; the speaker has the only seat in the room, and somebody waits for it."""
    with acting(uow, cast[OWNER.key]):
        kinds = [
            registrations.add_kind(uow, edition, registrations.KindContent(*content))
            for content in (
                ("In person", RegistrationMode.IN_PERSON, 1, "With lunch.", True),
                ("Online", RegistrationMode.VIRTUAL, None),
                ("A kind nobody chose", RegistrationMode.VIRTUAL, 5),
            )
        ]
        registrations.save_settings(uow, edition, join_url=f"{JOIN_LINK}/edition", note="Doors open at eight.")
        quota = sharing.add_quota(uow, edition, QuotaContent("The hall", 40, frozenset({kinds[0].id, kinds[2].id})))
        until = Deadline(NOW + timedelta(days=9), "Africa/Accra")
        reserve = sharing.keep(uow, edition, ReserveContent(("quota", quota.id), Group.PRESENTERS, 5, until))
        helpers = registrations.add_kind(
            uow,
            edition,
            registrations.KindContent("Helpers", RegistrationMode.IN_PERSON, None, needs_approval=True),
        )
        code = opening.make(uow, edition, opening.CodeContent("For sponsors", kinds[2].id, 5))
    things.values |= {"quota_id": quota.id, "reserve_id": reserve.id, "kind_code_id": code.id}
    for person, kind in ((SPEAKER, kinds[0]), (WAITING, kinds[0]), (ATTENDEE, kinds[1])):
        with acting(uow, cast[person.key], NOW - timedelta(days=5)):
            details = registrations.Details(
                person.name, pronouns="they/them", diet=("halal",), needs="A chair by the door.", listing=Listing.FULL
            )
            row = registrations.register(uow, edition, kind.id, details)
        if person is SPEAKER:
            _at_the_door(uow, edition, row.id, cast, things)
            with acting(uow, cast[OWNER.key]):
                hosting.check(uow, edition, [row.id])
            things.values["registrations.desk_host_unchecking.registration_id"] = row.id
    with acting(uow, create_person(uow, email=f"asks-{edition.id}@example.org", name="Somebody who asks")):
        registrations.register(uow, edition, helpers.id, registrations.Details("Somebody who asks"))
    _file_asked(uow, edition, row.id, cast, things)
    need = uow.session.scalars(select(Need).where(Need.registration_id == row.id)).one()
    things.values["need_id"] = need.id
    things.values |= {"registration_id": row.id, "kind_id": kinds[2].id}
    _handed_over(uow, edition, kinds, cast, things)
    _about_oneself(uow, edition, cast)


def _file_asked(uow: UnitOfWork, edition: Edition, row_id: int, cast: dict[str, Person], things: Things) -> None:
    """Whoever registers may give a file, and the attendee did."""
    with acting(uow, cast[OWNER.key]):
        content = questions.QuestionContent(kind=QuestionKind.FILE, label="A letter of your university")
        asked = questions.add_question(uow, edition, "registration", content)
    with acting(uow, cast[ATTENDEE.key]):
        sheet = question_queries.sheet(uow.session, edition.id, "registration")
        letter = make_pdf(pages=1)
        filed = Filed(letter, letter, "0" * 64, 1, "letter.pdf")
        owner = Owner("registration", row_id)
        questions.save_answers(uow, owner, sheet, {asked.id: {"version": 0}}, set(), {asked.id: filed})
    for name in ("answer_file", "desk_answer_file"):
        things.values |= {f"registrations.{name}.question_id": asked.id, f"registrations.{name}.version": 1}


def _handed_over(
    uow: UnitOfWork, edition: Edition, kinds: list[RegistrationKind], cast: dict[str, Person], things: Things
) -> None:
    """The speaker brings a child along, who follows the talks online; the attendee asks a colleague to go instead."""
    with acting(uow, cast[OWNER.key]):
        bringing.allow(uow, edition, kinds[0].id, 2, kinds[1].id)
    with acting(uow, cast[SPEAKER.key]):
        guest = bringing.bring(uow, edition, "A child")
    with acting(uow, cast[ATTENDEE.key]):
        claim = handover.ask(uow, edition, f"colleague-{edition.id}@example.org")
    with acting(uow, cast[OWNER.key]):
        guests = [seat_lists.Listed(f"sponsored-{edition.id}@example.org", "Sponsored", kinds[1].id)]
        until = Deadline(NOW + timedelta(days=20), "Africa/Accra")
        listed, _plan = seat_lists.set_aside(uow, edition, "Northern Lake Lab", until, guests)
    assert listed is not None
    things.values["list_id"] = listed.id
    known = token(f"seat-{things.community}")
    claim.token_hash = token_hash(known)
    details = registrations.Details("A visitor", answers={})
    visiting.begin(uow, edition, f"visitor-{edition.id}@example.org", kinds[1].id, details, keep_virtual=False)
    typed = uow.session.scalars(select(VisitorRegistration).where(VisitorRegistration.edition_id == edition.id)).one()
    proof = token(f"proof-{things.community}")
    typed.token_hash = token_hash(proof)
    things.values["handover.prove.token"] = proof
    things.values |= {"guest_id": guest.id, "handover.claim.token": known}


def _about_oneself(uow: UnitOfWork, edition: Edition, cast: dict[str, Person]) -> None:
    """The organisers ask who comes, and the attendee says it."""
    with acting(uow, cast[OWNER.key]):
        asked = selfid.Asked("Which words describe you?", ("A weaver", "A spinner"), is_multiple=True)
        day = (NOW + timedelta(days=300)).date()
        row = selfid.save(uow, edition, selfid.Content("To report whom we reach.", day, (asked,)), 0)
        selfid.begin(uow, edition)
    with acting(uow, cast[ATTENDEE.key]):
        selfid.answer(uow, edition, {row.questions[0].id: Reply((1,), ABOUT_ONESELF)})


def _visa_letters(uow: UnitOfWork, edition: Edition, cast: dict[str, Person]) -> VisaLetter:
    """The speaker has a letter of invitation; what stands in the passport is for the organisers and the speaker."""
    with acting(uow, cast[OWNER.key]):
        letters.save_settings(
            uow, edition, is_offered=True, wording=letters.WORDING, signed_by="Omar, chair", version=0
        )
    with acting(uow, cast[SPEAKER.key]):
        asked = letters.ask(
            uow, edition, letters.Passport(PASSPORT, "X1234567", "Malaysia", "1990-02-03", "2031-04-05")
        )
    with acting(uow, cast[ORGANISER.key]):
        return letters.issue(uow, edition, asked.id)


def _at_the_door(
    uow: UnitOfWork, edition: Edition, registration_id: int, cast: dict[str, Person], things: Things
) -> None:
    """The speaker came, was scanned again elsewhere, and got a badge."""
    with acting(uow, cast[OWNER.key]):
        badge, lunch = (door.add_item(uow, edition, name) for name in ("Badge", "Lunch"))
    with acting(uow, cast[FRONT_DESK.key], edition.starts_at):
        held = door.Held(door.new_key(), uow.now, registration_id=registration_id, device="Main door")
        came = door.check_in(uow, edition, held).arrival
        door.check_in(uow, edition, replace(held, key=door.new_key(), device="Side door"))
        door.hand_out(uow, edition, registration_id, badge.id)
        batch = badges.begin(uow, edition, badges.Wanted(), badges.Layout())
    letter = _visa_letters(uow, edition, cast)
    with acting(uow, cast[OWNER.key], edition.ends_at):
        (certificate,) = certifying.issue_all(uow, edition, writes=False).certificates
    assert came is not None
    things.values |= {
        "door.letter_id": letter.id,
        "door.certificate_id": certificate.id,
        "door.token": certificate.code,
        "door.registration_id": registration_id,
        "door.arrival_id": came.id,
        "door.item_id": lunch.id,
        "door.handed_back.item_id": badge.id,
        "door.batch_id": batch.id,
    }


# -- grants -------------------------------------------------------------------------------------------------------


def _grants(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """The attendee has an offer; the author waits, with a decision nobody may know of; the co-author's is a draft."""
    with acting(uow, cast[OWNER.key]):
        fund = funds.add_fund(uow, edition, funds.FundContent("Travel", "A sponsor", "For everybody.", "USD", 500_000))
        spare = funds.add_fund(uow, edition, funds.FundContent("Caregiving", "", "", "USD", 100_000))
        asked = funds.ask_override(uow, edition, spare.id, 5_000, "One more family.")
        grant_caps.save_caps(uow, edition, {"USD": [Limit(CostKind.AIR, 95_000)]}, seen=digest([]))
        asks = questions.QuestionContent(kind=QuestionKind.SHORT, label="Who wrote your letter")
        letter = questions.add_question(uow, edition, "grants", asks).id
        late = Deadline(NOW + timedelta(days=60), AOE)
        number = grant_rounds.add_round(
            uow, edition, grant_rounds.RoundContent("Late round", "For who decided late.", None, late, None)
        ).number
    rows = {}
    for persona in (ATTENDEE, AUTHOR, SPEAKER, COAUTHOR, REVIEWER):
        with acting(uow, cast[persona.key], NOW - timedelta(days=4)):
            costs = (grants.Cost(CostKind.AIR, 90_000, "A flight"), grants.Cost(CostKind.LODGING, 20_000, "Two nights"))
            said = grants.ApplicationContent("USD", costs, STATEMENT, cannot_front=True, answers={letter: STATEMENT})
            row = grants.save(uow, edition, said, started_from=0)
            rows[persona.key] = row if persona is COAUTHOR else grants.submit(uow, edition)
    with acting(uow, cast[GRANTS.key], NOW - timedelta(days=1)):
        grant_decisions.rate(uow, edition, rows[ATTENDEE.key].id, 5, "A clear need.")
        for key in (ATTENDEE.key, AUTHOR.key):
            _propose(uow, edition, rows[key].id, fund.id)
        chosen = _application(uow, rows[ATTENDEE.key].id)
        until = Deadline(NOW + timedelta(days=14), AOE)
        grant_decisions.release(uow, edition, {chosen.id: chosen.seen}, until)
    things.values["grants.number"] = number
    things.values |= {"override_id": asked.id, "fund_id": spare.id, "application_id": rows[AUTHOR.key].id}
    _claims(uow, edition, cast, things, rows[REVIEWER.key].id, fund.id)
    _proposed(uow, edition, cast, things)
    _grants_talked_of(uow, edition, cast, things, rows[AUTHOR.key].id, rows[ATTENDEE.key].id)
    line = rows[AUTHOR.key].lines[0]
    back = Successor(
        edition_id=edition.id, application_id=rows[AUTHOR.key].id, state=Next.WAITING, seen=rows[AUTHOR.key].seen,
        amounts={str(line.id): [fund.id, 1_000]}, made_at=NOW,
    )  # fmt: skip
    uow.session.add(back)
    uow.session.flush()
    things.values["successor_id"] = back.id


def _claims(
    uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things, number: int, fund_id: int
) -> None:
    """The reviewer has accepted; a claim is paid in part, one waits with two receipts, one is being gathered."""
    with acting(uow, cast[GRANTS.key], NOW - timedelta(days=1)):
        _propose(uow, edition, number, fund_id)
        chosen = _application(uow, number)
        grant_decisions.release(uow, edition, {number: chosen.seen}, Deadline(NOW + timedelta(days=14), AOE))
    flight, bed = (line.id for line in _application(uow, number).lines)
    with acting(uow, cast[REVIEWER.key], NOW - timedelta(hours=12)):
        grants.accept(uow, edition)
        first = _receipt(uow, edition, flight, "flight.pdf", "a", 20_000)
        claims.hand_in(uow, edition, flight, in_advance=True)
        claims.save_bank_details(uow, edition, {"holder": "A Name", "account": BANK, "where": "A bank, Kenya"})
    with acting(uow, cast[OWNER.key], NOW - timedelta(hours=6)):
        claims.approve(uow, edition, first.id, 15_000, reason="Without the seat fee.", started_from=first.version)
        paid = claims.pay(
            uow,
            edition,
            first.id,
            5_000,
            PayWay.TRANSFER,
            (NOW - timedelta(days=1)).date(),
            reference="TR 1",
            started_from=first.version,
        )  # fmt: skip
    with acting(uow, cast[REVIEWER.key], NOW - timedelta(hours=5)):
        waits = _receipt(uow, edition, bed, "bed.jpg", "b", 5_000)
        claims.hand_in(uow, edition, bed, in_advance=True)
        open_claim = _receipt(uow, edition, flight, "train.pdf", "c", 1_000)
    things.values |= {
        "claims.application_id": number,
        "claims.line_id": flight,
        "claims.claim_id": first.id,
        "claims.payment_id": paid.id,
        "claims.receipt_id": open_claim.receipts[0].id,
        "claims.desk_receipt.receipt_id": waits.receipts[0].id,
    }


def _proposed(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """The owner had two proposals worked out."""
    numbers = []
    for tried in (ProposalSettings(), ProposalSettings(shares={"region:africa": 10}, most_per=2, useful=90)):
        with acting(uow, cast[OWNER.key], NOW - timedelta(hours=3)):
            row = proposing_grants.ask(uow, edition, tried)
            standing = standing_of(uow.session, edition.id, cast[OWNER.key].id)
            done = working.solved(proposal_queries.basis(uow.session, edition.id, standing, tried))
            proposing_grants.write_down(uow, row, done, working.further(done))
            numbers.append(row.number)
    things.values |= {"proposals.number": numbers[1], "proposals.other": numbers[0]}


def _receipt(uow: UnitOfWork, edition: Edition, line: int, name: str, digest: str, minor: int) -> Claim:
    is_pdf = name.endswith(".pdf")
    kind, content = (FileKind.PDF, make_pdf()) if is_pdf else (FileKind.PICTURE, b"a picture")
    kept = Kept(kind, content, digest * 64, 1, name)
    return claims.add_receipt(uow, edition, line, claims.Given(kept, (NOW - timedelta(days=9)).date(), minor, "USD"))


def _grants_talked_of(
    uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things, waits: int, offered: int
) -> None:
    """The committee notes something, asks the author and the attendee for something, and would like to hear soon."""
    due = Deadline(NOW + timedelta(days=5), AOE)
    with acting(uow, cast[GRANTS.key], NOW - timedelta(hours=20)):
        grant_talk.say(uow, edition, waits, NOTE, to_applicant=False)
        asked = grant_talk.ask(uow, edition, waits, "Could you go by train?", due, [CostKind.AIR])
        theirs = grant_talk.ask(uow, edition, offered, "Do you need a visa?", due, [])
    with acting(uow, cast[ATTENDEE.key], NOW - timedelta(hours=9)):
        grant_talk.want_more(uow, edition, "The flight has become dearer.")
    things.values |= {
        "grantreview.question_id": asked.id,
        "grantreview.own_answer.question_id": theirs.id,
        "grantreview.person_id": cast[OWNER.key].id,
    }


def _application(uow: UnitOfWork, application_id: int) -> Application:
    return uow.session.scalars(
        select(Application)
        .where(Application.id == application_id)
        .options(selectinload(Application.lines).selectinload(GrantLine.awards))
        .execution_options(populate_existing=True)
    ).one()


def _propose(uow: UnitOfWork, edition: Edition, application_id: int, fund_id: int) -> None:
    row = _application(uow, application_id)
    amounts = {line.id: (fund_id, line.asked // 2) for line in row.lines}
    proposal = grant_decisions.Proposal(Verdict.OFFER, amounts)
    grant_decisions.propose(uow, edition, application_id, proposal, started_from=row.seen)


# -- searches ---------------------------------------------------------------------------------------------------------


_EXPORT = b"""Paper ID,Paper Title,Authors,Author Emails,Track Name,Status
12,From another system,Somebody Else (Elsewhere)*,else@world.example.org,Unknown topic,Accept (Oral)
13,Another one,Nobody We Know*,nobody@world.example.org,Unknown topic,Awaiting Decision
"""


def _searches(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """The owner tagged two submissions at once, one the chair's own, keeps a search, and looks at a file to import."""
    chairs = uow.session.scalars(
        select(Submission.number).where(Submission.edition_id == edition.id, Submission.title == CHAIRS_OWN)
    ).one()
    with acting(uow, cast[OWNER.key]):
        numbers = (int(str(things.values["talk"])), chairs)
        done, _left = searching.apply(uow, edition, Act.ADD_TAG, "needs-talk", numbers)
        kept = searching.save_search(uow, edition, "To talk about", "tag:needs-talk", is_shared=True)
        waiting = importing.keep(uow, edition, "export.csv", _EXPORT, None)
    assert done is not None
    things.values |= {"batch_id": done.id, "search_id": kept.id, "search.number": things.values["talk"]}
    things.values |= {"exchange.file_id": waiting.id, "exchange.kind": "submissions", "exchange.form": "csv"}


# -- schedule -----------------------------------------------------------------------------------------------------

_PROGRAMME = "Time,Title\n9:00 - 9:30,Brought in\n9:30 - 9:15,Too early\n"


def _schedule(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """One release is out; since then an item was called off and another got a new time."""
    start, owner = edition.starts_at, cast[OWNER.key]
    talk = uow.session.scalars(
        select(Submission).where(Submission.edition_id == edition.id, Submission.number == things.values["talk"])
    ).one()
    with acting(uow, owner, NOW - timedelta(days=1)):
        standing = standing_of(uow.session, edition.id, owner.id)

        def item(minutes: int, length: int, title: str, kind: ItemKind, **more: object) -> int:
            begins = start + timedelta(minutes=minutes)
            content = ItemContent(kind, title, begins, begins + timedelta(minutes=length), **more)  # type: ignore[arg-type]
            return schedule.add(uow, edition, standing, content).id

        item(0, 15, "Welcome", ItemKind.OPENING, room="Main hall")
        leads = (Named(cast[CHAIR.key].name), Named("Guest in the Chair"))
        block = item(15, 60, "Talks", ItemKind.SESSION, room="Main hall", chairs=leads)
        item(15, 15, "", ItemKind.TALK, parent_id=block, submission_id=talk.id)
        moved = item(80, 20, "Coffee", ItemKind.BREAK)
        dropped = item(100, 30, "A keynote that falls through", ItemKind.KEYNOTE, speakers=(Named("Guest of Honour"),))
        schedule_releases.release(uow, edition, standing, note="First version")
        item(150, 45, "Lunch", ItemKind.MEAL)
        schedule_releases.release(uow, edition, standing, note="With lunch")
        schedule.remove(uow, edition, standing, dropped)
        schedule.move(uow, edition, standing, moved, up=True)
        item(200, 15, UNRELEASED, ItemKind.OTHER)
        inviting.tell(uow, edition.id)
        prayer = (start + timedelta(minutes=minutes) for minutes in (205, 225))
        things.values["schedule.protected_id"] = schedule_settling.protect(
            uow, edition, standing, "Prayer", *prayer, KeptFor.PRAYER
        ).id
        working = drafting.working(uow.session, edition)
        fault = next(each for each in working.conflicts if each.code == "protected_time")
        name = schedule_settling.name_of(fault)
        left = schedule_settling.settle(
            uow, edition, standing, name, seen=fault.digest(working.programme), reason="Known"
        )
        things.values["schedule.settled_id"] = left.id
        planned = schedule_plans.plan(uow, edition, standing, start - timedelta(days=1))
    speaker = uow.session.scalars(
        select(SpeakerContact)
        .options(selectinload(SpeakerContact.slots))
        .where(SpeakerContact.edition_id == edition.id)
    ).first()
    assert speaker is not None
    # Before or after what is told of a draft above, whoever speaks is asked only where they may be written to.
    if may_hear(edition):
        asking.ask(uow, edition, standing, uow.now + timedelta(days=3), "Tell us soon.")
        asked = availability.asked(uow.session, edition.id)[0]
        things.values |= {"availability.token": asking.token_of(asked), "availability_id": asked.id}
    things.values |= {"plan_id": planned.id}
    things.values |= {"invitations.token": inviting.reply_token(speaker), "invitations.contact_id": speaker.id}
    with acting(uow, cast[ATTENDEE.key]):
        made = personal.make_address(uow, edition, cast[ATTENDEE.key])
        known = token(f"feed-{things.community}")
        row = uow.session.scalars(select(FeedToken).where(FeedToken.token_hash == token_hash(made))).one()
        row.token_hash, row.join_hash = token_hash(known), token_hash(join_token(known))
    things.values |= {
        "schedule.token": join_token(known),
        "schedule.uid": uow.session.get_one(ScheduleItem, block).uid,
        "schedule.day": str(start.astimezone(ZoneInfo(edition.time_zone)).date()),
        "schedule.code": next(iter(schedule_speakers.desk_rows(uow.session, edition.id))),
        "schedule.number": 1,
        "schedule.room": "main-hall",
        "schedule.track": "none-any-more",
        "schedule.stars": "aaaa",  # of nothing: one address for every edition
    }
    with acting(uow, owner):
        given = materials.Given(MaterialKind.PAPER, file=Taken("paper.pdf", "application/pdf", make_pdf(pages=1)))
        paper = materials.add(uow, edition, standing, things.values["schedule.uid"], given)
        things.values |= {"materials.uid": paper.uid, "materials.material_id": paper.id}
        waiting = pending.keep(uow, edition, "programme.csv", read_text(_PROGRAMME, day=start.date(), zone="UTC"))
    things.values |= {"schedule.import_id": waiting.id}
    things.values |= {"item_id": moved, "schedule.restore_item.item_id": dropped, "schedule.personal_feed.token": known}


# -- proceedings --------------------------------------------------------------------------------------------------


def _proceedings(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """The author handed in a final paper, the poster has a number that nobody was told, and the book is public."""
    number = int(str(things.values["decisions.confirm.number"]))
    with acting(uow, cast[OWNER.key], NOW - timedelta(days=1)):
        camera_ready.ask(uow, edition, Wanted(video=Ask.MAY), "We allow you to show it.", started_from=0)
        numbering.give(uow, edition, by_session=False, afresh=False)
    with acting(uow, cast[AUTHOR.key], NOW - timedelta(hours=20)):
        work = proceedings.find_own(uow.session, edition.id, number, cast[AUTHOR.key].id, lock=True)
        assert work is not None
        typed = replace(camera_ready.stored(work, None, 1), video_url="https://video.example.org/threads")
        camera_ready.hand_in(uow, edition, work, typed, [Handed(Item.FINAL, upload())], started_from=0)
    with acting(uow, cast[OWNER.key], NOW - timedelta(hours=10)):
        publishing.publish(uow, edition, publishing.made(uow.session, edition, 1).digest)
    things.values |= {
        "proceedings.number": number,
        "proceedings.item": Item.FINAL.value,
        "proceedings.version": 1,
    }


# -- sign-ups -----------------------------------------------------------------------------------------------------


def _signups(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """The attendee has a place at a table and ranked mentors, whose places are proposed; the speaker leads a table."""
    lunch = Deadline(NOW + timedelta(days=9), AOE)
    soon = Deadline(NOW - timedelta(hours=2), AOE)
    everybody, (first, ranked) = Audience.EVERYBODY, (Way.FIRST_COME, Way.RANKED)
    with acting(uow, cast[OWNER.key], NOW - timedelta(days=3)):
        tables = settling.add_block(uow, edition, settling.BlockContent("Roundtables", first, everybody, lunch))
        table, led = (
            settling.add_part(uow, edition, tables.id, settling.PartContent(title, 1, "What *helps*.", moderator=lead))
            for title, lead in (("Mental health", ""), ("Early careers", cast[SPEAKER.key].email))
        )
        mentors = settling.add_block(uow, edition, settling.BlockContent("Mentors", ranked, everybody, soon))
        parts = [
            settling.add_part(uow, edition, mentors.id, settling.PartContent(name, 1)).id for name in ("Ada", "Fei")
        ]
        spare = settling.add_block(uow, edition, settling.BlockContent("Lunch", first, everybody, lunch))
    with acting(uow, cast[ATTENDEE.key], NOW - timedelta(days=2)):
        signups.take(uow, edition, table.id)
        signups.choose(uow, edition, mentors.id, parts)
    with acting(uow, cast[OWNER.key]):
        settling.propose(uow, edition, mentors.id)
    things.values |= {
        "signups.block_id": tables.id,
        "signups.part_id": led.id,
        "signups.person_id": cast[ATTENDEE.key].id,
        "signups.remove_block.block_id": spare.id,
        "signups.allocate.block_id": mentors.id,
        "signups.proposal.block_id": mentors.id,
        "signups.change_proposal.block_id": mentors.id,
        "signups.forget_proposal.block_id": mentors.id,
        "signups.propose.block_id": mentors.id,
    }


# -- mentored round -----------------------------------------------------------------------------------------------


def _mentoring(uow: UnitOfWork, edition: Edition, cast: dict[str, Person], things: Things) -> None:
    """The author's draft and the speaker's work are read by each other; two more are proposed; somebody waits."""
    author, speaker, attendee, waiting = (cast[one.key] for one in (AUTHOR, SPEAKER, ATTENDEE, WAITING))
    draft, talk = int(str(things.values["submissions.discard.number"])), int(str(things.values["talk"]))
    track = uow.session.scalars(select(Track).where(Track.edition_id == edition.id, Track.key == "topic")).one()
    with acting(uow, cast[OWNER.key], NOW - timedelta(days=12)):
        dates = (Deadline(NOW + timedelta(days=2), AOE), Deadline(NOW + timedelta(days=5), AOE))
        mentoring.set_up(uow, edition, mentoring.RoundContent(True, True, "Read *kindly*.", *dates), version=0)
    with acting(uow, cast[IDLE_REVIEWER.key]):
        mentoring.volunteer(uow, edition, 1)
    for person, number in ((author, draft), (speaker, talk + 2)):
        with acting(uow, person):
            mentoring.join(uow, edition, number)
    with acting(uow, cast[OWNER.key]):
        matching.pair(uow, edition, draft, talk + 2)
        proposed = matching.proposal(uow, edition, standing_of(uow.session, edition.id, cast[OWNER.key].id))
        matching.announce(uow, edition, seen=proposed.digest)
    readings = {one.reader_id: one for each in proposed.readings.values() for one in each}
    asked = question_queries.sheet(uow.session, edition.id, mentoring.KEY).questions
    said = mentoring.FeedbackContent({one.id: FRIENDLY for one in asked}, "Nothing to worry about.")
    with acting(uow, speaker):
        mentoring.save_feedback(uow, edition, readings[speaker.id].id, said, version=0, send=True)
    for person, title in ((attendee, "Half a loom"), (waiting, "The other half")):
        made = submit(uow, edition, person, title, track, [_named(person)], hand_in=False)
        with acting(uow, person):
            mentoring.join(uow, edition, made.number)
    with acting(uow, cast[OWNER.key]):
        matching.match(uow, edition)
        seen = standing_of(uow.session, edition.id, cast[OWNER.key].id)
        waits = matching.proposal(uow, edition, seen).matches[0].id
    things.values |= {
        "match_id": proposed.matches[0].id,
        "mentoring.take_apart.match_id": waits,
        "mentoring.number": draft,
        "mentoring.reading_id": readings[author.id].id,
        "mentoring.thank.reading_id": readings[speaker.id].id,
    }


# -- mails, links from mails, passkeys ----------------------------------------------------------------------------


def _mails(uow: UnitOfWork, things: Things) -> None:
    """One of this edition's mails failed."""
    uow.session.flush()
    mail = uow.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.edition_id == things.edition_id, OutboxMail.is_secret.is_(False))
        .order_by(OutboxMail.id)
        .limit(1)
    ).one()
    things.values["mail_id"] = mail.id
    mail.state, mail.last_error, mail.attempts = MailState.FAILED, "550 no such mailbox", 8


def _site_values(uow: UnitOfWork, cast: dict[str, Person]) -> dict[str, object]:
    """What stands for parameters of addresses that belong to no edition."""
    author, coauthor, values = cast[AUTHOR.key], cast[COAUTHOR.key], {}
    _two_steps(coauthor)
    mine = takeout.ask(uow, author)
    mine.body, mine.made_at, mine.expires_at = "UEsFBg==", uow.now, uow.now + takeout.KEPT
    values["takeout.export_id"] = mine.id
    ended, gone = (_same_as(uow, author, address) for address in ("author-second", "author-third"))
    gone.active, gone.merged_into_id = False, author.id
    new, moved = "somebody-new@world.example.org", "author-moved@world.example.org"
    for endpoint, purpose, person_id, email in (
        ("accounts.follow_link", Purpose.SIGN_IN, author.id, author.email),
        ("accounts.make_account", Purpose.MAKE_ACCOUNT, None, new),
        ("accounts.new_password", Purpose.RESET, author.id, author.email),
        ("accounts.confirm_email", Purpose.CHANGE_EMAIL, author.id, moved),
        ("accounts.new_passkey", Purpose.PASSKEY_NEW, author.id, None),
        ("accounts.second_step", Purpose.SECOND_STEP, coauthor.id, None),
        ("accounts.passkey_sign_in", Purpose.PASSKEY_SIGN_IN, None, None),
        ("accounts.merging_link", Purpose.MERGE, ended.id, ended.email),
    ):
        made = one_time.issue(
            uow,
            purpose,
            person_id=person_id,
            email=email,
            next="/",
            name="My telephone",
            method="password",
            into=author.id,
        )
        values[f"{endpoint}.token"] = _known(uow, made, endpoint.partition(".")[2])
    values |= {
        "assets.file.digest": "0" * 12,
        "assets.file.name": "theme.css",
        "accounts.passkey_id": _passkey(uow, cast[AUTHOR.key]),
        "accounts.gone_id": gone.id,
        "mail.mail_id": uow.session.scalars(
            select(OutboxMail.id).where(OutboxMail.state == MailState.KEPT).order_by(OutboxMail.id).limit(1)
        ).one(),
    }
    return values


def _same_as(uow: UnitOfWork, person: Person, address: str) -> Person:
    """Another account of the same person."""
    return create_person(uow, email=f"{address}@world.example.org", name=person.name)


def _known(uow: UnitOfWork, made: str, purpose: str) -> str:
    """Give a token that was made at random a spelling known beforehand."""
    known = token(purpose)
    row = uow.session.scalars(select(OneTimeToken).where(OneTimeToken.token_hash == token_hash(made))).one()
    row.token_hash = token_hash(known)
    return known


def _two_steps(person: Person) -> None:
    """Signing in asks this person for a code."""
    person.tf_primary_method, person.tf_totp_secret = METHOD, codes().generate_totp_secret()
    person.mf_recovery_codes = ["not-a-hash"]


def _passkey(uow: UnitOfWork, person: Person) -> int:
    row = Passkey(
        user_id=person.id,
        credential_id=b"credential",
        public_key=b"key",
        sign_count=0,
        transports=["internal"],
        backup_state=False,
        device_type="single_device",
        lastuse_datetime=uow.now,
        name="My telephone",
        usage="first",
    )
    uow.session.add(row)
    uow.session.flush()
    return row.id
