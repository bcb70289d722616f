"""The organisers' releases: all of them, the difference between any two or the draft, and going back to an earlier."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.schedule import drafting, planning, queries, returning, telling
from workshop_manager.schedule.changes import Change, What, difference
from workshop_manager.schedule.editing import rewinding
from workshop_manager.schedule.forms import ReleaseForm, ReturnForm
from workshop_manager.schedule.organise import release_page
from workshop_manager.schedule.programme import Programme, from_json
from workshop_manager.schedule.views import blueprint
from workshop_manager.schedule.visibility import public_view
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE

BASE = "/<community>/<edition>/organise/schedule/releases"
RELEASES_PER_PAGE = 20
DRAFT = "draft"
_OFF = frozenset({What.CANCELLED, What.DROPPED})
_ON = frozenset({What.ADDED, What.REVIVED})


# -- differences -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Altered:
    """One item and what changed of it."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two programmes, in the order in which somebody reads it."""

    whole: tuple[Change, ...]
    on: tuple[Change, ...]
    off: tuple[Change, ...]
    altered: tuple[Altered, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.whole or self.on or self.off or self.altered)

    @property
    def sentence(self) -> str:
        """`2 new · 1 changed · 1 called off or gone`."""
        parts = [
            ngettext("%(num)s new", "%(num)s new", len(self.on)) if self.on else "",
            ngettext("%(num)s changed", "%(num)s changed", len(self.altered)) if self.altered else "",
            ngettext("%(num)s called off or gone", "%(num)s called off or gone", len(self.off)) if self.off else "",
        ]
        return "\u00a0· ".join(str(part) for part in parts if part)


def grouped(changes: Iterable[Change], new: Programme) -> Difference:
    """Changes as `difference` gives them: of the whole, what is new, what is off, and the rest item by item."""
    whole: list[Change] = []
    on: list[Change] = []
    off: list[Change] = []
    by_item: dict[str, list[Change]] = {}
    for change in changes:
        if change.uid is None:
            whole.append(change)
        elif change.what in _OFF:
            off.append(change)
        elif change.what in _ON:
            on.append(change)
        else:
            by_item.setdefault(change.uid, []).append(change)
    altered = []
    for uid, found in by_item.items():
        item = new.item(uid)
        altered.append(Altered(isolated(item.heading) if item else uid, tuple(found)))
    return Difference(tuple(whole), tuple(on), tuple(off), tuple(altered))


def counts(changes: Sequence[dict[str, object]]) -> str:
    """`2 new · 1 changed`, of a release's change list."""
    on = sum(change["what"] in _ON for change in changes)
    off = sum(change["what"] in _OFF for change in changes)
    uids = {change["uid"] for change in changes if change["what"] not in _ON | _OFF and change["uid"]}
    parts = [
        ngettext("%(num)s new", "%(num)s new", on) if on else "",
        ngettext("%(num)s changed", "%(num)s changed", len(uids)) if uids else "",
        ngettext("%(num)s called off or gone", "%(num)s called off or gone", off) if off else "",
    ]
    return "\u00a0· ".join(str(part) for part in parts if part)


def _shown(at: Here, which: str) -> Programme:
    """A release as everybody may read it today, or the draft as they would."""
    session = unit().session
    if which == DRAFT:
        return drafting.as_released(session, at.edition, unit().now)
    number = int(which) if which.isascii() and which.isdecimal() and len(which) < 9 else 0
    found = queries.find_release(session, at.edition.id, number)
    if found is None:
        raise NotFound
    programme = from_json(found.programme)
    return public_view(programme, queries.choices(session, at.edition.id, drafting.people_in((programme,))))


def _name(which: str) -> str:
    return str(_("the draft")) if which == DRAFT else str(_("release\u00a0%(number)s", number=which))


# -- pages -----------------------------------------------------------------------------------------------------------


@blueprint.get(BASE)
@access(team(MAY_SCHEDULE))
def releases(community: str, edition: str) -> Response:
    """Every release: when, by whom, what it changed; from here to the difference between any two."""
    at, session = here(), unit().session
    numbers = queries.release_numbers(session, at.edition.id)
    pager = paging(len(numbers), RELEASES_PER_PAGE)
    lines = queries.releases_at_desk(session, at.edition.id, offset=pager.offset, most=RELEASES_PER_PAGE)
    return page(
        "schedule/releases.html",
        at=at,
        lines=lines,
        counts={line.number: counts(line.changes) for line in lines},
        numbers=numbers,
        newest=numbers[0] if numbers else 0,
        pager=pager,
        state=queries.draft_state(session, at.edition.id),
    )


@blueprint.get(f"{BASE}/difference")
@access(team(MAY_SCHEDULE))
def release_difference(community: str, edition: str) -> Response:
    """What differs between two releases, or a release and the draft, as everybody would read it today."""
    at = here()
    numbers = queries.release_numbers(unit().session, at.edition.id)
    if not numbers:
        raise NotFound
    before = request.args.get("from") or str(numbers[min(1, len(numbers) - 1)])
    after = request.args.get("to") or DRAFT
    old, new = _shown(at, before), _shown(at, after)
    return page(
        "schedule/difference.html",
        at=at,
        numbers=[str(number) for number in numbers],
        before=before,
        after=after,
        names=(_name(before), _name(after)),
        found=grouped(difference(old, new), new),
    )


