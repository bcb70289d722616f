"""The seasons of the tests of reviewing."""

from tests.reviews.conftest import house, season

__all__ = ["house", "season"]
