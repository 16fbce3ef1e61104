"""A4 pages in the hand of the house: headings, facts, tables that run over pages, places to sign."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fpdf.enums import MethodReturnValue, TableBordersLayout, VAlign
from fpdf.fonts import FontFace
from fpdf.prefs import ViewerPreferences

from realestate.papers.lettering import FAMILY, Lettered

MARGIN, FOOT, LINE, PADDING = 20.0, 22.0, 5.2, 1.4
"""Millimetres, as everywhere here."""
SIGNATURE_SPACE, GUTTER, HEADING_WITH_SOMETHING = 16.0, 12.0, 34.0
NAME_WIDTH, SLACK = 40.0, 2.0
SIZES, LEAST_SHARED, MOST_FITTED = (9.0, 8.0, 7.0, 6.0), 0.18, 34.0
"""Points in which a table is set, the first that leaves this part of its width to what may be broken; and how wide words may be that are not."""
TALLEST, KEPT, HEADING = 24, 85.0, 13.0
"""Lines of one fact that stay together (more of them go on below, on the next page if need be), and how tall facts are that are not torn apart."""
NUMBER_WIDTH = 10.0
INK, PALE, RULE, SHADE, ACCENT, WATERMARK = (33, 37, 41), (108, 117, 125), (206, 212, 218), (241, 243, 245), (28, 63, 94), (236, 238, 241)
HEAD_STYLE = FontFace(emphasis="BOLD", color=255, fill_color=ACCENT)
SUM_STYLE, NAME_STYLE = FontFace(emphasis="BOLD", fill_color=SHADE), FontFace(color=PALE)
TABLE: dict[str, Any] = {"borders_layout": TableBordersLayout.HORIZONTAL_LINES, "line_height": LINE, "padding": PADDING, "align": "LEFT"}
BELOW: dict[str, Any] = {"new_x": "LMARGIN", "new_y": "NEXT"}
Row = Sequence[str]
Columns = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on every page: above (not on the first, which has a title), and below."""

    left: str
    right: str
    below: str
    last: str
    across: str | None = None


