"""Seats that change hands: passed on to a colleague, or set aside for a list of people who claim them by mail."""
