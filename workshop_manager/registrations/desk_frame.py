"""The frame of the pages of registration's desk: its parts."""

from flask import Response, request

from workshop_manager.web import navigation
from workshop_manager.web.pages import page
from workshop_manager.workshops.context import here


def desk_page(template: str, status: int = 200, **values: object) -> Response:
    """A page of the desk, with the parts this person may open."""
    parts = navigation.parts("registration", here(), request.endpoint)
    return page(f"registrations/{template}.html", status, at=here(), parts=parts, **values)
