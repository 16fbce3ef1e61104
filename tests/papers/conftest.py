"""What the tests of papers watch."""

import pytest

from realestate.papers.sheets import Sheets


@pytest.fixture
def set_lines(monkeypatch):
    """Every line that is set: from where to where it reaches, and how wide it may be."""
    seen = []
    original = Sheets._render_styled_text_line

    def watching(sheets, line, *more, **said):
        width = sum(part.get_width(initial_cs=at != 0) for at, part in enumerate(line.fragments))
        text = "".join(map(str, (part.string for part in line.fragments)))
        right = sheets.get_x() + (line.max_width or width)
        if "_out" not in vars(sheets):  # else it is only tried out
            seen.append((text, sheets.get_x(), right, width - (line.max_width or width), sheets.get_y()))
        return original(sheets, line, *more, **said)

    monkeypatch.setattr(Sheets, "_render_styled_text_line", watching)
    return seen
