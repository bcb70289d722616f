"""A season: within a unit of work, or committed with browsers."""

from typing import Any

import pytest
from flask import Flask

from tests.assignments.factories import make_profile
from tests.reviews.factories import House, Season
from workshop_manager.core.unit_of_work import UnitOfWork


def offer_themselves(uow: UnitOfWork, season: Season) -> None:
    """The organisers say that they review too; otherwise nothing is proposed to them."""
    for person in (season.owner, season.chair, season.track_chair):
        make_profile(uow, season, person)


@pytest.fixture
def season(uow: UnitOfWork) -> Season:
    made = Season(uow)
    offer_themselves(uow, made)
    return made


@pytest.fixture
def house(app: Flask, work: Any) -> House:
    made = House(app, work)
    with work() as uow:
        offer_themselves(uow, made.season)
    return made
