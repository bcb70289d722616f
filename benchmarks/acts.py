"""What an act costs: CPU of a whole submission and a registration; queries of the main pages at 1 and 500 rows."""

import io
import re
import resource
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person
from tests.grants.factories import make_fund, make_row
from tests.queries import count_queries
from tests.registrations.factories import make_kind, make_registration
from tests.reviews.factories import make_review
from tests.schedule.factories import make_item, make_release
from tests.submissions.factories import make_submission, open_edition
from workshop_manager.accounts import service as accounts
from workshop_manager.app import create_app
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import load_settings
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.demo.pdfs import paper
from workshop_manager.grants.states import State as GrantState
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.registrations.states import Mode
from workshop_manager.submissions.states import State
from workshop_manager.web.limits import limiter
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

PASSWORD = "a long password of theirs"
PEOPLE = 7
PAGES = (
    ("front page", "/"),
    ("edition", "{edition}/"),
    ("call", "{edition}/call"),
    ("schedule", "{edition}/schedule"),
    ("registration", "{edition}/registration"),
    ("grants", "{edition}/grants"),
    ("desk: overview", "{edition}/organise/"),
    ("desk: submissions", "{edition}/organise/submissions"),
    ("desk: decisions", "{edition}/organise/decisions"),
    ("desk: registration", "{edition}/organise/registration"),
    ("desk: grants", "{edition}/organise/grants"),
)


def acts(folder: Path) -> None:
    """Measure in this process, on the demo's database in that folder."""
    environ = {"WORKSHOP_MANAGER_CONFIG": str(Path(__file__).resolve().parent.parent / "config/testing.toml")}
    settings = load_settings(environ, site_var=str(folder), mail_delivery="keep")
    database = Database(settings.database)
    app = create_app(settings, database)
    limiter.enabled = False
    with app.app_context(), unit_of_work(database, SystemClock()) as uow:
        edition, kind = _open_edition(uow)
        for number in range(2 * PEOPLE):
            accounts.create_person(uow, email=f"bench{number}@example.org", name="Wahyuni", password=PASSWORD)
    print(f"\n{'CPU of a new person, ms (median of ' + str(PEOPLE) + ')':<52} {'all':>6} {'of it reading the PDF':>22}")
    _report("submission: sign in, call, form, send with PDF, read", PEOPLE, lambda n: _submit(app, edition, n))
    _report("registration: sign in, form, send, read", PEOPLE, lambda n: _register(app, edition, kind, n + PEOPLE))
    _queries(app, database)
    database.dispose()


def _open_edition(uow: UnitOfWork) -> tuple[str, int]:
    """The demo's current edition as an address, and its kind without limit."""
    row = uow.session.execute(
        select(RegistrationKind, Edition)
        .join(Edition, Edition.id == RegistrationKind.edition_id)
        .where(RegistrationKind.mode == Mode.VIRTUAL)
        .order_by(Edition.starts_at.desc())
        .limit(1)
    ).one()
    return f"/musiml/{row.Edition.slug}", row.RegistrationKind.id


def _cpu() -> tuple[float, float]:
    """Milliseconds of this process and of the children it waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (own.ru_utime + own.ru_stime), 1000 * (children.ru_utime + children.ru_stime)


def _report(name: str, times: int, act: Callable[[int], None]) -> None:
    taken = []
    for number in range(times):
        before = _cpu()
        act(number)
        after = _cpu()
        taken.append((after[0] - before[0], after[1] - before[1]))
    own, children = (statistics.median(t[place] for t in taken) for place in (0, 1))
    print(f"{name:<52} {own + children:>6.0f} {children:>22.0f}")


def _token(page: str) -> dict[str, str]:
    """The hidden fields of the page's last form that names a token."""
    return {
        name: found[-1]
        for name in ("csrf_token", "once", "form_key", "version")
        if (found := re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page))
    }


