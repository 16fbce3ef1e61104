"""The people of the demo data, as rows: companies with their teams, and customers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.database import Identity
from realestate.demo.people import CUSTOMERS, HOMES, NEWCOMER, SITE_MANAGER, Company
from realestate.models.accounts import (
    Builder,
    BuilderAccount,
    BuilderStatus,
    Customer,
    InviteKind,
    KycStatus,
    Role,
    TeamRole,
    User,
    UserType,
)
from realestate.models.base import slugify
from realestate.services import accounts

LOGINS = ("customer@test.com", "customer2@test.com")


@dataclass(frozen=True, slots=True)
class Team:
    """Who does what for a company: the owner where nobody else does."""

    builder: Builder
    owner: Identity
    sales: Identity
    finance: Identity
    engineer: Identity


async def found(session: AsyncSession, company: Company, password_hash: str) -> Team:
    """The company stands before its people, its owner is then one of them."""
    builder = _builder(company)
    session.add(builder)
    await session.flush()
    session.add(BuilderAccount(builder_id=builder.id))
    members = [_member(company, builder.id, *member, password_hash) for member in company.team]
    session.add_all(members)
    await session.flush()
    builder.owner_user_id = members[0].id
    by_role = {user.team_role: Identity(Role.builder, user.id, user.builder_id, user.team_role) for user in members}
    owner = by_role[TeamRole.owner]
    return Team(
        builder, owner, by_role.get(TeamRole.sales, owner), by_role.get(TeamRole.finance, owner), by_role.get(TeamRole.engineer, owner)
    )


async def staff(session: AsyncSession, team: Team, project_id: int) -> None:
    """One manager sees a single project, and a salesperson is invited who sells there only."""
    await session.execute(update(User).where(User.email == SITE_MANAGER).values(project_scope=[project_id]))
    said = {"email": NEWCOMER, "team_role": TeamRole.sales, "project_scope": [project_id]}
    await accounts.invite(session, team.owner, InviteKind.team, **said)


def _builder(company: Company) -> Builder:
    return Builder(
        slug=company.slug,
        company_name=company.name,
        contact_name=company.team[0][2],
        license_number=company.license_number,
        phone=company.phone,
        address=company.address,
        website=f"https://{company.slug}.example.com",
        description=company.about,
        logo_url=f"https://placehold.co/200x200?text={company.name.replace(' ', '+')}",
        rating=company.rating and Decimal(company.rating),
        verified=company.status is BuilderStatus.active,
        status=company.status,
        country=company.country,
        default_currency=company.currency,
    )


def _member(company: Company, builder_id: int, role: TeamRole, email: str, name: str, password_hash: str) -> User:
    user = _user(UserType.builder, email, name, company.phone, password_hash)
    user.builder_id, user.team_role, user.timezone = builder_id, role, company.timezone
    user.may_certify = role is TeamRole.engineer
    return user


async def welcome(session: AsyncSession, random: Random, password_hash: str) -> list[int]:
    """The customers, the two who can be signed in as first."""
    users = [_user(UserType.customer, _address(n), name, f"+9190000000{n:02d}", password_hash) for n, name in enumerate(CUSTOMERS)]
    session.add_all(users)
    await session.flush()
    session.add_all(_profile(user, random) for user in users)
    await session.flush()
    return [user.id for user in users]


def _address(n: int) -> str:
    return LOGINS[n] if n < len(LOGINS) else f"{slugify(CUSTOMERS[n]).replace('-', '.')}@example.com"


def _profile(user: User, random: Random) -> Customer:
    first, _, last = user.full_name.partition(" ")
    customer = Customer(id=user.id, first_name=first, last_name=last, phone=user.phone, address=random.choice(HOMES))
    customer.date_of_birth = date(random.randint(1962, 1998), random.randint(1, 12), random.randint(1, 28))
    customer.kyc_status = random.choice((KycStatus.verified, KycStatus.verified, KycStatus.submitted, KycStatus.not_started))
    return customer


def _user(user_type: UserType, email: str, name: str, phone: str, password_hash: str) -> User:
    return User(user_type=user_type, email=email, full_name=name, phone=phone, password_hash=password_hash, is_verified=True)
