"""A behavior has one name in the whole course: the library's."""

import ast
import re

import jupytext
import pytest

from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.world import crowd

KINDS = {
    name: getattr(crowd, name).behavior
    for name in crowd.__all__
    if isinstance(getattr(crowd, name), type) and name not in ("User", "Own")
}  # what is the reader's own has a name of its own
RETIRED = "guess|guesser|pair|copy|runner|contrarian|careful|novice|swarm|pump and run"


def begins(node):
    """Return how a text begins, as far as the source says it."""
    if isinstance(node, ast.JoinedStr):
        node = node.values[0]
    return node.value if isinstance(node, ast.Constant) else None


@pytest.fixture(params=spine.course()["lessons"])
def code(request):
    cells = jupytext.read(course_root() / f"solutions/{request.param}.py").cells
    return ast.parse("\n".join(c.source for c in cells if c.cell_type == "code"))


def test_accounts_are_named_by_what_they_do(code):
    for node in ast.walk(code):
        if not isinstance(node, ast.Call):
            continue
        kind = getattr(node.func, "attr", getattr(node.func, "id", None))
        if kind in KINDS and node.args and (name := begins(node.args[0])):
            behavior = re.match("[a-z_]*[a-z]", name)[0]
            assert behavior == KINDS[kind], f"line {node.lineno}: {kind}({name!r})"


def test_no_table_has_another_name_for_a_behavior(code):
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            told = re.fullmatch(rf"({RETIRED})(_\w*)?", node.value)
            assert not told, f"line {node.lineno}: {node.value!r}"


def test_the_librarys_own_crowds_keep_to_them():
    for user in (*crowd.mixed(40), *crowd.six(), *crowd.farm(2)):
        assert user.name.startswith(user.behavior)
