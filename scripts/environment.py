"""The virtual environment that both commands need, made with nothing but Python's standard library.

Written for old Pythons too, so that one of those gets a sentence and not a syntax error."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def start(lock, *command):
    """Become `python <command>` inside the environment of `lock`, in the root of the checkout."""
    prepare(lock)
    os.chdir(str(ROOT))
    if os.name == "nt":  # there, exec starts a second process and lets the terminal go
        sys.exit(subprocess.call([str(PYTHON), *command]))
    os.execv(str(PYTHON), [str(PYTHON), *command])


def prepare(lock):
    """Install what `lock` names, unless the stamp says that this Python already has it."""
    require_python()
    stamp, wanted = VENV / (lock + ".stamp"), digest(lock)
    if is_stamped(stamp, wanted):
        return
    with alone():
        if is_stamped(stamp, wanted):
            return
        print(f"Installing {lock} into .venv (only the first time, and after updates) ...", file=sys.stderr, flush=True)
        make_venv()
        install(lock)
        stamp.write_text(wanted)


def require_python():
    if sys.version_info < (3, 11):  # noqa: UP036 - the very Pythons that this tells
        stop(f"This needs Python 3.11 or later and runs on {sys.version.split()[0]}: install it and start, say, python3.11 {sys.argv[0]}")
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        name = f"python3.{sys.version_info[1]}-venv"
        stop(
            f"This Python cannot make virtual environments: install its venv module (on Debian and Ubuntu: apt install {name}) and try again."
        )


def digest(lock):
    """Changes with the lock and with the Python that the environment was made from."""
    text = (ROOT / lock).read_bytes() + sys.version.encode() + sys.base_prefix.encode()
    return hashlib.sha256(text).hexdigest()


def is_stamped(stamp, wanted):
    return stamp.exists() and stamp.read_text() == wanted and os.access(str(PYTHON), os.X_OK)


@contextmanager
def alone():
    """One installation at a time, when both commands are started together on a fresh checkout."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    guard = os.open(str(ROOT / "scripts"), os.O_RDONLY)
    try:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield
    finally:
        os.close(guard)


def make_venv():
    """Keep the environment there is when it works and is of this Python; otherwise make it anew."""
    question = "import sys, pip; print(sys.version + sys.base_prefix)"
    same = (
        os.access(str(PYTHON), os.X_OK)
        and subprocess.run([str(PYTHON), "-c", question], stdout=-1, stderr=-3, check=False).stdout.decode().strip()
    )
    if same != (sys.version + sys.base_prefix).strip():
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "Cannot make the virtual environment .venv")


def install(lock):
    """With uv, in seconds; with pip and the same hashes, when uv cannot be had or fails."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    if not succeeds([*pip, "--retries", "1", "--no-deps", "-r", str(uv_requirement())]):
        print("uv is not to be had; trying pip ...", file=sys.stderr, flush=True)
    elif succeeds([*uv("pip", "install"), "--quiet", "--compile-bytecode", "--require-hashes", "-r", lock], env=uv_settings()):
        return
    remedy = "if the package index cannot be reached, connect to the network or name a mirror in PIP_INDEX_URL, then try again"
    run([*pip, "--retries", "1", "-r", lock], f"Cannot install {lock}", remedy)


def uv_requirement():
    """The uv of our own lock, hashes and all, as a file of its own: pip installs nothing unhashed."""
    text = (ROOT / "requirements.lock").read_text()
    path = VENV / "uv.lock"
    path.write_text("uv==" + text.split("\nuv==")[1].split("\n    # via")[0] + "\n")
    return path


def uv(*words):
    return [str(PYTHON), "-m", "uv", *words, "--python", str(PYTHON)]


def uv_settings():
    """uv ignores pip's configuration: hand on the index and the certificates that pip was told to use."""
    settings = dict(os.environ)
    for name, option in (("UV_DEFAULT_INDEX", "index-url"), ("SSL_CERT_FILE", "cert")):
        settings[name] = os.environ.get(name) or configured(option)
        if not settings[name]:  # an empty one is not the same as none
            del settings[name]
    return settings


def configured(option):
    """By the environment or by a file; `pip config get` would look into one file only."""
    lines = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], stdout=-1, stderr=-3, check=False).stdout.decode().splitlines()
    for section in (":env:", "install", "global"):
        for line in lines:
            key, _, value = line.partition("=")
            if key == f"{section}.{option}" and value.strip("'"):
                return value.strip("'")
    return ""


def succeeds(command, env=None):
    return subprocess.run(command, env=env, cwd=str(ROOT), stdout=-3, stderr=-3, check=False).returncode == 0


def run(command, failure, remedy="see above"):
    """Run it quietly; when it fails, the last thing it said and one sentence, then the end."""
    result = subprocess.run(command, cwd=str(ROOT), stdout=-1, stderr=-2, check=False)
    if result.returncode:
        said = result.stdout.decode(errors="replace").strip().splitlines() or ["(nothing was said)"]
        stop(f"{failure}: {remedy}. The last word was: {said[-1].strip()}")


def stop(sentence):
    sys.exit(sentence)
