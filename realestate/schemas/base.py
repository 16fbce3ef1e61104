"""How things are said. Answers are complete (no defaults: null is said, never omitted), input is strict.

Values are what PostgreSQL can keep. Text is kept verbatim: checked, never trimmed. A schema for a request body carries an example, which the documentation shows:

    class BookingCreate(Input, json_schema_extra={"examples": [{"unit_id": 7, "payment_plan": "full_payment"}]}):
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

# ── Shapes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Wire(BaseModel):
    """A shape on the wire: an unknown or a missing field is an error on either side."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class _Lenient(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _empty_is_null(cls, said: Any) -> Any:
        """Portals send `""` for a field left empty: null, where null may be."""
        if not isinstance(said, dict) or "" not in said.values():
            return said
        return {name: None if value == "" and cls._may_be_null(name) else value for name, value in said.items()}

    @classmethod
    def _may_be_null(cls, name: str) -> bool:
        return name in cls.model_fields and type(None) in get_args(cls.model_fields[name].annotation)


class Input(_Lenient):
    """What a request body says. Optional fields default to None; `model_fields_set` tells what was said."""

    model_config = ConfigDict(extra="forbid")


class Search(_Lenient):
    """What may follow the question mark of a listing; subclasses add filters and name their sorts (`sort_by`).

    Unknown parameters are refused by the route, which knows all of them.
    """

    page: int = Field(1, ge=1, le=1_000_000, description="page, from 1")
    limit: int = Field(20, ge=1, le=100, description="items per page")
    count: bool = Field(True, description="false leaves `total` null and saves the counting")


class Page(Wire):
    """A page of something; the subclass names the list."""

    total: int | None
    page: int
    limit: int


def sort_by(*names: str) -> AfterValidator:
    """For `sort: Annotated[str, sort_by(…)]`: one to three of the names, separated by commas, each with a minus for falling order."""

    def check(value: str) -> str:
        steps = value.split(",")
        if len(steps) > 3 or any(step.removeprefix("-") not in names for step in steps):
            message = "Input should be up to three of {names}, separated by commas, each with a minus for falling order"
            raise PydanticCustomError("sort", message, {"names": ", ".join(names)})
        return value

    return AfterValidator(check)


class Said(Wire):
    """The answer where there is nothing to show: a sentence for people."""

    message: str = Field(examples=["Done."])


# ── Numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):  # Python takes True for 1
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


NotBool = BeforeValidator(_no_bool)

Id = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[7]), NotBool]
"""What a BIGINT identity can be: anything else is 422 before it can be an error in the database."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1), NotBool]
"""How many, from none; fits INTEGER."""

MOST_MONEY = Decimal(10**13)
PLAIN_AMOUNT = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?", re.ASCII)


def _plain(value: Any) -> Decimal:
    """A number without exponent as a Decimal. The body parser marks numbers written with one by a subclass of Decimal."""
    match value:
        case str() if PLAIN_AMOUNT.fullmatch(value):
            return Decimal(value)
        case Decimal() if type(value) is Decimal and value.is_finite():
            return value
        case int() | float() if not isinstance(value, bool):
            return Decimal(str(value))
    raise PydanticCustomError("amount", "Input should be an amount with at most two decimals, such as 7500000.5")


Amount = Annotated[
    Decimal,
    BeforeValidator(_plain),
    Field(ge=0, le=MOST_MONEY, decimal_places=2, allow_inf_nan=False),
    AfterValidator(abs),  # minus zero is zero
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 10**13, "multipleOf": 0.01, "examples": [7500000.5]}),
]
"""Money: a JSON number with at most two decimals, beside a currency. Comes as a number or a string, leaves as a number."""

# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")]
"""One line with something on it: a name, a title, an address."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=r"^[^\x00]*[^\x00-\x20][^\x00]*$")]
"""Some paragraphs that are not blank."""

_NOT_IN_URLS = r'\s\x00-\x1f<>"\\'
Url = Annotated[
    str,
    StringConstraints(
        max_length=500, pattern=rf"^(https?://[^/{_NOT_IN_URLS}]+(/[^{_NOT_IN_URLS}]*)?|/([^/{_NOT_IN_URLS}][^{_NOT_IN_URLS}]*)?)$"
    ),
    Field(examples=["https://example.com/tower-a.jpg"]),
]
"""A web address, or a path on this site."""


def _trimmed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if "<" in value or len(value.strip()) > 254:  # pydantic would take "Name <address>"
        raise PydanticCustomError("email", "Input should be an e-mail address of at most 254 characters")
    return value.strip()


Email = Annotated[EmailStr, BeforeValidator(_trimmed), Field(examples=["asha@example.com"])]
"""An address without surrounding space. Whose it is, is decided on lower()."""


def _canonical_phone(value: str) -> str:
    number = re.sub(r"[\s\-().]", "", value)
    if not re.fullmatch(r"\+?[0-9]{7,15}", number, re.ASCII):
        raise PydanticCustomError("phone", "Input should be a phone number of 7 to 15 digits, such as +919876543210")
    return number


Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_canonical_phone), Field(examples=["+919876543210"])]
"""Digits with an optional leading plus; spaces, dashes, dots and brackets are dropped."""

# ── Times ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

YEARS = range(1970, 2201)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written_moment(value: Any) -> Any:
    """Not a number of seconds and not a bare date, which pydantic would also take."""
    if isinstance(value, datetime) or (isinstance(value, str) and RFC_3339.fullmatch(value)):
        return value
    raise PydanticCustomError("datetime", "Input should be a time with offset, such as 2026-11-20T09:30:00+05:30")


def _written_day(value: Any) -> Any:
    if type(value) is date or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date", "Input should be a date, such as 2026-11-20")


def _in_range(value: Any) -> Any:
    if value.year not in YEARS:
        raise PydanticCustomError("year", "Input should be between the years 1970 and 2200")
    return value.astimezone(UTC) if isinstance(value, datetime) else value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_in_range), Field(examples=["2026-11-20T04:00:00Z"])]
"""A time with offset, RFC 3339; kept and answered in UTC."""

Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_in_range), Field(examples=["2026-11-20"])]
"""A calendar day, YYYY-MM-DD."""
