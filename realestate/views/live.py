"""What is told of topics: read for each audience by its own rights."""

from sqlalchemy import BigInteger, Text, and_, any_, bindparam, cast, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from realestate.models.bookings import Booking
from realestate.models.messages import Message
from realestate.models.projects import Project
from realestate.models.units import Unit
from realestate.reading import Collection, Detail, Summary, as_object
from realestate.schemas.live import BookingNews, ConversationNews, TeamConversationNews, TeamUnitNews, UnitNews
from realestate.views.messages import CONVERSATION_FIGURES

UNITS = Collection(
    Unit,
    UnitNews,
    where=and_(Unit.project_id == bindparam("id"), Unit.id == any_(cast(bindparam("units", type_=Text), ARRAY(BigInteger)))),
    order=(Unit.id,),
    parent=select(literal_column("1")).select_from(Project).where(Project.id == bindparam("id")).exists(),
    team=TeamUnitNews,
)
"""`units` is an array as PostgreSQL writes it, such as `{1,2}`."""

BOOKING = Detail(Booking, BookingNews)
CONVERSATION = Detail(Message, ConversationNews, team=TeamConversationNews)
INBOX = Summary({"inbox": as_object(CONVERSATION_FIGURES)})
