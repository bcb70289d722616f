"""One's own stars: what of a schedule one follows with one's account."""

from flask import Response, jsonify, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.schedule import exports, publishing, queries, stars
from workshop_manager.schedule.export_views import stars_by_day
from workshop_manager.schedule.views import blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops.context import SIGNED_IN_EDITION, here

PATH = "/<community>/<edition>/schedule/my-stars"


@blueprint.get(PATH)
@access(SIGNED_IN_EDITION)
def my_stars(community: str, edition: str) -> Response:
    """What one follows; changing it here changes which mails one gets."""
    at, session = here(), unit().session
    navigation.frame().private = True
    shown = queries.published(session, at.edition.id)
    programme = publishing.parsed(shown.programme) if shown else None
    mine = stars.stars_of_person(session, at.edition.id, viewer_person().id)
    chosen = frozenset(exports.star_of(uid) for uid in mine)
    days = stars_by_day(programme, chosen) if programme else []
    return page("schedule/my_stars.html", at=at, days=days, has_any=bool(mine))


@blueprint.post(PATH)
@access(SIGNED_IN_EDITION)
def keep_stars(community: str, edition: str) -> Response:
    """Follow exactly what is ticked; nothing ticked is no more mails."""
    at, uow = here(), unit()
    shown = queries.published(uow.session, at.edition.id)
    programme = publishing.parsed(shown.programme) if shown else None
    wanted = frozenset(request.form.getlist("star")[: exports.MOST_STARS])
    items = programme.items if programme else ()
    number = stars.keep(
        uow, at.edition, viewer_person(), [one.uid for one in items if exports.star_of(one.uid) in wanted]
    )
    if number:
        text = ngettext(
            "Kept: you follow %(num)s item, and get a mail when it moves or is cancelled.",
            "Kept: you follow %(num)s items, and get one mail when any of them moves or is cancelled.",
            number,
        )
        tell(str(text))
    else:
        tell(str(_("You follow nothing here any more, and get no mails about it.")))
    return redirect(at.url("schedule.my_stars"), 303)  # type: ignore[return-value]


@blueprint.post(f"{PATH}/change")
@access(SIGNED_IN_EDITION)
@limiter.limit("120 per minute")
def change_stars(community: str, edition: str) -> Response:
    """Stars pressed on the public page: `star` are added, `drop` taken away; answered with all there are then."""
    at, uow = here(), unit()
    shown = queries.published(uow.session, at.edition.id)
    programme = publishing.parsed(shown.programme) if shown else None
    uids = {exports.star_of(one.uid): one.uid for one in (programme.items if programme else ())}
    add, drop = (
        [uids[star] for star in request.form.getlist(name)[: exports.MOST_STARS] if star in uids]
        for name in ("star", "drop")
    )
    mine = stars.change(uow, at.edition, viewer_person(), add, drop)
    response: Response = jsonify(stars=sorted(exports.star_of(uid) for uid in mine))
    response.headers["Cache-Control"] = "no-store"
    return response
