"""Letting people in: the only room that speaks as doorman, in short transactions of its own."""

from realestate.services.accounts.calendars import close_calendar, open_calendar, whose_calendar
from realestate.services.accounts.codes import ask_to_verify, forget_password, reset_password, verify_email
from realestate.services.accounts.credentials import change_password, sign_in
from realestate.services.accounts.invitations import accept, invite, join, new_party_code, try_code, try_enquiry
from realestate.services.accounts.preferences import prefer, preferences
from realestate.services.accounts.profiles import change_me, me
from realestate.services.accounts.registration import create_admin, register
from realestate.services.accounts.sessions import (
    Client,
    end,
    end_all,
    end_others,
    learn_of_ended_sessions,
    list_sessions,
    refresh,
    revoke,
    watch_ended_sessions,
)
from realestate.services.accounts.spoken import kept

__all__ = [
    "Client",
    "accept",
    "ask_to_verify",
    "change_me",
    "change_password",
    "close_calendar",
    "create_admin",
    "end",
    "end_all",
    "end_others",
    "forget_password",
    "invite",
    "join",
    "kept",
    "learn_of_ended_sessions",
    "list_sessions",
    "me",
    "new_party_code",
    "open_calendar",
    "prefer",
    "preferences",
    "refresh",
    "register",
    "reset_password",
    "revoke",
    "sign_in",
    "try_code",
    "try_enquiry",
    "verify_email",
    "watch_ended_sessions",
    "whose_calendar",
]
