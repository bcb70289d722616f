"""What an edition says about its grants: the verb and its page."""

from flask import redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.audit import record
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import Stale
from workshop_manager.grants import queries
from workshop_manager.grants.forms import TextsForm
from workshop_manager.grants.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.service import require


def save_settings(uow: UnitOfWork, edition: Edition, *, about: str, deciding: str, started_from: int) -> None:
    """Change what the edition says about its grants."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    settings = queries.settings_of(uow.session, edition.id)
    if settings.version != started_from:
        raise Stale(str(_("Somebody saved these texts after you opened them.")))
    settings.about, settings.deciding, settings.version = about, deciding, settings.version + 1
    uow.session.add(settings)
    uow.session.flush()
    record(uow, "grant texts edited", "edition", edition.id, edition_id=edition.id)


@blueprint.route("/<community>/<edition>/organise/grants/texts", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_texts(community: str, edition: str) -> AnyResponse:
    """What applicants read: what the grants are for, and how it is decided."""
    at, uow = here(), unit()
    settings = queries.settings_of(uow.session, at.edition.id)
    form, is_stale = TextsForm(settings), False
    if form.is_sent:
        try:
            save_settings(
                uow,
                at.edition,
                about=form.about.data or "",
                deciding=form.deciding.data or "",
                started_from=form.started_from,
            )
        except Stale:
            form.version.data, is_stale = str(settings.version), True
        else:
            tell(str(_("Saved. The page reads like this now.")))
            return redirect(at.url("grants.overview"), 303)
    return page(
        "grants/texts.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        is_stale=is_stale,
        theirs=settings,
        urls={name: at.url(f"grants.{name}") for name in ("desk", "desk_texts", "overview")}
        | {"desk_funds": at.url("funds.desk_funds")},
    )
