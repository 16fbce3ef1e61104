"""Sessions that have ended: a set per process, checked after the token is read, without a statement per request.

`services.accounts.watch_ended_sessions` replaces it every two seconds, so that a logout, a new password or a suspension counts
everywhere within five. Older entries drop out once every access token of theirs has expired.
"""

ended: set[int] = set()
"""Ids of ended sessions (refresh-token families) whose access tokens might still be valid."""


def replace(session_ids: set[int]) -> None:
    """Forget the old ones, know the new ones: in place, because others hold the set."""
    ended.intersection_update(session_ids)
    ended.update(session_ids)
