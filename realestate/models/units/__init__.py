"""What is sold: units, the holds that keep them for a moment, and what projects count of them."""

from realestate.models.units import costs as costs
from realestate.models.units import counts as counts
from realestate.models.units import grid as grid
from realestate.models.units.favourite import Favourite
from realestate.models.units.hold import Hold
from realestate.models.units.priced import FREE, NOT_TAKEN
from realestate.models.units.sheet import CostSheet, PriceLine, granted, pass_through, taxes_of
from realestate.models.units.shown import claim_is_over_at
from realestate.models.units.unit import BOOKED_AS, Unit
from realestate.models.units.words import AreaUnit, FacingDirection, HoldEnd, PriceCode, SalesChannel, ShownStatus, UnitStatus, UnitType

__all__ = [
    "BOOKED_AS",
    "FREE",
    "NOT_TAKEN",
    "AreaUnit",
    "CostSheet",
    "FacingDirection",
    "Favourite",
    "Hold",
    "HoldEnd",
    "PriceCode",
    "PriceLine",
    "SalesChannel",
    "ShownStatus",
    "Unit",
    "UnitStatus",
    "UnitType",
    "claim_is_over_at",
    "granted",
    "pass_through",
    "taxes_of",
]
