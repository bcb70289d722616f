"""Communities, editions, dates, tracks, rooms, team."""
