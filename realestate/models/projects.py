"""What is built: projects."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Integer, Numeric, Text, UniqueConstraint, desc, func, select, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from realestate.errors import Conflict, Invalid
from realestate.models.accounts import Builder, BuilderStatus
from realestate.models.base import Base, Identified, Kind, Timestamped, Versioned
from realestate.models.rules import Rules

CURRENCIES = ("INR", "AED", "USD", "EUR", "GBP", "SGD", "SAR", "QAR", "CAD", "AUD")
"""Two-decimal currencies only: money is kept in hundredths."""

LAST_YEAR = 2200
"""Of dates that anybody may say."""


class ProjectType(Kind):
    residential = "residential"
    commercial = "commercial"
    mixed = "mixed"
    industrial = "industrial"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {"mixed_use": "mixed", "apartment": "residential", "house": "residential", "condo": "residential"}


class ProjectStatus(Kind):
    planning = "planning"
    construction = "construction"
    completed = "completed"
    delivered = "delivered"
    on_hold = "on_hold"
    cancelled = "cancelled"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {"in_progress": "construction", "ongoing": "construction"}


class PublishState(Kind):
    draft = "draft"
    published = "published"
    archived = "archived"


class Jurisdiction(Kind):
    generic = "generic"
    in_rera = "in_rera"
    ae_dubai = "ae_dubai"

    @property
    def pre_agreement_cap(self) -> Decimal | None:
        """Percent of the price that may be asked for before the agreement is signed, unless the project's rules say otherwise."""
        return Decimal(10) if self is Jurisdiction.in_rera else None


ORDERED = (
    ("start_date", "expected_completion_date"),
    ("start_date", "promised_possession_date"),
    ("start_date", "actual_completion_date"),
    ("price_range_min", "price_range_max"),
)
"""Of each pair, the second may not be before or below the first."""


