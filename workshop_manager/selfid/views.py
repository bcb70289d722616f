"""The pages: what somebody says about themselves, and what organisers ask and learn."""

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.links import Link
from workshop_manager.registrations.models import Registration
from workshop_manager.selfid import queries, service
from workshop_manager.selfid.forms import ReplyForm, WordingForm, reply_form, wording_form
from workshop_manager.selfid.models import SelfIdForm, SelfIdQuestion
from workshop_manager.selfid.rules import DECLINED, MAY_ASK, OWN
from workshop_manager.selfid.states import Stage
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import day_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Stale

blueprint = Blueprint("selfid", __name__)
OWN_PAGE = "/<community>/<edition>/self-identification"
DESK = "/<community>/<edition>/organise/self-identification"


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


# -- one's own ----------------------------------------------------------------------------------------------------


def ticket_link(uow: UnitOfWork, edition: Edition, row: Registration) -> Link | None:
    """The line on a ticket, while organisers ask or answers are kept."""
    stage = queries.stage_of(uow.session, edition.id)
    if stage not in (Stage.ASKING, Stage.CLOSED) or uow.database.vault is None:
        return None
    return Link("user-circle", str(_("Say who you are, for the totals only")), here().url("selfid.own"))


def _asked(at: Here) -> SelfIdForm:
    row = queries.form(unit().session, at.edition.id)
    if row is None or row.stage is Stage.DRAFT:
        raise NotFound
    return row


def _own_page(at: Here, row: SelfIdForm, form: ReplyForm, status: int = 200) -> Response:
    uow = unit()
    stored = service.own(uow, at.edition.id, viewer_person().id)
    return _private(
        page(
            "selfid/own.html",
            status,
            at=at,
            row=row,
            form=form,
            may=service.may_answer(uow, at.edition, row),
            has_answered=stored is not None,
            is_purged=row.stage is Stage.PURGED,
            purge=day_text(row.purge_on, year=True) if row.purge_on else "",
        )
    )


@blueprint.get(OWN_PAGE)
@access(SIGNED_IN_EDITION)
def own(community: str, edition: str) -> Response:
    """What one is asked, and what one answered."""
    at = here()
    row = _asked(at)
    stored = service.own(unit(), at.edition.id, viewer_person().id)
    return _own_page(at, row, reply_form(row.questions, stored))


@blueprint.post(OWN_PAGE)
@access(SIGNED_IN_EDITION)
def answer(community: str, edition: str) -> AnyResponse:
    """Keep what was said."""
    at = here()
    row = _asked(at)
    form = reply_form(row.questions, None)
    if not form.check():
        return _own_page(at, row, form, 422)
    service.answer(unit(), at.edition, form.replies)
    if form.replies:
        tell(str(_("Your answers are kept, encrypted and apart from your registration.")))
    else:
        tell(str(_("You skipped every question: nothing is kept.")), "info")
    return redirect(at.url("selfid.own"), 303)


@blueprint.post(f"{OWN_PAGE}/removal")
@access(SIGNED_IN_EDITION)
def removal(community: str, edition: str) -> AnyResponse:
    """Delete what one said."""
    at = here()
    _asked(at)
    if service.forget(unit(), at.edition.id, viewer_person().id):
        tell(str(_("Your answers are deleted.")))
    else:
        tell(str(_("Nothing of yours is kept here.")), "info")
    return redirect(at.url("selfid.own"), 303)


# -- the desk -----------------------------------------------------------------------------------------------------


def _group(one: SelfIdQuestion, key: str | None) -> str:
    if key is None:
        return str(_("Others, and those who skipped it"))
    if key == DECLINED:
        return str(_("Prefer not to say"))
    if key.startswith(OWN):
        return f"“{key.removeprefix(OWN)}”"
    return one.options[int(key)]


def parts(at: Here) -> list[navigation.Entry]:
    """The pages about privacy."""
    return navigation.parts("privacy", at, request.endpoint)


@blueprint.get(DESK)
@access(team(MAY_ASK))
def desk(community: str, edition: str) -> Response:
    """What is asked, and the totals."""
    at, uow = here(), unit()
    row = queries.form(uow.session, at.edition.id)
    totals = row.totals if row is not None else {}
    found = [
        (one, [(_group(one, key), number) for key, number in totals.get(str(one.id), ())])
        for one in (row.questions if row is not None else ())
    ]
    return page(
        "selfid/desk.html",
        at=at,
        row=row,
        parts=parts(at),
        stage=row.stage.value if row is not None else None,
        found=found,
        has_key=uow.database.vault is not None,
        purge=day_text(row.purge_on, year=True) if row is not None and row.purge_on else "",
        counted=day_text(row.counted_on, year=True) if row is not None and row.counted_on else "",
    )


def _wording_page(at: Here, form: WordingForm, status: int = 200, said: str = "") -> Response:
    return page("selfid/wording.html", status, at=at, form=form, said=said)


@blueprint.get(f"{DESK}/questions")
@access(team(MAY_ASK))
def wording(community: str, edition: str) -> AnyResponse:
    """Write the questions."""
    at = here()
    row = queries.form(unit().session, at.edition.id)
    if row is not None and row.stage is not Stage.DRAFT:
        return redirect(at.url("selfid.desk"), 303)
    return _wording_page(at, wording_form(row))


@blueprint.post(f"{DESK}/questions")
@access(team(MAY_ASK))
def save_wording(community: str, edition: str) -> AnyResponse:
    """Keep the questions; nobody is asked yet."""
    at, form = here(), wording_form(None)
    if not form.is_sent:
        return _wording_page(at, form, 422)
    try:
        service.save(unit(), at.edition, form.content, form.seen_version)
    except Stale as stale:
        return _wording_page(at, form, 409, stale.sentence)
    tell(str(_("The questions are saved. Nobody is asked yet.")))
    return redirect(at.url("selfid.desk"), 303)


@blueprint.post(f"{DESK}/asking")
@access(team(MAY_ASK))
def begin(community: str, edition: str) -> AnyResponse:
    """Ask."""
    at = here()
    service.begin(unit(), at.edition)
    tell(str(_("Whoever takes part finds the questions on their ticket.")))
    return redirect(at.url("selfid.desk"), 303)


@blueprint.post(f"{DESK}/asking/end")
@access(team(MAY_ASK))
def end(community: str, edition: str) -> AnyResponse:
    """Ask nobody any more."""
    at = here()
    service.end(unit(), at.edition)
    tell(str(_("Nobody is asked any more. Who answered can still change or delete it.")))
    return redirect(at.url("selfid.desk"), 303)


@blueprint.post(f"{DESK}/discarding")
@access(team(MAY_ASK))
def discard(community: str, edition: str) -> AnyResponse:
    """Delete all answers and totals."""
    at = here()
    service.discard(unit(), at.edition)
    tell(str(_("All answers and totals are deleted. The questions are a draft again.")))
    return redirect(at.url("selfid.desk"), 303)
