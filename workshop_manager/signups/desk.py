"""Signing up, for organisers: blocks and parts, who sits where, the allocation of ranked choices."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.signups import days, queries, rules, settling
from workshop_manager.signups.days import Days
from workshop_manager.signups.forms import BlockForm, ItemsForm, PartForm, block_values, part_values
from workshop_manager.signups.models import SignupBlock, SignupPart
from workshop_manager.signups.queries import Counts
from workshop_manager.signups.rules import MAY_LISTS, MAY_SIGNUPS
from workshop_manager.signups.states import Phase, Way
from workshop_manager.signups.views import When, blueprint, when_of
from workshop_manager.signups.words import AUDIENCES, WAYS, phase_of, rank_text, sign
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.service import Stale, Taken

BASE = "/<community>/<edition>/organise/sign-up"


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A block in the list."""

    id: int
    name: str
    way: str
    audience: str
    sign: tuple[str, str, str]
    closes: DeadlineText
    parts: int
    taken: int
    capacity: int


def _line(block: SignupBlock) -> BlockLine:
    return BlockLine(
        block.id,
        block.name,
        str(WAYS[block.way]),
        str(AUDIENCES[block.audience]),
        sign(phase_of(unit(), block)),
        deadline_text(block.closes),
        len(block.parts),
        sum(part.taken for part in block.parts),
        sum(part.capacity for part in block.parts),
    )


def _found(at: Here, block_id: int) -> SignupBlock:
    block = queries.find_block(unit().session, at.edition.id, block_id)
    if block is None:
        raise NotFound
    return block


def _wrong(form: BaseForm, refusal: Taken) -> None:
    """The reason beside the box it is about."""
    field = form[refusal.field]
    inner = getattr(field, "form", None)
    (inner.day if inner is not None else field).errors = [refusal.sentence]


@blueprint.get(BASE)
@access(team(MAY_LISTS))
def desk(community: str, edition: str) -> Response:
    """All blocks."""
    at = here()
    blocks = queries.blocks(unit().session, at.edition.id)
    return page(
        "signups/desk.html", at=at, blocks=[_line(one) for one in blocks], may_edit=at.standing.may(MAY_SIGNUPS)
    )


# -- one block's settings ---------------------------------------------------------------------------------------------


def _block_form(at: Here, form: BlockForm, block: SignupBlock | None, status: int = 200, stale: str = "") -> Response:
    return page("signups/block_form.html", status, at=at, form=form, block=block, stale=stale)


@blueprint.get(f"{BASE}/new")
@access(team(MAY_SIGNUPS))
def new_block(community: str, edition: str) -> Response:
    """An empty block."""
    at = here()
    return _block_form(at, BlockForm(data=block_values(None, at.edition.time_zone)), None)


@blueprint.post(f"{BASE}/new")
@access(team(MAY_SIGNUPS))
def add_block(community: str, edition: str) -> AnyResponse:
    """Add it."""
    at, form = here(), BlockForm()
    content = form.content() if form.is_sent else None
    if content is None:
        return _block_form(at, form, None, 422)
    try:
        block = settling.add_block(unit(), at.edition, content)
    except Taken as refusal:
        _wrong(form, refusal)
        return _block_form(at, form, None, 422)
    tell(str(_("Added. Say now what people choose between.")))
    return redirect(at.url("signups.block", block_id=block.id), 303)


@blueprint.get(f"{BASE}/<int:block_id>/settings")
@access(team(MAY_SIGNUPS))
def edit_block(community: str, edition: str, block_id: int) -> Response:
    """A block to be changed."""
    at = here()
    block = _found(at, block_id)
    return _block_form(at, BlockForm(data=block_values(block, at.edition.time_zone)), block)


@blueprint.post(f"{BASE}/<int:block_id>/settings")
@access(team(MAY_SIGNUPS))
def save_block(community: str, edition: str, block_id: int) -> AnyResponse:
    """Change it, unless somebody else did in between."""
    at, form = here(), BlockForm()
    block = _found(at, block_id)
    content = form.content() if form.is_sent else None
    if content is None:
        return _block_form(at, form, block, 422)
    try:
        settling.edit_block(unit(), at.edition, block_id, content, version=form.seen_version)
    except Stale as refusal:
        form.version.data = str(block.version)
        return _block_form(at, form, block, 409, refusal.sentence)
    except Taken as refusal:
        _wrong(form, refusal)
        return _block_form(at, form, block, 422)
    tell(str(_("Saved.")))
    return redirect(at.url("signups.block", block_id=block_id), 303)


