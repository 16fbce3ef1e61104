"""The contract is complete, and reading it asks no other host for anything."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from realestate.problems import Problem
from realestate.routers.contract import SIGNED_IN, describe
from realestate.routing import Router
from tests.toy import app, client

pytestmark = pytest.mark.anyio

DOCUMENT = describe(app)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def bodies_without_example(document: dict[str, Any]) -> list[str]:
    """The operations whose JSON body is not shown by an example."""
    schemas = document["components"]["schemas"]
    bodies = {name: operation["requestBody"]["content"] for name, operation in operations(document) if "requestBody" in operation}
    return [
        name for name, content in bodies.items() if "application/json" in content and not _has_example(content["application/json"], schemas)
    ]


def _has_example(content: dict[str, Any], schemas: dict[str, Any]) -> bool:
    choices = [content["schema"], *content["schema"].get("anyOf", [])]
    named = [schemas[choice["$ref"].rpartition("/")[2]] for choice in choices if "$ref" in choice]
    return any("examples" in place or "example" in place for place in [content, *choices, *named])


def responses(operation_id: str) -> dict[str, Any]:
    return next(operation["responses"] for _, operation in operations(DOCUMENT) if operation["operationId"] == operation_id)


def test_operations_are_named_after_their_functions() -> None:
    names = {operation["operationId"] for _, operation in operations(DOCUMENT)}
    assert {"list_toys", "create_toy", "get_toy"} <= names


def test_two_functions_of_one_name_are_noticed() -> None:
    double = FastAPI(openapi_url=None)
    for prefix in ("/a", "/b"):
        room = Router(prefix=prefix)

        async def list_things() -> None: ...

        room.get("")(list_things)
        double.include_router(room)
    with pytest.warns(UserWarning, match="Duplicate"), pytest.raises(AssertionError, match="list_things"):
        describe(double)


def test_every_operation_says_who_may_ask() -> None:
    demands = {operation["operationId"]: operation["security"] for _, operation in operations(DOCUMENT)}
    assert demands["create_toy"] == SIGNED_IN
    assert demands["list_toys"] == []
    assert set(DOCUMENT["components"]["securitySchemes"]) == {name for demand in SIGNED_IN for name in demand}


def test_what_any_route_may_refuse_is_declared() -> None:
    assert set(responses("list_toys")) == {"200", "422", "503"}
    assert set(responses("get_toy")) == {"200", "304", "404", "422", "503"}
    assert "409" in responses("wish")
    assert set(responses("create_toy")) == {"201", "400", "401", "403", "409", "413", "415", "422", "429", "503"}


def test_every_refusal_is_a_problem_document_shown_by_an_example_of_its_own() -> None:
    refusals = DOCUMENT["components"]["responses"]
    for name, operation in operations(DOCUMENT):
        for status, response in operation["responses"].items():
            if status >= "400":
                [(media_type, said)] = refusals[response["$ref"].removeprefix("#/components/responses/")]["content"].items()
                assert media_type == "application/problem+json", (name, status)
                Problem.model_validate(said["example"], strict=True)
                assert str(said["example"]["status"]) == status
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]
    assert set(DOCUMENT["components"]["schemas"]["Problem"]["required"]) == {"type", "title", "status", "detail", "code", "request_id"}


def test_an_etag_and_its_condition_are_declared_where_304_is() -> None:
    operation = DOCUMENT["paths"]["/api/toys/{toy_id}"]["get"]
    assert "ETag" in operation["responses"]["200"]["headers"]
    assert "If-None-Match" in [parameter["name"] for parameter in operation["parameters"]]


def test_enums_and_shapes_are_one_component_each() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["Colour"]["enum"] == ["red", "light_blue"]
    assert schemas["ToyCreate"]["properties"]["colour"] == {"$ref": "#/components/schemas/Colour"}
    assert not [name for name in schemas if name.endswith(("-Input", "-Output"))]
    assert schemas["ToyOut"]["properties"]["price"]["type"] == schemas["ToyCreate"]["properties"]["price"]["type"] == "number"


def test_a_body_without_an_example_is_found() -> None:
    assert bodies_without_example(DOCUMENT) == ["POST /api/toys/{toy_id}/wish"]


def test_every_reference_leads_somewhere() -> None:
    for name in re.findall(r"'#/components/schemas/(\w+)'", repr(DOCUMENT)):
        assert name in DOCUMENT["components"]["schemas"]


async def test_the_document_is_served_and_not_sent_twice() -> None:
    async with client() as http:
        answer = await http.get("/api/openapi.json")
        again = await http.get("/api/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert answer.json() == DOCUMENT
    assert answer.json()["openapi"].startswith("3.1")
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("page", ["/api/docs", "/api/redoc"])
async def test_a_page_asks_only_this_host(page: str) -> None:
    async with client() as http:
        answer = await http.get(page)
        for asset in re.findall(r'(?:src|href|spec-url)="([^"]+)"', answer.text):
            assert "//" not in asset
            assert (await http.get(f"/api/{asset}")).status_code == 200
    assert "Toys &amp; &lt;b&gt;" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "http" not in policy
    assert "script-src 'self';" in policy


async def test_scripts_may_be_kept_by_the_browser() -> None:
    async with client() as http:
        answer = await http.get("/api/docs/swagger-ui-bundle.js")
        start = await http.get("/api/docs/start.js")
    assert "javascript" in answer.headers["content-type"]
    assert "max-age" in answer.headers["cache-control"]
    assert "persistAuthorization" not in start.text  # it would keep the password, too, in the browser
    assert "validatorUrl: null" in start.text
