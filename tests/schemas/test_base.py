"""What the wire types take, refuse and answer."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from realestate.schemas.base import Amount, Count, Email, Id, Input, Line, Phone, Search, Text, Url, Wire
from realestate.schemas.times import Day, Moment


def take(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refuses(kind: Any, value: object) -> bool:
    try:
        take(kind, value)
    except ValidationError:
        return True
    return False


class Exponent(Decimal):
    """As the body parser marks 1e3."""


class Visit(Input):
    name: Line
    note: Text | None = None
    on: Day | None = None


class Told(Wire):
    amount: Amount
    at: Moment


AMOUNTS = [
    (7500000.5, "7500000.5"),
    ("7500000.50", "7500000.50"),
    (0, "0"),
    (10**13, "10000000000000"),
    (Decimal("0.01"), "0.01"),
    (0.1, "0.1"),
]


@pytest.mark.parametrize(("said", "meant"), AMOUNTS)
def test_an_amount_is_a_number_or_a_string(said: object, meant: str) -> None:
    assert take(Amount, said) == Decimal(meant)


@pytest.mark.parametrize(
    "said",
    [
        "1e3",
        "NaN",
        "Infinity",
        "-1",
        "+1",
        "",
        " 1",
        "1.",
        ".5",
        "1,000",
        "1_000",
        "٣",
        "0.001",
        0.001,
        -0.01,
        10**13 + 1,
        "10000000000000.01",
    ]
    + [float("nan"), float("inf"), 1e300, True, None, [], {}, Decimal("NaN"), Decimal("0.001"), Exponent("1.5e1"), "9" * 5000, 10**400],
)
def test_what_is_not_an_amount_is_refused(said: object) -> None:
    assert refuses(Amount, said)


def test_minus_zero_is_zero() -> None:
    assert str(take(Amount, Decimal("-0.0"))) == "0.0"


def test_an_amount_leaves_as_a_number_and_has_one_schema() -> None:
    assert TypeAdapter(Amount).dump_json(Decimal("7500000.50")) == b"7500000.5"
    schemas = [TypeAdapter(Amount).json_schema(mode=mode) for mode in ("validation", "serialization")]
    assert schemas[0] == schemas[1]
    assert schemas[0]["type"] == "number"
    assert schemas[0]["multipleOf"] == 0.01


OTHER_SPELLINGS = ["1.0", "+1", " 1", "1 ", "1_000", "01", "1e0", "٣", "", "-"]


@pytest.mark.parametrize("said", [0, -1, 2**63, 2**70, True, "true", 1.5, "x", "9" * 5000, Decimal("1e300"), None, *OTHER_SPELLINGS])
def test_what_cannot_be_an_identity_is_refused(said: object) -> None:
    assert refuses(Id, said)


def test_an_identity_may_come_as_text_from_a_path() -> None:
    assert take(Id, "7") == 7
    assert take(Id, 2**63 - 1) == 2**63 - 1
    assert take(Id, Decimal(7)) == 7


def test_a_count_fits_an_integer_column() -> None:
    assert take(Count, 0) == 0
    assert refuses(Count, 2**31)
    assert refuses(Count, -1)
    assert refuses(Count, True)


@pytest.mark.parametrize("kind", [Line, Text, Email, Phone])
@pytest.mark.parametrize("said", ["", " ", "a\x00b", "\ud800", "a" * 5001, 7, None, "\n"])
def test_texts_that_cannot_be_kept_are_refused(kind: Any, said: object) -> None:
    assert refuses(kind, said)


def test_text_is_kept_verbatim() -> None:
    assert take(Line, "  Añjali <b> 'O”Neil ") == "  Añjali <b> 'O”Neil "
    assert take(Text, "two\nlines\t") == "two\nlines\t"
    assert refuses(Line, "two\nlines")
    assert refuses(Line, "a" * 201)


@pytest.mark.parametrize("said", ["https://example.com/a.jpg?x=1", "http://a", "/files/7/plan.pdf", "/"])
def test_a_web_address_or_a_path_on_this_site_is_a_url(said: str) -> None:
    assert take(Url, said) == said


@pytest.mark.parametrize(
    "said",
    [
        "",
        "a\x00b",
        "/\x00",
        "\ud800",
        "/" + "a" * 500,
        "//evil.example",
        "/\\evil",
        "javascript:alert(1)",
        "data:x",
        "https://",
        "https:///x",
        "ftp://a",
        "a.jpg",
        "/a b",
        "http://a/<x>",
    ],
)
def test_other_schemes_and_other_sites_in_disguise_are_refused(said: str) -> None:
    assert refuses(Url, said)


def test_an_email_loses_only_surrounding_space() -> None:
    assert take(Email, "  Asha.Rao@example.com ") == "Asha.Rao@example.com"
    assert take(Email, "builder@test.com") == "builder@test.com"


@pytest.mark.parametrize("said", ["Asha <asha@example.com>", "a@b", "a" * 300 + "@example.com", "a b@example.com", "@", 7])
def test_what_is_not_an_email_is_refused(said: object) -> None:
    assert refuses(Email, said)


def test_a_phone_number_is_kept_in_its_canonical_form() -> None:
    assert take(Phone, "+91 98765-43210") == "+919876543210"
    assert take(Phone, "(022) 4567.8901") == "02245678901"
    assert refuses(Phone, "+91")
    assert refuses(Phone, "98765x43210")
    assert refuses(Phone, "٩٨٧٦٥٤٣٢١٠")


def test_a_moment_is_answered_in_utc() -> None:
    moment = take(Moment, "2026-11-20T09:30:00.5+05:30")
    assert moment == datetime(2026, 11, 20, 4, 0, 0, 500_000, UTC)
    assert TypeAdapter(Moment).dump_json(moment) == b'"2026-11-20T04:00:00.500000Z"'


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-20T09:30:00",
        "2026-11-20",
        1_700_000_000,
        "1700000000",
        "9999-12-31T23:59:59-14:00",
        "1969-01-01T00:00:00Z",
        "2201-01-01T00:00:00Z",
    ]
    + ["0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "2026-11-20T25:00:00Z", "now", "2026-11-20T09:30:00+99:99", None, True],
)
def test_a_naive_impossible_or_remote_moment_is_refused(said: object) -> None:
    assert refuses(Moment, said)


@pytest.mark.parametrize(
    "said",
    ["2026-02-30", "20261120", "2026-11-20T00:00:00Z", "9999-12-31", "1900-01-01", 20000, "x", None, datetime(2026, 1, 1, tzinfo=UTC)],
)
def test_what_is_not_a_calendar_day_is_refused(said: object) -> None:
    assert refuses(Day, said)


def test_a_day_is_a_date() -> None:
    assert take(Day, "2026-11-20") == date(2026, 11, 20)


def test_an_empty_string_is_null_only_where_null_may_be() -> None:
    visit = Visit.model_validate({"name": "Tower A", "note": "", "on": ""})
    assert visit.note is None
    assert visit.on is None
    assert refuses(Visit, {"name": ""})


def test_an_unknown_field_is_refused() -> None:
    assert refuses(Visit, {"name": "Tower A", "status": "sold"})


def test_an_answer_must_be_complete() -> None:
    assert refuses(Told, {"amount": 1})


@pytest.mark.parametrize(
    "said", [{"page": 0}, {"page": 1_000_001}, {"limit": 0}, {"limit": 101}, {"page": "2" * 5000}, {"count": "perhaps"}]
)
def test_a_page_out_of_bounds_is_refused(said: dict[str, object]) -> None:
    assert refuses(Search, said)


def test_a_search_has_defaults() -> None:
    assert Search.model_validate({"page": "", "limit": "", "count": ""}) == Search()
    assert Search.model_validate({}).model_dump() == {"page": 1, "limit": 20, "count": True}


def test_the_documentation_states_the_bounds_of_an_identity() -> None:
    schema = TypeAdapter(Id).json_schema()
    assert (schema["minimum"], schema["maximum"]) == (1, 2**63 - 1)
