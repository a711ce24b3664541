"""The shape of the project, checked: who may import whom, what a module says of itself, and
that what can be set or typed is documented."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from postiche.cli.commands import app
from postiche.control.app import EXTENSIONS, OPERATIONS
from postiche.server.settings import Settings

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "postiche"
MODULES = sorted(SOURCE.rglob("*.py"))

MAX_LINES = 600
MAX_FUNCTION_LINES = 40

FAMILIES = {
    "cli": ("cli", "__main__"),
    "leaf": ("__init__",),
}
"""What the modules beside the packages belong to; a leaf is imported freely and imports nothing."""

MAY_IMPORT = {
    "cli": {"server", "core", "importers", "store/__init__", "leaf", "model"},
    "pytest_plugin": {"server", "leaf", "model"},
    "server": {"dataplane", "control", "store/__init__", "core", "leaf", "model"},
    "control": {"importers", "core", "store/__init__", "leaf", "model"},
    "dataplane": {"core", "store/__init__", "leaf", "model"},
    "importers": {"core", "model"},
    "core": {"model"},
    "store": {"model", "store/__init__"},
    "model": set(),
    "leaf": set(),
}
"""The arrows of ARCHITECTURE.md."""

IMPURE = {
    *("asyncio", "concurrent", "ctypes", "glob", "http", "importlib", "io", "logging"),
    *("multiprocessing", "os", "pathlib", "secrets", "select", "shutil", "signal", "socket"),
    *("socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time"),
    *("warnings", "zoneinfo", "random.choice", "random.random", "uuid.uuid1", "uuid.uuid4"),
    *("aiosqlite", "anyio", "httptools", "platformdirs", "pydantic_settings", "rich"),
    *("sqlalchemy", "starlette", "typer", "uvicorn", "uvloop"),
}
"""What the core must not import: I/O, clocks, randomness, logging, servers, databases."""

OWN_ROUTES = ("docs/users.md", "docs/record.md", "docs/api.md")
"""Where the routes are documented that the Postman API does not have."""

VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "services", "service", "misc"}


def shown(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), str(path))


def family(name: str) -> str:
    """The family of a module, named from the package's root: "core/match" is of "core"."""
    head = name.partition("/")[0]
    if name == "store/__init__":
        return name
    return next((kin for kin, members in FAMILIES.items() if head in members), head)


@dataclass(frozen=True)
class Import:
    """A module of this project that a line imports."""

    line: int
    name: str


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of this project's modules, those inside functions included."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from _imported(node.lineno, node.module, [alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            raise AssertionError(f"{shown(path)}:{node.lineno} has a relative import")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _imported(node.lineno, alias.name, [])


def _imported(line: int, module: str, names: list[str]) -> Iterator[Import]:
    package, *rest = module.split(".")
    if package != "postiche":
        return
    for parts in [[*rest, name] for name in names] or [rest]:
        yield Import(line, _module_of(parts))


def _module_of(parts: list[str]) -> str:
    """The module that dotted parts lead to: the last part may be a name inside it."""
    while parts:
        path = SOURCE.joinpath(*parts)
        if path.with_suffix(".py").is_file():
            return "/".join(parts)
        if (path / "__init__.py").is_file():
            return "/".join([*parts, "__init__"])
        parts = parts[:-1]
    return "__init__"


# --- who imports whom ----------------------------------------------------------------


def test_imports_follow_the_arrows() -> None:
    wrong = [
        f"{shown(path)}:{found.line} imports {found.name}"
        for path in MODULES
        for found in imports_of(path)
        if family(found.name) not in MAY_IMPORT[owner(path)] | {owner(path)}
    ]
    assert not wrong


def owner(path: Path) -> str:
    """The family that answers for a module; `store/__init__` is of the store."""
    return family(shown(path)).partition("/")[0]


def test_every_family_has_its_arrows() -> None:
    assert {owner(path) for path in MODULES} <= MAY_IMPORT.keys()


def test_the_arrows_tell_families_apart() -> None:
    assert family("core/match") == "core"
    assert family("store/__init__") == "store/__init__"
    assert family("store/sql") == "store"
    assert family("server/demo/__init__") == "server"
    assert _module_of(["core", "match", "match"]) == "core/match"
    assert _module_of(["store", "open_store"]) == "store/__init__"


def test_the_database_driver_is_loaded_only_to_open_a_store() -> None:
    """Everyone may import `store/__init__`, so it must stay light."""
    top = tree_of(SOURCE / "store" / "__init__.py").body
    modules = [node.module or "" for node in top if isinstance(node, ast.ImportFrom)]
    assert not [name for name in modules if name.startswith(("sqlalchemy", "postiche.store"))]


# --- the core is pure ----------------------------------------------------------------


CORE = [path for path in MODULES if owner(path) in ("core", "model")]


def test_the_core_imports_no_io_clock_or_logging() -> None:
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for path in CORE
        for line, name in _imported_names(path)
        if name.partition(".")[0] in IMPURE or name in IMPURE
    ]
    assert not wrong


