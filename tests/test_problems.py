"""Every refusal is a problem document."""

import json

import pytest

from realestate.errors import Forbidden, Invalid, RealEstateError, TooMany, Unauthenticated, Unavailable
from realestate.problems import FRAMEWORK, TITLES, problems, say
from tests.toy import client

pytestmark = pytest.mark.anyio

MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


@pytest.mark.parametrize("error", [Unauthenticated(), Forbidden("NOT_YOURS", "Not yours."), TooMany("Slowly.", 7), Unavailable()])
def test_an_error_of_ours_becomes_a_document(error: RealEstateError) -> None:
    answer = say(error)
    document = json.loads(bytes(answer.body))
    assert answer.media_type == "application/problem+json"
    assert set(document) == MEMBERS
    assert (document["status"], document["code"], document["type"]) == (error.status_code, error.code, "about:blank")


def test_who_is_not_signed_in_is_told_how() -> None:
    assert say(Unauthenticated()).headers["www-authenticate"] == "Bearer"


def test_headers_of_an_error_are_sent() -> None:
    assert say(TooMany("Slowly.", 7)).headers["retry-after"] == "7"


def test_a_document_can_always_be_encoded() -> None:
    answer = say(Invalid.field("a\ud800\0", "no"))
    assert json.loads(bytes(answer.body).decode())["errors"][0]["field"] == "a?\0"


async def test_members_of_its_own_are_added() -> None:
    async with client() as http:
        answer = await http.post("/api/toys", json={"name": "twin", "price": "12.50", "colour": "red"})
    document = answer.json()
    assert (answer.status_code, document["code"], document["detail"]) == (409, "NAME_TAKEN", "There is one already.")
    assert (document["allowed"], document["price"]) == (["other"], 12.5)


async def test_wrong_fields_are_named_without_repeating_them() -> None:
    body = {"name": "", "price": "a lot", "colour": "blue", "maker": {"name": "Asha", "email": "secret"}, "tags": [1], "status": "sold"}
    async with client() as http:
        answer = await http.post("/api/toys", json=body)
    document = answer.json()
    assert set(document) == MEMBERS | {"errors"}
    codes = {error["field"]: error["code"] for error in document["errors"]}
    assert codes.keys() == {"name", "price", "colour", "maker.email", "tags.0", "status"}
    assert (codes["status"], codes["price"], codes["maker.email"]) == ("EXTRA_FORBIDDEN", "AMOUNT", "INVALID")
    assert all(set(error) == {"field", "message", "code"} for error in document["errors"])
    for said in ("a lot", "secret", "sold", "pydantic", "ctx"):
        assert said not in answer.text.replace("such as", "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": " "}, "name: Input should be one line that is not blank."),
        ({"name": 7}, "name: Input should be a text, in quotes."),
        ({"price": 10**14}, "price: Input should be less than or equal to 10000000000000"),
        ({"colour": "blue"}, "colour: Input should be 'red' or 'light_blue'"),
        ({"latitude": "north"}, "latitude: Input should be a number."),
        ({"shop_id": "corner"}, "shop_id: Input should be a whole number."),
        ({"tags": "soft"}, "tags: Input should be a list."),
        ({"maker": {"name": "Asha", "email": "asha"}}, "maker.email: An email address must have an @-sign."),
    ],
)
async def test_a_mistake_is_told_in_plain_words(said: dict[str, object], words: str) -> None:
    async with client() as http:
        answer = await http.post("/api/toys", json={"name": "Bear", "price": 1, "colour": "red"} | said)
    assert answer.json()["detail"] == words


async def test_wrong_parameters_are_named_without_their_place() -> None:
    async with client() as http:
        wrong = [*(await http.get("/api/toys?page=0")).json()["errors"], *(await http.get("/api/toys/0?wait=x")).json()["errors"]]
    assert [error["field"] for error in wrong] == ["page", "toy_id", "wait"]


async def test_a_single_wrong_field_is_told_in_the_sentence() -> None:
    async with client() as http:
        answer = await http.post("/api/toys", json={"name": "Bear", "price": 1})
    assert answer.json()["detail"] == "colour: This field is required."


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/api/nowhere/%00", 404), ("DELETE", "/api/toys", 405)]
)
async def test_what_the_framework_refuses_is_a_problem_too(method: str, path: str, status: int) -> None:
    async with client() as http:
        answer = await http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, FRAMEWORK[status][1])
    assert set(answer.json()) == MEMBERS


async def test_a_failure_of_ours_says_nothing_of_the_inside() -> None:
    async with client() as http:
        answer = await http.get("/api/toys/broken/inside")
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL_ERROR")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    assert "Zero" not in answer.text


def test_every_error_of_ours_has_a_title_for_the_documentation() -> None:
    assert set(problems(*(error.status_code for error in RealEstateError.__subclasses__()))) <= set(TITLES)
