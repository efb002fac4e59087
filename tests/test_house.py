"""The laws of the house that no linter keeps."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from craftsman.settings import HOME

ROOTS = ("craftsman", "flows", "models")
# joined here, so that this file does not hold what it forbids
REGISTRIES = tuple("".join(parts) for parts in (("py", "pi.org"), ("registry.", "npmjs"), ("files.", "pythonhosted")))
MACHINE = tuple("".join(parts) for parts in (("/wo", "rk/"), ("/ro", "ot/"), ("/tmp", "/v/")))
FACTS = {"CHANGELOG.md"}


def sources(*folders: str) -> list[Path]:
    """The Python files under these folders of the checkout."""
    return sorted(file for folder in folders for file in (HOME / folder).rglob("*.py"))


def named(files: list[Path]) -> list[str]:
    """Files by their paths in the checkout."""
    return [str(file.relative_to(HOME)) for file in files]


def tracked() -> Iterator[tuple[str, str]]:
    """Every text file that git knows, with its text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        file = HOME / name
        if name and file.is_file():
            content = file.read_bytes()
            if b"\0" not in content:
                yield name, content.decode("utf-8", errors="replace")


@cache
def calls(file: Path) -> list[str]:
    """What a file calls, as it is written there."""
    return [ast.unparse(node.func) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]


def callers(name: str, *folders: str) -> list[str]:
    """The files that call a function or method of this name."""
    files = sources(*folders)
    return named([file for file in files if name in {call.rpartition(".")[2] for call in calls(file)}])


def test_commit_stands_in_one_file() -> None:
    assert callers("commit", *ROOTS) == ["craftsman/store/engine.py"]


def test_clock_is_read_in_one_file() -> None:
    clock = re.compile(r"\b(datetime|date)\.(now|utcnow|today)$")
    readers = [file for file in sources(*ROOTS) if any(clock.search(call) for call in calls(file))]
    assert named(readers) == ["craftsman/clock.py"]


def test_no_file_is_too_long() -> None:
    assert named([file for file in sources(*ROOTS) if len(file.read_text().splitlines()) > 300]) == []


def test_rules_know_no_floats() -> None:
    assert callers("float", "craftsman/rules") == []


def test_flows_define_no_classes() -> None:
    classes = [
        file
        for file in sources("flows")
        if any(isinstance(node, ast.ClassDef) for node in ast.walk(ast.parse(file.read_text())))
    ]
    assert named(classes) == []


def test_flow_files_hide_no_module() -> None:
    packages = {"models", "craftsman", "prefect"}
    assert [file.name for file in sources("flows") if file.stem in sys.stdlib_module_names | packages] == []


def test_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as main; main()"]
    told = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("forbidden", [*REGISTRIES, *MACHINE], ids=lambda one: one.strip("/"))
def test_no_file_names_this_machine(forbidden: str) -> None:
    assert [name for name, text in tracked() if forbidden in text and name not in FACTS] == []


def test_lock_file_holds_every_dependency() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=;]", requirement)[0] for requirement in wanted}
    locked = {
        re.split(r"[\[=]", entry)[0]: "--hash=sha256:" in entry
        for entry in re.split(r"\n(?=[a-z0-9])", (HOME / "requirements.lock").read_text())
    }
    assert names - locked.keys() == set()
    assert [name for name, hashed in locked.items() if not hashed] == []
