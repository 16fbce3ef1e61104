"""What peers and loads need beyond the application's own environment."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.dataset import FOLDER, ROOT

HERE = Path(__file__).resolve().parent
PACKAGES = {"wrk": "wrk", "pgbench": "postgresql-contrib", "node": "nodejs", "npm": "npm"}
"""Programs, and the packages of Debian and Ubuntu that bring them."""


def install() -> None:
    """Quick when all is there."""
    if not Path("/proc/self/stat").exists():
        sys.exit("The benchmark reads CPU times from /proc: it runs on Linux only.")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / ".gitignore").write_text("*\n")
    _programs()
    _once(FOLDER / "venv", [HERE / "requirements.txt"], _make_venv)
    _once(FOLDER / "fastify", sorted((HERE / "fastify").iterdir()), _make_node)


def _programs() -> None:
    missing = {package for program, package in PACKAGES.items() if not find(program)}
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *sorted(missing)]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"The benchmark needs {', '.join(sorted(missing))}: install them (on Debian and Ubuntu: sudo {' '.join(command)}) and try again."
        )
    _run(command, f"Cannot install {', '.join(sorted(missing))} from Debian; try `apt-get update` first")


def find(program: str) -> str | None:
    """Debian keeps pgbench beside each PostgreSQL and not always on the path."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True) if program == "pgbench" else []
    return shutil.which(program) or next((str(place) for place in places), None)


def _once(folder: Path, sources: list[Path], make: Callable[[Path], None]) -> None:
    """Unless the folder has been made from these very files and this Python."""
    stamp = folder / "made-from"
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in sources) + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Installing {folder.name} into .bench (only the first time, and after updates) ...", file=sys.stderr, flush=True)
        make(folder)
        stamp.write_text(wanted)


def _make_venv(folder: Path) -> None:
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], "Cannot make .bench/venv")
    requirements = str(HERE / "requirements.txt")
    _run([str(folder / "bin" / "pip"), "install", "--quiet", "-r", requirements], "Cannot install the Python peers")


def _make_node(folder: Path) -> None:
    shutil.copytree(HERE / "fastify", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    _run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"], "Cannot install the Fastify peer", folder)


def _run(command: list[str], failure: str, folder: Path = ROOT) -> None:
    result = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode:
        last = (result.stdout.strip() or "(nothing was said)").splitlines()[-1]
        sys.exit(f"{failure}. The last word was: {last}")
