"""A season: within a unit of work, or committed with browsers."""

from typing import Any

import pytest
from flask import Flask

from tests.reviews.factories import House, Season
from workshop_manager.core.unit_of_work import UnitOfWork


@pytest.fixture
def season(uow: UnitOfWork) -> Season:
    return Season(uow)


@pytest.fixture
def house(app: Flask, work: Any) -> House:
    return House(app, work)
