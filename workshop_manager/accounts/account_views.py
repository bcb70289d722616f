"""A person's own pages: who they are to others, how they sign in, where they are signed in, and the way out."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, session, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.accounts import attempts, erasure, one_time, passkeys, queries, second_step, service, sessions
from workshop_manager.accounts.doors import is_really, log, me
from workshop_manager.accounts.forms import (
    AnswerForm,
    CodesForm,
    EmailForm,
    EraseForm,
    PasskeyForm,
    PasswordForm,
    PresentForm,
    ProfileForm,
    SessionsForm,
    TwoStepForm,
    countries,
)
from workshop_manager.accounts.models import Listing, SignIn
from workshop_manager.accounts.rules import browser_name
from workshop_manager.accounts.states import Purpose
from workshop_manager.accounts.views import blueprint
from workshop_manager.accounts.words import LISTING_TEXTS, listing_name
from workshop_manager.core.errors import NotFound
from workshop_manager.web.access import SIGNED_IN, access
from workshop_manager.web.forms import tell
from workshop_manager.web.navigation import frame
from workshop_manager.web.pages import page
from workshop_manager.web.request import settings, unit
from workshop_manager.web.urls import next_address

CHALLENGE = "new-passkey"
ALL_OTHERS = "others"
PLAIN = ("legal_name", "pronouns", "affiliation", "time_zone")


def own(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the account, which nobody else keeps."""
    frame().private = True
    return page(f"accounts/{template}.html", status, **values)


def status_of(form: Any) -> int:
    """422 for a form that comes back."""
    return 422 if form.is_submitted() else 200


def afresh() -> Response | None:
    """Somebody without a password changes how they sign in only shortly after signing in."""
    if me().password is not None or sessions.is_fresh(unit()):
        return None
    return own("afresh", 403 if request.method == "POST" else 200, next=request.path)


@blueprint.post("/account/fresh-link")
@access(SIGNED_IN)
def fresh_link() -> Response:
    """Mail a sign-in link to oneself, to come back to the page just left."""
    person = me()
    attempts.count_mail(person.email)
    service.ask_for_link(unit(), person.email, next_address(""))
    session["asked"] = person.email
    return redirect(url_for("accounts.link_sent"), 303)


# Who one is to others.


@blueprint.route("/account", methods=["GET", "POST"])
@access(SIGNED_IN)
def profile() -> Response:
    """Name, pronouns, affiliation, country, zone, legal name, and how one appears."""
    person = me()
    saved = {name: getattr(person, name) for name in ("name", *PLAIN, "version")}
    form = ProfileForm(data=saved | {"listing": person.listing.value, "country": person.country or ""})
    status = 200
    if form.is_submitted():
        status = 422
    if form.is_sent:
        try:
            service.change_profile(unit(), person, form.profile, _number(form.version.data))
        except service.StaleProfile as stale:
            status = 409
            form.form_errors.append(_stale_text(form, stale))
            form.version.data = str(person.version)
        else:
            tell(str(_("Your profile is saved.")))
            return redirect(url_for("accounts.profile"), 303)
    return own(
        "profile",
        status,
        form=form,
        person=person,
        listing_texts={value.value: str(text) for value, text in LISTING_TEXTS.items()},
        passkeys=len(queries.passkeys_of(unit().session, person.id)),
        sessions=len(queries.sign_ins_of(unit().session, person.id, unit().now)),
    )


def _number(typed: object) -> int:
    text = str(typed)  # a number already, where the form came without this field
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _stale_text(form: ProfileForm, stale: service.StaleProfile) -> str:
    names = {choice.value: choice.label for choice in countries()}
    parts = []
    for name, value in stale.changed.items():
        if isinstance(value, Listing):
            shown = listing_name(value)
        else:
            shown = str(names.get(str(value), value) if name == "country" else value or _("empty"))
        parts.append(f"{form[name].label.text}: “{shown}”")
    return str(
        _(
            "Your profile was changed in another tab meanwhile. Saved there: %(list)s. What you typed stands below; "
            "save again to keep it instead.",
            list="; ".join(parts),
        )
    )


# How one signs in.


