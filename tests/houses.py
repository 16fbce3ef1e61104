"""Doors to another database than that of the other tests of this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url

from realestate import database
from realestate.config import settings
from tests import databases


@asynccontextmanager
async def house_of_its_own(purpose: str) -> AsyncIterator[None]:
    """Doors to a fresh database; those of the other tests stay as they are."""
    with databases.cloned(purpose) as owner_url:
        async with doors_to(owner_url):
            yield


@asynccontextmanager
async def doors_to(owner_url: str) -> AsyncIterator[None]:
    """Meanwhile the application speaks with the database whose owner's address that is."""
    with pytest.MonkeyPatch.context() as patch:
        url = make_url(settings.database_url).set(database=make_url(owner_url).database)
        patch.setattr(settings, "database_url", url.render_as_string(hide_password=False))
        for name in ("engine", "_sessions"):
            patch.setattr(database, name, None, raising=False)
        theirs = dict(database.readers)
        try:
            async with database.connected():
                yield
        finally:
            database.readers.update(theirs)
