"""The house stands: packages import leftwards, commits happen in one place, reads have names."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "marketplace"
PLAIN = {"lifecycle", "rota", "judge", "score", "find_matches", "facts", "weights", "prices"}
ORDER = (
    "core",
    "search",
    "accounts",
    "notifications",
    "catalog",
    "needs",
    "inquiries",
    "matching",
    "campaigns",
    "pages",
    "demo",
)
ROOMS = {
    "lifecycle": 0,
    "models": 1,
    "queries": 2,
    "services": 2,
    "policies": 2,
    "forms": 3,
    "views": 4,
    "staff_views": 4,
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {module for module in found if module.startswith("marketplace.")}


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent != PACKAGE], ids=name)
def test_packages_import_only_leftwards(path):
    own = ORDER.index(path.relative_to(PACKAGE).parts[0])
    for module in imported(ast.parse(path.read_text("utf-8"))):
        part = module.split(".")[1]
        if part in ORDER:
            assert ORDER.index(part) <= own, f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem in ROOMS], ids=name)
def test_rooms_of_a_domain_import_only_inwards(path):
    domain = path.relative_to(PACKAGE).parts[0]
    for module in imported(ast.parse(path.read_text("utf-8"))):
        parts = module.split(".")
        if len(parts) > 2 and parts[1] == domain and parts[2] in ROOMS:
            assert ROOMS[parts[2]] <= ROOMS[path.stem], f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem in PLAIN or "parsing" in path.parts], ids=name)
def test_rules_are_plain_python(path):
    source = ast.parse(path.read_text("utf-8"))
    foreign = {
        alias.name.split(".")[0] for node in ast.walk(source) if isinstance(node, ast.Import) for alias in node.names
    }
    foreign |= {(node.module or "").split(".")[0] for node in ast.walk(source) if isinstance(node, ast.ImportFrom)}
    assert not foreign & {"flask", "sqlalchemy", "flask_sqlalchemy", "flask_login"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_imported_inside_a_function(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in {"create_app", "init_app"}:
            inner = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
            assert not inner, f"{name(path)}: {node.name} imports at line {inner[0].lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_commits_happen_in_one_place(path):
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    in_search_writer = path == PACKAGE / "search" / "index.py"
    assert not calls or path == PACKAGE / "core" / "db.py" or in_search_writer


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem.endswith("views")], ids=name)
def test_views_read_through_named_queries(path):
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "select" not in called


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_room_stays_a_room(path):
    assert len(path.read_text("utf-8").splitlines()) <= 480, "split it by aggregate"
    assert path.stem not in {"utils", "helpers", "common", "misc"}
