"""What happens to units apart from bookings: the team's own steps, their prices, and holds."""

from realestate.services.units.favourites import follow, unfollow
from realestate.services.units.holds import end_hold, extend_hold, hold
from realestate.services.units.importing import bring
from realestate.services.units.quotes import cost_sheet_paper, quote, quote_paper
from realestate.services.units.steps import block, change, create, delete, release, unblock, withdraw
from realestate.services.units.stock import generate, reprice

__all__ = [
    "block",
    "bring",
    "change",
    "cost_sheet_paper",
    "create",
    "delete",
    "end_hold",
    "extend_hold",
    "follow",
    "generate",
    "hold",
    "quote",
    "quote_paper",
    "release",
    "reprice",
    "unblock",
    "unfollow",
    "withdraw",
]
