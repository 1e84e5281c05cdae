"""What the solved notebooks show, and what they must not."""

import nbformat
import pytest

from numlearn._files import course_root

SOLVED = sorted((course_root() / "solutions").glob("*.ipynb"))


@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
def test_nothing_is_written_to_stderr(path):
    """A cell that is to do so has the tag ``writes-stderr``."""
    for cell in nbformat.read(path, as_version=4).cells:
        if "writes-stderr" not in cell.metadata.get("tags", []):
            shown = cell.get("outputs", [])
            assert [out.text for out in shown if out.get("name") == "stderr"] == []
