"""The letters of papers: fonts that are shipped, the scripts that they know, how they are joined and in which direction they run."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.fonts import TTFFont
from fpdf.line_break import Fragment

FONTS = Path(__file__).parent / "fonts"
FAMILY = "DejaVu"
"""It knows ₹ and Arabic letters (د.إ); the fonts that every PDF reader has know neither."""
INDIC = ("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam")
"""In the order of their blocks in Unicode, of 128 letters each, from `FIRST_INDIC` on. In one weight only."""
FIRST_INDIC, BLOCK = 0x0900, 0x80
JOINED = re.compile("[\u0590-\u08ff\u0900-\u0dff\u200f\ufb1d-\ufdff\ufe70-\ufeff]")
"""Letters that change with their neighbours, or run from right to left; the others are set three times as fast."""
logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells every letter of every paper


class Part(Fragment):
    """Of a line, in one script. Each text is measured once on a paper: with each letter that joins a line, the library asks again for the widths
    of all that stand in it, and does so for every table twice."""

    known: dict[object, float]

    def clone(self, characters: list[str] | str = "", link: int | str | None = None) -> "Part":
        made = super().clone(characters, link)
        assert isinstance(made, Part)
        made.known = self.known
        return made

    def get_width(self, start: int = 0, end: int | None = None, chars: str | None = None, initial_cs: bool = True) -> float:
        text = "".join(self.characters[start:end]) if chars is None else chars
        shaping = self.text_shaping_parameters  # of which only the direction is ever another here
        what = text, self.font.fontkey, self.font_size_pt, self.char_spacing, initial_cs, shaping and shaping["fragment_direction"]
        if what not in self.known:
            self.known[what] = super().get_width(chars=text, initial_cs=initial_cs)
        return self.known[what]


class Lettered(FPDF):
    """Pages on which names may be written as their bearers write them. A letter of no font here is an empty box."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.known: dict[object, float] = {}
        self.add_font(FAMILY, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FAMILY, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")

    def add_font(self, *args: Any, **said: Any) -> None:
        """Read whole and at once: the library leaves the file open, also behind a paper that is never finished."""
        super().add_font(*args, **said)
        *_, font = self.fonts.values()
        if isinstance(font, TTFFont) and (reader := font.ttfont.reader):
            with reader.file as file:
                file.seek(0)
                reader.file = BytesIO(file.read())

    def cell(self, w: float | None = None, h: float | None = None, text: str = "", *args: Any, **said: Any) -> Any:
        with self._shaping(text):
            return super().cell(w, h, text, *args, **said)

    def multi_cell(self, w: float, h: float | None = None, text: str = "", *args: Any, **said: Any) -> Any:
        with self._shaping(text):
            return super().multi_cell(w, h, text, *args, **said)

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
        """Each line runs in the direction of its own first letter; the library asks the first line for all of them."""
        if not self.text_shaping:
            return super()._preload_bidirectional_text(text, markdown)
        lines = text.splitlines(keepends=True)
        return [self._part(one) for line in lines for one in super(Lettered, self)._preload_bidirectional_text(line, markdown)]

    def _part(self, fragment: Fragment) -> Fragment:
        if type(fragment) is not Fragment:  # the place for the number of pages
            return fragment
        part = Part(fragment.characters, fragment.graphics_state, fragment.k, fragment.link)
        part.known = self.known
        return part

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """The font of a letter that the family does not know, fetched when it is first met."""
        at = (ord(char) - FIRST_INDIC) // BLOCK
        if not 0 <= at < len(INDIC):
            return None
        script = INDIC[at]
        if (key := script.lower()) not in self.fonts:
            self.add_font(script, "", FONTS / f"NotoSans{script}-Regular.ttf")
        font = self.fonts[key]
        return key if isinstance(font, TTFFont) and ord(char) in font.cmap else None

    def fitted(self, said: str, width: float) -> str:
        """On one line of so many millimetres: what is too long ends in an ellipsis."""
        with self._shaping(said):
            if self.get_string_width(said) <= width:
                return said
            lengths = range(len(said))
            longest = max((n for n in lengths if self.get_string_width(said[:n] + "…") <= width), default=0)
        return said[:longest].rstrip() + "…"

    @contextmanager
    def _shaping(self, said: str) -> Iterator[None]:
        """Joined and turned round where its letters ask for it."""
        if self.text_shaping or not JOINED.search(said):
            yield
            return
        self.set_text_shaping(True)
        yield
        self.set_text_shaping(False)
