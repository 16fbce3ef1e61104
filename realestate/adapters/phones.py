"""Text messages and pushed ones. No provider is built in: development writes them into the outbox, production has none yet."""

import asyncio
from email.message import EmailMessage

from realestate.adapters import outbox
from realestate.config import settings
from realestate.errors import Undeliverable


def is_available() -> bool:
    """Whether they lead anywhere."""
    return not settings.is_production


async def send(channel: str, to: str, text: str) -> None:
    """`to` is a phone number, or whom to push to. A provider's adapter raises Undeliverable, as `adapters.mail` does."""
    if not is_available():
        raise Undeliverable("there is no way to phones", is_final=True)
    message = EmailMessage()
    message["X-Channel"], message["To"], message["Subject"] = channel, to, text.partition("\n")[0]
    message.set_content(text)
    await asyncio.to_thread(outbox.put, message)
