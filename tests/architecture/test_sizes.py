import ast

from tests.architecture.repository import ROOT, python_files

FILES = python_files("layers", "functions", "laptop", "containers")


def test_files_are_at_most_250_lines_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > 250} == {}


def test_functions_are_at_most_40_lines_long() -> None:
    """Docstrings not counted."""
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": length
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (length := code_lines(node)) > 40
    }
    assert long == {}


def code_lines(function: ast.FunctionDef) -> int:
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    signature = function.body[0].lineno - function.lineno
    return signature + (function.end_lineno or first.lineno) - first.lineno + 1
