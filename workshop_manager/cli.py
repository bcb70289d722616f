"""The commands of `workshop-manager`."""

import contextlib
import json
import os
import secrets
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from alembic import command

from workshop_manager import demo as demonstration
from workshop_manager import doctor as doctoring
from workshop_manager.accounts import service as accounts
from workshop_manager.app import alembic_config, create_app
from workshop_manager.assignments import proposing, reporting
from workshop_manager.assignments import settings as assigning
from workshop_manager.assignments.rules import WEIGHTS
from workshop_manager.assignments.settings import MOST_LOAD, MOST_REVIEWS
from workshop_manager.conflicts import keys
from workshop_manager.core import resealing
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database, copy_sqlite
from workshop_manager.core.errors import Refusal
from workshop_manager.core.paths import CONFIG
from workshop_manager.core.settings import DEMO_SECRET, PREFIX, BadSettings, Settings, load_settings, startup_problems
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.decisions import reporting as deciding
from workshop_manager.exchange import commands as importing
from workshop_manager.exchange import exporting
from workshop_manager.exchange import reporting as reporting_import
from workshop_manager.exchange.reading import Unreadable
from workshop_manager.exchange.states import Sort, Source
from workshop_manager.exchange.words import problem_text
from workshop_manager.proceedings import publishing, reminding
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.reviews import reminding as reviewers
from workshop_manager.serving import Part, answers, listening_problem, run_together
from workshop_manager.serving import serve as serve_pages
from workshop_manager.worker import run_worker
from workshop_manager.workshops import queries as editions
from workshop_manager.workshops.models import Edition


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="workshop-manager")
def cli() -> None:
    """Runs affinity workshops: calls, reviews, registration, travel grants and schedules."""


def _settings() -> Settings:
    try:
        return load_settings()
    except BadSettings as error:
        raise click.ClickException("\n".join(error.problems)) from None


def _ready(settings: Settings) -> Database:
    """The database, if this may start on these settings and this database; otherwise says why not."""
    problems = startup_problems(settings)
    if problem := doctoring.store_problem(settings):
        problems.append(problem)
    database = Database(settings.database)
    if not database.is_reachable():
        problems.append("The database cannot be opened. Run `workshop-manager db upgrade`, or `doctor` to see more.")
    elif problem := doctoring.tables_problem(database):
        problems.append(problem)
    elif not settings.is_demo and demonstration.has_demo_people(database):
        problems.append("This database holds demo people, whose password everybody knows. Production needs another.")
    if problems:
        database.dispose()
        raise click.ClickException("This cannot start:\n- " + "\n- ".join(problems))
    return database


@cli.command()
def serve() -> None:
    """Serve the pages (start the worker beside it)."""
    settings = _settings()
    _ready(settings).dispose()
    _require_port(settings)
    serve_pages(settings)


def _require_port(settings: Settings) -> None:
    if problem := listening_problem(settings.server_host, settings.server_port):
        raise click.ClickException(problem)


@cli.command()
def worker() -> None:
    """Deliver mails and run what is due, until stopped."""
    settings = _settings()
    _ready(settings).dispose()
    run_worker(settings)


@cli.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date."""
    settings = _settings()
    _upgrade(settings)
    click.echo("The database is up to date.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy a SQLite database to FILE while everything runs."""
    database = Database(_settings().database)
    if not database.is_sqlite:
        raise click.ClickException("This copies SQLite databases only. For PostgreSQL use pg_dump.")
    if file.exists():
        raise click.ClickException(f"{file} exists already and is kept. Name another file.")
    if not database.is_reachable():
        raise click.ClickException("The database cannot be opened; `workshop-manager doctor` says more.")
    try:
        copy_sqlite(database, file)
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"{file} could not be written: {error}.") from None
    click.echo(f"{file} holds a copy. To restore it: stop everything, and put it in the place of the database.")


@db.command()
def reseal() -> None:
    """Encrypt anew, with site.secret_key, what was encrypted with an earlier key."""
    settings = _settings()
    database = _ready(settings)
    found = resealing.reseal(database, doctoring.sealed_kinds(settings, database))
    database.dispose()
    click.echo(f"{found.earlier} sealed anew; {found.newest} were sealed with site.secret_key already.")
    if found.lost:
        raise click.ClickException(
            f"{found.lost} can be opened with none of the keys given and were left as they are."
            " Add the secret key of before to site.earlier_secret_keys and run this again."
        )


