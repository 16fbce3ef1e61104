"""Logs: one JSON object per line on standard error, times in UTC, with the id of the request they belong to.

Never in a log: bodies, query strings, tokens, cookies.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered; empty outside one."""


def _add_request_id(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if current := request_id.get():
        event.setdefault("request_id", current)
    return event


SHARED: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    _add_request_id,
    structlog.processors.format_exc_info,
]
_encoder = json.JSONEncoder(default=str)


def _render(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """structlog's own renderer makes a new encoder per line, which costs more than the line."""
    return _encoder.encode(event)


def configure(level: str) -> None:
    """Our own lines and those of the libraries (through the standard library's logging) go the same way."""
    structlog.configure(
        processors=[*SHARED, _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render]
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # else a line for each step of each job


log: Any = structlog.get_logger()
"""`log.info("event", key=value)`."""
