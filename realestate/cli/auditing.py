"""Sealing what was done, and looking whether the seals hold."""

import asyncio
import json
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import typer

from realestate.cli import database
from realestate.cli.refusal import Refusal
from realestate.crud.audit import Head
from realestate.database import connected
from realestate.errors import RealEstateError
from realestate.services import sealing, verifying

T = TypeVar("T")


def seal() -> None:
    """Says how many."""
    typer.echo(f"{_run(sealing.seal())} acts sealed")


def heads() -> None:
    """One JSON object a line."""
    for head in _run(sealing.heads()):
        typer.echo(json.dumps(head._asdict()))


def verify(earlier: Path | None) -> None:
    """Ends with 1 when something is wrong, and says what."""
    report = _run(verifying.verify(_read(earlier) if earlier else []))
    typer.echo(f"{report.sealed} acts are sealed, {report.unsealed} behind them not yet")
    if report.faults:
        raise Refusal("\n".join(report.faults))
    typer.echo("all seals hold")


def _read(path: Path) -> list[Head]:
    try:
        return [Head(**json.loads(line)) for line in path.read_text().splitlines() if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise Refusal(f"{path} does not hold what `audit heads` prints: {error}") from error


def _run(work: Awaitable[T]) -> T:
    async def connectedly() -> T:
        async with connected():
            return await work

    try:
        with database.opened(may_join=True):
            return asyncio.run(connectedly())
    except RealEstateError as error:
        raise Refusal(error.detail) from error
