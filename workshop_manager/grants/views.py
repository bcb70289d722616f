"""Pages for everybody and for applicants: what there is, the application, the answer to an offer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict
from workshop_manager.core.money import exponent
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.forms import add_error
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.funds.states import Account
from workshop_manager.grants import asking, cover, panels, queries, rounds, rules, service, visa, words
from workshop_manager.grants.costs import Limit, nights
from workshop_manager.grants.forms import AnswerForm, ApplicationForm, answer_form, application_form
from workshop_manager.grants.models import Application, GrantCap, Line
from workshop_manager.grants.rules import COMMITTED, Gap, Phase
from workshop_manager.grants.states import Action, AwardState, CostKind, State, Visa
from workshop_manager.questions import filling
from workshop_manager.questions.content import Sheet
from workshop_manager.questions.rules import Gap as Unanswered
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import deadline_text, when_text
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.dates import by_key, text_of, thread, timeline
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("grants", __name__)
BASE = "/<community>/<edition>/grants"


# -- what there is --------------------------------------------------------------------------------------------------


@blueprint.get(BASE)
@access(EDITION)
@kept_for_visitors
def overview(community: str, edition: str) -> Response:
    """What the grants are for, what can be asked for, until when, and how it is decided."""
    at, uow = here(), unit()
    dates = workshops.dates(uow.session, at.edition.id)
    keyed: cover.Keyed = by_key(dates)
    funds = fund_rows.funds(uow.session, at.edition.id)
    texts = queries.settings_of(uow.session, at.edition.id)
    caps = queries.caps(uow.session, at.edition.id)
    current = rounds.now(uow, at.edition, keyed, has_funds=bool(funds), looks_ahead=True, first_name=texts.round_name)
    phase, keyed = current.phase, current.window.dates
    is_over = phase is not Phase.OPEN and uow.now > at.edition.ends_at
    person = viewer_person()
    state = queries.state_of(uow.session, at.edition.id, person.id) if person else None
    navigation.frame().canonical = absolute("grants.overview", community=community, edition=edition)
    return page(
        "grants/overview.html",
        edition=at.edition,
        phase=phase.value,
        is_over=is_over,
        sign=("rest", str(_("Over"))) if is_over else words.phase_sign(phase),
        due=text_of(keyed.get(DateKey.GRANTS_DUE)),
        opens=text_of(keyed.get(DateKey.GRANTS_OPEN)),
        heard=text_of(keyed.get(DateKey.GRANTS_NOTIFICATION)),
        thread=thread(dates, uow.now, cover.SHOWN_TO_APPLICANTS, _also(current)),
        rounds=[_round_row(one, funds, at, current) for one in current.windows] if current.several else [],
        round_name=current.window.name if current.several else "",
        about=render_markdown(texts.about) if texts.about else None,
        deciding=render_markdown(texts.deciding) if texts.deciding else None,
        funds=funds,
        kinds=[
            (
                words.kind_icon(kind),
                words.kind_name(kind),
                ", ".join(
                    [words.kind_hint(kind), *(words.limit_text(c.limit, c.currency) for c in caps if c.kind is kind)]
                ),
            )
            for kind in CostKind
        ],
        state=state.value if state else None,
        state_sign=words.state_sign(state) if state else None,
        apply_url=at.url("grants.application"),
        funds_url=at.url("funds.desk_funds") if at.standing.may(MAY_FUNDS) else None,
    )


def _also(current: rounds.Now) -> set[int]:
    """The dates of further rounds, by id."""
    return {date.id for window in current.windows[1:] for date in window.dates.values()}


def _round_row(window: rounds.Window, funds: Sequence[Fund], at: Here, current: rounds.Now) -> dict[str, Any]:
    phase = window.phase(unit().now, has_funds=bool(funds), is_off=at.edition.is_cancelled)
    return {
        "name": window.name,
        "about": window.about,
        "sign": words.phase_sign(phase),
        "due": text_of(window.dates.get(DateKey.GRANTS_DUE)),
        "opens": text_of(window.dates.get(DateKey.GRANTS_OPEN)) if phase is Phase.AHEAD else None,
        "is_current": window is current.window,
    }


# -- applying -------------------------------------------------------------------------------------------------------


@blueprint.get(f"{BASE}/application")
@access(SIGNED_IN_EDITION)
def application(community: str, edition: str) -> AnyResponse:
    """One's application: the form while there is a draft or none, else where it stands and what one can do."""
    at, bench = here(), _bench()
    found = bench.found
    if found is None and bench.phase is not Phase.OPEN:
        return redirect(at.url("grants.overview"), 303)
    if found is None or (found.state is State.DRAFT and bench.phase is Phase.OPEN):
        return _form_page(at, bench, bench.form())
    return _status_page(at, bench, found)


