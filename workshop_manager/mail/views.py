"""The demo's mailbox: mails that were kept instead of sent. In production it does not exist."""

from flask import Blueprint, Response, request

from workshop_manager.core.errors import NotFound
from workshop_manager.mail import queries
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.headers import SANDBOX
from workshop_manager.web.pages import page
from workshop_manager.web.request import settings, unit

blueprint = Blueprint("mail", __name__)


def _demo_only() -> None:
    if not settings().is_demo or settings().mail_delivery != "keep":
        raise NotFound


@blueprint.get("/demo/mails/")
@access(PUBLIC)
def mailbox() -> Response:
    """The latest kept mails, for one address if asked."""
    _demo_only()
    address = request.args.get("to", "")[:320]
    mails = queries.kept_mails(unit().session, address or None)
    return page("mail/mailbox.html", mails=mails, address=address)


@blueprint.get("/demo/mails/<int:mail_id>")
@access(PUBLIC)
def kept_mail(mail_id: int) -> Response:
    """One kept mail: its text, and its HTML in a frame."""
    _demo_only()
    mail = queries.find_kept(unit().session, mail_id)
    if mail is None:
        raise NotFound
    return page("mail/kept.html", mail=mail)


@blueprint.get("/demo/mails/<int:mail_id>/html")
@access(PUBLIC)
def kept_html(mail_id: int) -> Response:
    """The HTML part as a mail program would show it, sandboxed."""
    _demo_only()
    mail = queries.find_kept(unit().session, mail_id)
    if mail is None:
        raise NotFound
    response = Response(mail.html_body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = SANDBOX.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
