"""The committee's pages: who asks for what, in which order; one application; the release; the list to take along."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.figures import bar_of, fund_figures
from workshop_manager.funds.forms import add_error, plain_amount
from workshop_manager.funds.forms import number as number_of
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict, Overdrawn, Stale
from workshop_manager.grants import asking, deciding, panels, papers, queries, rounds, rules, visa, words
from workshop_manager.grants.forms import (
    ProposalForm,
    ReleaseForm,
    TakeBackForm,
    proposal_form,
    release_form,
)
from workshop_manager.grants.models import Application, Score
from workshop_manager.grants.queries import LineFigures, Ranked, Show
from workshop_manager.grants.rules import Phase
from workshop_manager.grants.states import AwardState, CostKind, State, Verdict
from workshop_manager.grants.views import blueprint
from workshop_manager.mail.service import Draft
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.web.times import deadline_text, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_FUNDS, MAY_GRANTS
from workshop_manager.workshops.states import DateKey

BASE = "/<community>/<edition>/organise/grants"


def reads_blind(at: Here) -> bool:
    """Whether this viewer does not learn who asks until the answer is out."""
    if at.standing.may(MAY_FUNDS):  # organisers are never blind
        return False
    return rules.is_blind_for(at.standing, bool(queries.settings_of(unit().session, at.edition.id).is_blind))


def name_of(application: Application, *, is_blind: bool = False) -> str:
    """Whose it is, as this viewer may know it."""
    if rules.is_hidden(is_blind, application.released_at):
        return words.hidden_name(application.id)
    person = application.person
    return person.name if person is not None and person.name else str(_("somebody who left"))


# -- the list -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount in a row: icon and words."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """An applicant in the ranked list."""

    rank: int
    name: str
    url: str
    parts: str
    sentence: str
    sums: list[Sum]
    asked: str
    given: str
    mark: tuple[str, str]
    is_helped: bool
    is_paperless: bool


def _row(
    at: Here,
    found: Ranked,
    lines: Sequence[LineFigures],
    parts: list[queries.Part],
    seat: str,
    *,
    is_blind: bool,
) -> Row:
    application = found.application
    asked = sum(line.asked for line in lines)
    given = sum(line.award or 0 for line in lines)
    return Row(
        rank=found.rank,
        name=name_of(application, is_blind=is_blind),
        url=at.url("grants.desk_application", application_id=application.id),
        parts=", ".join(filter(None, (words.part_text(parts), seat))),
        sentence=_score_text(found),
        sums=_sums(lines, application.currency),
        asked=words.money(asked, application.currency),
        given=words.money(given, application.currency) if given else "",
        mark=_mark(application, asked, given),
        is_helped=bool(given),
        is_paperless=bool(parts) and all(part.state in queries.PAPER_GONE for part in parts),
    )


def _score_text(found: Ranked) -> str:
    own = ""
    if found.own_score is not None:
        own = _(" Yours is %(score)s.", score=f"{found.own_score:.3g}")
    elif found.application.state in rules.TO_SCORE:
        own = _(" Yours is missing.")
    if found.average is None:
        return str(_("Nobody has scored this yet."))
    average = f"{found.average:.1f}"
    text = ngettext("%(average)s from one score.", "%(average)s from %(num)s scores.", found.scores, average=average)
    return f"{text}{own}"


def _sums(lines: Sequence[LineFigures], currency: str) -> list[Sum]:
    """By line: what it would get and from which fund, or what it asks for while nothing is proposed at all."""
    helped = [line for line in lines if line.award]
    if not helped:
        return [Sum(words.kind_icon(line.kind), words.money(line.asked, currency)) for line in lines]
    return [
        Sum(
            words.kind_icon(line.kind),
            str(_("%(money)s %(fund)s", money=words.money(line.award or 0, currency), fund=isolated(line.fund or ""))),
        )
        for line in helped
    ]


def _mark(application: Application, asked: int, given: int) -> tuple[str, str]:
    """(kind, words) of how it stands: the pending decision, else the state."""
    match application.verdict:
        case Verdict.OFFER:
            return ("ok", str(_("in full"))) if given >= asked else ("wait", str(_("in part")))
        case Verdict.WAITLIST:
            return "", str(_("waitlist, pending"))
        case Verdict.REJECT:
            return "", str(_("not this time, pending"))
    kinds = {State.OFFERED: "new", State.ACCEPTED: "ok"}
    if application.state is State.SUBMITTED:
        return "", str(_("undecided"))
    return kinds.get(application.state, ""), words.state_name(application.state)


@blueprint.get(BASE)
@access(team(MAY_GRANTS))
def desk(community: str, edition: str) -> Response:
    """The funds, and the applicants by rank: filtered, fifty a page."""
    at, session = here(), unit().session
    names = queries.round_names(session, at.edition.id)
    number = number_of(request.args.get("round"))
    number = number if number in names else 0
    counts = queries.list_counts(session, at.edition.id, at.standing, number)
    asked = request.args.get("show", Show.ALL)
    show = asked if asked in Show.EVERY else Show.ALL
    cut = paging(counts[show])
    found = queries.ranked(session, at.edition.id, at.standing, show, number=number, offset=cut.offset, most=cut.size)
    figures = fund_figures(session, at.edition.id, at.standing)
    return page(
        "grants/desk.html",
        at=at,
        bars=[bar_of(one) for one in figures],
        rows=list(_rows(at, found, {} if number else names)),
        rounds=_round_segments(at, names, number, show),
        total=counts[Show.ALL],
        pending=counts[Show.PENDING],
        unread=counts[Show.MINE],
        segments=_segments(at, counts, show, number),
        paging=cut,
        places=navigation.parts("grants", at, request.endpoint),
        may_funds=at.standing.may(MAY_FUNDS),
        urls={name: at.url(f"grants.{name}") for name in ("desk_release", "desk_csv", "overview")}
        | {"desk_funds": at.url("funds.desk_funds")},
    )


def _round_segments(at: Here, names: Mapping[int, str], number: int, show: str) -> list[tuple[str, str, bool]]:
    """All rounds and each; nothing where there is but one."""
    if not names:
        return []
    shown = {} if show == Show.ALL else {"show": show}
    rounds_shown = [(str(_("All rounds")), at.url("grants.desk", **shown), not number)]
    return rounds_shown + [
        (words.round_name(names, one), at.url("grants.desk", round=one, **shown), one == number) for one in names
    ]


def _rows(at: Here, found: Sequence[Ranked], names: Mapping[int, str]) -> Iterator[Row]:
    session = unit().session
    people = [one.application.person_id for one in found if one.application.person_id is not None]
    lines = queries.lines_of(session, [one.application.id for one in found])
    parts = queries.parts_of(session, at.edition.id, people, at.standing.person_id)
    seats = queries.seats_of(session, at.edition.id, people)
    is_blind = reads_blind(at)
    for one in found:
        who = one.application.person_id or 0
        costs = lines.get(one.application.id, [])
        beside = ", ".join(
            filter(None, (words.round_name(names, one.application.round), words.seat_text(seats.get(who))))
        )
        yield _row(at, one, costs, parts.get(who, []), beside, is_blind=is_blind)


def _segments(at: Here, counts: dict[str, int], show: str, number: int) -> list[tuple[str, str, bool, int]]:
    names = {
        Show.ALL: _("All"),
        Show.MINE: _("Yours to score"),
        Show.OPEN: _("Undecided"),
        Show.PENDING: _("Pending"),
        Show.OFFERED: _("Helped"),
        Show.PAPERLESS: _("Paper gone"),
    }
    return [
        (
            str(name),
            at.url(
                "grants.desk", **({"round": number} if number else {}), **({"show": key} if key != Show.ALL else {})
            ),
            key == show,
            counts[key],
        )
        for key, name in names.items()
        if counts[key] or key in (Show.ALL, show) or key != Show.PAPERLESS
    ]


# -- one application ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line for the committee; `past` tells what became of money offered before."""

    id: int
    name: str
    icon: str
    about: str
    asked: str
    given: str
    fund: str
    word: str
    past: list[str]
    cut: str