@blueprint.get(f"{BASE}/application/edit")
@access(SIGNED_IN_EDITION)
def edit(community: str, edition: str) -> AnyResponse:
    """What one handed in, to be changed; or to be begun again after it was withdrawn."""
    at, bench = here(), _bench()
    if not bench.may_edit:
        return redirect(at.url("grants.application"), 303)
    return _form_page(at, bench, bench.form())


@blueprint.post(f"{BASE}/application")
@access(SIGNED_IN_EDITION)
def application_sent(community: str, edition: str) -> AnyResponse:
    """Save the application, and hand it in if asked."""
    at, uow, bench = here(), unit(), _bench()
    if not bench.may_edit:
        return _too_late(at, bench)
    form = bench.form()
    content = form.content(bench.sheet, bench.answers) if form.is_sent else None
    must_be_complete = request.form.get("do") == "submit" or bench.state is State.SUBMITTED
    if content is None or form.show_all(_missing(bench, content, must_be_complete=must_be_complete)):
        return _form_page(at, bench, form, 422)
    try:
        saved = service.save(uow, at.edition, content, started_from=form.started_from)
        if must_be_complete and saved.state is State.DRAFT:
            service.submit(uow, at.edition)
            tell(str(_("Your application is in, and a mail says so. You can change it until the deadline.")))
        elif must_be_complete:
            tell(str(_("Saved. The last version counts.")))
        else:
            tell(str(_("Draft saved. It is not handed in yet.")))
    except FieldConflict as refusal:
        form.refuse(refusal)
        return _form_page(at, bench, form, 422)
    except Stale:
        form.version.data = str(bench.version)
        return _form_page(at, bench, form, 422, is_stale=True)
    return redirect(at.url("grants.application"), 303)


def _too_late(at: Here, bench: "Bench") -> Response:
    """Nothing is saved, and what was typed is on the page all the same."""
    require_on(at.edition)
    if bench.phase not in (Phase.OPEN, Phase.CLOSED) or not bench.funds:
        raise Conflict(_closed(bench))
    return _form_page(at, bench, bench.form(), 409, closed=_closed(bench))


@blueprint.post(f"{BASE}/application/draft")
@access(SIGNED_IN_EDITION)
def keep(community: str, edition: str) -> AnyResponse:
    """Keep a draft while it is typed. For the page's script, which shows when that was, or why it was not."""
    at, bench = here(), _bench()
    try:
        if not bench.may_edit:
            require_on(at.edition)
            raise Conflict(_closed(bench))
        form = bench.form()
        content = form.content(bench.sheet, bench.answers) if form.is_sent else None
        if content is None:
            refused = next((str(error) for errors in form.errors.values() for error in errors), "")
            return _not_kept(refused, 422)
        kept = service.keep_typing(unit(), at.edition, content, started_from=form.started_from)
    except Stale:
        return _not_kept(str(_("Another version was saved meanwhile. Save with the button to see both.")), 409)
    except Conflict as refusal:
        return _not_kept(refusal.sentence, 409)
    if kept is None:
        return jsonify(saved=False, message=str(_("Nothing to save yet.")))
    when = when_text(kept.changed_at, viewer_zone() or at.edition.time_zone)
    return jsonify(saved=True, version=str(kept.version), message=str(_("Draft saved at %(when)s", when=when)))


def _not_kept(why: str, status: int) -> Response:
    answer = jsonify(saved=False, message=str(_("Not saved yet: %(why)s", why=why)))
    answer.status_code = status
    return answer


