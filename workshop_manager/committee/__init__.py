"""The committee: recruiting reviewers, and what each of them can take on."""
