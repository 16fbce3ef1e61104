"""Papers are drawn one after the other; who would wait too long is told so at once."""

import asyncio
import threading

import pytest

from realestate.errors import Unavailable
from realestate.services import drawing

pytestmark = pytest.mark.anyio


class Artist:
    """Draws when it may, and notices when it is asked for two at once."""

    def __init__(self):
        self.may, self.begun, self.drawn, self.at_once = threading.Event(), threading.Event(), [], 0
        self._alone = threading.Lock()

    def __call__(self, basis):
        self.at_once += not self._alone.acquire(blocking=False)
        self.begun.set()
        self.may.wait(30)
        self.drawn.append(basis)
        self._alone.release()
        return b"%PDF"


@pytest.fixture
def artist():
    one = Artist()
    yield one
    one.may.set()


async def test_only_so_many_wait_and_those_are_served_in_their_order(artist):
    waiting = [asyncio.ensure_future(drawing.drawn(artist, n)) for n in range(drawing.MOST_IN_LINE)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await drawing.drawn(artist, "one more")
    assert refused.value.headers["Retry-After"] and refused.value.code == "UNAVAILABLE"
    artist.may.set()
    assert await asyncio.gather(*waiting) == [b"%PDF"] * drawing.MOST_IN_LINE
    assert artist.drawn == list(range(drawing.MOST_IN_LINE)) and artist.at_once == 0
    assert await drawing.drawn(artist, "later") == b"%PDF"


async def test_who_hangs_up_leaves_the_line_and_lets_nobody_draw_beside_what_is_begun(artist):
    first, second = (asyncio.ensure_future(drawing.drawn(artist, n)) for n in (1, 2))
    await asyncio.to_thread(artist.begun.wait, 30)
    first.cancel()
    second.cancel()
    await asyncio.wait([first, second])
    third = asyncio.ensure_future(drawing.drawn(artist, 3))
    artist.may.set()
    await third
    assert artist.drawn == [1, 3] and artist.at_once == 0


async def test_what_cannot_be_drawn_keeps_nobody_from_the_next(artist):
    def spill(_):
        raise ValueError("ink")

    for _ in range(drawing.MOST_IN_LINE + 1):
        with pytest.raises(ValueError, match="ink"):
            await drawing.drawn(spill, None)
