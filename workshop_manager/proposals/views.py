"""The pages of proposals: all of them, one with its reasons, two side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.queries import find_person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.money import amount_text
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.forms import number as number_of
from workshop_manager.funds.models import Fund
from workshop_manager.funds.states import Region
from workshop_manager.grants import queries as grants
from workshop_manager.grants import words as grant_words
from workshop_manager.grants.desk import BASE, name_of, reads_blind
from workshop_manager.grants.rules import is_hidden
from workshop_manager.grants.states import CostKind
from workshop_manager.grants.words import kind_icon, money
from workshop_manager.proposals import queries, storing, words
from workshop_manager.proposals.forms import WhatIfForm, what_if_form
from workshop_manager.proposals.models import GrantProposal, GrantProposalRow
from workshop_manager.proposals.settings import Settings, loaded
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_GRANTS

blueprint = Blueprint("proposals", __name__)
ALL = f"{BASE}/proposals"
ONE = f"{ALL}/<int:number>"
SHOWN = ("all", "helped", "part", "not")


def _names(at: Here, application_ids: Sequence[int]) -> dict[int, str]:
    is_blind = reads_blind(at)
    found = queries.people_of(unit().session, application_ids)
    return {key: name_of(one, is_blind=is_hidden(is_blind, one.released_at)) for key, one in found.items()}


def _funds(at: Here) -> list[Fund]:
    return list(fund_rows.funds(unit().session, at.edition.id))


def _form(at: Here, settings: Settings, names: Mapping[int, str]) -> WhatIfForm:
    funds = _funds(at)
    rounds = grants.round_names(unit().session, at.edition.id)
    named = {one: grant_words.round_name(rounds, one) for one in rounds}
    made: WhatIfForm = what_if_form(settings, funds, _currencies(funds), names, named)
    return made


def _currencies(funds: Sequence[Fund]) -> list[str]:
    return list(dict.fromkeys(fund.currency for fund in funds))


# -- all of them ----------------------------------------------------------------------------------------------------


def _list_page(at: Here, form: WhatIfForm | None = None, status: int = 200) -> Response:
    session = unit().session
    cut = paging(queries.number_of_proposals(session, at.edition.id, at.standing), 25)
    found = queries.proposals(session, at.edition.id, at.standing, offset=cut.offset, most=cut.size)
    settings = queries.latest_settings(session, at.edition.id)
    return page(
        "proposals/list.html",
        status,
        at=at,
        places=navigation.parts("grants", at, request.endpoint),
        rows=[_list_row(at, one) for one in found],
        paging=cut,
        form=form or _form(at, settings, {}),
        objective=words.objective(),
        has_funds=bool(_funds(at)),
        waits=any(one.done_at is None and not one.is_failed for one in found),
        urls={"desk": at.url("grants.desk"), "ask": at.url("proposals.desk_ask"), "funds": at.url("funds.desk_funds")},
    )


def _list_row(at: Here, one: GrantProposal) -> dict[str, object]:
    result = one.result
    return {
        "number": one.number,
        "url": at.url("proposals.desk_proposal", number=one.number),
        "when": when_text(one.made_at, at.edition.time_zone),
        "is_noted": one.noted_at is not None,
        "is_failed": one.is_failed,
        "waits": one.done_at is None and not one.is_failed,
        "helped": f"{result['helped']}/{result['people']}" if result else "",
        "left": _left(result) if result else "",
    }


def _left(result: Mapping[str, object]) -> str:
    sums: dict[str, int] = {}
    for fund in result["funds"]:  # type: ignore[attr-defined]
        sums[fund["currency"]] = sums.get(fund["currency"], 0) + fund["left"]
    return ", ".join(money(minor, currency) for currency, minor in sums.items())


@blueprint.get(ALL)
@access(team(MAY_GRANTS))
def desk_proposals(community: str, edition: str) -> Response:
    """Every proposal one may read, and a form for another."""
    return _list_page(here())


@blueprint.post(ALL)
@access(team(MAY_GRANTS))
def desk_ask(community: str, edition: str) -> AnyResponse:
    """Have one worked out."""
    at = here()
    based_on = number_of(request.form.get("based_on"))
    names: dict[int, str] = {}
    if based_on:
        found = _found(at, based_on)
        names = dict.fromkeys((row.application_id for row in queries.rows_of(unit().session, found.id)), "")
    funds = _funds(at)
    form = _form(at, Settings(), names)
    settings = form.settings(funds, list(Region), _currencies(funds), list(names)) if form.is_sent else None
    if settings is None:
        return _list_page(at, form, 422)
    made = storing.ask(unit(), at.edition, settings)
    return redirect(at.url("proposals.desk_proposal", number=made.number), 303)


# -- one of them ----------------------------------------------------------------------------------------------------


def _found(at: Here, number: int) -> GrantProposal:
    found = queries.proposal(unit().session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """An applicant of a proposal."""

    id: int
    rank: int
    name: str
    url: str
    sentence: str
    sums: list[tuple[str, str]]
    asked: str
    given: str
    mark: tuple[str, str]


def _row(at: Here, row: GrantProposalRow, names: Mapping[int, str], funds: Mapping[int, str]) -> Row:
    if not row.amount:
        mark = ("", str(_("waitlist")))
    elif row.amount < row.asked:
        mark = ("wait", str(_("in part")))
    else:
        mark = ("ok", str(_("in full")))
    sums = [
        (kind_icon(CostKind(kind)), f"{amount_text(minor, row.currency)} {funds.get(fund, '')}")
        for fund, minor, kind in row.awards.values()
    ]
    return Row(
        id=row.application_id,
        rank=row.rank,
        name=names.get(row.application_id, ""),
        url=at.url("grants.desk_application", application_id=row.application_id),
        sentence=row.sentence,
        sums=sums,
        asked=money(row.asked, row.currency),
        given=money(row.amount, row.currency) if row.amount else "",
        mark=mark,
    )


def _is_shown(row: GrantProposalRow, shown: str) -> bool:
    return {
        "all": True, "helped": row.amount > 0, "part": 0 < row.amount < row.asked, "not": row.amount == 0,
    }[shown]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A fund in a proposal: taken before, by the proposal, left."""

    name: str
    used: str
    amount: str
    left: str
    sentence: str
    pieces: list[tuple[str, float, float]]