class Sheets(Lettered):
    """A paper in the making; `output()` is the PDF, the same bytes for the same content and `made_at`."""

    def __init__(self, title: str, author: str, marks: Marks, made_at: datetime) -> None:
        super().__init__()
        self.marks = marks
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, FOOT)
        self.set_title(title)
        self.set_author(author)
        self.set_lang("en")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_creation_date(made_at)
        self.add_page()

    def write_in(self, size: float, style: str = "", colour: tuple[int, int, int] = INK) -> None:
        """The pen for what comes next."""
        self.set_font(FAMILY, style, size)
        self.set_text_color(*colour)

    def header(self) -> None:
        if self.marks.across:
            self._mark_across(self.marks.across)
        if self.page_no() > 1:
            self.write_in(8, "", PALE)
            self.set_y(10)
            half = self.epw / 2
            self.cell(half, 5, self.fitted(self.marks.left, half - SLACK))
            self.cell(half, 5, self.fitted(self.marks.right, half - SLACK), align="R")
            self._rule(16)
            self.set_y(MARGIN)

    def footer(self) -> None:
        self._rule(self.h - 18)
        self.set_y(-16)
        self.write_in(7, "", PALE)
        page = self.get_string_width(f"Page {self.page_no()} of {self.page_no()}") + SLACK
        self.cell(self.epw - page, 4, self.fitted(self.marks.below, self.epw - page - SLACK))
        self.cell(page, 4, f"Page {self.page_no()} of {{nb}}", **BELOW)
        self.cell(self.epw, 4, self.fitted(self.marks.last, self.epw - SLACK))

    def title_block(self, said: str, *below: str) -> None:
        self.write_in(22, "B", ACCENT)
        self.multi_cell(self.epw, 11, said, align="L", **BELOW)
        self.write_in(10.5, "", PALE)
        self.multi_cell(self.epw, 6, "\n".join(below), align="L", **BELOW)

    def heading(self, said: str, aside: str = "") -> None:
        """Never the last thing on a page. `aside` stands small at its end."""
        if self.will_page_break(HEADING_WITH_SOMETHING):
            self.add_page()
        elif self.get_y() > MARGIN:
            self.ln(5)
        self.write_in(12.5, "B", ACCENT)
        self.cell(self.epw * 0.6, 8, said)
        self.write_in(8, "", PALE)
        self.cell(self.epw * 0.4, 8, aside, align="R", **BELOW)

    def paragraph(self, said: str, style: str = "") -> None:
        """Not torn apart unless it is long."""
        self.write_in(9.5, style)
        lines = len(self._lines(said, self.epw))
        if lines <= TALLEST:
            self._keep(lines * LINE)
            self.write_in(9.5, style)
        self.multi_cell(self.epw, LINE, said, align="L", **BELOW)

    def clauses(self, number: str, said: Iterable[str]) -> None:
        """Numbered within a part; their lines begin behind their numbers."""
        self.write_in(9.5)
        every = list(said)
        heights = [LINE * len(self._lines(one, self.epw - NUMBER_WIDTH)) + 1 for one in every]
        for n, one in enumerate(every, 1):
            self._keep(sum(heights[n - 1 :] if n == len(every) - 1 else heights[n - 1 : n]))  # the last is never alone
            self.cell(NUMBER_WIDTH, LINE, f"{number}.{n}")
            self.multi_cell(self.epw - NUMBER_WIDTH, LINE, one, align="L", **BELOW)
            self.ln(1)

    def facts(self, rows: Iterable[tuple[str, str]], heading: str = "", aside: str = "") -> None:
        """A name and what is said of it, line by line, under their heading; on one page, unless they are many."""
        self.write_in(9.5)
        said_width = self.epw - NAME_WIDTH
        broken = [(name, self._lines(said, said_width)) for name, said in rows]
        height = HEADING * bool(heading) + sum(LINE * len(lines) + 2 * PADDING for _, lines in broken)
        if height <= KEPT:
            self._keep(height)
        if heading:
            self.heading(heading, aside)
        self.write_in(9.5)
        self.set_draw_color(*RULE)
        with self.table(col_widths=(NAME_WIDTH, said_width), text_align="LEFT", first_row_as_headings=False, **TABLE) as table:
            for name, lines in broken:
                for at in range(0, len(lines), TALLEST):
                    row = table.row()
                    row.cell("" if at else name, style=NAME_STYLE, v_align=VAlign.T)
                    row.cell("\n".join(lines[at : at + TALLEST]))

    def amounts(
        self, columns: Columns, rows: Iterable[Row], total: Row, heading: str = "", aside: str = "", numbers: int = 1, room: float = 0
    ) -> None:
        """Columns with their weights (none: as wide as what is in it), the last ones (`numbers`) of amounts, which are never broken. Over as
        many pages as it takes, its head on each; the total is never alone on one, nor what takes so much `room` below it."""
        body = list(rows)
        widths, size = self._widths(columns, [*body, total], numbers)
        self.write_in(size)
        first = [[name for name, _ in columns], *body[:1], *([] if body[1:] else [total])]
        self._keep(HEADING * bool(heading) + sum(self._height(row, widths) for row in first) + room * (not body[1:]))
        if heading:
            self.heading(heading, aside)
        self.set_draw_color(*RULE)
        self.write_in(size)
        aligned = ["LEFT"] * (len(columns) - numbers) + ["RIGHT"] * numbers
        style: dict[str, Any] = {"col_widths": widths, "text_align": aligned, "headings_style": HEAD_STYLE} | TABLE
        head, rest, last = [name for name, _ in columns], body[:-1], body[-1:]
        if rest:
            with self.table(**style) as table:
                for row in (head, *rest):
                    table.row(row)
        height = sum(self._height(row, widths) for row in (*last, total)) + room
        if is_new_page := bool(rest) and self.will_page_break(height):
            self.add_page()
            self.write_in(size)
        if rest and not is_new_page:
            self._rule(self.get_y())
        with self.table(first_row_as_headings=is_new_page or not rest, **style) as table:
            for row in (head, *last) if is_new_page or not rest else last:
                table.row(row)
            table.row(total, style=SUM_STYLE)

    def signatures(self, heading: str, said: Sequence[tuple[str, str]], space: float = SIGNATURE_SPACE) -> None:
        """Two beside each other, with `space` to sign above a line each: who, and what is said of it. Neither is torn from its line."""
        pairs = [said[at : at + 2] for at in range(0, len(said), 2)]
        self.write_in(9)
        heights = [space + max(self._signature_height(*one) for one in pair) for pair in pairs]
        self._keep(14 + heights[0])
        self.heading(heading)
        for pair, height in zip(pairs, heights, strict=True):
            self._keep(height)
            self._sign_here(pair, height, space)

    def _keep(self, height: float) -> None:
        """Together on a page."""
        if self.will_page_break(height):
            self.add_page()

    # ── How it is set ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _signature_width(self) -> float:
        return (self.epw - GUTTER) / 2

    def _signature_height(self, who: str, said: str) -> float:
        return LINE * (len(self._lines(f"{who}\n{said}", self._signature_width)) + 1)

    def _sign_here(self, pair: Sequence[tuple[str, str]], height: float, space: float) -> None:
        above, width = self.get_y(), self._signature_width
        self.write_in(9)
        self.set_draw_color(*INK)
        for at, (who, said) in enumerate(pair):
            left, top = MARGIN + at * (width + GUTTER), above + space
            self.line(left, top, left + width, top)
            self.set_xy(left, top + 1)
            self.multi_cell(width, LINE, f"{who}\n{said}", align="L")
        self.set_xy(MARGIN, above + height)

    def _widths(self, columns: Columns, rows: Sequence[Row], numbers: int) -> tuple[list[float], float]:
        """And the size of its letters. Columns without a weight are as wide as the widest of what is in them; the others share what is left."""
        names, weights = zip(*columns, strict=True)
        for size in SIZES:
            self.write_in(size, "B")
            wide = [0.0 if weight else self._widest(column) for weight, column in zip(weights, zip(names, *rows, strict=True), strict=True)]
            words = len(columns) - numbers
            wide = [*(min(width, MOST_FITTED) for width in wide[:words]), *wide[words:]]
            left = self.epw - sum(wide)
            if left >= self.epw * LEAST_SHARED:
                break
        share = left / sum(weights)
        return [width or weight * share for width, weight in zip(wide, weights, strict=True)], size

    def _widest(self, texts: Iterable[str]) -> float:
        return max(map(self.get_string_width, texts)) + 2 * PADDING + SLACK

    def _height(self, row: Row, widths: Sequence[float]) -> float:
        return LINE * max(len(self._lines(said, width)) for said, width in zip(row, widths, strict=True)) + 2 * PADDING

    def _lines(self, said: str, width: float) -> list[str]:
        """As it is broken into a cell so wide."""
        lines = self.multi_cell(width - 2 * PADDING, LINE, said, align="L", dry_run=True, output=MethodReturnValue.LINES)
        return [str(line) for line in lines] if isinstance(lines, list) and lines else [""]

    def _mark_across(self, word: str) -> None:
        self.write_in(120, "B", WATERMARK)
        self.set_font_size(min(120.0, 120.0 * 190 / self.get_string_width(word)))
        with self.rotation(52, self.w / 2, self.h / 2):
            self.text((self.w - self.get_string_width(word)) / 2, self.h / 2 + 15, word)

    def _rule(self, y: float) -> None:
        self.set_draw_color(*RULE)
        self.line(MARGIN, y, self.w - MARGIN, y)
