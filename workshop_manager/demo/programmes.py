"""The programmes of the demo: MusIML 2023 as published, and invented meetups."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from workshop_manager.core.deadlines import instant
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.schedule import releasing, service
from workshop_manager.schedule.content import ItemContent, Named
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.programme import Kind, Recording
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops import rules
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing

_RECORDED, _NOT = Recording.RECORDED, Recording.NOT_RECORDED


_IN_THE_ROOM = (Kind.OTHER, Kind.BREAK, Kind.POSTER)
"""What nobody follows on Zoom; the published programme names no room for it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item with what stands in it."""

    start: str
    end: str
    kind: Kind
    title: str
    people: tuple[str, ...] = ()
    recording: Recording = Recording.UNDECIDED
    inside: tuple[tuple[str, str, tuple[str, ...], Kind], ...] = field(default=())
    """(label, title, people, kind) each."""


_LIGHTNING = (
    ("", "Unraveling the Effects of Age-Based Distribution Shifts on Medical Image Classifiers", ("Kumail Alhamoud",), Kind.LIGHTNING),
    ("", "Muslim-Violence Bias Persists in Debiased GPT Models", ("Razan Baltaji",), Kind.LIGHTNING),
    ("", "Towards Understanding Speaker Identity Coding in Data-driven Speech Models", ("Gasser Elbanna",), Kind.LIGHTNING),
)  # fmt: skip
_POSTERS = (
    ("1", "Towards Understanding Speaker Identity Coding in Data-driven Speech Models", ("Gasser Elbanna", "Fabio Catania", "Satrajit Ghosh"), Kind.POSTER),
    ("2", "Building Domain-Specific LLMs Faithful To The Islamic Worldview: Mirage or Technical Possibility?", ("Shabaz Basheer Patel", "Mohamed Kane"), Kind.POSTER),
    ("3", "Unraveling the Effects of Age-Based Distribution Shifts on Medical Image Classifiers", ("Kumail Alhamoud", "Yasir Ghunaim", "Motasem Alfarra", "Philip Torr", "Thomas Hartvigsen", "Bernard Ghanem", "Adel Bibi", "Marzyeh Ghassemi"), Kind.POSTER),
    ("4", "Qalama: Towards Semantic Autocomplete System for Indonesian Quran", ("Rian Adam Rajagede", "Kholid Haryono", "Rochana Hastuti"), Kind.POSTER),
    ("5", "Muslim-Violence Bias Persists in Debiased GPT Models", ("Babak Hemmatian", "Razan Baltaji", "Lav Varshney"), Kind.POSTER),
    ("6", "Explainable Identification of Hate Speech towards Islam using Graph Neural Networks", ("Azmine Toushik Wasi",), Kind.POSTER),
    ("7", "DGCF: Deep Graph-based Collaborative Filtering recommender system", ("Sofia Bourhim",), Kind.POSTER),
    ("8", "Towards Trustworthy Autonomous Ground Vehicles Design in Nigeria", ("Memunat A Ibrahim",), Kind.POSTER),
    ("9", "Geosemantic Surveillance And Profiling Of Abduction Locations And Risk Hotspots Using Print Media Reports", ("Toyib Ogunremi", "Olubayo Adekanmbi", "Anthony Soronnadi", "David Akanji"), Kind.POSTER),
    ("10", "MED-NAS-Bench: Towards a Multi-task Neural Architecture Search Benchmark for Advancing Medical Imaging Analysis", ("Hadjer Benmeziane", "Kaoutar El Maghraoui", "Hamza Ouarnoughi", "Smail Niar"), Kind.POSTER),
)  # fmt: skip
IN_PERSON = 5
"""The first five posters were shown in the room, the others virtually."""
_TABLES = (
    ("Table 1", "How to deal with biases, stereotypes, and disinformation in ML?", (), Kind.ROUNDTABLE),
    ("Table 2", "Researcher growth and development as an early stage researcher", (), Kind.ROUNDTABLE),
    ("Table 3", "Opportunities for collaboration and building ML communities in Muslim countries", (), Kind.ROUNDTABLE),
    ("Table 4", "Mental health and building a supportive academic culture/community", (), Kind.ROUNDTABLE),
)
MUSIML_2023 = (
    _Entry("08:30", "08:45", Kind.OTHER, "Registration"),
    _Entry("08:55", "09:00", Kind.OPENING, "Opening remarks"),
    _Entry("09:00", "09:30", Kind.KEYNOTE, "Red Teaming Generative AI Systems", ("Lama Ahmad",), _RECORDED),
    _Entry("09:30", "09:45", Kind.SESSION, "Contributed lightning talks", (), _RECORDED, _LIGHTNING),
    _Entry("09:45", "10:05", Kind.BREAK, "Coffee break"),
    _Entry("10:05", "10:35", Kind.KEYNOTE, "The Pulse of Ethical Machine Learning in Health", ("Marzyeh Ghassemi",), _RECORDED),
    _Entry("10:35", "11:05", Kind.KEYNOTE, "Adversarial Examples Beyond Security", ("Hadi Salman",), _NOT),
    _Entry("11:05", "11:45", Kind.POSTER, "Poster session", (), _NOT, _POSTERS),
    _Entry("11:45", "12:15", Kind.KEYNOTE, "Editing Language Models with Natural Language Feedback", ("Afra Feyza Akyürek",), _RECORDED),
    _Entry("12:15", "13:00", Kind.SESSION, "Roundtable discussions", (), _NOT, _TABLES),
)  # fmt: skip

MEETUPS = (
    ("From spreadsheets to pipelines", "Akosua Mensah-Boateng"),
    ("Reading a confusion matrix without fear", "Efua Quartey"),
    ("Maternal health and missing data", "Zainab Issahaku"),
    ("A first model for cocoa yields", "Nana Ama Asante"),
    ("Speech recognition for Twi, Ewe and Ga", "Dzifa Agbenyega"),
    ("Writing the CV of a data scientist", "Hawa Abdul-Rahman"),
    ("Mathematics for machine learning: a bootcamp preview", "Adjoa Sarpong"),
    ("Open questions: bring your project", "Yaa Serwaa Bonsu"),
)


def _named(people: tuple[str, ...]) -> tuple[Named, ...]:
    return tuple(Named(name, None) for name in people)


def musiml_2023(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """Release the published programme, then the one in which the opening begins ten minutes earlier."""
    day = date(2023, 12, 11)
    with acting(uow, people["chair"], datetime(2023, 11, 27, 12, tzinfo=UTC)):
        standing = workshops.standing_of(uow.session, edition.id, people["chair"].id)
        made = _add(uow, edition, standing, day, MUSIML_2023)
        releasing.release(uow, edition, standing, note="The programme.")
    with acting(uow, people["chair"], datetime(2023, 12, 9, 12, tzinfo=UTC)):
        opening = made["Opening remarks"]
        earlier = _content(edition, day, _Entry("08:45", "09:00", Kind.OPENING, "Opening remarks"), None)
        service.edit(uow, edition, standing, opening.id, opening.version, earlier)
        releasing.release(uow, edition, standing, note="The opening begins ten minutes earlier.")


def _content(edition: Edition, day: date, entry: _Entry, parent: int | None) -> ItemContent:
    return ItemContent(
        kind=entry.kind,
        title=entry.title,
        starts_at=_at(edition, day, entry.start),
        ends_at=_at(edition, day, entry.end),
        room=None if entry.kind in _IN_THE_ROOM else "Zoom",
        speakers=_named(entry.people),
        recording=entry.recording,
        parent_id=parent,
    )


def _at(edition: Edition, day: date, clock: str) -> datetime:
    return instant(day, time.fromisoformat(clock), edition.time_zone)


def _add(
    uow: UnitOfWork, edition: Edition, standing: Standing, day: date, entries: tuple[_Entry, ...]
) -> dict[str, ScheduleItem]:
    made = {}
    for entry in entries:
        parent = service.add(uow, edition, standing, _content(edition, day, entry, None))
        made[entry.title] = parent
        start, end = _at(edition, day, entry.start), _at(edition, day, entry.end)
        share = (end - start) / max(1, len(entry.inside))
        for place, (label, title, speakers, kind) in enumerate(entry.inside):
            one_by_one = kind is Kind.LIGHTNING
            content = ItemContent(
                kind=kind,
                title=title,
                starts_at=start + share * place if one_by_one else start,
                ends_at=start + share * (place + 1) if one_by_one else end,
                speakers=_named(speakers),
                label=label or None,
                parent_id=parent.id,
                recording=entry.recording,
                remote=kind is Kind.POSTER and int(label) > IN_PERSON,
            )
            service.add(uow, edition, standing, content)
    return made


def meetups(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """A talk for each meetup of the series, released."""
    organiser = people["organiser"]
    with acting(uow, organiser, uow.now):
        standing = workshops.standing_of(uow.session, edition.id, organiser.id)
        times = rules.meetings(
            edition.starts_at,
            edition.ends_at,
            edition.meeting_minutes or 60,
            edition.repeats,
            edition.time_zone,
            after=edition.starts_at,
            most=len(MEETUPS),
        )
        for (start, end), (title, speaker) in zip(times, MEETUPS, strict=True):
            content = ItemContent(
                kind=Kind.TALK,
                title=title,
                starts_at=start,
                ends_at=end,
                room="Zoom",
                speakers=_named((speaker,)),
                recording=Recording.RECORDED,
            )
            service.add(uow, edition, standing, content)
        releasing.release(uow, edition, standing, note="The next eight meetups.")


def draft(uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission], day: date) -> None:
    """A draft that is not released, in which a room and two speakers are wanted twice at once."""
    chair = people["chair"]
    with acting(uow, chair, uow.now - timedelta(hours=4)):
        standing = workshops.standing_of(uow.session, edition.id, chair.id)
        for entry, room in _DRAFT:
            service.add(uow, edition, standing, replace(_content(edition, day, entry, None), room=room))
        for start, end, key, kind in (
            ("10:00", "10:20", "cluster", Kind.TALK),
            ("15:00", "16:00", "recitation", Kind.POSTER),
        ):
            entry = _Entry(start, end, kind, sent[key].title)
            content = replace(_content(edition, day, entry, None), room="Hall A", submission_id=sent[key].id)
            service.add(uow, edition, standing, content)


_DRAFT = (
    (_Entry("08:30", "09:00", Kind.OTHER, "Registration and coffee"), "Hall A"),
    (_Entry("09:00", "09:10", Kind.OPENING, "Welcome"), "Hall A"),
    (_Entry("09:10", "10:00", Kind.KEYNOTE, "Whose language does the model speak?", ("Rukmini Anand-Faruqi",), _RECORDED), "Hall A"),
    (_Entry("10:20", "10:45", Kind.BREAK, "Coffee break"), None),
    (_Entry("10:45", "11:30", Kind.KEYNOTE, "Small models for small telephones", ("Oumou Diakité",), _RECORDED), "Hall A"),
    (_Entry("11:15", "12:00", Kind.SESSION, "Panel: who labels our data?", ("Rukmini Anand-Faruqi", "Oumou Diakité"), _NOT), "Hall A"),
    (_Entry("12:00", "13:00", Kind.MEAL, "Lunch"), None),
    (_Entry("13:00", "13:30", Kind.PRAYER, "Prayer"), "Room 212"),
    (_Entry("13:30", "14:30", Kind.SESSION, "Roundtables", (), _NOT), "Room 212"),
    (_Entry("16:00", "16:45", Kind.KEYNOTE, "What a clinic needs from us", ("Sione Taufa",), _RECORDED), "Hall A"),
    (_Entry("16:45", "17:00", Kind.OTHER, "Closing"), "Hall A"),
)  # fmt: skip
