"""How papers are set: within their margins whatever is in them, heads repeated, pages counted, letters of many scripts, the same bytes again."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from realestate.papers.agreements import draw
from realestate.papers.allotments import draw_letter
from realestate.papers.handovers import draw_handover
from realestate.papers.quotes import draw_quote
from realestate.papers.receipts import draw_notice, draw_receipt
from realestate.papers.settlements import draw_settlement
from realestate.papers.sheets import MARGIN, Marks, Sheets
from realestate.papers.statements import draw_statement
from tests.papers import bases
from tests.papers.bases import ARABIC, HINDI, MOST, NOON, TAMIL, WORST

SIGNED = (bases.signature(WORST, "owner"), bases.signature(ARABIC, "co_applicant", 1), bases.signature(HINDI, None, 2))
PAPERS = {
    "draft": lambda word, amount, currency: draw(bases.agreement(bases.terms(25, [word, HINDI, ARABIC], word, currency, amount // 25))),
    "signed": lambda word, amount, currency: draw(bases.agreement(bases.terms(9, [word], word, currency, amount // 10), *SIGNED)),
    "receipt": lambda word, amount, currency: draw_receipt(bases.receipt(word, amount, 9, currency)),
    "bounced": lambda word, amount, currency: draw_receipt(
        bases.receipt(word, amount, 0, currency, payment_status="bounced", reason="\n".join(["It came back."] * 300))
    ),
    "notice": lambda word, amount, currency: draw_notice(bases.notice(word, amount, currency)),
    "letter": lambda word, amount, currency: draw_letter(bases.letter(20, [word, TAMIL], word, currency, amount // 30)),
    "handover": lambda word, amount, currency: draw_handover(bases.handover(word, amount, currency, 40)),
    "quote": lambda word, amount, currency: draw_settlement(bases.settlement(word, amount, currency, False)),
    "settlement": lambda word, amount, currency: draw_settlement(bases.settlement(word, amount, currency, receipts=40)),
    "price": lambda word, amount, currency: draw_quote(bases.quoted(word, amount // 2, currency)),
    "statement": lambda word, amount, currency: draw_statement(bases.statement(20, word, amount, currency)),
}


def pages(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("word", [WORST, "W " * 99 + "W", ARABIC * 9, HINDI * 9])
def test_nothing_reaches_beyond_its_place_or_the_page(set_lines, paper, word):
    PAPERS[paper](word, MOST, "AED")
    assert len(set_lines) > 20
    beyond = [
        line for line in set_lines if "{nb}" not in line[0] and (line[1] < MARGIN - 0.01 or line[2] > 210 - MARGIN + 0.01 or line[3] > 0.01)
    ]
    assert beyond == []
    assert max(line[-1] for line in set_lines) <= 297 - 10


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60))
def test_whatever_is_written_can_be_drawn(word):
    assert PAPERS["notice"](word, MOST, "INR").startswith(b"%PDF-")


@pytest.mark.parametrize("paper", PAPERS)
def test_the_same_content_makes_the_same_bytes(paper):
    assert PAPERS[paper]("Ashoka", MOST, "INR") == PAPERS[paper]("Ashoka", MOST, "INR")


def test_a_long_schedule_repeats_its_head_and_counts_its_pages():
    text = pages(draw(bases.agreement(bases.terms(60))))
    assert sum("Falls due" in page for page in text) >= 3
    assert all(f"Page {n} of {len(text)}" in page for n, page in enumerate(text, 1))


@pytest.mark.parametrize("lines", range(26, 38, 2))
def test_a_total_is_never_alone_on_a_page(lines):
    last = f"\n{lines} Part {lines} "
    [page] = [page for page in pages(draw(bases.agreement(bases.terms(lines, word="Part")))) if last in page]
    assert "Total" in page[page.index(last) :]


@pytest.mark.parametrize("name", [HINDI, ARABIC, TAMIL, "Զարուհի", "Ελένη", "Ирина"])
def test_names_are_written_in_letters_that_are_there(name):
    sheets = Sheets("x", "x", Marks("x", "x", "x", "x"), NOON)
    sheets.paragraph(name)
    sheets.output()
    assert [letter for font in sheets.fonts.values() for letter in font.missing_glyphs] == []


@pytest.mark.parametrize(("currency", "sign"), [("INR", "₹"), ("AED", "AED"), ("USD", "$"), ("EUR", "€")])
def test_amounts_carry_their_currency(currency, sign):
    text = "".join(pages(draw(bases.agreement(bases.terms(currency=currency)))))
    assert f"{sign}\u00a0" in text or f"{sign} " in text


def test_dirhams_are_named_in_arabic_too(set_lines):
    draw_receipt(bases.receipt(currency="AED"))
    assert any(line[0] == "in UAE dirhams (AED, د.إ)" for line in set_lines)


def test_each_line_runs_in_its_own_direction(set_lines):
    """An Arabic name turns round neither the telephone number below it nor the share."""
    draw(bases.agreement(bases.terms(names=[ARABIC, "Asha Rao"])))
    assert {"+919876543210", "Share 50 %"} <= {line[0] for line in set_lines}
    sheets = Sheets("x", "x", Marks("x", "x", "x", "x"), NOON)
    with sheets._shaping(ARABIC):
        parts = sheets._preload_bidirectional_text(f"{ARABIC}\n+91 98\nShare 50 %", False)
    assert [part.paragraph_direction.value for part in parts if part.string.strip()] == ["RTL", "LTR", "LTR"]


def test_a_draft_says_so_and_a_signed_agreement_says_by_whom_and_when():
    said = bases.terms(names=["Asha Rao", "Ravi Nair"])
    draft = pages(draw(bases.agreement(said)))
    assert all("DRAFT" in page and bases.DIGEST in page for page in draft) and "Date and place" in draft[-1]
    names = (bases.signature("Asha Rao", "owner", 5), bases.signature("Ravi Nair", "co_applicant"), bases.signature("Meera Iyer", None))
    signed = "\n".join(pages(draw(bases.agreement(said, *names))))
    assert "DRAFT" not in signed and "Date and place" not in signed and "Meera Iyer" in signed
    assert "Signed on 1 February 2026, 17:35 (UTC+05:30)" in signed
