"""Letters for visa applications: one's own, and the desk of those who write them. Each look at a passport is noted."""

from typing import Any

import structlog
from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.door import letters, queries, rules
from workshop_manager.door.certifying import address_of
from workshop_manager.door.forms import DeclineForm, LetterSettingsForm, PassportForm
from workshop_manager.door.models import LetterSettings, VisaLetter
from workshop_manager.door.rules import MAY_LETTERS
from workshop_manager.door.views import BASE, blueprint, parts
from workshop_manager.door.words import day_name
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.registrations.models import Registration
from workshop_manager.retention import service as retention
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.service import Stale

OWN = "/<community>/<edition>/registration/visa-letter"
DESK = f"{BASE}/letters"

log = structlog.get_logger("workshop_manager.security")


def _looked(at: Here, what: str, letter_id: int) -> None:
    log.info("passport read", what=what, edition=at.edition.id, letter=letter_id, person=viewer_person().id)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(at: Here, row: VisaLetter) -> Response:
    if row.issued_at is None or row.purged_at is not None:
        raise NotFound
    _looked(at, "letter", row.id)
    try:
        done = letters.printed(at.edition, row)
    except PressFailed:
        # Without the press's own words: they cite the text that it could not set, which may be of a passport.
        log.error("letter not printed", letter=row.id, edition=at.edition.id)
        raise Conflict(str(_("The letter could not be printed just now. Try again in a minute."))) from None
    response = Response(done.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="letter-{row.number}.pdf"'
    return _private(response)


# -- one's own ------------------------------------------------------------------------------------------------------


def _mine(at: Here) -> Registration:
    row = queries.my_seat(unit().session, at.edition.id, viewer_person().id)
    if row is None:
        raise NotFound
    return row


def _own_page(at: Here, form: PassportForm, status: int = 200) -> Response:
    uow, row = unit(), _mine(at)
    letter = queries.letter_of(uow.session, row.id)
    return _private(
        page(
            "door/visa_letter.html",
            status,
            at=at,
            form=form,
            letter=letter,
            may=letter is None and letters.may_ask(uow, at.edition, row),
            holds=letter is not None and _holds(letter, row),
            purge=day_name(letter.purge_on if letter else retention.day_of(uow, at.edition, letters.PASSPORT)),
            asked=when_text(letter.asked_at, at.edition.time_zone) if letter else "",
            address=address_of(letter.code) if letter and letter.code else "",
        )
    )


def _holds(letter: VisaLetter, row: Registration) -> bool:
    is_issued, is_purged = letter.issued_at is not None, letter.purged_at is not None
    return rules.letter_holds(is_issued=is_issued, is_purged=is_purged, state=row.state, mode=row.kind.mode)


@blueprint.get(OWN)
@access(SIGNED_IN_EDITION)
def visa_letter(community: str, edition: str) -> Response:
    """Ask for a letter, or see what became of it."""
    return _own_page(here(), PassportForm())


@blueprint.post(OWN)
@access(SIGNED_IN_EDITION)
def ask_letter(community: str, edition: str) -> AnyResponse:
    """Ask."""
    at, form = here(), PassportForm()
    letters.require_askable(unit(), at.edition)
    if not form.is_sent:
        return _own_page(at, form, 422)
    letters.ask(unit(), at.edition, form.content)
    return redirect(at.url("door.visa_letter"), 303)


@blueprint.post(f"{OWN}/removal")
@access(SIGNED_IN_EDITION)
def give_up_letter(community: str, edition: str) -> AnyResponse:
    """Take the question back."""
    at = here()
    letters.take_back(unit(), at.edition)
    tell(str(_("It is taken back, and what you typed is deleted.")))
    return redirect(at.url("door.visa_letter"), 303)


@blueprint.get(f"{OWN}.pdf")
@access(SIGNED_IN_EDITION)
def visa_letter_file(community: str, edition: str) -> Response:
    """One's own letter, to be printed."""
    at = here()
    row = _mine(at)
    letter = queries.letter_of(unit().session, row.id)
    if letter is None or not _holds(letter, row):
        raise NotFound
    return _file(at, letter)


# -- the desk -------------------------------------------------------------------------------------------------------


@blueprint.get(DESK)
@access(team(MAY_LETTERS))
def letter_desk(community: str, edition: str) -> Response:
    """Who asked for a letter; nothing of their passports."""
    at, uow = here(), unit()
    pager = paging(queries.count_letters(uow.session, at.edition.id))
    rows = queries.letters(uow.session, at.edition.id, pager.offset, pager.size)
    offer = queries.letter_settings(uow.session, at.edition.id)
    return page(
        "door/letters.html",
        at=at,
        parts=parts(at),
        is_offered=offer is not None and offer.is_offered,
        rows=[(one, when_text(one.asked_at, at.edition.time_zone)) for one in rows],
        pager=pager,
    )


def _settings_values(offer: LetterSettings | None) -> dict[str, Any]:
    if offer is None:
        return {"version": "0", "wording": letters.WORDING, "is_offered": False, "signed_by": ""}
    values = {"is_offered": offer.is_offered, "wording": offer.wording, "signed_by": offer.signed_by}
    return {"version": str(offer.version)} | values


def _settings_page(at: Here, form: LetterSettingsForm, status: int = 200, said: str = "") -> Response:
    names = [f"{{{name}}}" for name in rules.PLACEHOLDERS]
    return page("door/letter_settings.html", status, at=at, form=form, names=names, said=said)


@blueprint.get(f"{DESK}/wording")
@access(team(MAY_LETTERS))
def letter_settings(community: str, edition: str) -> Response:
    """The wording of letters, and whether they are offered."""
    at = here()
    return _settings_page(
        at, LetterSettingsForm(data=_settings_values(queries.letter_settings(unit().session, at.edition.id)))
    )


@blueprint.post(f"{DESK}/wording")
@access(team(MAY_LETTERS))
def save_letter_settings(community: str, edition: str) -> AnyResponse:
    """Save it."""
    at, form = here(), LetterSettingsForm()
    if not form.is_sent:
        return _settings_page(at, form, 422)
    typed = form.version.data or ""
    try:
        letters.save_settings(
            unit(),
            at.edition,
            is_offered=bool(form.is_offered.data),
            wording=form.wording.data or "",
            signed_by=form.signed_by.data or "",
            version=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0,
        )
    except Stale as stale:
        return _settings_page(at, form, 409, stale.sentence)
    tell(str(_("The wording is saved.")))
    return redirect(at.url("door.letter_desk"), 303)


def _found(at: Here, letter_id: int) -> VisaLetter:
    row = queries.letter(unit().session, at.edition.id, letter_id)
    if row is None:
        raise NotFound
    return row


def _one_page(at: Here, row: VisaLetter, form: DeclineForm, status: int = 200) -> Response:
    if row.passport:
        _looked(at, "passport", row.id)
    labels = {field.name: field.label.text for field in PassportForm()}
    return _private(
        page(
            "door/letter.html",
            status,
            at=at,
            row=row,
            form=form,
            facts=[(labels[name], row.passport[name]) for name in rules.PASSPORT if row.passport.get(name)],
            purge=day_name(row.purge_on),
            is_open=row.issued_at is None and row.declined_at is None and row.purged_at is None,
        )
    )


@blueprint.get(f"{DESK}/<int:letter_id>")
@access(team(MAY_LETTERS))
def letter(community: str, edition: str, letter_id: int) -> Response:
    """One letter, with what stands in the passport; the look is noted."""
    at = here()
    return _one_page(at, _found(at, letter_id), DeclineForm())


@blueprint.get(f"{DESK}/<int:letter_id>.pdf")
@access(team(MAY_LETTERS))
def letter_file(community: str, edition: str, letter_id: int) -> Response:
    """A letter that was issued, to be printed; the look is noted."""
    at = here()
    return _file(at, _found(at, letter_id))


@blueprint.post(f"{DESK}/<int:letter_id>/issue")
@access(team(MAY_LETTERS))
def issue_letter(community: str, edition: str, letter_id: int) -> AnyResponse:
    """Issue it."""
    at = here()
    row = letters.issue(unit(), at.edition, letter_id)
    name = row.registration.badge_name
    tell(str(_("The letter for %(name)s is issued, and they get a mail.", name=isolated(name))))
    return redirect(at.url("door.letter_desk"), 303)


@blueprint.post(f"{DESK}/<int:letter_id>/refusal")
@access(team(MAY_LETTERS))
def decline_letter(community: str, edition: str, letter_id: int) -> AnyResponse:
    """Write none, with the reason."""
    at, form = here(), DeclineForm()
    if not form.is_sent:
        letters.find_open(unit(), at.edition, letter_id)
        return _one_page(at, _found(at, letter_id), form, 422)
    row = letters.decline(unit(), at.edition, letter_id, form.reason.data or "")
    name = row.registration.badge_name
    tell(str(_("%(name)s gets a mail with your reason; their passport is deleted here.", name=isolated(name))))
    return redirect(at.url("door.letter_desk"), 303)