def _missing(
    bench: "Bench", content: service.ApplicationContent, *, must_be_complete: bool
) -> Iterator[Gap | Unanswered]:
    """What cannot be kept as it is typed; and for handing in, what is not there yet."""
    yield from rules.refusals(content.costs, content.arrives_on, content.departs_on)
    if must_be_complete:
        yield from rules.gaps(content.asked, content.statement)
        stayed = nights(content.arrives_on, content.departs_on)
        limit = bench.limits(content.currency).get(CostKind.LODGING)
        gap = rules.days_gap(limit, stayed, has_lodging=content.has_lodging)
        yield from [gap] if gap else []
        yield from asking.gaps(unit(), bench.sheet, content.answers)


@dataclass(frozen=True, slots=True)
class Bench:
    """What every page of an applicant asks for once."""

    found: Application | None
    funds: Sequence[Fund]
    current: rounds.Now
    caps: Sequence[GrantCap]
    sheet: Sheet
    answers: Mapping[int, Any]

    def limits(self, currency: str) -> dict[CostKind, Limit]:
        """The caps in that currency."""
        return {cap.kind: cap.limit for cap in self.caps if cap.currency == currency}

    @property
    def dates(self) -> cover.Keyed:
        """Of the round that counts now."""
        return self.current.window.dates

    @property
    def phase(self) -> Phase:
        return self.current.phase

    @property
    def is_earlier(self) -> bool:
        """What there is, is of a round before this one."""
        return self.found is not None and self.found.round < self.current.window.number

    @property
    def begins_again(self) -> bool:
        """It is over, and another can begin; what it says is where the new one starts from."""
        return self.found is not None and service.begins_again(self.found, self.current.window.number)

    @property
    def may_edit(self) -> bool:
        return rules.may_edit(
            self.found.state if self.found else None,
            self.phase,
            is_earlier=self.is_earlier,
            was_given=self.found is not None and self.found.was_given,
        )

    @property
    def version(self) -> int:
        """Of what the form would change; 0 if it begins one."""
        return self.found.version if self.found and not self.begins_again else 0

    @property
    def state(self) -> State | None:
        """Of what the form would change; None if it begins one."""
        return self.found.state if self.found and not (self.begins_again and self.may_edit) else None

    @property
    def currencies(self) -> list[str]:
        """Those of the funds: only they can help."""
        return list(dict.fromkeys(fund.currency for fund in self.funds))

    def form(self) -> ApplicationForm:
        """The form, filled from what is stored, or with what was sent."""
        made: ApplicationForm = application_form(self.currencies, self.found, self.sheet, self.answers, unit().now)
        if self.begins_again and not made.is_submitted():
            made.version.data = str(self.version)
        return made


def _bench() -> Bench:
    at, uow = here(), unit()
    found = queries.application_of(uow.session, at.edition.id, viewer_person().id)
    funds = fund_rows.funds(uow.session, at.edition.id)
    dates = workshops.dates(uow.session, at.edition.id)
    others = [row for row in dates if row.key is DateKey.OTHER]
    caps = queries.caps(uow.session, at.edition.id)
    sheet = asking.sheet_of(uow, at.edition.id)
    current = rounds.now(uow, at.edition, by_key(dates), has_funds=bool(funds), others=others)
    return Bench(found, funds, current, caps, sheet, asking.answers_of(uow, sheet, found))


def _closed(bench: Bench) -> str:
    due = bench.dates.get(DateKey.GRANTS_DUE)
    if bench.phase is Phase.CLOSED and due is not None:
        when = when_text(due.at, due.zone)
        return str(_("The deadline was %(when)s. What you sent after it was not saved.", when=when))
    if bench.phase is Phase.OPEN:
        return str(_("This application is answered, so it cannot be changed any more."))
    return str(_("Applications are not open yet. Nothing was saved."))


