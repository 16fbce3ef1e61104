"""A small application made of the parts of the house, without a database."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Form, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from httpx2 import ASGITransport, AsyncClient
from pydantic import Field

from realestate import dispatch, logs, middleware, problems
from realestate.dependencies import asked
from realestate.errors import Conflict, Transient, Unauthenticated
from realestate.models.base import Kind
from realestate.problems import CONDITIONAL
from realestate.routers import documentation
from realestate.routing import Router
from realestate.schemas.base import Amount, Email, Id, Input, Line, Page, Search, Wire
from realestate.schemas.times import Moment


class Colour(Kind):
    """Of a toy."""

    red = "red"
    light_blue = "light_blue"


class Maker(Input):
    name: Line
    email: Email | None = None


class ToyCreate(Input, json_schema_extra={"examples": [{"name": "Bear", "price": 12.5, "colour": "red", "maker": {"name": "Asha"}}]}):
    name: Line
    price: Amount
    colour: Colour
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    seen_at: Moment | None = None
    shop_id: Id | None = None
    maker: Maker | None = None
    tags: list[Line] | None = None


class ToyOut(Wire):
    id: int
    name: str
    price: Amount
    colour: Colour


class ToyPage(Page):
    toys: list[ToyOut]


class ToySearch(Search):
    q: Line | None = None
    colour: Colour | None = None
    sort: Literal["name", "-name"] = "name"


class Guard:
    security = "required"

    async def __call__(self, request: Request) -> None:
        if request.headers.get("authorization") != "Bearer asha":
            raise Unauthenticated(detail="Please sign in.")


class Attempts:
    """Counts how often work was begun, and how often it shall fail at its end, as a commit may."""

    begun = failures = 0


attempts = Attempts()


async def unit_of_work() -> AsyncIterator[None]:
    attempts.begun += 1
    yield
    if attempts.begun <= attempts.failures:
        raise Transient


router = Router(prefix="/toys", tags=["toys"])
Work = Annotated[None, Depends(unit_of_work, scope="function")]


@router.get("", response_model=ToyPage)
async def list_toys(search: Annotated[ToySearch, asked(ToySearch)]) -> Response:
    """All toys."""
    return Response(b'{"toys": [], "total": 0, "page": 1, "limit": 20}', media_type="application/json")


@router.post("", response_model=None, status_code=201, responses=problems.problems(409, 429), dependencies=[Depends(Guard())])
async def create_toy(toy: ToyCreate, work: Work) -> dict[str, Any]:
    """Add a toy."""
    if toy.name == "twin":
        raise Conflict("NAME_TAKEN", "There is one already.", allowed=["other"], price=toy.price)
    return toy.model_dump(mode="json")


@router.get("/{toy_id}", response_model=ToyOut, responses=CONDITIONAL)
async def get_toy(toy_id: Id, wait: bool = False) -> Response:
    """One toy."""
    if wait:
        await asyncio.sleep(60)
    return Response(b'{"id": 7, "name": "Bear", "price": 12.5, "colour": "red"}', media_type="application/json")


@router.post("/{toy_id}/wish")
async def wish(toy_id: Id, note: Maker | None = None) -> dict[str, Any]:
    """A body that may be left out."""
    return {"noted": note is not None}


@router.post("/upload", max_body_size=3_000_000)
async def upload(form: Annotated[dict[str, Any] | None, Form()] = None) -> dict[str, Any]:
    """Takes more than others."""
    return {}


@router.post("/token")
async def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, Any]:
    """The form of Swagger."""
    return {"username": form.username}


@router.get("/broken/inside")
async def break_down() -> None:
    """Fails in a way nobody expected."""
    raise ZeroDivisionError("secret of the inside")


def make() -> FastAPI:
    logs.configure("info")
    app = FastAPI(
        title="Toys & <b>", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, separate_input_output_schemas=False
    )
    problems.install(app)
    middleware.install(app)
    api = Router(prefix="/api")
    api.include_router(router)
    app.include_router(api)
    app.include_router(documentation.router)
    dispatch.install(app)
    return app


app = make()


def client(**headers: str) -> AsyncClient:
    """Speaks to the toy application; errors come back as answers."""
    return AsyncClient(transport=ASGITransport(app), base_url="http://toys", headers={"Authorization": "Bearer asha", **headers})
