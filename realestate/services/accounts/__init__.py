"""Letting people in: the only room that speaks as doorman, in short transactions of its own."""

from realestate.services.accounts.calendars import close_calendar, open_calendar, whose_calendar
from realestate.services.accounts.credentials import change_password, sign_in
from realestate.services.accounts.profiles import me
from realestate.services.accounts.registration import create_admin, register
from realestate.services.accounts.sessions import Client, end, end_all, learn_of_ended_sessions, refresh, watch_ended_sessions

__all__ = [
    "Client",
    "change_password",
    "close_calendar",
    "create_admin",
    "end",
    "end_all",
    "learn_of_ended_sessions",
    "me",
    "open_calendar",
    "refresh",
    "register",
    "sign_in",
    "watch_ended_sessions",
    "whose_calendar",
]
