"""Signing up for sessions inside an edition."""
