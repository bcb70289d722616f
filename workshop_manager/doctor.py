"""Says in plain words what is wrong with an installation."""

import importlib.util
import os
import smtplib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from workshop_manager import tables
from workshop_manager.accounts import library
from workshop_manager.app import newest_migration
from workshop_manager.core import resealing
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.jobs import WorkerBeat
from workshop_manager.core.settings import JOB_STORES, Settings, startup_problems
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.demo import demo_people
from workshop_manager.selfid import renewing
from workshop_manager.worker import job_store

ALIVE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `good`, or a sentence that says what to do."""

    about: str
    good: bool
    sentence: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything an installation needs, one finding each."""
    yield from _configuration(settings)
    yield _folder("Folder for data", settings.var)
    yield _base_address(settings)
    database = Database(settings.database)
    reachable = database.is_reachable()
    where = database.url.render_as_string(hide_password=True)
    if reachable:
        yield Finding("Database", True, f"{where} answers.")
        yield from _inside(settings, database)
    else:
        yield Finding(
            "Database",
            False,
            f"{where} cannot be opened. Check database.url; `workshop-manager db upgrade` makes a new one.",
        )
    if settings.jobs.startswith(JOB_STORES):
        yield _jobs(settings)
    yield _mail(settings)
    database.dispose()


def _configuration(settings: Settings) -> Iterator[Finding]:
    problems = startup_problems(settings)
    for problem in problems:
        yield Finding("Configuration", False, problem)
    if not problems:
        mode = "the demo: mails are kept, the demo people may sign in" if settings.is_demo else "production"
        yield Finding("Configuration", True, f"Readable, and fit for {mode}.")


def _folder(about: str, folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            about, False, f"{folder} cannot be written: {os.strerror(error.errno or 0)}. Mend its owner or site.var."
        )
    return Finding(about, True, f"{folder} can be written.")


def _base_address(settings: Settings) -> Finding:
    if settings.is_demo or settings.is_https:
        return Finding("Address", True, f"Links in mails and calendars begin with {settings.base_url}.")
    return Finding(
        "Address", False, f"site.base_url is {settings.base_url}: people sign in there, so it must begin with https://."
    )


def _inside(settings: Settings, database: Database) -> Iterator[Finding]:
    yield _attempt("Tables", lambda: _tables(database))
    yield _attempt("Worker", lambda: _worker(database))
    yield _attempt("Keys", lambda: _keys(settings, database))
    if not settings.is_demo:
        yield _attempt("People", lambda: _people(database))


def _attempt(about: str, look: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        good, sentence = look()
    except Exception:
        return Finding(about, False, "Could not be read. Run `workshop-manager db upgrade` first.")
    return Finding(about, good, sentence)


def tables_problem(database: Database) -> str | None:
    """Why the tables are not those of this version, as a sentence; None if they are."""
    try:
        with database.connection() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except SQLAlchemyError:
        found = None
    if found == newest_migration():
        return None
    return f"The tables are at {found or 'nothing'}, not at {newest_migration()}. Run `workshop-manager db upgrade`."


def _tables(database: Database) -> tuple[bool, str]:
    problem = tables_problem(database)
    return problem is None, problem or "Up to date."


def _worker(database: Database) -> tuple[bool, str]:
    with unit_of_work(database, SystemClock()) as uow:
        seen = uow.session.scalars(
            select(WorkerBeat.seen_at).order_by(WorkerBeat.seen_at.desc()).limit(1)
        ).one_or_none()
        if seen is None:
            return False, "No worker has ever run, so no mail goes out. Start `workshop-manager worker`."
        if uow.now - seen > ALIVE:
            return False, f"Last seen {seen:%Y-%m-%d %H:%M} UTC, so mails wait. Start `workshop-manager worker`."
    return True, "Seen within the last minute."


def _people(database: Database) -> tuple[bool, str]:
    with unit_of_work(database, SystemClock()) as uow:
        count = demo_people(uow.session)
    if count:
        return False, f"{count} demo people, whose password everybody knows, are in this database. Use another one."
    return True, "No demo people."


def sealed_kinds(settings: Settings, database: Database) -> list[resealing.Kind]:
    """Everything in the database that is sealed with a key from the site's secret."""
    database.unlock(*settings.sealing_keys)
    return [*resealing.sealed_kinds(database, tables.metadata), *library.sealed_kinds(settings)]


def _keys(settings: Settings, database: Database) -> tuple[bool, str]:
    found = resealing.examine(database, sealed_kinds(settings, database))
    if found.lost:
        return False, (
            f"{found.lost} sealed values cannot be opened. Add the secret key of before to site.earlier_secret_keys."
        )
    database.unlock_apart(*settings.selfid_keys)
    apart = renewing.examine(database)
    if apart.lost:
        return False, f"{apart.lost} answers about oneself cannot be opened. Set selfid.key as it was before."
    if apart.earlier:
        return True, f"{apart.earlier} answers are under an earlier selfid key. Run `workshop-manager db reseal`."
    if found.earlier:
        return True, f"{found.earlier} values are sealed with an earlier key. Run `workshop-manager db reseal`."
    if settings.site_earlier_secret_keys:
        return True, "All is sealed with site.secret_key; site.earlier_secret_keys can be emptied."
    return True, "All that is sealed can be opened."


def store_problem(settings: Settings) -> str | None:
    """Why the job store of these settings cannot be used at all, as a sentence; None if it may be."""
    if settings.jobs.startswith(("redis://", "rediss://")) and importlib.util.find_spec("redis") is None:
        return "jobs.url names Redis, for which a package is missing. Run `pip install workshop-manager[redis]`."
    return None


def _jobs(settings: Settings) -> Finding:
    if problem := store_problem(settings):
        return Finding("Job store", False, problem)
    where = make_url(settings.jobs).render_as_string(hide_password=True)
    try:
        store = job_store(settings)
        store.pending_count()
        store.storage.close()
    except Exception as error:
        reason = type(error).__name__
        return Finding("Job store", False, f"{where} cannot be used ({reason}), so mails wait longer. Check jobs.url.")
    return Finding("Job store", True, f"{where} answers.")


def _mail(settings: Settings) -> Finding:
    if settings.mail_delivery == "keep":
        if settings.is_demo:
            return Finding("Mail", True, "Kept in the database to be read in a page; nothing is sent.")
        return Finding("Mail", False, "mail.delivery is “keep”: nobody gets any mail. Set it to “smtp”.")
    where = f"{settings.mail_server}:{settings.mail_port}"
    try:
        kind = smtplib.SMTP_SSL if settings.mail_use_ssl else smtplib.SMTP
        with kind(settings.mail_server, settings.mail_port, timeout=min(5, settings.mail_timeout)) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            "Mail", False, f"The mail server {where} does not answer ({error}). Check [mail] in the configuration."
        )
    return Finding("Mail", True, f"{where} answers.")
