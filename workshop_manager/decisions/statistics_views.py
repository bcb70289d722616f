"""The statistics of a season: plots with their figures, to look at and to take along."""

from flask import Response, render_template

from workshop_manager.core.errors import NotFound
from workshop_manager.decisions.parts import tabs
from workshop_manager.decisions.plots import Plot
from workshop_manager.decisions.rules import MAY_STATISTICS
from workshop_manager.decisions.statistics import HEADER, figures_of, plots_of
from workshop_manager.decisions.views import blueprint
from workshop_manager.reviews.desk import seen_tracks
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.workshops.context import Here, here, team

PAGE = "/<community>/<edition>/organise/statistics"


def _plots(at: Here, only: str | None = None) -> list[Plot]:
    return plots_of(unit().session, at.edition, at.standing, seen_tracks(at), only)


@blueprint.get(PAGE)
@access(team(MAY_STATISTICS))
def statistics(community: str, edition: str) -> Response:
    """Every plot, over what the viewer may see."""
    at = here()
    return page("decisions/statistics.html", at=at, tabs=tabs(at, "statistics"), plots=_plots(at))


@blueprint.get(f"{PAGE}.csv")
@access(team(MAY_STATISTICS))
def statistics_csv(community: str, edition: str) -> Response:
    """The figures of every plot, one a line."""
    at = here()
    return csv_response(f"{community}-{edition}-statistics", HEADER, figures_of(_plots(at)))


@blueprint.get(f"{PAGE}/<name>.svg")
@access(team(MAY_STATISTICS))
def statistics_plot(community: str, edition: str, name: str) -> Response:
    """One plot as a drawing of its own, with its colours in it."""
    at = here()
    found = _plots(at, name)
    if not found or not found[0].rows:
        raise NotFound
    response = Response(render_template("decisions/plot.svg", plot=found[0]), mimetype="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{community}-{edition}-{name}.svg"'
    response.headers["Cache-Control"] = "no-store"
    return response
