"""The contract for readers: OpenAPI 3.1, Swagger UI and ReDoc, all served from here; no page asks another host for anything."""

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.routing import iter_route_contexts
from pydantic.json_schema import models_json_schema

from realestate.errors import NotFound
from realestate.problems import CONTENT, Problem, problems
from realestate.routing import Router

Document = dict[str, Any]

router = Router(prefix="/api", include_in_schema=False)

# ── The document ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SCHEMES = {
    "password": {"type": "oauth2", "flows": {"password": {"tokenUrl": "/api/auth/token", "scopes": {}}}},
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
SIGNED_IN: list[Document] = [{name: []} for name in SCHEMES]
SECURITY: dict[str | None, list[Document]] = {"required": SIGNED_IN, "optional": [{}, *SIGNED_IN], None: []}


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
    """What any route may refuse. 422 always, because any query parameter may be unknown; 413 wherever somebody may send a body."""
    responses = operation["responses"]
    statuses = {422} | ({401} if operation["security"] else set()) | ({403} if operation["security"] == SIGNED_IN else set())
    statuses |= {404} if "{" in path else set()
    statuses |= {413} if method != "GET" else set()
    statuses |= {400, 415} if "requestBody" in operation else set()
    statuses |= {503} if path.startswith("/api") else set()
    responses.pop("422", None)  # FastAPI's own shape
    for status, problem in problems(*statuses).items():
        responses.setdefault(str(status), problem)
    for status, response in responses.items():
        if status >= "400":
            response["content"] = CONTENT
    operation["responses"] = dict(sorted(responses.items()))


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


def _name_components(document: Document) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    _, ours = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["schemas"] = dict(sorted((schemas | ours["$defs"]).items()))
    components["securitySchemes"] = SCHEMES


# ── Served ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

ASSETS = Path(str(files("fastapi_offline"))) / "static"
START = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, persistAuthorization: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset], layout: "BaseLayout",
});
"""
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" href="docs/favicon.png">{head}</head>
<body style="margin: 0">{body}</body>
</html>
"""
SWAGGER = (
    '<link rel="stylesheet" href="docs/swagger-ui.css">',
    '<div id="swagger-ui"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script>',
)
REDOC = ("", '<redoc spec-url="openapi.json"></redoc><script src="docs/redoc.standalone.js"></script>')
FOR_PAGES = {  # styles are set by the scripts, ReDoc searches in a worker; its one outside picture stays out
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}
FOR_ASSETS = {"Cache-Control": "public, max-age=86400"}


@lru_cache(maxsize=4)
def _openapi_json(app: FastAPI) -> tuple[bytes, str]:
    body = json.dumps(describe(app), ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{sha256(body).hexdigest()[:16]}"'


@router.get("/openapi.json")
async def read_openapi(request: Request) -> Response:
    """The whole contract."""
    body, etag = _openapi_json(request.app)
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


@router.get("/docs")
async def read_docs(request: Request) -> Response:
    """Swagger UI."""
    return _page(request.app.title, *SWAGGER)


@router.get("/redoc")
async def read_redoc(request: Request) -> Response:
    """ReDoc."""
    return _page(request.app.title, *REDOC)


def _page(title: str, head: str, body: str) -> Response:
    return HTMLResponse(PAGE.format(title=escape(title), head=head, body=body), headers=FOR_PAGES)


@router.get("/docs/start.js")
async def read_start() -> Response:
    """What starts Swagger UI; a file of its own, so that the page needs no inline script."""
    return Response(START, headers=FOR_ASSETS, media_type="text/javascript")


@router.get("/docs/{name}")
async def read_asset(name: str) -> Response:
    """A script, a style or a picture of the two pages."""
    if name not in ("favicon.png", "redoc.standalone.js", "swagger-ui-bundle.js", "swagger-ui.css"):
        raise NotFound
    return FileResponse(ASSETS / name, headers=FOR_ASSETS)
