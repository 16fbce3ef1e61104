"""The system about itself, as said."""

from typing import Literal

from realestate.schemas.base import Wire


class Welcome(Wire):
    name: str
    version: str
    links: dict[str, str]


class Alive(Wire):
    status: Literal["ok"]
