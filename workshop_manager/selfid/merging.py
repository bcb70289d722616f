"""What people said about themselves when two accounts become one: it is the account's that stays."""

from workshop_manager.accounts.merging import Pair, Part
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.selfid import service


def _move(uow: UnitOfWork, pair: Pair) -> None:
    service.hand_over(uow, pair.into.id, pair.gone.id)


PART = Part("selfid", (), move=_move)
