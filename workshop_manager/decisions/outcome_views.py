"""The chairs' pages about the outcomes of their edition: what they are called, how many there are, what mails say."""

from typing import Any

from flask import Response, redirect
from flask_babel import gettext as _

from workshop_manager.calls import queries as calls
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.decisions import outcomes
from workshop_manager.decisions.forms import OutcomeForm, kind_text, outcome_form
from workshop_manager.decisions.outcomes import Named
from workshop_manager.decisions.parts import DESK, tabs
from workshop_manager.decisions.rules import PLACEHOLDERS
from workshop_manager.decisions.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_DECIDE

LIST = f"{DESK}/outcomes"


def _find(at: Here, key: str) -> Named:
    found = outcomes.outcomes_of(unit().session, at.edition.id).find(key)
    if found is None:
        raise NotFound
    return found


@blueprint.get(LIST, endpoint="outcomes")
@access(team(MAY_DECIDE))
def outcome_list(community: str, edition: str) -> Response:
    """What can be decided here, in the order in which places are given away."""
    at, session = here(), unit().session
    rows = outcomes.outcomes_of(session, at.edition.id).rows
    used = outcomes.uses(session, at.edition.id)
    return page(
        "decisions/outcomes.html",
        at=at,
        tabs=tabs(at, "outcomes"),
        rows=[(row, kind_text(row.kind), used.get(row.id or 0, 0)) for row in rows],
    )


def _rounds(at: Here) -> list[tuple[int, str]]:
    """The rounds whose authors can be written to in words of their own."""
    return [(row.id, row.name) for row in calls.rounds_of(unit().session, at.edition.id)]


def _form(at: Here, form: OutcomeForm, status: int = 200, named: Named | None = None, refused: str = "") -> Response:
    return page(
        "decisions/outcome.html",
        status,
        at=at,
        form=form,
        named=named,
        refused=refused,
        placeholders=[(f"{{{name}}}", str(text)) for name, text in _placeholder_texts().items()],
        used=outcomes.uses(unit().session, at.edition.id).get(named.id or 0, 0) if named else 0,
    )


def _placeholder_texts() -> dict[str, str]:
    texts = (
        _("whom the mail goes to"),
        _("the title"),
        _("its number"),
        _("what this outcome is called"),
        _("its track"),
        _("this edition"),
        _("the date to confirm by, in both zones"),
    )
    return dict(zip(PLACEHOLDERS, map(str, texts), strict=True))


@blueprint.get(f"{LIST}/new", endpoint="outcomes_new")
@access(team(MAY_DECIDE))
def outcome_new(community: str, edition: str) -> Response:
    """One more."""
    at = here()
    return _form(at, outcome_form(is_new=True, rounds=_rounds(at)))


@blueprint.post(LIST, endpoint="outcomes_add")
@access(team(MAY_DECIDE))
def outcome_add(community: str, edition: str) -> Any:
    """Store a new one."""
    at = here()
    form = outcome_form(rounds=_rounds(at))
    if not form.is_sent:
        return _form(at, form, 422)
    try:
        outcomes.add_outcome(unit(), at.edition, form.content)
    except Conflict as refusal:
        return _form(at, form, 422, refused=refusal.sentence)
    tell(str(_("“%(name)s” can be decided now.", name=form.content.name)))
    return redirect(at.url("decisions.outcomes"), 303)


@blueprint.get(f"{LIST}/<key>", endpoint="outcomes_one")
@access(team(MAY_DECIDE))
def outcome_one(community: str, edition: str, key: str) -> Response:
    """One of them, to be changed."""
    at = here()
    named = _find(at, key)
    return _form(at, outcome_form(named, rounds=_rounds(at)), named=named)


@blueprint.post(f"{LIST}/<key>", endpoint="outcomes_edit")
@access(team(MAY_DECIDE))
def outcome_edit(community: str, edition: str, key: str) -> Any:
    """Save a change."""
    at = here()
    form = outcome_form(rounds=_rounds(at))
    named = _find(at, key)
    if not form.is_sent:
        return _form(at, form, 422, named)
    try:
        outcomes.edit_outcome(unit(), at.edition, key, form.content, form.started_from)
    except Conflict as refusal:
        return _form(at, form, 422, named, refusal.sentence)
    tell(str(_("Saved. What was released before keeps its name.")))
    return redirect(at.url("decisions.outcomes"), 303)


@blueprint.post(f"{LIST}/<key>/removal", endpoint="outcomes_remove")
@access(team(MAY_DECIDE))
def outcome_remove(community: str, edition: str, key: str) -> Any:
    """Take one away that nothing names."""
    at = here()
    outcomes.remove_outcome(unit(), at.edition, key)
    tell(str(_("It is gone. Nothing named it.")))
    return redirect(at.url("decisions.outcomes"), 303)


@blueprint.post(f"{LIST}/<key>/place/<where>", endpoint="outcomes_move")
@access(team(MAY_DECIDE))
def outcome_move(community: str, edition: str, key: str, where: str) -> Any:
    """One place up or down."""
    at = here()
    if where not in ("up", "down"):
        raise NotFound
    outcomes.move_outcome(unit(), at.edition, key, -1 if where == "up" else 1)
    return redirect(at.url("decisions.outcomes"), 303)
