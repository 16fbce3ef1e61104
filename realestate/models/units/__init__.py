"""What is sold: units, the holds that keep them for a moment, and what projects count of them."""

from realestate.models.units import counts as counts
from realestate.models.units.hold import Hold
from realestate.models.units.shown import claim_is_over_at
from realestate.models.units.unit import Unit
from realestate.models.units.words import AreaUnit, FacingDirection, HoldEnd, SalesChannel, ShownStatus, UnitStatus, UnitType

__all__ = [
    "AreaUnit",
    "FacingDirection",
    "Hold",
    "HoldEnd",
    "SalesChannel",
    "ShownStatus",
    "Unit",
    "UnitStatus",
    "UnitType",
    "claim_is_over_at",
]
