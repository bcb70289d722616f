"""The applicant's page about the visa, and what a refusal leads to, said before it is done."""

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from workshop_manager.core.errors import NotFound
from workshop_manager.funds.forms import Versioned
from workshop_manager.funds.forms import number as number_of
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import queries, retaining, visa, words
from workshop_manager.grants.forms import OptionalDate
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import Visa
from workshop_manager.grants.views import BASE, blueprint
from workshop_manager.retention import service as retention
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import required
from workshop_manager.web.forms import tell as say
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import day_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here

PAGE = f"{BASE}/application/visa"


class VisaForm(Versioned):
    """How far it is."""

    visa = RadioField(
        _l("How far is it?"),
        [required(_l("Choose one."))],
        choices=[SelectChoice(one.value, text) for one, text in words.VISAS.items()],
    )
    day = OptionalDate(_l("Day of the appointment"))


def _own(at: Here) -> Application:
    found = queries.application_of(unit().session, at.edition.id, viewer_person().id)
    if found is None or (found.state not in visa.TELLING and found.visa is not Visa.REFUSED):
        raise NotFound
    navigation.frame().private = True
    return found


def _page(at: Here, form: VisaForm | None = None, status: int = 200) -> Response:
    found = _own(at)
    chosen = found.visa.value if found.visa else None
    seats = queries.seats_of(unit().session, at.edition.id, [viewer_person().id])
    return page(
        "grants/visa.html",
        status,
        form=form or VisaForm(visa=chosen, day=found.visa_day),
        is_over=found.visa is Visa.REFUSED,
        known=visa.known(found, seats.get(viewer_person().id)) or str(_("nothing known")),
        until=day_text(retention.day_of(unit(), at.edition, retaining.VISA), year=True),
        urls={name: at.url(f"grants.{name}") for name in ("overview", "application", "visa", "visa_refused")},
    )


@blueprint.get(PAGE, endpoint="visa")
@access(SIGNED_IN_EDITION)
def visa_page(community: str, edition: str) -> Response:
    """Say how far one's visa is."""
    return _page(here())


@blueprint.post(PAGE)
@access(SIGNED_IN_EDITION)
def visa_told(community: str, edition: str) -> AnyResponse:
    """Keep it; a refusal is asked about once more."""
    at, form = here(), VisaForm()
    found = _own(at)
    if not form.is_sent:
        return _page(at, form, 422)
    chosen = Visa(form.visa.data)
    was_refused = found.visa is Visa.REFUSED
    if chosen is Visa.REFUSED and not was_refused:
        return redirect(at.url("grants.visa_refused"), 303)
    try:
        (visa.take_back if was_refused else visa.tell)(unit(), at.edition, chosen, form.day.data)
    except FieldConflict as refusal:
        form.refuse(refusal)
        return _page(at, form, 422)
    if was_refused:
        say(str(_("Noted, and a mail says what follows. The committee sees it beside your application.")))
        return redirect(at.url("grants.application"), 303)
    say(str(_("Kept. The committee sees it beside your application.")))
    return redirect(at.url("grants.application"), 303)


@blueprint.get(f"{PAGE}/refusal")
@access(SIGNED_IN_EDITION)
def visa_refused(community: str, edition: str) -> AnyResponse:
    """What a refusal leads to."""
    at, uow = here(), unit()
    found = _own(at)
    if found.visa is Visa.REFUSED:
        return redirect(at.url("grants.visa"), 303)
    after = visa.follows(uow, at.edition, found)
    return page(
        "grants/visa_refused.html",
        after=after,
        sums={name: words.money(getattr(after, name), found.currency) for name in ("back", "settled", "aid")},
        urls={name: at.url(f"grants.{name}") for name in ("overview", "application", "visa", "visa_refuse")},
    )


@blueprint.post(f"{PAGE}/refusal")
@access(SIGNED_IN_EDITION)
def visa_refuse(community: str, edition: str) -> AnyResponse:
    """All of it in one act."""
    at = here()
    _own(at)
    sent = [number_of(request.form.get(name)) for name in ("back", "settled", "aid", "fund")]
    visa.refuse(unit(), at.edition, seen=visa.Following(sent[0], sent[1], sent[2], sent[3] or None))
    say(str(_("We are sorry. It is noted, and what follows is done; a mail says it all.")))
    return redirect(at.url("grants.application"), 303)
