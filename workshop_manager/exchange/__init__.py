"""Imports from other systems and exports to take along."""
