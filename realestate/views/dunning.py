"""What a buyer has been reminded of."""

from realestate.models.bookings import Booking
from realestate.reading import Detail
from realestate.schemas.dunning import Dunning

DUNNING = Detail(Booking, Dunning, path="/api/bookings")
