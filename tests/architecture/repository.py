"""The repository as data: its Python files and their imports, its template, its state machine."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers/labelloop/labelloop"
Json = dict[str, Any]


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The top-level names that a file imports when it runs; what only type checkers import is left out."""
    return set(_imports(ast.parse(path.read_text())))


def _imports(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return
        case ast.Import(names=names):
            yield from (alias.name.partition(".")[0] for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module.partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from _imports(child)


def pins(requirements: Path) -> dict[str, str]:
    """Name and version of each `name[extra]==version` line."""
    lines = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", requirements.read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in lines}


def canonicalize_name(name: str) -> str:
    """As package indexes compare names: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def importable(requirements: Path) -> set[str]:
    """What can be imported because the file requires it."""
    wanted = pins(requirements).keys()
    return {name for name, found in packages_distributions().items() if wanted & set(map(canonicalize_name, found))}


@cache
def template() -> Json:
    parsed: Json = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


def resources(kind: str) -> dict[str, Json]:
    """The template's resources of a type, by logical id."""
    return {name: entry for name, entry in template()["Resources"].items() if entry["Type"] == kind}


@cache
def definition() -> Json:
    """The state machine as written, its placeholders in place."""
    parsed: Json = yaml.safe_load((ROOT / "statemachine/retrain.asl.yaml").read_text())
    return parsed


def states() -> dict[str, Json]:
    found: dict[str, Json] = definition()["States"]
    return found
