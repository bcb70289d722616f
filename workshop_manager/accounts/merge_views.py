"""Two accounts of one person become one: asking, the link in the other mailbox with its preview, and letting go."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from workshop_manager.accounts import attempts, merging, one_time, queries, second_step
from workshop_manager.accounts.account_views import afresh, own, status_of
from workshop_manager.accounts.doors import is_really, me
from workshop_manager.accounts.forms import MergeCodeForm, MergeForm, OtherAccountForm
from workshop_manager.accounts.models import OneTimeToken
from workshop_manager.accounts.states import Purpose
from workshop_manager.accounts.views import blueprint
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.web.access import SIGNED_IN, access
from workshop_manager.web.application import commit_anyway
from workshop_manager.web.forms import tell
from workshop_manager.web.request import unit


@blueprint.route("/account/merging", methods=["GET", "POST"])
@access(SIGNED_IN)
def other_account() -> Response:
    """Name another account of one's own: its mailbox gets a link. Lists those that ended in this one before."""
    if (instead := afresh()) is not None:
        return instead
    person = me()
    form = OtherAccountForm(person)
    if is_really(form, person):
        address = form.email.data or ""
        attempts.count_mail(address)
        if attempts.may_mail(address):
            merging.ask(unit(), person, address)
        what = _("If %(address)s has an account, a link is on its way there. Open it in this browser.", address=address)
        tell(str(what), "info")
        return redirect(url_for("accounts.other_account"), 303)
    ended = [one for one in queries.merged_into(unit().session, person.id) if not merging.is_let_go(one)]
    return own("other_account", status_of(form), form=form, person=person, ended=ended)


@blueprint.post("/account/merging/addresses/<int:gone_id>/removal")
@access(SIGNED_IN)
def let_address_go(gone_id: int) -> Response:
    """The address of an account that ended in this one leads here no longer."""
    address = merging.let_go(unit(), me(), gone_id)
    if address is None:
        raise NotFound
    tell(str(_("%(address)s is free: whoever reads that mailbox can make an account with it.", address=address)))
    return redirect(url_for("accounts.other_account"), 303)


@blueprint.route("/account/merging/<token>", methods=["GET", "POST"])
@access(SIGNED_IN)
def merging_link(token: str) -> Response:
    """What would happen, from the mail to the other address; a POST makes the two accounts one."""
    find = one_time.lock if request.method == "POST" else one_time.look_at
    found = find(unit(), Purpose.MERGE, token)
    pair = merging.pair_of(unit(), found, me()) if found is not None else None
    if found is None or pair is None or second_step.is_worn_out(found):
        return own("merging_over", 404)
    if not merging.is_open(found, pair):
        return _step_first(found, pair, token)
    look = merging.look(unit(), pair)
    form = MergeForm()
    status = status_of(form)
    if form.is_sent and not look.refusals:
        try:
            merging.merge(unit(), pair, form.seen.data or "")
        except Conflict as refusal:
            form.form_errors.append(refusal.sentence)
            status = 409
        else:
            tell(str(_("Your two accounts are one now.")))
            return redirect(url_for("accounts.profile"), 303)
    if look.refusals and form.is_submitted():
        status = 409
    form.seen.data = look.digest
    return own("merging", status, form=form, pair=pair, look=look, token=token)


def _step_first(found: OneTimeToken, pair: merging.Pair, token: str) -> Response:
    """Who only reads the other mailbox learns nothing of what an account with a second step holds."""
    form = MergeCodeForm()
    if form.is_sent:
        attempts.count_code(pair.gone.id)
        if second_step.take(unit(), found, pair.gone, form.code.data or ""):
            merging.open_with_code(unit(), found)
            return redirect(url_for("accounts.merging_link", token=token), 303)
        commit_anyway()  # a wrong one counts although the page comes back
        what = _("That code is not right, or was used before. Wait for the next one.")
        form.code.errors = [*form.code.errors, str(what)]
    return own("merging_step", status_of(form), form=form, pair=pair, token=token)
