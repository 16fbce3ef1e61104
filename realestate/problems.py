"""Every refusal is `application/problem+json` (RFC 9457): what happened in plain words, a stable code, and nothing of the inside."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from realestate.errors import Invalid, RealEstateError
from realestate.logs import log, request_id
from realestate.schemas.base import PATTERNS

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS, LONGEST_NAME = 50, 200


class FieldProblem(BaseModel):
    """One wrong field."""

    field: str = Field(description="its name; dots lead inside, such as `customer_data.phone`")
    message: str
    code: str


class Problem(BaseModel):
    """Why a request was refused. Some problems carry more members, such as `allowed`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(description="a sentence to show to people", examples=["This unit has just been reserved by somebody else."])
    code: str = Field(description="a stable word to branch on", examples=["UNIT_NOT_AVAILABLE"])
    request_id: str = Field(examples=["5f0c2b7a9d3e4c11"])
    errors: list[FieldProblem] = Field([], description="the wrong fields, with status 422")


# ── Without an error of our own: what the framework found ───────────────────────────────────────────────────────────────────

FRAMEWORK = {  # status: title, code, detail; the framework's own detail where ours is empty
    400: ("Bad request", "BAD_REQUEST", ""),
    404: ("Not found", "NOT_FOUND", "There is nothing at this address."),
    405: ("Method not allowed", "METHOD_NOT_ALLOWED", "This address does not take this method."),
    408: ("Body too slow", "REQUEST_TIMEOUT", ""),
    413: ("Body too large", "BODY_TOO_LARGE", ""),
    415: ("Unsupported media type", "UNSUPPORTED_MEDIA_TYPE", ""),
    500: ("Internal error", "INTERNAL_ERROR", "Something went wrong on our side. Please quote the request id if you report it."),
}
TITLES = {error.status_code: error.title for error in RealEstateError.__subclasses__()} | {
    code: said[0] for code, said in FRAMEWORK.items()
}

PLAIN_WORDS = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field here.",
    "string_pattern_mismatch": "Input should not be blank or contain characters that cannot be kept.",
    "model_attributes_type": "Input should be a JSON object.",
    "list_type": "Input should be a list.",
    "string_type": "Input should be a text, in quotes.",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "Input should be a whole number."),
    **dict.fromkeys(("float_type", "float_parsing"), "Input should be a number."),
    **dict.fromkeys(("bool_type", "bool_parsing"), "Input should be true or false."),
}
PYTHON = re.compile(r"^Value error, |^value is not a valid email address: |Decimal\('|'\)")
"""What pydantic says that is not for those who ask."""


def _of_framework(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> RealEstateError:
    title, code, sentence = FRAMEWORK.get(status, ("Refused", "REFUSED", ""))
    error = RealEstateError(code, sentence or detail, headers=headers)
    error.status_code, error.title = status, title
    return error


def _of_validation(found: Sequence[Mapping[str, Any]]) -> Invalid:
    """Each once: a form that two parameters of a route read is wrong in both."""
    once = list({(error["loc"], error["msg"]): error for error in found}.values())
    errors = [_field_problem(error) for error in once[:MOST_ERRORS]]
    first = f"{errors[0]['field']}: {errors[0]['message']}"
    return Invalid(first if len(once) == 1 else f"{len(once)} fields are wrong. {first}", errors)


def _field_problem(error: Mapping[str, Any]) -> dict[str, str]:
    """In plain words, without what was sent; `body`, `query` and `path` are not part of a field's name."""
    place, *names = (str(part) for part in error["loc"])
    code = "INVALID" if error["type"] == "value_error" else error["type"].upper()
    words = PATTERNS.get(error.get("ctx", {}).get("pattern")) or PLAIN_WORDS.get(error["type"])
    message = words or PYTHON.sub("", error["msg"])
    return {"field": ".".join(names)[:LONGEST_NAME] or place, "message": message, "code": code}


# ── Said ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def say(error: RealEstateError) -> Response:
    """The problem document of an error."""
    document = error.extra | {
        "type": "about:blank",
        "title": error.title,
        "status": error.status_code,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id.get(),
    }
    body = json.dumps(document, ensure_ascii=False, default=_number_or_text).encode(errors="replace")  # a surrogate becomes ?
    challenge = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else {}
    return Response(body, error.status_code, challenge | error.headers, MEDIA_TYPE)


def _number_or_text(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


async def _refuse(request: Request, error: Any) -> Response:
    if error.status_code >= 500:
        log.warning("unavailable", code=error.code, cause=type(error.__cause__).__name__)
    return say(error)


async def _refuse_input(request: Request, error: Any) -> Response:
    return say(_of_validation(error.errors()))


async def _refuse_for_framework(request: Request, error: Any) -> Response:
    return say(_of_framework(error.status_code, error.detail, error.headers))


async def _crash(request: Request, error: Exception) -> Response:
    log.error("crash", exc_info=error)
    return say(_of_framework(500))


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document."""
    app.add_exception_handler(RealEstateError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_input)
    app.add_exception_handler(HTTPException, _refuse_for_framework)
    app.add_exception_handler(Exception, _crash)


# ── Shown: what the contract says of refusals ───────────────────────────────────────────────────────────────────────────────

EXAMPLES: dict[int, tuple[str, str, dict[str, Any]]] = {
    400: ("MALFORMED_JSON", "The body is not JSON.", {}),
    401: ("TOKEN_EXPIRED", "The access token has expired: refresh it.", {}),
    403: ("NOT_PERMITTED", "Your role in the team does not include this.", {}),
    404: ("NOT_FOUND", "Not found.", {}),
    409: ("UNIT_NOT_AVAILABLE", "This unit is not available.", {}),
    412: ("STALE_VERSION", "Changed meanwhile.", {}),
    413: ("BODY_TOO_LARGE", "The body is too large.", {}),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send application/json.", {}),
    422: (
        "INVALID",
        "email: This field is required.",
        {"errors": [{"field": "email", "message": "This field is required.", "code": "MISSING"}]},
    ),
    429: ("TOO_MANY_REQUESTS", "Too many tries. Please wait a little.", {}),
    503: ("UNAVAILABLE", "The service is busy or restarting. Please try again.", {}),
}
HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
CONDITIONAL: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified: If-None-Match names the current version."}}
"""For `responses=` of a GET that answers with an ETag."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: what it may refuse beyond what the documentation says of every route, such as 412, 429, or a 409 of its own."""
    return {status: {"description": TITLES[status]} for status in statuses}


def described() -> dict[str, dict[str, Any]]:
    """Each status once, for the contract, with an example: `components.responses`."""
    return {name_of(status): _described(status, *said) for status, said in EXAMPLES.items()}


def name_of(status: int) -> str:
    """Of the component: `InvalidInput`."""
    return TITLES[status].title().replace(" ", "")


def _described(status: int, code: str, detail: str, more: dict[str, Any]) -> dict[str, Any]:
    example = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail, "code": code}
    example |= {"request_id": "5f0c2b7a9d3e4c11", **more}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    headers = {"headers": {HEADERS[status]: {"schema": {"type": "string"}}}} if status in HEADERS else {}
    return {"description": TITLES[status], "content": content, **headers}