def _upgrade(settings: Settings) -> None:
    settings.var.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(settings.database), "head")
    # Rows of an older version, and a newer list of public suffixes: what people are compared by is made anew.
    database = Database(settings.database)
    with unit_of_work(database, SystemClock()) as uow:
        keys.refresh(uow.session)
    database.dispose()


@cli.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=None,
    help="Where to listen; PORT in the environment does the same.",
)
@click.option("--load-only", is_flag=True, help="Make and fill the database, start nothing.")
def demo(port: int | None, load_only: bool) -> None:
    """Fill a database with demo editions and start everything."""
    port = port or _wanted_port()
    environ = {
        f"{PREFIX}SITE_MODE": "demo",
        f"{PREFIX}SITE_SECRET_KEY": DEMO_SECRET,
        f"{PREFIX}MAIL_DELIVERY": "keep",
        f"{PREFIX}SERVER_PORT": str(port),
        f"{PREFIX}SITE_BASE_URL": f"http://127.0.0.1:{port}",
    }
    os.environ.update({k: v for k, v in environ.items() if k not in os.environ})
    settings = _settings()
    if not load_only:
        _require_port(settings)
    _upgrade(settings)
    app = create_app(settings, Database(settings.database))
    with app.app_context(), unit_of_work(app.extensions["platform"].database, SystemClock()) as uow:
        demonstration.load(uow)
    app.extensions["platform"].database.dispose()
    if load_only:
        click.echo(demonstration.greeting(settings.base_url))
        return
    click.echo("Starting the web server and the worker…")
    status = run_together(
        settings,
        [Part("serve", serve_pages), Part("worker", run_worker)],
        lambda: answers(settings.server_host, settings.server_port),
        lambda: click.echo(demonstration.greeting(settings.base_url)),
    )
    click.echo("Stopped.")
    sys.exit(status)


def _wanted_port() -> int:
    typed = os.environ.get("PORT") or "8000"
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed) < 65536):
        raise click.ClickException(f"PORT is “{typed}”: it must be a number from 1 to 65535.")
    return int(typed)


@cli.group()
def user() -> None:
    """People."""


@user.command()
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option("--administrator", is_flag=True, help="May found communities where only administrators may.")
@click.password_option()
def create(email: str, name: str, administrator: bool, password: str) -> None:
    """Make a person with a confirmed address."""
    settings = _settings()
    app = create_app(settings, _ready(settings))
    with app.app_context(), unit_of_work(app.extensions["platform"].database, SystemClock()) as uow:
        problem = accounts.person_problem(uow, email, password)
        if problem:
            raise click.ClickException(problem)
        accounts.create_person(
            uow, email=email, name=name, password=password, is_administrator=administrator, confirmed=True
        )
    click.echo(f"{email} can sign in at {settings.base_url}/sign-in.")


@contextlib.contextmanager
def _in_edition(name: str) -> Iterator[tuple[UnitOfWork, Edition]]:
    """A unit of work within the application, and the edition of that name: `musiml/2026`."""
    settings = _settings()
    app = create_app(settings, _ready(settings))
    community, _slash, slug = name.partition("/")
    with app.test_request_context(base_url=settings.base_url):
        try:
            with unit_of_work(app.extensions["platform"].database, SystemClock()) as uow:
                edition = editions.find_edition(uow.session, community, slug)
                if edition is None:
                    raise click.ClickException(f"There is no edition “{name}”. Name it like musiml/2026.")
                yield uow, edition
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from None


@cli.group()
def reviews() -> None:
    """Reviewing."""