def _bars(result: Mapping[str, object]) -> list[Bar]:
    found = []
    for fund in result["funds"]:  # type: ignore[attr-defined]
        currency, amount, left, given = fund["currency"], fund["amount"], fund["left"], fund["given"]
        before = amount - left - given
        scale = 1000 / max(amount, 1)
        found.append(
            Bar(
                name=fund["fund"],
                used=amount_text(amount - left, currency),
                amount=money(amount, currency),
                left=amount_text(left, currency),
                sentence=str(
                    _("%(before)s taken before, %(given)s by this proposal, %(left)s left",
                      before=amount_text(before, currency), given=amount_text(given, currency),
                      left=amount_text(left, currency))
                ),
                pieces=[("f-ink", 0, round(before * scale, 1)),
                        ("f-accent", round(before * scale, 1), round(given * scale, 1))],
            )
        )  # fmt: skip
    return found


def _lead(result: Mapping[str, Any]) -> str:
    helped = _("Helps %(helped)s of %(people)s applicants.", helped=result["helped"], people=result["people"])
    if result["gap"]:
        sure = _("The search ended before it was known to be the best: %(gap)s.", gap=words.gap(result["gap"]))
    else:
        sure = _("It is the best there is under these rules, not an estimate.")
    return f"{helped} {sure}"


def _further(at: Here, result: Mapping[str, object]) -> list[str]:
    everybody = [one for each in result["further"] for one in each["applications"]]  # type: ignore[attr-defined]
    names = _names(at, everybody)
    found = []
    for each in result["further"]:  # type: ignore[attr-defined]
        those = [names[one] for one in each["applications"] if one in names]
        text = _("With %(money)s more in “%(fund)s”:", money=each["money"], fund=each["fund"])
        found.append(f"{text} {', '.join(those)}." if those else f"{text} {_('nobody more.')}")
    return found


