"""Which room reaches into which, and that a stranger finds every door from `nl`."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import numlearn

HOME = Path(numlearn.__file__).parent
SOURCES = sorted(HOME.rglob("*.py"))
PACKAGES = sorted(
    module.name
    for module in pkgutil.iter_modules([str(HOME)])
    if module.ispkg and module.name != "exercises"  # a registry: found by slug
)


def private_names(path):
    """Yield the private names of other rooms that a file uses."""
    parts = path.relative_to(HOME).with_suffix("").parts
    tree = ast.parse(path.read_text(encoding="utf-8"))
    foreign = {}  # what a name in this file stands for, where it comes from elsewhere
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            home = node.module.split(".")
            for alias in node.names:
                address = [*home, alias.name]
                if address[0] != "numlearn" or address[1:2] == [parts[0]]:
                    continue
                foreign[alias.asname or alias.name] = ".".join(address)
                if any(part.startswith("_") for part in address[2:]):
                    yield ".".join(address)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        is_private = node.attr.startswith("_") and not node.attr.startswith("__")
        if is_private and node.value.id in foreign:
            yield f"{foreign[node.value.id]}.{node.attr}"


def test_no_room_uses_the_private_names_of_another():
    found = {
        f"{path.relative_to(HOME)} uses {name}"
        for path in SOURCES
        for name in private_names(path)
    }
    assert not found, "\n".join(sorted(found))


def imports(path):
    """Yield the modules of numlearn that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("numlearn"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_two_modules_import_each_other():
    names = (path.relative_to(HOME.parent).with_suffix("").parts for path in SOURCES)
    graph = {".".join(n): set(imports(path)) for n, path in zip(names, SOURCES)}
    pairs = {(a, b) for a in graph for b in graph[a] & set(graph) if a in graph[b]}
    assert not [pair for pair in pairs if pair[0] != pair[1]]


def test_every_public_module_is_found_from_nl():
    """Each in a process of its own, into which nothing else has imported it."""
    code = """
import importlib, os, pkgutil, sys
import pandas, scipy.stats, sklearn.base, pyarrow.parquet, matplotlib.figure
import numlearn as nl
def modules(package):
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):
        if found.name.rpartition('.')[2][0] != '_' and 'exercises' not in found.name:
            yield found.name, found.ispkg
def look(name, is_package):
    child = os.fork()
    if child == 0:
        status = 1
        try:
            value = nl
            for part in name.split('.')[1:]:
                value = getattr(value, part)
            if is_package:
                for inner in value.__all__:
                    getattr(value, inner)
            status = 0
        except BaseException as error:
            print(name, repr(error), flush=True)
        os._exit(status)
    if os.waitpid(child, 0)[1]:
        print(name, 'is not found', flush=True)
for name, is_package in modules(nl):
    look(name, is_package)
    if is_package:
        path = [os.path.join(nl.__path__[0], name.split('.')[1])]
        for found in pkgutil.iter_modules(path, name + '.'):
            if found.name.rpartition('.')[2][0] != '_':
                look(found.name, False)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.stdout + told.stderr == ""


@pytest.mark.parametrize("name", PACKAGES)
def test_every_public_name_is_there_and_listed_once(name):
    package = importlib.import_module(f"numlearn.{name}")
    assert len(package.__all__) == len(set(package.__all__))
    for public in package.__all__:
        assert getattr(package, public) is not None
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match=f"numlearn.{name} has no 'nonsense'"):
        package.nonsense  # noqa: B018


def test_nl_itself():
    for name in numlearn.__all__:
        assert getattr(numlearn, name) is not None
    assert numlearn.NumlearnError is numlearn.errors.NumlearnError
    assert numlearn.world.market