class Project(Identified, Timestamped, Versioned, Base):
    """A building site with units for sale. `is_published` and `city_key` are computed, for policies and indexes."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("builder_id", "id"),  # what rows of other rooms refer to
        UniqueConstraint("builder_id", "id", "is_published"),  # what units follow
        UniqueConstraint("id", "currency"),  # what bookings are made in, and is theirs for good
        UniqueConstraint("builder_id", "slug"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_on_earth"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_on_earth"),
        CheckConstraint(f"currency IN {CURRENCIES}", name="currency_has_two_decimals"),
        CheckConstraint("price_range_min > 0", name="price_range_min_positive"),
        CheckConstraint("price_range_max >= price_range_min", name="price_range_ordered"),
        CheckConstraint("total_units >= 0", name="total_units_not_negative"),
        CheckConstraint("overall_progress BETWEEN 0 AND 100", name="overall_progress_is_percent"),
        CheckConstraint("certified_progress BETWEEN 0 AND 100", name="certified_progress_is_percent"),
        CheckConstraint("expected_completion_date >= start_date", name="completed_after_start"),
        Index("ix_projects_builder_id", "builder_id", desc("created_at"), desc("id")),
        Index("ix_projects_catalogue", "is_published", desc("created_at"), desc("id")),
        Index("ix_projects_city", "city_key", "status", desc("created_at"), desc("id")),
        Index("ix_projects_place", "latitude", "longitude", postgresql_where=text("is_published")),
    )

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    project_name: Mapped[str]
    slug: Mapped[str]
    description: Mapped[str | None]
    project_type: Mapped[ProjectType]
    status: Mapped[ProjectStatus] = mapped_column(server_default=ProjectStatus.planning)
    publish_state: Mapped[PublishState] = mapped_column(server_default=PublishState.draft)
    is_published: Mapped[bool] = mapped_column(Computed("publish_state = 'published'", persisted=True))
    location_address: Mapped[str | None]
    location_city: Mapped[str]
    city_key: Mapped[str] = mapped_column(Text, Computed("lower(location_city)", persisted=True))
    location_state: Mapped[str | None]
    location_zipcode: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    currency: Mapped[str] = mapped_column(server_default="INR")
    timezone: Mapped[str] = mapped_column(server_default="Asia/Kolkata")
    jurisdiction: Mapped[Jurisdiction] = mapped_column(server_default=Jurisdiction.generic)
    rera_number: Mapped[str | None]
    total_units: Mapped[int] = mapped_column(Integer, server_default="0")
    price_range_min: Mapped[Decimal | None]
    price_range_max: Mapped[Decimal | None]
    project_area: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    amenities: Mapped[list[str]] = mapped_column(server_default="[]")
    towers: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    start_date: Mapped[date | None]
    expected_completion_date: Mapped[date | None]
    promised_possession_date: Mapped[date | None]
    forecast_possession_date: Mapped[date | None]
    actual_completion_date: Mapped[date | None]
    overall_progress: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="0")
    certified_progress: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="0")
    """The same of what has been certified, rounded down; what no phase stands for is not done."""
    images: Mapped[list[str]] = mapped_column(server_default="[]")
    floor_plans: Mapped[list[str]] = mapped_column(server_default="[]")
    brochure_url: Mapped[str | None]
    is_featured: Mapped[bool] = mapped_column(server_default="false")
    payment_plans: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    rules: Mapped[dict[str, Any]] = mapped_column(server_default="{}")

    builder: Mapped[Builder] = relationship(lazy="raise")

    def clock_at(self, moment: datetime) -> datetime:
        """The same moment on the clocks where the project stands."""
        return moment.astimezone(ZoneInfo(self.timezone))

    @property
    def pre_agreement_cap(self) -> Decimal | None:
        """Percent of the price that may be asked for before the agreement is signed; None: all of it."""
        own = Rules.of(self.rules or {}).pre_agreement_cap
        return own if own is not None else self.jurisdiction.pre_agreement_cap

    def date_at(self, moment: datetime) -> date:
        """The calendar day of a moment where the project stands."""
        return self.clock_at(moment).date()

    @hybrid_property
    def location(self) -> str:
        """Address, city and state on one line."""
        return ", ".join(filter(None, (self.location_address, self.location_city, self.location_state)))

    @location.inplace.expression
    @classmethod
    def _location(cls) -> Any:
        return func.concat_ws(", ", cls.location_address, cls.location_city, cls.location_state)

    def revise(self, said: Mapping[str, Any]) -> None:
        """Take over what was said, rule by rule (null: back to the default). Invalid, naming the field, when the whole is out of order."""
        for name, value in said.items():
            setattr(self, name, self._merged(value) if name == "rules" else value)
        for first, second in ORDERED:
            low, high = getattr(self, first), getattr(self, second)
            if low is not None and high is not None and low > high:
                raise Invalid.field(second, f"This must not be less than {first}.", "OUT_OF_ORDER")

    def _merged(self, rules: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**(self.rules or {}), **rules}.items() if value is not None}

    @property
    def expected_possession(self) -> date | None:
        """When buyers may expect their keys, as far as anybody knows today."""
        return self.forecast_possession_date or self.promised_possession_date or self.expected_completion_date

    def shift_possession(self, days: int) -> None:
        """By so many days later (or earlier, when a delay is taken back). Without any date there is nothing to shift."""
        if days and (expected := self.expected_possession):
            if expected.year + days / 365 > LAST_YEAR:
                raise Invalid.field("estimated_delay_days", f"This moves the possession beyond the year {LAST_YEAR}.", "OUT_OF_ORDER")
            self.forecast_possession_date = expected + timedelta(days=days)

    def publish(self, builder: Builder) -> None:
        """Show it to everybody. Builders who have not been admitted yet may prepare, not publish."""
        if builder.status != BuilderStatus.active:
            raise Conflict("BUILDER_NOT_ACTIVE", "Your company has not been verified yet; until then projects stay drafts.")
        self.publish_state = PublishState.published

    def unpublish(self) -> None:
        """Back to a draft. Its units keep their states, out of sight."""
        self.publish_state = PublishState.draft


Builder.total_projects = column_property(  # after the class, because it counts projects
    select(func.count()).where(Project.builder_id == Builder.id, Project.is_published).correlate_except(Project).scalar_subquery(),
    deferred=True,
    raiseload=True,
)
