"""Tables of schedule."""