@reviews.command("assign")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("--reviews", "number", type=click.IntRange(1, MOST_REVIEWS), default=3, help="Reviews for each abstract.")
@click.option("--load", type=click.IntRange(1, MOST_LOAD), default=6, help="Most abstracts for one reviewer.")
@click.option("--fair", is_flag=True, help="The worst-off abstract first, instead of the best fit in all.")
@click.option("--weigh", type=click.Choice(sorted(WEIGHTS)), default="alike", help="How much bids and topics count.")
@click.option("--senior", is_flag=True, help="At least one senior reviewer for each.")
@click.option("--languages", is_flag=True, help="Only reviewers who read the language.")
@click.option("--tracks", is_flag=True, help="Only reviewers who take the track.")
@click.option("--dry-run", is_flag=True, help="Work it out, assign nothing.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def assign(
    edition: str,
    number: int,
    load: int,
    fair: bool,
    weigh: str,
    senior: bool,
    languages: bool,
    tracks: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Assign reviewers automatically, with one mail to each; what is assigned already stays."""
    settings = assigning.Settings(number, load, fair, weigh, senior, languages, tracks)
    with _in_edition(edition) as (uow, found):
        pairs, result = proposing.work_out_all(uow, found, settings)
        told = reporting.report(uow.session, found.id, pairs, result, settings, applied=not dry_run)
        if not dry_run and pairs:
            proposing.assign_all(uow, found, pairs)
    click.echo(json.dumps(told.as_dict(), ensure_ascii=False, indent=1) if as_json else told.as_text())


@cli.group()
def proceedings() -> None:
    """Camera-ready versions and the book of abstracts."""


@proceedings.command("book")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--bibtex", is_flag=True, help="Write the BibTeX instead of the PDF.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def book(edition: str, output: Path, bibtex: bool, as_json: bool) -> None:
    """Write the book of abstracts as it stands now; nothing is published."""
    with _in_edition(edition) as (uow, found):
        made = publishing.made(uow.session, found, publishing.next_number(uow.session, found.id))
        try:
            done = None if bibtex else publishing.printed(made, made.number, found.created_at)
        except PressFailed as error:
            raise click.ClickException(f"The book could not be printed: {error}") from None
        text = publishing.bibliography(made.works, found).encode() if bibtex else b""
    try:
        output.write_bytes(done.pdf if done is not None else text)
    except OSError as error:
        raise click.ClickException(f"{output} could not be written: {error.strerror}.") from None
    missing = list(done.unprintable) if done is not None else []
    told = {"file": str(output), "abstracts": len(made.works), "pages": done.pages if done else 0, "missing": missing}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(f"{output} holds {len(made.works)} abstracts" + (f" on {done.pages} pages." if done else "."))
    if missing:
        click.echo(f"No font has these, so they are printed as �: {' '.join(missing)}")


@proceedings.command("remind")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("--remark", default="", help="A sentence of your own in each mail.")
@click.option("--dry-run", is_flag=True, help="Say who would be written to, write to nobody.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def remind(edition: str, remark: str, dry_run: bool, as_json: bool) -> None:
    """Remind exactly those accepted authors who still owe something."""
    with _in_edition(edition) as (uow, found):
        listed = reminding.remind_all(uow, found, remark=remark, dry_run=dry_run)
    rows = [
        {
            "number": one.work.number,
            "title": one.work.title,
            "owes": [item.value for item in one.owed],
            "to": [letter.to_address for letter in one.letters],
        }
        for one in listed
    ]
    mails = sum(len(one.letters) for one in listed)
    if as_json:
        click.echo(json.dumps({"sent": 0 if dry_run else mails, "works": rows}, ensure_ascii=False, indent=1))
        return
    for one in listed:
        addresses = ", ".join(letter.to_address for letter in one.letters) or "nobody can be written to"
        click.echo(f"#{one.work.number} owes {', '.join(item.value for item in one.owed)}: {addresses}")
    click.echo(f"{mails} mails would go out. Nobody was written to." if dry_run else f"{mails} mails are on their way.")


@reviews.command("export")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("--format", "form", type=click.Choice(exporting.FORMS), default="csv", help="As CSV or JSON.")
def export_reviews(edition: str, form: str) -> None:
    """Write every review that is in to standard output."""
    _export(edition, "reviews", form)


def _export(edition: str, kind: str, form: str) -> None:
    with _in_edition(edition) as (uow, found):
        wanted = exporting.KINDS[kind]
        for piece in exporting.lines(wanted, form, wanted.rows(uow.session, found.id, None)):
            click.echo(piece, nl=False)


@cli.group()
def submissions() -> None:
    """Submissions."""


@submissions.command("export")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("--what", type=click.Choice(sorted(exporting.KINDS)), default="submissions", help="What to take along.")
@click.option("--format", "form", type=click.Choice(exporting.FORMS), default="csv", help="As CSV or JSON.")
def export_submissions(edition: str, what: str, form: str) -> None:
    """Write submissions, reviews, assignments or decisions to standard output."""
    _export(edition, what, form)


@submissions.command("import")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "source", type=click.Choice([one.value for one in Source]), help="What wrote the file.")
@click.option("--rows", type=click.Choice([one.value for one in Sort]), help="What a row is about.")
@click.option("--column", "columns", multiple=True, metavar="NAME=TARGET", help="What a column holds; once for each.")
@click.option("--track", "tracks", multiple=True, metavar="WORD=KEY", help="Our track for the file's word.")
@click.option("--state", "states", multiple=True, metavar="WORD=STATE", help="What became of it, for the file's word.")
@click.option("--nameless", is_flag=True, help="Bring in reviews of people who are not on the team, without a name.")
@click.option("--write-to-authors", is_flag=True, help="A mail to the authors of what is new and waits for a decision.")
@click.option("--dry-run", is_flag=True, help="Look at it, bring nothing in.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def import_submissions(
    edition: str,
    file: Path,
    source: str | None,
    rows: str | None,
    columns: tuple[str, ...],
    tracks: tuple[str, ...],
    states: tuple[str, ...],
    nameless: bool,
    write_to_authors: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring in an export of OpenReview, Microsoft CMT, EasyChair, Google Forms or ours: all of it, or nothing."""
    said = importing.Said(source, rows, columns, tracks, states, nameless)
    with _in_edition(edition) as (uow, found):
        try:
            plan, applied = importing.run(uow, found, file, said, apply=not dry_run, tell=write_to_authors)
        except Unreadable as unreadable:
            raise click.ClickException(problem_text(unreadable)) from None
        told = reporting_import.as_dict(plan, applied=applied)
        text = reporting_import.as_text(plan, applied=applied)
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else text)
    if plan.problems:
        sys.exit(1)


