"""Another secret key: what was sealed with the earlier one stays readable, and `db reseal` makes that one needless."""

import secrets
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from alembic import command
from flask import current_app
from sqlalchemy import select

from tests.factories import make_edition, make_person
from tests.operations.conftest import Site
from tests.registrations.factories import make_kind, make_registration
from tests.shows import keeps, shows
from workshop_manager import tables
from workshop_manager.accounts.library import codes, machinery
from workshop_manager.accounts.models import Person
from workshop_manager.app import alembic_config
from workshop_manager.core import resealing
from workshop_manager.core.sealed import Sealed, SealedBytes
from workshop_manager.registrations.models import Registration

PHONE = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def house(site: Site, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site with people who need a ramp, and one with an app for codes; on each database."""
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_postgres")
        command.upgrade(alembic_config(url), "head")
        site.set(database_url=url)
    site.set(site_base_url="https://workshops.example.org")
    with site.unit() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        for _number in range(5):
            make_registration(uow, edition, kind, make_person(uow), needs="a ramp", diet=["halal"])
        person = uow.session.scalars(select(Person).order_by(Person.id)).first()
        assert person is not None
        person.tf_totp_secret = codes()._totp(key=PHONE).to_json(encrypt=True)
    return site


on_both = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)


def change_key(site: Site, *, forget: bool = False) -> None:
    old = site.settings.site_secret_key
    site.set(site_secret_key=secrets.token_urlsafe(48), site_earlier_secret_keys="" if forget else old)


def readable(site: Site) -> bool:
    with site.unit() as uow:
        rows = uow.session.scalars(select(Registration)).all()
        assert [(row.needs, row.diet) for row in rows] == [("a ramp", ["halal"])] * 5
        person = uow.session.scalars(select(Person).where(Person.tf_totp_secret.is_not(None))).one()
        code = pyotp.TOTP(PHONE).at(uow.now)
        return codes().step_of(code, str(person.tf_totp_secret), uow.now, None) is not None


def keys_line(site: Site) -> str:
    (line,) = [line for line in site.run("doctor").output.splitlines() if "  Keys: " in line]
    return line


@on_both
@keeps("P1")
@shows(
    "Commands",
    "`db reseal` encrypts anew, with the newest secret key, all that an earlier one sealed; a second run finds nothing",
    "With site.earlier_secret_keys a new secret key makes no answer and no app for codes unreadable",
)
def test_a_new_key_loses_nothing_and_the_old_one_can_be_thrown_away(
    house: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    assert keys_line(house) == "ok     Keys: All that is sealed can be opened."
    change_key(house)
    assert readable(house)
    assert "Keys: 11 values are sealed with an earlier key. Run `workshop-manager db reseal`." in keys_line(house)
    told = house.run("db", "reseal")
    assert (told.exit_code, told.output) == (0, "11 sealed anew; 0 were sealed with site.secret_key already.\n")
    assert readable(house)
    before = house.rows("SELECT needs, diet FROM registrations ORDER BY id")
    told = house.run("db", "reseal")
    assert told.output == "0 sealed anew; 11 were sealed with site.secret_key already.\n"
    assert house.rows("SELECT needs, diet FROM registrations ORDER BY id") == before
    assert keys_line(house).endswith("All is sealed with site.secret_key; site.earlier_secret_keys can be emptied.")
    house.set(site_earlier_secret_keys="")
    assert readable(house)


@on_both
@shows("Commands", "`doctor` says how many sealed values cannot be opened with the secret keys given")
def test_what_cannot_be_opened_is_said_and_left(house: Site) -> None:
    old = house.settings.site_secret_key
    change_key(house, forget=True)
    line = keys_line(house)
    assert line.startswith("WRONG  Keys: 11 sealed values cannot be opened. Add the secret key of before to ")
    told = house.run("db", "reseal")
    assert told.exit_code == 1
    assert "11 can be opened with none of the keys given and were left as they are." in told.output
    assert "Traceback" not in told.output
    house.set(site_earlier_secret_keys=f"{secrets.token_urlsafe(48)} {old}")
    assert readable(house)
    assert house.run("db", "reseal").output.startswith("11 sealed anew")


@pytest.mark.sqlite
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_what_changes_meanwhile_stays_as_it_was_written(house: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    change_key(house)
    replace = resealing._replace

    def and_somebody_is_quicker(*given: Any) -> None:
        with house.unit() as uow:
            for row in uow.session.scalars(select(Registration)):
                row.needs = "a ramp, and a seat"
        replace(*given)

    monkeypatch.setattr(resealing, "_replace", and_somebody_is_quicker)
    assert house.run("db", "reseal").exit_code == 0
    with house.unit() as uow:
        assert set(uow.session.scalars(select(Registration.needs))) == {"a ramp, and a seat"}


@pytest.mark.sqlite
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_code_that_no_key_opens_is_a_wrong_code(house: Site) -> None:
    change_key(house, forget=True)
    with house.unit() as uow:
        person = uow.session.scalars(select(Person).where(Person.tf_totp_secret.is_not(None))).one()
        code = pyotp.TOTP(PHONE).at(uow.now)
        assert codes().step_of(code, str(person.tf_totp_secret), uow.now, None) is None


@pytest.mark.sqlite
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_an_earlier_key_opens_but_signs_nothing(house: Site) -> None:
    old = house.settings.site_secret_key
    change_key(house)
    with house.unit() as _uow:
        assert current_app.config["SECRET_KEY"] == house.settings.site_secret_key
        assert not current_app.config["SECRET_KEY_FALLBACKS"]
        assert old not in str([*current_app.config.values(), *machinery().tf_setup_serializer.secret_keys])


@pytest.mark.sqlite
def test_every_sealed_column_can_be_walked_through() -> None:
    for table in tables.metadata.sorted_tables:
        if any(isinstance(column.type, Sealed | SealedBytes) for column in table.columns):
            assert len(table.primary_key.columns) == 1, table.name
