"""The invented abstracts of the current edition, sent in by the invented people."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo import asking
from workshop_manager.demo.pdfs import paper
from workshop_manager.demo.people import People, acting
from workshop_manager.submissions import service
from workshop_manager.submissions.content import AuthorContent, Content, Upload
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.pdf import blind_copy
from workshop_manager.workshops.models import Edition, Track


@dataclass(frozen=True, slots=True)
class DemoAbstract:
    """One abstract: by whom (a key of people), in which track, how many days ago, with which other authors."""

    key: str
    by: str
    track: str
    days: int
    title: str
    abstract: str
    others: tuple[tuple[str, str], ...] = ()
    remote: bool = False
    wants_grant: bool = False


ABSTRACTS = (
    DemoAbstract(
        "recitation", "author", "1", 34,
        "Listening for breath: pause detection in recitation recorded on telephones",
        "Teachers of recitation mark pauses by ear. We collect 41 hours recorded on ordinary telephones in village schools, "
        "label pauses with eleven teachers, and show that a small convolutional model agrees with them as often as they agree "
        "with each other. Background noise costs more than dialect does. Model and labels are released, voices are not.",
        (("Bambang Setiadji", "Universitas Contoh"), ("Retno Ayuningtyas", "Sekolah Pesisir")), wants_grant=True,
    ),
    DemoAbstract(
        "dialects", "aicha", "2", 29,
        "أثر اللهجات الخليجية في تصنيف خطاب الكراهية: مجموعة بيانات موسومة بأيدي متحدثيها",
        "Classifiers trained on standard Arabic flag dialect as hostile. We gather 9,600 posts in four Gulf dialects, have each "
        "labelled by three speakers of that dialect, and find that false alarms fall by half once the labelling is local. We "
        "describe what speakers disagreed about, and why averaging their labels hides it.",
        (("Salim al-Busaidi", "Coastal University"),),
    ),
    DemoAbstract(
        "markets", "chukwuemeka", "1", 27,
        "Forecasting prices of grain, groundnuts and kola in open-air markets of the Middle Belt from voice messages that "
        "traders send each other, with models small enough for the telephones on which those messages are heard",
        "Prices travel by voice long before any bulletin prints them. Traders of six markets donated 12,000 voice messages in "
        "Hausa and Nupe. A 9-million-parameter model reads prices out of them and forecasts the coming week with an error of "
        "8 %. We report what it cost to ask for consent in person, twice.",
        (("Ladi Garba-Dogonyaro", "University of the Plateau"),), wants_grant=True,
    ),
    DemoAbstract(
        "greetings", "prajna", "2", 22,
        "अनुवाद में खोए अभिवादन: what machine translation does to greetings and blessings",
        "Ten commercial and open systems translate greetings with religious content from Urdu and Hindi into English. Two "
        "thirds of the blessings vanish or become exclamations. We give a test set of 1,200 pairs, a taxonomy of losses, and a "
        "cheap repair: a list of 140 phrases consulted before decoding.",
        remote=True,
    ),
    DemoAbstract(
        "labels", "yiran", "2", 21,
        "面向清真食品标签的多语言信息抽取: reading ingredients on small photographs",
        "Photographs of food labels are small, curved and in many languages. We extract ingredients from 5,400 labels in "
        "Chinese, Malay and Arabic, and flag those that shoppers who eat halal want to look up. Asking instead of deciding "
        "raised trust in a study with 38 shoppers.",
        (("李 若溪", "Mountain Lab"), ("马 晓东", "Mountain Lab")),
    ),
    DemoAbstract(
        "glucose", "tigist", "1", 17,
        "Fasting moves the baseline: glucose forecasts during Ramadan",
        "Forecasts of glucose drift when meals move to the night. With 63 volunteers we show that a model that knows the time "
        "of sunset, and nothing else about its wearer, recovers most of the lost accuracy.",
        (("Meseret Woldeyohannes", "Highland University"),), wants_grant=True,
    ),
    DemoAbstract(
        "alms", "second-reviewer", "2", 14,
        "Giving without being watched: private matching of alms to need",
        "Charities match donors with families by spreadsheet. We describe a matching that reveals neither side to the other "
        "nor either to us, prove what leaks and what does not, and run it with a charity for one month.",
    ),
    DemoAbstract(
        "mosques", "attendee", "2", 9,
        "What image generators draw when asked for a mosque",
        "Four image generators drew 4,800 mosques for us. Nine in ten have a golden dome at dusk. We compare them with "
        "photographs of 600 mosques in 40 countries and measure the distance country by country.",
        (("Putri Maharani", "Institut Teladan"),), remote=True,
    ),
    DemoAbstract(
        "clinics", "author", "1", 5,
        "Learning across island clinics without moving a single record",
        "Seven clinics on five islands train one model for screening chest images while the line is up, a few hours a day. "
        "Federated averaging with long gaps loses four points; a schedule that follows the ferries loses one.",
        (("Yohanes Lakapu", "Island Clinics Network"),),
    ),
    DemoAbstract(
        "cluster", "third-reviewer", "1", 3,
        "A fair queue: sharing eight processors among ninety students",
        "A university cluster of eight processors serves ninety students. We learn from two years of jobs how long they really "
        "run, and show a queue in which nobody waits more than a day and nobody needs to know the administrator.",
    ),
)  # fmt: skip


def send_in(uow: UnitOfWork, edition: Edition, people: People, tracks: dict[str, Track]) -> dict[str, Submission]:
    """Each at its day by its author, through the same verbs as a real one; by key."""
    today = uow.now
    return {one.key: _send(uow, edition, people, tracks, one, today - timedelta(days=one.days)) for one in ABSTRACTS}


def _send(
    uow: UnitOfWork, edition: Edition, people: People, tracks: dict[str, Track], one: DemoAbstract, at: datetime
) -> Submission:
    person, track = people[one.by], tracks[one.track]
    author = AuthorContent(person.name, person.email, person.affiliation or "", is_presenter=True)
    content = Content(
        title=one.title,
        abstract=one.abstract,
        track_id=track.id,
        authors=(author, *(AuthorContent(name, "", affiliation) for name, affiliation in one.others)),
        remote=one.remote,
        is_eligible=True if track.eligibility else None,
        not_published=True,
        wants_grant=one.wants_grant,
        country=person.country or None,
    )
    with acting(uow, person, at):
        submission = service.begin(uow, edition, f"demo-{one.key}")
        content = asking.answered(uow, edition, content, ABSTRACTS.index(one))
        cv = asking.cv_of(person.name) if content.cv_to_sponsors else None
        service.save(uow, edition, submission, content, _upload(one), track, cv=cv)
        service.submit(uow, edition, submission, {track.id: track.eligibility})
    return submission


def _upload(one: DemoAbstract) -> Upload:
    original = paper(one.title, one.abstract)
    # Our own file, made a line above: it needs no child process to be looked at in.
    return Upload(
        original, blind_copy(original), hashlib.sha256(original).hexdigest(), 2, f"{one.key}.pdf", _read_of(one)
    )


def _read_of(one: DemoAbstract) -> dict[str, object]:
    """What a look at such a file finds; one of them has forgotten an address of its own."""
    links = [["https://github.com/wahyuni-contoh/pauses", 2]] if one.key == "recitation" else []
    return {
        "formats": ["A4"],
        "rotated": 0,
        "bare_fonts": ["Helvetica"],
        "drawn_fonts": 0,
        "author": "",
        "title": "",
        "links": links,
        "first_page": f"{one.title}\n{one.abstract}",
        "references": None,
        "thanks": None,
        "own": [],
        "is_read": True,
    }


def leave_draft(uow: UnitOfWork, edition: Edition, people: People, tracks: dict[str, Track]) -> Submission:
    """What the author has begun and not sent."""
    author, track = people["author"], tracks["1"]
    content = Content(
        title="Subtitles for sermons: a first look",
        abstract="We ask whether sermons can be subtitled while they are given. Data: to be described.",
        track_id=track.id,
        authors=(AuthorContent(author.name, author.email, author.affiliation or "", is_presenter=True),),
    )
    with acting(uow, author, uow.now - timedelta(days=1)):
        submission = service.begin(uow, edition, "demo-draft")
        service.save(uow, edition, submission, content, None, track)
    return submission
