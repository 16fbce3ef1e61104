"""The OpenAPI document: what FastAPI finds, completed with what holds for every route of the house."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic.json_schema import models_json_schema

from realestate.problems import Problem, described, name_of, problems

Document = dict[str, Any]

SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "a token that you have; or sign in, below"},
    "password": {"type": "oauth2", "flows": {"password": {"tokenUrl": "/api/auth/token", "scopes": {}}}},
}
SIGNED_IN: list[Document] = [{name: []} for name in SCHEMES]
SECURITY: dict[str | None, list[Document]] = {"required": SIGNED_IN, "optional": [{}, *SIGNED_IN], None: []}


KEY: Document = {"type": "string", "maxLength": 255, "pattern": "^[!-~]+$", "examples": ["6f1c2b7a-9d3e-4c11-8a55-0c2d4b7e9f10"]}

LOOKS_LIKE: Document = {
    "id": 7,
    "builder_id": 3,
    "project_id": 7,
    "unit_id": 41,
    "customer_id": 12,
    "booking_id": 7,
    "email": "asha@example.com",
    "full_name": "Asha Rao",
    "phone": "+919876543210",
    "address": "12 Hill Road, Pune",
    "company_name": "Skyline Homes",
    "license_number": "RERA-4711",
    "rera_number": "P52100012345",
    "country": "IN",
    "project_name": "Riverside Heights",
    "slug": "riverside-heights",
    "location": "Baner Road, Pune, Maharashtra",
    "location_address": "Baner Road",
    "location_city": "Pune",
    "location_state": "Maharashtra",
    "location_zipcode": "411045",
    "description": "Quiet homes by the river.",
    "amenities": ["Swimming pool"],
    "features": ["Corner flat"],
    "tower": "A",
    "unit_number": "1204",
    "stack": "4",
    "booking_number": "BK-000007",
    "currency": "INR",
    "timezone": "Asia/Kolkata",
    "transaction_id": "UPI-4711",
    "receipt_no": "R-2026-27-0001",
    "images": ["https://example.com/tower-a.jpg"],
    "floor_plans": ["https://example.com/2bhk.pdf"],
}
"""What fields of these names look like, where they do not say it themselves: Swagger shows `"string"` otherwise."""


@lru_cache(maxsize=4)
def describe(app: FastAPI) -> Document:
    """OpenAPI as FastAPI finds it, completed with what holds for every route of the house: security, problems, conditions.

    A dependency that asks who is calling says so by an attribute `security`, "required" or "optional".
    """
    document: Document = json.loads(json.dumps(FastAPI.openapi(app)))  # a copy, because FastAPI keeps the original
    for method, path, operation, dependant in _operations(app, document):
        operation["security"] = _security(dependant)
        _add_questions(operation, dependant, document)
        _add_problems(method, path, operation)
        _add_conditions(operation)
        _add_repeating(method, path, operation)
    _name_components(document)
    assert len(names := _operation_ids(document)) == len(set(names)), f"two functions have the same name: {sorted(names)}"
    return document


def _operations(app: FastAPI, document: Document) -> Iterator[tuple[str, str, Document, Dependant]]:
    for route in iter_route_contexts(app.routes):
        if getattr(route, "dependant", None) and route.include_in_schema:
            path = route.path_format or ""
            for method in route.methods or ():
                yield method, path, document["paths"][path][method.lower()], route.dependant


def _operation_ids(document: Document) -> list[str]:
    return [operation["operationId"] for path in document.get("paths", {}).values() for operation in path.values()]


def _security(dependant: Dependant) -> list[Document]:
    demands = {getattr(inner.call, "security", None) for inner in _with_dependencies(dependant)}
    return SECURITY["required" if "required" in demands else "optional" if "optional" in demands else None]


def _with_dependencies(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _with_dependencies(inner)


def _add_questions(operation: Document, dependant: Dependant, document: Document) -> None:
    """The query parameters that a dependency reads as a model (see `dependencies.Asked`)."""
    for inner in _with_dependencies(dependant):
        if model := getattr(inner.call, "model", None):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            document["components"]["schemas"] |= schema.get("$defs", {})
            for name, value in schema["properties"].items():
                said = {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": value}
                description = {"description": value["description"]} if "description" in value else {}
                operation.setdefault("parameters", []).append(said | description)


def _add_problems(method: str, path: str, operation: Document) -> None:
    """What any route may refuse. 422 always, because any query parameter may be unknown; 413 wherever somebody may send a body; 409 by
    every write, because somebody else may be changing the same row just now (BUSY)."""
    responses = operation["responses"]
    statuses = {422} | ({401} if operation["security"] else set()) | ({403} if operation["security"] == SIGNED_IN else set())
    statuses |= {404} if "{" in path else set()
    statuses |= {413} if method != "GET" else set()
    statuses |= {400, 415} if "requestBody" in operation else set()
    statuses |= {503} if path.startswith("/api") else set()
    statuses |= {409} if path.startswith("/api") and method != "GET" else set()
    responses.pop("422", None)  # FastAPI's own shape
    for status, problem in problems(*statuses).items():
        responses.setdefault(str(status), problem)
    refused = {status: {"$ref": f"#/components/responses/{name_of(int(status))}"} for status in responses if status >= "400"}
    operation["responses"] = dict(sorted((responses | refused).items()))


def _add_conditions(operation: Document) -> None:
    """ETag and the headers that name it, where 304 or 412 is declared."""
    conditions = {"304": "If-None-Match", "412": "If-Match"}
    said = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
    for status, name in conditions.items():
        if status in operation["responses"] and name.lower() not in said:
            header = {"name": name, "in": "header", "required": False, "schema": {"type": "string", "examples": ['"3-9f86d081"']}}
            operation.setdefault("parameters", []).append(header)
    if "304" in operation["responses"]:
        for status in ("200", "304"):
            operation["responses"][status].setdefault("headers", {})["ETag"] = {"schema": {"type": "string"}, "description": "the version"}


def _add_repeating(method: str, path: str, operation: Document) -> None:
    """What a session does for every POST of somebody who is signed in; those of auth have none."""
    if method != "POST" or operation["security"] != SIGNED_IN or path.startswith("/api/auth/"):
        return
    header = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": KEY,
        "description": "the same key brings the same answer",
    }
    operation.setdefault("parameters", []).append(header)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            response.setdefault("headers", {})["Idempotency-Replayed"] = {
                "schema": {"const": "true"},
                "description": "this was answered before",
            }


def _name_components(document: Document) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    _, ours = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["schemas"] = dict(sorted((schemas | ours["$defs"]).items()))
    for schema in components["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            if name in LOOKS_LIKE:
                field.setdefault("examples", [LOOKS_LIKE[name]])
    components["responses"] = described()
    components["securitySchemes"] = SCHEMES
