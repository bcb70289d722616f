"""Afterwards: what the grants did, for the organisers, the treasurer and each sponsor."""
