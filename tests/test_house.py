"""The rules of the house (ARCHITECTURE.md) held to the code: imports, sizes, literals, start-up, wheel and locks."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOUSE = Path(__file__).parents[1]
SOURCE = HOUSE / "src" / "cofactor"
MODULES = sorted(SOURCE.rglob("*.py"))
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text())
UV_LOCK = tomllib.loads((HOUSE / "uv.lock").read_text())
PIP_LOCK = (HOUSE / "requirements.lock").read_text()

MOST_LINES = 450
LITERALS_OF_AN_EQUATION = {0, 1, 2}
EQUATIONS = {"signal", "flux", "adapts", "observable", "derived"}
# Distributions whose import name is not their own.
IMPORTED_AS = {
    "vl_convert": "vl-convert-python",
    "pydantic_core": "pydantic",
    "libsbml": "python-libsbml",
    "roadrunner": "libroadrunner",
    "COPASI": "python-copasi",
}


def of_the_house(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


# ---- rooms and imports ----


def contract() -> dict[str, list[str]]:
    (only,) = PROJECT["tool"]["importlinter"]["contracts"]
    return only


def rooms_of(layer: str) -> list[str]:
    return [room.strip(" ()") for room in layer.split("|")]


def test_a_room_imports_only_rooms_below_it():
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_contract_names_every_room_and_shuts_none_that_is_open():
    assert contract()["exhaustive"] is True
    assert contract()["layers"][-1] == "errors"
    named = {room for layer in contract()["layers"] for room in rooms_of(layer)}
    built = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert built <= named
    planned = set(re.findall(r"\((\w+)\)", " ".join(contract()["layers"])))
    assert named - planned <= built | {"errors"}, "a room not yet built stands in parentheses"
    assert not planned & built, "a room that is built stands without parentheses"


def test_architecture_shows_the_rooms_of_the_contract():
    shown = re.search(r"```text\n(.*?)```", (HOUSE / "ARCHITECTURE.md").read_text(), re.DOTALL)
    assert shown is not None
    names = [re.split(r"\s{2,}", line)[0] for line in shown[1].splitlines()]
    assert [rooms_of(name) for name in names] == [rooms_of(layer) for layer in contract()["layers"]]


def imports(tree: ast.AST) -> Iterator[str]:
    """Top-level names of the absolute imports under a node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def imports_when_loaded(tree: ast.AST) -> Iterator[str]:
    """The same, leaving out what only runs in a call or for the type checker."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (name for other in child.orelse for name in imports(other))
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            yield from imports(child)
        else:
            yield from imports_when_loaded(child)


def foreign(names: Iterator[str]) -> set[str]:
    """Distributions behind imported names, without the standard library and ourselves."""
    return {
        canonicalize_name(IMPORTED_AS.get(name, name))
        for name in names
        if name not in sys.stdlib_module_names and name != "cofactor"
    }


def distributions(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


CORE = distributions(PROJECT["project"]["dependencies"])
EXTRAS = distributions([text for extra in PROJECT["project"]["optional-dependencies"].values() for text in extra])


def test_imports_when_loaded_sees_what_loading_a_module_imports():
    text = """
import numpy
if TYPE_CHECKING:
    import xarray
else:
    import scipy.stats
try:
    from pandas import DataFrame
except ImportError:
    pass
class Chart:
    import altair
def plot():
    import matplotlib
from . import sibling
"""
    assert set(imports_when_loaded(ast.parse(text))) == {"numpy", "scipy", "pandas", "altair"}


@pytest.mark.parametrize("path", MODULES, ids=of_the_house)
def test_a_module_loads_core_dependencies_only_and_uses_declared_ones(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert foreign(imports_when_loaded(tree)) <= CORE, "import an optional package inside the function that needs it"
    assert foreign(imports(tree)) <= CORE | EXTRAS, "declare the package in an extra of pyproject.toml"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("cofactor", {"numpy", "scipy", "llvmlite", "pydantic"}),
        ("cofactor.cli", {"scipy", "llvmlite", "altair", "statsmodels", "pandas", "xarray"}),
    ],
)
def test_start_up_leaves_heavy_packages_alone(module: str, absent: set[str]):
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stdout))
    assert module in loaded
    assert not loaded & absent


# ---- files and equations ----


@pytest.mark.parametrize("path", MODULES, ids=of_the_house)
def test_a_file_can_be_read_in_one_sitting(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def is_equation(function: ast.FunctionDef) -> bool:
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if name in EQUATIONS:
            return True
    return False


def equations_and_their_helpers(tree: ast.AST) -> list[ast.FunctionDef]:
    """The decorated functions of an organ, and the plain ones of the same file that they use, at any depth."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    left = [name for name, function in functions.items() if is_equation(function)]
    used: set[str] = set()
    while left:
        name = left.pop()
        if name not in used:
            used.add(name)
            read = {node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)}
            left += sorted(read & functions.keys())
    return [functions[name] for name in functions if name in used]


def numbers_in_equations(tree: ast.AST) -> list[str]:
    """Literals other than 0, 1, 2 in the bodies of equations, as "line: function: number"."""
    return [
        f"{node.lineno}: {function.name}: {node.value}"
        for function in equations_and_their_helpers(tree)
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float, complex))
        and not isinstance(node.value, bool)
        and node.value not in LITERALS_OF_AN_EQUATION
    ]


