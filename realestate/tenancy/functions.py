"""What a caller must have done beyond its own rows is a SQL function owned by the clerk, each small, each checking for itself.

They reach rows that the caller cannot see, so `search_path` is pinned and nobody may call them but those named.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """`callers` are role words; `triggers` are CREATE TRIGGER statements that run it."""

    signature: str
    definition: str
    callers: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()


DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan"
"""Planned once a session: planning `record` for each call took as long as running it."""
