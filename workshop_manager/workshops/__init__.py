"""Communities, editions, dates, tracks, rooms and the team."""
