"""Funds as bars: what is accepted, offered, proposed and left, in figures, shares and a sentence."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.core.money import amount_text
from workshop_manager.core.text import isolated
from workshop_manager.funds import queries, uses
from workshop_manager.funds.models import Fund
from workshop_manager.funds.queries import Balance
from workshop_manager.funds.rules import bar_shares
from workshop_manager.workshops.rules import MAY_FUNDS, Standing

WIDTH = 1000
"""Of the drawing; templates stretch it."""


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A fund with its balances, and what is proposed from it as far as the viewer may know (minor units).

    `is_partial`: what is left is so much at the most, because money of others may not be counted.
    """

    fund: Fund
    balance: Balance
    proposed: int
    is_partial: bool = False

    @property
    def accepted(self) -> int:
        """Accepted, whatever of it is claimed or paid by now."""
        return self.balance.accepted + self.balance.claimed + self.balance.paid

    @property
    def left(self) -> int:
        """What would be left if all that is proposed were offered."""
        return self.balance.available - self.proposed


def fund_figures(
    session: Session, edition_id: int, standing: Standing, *, with_removed: bool = False
) -> list[FundFigures]:
    """Every fund with its sums. Proposals that the viewer must not see are not in them.

    Whoever keeps the books reads the sums of the ledger. The committee's own count only the money of applications that
    the viewer may see: from the whole, they could subtract all others and know what one in conflict got.
    """
    proposed = uses.proposed(session, edition_id, standing)
    is_partial = not standing.may(MAY_FUNDS)
    of = uses.seen(edition_id, standing) if is_partial else None
    found = queries.with_balances(session, edition_id, of=of, with_removed=with_removed)
    return [FundFigures(fund, balance, proposed.get(fund.id, 0), is_partial) for fund, balance in found]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the bar: its class, where it begins and how long it is."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A fund as pages show it."""

    id: int
    name: str
    about: str
    sponsor: str
    currency: str
    used: str
    amount: str
    left: str
    short: str
    sentence: str
    committed: str
    is_partial: bool
    pieces: list[Piece]


def bar_of(figures: FundFigures) -> Bar:
    """The bar of a fund. Proposals may ask for more than is left: `short` says by how much; the bar is cut off."""
    fund, balance, left = figures.fund, figures.balance, figures.left

    def text(minor: int) -> str:
        return amount_text(minor, fund.currency)

    told = (
        _(
            "%(name)s: %(accepted)s accepted, of it %(paid)s paid, %(offered)s offered, %(proposed)s proposed, "
            "at most %(left)s left of %(amount)s"
        )
        if figures.is_partial
        else _(
            "%(name)s: %(accepted)s accepted, of it %(paid)s paid, %(offered)s offered, %(proposed)s proposed, "
            "%(left)s left of %(amount)s"
        )
    )
    sentence = told % {
        "name": isolated(fund.name),
        "accepted": text(figures.accepted),
        "paid": text(balance.paid),
        "offered": text(balance.offered),
        "proposed": text(figures.proposed),
        "left": text(max(left, 0)),
        "amount": fund.money(balance.held),
    }
    return Bar(
        id=fund.id,
        name=fund.name,
        about=fund.purpose,
        sponsor=fund.sponsor,
        currency=fund.currency,
        used=text(balance.held - left),
        amount=text(balance.held),
        left=text(max(left, 0)),
        short=text(-left) if left < 0 else "",
        sentence=str(sentence),
        committed=text(balance.committed + balance.paid),
        is_partial=figures.is_partial,
        pieces=_pieces(figures),
    )


def _pieces(figures: FundFigures) -> list[Piece]:
    shares = bar_shares(figures.balance.held, (figures.accepted, figures.balance.offered, figures.proposed))
    pieces, x = [], 0.0
    for kind, share in zip(("f-ink", "f-strong", "f-accent"), shares, strict=True):
        pieces.append(Piece(kind, round(x, 1), round(share * WIDTH, 1)))
        x += share * WIDTH
    return pieces
