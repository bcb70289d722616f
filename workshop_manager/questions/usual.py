"""How long the answers of a form are kept where organisers chose nothing: said by the package whose form it is."""

_days: dict[str, int] = {}


def keep(purpose: str, days: int) -> None:
    """Delete the answers of that form so many days after the event, unless organisers choose otherwise."""
    _days[purpose] = days


def days_of(purpose: str) -> int | None:
    """So many days; None: until somebody deletes them."""
    return _days.get(purpose)
