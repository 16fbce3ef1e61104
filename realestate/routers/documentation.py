"""The contract for readers: OpenAPI 3.1, Swagger UI and ReDoc, all served from here; no page asks another host for anything."""

import json
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from realestate.errors import NotFound
from realestate.routers.contract import describe
from realestate.routing import Router

router = Router(prefix="/api", include_in_schema=False)

ASSETS = Path(str(files("fastapi_offline"))) / "static"
START = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", validatorUrl: null,
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
