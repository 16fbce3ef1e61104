"""What a client says on an open socket."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from realestate.schemas.base import Id, Input, NotBool, Question


class Cursor(Question):
    """Where a client wants to go on, asked in the URL by those who show their token in a header."""

    epoch: Annotated[str, StringConstraints(max_length=64)] | None = None
    after: int | None = Field(None, ge=0, le=2**63 - 1)


class Auth(Input):
    """Who is there. With `epoch` and `after` it goes on behind that number. On an open socket: the same user, with a fresh token."""

    type: Literal["auth"]
    token: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    epoch: Annotated[str, StringConstraints(max_length=64)] | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1), NotBool] | None = None


class Subscribe(Input):
    type: Literal["subscribe", "unsubscribe"]
    topic: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Read(Input):
    """Mark a notification read."""

    type: Literal["read"]
    id: Id


class Ping(Input):
    type: Literal["ping"]


ClientFrame = TypeAdapter[Auth | Subscribe | Read | Ping](Annotated[Auth | Subscribe | Read | Ping, Field(discriminator="type")])
