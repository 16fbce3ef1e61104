"""The check of every answer (see `answers`) notices what it is there for."""

import pytest
from fastapi import FastAPI, Response
from httpx2 import ASGITransport, AsyncClient
from pydantic import ValidationError

from realestate import problems
from realestate.errors import Conflict
from realestate.routing import Router
from realestate.schemas.base import Wire
from tests.answers import checked

pytestmark = pytest.mark.anyio


class Flat(Wire):
    id: int


class TeamFlat(Flat):
    customer_id: int


def flat_application() -> FastAPI:
    app, router = FastAPI(openapi_url=None), Router(prefix="/flats")

    @router.get("/whole", response_model=Flat | TeamFlat)
    async def get_whole() -> Response:
        return Response('{"id": 7}', media_type="application/json")

    @router.get("/private", response_model=Flat | TeamFlat)
    async def get_private() -> Response:
        return Response('{"id": 7, "customer_id": 12}', media_type="application/json")

    @router.get("/taken", response_model=Flat)
    async def get_taken() -> Response:
        raise Conflict

    problems.install(app)
    app.include_router(router)
    return app


async def get(path: str) -> int:
    async with AsyncClient(transport=ASGITransport(checked(flat_application())), base_url="http://flats") as http:
        return (await http.get(path)).status_code


async def test_an_answer_as_declared_passes() -> None:
    assert await get("/flats/whole") == 200
    assert await get("/flats/nowhere") == 404


async def test_a_visitor_who_is_told_what_is_the_teams_fails_the_test() -> None:
    with pytest.raises(ValidationError, match="customer_id"):
        await get("/flats/private")


async def test_a_status_that_is_not_declared_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="answered 409"):
        await get("/flats/taken")
