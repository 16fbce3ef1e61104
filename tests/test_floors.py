"""The floors of the house, held by looking at every file's imports: only downwards, and no circles. See docs/decisions and README."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = [
    "__init__ config errors logs",
    "models adapters refusals",
    "compiling tenancy database parsing",
    "reading writing schemas security",
    "crud views papers",
    "services",
    "dependencies routing uploads problems middleware dispatch live querylog",
    "routers jobs demo",
    "main",
    "cli",
    "__main__",
]
FLOOR = {part: floor for floor, parts in enumerate(FLOORS) for part in parts.split()}
TALK_AMONG_THEMSELVES = {
    "models",
    "schemas",
    "views",
    "papers",
    "services",
    "routers",
    "live",
    "adapters",
    "tenancy",
    "reading",
    "security",
    "cli",
    "demo",
    "jobs",
}
WEB_FROM = FLOOR["dependencies"]
ONLY_IN = {"passlib": "realestate.security.passwords", "jose": "realestate.security.tokens"}
LAZY = ("realestate.cli", "realestate.__main__")
"""May import inside functions: `realestate --help` shall not wait a second for FastAPI and SQLAlchemy."""

FILES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in sorted((ROOT / "realestate").rglob("*.py"))}
MODULES = {name.removesuffix(".__init__"): ast.parse(path.read_text()) for name, path in FILES.items()}
TOO_LONG = 250


def part(module: str) -> str:
    """The file or folder on a floor to which a module belongs."""
    return [*module.split("."), "__init__"][1]


def statements(module: str) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in ast.walk(MODULES[module]) if isinstance(node, ast.Import | ast.ImportFrom)]


def named(node: ast.Import | ast.ImportFrom) -> set[str]:
    """What a statement imports; of ours, down to the file."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {name if (name := f"{node.module}.{alias.name}") in MODULES else str(node.module) for alias in node.names}


IMPORTS = {module: set().union(*map(named, statements(module))) - {module} for module in MODULES}


def may_import(module: str, other: str) -> bool:
    ours, theirs = part(module), part(other)
    if ours == theirs:
        return ours in TALK_AMONG_THEMSELVES or module == f"realestate.{ours}"  # an __init__ may gather
    return FLOOR[theirs] < FLOOR[ours]


def is_ours(name: str) -> bool:
    return name.partition(".")[0] == "realestate"


def test_every_file_stands_on_a_floor() -> None:
    assert {part(module) for module in MODULES} - FLOOR.keys() == set()


def test_imports_lead_downwards() -> None:
    pairs = [(module, other) for module, others in IMPORTS.items() for other in others if is_ours(other)]
    assert [f"{module} imports {other}" for module, other in pairs if not may_import(module, other)] == []


def test_imports_go_in_no_circle() -> None:
    try:
        TopologicalSorter({module: others & MODULES.keys() for module, others in IMPORTS.items()}).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_imports_are_absolute_and_at_the_top() -> None:
    for module, tree in MODULES.items():
        within = (inner for node in tree.body if isinstance(node, ast.With | ast.If) for inner in node.body)  # such as `if TYPE_CHECKING`
        top = {*tree.body, *within}
        for node in statements(module):
            assert isinstance(node, ast.Import) or node.level == 0, f"{module}, line {node.lineno}: relative"
            assert node in top or module.startswith(LAZY), f"{module}, line {node.lineno}: not at the top"


def test_only_the_database_commits() -> None:
    nodes = ((name, node) for name, tree in MODULES.items() for node in ast.walk(tree))
    assert {name for name, node in nodes if isinstance(node, ast.Attribute) and node.attr == "commit"} == {"realestate.database"}


def test_libraries_stay_where_they_belong() -> None:
    users = {(module, other.partition(".")[0]) for module, others in IMPORTS.items() for other in others}
    assert {user for user, library in users if library in ("fastapi", "starlette") and FLOOR[part(user)] < WEB_FROM} == set()
    for library, home in ONLY_IN.items():
        assert {user for user, other in users if other == library} == {home}


def test_no_file_outgrows_its_reader() -> None:
    assert {name for name, path in FILES.items() if len(path.read_text().splitlines()) > TOO_LONG} == set()
