"""Puts assignments on the application."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register everything of this package."""
