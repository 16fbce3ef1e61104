"""Who: builders (the tenants), the people who sign in, customers, and who knows whom."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

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
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from realestate.models.accounts.words import BuilderStatus, KycStatus, LeadSource, LeadStage, PreferredContactMethod, TeamRole, UserType
from realestate.models.base import Base, Identified, Stateful, Timestamped, Versioned

MOST_PROJECTS_OF_A_SCOPE = 50
"""It travels in every access token."""
_ACCOUNT: dict[str, Any] = {"deferred": True, "deferred_group": "account", "deferred_raiseload": True}
"""What is between a person and the platform: not a colleague's to see, nor a builder's of its customers."""


class User(Identified, Timestamped, Base):
    """A person who signs in. A builder's team members belong to one builder; customers and platform staff to none."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("builder_id", "id"),
        UniqueConstraint("external_issuer", "external_subject"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        CheckConstraint("(user_type = 'builder') = (builder_id IS NOT NULL)", name="team_has_a_builder"),
        CheckConstraint("(user_type = 'builder') = (team_role IS NOT NULL)", name="team_has_a_role"),
        CheckConstraint(f"cardinality(project_scope) BETWEEN 1 AND {MOST_PROJECTS_OF_A_SCOPE}", name="scope_is_some_projects"),
        CheckConstraint("project_scope IS NULL OR team_role NOT IN ('owner', 'admin')", name="managers_see_everything"),
        CheckConstraint("NOT may_certify OR team_role = 'engineer'", name="engineers_may_certify"),
    )

    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    user_type: Mapped[UserType]
    team_role: Mapped[TeamRole | None]
    project_scope: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    """The only projects that a member sees; null: all of the company's."""
    may_certify: Mapped[bool] = mapped_column(server_default="false")
    email: Mapped[str]
    full_name: Mapped[str]
    phone: Mapped[str | None]
    password_hash: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    is_active: Mapped[bool] = mapped_column(server_default="true")
    is_verified: Mapped[bool] = mapped_column(server_default="false", **_ACCOUNT)
    last_login: Mapped[datetime | None] = mapped_column(**_ACCOUNT)
    external_issuer: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    external_subject: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    locale: Mapped[str] = mapped_column(server_default="en")
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    notification_prefs: Mapped[dict[str, Any]] = mapped_column(server_default="{}", **_ACCOUNT)
    erased_at: Mapped[datetime | None] = mapped_column(**_ACCOUNT)


class Builder(Identified, Timestamped, Versioned, Stateful, Base):
    """A tenant, as everybody may see it: a company that builds and sells."""

    __tablename__ = "builders"
    __table_args__ = (
        # the owner is a member of this very company
        ForeignKeyConstraint(["id", "owner_user_id"], ["users.builder_id", "users.id"], use_alter=True),
        Index("uq_builders_license_number", text("lower(license_number)"), unique=True),
    )
    EDGES: ClassVar = {
        "verify": ((BuilderStatus.pending,), BuilderStatus.active),
        "suspend": ((BuilderStatus.pending, BuilderStatus.active), BuilderStatus.suspended),
        "reinstate": ((BuilderStatus.suspended,), BuilderStatus.active),
    }

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

    owner: Mapped[User | None] = relationship(primaryjoin="foreign(Builder.owner_user_id) == User.id", lazy="raise", viewonly=True)
    account: Mapped["BuilderAccount"] = relationship(lazy="raise", viewonly=True)

    def verify(self) -> None:
        """It is who it says it is, and may publish."""
        self.take("verify")
        self.verified = True

    def suspend(self) -> None:
        """Out of sight; its people are kept out (see `services.builders`)."""
        self.take("suspend")

    def reinstate(self) -> None:
        """As it was; one that has never been verified is pending again."""
        self.take("reinstate")
        self.status = BuilderStatus.active if self.verified else BuilderStatus.pending

    @hybrid_property
    def full_name(self) -> str:
        """Whom to ask for: the contact, else the company. The portals' `builder.full_name`."""
        return self.contact_name or self.company_name

    @full_name.inplace.expression
    @classmethod
    def _full_name(cls) -> Any:
        return func.coalesce(cls.contact_name, cls.company_name)


class BuilderAccount(Timestamped, Versioned, Base):
    """What only the company itself may see of itself."""

    __tablename__ = "builder_accounts"

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"), primary_key=True)
    tax_number: Mapped[str | None]
    bank: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    numbering: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    suspended_at: Mapped[datetime | None]
    suspension_reason: Mapped[str | None]
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
        Index("ix_leads_assigned_to", "assigned_to", postgresql_where=text("assigned_to IS NOT NULL")),
    )

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    source: Mapped[LeadSource]
    stage: Mapped[LeadStage] = mapped_column(server_default=LeadStage.new)
    assigned_to: Mapped[int | None]
    """Who of the team looks after this customer; null: its managers."""

    customer: Mapped[Customer] = relationship(lazy="raise", viewonly=True)


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
