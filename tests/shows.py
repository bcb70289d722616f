"""Marks that tie tests to what we say: `docs/features.md` and `docs/promises.md` are generated from them."""

import pytest


def shows(area: str, *sentences: str) -> pytest.MarkDecorator:
    """This test shows that the product does what each sentence says."""
    return pytest.mark.shows(area, *sentences)


def keeps(*ids: str) -> pytest.MarkDecorator:
    """This test would fail if the promises of these ids (A1, X2, …) were broken."""
    return pytest.mark.keeps(*ids)
