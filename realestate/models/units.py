"""What is sold: units, and the holds that keep them for a moment."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    and_,
    case,
    func,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from realestate.errors import Conflict, Invalid
from realestate.models.base import Base, Identified, Kind, Stateful, Timestamped, Versioned, Word
from realestate.models.projects import Project


class UnitType(Kind):
    one_bhk = "1BHK"
    two_bhk = "2BHK"
    three_bhk = "3BHK"
    four_bhk = "4BHK+"
    studio = "studio"
    penthouse = "penthouse"
    duplex = "duplex"
    villa = "villa"
    shop = "shop"
    office = "office"
    plot = "plot"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {"4bhk": "4BHK+"}  # a bare + in a query string is a space

    @property
    def bedrooms(self) -> int:
        """What the name says: 3 of a 3BHK, none of a shop."""
        return int(self.value[0]) if self.value[0].isdigit() else 0


class UnitStatus(Kind):
    unreleased = "unreleased"
    available = "available"
    held = "held"
    reserved = "reserved"
    booked = "booked"
    sold = "sold"
    handed_over = "handed_over"
    blocked = "blocked"


class ShownStatus(Kind):
    """What a unit's status may look like on the wire: its state, or `not_available` to those whom the state does not concern."""

    unreleased = "unreleased"
    available = "available"
    held = "held"
    reserved = "reserved"
    booked = "booked"
    sold = "sold"
    handed_over = "handed_over"
    blocked = "blocked"
    not_available = "not_available"


class SalesChannel(Kind):
    direct = "direct"
    broker = "broker"
    online = "online"


class FacingDirection(Kind):
    north = "north"
    north_east = "north_east"
    east = "east"
    south_east = "south_east"
    south = "south"
    south_west = "south_west"
    west = "west"
    north_west = "north_west"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {word.value.replace("_", ""): word.value for word in cls if "_" in word.value}


class AreaUnit(Kind):
    sqft = "sqft"
    sqm = "sqm"


class HoldEnd(Kind):
    released = "released"
    expired = "expired"
    reserved = "reserved"


U = UnitStatus
_WORD = {word: literal_column(f"'{word.value}'", Text) for word in ShownStatus}
"""Written out in SQL, so that PostgreSQL recognises the partial indexes whatever plan it keeps."""
_ME = literal_column("(SELECT nullif(current_setting('app.user_id', true), '')::bigint)", BigInteger)
_PRIVATE: dict[str, Any] = {"deferred": True, "deferred_group": "private", "deferred_raiseload": True}
"""Columns of the builder's team: whoever may see them asks for them (`undefer_group("private")`)."""


