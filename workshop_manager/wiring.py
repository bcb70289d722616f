"""Which higher package reacts to which event of a lower one: the only place where that direction exists."""


def connect() -> None:
    """Subscribe every handler. Runs once at start, in the transaction of the event afterwards."""