@dataclass(frozen=True, slots=True)
class CapText:
    """The most for a kind of cost in one currency."""

    text: str
    fact: str
    """For the browser: currency, minor units and nights."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """A kind of cost in the form: its two fields are `form["amount_" ~ key]` and `form["about_" ~ key]`."""

    key: str
    name: str
    icon: str
    hint: str
    caps: tuple[CapText, ...]
    is_open: bool
    """Something is said about who else pays."""


def _cost_row(kind: CostKind, bench: Bench, form: ApplicationForm) -> CostRow:
    caps = tuple(
        CapText(
            words.limit_text(cap.limit, cap.currency), f"{cap.currency}:{cap.amount}:{cap.nights if cap.nights else 0}"
        )
        for cap in bench.caps
        if cap.kind is kind and cap.currency in bench.currencies
    )
    is_open = any(form[f"{part}_{kind.value}"].data or form[f"{part}_{kind.value}"].errors for part in ("own", "paid"))
    return CostRow(kind.value, words.kind_name(kind), words.kind_icon(kind), words.kind_hint(kind), caps, is_open)


def _form_page(
    at: Here, bench: Bench, form: ApplicationForm, status: int = 200, *, is_stale: bool = False, closed: str = ""
) -> Response:
    navigation.frame().private = True
    found, state = bench.found, bench.state
    parts, seat, _place = _computed(at)
    return page(
        "grants/form.html",
        status,
        form=form,
        costs=[_cost_row(kind, bench, form) for kind in CostKind],
        sections=filling.sections(
            form,
            bench.sheet,
            filling.typed_answers(form, bench.sheet, bench.answers),
            asking.EVERYBODY,
            asking.EVERYBODY,
            unit().now,
        ),
        digits=" ".join(f"{currency}:{exponent(currency)}" for currency in bench.currencies),
        currencies=bench.currencies,
        is_draft=state is not State.SUBMITTED,
        is_new=found is None or bench.begins_again,
        round_name=bench.current.window.name if bench.current.several else "",
        is_stale=is_stale,
        closed=closed,
        keep_url=at.url("grants.keep") if state in (None, State.DRAFT) and not closed else None,
        theirs=_shown(found) if is_stale and found else [],
        saved_at=when_text(found.changed_at, viewer_zone() or at.edition.time_zone)
        if found and not bench.begins_again
        else None,
        due=text_of(bench.dates.get(DateKey.GRANTS_DUE)),
        words_limit=rules.STATEMENT_WORDS,
        parts=parts,
        seat=seat,
        action=at.url("grants.application_sent"),
        overview_url=at.url("grants.overview"),
        saved_url=at.url("grants.edit"),
        discard_url=at.url("grants.discard") if state is State.DRAFT else None,
        contact=at.edition.contact_email,
    )


def _shown(found: Application) -> list[tuple[str, str]]:
    """What is saved, to be compared with what was typed."""
    rows = [(words.kind_name(line.kind), words.money(line.asked, found.currency)) for line in found.lines]
    texts = ((_("What the grant would make possible"), found.statement), (_("Other funding"), found.other_funding))
    said = [(one.label, one.text) for one in asking.read(unit(), found)]
    return rows + [(str(label), text) for label, text in texts if text] + said


def _computed(at: Here) -> tuple[str, str, queries.Seat | None]:
    """What the committee sees beside an application and nobody is asked: submissions and registration, if any."""
    session, me = unit().session, viewer_person().id
    parts = queries.parts_of(session, at.edition.id, [me]).get(me, [])
    seat = queries.seats_of(session, at.edition.id, [me]).get(me)
    return words.part_text(parts) or str(_("no submission")), words.seat_text(seat), seat


# -- where it stands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of one's application: what was asked, and what came of it (empty before an answer)."""

    id: int
    name: str
    icon: str
    about: str
    asked: str
    given: str
    word: str
    cut: str


def _line_row(line: Line, currency: str, limit: Limit | None) -> LineRow:
    # A proposal is not there for the applicant: nothing is offered before it is released.
    told = [award for award in line.awards if award.state is not AwardState.PROPOSED]
    last = told[-1] if told else None
    return LineRow(
        id=line.id,
        name=words.kind_name(line.kind),
        icon=words.kind_icon(line.kind),
        about=line.about,
        asked=words.money(line.asked, currency),
        given=words.money(last.amount, currency) if last else "",
        word=words.award_word(last.state) if last else "",
        cut=words.cut_text(line, limit, currency),
    )


