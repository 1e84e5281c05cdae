"""Lessons alone in a Colab-like session, with the answers typed into them.

By default those that need most around them; ``NUMLEARN_COLAB=every`` runs all.
"""

import os
import time

import pytest
from machines import versions

from numlearn import exercises
from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.lessons import answer_cell

FEW = ("triangle", "data", "submission", "nmr", "capstone")
READY = [
    lesson
    for lesson in spine.lessons()
    if lesson.slug in FEW or os.environ.get("NUMLEARN_COLAB") == "every"
]
TOLD = ("pandas", "numpy", "scikit-learn", "ipython", "ipykernel")


def shown(cell):
    return cell.outputs[0].data["text/markdown"]


@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.stem)
def test_lesson_runs_alone(
    lesson, notebook_in_colab, preinstalled, session, lacking, tell
):
    notebook, run_all = notebook_in_colab(
        course_root() / f"lessons/{lesson.stem}.ipynb"
    )
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answer_cell(lesson.slug, cell.id)
    started = time.monotonic()
    run_all()
    seconds = time.monotonic() - started
    now = versions(session)
    assert {name: now[name] for name in preinstalled} == preinstalled
    added = set(now) - set(preinstalled)
    if "nl.need(" in "".join(cell.source for cell in notebook.cells[3:]):
        assert added > lacking  # the lesson says what more it needs
    else:
        assert added == lacking
    told = ", ".join(f"{name} {now[name]}" for name in TOLD)
    tell(
        "Colab-like sessions",
        f"{lesson.stem}: {seconds:.0f} s with {told}; moved 0 of {len(preinstalled)}"
        f" packages, added {', '.join(sorted(lacking))}",
    )
    checks = [cell for cell in notebook.cells if cell.id.startswith("check-")]
    count = len(exercises.of_lesson(lesson.slug))
    assert [shown(cell)[0] for cell in checks] == ["✓"] * count
    # The disk is new in each session: what progress says, this run has computed.
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert f"{count} of {count} exercises" in shown(last)
