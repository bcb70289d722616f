"""How kinds of cost, states and decisions are called, and amounts of money, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from workshop_manager.core.money import Money
from workshop_manager.core.text import isolated
from workshop_manager.funds.states import Stage
from workshop_manager.grants.costs import Limit, nights
from workshop_manager.grants.models import Line
from workshop_manager.grants.queries import Part, Seat
from workshop_manager.grants.rules import Gap, Phase
from workshop_manager.grants.states import AwardState, CostKind, State, Upfront, Verdict, Visa
from workshop_manager.registrations.states import State as PlaceState
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.web.times import day_text

Sign = Literal["ok", "wait", "stop", "note", "rest"]

_KINDS = {
    CostKind.WAIVER: (_l("Registration"), "ticket", _l("the fee of the workshop or of the host conference")),
    CostKind.AIR: (_l("Flights"), "airplane-tilt", _l("economy, the cheapest that is safe for you")),
    CostKind.GROUND: (_l("Train, bus, local transport"), "train", _l("also to and from the airport")),
    CostKind.LODGING: (_l("Lodging"), "bed", _l("all of the stay; the days stand below")),
    CostKind.VISA: (_l("Visa"), "identification-card", _l("fees, letters, the way to the consulate")),
    CostKind.DATA: (_l("Data or bandwidth"), "wifi-high", _l("to take part from afar: data, power")),
    CostKind.VPN: (_l("VPN"), "lock", _l("where the services we use cannot be reached without one")),
    CostKind.CAREGIVING: (_l("Caregiving"), "users", _l("for children or others who depend on you")),
    CostKind.OTHER: (_l("Something else"), "coins", _l("say what")),
}
KIND_NAMES = {kind: name for kind, (name, _icon, _hint) in _KINDS.items()}
"""Lazy, for labels of forms that are made before there is a reader."""
UPFRONT = {
    Upfront.BOOKING: _l("You book it for me: tickets and bed are prepaid"),
    Upfront.ADVANCE: _l("An advance, before I travel"),
}
STAGES = {
    Stage.STUDENT: _l("Student"),
    Stage.POSTDOC: _l("Postdoc"),
    Stage.FACULTY: _l("Faculty"),
    Stage.INDUSTRY: _l("In industry"),
    Stage.OTHER: _l("Something else"),
}
_STATES = {
    State.DRAFT: ("note", _l("Draft"), "pencil-simple"),
    State.SUBMITTED: ("ok", _l("Submitted"), "check-circle-fill"),
    State.OFFERED: ("wait", _l("Offered"), "hand-coins"),
    State.ACCEPTED: ("ok", _l("Accepted"), "check-circle-fill"),
    State.DECLINED: ("rest", _l("Declined"), "prohibit"),
    State.EXPIRED: ("rest", _l("Offer ended"), "clock-countdown"),
    State.WAITLISTED: ("wait", _l("On the waitlist"), "hourglass-medium"),
    State.REJECTED: ("rest", _l("Not this time"), "x-circle"),
    State.WITHDRAWN: ("rest", _l("Withdrawn"), "arrow-u-up-left"),
}
_VERDICTS = {
    Verdict.OFFER: _l("Offer"),
    Verdict.WAITLIST: _l("Waitlist"),
    Verdict.REJECT: _l("Not this time"),
}
_MARKS = {
    AwardState.PROPOSED: _l("proposed"),
    AwardState.OFFERED: _l("offered"),
    AwardState.ACCEPTED: _l("accepted"),
    AwardState.DECLINED: _l("declined"),
    AwardState.EXPIRED: _l("not answered in time"),
    AwardState.RETURNED: _l("given back"),
}
_WORK_STATES = {
    WorkState.SUBMITTED: _l("not decided yet"),
    WorkState.WITHDRAWN: _l("withdrawn"),
    WorkState.ACCEPTED: _l("accepted"),
    WorkState.CONFIRMED: _l("accepted and confirmed"),
    WorkState.DECLINED: _l("declined by the authors"),
    WorkState.WAITLISTED: _l("on the waitlist"),
    WorkState.REJECTED: _l("not accepted"),
}
_PHASES: Mapping[Phase, tuple[Sign, str]] = {
    Phase.UNDATED: ("rest", _l("Not announced yet")),
    Phase.AHEAD: ("note", _l("Opens soon")),
    Phase.OPEN: ("ok", _l("Open")),
    Phase.CLOSED: ("rest", _l("Closed")),
}
_ENTRIES = {
    "submitted": _l("Submitted"),
    "changed": _l("Changed by the applicant"),
    "reopened": _l("Begun again"),
    "withdrawn": _l("Withdrawn"),
    "proposed": _l("Decision noted: %(verdict)s"),
    "proposal-dropped": _l("The proposal fell away, because the costs were changed"),
    "offered": _l("%(money)s offered"),
    "waitlisted": _l("Put on the waitlist"),
    "next-suggested": _l("Next in rank: %(money)s that came back could be offered, if the organisers agree"),
    "succeeded": _l("Money that came back from others is in this offer"),
    "rejected": _l("Answered: not this time"),
    "accepted": _l("%(money)s accepted"),
    "lowered": _l("Lowered to %(money)s"),
    "declined": _l("Declined"),
    "expired": _l("The offer ended without an answer"),
    "returned": _l("%(money)s went back"),
    "submission-withdrawn": _l("A submission they have a part in was withdrawn"),
    "submission-turned-down": _l("A second decision took back the place of a submission they have a part in"),
    "submission-declined": _l("The place in the programme was given back for a submission they have a part in"),
    "kept-without-paper": _l("Kept by an organiser, though no paper is left"),
    "taken-back": _l("Taken back by an organiser, because no paper is left"),
    "erased": _l("The person deleted their account"),
    "went-virtual": _l("The person takes part virtually now"),
    "registration-cancelled": _l("The person cancelled their registration, or it was cancelled"),
    "conflict-lifted": _l("What was found about a member of the committee was looked at: no conflict of interest"),
    "conflict-counts": _l("A conflict of interest that had been lifted counts again"),
    "information-asked": _l("Information asked for"),
    "information-given": _l("The applicant answered a question"),
    "information-closed": _l("A question to the applicant was closed"),
    "more-asked": _l("The applicant asked for more"),
    "more-closed": _l("The wish for more was dealt with"),
    "claim-handed-in": _l("%(money)s claimed, with receipts"),
    "claim-taken-back": _l("The person took a claim of %(money)s back"),
    "claim-approved": _l("A claim of %(money)s approved"),
    "claim-cut": _l("A claim cut to %(money)s"),
    "claim-returned": _l("A claim of %(money)s sent back to the person"),
    "claim-paid": _l("%(money)s paid"),
    "payment-corrected": _l("A payment of %(money)s was entered by mistake, and is put right"),
    "payment-came-back": _l("%(money)s that were paid came back"),
    "did-not-attend": _l("The person did not attend; what was not paid went back"),
    "bank-details-given": _l("The person said where to pay to"),
    "bank-details-seen": _l("Somebody looked at where to pay to"),
    "bank-details-removed": _l("Where to pay to was deleted"),
    "visa-told": _l("The person said how far the visa is"),
    "journey-again": _l("A journey can be given again"),
    "journey-back": _l("%(money)s for the journey went back"),
    "journey-to-settle": _l("%(money)s was claimed or paid for the journey, and is to be settled with the person"),
    "virtual-aid": _l("%(money)s of virtual aid instead of the journey"),
    "joined": _l("The person had two accounts, each with an application; this one stays"),
}


VISAS = {
    Visa.NOT_NEEDED: _l("I need none"),
    Visa.APPOINTMENT: _l("I have an appointment"),
    Visa.GRANTED: _l("It is granted"),
    Visa.REFUSED: _l("It was refused"),
}
_VISA_FACTS = {
    Visa.NOT_NEEDED: _l("none needed"),
    Visa.APPOINTMENT: _l("appointment on %(day)s"),
    Visa.GRANTED: _l("granted"),
    Visa.REFUSED: _l("refused"),
}


def visa_text(visa: Visa | None, day: date | None, letter: str) -> str:
    """How far the visa is: what the person said, and what is known of a letter; empty for neither."""
    said = str(_VISA_FACTS[visa]) % {"day": day_text(day) if day else "?"} if visa else ""
    return ", ".join(part for part in (said, letter) if part)


_LETTERS = {
    "requested": _l("letter requested"),
    "issued": _l("letter issued"),
    "declined": _l("letter declined"),
}


def letter_text(stage: str) -> str:
    """How far a letter of invitation is; empty without one."""
    return str(_LETTERS[stage]) if stage else ""


def kind_name(kind: CostKind) -> str:
    """`Flights`."""
    return str(_KINDS[kind][0])


def kind_icon(kind: CostKind) -> str:
    return _KINDS[kind][1]


def kind_hint(kind: CostKind) -> str:
    """What belongs to it, in a few words."""
    return str(_KINDS[kind][2])


def limit_text(limit: Limit, currency: str) -> str:
    """`at most 62 USD a night, for 7 nights`."""
    most = money(limit.amount, currency)
    if limit.nights is None:
        return str(_("at most %(money)s", money=most))
    return str(
        ngettext(
            "at most %(money)s for one night", "at most %(money)s a night, for %(num)s nights", limit.nights, money=most
        )
    )


def paying_text(*, cannot_front: bool, upfront: Upfront | None, is_own: bool) -> str:
    """Whether costs can be paid up front, and if not, what was chosen; to the applicant, or of them."""
    key = "can" if not cannot_front else upfront
    mine = {
        "can": _("You can pay costs up front and get them back."),
        None: _("You cannot pay costs up front."),
        Upfront.BOOKING: _("You cannot pay costs up front. You chose that they are booked for you and prepaid."),
        Upfront.ADVANCE: _("You cannot pay costs up front. You chose an advance before you travel."),
    }
    theirs = {
        "can": _("can pay them"),
        None: _("cannot pay them"),
        Upfront.BOOKING: _("cannot pay them: wants them booked and prepaid"),
        Upfront.ADVANCE: _("cannot pay them: wants an advance"),
    }
    return str((mine if is_own else theirs)[key])


def elsewhere(paid: Mapping[str, str]) -> list[tuple[str, str]]:
    """What others pay, as (kind of cost, who), in the order of the form."""
    return [(kind_name(kind), paid[kind.value]) for kind in CostKind if kind.value in paid]


def told_about(stage: str | None, *, presented_before: bool | None) -> list[tuple[str, str]]:
    """What somebody told of themselves, each with its label; nothing of what they left open."""
    found: list[tuple[str, str]] = []
    if stage:
        found.append((str(_("Career")), str(STAGES[Stage(stage)])))
    if presented_before is not None:
        said = _("has presented at such a workshop before") if presented_before else _("presents for the first time")
        found.append((str(_("Presenting")), str(said)))
    return found


def stay_text(arrives: date | None, departs: date | None) -> str:
    """The days of the stay and its nights; empty unless both days are known."""
    stayed = nights(arrives, departs)
    if stayed is None or arrives is None or departs is None:
        return ""
    return str(
        ngettext(
            "From %(start)s to %(end)s: one night.", "From %(start)s to %(end)s: %(num)s nights.", stayed,
            start=day_text(arrives, year=True), end=day_text(departs, year=True),
        )
    )  # fmt: skip


def cut_text(line: Line, limit: Limit | None, currency: str) -> str:
    """How what is asked for follows from what it costs; empty where it is the same."""
    parts = []
    if line.cost != line.asked:
        parts.append(str(_("costs %(money)s", money=money(line.cost, currency))))
    if line.own:
        parts.append(str(_("%(money)s paid by the applicant", money=money(line.own, currency))))
    if line.cost - line.own > line.asked:
        parts.append(limit_text(limit, currency) if limit is not None else str(_("more than the cap")))
    return ", ".join(parts)


def state_name(state: State) -> str:
    """`On the waitlist`."""
    return str(_STATES[state][1])


def state_sign(state: State) -> tuple[str, str, str]:
    """For the macro `ui.state`: kind, words, icon."""
    kind, text, icon = _STATES[state]
    return kind, str(text), icon


def hidden_name(number: int) -> str:
    """`Applicant 12`: what somebody is called while readers must not learn who asks."""
    return str(_("Applicant %(number)s", number=number))


def verdict_name(verdict: Verdict | None) -> str:
    """`Offer`, or `Undecided`."""
    return str(_VERDICTS[verdict]) if verdict else str(_("Undecided"))


def award_word(state: AwardState) -> str:
    """`proposed`."""
    return str(_MARKS[state])


def phase_sign(phase: Phase) -> tuple[Sign, str]:
    """For the macro `ui.state`: kind, words."""
    kind, text = _PHASES[phase]
    return kind, str(text)


def gap_text(gap: Gap) -> str:
    """The sentence of something that is missing."""
    return str(_(gap.message, **gap.values))


def money(minor: int, currency: str) -> str:
    """`1,840 USD`."""
    return str(Money(minor, currency))


def part_text(parts: list[Part]) -> str:
    """`presents a submission: accepted`, the strongest part first; empty without one."""
    shown = sorted(parts, key=lambda part: (not part.is_presenter, part.state not in _ON, part.state.value))
    if not shown:
        return ""
    first, rest = shown[0], len(shown) - 1
    state = str(_WORK_STATES[first.state])
    text = (
        _("presents a submission: %(state)s", state=state)
        if first.is_presenter
        else _("has a part in a submission: %(state)s", state=state)
    )
    if rest:
        more = ngettext("and in %(num)s more", "and in %(num)s more", rest)
        return f"{text}, {more}"
    return str(text)


_ON = (WorkState.ACCEPTED, WorkState.CONFIRMED)


def seat_text(seat: Seat | None) -> str:
    """`registered: In person`."""
    if seat is None or seat.state is PlaceState.CANCELLED:
        return str(_("not registered"))
    if seat.state is PlaceState.WAITLISTED:
        return str(_("waits for a place: %(kind)s", kind=isolated(seat.kind)))
    if seat.state is PlaceState.REQUESTED:
        return str(_("asks for a place: %(kind)s", kind=isolated(seat.kind)))
    return str(_("registered: %(kind)s", kind=isolated(seat.kind)))


def entry_text(action: str, details: Mapping[str, object]) -> str:
    """A line of the history as a sentence."""
    text = _ENTRIES.get(action)
    if text is None:
        return action
    values: dict[str, str] = {}
    if isinstance(minor := details.get("minor"), int):
        values["money"] = money(minor, str(details.get("currency", "")))
    if "verdict" in details:
        found = next((v for v in Verdict if v.value == details["verdict"]), None)
        values["verdict"] = verdict_name(found)
    return str(text) % values


def round_name(names: Mapping[int, str], number: int) -> str:
    """What a round is called; empty where there is but one."""
    return (names.get(number) or str(_("First round"))) if number in names else ""
