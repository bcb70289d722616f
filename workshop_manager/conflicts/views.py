"""Pages about conflicts of interest: whom one should not judge, whom authors name, what chairs see and may waive."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.conflicts import queries, rules, service, words
from workshop_manager.conflicts.forms import AddForm, OpposedForm, StatementForm
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import state_sign, title_of
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.rules import MAY_SUBMISSIONS

blueprint = Blueprint("conflicts", __name__)

# -- whom one should not judge ------------------------------------------------------------------------------------

MINE = "/<community>/<edition>/reviews/conflicts"


def _judging(at: Here) -> None:
    navigation.frame().private = True
    if not at.standing.may(queries.REVIEWS):
        raise NotFound


@blueprint.route(MINE, methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Any:
    """People and institutions whose work one should not judge. Said once; it counts in every edition."""
    at, uow, form = here(), unit(), StatementForm()
    _judging(at)
    if form.is_sent:
        try:
            service.state(uow, form.whom(), first_year=form.first_year.data, last_year=form.last_year.data)
        except Conflict as refusal:
            form.name.errors = [refusal.sentence]
        else:
            tell(str(_("Noted. Their work is kept from you, in every edition.")))
            return redirect(at.url("conflicts.mine"), 303)
    person = viewer_person()
    statements = queries.statements_of(uow.session, person.id)
    return page(
        "conflicts/mine.html",
        422 if request.method == "POST" else 200,
        at=at,
        form=form,
        statements=[(row, words.whom_text(row), words.years_text(row.first_year, row.last_year)) for row in statements],
        known=words.known_texts(queries.keys_of_person(uow.session, person.id)),
    )


@blueprint.post(f"{MINE}/<int:statement_id>/removal")
@access(SIGNED_IN_EDITION)
def mine_removal(community: str, edition: str, statement_id: int) -> Any:
    """It was a slip, or is long over."""
    at = here()
    _judging(at)
    service.take_back(unit(), statement_id)
    tell(str(_("Taken out.")))
    return redirect(at.url("conflicts.mine"), 303)


# -- named by authors ---------------------------------------------------------------------------------------------

NAMED = "/<community>/<edition>/submissions/<int:number>/conflicts"


@blueprint.route(NAMED, methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def named(community: str, edition: str, number: int) -> Any:
    """Whom the authors of a submission would rather not have as a reviewer."""
    at, uow, form = here(), unit(), OpposedForm()
    navigation.frame().private = True
    found = submissions.find_own(uow.session, at.edition.id, number, viewer_person().id)
    if found is None:
        raise NotFound
    if form.is_sent:
        try:
            service.oppose(uow, at.edition, number, form.whom(), form.note.data or "")
        except Conflict as refusal:
            form.name.errors = [refusal.sentence]
        else:
            tell(str(_("Noted. Only the chairs read it.")))
            return redirect(at.url("conflicts.named", number=number), 303)
    return page(
        "conflicts/named.html",
        422 if request.method == "POST" else 200,
        at=at,
        form=form,
        found=found,
        title=title_of(found.title),
        is_open=found.state in rules.CAN_BE_NAMED,
        rows=[(row, words.whom_text(row)) for row in queries.opposed_by(uow.session, found.id)],
    )


@blueprint.post(f"{NAMED}/<int:opposed_id>/removal")
@access(SIGNED_IN_EDITION)
def named_removal(community: str, edition: str, number: int, opposed_id: int) -> Any:
    """The authors no longer mind."""
    at = here()
    service.take_out(unit(), at.edition, number, opposed_id)
    tell(str(_("Taken out.")))
    return redirect(at.url("conflicts.named", number=number), 303)


# -- the chairs' page of one work ---------------------------------------------------------------------------------

DESK = "/<community>/<edition>/organise/submissions/<int:number>/conflicts"


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody who is kept from a work, and why."""

    person_id: int
    name: str
    reasons: tuple[str, ...]
    can_be_waived: bool
    waived: str = ""


