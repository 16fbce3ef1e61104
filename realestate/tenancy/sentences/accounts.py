"""People and companies, and what lets them in."""

from realestate.models.accounts import Builder, BuilderAccount, Customer, Invite, Lead, RefreshToken, Throttle, User
from realestate.tenancy.sentences.words import ALL, ME, MINE, MY_BUILDER, MY_BUILDERS, OUR_CUSTOMERS, OURS, May, Sentences

COMPANY_PROFILE = ("contact_name", "phone", "address", "website", "description", "logo_url", "version", "updated_at")
COMPANY_ACCOUNT = ("tax_number", "bank", "numbering", "rules", "version", "updated_at")
CUSTOMER_PROFILE = (
    *("first_name", "last_name", "phone", "address", "date_of_birth", "preferred_contact_method", "nationality"),
    *("marketing_consent_at", "version", "updated_at"),
)
CUSTOMER_TO_OTHERS = tuple(column.name for column in Customer.__table__.columns if column.name not in ("kyc", "pan_hash"))
PERSON = (
    *("id", "builder_id", "user_type", "team_role", "project_scope", "may_certify"),
    *("email", "full_name", "phone", "is_active", "locale", "timezone", "created_at", "updated_at"),
)
INVITE = tuple(column.name for column in Invite.__table__.columns if column.name != "code_hash")

WALL: Sentences = {
    Builder: [
        May("visitor", "read", "status = 'active'"),
        May("customer", "read", f"status = 'active' OR id = {MY_BUILDERS}"),
        May("builder", "read", f"id = {MY_BUILDER}"),
        May("builder", "change", f"id = {MY_BUILDER}", only=COMPANY_PROFILE),
        May("admin", "read", ALL),
        May("admin", "change", ALL, only=("status", "verified", "version", "updated_at")),
        May("doorman", "read add change", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("updated_at",)),
        May("worker", "read add change remove", ALL),
    ],
    BuilderAccount: [
        May("builder", "read", OURS),
        May("builder", "change", OURS, only=COMPANY_ACCOUNT),
        May("admin", "read", ALL),
        May("admin", "change", ALL, only=("suspended_at", "suspension_reason", "version", "updated_at")),
        May("doorman", "read add", ALL),
        May("worker", "read add change remove", ALL),
    ],
    User: [
        May("customer", "read", f"id = {ME}", only=PERSON),
        May("builder", "read", f"{OURS} OR id = {OUR_CUSTOMERS}", only=PERSON),
        May("admin", "read", ALL, only=PERSON),
        May("clerk", "read", ALL),
        May("doorman", "read add change", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Customer: [
        May("customer", "read", f"id = {ME}"),
        May("customer", "change", f"id = {ME}", only=CUSTOMER_PROFILE),
        May("builder", "read", f"id = {OUR_CUSTOMERS}", only=CUSTOMER_TO_OTHERS),
        May("admin", "read", ALL, only=CUSTOMER_TO_OTHERS),
        May("doorman", "read add", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Lead: [
        May("customer", "read", MINE, only=("id", "builder_id", "customer_id")),
        May("customer", "add", MINE, only=("builder_id", "customer_id", "source")),
        May("customer", "change", MINE, only=("updated_at",)),
        May("builder", "read", OURS),
        May("builder", "change", OURS, only=("stage", "assigned_to", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Invite: [
        May("builder", "read", OURS, only=INVITE),
        May("builder", "add", f"{OURS} AND invited_by = {ME} AND used_at IS NULL"),
        May("builder", "change", OURS, only=("revoked_at", "updated_at")),
        May("admin", "read", ALL, only=INVITE),
        May("doorman", "read", ALL),
        May("doorman", "change", ALL, only=("used_at", "used_by", "updated_at")),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    RefreshToken: [
        # to end sessions, not to see or begin them
        May("admin", "read", ALL, only=("user_id", "family_id", "ended_at")),
        May("admin", "change", "ended_at IS NULL", becoming="ended_at IS NOT NULL", only=("ended_at",)),
        May("doorman", "read add change remove", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Throttle: [
        May("doorman", "read add change remove", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
