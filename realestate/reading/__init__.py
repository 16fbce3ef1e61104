"""THE FAST PATH. SQLAlchemy describes the answer, PostgreSQL writes the JSON, the bytes go out untouched.

A wire schema laid over a model is the whole description: its columns and hybrids become fields, its relationships become
correlated sub-selects. Each shape (a listing with one set of filters and one sort) is compiled once; then only values travel.

Every statement first says who is asking and then reads, in one breath:

    SELECT CASE WHEN set_config('app.user_id', $1, true) … THEN (SELECT json …) END

CASE evaluates its condition before its result, so the policies see the caller. The setting dies with the statement; were the
order ever broken, the policies would see nobody and show nothing.
"""

from realestate.reading.asking import read, read_back, shaped
from realestate.reading.describing import as_list, as_object, compile_answer, contains, fields, said
from realestate.reading.facets import Facets
from realestate.reading.keeping import kept
from realestate.reading.shapes import FACETS, TEAM, Collection, Detail, Feed, Listing, Summary
from realestate.reading.streams import Stream

__all__ = [
    "FACETS",
    "TEAM",
    "Collection",
    "Detail",
    "Facets",
    "Feed",
    "Listing",
    "Stream",
    "Summary",
    "as_list",
    "as_object",
    "compile_answer",
    "contains",
    "fields",
    "kept",
    "read",
    "read_back",
    "said",
    "shaped",
]
