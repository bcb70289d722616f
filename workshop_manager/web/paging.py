"""Pages of a long list: counted and cut in SQL, linked by the address one is at."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list: `number` counts from 1, `total` is that of all rows. The macro `ui.pagination` reads it."""

    number: int
    total: int
    size: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def previous_url(self) -> str | None:
        return _address(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return _address(self.number + 1) if self.number < self.pages else None


def paging(total: int, size: int = PER_PAGE) -> Paging:
    """The page that the address asks for with `?page=`, kept between the first and the last."""
    asked = request.args.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    last = max(1, -(-total // size))
    return Paging(min(max(number, 1), last), total, size)


def _address(number: int) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.path}?{urlencode([*kept, ('page', number)])}"
