"""The three refusals a verb can give. `web` turns each into a page once; anything else is a bug."""


class Refusal(Exception):
    """Something asked for that is not done. `sentence` says what is missing and what to do, in words for a person."""

    code = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Forbidden(Refusal):
    """The person may know of the thing but may not do this to it (403)."""

    code = 403


class NotFound(Refusal):
    """There is no such thing, or the person may not know of it: the two look alike (404)."""

    code = 404

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)


class Conflict(Refusal):
    """The thing is no longer in the state in which this could be done (409)."""

    code = 409