def _status_page(
    at: Here, bench: Bench, found: Application, form: AnswerForm | None = None, status: int = 200
) -> Response:
    uow, phase = unit(), bench.phase
    navigation.frame().private = True
    may_answer = found.state is State.OFFERED and not rules.offer_has_ended(found.accept_by, uow.now)
    may_lower = found.state is State.ACCEPTED
    if form is None and (may_answer or may_lower):
        form = answer_form(found)
    parts, seat, place = _computed(at)
    limits = bench.limits(found.currency)
    return page(
        "grants/application.html",
        status,
        application=found,
        state=found.state.value,
        sign=words.state_sign(found.state),
        sentence=_what_now(found, phase, may_answer=may_answer, is_earlier=bench.is_earlier),
        round_name=bench.current.name(found.round),
        earlier=[
            (bench.current.name(one.round) or str(_("Earlier")), *words.state_sign(one.state))
            for one in (queries.earlier_of(uow.session, found) if bench.current.several else ())
        ],
        lines=[_line_row(line, found.currency, limits.get(line.kind)) for line in found.lines],
        elsewhere=words.elsewhere(found.paid_elsewhere),
        stay=words.stay_text(found.arrives_on, found.departs_on),
        answers=asking.read(uow, found),
        told=words.told_about(found.stage, presented_before=found.presented_before),
        paying=words.paying_text(cannot_front=found.cannot_front, upfront=found.upfront, is_own=True),
        asked=words.money(found.asked, found.currency),
        promised=words.money(found.promised, found.currency) if found.promised else "",
        **_going_back(found),
        until=deadline_text(found.offer_deadline)
        if found.offer_deadline and found.state in (State.OFFERED, State.EXPIRED)
        else None,
        may_answer=may_answer,
        may_lower=may_lower,
        form=form,
        money_lines=[line.id for line in found.lines if line.live and line.live.state in COMMITTED],
        may_edit=found.state is State.SUBMITTED and bench.may_edit,
        may_begin_again=found.state in rules.OVER and bench.may_edit,
        next_round=bench.current.window.name if bench.begins_again and bench.may_edit else "",
        may_withdraw=rules.leads_to(Action.WITHDRAW, found.state) is not None,
        thread=_thread(at, found, bench.dates),
        parts=parts,
        seat=seat,
        visa=visa.known(found, place) or str(_("nothing known")),
        may_tell_visa=found.state in visa.TELLING and found.visa is not Visa.REFUSED,
        urls={name: at.url(f"grants.{name}") for name in ("overview", "edit", "accept", "decline", "withdraw", "visa")}
        | {"discard": at.url("grants.discard") if found.state is State.DRAFT else ""}
        | {"statement": at.url("grants.statement") if found.released_at else ""},
        contact=at.edition.contact_email,
        panels=panels.own_panels(uow, at.edition, found),
    )


def _going_back(found: Application) -> dict[str, str]:
    """What giving an accepted grant back would return, and what is claimed or paid and stays; empty for no money."""
    if found.state is not State.ACCEPTED:
        return {"goes_back": "", "stays": ""}
    given = [line.live.id for line in found.lines if line.live]
    there = fund_rows.award_balances(unit().session, given)
    sums = {account: sum(minor for (_a, _f, one), minor in there.items() if one is account) for account in Account}
    stays = sums[Account.CLAIMED] + sums[Account.PAID]
    return {
        "goes_back": words.money(sums[Account.ACCEPTED], found.currency) if sums[Account.ACCEPTED] else "",
        "stays": words.money(stays, found.currency) if stays else "",
    }