def _at_desk(at: Here, number: int) -> Submission:
    found = submissions.find_at_desk(unit().session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    return found


@blueprint.get(DESK)
@access(team(MAY_SUBMISSIONS))
def desk(community: str, edition: str, number: int) -> Response:
    """Who must not judge a work, each with the reasons; what was declared, what was waived, whom its authors named."""
    at = here()
    return _desk_page(at, _at_desk(at, number), None)


def _desk_page(at: Here, found: Submission, form: AddForm | None, status: int = 200, refused: str = "") -> Response:
    uow = unit()
    people = {one.id: one for one in queries.judges(uow.session, at.edition.id)}
    kept = [
        Kept(
            person_id,
            people[person_id].name or people[person_id].email,
            tuple(words.reason_text(reason) for reason in given.reasons),
            rules.may_waive((reason.why for reason in given.reasons), by_oneself=person_id == at.standing.person_id),
            given.waiver.reason if given.waiver and not given.counts else "",
        )
        for person_id, given in queries.reasons(uow.session, found).items()
        if person_id in people
    ]
    kept.sort(key=lambda one: (bool(one.waived), one.name.casefold()))
    declared = queries.conflicts_of(uow.session, found.id)
    free = [(one.id, one.name) for one in people.values() if one.id not in {row.person_id for row in declared}]
    return page(
        "conflicts/desk.html",
        status,
        at=at,
        found=found,
        title=title_of(found.title),
        sign=state_sign(found.state),
        kept=[one for one in kept if not one.waived],
        waived=[one for one in kept if one.waived],
        declared=[(row, words.KINDS[row.kind], when_text(row.declared_at, at.edition.time_zone)) for row in declared],
        named=[(row, words.whom_text(row)) for row in queries.opposed_by(uow.session, found.id)],
        form=form or AddForm(people=free),
        refused=refused,
    )


@blueprint.post(DESK)
@access(team(MAY_SUBMISSIONS))
def desk_add(community: str, edition: str, number: int) -> Any:
    """Add a conflict that a chair knows of."""
    at = here()
    found = _at_desk(at, number)
    people = queries.judges(unit().session, at.edition.id)
    form = AddForm(people=[(one.id, one.name) for one in people])
    if not form.is_sent:
        return _desk_page(at, found, form, 422)
    try:
        service.add(
            unit(), at.edition, number, int(form.person.data), ConflictKind(form.kind.data), form.note.data or ""
        )
    except Conflict as refusal:
        form.person.errors = [refusal.sentence]
        return _desk_page(at, found, form, 422)
    tell(str(_("Noted. They see nothing of #%(number)s from now on.", number=number)))
    if int(form.person.data) == at.standing.person_id:
        return redirect(at.url("submissions.desk_list"), 303)
    return redirect(at.url("conflicts.desk", number=number), 303)


@blueprint.post(f"{DESK}/<int:person_id>/waiver")
@access(team(MAY_SUBMISSIONS))
def desk_waive(community: str, edition: str, number: int, person_id: int) -> Any:
    """Say that what was found is no conflict."""
    at = here()
    found = _at_desk(at, number)
    reason = request.form.get("reason", "").replace("\x00", "").strip()[:500]
    try:
        service.waive(unit(), at.edition, number, person_id, reason)
    except Conflict as refusal:
        return _desk_page(at, found, None, 422, refusal.sentence)
    tell(str(_("Waived. It counts no more for #%(number)s; the history says who did it.", number=number)))
    return redirect(at.url("conflicts.desk", number=number), 303)


@blueprint.post(f"{DESK}/<int:person_id>/waiver/removal")
@access(team(MAY_SUBMISSIONS))
def desk_unwaive(community: str, edition: str, number: int, person_id: int) -> Any:
    """Let it count again."""
    at = here()
    service.end_waiver(unit(), at.edition, number, person_id)
    tell(str(_("It counts again. What they had of #%(number)s is taken back.", number=number)))
    return redirect(at.url("conflicts.desk", number=number), 303)


@blueprint.post(f"{DESK}/declared/<int:conflict_id>/removal")
@access(team(MAY_SUBMISSIONS))
def desk_lift(community: str, edition: str, number: int, conflict_id: int) -> Any:
    """Undo a conflict that was declared by mistake."""
    at = here()
    service.lift(unit(), at.edition, number, conflict_id)
    tell(str(_("Lifted. What was found by comparing still counts.")))
    return redirect(at.url("conflicts.desk", number=number), 303)
