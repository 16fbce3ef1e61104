"""Accounts, as said: registering, signing in, and who somebody is."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from realestate.models.accounts import Permission, TeamRole, UserType
from realestate.schemas.base import Email, Input, Line, Phone, Wire, pattern
from realestate.schemas.catalogue import Timezone
from realestate.schemas.times import Moment

Password = Annotated[str, StringConstraints(min_length=1, max_length=1000), Field(json_schema_extra={"format": "password"})]
"""A password as typed. Which ones are taken for new, `security.passwords` says: 8 to 128 characters and not a common one."""

Address = Annotated[str, StringConstraints(min_length=1, max_length=254), Field(examples=["asha@example.com"])]
"""An address to sign in with: what is none belongs to nobody, and is answered like that."""

Secret = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A refresh token."""

License = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A licence number, without surrounding space."""

Surname = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""May be empty: not everybody has one."""


# ── Registering ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class BuilderData(Input):
    """The company that is registered."""

    company_name: Line
    license_number: License
    phone: Phone
    address: Line | None = None


class CustomerData(Input):
    """The person who is registered."""

    first_name: Line
    last_name: Surname = ""
    phone: Phone
    address: Line | None = None


def _may_register(user_type: UserType) -> UserType:
    if user_type is UserType.admin:
        raise PydanticCustomError("enum", "Input should be 'builder' or 'customer'")
    return user_type


BUILDER: dict[str, Any] = {
    "email": "owner@skyline.example.com",
    "password": "correct horse battery",
    "user_type": "builder",
    "builder_data": {
        "company_name": "Skyline Homes",
        "license_number": "RERA-4711",
        "phone": "+919876543210",
        "address": "12 Hill Road, Pune",
    },
}
CUSTOMER: dict[str, Any] = {
    "email": "asha@example.com",
    "password": "correct horse battery",
    "user_type": "customer",
    "customer_data": {"first_name": "Asha", "last_name": "Rao", "phone": "+919876543210"},
}


class Registration(Input, json_schema_extra={"examples": [CUSTOMER, BUILDER]}):
    """A new account with the block that matches its type, and no other."""

    email: Email
    password: Password
    user_type: Annotated[UserType, AfterValidator(_may_register), Field(description="builder or customer")]
    builder_data: Annotated[BuilderData | None, Field(validate_default=True, description="required for a builder")] = None
    customer_data: Annotated[CustomerData | None, Field(validate_default=True, description="required for a customer")] = None

    @field_validator("builder_data", "customer_data")
    @classmethod
    def _matches_the_type(cls, block: Input | None, info: ValidationInfo) -> Input | None:
        if "user_type" not in info.data:  # wrong itself
            return block
        is_wanted = info.field_name == f"{info.data['user_type']}_data"
        if is_wanted and block is None:
            raise PydanticCustomError("missing", "This field is required.")
        if block is not None and not is_wanted:
            raise PydanticCustomError("extra_forbidden", "This does not belong to the user_type.")
        return block


# ── Signing in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Credentials(Input, json_schema_extra={"examples": [{"email": "asha@example.com", "password": "correct horse battery"}]}):
    email: Address
    password: Password
    user_type: Annotated[UserType | None, Field(description="refuse an account of another type")] = None


class PasswordForm(Input, json_schema_extra={"examples": [{"username": "asha@example.com", "password": "correct horse battery"}]}):
    """The password form of OAuth 2. There are neither scopes nor clients here: what is said of them is not looked at."""

    grant_type: Literal["password"] | None = None
    username: Address
    password: Password
    scope: Annotated[str | None, StringConstraints(max_length=200)] = None
    client_id: Annotated[str | None, StringConstraints(max_length=200)] = None
    client_secret: Annotated[str | None, StringConstraints(max_length=200)] = None


class RefreshRequest(Input, json_schema_extra={"examples": [{"refresh_token": "3q2-7w8Zb1pXvJmC0yR5tKfUa9LdHs6NeQoGi4xWzPk"}]}):
    refresh_token: Secret


class PasswordChange(Input, json_schema_extra={"examples": [{"old_password": "correct horse battery", "new_password": "a better one 42"}]}):
    old_password: Password
    new_password: Password


class CodeSaid(Input, json_schema_extra={"examples": [{"token": "3q2-7w8Zb1pXvJmC0yR5tKfUa9LdHs6NeQoGi4xWzPk"}]}):
    """What stands behind `#token=` in the mail's link."""

    token: Secret


class Forgotten(Input, json_schema_extra={"examples": [{"email": "asha@example.com"}]}):
    email: Address


class PasswordReset(
    Input, json_schema_extra={"examples": [{"token": "3q2-7w8Zb1pXvJmC0yR5tKfUa9LdHs6NeQoGi4xWzPk", "new_password": "a better one 42"}]}
):
    """The token stands behind `#token=` in the mail's link."""

    token: Secret
    new_password: Password


_LOCALE = pattern("^[a-z]{2,3}(-[A-Z]{2})?$", "Input should be a language such as en, or with a region, en-IN.")


class UserUpdate(Input, json_schema_extra={"examples": [{"full_name": "Meera Kulkarni", "timezone": "Asia/Kolkata"}]}):
    """What is not said stays. A customer's name and phone are those of their profile."""

    full_name: Line | None = None
    phone: Phone | None = None
    locale: Annotated[str | None, Field(pattern=_LOCALE, description="language, and region if it matters", examples=["en-IN"])] = None
    timezone: Timezone | None = None


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UserOut(Wire):
    """Somebody who signs in. Phone and address are the company's for its team, a customer's own, null for an administrator."""

    id: int
    email: str
    user_type: UserType
    full_name: str
    phone: str | None
    address: str | None
    company_name: str | None
    license_number: str | None
    builder_id: int | None
    customer_id: int | None
    team_role: TeamRole | None
    permissions: list[Permission]
    project_scope: Annotated[
        list[int] | None, Field(description="the only projects that a member of a team sees; null: all of the company's")
    ]
    locale: str
    timezone: str
    is_verified: bool
    created_at: Moment


class SessionOut(Wire):
    """One place where somebody is signed in. The id is a text, because it may be larger than a number in JavaScript."""

    id: str
    user_agent: str | None
    began_at: Moment
    refreshed_at: Moment
    is_this_one: bool


class SessionsOut(Wire):
    sessions: list[SessionOut]


class Tokens(Wire):
    """A session: send the access token with each request, and the refresh token once, for the next pair."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Field(description="seconds until the access token ends", examples=[900])]
    user: UserOut