def _return_page(at: Here, number: int, form: ReturnForm, status: int, refused: str = "") -> Response:
    found = returning.look(unit(), at.edition, number, revive=bool(form.revive.data))
    form.seen.data = found.seen
    return page(
        "schedule/release_again.html",
        status,
        at=at,
        form=form,
        found=found,
        next=found.last.number + 1,
        difference=grouped(found.comparison.changes, found.comparison.new),
        circles=telling.circles(unit(), at.edition, found.comparison),
        refused=refused,
    )


@blueprint.get(f"{BASE}/<int:number>/again")
@access(team(MAY_SCHEDULE))
def return_to_release(community: str, edition: str, number: int) -> Response:
    """What going back to that release would change, and what of it stays called off."""
    form = ReturnForm()
    form.note.data = str(_("As release %(number)s.", number=number))
    return _return_page(here(), number, form, 200)


@blueprint.post(f"{BASE}/<int:number>/again")
@access(team(MAY_SCHEDULE))
def release_again(community: str, edition: str, number: int) -> Response:
    """Make that release's programme public once more, under a new number."""
    at = here()
    form = ReturnForm()
    if request.form.get("do") == "look":
        return _return_page(at, number, form, 200)
    if not form.is_sent:
        return _return_page(at, number, form, 422)
    try:
        made = returning.release_again(
            unit(),
            at.edition,
            at.standing,
            number,
            note=form.note.data or "",
            seen=form.seen.data or "",
            revive=bool(form.revive.data),
            tells=bool(form.tells.data),
        )
    except Conflict as refused:
        return _return_page(at, number, form, 409, refused.sentence)
    tell(
        str(
            _(
                "Release %(number)s is public and shows what release %(older)s showed. The draft is as it was: "
                "releasing it next brings back what it says.",
                number=made.number,
                older=number,
            )
        )
    )
    return redirect(at.url("schedule.releases"), 303)  # type: ignore[return-value]


def _draft_page(at: Here, number: int, status: int, refused: str = "") -> Response:
    found = rewinding.look(unit().session, at.edition, number)
    return page(
        "schedule/release_draft.html",
        status,
        at=at,
        found=found,
        difference=grouped(found.changes, found.programme),
        refused=refused,
    )


@blueprint.get(f"{BASE}/<int:number>/draft")
@access(team(MAY_SCHEDULE))
def draft_of_release(community: str, edition: str, number: int) -> Response:
    """What bringing the draft back to that release would change, and what of the draft would be lost."""
    return _draft_page(here(), number, 200)


@blueprint.post(f"{BASE}/<int:number>/draft")
@access(team(MAY_SCHEDULE))
def rewind_draft(community: str, edition: str, number: int) -> Response:
    """Make the draft say what that release said. What is public does not change."""
    at = here()
    try:
        rewinding.rewind(unit(), at.edition, at.standing, number, seen=request.form.get("seen", "")[:60])
    except Conflict as refused:
        return _draft_page(at, number, 409, refused.sentence)
    tell(
        str(
            _(
                "The draft says what release %(number)s said. Undo in the grid brings back what it said before, for a "
                "day.",
                number=number,
            )
        )
    )
    return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]


# -- planned for a moment --------------------------------------------------------------------------------------------


@blueprint.post(f"{BASE}/planned")
@access(team(MAY_SCHEDULE))
def plan_release(community: str, edition: str) -> Response:
    """Release the draft as it is now at a moment in the edition's zone."""
    at = here()
    form = ReleaseForm()
    form.offer()
    moment = form.read_plan(at.edition.time_zone, unit().now) if form.is_sent else None
    if moment is None:
        return release_page(at, form, 422)
    try:
        planning.plan(
            unit(),
            at.edition,
            at.standing,
            moment,
            note=form.note.data or "",
            seen=form.seen.data or "",
            despite_errors=bool(form.despite_errors.data),
            tells=bool(form.tells.data),
        )
    except Conflict as refused:
        return release_page(at, form, 409, refused.sentence)
    when = when_text(moment, at.edition.time_zone)
    tell(str(_("Planned: %(when)s. If the draft changes before, nothing is released and you get a mail.", when=when)))
    return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]


@blueprint.post(f"{BASE}/planned/<int:plan_id>/end")
@access(team(MAY_SCHEDULE))
def call_off_release(community: str, edition: str, plan_id: int) -> Response:
    """Call a planned release off."""
    at = here()
    planning.call_off(unit(), at.edition, at.standing, plan_id)
    tell(str(_("Called off. Nothing is released by itself.")))
    return redirect(at.url("schedule.new_release"), 303)  # type: ignore[return-value]
