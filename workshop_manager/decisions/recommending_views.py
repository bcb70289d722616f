"""What those who read submissions at the desk recommend. It decides nothing, and shows nothing of what is pending."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.errors import Conflict
from workshop_manager.decisions import queries, service
from workshop_manager.decisions.outcomes import outcomes_of
from workshop_manager.decisions.parts import asked_board, asked_part, kept_query, tabs
from workshop_manager.decisions.queries import Scored
from workshop_manager.decisions.rules import DECIDABLE, MAY_RECOMMEND
from workshop_manager.decisions.service import Advice
from workshop_manager.decisions.views import Strip, blueprint, say, strip, typed_by_number
from workshop_manager.reviews import queries as reviews
from workshop_manager.reviews.desk import ROWS
from workshop_manager.submissions.states import State
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops.context import Here, here, team

LIST = "/<community>/<edition>/organise/recommendations"


@dataclass(frozen=True, slots=True)
class Row:
    """A work with what the viewer recommends, and what others do."""

    scored: Scored
    strip: Strip
    says: str
    chosen: str
    reason: str
    others: list[tuple[str, str, str]]
    is_open: bool


@blueprint.get(LIST)
@access(team(MAY_RECOMMEND))
def recommendations(community: str, edition: str) -> Response:
    """Ranked as on the board, with one's own recommendation to give."""
    return _list(here())


def _list(at: Here, status: int = 200, refused: str = "", typed: dict[int, Advice] | None = None) -> Response:
    session, person = unit().session, viewer_person()
    part = asked_part(at)
    asked = asked_board(part)
    # Whether something is decided must not show here, so neither view nor count asks for it.
    asked = queries.BoardFilter(asked.show if asked.show == "split" else "", asked.words, asked.part, asked.sort)
    shown = queries.board_counts(session, at.edition.id, at.standing, asked)
    pager = paging(shown.of(asked.show), ROWS)
    found = queries.board(session, at.edition.id, at.standing, asked, pager.offset, pager.size)
    ids = [row.submission.id for row in found]
    opinions, said = reviews.opinions(session, ids), queries.recommendations(session, ids)
    outcomes = outcomes_of(session, at.edition.id)
    rows = []
    for one in found:
        named = [(row, outcomes.chosen(row)) for row in said[one.submission.id]]
        own = next(((row, what) for row, what in named if row.person_id == person.id), None)
        again = (typed or {}).get(one.submission.number)
        rows.append(
            Row(
                scored=one,
                strip=strip(opinions[one.submission.id], one.average),
                says=say(opinions[one.submission.id]),
                chosen=(again.outcome or "") if again else own[1].key if own and own[1] else "",
                reason=again.reason if again else own[0].reason if own else "",
                others=[
                    (row.person.name, what.name, row.reason)
                    for row, what in named
                    if what and row.person_id != person.id
                ],
                is_open=one.submission.state in DECIDABLE,
            )
        )
    within = kept_query("track", "round", "q", "sort")
    return page(
        "decisions/recommendations.html",
        status,
        at=at,
        tabs=tabs(at, "recommendations"),
        rows=rows,
        pager=pager,
        asked=asked,
        part=part,
        outcomes=outcomes.rows,
        refused=refused,
        query=kept_query(),
        is_open=any(row.is_open for row in rows),
        submitted=State.SUBMITTED,
        segments=[
            (str(_("All")), at.url("decisions.recommendations", **within), not asked.show, shown.all),
            (
                str(_("Split")),
                at.url("decisions.recommendations", show="split", **within),
                asked.show == "split",
                shown.split,
            ),
        ],
    )


@blueprint.post(LIST)
@access(team(MAY_RECOMMEND))
def recommendations_save(community: str, edition: str) -> Any:
    """Save what one recommends. The chairs see it beside the decision; nobody is told."""
    at = here()
    reasons = typed_by_number("reason")
    advice = {
        number: Advice(key[:40] or None, reasons.get(number, "").replace("\x00", "").strip()[:500] if key else "")
        for number, key in typed_by_number("recommend").items()
    }
    try:
        changed = service.recommend(unit(), at.edition, advice)
    except Conflict as refusal:
        return _list(at, 422, refusal.sentence, advice)
    if changed:
        saved = ngettext("%(num)s recommendation saved.", "%(num)s recommendations saved.", changed)
        tell(f"{saved} {_('The chairs see it beside their decision; authors and reviewers do not.')}")
    else:
        tell(str(_("Nothing changed.")), "info")
    return redirect(at.url("decisions.recommendations", **kept_query()), 303)
