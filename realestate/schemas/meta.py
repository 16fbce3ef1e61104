"""What the words of the wire are."""

from pydantic import Field

from realestate.models.base import Kind
from realestate.schemas.base import Wire


class Enums(Wire):
    """Every list of words by its name in OpenAPI; input is taken in any case, answers use these spellings."""

    enums: dict[str, list[str]] = Field(examples=[{"MeetingLocation": ["site", "office", "online", "customer"]}])


def enums() -> Enums:
    """All that the program knows."""
    kinds = sorted(Kind.__subclasses__(), key=lambda kind: kind.__name__)
    return Enums(enums={kind.__name__: [word.value for word in kind] for kind in kinds})
