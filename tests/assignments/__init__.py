"""Who reads what."""
