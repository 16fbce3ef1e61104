"""Whose token it is, and sessions that have ended: a set per process, checked after the token is read, without a statement per request.

`services.accounts.watch_ended_sessions` replaces it every two seconds, so that a logout, a new password or a suspension counts
everywhere within five. Older entries drop out once every access token of theirs has expired.
"""

from realestate.database import Identity
from realestate.errors import Unauthenticated
from realestate.models.accounts import Role
from realestate.security import tokens

ended: set[int] = set()
"""Ids of ended sessions (refresh-token families) whose access tokens might still be valid."""


def replace(session_ids: set[int]) -> None:
    """Forget the old ones, know the new ones: in place, because others hold the set."""
    ended.intersection_update(session_ids)
    ended.update(session_ids)


def identify(token: str) -> tuple[Identity, int]:
    """Who shows this token, and until when it is good (seconds since 1970). Unauthenticated for one that is not, or whose session has ended."""
    claims = tokens.read(token)
    if claims.session_id in ended:
        raise Unauthenticated("SESSION_ENDED", "This session has ended. Please sign in again.")
    limits = claims.project_scope, claims.may_certify
    return Identity(Role(claims.role), claims.user_id, claims.builder_id, claims.team_role, *limits, claims.session_id), claims.expires_at
