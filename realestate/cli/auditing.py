"""Sealing what was done, and looking whether the seals hold."""

import json
from functools import partial
from pathlib import Path

import typer

from realestate.cli import database
from realestate.cli.refusal import Refusal
from realestate.crud.audit import Head
from realestate.services import sealing, verifying


def seal() -> None:
    """Says how many."""
    typer.echo(f"{database.run(sealing.seal)} acts sealed")


def heads() -> None:
    """One JSON object a line."""
    for head in database.run(sealing.heads):
        typer.echo(json.dumps(head._asdict()))


def verify(earlier: Path | None) -> None:
    """Ends with 1 when something is wrong, and says what."""
    report = database.run(partial(verifying.verify, _read(earlier) if earlier else []))
    typer.echo(f"{report.sealed} acts are sealed, {report.unsealed} behind them not yet")
    if report.faults:
        raise Refusal("\n".join(report.faults))
    typer.echo("all seals hold")


def _read(path: Path) -> list[Head]:
    try:
        return [Head(**json.loads(line)) for line in path.read_text().splitlines() if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise Refusal(f"{path} does not hold what `audit heads` prints: {error}") from error
