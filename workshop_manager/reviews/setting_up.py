"""Verbs of chairs who prepare reviewing: what is asked, in which phases, within which limits."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import criteria, queries
from workshop_manager.reviews.criteria import Form, Item
from workshop_manager.reviews.models import ReviewForm, ReviewPhase, ReviewSettings
from workshop_manager.reviews.service import Stale
from workshop_manager.reviews.states import Audience, ItemKind, SeeOthers
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE
from workshop_manager.workshops.service import acting_person, require
from workshop_manager.workshops.states import DateKey

MOST_PHASES = 12


# -- what is asked ------------------------------------------------------------------------------------------------


def save_form(uow: UnitOfWork, edition: Edition, track_id: int | None, form: Form | None, *, seen: int) -> ReviewForm:
    """A new version of a form; reviews that were written stay with theirs. None: a track asks what all others do.

    `seen` is the version the chair started from, 0 for none; Stale if another chair saved one since.
    """
    require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    if track_id is not None and workshops.find_track(uow.session, edition.id, track_id) is None:
        raise NotFound
    newest = queries.form_rows(uow.session, edition.id).get(track_id)
    if (newest.version if newest else 0) != seen:
        raise Stale(str(_("Another chair changed this form meanwhile. Look at it again, then change it.")))
    if form is not None and len(form.items) > criteria.MOST_ITEMS:
        raise Conflict(str(_("A form has at most %(most)s questions.", most=criteria.MOST_ITEMS)))
    row = ReviewForm(
        edition_id=edition.id,
        track_id=track_id,
        version=seen + 1,
        content=criteria.to_json(checked(form)) if form is not None else None,
        created_at=uow.now,
        created_by=acting_person(uow).id,
    )
    uow.session.add(row)
    record(uow, "review form changed", "edition", edition.id, edition_id=edition.id, track=track_id, version=seen + 1)
    uow.session.flush()
    return row


_FIXED_AUDIENCE = {"text": Audience.AUTHORS, "remark": Audience.CHAIRS}
_FIXED_STEPS = {"score": 6, "confidence": 4}


def checked(form: Form) -> Form:
    """The form with what cannot be otherwise: decisions and mails rely on it."""
    if not all(form.find(key) for key in criteria.FIXED):
        raise Conflict(str(_("Every form asks for an overall score and for a text to the authors.")))
    return replace(form, items=tuple(_checked(item) for item in form.items))


def _checked(item: Item) -> Item:
    item = replace(item, audience=_FIXED_AUDIENCE.get(item.key, item.audience))
    if item.key in criteria.FIXED:
        item = replace(item, required=True)
    if item.key == "score" and item.weight == 0:
        item = replace(item, weight=1)
    steps = _FIXED_STEPS.get(item.key)
    if steps is not None and (item.low, len(item.steps)) != (1, steps):
        raise Conflict(str(_("This scale has exactly %(most)s steps, from 1.", most=steps)))
    if item.kind is not ItemKind.SCALE:
        item = replace(item, weight=0)
    return item


# -- phases -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhaseContent:
    """A phase as typed."""

    name: str
    starts: Deadline
    may_write: bool = False
    see_others: SeeOthers = SeeOthers.AFTER_OWN
    shows_names: bool = False
    may_discuss: bool = False
    authors_read: bool = False
    authors_respond: bool = False


class SameStart(Conflict):
    """Another phase starts at that moment."""

    def __init__(self) -> None:
        super().__init__(str(_("Another phase starts at the same moment. Which of the two holds then?")))


def add_phase(uow: UnitOfWork, edition: Edition, content: PhaseContent) -> ReviewPhase:
    """A new phase. Whatever phase it falls into ends where it starts."""
    require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    if len(queries.phase_rows(uow.session, edition.id)) >= MOST_PHASES:
        raise Conflict(str(_("There are %(most)s phases, and more make no table a person can read.", most=MOST_PHASES)))
    row = ReviewPhase(edition_id=edition.id, version=0)
    _fill(row, content)
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        raise SameStart from None
    record(uow, "review phase added", "edition", edition.id, edition_id=edition.id, phase=content.name)
    return row


def edit_phase(uow: UnitOfWork, edition: Edition, phase_id: int, content: PhaseContent, *, version: int) -> ReviewPhase:
    """Change a phase. What it switched holds from now on; nothing that was written is lost."""
    require(uow, edition, MAY_DECIDE)
    row = _phase(uow, edition, phase_id)
    if row.version != version:
        raise Stale(str(_("Another chair changed this phase meanwhile. Look at it again, then change it.")))
    if any(p.id != row.id and p.starts_at == content.starts.at for p in queries.phase_rows(uow.session, edition.id)):
        raise SameStart
    _fill(row, content)
    record(uow, "review phase changed", "edition", edition.id, edition_id=edition.id, phase=content.name)
    uow.session.flush()
    return row


def remove_phase(uow: UnitOfWork, edition: Edition, phase_id: int) -> None:
    """Take a phase away: the one before it lasts longer."""
    require(uow, edition, MAY_DECIDE)
    row = _phase(uow, edition, phase_id)
    uow.session.delete(row)
    record(uow, "review phase removed", "edition", edition.id, edition_id=edition.id, phase=row.name)
    uow.session.flush()


def _phase(uow: UnitOfWork, edition: Edition, phase_id: int) -> ReviewPhase:
    found = [row for row in queries.phase_rows(uow.session, edition.id, lock=True) if row.id == phase_id]
    if not found:
        raise NotFound
    return found[0]


def _fill(row: ReviewPhase, content: PhaseContent) -> None:
    row.name, row.starts_at, row.zone = content.name, content.starts.at, content.starts.zone
    row.may_write, row.see_others, row.shows_names = content.may_write, content.see_others, content.shows_names
    row.may_discuss = content.may_discuss
    row.authors_read = content.authors_read or content.authors_respond
    row.authors_respond = content.authors_respond
    row.version += 1


def usual_phases(uow: UnitOfWork, edition: Edition) -> list[ReviewPhase]:
    """Reviewing, response, discussion and closing, along the edition's dates; only where there is none yet."""
    require(uow, edition, MAY_DECIDE)
    if queries.phase_rows(uow.session, edition.id):
        raise Conflict(str(_("There are phases already.")))
    dates = workshops.dates_by_key(uow.session, edition.id)
    due, told = dates.get(DateKey.REVIEWS_DUE), dates.get(DateKey.NOTIFICATION)
    zone = due.zone if due else AOE
    reviewed = due.at if due else uow.now + timedelta(days=21)
    closed = told.at if told and told.at > reviewed else reviewed + timedelta(days=10)
    step = (closed - reviewed) / 2
    plan = (
        PhaseContent(str(_("Reviewing")), Deadline(min(uow.now, reviewed - timedelta(days=1)), zone), may_write=True),
        PhaseContent(
            str(_("Authors respond")),
            Deadline(reviewed, zone),
            may_write=True,
            authors_read=True,
            authors_respond=True,
        ),
        PhaseContent(
            str(_("Discussion")), Deadline(reviewed + step, zone), may_write=True, may_discuss=True, authors_read=True
        ),
        PhaseContent(str(_("Chairs decide")), Deadline(closed, zone), may_discuss=False),
    )
    return [add_phase(uow, edition, content) for content in plan]


# -- settings -----------------------------------------------------------------------------------------------------


def save_settings(
    uow: UnitOfWork, edition: Edition, *, response_words: int, response_pdf: bool, meta_for_authors: bool, version: int
) -> None:
    """Limits of responses, and who reads meta-reviews."""
    require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    row = uow.session.get(ReviewSettings, edition.id, populate_existing=True)
    if (row.version if row else 1) != version:
        raise Stale(str(_("Another chair changed this meanwhile. Look at it again, then change it.")))
    if row is None:
        row = ReviewSettings.usual(edition.id)
        uow.session.add(row)
    row.response_words, row.response_pdf, row.meta_for_authors = response_words, response_pdf, meta_for_authors
    row.version = version + 1
    record(uow, "review settings changed", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()