@blueprint.post(f"{BASE}/<int:block_id>/removal")
@access(team(MAY_SIGNUPS))
def remove_block(community: str, edition: str, block_id: int) -> AnyResponse:
    """Take a block away in which nobody did anything."""
    at = here()
    name = settling.remove_block(unit(), at.edition, block_id)
    tell(str(_("“%(name)s” is gone.", name=isolated(name))))
    return redirect(at.url("signups.desk"), 303)


# -- one block --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part with its numbers."""

    id: int
    title: str
    when: When | None
    where: str
    taken: int
    capacity: int
    counts: Counts
    moderator: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of a block, and what they have or would get."""

    person_id: int
    name: str
    part: str
    part_id: int | None
    choices: list[str]
    rank: str
    by_hand: bool = False


def _part_rows(at: Here, block: SignupBlock, found: Days) -> list[PartRow]:
    session = unit().session
    counts = queries.counts(session, at.edition.id)
    led = [part.moderator_id for part in block.parts if part.moderator_id is not None]
    names = queries.moderator_names(session, at.edition.id, led) if led else {}
    return [
        PartRow(
            part.id,
            part.title,
            when_of(found, part, at.edition),
            found.where(part),
            part.taken,
            part.capacity,
            counts.get(part.id, Counts()),
            names.get(part.moderator_id or 0, ""),
        )
        for part in block.parts
    ]


def _block_page(
    at: Here,
    block: SignupBlock,
    status: int = 200,
    *,
    wrong: str = "",
    part_form: PartForm | None = None,
    items_form: ItemsForm | None = None,
) -> Response:
    uow = unit()
    found = days.days(uow.session, at.edition.id)
    phase = phase_of(uow, block)
    may_edit = at.standing.may(MAY_SIGNUPS)
    titles = {part.id: part.title for part in block.parts}
    pager = paging(queries.count_seated(uow.session, at.edition.id, block.id))
    seated = queries.seated(uow.session, at.edition.id, block.id, offset=pager.offset, most=pager.size)
    choices = queries.all_choices(uow.session, block.id) if block.way is Way.RANKED else {}
    items = settling.sessions_to_add(found, block) if may_edit else []
    items_form = items_form or ItemsForm(data={"each": 8})
    items_form.uids.choices = [SelectChoice(uid, title) for uid, title in items]
    empty = part_values(None, at.edition.time_zone)
    return page(
        "signups/block.html",
        status,
        at=at,
        block=block,
        phase=phase,
        sign=sign(phase),
        way=str(WAYS[block.way]),
        audience=str(AUDIENCES[block.audience]),
        opens=deadline_text(block.opens) if block.opens else None,
        closes=deadline_text(block.closes),
        decides=deadline_text(block.decides) if block.decides else None,
        parts=_part_rows(at, block, found),
        people=[
            PersonRow(
                one.person_id,
                one.name,
                titles.get(one.part_id or 0, ""),
                one.part_id,
                [titles[part_id] for part_id in choices.get(one.person_id, {}) if part_id in titles],
                rank_text(choices.get(one.person_id, {}).get(one.part_id or 0, 0)),
            )
            for one in seated
        ],
        pager=pager,
        may_edit=may_edit,
        may_put=may_edit and (block.way is Way.FIRST_COME or phase is Phase.SETTLED),
        may_propose=may_edit and rules.may_allocate(block.way, phase),
        ranking=len(choices),
        part_form=part_form or PartForm(formdata=None, data=empty),
        items_form=items_form,
        has_items=bool(items),
        wrong=wrong,
    )


@blueprint.get(f"{BASE}/<int:block_id>")
@access(team(MAY_LISTS))
def block(community: str, edition: str, block_id: int) -> Response:
    """A block: its parts, and who has what."""
    at = here()
    return _block_page(at, _found(at, block_id))


@blueprint.post(f"{BASE}/<int:block_id>/parts")
@access(team(MAY_SIGNUPS))
def add_part(community: str, edition: str, block_id: int) -> AnyResponse:
    """Add a part that is not on the schedule."""
    at, form = here(), PartForm()
    found = _found(at, block_id)
    if not form.is_sent:
        return _block_page(at, found, 422, part_form=form)
    try:
        settling.add_part(unit(), at.edition, block_id, form.content())
    except Taken as refusal:
        _wrong(form, refusal)
        return _block_page(at, found, 422, part_form=form)
    tell(str(_("“%(part)s” is added.", part=isolated(form.title.data or ""))))
    return redirect(at.url("signups.block", block_id=block_id), 303)


@blueprint.post(f"{BASE}/<int:block_id>/items")
@access(team(MAY_SIGNUPS))
def add_items(community: str, edition: str, block_id: int) -> AnyResponse:
    """Add sessions of the schedule."""
    at, form = here(), ItemsForm()
    found = _found(at, block_id)
    if not form.is_sent:
        return _block_page(at, found, 422, items_form=form)
    made = settling.add_items(unit(), at.edition, block_id, form.uids.data or [], form.each.data or 0)
    tell(str(ngettext("%(num)s session is added.", "%(num)s sessions are added.", len(made))))
    return redirect(at.url("signups.block", block_id=block_id), 303)


# -- one part ---------------------------------------------------------------------------------------------------------


def _part(at: Here, part_id: int) -> SignupPart:
    part = queries.find_part(unit().session, at.edition.id, part_id)
    if part is None:
        raise NotFound
    return part


def _part_form(at: Here, form: PartForm, part: SignupPart, status: int = 200, stale: str = "") -> Response:
    return page("signups/part.html", status, at=at, form=form, part=part, block=part.block, stale=stale)


@blueprint.get(f"{BASE}/parts/<int:part_id>")
@access(team(MAY_SIGNUPS))
def edit_part(community: str, edition: str, part_id: int) -> Response:
    """A part to be changed."""
    at = here()
    part = _part(at, part_id)
    led = queries.people(unit().session, [part.moderator_id]) if part.moderator_id else {}
    moderator = led[part.moderator_id].email if part.moderator_id in led else ""
    return _part_form(at, PartForm(data=part_values(part, at.edition.time_zone, moderator)), part)


@blueprint.post(f"{BASE}/parts/<int:part_id>")
@access(team(MAY_SIGNUPS))
def save_part(community: str, edition: str, part_id: int) -> AnyResponse:
    """Change it, unless somebody else did in between."""
    at, form = here(), PartForm()
    part = _part(at, part_id)
    if not form.is_sent:
        return _part_form(at, form, part, 422)
    try:
        settling.edit_part(unit(), at.edition, part_id, form.content(), version=form.seen_version)
    except Stale as refusal:
        form.version.data = str(part.version)
        return _part_form(at, form, part, 409, refusal.sentence)
    except Taken as refusal:
        _wrong(form, refusal)
        return _part_form(at, form, part, 422)
    tell(str(_("Saved.")))
    return redirect(at.url("signups.block", block_id=part.block_id), 303)


@blueprint.post(f"{BASE}/parts/<int:part_id>/removal")
@access(team(MAY_SIGNUPS))
def remove_part(community: str, edition: str, part_id: int) -> AnyResponse:
    """It does not take place; whoever had a place is told."""
    at = here()
    block_id, title = settling.remove_part(unit(), at.edition, part_id)
    tell(str(_("“%(part)s” is gone, and whoever had a place was told.", part=isolated(title))))
    return redirect(at.url("signups.block", block_id=block_id), 303)


# -- places by hand, and lists ----------------------------------------------------------------------------------------


def _wanted_part() -> int | None:
    typed = request.form.get("part", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


@blueprint.post(f"{BASE}/<int:block_id>/people/<int:person_id>")
@access(team(MAY_SIGNUPS))
def put(community: str, edition: str, block_id: int, person_id: int) -> AnyResponse:
    """Give somebody another place, or none."""
    at = here()
    try:
        settling.put(unit(), at.edition, block_id, person_id, _wanted_part())
    except Conflict as refusal:
        return _block_page(at, _found(at, block_id), 409, wrong=refusal.sentence)
    tell(str(_("Changed, and they get a mail.")))
    return redirect(at.url("signups.block", block_id=block_id), 303)


@blueprint.get(f"{BASE}/<int:block_id>/people.csv")
@access(team(MAY_LISTS))
def people_csv(community: str, edition: str, block_id: int) -> Response:
    """Who sits where, to take along."""
    at = here()
    found = _found(at, block_id)
    titles = {part.id: part.title for part in found.parts}
    choices = queries.all_choices(unit().session, found.id)
    rows: Iterable[tuple[object, ...]] = (
        (
            one.name,
            titles.get(one.part_id or 0, ""),
            *_ranked(choices.get(one.person_id, {}), titles, found.choices),
        )
        for one in queries.seated(unit().session, at.edition.id, found.id)
    )
    ranks = [rank_text(n) for n in range(1, found.choices + 1)] if found.way is Way.RANKED else []
    header = [str(_("Name")), str(_("Place")), *ranks]
    return csv_response(f"{community}-{edition}-sign-up-{block_id}", header, (row[: len(header)] for row in rows))


def _ranked(ranks: dict[int, int], titles: dict[int, str], most: int) -> list[str]:
    by_rank = {rank: titles.get(part_id, "") for part_id, rank in ranks.items()}
    return [by_rank.get(n, "") for n in range(1, most + 1)]


# -- allocation -------------------------------------------------------------------------------------------------------


@blueprint.post(f"{BASE}/<int:block_id>/proposal")
@access(team(MAY_SIGNUPS))
def propose(community: str, edition: str, block_id: int) -> AnyResponse:
    """Work out who gets what; nobody is told."""
    at = here()
    settling.propose(unit(), at.edition, block_id)
    return redirect(at.url("signups.proposal", block_id=block_id), 303)


def _proposal_page(at: Here, found: SignupBlock, status: int = 200, wrong: str = "") -> Response:
    uow = unit()
    if found.proposed_at is None or found.allocated_at is not None:
        raise NotFound
    shown = settling.preview(uow, found)
    titles = {part.id: part.title for part in found.parts}
    pager = paging(queries.count_seated(uow.session, at.edition.id, found.id))
    seated = queries.seated(uow.session, at.edition.id, found.id, offset=pager.offset, most=pager.size)
    total = sum(shown.ranks.values())
    return page(
        "signups/proposal.html",
        status,
        at=at,
        block=found,
        total=total,
        ranks=[(rank_text(n), shown.ranks[n]) for n in (*range(1, found.choices + 1), 0)],
        parts=[(part.title, shown.filled[part.id], part.left) for part in found.parts],
        people=[
            PersonRow(
                one.person_id,
                one.name,
                titles.get(shown.places[one.person_id] or 0, ""),
                shown.places[one.person_id],
                [titles[part_id] for part_id in shown.choices.get(one.person_id, {}) if part_id in titles],
                rank_text(shown.choices.get(one.person_id, {}).get(shown.places[one.person_id] or 0, 0)),
                one.person_id in shown.by_hand,
            )
            for one in seated
            if one.person_id in shown.places
        ],
        pager=pager,
        by_hand=len(shown.by_hand),
        wrong=wrong,
    )


@blueprint.get(f"{BASE}/<int:block_id>/proposal")
@access(team(MAY_SIGNUPS))
def proposal(community: str, edition: str, block_id: int) -> Response:
    """Who would get what, and how many get which choice."""
    at = here()
    return _proposal_page(at, _found(at, block_id))


@blueprint.post(f"{BASE}/<int:block_id>/proposal/people/<int:person_id>")
@access(team(MAY_SIGNUPS))
def change_proposal(community: str, edition: str, block_id: int, person_id: int) -> AnyResponse:
    """Propose something else for somebody."""
    at = here()
    try:
        settling.change_proposal(unit(), at.edition, block_id, person_id, _wanted_part())
    except Conflict as refusal:
        return _proposal_page(at, _found(at, block_id), 409, refusal.sentence)
    tell(str(_("The proposal is changed. Nobody is told yet.")))
    return redirect(at.url("signups.proposal", block_id=block_id), 303)


@blueprint.post(f"{BASE}/<int:block_id>/proposal/removal")
@access(team(MAY_SIGNUPS))
def forget_proposal(community: str, edition: str, block_id: int) -> AnyResponse:
    """Take the proposal back."""
    at = here()
    settling.forget_proposal(unit(), at.edition, block_id)
    tell(str(_("The proposal is gone. A new one is drawn from the same seed.")))
    return redirect(at.url("signups.block", block_id=block_id), 303)


@blueprint.post(f"{BASE}/<int:block_id>/allocation")
@access(team(MAY_SIGNUPS))
def allocate(community: str, edition: str, block_id: int) -> AnyResponse:
    """Give the places as proposed, and tell everybody."""
    at = here()
    shown = settling.apply(unit(), at.edition, block_id)
    placed = sum(shown.filled.values())
    tell(
        str(
            ngettext(
                "%(num)s place is given, and everybody gets a mail.",
                "%(num)s places are given, and everybody gets a mail.",
                placed,
            )
        )
    )
    return redirect(at.url("signups.block", block_id=block_id), 303)
