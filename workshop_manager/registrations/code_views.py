"""Access codes: using one, and the organisers' page of them."""

from dataclasses import dataclass

from flask import Response, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.codes import service as codes
from workshop_manager.codes.forms import UseForm
from workshop_manager.codes.words import sign
from workshop_manager.registrations import opening, queries
from workshop_manager.registrations.desk import BASE as DESK
from workshop_manager.registrations.desk_frame import desk_page
from workshop_manager.registrations.forms import CodeForm, code_form
from workshop_manager.registrations.models import KindCode
from workshop_manager.registrations.views import BASE, blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS


@blueprint.get(f"{BASE}/code")
@access(SIGNED_IN_EDITION)
def code(community: str, edition: str) -> Response:
    """Where somebody types the access code they were given."""
    return _code_page(UseForm())


@blueprint.post(f"{BASE}/code")
@access(SIGNED_IN_EDITION)
def code_sent(community: str, edition: str) -> AnyResponse:
    """Use an access code."""
    at, form, person = here(), UseForm(), viewer_person()
    codes.count_try(person.id)
    if not form.is_sent:
        return _code_page(form, 422)
    try:
        row = opening.use(unit(), at.edition, person, form.code.data or "")
    except codes.Refused as refused:
        form.code.errors = [refused.sentence]
        return _code_page(form, 422)
    tell(opening.opened_text(row))
    return redirect(at.url("registrations.register"), 303)


def _code_page(form: UseForm, status: int = 200) -> Response:
    navigation.frame().private = True
    return page("registrations/code.html", status, at=here(), form=form)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code in the list; `code` is empty once it opens nothing any more."""

    label: str
    code: str
    kind: str
    expires: DeadlineText | None
    uses: str
    sign: tuple[str, str]
    revoke_url: str | None


def _line(at: Here, row: KindCode) -> CodeLine:
    problem = codes.problem(row, unit())
    return CodeLine(
        label=row.label,
        code="" if problem else row.code,
        kind=row.kind.name,
        expires=deadline_text(row.expiry) if row.expiry else None,
        uses=str(ngettext("%(used)s of %(num)s use", "%(used)s of %(num)s uses", row.max_uses, used=row.used)),
        sign=sign(problem),
        revoke_url=None if problem else at.url("registrations.desk_code_revocation", kind_code_id=row.id),
    )


def _codes_page(form: CodeForm, status: int = 200) -> Response:
    at = here()
    lines = [_line(at, row) for row in queries.codes(unit().session, at.edition.id)]
    return desk_page("desk_codes", status, form=form, codes=lines)


def _form() -> CodeForm:
    return code_form(queries.kinds(unit().session, here().edition.id))


@blueprint.get(f"{DESK}/codes")
@access(team(MAY_SETTINGS))
def desk_codes(community: str, edition: str) -> Response:
    """All access codes, which kind they open and how often they were used; a form for one more."""
    return _codes_page(_form())


@blueprint.post(f"{DESK}/codes")
@access(team(MAY_SETTINGS))
def desk_codes_sent(community: str, edition: str) -> AnyResponse:
    """Make a code."""
    at, form = here(), _form()
    if not form.is_sent:
        return _codes_page(form, 422)
    opening.make(unit(), at.edition, form.content())
    tell(str(_("The code is made. It stands at the top of the list: send it to those it is for.")))
    return redirect(at.url("registrations.desk_codes"), 303)


@blueprint.post(f"{DESK}/codes/<int:kind_code_id>/revocation")
@access(team(MAY_SETTINGS))
def desk_code_revocation(community: str, edition: str, kind_code_id: int) -> AnyResponse:
    """Take a code back."""
    at = here()
    opening.revoke(unit(), at.edition, kind_code_id)
    tell(str(_("The code is taken back. Whoever used it keeps what it opened.")))
    return redirect(at.url("registrations.desk_codes"), 303)
