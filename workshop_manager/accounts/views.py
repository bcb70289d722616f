"""The doors: signing in and out, registering, links from mails. A link's page is shown by GET and acts by POST."""

import structlog
from flask import Blueprint, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import Field

from workshop_manager.accounts import attempts, kept, one_time, passkeys, second_step, service, sessions
from workshop_manager.accounts.doors import STEP, home, let_in
from workshop_manager.accounts.forms import (
    AnswerForm,
    CodeForm,
    LinkForm,
    MakeAccountForm,
    RegisterForm,
    ResetForm,
    SignInForm,
)
from workshop_manager.accounts.models import OneTimeToken, Person
from workshop_manager.accounts.queries import find_person
from workshop_manager.accounts.states import Purpose
from workshop_manager.core.errors import NotFound
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.application import commit_anyway
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import settings, unit, viewer_person
from workshop_manager.web.urls import next_address

blueprint = Blueprint("accounts", __name__)
log = structlog.get_logger("workshop_manager.security")
ASKED = "asked"
"""Session key: the address a link was asked for, to be named on the next page."""
CHALLENGE = "challenge"


def _next() -> str:
    return next_address("")


def _doors(status: int, *, link: LinkForm | None = None, by_password: SignInForm | None = None) -> Response:
    return page(
        "accounts/sign_in.html",
        status,
        link=link or LinkForm(formdata=None),
        by_password=by_password or SignInForm(formdata=None),
        next=_next(),
        passkeys=passkeys.site(settings(), request.host) is not None,
        is_kept=kept.is_waiting(unit()),
    )


@blueprint.get("/sign-in")
@access(PUBLIC)
def sign_in() -> Response:
    """All ways of signing in."""
    if viewer_person() is not None:
        return redirect(_next() or home(), 303)
    return _doors(200)


@blueprint.post("/sign-in")
@access(PUBLIC)
def sign_in_by_password() -> Response:
    """Sign in by address and password."""
    form = SignInForm()
    if not form.is_sent:
        return _doors(422, by_password=form)
    email = form.email.data or ""
    attempts.count_sign_in(email)
    person = service.check_password(unit(), email, form.password.data or "")
    if person is None:
        log.warning("sign-in refused", method="password", source=attempts.source())
        what = _("This address and this password do not belong together. Try again, or let us mail you a link.")
        form.password.errors = [*form.password.errors, str(what)]
        return _doors(422, by_password=form, link=LinkForm(formdata=None, data={"email": email}))
    if not person.is_confirmed:
        service.ask_for_link(unit(), person.email, _next())
        return _sent(person.email)
    return let_in(unit(), person, "password", _next())


