"""The doctor names each thing that is broken, alone, and nothing else."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.conftest import Site
from tests.shows import keeps, shows
from tests.smtp import free_port, smtp_server
from workshop_manager.accounts import service as accounts
from workshop_manager.core.jobs import WorkerBeat
from workshop_manager.core.settings import DEMO_SECRET
from workshop_manager.demo.people import PASSWORD

pytestmark = pytest.mark.sqlite


@pytest.fixture
def well(site: Site) -> Iterator[Site]:
    """A site with which nothing is wrong."""
    site.set(site_base_url="https://workshops.example.org")
    with site.unit() as uow:
        uow.session.add(WorkerBeat(name="here:1", seen_at=uow.now))
    with smtp_server() as inbox:
        site.set(mail_port=inbox.port)
        yield site


def wrong(site: Site, **settings: object) -> list[str]:
    """What is wrong, without the word; the exit status must agree."""
    result = site.run("doctor", **settings)
    assert "Traceback" not in result.output
    found = [line.removeprefix("WRONG  ") for line in result.output.splitlines() if line.startswith("WRONG")]
    assert result.exit_code == (1 if found else 0), result.output
    assert result.output.splitlines()[-1] == (f"{len(found)} to mend." if found else "Nothing is wrong.")
    return found


@shows(
    "Commands",
    "`doctor` exits with 0 when nothing is wrong, and otherwise says what is, in plain words, and exits with 1",
)
def test_nothing_is_wrong(well: Site) -> None:
    assert wrong(well) == []
    told = well.run("doctor").output
    for about in ("Configuration", "Folder for data", "Address", "Database", "Tables", "Worker", "People", "Mail"):
        assert f"ok     {about}: " in told


@shows("Commands", "`doctor` looks at secret key, mail server, database, migrations, worker, folders and base address")
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"site_secret_key": DEMO_SECRET}, "Configuration: site.secret_key is the demo's, which everybody knows."),
        ({"site_secret_key": "short"}, "Configuration: site.secret_key is too short"),
        ({"site_base_url": "http://workshops.example.org"}, "Address: site.base_url is http://workshops.example.org"),
        ({"mail_delivery": "keep"}, "Mail: mail.delivery is “keep”: nobody gets any mail."),
        ({"mail_delivery": "post"}, "Configuration: mail.delivery is “post”"),
        (
            {"database_url": "sqlite:////nowhere/at/all.sqlite3"},
            "Database: sqlite:////nowhere/at/all.sqlite3 cannot be opened",
        ),
        ({"jobs_url": "amqp://localhost"}, "Configuration: jobs.url must begin with sqlite:///"),
        ({"jobs_url": "postgresql://us:secret@127.0.0.1:1/x"}, "Job store: postgresql://us:***@127.0.0.1:1/x cannot"),
    ],
)
def test_one_bad_setting_is_named_alone(well: Site, settings: dict[str, str], sentence: str) -> None:
    found = wrong(well, **settings)
    assert [f for f in found if f.startswith(sentence)], found
    assert len(found) == 1


@shows("Commands", "A database of a kind that is not supported is said in words by every command, without its password")
@pytest.mark.parametrize("url", ["mysql://us:secret@127.0.0.1/x", "workshop.sqlite3", "postgres://us:secret@h/x"])
@pytest.mark.parametrize("command", [("doctor",), ("serve",), ("db", "upgrade")])
def test_a_database_of_another_kind_is_said_in_words(site: Site, command: tuple[str, ...], url: str) -> None:
    result = site.run(*command, database_url=url)
    assert result.exit_code == 1
    assert "database_url: it must begin with sqlite:/// or postgresql+psycopg://." in result.output
    assert "Traceback" not in result.output
    assert "secret" not in result.output


@shows("Commands", "Redis without its package is said in words, with the command that installs it")
def test_redis_without_its_package_is_said_in_words(well: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (found,) = wrong(well, jobs_url="redis://127.0.0.1:1/0")
    assert found.startswith("Job store: jobs.url names Redis")
    assert "pip install workshop-manager[redis]" in found
    worker = well.run("worker", jobs_url="redis://127.0.0.1:1/0")
    assert worker.exit_code == 1
    assert "jobs.url names Redis" in worker.output


def test_a_mail_server_that_is_away_is_named(well: Site) -> None:
    port = free_port()
    (found,) = wrong(well, mail_port=port)
    assert found.startswith(f"Mail: The mail server 127.0.0.1:{port} does not answer (")


@keeps("M3")
def test_a_mail_server_that_hangs_is_named_in_seconds(well: Site) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        (found,) = wrong(well, mail_port=silent.getsockname()[1], mail_timeout=1)
    assert "timed out" in found


def test_tables_of_another_version_are_named(well: Site) -> None:
    well.change("UPDATE alembic_version SET version_num = 'of-yore'")
    (found,) = wrong(well)
    assert found.startswith("Tables: The tables are at of-yore, not at ")
    assert "`workshop-manager db upgrade`" in found


def test_a_database_without_tables_is_named(well: Site, tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite3").touch()
    found = wrong(well, database_url=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert found[0].startswith("Tables: The tables are at nothing")


@keeps("R5")
def test_a_missing_database_is_named_and_not_made(well: Site) -> None:
    well.file.unlink()
    (found,) = wrong(well)
    assert "cannot be opened" in found
    assert not well.file.exists()


def test_a_worker_that_never_ran_and_one_that_died_are_named(well: Site) -> None:
    well.change("UPDATE worker_beats SET seen_at = '2026-01-01 00:00:00.000000'")
    (found,) = wrong(well)
    assert found.startswith("Worker: Last seen 2026-01-01 00:00 UTC, so mails wait.")
    well.change("DELETE FROM worker_beats")
    (found,) = wrong(well)
    assert found.startswith("Worker: No worker has ever run")


@keeps("R4")
def test_a_folder_that_cannot_be_written_is_named(well: Site, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = wrong(well, site_var=tmp_path / "file/var", database_url=f"sqlite:///{well.file}")
    assert found[0].startswith(f"Folder for data: {tmp_path}/file/var cannot be written: Not a directory.")


@keeps("Q1")
def test_demo_people_are_named(well: Site) -> None:
    with well.unit() as uow:
        accounts.create_person(uow, email="author@demo.example", name="Wahyuni", password=PASSWORD, is_demo=True)
    (found,) = wrong(well)
    assert found.startswith("People: 1 demo people, whose password everybody knows")
    told = well.run("doctor").output
    assert PASSWORD not in told


def test_no_password_is_printed(well: Site) -> None:
    url = "postgresql+psycopg://workshops:hunter2@127.0.0.1:1/none"
    told = well.run("doctor", database_url=url).output
    assert "hunter2" not in told
    assert "postgresql+psycopg://workshops:***@127.0.0.1:1/none cannot be opened" in told
