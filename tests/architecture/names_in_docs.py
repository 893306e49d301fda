"""What the documentation names, and what there is: read from the sources, so that neither is a list to keep.

A name is what stands between backticks. By its form it is

- a command: `flask search check`, `make lint` (also at the start of a line of a fenced block);
- a file or folder: it has a slash or a known ending; from the root, or from a folder of `FOLDERS`;
- an address: it begins with a slash and is a route;
- a test: `file::test`;
- a setting: DOORSTEP_ and its name;
- a dotted name: `core.db.transaction`, the end of the full name of a module, class, function, member or constant;
- a call: what is called must be defined somewhere, `total_fen(unit_price, quantity)`;
- anything else: each of its words stands in the sources, outside of comments and docstrings.

What is none of ours (parts of other programs, formats, shell words) stands in `OTHERS`, by kind.
"""

import ast
import builtins
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "marketplace"
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
)
FOLDERS = ("", "docs", "marketplace", "templates", "templates/components", "static", "static/css", "static/js", "tests")
MADE = ("instance/", "static/dist/", ".venv", "node_modules", "uploads/", "outbox/", "index/", "backups/")
"""Folders that the site or the tools make: what stands in them is in no checkout."""
ENDINGS = "py|md|html|css|js|json|jsonl|csv|txt|toml|in|svg|png|po|cjs|sqlite|stamp|log"
MADE_FILES = {"doorstep.sqlite", "settings.toml", "manifest.json", "app.css", "app.js", "icons.svg", "pictograms.svg"}
OTHERS = {
    "shell and system": {"cp", "SIGTERM", "git config blame.ignoreRevsFile .git-blame-ignore-revs"},
    "databases": {
        "pg_dump",
        'sqlite3 instance/doorstep.sqlite ".backup copy.sqlite"',
        "quick_check",
        "BEGIN IMMEDIATE",
    },
    "other packages": {"after_request", "Or", "aria-activedescendant", "col-md-6"},
    "CSS and SVG": {"var(--tone-1)", "var(--tone-2)", "var(--tone-3)", "var(--tint)", "ellipse", "data-"},
    "files beside the one named": {"doorstep.sqlite-wal", "doorstep.sqlite-shm", "F.jsonl.parts"},
    "examples": {"file:line: what is wrong", "Zhihe Jiedao", "DOORSTEP_SECURE_COOKIE"},
}
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
COMMAND = re.compile(r"^\s*(?:\.venv/bin/)?((?:flask|make) [^#\n]*)", re.M)
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
PATH = re.compile(rf"[\w.<>*-]*(?:/[\w.<>*-]*)+|[\w<>*-]+\.(?:{ENDINGS})")
WORD = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True)
class Place:
    """A span of a page."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: `{self.text.strip().splitlines()[0]}`"


def named(path: Path) -> list[Place]:
    """What a page names: its spans, and the commands and the Python of its fenced blocks."""
    text = path.read_text("utf-8")
    page = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    prose = FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    found = [Place(page, text.count("\n", 0, at.start()) + 1, at.group(1).strip()) for at in SPAN.finditer(prose)]
    for fence in FENCE.finditer(text):
        line = text.count("\n", 0, fence.start(2)) + 1
        if fence[1] == "python" and page != "docs/walks.md":  # those are run
            found.append(Place(page, line, fence[2]))
        for at in COMMAND.finditer(fence[2]):
            found.append(Place(page, line + fence[2].count("\n", 0, at.start(1)), at.group(1).strip()))
    return found


@dataclass
class Names:
    """Everything that has a name in the project."""

    app: Flask
    full: set[str] = field(default_factory=set)
    """Full dotted names of modules and of what stands in them."""
    defined: set[str] = field(default_factory=set)
    """Functions, classes, methods, macros, filters: what can be called."""
    words: set[str] = field(default_factory=set)
    """Every name that the sources give, and the words of their texts; what other packages call theirs is none."""

    def __post_init__(self) -> None:
        for path in sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "app.py"]):
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            self._read_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path, parts[0] != "tests")
        environment = self.app.jinja_env
        self.defined |= {*environment.filters, *environment.globals, *dir(builtins)}
        for folder, kinds in (("templates", "html txt"), ("static/css", "css"), ("static/js", "js")):
            for path in (ROOT / folder).rglob("*"):
                if path.suffix[1:] in kinds.split():
                    text = re.sub(r"\{#.*?#\}|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
                    self.defined |= set(re.findall(r"macro (\w+)\(", text))
                    self.words |= set(WORD.findall(text))
        for name in ("Makefile", "pyproject.toml", "package.json", *(file.name for file in ROOT.glob("*.in"))):
            self.words |= set(WORD.findall((ROOT / name).read_text("utf-8")))
        for path in PACKAGE.rglob("data/*"):
            self.words |= set(WORD.findall(path.read_text("utf-8").partition("\n")[0]))
        self.words |= set(re.findall(r"DOORSTEP_\w+", (PACKAGE / "__init__.py").read_text("utf-8")))
        self.words |= self.defined | {
            part for full in self.full if not full.startswith("tests.") for part in full.split(".")
        }

    def _read_module(self, module: str, path: Path, is_ours: bool) -> None:
        """Take in a module; of a test only its full names, since a test may speak of what is gone."""
        tree = ast.parse(path.read_text("utf-8"))
        self.full |= {module, *(f"{module}.{name}" for name in members(tree))}
        docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree) if is_ours else ():
            match node:
                case ast.ClassDef():
                    self.full |= {f"{module}.{node.name}.{name}" for name in members(node)}
                    self.defined.add(node.name)
                case ast.FunctionDef():
                    self.defined.add(node.name)
                case ast.ImportFrom():
                    self.words |= {alias.name for alias in node.names}
                case ast.Name(ctx=ast.Store()):
                    self.words.add(node.id)
                case ast.Attribute(ctx=ast.Store()):
                    self.words.add(node.attr)
                case ast.arg():
                    self.words.add(node.arg)
                case ast.Constant(value=str(text)) if node not in docstrings:
                    self.words |= {text, *WORD.findall(text)}

    @cached_property
    def endings(self) -> set[str]:
        """The full names, and each without what stands before one of its dots."""
        cut = [full.split(".") for full in self.full]
        return {".".join(parts[start:]) for parts in cut for start in range(len(parts))}

    @cached_property
    def targets(self) -> set[str]:
        """The targets of the Makefile."""
        return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))

    @cached_property
    def files(self) -> set[str]:
        """The files of the checkout by their last name."""
        own = [path for path in ROOT.iterdir() if path.name not in {".git", ".venv", "node_modules", "instance"}]
        return {path.name for path in own} | {
            path.name for folder in own if folder.is_dir() for path in folder.rglob("*")
        }

    @cached_property
    def rules(self) -> list[re.Pattern[str]]:
        """Routes; an argument stands for any one piece."""
        return [
            re.compile(re.sub(r"<[^>]+>", "[^/]+", re.sub(r"([.\[\]])", r"\\\1", rule.rule)) + "/?")
            for rule in self.app.url_map.iter_rules()
        ]

    def is_command(self, text: str) -> bool:
        """True when a line of the shell calls one of our commands and gives it options that it has."""
        program, *rest = text.split()
        if program == "make":
            return all(word in self.targets for word in rest if "=" not in word and word.isascii())
        command: click.Command = self.app.cli
        if rest and rest[0] in FlaskGroup().commands:
            return True
        for word in rest:
            if isinstance(command, click.Group) and not word.startswith("-"):
                inner = command.get_command(click.Context(command), word)
                if inner is None:
                    return word in {"…", "..."}
                command = inner
            elif word.startswith("--"):
                known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
                if word.split("=")[0] not in known | {"--help"}:
                    return False
        return True

    def is_path(self, text: str) -> bool:
        """True for a file or folder of the checkout or of a built one, and for a route."""
        text = text.partition("?")[0]
        if text.startswith(MADE):
            return True
        if text.startswith("/"):
            return any(rule.fullmatch(text) for rule in self.rules)
        if "/" not in text and "<" not in text:
            return text in self.files or text in MADE_FILES
        pattern = re.sub(r"<[^>]+>", "*", text).strip("/")
        return any(any((ROOT / folder).glob(pattern)) for folder in FOLDERS)

    def is_test(self, text: str) -> bool:
        """True for `file::test`, with the class or without."""
        file, *parts = text.split("::")
        module = ROOT / file
        return module.is_file() and f"def {parts[-1]}(" in module.read_text("utf-8")

    def is_dotted(self, text: str) -> bool:
        """True when a full name ends so, or the text itself is one in the code (a job, a policy, an endpoint)."""
        return text in self.words or text in self.endings or text in self.app.view_functions

    def missing_in(self, text: str) -> str:
        """Why a span names what does not exist; empty when it is in order."""
        if any(text in others for others in OTHERS.values()):
            return ""
        bare = text.removeprefix(".venv/bin/")
        if re.match(r"(flask|make) ", bare):
            return "" if self.is_command(bare) else "no such command, option or target"
        if setting := re.fullmatch(r"DOORSTEP_(\w+?)(=.*)?", text):
            known = setting[1] in self.app.config or f"DOORSTEP_{setting[1]}" in self.words
            return "" if known else "no such setting"
        if "::" in text:
            return "" if self.is_test(text) else "no such test"
        if PATH.fullmatch(text):
            return "" if self.is_path(text) else "no such file, folder or route"
        if DOTTED.fullmatch(text):
            return "" if self.is_dotted(text) else "no such module or member"
        return self._missing_in_words(text)

    def _missing_in_words(self, text: str) -> str:
        tree = parsed(text)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if DOTTED.fullmatch(called) and not self.is_dotted(called):
                    return f"no such function: {called}"
                if called.isidentifier() and called not in self.defined:
                    return f"no such function: {called}"
        if "\n" in text:
            return ""
        for dotted in () if tree else DOTTED.findall(text):
            if not self.is_dotted(dotted) and not self.is_path(dotted):
                return f"no such module or member: {dotted}"
        rest = DOTTED.sub("", re.sub(r'"[^"]*"', "", text))
        unknown = [word for word in WORD.findall(rest) if word not in self.words]
        return f"not in the sources: {', '.join(unknown)}" if unknown else ""


def members(node: ast.Module | ast.ClassDef) -> set[str]:
    """What can be reached by name in a module or a class, attributes that its methods set among it."""
    found: set[str] = set()
    for child in node.body:
        match child:
            case ast.FunctionDef() | ast.ClassDef():
                found.add(child.name)
            case ast.Assign():
                found |= {target.id for target in child.targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.ImportFrom():
                found |= {alias.asname or alias.name for alias in child.names}
    if isinstance(node, ast.ClassDef):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                found.add(inner.attr)
    return found


def parsed(text: str) -> ast.Module | None:
    """A span as Python; None when it is none."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return None
