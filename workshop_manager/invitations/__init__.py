"""Speakers invited to their slots by mail, what they answer, and news for those who starred what changed."""
