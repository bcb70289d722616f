"""A mentored round before the real one: authors read each other's drafts in pairs, and help."""
