"""Files with rows of units, read: what is in them, and what is wrong with them."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from realestate.errors import Invalid
from realestate.schemas.base import PATTERNS
from realestate.schemas.units.stock import MOST_UNITS, RowProblem, UnitRow

FIELDS = tuple(name for name in UnitRow.model_fields if name != "price_lines")
DELIMITERS = (",", ";", "\t")
FOREIGN_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FORMULA = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"-?[0-9.]+", re.ASCII)
csv.field_size_limit(100_000)


@dataclass(slots=True)
class Table:
    """The rows that could be read, each with its place in the file; the first row has the names."""

    encoding: str
    delimiter: str
    count: int = 0
    rows: list[tuple[int, UnitRow]] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def blame(self, row: int, name: str, message: str, code: str) -> None:
        self.problems.append(RowProblem(row=row, field=name, message=message, code=code))


def read(content: bytes) -> Table:
    """UTF-8, with or without a mark, or else Windows-1252; separated by commas, semicolons or tabs. Invalid where there is no such table."""
    text, encoding = _decoded(content)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    table, lines = Table(encoding, delimiter), csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = _names(next(lines, []))
        for place, cells in enumerate(lines, 2):
            if any(cell.strip() for cell in cells):
                _read_row(table, place, names, cells)
    except csv.Error as error:
        raise Invalid.field("file", f"Line {lines.line_num} cannot be read: {error}.", "BROKEN_FILE") from error
    _refuse_doubles(table)
    return table


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith(FOREIGN_MARKS) or b"\0" in content:
        raise Invalid.field("file", "Save the file as CSV in UTF-8.", "UNSUPPORTED_FILE")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError as error:
        raise Invalid.field("file", "This is neither UTF-8 nor Windows-1252. Save the file as CSV in UTF-8.", "UNSUPPORTED_FILE") from error


def _names(cells: Iterable[str]) -> list[str]:
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]
    if unknown := [name for name in names if name not in FIELDS]:
        raise Invalid.field("file", f"There is no column {unknown[0]!r}. Known: {', '.join(FIELDS)}.", "UNKNOWN_COLUMN")
    if len(set(names)) < len(names) or "unit_number" not in names:
        raise Invalid.field("file", "The first row must name each column once, unit_number among them.", "UNKNOWN_COLUMN")
    return names


def _read_row(table: Table, place: int, names: list[str], cells: list[str]) -> None:
    table.count += 1
    if table.count > MOST_UNITS:
        raise Invalid.field("file", f"A file may have at most {MOST_UNITS:,} rows.", "TOO_MANY_ROWS")
    if len(cells) > len(names):
        return table.blame(place, "file", f"There are {len(cells)} cells for {len(names)} columns.", "EXTRA_CELLS")
    said = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
    if formulas := [name for name, cell in said.items() if FORMULA.match(cell) and not NUMBER.fullmatch(cell)]:
        return table.blame(place, formulas[0], "This looks like a formula.", "FORMULA")
    values = {name: cell.split("|") if name == "features" else cell for name, cell in said.items()}
    try:
        table.rows.append((place, UnitRow.model_validate(values)))
    except ValidationError as error:
        for name, message, code in _wrong(error):
            table.blame(place, name, message, code)


def _wrong(error: ValidationError) -> Iterator[tuple[str, str, str]]:
    for one in error.errors(include_url=False, include_input=False):
        words = PATTERNS.get(one.get("ctx", {}).get("pattern", ""))
        yield str(one["loc"][0]), words or one["msg"], one["type"].upper()


def _refuse_doubles(table: Table) -> None:
    first: dict[tuple[str | None, str], int] = {}
    for place, row in table.rows:
        before = first.setdefault((row.tower, row.unit_number), place)
        if before != place:
            table.blame(place, "unit_number", f"The same unit as in row {before}.", "DUPLICATE")