@blueprint.route("/account/password", methods=["GET", "POST"])
@access(SIGNED_IN)
def password() -> Response:
    """A new password, or a first one."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    form = PasswordForm(person)
    if is_really(form, person):
        service.set_password(unit(), person, form.password.data or "")
        tell(str(_("Your password is changed, and every other device is signed out.")))
        return redirect(url_for("accounts.profile"), 303)
    return own("password", status_of(form), form=form, person=person)


@blueprint.route("/account/email", methods=["GET", "POST"])
@access(SIGNED_IN)
def email() -> Response:
    """A new address: nothing changes until the link mailed there is used."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    form = EmailForm(person)
    if is_really(form, person):
        address = form.email.data or ""
        attempts.count_mail(address)
        service.ask_to_change_email(unit(), person, address)
        what = _("We have mailed a link to %(new)s. Your address changes once you open it there.", new=address)
        tell(str(what), "info")
        return redirect(url_for("accounts.profile"), 303)
    return own("email", status_of(form), form=form, person=person)


@blueprint.route("/account/two-step", methods=["GET", "POST"])
@access(SIGNED_IN)
def two_step() -> Response:
    """Turn the second step on: secret, recovery codes, and a code to show that the app works."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    if person.has_two_steps:
        return own("two_step_on", person=person, left=len(person.mf_recovery_codes or []))
    form = TwoStepForm(person)
    given = second_step.opened(unit(), person, form.sealed.data or "") if form.is_submitted() else None
    if given is not None and is_really(form, person):
        if second_step.turn_on(unit(), person, given, form.code.data or ""):
            tell(str(_("Signing in takes two steps from now on. Every other device is signed out.")))
            return redirect(url_for("accounts.two_step"), 303)
        form.code.errors = [*form.code.errors, str(_("That is not the code the app shows now. Try the next one."))]
    if form.is_submitted() and given is None:
        form.form_errors.append(_too_old())
    offer = given or second_step.offer(unit(), person)
    form.sealed.data = offer.sealed
    return own("two_step", status_of(form), form=form, person=person, offer=offer)


def _too_old() -> str:
    return str(_("What was shown is too old by now. Here is a new one; nothing has changed yet."))


@blueprint.route("/account/two-step/removal", methods=["GET", "POST"])
@access(SIGNED_IN)
def two_step_removal() -> Response:
    """One step is enough again."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    if not person.has_two_steps:
        return redirect(url_for("accounts.two_step"), 303)
    form = PresentForm(person)
    if is_really(form, person):
        second_step.turn_off(unit(), person)
        tell(str(_("Signing in takes one step again. Every other device is signed out.")))
        return redirect(url_for("accounts.profile"), 303)
    return own("two_step_removal", status_of(form), form=form)


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@access(SIGNED_IN)
def recovery_codes() -> Response:
    """New recovery codes: shown first, in force once they are accepted."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    if not person.has_two_steps:
        return redirect(url_for("accounts.two_step"), 303)
    form = CodesForm(person)
    given = second_step.opened(unit(), person, form.sealed.data or "") if form.is_submitted() else None
    if given is not None and is_really(form, person):
        second_step.renew_codes(unit(), person, given)
        tell(str(_("The new recovery codes are in force. The old ones open nothing any more.")))
        return redirect(url_for("accounts.two_step"), 303)
    if form.is_submitted() and given is None:
        form.form_errors.append(_too_old())
    offer = given or second_step.offer(unit(), person, only_codes=True)
    form.sealed.data = offer.sealed
    return own("recovery_codes", status_of(form), form=form, offer=offer)


@blueprint.route("/account/passkeys", methods=["GET", "POST"])
@access(SIGNED_IN)
def own_passkeys() -> Response:
    """A person's passkeys, and the first half of adding one: its name and the present password."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    here = passkeys.site(settings(), request.host)
    form = PasskeyForm(person)
    if here is not None and is_really(form, person):
        passkeys.prepare(unit(), person)
        session[CHALLENGE] = one_time.issue(unit(), Purpose.PASSKEY_NEW, person_id=person.id, name=form.name.data or "")
        return redirect(url_for("accounts.new_passkey"), 303)
    known = queries.passkeys_of(unit().session, person.id)
    return own(
        "passkeys",
        status_of(form),
        form=form,
        known=known,
        possible=here is not None,
        named=passkeys.name_of_the_demo(settings()),
    )


