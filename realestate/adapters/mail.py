"""Sending a mail: to the server of SMTP_URL, or, without one in development, into the outbox. The only file that imports aiosmtplib."""

import asyncio
from contextlib import suppress
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import aiosmtplib

from realestate.adapters import outbox
from realestate.config import settings
from realestate.errors import Away, Undeliverable

PATIENCE = 60.0
"""Seconds for all of one conversation."""
NOWHERE = "there is no SMTP_URL"


def is_available() -> bool:
    """Whether mails lead anywhere: production has no outbox."""
    return bool(settings.smtp_url) or not settings.is_production


async def send(message: EmailMessage) -> None:
    """Back once the server has taken it. Undeliverable says whether another try makes sense."""
    if not is_available():  # any more: it was, when this was written
        raise Undeliverable(NOWHERE, is_final=False)
    if not settings.smtp_url:
        return await asyncio.to_thread(outbox.put, message)
    try:
        async with asyncio.timeout(PATIENCE):
            await _converse(message)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        raise _refused(refused.recipients[0]) from None
    except aiosmtplib.SMTPAuthenticationError as error:  # a fault of our settings, not of this mail
        raise Undeliverable(f"{error.code} from the mail server: signing in was refused", is_final=False) from None
    except aiosmtplib.SMTPConnectResponseError as error:
        raise Undeliverable(f"{error.code} from the mail server instead of a greeting", is_final=False) from None
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error) from None
    except aiosmtplib.SMTPNotSupported as error:  # such as an address beyond ASCII
        raise Undeliverable(f"the mail server cannot take it: {error.message}", is_final=True) from None
    except (OSError, TimeoutError, aiosmtplib.SMTPException) as error:
        raise Away(f"the mail server is away: {type(error).__name__}") from None


async def _converse(message: EmailMessage) -> None:
    """TLS from the beginning with smtps://; else as soon as the server offers it, and at once when a password has to travel."""
    url = urlsplit(settings.smtp_url)
    is_tls, host = url.scheme == "smtps", url.hostname or "localhost"
    must_start = True if url.username and not is_tls and not _is_here(host) else None
    client = aiosmtplib.SMTP(
        hostname=host,
        port=url.port or (465 if is_tls else 587),
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=is_tls,
        start_tls=False if is_tls else must_start,
        local_hostname=settings.site,  # else the library asks the name service
        timeout=PATIENCE / 3,
    )
    try:
        await client.connect()
        await client.send_message(message, sender=settings.sender[1])
        with suppress(aiosmtplib.SMTPException):  # it has been taken
            await client.quit()
    finally:
        client.close()  # at once: who is asked to end does not wait for the server to say goodbye


def _refused(error: aiosmtplib.SMTPResponseException) -> Undeliverable:
    """5xx is for ever, 4xx for now (RFC 5321, 4.2.1)."""
    said = " ".join("".join(filter(lambda c: c.isprintable() or c.isspace(), error.message)).split())
    return Undeliverable(f"{error.code} {said}"[:300], is_final=500 <= error.code < 600)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
