"""The organisers' page of access codes."""

from dataclasses import dataclass

from flask import Response, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import codes, queries, words
from workshop_manager.calls.cover import Sign
from workshop_manager.calls.desk import DESK, desk_page
from workshop_manager.calls.forms import CodeForm, code_form
from workshop_manager.calls.models import AccessCode
from workshop_manager.calls.views import blueprint
from workshop_manager.codes import service as codes_at_work
from workshop_manager.codes.words import sign
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.request import unit
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code in the list; `code` is empty once it opens nothing any more."""

    label: str
    code: str
    opens: str
    late: DeadlineText | None
    expires: DeadlineText | None
    uses: str
    sign: Sign
    revoke_url: str | None


def _line(at: Here, row: AccessCode) -> CodeLine:
    problem = codes_at_work.problem(row, unit(), row.late)
    opens = [row.track.name if row.track else "", row.round.name if row.round else ""]
    return CodeLine(
        label=row.label,
        code="" if problem else row.code,
        opens=", ".join(part for part in opens if part) or str(_("Every open track")),
        late=deadline_text(row.late) if row.late else None,
        expires=deadline_text(row.expiry) if row.expiry else None,
        uses=str(ngettext("%(used)s of %(num)s use", "%(used)s of %(num)s uses", row.max_uses, used=row.used)),
        sign=Sign(*sign(problem)),
        revoke_url=None if problem else at.url("calls.desk_call_code_revocation", code_id=row.id),
    )


def _form(at: Here) -> CodeForm:
    session = unit().session
    rounds = words.round_choices(queries.find_call(session, at.edition.id), queries.rounds_of(session, at.edition.id))
    return code_form(workshops.tracks(session, at.edition.id), rounds)


@blueprint.get(f"{DESK}/codes")
@access(team(MAY_SETTINGS))
def desk_call_codes(community: str, edition: str) -> Response:
    """All access codes, what they open and how often they were used; a form for one more."""
    return _page(_form(here()))


@blueprint.post(f"{DESK}/codes")
@access(team(MAY_SETTINGS))
def desk_call_codes_sent(community: str, edition: str) -> AnyResponse:
    """Make a code."""
    at = here()
    form = _form(at)
    if not form.is_sent:
        return _page(form, 422)
    codes.make(unit(), at.edition, form.content())
    tell(str(_("The code is made. It stands at the top of the list: send it to those it is for.")))
    return redirect(at.url("calls.desk_call_codes"), 303)


def _page(form: CodeForm, status: int = 200) -> Response:
    at = here()
    return desk_page(
        "desk_codes",
        status,
        form=form,
        several_rounds=len(form.round.choices or ()) > 1,
        codes=[_line(at, row) for row in queries.codes(unit().session, at.edition.id)],
        action=at.url("calls.desk_call_codes_sent"),
        use_url=at.url("calls.code"),
    )


@blueprint.post(f"{DESK}/codes/<int:code_id>/revocation")
@access(team(MAY_SETTINGS))
def desk_call_code_revocation(community: str, edition: str, code_id: int) -> AnyResponse:
    """Take a code back."""
    at = here()
    codes.revoke(unit(), at.edition, code_id)
    tell(str(_("The code is taken back. Whoever used it keeps what it opened.")))
    return redirect(at.url("calls.desk_call_codes"), 303)
