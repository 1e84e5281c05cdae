"""What a notebook that is opened alone cannot have: files of ours beside it."""

import ast
import re

import nbformat
import pytest

from numlearn._files import course_root

LESSONS = sorted((course_root() / "lessons").glob("*.ipynb"))
IMAGES = re.compile(r"!\[[^\]]*\]\(([^)\s]+)|<img[^>]*\ssrc=[\"']?([^\"'\s>]+)")


def faults(cell):
    """Say what in a cell would fail where the notebook lies alone."""
    if cell.cell_type == "markdown":
        for groups in IMAGES.findall(cell.source):
            if not "".join(groups).startswith(("https://", "data:")):
                yield f"local image {''.join(groups)}"
    elif cell.cell_type == "code" and "setup" not in cell.metadata.get("tags", []):
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            yield f"not plain Python: {cell.source}"
            return
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        for text in filter(lambda value: isinstance(value, str), texts):
            if is_path_of_ours(text):
                yield f"path {text}"


def is_path_of_ours(text):
    """Tell whether a text is a path that leads somewhere in the checkout only."""
    if text.startswith(("../", "./")):
        return True
    beside = (course_root() / folder / text for folder in (".", "lessons"))
    return 0 < len(text) < 200 and any(path.is_file() for path in beside)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_needs_no_file_beside_it(path):
    cells = nbformat.read(path, as_version=4).cells
    assert [fault for cell in cells for fault in faults(cell)] == []


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("code", "!pip install numerapi"),
        ("code", "%pip install numerapi"),
        ("code", "import pandas as pd\npd.read_parquet('../data/train.parquet')"),
        ("code", "open('course.toml')"),
        ("markdown", "![the triangle](images/triangle.png)"),
        ("markdown", '<img width="10" src="triangle.svg">'),
    ],
)
def test_lint_finds(kind, source):
    make = getattr(nbformat.v4, f"new_{kind}_cell")
    assert len(list(faults(make(source)))) == 1
