"""Links to files: signed by PostgreSQL exactly as HMAC says, for one path, one holder and about an hour."""

import hmac
import time

import pytest
from sqlalchemy import literal

from realestate.database import VISITOR, Identity
from realestate.errors import Forbidden
from realestate.models.accounts import Role
from realestate.reading import read
from realestate.reading.describing import compile_answer
from realestate.schemas.documents import LinkQuestion
from realestate.security import links
from realestate.views.documents import FILE, link_to

pytestmark = pytest.mark.anyio


def question(said):
    """What stands behind the question mark of a link."""
    return LinkQuestion.model_validate(dict(part.split("=") for part in said.partition("?")[2].split("&")))


@pytest.mark.parametrize(
    ("identity", "holder"),
    [
        (VISITOR, "visitor..."),
        (Identity(Role.customer, 12), "customer.12.."),
        (Identity(Role.builder, 5, 3), "builder.5.3."),
        (Identity(Role.builder, 5, 3, "sales", (7, 9)), "builder_of_sites.5.3.own:7,9"),
    ],
)
async def test_postgresql_signs_for_whoever_is_reading(house, identity, holder):
    said = (await read(identity, compile_answer(link_to(FILE, literal(7))))).decode()
    link = question(said)
    assert said.startswith("/api/documents/7/file?") and link.holder == holder
    assert links.LIFE < link.ends - time.time() <= links.LIFE + links.STEP and link.ends % links.STEP == 0
    links.check("/api/documents/7/file", link.holder, link.ends, link.signature)
    assert Identity.of(*link.holder.split(".")).context == identity.context
    for path, other in (("/api/documents/8/file", holder), ("/api/documents/7/file", holder + "1")):
        with pytest.raises(Forbidden, match="not complete"):
            links.check(path, other, link.ends, link.signature)


def test_a_link_that_is_over_says_so():
    ends = int(time.time()) - 1
    signature = hmac.digest(links._key(ends), b"/x customer.1.", "sha256").hex()
    with pytest.raises(Forbidden) as refusal:
        links.check("/x", "customer.1.", ends, signature)
    assert refusal.value.code == "LINK_EXPIRED"


def test_each_end_has_a_key_of_its_own():
    """What the database has been told in one hour opens nothing in another."""
    assert links._terms(900).split()[1:] != links._terms(1800).split()[1:]
