"""What else is kept of a booking: who stands behind it, and what is granted off its price."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from realestate.compiling import Says
from realestate.schemas.base import Amount, Id, Input, Line, Text, Wire
from realestate.schemas.parties import Share


class KycDocument(Input, json_schema_extra={"examples": [{"document_id": 7}]}):
    """A document of this booking that shows it."""

    document_id: Id


class KycDecision(Input, json_schema_extra={"examples": [{"verified": True}]}):
    verified: bool
    reason: Text | None = Field(None, description="required to refuse; the customer reads it")

    @model_validator(mode="after")
    def _say_why(self) -> Self:
        if not self.verified and self.reason is None:
            raise PydanticCustomError("missing", "Say why; the customer will read it")
        return self


class KycItem(Wire):
    document_id: int | None = None
    verified_by: int | None = None
    verified_at: datetime | None = None
    reason: str | None = None


class Nominee(Input):
    full_name: Line
    relation: Line
    share: Share | Annotated[Decimal, Field(ge=100, le=100)] = Decimal(100)


class NomineeOut(Wire):
    full_name: str
    relation: str
    share: Annotated[float, Field(description="percent; all make 100")]


class NomineesUpdate(
    Input, json_schema_extra={"examples": [{"nominees": [{"full_name": "Maya Rao", "relation": "daughter", "share": 100}]}]}
):
    """All of them; their shares make 100."""

    nominees: Annotated[list[Nominee], Field(max_length=10)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.nominees and sum(one.share for one in self.nominees) != 100:
            raise PydanticCustomError("shares", "The shares of all nominees should make 100")
        return self


class LoanUpdate(Input, json_schema_extra={"examples": [{"lender": "State Bank", "loan_amount": 6000000}]}):
    """Who lends how much; that it has been approved is for the team to note."""

    lender: Line | None = None
    loan_amount: Amount | None = None
    loan_approved: bool | None = None


class DiscountCreate(Input, json_schema_extra={"examples": [{"amount": 100000, "reason": "Festival offer"}]}):
    amount: Annotated[Amount, Field(gt=Decimal(0), description="off the price, in all")]
    reason: Text


class DiscountDecision(Input, json_schema_extra={"examples": [{"approved": True, "amount": 100000}]}):
    """`amount`: what was asked for, as the one who decides has seen it."""

    approved: bool
    amount: Amount


class DiscountRequest(Wire):
    amount: Annotated[float, Field(description="off the price, in all")]
    reason: str
    requested_by: int


class Particulars(Wire):
    """What stands behind a booking."""

    id: int
    kyc_checklist: Annotated[dict[str, KycItem], Says("kyc_told")]
    nominees: Annotated[list[NomineeOut], Says("nominees_told")]
    lender: str | None
    loan_amount: Amount | None
    loan_approved: bool
    discount: Amount


class TeamParticulars(Particulars):
    discount_request: Annotated[DiscountRequest | None, Says("discount_told")] = Field(description="asked for and not decided yet")
