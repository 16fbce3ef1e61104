"""What a unit costs, what that consists of, and what it cost before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from realestate.errors import Invalid
from realestate.models.base import as_said
from realestate.models.units.sheet import CostSheet
from realestate.models.units.words import UnitStatus

U = UnitStatus
FREE = (U.unreleased, U.available, U.blocked)
"""Nobody's, whether on sale or not."""
NOT_TAKEN = (*FREE, U.held)


class Priced:
    """A unit's price. It is what the lines of its cost sheet that are in the plan sum to, which a trigger holds."""

    if TYPE_CHECKING:
        status: Any
        price: Any
        price_lines: Any
        price_history: Any

    @property
    def cost_sheet(self) -> CostSheet:
        return CostSheet.of(self.price, self.price_lines or [])

    def reprice(self, price: Decimal, at: datetime, by: int) -> None:
        """A new list price; holds and bookings keep the price they were given. Invalid PRICE_HAS_LINES where it follows from lines."""
        if self.price_lines:
            raise Invalid.field("price", "This price follows from its lines: change price_lines.", "PRICE_HAS_LINES")
        self._cost(price, self.price_lines, at, by)

    def itemise(self, sheet: CostSheet | None, at: datetime, by: int) -> None:
        """Say what the price consists of, and with that what it is; with None the price stands by itself."""
        self._cost(sheet.price if sheet else self.price, sheet.kept if sheet else [], at, by)

    def move_base(self, base: Decimal, at: datetime, by: int) -> None:
        """A new base price; taxes follow."""
        if self.price_lines:
            self.itemise(self.cost_sheet.with_base(base), at, by)
        else:
            self.reprice(base, at, by)

    def _cost(self, price: Decimal, lines: Sequence[Mapping[str, Any]], at: datetime, by: int) -> None:
        if price == self.price and list(lines) == self.price_lines:
            return
        if self.status not in NOT_TAKEN:
            raise Invalid.field("price", "The price of a unit that is taken cannot change.", "UNIT_TAKEN")
        if price != self.price:
            entry = {"at": as_said(at), "by": by, "old": float(self.price), "new": float(price)}
            self.price_history = [*self.price_history, entry]
        self.price, self.price_lines = price, list(lines)