@blueprint.route("/account/passkeys/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_passkey() -> Response:
    """The second half: the browser asks the device for a key pair."""
    here, person = passkeys.site(settings(), request.host), me()
    challenge = str(session.get(CHALLENGE, ""))
    find = one_time.spend if request.method == "POST" else one_time.look_at
    found = find(unit(), Purpose.PASSKEY_NEW, challenge)
    if here is None or found is None or found.person_id != person.id:
        return redirect(url_for("accounts.own_passkeys"), 303)
    form = AnswerForm()
    if request.method != "POST":
        options = passkeys.options_to_add(unit(), here, person, challenge)
        return own("new_passkey", form=form, options=options, name=found.details["name"])
    session.pop(CHALLENGE, None)
    try:
        passkeys.add(unit(), here, person, found.details["name"], challenge, form.credential.data or "")
    except passkeys.NotAPasskey as error:
        log.warning("passkey not added", person=person.id, why=str(error))
        tell(
            str(_("The passkey was not added: the device did not give what is needed. Nothing has changed.")), "warning"
        )
    else:
        tell(str(_("The passkey is added. Every other device is signed out.")))
    return redirect(url_for("accounts.own_passkeys"), 303)


@blueprint.route("/account/passkeys/<int:passkey_id>/removal", methods=["GET", "POST"])
@access(SIGNED_IN)
def passkey_removal(passkey_id: int) -> Response:
    """Forget a passkey."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    passkey = queries.find_passkey(unit().session, person.id, passkey_id)
    if passkey is None:
        raise NotFound
    form = PresentForm(person)
    if is_really(form, person):
        passkeys.remove(unit(), person, passkey_id)
        tell(str(_("The passkey is removed. Every other device is signed out.")))
        return redirect(url_for("accounts.own_passkeys"), 303)
    return own("passkey_removal", status_of(form), form=form, passkey=passkey)


# Where one is signed in.


@dataclass(frozen=True, slots=True)
class Device:
    """A session as its owner knows it."""

    name: str
    label: str
    since: str
    is_this: bool


def _device(sign_in: SignIn) -> Device:
    browser, system = browser_name(sign_in.browser)
    if browser and system:
        label = _("%(browser)s on %(system)s", browser=browser, system=system)
    else:
        label = browser or system or _("A device we do not know by name")
    here = sessions.current_sign_in()
    since = _("signed in on %(day)s", day=format_date(sign_in.created_at, "EEE d MMMM y"))
    return Device(sessions.name_of(sign_in), str(label), str(since), here is not None and here is sign_in)


@blueprint.route("/account/sessions", methods=["GET", "POST"])
@access(SIGNED_IN)
def own_sessions() -> Response:
    """Every device signed in, and a way to sign the others out."""
    person = me()
    devices = [_device(s) for s in queries.sign_ins_of(unit().session, person.id, unit().now)]
    others = [d for d in devices if not d.is_this]
    may_end = person.password is not None or sessions.is_fresh(unit())
    form = SessionsForm(person)
    everywhere = SelectChoice(ALL_OTHERS, str(_("Everywhere but here")))
    form.which.choices = [everywhere, *(SelectChoice(d.name, f"{d.label}, {d.since}") for d in others)]
    if request.method == "POST" and (instead := afresh()) is not None:
        return instead
    if is_really(form, person):
        if form.which.data == ALL_OTHERS:
            sessions.end_others(unit(), person)
        else:
            sessions.end_one(unit(), person, form.which.data or "")
        log.info("sessions ended", person=person.id)
        tell(str(_("Signed out there.")))
        return redirect(url_for("accounts.own_sessions"), 303)
    return own("sessions", status_of(form), form=form, devices=devices, others=others, may_end=may_end)


# The way out.


@blueprint.route("/account/deletion", methods=["GET", "POST"])
@access(SIGNED_IN)
def deletion() -> Response:
    """Delete the account: what goes, what stays nameless, and why it may not be possible yet."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    refused = erasure.objections(unit(), person)
    form = EraseForm(person)
    if not refused and is_really(form, person):
        erasure.erase(unit(), person)
        sessions.end(unit())
        tell(str(_("Your account is deleted. Thank you for having been here.")))
        return redirect("/", 303)
    status = 409 if refused and form.is_submitted() else status_of(form)
    return own("deletion", status, form=form, refused=refused)
