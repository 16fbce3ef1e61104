"""What a unit is at this moment, and what of it is shown to whom: in SQL, because only the database knows the time and the caller."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func
from sqlalchemy.ext.hybrid import hybrid_property

from realestate.models.base import CALLER
from realestate.models.units.words import UnitStatus

U = UnitStatus


def claim_is_over_at(unit: Any, moment: Any) -> Any:
    """Whether the hold, or the unpaid reserve, of a unit has come to its end by a moment, as SQL."""
    return and_(unit.status.in_([U.held, U.reserved]), unit.hold_expires_at <= moment)


class Shown:
    """A unit's state, seen from outside."""

    if TYPE_CHECKING:
        status: Any
        customer_id: Any
        hold_expires_at: Any

    @hybrid_property
    def claim_is_over(self) -> bool:
        """A hold or an unpaid reserve whose time has passed, by the database's clock."""
        raise NotImplementedError("only the database knows what time it is: see crud.units.lock")

    @claim_is_over.inplace.expression
    @classmethod
    def _claim_is_over(cls) -> Any:
        return claim_is_over_at(cls, func.now())

    @hybrid_property
    def current_status(self) -> str:
        """The state with the clock taken into account: what the builder sees."""
        raise NotImplementedError("only the database knows what time it is")

    @current_status.inplace.expression
    @classmethod
    def _current_status(cls) -> Any:
        return case((cls.claim_is_over, "available"), else_=cls.status)

    @hybrid_property
    def shown_status(self) -> str:
        """What visitors and customers see: their own true state, `available`, or `not_available` (domain.md §1, masking)."""
        raise NotImplementedError("only the database knows what time it is")

    @shown_status.inplace.expression
    @classmethod
    def _shown_status(cls) -> Any:
        return case(
            (cls.claim_is_over, "available"),
            (cls.customer_id == CALLER, cls.status),
            (cls.status == U.available, "available"),
            else_="not_available",
        )

    @hybrid_property
    def own_hold_expires_at(self) -> datetime | None:
        """When the caller's own claim ends; of other people's nothing is said."""
        raise NotImplementedError("only the database knows who is asking")

    @own_hold_expires_at.inplace.expression
    @classmethod
    def _own_hold_expires_at(cls) -> Any:
        return case((cls.customer_id == CALLER, cls.hold_expires_at))
