"""What units may be: the words of the wire and of the tables."""

from realestate.models.base import Kind


class UnitType(Kind):
    one_bhk = "1BHK"
    two_bhk = "2BHK"
    three_bhk = "3BHK"
    four_bhk = "4BHK+"
    studio = "studio"
    penthouse = "penthouse"
    duplex = "duplex"
    villa = "villa"
    shop = "shop"
    office = "office"
    plot = "plot"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {"4bhk": "4BHK+"}  # a bare + in a query string is a space

    @property
    def bedrooms(self) -> int:
        """What the name says: 3 of a 3BHK, none of a shop."""
        return int(self.value[0]) if self.value[0].isdigit() else 0


class UnitStatus(Kind):
    unreleased = "unreleased"
    available = "available"
    held = "held"
    reserved = "reserved"
    booked = "booked"
    sold = "sold"
    handed_over = "handed_over"
    blocked = "blocked"


class ShownStatus(Kind):
    """What a unit's status may look like on the wire: its state, or `not_available` to those whom the state does not concern."""

    unreleased = "unreleased"
    available = "available"
    held = "held"
    reserved = "reserved"
    booked = "booked"
    sold = "sold"
    handed_over = "handed_over"
    blocked = "blocked"
    not_available = "not_available"


class SalesChannel(Kind):
    direct = "direct"
    broker = "broker"
    online = "online"


class FacingDirection(Kind):
    north = "north"
    north_east = "north_east"
    east = "east"
    south_east = "south_east"
    south = "south"
    south_west = "south_west"
    west = "west"
    north_west = "north_west"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {word.value.replace("_", ""): word.value for word in cls if "_" in word.value}


class AreaUnit(Kind):
    sqft = "sqft"
    sqm = "sqm"


class HoldEnd(Kind):
    released = "released"
    expired = "expired"
    reserved = "reserved"


class PriceCode(Kind):
    """What a line of a price is for."""

    base = "base"
    floor_rise = "floor_rise"
    view = "view"
    parking = "parking"
    club = "club"
    maintenance_advance = "maintenance_advance"
    discount = "discount"
    tax = "tax"
    fee = "fee"
    other = "other"
