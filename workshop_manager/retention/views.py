"""The organisers' page: what is kept until when, and what was removed."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from workshop_manager.core.errors import Conflict
from workshop_manager.retention import keeping, queries, rules, service
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.rules import LONGEST, MAY_KEEP
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import day_text, when_text
from workshop_manager.workshops.context import Here, here, team

blueprint = Blueprint("retention", __name__)
DESK = "/<community>/<edition>/organise/retention"


class KeptForm(BaseForm):
    """Days after the event, a field for each kind that can be chosen; named by `_field`."""


def _field(one: Kept) -> str:
    return f"days_{one.what.replace(':', '_')}"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind, as the page shows it."""

    kept: Kept
    field: str
    until: str


def _form(kept: list[Kept], days: dict[str, int]) -> KeptForm:
    fields: dict[str, Any] = {}
    for one in kept:
        if one.remove is not None:
            fields[_field(one)] = IntegerField(
                str(_("%(what)s: days after the event", what=one.label)),
                [Optional(), NumberRange(0, LONGEST, str(_("Write a whole number of days, at most 3650.")))],
                render_kw={"inputmode": "numeric", "autocomplete": "off", "min": 0, "max": LONGEST},
            )
    values = {_field(one): days.get(one.what, one.days) for one in kept}
    return type("EditionKeptForm", (KeptForm,), fields)(data=values)  # type: ignore[no-any-return]


def _page(at: Here, kept: list[Kept], form: KeptForm, status: int = 200, said: str = "") -> Response:
    uow = unit()
    days = queries.days(uow.session, at.edition.id)
    return page(
        "retention/desk.html",
        status,
        at=at,
        form=form,
        said=said,
        parts=navigation.parts("privacy", at, request.endpoint),
        rows=[Row(one, _field(one), _until(at, one, days)) for one in kept],
        removals=[
            (one, when_text(one.at, at.edition.time_zone)) for one in queries.removals(uow.session, at.edition.id)
        ],
        ended=day_text(rules.day(at.edition.ends_at, 0, at.edition.time_zone), year=True),
    )


def _until(at: Here, one: Kept, days: dict[str, int]) -> str:
    number = days.get(one.what, one.days)
    if one.on is not None:
        return day_text(one.on, year=True)
    return (
        day_text(rules.day(at.edition.ends_at, number, at.edition.time_zone), year=True) if number is not None else ""
    )


@blueprint.get(DESK)
@access(team(MAY_KEEP))
def desk(community: str, edition: str) -> Response:
    """What is kept until when, and what was removed."""
    at, uow = here(), unit()
    kept = keeping.all_kept(uow, at.edition)
    return _page(at, kept, _form(kept, queries.days(uow.session, at.edition.id)))


@blueprint.post(DESK)
@access(team(MAY_KEEP))
def save(community: str, edition: str) -> AnyResponse:
    """Choose how long each is kept."""
    at, uow = here(), unit()
    kept = keeping.all_kept(uow, at.edition)
    form = _form(kept, {})
    if not form.is_sent:
        return _page(at, kept, form, 422)
    try:
        service.save(uow, at.edition, {one.what: form[_field(one)].data for one in kept if one.remove is not None})
    except Conflict as refused:
        return _page(at, kept, form, 409, refused.sentence)
    tell(str(_("Saved. Forms show these days from now on, and the worker keeps to them.")))
    return redirect(at.url("retention.desk"), 303)
