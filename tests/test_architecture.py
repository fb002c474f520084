"""The import order of the design, held: never sideways, never up, no late imports but two."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "reelwright"

ROWS = [
    {"errors", "plain", "progress", "reading", "child"},
    {"domain", "allowance"},
    {"config"},
    {"storage", "media", "zoo", "safety", "learning"},
    {"catalogue", "features", "sids", "viewers", "speech"},
    {"recommender", "studio", "render", "modify", "neural", "cache", "learn", "experiments"},
    {"sheets", "secondlook", "outlooks"},
    {"feed", "workshop", "drawing", "atlas", "rework", "outputs", "advert", "prompt", "privacy"},
    {"training", "tuning"},
    {"leaderboard"},
    {"engine", "serve"},
    {"assemble"},
    {"demo", "doctor"},
    {"bench"},
    {"cli"},
    {"__main__"},
]
ROW = {part: row for row, parts in enumerate(ROWS) for part in parts}
MAY_IMPORT_LATE = {"cli", "assemble"}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def part_of(module: Path) -> str:
    return module.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(module: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Every import of a part of ours, with the statement that does it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            words = name.split(".")
            if words[0] == "reelwright" and len(words) > 1 and words[1] in ROW:
                yield node, words[1]


def module_name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_every_part_has_its_row() -> None:
    assert {part_of(module) for module in MODULES} <= ROW.keys()


@pytest.mark.parametrize("module", MODULES, ids=module_name)
def test_imports_point_down(module: Path) -> None:
    own = part_of(module)
    for statement, other in imports(module):
        assert other == own or ROW[other] < ROW[own], (
            f"{module}:{statement.lineno}: {own} imports {other}, which is not below it"
        )


@pytest.mark.parametrize("module", MODULES, ids=module_name)
def test_imports_stand_at_the_top(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    late = [
        node.lineno
        for scope in ast.walk(tree)
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(scope)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not late or part_of(module) in MAY_IMPORT_LATE, f"{module} imports late: {late}"


@pytest.mark.parametrize("module", MODULES, ids=module_name)
def test_a_module_says_what_it_is_for(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), f"{module} has no docstring"


@pytest.mark.parametrize("module", MODULES, ids=module_name)
def test_nothing_is_swallowed(module: Path) -> None:
    """Blind excepts stand only at the two doors, where they are logged and answered."""
    if module_name(module) in {"serve/app.py", "engine/executor.py"}:
        return
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            assert caught not in {"everything", "Exception", "BaseException"}, (
                f"{module}:{node.lineno} catches {caught}"
            )
