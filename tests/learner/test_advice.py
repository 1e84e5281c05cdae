"""What a message, a hint or a text advises runs in the notebook where it is read."""

import os
import re

import nbformat
import pytest

import numlearn as nl
from numlearn import exercises
from numlearn import lessons as spine
from numlearn._files import course_root

WHOLE = os.environ.get("CI", "") not in ("", "0", "false")
READY = [lesson for lesson in spine.lessons() if not lesson.planned]
TEXTS = [*course_root().glob("solutions/*.py"), *course_root().glob("docs/*.md")]
TEXTS.append(course_root() / "README.md")
TEXTS += course_root().glob("numlearn/exercises/*.py")

# Runs in the lesson's kernel: wrong answers, their checks, and what these advise.
TRY = r"""
import re
from numlearn import exercises
from numlearn.answers import Results

def advised(result):
    text = result._repr_markdown_() if hasattr(result, "_repr_markdown_") else ""
    return re.findall(r"`((?:hint|solution|check|quiz|progress)\([^`]*\))`", text)

def ran(source):
    outcome = get_ipython().run_cell(source, store_history=False)
    if outcome.error_before_exec or outcome.error_in_exec:
        failed.append(f"{source.splitlines()[-1]}: {outcome.error_in_exec!r}")
    return outcome.result

failed, messages = [], 0
for name, cell, most in TRIED:
    known = [mistake.answer for mistake in exercises.find(name)[1].mistakes][:most]
    for answer in [..., *known]:
        get_ipython().user_ns[name] = answer
        told, seen = advised(ran(cell)), set()
        while told:
            source = told.pop()
            if source not in seen:
                seen.add(source)
                messages += 1
                for _ in range(5):  # a hint leads to the next, the last to the solution
                    told += advised(ran(source))
"""


@pytest.mark.prints("stderr")  # the kernel's warning
@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.slug)
def test_what_a_check_advises_runs_in_its_lesson(lesson):
    from nbclient import NotebookClient

    path = course_root() / "lessons" / f"{lesson.stem}.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    [setup] = [c for c in cells.values() if "setup" in c.metadata.get("tags", [])]
    names = [exercise.name for exercise in exercises.of_lesson(lesson.slug)]
    tried = [(x, cells[f"check-{x}"].source, 99 if WHOLE else 1) for x in names]
    sources = [setup.source, f"TRIED = {tried!r}\n{TRY}", "failed, messages"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )
    NotebookClient(notebook, timeout=600).execute()
    failed, messages = eval(notebook.cells[-1].outputs[0].data["text/plain"])
    assert not failed
    assert messages >= len(names)


def quoted(text):
    """Return each name of the library that a text quotes, without its arguments."""
    return set(re.findall(r"\bnl((?:\.[a-zA-Z]\w*)+)", text))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_what_a_text_quotes_of_the_library_is_there(path):
    for dotted in quoted(path.read_text(encoding="utf-8")):
        found = nl
        for part in dotted.split(".")[1:]:
            found = getattr(found, part)
