"""Production does not start on what everybody knows."""

import subprocess
import sys

import pytest

from tests.operations.conftest import Site
from tests.shows import keeps, shows
from workshop_manager.accounts import service as accounts
from workshop_manager.core.settings import DEMO_SECRET
from workshop_manager.demo.people import PASSWORD

pytestmark = pytest.mark.sqlite


@keeps("Q1")
@shows("Commands", "Production refuses to start on a demo secret, without a secret, or with demo people")
@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"site_secret_key": DEMO_SECRET}, "site.secret_key is the demo's, which everybody knows."),
        ({"site_secret_key": "testing-key-that-production-refuses-0000"}, "site.secret_key is the demo's"),
        ({"site_secret_key": ""}, "site.secret_key is empty. Run `workshop-manager secret`"),
        ({"site_secret_key": "short"}, "site.secret_key is too short"),
        ({"site_mode": "debug"}, "site.mode is “debug”: it must be “production” or “demo”."),
        ({"site_base_url": "workshops.example.org"}, "site.base_url must begin with https://"),
        ({"database_url": "sqlite:////nowhere/at/all.sqlite3"}, "The database cannot be opened."),
        ({"jobs_url": "amqp://localhost"}, "jobs.url must begin with sqlite:///"),
    ],
)
def test_production_refuses(site: Site, command: str, settings: dict[str, str], sentence: str) -> None:
    result = site.run(command, **settings)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@keeps("Q1")
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_refuses_a_database_with_demo_people(site: Site, command: str) -> None:
    with site.unit() as uow:
        accounts.create_person(uow, email="author@demo.example", name="Wahyuni", password=PASSWORD, is_demo=True)
    result = site.run(command)
    assert result.exit_code == 1
    assert "This database holds demo people, whose password everybody knows." in result.output


@shows("Commands", "It does not start on tables of another version, and says which command mends that")
def test_it_does_not_start_on_tables_of_another_version(site: Site) -> None:
    site.change("UPDATE alembic_version SET version_num = 'of-yore'")
    result = site.run("serve")
    assert result.exit_code == 1
    assert "The tables are at of-yore" in result.output
    assert "`workshop-manager db upgrade`" in result.output


@keeps("Q1", "R5")
def test_the_terminal_gets_the_sentences_and_no_trace(bare_site: Site) -> None:
    bare_site.set(site_secret_key=DEMO_SECRET)
    told = subprocess.run(
        [sys.executable, "-m", "workshop_manager", "serve"],
        env={"PATH": "/usr/bin"} | bare_site.environ, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert told.returncode == 1
    assert told.stdout == ""
    lines = told.stderr.splitlines()
    assert lines[0] == "Error: This cannot start:"
    assert lines[1].startswith("- site.secret_key is the demo's")
    assert lines[2].startswith("- The database cannot be opened.")
    assert len(lines) == 3
    assert not bare_site.file.exists()
