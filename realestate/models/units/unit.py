"""What is sold: units, and the holds that keep them for a moment."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from realestate.errors import Conflict, Invalid
from realestate.models.base import Base, Identified, Stateful, Timestamped, Versioned
from realestate.models.projects import Project
from realestate.models.units.priced import FREE, NOT_TAKEN, Priced
from realestate.models.units.shown import Shown
from realestate.models.units.words import AreaUnit, FacingDirection, SalesChannel, UnitStatus, UnitType

U = UnitStatus
BOOKED_AS = (
    *("tower", "unit_number", "unit_type", "floor_number", "stack"),
    *("area_sqft", "built_up_area", "super_area", "area_unit"),
)
"""What a booking shows of its unit: it does not change under somebody who has reserved or bought it."""
_PRIVATE: dict[str, Any] = {"deferred": True, "deferred_group": "private", "deferred_raiseload": True}
"""Columns of the builder's team: whoever may see them asks for them (`undefer_group("private")`)."""


class Unit(Identified, Timestamped, Versioned, Stateful, Shown, Priced, Base):
    """One sellable flat, shop or plot (domain.md §1).

    `customer_id` is who holds or has it. `hold_expires_at` is the clock of that claim while it is not yet firm (a hold, or a reserve
    that nobody has paid for): once past, the unit is free at query time, whether or not a sweeper ran.
    `is_published` follows the project through the foreign key, so that policies need no join.
    """

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("builder_id", "project_id", "id"),
        UniqueConstraint("project_id", "tower", "unit_number", postgresql_nulls_not_distinct=True),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_units_project",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("area_sqft > 0", name="area_positive"),
        CheckConstraint(
            "(status IN ('held','reserved','booked','sold','handed_over')) = (customer_id IS NOT NULL)", name="claimed_by_somebody"
        ),
        CheckConstraint("status <> 'held' OR hold_expires_at IS NOT NULL", name="hold_has_an_end"),
        Index("ix_units_project_id_status", "project_id", "status"),
        Index("ix_units_builder_id", "builder_id"),
        Index("ix_units_customer_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
        Index("ix_units_available", "project_id", postgresql_where=text("is_published AND status = 'available'")),
        Index(
            "ix_units_claim_over", "project_id", "hold_expires_at", postgresql_where=text("is_published AND status IN ('held', 'reserved')")
        ),
        Index("ix_units_hold_expires_at", "hold_expires_at", postgresql_where=text("status IN ('held', 'reserved')")),
        Index("ix_units_price", "price"),
        Index("ix_units_project_id_price", "project_id", "price"),
        Index("ix_units_unit_type", "unit_type", "project_id"),
        {"postgresql_with": {"fillfactor": "90"}},
    )
    EDGES: ClassVar = {
        "release": ((U.unreleased,), U.available),
        "withdraw": ((U.available,), U.unreleased),
        "block": ((U.available,), U.blocked),
        "unblock": ((U.blocked,), U.available),
        "hold": ((U.available,), U.held),
        "extend": ((U.held,), U.held),
        "end_hold": ((U.held,), U.available),
        "reserve": ((U.available, U.held), U.reserved),
        "book": ((U.reserved,), U.booked),
        "sell": ((U.booked,), U.sold),
        "hand_over": ((U.booked, U.sold), U.handed_over),
        "end_booking": ((U.reserved, U.booked, U.sold), U.available),
    }

    BY_OWN_HAND: ClassVar = ("release", "withdraw", "block", "unblock", "hold", "reserve")
    """Events that customers and teams write down; all others are the system's, and `tenancy.moves` holds that."""

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    project_id: Mapped[int]
    is_published: Mapped[bool]
    tower: Mapped[str | None]
    unit_number: Mapped[str]
    unit_type: Mapped[UnitType]
    floor_number: Mapped[int] = mapped_column(Integer, server_default="0")
    stack: Mapped[str | None]
    area_sqft: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    built_up_area: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    super_area: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    area_unit: Mapped[AreaUnit] = mapped_column(server_default=AreaUnit.sqft)
    price: Mapped[Decimal]
    price_lines: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    price_history: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]", **_PRIVATE)
    status: Mapped[UnitStatus] = mapped_column(server_default=UnitStatus.unreleased)
    status_reason: Mapped[str | None] = mapped_column(**_PRIVATE)
    sales_channel: Mapped[SalesChannel] = mapped_column(server_default=SalesChannel.direct)
    facing: Mapped[FacingDirection | None]
    bedrooms: Mapped[int] = mapped_column(Integer, server_default="0")
    bathrooms: Mapped[int] = mapped_column(Integer, server_default="0")
    balconies: Mapped[int] = mapped_column(Integer, server_default="0")
    parking_spaces: Mapped[int] = mapped_column(Integer, server_default="0")
    floor_plan_url: Mapped[str | None]
    features: Mapped[list[str]] = mapped_column(server_default="[]")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    held_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), **_PRIVATE)
    hold_expires_at: Mapped[datetime | None]
    hold_price: Mapped[Decimal | None] = mapped_column(**_PRIVATE)
    hold_count: Mapped[int] = mapped_column(Integer, server_default="0")

    project: Mapped[Project] = relationship(primaryjoin="foreign(Unit.project_id) == Project.id", lazy="raise", viewonly=True)

    @property
    def names(self) -> dict[str, str]:
        """What people call it. The project must be loaded."""
        return {"unit": f"{self.tower}-{self.unit_number}" if self.tower else self.unit_number, "project": self.project.project_name}

    def revise(self, said: Mapping[str, Any]) -> None:
        """Take over what was said, apart from the price. Invalid UNIT_TAKEN for what the booking of a taken unit shows."""
        for name, value in said.items():
            if name in BOOKED_AS and self.status not in NOT_TAKEN and value != getattr(self, name):
                raise Invalid.field(name, "This cannot change while the unit is taken.", "UNIT_TAKEN")
            setattr(self, name, value)

    def release(self) -> None:
        """Put it on sale: its project must be published."""
        if not self.is_published:
            raise Conflict("PROJECT_NOT_PUBLISHED", "Publish the project before releasing its units.")
        self.take("release")

    def block(self, reason: str) -> None:
        """Take it off the market for a reason that the team can read (model flat, litigation, mortgage)."""
        self.take("block")
        self.status_reason = reason

    def unblock(self) -> None:
        self.take("unblock")
        self.status_reason = None

    def hold(self, customer_id: int, by: int, until: datetime) -> None:
        """Keep it for a customer until a moment, at today's price. Conflict ALREADY_YOURS, or UNIT_NOT_AVAILABLE, whatever else it is."""
        if self.status == U.held and self.customer_id == customer_id:
            raise Conflict("ALREADY_YOURS", "This unit is on hold for this customer already.")
        self._be_claimed("hold")
        self.customer_id, self.held_by_user_id = customer_id, by
        self.hold_expires_at, self.hold_price = until, self.price
        self.hold_count = self.hold_count + 1

    def reserve(self, customer_id: int, until: datetime) -> None:
        """Claim it for a booking that must be paid for until a moment."""
        self._be_claimed("reserve", self.status == U.held and self.customer_id != customer_id)
        self.customer_id, self.hold_expires_at = customer_id, until

    def _be_claimed(self, event: str, is_anothers: bool = False) -> None:
        if is_anothers or (self.status not in FREE and event not in self.allowed):
            raise Conflict("UNIT_NOT_AVAILABLE", "This unit is not available.")
        self.take(event)

    def extend(self, until: datetime) -> None:
        """Keep it longer for whoever holds it."""
        self.take("extend")
        self.hold_expires_at = until

    def firm(self) -> None:
        """Money has come: the claim no longer ends by the clock."""
        self.hold_expires_at = None

    def free(self, event: str) -> None:
        """Nobody's any more: `end_hold`, or `end_booking`."""
        self.take(event)
        self.customer_id = self.held_by_user_id = self.hold_expires_at = self.hold_price = None
