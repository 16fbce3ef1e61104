"""Who: builders (the tenants), the people who sign in, customers, and who knows whom."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column

from realestate.models.base import Base, Identified, Kind, Timestamped, Versioned


class Role(Kind):
    """Who a transaction speaks as; each is a database role of the name `realestate_<role>` (see `tenancy`)."""

    visitor = "visitor"
    customer = "customer"
    builder = "builder"
    admin = "admin"
    worker = "worker"
    doorman = "doorman"


class UserType(Kind):
    """Who may sign in."""

    customer = "customer"
    builder = "builder"
    admin = "admin"


class TeamRole(Kind):
    """What a member of a builder's team is there for (domain.md §8)."""

    owner = "owner"
    admin = "admin"
    sales_manager = "sales_manager"
    sales = "sales"
    finance = "finance"
    engineer = "engineer"
    support = "support"
    viewer = "viewer"


class Permission(Kind):
    """What a member of a team may do; `PERMISSIONS` says who."""

    team_manage = "team:manage"
    inventory_write = "inventory:write"
    units_hold = "units:hold"
    bookings_approve = "bookings:approve"
    payments_record = "payments:record"
    refunds_approve = "refunds:approve"
    progress_write = "progress:write"
    messages_reply = "messages:reply"
    reports_read = "reports:read"


_MANAGERS = frozenset({TeamRole.owner, TeamRole.admin})
_SALES = _MANAGERS | {TeamRole.sales_manager}
PERMISSIONS: dict[Permission, frozenset[TeamRole]] = {
    Permission.team_manage: _MANAGERS,
    Permission.inventory_write: _SALES,
    Permission.units_hold: _SALES | {TeamRole.sales},
    Permission.bookings_approve: _SALES,
    Permission.payments_record: _MANAGERS | {TeamRole.finance},
    Permission.refunds_approve: _MANAGERS,
    Permission.progress_write: _MANAGERS | {TeamRole.engineer},
    Permission.messages_reply: _SALES | {TeamRole.sales, TeamRole.finance, TeamRole.engineer, TeamRole.support},
    Permission.reports_read: _SALES | {TeamRole.sales, TeamRole.finance, TeamRole.viewer},
}


class BuilderStatus(Kind):
    """A pending builder may do everything but publish; a suspended one nothing."""

    pending = "pending"
    active = "active"
    suspended = "suspended"


class KycStatus(Kind):
    not_started = "not_started"
    submitted = "submitted"
    verified = "verified"
    rejected = "rejected"


class PreferredContactMethod(Kind):
    email = "email"
    phone = "phone"
    both = "both"
    sms = "sms"
    whatsapp = "whatsapp"


class LeadSource(Kind):
    """The verb that made a customer known to a builder."""

    enquiry = "enquiry"
    hold = "hold"
    booking = "booking"
    appointment = "appointment"
    message = "message"
    team = "team"


class LeadStage(Kind):
    new = "new"
    contacted = "contacted"
    qualified = "qualified"
    booked = "booked"
    lost = "lost"


class User(Identified, Timestamped, Base):
    """A person who signs in. A builder's team members belong to one builder; customers and platform staff to none."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("builder_id", "id"),
        UniqueConstraint("external_issuer", "external_subject"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        CheckConstraint("(user_type = 'builder') = (builder_id IS NOT NULL)", name="team_has_a_builder"),
        CheckConstraint("(user_type = 'builder') = (team_role IS NOT NULL)", name="team_has_a_role"),
    )

    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    user_type: Mapped[UserType]
    team_role: Mapped[TeamRole | None]
    project_scope: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    email: Mapped[str]
    full_name: Mapped[str]
    phone: Mapped[str | None]
    password_hash: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    is_active: Mapped[bool] = mapped_column(server_default="true")
    is_verified: Mapped[bool] = mapped_column(server_default="false")
    last_login: Mapped[datetime | None]
    external_issuer: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    external_subject: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    locale: Mapped[str] = mapped_column(server_default="en")
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    notification_prefs: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    erased_at: Mapped[datetime | None]


class Builder(Identified, Timestamped, Versioned, Base):
    """A tenant, as everybody may see it: a company that builds and sells."""

    __tablename__ = "builders"
    __table_args__ = (
        # the owner is a member of this very company
        ForeignKeyConstraint(["id", "owner_user_id"], ["users.builder_id", "users.id"], use_alter=True),
        Index("uq_builders_license_number", text("lower(license_number)"), unique=True),
    )

    owner_user_id: Mapped[int | None]
    slug: Mapped[str] = mapped_column(unique=True)
    company_name: Mapped[str]
    contact_name: Mapped[str | None]
    license_number: Mapped[str]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    website: Mapped[str | None]
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    rating: Mapped[Decimal | None] = mapped_column(Numeric(2, 1))
    verified: Mapped[bool] = mapped_column(server_default="false")
    status: Mapped[BuilderStatus] = mapped_column(server_default=BuilderStatus.pending)
    country: Mapped[str] = mapped_column(server_default="IN")
    default_currency: Mapped[str] = mapped_column(server_default="INR")
    rera_number: Mapped[str | None]


class BuilderAccount(Timestamped, Versioned, Base):
    """What only the company itself may see of itself."""

    __tablename__ = "builder_accounts"

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"), primary_key=True)
    tax_number: Mapped[str | None]
    bank: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    numbering: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    rules: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class Customer(Timestamped, Versioned, Base):
    """A buyer's profile: global, with the id of its user. A builder sees it only through a `Lead`."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False)
    first_name: Mapped[str]
    last_name: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str | None]
    address: Mapped[str | None]
    date_of_birth: Mapped[date | None]
    preferred_contact_method: Mapped[PreferredContactMethod] = mapped_column(server_default=PreferredContactMethod.email)
    nationality: Mapped[str | None]
    kyc_status: Mapped[KycStatus] = mapped_column(server_default=KycStatus.not_started)
    kyc: Mapped[dict[str, Any]] = mapped_column(server_default="{}", deferred=True, deferred_raiseload=True)
    pan_hash: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    favourites: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    marketing_consent_at: Mapped[datetime | None]

    @hybrid_property
    def full_name(self) -> str:
        """First and last name; the last may be empty."""
        return f"{self.first_name} {self.last_name}".strip()

    @full_name.inplace.expression
    @classmethod
    def _full_name(cls) -> Any:
        return func.btrim(cls.first_name + " " + cls.last_name)


Customer.email = column_property(  # after the class, because it speaks of Customer.id
    select(User.email).where(User.id == Customer.id).correlate_except(User).scalar_subquery(), deferred=True, raiseload=True
)


class Lead(Identified, Timestamped, Base):
    """A customer known to a builder: written by whichever verb comes first, and what opens the profile to the builder."""

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("builder_id", "customer_id"),
        ForeignKeyConstraint(["builder_id", "assigned_to"], ["users.builder_id", "users.id"]),
        Index("ix_leads_customer_id", "customer_id"),
    )

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    source: Mapped[LeadSource]
    stage: Mapped[LeadStage] = mapped_column(server_default=LeadStage.new)
    assigned_to: Mapped[int | None]


class RefreshToken(Identified, Base):
    """One link of a family (= a session): each use spends it and makes the next; a spent one that returns ends the family."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("ix_refresh_tokens_family_id", "family_id"),
        Index("ix_refresh_tokens_user_id", "user_id"),
        Index("ix_refresh_tokens_ended_at", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    family_id: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_agent: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Throttle(Base):
    """How often something was tried in the current window, by a keyed hash of the address or of the client."""

    __tablename__ = "throttles"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    window_started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    count: Mapped[int] = mapped_column(Integer)
