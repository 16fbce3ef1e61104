"""Who is party to a booking, as said."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from realestate.compiling import Says
from realestate.models.bookings import PartyRole
from realestate.schemas.base import Id, Input, NotBool, Wire
from realestate.schemas.settings.bookings import Items

Share = Annotated[Decimal, Field(gt=0, lt=100, decimal_places=4, allow_inf_nan=False, description="percent of the home"), NotBool]


class CoApplicantInvite(Input, json_schema_extra={"examples": [{"share": 50}]}):
    """What of the owner's share goes to who joins with the code."""

    share: Share


class PartyCode(Wire):
    """`code` is said this once; it is good until `expires_at`, for one person (`POST /api/customer/join`)."""

    id: int
    code: str
    expires_at: datetime


class NameOfParty(Wire):
    full_name: str


class PartyOut(Wire):
    """`customer` is null for who may not see them: customers do not see each other's profiles."""

    customer_id: int
    role: PartyRole
    share: Annotated[float, Says("share_percent"), Field(description="percent; all of a booking's make 100")]
    customer: NameOfParty | None


class TransferApproval(Input, json_schema_extra={"examples": [{"customer_id": 12, "kyc_verified": ["identity", "address"]}]}):
    """To whom, as the one who approves has seen it: `transfer_to_id` of the booking; and which of the policy's `kyc_items` they have verified
    of that person, whose papers are not the booking's yet."""

    customer_id: Id
    kyc_verified: Items = Field(default_factory=list)


class SwapCreate(Input, json_schema_extra={"examples": [{"unit_id": 8}]}):
    """For which unit."""

    unit_id: Id
