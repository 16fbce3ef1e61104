"""Builders, as everybody may know them."""

from typing import Annotated

from fastapi import Path, Response

from realestate.dependencies import AnyReader, asked
from realestate.problems import CONDITIONAL
from realestate.routing import Router
from realestate.schemas.base import pattern
from realestate.schemas.builders import BuilderPage, BuilderProfile, BuilderSearch
from realestate.views.builders import BUILDER, BUILDERS

router = Router(prefix="/api/builders", tags=["builders"])

_SLUG = pattern("^[a-z0-9-]+$", "Input should be small letters, digits and dashes.")
Slug = Annotated[str, Path(max_length=100, pattern=_SLUG, examples=["skyline-homes"])]


@router.get("", response_model=BuilderPage)
async def list_builders(search: Annotated[BuilderSearch, asked(BuilderSearch)], read: AnyReader) -> Response:
    """Companies that build and sell; a builder's token sees its own company only."""
    return await read.page(BUILDERS, search)


@router.get("/{slug}", response_model=BuilderProfile, responses=CONDITIONAL)
async def get_builder(slug: Slug, read: AnyReader) -> Response:
    """A company's public profile."""
    return await read.one(BUILDER, slug)
