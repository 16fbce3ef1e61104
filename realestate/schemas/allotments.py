"""Letters of allotment: what they say."""

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from realestate.schemas.agreements import AgreementTerms, LineOfAgreement, PriceLineOfAgreement, SheetOfAgreement
from realestate.schemas.base import Amount, Wire


class LineOfAllotment(LineOfAgreement):
    """With its tax, and the date that it has on the day of the letter, whatever has fixed it."""

    tax_amount: Amount

    @model_validator(mode="after")
    def _dates_of_events_are_no_terms(self) -> Self:
        return self


class SheetOfAllotment(SheetOfAgreement):
    outside_plan: list[PriceLineOfAgreement] = Field(default_factory=list, description="paid beside the plan; older bookings keep none")


class AllotmentTerms(AgreementTerms):
    """What a letter of allotment says."""

    allotment_no: str
    cooling_off_until: datetime | None
    token_amount: Amount
    cost_sheet: SheetOfAllotment
    schedule: list[LineOfAllotment]  # type: ignore[assignment]  # they are lines, and nothing is put into the list


class AllotmentLetter(Wire):
    """What its PDF is drawn from; never said."""

    number: str
    content_hash: str
    issued_at: datetime
    terms: AllotmentTerms


class LetterOfBooking(Wire):
    confirmed_at: datetime | None
    allotment: AllotmentLetter | None