def test_numbers_in_equations_sees_a_hidden_parameter():
    text = """
P_PER_CA = 0.46
share = parameter(0.3, "1", source="x1999")
@flux(moves={bone: -1, blood: +5}, unit="mmol/d")
def resorption(gain):
    "Three of 4."
    return 2 * gain ** 0.5 - 1.0
@model.signal("1")
def drive(gain):
    return where(gain > 0, 1e-3, -3 * _hill(gain))
def _hill(gain):
    return gain ** 4
def plain(gain):
    return 7 * gain
"""
    found = numbers_in_equations(ast.parse(text))
    assert found == ["7: resorption: 0.5", "10: drive: 0.001", "10: drive: 3", "12: _hill: 4"]


@pytest.mark.parametrize("path", sorted((SOURCE / "body").rglob("*.py")), ids=of_the_house)
def test_an_equation_holds_no_number_of_its_own(path: Path):
    found = numbers_in_equations(ast.parse(path.read_text(encoding="utf-8")))
    assert not found, "a number is a parameter with a source, or exact stoichiometry named in capitals"


# ---- what is shipped and what is installed ----


def test_the_wheel_ships_every_row_and_claim_and_the_command(tmp_path: Path):
    (wheel,) = WheelBuilder(str(HOUSE)).build(directory=str(tmp_path))
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.startswith("cofactor/")}
        (points,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt"))
    ours = {path.relative_to(HOUSE / "src").as_posix() for path in SOURCE.rglob("*") if path.is_file()}
    assert shipped == {name for name in ours if "__pycache__" not in name}
    assert "cofactor/py.typed" in shipped
    assert "cofactor = cofactor.cli:main" in points


def pinned() -> dict[tuple[str, str], set[str]]:
    """(name, version) -> hashes in requirements.lock."""
    blocks = re.findall(r"^([\w.-]+)==([^\s;]+)(.*?)(?=^\S|\Z)", PIP_LOCK, re.DOTALL | re.MULTILINE)
    return {(name, version): set(re.findall(r"sha256:\w+", rest)) for name, version, rest in blocks}


def locked() -> dict[tuple[str, str], dict]:
    return {(package["name"], package["version"]): package for package in UV_LOCK["package"]}


def test_uv_lock_was_made_from_this_pyproject():
    (ours,) = (package for package in UV_LOCK["package"] if package["name"] == "cofactor")
    declared = {("", text) for text in PROJECT["project"]["dependencies"]} | {
        (extra, text) for extra, texts in PROJECT["project"]["optional-dependencies"].items() for text in texts
    }
    in_lock = {
        (extra_of(entry.get("marker", "")), requirement_of(entry)) for entry in ours["metadata"]["requires-dist"]
    }
    assert {(extra, normal(text)) for extra, text in declared} == in_lock
    dev = {requirement_of(entry) for entry in ours["metadata"]["requires-dev"]["dev"]}
    assert {normal(text) for text in PROJECT["dependency-groups"]["dev"]} == dev
    assert UV_LOCK["requires-python"] == PROJECT["project"]["requires-python"]


def normal(text: str) -> tuple[str, frozenset[str], str]:
    requirement = Requirement(text)
    return canonicalize_name(requirement.name), frozenset(requirement.extras), str(requirement.specifier)


def requirement_of(entry: dict) -> tuple[str, frozenset[str], str]:
    return entry["name"], frozenset(entry.get("extras", ())), entry.get("specifier", "")


def extra_of(marker: str) -> str:
    found = re.search(r"extra == '([\w-]+)'", marker)
    return found[1] if found else ""


def reachable() -> set[tuple[str, str]]:
    """What uv.lock installs for the extras report and sun and the group dev, on any platform."""
    (ours,) = (package for package in UV_LOCK["package"] if package["name"] == "cofactor")
    extras = [entry for extra in ("report", "sun") for entry in ours["optional-dependencies"][extra]]
    left = [*ours["dependencies"], *extras, *ours["dev-dependencies"]["dev"]]
    seen: set[tuple[str, str, str]] = set()
    while left:
        entry = left.pop()
        for (name, version), package in locked().items():
            if name != entry["name"] or version != entry.get("version", version):
                continue
            for extra in ("", *entry.get("extra", ())):
                if (name, version, extra) not in seen:
                    seen.add((name, version, extra))
                    left += package.get("optional-dependencies", {}).get(extra, []) if extra else []
                    left += package.get("dependencies", [])
    return {(name, version) for name, version, _ in seen}


def test_both_locks_hold_the_same_environment():
    assert set(pinned()) == reachable(), "uv export ... -o requirements.lock (CONTRIBUTING.md)"
    for key, hashes in pinned().items():
        package = locked()[key]
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert hashes
        assert hashes <= {file["hash"] for file in files}


def test_the_build_backend_is_the_same_on_both_paths():
    (constraint,) = PROJECT["tool"]["uv"]["build-constraint-dependencies"]
    assert tuple(constraint.split("==")) in pinned()


@pytest.mark.parametrize("name", ["uv.lock", "requirements.lock"])
def test_a_lock_names_no_machine_of_ours(name: str):
    text = (HOUSE / name).read_text()
    hosts = set(re.findall(r"\b[a-z+]+://([^/\"'\s]*)", text))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
    assert not re.search(r"--(extra-)?index-url|--find-links|path = ", text)
