"""How amounts, days and words are written on paper."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from babel.numbers import format_currency, format_decimal, get_currency_name, get_currency_symbol

LAKHS, MILLIONS = ("¤\u00a0#,##,##0.00", "en_IN"), ("¤\u00a0#,##0.00", "en")
"""How amounts are grouped: in lakh and crore where money is rupees."""
SHORT = ("upi", "tds")
"""Words that are letters."""
AT_HOME = {"AED": "د.إ"}
"""Signs of a currency where English writes its code."""


def money(amount: Decimal, currency: str) -> str:
    pattern, locale = LAKHS if currency == "INR" else MILLIONS
    return format_currency(amount, currency, pattern, locale)


def plain(amount: Decimal, currency: str) -> str:
    """The same without its sign, for a table whose head names the currency."""
    pattern, locale = LAKHS if currency == "INR" else MILLIONS
    return format_decimal(amount, pattern.removeprefix("¤\u00a0"), locale)


def in_currency(currency: str) -> str:
    """Which money it is, in words: "in UAE dirhams (AED, د.إ)"."""
    sign = AT_HOME.get(currency) or get_currency_symbol(currency, "en")
    return f"in {get_currency_name(currency, 2, 'en')} ({currency if sign == currency else f'{currency}, {sign}'})"


def number(value: float | Decimal) -> str:
    """With at most four decimals, as shares and rates have them."""
    return format_decimal(value, "#,##0.####", "en")


def capital(said: str) -> str:
    """With a capital letter in front."""
    return said[:1].upper() + said[1:]


def day(day: date) -> str:
    return f"{day:%d %B %Y}".lstrip("0")


def dawn(day: date) -> datetime:
    """When a paper was made of which only the day counts."""
    return datetime.combine(day, time(), UTC)


def moment(at: datetime) -> str:
    """In the zone that it is given in: "20 January 2026, 14:05 (UTC+05:30)"."""
    offset = f"{at:%z}"
    return f"{day(at)}, {at:%H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def words(key: str) -> str:
    return key.upper() if key in SHORT else key.replace("_", " ")


def said(parts: Iterable[str | None], between: str = "\n") -> str:
    """What there is of them."""
    return between.join(filter(None, parts))
