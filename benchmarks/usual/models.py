"""Who and what: the tables as a FastAPI tutorial would map them. Money is kept in hundredths."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, ForeignKey, Numeric, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {
        int: BigInteger,
        dict: JSONB,
        list: JSONB,
        datetime: DateTime(timezone=True),
        float: Numeric(asdecimal=False),
    }


def key(target: str) -> Any:
    return mapped_column(ForeignKey(target))


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    builder_id: Mapped[int | None]
    user_type: Mapped[str]
    team_role: Mapped[str | None]
    email: Mapped[str]
    full_name: Mapped[str]
    is_active: Mapped[bool]


class Builder(Base):
    __tablename__ = "builders"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    company_name: Mapped[str]
    contact_name: Mapped[str | None]
    logo_url: Mapped[str | None]
    rating: Mapped[float | None]
    verified: Mapped[bool]

    @property
    def full_name(self) -> str:
        return self.contact_name or self.company_name


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    phone: Mapped[str | None]
    user: Mapped[User] = relationship()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def email(self) -> str:
        return self.user.email


class Unit(Base):
    __tablename__ = "units"
    id: Mapped[int] = mapped_column(primary_key=True)
    builder_id: Mapped[int]
    project_id: Mapped[int] = key("projects.id")
    is_published: Mapped[bool]
    tower: Mapped[str | None]
    unit_number: Mapped[str]
    unit_type: Mapped[str]
    floor_number: Mapped[int]
    stack: Mapped[str | None]
    area_sqft: Mapped[float]
    built_up_area: Mapped[float | None]
    super_area: Mapped[float | None]
    area_unit: Mapped[str]
    price: Mapped[int]
    status: Mapped[str]
    facing: Mapped[str | None]
    bedrooms: Mapped[int]
    bathrooms: Mapped[int]
    balconies: Mapped[int]
    parking_spaces: Mapped[int]
    floor_plan_url: Mapped[str | None]
    features: Mapped[list]
    customer_id: Mapped[int | None]
    hold_expires_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    project: Mapped["Project"] = relationship()

    @property
    def shown_status(self) -> str:
        """To visitors: a claim that has run out is none, and of any other only that there is one."""
        is_over = self.status in ("held", "reserved") and self.hold_expires_at and self.hold_expires_at <= datetime.now(UTC)
        return "available" if is_over or self.status == "available" else "not_available"

    @property
    def shown_hold_expires_at(self) -> None:
        return None


class Project(Base):
    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    builder_id: Mapped[int] = key("builders.id")
    project_name: Mapped[str]
    slug: Mapped[str]
    description: Mapped[str | None]
    project_type: Mapped[str]
    status: Mapped[str]
    is_published: Mapped[bool]
    location_address: Mapped[str | None]
    location_city: Mapped[str]
    city_key: Mapped[str]
    location_state: Mapped[str | None]
    location_zipcode: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    currency: Mapped[str]
    timezone: Mapped[str]
    jurisdiction: Mapped[str]
    rera_number: Mapped[str | None]
    total_units: Mapped[int]
    price_range_min: Mapped[int | None]
    price_range_max: Mapped[int | None]
    project_area: Mapped[float | None]
    amenities: Mapped[list]
    towers: Mapped[list]
    start_date: Mapped[date | None]
    expected_completion_date: Mapped[date | None]
    promised_possession_date: Mapped[date | None]
    forecast_possession_date: Mapped[date | None]
    actual_completion_date: Mapped[date | None]
    overall_progress: Mapped[float]
    images: Mapped[list]
    floor_plans: Mapped[list]
    brochure_url: Mapped[str | None]
    is_featured: Mapped[bool]
    rules: Mapped[dict]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    builder: Mapped[Builder] = relationship()

    @property
    def location(self) -> str:
        return ", ".join(filter(None, (self.location_address, self.location_city, self.location_state)))


def units_of_project(*where: Any) -> Any:
    return select(func.count()).where(Unit.project_id == Project.id, Unit.is_published, *where).correlate_except(Unit).scalar_subquery()


Project.available_units = column_property(
    units_of_project(Unit.status == "available")
    + units_of_project(Unit.status.in_(["held", "reserved"]), Unit.hold_expires_at <= func.now()),
    deferred=True,
)
