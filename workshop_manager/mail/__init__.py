"""The outbox: what was promised by mail, and its delivery."""
