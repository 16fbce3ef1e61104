"""How amounts, days and words are written on paper."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_currency

LAKHS, MILLIONS = ("¤\u00a0#,##,##0.00", "en_IN"), ("¤\u00a0#,##0.00", "en")
"""How amounts are grouped: in lakh and crore where money is rupees."""


def money(amount: Decimal, currency: str) -> str:
    pattern, locale = LAKHS if currency == "INR" else MILLIONS
    return format_currency(amount, currency, pattern, locale)


def day(day: date) -> str:
    return f"{day:%d %B %Y}".lstrip("0")


def words(key: str) -> str:
    return key.replace("_", " ")
