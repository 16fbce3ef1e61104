"""What receipts, notices and statements on paper are made of."""

from datetime import date, datetime
from typing import Annotated

from realestate.compiling import Says
from realestate.models.payments import InstallmentStatus, PaymentKind, PaymentMethod, PaymentStatus
from realestate.models.units import AreaUnit, FacingDirection, UnitType
from realestate.schemas.base import Amount, Wire
from realestate.schemas.payments import DemandProof


class PaperBuilder(Wire):
    company_name: str
    license_number: str
    rera_number: str | None
    address: str | None
    phone: str | None


class PaperPlace(Wire):
    """Where a home stands, as it is described to who buys it."""

    project_name: str
    location: str
    location_zipcode: str | None
    rera_number: str | None
    timezone: str


class PaperHome(Wire):
    """What is sold, likewise."""

    tower: str | None
    unit_number: str
    unit_type: UnitType
    floor_number: int
    facing: FacingDirection | None
    area_sqft: float
    built_up_area: float | None
    super_area: float | None
    area_unit: AreaUnit
    parking_spaces: int


class PaperProject(Wire):
    project_name: str
    location: str
    rera_number: str | None
    timezone: str
    builder: PaperBuilder


class PaperUnit(Wire):
    tower: str | None
    unit_number: str
    project: PaperProject


class PaperPerson(Wire):
    full_name: str
    address: str | None
    phone: str | None
    email: str | None


class PaperBooking(Wire):
    booking_number: str
    currency: str
    unit: PaperUnit
    customer: PaperPerson | None


class PaperLine(Wire):
    name: str
    demand_no: str | None


class PaperAllocation(Wire):
    principal: Amount
    tax: Amount
    interest: Amount
    line: PaperLine


class ReceiptBasis(Wire):
    kind: PaymentKind
    payment_status: Annotated[PaymentStatus, Says("status")]
    receipt_no: str | None
    amount: Amount
    payment_method: PaymentMethod
    payment_date: date
    transaction_id: str | None
    cleared_at: datetime | None
    reason: str | None
    allocations: list[PaperAllocation]
    booking: PaperBooking


class CreditNoteBasis(Wire):
    credit_no: str
    name: str
    amount: Amount
    tax_amount: Amount
    demand_no: str
    demanded_at: datetime
    again_on: date | None
    reason: str
    created_at: datetime
    booking: PaperBooking


class DemandBasis(Wire):
    name: str
    amount: Amount
    tax_amount: Amount
    paid_amount: Annotated[Amount, Says("allocated")]
    outstanding: Annotated[Amount, Says("outstanding_amount")]
    status: InstallmentStatus
    due_date: date | None
    demanded_at: datetime | None
    demand_no: str | None
    proof: DemandProof | None
    booking: PaperBooking
