"""What a booking's settlement follows from."""

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import column_property, foreign, relationship

from realestate.models.bookings import Booking
from realestate.models.policies import SETTING
from realestate.models.settings import SettingScope, SystemSetting
from realestate.reading import Detail
from realestate.schemas.cancellations import SettlementBasis, SettlementOnPaper

Booking.policies = relationship(  # here, because only what is read looks there
    SystemSetting,
    primaryjoin=and_(
        SystemSetting.setting_key == SETTING,
        or_(
            SystemSetting.scope == SettingScope.everybody,
            and_(SystemSetting.scope == SettingScope.builder, foreign(SystemSetting.builder_id) == Booking.builder_id),
            and_(SystemSetting.scope == SettingScope.project, foreign(SystemSetting.project_id) == Booking.project_id),
        ),
    ),
    lazy="raise",
    viewonly=True,
    uselist=True,
)
Booking.read_at = column_property(func.now(), deferred=True, raiseload=True)
BASIS = Detail(Booking, SettlementBasis)
ON_PAPER = Detail(Booking, SettlementOnPaper)
