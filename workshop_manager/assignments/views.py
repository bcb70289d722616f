"""The reviewers' pages: which works they would like to read, and what they know; the authors' topics."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.assignments import bidding, queries, words
from workshop_manager.assignments.queries import BidFilter
from workshop_manager.assignments.rules import REVIEWERS
from workshop_manager.assignments.states import BidLevel
from workshop_manager.conflicts.forms import ConflictForm
from workshop_manager.conflicts.service import declare
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.errors import NotFound
from workshop_manager.submissions import topics
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here

blueprint = Blueprint("assignments", __name__)
BASE = "/<community>/<edition>/reviews"
ROWS = 20
_LEVELS = {level.value: level for level in BidLevel}


def number_of(typed: str) -> int:
    """A number as it stands in a form or an address; what is none is -1, which nothing has."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def ids_in(name: str) -> frozenset[int]:
    """The numbers of a form's boxes of that name."""
    return frozenset(number_of(typed) for typed in request.form.getlist(name)[:1000])


def language_in_form() -> str | None:
    """The language that was chosen; None for English, and for what is none."""
    code = request.form.get("language", "")
    return code if code in words.LANGUAGES and code != "en" else None


def kept_query(*names: str) -> dict[str, str]:
    """Of the address what narrows the list one is on: it travels in the address of its forms."""
    return {k: v[:100] for k, v in request.args.items() if k in names}


_NARROWS = ("page", "show", "track", "topic", "q")


def _asked(at: Here) -> tuple[BidFilter, dict[str, Any]]:
    """The filter in the address, and what the page offers to choose from."""
    session = unit().session
    tracks, known = workshops.tracks(session, at.edition.id), topics.topics(session, at.edition.id)
    asked = BidFilter(
        "open" if request.args.get("show") == "open" else "",
        next((t.id for t in tracks if str(t.id) == request.args.get("track")), None),
        next((t.id for t in known if str(t.id) == request.args.get("topic")), None),
        request.args.get("q", "").replace("\x00", "").strip()[:100],
    )
    return asked, {"tracks": tracks, "topics": known}


@blueprint.get(f"{BASE}/bids")
@access(SIGNED_IN_EDITION)
def bids(community: str, edition: str) -> Response:
    """What one may be given to read: titles and abstracts without their authors. Only while bidding is open."""
    at, session = here(), unit().session
    bidding.require_bidder(unit(), at.edition)
    navigation.frame().private = True
    asked, offered = _asked(at)
    person_id = viewer_person().id
    every, left = queries.bid_counts(session, at.edition.id, person_id, asked)
    pager = paging(left if asked.show == "open" else every, ROWS)
    rows = queries.biddable(session, at.edition.id, person_id, asked, pager.offset, pager.size)
    within = kept_query("track", "topic", "q")
    return page(
        "assignments/bids.html",
        at=at,
        rows=rows,
        about=topics.topics_of_submissions(session, [work.id for work, _level in rows]),
        known=topics.topics_of_reviewers(session, at.edition.id, person_id).get(person_id, frozenset()),
        asked=asked,
        pager=pager,
        every=every,
        left=left,
        levels=words.BIDS,
        query=kept_query(*_NARROWS),
        segments=[
            (str(_("All")), at.url("assignments.bids", **within), asked.show == "", every),
            (str(_("No bid yet")), at.url("assignments.bids", show="open", **within), asked.show == "open", left),
        ],
        **offered,
    )


@blueprint.post(f"{BASE}/bids")
@access(SIGNED_IN_EDITION)
def bids_sent(community: str, edition: str) -> Any:
    """Keep the bids of one page of the list."""
    at = here()
    levels = {
        number_of(name[1:]): _LEVELS.get(value)
        for name, value in request.form.items()
        if name.startswith("b") and number_of(name[1:]) > 0
    }
    changed = bidding.bid(unit(), at.edition, levels)
    tell(
        ngettext("%(num)s bid is kept.", "%(num)s bids are kept.", changed)
        if changed
        else str(_("Nothing had changed."))
    )
    return redirect(at.url("assignments.bids", **kept_query(*_NARROWS)), 303)


@blueprint.route(f"{BASE}/bids/<int:number>/conflict", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def bids_conflict(community: str, edition: str, number: int) -> Any:
    """A reviewer says that they should not judge a work: from then on they see nothing of it."""
    at, form = here(), ConflictForm()
    bidding.require_bidder(unit(), at.edition)
    found = queries.find_biddable(unit().session, at.edition.id, number, viewer_person().id)
    if found is None:
        raise NotFound
    navigation.frame().private = True
    back = at.url("assignments.bids")
    if form.is_sent:
        declare(unit(), at.edition, found, ConflictKind(form.kind.data), form.note.data or "")
        tell(str(_("Thank you. Others take care of #%(number)s, and you do not see it any more.", number=number)))
        return redirect(back, 303)
    status = 422 if request.method == "POST" else 200
    action = at.url("assignments.bids_conflict", number=number)
    return page("reviews/conflict.html", status, number=number, form=form, action=action, back=back)


@blueprint.get(f"{BASE}/topics")
@access(SIGNED_IN_EDITION)
def known(community: str, edition: str) -> Response:
    """Which of the edition's topics one knows. For whoever reviews nothing here, the page does not exist."""
    at, session = here(), unit().session
    if not at.standing.may(REVIEWERS):
        raise NotFound
    navigation.frame().private = True
    person_id = viewer_person().id
    return page(
        "assignments/known.html",
        at=at,
        topics=topics.topics(session, at.edition.id),
        chosen=topics.topics_of_reviewers(session, at.edition.id, person_id).get(person_id, frozenset()),
        bidding=queries.find_bidding(session, at.edition.id),
    )


@blueprint.post(f"{BASE}/topics")
@access(SIGNED_IN_EDITION)
def known_sent(community: str, edition: str) -> Any:
    """Keep them."""
    at = here()
    bidding.choose_known(unit(), at.edition, ids_in("topic"))
    tell(str(_("Kept. The chairs use your topics when they give out abstracts.")))
    return redirect(at.url("assignments.known"), 303)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/topics")
@access(SIGNED_IN_EDITION)
def own_topics(community: str, edition: str, number: int) -> Any:
    """An author says what the work is about."""
    at = here()
    bidding.describe_own(unit(), at.edition, number, ids_in("topic"), language_in_form())
    tell(str(_("Kept. It helps to find reviewers who know the subject.")))
    return redirect(at.url("submissions.detail", number=number), 303)
