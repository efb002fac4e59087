"""Prefect puts flows/ at the front of sys.path and loads its files by path: what that forbids."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

FLOWS = Path(__file__).resolve().parents[2] / "flows"
FILES = sorted(FLOWS.glob("*.py"))
OURS = {"craftsman", "flows", "models"}


@pytest.mark.parametrize("name", [file.stem for file in FILES if file.stem != "__init__"])
def test_flow_files_shadow_no_module(name: str) -> None:
    assert name not in sys.stdlib_module_names
    assert name not in packages_distributions()


@pytest.mark.parametrize("root", sorted(OURS))
def test_no_dependency_ships_our_roots(root: str) -> None:
    assert set(packages_distributions().get(root, [])) <= {"craftsman"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_flow_files_define_no_classes(file: Path) -> None:
    tree = ast.parse(file.read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_flow_files_hold_no_query(file: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}
    assert names.isdisjoint({"select", "commit", "exec", "execute"})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_flow_files_import_absolutely(file: Path) -> None:
    imports = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
    assert not [node.module for node in imports if node.level]
