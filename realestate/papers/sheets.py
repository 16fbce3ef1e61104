"""A4 pages in the hand of the house: headings, facts, tables that run over pages, places to sign."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, VAlign
from fpdf.fonts import FontFace

FONTS = Path(__file__).parent / "fonts"
FAMILY = "DejaVu"
"""It knows ₹, and Arabic letters; the fonts that every PDF reader has know neither."""
MARGIN, FOOT, LINE, PADDING = 20.0, 22.0, 5.2, 1.4
"""Millimetres, as everywhere here."""
SIGNATURE_HEIGHT, HEADING_WITH_SOMETHING = 34.0, 34.0
INK, PALE, RULE, SHADE, ACCENT, WATERMARK = (33, 37, 41), (108, 117, 125), (206, 212, 218), (241, 243, 245), (28, 63, 94), (236, 238, 241)
HEAD_STYLE = FontFace(emphasis="BOLD", color=255, fill_color=ACCENT)
SUM_STYLE, NAME_STYLE = FontFace(emphasis="BOLD", fill_color=SHADE), FontFace(color=PALE)
logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells every letter of every paper
TABLE: dict[str, Any] = {"borders_layout": TableBordersLayout.HORIZONTAL_LINES, "line_height": LINE, "padding": PADDING, "align": "LEFT"}
BELOW: dict[str, Any] = {"new_x": "LMARGIN", "new_y": "NEXT"}
LONGEST_NAME = 60
"""On one line of a page's head, or under a signature."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on every page: above (not on the first, which has a title), and below."""

    left: str
    right: str
    below: str
    last: str
    across: str | None = None


class Sheets(FPDF):
    """A paper in the making; `output()` is the PDF."""

    def __init__(self, title: str, author: str, marks: Marks) -> None:
        super().__init__(format="A4")
        self.marks = marks
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, FOOT)
        self.add_font(FAMILY, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FAMILY, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_title(title)
        self.set_author(author)
        self.set_lang("en")
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
            self.cell(self.epw / 2, 5, short(self.marks.left))
            self.cell(self.epw / 2, 5, short(self.marks.right), align="R")
            self._rule(16)
            self.set_y(MARGIN)

    def footer(self) -> None:
        self._rule(self.h - 18)
        self.set_y(-16)
        self.write_in(7, "", PALE)
        self.cell(self.epw / 2, 4, self.marks.below)
        self.cell(self.epw / 2, 4, f"Page {self.page_no()} of {{nb}}", align="R", **BELOW)
        self.cell(self.epw, 4, self.marks.last)

    def title_block(self, said: str, *below: str) -> None:
        self.write_in(22, "B", ACCENT)
        self.cell(self.epw, 11, said, **BELOW)
        self.write_in(10.5, "", PALE)
        self.multi_cell(self.epw, 6, "\n".join(below), align="L", **BELOW)

    def heading(self, said: str) -> None:
        """Never the last thing on a page."""
        if self.will_page_break(HEADING_WITH_SOMETHING):
            self.add_page()
        else:
            self.ln(5)
        self.write_in(12.5, "B", ACCENT)
        self.cell(self.epw, 8, said, **BELOW)

    def paragraph(self, said: str, style: str = "") -> None:
        self.write_in(9.5, style)
        self.multi_cell(self.epw, LINE, said, align="L", **BELOW)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """A name and what is said of it, line by line."""
        self.write_in(9.5)
        self.set_draw_color(*RULE)
        with self.table(col_widths=(40, 130), text_align="LEFT", first_row_as_headings=False, **TABLE) as table:
            for name, said in rows:
                row = table.row()
                row.cell(name, style=NAME_STYLE, v_align=VAlign.T)
                row.cell(said)

    def amounts(self, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], total: Sequence[str]) -> None:
        """Columns with their widths, the last one of amounts. Over as many pages as it takes, its head on each."""
        self.write_in(9)
        self.set_draw_color(*RULE)
        aligned = ["LEFT"] * (len(columns) - 1) + ["RIGHT"]
        with self.table(col_widths=[width for _, width in columns], text_align=aligned, headings_style=HEAD_STYLE, **TABLE) as table:
            table.row([name for name, _ in columns])
            for row in rows:
                table.row(row)
            table.row(total, style=SUM_STYLE)

    def signatures(self, heading: str, names: Sequence[str]) -> None:
        """Two beside each other; a line and its name stay together."""
        if self.will_page_break(14 + SIGNATURE_HEIGHT):
            self.add_page()
        self.heading(heading)
        for at in range(0, len(names), 2):
            if self.will_page_break(SIGNATURE_HEIGHT):
                self.add_page()
            self._sign_here(names[at : at + 2])

    def _sign_here(self, names: Sequence[str]) -> None:
        top, width = self.get_y() + 16, self.epw / 2 - 6
        self.write_in(9)
        self.set_draw_color(*INK)
        for at, name in enumerate(names):
            left = MARGIN + at * (width + 12)
            self.line(left, top, left + width, top)
            self.set_xy(left, top + 1)
            self.multi_cell(width, LINE, f"{short(name)}\nDate and place:", align="L")
        self.set_xy(MARGIN, top + SIGNATURE_HEIGHT - 16)

    def _mark_across(self, word: str) -> None:
        self.write_in(120, "B", WATERMARK)
        with self.rotation(52, self.w / 2, self.h / 2):
            self.text((self.w - self.get_string_width(word)) / 2, self.h / 2 + 15, word)

    def _rule(self, y: float) -> None:
        self.set_draw_color(*RULE)
        self.line(MARGIN, y, self.w - MARGIN, y)


def short(name: str) -> str:
    """On one line."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