def find(at: Here, application_id: int) -> Application:
    """An application that the viewer may read; NotFound for any other."""
    found = queries.find_at_desk(unit().session, at.edition.id, at.standing, application_id)
    if found is None:
        raise NotFound
    return found


@blueprint.get(f"{BASE}/applications/<int:application_id>")
@access(team(MAY_GRANTS))
def desk_application(community: str, edition: str, application_id: int) -> Response:
    """One application: what is asked for and why, the scores, and what to propose."""
    return application_page(here(), find(here(), application_id))


def application_page(
    at: Here,
    found: Application,
    status: int = 200,
    *,
    proposal: ProposalForm | None = None,
    is_stale: bool = False,
    taking: TakeBackForm | None = None,
) -> Response:
    """The page of one application; `taking` where a promise was to be taken back without a reason."""
    session, me = unit().session, viewer_person().id
    figures = fund_figures(session, at.edition.id, at.standing)
    funds = [one.fund for one in figures]
    scores = queries.scores_of(session, found.id)
    place = queries.rank_of(session, at.edition.id, at.standing, found.id)
    who = found.person_id or 0
    parts = queries.parts_of(session, at.edition.id, [who], me).get(who, [])
    seat = queries.seats_of(session, at.edition.id, [who]).get(who)
    own = next((one for one in scores if one.person_id == me), None)
    is_open = found.state in rules.OPEN_TO_DECISION
    zone = at.edition.time_zone
    hides = rules.is_hidden(reads_blind(at), found.released_at)
    return page(
        "grants/desk_application.html",
        status,
        at=at,
        application=found,
        name=name_of(found, is_blind=hides),
        affiliation=found.person.affiliation if found.person and not hides else None,
        country=found.person.country if found.person else None,
        sign=words.state_sign(found.state),
        verdict=words.verdict_name(found.verdict) if found.verdict else None,
        rank=place.rank if place else None,
        average=f"{place.average:.1f}" if place and place.average is not None else None,
        lines=_line_rows(found, funds),
        asked=words.money(found.asked, found.currency),
        parts=words.part_text(parts) or str(_("no submission")),
        seat=words.seat_text(seat),
        visa=visa.known(found, seat) if not hides else "",
        until=deadline_text(found.offer_deadline) if found.offer_deadline and found.state is State.OFFERED else None,
        paying=words.paying_text(cannot_front=found.cannot_front, upfront=found.upfront, is_own=False),
        stay=words.stay_text(found.arrives_on, found.departs_on),
        answers=asking.read_at_desk(found, is_blind=hides),
        told=words.told_about(found.stage, presented_before=found.presented_before),
        elsewhere=words.elsewhere(found.paid_elsewhere),
        is_open=is_open,
        proposal=(proposal or proposal_form(found, funds)) if is_open else None,
        lefts=[(f.fund.name, f.fund.money(f.balance.available)) for f in figures if f.fund.currency == found.currency],
        is_partial=any(f.is_partial for f in figures),
        is_stale=is_stale,
        waits_for_paper=papers.does_wait(session, at.standing, found),
        taking=taking or TakeBackForm(),
        panels=panels.desk_panels(unit(), at.edition, found),
        own=own,
        own_score=f"{own.score:.3g}" if own else None,
        others=[
            (
                one.person.name if one.person and one.person.name else str(_("somebody who left")),
                f"{one.score:.3g}",
                one.remark,
            )
            for one in scores
            if one.person_id != me
        ],
        history=[
            (when_text(entry.at, zone), words.entry_text(entry.action, entry.details), None if hides else entry.actor)
            for entry in queries.history_of(session, found.id, me)
        ],
        urls={
            name: at.url(f"grants.{name}", application_id=found.id)
            for name in (
                "desk_application_conflict",
                "desk_application_proposal",
                "desk_application_kept",
                "desk_application_taken_back",
            )
        }
        | {name: at.url(f"grants.{name}") for name in ("desk", "desk_release")},
    )


