"""Camera-ready versions of the current edition, and last year's edition with its book of abstracts. All invented."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workshop_manager.accounts.models import Listing
from workshop_manager.calls import service as calls
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import service as deciding
from workshop_manager.demo.editions import CONDUCT, add_team, aoe, local, set_dates
from workshop_manager.demo.logos import star
from workshop_manager.demo.musiml_2023 import CALL, ZONE, add_tracks
from workshop_manager.demo.pdfs import paper
from workshop_manager.demo.people import People, acting
from workshop_manager.proceedings import numbering, publishing, queries, service
from workshop_manager.proceedings.content import Handed, Wanted
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions import service as submissions
from workshop_manager.submissions.content import AuthorContent, Content, Upload
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops import service as workshops
from workshop_manager.workshops.models import Community, Edition, Track
from workshop_manager.workshops.states import DateKey, Kind, Mode, Visibility

STATEMENT = (
    "We hold the rights to what we hand in, and allow the workshop to show it on its pages. "
    "The rights stay ours; nothing here is archival, and we may publish it again."
)
WANTED = Wanted(
    final=Ask.MUST,
    poster=Ask.MUST,
    slides=Ask.MAY,
    video=Ask.MAY,
    rights=Ask.MUST,
    extra_pages=1,
    note="Posters hang on boards of 120 by 90 centimetres, upright or across.",
    foreword=(
        "These are the abstracts of the day, in the words of their authors.\n\n"
        "We thank everybody who reviewed, and everybody who sent their work to us for the first time."
    ),
)


def ask(uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission]) -> None:
    """Two works are accepted early: one has handed in its paper, the other nothing yet."""
    today = uow.now
    with acting(uow, people["chair"], today - timedelta(hours=20)):
        service.ask(uow, edition, WANTED, STATEMENT, started_from=0)
        numbering.give(uow, edition, by_session=False, afresh=False)
    author = people["author"]
    with acting(uow, author, today - timedelta(hours=6)):
        work = queries.find_own(uow.session, edition.id, sent["recitation"].number, author.id, lock=True)
        if work is not None:
            typed = replace(service.stored(work, None, 1), is_confirmed=True)
            handed = [Handed(Item.FINAL, _final(work))]
            service.hand_in(uow, edition, work, typed, handed, started_from=0)


def _final(work: Submission) -> Upload:
    original = paper(work.title, work.abstract)
    return Upload(original, original, hashlib.sha256(original).hexdigest(), 2, "final.pdf")


def _poster(work: Submission) -> Upload:
    original = paper(work.title, work.abstract, pages=1)
    return Upload(original, original, hashlib.sha256(original).hexdigest(), 1, "poster.pdf")


# -- last year ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Past:
    """A work of last year: by whom, in which track, what became of it."""

    by: str
    track: str
    outcome: Outcome
    title: str
    abstract: str
    others: tuple[tuple[str, str], ...] = ()
    listing: Listing = Listing.FULL


_PAST = (
    _Past("author", "1", Outcome.ORAL, "Speaking in one breath: a corpus of code-switched phone calls",
          "Ninety callers speak Javanese, Indonesian and some Arabic in one breath. We transcribe forty hours and show where "
          "recognisers trained on one language at a time lose the thread.",
          (("Nguyễn Thị Ánh Tuyết", "Delta Polytechnic"), ("Ümmühan Yılmaz-Şahin", "Harbour University"))),
    _Past("aicha", "2", Outcome.LIGHTNING, "لهجة من هي الافتراضية؟ قياس الانحياز في نماذج التعرف على الكلام",
          "نقيس كيف تتعامل نماذج التعرف على الكلام مع ست لهجات عربية، ونبين أن اللهجات الأقل تمثيلا تدفع الثمن الأكبر.\n"
          "Six dialects of Arabic are recognised by four systems. Those heard least pay most: their words are wrong twice as often.",
          (("محمد بن عبد الرحمن", "Coastal University"),)),
    _Past("prajna", "1", Outcome.POSTER, "Small models for small clinics: retinal screening without a network",
          "A screening model of four megabytes runs on the telephones that village nurses have. It refers one patient in nine, "
          "as a specialist would, and keeps every picture on the telephone.",
          (("फ़ातिमा श्रीवास्तव", "Riverside Institute"),)),
    _Past("yiran", "1", Outcome.POSTER, "Halal on the label: reading ingredients in three scripts",
          "Packages in Chinese, Malay and Arabic are photographed in the shop. A reader of labels asks where it is not sure, and "
          "is trusted more for it.",
          (("山田 花子", "Harbour University"), ("김민수", "Mountain Lab"))),
    _Past("tigist", "1", Outcome.ORAL, "Prayer times from a bus: scheduling under moving constraints",
          "Drivers on long routes stop to pray. We plan stops together with breaks that the law asks for, and lose four minutes "
          "on a day's journey.",
          (("አበበ ቢቂላ", "Highland University"),)),
    _Past("chukwuemeka", "2", Outcome.POSTER, "Whose names do spam filters fear?",
          "Letters that differ in the sender's name only are sorted by nine filters. Names common among Muslims in four "
          "countries are sorted out more often, by up to a third.", ()),
    _Past("second-reviewer", "2", Outcome.POSTER, "Asking the asked: consent forms that people finish",
          "Consent forms for a study of moderation were read aloud, shortened and tried again. The one that people finished "
          "is a quarter as long, and they remember more of it.", (), Listing.ANONYMOUS),
    _Past("third-reviewer", "1", Outcome.POSTER, "A calendar that knows it does not know: sighting the moon by committee",
          "Months begin when the moon is seen. We model who sees it where, and give a calendar that says how sure it is.",
          (("Оксана Мельник", "Steppe Observatory"),)),
    _Past("attendee", "2", Outcome.POSTER, "A work that its authors keep to themselves",
          "It was shown on the day and stands in no list, as its authors wished.", (), Listing.UNLISTED),
)  # fmt: skip


def last_year(uow: UnitOfWork, people: People, community: Community) -> Edition:
    """An edition that is over, with nine accepted works; its book of abstracts is public."""
    today = uow.now.astimezone(ZoneInfo(ZONE)).date()
    day = today - timedelta(days=300)  # far enough from the current edition that its year is another one
    before = uow.now - timedelta(days=420)
    edition = _found(uow, people, community, day, before)
    add_team(uow, edition, people, before)
    set_dates(uow, edition, people, _dates(today, before))
    with acting(uow, people["organiser"], before):
        tracks = add_tracks(uow, edition)
        calls.edit_call(uow, edition, replace(CALL, needs_pdf=False))
        workshops.set_logo(uow, edition, star("#2f6f5e", "#f1e3c4"))
    works = [_send(uow, edition, people, tracks, place, one) for place, one in enumerate(_PAST)]
    with acting(uow, people["chair"], uow.now - timedelta(days=340)):
        chosen = {work.number: deciding.Choice(one.outcome, None, 0) for work, one in zip(works, _PAST, strict=True)}
        deciding.decide(uow, edition, chosen)
        deciding.release(uow, edition)
        service.ask(uow, edition, WANTED, STATEMENT, started_from=0)
        numbering.give(uow, edition, by_session=False, afresh=False)
        numbering.publish(uow, edition)
    for place, (work, one) in enumerate(zip(works, _PAST, strict=True)):
        with acting(uow, people[one.by], uow.now - timedelta(days=335, hours=place)):
            _bring(uow, edition, work.number, people[one.by].id)
    with acting(uow, people["chair"], uow.now - timedelta(days=299)):
        publishing.publish(uow, edition, publishing.made(uow.session, edition, 1).digest)
    return edition


def _bring(uow: UnitOfWork, edition: Edition, number: int, person_id: int) -> None:
    """An author confirms the place and hands in all that is asked for."""
    deciding.answer(uow, edition, number, confirm=True)
    work = queries.find_own(uow.session, edition.id, number, person_id, lock=True)
    if work is None:
        return
    typed = replace(service.stored(work, None, 1), is_confirmed=True, agrees=True)
    handed = [Handed(Item.FINAL, _final(work))]
    if work.outcome is not Outcome.ORAL:
        handed.append(Handed(Item.POSTER, _poster(work)))
    service.hand_in(uow, edition, work, typed, handed, started_from=0)


def _found(uow: UnitOfWork, people: People, community: Community, day: date, at: datetime) -> Edition:
    with acting(uow, people["organiser"], at):
        return workshops.create_edition(
            uow,
            community,
            workshops.CreateEdition(
                slug=f"{day.year}-spring" if day.year == 2023 else str(day.year),
                name=f"Muslims in ML {day.year}",
                kind=Kind.WORKSHOP,
                mode=Mode.HYBRID,
                time_zone=ZONE,
                starts_at=local(day, time(9), ZONE).at,
                ends_at=local(day, time(16), ZONE).at,
                tagline=f"Affinity workshop at Crescent City AI {day.year}",
                summary="A day of talks and posters. The abstracts are in the book.",
                host_event=f"Crescent City AI {day.year}",
                city="New Orleans",
                visibility=Visibility.PUBLIC,
                contact_email="organiser@demo.example",
                code_of_conduct=CONDUCT,
            ),
        )


def _dates(today: date, at: datetime) -> list[tuple[DateKey, str, Deadline, datetime]]:
    def past(days: int) -> date:
        return today - timedelta(days=days)

    return [
        (DateKey.CALL_OPENS, "Call opened", local(past(415), time(9), ZONE), at),
        (DateKey.ABSTRACTS_DUE, "Abstracts due", aoe(past(370)), at),
        (DateKey.NOTIFICATION, "Authors heard from us", aoe(past(341)), at),
        (DateKey.CAMERA_READY, "Camera-ready copies due", aoe(past(320)), at),
    ]


def _send(
    uow: UnitOfWork, edition: Edition, people: People, tracks: dict[str, Track], place: int, one: _Past
) -> Submission:
    person, track = people[one.by], tracks[one.track]
    first = AuthorContent(person.name, person.email, person.affiliation or "", is_presenter=True)
    content = Content(
        title=one.title,
        abstract=one.abstract,
        track_id=track.id,
        authors=(first, *(AuthorContent(name, "", where) for name, where in one.others)),
        listing=one.listing,
        is_eligible=True if track.eligibility else None,
        not_published=True,
    )
    with acting(uow, person, uow.now - timedelta(days=395 - place)):
        work = submissions.begin(uow, edition, f"demo-past-{place}")
        submissions.save(uow, edition, work, content, None, track)
        submissions.submit(uow, edition, work, {track.id: track.eligibility})
    return work
