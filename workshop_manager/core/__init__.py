"""Knows neither Flask nor a feature: database, time, money, errors, settings, the unit of work."""
