"""What the documentation names must be there: settings, paths, links, models, codes."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import realestate.models  # noqa: F401  # makes every table known
from realestate import errors, problems
from realestate.config import Settings
from realestate.models.base import Base

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = [path.read_text() for path in sorted((ROOT / "realestate").rglob("*.py")) if "demo" not in path.parts]


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def default_of(field: Any) -> str:
    said = ",".join(field.default) if isinstance(field.default, list) else str(field.default)
    return f"`{said}`" if said else ""


def paths_of_the_tree() -> list[str]:
    """First words of lines; what is indented stands under the last line that was not."""
    found, folder = [], ""
    for line in section("Where everything is").split("```")[1].strip().splitlines():
        word = line.split()[0]
        if line.startswith(" "):
            found.append(folder + word)
        else:
            folder = word
            found.extend(re.findall(r"[\w./-]*\w\.(?:md|txt|lock|py)\b|[\w.]+/[\w/]*", line.partition("  ")[0]))
    return found


def anchors(page: Path) -> set[str]:
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)}


def links() -> list[tuple[Path, str]]:
    return [(page, to) for page in PAGES for to in re.findall(r"\]\(([^)\s]+)\)", page.read_text()) if not to.startswith("http")]


def codes() -> set[str]:
    """Every stable code that the program can answer with, by looking at how errors are made."""
    refusals = {error.__name__: error.code for error in (errors.RealEstateError, *errors.RealEstateError.__subclasses__())}
    found = {*refusals.values(), *(code for code, _ in errors.CONSTRAINTS.values()), *(code for _, code, _ in problems.FRAMEWORK.values())}
    for call in (node for text in SOURCES for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        if ast.unparse(call.func).split(".")[0] in refusals:
            said = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
            found |= {word for word in said if re.fullmatch(r"[A-Z]+(_[A-Z]+)*", str(word))}
    return found


def test_every_setting_is_in_the_readme_with_its_default_and_meaning() -> None:
    rows = [f"| `{name.upper()}` | {default_of(field)} | {field.description} |" for name, field in Settings.model_fields.items()]
    assert [row for row in section("Settings").splitlines() if row.startswith("| `") and "TEST_DATABASE_URL" not in row] == rows


def test_every_path_of_the_tree_is_there() -> None:
    paths = paths_of_the_tree()
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_tree_leaves_out_nothing() -> None:
    paths = {path.removesuffix("/") for path in paths_of_the_tree()}
    parts = [path for path in (ROOT / "realestate").iterdir() if path.name not in ("__init__.py", "__pycache__", "adapters")]
    assert [part.name for part in parts if f"realestate/{part.name}" not in paths] == []


@pytest.mark.parametrize(("page", "to"), links(), ids=lambda value: value.name if isinstance(value, Path) else value)
def test_a_link_leads_somewhere(page: Path, to: str) -> None:
    file, _, anchor = to.partition("#")
    target = (page.parent / file).resolve() if file else page
    assert target.exists()
    assert not anchor or anchor in anchors(target)


def test_every_file_that_a_page_names_is_there() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    names = {
        name for name in re.findall(r"`((?:realestate|tests|alembic|docs|scripts|\.ci)/[\w./]+)`", text) if "tasks" not in name
    }  # the room to be added, say
    assert names
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("*.md")} - {"README.md"}


def test_every_model_is_named() -> None:
    text = section("Models")
    assert [name for mapper in Base.registry.mappers if f"`{(name := mapper.class_.__name__)}`" not in text] == []


def test_every_code_is_explained_and_none_is_invented() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    explained = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", page.split("\n## Errors\n")[1].split("\n## ")[0]))
    assert codes() - explained == set()
    unknown = {code for code in explained if not any(f'"{code}"' in text or f'"{code.lower()}"' in text for text in SOURCES)}
    assert unknown == set()
