"""The money of one booking, as simple as can be: money comes, lines are demanded, and what is there meets. It knows nothing of the code."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

TODAY = datetime.now(UTC).date()
ZERO, CENT = Decimal(0), Decimal("0.01")
DUE_IN = timedelta(days=15)
PERCENT, GRACE_DAYS = Decimal(18), 3
PLAN, CHARGE, INTEREST = 0, 1, 2
"""Ranks, in which order money meets what is owed."""


@dataclass(eq=False)
class Line:
    """`place`: where it stands in the queue once it is demanded. Rank, due date, number in the schedule."""

    amount: Decimal
    place: tuple[Any, ...]
    milestone: tuple[str, int] | None = None
    demanded: int = 0
    is_numbered: bool = True
    is_gone: bool = False
    interest_of: "Line | None" = None
    parts: list[tuple[date, Decimal]] = field(default_factory=list)
    """What has been paid of it, and of which day that money is."""
    had: list[tuple[date, Decimal]] = field(default_factory=list)
    """The same until today: with what has gone back, for it went today."""

    @property
    def paid(self) -> Decimal:
        return sum((amount for _, amount in self.parts), ZERO)

    @property
    def seq(self) -> int:
        return int(self.place[2])

    def accrued(self) -> Decimal:
        """Until today: day by day on what was not paid by then."""
        if self.place[0] != PLAN or not self.demanded or self.is_gone or not self.place[1]:
            return ZERO
        late_since = self.place[1] + timedelta(days=GRACE_DAYS)
        days = [late_since + timedelta(days=n) for n in range((TODAY - late_since).days)]
        left = (self.amount - sum((part for came, part in self.had if came <= day), ZERO) for day in days)
        return (sum(left, ZERO) * PERCENT / 36500).quantize(CENT, ROUND_HALF_UP)


@dataclass
class Receipt:
    amount: Decimal
    on: date
    state: str
    is_tax: bool = False
    is_online: bool = False
    arrived: int = 0
    returned: Decimal = ZERO
    asked: dict[int, tuple[Decimal, str]] = field(default_factory=dict)

    @property
    def claimed(self) -> Decimal:
        return sum((amount for amount, state in self.asked.values() if state != "rejected"), ZERO)

    @property
    def stays(self) -> Decimal:
        return self.amount - self.returned if self.state == "cleared" else ZERO


@dataclass
class Model:
    price: Decimal
    lines: list[Line]
    receipts: dict[int, Receipt]
    now: int = 0
    """Moments are counted; 0 is never."""

    @property
    def live(self) -> list[Line]:
        return [line for line in self.lines if not line.is_gone]

    @property
    def paid(self) -> Decimal:
        return sum((one.stays for one in self.receipts.values()), ZERO)

    @property
    def pending(self) -> Decimal:
        """Still to come: what has been paid ahead has come."""
        return max(sum((line.amount - line.paid for line in self.live), ZERO) - self.credit, ZERO)

    @property
    def owed(self) -> Decimal:
        return sum((line.amount - line.paid for line in self.live if line.demanded), ZERO)

    @property
    def credit(self) -> Decimal:
        return self.paid - sum((line.paid for line in self.live), ZERO)

    def tick(self) -> int:
        """The next moment."""
        self.now += 1
        return self.now

    def meet(self) -> None:
        """As it happened: at each moment the money that has come by then, oldest first, fills the lines that are demanded by then, in order."""
        self._fill({id: one.amount for id, one in self.receipts.items() if one.arrived and one.state == "cleared"})
        for line in self.live:
            line.had = line.parts  # until today, on which all refunds go
        self._fill({id: one.stays for id, one in self.receipts.items() if one.arrived})

    def _fill(self, left: dict[int, Decimal]) -> None:
        for line in self.live:
            line.parts = []
        came = sorted(left, key=lambda id: (self.receipts[id].on, id))
        for moment in range(1, self.now + 1):
            lines = sorted((line for line in self.live if 0 < line.demanded <= moment), key=lambda line: line.place)
            for id in (id for id in came if self.receipts[id].arrived <= moment):
                for line in lines:
                    if part := min(line.amount - line.paid, left[id]):
                        line.parts.append((self.receipts[id].on, part))
                        left[id] -= part

    def square(self) -> None:
        """All that is there meets; then what was paid late is charged its interest, and what is left meets that."""
        self.meet()
        if self.charge_interest(line for line in self.live if line.paid == line.amount):
            self.meet()

    def missing(self, line: Line) -> Decimal:
        """What has accrued on a line and was not charged, since it was demanded."""
        return line.accrued() - sum((one.amount for one in self.lines if one.interest_of is line), ZERO)

    def charge_interest(self, lines: Iterable[Line]) -> bool:
        late = [(line, missing) for line in lines if (missing := self.missing(line)) > 0]
        for line, missing in late:
            self.charge(missing, INTEREST, line)
        return bool(late)

    def charge(self, amount: Decimal, rank: int, interest_of: Line | None = None) -> None:
        place = (rank, TODAY + DUE_IN, len(self.lines) + 1)
        self.lines.append(Line(amount, place, demanded=self.now, interest_of=interest_of))

    def waive(self, line: Line) -> None:
        """What is left of it, for good; what was paid is a line by itself, and owed again if its money goes."""
        if line.paid:
            left, line.amount = line.amount - line.paid, line.paid
            line = Line(left, (*line.place[:2], len(self.lines) + 1), demanded=line.demanded, interest_of=line.interest_of)
            self.lines.append(line)
        line.is_gone = True

    def take_back(self, line: Line) -> bool:
        """Whether it can be: with the interest on it, of which nothing is paid either."""
        charged = [one for one in self.live if one.interest_of is line]
        if not line.is_numbered or not line.demanded or any(one.paid for one in (line, *charged)):
            return False
        for one in self.lines:
            if one in charged or (one is line and line.place[0] != PLAN):
                one.is_gone, one.interest_of = True, None
            elif one.interest_of is line:  # what was waived counts against this demand, and no other
                one.interest_of = None
        if line.place[0] == PLAN:
            line.demanded, line.milestone = 0, None
        return True

    def room(self) -> Decimal:
        """What may still be written down as received."""
        charges = sum((line.amount for line in self.live if line.place[0] != PLAN), ZERO)
        accrued = sum((max(ZERO, self.missing(line)) for line in self.live), ZERO)
        on_their_way = sum((one.amount for one in self.receipts.values() if one.state == "sent"), ZERO)
        waived = sum((line.amount for line in self.lines if line.is_gone and line.place[0] == PLAN), ZERO)
        return self.price - waived + charges + accrued - on_their_way - self.paid
