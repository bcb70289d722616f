"""A current edition of the same community: its call, registration and grants are open, whatever day it is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workshop_manager.accounts.models import Listing
from workshop_manager.assignments import service as assigning
from workshop_manager.calls import service as calls
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import outcomes
from workshop_manager.decisions import service as deciding
from workshop_manager.demo import (
    abstracts,
    asking,
    calling,
    committee,
    mentoring,
    money,
    papers,
    programmes,
    reviewing,
    searching,
    signups,
    wishes,
)
from workshop_manager.demo.editions import CONDUCT, add_team, aoe, local, set_dates
from workshop_manager.demo.logos import star
from workshop_manager.demo.musiml_2023 import CALL, GOOD_TO_KNOW, add_tracks
from workshop_manager.demo.people import People, acting
from workshop_manager.door import letters
from workshop_manager.door import service as door
from workshop_manager.handover import lists as seat_lists
from workshop_manager.questions import service as building
from workshop_manager.questions.states import StatementKind
from workshop_manager.registrations import asking as registering
from workshop_manager.registrations import bringing, opening, ready, sharing
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.sharing import QuotaContent, ReserveContent
from workshop_manager.registrations.states import Diet, Group
from workshop_manager.registrations.states import Mode as Attendance
from workshop_manager.reviews import service as reviews
from workshop_manager.reviews.states import Advice
from workshop_manager.selfid import service as selfid
from workshop_manager.selfid.rules import Reply
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.words import outcome_name
from workshop_manager.workshops import service
from workshop_manager.workshops.models import Community, Edition
from workshop_manager.workshops.states import DateKey, Kind, Mode, Visibility

ZONE = "America/Chicago"
AHEAD = 75
FOUNDED = timedelta(days=60)


def load(uow: UnitOfWork, people: People, community: Community) -> Edition:
    """Found it, open it, and let the invented people use it."""
    today = uow.now.astimezone(ZoneInfo(ZONE)).date()
    edition = _found(uow, people, community, today + timedelta(days=AHEAD))
    add_team(uow, edition, people, uow.now - FOUNDED)
    set_dates(uow, edition, people, _dates(uow.now, today))
    with acting(uow, people["organiser"], uow.now - FOUNDED):
        tracks = add_tracks(uow, edition)
        for room in ("Hall A", "Room 212"):
            service.add_room(uow, edition, service.NewRoom(room))
        service.add_room(uow, edition, service.NewRoom("Zoom", "https://zoom.example/j/musiml-now"))
        calls.edit_call(uow, edition, CALL)
        service.set_logo(uow, edition, star("#f5a623", "#1c2b4a"))
    asking.ask(uow, edition, people, tracks, uow.now - FOUNDED)
    sent = abstracts.send_in(uow, edition, people, tracks)
    draft = abstracts.leave_draft(uow, edition, people, tracks)
    wishes.load(uow, edition, people, sent)
    calling.load(uow, edition, people, sent, today, ZONE)
    committee.load(uow, edition, people, sent)
    mentoring.load(uow, edition, people, sent, draft, today)
    reviewing.prepare(uow, edition, people)
    _review(uow, edition, people, sent)
    reviewing.talk(uow, edition, people, sent)
    _decide(uow, edition, people, sent)
    papers.ask(uow, edition, people, sent)
    searching.load(uow, edition, people, [work.number for work in sent.values()])
    _register(uow, edition, people)
    money.load(uow, edition, people)
    programmes.draft(uow, edition, people, sent, today + timedelta(days=AHEAD))
    return edition


def _found(uow: UnitOfWork, people: People, community: Community, day: date) -> Edition:
    with acting(uow, people["organiser"], uow.now - FOUNDED):
        return service.create_edition(
            uow,
            community,
            service.CreateEdition(
                slug=str(day.year),
                name=f"Muslims in ML {day.year}",
                kind=Kind.WORKSHOP,
                mode=Mode.HYBRID,
                time_zone=ZONE,
                starts_at=local(day, time(8, 30), ZONE).at,
                ends_at=local(day, time(17), ZONE).at,
                tagline=f"Affinity workshop at Crescent City AI {day.year}",
                summary=(
                    "A day of talks, posters and roundtables, in New Orleans and on Zoom: research by Muslim machine "
                    "learners, and research on what machine learning does to Muslim communities."
                ),
                host_event=f"Crescent City AI {day.year}",
                city="New Orleans",
                venue="Riverside Convention Centre, second floor",
                visibility=Visibility.PUBLIC,
                contact_email="organiser@demo.example",
                good_to_know=GOOD_TO_KNOW.replace("NeurIPS", "Crescent City AI"),
                code_of_conduct=CONDUCT,
            ),
        )


def _dates(now: datetime, today: date) -> list[tuple[DateKey, str, Deadline, datetime]]:
    def day(days: int) -> date:
        return today + timedelta(days=days)

    founded, moved = now - FOUNDED, now - timedelta(days=6)
    return [
        (DateKey.CALL_OPENS, "Call opens", local(day(-45), time(9), ZONE), founded),
        (DateKey.ABSTRACTS_DUE, "Abstracts due", aoe(day(-3)), founded),
        (DateKey.ABSTRACTS_DUE, "Abstracts due", aoe(day(11)), moved),
        (DateKey.REVIEWS_DUE, "Reviews due", aoe(day(25)), founded),
        (DateKey.NOTIFICATION, "Authors hear from us", aoe(day(32)), founded),
        (DateKey.CONFIRM_BY, "Authors confirm", aoe(day(40)), founded),
        (DateKey.REGISTRATION_OPENS, "Registration opens", local(day(-20), time(9), ZONE), founded),
        (DateKey.REGISTRATION_CLOSES, "Registration closes", local(day(70), time(18), ZONE), founded),
        (DateKey.GRANTS_OPEN, "Grant applications open", local(day(-15), time(9), ZONE), founded),
        (DateKey.GRANTS_DUE, "Grant applications due", aoe(day(20)), founded),
        (DateKey.GRANTS_NOTIFICATION, "Grant applicants hear from us", aoe(day(34)), founded),
        (DateKey.CAMERA_READY, "Camera-ready copies due", aoe(day(55)), founded),
    ]


@dataclass(frozen=True, slots=True)
class _Judged:
    """Who reviews what, and what they wrote; no score: it still waits for them."""

    key: str
    reviewer: str
    score: int | None = None
    advice: Advice | None = None
    text: str = ""


_REVIEWS = (
    _Judged("recitation", "second-reviewer", 5, Advice.ORAL,
            "Clear question, honest data. The agreement among teachers is the right yardstick, and it is reported."),
    _Judged("recitation", "third-reviewer", 4, Advice.POSTER,
            "Good work. I would have liked to see errors by kind of pause; a poster will give room for that."),
    _Judged("cluster", "second-reviewer", 4, Advice.ORAL,
            "Useful far beyond one university. The comparison with the old queue is fair."),
    _Judged("dialects", "reviewer", 5, Advice.ORAL,
            "The finding that averaging labels hides disagreement is important, and the data are described with care."),
    _Judged("dialects", "third-reviewer", 4, Advice.ORAL, "Convincing. Say how the labellers were paid."),
    _Judged("markets", "second-reviewer", 3, Advice.LIGHTNING,
            "The recordings are a treasure. The forecast is compared with a weak baseline only."),
    _Judged("labels", "third-reviewer", 4, Advice.POSTER, "Asking instead of deciding is a lesson for all of us."),
    _Judged("mosques", "second-reviewer", 2, Advice.DECLINE,
            "The question is good, the measure is not: the distance depends on the network that embeds the pictures."),
    _Judged("greetings", "reviewer"),
    _Judged("glucose", "reviewer"),
    _Judged("clinics", "third-reviewer"),
)  # fmt: skip


def _review(uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission]) -> None:
    today = uow.now
    for one in _REVIEWS:
        number = sent[one.key].number
        with acting(uow, people["chair"], today - timedelta(days=2, hours=4)):
            assigning.assign(uow, edition, [number], [people[one.reviewer].id])
        if one.score is not None:
            care = max(1, min(4, one.score - 1))  # asked in one of the two tracks only
            content = reviews.ReviewContent(one.score, one.advice, 3, one.text, more={"care": care})
            with acting(uow, people[one.reviewer], today - timedelta(days=1, hours=20)):
                reviews.save_review(uow, edition, number, content, version=0, hand_in=True)


_GO_ON = (
    "Thank you for “{title}”. There was not room for everything we liked this year. The reviews say what would make it "
    "stronger; please send it again."
)


def _decide(uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission]) -> None:
    """Four early decisions are out, for those who need a visa; the others are pending. One place came free again."""
    chair, today = people["chair"], uow.now
    with acting(uow, chair, today - timedelta(days=2)):
        for key, places in (("oral", 3), ("lightning", 3), ("poster", 12)):
            kind = Outcome(key)
            outcomes.edit_outcome(uow, edition, key, outcomes.OutcomeContent(outcome_name(kind), kind, places), 0)
        again = outcomes.OutcomeContent("Not this year, and please go on", Outcome.REJECT_ENCOURAGED, None, _GO_ON)
        outcomes.edit_outcome(uow, edition, Outcome.REJECT_ENCOURAGED.value, again, 0)
    with acting(uow, chair, today - timedelta(days=1, hours=3)):
        early = {
            "recitation": Outcome.POSTER,
            "cluster": Outcome.ORAL,
            "clinics": Outcome.POSTER,
            "mosques": Outcome.WAITLIST,
        }
        deciding.decide(uow, edition, _chosen(sent, early))
        deciding.release(uow, edition)
    giver = next(one.by for one in abstracts.ABSTRACTS if one.key == "clinics")
    with acting(uow, people[giver], today - timedelta(hours=20)):
        deciding.answer(uow, edition, sent["clinics"].number, confirm=False)
    with acting(uow, people["organiser"], today - timedelta(hours=9)):
        advice = {
            sent["dialects"].number: deciding.Advice("oral", "The question everybody here will argue about."),
            sent["labels"].number: deciding.Advice("lightning", "Short, and best shown live."),
        }
        deciding.recommend(uow, edition, advice)
    with acting(uow, chair, today - timedelta(hours=5)):
        pending = {"dialects": Outcome.ORAL, "markets": Outcome.LIGHTNING, "labels": Outcome.POSTER}
        deciding.decide(uow, edition, _chosen(sent, pending))


def _chosen(sent: dict[str, Submission], outcomes: dict[str, Outcome]) -> dict[int, deciding.Choice]:
    return {sent[key].number: deciding.Choice(outcome, None, 0) for key, outcome in outcomes.items()}


_IN_PERSON = ("attendee", "author", "aicha", "chukwuemeka", "prajna", "third-reviewer")
_WAITING = ("yiran", "tigist")
_VIRTUAL = ("second-reviewer",)
PHOTOS = "Photos in which I can be recognised may be taken and published by the organisers."
_ASKING = ("reviewer", "grants")
_DIETS = {"attendee": (Diet.HALAL.value,), "prajna": (Diet.VEGETARIAN.value,), "aicha": (Diet.HALAL.value,)}


def _register(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """A small room that is full, two who wait for a seat in it, and as many on Zoom as like."""
    today = uow.now
    with acting(uow, people["organiser"], today - timedelta(days=30)):
        here = registrations.add_kind(
            uow,
            edition,
            registrations.KindContent(
                "In person",
                Attendance.IN_PERSON,
                len(_IN_PERSON),
                "New Orleans, with lunch.",
                needs_host=True,
                line_places=20,
            ),
        )
        there = registrations.add_kind(
            uow, edition, registrations.KindContent("Virtual", Attendance.VIRTUAL, None, "By Zoom, free of charge.")
        )
        registrations.save_settings(
            uow,
            edition,
            join_url="https://zoom.example/j/musiml-now?pwd=only-for-the-registered",
            note="The link opens half an hour before the first talk. Mute yourself when you come in.",
            offer_hours=48,
            last_week_hours=12,
        )
        speakers = registrations.add_kind(
            uow, edition, registrations.KindContent("Speaker", Attendance.IN_PERSON, 2, "For those who present.")
        )
        sponsors = registrations.add_kind(
            uow,
            edition,
            registrations.KindContent("Sponsor", Attendance.IN_PERSON, 4, "With a table in the hall.", is_hidden=True),
        )
        volunteers = registrations.add_kind(
            uow,
            edition,
            registrations.KindContent(
                "Volunteer", Attendance.IN_PERSON, 3, "You help at the door for two hours.", needs_approval=True
            ),
        )
        opening.make(uow, edition, opening.CodeContent("Sponsors of this year", sponsors.id, 4))
        for one in ready.ready():
            if one.key in ("access", "childcare", "shirt"):
                building.add_ready(uow, edition, registering.KEY, one.questions)
        photos = building.StatementContent(StatementKind.PHOTOS, PHOTOS, is_required=False)
        building.add_statement(uow, edition, registering.KEY, photos)
        room = frozenset({here.id, speakers.id})
        quota = sharing.add_quota(uow, edition, QuotaContent("The room", len(_IN_PERSON) + 2, room))
        until = Deadline((today + timedelta(days=20)).replace(minute=0, second=0, microsecond=0), edition.time_zone)
        sharing.keep(uow, edition, ReserveContent(("quota", quota.id), Group.PRESENTERS, 2, until))
    for place, key in enumerate((*_IN_PERSON, *_WAITING, *_VIRTUAL)):
        person = people[key]
        details = registrations.Details(
            badge_name=person.name,
            pronouns=person.pronouns,
            affiliation=person.affiliation,
            listing=Listing.FULL if place % 2 else Listing.UNLISTED,
            diet=_DIETS.get(key, ()),
            needs="A place near the door, please: I use a wheelchair." if key == "prajna" else "",
            photo_consent=bool(place % 3),
            host_done=key in _IN_PERSON,
        )
        with acting(uow, person, today - timedelta(days=18 - place)):
            kind = there if key in _VIRTUAL else here
            registrations.register(uow, edition, kind.id, details, keep_virtual=key == "yiran")
    for key in _ASKING:
        with acting(uow, people[key], today - timedelta(days=2)):
            details = registrations.Details(badge_name=people[key].name, affiliation=people[key].affiliation)
            registrations.register(uow, edition, volunteers.id, details)
    _hand_over(uow, edition, people, speakers.id, sponsors.id)
    _ask_who_comes(uow, edition, people)
    _prepare_the_day(uow, edition, people)
    signups.load(uow, edition, people, _IN_PERSON)


def _hand_over(uow: UnitOfWork, edition: Edition, people: People, speaker_kind: int, sponsor_kind: int) -> None:
    """Until when seats change hands, speakers may bring somebody along, and two seats wait for a sponsor's people."""
    last = Deadline((uow.now + timedelta(days=AHEAD - 7)).replace(minute=0, second=0, microsecond=0), edition.time_zone)
    with acting(uow, people["organiser"], uow.now - timedelta(days=3)):
        registrations.save_limits(uow, edition, switch_until=last, transfer_until=last)
        bringing.allow(uow, edition, speaker_kind, 1, None)
        names = ("Noor Haddad", "Kwame Boateng")
        listed = [
            seat_lists.Listed(f"{name.split()[0].lower()}@lakelab.example", name, sponsor_kind, "Northern Lake Lab")
            for name in names
        ]
        seat_lists.set_aside(uow, edition, "Northern Lake Lab", last, listed)


