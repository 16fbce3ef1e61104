"""The outbox of development, as said."""

from typing import Annotated

from pydantic import Field

from realestate.schemas.base import Line, Page, Search, Wire
from realestate.schemas.times import Moment


class OutboxLine(Wire):
    """A message that would have been sent."""

    id: int
    channel: Annotated[str, Field(examples=["email"])]
    to: Annotated[str, Field(examples=["Asha Rao <asha@example.com>"])]
    subject: Annotated[str, Field(examples=["Booking confirmed"])]
    sent_at: Moment


class OutboxMessage(OutboxLine):
    """With all that it says. Its HTML is a page at `…/{message_id}/html`."""

    headers: dict[str, str]
    text: str
    html: str | None


class Outbox(Page):
    messages: list[OutboxLine]


class OutboxSearch(Search):
    to: Annotated[Line | None, Field(description="part of the address or number")] = None
