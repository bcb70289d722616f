"""The chairs' pages: automatic assignment with its preview; bids and topics; assignments as a file."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.accounts.queries import by_address
from workshop_manager.assignments import bidding, files, proposing, queries, words
from workshop_manager.assignments.forms import TableForm, automatic_form, topic_names
from workshop_manager.assignments.models import Proposal
from workshop_manager.assignments.rules import BUSY
from workshop_manager.assignments.service import assign_pairs
from workshop_manager.assignments.settings import Result, Settings
from workshop_manager.assignments.states import PairKind, ProposalState
from workshop_manager.assignments.views import blueprint, ids_in, kept_query, language_in_form, number_of
from workshop_manager.conflicts.queries import conflict_pairs
from workshop_manager.core.errors import Conflict
from workshop_manager.submissions import topics
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS
from workshop_manager.workshops.service import require

DESK = "/<community>/<edition>/organise/reviews"
WORKS = 25
MOST_SHOWN = 200
"""Lines of a table that are looked at before it is assigned."""
POLLED_EVERY = 2
"""Seconds after which a page about something that is being worked out asks again."""


def tabs(at: Here, current: str) -> list[tuple[str, str, bool]]:
    """The pages of the desk about who reads what: `current` is an endpoint."""
    every = [
        (str(_("Who reads what")), "reviews.assignments"),
        (str(_("Automatic assignment")), "assignments.desk_automatic"),
        (str(_("Bids and topics")), "assignments.desk_bids"),
        (str(_("As a file")), "assignments.desk_file"),
        (str(_("How it goes")), "reviews.progress"),
        (str(_("Phases and forms")), "reviews.phases_page"),
        (str(_("Mentored round")), "mentoring.desk"),
    ]
    if not at.standing.may(MAY_DECIDE):
        kept_back = ("assignments.desk_bids", "reviews.phases_page", "mentoring.desk")
        every = [entry for entry in every if entry[1] not in kept_back]
    return [(label, at.url(endpoint), endpoint == current) for label, endpoint in every]


# -- automatic assignment -----------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/automatic")
@access(team(MAY_SUBMISSIONS))
def desk_automatic(community: str, edition: str) -> Response:
    """What to ask of the solver; how far it is; what it proposes."""
    return _automatic(here())


def _automatic(at: Here, status: int = 200, refused: str = "", refused_at: int = 0) -> Response:
    found = queries.find_proposal(unit().session, at.edition.id, viewer_person().id)
    settings = Settings.read(found.settings) if found else Settings()
    values: dict[str, Any] = {
        "at": at,
        "tabs": tabs(at, "assignments.desk_automatic"),
        "form": automatic_form(settings),
        "settings": settings,
        "proposal": found,
        "refused": refused,
        "refused_at": refused_at,
    }
    if found is not None and found.state is ProposalState.READY:
        return page("assignments/proposal.html", status, **values, **_preview(at, found, settings))
    is_busy = found is not None and found.state in BUSY
    response = page(
        "assignments/automatic.html",
        status,
        **values,
        is_busy=is_busy,
        failed=found is not None and found.state is ProposalState.FAILED,
        works=queries.count_works(unit().session, at.edition.id, at.standing),
        reviewers=queries.count_pool(unit().session, at.edition.id),
        totals=queries.bid_totals(unit().session, at.edition.id, at.standing),
    )
    if is_busy and status == 200:
        response.headers["Refresh"] = str(POLLED_EVERY)
    return response


def _preview(at: Here, found: Proposal, settings: Settings) -> dict[str, Any]:
    session, result = unit().session, Result.read(found.result)
    show = "lacking" if request.args.get("show") == "lacking" else ""
    every, lacking = queries.count_proposed_works(session, found, at.standing)
    pager = paging(lacking if show else every, WORKS)
    rows = queries.proposed_works(session, found, at.standing, show, pager.offset, pager.size)
    loads = queries.load_changes(session, found, at.standing)
    given_work = [(load.person.id, load.max_load, load.away_until) for load in loads if load.is_given_work]
    now = queries.now(session, at.edition.id, at.standing, given_work)
    names = {load.person.id: load.person.name for load in loads}
    return {
        "result": result,
        "rows": rows,
        "pager": pager,
        "pairs": queries.shown_pairs(session, found, at.standing, [work.id for work in rows]),
        "loads": loads,
        "loads_by_name": sorted(loads, key=lambda load: load.person.name.casefold()),
        "figures": words.figures(result, settings, every),
        "again": _again(settings),
        "asked_words": words.asked(settings),
        "most": max([settings.load, *(load.after for load in loads)]),
        "new": sum(load.added for load in loads),
        "asked": sum(1 for load in loads if load.added),
        "missing": words.missing(result, settings, now.works, names),
        "changed": proposing.changes(found, now),
        "doubts": words.doubts(loads, settings.load, unit().now.date()),
        "words": words,
        "kinds": PairKind,
        "query": kept_query("page", "show"),
        "show": show,
        "segments": [
            (str(_("All")), at.url("assignments.desk_automatic"), not show, every),
            (
                str(_("Lack reviewers")),
                at.url("assignments.desk_automatic", show="lacking"),
                bool(show),
                lacking,
            ),
        ],
    }


def _again(settings: Settings) -> dict[str, str]:
    """The fields of the form, for the button that asks for the same once more."""
    boxes = {name: "y" for name in ("senior", "languages", "tracks") if getattr(settings, name)}
    aim = "fair" if settings.fair else "total"
    choices = {"aim": aim, "weigh": settings.weigh, "text": settings.text}
    return {"reviews": str(settings.reviews), "load": str(settings.load)} | choices | boxes


@blueprint.post(f"{DESK}/automatic")
@access(team(MAY_SUBMISSIONS))
def desk_automatic_ask(community: str, edition: str) -> Any:
    """Have an assignment worked out, once more if there is one."""
    at = here()
    form = automatic_form(Settings())
    if not form.is_sent:
        return page(
            "assignments/automatic.html",
            422,
            at=at,
            tabs=tabs(at, "assignments.desk_automatic"),
            form=form,
            proposal=None,
            is_busy=False,
            failed=False,
            refused="",
            works=queries.count_works(unit().session, at.edition.id, at.standing),
            reviewers=queries.count_pool(unit().session, at.edition.id),
            totals=queries.bid_totals(unit().session, at.edition.id, at.standing),
        )
    proposing.ask(unit(), at.edition, form.settings)
    return redirect(at.url("assignments.desk_automatic"), 303)


@blueprint.post(f"{DESK}/automatic/removal")
@access(team(MAY_SUBMISSIONS))
def desk_automatic_discard(community: str, edition: str) -> Any:
    """Forget the proposal."""
    at = here()
    proposing.discard(unit(), at.edition)
    tell(str(_("The proposal is discarded. Nothing was assigned.")))
    return redirect(at.url("assignments.desk_automatic"), 303)


@blueprint.post(f"{DESK}/automatic/application")
@access(team(MAY_SUBMISSIONS))
def desk_automatic_apply(community: str, edition: str) -> Any:
    """Assign what the proposal says."""
    at = here()
    try:
        made = proposing.apply(unit(), at.edition, number_of(request.form.get("version", "")))
    except Conflict as refusal:
        return _automatic(at, 409, refusal.sentence)
    tell(proposing.made_sentence(made))
    return redirect(at.url("reviews.assignments"), 303)


def _by_hand(number: int, reviewer_id: int, kind: PairKind | None) -> Any:
    at = here()
    try:
        proposing.set_by_hand(unit(), at.edition, number, reviewer_id, kind)
    except Conflict as refusal:
        return _automatic(at, 422, refusal.sentence, number)
    return redirect(at.url("assignments.desk_automatic", **kept_query("page", "show")) + f"#s{number}", 303)


@blueprint.post(f"{DESK}/automatic/<int:number>/pairs")
@access(team(MAY_SUBMISSIONS))
def desk_automatic_add(community: str, edition: str, number: int) -> Any:
    """Put somebody into the proposal for a work."""
    return _by_hand(number, number_of(request.form.get("reviewer", "")), PairKind.BY_HAND)


@blueprint.post(f"{DESK}/automatic/<int:number>/pairs/<int:reviewer_id>/removal")
@access(team(MAY_SUBMISSIONS))
def desk_automatic_bar(community: str, edition: str, number: int, reviewer_id: int) -> Any:
    """Take somebody out, so that the next run does not propose them again for this work."""
    return _by_hand(number, reviewer_id, PairKind.BARRED)


@blueprint.post(f"{DESK}/automatic/<int:number>/pairs/<int:reviewer_id>/return")
@access(team(MAY_SUBMISSIONS))
def desk_automatic_return(community: str, edition: str, number: int, reviewer_id: int) -> Any:
    """Let the next run decide about them again."""
    return _by_hand(number, reviewer_id, None)


# -- bids and topics ----------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/bids")
@access(team(MAY_DECIDE))
def desk_bids(community: str, edition: str) -> Response:
    """The list of topics, and whether reviewers bid."""
    return _bids(here())


def _bids(
    at: Here, status: int = 200, refused: str = "", typed: Mapping[int, str] | None = None, added: str = ""
) -> Response:
    session = unit().session
    return page(
        "assignments/desk_bids.html",
        status,
        at=at,
        tabs=tabs(at, "assignments.desk_bids"),
        bidding=queries.find_bidding(session, at.edition.id),
        totals=queries.bid_totals(session, at.edition.id, at.standing),
        uses=topics.topic_uses(session, at.edition.id, at.standing),
        refused=refused,
        typed=typed or {},
        added=added,
        longest=topics.LONGEST,
    )


@blueprint.post(f"{DESK}/bids")
@access(team(MAY_DECIDE))
def desk_bids_sent(community: str, edition: str) -> Any:
    """Open or close bidding; ask for languages or not."""
    at = here()
    is_open = "is_open" in request.form
    bidding.set_bidding(unit(), at.edition, is_open=is_open, asks_language="asks_language" in request.form)
    opened = _("Reviewers find the abstracts under “My reviews” now. They got no mail: write to them when you want.")
    tell(str(opened if is_open else _("Kept. Bidding is closed.")))
    return redirect(at.url("assignments.desk_bids"), 303)


@blueprint.post(f"{DESK}/topics")
@access(team(MAY_DECIDE))
def desk_topics(community: str, edition: str) -> Any:
    """Keep the list of topics."""
    at = here()
    named = {
        number_of(name[1:]): "".join(topic_names([value]))
        for name, value in request.form.items()
        if name.startswith("t") and number_of(name[1:]) > 0
    }
    added = request.form.get("added", "")[:20_000]
    try:
        topics.change_topics(unit(), at.edition, named, topic_names(added.splitlines()))
    except Conflict as refusal:
        return _bids(at, 422, refusal.sentence, named, added)
    tell(str(_("The topics are kept.")))
    return redirect(at.url("assignments.desk_bids") + "#topics", 303)


@blueprint.post("/<community>/<edition>/organise/submissions/<int:number>/topics")
@access(team(MAY_SUBMISSIONS))
def desk_describe(community: str, edition: str, number: int) -> Any:
    """A chair says what a work is about."""
    at = here()
    bidding.describe_at_desk(unit(), at.edition, number, ids_in("topic"), language_in_form())
    tell(str(_("Kept.")))
    return redirect(at.url("submissions.desk_list_one", number=number), 303)


# -- as a file ----------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/assignments.csv")
@access(team(MAY_SUBMISSIONS))
def desk_export(community: str, edition: str) -> Response:
    """Who reads what, of what one may see."""
    at = here()
    rows = queries.assigned_rows(unit().session, at.edition.id, at.standing)
    return csv_response(
        f"{at.edition.slug}-assignments",
        files.HEADER,
        [(work.number, person.email, person.name, work.title) for work, person in rows],
    )


@blueprint.get(f"{DESK}/file")
@access(team(MAY_SUBMISSIONS))
def desk_file(community: str, edition: str) -> Response:
    """Take the list along; bring one back."""
    return _file(here(), TableForm(), None)


def _file(at: Here, form: TableForm, reading: files.Reading | None, status: int = 200) -> Response:
    return page(
        "assignments/file.html",
        status,
        at=at,
        tabs=tabs(at, "assignments.desk_file"),
        form=form,
        reading=reading,
        people=len({person for _work, person in reading.pairs}) if reading else 0,
        shown=_named(at, reading) if reading and not reading.problems else [],
        most=MOST_SHOWN,
    )


def _named(at: Here, reading: files.Reading) -> list[tuple[int, str]]:
    """The first pairs of a table: number of the work, name of who would read it."""
    session = unit().session
    numbers = {work: number for number, work in queries.open_numbers(session, at.edition.id, at.standing).items()}
    names = {person.id: person.name for person in queries.reviewers(session, at.edition.id)}
    return sorted((numbers[work], names[person]) for work, person in reading.pairs)[:MOST_SHOWN]


def _reading(at: Here, text: str) -> files.Reading:
    session = unit().session
    return files.read(
        text,
        queries.open_numbers(session, at.edition.id, at.standing),
        {address: one.id for address, one in by_address(session, queries.reviewers(session, at.edition.id)).items()},
        {(work, person) for work, person, _why in conflict_pairs(session, at.edition.id)},
        queries.given_pairs(session, at.edition.id, at.standing),
    )


def _uploaded(form: TableForm) -> None:
    """A chosen file stands for what would be typed."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        form.text.data = sent.read(2_000_001).decode("utf-8-sig", "replace")
        form.text.raw_data = [form.text.data]


@blueprint.post(f"{DESK}/file")
@access(team(MAY_SUBMISSIONS))
def desk_file_sent(community: str, edition: str) -> Any:
    """Look at a table: nothing is assigned before `do=import`, and nothing at all if a row is wrong."""
    at, form = here(), TableForm()
    _uploaded(form)
    if not form.is_sent:
        return _file(at, form, None, 422)
    reading = _reading(at, str(form.text.data))
    if request.form.get("do") != "import" or reading.problems or not reading.pairs:
        return _file(at, form, reading, 422 if reading.problems else 200)
    made = assign_pairs(unit(), at.edition, reading.pairs, require(unit(), at.edition, MAY_SUBMISSIONS))
    tell(proposing.made_sentence(made))
    return redirect(at.url("reviews.assignments"), 303)