class Unit(Identified, Timestamped, Versioned, Stateful, Base):
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
        Index("ix_units_unit_type", "unit_type", "project_id"),
        {"postgresql_with": {"fillfactor": "90"}},
    )
    EDGES: ClassVar = {
        "release": ((U.unreleased,), U.available),
        "withdraw": ((U.available,), U.unreleased),
        "block": ((U.available,), U.blocked),
        "unblock": ((U.blocked,), U.available),
        "hold": ((U.available,), U.held),
        "end_hold": ((U.held,), U.available),
        "reserve": ((U.available, U.held), U.reserved),
        "book": ((U.reserved,), U.booked),
        "end_booking": ((U.reserved, U.booked, U.sold), U.available),
    }

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

    @hybrid_property
    def claim_is_over(self) -> bool:
        """A hold or an unpaid reserve whose time has passed, by the database's clock."""
        raise NotImplementedError("only the database knows what time it is: see crud.units")

    @claim_is_over.inplace.expression
    @classmethod
    def _claim_is_over(cls) -> Any:
        return and_(cls.status.in_([_WORD[ShownStatus.held], _WORD[ShownStatus.reserved]]), cls.hold_expires_at <= func.now())

    @hybrid_property
    def current_status(self) -> str:
        """The state with the clock taken into account: what the builder sees."""
        raise NotImplementedError("only the database knows what time it is")

    @current_status.inplace.expression
    @classmethod
    def _current_status(cls) -> Any:
        return case((cls.claim_is_over, type_coerce(_WORD[ShownStatus.available], Word(UnitStatus))), else_=cls.status)

    @hybrid_property
    def shown_status(self) -> str:
        """What visitors and customers see: their own true state, `available`, or `not_available` (domain.md §1, masking)."""
        raise NotImplementedError("only the database knows what time it is")

    @shown_status.inplace.expression
    @classmethod
    def _shown_status(cls) -> Any:
        available, taken = _WORD[ShownStatus.available], _WORD[ShownStatus.not_available]
        return case((cls.claim_is_over, available), (cls.customer_id == _ME, cls.status), (cls.status == available, available), else_=taken)

    @hybrid_property
    def own_hold_expires_at(self) -> datetime | None:
        """When the caller's own claim ends; of other people's nothing is said."""
        raise NotImplementedError("only the database knows who is asking")

    @own_hold_expires_at.inplace.expression
    @classmethod
    def _own_hold_expires_at(cls) -> Any:
        return case((cls.customer_id == _ME, cls.hold_expires_at))

    @property
    def names(self) -> dict[str, str]:
        """What people call it. The project must be loaded."""
        return {"unit": f"{self.tower}-{self.unit_number}" if self.tower else self.unit_number, "project": self.project.project_name}

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
        """Keep it for a customer until a moment, at today's price."""
        self.take("hold")
        self.customer_id, self.held_by_user_id = customer_id, by
        self.hold_expires_at, self.hold_price = until, self.price
        self.hold_count = self.hold_count + 1

    def reserve(self, customer_id: int, until: datetime) -> None:
        """Claim it for a booking that must be paid for until a moment."""
        if self.status == U.held and self.customer_id != customer_id:
            raise Conflict("UNIT_NOT_AVAILABLE", "This unit is held for somebody else.")
        self.take("reserve")
        self.customer_id, self.hold_expires_at = customer_id, until

    def firm(self) -> None:
        """Money has come: the claim no longer ends by the clock."""
        self.hold_expires_at = None

    def free(self, event: str) -> None:
        """Back on the market: `end_hold` or `end_booking`."""
        self.take(event)
        self.customer_id = self.held_by_user_id = self.hold_expires_at = self.hold_price = None

    def reprice(self, price: Decimal, at: datetime, by: int) -> None:
        """A new list price; holds and bookings keep the price they were given."""
        if self.status not in (U.unreleased, U.available, U.blocked, U.held):
            raise Invalid.field("price", "The price of a unit that is taken cannot change.", "UNIT_TAKEN")
        entry = {"price": float(self.price), "until": at.isoformat(), "by": by}
        self.price_history = [*self.price_history, entry]
        self.price = price


class Hold(Identified, Timestamped, Base):
    """One hold of one unit: what the limits count, and what the history shows."""

    __tablename__ = "holds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_holds_unit",
            ondelete="RESTRICT",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_has_a_reason"),
        Index("uq_holds_open_unit", "unit_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_holds_customer_id", "customer_id", "project_id"),
        Index("ix_holds_builder_id", "builder_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    unit_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    price: Mapped[Decimal]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[HoldEnd | None]

    def end(self, by: HoldEnd) -> None:
        """Close the record of it; the unit is freed apart from this."""
        self.ended_at, self.ended_by = func.now(), by


# ── Counts of a project's units: here, because they speak of units ──────────────────────────────────────────────────────────


def _count(condition: Any) -> Any:
    on_show = select(func.count()).where(Unit.project_id == Project.id, Unit.is_published, condition)
    return on_show.correlate_except(Unit).scalar_subquery()


def _counts(by_status: Any) -> Any:
    """`{"by_status": {…}, "by_type": {…}}` of the units that the caller may see."""
    return func.jsonb_build_object("by_status", _counts_by(by_status), "by_type", _counts_by(Unit.unit_type), type_=JSONB)


def _counts_by(word: Any) -> Any:
    group = select(word.label("word"), func.count().label("count")).where(Unit.project_id == Project.id).group_by(word)
    counted = group.correlate(Project).subquery()
    return select(func.coalesce(func.jsonb_object_agg(counted.c.word, counted.c.count), literal_column("'{}'"))).scalar_subquery()


_COMPUTED: dict[str, Any] = {"deferred": True, "raiseload": True}

Project.available_units = column_property(_count(Unit.status == _WORD[ShownStatus.available]) + _count(Unit.claim_is_over), **_COMPUTED)
Project.unit_counts = column_property(_counts(Unit.shown_status), **_COMPUTED)
Project.current_unit_counts = column_property(_counts(Unit.current_status), **_COMPUTED)
