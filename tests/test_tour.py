"""The tour of the README, as somebody pastes it into a shell: what it says comes out."""

import os
import re
import subprocess
from pathlib import Path

from tests.servers import serving

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()
BLOCK = re.compile(r"^```(bash)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
MARK = "@@"


def spoken(text: str) -> list[str]:
    """Numbers, times and ids differ from one day to the next."""
    return re.sub(r'"request_id": "\w+"|\d+', "#", text).split()


def test_the_tour_of_the_readme_says_what_it_says(house: None) -> None:
    tour = README.split("\n## A five-minute tour\n")[1].split("\n## ")[0]
    steps = [(bool(is_bash), text) for is_bash, text in BLOCK.findall(tour)]
    script = f"\necho {MARK}\n".join(text for is_bash, text in steps if is_bash)
    expected = [
        after[1] if after and not after[0] else "" for (is_bash, _), after in zip(steps, [*steps[1:], None], strict=True) if is_bash
    ]
    with serving() as [(_, address)]:
        assert "API=http://127.0.0.1:8000 " in script
        paste = script.replace("http://127.0.0.1:8000", address)
        shell = subprocess.run(["bash", "-c", paste], capture_output=True, text=True, timeout=120, env=os.environ, check=False)
    assert shell.returncode == 0 and shell.stderr == ""
    assert [spoken(said) for said in shell.stdout.split(MARK)] == [spoken(said) for said in expected]
