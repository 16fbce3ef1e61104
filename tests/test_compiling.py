"""Statements compiled once."""

import pytest
from sqlalchemy import bindparam, literal, select

from realestate.compiling import Query


def test_a_name_that_nobody_has_said_is_no_null() -> None:
    query = Query.of(select(bindparam("unit_id", type_=literal(1).type), literal(7)))
    assert query.arguments({"unit_id": 3}) == ["3"] and query.arguments({"unit_id": None}) == [None]
    with pytest.raises(KeyError, match="unit_id"):
        query.arguments({"untit_id": 3})


def test_what_has_a_default_may_be_left_unsaid() -> None:
    said = Query.of(select(bindparam("one", 7), bindparam("two", callable_=lambda: 8), bindparam("three", None, literal(1).type)))
    assert said.arguments({}) == ["7", "8", None] and said.arguments({"one": 1}) == ["1", "8", None]
