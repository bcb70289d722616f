"""Whom a work can be given to, and when; plain values, no database."""

from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import Role

REVIEWERS = frozenset({Role.REVIEWER, Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR, Role.OWNER, Role.ORGANISER})
"""Whom a submission can be assigned to: reviewers, and whoever organises and wants to read."""
OPEN_FOR_REVIEW = frozenset({State.SUBMITTED})
WANTED_REVIEWS = 2
