"""Certificates: one's own, all of an edition at the desk, and the page where anybody verifies one."""

import structlog
from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.door import certifying, queries, rules
from workshop_manager.door.certifying import address_of, days_text
from workshop_manager.door.models import Certificate
from workshop_manager.door.rules import MAY_CERTIFY
from workshop_manager.door.views import BASE, blueprint, parts
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team

OWN = "/<community>/<edition>/registration/certificate"

log = structlog.get_logger("workshop_manager.door")


def _file(at: Here, certificates: list[Certificate], name: str) -> Response:
    try:
        done = certifying.pdf(at.edition, certificates)
    except PressFailed as error:
        log.error("certificates not printed", error=str(error), edition=at.edition.id)
        raise Conflict(str(_("The certificate could not be printed just now. Try again in a minute."))) from None
    response = Response(done.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


# -- one's own ------------------------------------------------------------------------------------------------------


@blueprint.get(OWN)
@access(SIGNED_IN_EDITION)
def certificate(community: str, edition: str) -> Response:
    """One's own certificate: whether there is one, and since when there can be."""
    at, uow = here(), unit()
    row = queries.mine(uow.session, at.edition.id, viewer_person().id)
    if row is None:
        raise NotFound
    days = queries.days_of(uow.session, at.edition.id, row.id).get(row.id, [])
    now = queries.standing_of(uow.session, row.id)
    said = [day.isoformat() for day in days]
    response = page(
        "door/certificate.html",
        at=at,
        mine=row,
        may=rules.may_have_certificate(len(days), at.edition.starts_at, uow.now),
        days=days_text(said),
        now=now,
        was_taken_back=now is None and queries.was_taken_back(uow.session, row.id),
        has_changed=now is not None and (now.name, now.days) != (row.badge_name, said),
        address=address_of(now.code) if now is not None else "",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post(OWN)
@access(SIGNED_IN_EDITION)
def issue_certificate(community: str, edition: str) -> AnyResponse:
    """Issue one's own."""
    at = here()
    certifying.issue_own(unit(), at.edition)
    return redirect(at.url("door.certificate"), 303)


@blueprint.get(f"{OWN}.pdf")
@access(SIGNED_IN_EDITION)
def certificate_file(community: str, edition: str) -> Response:
    """One's own, to be printed."""
    at, session = here(), unit().session
    row = queries.mine(session, at.edition.id, viewer_person().id)
    now = queries.standing_of(session, row.id) if row is not None else None
    if now is None:
        raise NotFound
    return _file(at, [now], f"{community}-{edition}-certificate-{now.number}")


# -- the desk -------------------------------------------------------------------------------------------------------


@blueprint.get(f"{BASE}/certificates")
@access(team(MAY_CERTIFY))
def certificates(community: str, edition: str) -> Response:
    """Who came, and who has a certificate."""
    at, uow = here(), unit()
    session, zone = uow.session, at.edition.time_zone
    pager = paging(queries.count_certificates(session, at.edition.id))
    rows = queries.certificates(session, at.edition.id, pager.offset, pager.size)
    return page(
        "door/certificates.html",
        at=at,
        parts=parts(at),
        came=len(queries.came(session, at.edition.id)),
        standing=len(queries.standing(session, at.edition.id)),
        has_begun=uow.now >= at.edition.starts_at,
        pager=pager,
        rows=[(one, days_text(one.days), when_text(one.issued_at, zone)) for one in rows],
    )


@blueprint.post(f"{BASE}/certificates")
@access(team(MAY_CERTIFY))
def issue_certificates(community: str, edition: str) -> AnyResponse:
    """Issue to everybody who came and has none that is right."""
    at = here()
    done = certifying.issue_all(unit(), at.edition, writes=request.form.get("writes") == "y")
    tell(str(_("New certificates: %(number)s.", number=done.new)))
    return redirect(at.url("door.certificates"), 303)


@blueprint.get(f"{BASE}/certificates.pdf")
@access(team(MAY_CERTIFY))
def certificates_file(community: str, edition: str) -> Response:
    """All that stand, to be printed at once."""
    at = here()
    found = sorted(queries.standing(unit().session, at.edition.id).values(), key=lambda one: one.number)
    if not found:
        raise NotFound
    return _file(at, found, f"{community}-{edition}-certificates")


@blueprint.post(f"{BASE}/certificates/<int:certificate_id>/removal")
@access(team(MAY_CERTIFY))
def revoke_certificate(community: str, edition: str, certificate_id: int) -> AnyResponse:
    """Take one back."""
    at = here()
    row = certifying.revoke(unit(), at.edition, certificate_id)
    tell(str(_("Certificate %(number)s does not hold any more.", number=row.number)))
    return redirect(at.url("door.certificates"), 303)


# -- verifying ------------------------------------------------------------------------------------------------------


@blueprint.get("/verify")
@access(PUBLIC)
def verify() -> Response:
    """Where a code is typed from paper."""
    return page("door/verify.html", wrong="", typed="")


@blueprint.post("/verify")
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def verify_typed() -> AnyResponse:
    """The code that was typed."""
    typed = request.form.get("code", "")[:100]
    code = rules.paper_code_of(typed)
    if code is None:
        wrong = str(_("A code has sixteen letters and figures, such as 7K4P-QM2X-B9TR-HW3C."))
        return page("door/verify.html", 422, wrong=wrong, typed=typed)
    return redirect(url_for("door.verified", token=code), 303)


@blueprint.get("/verify/<token>")
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def verified(token: str) -> Response:
    """Whether a certificate holds: its name, its event and its days, and nothing else about anybody."""
    navigation.frame().private = True
    code = rules.paper_code_of(token)
    digest = token_hash(code) if code is not None else ""
    found = queries.by_code_hash(unit().session, digest)
    if found is None:
        return _verified_letter(digest)
    row, edition = found
    return page("door/verified.html", found=row, edition=edition, days=days_text(row.days))


def _verified_letter(digest: str) -> Response:
    letter = queries.letter_by_code_hash(unit().session, digest)
    if letter is None:
        return page("door/verified.html", 404, found=None)
    is_issued, is_purged = letter.issued_at is not None, letter.purged_at is not None
    row = letter.registration
    holds = rules.letter_holds(is_issued=is_issued, is_purged=is_purged, state=row.state, mode=row.kind.mode)
    return page("door/verified_letter.html", name=letter.passport.get("name", "") if holds else "", holds=holds)
