"""What somebody signs in with, as people call it: it has to outlive the updates of a program."""

import re

BROWSERS = {
    "Edg": "Edge",
    "OPR|Opera": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox|FxiOS": "Firefox",
    "Chrom|CriOS": "Chrome",
    "Safari": "Safari",
}
"""In this order: most call themselves by the names of those below, too."""
SYSTEMS = {
    "Android": "Android",
    "iPhone|iPad": "iOS",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS|Macintosh": "macOS",
    "Linux|X11": "Linux",
}
UNKNOWN = "an unknown program"


def device_of(user_agent: str) -> str:
    """A program and where it runs, without versions: `Firefox on Windows`. Of what is no browser, the name that it begins with."""
    program, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    program = program or re.split(r"[/\s]", user_agent.strip(), maxsplit=1)[0][:40] or UNKNOWN
    return f"{program} on {system}" if system else program


def _first(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for pattern, name in names.items() if re.search(pattern, user_agent)), None)
