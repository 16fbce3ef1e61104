"""What companies and customers say of themselves."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.accounts import Builder, BuilderAccount, Customer
from realestate.models.base import Versions
from realestate.schemas.base import Input
from realestate.schemas.profiles import BuilderAccountUpdate, BuilderProfileUpdate, CustomerProfileUpdate
from realestate.services import audit

NEVER_NULL = ("first_name", "last_name", "preferred_contact_method")


async def change_builder(session: AsyncSession, version: Versions | None, said: BuilderProfileUpdate) -> Builder:
    """The company's public face."""
    builder = await crud.projects.lock_own_builder(session)
    builder.expect(version)
    audit.record(session, "builder.changed", builder, fields=_revise(builder, said))
    return builder


async def change_account(session: AsyncSession, version: Versions | None, said: BuilderAccountUpdate) -> BuilderAccount:
    """What the company keeps for itself."""
    builder, account = await crud.projects.lock_own_builder(session), await crud.profiles.lock_own_account(session)
    account.expect(version)
    audit.record(session, "account.changed", builder, fields=_revise(account, said))
    return account


async def change_customer(session: AsyncSession, version: Versions | None, said: CustomerProfileUpdate) -> Customer:
    """A customer's own words about themselves."""
    customer = await crud.profiles.lock_own_customer(session)
    customer.expect(version)
    _revise(customer, said)
    return customer


def _revise(row: Builder | BuilderAccount | Customer, said: Input) -> list[str]:
    """What was said, and the names of it; null takes back what may be unknown and leaves the rest."""
    changes = {name: value for name, value in said.model_dump(exclude_unset=True).items() if value is not None or name not in NEVER_NULL}
    for name, value in changes.items():
        setattr(row, name, value)
    return sorted(changes)