def _signed_in(app: Flask, number: int) -> FlaskClient:
    client = app.test_client()
    hidden = _token(client.get("/sign-in").text)
    answer = client.post("/sign-in", data=hidden | {"email": f"bench{number}@example.org", "password": PASSWORD})
    assert answer.status_code == 303, answer.status_code
    return client


def _submit(app: Flask, edition: str, number: int) -> None:
    client = _signed_in(app, number)
    client.get(f"{edition}/call")
    page = client.get(f"{edition}/submissions/new").text
    track = re.search(r'name="track"[^>]*value="([^"]+)"', page.replace("\n", " "))
    assert track is not None
    answer = client.post(
        f"{edition}/submissions/new",
        data=_token(page) | {
            "title": "Whose dialect is default?", "abstract": "We measure what it costs.", "track": track[1],
            "eligible": "yes", "authors-0-name": "Wahyuni", "authors-0-is_presenter": "y", "not_published": "y",
            "listing": "full", "do": "submit", "file": (io.BytesIO(paper("Whose", "We measure.")), "paper.pdf"),
            **dict.fromkeys(re.findall(r'name="(eligible[^"]*)"', page), "yes"),
            **dict.fromkeys(re.findall(r'name="(s\d+)"', page), "y"),
        },
    )  # fmt: skip
    assert answer.status_code == 303, re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', answer.text)
    assert client.get(answer.location).status_code == 200


def _register(app: Flask, edition: str, kind: int, number: int) -> None:
    client = _signed_in(app, number)
    page = client.get(f"{edition}/registration").text
    data = {"kind": str(kind), "badge_name": "Wahyuni", "listing": "unlisted", "conduct": "y"}
    answer = client.post(f"{edition}/registration", data=_token(page) | data)
    assert answer.status_code == 303, re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', answer.text)
    assert client.get(answer.location).status_code == 200


def _queries(app: Flask, database: Database) -> None:
    """Counted as an organiser of the edition, who sees the most."""
    counted: dict[str, list[str]] = {name: [] for name, _path in PAGES}
    for rows in (1, 500):
        slug = f"rows-{rows}"
        with app.app_context(), unit_of_work(database, SystemClock()) as uow:
            organiser = _fill(uow, slug, rows)
            client = client_for(app, uow, organiser)
        for name, path in PAGES:
            client.get(path.format(edition=f"/musiml/{slug}"))  # the first time compiles its templates
            with count_queries(database) as seen:
                before = _cpu()
                answer = client.get(path.format(edition=f"/musiml/{slug}"))
                after = _cpu()
            assert answer.status_code == 200, (path, answer.status_code)
            counted[name].append(f"{len(seen):>9} {after[0] - before[0]:>7.0f}")
    print(f"\n{'as an organiser':<20} {'1 row':>9} {'CPU ms':>7} {'500 rows':>9} {'CPU ms':>7}")
    for name, figures in counted.items():
        print(f"{name:<20} {' '.join(figures)}")


def _fill(uow: UnitOfWork, slug: str, rows: int) -> Any:
    """An edition with that many submissions with a review each, registrations, applications and items of a release."""
    edition = open_edition(uow, slug=slug)
    make_edition(uow, slug=f"{slug}-other")
    organiser, reviewer = make_person(uow, "Amina"), make_person(uow, "Farzana")
    join_team(uow, edition, organiser, Role.ORGANISER)
    join_team(uow, edition, reviewer, Role.REVIEWER)
    kind, fund = make_kind(uow, edition), make_fund(uow, edition)
    uow.actor = organiser
    for number in range(rows):
        person = make_person(uow, f"Person {number}")
        make_review(uow, make_submission(uow, edition, person, State.SUBMITTED), reviewer)
        make_registration(uow, edition, kind, person)
        make_row(uow, edition, person, GrantState.SUBMITTED, None)
        if number < 200:
            make_item(uow, edition, f"Talk {number}", 31 * number)
    assert fund.committed == 0
    make_release(uow, edition, despite_errors=True)
    return organiser
