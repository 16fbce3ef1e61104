"""Who: builders (the tenants), the people who sign in, customers, and who knows whom."""

from realestate.models.accounts.invites import Invite
from realestate.models.accounts.people import Builder, BuilderAccount, Customer, Lead, RefreshToken, Throttle, User
from realestate.models.accounts.words import (
    LIMITED,
    OF_SITES,
    PERMISSIONS,
    BuilderStatus,
    InviteKind,
    InviteState,
    KycStatus,
    LeadSource,
    LeadStage,
    Permission,
    PreferredContactMethod,
    Role,
    TeamRole,
    UserType,
    permissions_of,
)

__all__ = [
    "LIMITED",
    "OF_SITES",
    "PERMISSIONS",
    "Builder",
    "BuilderAccount",
    "BuilderStatus",
    "Customer",
    "Invite",
    "InviteKind",
    "InviteState",
    "KycStatus",
    "Lead",
    "LeadSource",
    "LeadStage",
    "Permission",
    "PreferredContactMethod",
    "RefreshToken",
    "Role",
    "TeamRole",
    "Throttle",
    "User",
    "UserType",
    "permissions_of",
]
