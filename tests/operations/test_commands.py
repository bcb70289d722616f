"""The commands, one after the other."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.operations.conftest import PASSWORD, Site
from tests.shows import keeps, shows
from tests.smtp import free_port

pytestmark = pytest.mark.sqlite


@shows("Commands", "`db upgrade` makes the tables, and says so again when there is nothing to do")
def test_db_upgrade_makes_the_tables(bare_site: Site) -> None:
    for _time in range(2):
        result = bare_site.run("db", "upgrade")
        assert (result.exit_code, result.output) == (0, "The database is up to date.\n")
    assert bare_site.rows("SELECT count(*) FROM people") == [(0,)]


@keeps("R7")
def test_a_database_of_ours_is_in_wal_mode(bare_site: Site) -> None:
    bare_site.run("db", "upgrade")
    with sqlite3.connect(bare_site.file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@shows("Commands", "`user create` makes a person with a confirmed address, or says why not")
def test_user_create_makes_a_person_or_says_why_not(site: Site) -> None:
    words = ("user", "create", "--name", "王 怡然", "--password", PASSWORD, "--administrator", "--email")
    made = site.run(*words, "yiran@example.org")
    assert made.exit_code == 0, made.output
    assert "yiran@example.org can sign in at http://localhost/sign-in." in made.output
    rows = site.rows("SELECT name, is_administrator, confirmed_at IS NOT NULL FROM people")
    assert rows == [("王 怡然", 1, 1)]
    for address, sentence in (
        ("Yiran@Example.org", "There is an account with this address already."),
        ("not an address", "address"),
    ):
        refused = site.run(*words, address)
        assert refused.exit_code == 1
        assert sentence in refused.output
        assert "Traceback" not in refused.output
    common = site.run("user", "create", "--name", "A", "--email", "a@example.org", "--password", "password123")
    assert common.exit_code == 1
    assert site.rows("SELECT count(*) FROM people") == [(1,)]


def test_user_create_says_that_there_is_no_database(bare_site: Site) -> None:
    result = bare_site.run("user", "create", "--name", "A", "--email", "a@example.org", "--password", PASSWORD)
    assert result.exit_code == 1
    assert "The database cannot be opened." in result.output


@shows("Commands", "`secret` prints a key that production accepts")
def test_secret_prints_a_good_key_and_another_each_time(site: Site) -> None:
    one, two = (site.run("secret").output.strip() for _time in range(2))
    assert one != two
    assert len(one) >= 32


@shows("Settings", "`settings` names the files and variables in force, and none of their values")
def test_settings_names_sources_without_values(site: Site, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[site]\nname = "Ours"\n')
    told = site.run("settings", config=mine, mail_password="very secret").output
    assert str(mine) in told
    assert "default.toml" in told
    assert "WORKSHOP_MANAGER_MAIL_PASSWORD" in told
    assert "very secret" not in told


@shows("Settings", "A file named by WORKSHOP_MANAGER_CONFIG and WORKSHOP_MANAGER_* variables override the defaults")
def test_a_file_overrides_defaults_and_variables_override_the_file(site: Site, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[site]\nname = "Ours"\ncontact = "we@example.org"\n[mail]\nattempts = 3\n')
    site.set(config=mine, mail_attempts="5")
    settings = site.settings
    assert (settings.site_name, settings.site_contact, settings.mail_attempts) == ("Ours", "we@example.org", 5)
    assert settings.mail_sender_name == "workshop_manager"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[site]\nnmae = 'x'\n", "there is no setting “site_nmae”"),
        ("[mail]\nattempts = 'many'\n", "“many” is not a whole number"),
        ("[site\n", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_file_is_named_with_its_mistake(site: Site, tmp_path: Path, content: str | None, sentence: str) -> None:
    mine = tmp_path / "mine.toml"
    if content is not None:
        mine.write_text(content)
    for words in (("serve",), ("doctor",), ("db", "upgrade")):
        result = site.run(*words, config=mine)
        assert result.exit_code == 1
        assert sentence in result.output
        assert "Traceback" not in result.output


@shows("What a newcomer does", "A port that is taken, and a PORT that is none, are said in words")
def test_a_port_that_cannot_be_used_is_said_in_words(site: Site, taken_port: int) -> None:
    for words, values in ((("serve",), {"server_port": taken_port}), (("demo", "--port", str(taken_port)), {})):
        result = site.run(*words, **values) if words[0] == "serve" else _demo(site, *words[1:])
        assert result.exit_code == 1
        assert f"Port {taken_port} of 127.0.0.1 cannot be used: Address already in use." in result.output


def _demo(site: Site, *words: str, port: str | None = None) -> Result:
    site.environ = {k: v for k, v in site.environ.items() if k.endswith(("SITE_VAR", "SERVER_WORKERS"))}
    if port is not None:
        site.environ["PORT"] = port
    return site.run("demo", *words)


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1"])
def test_port_must_be_a_port(site: Site, port: str) -> None:
    result = _demo(site, port=port)
    assert result.exit_code == 1
    assert f"PORT is “{port}”" in result.output


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as one:
        port = free_port()
        one.bind(("127.0.0.1", port))
        one.listen()
        yield port
