"""Do all answer the same? Numbers are equal as numbers and times as moments; the order of keys does not matter, that of lists does."""

import json
import re
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any

import psycopg

from benchmarks import reserves
from benchmarks.load import ORDER
from benchmarks.servers import Server
from benchmarks.workloads import Workloads

SAMPLES = 5
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
OWN = {"id", "booking_number", "booking_date", "reserve_expires_at"}
"""What differs between two reserves of the same unit."""


def check_reads(servers: list[Server], workloads: Workloads) -> None:
    """Every peer against the first, with a handful of calls each; ends the run at the first difference."""
    for workload in workloads.reads:
        asked = [server for server in servers if workload is workloads.bookings or not server.peer.on_copy]
        for call in workload.calls[:: max(1, len(workload.calls) // SAMPLES)][:SAMPLES]:
            answers = [ask(server, call.path, call.token) for server in asked]
            for server, answer in zip(asked, answers, strict=True):
                _compare(answers[0], answer, f"{server.peer.title}, {call.path}")


def check_writes(servers: list[Server], workloads: Workloads, connection: psycopg.Connection[Any], before: reserves.Before) -> None:
    """All reserve the same unit, one after the other: the same answers and the same rows."""
    servers = [server for server in servers if not server.peer.on_copy]
    said = [_reserve(server, workloads.free_units[0], workloads.buyers[0], connection, before) for server in servers]
    for server, (answer, written) in zip(servers, said, strict=True):
        _compare(said[0][0], answer, f"{server.peer.title}, answer of R4")
        _compare(said[0][1], written, f"{server.peer.title}, rows written by R4")


def ask(server: Server, path: str, token: str = "", body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(server.url + path, data, headers | {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return plain(json.load(answer))
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{server.peer.title} answers {path} with {error.code}: {error.read()[:300].decode(errors='replace')}") from error


def _reserve(server: Server, unit: int, buyer: str, connection: psycopg.Connection[Any], before: reserves.Before) -> tuple[Any, Any]:
    answer = ask(server, "/api/bookings", buyer, ORDER | {"unit_id": unit})
    written = reserves.written(connection, unit)
    reserves.undo(connection, before)
    return {name: value for name, value in answer.items() if name not in OWN}, plain(written)


def plain(said: Any) -> Any:
    """Times as moments, all else as it is."""
    match said:
        case dict():
            return {name: plain(value) for name, value in said.items()}
        case list():
            return [plain(value) for value in said]
        case str() if MOMENT.fullmatch(said):
            return datetime.fromisoformat(said)
    return said


def difference(one: Any, other: Any, where: str = "") -> str | None:
    """Where two answers first differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next((found for name in one if (found := difference(one[name], other[name], f"{where}.{name}"))), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for n, (left, right) in pairs if (found := difference(left, right, f"{where}[{n}]"))), None)
    if isinstance(one, dict) and isinstance(other, dict):
        return f"{where}: fields {sorted(one.keys() ^ other.keys())}"
    return None if one == other and isinstance(one, bool) == isinstance(other, bool) else f"{where}: {one!r} and {other!r}"


def _compare(ours: Any, theirs: Any, what: str) -> None:
    if found := difference(ours, theirs):
        raise SystemExit(f"Not the same answer: {what}: {found}")
