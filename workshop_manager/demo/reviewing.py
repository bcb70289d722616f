"""Reviewing of the current demo edition: phases, a track's own form, a discussion with its lead, a work given back."""

from datetime import timedelta

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.reviews import discussing, queries, service, setting_up
from workshop_manager.reviews.criteria import Item
from workshop_manager.reviews.setting_up import PhaseContent
from workshop_manager.reviews.shown import form_of
from workshop_manager.reviews.states import Advice, Audience, DeclineReason, ItemKind, SeeOthers
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey

CARE = Item(
    "care",
    ItemKind.SCALE,
    "Care for those concerned",
    "How the work treats the communities it is about.",
    Audience.AUTHORS,
    weight=2,
    steps=("they are a data set", "they are named", "they were asked", "they took part"),
)


def prepare(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """Before the first review: four phases, and a question of its own for the track on what communities face."""
    due = workshops.dates_by_key(uow.session, edition.id)[DateKey.REVIEWS_DUE]
    day = timedelta(days=1)
    plan = (
        PhaseContent("Reviewing", Deadline(uow.now - 10 * day, due.zone), may_write=True, may_discuss=True),
        PhaseContent(
            "Authors respond", Deadline(due.at, due.zone), may_write=True, authors_read=True, authors_respond=True
        ),
        PhaseContent(
            "Discussion", Deadline(due.at + 3 * day, due.zone), may_write=True, may_discuss=True, authors_read=True
        ),
        PhaseContent("Chairs decide", Deadline(due.at + 6 * day, due.zone), see_others=SeeOthers.AFTER_OWN),
    )
    with acting(uow, people["chair"], uow.now - timedelta(days=4)):
        for content in plan:
            setting_up.add_phase(uow, edition, content)
        second = workshops.tracks(uow.session, edition.id)[1]
        rows = queries.form_rows(uow.session, edition.id)
        asked = form_of(queries.form_row_for(rows, second.id)).with_item(CARE)
        setting_up.save_form(uow, edition, second.id, asked.moved(CARE.key, -1).moved(CARE.key, -1), seen=0)


def talk(uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission]) -> None:
    """After the reviews: two reviewers and a chair compare, a lead sums up, somebody has no time."""
    now, number = uow.now, sent["dialects"].number
    chair, first, second = people["chair"], people["reviewer"], people["third-reviewer"]
    with acting(uow, chair, now - timedelta(hours=20)):
        discussing.ask_to_lead(uow, edition, number, chair.id)
    with acting(uow, second, now - timedelta(hours=9)):
        discussing.say(uow, edition, number, "@reviewer-1 did you find anything on how the labellers were paid?")
    with acting(uow, first, now - timedelta(hours=7)):
        discussing.say(
            uow, edition, number, "Not in the paper. I would ask for one sentence, and still take it as a talk."
        )
    with acting(uow, chair, now - timedelta(hours=6)):
        discussing.say(uow, edition, number, "Agreed. I ask for the sentence in the meta-review.")
        content = discussing.MetaContent(
            Advice.ORAL, "Both reviewers would take it as a talk. Please say in a sentence how the labellers were paid."
        )
        discussing.sum_up(uow, edition, number, content, version=1, hand_in=True)
    with acting(uow, second, now - timedelta(hours=4)):
        service.decline(
            uow,
            edition,
            sent["clinics"].number,
            DeclineReason.TOPIC,
            "Somebody who has worked in a clinic would see more.",
        )
