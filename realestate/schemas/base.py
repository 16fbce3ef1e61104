"""How things are said. Answers are complete (no defaults: null is said, never omitted), input is strict.

Values are what PostgreSQL can keep. Text is kept verbatim: checked, never trimmed. A schema for a request body carries an example, which the documentation shows:

    class BookingCreate(Input, json_schema_extra={"examples": [{"unit_id": 7, "payment_plan": "full_payment"}]}):
"""

import re
from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
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

# ── Whole numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):  # Python takes True for 1
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


NotBool = BeforeValidator(_no_bool)

PLAIN_DIGITS = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not PLAIN_DIGITS.fullmatch(value):  # pydantic would take "1.0", "1_000" and " 1"
        raise PydanticCustomError("int_parsing", "Input should be a valid integer")
    return _no_bool(value)


Whole = BeforeValidator(_whole)
"""For a whole number: as text, in a path or a question, it has one spelling."""


# ── Shapes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Wire(BaseModel):
    """A shape on the wire: an unknown or a missing field is an error on either side."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Input(BaseModel):
    """What a request body says. Optional fields default to None; `model_fields_set` tells what was said."""

    model_config = ConfigDict(extra="forbid")

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


class Question(BaseModel):
    """What may follow the question mark. An empty value is like none; unknown parameters are refused by the route, which knows all of them."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unsaid(cls, said: Any) -> Any:
        return {name: value for name, value in said.items() if value != ""} if isinstance(said, dict) else said


class Search(Question):
    """What may be asked of a listing; subclasses add filters and name their sorts (`sort_by`)."""

    page: Annotated[int, Whole] = Field(1, ge=1, le=1_000_000, description="page, from 1")
    limit: Annotated[int, Whole] = Field(20, ge=1, le=100, description="items per page")
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


Id = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[7]), Whole]
"""What a BIGINT identity can be: anything else is 422 before it can be an error in the database."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1), Whole]
"""How many, from none; fits INTEGER."""

MOST_MONEY = Decimal(10**13)
PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,2})?", re.ASCII)


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

SignedAmount = Annotated[
    Decimal,
    BeforeValidator(_plain),
    Field(ge=-MOST_MONEY, le=MOST_MONEY, decimal_places=2, allow_inf_nan=False),
    AfterValidator(lambda amount: amount + 0),  # minus zero is zero
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": -(10**13), "maximum": 10**13, "multipleOf": 0.01, "examples": [-50000]}),
]
"""The same where something may be taken off."""

# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

PATTERNS: dict[str, str] = {}
"""What each asks for: pydantic can only say that a text does not match."""


def pattern(expression: str, words: str) -> str:
    """A pattern that a text must match, and how to say so."""
    PATTERNS[expression] = words
    return expression


_ONE_LINE = pattern(r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$", "Input should be one line that is not blank.")
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_ONE_LINE)]
"""One line with something on it: a name, a title, an address."""

_SOME_TEXT = pattern(r"^[^\x00]*[^\x00-\x20][^\x00]*$", "Input should not be blank.")
Text = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=_SOME_TEXT)]
"""Some paragraphs that are not blank."""

_NOT_IN_URLS = r'\s\x00-\x1f<>"\\'
_ADDRESS = pattern(
    rf"^(https?://[^/{_NOT_IN_URLS}]+(/[^{_NOT_IN_URLS}]*)?|/([^/{_NOT_IN_URLS}][^{_NOT_IN_URLS}]*)?)$",
    "Input should be a web address, such as https://example.com/tower-a.jpg, or a path that begins with one slash.",
)
Url = Annotated[str, StringConstraints(max_length=500, pattern=_ADDRESS), Field(examples=["https://example.com/tower-a.jpg"])]
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
