"""What has been sent to somebody, and a mail server to send it to."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace

from aiosmtpd.smtp import SMTP

from realestate.adapters import outbox
from realestate.database import WORKER
from realestate.services import deliveries
from tests.speaking import speaking


async def forget_what_is_due():
    """Nothing that other tests have caused is left to be sent: sending it took longer than all that is to be shown."""
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE notifications SET is_routed = true WHERE NOT is_routed")
        await connection.execute("DELETE FROM deliveries WHERE state = 'queued'")
        await connection.commit()


async def sent_to(address):
    """All mails in the outbox to an address, oldest first, after sending what is due."""
    await deliveries.deliver_due()
    return [one.message for one in reversed(outbox.latest()) if address in one.to]


def plain(message):
    return message.get_body(("plain",)).get_content()


def token_in(message):
    return re.search(r"#token=([\w-]+)", plain(message)).group(1)


async def rows_of(address, columns="state, last_error, attempts, sealed"):
    """The deliveries to the account with an address."""
    async with speaking(WORKER) as connection:
        query = f"SELECT {columns} FROM deliveries d JOIN users u ON u.id = d.user_id WHERE u.email = %s ORDER BY d.id"
        return await (await connection.execute(query, [address])).fetchall()


async def let_wait_be_over():
    """As if the time of the next try, or of somebody else's claim, had come."""
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE deliveries SET next_try_at = now() WHERE state = 'queued' AND next_try_at IS NOT NULL")
        await connection.commit()


class Server:
    """Answers each mail as planned, then always with 250. `None` cuts the line once it has everything."""

    def __init__(self, *answers):
        self.answers, self.taken = list(answers), []

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer is None or answer.startswith("2"):
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.taken.append(SimpleNamespace(to=envelope.rcpt_tos, sender=envelope.mail_from, message=message))
        if answer is None:
            server.transport.abort()
        return answer or "250 OK"


@asynccontextmanager
async def serving(server, **how) -> AsyncIterator[int]:
    """A mail server on some port of this machine."""
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(server, hostname="mail.test", **how), "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
