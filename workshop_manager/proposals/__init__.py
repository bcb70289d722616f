"""Proposals: which set of awards helps most under the funds, their rules and the organisers' aims, and why."""