def _scorer(given: Score) -> str:
    return given.person.name if given.person and given.person.name else str(_("somebody who left"))


def _line_rows(found: Application, funds: Sequence[Fund]) -> list[LineRow]:
    names = {fund.id: fund.name for fund in funds}
    rows = []
    for line in found.lines:
        live = line.live
        past = [award for award in line.awards if award.state not in rules.LIVE]
        rows.append(
            LineRow(
                id=line.id,
                name=words.kind_name(line.kind),
                icon=words.kind_icon(line.kind),
                about=line.about,
                asked=words.money(line.asked, found.currency),
                given=words.money(live.amount, found.currency) if live else "",
                fund=names.get(live.fund_id, "") if live else "",
                word=words.award_word(live.state) if live else "",
                cut=words.cut_text(line, None, found.currency),
                past=[f"{words.money(a.amount, found.currency)} {words.award_word(a.state)}" for a in past],
            )
        )
    return rows


@blueprint.post(f"{BASE}/applications/<int:application_id>/conflict")
@access(team(MAY_GRANTS))
def desk_application_conflict(community: str, edition: str, application_id: int) -> AnyResponse:
    """Declare a conflict of interest: the application is gone for this person from now on."""
    at = here()
    deciding.declare_conflict(unit(), at.edition, application_id)
    tell(str(_("Thank you for saying so. You do not see that application any more, and your score of it is gone.")))
    return redirect(at.url("grants.desk"), 303)


