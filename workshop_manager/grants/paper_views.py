"""An application without a paper: the organisers keep what was promised, or take it back."""

from flask import redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.grants import desk, papers
from workshop_manager.grants.forms import TakeBackForm
from workshop_manager.grants.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_FUNDS

ONE = f"{desk.BASE}/applications/<int:application_id>"


@blueprint.post(f"{ONE}/kept")
@access(team(MAY_FUNDS))
def desk_application_kept(community: str, edition: str, application_id: int) -> AnyResponse:
    """What was promised stays."""
    at = here()
    papers.keep(unit(), at.edition, desk.find(at, application_id).id)
    tell(str(_("It stays as it was promised. That is noted in the history.")))
    return redirect(at.url("grants.desk_application", application_id=application_id), 303)


@blueprint.post(f"{ONE}/taken-back")
@access(team(MAY_FUNDS))
def desk_application_taken_back(community: str, edition: str, application_id: int) -> AnyResponse:
    """The promise ends, with a reason that the person reads."""
    at = here()
    found = desk.find(at, application_id)
    form = TakeBackForm()
    if not form.is_sent:
        papers.require_waiting(unit(), at.edition, found.id)
        return desk.application_page(at, found, 422, taking=form)
    papers.take_back(unit(), at.edition, found.id, form.reason.data or "")
    tell(str(_("The money is back in its fund, and they get a mail with your reason.")))
    return redirect(at.url("grants.desk_application", application_id=application_id), 303)
