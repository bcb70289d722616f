"""Reviewers, conflicts of interest, assignments, reviews and decisions."""
