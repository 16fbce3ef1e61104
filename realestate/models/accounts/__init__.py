"""Who: builders (the tenants), the people who sign in, customers, and who knows whom."""

from realestate.models.accounts.codes import AccountCode
from realestate.models.accounts.invites import Invite
from realestate.models.accounts.people import Builder, BuilderAccount, Customer, Lead, RefreshToken, Throttle, User
from realestate.models.accounts.words import (
    LIMITED,
    OF_SITES,
    PERMISSIONS,
    BuilderStatus,
    CodePurpose,
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
    "AccountCode",
    "Builder",
    "BuilderAccount",
    "BuilderStatus",
    "CodePurpose",
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
