"""Units beside each other: in their towers, in a comparison, among somebody's favourites; and what has happened to one."""

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, and_, bindparam, cast, func, or_, select

from realestate.models.audit import AuditEvent
from realestate.models.bookings import Booking
from realestate.models.notifications import Subject
from realestate.models.projects import Project
from realestate.models.units import Favourite, Hold, Unit
from realestate.reading import Collection, Detail, Listing
from realestate.schemas.units import Availability, ComparedUnit, FavouritePage, TeamAvailability, TeamComparedUnit, UnitAct

AVAILABILITY = Detail(Project, Availability, team=TeamAvailability)

_IDS = cast(bindparam("ids", type_=Text), ARRAY(BigInteger))
COMPARED = Collection(
    Unit, ComparedUnit, where=Unit.id == func.any(_IDS), order=(func.array_position(_IDS, Unit.id),), team=TeamComparedUnit
)

FAVOURITES = Listing(Favourite, FavouritePage, sorts={"created_at": Favourite.created_at})

_UNIT = bindparam("unit_id", type_=BigInteger)


def _acts_on(subject: Subject, model: type[Hold] | type[Booking]) -> ColumnElement[bool]:
    ids = func.array(select(model.id).where(model.unit_id == _UNIT).scalar_subquery())
    return and_(AuditEvent.entity_type == subject, AuditEvent.entity_id == func.any(ids))


HISTORY = Collection(
    AuditEvent,
    UnitAct,
    where=or_(
        and_(AuditEvent.entity_type == Subject.unit, AuditEvent.entity_id == _UNIT),
        _acts_on(Subject.hold, Hold),
        _acts_on(Subject.booking, Booking),
    ),
    order=(AuditEvent.id.desc(),),
    parent=select(Unit.id).where(Unit.id == _UNIT).exists(),
    limited=True,
)