def _imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """Every imported module, and every name imported from one, as `module.name`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_the_core_asks_neither_clock_nor_global_randomness() -> None:
    wrong = [
        f"{shown(path)}:{node.lineno} calls {ast.unparse(node.func)}"
        for path in CORE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and _is_impure(ast.unparse(node.func))
    ]
    assert not wrong


def _is_impure(call: str) -> bool:
    module, _, function = call.rpartition(".")
    if module == "random":
        return function != "Random"
    if module.rpartition(".")[2] in ("datetime", "date"):
        return function in ("now", "utcnow", "today")
    return call in ("open", "print", "input") or function in ("uuid1", "uuid4")


def test_the_check_of_purity_tells_calls_apart() -> None:
    for call in ("random.choice", "datetime.now", "dt.datetime.now", "uuid.uuid4", "open"):
        assert _is_impure(call), call
    for call in ("random.Random", "sources.random.choice", "sources.now", "re.compile"):
        assert not _is_impure(call), call


# --- what a module says of itself ----------------------------------------------------


def test_every_module_says_what_it_knows_and_what_it_must_not() -> None:
    assert not [shown(path) for path in MODULES if not _is_trivial(path) and not _says_both(path)]


def _is_trivial(path: Path) -> bool:
    """A package's `__init__` with a docstring and no more than a line of code."""
    body = tree_of(path).body
    return path.stem == "__init__" and len(body) <= 2 and bool(ast.get_docstring(tree_of(path)))


def _says_both(path: Path) -> bool:
    said = re.sub(r"\s+", " ", ast.get_docstring(tree_of(path)) or "")
    return bool(re.search(r"\bKnows\b", said) and re.search(r"\b[Mm]ust not know\b", said))


def test_files_and_functions_can_be_held_in_the_head() -> None:
    long = [f"{shown(p)}: {n} lines" for p in MODULES if (n := _lines(p)) > MAX_LINES]
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.body[0].lineno + 1
                if length > MAX_FUNCTION_LINES:
                    long.append(f"{shown(path)}: {node.name} has {length} lines")
    assert not long


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_nothing_is_named_for_being_left_over() -> None:
    parts = {
        part for p in SOURCE.rglob("*") for part in p.relative_to(SOURCE).with_suffix("").parts
    }
    assert not parts & VAGUE_NAMES


def test_every_module_has_a_test_file_of_its_own() -> None:
    tested = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    modules = [path for path in MODULES if path.stem != "__init__"]
    assert not [shown(path) for path in modules if f"test_{path.stem}" not in tested]


# --- what is documented --------------------------------------------------------------


def commands() -> dict[str, list[str]]:
    """Every command, with the flags it takes."""
    return dict(_commands(get_command(app), ""))


def _commands(command: object, name: str) -> Iterator[tuple[str, list[str]]]:
    flags = [
        flag
        for parameter in getattr(command, "params", ())
        for flag in (*parameter.opts, *parameter.secondary_opts)
        if flag.startswith("-") and flag not in ("--help", "-h")
    ]
    yield f"postiche {name}".strip(), flags
    if isinstance(command, TyperGroup):
        for child_name, child in command.commands.items():
            yield from _commands(child, f"{name} {child_name}".strip())


def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_route_of_the_api_is_in_the_docs() -> None:
    documented = document("docs/compatibility.md")
    routes = [f"{method} {path}" for path, methods in OPERATIONS.items() for method in methods]
    assert len(routes) >= 71
    assert not [route for route in routes if f"`{route}`" not in documented]


def test_every_route_of_our_own_is_in_the_docs() -> None:
    documented = "".join(map(document, OWN_ROUTES))
    assert not [path for path in EXTENSIONS if path not in documented]


def test_every_command_and_flag_is_in_the_docs() -> None:
    missing = [
        f"{command} {flag}"
        for command, flags in commands().items()
        for flag in flags
        if not re.search(rf"{flag}\b", section_about(command))
    ]
    assert not missing


def test_every_command_is_in_the_docs() -> None:
    text = CLI_DOCS.replace("create|list|revoke", "")
    assert not [command for command in commands() if command not in text]


CLI_DOCS = document("docs/cli.md")


def section_about(command: str) -> str:
    """The part of docs/cli.md that is about a command; its beginning is about `postiche` itself."""
    beginning, *sections = CLI_DOCS.split("\n## ")
    found = [text for text in sections if command.startswith(text.partition("\n")[0])]
    return found[0] if found else beginning


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_docs_with_its_default(name: str) -> None:
    [row] = [
        r for r in document("docs/settings.md").splitlines() if f"| `POSTICHE_{name.upper()}`" in r
    ]
    if name != "api_key":
        assert f"`--{name.replace('_', '-')}`" in row
    default = Settings.model_fields[name].default
    if isinstance(default, bool):
        assert f"| `{str(default).lower()}` |" in row
    elif isinstance(default, int | str):
        assert f"| `{default}` |" in row
    assert str(Settings.model_fields[name].description).rstrip(".") in row.replace("`", "")


def test_the_docs_name_no_setting_that_is_not_there() -> None:
    named = set(re.findall(r"POSTICHE_([A-Z_]+)", document("docs/settings.md")))
    assert {name.lower() for name in named if name} <= Settings.model_fields.keys()


def test_the_readme_names_every_make_target() -> None:
    [phony] = re.findall(r"^\.PHONY: (.+)$", document("Makefile"), re.MULTILINE)
    missing = [target for target in phony.split() if f"make {target}" not in document("README.md")]
    assert not missing
