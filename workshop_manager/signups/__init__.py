"""Signing up for sessions inside an edition: roundtables, mentoring, lunch."""
