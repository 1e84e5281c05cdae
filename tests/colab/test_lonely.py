"""Every lesson alone in an empty folder of a Colab-like session, open and solved."""

import time

import pytest
from machines import versions

from numlearn import exercises
from numlearn._files import course_root
from numlearn.course import lessons as spine

READY = [lesson for lesson in spine.lessons() if not lesson.planned]
TOLD = ("pandas", "numpy", "scikit-learn", "ipython", "ipykernel")


@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.stem)
@pytest.mark.parametrize("state", ["lessons", "solutions"])
def test_lesson_runs_alone(state, lesson, run_in_colab, colab, session, lacking, tell):
    started, preinstalled = time.monotonic(), versions(colab)
    notebook = run_in_colab(course_root() / state / f"{lesson.stem}.ipynb")
    now = versions(session)
    assert {name: now[name] for name in preinstalled} == preinstalled
    assert set(now) - set(preinstalled) <= lacking
    seconds = time.monotonic() - started
    told = ", ".join(f"{name} {now[name]}" for name in TOLD)
    tell(
        f"{state}/{lesson.stem}: {seconds:.0f} s, {told}, added"
        f" {len(now) - len(preinstalled)}, moved 0 of {len(preinstalled)}"
    )
    mine = exercises.of_lesson(lesson.slug)
    checks = [cell for cell in notebook.cells if cell.id.startswith("check-")]
    mark = "✓" if state == "solutions" else "○"
    shown = [cell.outputs[0].data["text/markdown"] for cell in checks]
    assert [text[0] for text in shown] == [mark] * len(mine)
    # The disk is new in each session: what progress says, this run has computed.
    solved = len(mine) if state == "solutions" else 0
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert f"{solved} of {len(mine)} exercises" in last.outputs[0].data["text/markdown"]