@reviews.command("remind")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("--note", default="", help="Words of your own, in every mail.")
@click.option("--dry-run", is_flag=True, help="Say who would be reminded of what, send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def remind_reviewers(edition: str, note: str, dry_run: bool, as_json: bool) -> None:
    """Remind exactly those whose reviews are missing, each of exactly theirs."""
    with _in_edition(edition) as (uow, found):
        wave = reviewers.prepare(uow, found, reviewers.MACHINE)
        if not dry_run and wave.owing:
            wave = reviewers.send(uow, found, reviewers.MACHINE, note)
        told = reviewers.as_dict(wave, sent=not dry_run and bool(wave.owing))
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else reviewers.as_text(told))


@cli.group()
def decisions() -> None:
    """Decisions about submissions."""


@decisions.command("release")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("--track", metavar="KEY", default="", help="Only this track, by its key.")
@click.option("--round", "of_round", metavar="NAME", default="", help="Only this round of the call, by its name.")
@click.option("--dry-run", is_flag=True, help="Say what would be released and who would get a mail; release nothing.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def release_decisions(edition: str, track: str, of_round: str, dry_run: bool, as_json: bool) -> None:
    """Release every pending decision in one act: states, pages and mails change together."""
    with _in_edition(edition) as (uow, found):
        told = deciding.release(uow, found, deciding.part_of(uow, found, track, of_round), dry_run=dry_run)
    click.echo(json.dumps(told.as_dict(), ensure_ascii=False, indent=1) if as_json else told.as_text())


@decisions.command("remind")
@click.argument("edition", metavar="COMMUNITY/EDITION")
@click.option("--dry-run", is_flag=True, help="Say who would be reminded; send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def remind_to_confirm(edition: str, dry_run: bool, as_json: bool) -> None:
    """Remind accepted authors who have not said whether they present, each at most once a day."""
    with _in_edition(edition) as (uow, found):
        told = deciding.remind(uow, found, dry_run=dry_run)
    click.echo(json.dumps(told.as_dict(), ensure_ascii=False, indent=1) if as_json else told.as_text())


@cli.command()
def doctor() -> None:
    """Say what is wrong with this installation; exits with 1 if anything is."""
    findings = list(doctoring.examine(_settings()))
    for finding in findings:
        click.echo(f"{'ok   ' if finding.good else 'WRONG'}  {finding.about}: {finding.sentence}")
    wrong = sum(not f.good for f in findings)
    click.echo("Nothing is wrong." if not wrong else f"{wrong} to mend.")
    sys.exit(1 if wrong else 0)


@cli.command()
def secret() -> None:
    """Print a new secret key."""
    click.echo(secrets.token_urlsafe(48))


@cli.command("settings")
def show_settings() -> None:
    """Print where settings come from."""
    click.echo(f"Defaults: {CONFIG / 'default.toml'}")
    named = os.environ.get(f"{PREFIX}CONFIG")
    click.echo(f"File: {Path(named).absolute() if named else 'none (set WORKSHOP_MANAGER_CONFIG)'}")
    click.echo("Variables: " + (", ".join(sorted(v for v in os.environ if v.startswith(PREFIX))) or "none"))


def main() -> None:
    """Entry point."""
    cli()