def _what_now(found: Application, phase: Phase, *, may_answer: bool, is_earlier: bool = False) -> str:
    """One sentence: where this stands."""
    if is_earlier and found.state is State.SUBMITTED:
        return str(_("Your application is in, and counts in this round too: you need not apply again."))
    if found.state is State.SUBMITTED and phase is Phase.OPEN:
        return str(_("Your application is in. You can change everything until the deadline; the last version counts."))
    if found.state is State.OFFERED and not may_answer:
        return str(_("The time to accept is over, and the money goes back to the fund."))
    if found.state is State.WAITLISTED and found.waitlist_number:
        return str(
            _("You are number %(number)s on the waitlist. We write as soon as it is your turn.",
              number=found.waitlist_number)
        )  # fmt: skip
    money = words.money(found.promised, found.currency)
    sentences = {
        State.DRAFT: _("This draft was not handed in before the deadline. It is as you left it, and nobody saw it."),
        State.SUBMITTED: _("Your application is in. Nothing is decided yet, and nothing is promised."),
        State.OFFERED: _("%(money)s is offered to you. It is yours if you accept in time.", money=money),
        State.ACCEPTED: _("%(money)s is set aside for you.", money=money),
        State.DECLINED: _("You declined, and the money went back to the fund."),
        State.EXPIRED: _("The offer ended without an answer, and the money went back to the fund."),
        State.WAITLISTED: _("The money does not reach to you yet. We write as soon as it is your turn."),
        State.REJECTED: _("We could not give you a grant this time."),
        State.WITHDRAWN: _("You took this back. Nobody decides about it."),
    }
    return str(sentences[found.state])


def _thread(at: Here, found: Application, dates: cover.Keyed) -> list[tuple[str, str, object]]:
    """What happened and what comes, for the macro `ui.thread`."""
    zone = viewer_zone() or at.edition.time_zone
    happened = [
        (_("Begun"), found.created_at),
        (_("Handed in"), found.submitted_at),
        (_("Answered by the committee"), found.released_at),
        (words.state_name(found.state), found.answered_at),
    ]
    ahead = {
        State.SUBMITTED: (
            (DateKey.GRANTS_DUE, _("Last change possible")),
            (DateKey.GRANTS_NOTIFICATION, _("You hear from us")),
        )
    }.get(found.state, ())
    return timeline(happened, ahead, dates, zone)


# -- answering and taking back --------------------------------------------------------------------------------------


@blueprint.post(f"{BASE}/application/acceptance")
@access(SIGNED_IN_EDITION)
def accept(community: str, edition: str) -> AnyResponse:
    """Accept an offer, all or in part; lower what was accepted."""
    at, uow, bench = here(), unit(), _bench()
    found = bench.found
    if request.form.get("do") != "part" or found is None or found.state not in (State.OFFERED, State.ACCEPTED):
        done = service.accept(uow, at.edition)
    else:
        form: AnswerForm = answer_form(found)
        taken = form.taken(found) if form.is_sent else None
        if taken is None:
            return _status_page(at, bench, found, form, 422)
        try:
            done = service.accept(uow, at.edition, taken)
        except FieldConflict as refusal:
            add_error(form, refusal.field, refusal.sentence)
            return _status_page(at, bench, found, form, 422)
    if done.state is State.DECLINED:
        tell(str(_("Declined. The money is back in the fund.")))
    else:
        money = words.money(done.promised, done.currency)
        tell(str(_("%(money)s is set aside for you. A mail says so too.", money=money)))
    return redirect(at.url("grants.application"), 303)


@blueprint.post(f"{BASE}/application/refusal")
@access(SIGNED_IN_EDITION)
def decline(community: str, edition: str) -> AnyResponse:
    """Decline an offer, or give back what was accepted."""
    at = here()
    service.decline(unit(), at.edition)
    tell(str(_("Declined. The money is back in the fund and can help somebody else. Thank you for telling us.")))
    return redirect(at.url("grants.application"), 303)


@blueprint.post(f"{BASE}/application/withdrawal")
@access(SIGNED_IN_EDITION)
def withdraw(community: str, edition: str) -> AnyResponse:
    """Take the application back."""
    at = here()
    service.withdraw(unit(), at.edition)
    tell(str(_("Withdrawn. Nobody decides about it any more, and we sent a mail that says so.")))
    return redirect(at.url("grants.application"), 303)


@blueprint.post(f"{BASE}/application/removal")
@access(SIGNED_IN_EDITION)
def discard(community: str, edition: str) -> AnyResponse:
    """Remove a draft for good."""
    at = here()
    service.discard(unit(), at.edition)
    tell(str(_("The draft is removed.")))
    return redirect(at.url("grants.overview"), 303)
