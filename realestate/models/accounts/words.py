"""What people and companies may be, and who in a team may do what (domain.md §8)."""

from realestate.models.base import Kind


class Role(Kind):
    """Who a transaction speaks as; each is a database role of the name `realestate_<role>` (see `tenancy`)."""

    visitor = "visitor"
    customer = "customer"
    builder = "builder"
    admin = "admin"
    worker = "worker"
    doorman = "doorman"


LIMITED = "builder_limited"
"""What a builder's transaction speaks as for a member of its team who has limits: it inherits what the builder may."""
OF_SITES = "builder_of_sites"
"""The same for one who is limited to some projects, which inherits the other limits too: what it may see is then found by index."""


class UserType(Kind):
    """Who may sign in."""

    customer = "customer"
    builder = "builder"
    admin = "admin"


class CodePurpose(Kind):
    """What a code from a mail is good for."""

    verify_email = "verify_email"
    reset_password = "reset_password"


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


class InviteKind(Kind):
    """What an invitation is into: the company's team, or the customers whom it knows."""

    team = "team"
    customer = "customer"


class InviteState(Kind):
    open = "open"
    used = "used"
    revoked = "revoked"
    expired = "expired"


class Permission(Kind):
    """What a member of a team may do; `PERMISSIONS` says who."""

    team_manage = "team:manage"
    settings_write = "settings:write"
    inventory_write = "inventory:write"
    units_hold = "units:hold"
    bookings_approve = "bookings:approve"
    payments_record = "payments:record"
    bookings_settle = "bookings:settle"
    agreements_write = "agreements:write"
    agreements_sign = "agreements:sign"
    handovers_write = "handovers:write"
    refunds_approve = "refunds:approve"
    changes_review = "changes:review"
    changes_quote = "changes:quote"
    progress_write = "progress:write"
    progress_certify = "progress:certify"
    messages_reply = "messages:reply"
    reports_read = "reports:read"


_MANAGERS = frozenset({TeamRole.owner, TeamRole.admin})


_SALES = _MANAGERS | {TeamRole.sales_manager}


PERMISSIONS: dict[Permission, frozenset[TeamRole]] = {
    Permission.team_manage: _MANAGERS,
    Permission.settings_write: _MANAGERS,
    Permission.inventory_write: _SALES,
    Permission.units_hold: _SALES | {TeamRole.sales},
    Permission.bookings_approve: _SALES,
    Permission.payments_record: _MANAGERS | {TeamRole.finance},
    Permission.bookings_settle: _MANAGERS,
    Permission.agreements_write: _SALES | {TeamRole.finance},
    Permission.agreements_sign: _MANAGERS | {TeamRole.finance},
    Permission.handovers_write: _MANAGERS | {TeamRole.engineer},
    Permission.refunds_approve: _MANAGERS,
    Permission.changes_review: _SALES | {TeamRole.sales, TeamRole.engineer},
    Permission.changes_quote: _MANAGERS | {TeamRole.engineer, TeamRole.finance},
    Permission.progress_write: _MANAGERS | {TeamRole.engineer},
    Permission.progress_certify: frozenset({TeamRole.owner, TeamRole.engineer}),
    Permission.messages_reply: _SALES | {TeamRole.sales, TeamRole.finance, TeamRole.engineer, TeamRole.support},
    Permission.reports_read: _SALES | {TeamRole.sales, TeamRole.finance, TeamRole.viewer},
}


def permissions_of(role: TeamRole | None, may_certify: bool) -> list[Permission]:
    """What a member may do: an engineer certifies milestones only if the company has said so of this person."""
    is_engineer = role is TeamRole.engineer
    withheld = Permission.progress_certify if is_engineer and not may_certify else None
    return [permission for permission, roles in PERMISSIONS.items() if role in roles and permission is not withheld]


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
