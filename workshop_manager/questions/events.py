"""What higher packages may want to know; subscriptions stand in `wiring.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswersRemoved:
    """Their time had come: nothing of what anybody answered to these questions is kept any more."""

    question_ids: tuple[int, ...]
