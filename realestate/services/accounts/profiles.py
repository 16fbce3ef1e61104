"""Who somebody is, as the portals want to know it after signing in."""

from realestate import crud
from realestate.crud.accounts import Account
from realestate.database import DOORMAN, Identity, transaction
from realestate.errors import Invalid, Unauthenticated
from realestate.models.accounts import Role, permissions_of
from realestate.schemas.accounts import UserOut, UserUpdate
from realestate.services import audit


async def me(caller: Identity) -> UserOut:
    """Read as doorman, who alone may see all of a person's row."""
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.find(session, caller.me)
    if account is None or not account.may_sign_in:
        raise Unauthenticated("SESSION_ENDED", "This account has been closed.")
    return describe(account)


async def change_me(caller: Identity, said: UserUpdate) -> UserOut:
    """A customer's name and phone stand in their profile, which they change themselves."""
    changes = {name: value for name, value in said.model_dump(exclude_unset=True).items() if value is not None or name == "phone"}
    if caller.role is Role.customer and (named := sorted(changes.keys() & {"full_name", "phone"})):
        raise Invalid.field(named[0], "Change this in your profile.", "IN_THE_PROFILE")
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.lock(session, caller.me)
        if account is None or not account.may_sign_in:
            raise Unauthenticated("SESSION_ENDED", "This account has been closed.")
        for name, value in changes.items():
            setattr(account.user, name, value)
        audit.record(session, "user.changed", account.user, actor_id=caller.me, fields=sorted(changes))
        await session.flush()
        return describe(account)


def describe(account: Account) -> UserOut:
    """With what their place in the team lets them do."""
    user, builder, customer = account
    profile = builder or customer
    return UserOut(
        id=user.id,
        email=user.email,
        user_type=user.user_type,
        full_name=customer.full_name if customer else user.full_name,
        phone=profile.phone if profile else user.phone,
        address=profile.address if profile else None,
        company_name=builder.company_name if builder else None,
        license_number=builder.license_number if builder else None,
        builder_id=user.builder_id,
        customer_id=customer.id if customer else None,
        team_role=user.team_role,
        permissions=permissions_of(user.team_role, user.may_certify),
        project_scope=user.project_scope,
        locale=user.locale,
        timezone=user.timezone,
        is_verified=user.is_verified,
        created_at=user.created_at,
    )
