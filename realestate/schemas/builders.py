"""Builders, as everybody may know them."""

from typing import Annotated

from pydantic import Field

from realestate.schemas.base import Line, Page, Search, Wire, pattern, sort_by

_COUNTRY = pattern("^[A-Za-z]{2}$", "Input should be the two letters of a country, such as IN.")


class BuilderSummary(Wire):
    """Who builds and sells; `full_name` is the person to talk to."""

    id: int
    company_name: str
    full_name: str
    logo_url: str | None
    rating: float | None
    verified: bool
    slug: str


class BuilderProfile(BuilderSummary):
    license_number: str
    rera_number: str | None
    phone: str | None
    address: str | None
    website: str | None
    description: str | None
    country: str
    total_projects: int


class BuilderPage(Page):
    builders: list[BuilderProfile]


class BuilderSearch(Search):
    q: Annotated[Line | None, Field(description="part of the company's name, address or description")] = None
    country: Annotated[str | None, Field(pattern=_COUNTRY, description="ISO 3166 code", examples=["IN"])] = None
    verified: bool | None = None
    sort: Annotated[str, sort_by("company_name", "rating", "created_at")] = "company_name"
