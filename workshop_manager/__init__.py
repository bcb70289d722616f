"""Runs an affinity workshop in machine learning: call, reviews, registration, travel grants and schedule."""
