"""Who somebody is, as the portals want to know it after signing in."""

from realestate import crud
from realestate.crud.accounts import Account
from realestate.database import DOORMAN, Identity, transaction
from realestate.errors import Unauthenticated
from realestate.models.accounts import permissions_of
from realestate.schemas.accounts import UserOut


async def me(caller: Identity) -> UserOut:
    """Read as doorman, who alone may see all of a person's row."""
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.find(session, caller.me)
    if account is None or not account.may_sign_in:
        raise Unauthenticated("SESSION_ENDED", "This account has been closed.")
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
        project_scope=user.project_scope or [],
        is_verified=user.is_verified,
        created_at=user.created_at,
    )
