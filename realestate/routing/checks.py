"""What is looked at before anything of a request is believed: its parameters, and that its body is what it says it is."""

from collections.abc import Set as AbstractSet
from functools import lru_cache

from fastapi import Request
from fastapi.dependencies.models import Dependant
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from realestate.errors import Invalid
from realestate.parsing import check_escapes, check_text, parse_json

MOST_FILES = 2
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def query_names(dependant: Dependant) -> frozenset[str]:
    """Every query parameter that a route or one of its dependencies declares."""
    names = set[str]().union(*(query_names(inner) for inner in dependant.dependencies))
    names.update(getattr(dependant.call, "query_names", ()), (field.alias for field in dependant.query_params))
    return frozenset(names)


def check_query(query_string: bytes, known: frozenset[str]) -> None:
    """Refuse parameters that are not there, or twice, and text that cannot be kept."""
    said = QueryParams(query_string)
    _refuse("UNKNOWN_PARAMETER", "There is no such parameter here.", said.keys() - known)
    if b"%" in query_string:
        check_escapes(query_string)
        for name, value in said.multi_items():
            check_text(value, name)
    _refuse("REPEATED_PARAMETER", "Say it once.", {name for name in said if len(said.getlist(name)) > 1})


def _refuse(code: str, why: str, names: AbstractSet[str]) -> None:
    if some := sorted(names)[:20]:
        errors = [{"field": name, "message": why, "code": code} for name in some]
        raise Invalid(f"{code.partition('_')[0].capitalize()} query parameter: {', '.join(some)}.", errors)


check_query_once = lru_cache(maxsize=1000)(check_query)


async def _check_json(request: Request) -> None:
    body = await request.body()
    if not body:  # missing, if it was required: FastAPI says so
        return
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    is_json = kind.strip() == "application/json" or (kind.startswith("application/") and kind.strip().endswith("+json"))
    if not is_json or ("charset" in parameters and "utf-8" not in parameters):
        raise HTTPException(415, "The body must be JSON: Content-Type: application/json.")
    request._json = parse_json(body)  # where FastAPI will look for it


async def _check_form(request: Request) -> None:
    kind = request.headers.get("content-type", "").lower().partition(";")[0].strip()
    if kind not in FORMS:
        if await request.body():
            raise HTTPException(415, f"The body must be a form: Content-Type: {' or '.join(FORMS)}.")
        return
    form = await request.form(max_files=MOST_FILES)
    try:
        for name, value in form.multi_items():
            check_text(name, "form")
            check_text(value if isinstance(value, str) else value.filename or "", name)
    except Invalid:
        await form.close()
        raise


BODY_CHECKS = {"application/json": _check_json} | dict.fromkeys(FORMS, _check_form)
