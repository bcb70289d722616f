"""The commands of `workshop-manager`."""

import os
import secrets
import sqlite3
import sys
from pathlib import Path

import click
from alembic import command

from workshop_manager import demo as demonstration
from workshop_manager import doctor as doctoring
from workshop_manager.accounts import service as accounts
from workshop_manager.app import alembic_config, create_app
from workshop_manager.commands import running
from workshop_manager.commands.calls import calls
from workshop_manager.commands.decisions import decisions
from workshop_manager.commands.door import door
from workshop_manager.commands.editions import editions
from workshop_manager.commands.grants import grants
from workshop_manager.commands.mentoring import mentoring
from workshop_manager.commands.proceedings import proceedings
from workshop_manager.commands.registrations import registrations
from workshop_manager.commands.reviews import assignments, reviewers, reviews
from workshop_manager.commands.schedule import schedule
from workshop_manager.commands.signups import signups
from workshop_manager.commands.submissions import submissions
from workshop_manager.conflicts import keys
from workshop_manager.core import resealing
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database, copy_sqlite
from workshop_manager.core.paths import CONFIG
from workshop_manager.core.settings import DEMO_SECRET, DEMO_SELFID_KEY, PREFIX, Settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.selfid import renewing
from workshop_manager.serving import Part, answers, listening_problem, run_together
from workshop_manager.serving import serve as serve_pages
from workshop_manager.worker import run_worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="workshop-manager")
def cli() -> None:
    """Runs affinity workshops: calls, reviews, registration, travel grants and schedules."""


@cli.command()
def serve() -> None:
    """Serve the pages (start the worker beside it)."""
    settings = running.settings()
    running.ready(settings).dispose()
    _require_port(settings)
    serve_pages(settings)


def _require_port(settings: Settings) -> None:
    if problem := listening_problem(settings.server_host, settings.server_port):
        raise click.ClickException(problem)


@cli.command()
def worker() -> None:
    """Deliver mails and run what is due, until stopped."""
    settings = running.settings()
    running.ready(settings).dispose()
    run_worker(settings)


@cli.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date."""
    settings = running.settings()
    _upgrade(settings)
    click.echo("The database is up to date.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy a SQLite database to FILE while everything runs."""
    database = Database(running.settings().database)
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
    settings = running.settings()
    database = running.ready(settings)
    found = resealing.reseal(database, doctoring.sealed_kinds(settings, database))
    apart = _renew_apart(settings, database)
    database.dispose()
    click.echo(f"{found.earlier} sealed anew; {found.newest} were sealed with site.secret_key already.")
    if found.lost:
        raise click.ClickException(
            f"{found.lost} can be opened with none of the keys given and were left as they are."
            " Add the secret key of before to site.earlier_secret_keys and run this again."
        )
    if apart.lost:
        raise click.ClickException(
            f"{apart.lost} answers about oneself can be opened with no key given; nothing of them was changed."
            " Add the key of before to selfid.earlier_keys and run this again."
        )


def _renew_apart(settings: Settings, database: Database) -> resealing.Tally:
    """What is stored under a key of its own; says so where there is any."""
    database.unlock_apart(*settings.selfid_keys)
    found = renewing.renew(database)
    if found.earlier or found.newest:
        click.echo(f"Answers about oneself: {found.earlier} with an earlier key, {found.newest} with selfid.key.")
    return found


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
        f"{PREFIX}SELFID_KEY": DEMO_SELFID_KEY,
        f"{PREFIX}MAIL_DELIVERY": "keep",
        f"{PREFIX}SERVER_PORT": str(port),
        f"{PREFIX}SITE_BASE_URL": f"http://127.0.0.1:{port}",
    }
    os.environ.update({k: v for k, v in environ.items() if k not in os.environ})
    settings = running.settings()
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
    settings = running.settings()
    app = create_app(settings, running.ready(settings))
    with app.app_context(), unit_of_work(app.extensions["platform"].database, SystemClock()) as uow:
        problem = accounts.person_problem(uow, email, password)
        if problem:
            raise click.ClickException(problem)
        accounts.create_person(
            uow, email=email, name=name, password=password, is_administrator=administrator, confirmed=True
        )
    click.echo(f"{email} can sign in at {settings.base_url}/sign-in.")


for group in (
    calls,
    submissions,
    assignments,
    grants,
    mentoring,
    reviews,
    reviewers,
    decisions,
    proceedings,
    registrations,
    door,
    editions,
    signups,
    schedule,
):
    cli.add_command(group)


@cli.command()
def doctor() -> None:
    """Say what is wrong with this installation; exits with 1 if anything is."""
    findings = list(doctoring.examine(running.settings()))
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