@blueprint.route("/sign-in/link", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in_link() -> Response:
    """Ask for a link by mail; the same link makes an account for somebody new."""
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in", next=_next() or None), 303)
    form = LinkForm()
    if not form.is_sent:
        return _doors(422, link=form)
    email = form.email.data or ""
    attempts.count_mail(email)
    if attempts.may_mail(email):
        service.ask_for_link(unit(), email, _next())
    return _sent(email)


def _sent(email: str) -> Response:
    session[ASKED] = email
    return redirect(url_for("accounts.link_sent"), 303)


@blueprint.get("/sign-in/sent")
@access(PUBLIC)
def link_sent() -> Response:
    """Look into your mail: the same page whoever asked."""
    return page("accounts/sent.html", address=session.get(ASKED, ""), is_kept=kept.is_waiting(unit()))


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def follow_link(token: str) -> Response:
    """A sign-in link: GET shows a button and uses nothing up, POST signs in."""
    if request.method != "POST":
        found = one_time.look_at(unit(), Purpose.SIGN_IN, token)
        return page("accounts/follow_link.html", found=found, token=token) if found else _dead()
    spent = one_time.spend(unit(), Purpose.SIGN_IN, token)
    person = service.prove_address(unit(), spent) if spent else None
    if spent is None or person is None:
        return _dead()
    return let_in(unit(), person, "link", one_time.next_of(spent, token))


def _dead() -> Response:
    """The same for a link that is unknown, used up, too old, or of somebody who has gone."""
    return page("accounts/dead_link.html", 410, form=LinkForm(formdata=None))


@blueprint.route("/register", methods=["GET", "POST"])
@access(PUBLIC)
def register() -> Response:
    """Ask for an account: the mail that follows proves the address, and is the same answer for everybody."""
    form = RegisterForm()
    if form.is_sent:
        email = form.email.data or ""
        attempts.count_mail(email)
        if attempts.may_mail(email):
            service.ask_to_register(unit(), email, form.name.data or "", _next())
        return _sent(email)
    status = 422 if form.is_submitted() else 200
    return page("accounts/register.html", status, form=form, next=_next())


@blueprint.route("/register/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def make_account(token: str) -> Response:
    """The link that makes an account. The password is chosen here, by whoever reads the mail, not by whoever asked."""
    found = one_time.look_at(unit(), Purpose.MAKE_ACCOUNT, token)
    if found is None:
        return _dead()
    form = MakeAccountForm(name=found.details.get("name", ""), about=(found.email or "",))
    if not form.is_sent:
        return page("accounts/make_account.html", 422 if form.is_submitted() else 200, form=form, found=found)
    spent = one_time.spend(unit(), Purpose.MAKE_ACCOUNT, token)
    if spent is None:
        return _dead()
    person = service.make_account(unit(), spent, form.name.data or "", form.password.data or None)
    return let_in(unit(), person, "link", one_time.next_of(spent, token))


@blueprint.route("/reset", methods=["GET", "POST"])
@access(PUBLIC)
def reset() -> Response:
    """Ask for a link to a new password."""
    form = LinkForm()
    if form.is_sent:
        email = form.email.data or ""
        attempts.count_mail(email)
        if attempts.may_mail(email):
            service.ask_for_reset(unit(), email)
        return _sent(email)
    return page("accounts/reset.html", 422 if form.is_submitted() else 200, form=form)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def new_password(token: str) -> Response:
    """A new password by a link. Whoever has two steps gives the second one here too, before anything changes."""
    found, person = _open_token(Purpose.RESET, token)
    if found is None or person is None or second_step.is_worn_out(found):
        return _dead()
    form = ResetForm(about=(person.email, person.name))
    if not person.has_two_steps:
        del form.code
    if form.is_sent and (not person.has_two_steps or _code_is_right(found, person, form.code)):
        if found.used_at is None:  # a second click changes nothing more
            service.prove_address(unit(), found)
            service.reset_password(unit(), person, form.password.data or "", found)
            one_time.spend(unit(), Purpose.RESET, token)
        sessions.start(unit(), person, "link")
        tell(str(_("Your password is changed, and every other device is signed out.")))
        return redirect(kept.way(unit(), person, home()), 303)
    return page("accounts/new_password.html", 422 if form.is_submitted() else 200, form=form, person=person)


@blueprint.route("/sign-in/second-step", methods=["GET", "POST"], endpoint="second_step")
@access(PUBLIC)
def take_second_step() -> Response:
    """The second step: a code, after a password or a link."""
    token = str(session.get(STEP, ""))
    found, person = _open_token(Purpose.SECOND_STEP, token)
    if found is None or person is None:
        return redirect(url_for("accounts.sign_in"), 303)
    target = one_time.next_of(found, token) or home()
    form = CodeForm()
    if form.is_sent and _code_is_right(found, person, form.code):
        one_time.spend(unit(), Purpose.SECOND_STEP, token)
        sessions.start(unit(), person, found.details["method"])
        log.info("signed in", person=person.id, method=f"{found.details['method']}+code", source=attempts.source())
        return redirect(target, 303)
    if second_step.is_worn_out(found):
        session.pop(STEP, None)
        tell(str(_("Those were five wrong codes. Begin again, so that nobody can try them all.")), "warning")
        return redirect(url_for("accounts.sign_in", next=target), 303)
    return page(
        "accounts/second_step.html",
        422 if form.is_submitted() else 200,
        form=form,
        next=target,
        passkeys=passkeys.site(settings(), request.host) is not None,
    )


def _open_token(purpose: Purpose, token: str) -> tuple[OneTimeToken | None, Person | None]:
    """A token that works now, locked if this request may use it up, and the person it is about."""
    find = one_time.lock if request.method == "POST" else one_time.look_at
    found = find(unit(), purpose, token)
    person = find_person(unit().session, found.person_id) if found and found.person_id else None
    return (found, person) if person is not None and person.active else (None, None)


def _code_is_right(found: OneTimeToken, person: Person, field: Field) -> bool:
    """Takes the code, or says at the field that it is wrong; a wrong one counts although the page comes back."""
    if found.used_at is not None:  # a second click of the browser that has just given the right one
        return True
    attempts.count_code(person.id)
    if second_step.take(unit(), found, person, field.data or ""):
        return True
    commit_anyway()
    field.errors = [*field.errors, str(_("That code is not right, or was used before. Wait for the next one."))]
    return False


@blueprint.route("/sign-in/passkey", methods=["GET", "POST"])
@access(PUBLIC)
def passkey_sign_in() -> Response:
    """POST makes a challenge, GET shows the page on which the browser asks for the passkey."""
    here = passkeys.site(settings(), request.host)
    if here is None:
        raise NotFound
    if request.method == "POST":
        attempts.count_passkey()
        session[CHALLENGE] = one_time.issue(unit(), Purpose.PASSKEY_SIGN_IN, next=_next())
        return redirect(url_for("accounts.passkey_sign_in"), 303)
    challenge = str(session.get(CHALLENGE, ""))
    if one_time.look_at(unit(), Purpose.PASSKEY_SIGN_IN, challenge) is None:
        return redirect(url_for("accounts.sign_in"), 303)
    options = passkeys.options_to_sign_in(here, challenge)
    return page("accounts/passkey_sign_in.html", options=options, form=AnswerForm())


@blueprint.post("/sign-in/passkey/answer")
@access(PUBLIC)
def passkey_answer() -> Response:
    """What the device signed."""
    here = passkeys.site(settings(), request.host)
    if here is None:
        raise NotFound
    attempts.count_passkey()
    challenge = str(session.pop(CHALLENGE, ""))
    spent = one_time.spend(unit(), Purpose.PASSKEY_SIGN_IN, challenge)
    try:
        if spent is None:
            raise passkeys.NotAPasskey("unknown challenge")
        person = passkeys.whose(unit(), here, challenge, AnswerForm().credential.data or "")
    except passkeys.NotAPasskey as error:
        log.warning("sign-in refused", method="passkey", why=str(error), source=attempts.source())
        tell(str(_("That passkey does not open an account here. Use another one, or a link by mail.")), "warning")
        return redirect(
            url_for("accounts.sign_in", next=one_time.next_of(spent, challenge) or None if spent else None), 303
        )
    return let_in(unit(), person, "passkey", one_time.next_of(spent, challenge))


@blueprint.route("/account/email/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def confirm_email(token: str) -> Response:
    """The link that makes a new address the person's; it works on whatever device the mail is read."""
    found = one_time.look_at(unit(), Purpose.CHANGE_EMAIL, token)
    if found is None:
        return _dead()
    if request.method != "POST":
        return page("accounts/confirm_email.html", found=found, token=token)
    spent = one_time.spend(unit(), Purpose.CHANGE_EMAIL, token)
    if spent is None:
        return _dead()
    person = service.change_email(unit(), spent)
    tell(str(_("Your address is now %(new)s.", new=person.email)))
    return redirect(url_for("accounts.profile" if viewer_person() else "accounts.sign_in"), 303)


@blueprint.route("/sign-out", methods=["GET", "POST"])
@access(PUBLIC)
def sign_out() -> Response:
    """End the session, on the server too; whoever comes by an address or a bookmark is asked first."""
    person = viewer_person()
    if request.method != "POST":
        return page("accounts/sign_out.html")
    sessions.end(unit())
    if person is not None:
        log.info("signed out", person=person.id)
    return redirect("/", 303)
