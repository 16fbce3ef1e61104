"""Units and holds, as they are shown."""

from realestate.views.units.beside import AVAILABILITY, COMPARED, FAVOURITES, HISTORY
from realestate.views.units.lists import TEAM_UNITS, TEAM_UNITS_OF_PROJECT, UNIT, UNITS, UNITS_OF_PROJECT
from realestate.views.units.quotes import quote_basis
from realestate.views.units.sheets import COST_SHEET, HOLDS

__all__ = [
    "AVAILABILITY",
    "COMPARED",
    "COST_SHEET",
    "FAVOURITES",
    "HISTORY",
    "HOLDS",
    "TEAM_UNITS",
    "TEAM_UNITS_OF_PROJECT",
    "UNIT",
    "UNITS",
    "UNITS_OF_PROJECT",
    "quote_basis",
]
