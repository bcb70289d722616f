"""Puts registrations on the application: blueprint, tabs, entries of the side list, jobs."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register everything of this package."""
