"""The response models."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Money = Annotated[float, BeforeValidator(lambda hundredths: hundredths / 100)]


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class BuilderOut(Out):
    id: int
    company_name: str
    full_name: str
    logo_url: str | None
    rating: float | None
    verified: bool
    slug: str


class ProjectOut(Out):
    id: int
    builder_id: int
    project_name: str
    slug: str
    description: str | None
    project_type: str
    status: str
    location: str
    location_address: str | None
    location_city: str
    location_state: str | None
    location_zipcode: str | None
    latitude: float | None
    longitude: float | None
    currency: str
    timezone: str
    jurisdiction: str
    rera_number: str | None
    total_units: int
    available_units: int
    price_range_min: Money | None
    price_range_max: Money | None
    project_area: float | None
    amenities: list[str]
    towers: list[dict[str, Any]]
    start_date: date | None
    expected_completion_date: date | None
    promised_possession_date: date | None
    forecast_possession_date: date | None
    actual_completion_date: date | None
    overall_progress: float
    images: list[str]
    floor_plans: list[str]
    brochure_url: str | None
    is_featured: bool
    version: int
    created_at: datetime
    updated_at: datetime
    builder: BuilderOut


class ProjectPage(Out):
    projects: list[ProjectOut]
    total: int
    page: int
    limit: int


class UnitOut(Out):
    id: int
    builder_id: int
    project_id: int
    tower: str | None
    unit_number: str
    unit_type: str
    floor_number: int
    stack: str | None
    area_sqft: float
    built_up_area: float | None
    super_area: float | None
    area_unit: str
    price: Money
    status: str = Field(validation_alias="shown_status")
    facing: str | None
    bedrooms: int
    bathrooms: int
    balconies: int
    parking_spaces: int
    floor_plan_url: str | None
    features: list[str]
    hold_expires_at: datetime | None = Field(validation_alias="shown_hold_expires_at")
    version: int
    created_at: datetime
    updated_at: datetime


class BookingCreate(BaseModel):
    unit_id: int
    payment_plan: Literal["hybrid"]


class BuilderOfProject(Out):
    id: int
    company_name: str
    full_name: str


class ProjectOfUnit(Out):
    id: int
    project_name: str
    location: str
    images: list[str]
    expected_completion_date: date | None
    builder: BuilderOfProject


class UnitOfBooking(Out):
    id: int
    unit_number: str
    unit_type: str
    floor_number: int
    tower: str | None
    project: ProjectOfUnit


class CustomerOfBooking(Out):
    id: int
    full_name: str
    phone: str | None
    email: str | None


class BookingOut(Out):
    id: int
    booking_number: str
    customer_id: int
    unit_id: int
    project_id: int
    builder_id: int
    status: str
    status_reason: str | None
    payment_plan: str | None
    payment_status: str
    token_amount: Money
    total_amount: Money
    paid_amount: Money
    pending_amount: Money
    currency: str
    booking_date: datetime
    reserve_expires_at: datetime | None
    confirmed_at: datetime | None
    promised_possession_date: date | None
    needs_loan: bool
    special_requests: str | None
    agreement_url: str | None
    version: int
    unit: UnitOfBooking
    customer: CustomerOfBooking
