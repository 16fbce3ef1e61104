"""What stays together on a page, wherever it begins; what every paper says of itself; and that its text can be taken out again."""

import io
import re

import pytest
from pypdf import PdfReader

from realestate.papers.receipts import draw_receipt
from realestate.papers.sheets import MARGIN, Marks, Sheets
from tests.papers import bases
from tests.papers.bases import ARABIC, HINDI, MOST, NOON, TAMIL
from tests.papers.test_pages import PAPERS, pages

ANYWHERE = range(int(MARGIN), 280, 4)
"""Millimetres from the top."""


def set_at(y, write):
    """The pages that `write` makes of a sheet on which so much stands already."""
    sheets = Sheets("x", "x", Marks("x", "x", "x", "x"), NOON)
    sheets.set_y(y)
    write(sheets)
    return pages(sheets.output())


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_heading_has_a_line_below_it_and_a_total_one_above(rows):
    lines = [(f"Line{n}", "1.00") for n in range(rows)]
    for y in ANYWHERE:
        text = set_at(y, lambda sheets: sheets.amounts((("For", 1), ("Amount", 0)), lines, ("Total", "1.00"), "Heading"))
        [first], [last] = ([page for page in text if word in page] for word in ("Line0", "Total"))
        assert "Heading" in first and f"Line{rows - 1}" in last, y


def test_a_note_below_a_table_is_never_alone():
    for lines in range(4, 16):
        [page] = [page for page in pages(draw_receipt(bases.receipt(lines=lines))) if "Received with thanks" in page]
        assert "Total" in page, lines


def test_facts_that_fit_a_page_are_not_torn_apart():
    facts = [(f"Name{n}", "said") for n in range(7)]
    for y in ANYWHERE:
        [page] = [page for page in set_at(y, lambda sheets: sheets.facts(facts, "Heading")) if "Heading" in page]
        assert all(name in page for name, _ in facts), y


def test_the_last_clause_is_never_alone_and_none_runs_under_its_number(set_lines):
    clauses = ["First", "Second " * 30, "Third"]
    for y in ANYWHERE:
        [page] = [page for page in set_at(y, lambda sheets: sheets.clauses("6", clauses)) if "Third" in page]
        assert "Second" in page and "6.3" in page, y
    assert {round(line[1]) for line in set_lines if line[0].startswith(("First", "Second", "Third"))} == {30}


def test_a_bounced_receipt_thanks_for_nothing():
    [page] = pages(draw_receipt(bases.receipt(payment_status="bounced", lines=0)))
    assert "not valid any more" in page and "thanks" not in page


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_says_its_title_its_author_and_its_language(paper):
    reader = PdfReader(io.BytesIO(PAPERS[paper]("Ashoka Homes", MOST, "INR")))
    root, facts = reader.trailer["/Root"], reader.metadata
    assert root["/Lang"] == "en" and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert facts.author == "Ashoka Homes" and facts.creation_date and len(facts.title) > 10


@pytest.mark.parametrize("name", [HINDI, TAMIL, ARABIC, "Maria da Conceição", "Ελένη", "Ирина"])
def test_what_is_written_can_be_copied(name):
    """Letters in their order, whichever glyphs stand for them. Some readers see a space or a control character where a glyph says nothing."""
    text = re.sub(r"[\s\x00-\x1f]", "", "".join(pages(draw_receipt(bases.receipt(name)))))
    wanted = name.replace(" ", "")
    assert wanted in text or wanted[::-1] in text


@pytest.mark.parametrize("sign", ["₹", "د.إ"])
def test_signs_of_currencies_can_be_copied(sign):
    text = "".join(pages(draw_receipt(bases.receipt(currency="INR" if sign == "₹" else "AED"))))
    assert all(letter in text for letter in sign)