@blueprint.post(f"{BASE}/applications/<int:application_id>/proposal")
@access(team(MAY_GRANTS))
def desk_application_proposal(community: str, edition: str, application_id: int) -> AnyResponse:
    """Note a decision, with amounts if it is an offer. Nobody is told."""
    at, uow = here(), unit()
    found = find(at, application_id)
    if found.state not in rules.OPEN_TO_DECISION:
        raise Conflict(str(_("This application is answered already; that cannot be decided any more.")))
    form: ProposalForm = proposal_form(found, fund_rows.funds(uow.session, at.edition.id))
    proposal = form.proposal(found) if form.is_sent else None
    if proposal is None:
        return application_page(at, found, 422, proposal=form)
    try:
        deciding.propose(uow, at.edition, application_id, proposal, started_from=form.started_from)
    except FieldConflict as refusal:
        form.refuse(refusal)
        return application_page(at, found, 422, proposal=form)
    except Stale:
        form.version.data = str(found.seen)
        return application_page(at, found, 422, proposal=form, is_stale=True)
    tell(str(_("Noted. Nothing is offered until you release it.")))
    return redirect(at.url("grants.desk_application", application_id=application_id), 303)


# -- the release ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """A pending answer in the list from which one releases."""

    value: str
    name: str
    url: str
    verdict: str
    is_offer: bool
    money: str
    is_chosen: bool


@blueprint.route(f"{BASE}/release", methods=["GET", "POST"])
@access(team(MAY_GRANTS))
def desk_release(community: str, edition: str) -> AnyResponse:
    """All pending answers; those chosen are released in one act, with their mails."""
    at, uow = here(), unit()
    pending = queries.pending(uow.session, at.edition.id, at.standing)
    form = release_form(pending, uow.now, at.edition.time_zone)
    accept_by = form.accept_by() if form.is_sent else None
    if form.is_submitted() and request.form.get("do") == "preview":
        return _preview(at, form, pending, accept_by)
    if form.is_submitted() and not form.errors:
        try:
            done = deciding.release(uow, at.edition, form.pairs(), accept_by, form.terms())
        except FieldConflict as refusal:
            add_error(form, refusal.field, refusal.sentence)
        except (Overdrawn, Stale) as refusal:
            form.form_errors.append(refusal.sentence)
        else:
            text = ngettext(
                "One answer is released, and a mail is on its way.",
                "%(num)s answers are released, and their mails are on their way.",
                len(done),
            )
            tell(str(text))
            return redirect(at.url("grants.desk"), 303)
    return _release_page(at, form, pending)


def _preview(
    at: Here, form: ReleaseForm, pending: Sequence[Application], accept_by: Deadline | None
) -> Response:  # fmt: skip
    """The same page with the mails as they would go out; nothing is released."""
    if form.errors or reads_blind(at):
        return _release_page(at, form, pending)
    chosen = [one for one in pending if form.pairs().get(one.id) == one.seen]
    drafts = deciding.drafts(unit(), at.edition, chosen, accept_by, form.terms())
    return _release_page(at, form, pending, drafts)