def _ask_who_comes(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """Two questions nobody has to answer, and what most answered; the worker makes the totals."""
    if uow.database.vault is None:
        return
    questions = (
        selfid.Asked("What is your gender?", ("Woman", "Man", "Non-binary")),
        selfid.Asked(
            "Which of these are true for you?",
            ("I am the first in my family at a university", "I care for children", "I travel with a visa"),
            is_multiple=True,
            takes_own_words=False,
        ),
    )
    why = (
        "Our funder asks whom the workshop reaches, and we want to know whether the call reached those it was for. "
        "Only totals stand in the report."
    )
    with acting(uow, people["organiser"], uow.now - timedelta(days=25)):
        day = uow.now.date() + timedelta(days=AHEAD + 60)
        form = selfid.save(uow, edition, selfid.Content(why, day, questions), 0)
        selfid.begin(uow, edition)
    gender, ticked = (question.id for question in form.questions)
    for place, key in enumerate((*_IN_PERSON, *_WAITING)):
        with acting(uow, people[key], uow.now - timedelta(days=2)):
            selfid.answer(uow, edition, {gender: Reply((0,)), ticked: Reply((0, 2) if place % 2 else (1,))})


def _prepare_the_day(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """What is handed out at the door, and one letter for a visa application that waits for an answer."""
    with acting(uow, people["organiser"], uow.now - timedelta(days=20)):
        for item in ("Badge", "Lunch"):
            door.add_item(uow, edition, item)
        letters.save_settings(
            uow,
            edition,
            is_offered=True,
            wording=letters.WORDING,
            signed_by=f"{people['organiser'].name}\nfor the organisers",
            version=0,
        )
    asking_one = people[_IN_PERSON[0]]
    with acting(uow, asking_one, uow.now - timedelta(days=2)):
        passport = letters.Passport(asking_one.name, "X0000000", "Nowhere", "1990-01-02", "2040-01-02")
        letters.ask(uow, edition, passport)
