"""The house stands: packages import leftwards, commits happen in one place, reads have names."""

import ast
from collections.abc import Iterable
from pathlib import Path

from marketplace import search
from marketplace.accounts.roles import STAFF_RIGHTS
from marketplace.catalog.tree import TreeFile
from marketplace.core.certificates import all_certificates

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "marketplace"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PLAIN = {"lifecycle", "roles", "rota", "prices", "batch", "tuning"}
"""Plain Python in whatever domain, as are all parsers, and whatever these import."""
FOREIGN = {"flask", "flask_babel", "flask_login", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "wtforms"}
PORT = "marketplace.search"
ORDER = (
    "core",
    "reading",
    "search",
    "accounts",
    "notifications",
    "words",
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
    "labels": 1,
    "models": 2,
    "queries": 3,
    "services": 3,
    "policies": 3,
    "forms": 4,
    "views": 5,
}
"""From the innermost; a room is a module or a folder, and `staff_views` and the like are views."""
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
BY_NAME = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): tree
    for path, tree in TREES.items()
}
MOST_LINES = 480


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


def foreign_to(tree: ast.AST) -> set[str]:
    """The packages that a module imports, ours among them."""
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    found |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return {module.split(".")[0] for module in found}


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(TREES[path]) if isinstance(node, ast.Call)]


def test_packages_import_only_leftwards():
    wrong = []
    for path in MODULES:
        if path.parent == PACKAGE:
            continue
        own = ORDER.index(path.relative_to(PACKAGE).parts[0])
        for module in imported(TREES[path]):
            part = module.split(".")[1]
            if part in ORDER and ORDER.index(part) > own:
                wrong.append(f"{name(path)} imports {module}")
    assert wrong == []


SEARCH_PAGES = {"marketplace.search.browse", "marketplace.search.facets"}
"""What pages of all domains share: plain declarations, no engine."""


def test_the_search_is_asked_through_its_port():
    """Other packages take names of `marketplace.search` and its pages; only port and commands know the engine."""
    wrong = []
    for path, tree in TREES.items():
        inside = path.is_relative_to(PACKAGE / "search")
        knows_engine = "whoosh_engine" in path.parts or path.stem in {"__init__", "cli"}
        for node in ast.walk(tree):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            inner = [module for module in modules if module.startswith("marketplace.search.")]
            inner = [module for module in inner if inside or module not in SEARCH_PAGES]
            if inside:
                inner = [module for module in inner if "whoosh_engine" in module and not knows_engine]
            elif modules == ["marketplace.search"]:
                names = {alias.name for alias in node.names} - set(search.__all__)
                inner += sorted(one for one in names if f"marketplace.search.{one}" not in SEARCH_PAGES)
            wrong += [f"{name(path)} imports {module}" for module in inner]
    assert wrong == []


def test_the_port_of_the_search_has_what_is_asked_of_it():
    used = {
        node.attr
        for path, tree in TREES.items()
        if not path.is_relative_to(PACKAGE / "search") and path.parent != PACKAGE
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "search"
    }
    assert used - set(search.__all__) == set()
    assert [missing for missing in search.__all__ if not hasattr(search, missing)] == []


def room_of(within: tuple[str, ...]) -> int | None:
    """How far out a module of a domain stands, by its path within the domain; None for what is in no room."""
    first = within[0].removesuffix(".py") if within else ""
    return ROOMS.get("views" if first.endswith("_views") else first)


def test_rooms_of_a_domain_import_only_inwards():
    wrong = []
    for path in MODULES:
        domain, *within = path.relative_to(PACKAGE).parts
        own = room_of(tuple(within))
        for module in imported(TREES[path]) if own is not None else ():
            _, part, *inner = module.split(".")
            room = room_of(tuple(inner)) if part == domain else None
            if room is not None and room > own:
                wrong.append(f"{name(path)} imports {module}")
    assert wrong == []


def is_plain(module: str) -> bool:
    return module.rsplit(".", maxsplit=1)[-1] in PLAIN or "parsing" in module.split(".")