@blueprint.get(ONE)
@access(team(MAY_GRANTS))
def desk_proposal(community: str, edition: str, number: int) -> Response:
    """One proposal: funds, each applicant with the reason, what if."""
    at, uow = here(), unit()
    found = _found(at, number)
    if found.done_at is None:
        return page("proposals/waiting.html", at=at, number=number, is_failed=found.is_failed,
                    urls={"all": at.url("proposals.desk_proposals"), "desk": at.url("grants.desk"),
                          "again": at.url("proposals.desk_proposal", number=number)})  # fmt: skip
    settings, funds = loaded(found.settings), _funds(at)
    rows = queries.rows_of(uow.session, found.id)
    names = _names(at, [row.application_id for row in rows])
    fund_names = {fund.id: fund.name for fund in funds}
    shown = request.args.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    labels = {"all": _("All"), "helped": _("Helped"), "part": _("In part"), "not": _("Not")}
    others = queries.proposals(uow.session, at.edition.id, at.standing, offset=0, most=10)
    chosen = [row for row in rows if _is_shown(row, shown)]
    cut = paging(len(chosen), 100)
    on_page = chosen[cut.offset : cut.offset + cut.size]
    supposes = storing.supposes_money(settings, {fund.id: fund for fund in funds})
    is_stale = found.noted_at is None and storing.is_stale(uow, at.edition, found)
    return page(
        "proposals/one.html",
        at=at,
        number=number,
        lead=_lead(found.result),
        missed=found.result["missed"],
        objective=words.objective(),
        bars=_bars(found.result),
        segments=[
            (labels[name], at.url("proposals.desk_proposal", number=number, show=name), name == shown,
             sum(_is_shown(row, name) for row in rows))
            for name in SHOWN
        ],
        rows=[_row(at, row, names, fund_names) for row in on_page],
        paging=cut,
        form=_form(at, settings, {row.application_id: names.get(row.application_id, "") for row in rows}),
        on_page=[row.application_id for row in on_page],
        funds=[fund.id for fund in funds],
        further=_further(at, found.result),
        others=[(one.number, at.url("proposals.desk_compare", number=number, other=one.number))
                for one in others if one.number != number and one.done_at],
        noted=when_text(found.noted_at, at.edition.time_zone) if found.noted_at else "",
        supposes=supposes,
        is_stale=is_stale,
        may_note=found.noted_at is None and not supposes and not is_stale and bool(rows),
        made=_made(at, found),
        urls={"all": at.url("proposals.desk_proposals"), "ask": at.url("proposals.desk_ask"),
              "note": at.url("proposals.desk_note", number=number), "desk": at.url("grants.desk"),
              "release": at.url("grants.desk_release")},
    )  # fmt: skip


def _made(at: Here, found: GrantProposal) -> str:
    person = find_person(unit().session, found.made_by) if found.made_by else None
    when = when_text(found.made_at, at.edition.time_zone)
    name = person.name if person and person.name else str(_("somebody who left"))
    return str(_("Worked out for %(name)s, %(when)s.", name=name, when=when))


@blueprint.post(f"{ONE}/noting")
@access(team(MAY_GRANTS))
def desk_note(community: str, edition: str, number: int) -> AnyResponse:
    """Note its awards as decisions that wait to be released."""
    at = here()
    _found(at, number)
    done = storing.note(unit(), at.edition, number)
    text = ngettext("%(num)s decision is noted.", "%(num)s decisions are noted.", done)
    tell(f"{text} {_('Nobody is told until you release them.')}")
    return redirect(at.url("grants.desk_release"), 303)


# -- two of them ----------------------------------------------------------------------------------------------------


@blueprint.get(f"{ONE}/beside/<int:other>")
@access(team(MAY_GRANTS))
def desk_compare(community: str, edition: str, number: int, other: int) -> Response:
    """Two proposals side by side: figures, and whom they treat differently."""
    at, uow = here(), unit()
    pair = [_found(at, one) for one in (other, number)]
    if any(one.done_at is None for one in pair):
        raise Conflict(str(_("One of them is still being worked out. Look again in a moment.")))
    rows = [{row.application_id: row for row in queries.rows_of(uow.session, one.id)} for one in pair]
    everybody = sorted(
        rows[0].keys() | rows[1].keys(), key=lambda one: min(each[one].rank for each in rows if one in each)
    )
    differing = [one for one in everybody if len({each[one].amount if one in each else 0 for each in rows}) > 1]
    names = _names(at, differing)
    return page(
        "proposals/compare.html",
        at=at,
        numbers=[one.number for one in pair],
        links=[at.url("proposals.desk_proposal", number=one.number) for one in pair],
        figures=_figures(pair),
        rows=[
            (names.get(one, ""), at.url("grants.desk_application", application_id=one),
             [(money(each[one].amount, each[one].currency), each[one].sentence) if one in each else ("", "")
              for each in rows])
            for one in differing
        ],
        urls={"all": at.url("proposals.desk_proposals"), "desk": at.url("grants.desk")},
    )  # fmt: skip


def _figures(pair: Sequence[GrantProposal]) -> list[tuple[str, list[str]]]:
    return [
        (str(_("People helped")), [str(one.result["helped"]) for one in pair]),
        (str(_("Of them in full")), [str(one.result["in_full"]) for one in pair]),
        (str(_("Money left")), [_left(one.result) for one in pair]),
        (str(_("Least-helped region")), [_least(one.result["regions"]) for one in pair]),
        (str(_("Aims missed")), [str(len(one.result["missed"])) for one in pair]),
    ]


def _least(regions: Mapping[str, Sequence[int]]) -> str:
    if not regions:
        return str(_("not known"))
    name, (helped, people) = min(regions.items(), key=lambda each: (each[1][0] / each[1][1], each[0]))
    return str(_("%(percent)s %%, %(region)s", percent=100 * helped // people, region=words.region_name(name)))
