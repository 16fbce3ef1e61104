"""How often may be tried. Counted before the password is looked at, so that parallel tries cannot slip through together."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.config import settings
from realestate.errors import TooMany
from realestate.security.tokens import fingerprint

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries of one kind within the window; each kind is counted on its own."""

    name: str
    most: int


SIGN_INS_OF_CLIENT = Limit("sign-in-client", 50)
SIGN_INS_TO_ACCOUNT = Limit("sign-in-account", 10)
REGISTRATIONS = Limit("registration", 50)
INVITATIONS = Limit("invitation", 50)
JOINS = Limit("join", 20)
ENQUIRIES = Limit("enquiry", 10)
CODES = Limit("code", 20)
FORGOTTEN_BY_CLIENT = Limit("forgotten-client", 20)
FORGOTTEN_BY_ADDRESS = Limit("forgotten-address", 5)
VERIFICATIONS = Limit("verification", 5)


async def count_registration(session: AsyncSession, address: str) -> None:
    """TooMany when this client has registered often enough."""
    await _count(session, REGISTRATIONS, _network(address))


async def count_invitation(session: AsyncSession, user_id: int) -> None:
    """TooMany when this member has invited often enough."""
    await _count(session, INVITATIONS, str(user_id))


async def count_join(session: AsyncSession, address: str) -> None:
    """TooMany when this client has tried codes often enough, right or wrong."""
    await _count(session, JOINS, _network(address))


async def count_enquiry(session: AsyncSession, address: str) -> None:
    """TooMany when this client has asked often enough, known or not."""
    await _count(session, ENQUIRIES, _network(address))


async def count_code(session: AsyncSession, address: str) -> None:
    """TooMany when this client has tried codes of mails often enough, right or wrong."""
    await _count(session, CODES, _network(address))


async def count_forgotten(session: AsyncSession, email: str, address: str) -> None:
    """TooMany when this client, or anybody for this address, which need not exist, has asked for new passwords often enough."""
    await _count(session, FORGOTTEN_BY_CLIENT, _network(address))
    await _count(session, FORGOTTEN_BY_ADDRESS, email)


async def count_verification(session: AsyncSession, user_id: int) -> None:
    """TooMany when this user has had mails to confirm the address often enough."""
    await _count(session, VERIFICATIONS, str(user_id))


async def count_sign_in(session: AsyncSession, email: str, address: str) -> None:
    """TooMany beyond the limits of the client and of the account, which need not exist.

    The client first: one who is refused may not lock more accounts.
    """
    await _count(session, SIGN_INS_OF_CLIENT, _network(address))
    await _count(session, SIGN_INS_TO_ACCOUNT, email)


async def forgive_sign_in(session: AsyncSession, email: str, address: str) -> None:
    """It was right: only failures count."""
    if settings.rate_limits == "on":
        await crud.accounts.give_back_try(session, fingerprint(SIGN_INS_OF_CLIENT.name, _network(address)))
    await forgive_account(session, email)


async def forgive_account(session: AsyncSession, email: str) -> None:
    """Whoever reads its mails has a new password: what others have tried, or its owner with the old one, counts no more."""
    if settings.rate_limits == "on":
        await crud.accounts.forget_tries(session, fingerprint(SIGN_INS_TO_ACCOUNT.name, email))


async def _count(session: AsyncSession, limit: Limit, who: str) -> None:
    """A try that is refused is rolled back by its error, so that a count never leaves its limit behind."""
    if settings.rate_limits == "off":
        return
    count, rest = await crud.accounts.count_try(session, fingerprint(limit.name, who), WINDOW)
    if count > limit.most:
        raise _too_many(limit, ceil(rest.total_seconds()))


def _too_many(limit: Limit, seconds: int) -> TooMany:
    """With the fields of draft-ietf-httpapi-ratelimit-headers: quota and window, what remains and until when."""
    headers = {
        "RateLimit-Policy": f'"{limit.name}";q={limit.most};w={int(WINDOW.total_seconds())}',
        "RateLimit": f'"{limit.name}";r=0;t={seconds}',
    }
    return TooMany(f"Too many tries. Please wait {ceil(seconds / 60)} minutes and try again.", seconds, headers)


def _network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, because that is what one subscriber has."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:  # a local socket
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or f"{int(parsed) >> 64:x}")