def _release_page(
    at: Here, form: ReleaseForm, pending: Sequence[Application], drafts: Sequence[Draft] = ()
) -> Response:  # fmt: skip
    uow = unit()
    figures = fund_figures(uow.session, at.edition.id, at.standing)
    current = rounds.now(uow, at.edition, workshops.dates_by_key(uow.session, at.edition.id), has_funds=True)
    due, is_open = current.window.dates.get(DateKey.GRANTS_DUE), current.phase is Phase.OPEN
    chosen = set(form.pairs()) if form.is_submitted() else {one.id for one in pending}
    is_blind = reads_blind(at)
    return page(
        "grants/release.html",
        422 if form.is_submitted() and not drafts else 200,
        at=at,
        form=form,
        drafts=drafts,
        may_preview=not is_blind,
        has_waitlist=any(one.verdict is Verdict.WAITLIST for one in pending),
        answers=[
            Answer(
                value=f"{one.id}:{one.seen}",
                name=name_of(one, is_blind=is_blind),
                url=at.url("grants.desk_application", application_id=one.id),
                verdict=words.verdict_name(one.verdict),
                is_offer=one.verdict is Verdict.OFFER,
                money=_proposed(one),
                is_chosen=one.id in chosen,
            )
            for one in pending
        ],
        has_offers=any(one.verdict is Verdict.OFFER for one in pending),
        bars=[bar_of(one) for one in figures],
        open_until=when_text(due.at, due.zone) if due and is_open else None,
        desk_url=at.url("grants.desk"),
        action=at.url("grants.desk_release"),
    )


def _proposed(application: Application) -> str:
    minor = sum(line.live.amount for line in application.lines if line.live)
    return words.money(minor, application.currency) if minor else ""


# -- the list to take along -----------------------------------------------------------------------------------------


@blueprint.get("/<community>/<edition>/organise/grants.csv")
@access(team(MAY_FUNDS))
def desk_csv(community: str, edition: str) -> Response:
    """Every application that the viewer may see, with its money by state and by kind of cost."""
    at, session = here(), unit().session
    found = queries.ranked(session, at.edition.id, at.standing)
    people = [one.application.person_id for one in found if one.application.person_id is not None]
    lines = queries.lines_of(session, [one.application.id for one in found])
    parts = queries.parts_of(session, at.edition.id, people, at.standing.person_id)
    seats = queries.seats_of(session, at.edition.id, people)
    asked, answers = asking.read_all(unit(), at.edition.id, [one.application.id for one in found])
    header = (
        "rank", "round", "name", "address", "affiliation", "country", "state", "decision pending", "average", "scores",
        "submission", "registration", "cannot front costs", "currency", "asked", "proposed", "offered", "accepted",
        *(f"asked: {kind.value}" for kind in CostKind), *(f"given: {kind.value}" for kind in CostKind),
        "funds", "accept by", "submitted", "statement", "other funding",
        *asked,
    )  # fmt: skip
    return csv_response(
        f"{community}-{edition}-grants",
        header,
        (
            (
                *_csv_row(
                    one,
                    lines.get(one.application.id, []),
                    words.part_text(parts.get(one.application.person_id or 0, [])),
                    words.seat_text(seats.get(one.application.person_id or 0)),
                ),
                *answers.get(one.application.id, [""] * len(asked)),
            )
            for one in found
        ),
    )


def _csv_row(found: Ranked, lines: Sequence[LineFigures], parts: str, seat: str) -> tuple[object, ...]:
    application, person = found.application, found.application.person
    currency = application.currency

    def total(state: AwardState) -> str:
        return plain_amount(sum(line.award or 0 for line in lines if line.state is state), currency)

    asked = {line.kind: plain_amount(line.asked, currency) for line in lines}
    given = {line.kind: plain_amount(line.award, currency) for line in lines if line.award}
    return (
        found.rank, application.round, person.name if person else "",
        person.email if person and not person.erased_at else "",
        person.affiliation if person else "", person.country if person else "", application.state.value,
        application.verdict.value if application.verdict else "",
        f"{found.average:.2f}" if found.average is not None else "", found.scores, parts, seat,
        "yes" if application.cannot_front else "no", currency,
        plain_amount(sum(line.asked for line in lines), currency),
        total(AwardState.PROPOSED), total(AwardState.OFFERED), total(AwardState.ACCEPTED),
        *(asked.get(kind, "") for kind in CostKind), *(given.get(kind, "") for kind in CostKind),
        "; ".join(dict.fromkeys(line.fund for line in lines if line.fund)),
        _utc(application.accept_by), _utc(application.submitted_at), application.statement, application.other_funding,
    )  # fmt: skip


def _utc(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ") if at else ""
