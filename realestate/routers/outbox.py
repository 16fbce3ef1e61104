"""What development has sent, to be read. The app has these paths in development only."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Response
from fastapi.responses import HTMLResponse

from realestate.adapters import outbox
from realestate.dependencies import asked
from realestate.errors import NotFound
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.outbox import Outbox, OutboxLine, OutboxMessage, OutboxSearch

router = Router(prefix="/api/dev/outbox", tags=["development"])
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox",
    "Cache-Control": "no-store",
}
"""Styles alone: what a mail contains is what people have typed."""


@router.get("", response_model=Outbox)
async def list_outbox(search: Annotated[OutboxSearch, asked(OutboxSearch)]) -> Outbox:
    """The latest 500 mails and messages to phones that would have been sent, newest first. In development only."""
    found = [one for one in await asyncio.to_thread(outbox.latest) if (search.to or "").lower() in one.to.lower()]
    shown = found[(search.page - 1) * search.limit :][: search.limit]
    messages = [OutboxLine(**_line(one)) for one in shown]
    return Outbox(messages=messages, total=len(found) if search.count else None, page=search.page, limit=search.limit)


@router.get("/{message_id}", response_model=OutboxMessage)
async def get_from_outbox(message_id: Id) -> OutboxMessage:
    """One of them, with headers, text and HTML."""
    sent = await _find(message_id)
    headers = {name: str(value) for name, value in sent.message.items()}
    return OutboxMessage(**_line(sent), headers=headers, text=sent.body("plain") or "", html=sent.body("html"))


@router.get("/{message_id}/html", response_class=HTMLResponse)
async def show_from_outbox(message_id: Id) -> Response:
    """The same as its reader sees it, in a page that runs and loads nothing. 404 where there is no HTML."""
    html = (await _find(message_id)).body("html")
    if html is None:
        raise NotFound
    return HTMLResponse(html, headers=SAFE)


async def _find(message_id: int) -> outbox.Sent:
    sent = await asyncio.to_thread(outbox.find, message_id)
    if sent is None:
        raise NotFound
    return sent


def _line(sent: outbox.Sent) -> dict[str, Any]:
    at = datetime.fromtimestamp(sent.id / 1_000_000, UTC)
    return {"id": sent.id, "channel": sent.channel, "to": sent.to, "subject": str(sent.message["Subject"]), "sent_at": at}