def ours(tree: ast.AST) -> set[str]:
    """The modules of ours that one imports: of `from package import module` the module, not the package."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            named = {f"{node.module}.{alias.name}" for alias in node.names} & BY_NAME.keys()
            found |= named if len(named) == len(node.names) else {*named, node.module or ""}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & BY_NAME.keys()


def ways_to(starts: Iterable[str]) -> dict[str, str]:
    """Each module of ours that `starts` import, over however many others: `start > ... > module`.

    The port of the search is a border: what stands behind it is not followed.
    """
    ways = {start: start for start in starts}
    waiting = list(ways)
    while waiting:
        module = waiting.pop()
        for other in ours(BY_NAME[module]) - {PORT, *ways}:
            ways[other] = f"{ways[module]} > {other}"
            waiting.append(other)
    return ways


def test_rules_are_plain_python():
    """Neither they nor what they import know requests or tables: a program asks them without a database."""
    ways = ways_to(filter(is_plain, BY_NAME))
    assert {"marketplace.matching.judge", "marketplace.matching.columns", "marketplace.core.places"} <= ways.keys()
    wrong = [
        f"{way} imports {', '.join(sorted(foreign))}"
        for module, way in ways.items()
        if (foreign := foreign_to(BY_NAME[module]) & FOREIGN)
    ]
    assert wrong == []


def test_nothing_is_imported_inside_a_function():
    wrong = [
        f"{name(path)}: {function.name} imports at line {inner.lineno}"
        for path in MODULES
        for function in ast.walk(TREES[path])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and function.name not in {"create_app", "init_app"}
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def test_commits_happen_in_one_place():
    """The writer of the search index has a `commit` of its own, which is none of the database."""
    allowed = {PACKAGE / "core" / "db.py", PACKAGE / "search" / "whoosh_engine" / "writing.py"}
    wrong = [
        f"{name(path)}:{call.lineno}"
        for path in MODULES
        for call in calls(path)
        if path not in allowed and isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert wrong == []


def test_every_read_is_a_named_query():
    """The core has no rooms; everywhere else a `select` stands in `queries`."""
    wrong = [
        name(path)
        for path, tree in TREES.items()
        if "queries" not in path.with_suffix("").parts and not path.is_relative_to(PACKAGE / "core")
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and "select" in {alias.name for alias in node.names})
        or (isinstance(node, ast.Import) and "sqlalchemy" in {alias.name for alias in node.names})
    ]
    assert wrong == []


def test_a_room_stays_a_room():
    """A longer one is split by aggregate."""
    lines = {name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}
    assert [name(path) for path in MODULES if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_every_right_of_the_staff_is_asked_by_a_policy_and_stands_in_the_table():
    asked = {
        (path.stem, argument.value if isinstance(argument, ast.Constant) else "not written out")
        for path in MODULES
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "may_as_staff"
        for argument in call.args
    }
    assert asked == {("policies", right) for right in STAFF_RIGHTS}


def test_who_is_staff_is_no_question_of_rights():
    """A right is asked by its name. That somebody is staff at all matters only where organisations are joined."""
    asking = {path for path in (*MODULES, *TEMPLATES) if "is_staff" in path.read_text("utf-8")}
    assert {name(path) for path in asking} == {
        "marketplace/accounts/models.py",
        "marketplace/accounts/policies.py",
        "marketplace/accounts/services/members.py",
        "marketplace/pages/views.py",
        "templates/inquiries/none.html",
        "templates/layouts/_head.html",
        "templates/pages/publish.html",
    }


def test_one_module_reads_the_address_of_a_request():
    asking = {
        name(path)
        for path in MODULES
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Attribute)
        and node.attr in {"args", "values", "query_string"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    }
    assert asking == {"marketplace/core/arguments.py"}


def test_a_form_says_itself_with_which_status_its_page_is_answered():
    wrong = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        if path.stem.endswith("views")
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Constant) and node.value in {409, 422}
    ]
    assert wrong == []


def test_rules_name_no_category_and_no_certificate():
    """Another park has other codes, and papers are a table: both live in data."""
    named = {code for code in TreeFile().by_code if len(code) > 1} | {each.name for each in all_certificates()}
    wrong = {
        f"{name(path)}: {node.value}"
        for path in MODULES
        for node in ast.walk(TREES[path])
        if "demo" not in path.parts and isinstance(node, ast.Constant) and node.value in named
    }
    assert wrong == set()
