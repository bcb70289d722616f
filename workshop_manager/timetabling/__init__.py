"""The automatic draft: accepted work without a place is given one, and nothing is decided before somebody takes it."""
