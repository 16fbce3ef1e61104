"""New accounts: a company with its owner, a customer with a profile; administrators from the command line only."""

import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.config import settings
from realestate.crud.accounts import Account
from realestate.database import DOORMAN, transaction
from realestate.models.accounts import Builder, BuilderAccount, BuilderStatus, Customer, TeamRole, User, UserType
from realestate.models.base import slugify
from realestate.models.deliveries import Purpose
from realestate.schemas.accounts import BuilderData, CustomerData, Registration, Tokens
from realestate.security import passwords
from realestate.services import audit
from realestate.services.accounts.credentials import check_new
from realestate.services.accounts.sessions import Client, begin
from realestate.services.accounts.throttles import count_registration
from realestate.services.deliveries import post


async def register(said: Registration, client: Client) -> Tokens:
    """Open an account and sign in at once. Conflict EMAIL_TAKEN or LICENSE_TAKEN, decided by constraints."""
    check_new(said.password, "password")
    async with transaction(DOORMAN) as session:
        await count_registration(session, client.address)
    password_hash = await passwords.hash(said.password)
    async with transaction(DOORMAN) as session:
        account = await _create(session, said, password_hash)
        audit.record(session, "user.registered", account.user, actor_id=account.user.id, user_type=account.user.user_type.value)
        await post(session, Purpose.verify_email, user_id=account.user.id)
        return await begin(session, account, client)


async def create_admin(email: str, password: str) -> int:
    """A platform administrator; its id. For the command line: no route leads here."""
    check_new(password, "password")
    password_hash = await passwords.hash(password)
    async with transaction(DOORMAN) as session:
        user = User(email=email.strip(), full_name="Administrator", user_type=UserType.admin, password_hash=password_hash, is_verified=True)
        await _add(session, user)
        audit.record(session, "user.registered", user, user_type=user.user_type.value)
        return user.id


async def _create(session: AsyncSession, said: Registration, password_hash: str) -> Account:
    user = User(email=said.email, user_type=said.user_type, password_hash=password_hash)
    if said.builder_data:
        return await _create_builder(session, user, said.builder_data)
    assert said.customer_data, "the schema wants one of them"
    return await _create_customer(session, user, said.customer_data)


async def _create_builder(session: AsyncSession, user: User, company: BuilderData) -> Account:
    """The company stands before its owner, who then becomes it."""
    builder = await _create_company(session, company)
    user.full_name, user.phone = company.company_name, company.phone
    user.builder_id, user.team_role = builder.id, TeamRole.owner
    session.add(BuilderAccount(builder_id=builder.id))
    await _add(session, user)
    builder.owner_user_id = user.id
    return Account(user, builder)


async def _create_company(session: AsyncSession, company: BuilderData) -> Builder:
    """Under the first free slug; in development verified at once."""
    status = BuilderStatus.pending if settings.is_production else BuilderStatus.active
    values = company.model_dump() | {"status": status, "verified": not settings.is_production}
    slug, builder = slugify(company.company_name), None
    while builder is None:
        builder = await crud.accounts.create_builder(session, slug, **values)
        slug = f"{slugify(company.company_name)}-{secrets.token_hex(3)}"
    return builder


async def _create_customer(session: AsyncSession, user: User, person: CustomerData) -> Account:
    user.full_name, user.phone = f"{person.first_name} {person.last_name}".strip(), person.phone
    await _add(session, user)
    customer = Customer(id=user.id, **person.model_dump())
    await _add(session, customer)
    return Account(user, customer=customer)


async def _add(session: AsyncSession, row: User | Customer) -> None:
    session.add(row)
    await session.flush()
