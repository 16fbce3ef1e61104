"""The two commands on a bare Python: immediate the second time, and one sentence when something is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTHING_REACHABLE = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_EXTRA_INDEX_URL": "", "UV_OFFLINE": "1", "PIP_CONFIG_FILE": os.devnull}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose lock names one package that no index has, with an environment that answers as this Python does."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "requirements.lock").write_text(
        f"nowhere==1 \\\n    --hash=sha256:{'0' * 64}\nuv==0.0.1 \\\n    --hash=sha256:{'0' * 64}\n    # via\n"
    )
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return tmp_path


def prepare(checkout: Path, before: str = "pass", **variables: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.argv = ['./scripts/run']; import environment; {before}; environment.prepare('requirements.lock'); print('prepared')"
    environment = {**os.environ, **NOTHING_REACHABLE, "PYTHONPATH": "scripts", **variables}
    return subprocess.run([sys.executable, "-c", code], cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def stamp(checkout: Path) -> None:
    code = "import environment; (environment.VENV / 'requirements.lock.stamp').write_text(environment.digest('requirements.lock'))"
    subprocess.run([sys.executable, "-c", code], cwd=checkout, env={**os.environ, "PYTHONPATH": "scripts"}, check=True)


def test_the_second_run_installs_nothing(checkout: Path) -> None:
    stamp(checkout)
    result = prepare(checkout)
    assert (result.returncode, result.stdout, result.stderr) == (0, "prepared\n", "")


def test_a_changed_lock_is_installed_and_without_a_network_one_sentence_says_so(checkout: Path) -> None:
    stamp(checkout)
    with open(checkout / "requirements.lock", "a") as lock:
        lock.write("# changed\n")
    result = prepare(checkout)
    assert result.returncode == 1
    assert result.stderr.startswith("Installing requirements.lock into .venv")
    sentence = result.stderr.strip().splitlines()[-1]
    assert sentence.startswith("Cannot install requirements.lock: if the package index cannot be reached, connect to the network or")


def test_a_python_without_venv_is_one_sentence(checkout: Path) -> None:
    result = prepare(checkout, "sys.modules['ensurepip'] = None")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert f"apt install python3.{sys.version_info[1]}-venv" in result.stderr


def test_an_old_python_is_one_sentence(checkout: Path) -> None:
    result = prepare(checkout, "sys.version_info = (3, 9)")
    assert result.returncode == 1
    assert result.stderr.startswith("This needs Python 3.11 or later")
    assert result.stderr.count("\n") == 1


def test_the_scripts_can_be_read_by_an_old_python() -> None:
    """One that is too old has to come as far as the sentence."""
    import ast

    for name in ("environment.py", "run", "test"):
        ast.parse((ROOT / "scripts" / name).read_text(), feature_version=(3, 6))


def test_pips_index_and_certificates_are_handed_on_to_uv(checkout: Path) -> None:
    before = "s = environment.uv_settings(); print(s['UV_DEFAULT_INDEX'], s['SSL_CERT_FILE']); environment.prepare = lambda lock: None"
    (checkout / "pip.conf").write_text("[global]\nindex-url = https://mirror.test/simple\ncert = /certificates.pem\n")
    variables = {
        "PIP_CONFIG_FILE": str(checkout / "pip.conf"),
        "PIP_INDEX_URL": "",
        "PIP_CERT": "",
        "UV_DEFAULT_INDEX": "",
        "SSL_CERT_FILE": "",
    }
    assert prepare(checkout, before, **variables).stdout.splitlines()[0] == "https://mirror.test/simple /certificates.pem"


def test_no_index_address_is_in_a_lock() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text
