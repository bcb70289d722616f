"""The season of reviewing: what is decided was reviewed before."""

from tests.reviews.conftest import house, season

__all__ = ["house", "season"]
