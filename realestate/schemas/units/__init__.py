"""Units, what they cost, and holds, as said."""

from realestate.schemas.units.grids import (
    Availability,
    ComparedUnit,
    FavouriteOut,
    FavouritePage,
    ProjectFacets,
    TeamAvailability,
    TeamComparedUnit,
    TeamUnitPage,
    UnitAct,
    UnitPage,
)
from realestate.schemas.units.holds import HoldCreate, HoldExtensionCreate, HoldOut
from realestate.schemas.units.prices import CostSheetOut, PriceLineOut, RepricingCreate, RepricingOut, UnitCostSheet
from realestate.schemas.units.quotes import QuoteOut, UnitQuoteCreate
from realestate.schemas.units.unit import (
    BlockCreate,
    TeamUnit,
    TeamUnitDetail,
    UnitCreate,
    UnitDetail,
    UnitOut,
    UnitUpdate,
)

__all__ = [
    "Availability",
    "BlockCreate",
    "ComparedUnit",
    "CostSheetOut",
    "FavouriteOut",
    "FavouritePage",
    "HoldCreate",
    "HoldExtensionCreate",
    "HoldOut",
    "PriceLineOut",
    "ProjectFacets",
    "QuoteOut",
    "RepricingCreate",
    "RepricingOut",
    "TeamAvailability",
    "TeamComparedUnit",
    "TeamUnit",
    "TeamUnitDetail",
    "TeamUnitPage",
    "UnitAct",
    "UnitCostSheet",
    "UnitCreate",
    "UnitDetail",
    "UnitOut",
    "UnitPage",
    "UnitQuoteCreate",
    "UnitUpdate",
]
