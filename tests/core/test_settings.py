"""Settings and what production refuses."""

from pathlib import Path

import pytest

from tests.shows import keeps, shows
from workshop_manager.core.settings import DEMO_SECRET, BadSettings, load_settings, startup_problems


def test_variables_override_the_file_and_the_file_overrides_the_default(tmp_path: Path) -> None:
    named = tmp_path / "own.toml"
    named.write_text('[site]\nname = "Ours"\n[server]\nport = 9000\n')
    environ = {"WORKSHOP_MANAGER_CONFIG": str(named), "WORKSHOP_MANAGER_SERVER_PORT": "9100"}
    settings = load_settings(environ)
    assert (settings.site_name, settings.server_port, settings.mail_port) == ("Ours", 9100, 25)


@shows(
    "Settings", "WORKSHOP_MANAGER_DATABASE_URL switches to PostgreSQL, WORKSHOP_MANAGER_JOBS_URL chooses the job store"
)
def test_the_addresses_of_database_and_jobs_have_variables_of_their_own() -> None:
    environ = {"WORKSHOP_MANAGER_DATABASE_URL": "postgresql+psycopg:///x", "WORKSHOP_MANAGER_JOBS_URL": "redis://h/1"}
    settings = load_settings(environ)
    assert (settings.database, settings.jobs) == ("postgresql+psycopg:///x", "redis://h/1")


def test_an_unknown_setting_in_a_file_is_named(tmp_path: Path) -> None:
    named = tmp_path / "own.toml"
    named.write_text('[site]\nnmae = "Ours"\n')
    with pytest.raises(BadSettings, match="site_nmae"):
        load_settings({"WORKSHOP_MANAGER_CONFIG": str(named)})


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(BadSettings, match="server_port"):
        load_settings({"WORKSHOP_MANAGER_SERVER_PORT": "eighty"})


def test_earlier_keys_are_a_list_in_the_file_and_parted_by_spaces_in_the_variable(tmp_path: Path) -> None:
    named = tmp_path / "own.toml"
    named.write_text('[site]\nsecret_key = "new"\nearlier_secret_keys = ["old one", "older", "new"]\n')
    environ = {"WORKSHOP_MANAGER_CONFIG": str(named)}
    assert load_settings(environ).secret_keys == ("new", "old one", "older")
    environ["WORKSHOP_MANAGER_SITE_EARLIER_SECRET_KEYS"] = "old older"
    assert load_settings(environ).secret_keys == ("new", "old", "older")
    assert load_settings({}, site_secret_key="new").secret_keys == ("new",)
    for wrong in ("7", '["old", 7]'):
        named.write_text(f"[site]\nearlier_secret_keys = {wrong}\n")
        with pytest.raises(BadSettings, match="site_earlier_secret_keys: it should be a list of texts"):
            load_settings({"WORKSHOP_MANAGER_CONFIG": str(named)})


@keeps("Q1")
@shows("Settings", "Production refuses to start on a demo secret")
@pytest.mark.parametrize("secret", ["", "short", DEMO_SECRET, "testing-key-that-production-refuses-0000"])
def test_production_refuses_a_secret_that_is_none(secret: str) -> None:
    settings = load_settings({}, site_secret_key=secret, site_base_url="https://w.example")
    assert startup_problems(settings)
    assert not startup_problems(load_settings({}, site_secret_key="s" * 40, site_base_url="https://w.example"))
